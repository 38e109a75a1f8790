"""What somebody says: the statement, its kinds and bodies, and what follows from it."""

import re
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from phaseflow.errors import StatementInvalid
from phaseflow.model.calendar import Date, Instant, When
from phaseflow.model.visible import quoted

RECORDER = "recorder"
NAME = r"^[a-z][a-z0-9_]{0,31}\Z"

Name = Annotated[str, Meta(pattern=NAME)]
Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
Count = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Sequence = Annotated[int, Meta(ge=0, le=2**53 - 1)]
ObligationName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,31}(\.[a-z][a-z0-9_]{0,31})?\Z")]
SaidAmount = Count | dict[Name, Count]
"""Whole units: a plain number is unsorted; else by category, or ``total`` and parts."""

Subject = Literal[
    "withholding",
    "suspension",
    "condition",
    "dispute",
    "ultimatum",
    "intention",
    "reading",
    "arrangement",
]


class Seen(msgspec.Struct, frozen=True):
    """The newest entry that the actor had checked."""

    hash: Digest
    seq: Sequence


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """What a person says, and signs; the members of the journal format, §2.

    ``agreement`` is its id, ``definition`` the digest of the edition in effect
    at ``seen``. ``occurred_at`` is a day or an instant in the world, as the
    actor claims, ``YYYY-MM-DD`` or ``YYYY-MM-DDTHH:MM:SSZ``.
    """

    agreement: str
    definition: str
    actor: str
    kind: str
    body: dict[str, Any]
    nonce: str
    occurred_at: str
    seen: Seen | None = None

    @property
    def occurred(self) -> When:
        """When it happened."""
        return When.parse(self.occurred_at)


class Consequence(msgspec.Struct, frozen=True, kw_only=True):
    """What follows from a statement, or from time, at its own moment ``at`` (UTC, ISO)."""

    at: str
    kind: str
    body: dict[str, Any]


class Reason(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why an act is refused.

    ``rule`` is ``authority``, ``state``, ``moment``, ``guard``, ``final``, or
    ``edition``: a new text that cannot take the place of the present one.
    ``expression`` is the guard as written, ``values`` are what it read, as text;
    ``curable_by`` names who could change them, ``clause`` where the text says so.
    """

    rule: Literal["authority", "state", "moment", "guard", "final", "edition"]
    text: str
    expression: str = ""
    values: dict[str, str] = {}
    curable_by: tuple[str, ...] = ()
    clause: str = ""


class Commitment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Stands for a private value, which its opening discloses."""

    digest: Digest = msgspec.field(name="@commit")


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the body of every statement may hold besides.

    Words that name persons may stand as a :class:`Commitment`.
    """

    text: str | Commitment | UnsetType = UNSET
    evidence: list[Digest] | UnsetType = UNSET
    sources: list[str | Commitment] | UnsetType = UNSET


class Advance(Body, frozen=True, kw_only=True):
    """Take a transition, or consent to it."""

    transition: Name


class Withdraw(Body, frozen=True, kw_only=True):
    """Take a consent back: to a transition, or to an amendment by its digest."""

    transition: Name | UnsetType = UNSET
    definition: Digest | UnsetType = UNSET


class Waive(Body, frozen=True, kw_only=True):
    """Give up a right: an obligation, an amount or due of it, or give time; or a guard.

    ``guard`` is its place in the transition, from 1.
    """

    obligation: ObligationName | UnsetType = UNSET
    amount: SaidAmount | UnsetType = UNSET
    due: str | UnsetType = UNSET
    until: str | UnsetType = UNSET
    transition: Name | UnsetType = UNSET
    guard: Annotated[int, Meta(ge=1)] | UnsetType = UNSET


class Amend(Body, frozen=True, kw_only=True):
    """Consent to a new edition, by the digest of its bytes."""

    definition: Digest


class Perform(Body, frozen=True, kw_only=True):
    """Claim a performance; without ``obligation`` it is outside the agreement."""

    obligation: ObligationName | UnsetType = UNSET
    amount: SaidAmount | UnsetType = UNSET
    step: Name | UnsetType = UNSET


class Measure(Body, frozen=True, kw_only=True):
    """A figure over a span of days, ``to`` inclusive."""

    obligation: ObligationName
    amount: SaidAmount
    from_: str = msgspec.field(name="from")
    to: str


class Verify(Body, frozen=True, kw_only=True):
    """A verifier's word on a claim; without ``amount`` on all of it that is open."""

    entry: Sequence
    amount: SaidAmount | UnsetType = UNSET
    happened: str | UnsetType = UNSET


class Contest(Body, frozen=True, kw_only=True):
    """Dispute an entry, or the part of it that ``amount`` names."""

    entry: Sequence
    amount: SaidAmount | UnsetType = UNSET
    withdrawn: Literal[True] | UnsetType = UNSET


class Allege(Body, frozen=True, kw_only=True):
    """Say that an obligation was violated."""

    obligation: ObligationName


class Find(Body, frozen=True, kw_only=True):
    """Determine a finding; a negative number is written as a decimal string."""

    finding: Name
    value: bool | Count | str


class Notify(Body, frozen=True, kw_only=True):
    """Tell the others something that moves no due; ``ends`` closes an earlier one."""

    subject: Subject
    ends: Sequence | UnsetType = UNSET
    obligation: ObligationName | list[ObligationName] | UnsetType = UNSET
    amount: SaidAmount | UnsetType = UNSET
    transition: Name | UnsetType = UNSET
    effective: str | UnsetType = UNSET


class Correct(Body, frozen=True, kw_only=True):
    """Replace the amounts or the day of a report of one's own."""

    entry: Sequence
    amount: SaidAmount | UnsetType = UNSET
    occurred_at: str | UnsetType = UNSET


class Note(Body, frozen=True, kw_only=True):
    """Anything else worth keeping, about some entries or none."""

    about: list[Sequence] | UnsetType = UNSET


class KeySet(Body, frozen=True, kw_only=True):
    """Give ``actor`` another key, or with ``key`` None none; ``replaces`` is its present one."""

    actor: Name
    key: str | None
    replaces: str | None


class Redact(Body, frozen=True, kw_only=True):
    """Say that the opening of a commitment was destroyed."""

    commitment: Digest


class Tick(Body, frozen=True, kw_only=True):
    """Time has passed."""


class GenesisParty(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A party as the genesis names it; ``key`` None: it speaks unsigned."""

    key: str | None
    role: str


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who fixes the past, and who replaces a lost key."""

    cosigners: list[Name]
    cosign_quorum: Count
    recovery: list[Name]
    recovery_quorum: Count


class Open(Body, frozen=True, kw_only=True):
    """Entry 0; the agreement id is the hash of this body."""

    definition: Digest
    nonce: Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]
    parties: dict[Name, GenesisParty]
    policy: Policy
    rehearsal: Literal[True] | UnsetType = UNSET


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """What is settled for every statement of a kind; a new kind is a line of :data:`KINDS`.

    An ``act`` moves the agreement and may be refused, a ``report`` says what
    happened and is kept; a ``key`` and what the recorder puts on ``record`` concern
    the journal. ``verb`` is what its author does, in a sentence. ``refers_by`` is
    the member that names earlier entries. ``awaits_others``: it takes effect once
    everybody needed has said it; until then a ``withdraw`` takes it back if
    ``can_be_withdrawn``. ``counts_again``: filed twice it counts twice, where a later
    word of the other kinds replaces. ``is_of_others``: it speaks of what somebody
    else owes. ``is_unsigned``: the agreement id commits to it, or it says nothing
    that cannot be computed anew.
    """

    body: type[Body]
    sort: Literal["act", "report", "key", "record"]
    verb: str
    refers_by: Literal["entry", "ends", "about"] | None = None
    awaits_others: bool = False
    can_be_withdrawn: bool = False
    counts_again: bool = False
    is_of_others: bool = False
    is_unsigned: bool = False


KINDS: dict[str, Kind] = {
    "advance": Kind(
        body=Advance, sort="act", verb="advances", awaits_others=True, can_be_withdrawn=True
    ),
    "withdraw": Kind(body=Withdraw, sort="act", verb="takes back its consent to"),
    "waive": Kind(
        body=Waive,
        sort="act",
        verb="waives",
        awaits_others=True,
        counts_again=True,
        is_of_others=True,
    ),
    "amend": Kind(
        body=Amend,
        sort="act",
        verb="consents to the edition",
        awaits_others=True,
        can_be_withdrawn=True,
    ),
    "perform": Kind(body=Perform, sort="report", verb="performed", counts_again=True),
    "attest": Kind(body=Verify, sort="report", verb="attests", refers_by="entry"),
    "reject": Kind(body=Verify, sort="report", verb="rejects", refers_by="entry"),
    "contest": Kind(body=Contest, sort="report", verb="contests", refers_by="entry"),
    "allege": Kind(
        body=Allege,
        sort="report",
        verb="alleges a violation of",
        counts_again=True,
        is_of_others=True,
    ),
    "measure": Kind(body=Measure, sort="report", verb="measured"),
    "find": Kind(body=Find, sort="report", verb="finds"),
    "notify": Kind(body=Notify, sort="report", verb="gives notice:", refers_by="ends"),
    "correct": Kind(body=Correct, sort="report", verb="corrects", refers_by="entry"),
    "note": Kind(body=Note, sort="report", verb="notes", refers_by="about"),
    "key.set": Kind(body=KeySet, sort="key", verb="sets a key:"),
    "open": Kind(body=Open, sort="record", verb="opens the journal", is_unsigned=True),
    "tick": Kind(body=Tick, sort="record", verb="time has passed", is_unsigned=True),
    "redact": Kind(body=Redact, sort="record", verb="destroyed what discloses"),
}
"""Every kind of statement, in the order in which people are told of them."""

ACTS = tuple(name for name, kind in KINDS.items() if kind.sort == "act")
REPORTS = tuple(name for name, kind in KINDS.items() if kind.sort == "report")
REFERENCES: tuple[str, ...] = tuple(
    dict.fromkeys(kind.refers_by for kind in KINDS.values() if kind.refers_by is not None)
)


def may_say(actor: str, kind: str) -> bool:
    """Tell whether statements of that kind are for ``actor``: a party, or the recorder."""
    match KINDS[kind].sort:
        case "act" | "report":
            return actor != RECORDER
        case "key":
            return True
        case "record":
            return actor == RECORDER


# Of the years 1000 to 2999: the arithmetic of the calendar ends with the year 9999.
_DAY = re.compile(r"[12]\d{3}-\d{2}-\d{2}", re.ASCII)
_INSTANT = re.compile(r"[12]\d{3}-\d{2}-\d{2}T\d{2}:\d{2}:[0-5]\dZ", re.ASCII)


def parse_body(kind: str, body: dict[str, Any]) -> Body:
    """Return ``body`` as the type of its ``kind``.

    Only the form is checked here: members, types and the spelling of moments.

    Raises:
        StatementInvalid: the kind is unknown, or the body malformed.
    """
    if kind not in KINDS:
        msg = f"{quoted(kind)} is no kind of statement; there are {', '.join(KINDS)}"
        raise StatementInvalid(msg)
    try:
        parsed = msgspec.convert(body, KINDS[kind].body, strict=True)
    except msgspec.ValidationError as error:
        msg = f"the body of this {kind} is malformed: {error}".replace(" - at `$.", " at `")
        raise StatementInvalid(msg) from error
    for member in ("until", "happened", "effective", "occurred_at"):
        text = getattr(parsed, member, UNSET)
        if text is not UNSET:
            parse_when(text, member)
    for member in ("from_", "to"):
        text = getattr(parsed, member, UNSET)
        if text is not UNSET:
            parse_day(text, member.rstrip("_"))
    return parsed


def parse_when(text: str, member: str) -> When:
    """Return the day or instant (UTC) that ``text`` spells.

    Raises:
        StatementInvalid: it is neither ``YYYY-MM-DD`` nor ``YYYY-MM-DDTHH:MM:SSZ``,
            or lies outside the years 1000 to 2999.
    """
    if _DAY.fullmatch(text) or _INSTANT.fullmatch(text):
        try:
            return When.parse(text)
        except ValueError:
            pass
    msg = f"{member} {quoted(text)} is no moment; write YYYY-MM-DD, or YYYY-MM-DDTHH:MM:SSZ"
    raise StatementInvalid(msg)


def parse_day(text: str, member: str) -> Date:
    """Return the day that ``text`` spells.

    Raises:
        StatementInvalid: it is no day.
    """
    value = parse_when(text, member).value
    if isinstance(value, Instant):
        msg = f"{member} {quoted(text)} is no day; write YYYY-MM-DD"
        raise StatementInvalid(msg)
    return value
