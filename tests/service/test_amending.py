"""Amending, over every kind of store: planned, adopted, stepped again and rebuilt."""

import hashlib

import msgspec
import pytest
from tests.conftest import Clock
from tests.service.test_filing import PLAN, at, opened, rows, running, say

from phaseflow.errors import DefinitionInvalid, Refused, StatementInvalid
from phaseflow.service import replay, tick
from phaseflow.service.amend import Plan, plan
from phaseflow.service.compose import Filing
from phaseflow.service.json.timeline import timeline_document
from phaseflow.service.rebuild import rebuild
from phaseflow.service.record import Filed, record, try_out
from phaseflow.service.status import status
from phaseflow.service.timeline import timeline_of_agreement
from phaseflow.storage.port import Store

TEXT = PLAN + b"amendments: {by: {all: signatories}}\n"
TOWARD = TEXT.replace(
    b"  withdrawal:\n",
    b"""  remains:
    title: Remains
    obligor: north
    obligee: south
    during: running
    unit: person
    amount: open
    counts_toward: release
  withdrawal:
""",
)


def edition(*changes: tuple[str, str], text: bytes = TEXT) -> bytes:
    written = text.decode()
    for old, new in changes:
        assert old in written, old
        written = written.replace(old, new)
    return f"{written}# another\n".encode()


def consent(actor: str, source: bytes) -> Filing:
    digest = hashlib.sha256(source).hexdigest()
    filing = say(actor, "amend", definition=digest)
    return msgspec.structs.replace(filing, edition=source, file="two.yaml")


def adopt(store: Store, source: bytes) -> Filed:
    record(store, consent("north", source))
    return record(store, consent("south", source))


def digest_in_effect(store: Store) -> str:
    return status(store, "p").place.header.definition


def test_what_the_plan_tells_is_what_the_completing_consent_gives(
    store: Store, clock: Clock
) -> None:
    running(store, TEXT)
    two = edition(("by: day 2, total: 2", "by: day 3, total: 2"))
    clock.at = at("2025-01-20T12:00:00Z")
    record(store, consent("north", two))

    told: Plan = plan(store, "p", two, "two.yaml")
    filed = record(store, consent("south", two))

    assert told.given == ("north",)
    assert told.after is not None
    assert told.consequences == filed.entry.then
    assert told.after == msgspec.structs.replace(
        filed.place.agreement, position=told.after.position
    )
    assert [(s.obligation, s.name) for s in told.moved] == [
        ("release", "day 2"),
        ("release", "day 3"),
    ]


def test_a_plan_is_told_as_of_now_and_files_nothing(store: Store, clock: Clock) -> None:
    identity = running(store, TEXT)
    before = rows(store, identity)
    clock.at = at("2025-01-20T12:00:00Z")

    told = plan(store, "p", edition(("hill, by: day 20", "hill, by: day 4")), "two.yaml")

    assert told.before.at == clock.at
    standings = {s.name: s.after.standing for s in told.moved if s.after is not None}
    assert standings == {"hill": "breached"}
    assert rows(store, identity) == before


def test_a_dry_run_keeps_no_edition(store: Store) -> None:
    running(store, TEXT)
    two = edition()

    try_out(store, consent("north", two))

    with pytest.raises(StatementInvalid):
        record(store, say("north", "amend", definition=hashlib.sha256(two).hexdigest()))


def test_an_edition_that_was_proposed_is_kept_and_consented_to_by_its_digest(store: Store) -> None:
    running(store, TEXT)
    two = edition()
    digest = hashlib.sha256(two).hexdigest()

    record(store, consent("north", two))
    record(store, say("south", "amend", definition=digest))

    assert digest_in_effect(store) == digest


def test_an_edition_that_was_refused_on_record_is_kept_too(store: Store) -> None:
    identity = running(store, TEXT)
    two = edition(("name: small_plan", "name: large_plan"))

    with pytest.raises(Refused):
        record(store, consent("north", two))
    record(store, msgspec.structs.replace(consent("north", two), is_on_record=True))

    assert replay.audit(store, identity).differing == ()


def test_an_edition_with_faults_is_refused_with_all_of_them(store: Store) -> None:
    identity = running(store, TEXT)
    before = rows(store, identity)

    with pytest.raises(DefinitionInvalid):
        record(store, consent("north", edition(("obligor: north", "obligor: nroth"))))
    with pytest.raises(DefinitionInvalid):
        plan(store, "p", b"", "two.yaml")

    assert rows(store, identity) == before


def test_what_was_amended_is_stepped_again_and_rebuilt(store: Store, clock: Clock) -> None:
    identity = opened(store, TOWARD)
    for party in ("north", "south"):
        record(store, say(party, "advance", transition="accept"))
    record(store, say("north", "perform", obligation="remains", amount={"men": 1}))
    record(store, say("north", "perform", obligation="release", amount={"women": 2}))
    clock.at = at("2025-01-18T12:00:00Z")
    adopt(store, edition(("    counts_toward: release\n", ""), ("open", "3"), text=TOWARD))
    record(store, say("watch", "attest", entry=4))
    clock.at = at("2025-01-20T12:00:00Z")
    gone = TOWARD.decode()
    remains = gone[gone.index("  remains:") : gone.index("  withdrawal:")]
    adopt(store, edition((remains, ""), text=TOWARD))
    record(store, say("north", "perform", obligation="remains", amount={"men": 1}))
    tick.tick(store, identity)
    before = rows(store, identity)

    replayed = replay.audit(store, identity)
    rebuild(store, identity)

    assert replayed.differing == ()
    assert rows(store, identity) == before


def test_the_row_of_a_dropped_obligation_goes_with_it(store: Store) -> None:
    running(store, TOWARD)
    gone = TOWARD.decode()
    remains = gone[gone.index("  remains:") : gone.index("  withdrawal:")]

    adopt(store, edition((remains, ""), text=TOWARD))

    names = [account.obligation for account in status(store, "p").accounts]
    assert names == ["release", "withdrawal", "calm.north", "calm.south"]
    identity = status(store, "p").place.header.id
    projected = rows(store, identity)
    assert "remains" not in str(projected["obligation"])


def test_a_repeated_consent_is_known_after_the_adoption(store: Store) -> None:
    identity = running(store, TEXT)
    two = edition()
    last = consent("south", two)
    record(store, consent("north", two))
    record(store, last)
    before = rows(store, identity)

    again = record(store, last)

    assert again.is_repeat
    assert rows(store, identity) == before


def test_a_report_that_was_filed_before_an_amendment_is_repeated_by_its_short_name(
    store: Store,
) -> None:
    identity = running(store, TEXT)
    report = say("south", "allege", obligation="calm")
    record(store, report)
    text = TEXT.decode()
    calm = text[text.index("  calm:") : text.index("initial:")]
    adopt(store, edition((calm, "")))
    before = rows(store, identity)

    assert record(store, report).is_repeat
    assert rows(store, identity) == before


def test_a_state_that_was_renamed_is_drawn_by_its_present_name(store: Store) -> None:
    running(store, TEXT)

    adopt(store, edition(("running", "working")) + b"renames: {running: working}\n")

    stays = timeline_document(timeline_of_agreement(store, "p"))["stays"]
    assert [stay["state"] for stay in stays][-1] == "working"


def test_a_plan_names_the_other_editions_to_which_consents_would_lapse(store: Store) -> None:
    running(store, TEXT)
    rival = edition(('edition: "1"', 'edition: "rival"'))
    record(store, consent("north", rival))

    told = plan(store, "p", edition(('edition: "1"', 'edition: "2"')), "two.yaml")

    assert [(one.edition.edition, one.given) for one in told.rivals] == [("rival", ("north",))]
    assert plan(store, "p", rival, "two.yaml").rivals == ()
