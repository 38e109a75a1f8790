"""One running agreement: where it is, who has said what, what is owed and delivered.

An :class:`Agreement` is a value: the engine works on a copy. Its size depends on
the definition and on the dues that still matter, never on the number of entries;
what single reports came to is kept apart, as :class:`Claim` and :class:`RatePeriod`.
"""

from collections.abc import Iterable
from typing import Literal, Protocol, TypeVar

import msgspec

from phaseflow.model.calendar import Date, Instant, Period, When, decode_hook, encode_hook
from phaseflow.model.figure import Figure
from phaseflow.model.party import PartyExpression

Standing = Literal[
    "waived",
    "lapsed",
    "discharged",
    "dormant",
    "breached",
    "tolled",
    "excused",
    "overdue",
    "pending",
]
T = TypeVar("T", "Agreement", "Claim", "RatePeriod")
Amounts = dict[str, int]
"""Whole units by category; :data:`phaseflow.model.figure.PLAIN` for those without."""


class Shift(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far tolling has moved a moment: whole days by days, instants by seconds."""

    days: int = 0
    seconds: int = 0


class Missed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """That something was missed, or broken, since ``at``, and how its cure stands.

    ``cure_ends`` is when it ends, None if the text sets no cure to it;
    ``paused_since`` is set while it stands still.
    """

    at: Instant
    cure_ends: When | None = None
    paused_since: Instant | None = None


class Due(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One moment by which something is owed.

    ``name`` is the step or the moment as written. ``need`` is cumulative over
    the dues before it (of a step: its one unit), by category or in sum. ``at``
    is its moment, moved by ``shift``; ``begun`` when its time began to run.
    ``is_passed`` tells that its moment came; ``in_time`` is what had occurred
    by then. ``armed_at`` is when it became known while the duty was in force.
    ``missed`` is set while it is missed. ``met`` is when what discharged it happened.
    ``given`` is a later moment, from a waiver or a condition met late.
    ``is_closed``: it was met before an amendment, and its need stays what it was;
    ``spared`` is what an amendment would have it need more, of what is owed in return.
    """

    name: str
    need: Amounts | None = None
    at: When | None = None
    begun: When | None = None
    shift: Shift = Shift()
    armed_at: Instant | None = None
    is_passed: bool = False
    in_time: Amounts = {}
    missed: Missed | None = None
    is_breached: bool = False
    met: When | None = None
    is_waived: bool = False
    is_closed: bool = False
    spared: Amounts = {}
    given: When | None = None
    standing: Standing = "dormant"


class Debt(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Units of a driver that count from ``begun``, and call for something in return."""

    driver: int
    category: str
    begun: When
    units: int


class Wait(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Claims that await their verifier until ``ends``.

    ``claims`` are their entries where silence then counts as attestation;
    otherwise only the amounts are kept.
    """

    ends: Instant
    amounts: Amounts = {}
    claims: list[int] = []


class RatePeriod(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One calendar period of a rate, from ``first`` to ``last`` inclusive.

    ``delivered`` are counted claims, ``measured`` the figure that replaces
    them, ``waiting`` what awaits its verifier, for whom cure waits until
    ``waits_until``. ``claims`` is how many claims
    speak of it. ``is_judged``: its end has come while in force. ``need`` is what it owes,
    as figures stood at its end, or as soon as they were known.
    """

    first: Date
    last: Date
    delivered: Amounts = {}
    measured: Amounts | None = None
    measured_by: int | None = None
    waiting: Amounts = {}
    waits_until: Instant | None = None
    claims: int = 0
    is_judged: bool = False
    need: Amounts | None = None
    missed: Missed | None = None
    is_violation: bool = False
    is_waived: bool = False
    standing: Standing = "pending"


class Earlier(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What an earlier edition said of the claims that were made before entry ``before``."""

    before: int
    obligor: str
    verified_by: PartyExpression | None = None
    verify_within: Period | None = None
    counts_uncontested: bool = False


class MeasuredSpan(msgspec.Struct, kw_only=True):
    """Days of an amount whose claims a measure replaces, ``last`` inclusive."""

    first: Date
    last: Date
    entry: int


class Judged(msgspec.Struct, kw_only=True):
    """Days of a rate that are over, ``last`` inclusive, and what each of their periods ``owes``.

    A figure that was undetermined at their end stands by its finding's name until that is made.
    """

    first: Date
    last: Date
    owes: dict[str, Figure]


class AmountState(msgspec.Struct, kw_only=True, tag=True, omit_defaults=True):
    """What only an amount has.

    ``done`` tells of a single act when it was done, by every claim that counts;
    ``spans`` are the days of which a measure replaces the claims.
    """

    done: dict[str, list[When]] = {}
    spans: list[MeasuredSpan] = []


class StepsState(msgspec.Struct, kw_only=True, tag=True, omit_defaults=True):
    """What only steps have.

    ``done`` tells when each was done, by every claim that counts. ``disordered``
    is how many were done before one that comes first, without the
    ``order_spared`` that an amendment put out of order.
    """

    done: dict[str, list[When]] = {}
    disordered: int = 0
    order_spared: int = 0


class InReturnState(msgspec.Struct, kw_only=True, tag=True, omit_defaults=True):
    """What only a duty in return has.

    ``debts`` are what others' performance has called for so far;
    ``drivers_since`` tells since which entry it calls for something, of each
    driver that an amendment added.
    """

    debts: list[Debt] = []
    drivers_since: dict[str, int] = {}


class RateState(msgspec.Struct, kw_only=True, tag=True, omit_defaults=True):
    """What only a rate has.

    ``periods`` are those that may still change by themselves, ``next_period`` is
    the first day of the next to be judged. ``judged`` are the days of all that are
    over and were owed; ``owed`` and ``shortfall`` are sums over those of them whose
    figures are known. An averaged rate owes for ``periods_owed``, and ``owed_before``
    for those that earlier editions counted; ``spans`` are the days of which a
    measure replaces its claims.
    """

    periods: list[RatePeriod] = []
    next_period: Date | None = None
    judged: list[Judged] = []
    owed: Amounts = {}
    owed_before: Amounts = {}
    shortfall: int = 0
    periods_owed: int = 0
    periods_unknown: int = 0
    periods_short: int = 0
    periods_waiting: int = 0
    spans: list[MeasuredSpan] = []


class RestraintState(msgspec.Struct, kw_only=True, tag=True, omit_defaults=True):
    """What only a restraint has.

    ``breach`` is set while it is breached; ``breaks`` are the spans of time, now
    over, in which it did not bind.
    """

    breach: Missed | None = None
    breaks: list[tuple[Instant, Instant]] = []


FormState = AmountState | StepsState | InReturnState | RateState | RestraintState


class Duty(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What has become of one obligation; ``of_form`` is what only its form has.

    All amounts are of its whole life. ``counted`` is its own performance,
    ``credited`` what others' performance counts toward it, ``claimed`` all that
    was said, ``forgiven`` what was waived. ``latest`` is when the last counted
    unit of each category happened. ``in_force_since`` is None while out of force.
    ``stopped_since`` is set while it is tolled or excused; ``stop`` is what that
    does to its dues. ``earlier`` tells what earlier editions said of claims, the
    oldest first.
    """

    of_form: FormState
    standing: Standing = "dormant"
    begun: Instant | None = None
    in_force_since: Instant | None = None
    left_at: Instant | None = None
    required_at: Instant | None = None
    is_waived: bool = False
    stopped_since: Instant | None = None
    is_tolled: bool = False
    is_excused: bool = False
    stop: Literal["run", "toll", "restart"] = "run"
    claimed: Amounts = {}
    counted: Amounts = {}
    credited: Amounts = {}
    contested: Amounts = {}
    rejected: Amounts = {}
    forgiven: Amounts = {}
    waiting: Amounts = {}
    reports: int = 0
    violations: int = 0
    latest: dict[str, When] = {}
    discharged_at: When | None = None
    dues: list[Due] = []
    waits: list[Wait] = []
    earlier: list[Earlier] = []

    @property
    def steps(self) -> StepsState:
        """What only steps have."""
        assert isinstance(self.of_form, StepsState)
        return self.of_form

    @property
    def in_return(self) -> InReturnState:
        """What only a duty in return has."""
        assert isinstance(self.of_form, InReturnState)
        return self.of_form

    @property
    def rate(self) -> RateState:
        """What only a rate has."""
        assert isinstance(self.of_form, RateState)
        return self.of_form

    @property
    def restraint(self) -> RestraintState:
        """What only a restraint has."""
        assert isinstance(self.of_form, RestraintState)
        return self.of_form

    @property
    def done(self) -> dict[str, list[When]]:
        """When the single act, or each step, was done."""
        assert isinstance(self.of_form, AmountState | StepsState)
        return self.of_form.done

    @property
    def spans(self) -> list[MeasuredSpan]:
        """The days of which a measure replaces the claims, of what is measured so."""
        match self.of_form:
            case AmountState(spans=spans) | RateState(spans=spans):
                return spans
            case StepsState() | InReturnState() | RestraintState():
                return []

    @property
    def periods(self) -> list[RatePeriod]:
        """The periods that may still change by themselves; only a rate has some."""
        match self.of_form:
            case RateState(periods=periods):
                return periods
            case AmountState() | StepsState() | InReturnState() | RestraintState():
                return []


class Agreement(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The position of an agreement after ``position`` entries.

    ``clock`` is the moment up to which everything due has taken effect.
    ``entered`` and ``first_entered`` are the latest and first entry of each
    state; ``remembered`` maps a state to the leaf that was left for it.
    ``consents`` maps a transition to who has agreed; ``waivers`` the canonical
    body of a waiver, ``amendments`` the digest of an edition. ``waived_guards``
    are ``TRANSITION/PLACE``. ``words`` holds each party's latest word on a
    finding, ``findings`` the value that stands. ``shifts`` move the ``after``
    of transitions; ``stopped_since`` is when the present tolling state was
    entered. ``former`` are the obligations of earlier editions that this one
    has no more, with those who may still speak of them.
    """

    definition: str
    leaf: str
    clock: Instant
    position: int = 0
    first_day: Date | None = None
    entered: dict[str, Instant] = {}
    first_entered: dict[str, Instant] = {}
    remembered: dict[str, str] = {}
    consents: dict[str, list[str]] = {}
    waivers: dict[str, list[str]] = {}
    amendments: dict[str, list[str]] = {}
    waived_guards: list[str] = []
    words: dict[str, dict[str, bool | int | str]] = {}
    findings: dict[str, bool | int | str] = {}
    shifts: dict[str, Shift] = {}
    stopped_since: Instant | None = None
    obligations: dict[str, Duty] = {}
    former: dict[str, list[str]] = {}


class Claim(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What one ``perform``, ``measure`` or ``allege`` has come to.

    ``occurred`` is as its author last said, ``happened`` as the verifier has
    it. ``words`` are each verifier's latest: attested and rejected amounts, and
    when. ``counted`` is what it adds to the obligation now, in ``parts`` as it came
    to count. ``placed`` says in which period of a rate, by its first day. ``opens``
    are the instants before which it would be too early, by step (else
    :data:`phaseflow.model.figure.PLAIN`), as they were known when it was filed.
    ``is_violation``: it counts as a violation, being early or alleged.
    """

    entry: int
    kind: Literal["perform", "measure", "allege"]
    obligation: str
    actor: str
    recorded_at: Instant
    occurred: When
    claimed: Amounts
    happened: When | None = None
    words: "dict[str, Word]" = {}
    contests: dict[str, Amounts] = {}
    is_silent: bool = False
    wait_ends: Instant | None = None
    opens: dict[str, Instant] = {}
    superseded_by: int | None = None
    span: tuple[Date, Date] | None = None
    counted: Amounts = {}
    parts: "list[CountedPart]" = []
    waiting: Amounts = {}
    rejected: Amounts = {}
    contested: Amounts = {}
    is_violation: bool = False
    placed: dict[str, Amounts] = {}


class CountedPart(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Units of a claim that came to count together, since entry ``since``.

    ``at`` is the attestation, if there was one.
    """

    amounts: Amounts
    at: When | None = None
    since: int = 0


class Word(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One verifier's latest word on a claim; ``at`` is when it says it verified."""

    attested: Amounts = {}
    rejected: Amounts = {}
    at: When
    happened: When | None = None


class Records(Protocol):
    """What single reports came to, beside the agreement; read by key, never scanned.

    A step reads it as it stood before; what the step changes comes back in its
    outcome.
    """

    def claim(self, entry: int) -> Claim | None:
        """Return the claim that ``entry`` made."""

    def claims_between(self, obligation: str, first: Date, last: Date) -> Iterable[Claim]:
        """Yield the ``perform`` claims of ``obligation`` that occurred on those days, by entry.

        A claim occurred on a day if its ``happened`` (else ``occurred``) lies in
        it; of an instant, the day in UTC may differ by one, so that a reader
        filters again in the agreement's time zone.
        """

    def period(self, obligation: str, first: Date) -> RatePeriod | None:
        """Return the settled period of ``obligation`` that begins on ``first``."""


class Changes(msgspec.Struct, kw_only=True):
    """The records that a step has written: claims by entry, periods by obligation and day."""

    claims: dict[int, Claim] = {}
    periods: dict[tuple[str, Date], RatePeriod] = {}


class InMemory:
    """Records in dictionaries; :meth:`apply` writes what a step has changed."""

    def __init__(self) -> None:
        """Begin with none."""
        self.claims: dict[int, Claim] = {}
        self.periods: dict[tuple[str, Date], RatePeriod] = {}

    def claim(self, entry: int) -> Claim | None:
        """Return the claim that ``entry`` made."""
        return self.claims.get(entry)

    def claims_between(self, obligation: str, first: Date, last: Date) -> Iterable[Claim]:
        """Yield the ``perform`` claims of ``obligation`` near those days, by entry."""
        early, late = first.add(days=-1), last.add(days=1)
        for claim in self.claims.values():
            day = day_of(claim.happened or claim.occurred)
            is_wanted = (claim.kind, claim.obligation) == ("perform", obligation)
            if is_wanted and early <= day <= late:
                yield claim

    def period(self, obligation: str, first: Date) -> RatePeriod | None:
        """Return the settled period that begins on ``first``."""
        return self.periods.get((obligation, first))

    def apply(self, changes: Changes) -> None:
        """Write ``changes``."""
        self.claims.update(changes.claims)
        self.periods.update(changes.periods)


def day_of(when: When) -> Date:
    """Return the day of ``when``, in UTC: the coarse key under which claims are kept."""
    value = when.value
    return value if isinstance(value, Date) else value.to_tz("UTC").date()


def encode(value: Agreement | Claim | RatePeriod) -> str:
    """Return ``value`` as JSON, members in a fixed order."""
    return msgspec.json.encode(value, enc_hook=encode_hook).decode()


def decode(text: str, kind: type[T]) -> T:
    """Return the value that :func:`encode` wrote."""
    return msgspec.json.decode(text, type=kind, dec_hook=decode_hook)


def copy(value: T) -> T:
    """Return a copy of ``value`` that shares nothing mutable with it."""
    return decode(encode(value), type(value))
