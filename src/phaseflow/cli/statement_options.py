"""What every command that says something has in common: its options, and the filing."""

import functools
import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from phaseflow.cli import options
from phaseflow.cli.clock_warnings import warn_of_clock
from phaseflow.cli.database import opened
from phaseflow.cli.exit_codes import REFUSED
from phaseflow.cli.output_files import create
from phaseflow.cli.pages.desk import receipt_lines
from phaseflow.cli.pages.journal import filed_page
from phaseflow.cli.run import Unreceipted
from phaseflow.cli.terminal import emit, exactly
from phaseflow.errors import PhaseflowError, SaidBefore, StoreUnavailable
from phaseflow.journal.privacy import Opening
from phaseflow.model.calendar import Instant, Period
from phaseflow.model.visible import clean
from phaseflow.service.compose import Filing, compose, was_filed
from phaseflow.service.handed_in import Delivery, signed_bytes
from phaseflow.service.json.filed import filed_document
from phaseflow.service.record import Filed, record, try_out
from phaseflow.service.said_before import Once
from phaseflow.storage.port import Store

if TYPE_CHECKING:  # a command that signs nothing is quick without it
    from phaseflow.service.receipts import Receipt

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
    most_quiet: Period | None
    sign_with: Path | None
    recorder_key: Path | None
    pins: Path | None
    as_json: bool
    nonce: str
    expect_position: int | None
    now: str | None
    database: str

    def file(
        self,
        kind: str,
        body: dict[str, Any],
        *,
        edition: tuple[bytes, str] | None = None,
        nullable: tuple[str, ...] = (),
    ) -> None:
        """File a statement of that kind, and show what follows.

        Members that are None are left out, but for those ``nullable``. ``edition``
        is the text that an `amend` proposes, and its file. As a draft it is only
        printed.
        """
        filing = self._filing(kind, body, edition, nullable)
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
                receipt = options.receipt(store, filed, self.recorder_key, self.pins)
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

    def _show(self, filed: Filed, receipt: "Receipt | None") -> None:
        if self.as_json:
            emit(filed_document(filed, receipt))
        else:
            click.echo("\n".join([filed_page(filed), *receipt_lines(filed, receipt)]))

    def _filing(
        self,
        kind: str,
        body: dict[str, Any],
        edition: tuple[bytes, str] | None,
        nullable: tuple[str, ...],
    ) -> Filing:
        self._check_privacy()
        openings: list[Opening] = []

        def kept(words: str) -> str | dict[str, str]:
            if not self.private:
                return words
            openings.append(Opening(secrets.token_hex(16), words))
            return openings[-1].stands_as

        remarks = {
            "text": None if self.note is None else kept(self.note),
            "sources": [kept(source) for source in self.source] or None,
            "evidence": options.digests(self.evidence) or None,
        }
        members = {
            name: value
            for name, value in (body | remarks).items()
            if value is not None or name in nullable
        }
        source, file = edition or (None, "")
        return Filing(
            agreement=self.agreement,
            actor=self.by or "",
            kind=kind,
            body=members,
            nonce=self.nonce,
            occurred_at=self.at,
            now=self.now,
            expected_position=self.expect_position,
            is_on_record=self.on_record,
            edition=source,
            file=file,
            openings=tuple(openings),
        )

    def _try(self, store: Store, filing: Filing) -> Filed:
        return try_out(store, filing if self.again else self._once(filing))

    def _record(self, store: Store, filing: Filing) -> Filed:
        """File it; where it seems to be said already, only if that is meant."""
        saying = self._signed(store, filing)
        is_receipted = self.recorder_key is not None
        if not self.again:
            try:
                return record(store, self._once(saying), is_receipted=is_receipted)
            except SaidBefore as before:
                if not sys.stdin.isatty():
                    raise
                _ask(before)
        return record(store, saying, is_receipted=is_receipted)

    def _once(self, saying: Filing | Delivery) -> Once:
        return Once(saying=saying, is_dated=self.at is not None)

    def _signed(self, store: Store, filing: Filing) -> Filing | Delivery:
        """Return it signed where a key was named, before anything is locked."""
        is_unsigned = self.sign_with is None or self._is_default_of_another()
        if self.sign_with is None or is_unsigned or was_filed(store, filing):
            return filing
        from phaseflow.journal.signature import STATEMENT  # noqa: PLC0415
        from phaseflow.journal.signing import sign  # noqa: PLC0415

        statement = compose(store, filing)
        return Delivery(
            statement=statement,
            signature=sign(self.sign_with, namespace=STATEMENT, message=signed_bytes(statement)),
            edition=filing.edition,
            file=filing.file,
            openings=filing.openings,
            is_on_record=filing.is_on_record,
            now=filing.now,
            expected_position=filing.expected_position,
        )

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
        from phaseflow.journal.folder import is_bundle  # noqa: PLC0415
        from phaseflow.journal.signature import STATEMENT  # noqa: PLC0415
        from phaseflow.service.compose import compose_offline  # noqa: PLC0415

        output: Path | None = click.get_current_context().meta.get(OUTPUT)
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

    def _keep_openings(self, filing: Filing) -> None:
        if self.openings is not None and filing.openings:
            lines = "".join(opening.line for opening in filing.openings)
            create(self.openings, lines.encode(), "--openings", is_private=True)


def _ask(before: SaidBefore) -> None:
    """Return if a person at the terminal wants it filed all the same; nothing is locked meanwhile."""
    click.echo(clean(str(before)), err=True)
    if not click.confirm("File it all the same?", err=True):
        click.echo("nothing was filed", err=True)
        click.get_current_context().exit(REFUSED)


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
