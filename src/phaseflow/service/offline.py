"""Composing a statement away from the database, from an exported copy of the journal."""

from pathlib import Path

from phaseflow.errors import Conflict, StatementInvalid
from phaseflow.journal.bundle import verify_bundle
from phaseflow.journal.canonical import canonical, parse_canonical
from phaseflow.journal.entry import read_entry, text_after
from phaseflow.journal.folder import ENTRIES, read_lines, read_source
from phaseflow.model.calendar import Instant
from phaseflow.model.statement import Seen, Statement, parse_body
from phaseflow.service import definitions
from phaseflow.service.filing import Filing, occurred
from phaseflow.service.words.arguments import check_actor, is_of_the_recorder, settled
from phaseflow.service.words.moments import instant


def is_bundle(name: str) -> bool:
    """Tell whether ``name`` is a directory with an exported journal."""
    return (Path(name) / ENTRIES).is_file()


def compose_offline(filing: Filing, clock: Instant) -> Statement:
    """Return the statement, to be signed; ``filing.agreement`` is the directory of a bundle.

    Its author has seen what the bundle holds, which is verified first.

    Raises:
        JournalBroken: the bundle does not verify.
        StatementInvalid: it is malformed, or names what is not there.
        Conflict: the copy does not hold as many entries as are expected.
    """
    bundle = Path(filing.agreement)
    report = verify_bundle(bundle, None)
    digest = _in_effect(bundle)
    definition = definitions.check(read_source(bundle, digest), f"definition {digest[:12]}")
    if filing.expected_position not in (None, report.entries):
        msg = (
            f"position {filing.expected_position} was expected, but {bundle} holds "
            f"{report.entries} entries"
        )
        raise Conflict(msg)
    if not is_of_the_recorder(filing.actor, filing.kind):
        check_actor(definition, filing.actor)
    body = settled(definition, filing.actor, filing.kind, filing.body)
    parse_body(filing.kind, body)
    zone = definition.calendar.zone
    at = Instant.from_timestamp(int(clock.timestamp()))
    if report.is_rehearsal:
        if filing.now is None:
            msg = f"{bundle} is of a rehearsal, whose clock stands where you say; add --now MOMENT"
            raise StatementInvalid(msg)
        at = instant(zone, filing.now, "now")
    return Statement(
        agreement=report.agreement,
        definition=digest,
        actor=filing.actor,
        kind=filing.kind,
        body=parse_canonical(canonical(body)),
        nonce=filing.nonce,
        occurred_at=str(occurred(zone, filing, at)),
        seen=Seen(hash=report.head, seq=report.entries - 1),
    )


def _in_effect(bundle: Path) -> str:
    """Return the digest of the text in effect."""
    digest = ""
    for line in read_lines(bundle):
        digest = text_after(read_entry(line), digest)
    return digest
