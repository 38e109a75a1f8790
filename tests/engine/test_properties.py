"""What holds of all amounts, and of reports in any order."""

from itertools import permutations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from world import HEADER, World

from phaseflow.engine.amounts import attested, fit, minus, plus, short_of, take
from phaseflow.model.calendar import Date, Instant, Period, When, Zone, parse_period
from phaseflow.model.definition import Obligation
from phaseflow.model.figure import PLAIN
from phaseflow.model.forms.amount import Amount
from phaseflow.model.party import Bloc, PartyExpression
from phaseflow.model.state import Amounts

CATEGORIES = ("x", "y")
JUDGES = ("a", "b", "c")

units = st.integers(min_value=0, max_value=6)
sorted_amounts = st.dictionaries(st.sampled_from(CATEGORIES), units)
amounts = st.dictionaries(st.sampled_from((*CATEGORIES, PLAIN)), units)
words = st.dictionaries(st.sampled_from(JUDGES), amounts)
SORTED = Obligation(
    name="o",
    base="o",
    obligor="a",
    form=Amount(amount={"x": 6, "y": 6}),
    categories=CATEGORIES,
)


def cleared(found: Amounts) -> Amounts:
    return {category: units for category, units in found.items() if units}


@given(words, st.integers(1, 3))
def test_what_a_quorum_attests_is_what_so_many_have_each_attested(
    said: dict[str, Amounts], need: int
) -> None:
    found = attested(PartyExpression((Bloc(JUDGES, need),)), said)

    for category in (*CATEGORIES, PLAIN):
        least = found.get(category, 0)
        assert sum(word.get(category, 0) >= least for word in said.values()) >= need or not least
        assert sum(word.get(category, 0) > least for word in said.values()) < need


@given(words)
def test_of_several_blocs_each_must_attest(said: dict[str, Amounts]) -> None:
    north, south = Bloc(("a", "b"), 1), Bloc(("c",), 1)

    both = attested(PartyExpression((north, south)), said)
    single = [attested(PartyExpression((bloc,)), said) for bloc in (north, south)]

    assert both == cleared({c: min(one.get(c, 0) for one in single) for c in plus(*single)})


@given(amounts, amounts)
def test_no_word_covers_more_than_is_claimed(said: Amounts, claimed: Amounts) -> None:
    found = fit(said, claimed)

    assert sum(found.values()) <= min(sum(said.values()), sum(claimed.values()))
    assert all(found.get(c, 0) <= claimed.get(c, 0) + claimed.get(PLAIN, 0) for c in CATEGORIES)


@given(amounts)
def test_the_whole_claim_fits_the_claim(claimed: Amounts) -> None:
    assert fit(claimed, claimed) == cleared(claimed)


@given(amounts, amounts)
def test_what_is_taken_off_and_what_is_left_make_up_the_whole(left: Amounts, less: Amounts) -> None:
    parts = [dict(left)]
    take(parts, less)

    assert plus(parts[0], minus(left, parts[0])) == cleared(left)
    assert cleared(parts[0]) == minus(left, less)


@given(amounts, amounts, amounts)
def test_more_delivered_is_never_further_from_what_is_needed(
    need: Amounts, have: Amounts, more: Amounts
) -> None:
    before = short_of(SORTED, need, have, {"x": 6, "y": 6})

    assert 0 <= short_of(SORTED, need, plus(have, more), {"x": 6, "y": 6}) <= before


@given(sorted_amounts)
def test_what_is_needed_meets_the_need(need: Amounts) -> None:
    assert short_of(SORTED, need, need, {"x": 6, "y": 6}) == 0


zones = st.sampled_from(["Asia/Jerusalem", "Europe/Berlin", "America/New_York", "UTC"]).map(Zone)
instants = st.integers(0, 3 * 365 * 24).map(
    lambda hours: Instant.from_utc(2024, 1, 1).add(seconds=hours * 3600)
)


@given(zones, instants, instants)
def test_a_day_moved_by_a_stop_lies_as_far_ahead_as_the_stop_lasted(
    zone: Zone, one: Instant, other: Instant
) -> None:
    start, end = sorted((one, other))
    day = Date(2026, 3, 29)

    moved = zone.later(When(day), start, end)
    midnights = int(zone.day_of(start).until(zone.day_of(end), total="days"))

    assert moved.value in {day.add(days=midnights), day.add(days=midnights + 1)}


@given(zones, instants, st.sampled_from(["P1D", "P2W", "P1M", "P3M", "P1Y"]).map(parse_period))
def test_days_are_counted_from_the_anchors_own_day(
    zone: Zone, anchor: Instant, period: Period
) -> None:
    by_instant = zone.plus(When(anchor), period)
    by_day = zone.plus(When(zone.day_of(anchor)), period)

    assert by_instant == by_day
    assert by_day.is_day


TEXT = """
obligations:
  goods:
    obligor: seller
    obligee: buyer
    amount: {apples: 3, pears: 2}
    schedule: [{by: day 3, total: 2}, {by: day 5, total: 5}]
    cure: P1D
  work:
    obligor: seller
    obligee: buyer
    steps: [{name: first, by: day 4}, {name: second, by: work.first + P1D}]
    in_order: true
  payment:
    obligor: buyer
    obligee: seller
    in_return_for: [{obligation: goods, within: P2D, each: {apples: 2, pears: 3}}]
    excused_while: goods.breached
"""
REPORTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("seller", {"obligation": "goods", "amount": {"apples": 1}}),
    ("seller", {"obligation": "goods", "amount": {"apples": 2, "pears": 1}}),
    ("seller", {"obligation": "goods", "amount": 1}),
    ("seller", {"obligation": "work", "step": "first"}),
    ("seller", {"obligation": "work", "step": "second"}),
    ("buyer", {"obligation": "payment", "amount": 4}),
)


@st.composite
def courses(draw: st.DrawFn) -> tuple[list[tuple[str, str, dict[str, Any]]], list[int]]:
    """Draw what was done on which day, and an order in which that is reported."""
    chosen = draw(st.lists(st.sampled_from(REPORTS), min_size=2, max_size=6))
    done = [(actor, f"2025-03-0{draw(st.integers(1, 6))}", body) for actor, body in chosen]
    return done, draw(st.permutations(range(len(done))))


def told(done: list[tuple[str, str, dict[str, Any]]], order: list[int]) -> list[Any]:
    """Return where an agreement stands after all was reported on one day, in that order."""
    world = World(HEADER + TEXT)
    for place in order:
        actor, day, body = done[place]
        world.say(actor, "perform", "2025-03-06T13:00", day, **body)
    found = []
    for at in ("2025-03-06T13:00", "2025-03-20"):
        world.tick(at)
        for name in ("goods", "work", "payment"):
            account, duty = world.account(name), world.duty(name)
            figures = [account.delivered, account.outstanding, account.violations, account.total]
            dues = [(due.name, due.need, due.standing) for due in duty.dues]
            found.append((name, figures, duty.standing, sorted(dues, key=str), account.batches))
    return found


@given(courses())
def test_reports_of_one_day_come_to_the_same_in_any_order(
    course: tuple[list[tuple[str, str, dict[str, Any]]], list[int]],
) -> None:
    done, order = course

    assert told(done, order) == told(done, sorted(order))


WORDS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("judge", "attest", {"amount": {"apples": 2}}),
    ("judge", "reject", {"amount": {"pears": 1}}),
    ("clerk", "attest", {"amount": {"apples": 3, "pears": 1}}),
    ("buyer", "contest", {"amount": {"apples": 1}}),
)


def test_words_of_several_on_one_claim_count_in_any_order() -> None:
    text = TEXT.replace("cure: P1D", "verified_by: {any: 2, of: [judge, clerk, auditor]}")
    found = []
    for order in permutations(WORDS):
        world = World(HEADER + text)
        claimed = {"apples": 3, "pears": 2}
        entry = world.say("seller", "perform", "2025-03-02", obligation="goods", amount=claimed)
        for actor, kind, body in order:
            world.say(actor, kind, "2025-03-02T13:00", entry=entry, **body)
        account = world.account("goods")
        found.append((account.delivered, account.rejected, account.waiting, account.by_category))

    assert found == [found[0]] * len(found)
