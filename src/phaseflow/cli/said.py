"""What every command that says something has in common: its options, and the filing."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import msgspec

from phaseflow.cli import options
from phaseflow.cli.clock import warn_of_clock
from phaseflow.cli.journal_pages import filed_page
from phaseflow.cli.layout import emit
from phaseflow.service.documents import filed_document
from phaseflow.service.filing import Filing, file, try_out
from phaseflow.service.stores import opened

REFUSED = 1


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """The options of a command that says something, as given."""

    agreement: str
    by: str | None
    at: str | None
    note: str | None
    source: tuple[str, ...]
    evidence: tuple[Path, ...]
    dry_run: bool
    on_record: bool
    as_json: bool
    nonce: str
    expect_position: int | None
    now: str | None
    database: str

    def file(
        self, kind: str, body: dict[str, Any], edition: tuple[bytes, str] | None = None
    ) -> None:
        """File a statement of that kind, and show what follows; empty members are left out.

        ``edition`` is the text that an `amend` proposes, and its file.
        """
        remarks = {
            "text": self.note,
            "sources": list(self.source) or None,
            "evidence": options.digests(self.evidence) or None,
        }
        members = {name: value for name, value in (body | remarks).items() if value is not None}
        filing = Filing(
            agreement=self.agreement,
            actor=self.by or "",
            kind=kind,
            body=members,
            nonce=self.nonce,
            occurred_at=self.at,
            now=self.now,
            expected_position=self.expect_position,
            is_on_record=self.on_record,
        )
        if edition is not None:
            source, name = edition
            filing = msgspec.structs.replace(filing, edition=source, file=name)
        if not self.dry_run:
            options.announce(self.nonce)
        with opened(self.database) as store:
            filed = (try_out if self.dry_run else file)(store, filing)
        if not (filed.is_dry_run or filed.is_repeat):
            warn_of_clock(filed.place.header)
        if self.as_json:
            emit(filed_document(filed))
        else:
            click.echo(filed_page(filed))
        if filed.is_refused:
            click.get_current_context().exit(REFUSED)


def saying(command: Callable[..., None], *, is_by_required: bool = True) -> Callable[..., None]:
    """Add the options of a command that says something; it gets them as its first argument.

    Where it may also only look, ``is_by_required`` is False, and it asks itself.
    """

    @functools.wraps(command)
    def wrapper(**given: Any) -> None:
        said = Said(**{field: given.pop(field) for field in Said.__struct_fields__})
        command(said, **given)

    for decorate in (
        click.option(
            "--now", metavar="MOMENT", help="The clock of a rehearsal; refused on others."
        ),
        options.nonce,
        click.option(
            "--expect-position",
            type=click.IntRange(min=1),
            metavar="N",
            help="Refuse if others filed since the journal had N entries.",
        ),
        options.as_json,
        click.option("--on-record", is_flag=True, help="If refused, file it with the reasons."),
        click.option("--dry-run", is_flag=True, help="Show what would follow; write nothing."),
        click.option(
            "--evidence",
            multiple=True,
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="A file whose SHA-256 is kept; repeatable.",
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
