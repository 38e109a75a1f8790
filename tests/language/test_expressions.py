"""Moments, guards and party expressions, as written and as read."""

from pathlib import Path

import pytest

from phaseflow.errors import DefinitionInvalid
from phaseflow.language.parse import parse_definition
from phaseflow.language.rules.dates import compare
from phaseflow.model.calendar import Date, Period, When
from phaseflow.model.definition import Definition
from phaseflow.model.figure import PLAIN
from phaseflow.model.forms.amount import Amount
from phaseflow.model.forms.in_return import InReturn
from phaseflow.model.guard import (
    BOOLEAN_ATTRIBUTES,
    NUMBER_ATTRIBUTES,
    AllOf,
    AnyOf,
    Arithmetic,
    Comparison,
    Constant,
    Expression,
    FindingValue,
    Not,
    ObligationAttribute,
    PartyAttribute,
    Point,
)
from phaseflow.model.moment import AgreementDay, Anchor, CalendarDay, Choice, Moment, Offset
from phaseflow.model.party import Bloc, PartyExpression

SOUND = (Path(__file__).parent / "sound.yaml").read_text(encoding="utf-8")


def parsed(text: str) -> Definition:
    return parse_definition(text.encode(), "d.yaml")


def moment(text: str) -> Moment | None:
    return parsed(SOUND.replace("after: day 14", f"after: {text}")).transitions["end"].after


def guard(text: str) -> Expression:
    spelt = text.replace("'", "''")
    text = SOUND.replace("guards: [goods.discharged]", f"guards: ['{spelt}']")
    return parsed(text).transitions["end"].guards[0].that


def owners(text: str) -> PartyExpression | None:
    groups = "groups: {left: [north, watch], right: [south]}\nfindings:"
    text = SOUND.replace("by: north,", f"by: {text},").replace("findings:", groups)
    return parsed(text).transitions["halt"].owners


DAY = AgreementDay(7)
RUNNING = Anchor("state", "running")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("day 7", DAY),
        ("day 7T16:00", AgreementDay(7, "16:00")),
        ("2025-03-01", CalendarDay(Date(2025, 3, 1))),
        ("2025-03-01T12:00", CalendarDay(Date(2025, 3, 1), "12:00")),
        ("running", RUNNING),
        ("running + P7D", Offset(RUNNING, Period(days=7))),
        ("running - PT72H", Offset(RUNNING, Period(seconds=259_200), -1)),
        ("day 7 + P1D", Offset(DAY, Period(days=1))),
        ("day 7+P1D", Offset(DAY, Period(days=1))),
        (
            "2025-03-01 + P1M - P1D",
            Offset(Offset(CalendarDay(Date(2025, 3, 1)), Period(months=1)), Period(days=1), -1),
        ),
        ("signed + P3D", Offset(Anchor("finding", "signed"), Period(days=3))),
        ("goods", Anchor("obligation", "goods")),
        ("peace.north", Anchor("obligation", "peace.north")),
        ("retreat.hill + P3D", Offset(Anchor("step", "retreat.hill"), Period(days=3))),
        (
            "{later_of: [day 7, {earlier_of: [running, goods]}]}",
            Choice(
                "later_of", (DAY, Choice("earlier_of", (RUNNING, Anchor("obligation", "goods"))))
            ),
        ),
    ],
)
def test_a_moment_is_read_as_written(text: str, expected: Moment) -> None:
    assert moment(text) == expected


@pytest.mark.parametrize(
    "text",
    ["day", "day x", "day 7 P1D", "day 7 + ", "day 7 + 3", "7 days", "2025-3-1", "2025-03-01T24:00",
     "2025-03-01 12:00", "0001-01-01", "goods.boats", "retreat.hil", "watch", "running + P1DT1H",
     "running + P999Y + P999Y", "{earlier_of: []}", "{earlier_of: [day 7], later_of: [day 8]}", "{}", "''"],
)  # fmt: skip
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(DefinitionInvalid):
        moment(text)


def read(text: str, *names: str, part: str | None = None) -> ObligationAttribute:
    attribute = text.rpartition(".")[2]
    assert attribute in BOOLEAN_ATTRIBUTES + NUMBER_ATTRIBUTES
    return ObligationAttribute(text, names, attribute, part)


READY = FindingValue("ready", "boolean")
DONE = read("goods.discharged", "goods")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ready", READY),
        ("true", Constant(value=True)),
        ("not ready and goods.discharged", AllOf((Not(READY), DONE))),
        ("ready or (goods.discharged)", AnyOf((READY, DONE))),
        ("goods.boats.delivered >= 2", Comparison(">=", read("goods.boats.delivered", "goods", part="boats"), Constant(2))),
        ("retreat.hill.discharged", read("retreat.hill.discharged", "retreat", part="hill")),
        ("water.clean.delivered > -1", Comparison(">", read("water.clean.delivered", "water", part="clean"), Constant(-1))),
        ("peace.violations < 3", Comparison("<", read("peace.violations", "peace.north", "peace.south"), Constant(3))),
        ("peace.north.breached", read("peace.north.breached", "peace.north")),
        ("south.in_breach", PartyAttribute("south", "in_breach")),
        ("extra + 2 * 3 == 7", Comparison("==", Arithmetic("+", FindingValue("extra", "integer"), Arithmetic("*", Constant(2), Constant(3))), Constant(7))),
        ("1 < extra <= 3", AllOf((Comparison("<", Constant(1), FindingValue("extra", "integer")), Comparison("<=", FindingValue("extra", "integer"), Constant(3))))),
        ("outcome == agreed", Comparison("==", FindingValue("outcome", "word"), Constant("agreed"))),
        ("outcome != 'failed'", Comparison("!=", FindingValue("outcome", "word"), Constant("failed"))),
        ("signed <= '2025-03-01'", Comparison("<=", FindingValue("signed", "date"), Point(When.parse("2025-03-01")))),
        ("ready\n  and goods.discharged", AllOf((READY, DONE))),
    ],
)  # fmt: skip
def test_a_guard_is_read_as_written(text: str, expected: Expression) -> None:
    assert guard(text.replace("\n  ", " ")) == expected


def test_a_guard_may_be_folded_over_lines() -> None:
    folded = "guards:\n      - |\n        ready\n          and goods.discharged\n"
    text = SOUND.replace(
        "  - {name: end, from: running, to: ended, by: automatic, after: day 14, guards: [goods.discharged]}\n",
        f"  - name: end\n    from: running\n    to: ended\n    by: automatic\n    {folded}",
    )

    assert parsed(text).transitions["end"].guards[0].that == AllOf((READY, DONE))


def test_a_name_that_python_reserves_can_be_read() -> None:
    text = SOUND.replace("  water:", "  return: {obligor: north}\n  water:")
    text = text.replace("guards: [goods.discharged]", "guards: [return.discharged and not ready]")

    that = parsed(text).transitions["end"].guards[0].that

    assert that == AllOf((read("return.discharged", "return"), Not(READY)))


@pytest.mark.parametrize(
    "text",
    ["goods.discharged + 1 > 0", "extra and ready", "not extra", "signed == extra", "signed > ready",
     "'a' == 'b' and extra", "outcome < agreed", "outcome == ready", "goods.violations.boats > 0",
     "peace.watch.breached", "watch", "watch.breached", "ready.discharged", "ready == 'true'",
     "signed == '2025-03-01T12:00'", "goods.total.delivered > 1"],
)  # fmt: skip
def test_what_does_not_fit_in_a_guard_is_refused(text: str) -> None:
    with pytest.raises(DefinitionInvalid):
        guard(text)


def test_every_fault_of_a_guard_is_reported() -> None:
    with pytest.raises(DefinitionInvalid) as caught:
        guard("redy and goods.dischargd or extra")

    assert [f.code for f in caught.value.faults] == ["PF209", "PF209", "PF210"]


@pytest.mark.parametrize(
    ("text", "blocs"),
    [
        ("north", [(("north",), 1)]),
        ("{all: signatories}", [(("north", "south"), 2)]),
        ("{all: [north, watch]}", [(("north", "watch"), 2)]),
        ("{any: 1, of: left}", [(("north", "watch"), 1)]),
        ("{any: {left: 1, right: 1}}", [(("north", "watch"), 1), (("south",), 1)]),
    ],
)
def test_a_party_expression_is_read_as_written(
    text: str, blocs: list[tuple[tuple[str, ...], int]]
) -> None:
    assert owners(text) == PartyExpression(tuple(Bloc(*bloc) for bloc in blocs))


@pytest.mark.parametrize(
    "text",
    ["{any: 0, of: left}", "{any: {left: 3}}", "{any: {lef: 1}}", "{all: []}", "{all: [north, north]}",
     "{all: left, any: 1}", "{of: left}", "{}", "left", "[north]"],
)  # fmt: skip
def test_a_party_expression_that_cannot_be_met_is_refused(text: str) -> None:
    with pytest.raises(DefinitionInvalid):
        owners(text)


def test_a_plain_key_is_for_every_category_of_the_driver() -> None:
    text = SOUND.replace("each: {boats: {silver: 2}, carts: {silver: 1}}", "each: 2")

    form = parsed(text).obligations["money"].form

    assert isinstance(form, InReturn)
    assert form.drivers[0].each == {"boats": {PLAIN: 2}, "carts": {PLAIN: 2}}


def test_a_driver_of_several_obligors_is_one_driver_each() -> None:
    text = SOUND.replace("  water:", "  gold: {obligor: [north, south], amount: 7}\n  water:")
    text = text.replace("obligation: goods", "obligation: gold").replace(
        "each: {boats: {silver: 2}, carts: {silver: 1}}", "each: {silver: 3}"
    )

    form = parsed(text).obligations["money"].form

    assert isinstance(form, InReturn)
    assert [d.obligation for d in form.drivers] == ["gold.north", "gold.south"]
    assert form.drivers[0].each == {PLAIN: {"silver": 3}}


def test_a_single_act_is_the_amount_one() -> None:
    text = SOUND.replace("  water:", "  visit: {obligor: north, by: day 3}\n  water:")

    form = parsed(text).obligations["visit"].form

    assert isinstance(form, Amount)
    assert (form.amount, form.is_single) == ({PLAIN: 1}, True)


def test_who_owes_to_all_owes_nothing_to_himself() -> None:
    text = SOUND.replace(
        "    obligor: [north, south]\n",
        "    obligor: [north, south]\n    obligee: [north, south]\n",
    )

    owed = parsed(text).obligations

    assert owed["peace.north"].obligees == ("south",)
    assert owed["peace.south"].obligees == ("north",)


def test_days_are_those_of_utc_where_the_calendar_is_left_out() -> None:
    text = "phaseflow: 1\nname: a\nedition: '1'\nparties: {a: {role: observer}}\ninitial: b\nstates: {b: }\n"

    assert parsed(text).calendar.zone.name == "UTC"


@pytest.mark.parametrize(
    ("first", "second", "order"),
    [
        ("day 7", "day 9", -1),
        ("day 7", "day 7T16:00", 1),
        ("day 7", "day 7", 0),
        ("2025-03-01", "2025-02-28", 1),
        ("running", "running + P1D", -1),
        ("running + P3D", "running + P1D", 1),
        ("running - P3D", "running", -1),
        ("running + P1M", "running + P30D", None),
        ("running", "day 7", None),
    ],
)
def test_which_moment_comes_first_is_told_only_where_the_text_can(
    first: str, second: str, order: int | None
) -> None:
    one, other = moment(first), moment(second)

    assert one is not None
    assert other is not None
    assert compare(one, other) == order
