"""What every command that says something has in common: its options, and the filing."""

import functools
import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec
from msgspec import UNSET, UnsetType

from phaseflow import api
from phaseflow.cli import input_files, options
from phaseflow.cli.clock_warnings import warn_of_clock
from phaseflow.cli.database import opened
from phaseflow.cli.exit_codes import REFUSED
from phaseflow.cli.output_files import create
from phaseflow.cli.pages.filed import filed_page, receipt_lines
from phaseflow.cli.run import Unreceipted
from phaseflow.cli.terminal import emit, exactly
from phaseflow.errors import PhaseflowError, SaidBefore, StoreUnavailable
from phaseflow.journal.folder import is_bundle
from phaseflow.journal.privacy import Opening
from phaseflow.journal.signature import STATEMENT
from phaseflow.model.calendar import Instant
from phaseflow.model.statement import Body
from phaseflow.model.visible import clean
from phaseflow.service.compose import Filing, compose, compose_offline
from phaseflow.service.handed_in import signed_bytes
from phaseflow.service.json.filed import filed_document
from phaseflow.service.private_words import openings_file, withheld
from phaseflow.service.receipts import Receipt, sign_and_keep, signing_with
from phaseflow.service.record import Filed, try_out
from phaseflow.service.sign_and_record import (
    sign_and_record_again,
    try_out_once,
)
from phaseflow.storage.port import Store

T = TypeVar("T")

DRAFTING = "phaseflow.drafting"
OUTPUT = "phaseflow.output"
"""Where a draft is written, None: printed."""
_NOT_OF_DRAFTS = {
    "sign_with": "--sign-with",
    "recorder_key": "--recorder-key",
    "dry_run": "--dry-run",
    "on_record": "--on-record",
    "again": "--again",
    "most_quiet": "--clock-is-right",
    "as_json": "--json",
}


class StatementOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of a command that says something, as given."""

    agreement: str
    by: str | None
    at: str | None
    note: str | None
    source: tuple[str, ...]
    private: bool
    openings: Path | None
    evidence: tuple[Path, ...]
    dry_run: bool
    on_record: bool
    again: bool
    most_quiet: str | None
    sign_with: Path | None
    recorder_key: Path | None
    pins: Path | None
    as_json: bool
    nonce: str
    expect_position: int | None
    now: str | None
    database: str

    def file(self, kind: str, body: Body, *, edition: tuple[bytes, str] | None = None) -> None:
        """File a statement of that kind, and show what follows.

        ``edition`` is the text that it names, and its file. As a draft it is only printed.
        """
        filing = self._filing(kind, body, edition)
        if click.get_current_context().meta.get(DRAFTING):
            self._draft(filing)
            return
        if not self.dry_run:
            options.announce(self.nonce)
        with opened(self.database, most_quiet=self.most_quiet) as store:
            filed = self._try(store, filing) if self.dry_run else self._record(store, filing)
            try:
                if not (filed.is_dry_run or filed.is_repeat):
                    warn_of_clock(filed.place.header)
                    self._keep_openings(filing)
                receipt = self._receipt(store, filed)
            except (PhaseflowError, click.UsageError) as error:
                # It is filed, with or without a receipt, or a file of its openings.
                self._show(filed, None)
                if isinstance(error, StoreUnavailable):
                    # What is out of reach is the place of the receipt, no longer the database.
                    raise Unreceipted(str(error)) from error
                raise
        self._show(filed, receipt)
        if filed.is_refused:
            click.get_current_context().exit(REFUSED)

    def _filing(self, kind: str, body: Body, edition: tuple[bytes, str] | None) -> Filing:
        self._check_privacy()
        body = msgspec.structs.replace(
            body, text=given(self.note), sources=given(list(self.source) or None)
        )
        openings: tuple[Opening, ...] = ()
        if self.private:
            body, openings = withheld(body, lambda: secrets.token_hex(16))
        evidence = given(input_files.digests(self.evidence) or None)
        source, file = edition or (None, "")
        return Filing(
            agreement=self.agreement,
            actor=self.by or "",
            kind=kind,
            body=msgspec.structs.replace(body, evidence=evidence),
            nonce=self.nonce,
            occurred_at=self.at,
            now=self.now,
            expected_position=self.expect_position,
            is_on_record=self.on_record,
            edition=source,
            file=file,
            openings=openings,
        )

    def _try(self, store: Store, filing: Filing) -> Filed:
        return try_out(store, filing) if self.again else try_out_once(store, filing)

    def _record(self, store: Store, filing: Filing) -> Filed:
        key = None if self._is_default_of_another() else self.sign_with
        is_receipted = self.recorder_key is not None
        if self.again:
            return sign_and_record_again(store, filing, key=key, is_receipted=is_receipted)
        return api.file(store, filing, key=key, is_receipted=is_receipted, confirm=_confirm)

    def _receipt(self, store: Store, filed: Filed) -> Receipt | None:
        if self.recorder_key is None or filed.checkpoint is None:
            return None
        sign = signing_with(self.recorder_key)
        return sign_and_keep(store, filed.checkpoint, sign, options.pins_folder(self.pins))

    def _show(self, filed: Filed, receipt: Receipt | None) -> None:
        if self.as_json:
            emit(filed_document(filed, receipt))
        else:
            click.echo("\n".join([filed_page(filed), *receipt_lines(filed, receipt)]))

    def _check_privacy(self) -> None:
        if self.private and self.note is None and not self.source:
            msg = "--private is about the words of --note and --source; there are none"
            raise click.UsageError(msg)
        if self.openings is None:
            return
        if not self.private:
            msg = "--openings keeps what discloses the words that --private keeps back"
            raise click.UsageError(msg)
        if self.openings.exists():
            msg = f"{self.openings} is there already, and may disclose other words; name another"
            raise click.UsageError(msg)

    def _is_default_of_another(self) -> bool:
        """Tell whether the key is one's own by default, and somebody else speaks here."""
        ctx = click.get_current_context()
        is_default = ctx.get_parameter_source("sign_with") is click.core.ParameterSource.DEFAULT_MAP
        own = (ctx.default_map or {}).get("by")
        return is_default and own not in (None, self.by)

    def _draft(self, filing: Filing) -> None:
        """Write the statement where it is to be signed, and file nothing."""
        output: Path | None = click.get_current_context().meta.get(OUTPUT)
        self._check_draft(filing, output)
        if is_bundle(self.agreement):
            statement = compose_offline(filing, Instant.now())
        else:
            with opened(self.database) as store:
                statement = compose(store, filing)
        self._keep_openings(filing)
        if output is None:
            exactly(signed_bytes(statement))
            return
        create(output, signed_bytes(statement), "--output")
        click.echo(f"{output} is written; next: ssh-keygen -Y sign -n {STATEMENT} -f KEY {output}")

    def _check_draft(self, filing: Filing, output: Path | None) -> None:
        if output is not None and os.path.lexists(output):
            msg = f"{output} is there already; name another with --output"
            raise click.UsageError(msg)
        for name, spelled in _NOT_OF_DRAFTS.items():
            if _is_given(name):
                msg = f"a draft is only printed, so {spelled} is of no use here"
                raise click.UsageError(msg)
        if filing.openings and self.openings is None:
            msg = "say with --openings FILE where to keep what discloses the private words"
            raise click.UsageError(msg)

    def _keep_openings(self, filing: Filing) -> None:
        if self.openings is not None and filing.openings:
            content = openings_file(filing.openings)
            create(self.openings, content, "--openings", is_private=True)


def given(value: T | None) -> T | UnsetType:
    """Return what an option holds; where it was not given, a member that is left out."""
    return UNSET if value is None else value


def _confirm(before: SaidBefore) -> bool:
    """Ask at a terminal whether it is to be filed all the same; who declines ends the command."""
    if not sys.stdin.isatty():
        return False
    click.echo(clean(str(before)), err=True)
    if not click.confirm("File it all the same?", err=True):
        click.echo("nothing was filed", err=True)
        click.get_current_context().exit(REFUSED)
    return True


def _is_given(name: str) -> bool:
    source = click.get_current_context().get_parameter_source(name)
    return source is click.core.ParameterSource.COMMANDLINE


def saying(command: Callable[..., None], *, is_by_required: bool = True) -> Callable[..., None]:
    """Add the options of a command that says something; it gets them as its first argument.

    Where it may also only look, ``is_by_required`` is False, and it asks itself.
    """

    @functools.wraps(command)
    def wrapper(**given: Any) -> None:
        said = StatementOptions(
            **{field: given.pop(field) for field in StatementOptions.__struct_fields__}
        )
        command(said, **given)

    for decorate in (
        click.option(
            "--now", metavar="MOMENT", help="The clock of a rehearsal; refused on others."
        ),
        options.nonce,
        click.option(
            "--expect-position",
            type=options.COUNT,
            metavar="N",
            help="Refuse if others filed since the journal had N entries.",
        ),
        options.as_json,
        click.option("--again", is_flag=True, help="File it though the same was filed before."),
        options.most_quiet,
        click.option("--on-record", is_flag=True, help="If refused, file it with the reasons."),
        click.option("--dry-run", is_flag=True, help="Show what would follow; write nothing."),
        options.receipting,
        options.sign_with,
        click.option(
            "--evidence",
            multiple=True,
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="A file whose SHA-256 is kept; repeatable.",
        ),
        click.option(
            "--openings",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="Write there what discloses the private words.",
        ),
        click.option(
            "--private",
            is_flag=True,
            help="Only commitments to the words of --note and --source stand in the journal.",
        ),
        click.option("--source", multiple=True, metavar="TEXT", help="A source; repeatable."),
        click.option("--note", metavar="TEXT", help="Words to keep with it."),
        click.option(
            "--at",
            metavar="MOMENT",
            help="When it happened: 2025-02-08, 2025-02-08T12:00 there, or UTC with Z.",
        ),
        click.option("--by", required=is_by_required, metavar="PARTY", help="Who says it."),
        options.database,
    ):
        wrapper = decorate(wrapper)
    return wrapper
