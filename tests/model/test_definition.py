"""A definition is a value: who must concur, what lies in what, and its one written form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phaseflow.model.calendar import Date, Period, When, Zone
from phaseflow.model.definition import (
    Definition,
    Finding,
    Guard,
    Obligation,
    State,
    Transition,
    decode_definition,
    encode_definition,
)
from phaseflow.model.figure import PLAIN
from phaseflow.model.forms import Form
from phaseflow.model.forms.amount import Amount, Tranche
from phaseflow.model.forms.in_return import Driver, InReturn
from phaseflow.model.forms.rate import Rate
from phaseflow.model.forms.restraint import Restraint
from phaseflow.model.forms.steps import Step, Steps
from phaseflow.model.guard import (
    AllOf,
    AnyOf,
    Arithmetic,
    Comparison,
    Constant,
    FindingValue,
    Not,
    ObligationAttribute,
    PartyAttribute,
    Point,
)
from phaseflow.model.moment import (
    AgreementDay,
    Anchor,
    Calendar,
    CalendarDay,
    Choice,
    Moment,
    Offset,
)
from phaseflow.model.party import Bloc, Party, PartyExpression
from phaseflow.model.remarks import Remarks


def all_of(*names: str) -> PartyExpression:
    return PartyExpression((Bloc(names, len(names)),))


def any_of(need: int, *names: str) -> PartyExpression:
    return PartyExpression((Bloc(names, need),))


# Who must concur

GUARANTORS = any_of(2, "usa", "egypt", "qatar")
BLOCS = PartyExpression((Bloc(("a", "b", "c"), 2), Bloc(("x", "y"), 1)))


def test_all_of_a_group_means_every_one_of_it() -> None:
    both = all_of("israel", "hamas")

    assert not both.is_met_by({"israel"})
    assert both.is_met_by({"israel", "hamas"})


def test_a_quorum_is_met_by_any_so_many() -> None:
    assert not GUARANTORS.is_met_by({"egypt"})
    assert GUARANTORS.is_met_by({"egypt", "usa"})


def test_the_word_of_others_does_not_count() -> None:
    assert not GUARANTORS.is_met_by({"egypt", "israel", "hamas"})


def test_with_blocs_each_needs_its_own_number() -> None:
    assert not BLOCS.is_met_by({"a", "b", "c"})
    assert not BLOCS.is_met_by({"a", "x", "y"})
    assert BLOCS.is_met_by({"a", "c", "y"})


def test_only_the_word_of_a_bloc_that_is_short_is_awaited() -> None:
    assert BLOCS.awaited({"a", "b"}) == ("x", "y")
    assert BLOCS.awaited({"b", "x"}) == ("a", "c")
    assert BLOCS.awaited({"a", "b", "x"}) == ()


def test_a_member_of_two_blocs_is_named_once() -> None:
    expression = PartyExpression((Bloc(("a", "b"), 1), Bloc(("b", "c"), 1)))

    assert expression.members == ("a", "b", "c")
    assert expression.awaited(()) == ("a", "b", "c")


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        (all_of("un"), "un"),
        (all_of("israel", "hamas"), "israel and hamas"),
        (GUARANTORS, "2 of usa, egypt, qatar"),
        (BLOCS, "2 of a, b, c; and 1 of x, y"),
    ],
)
def test_a_party_expression_reads_as_words(expression: PartyExpression, words: str) -> None:
    assert str(expression) == words


names = st.sampled_from("abcdef")
blocs = st.lists(names, min_size=1, unique=True).flatmap(
    lambda members: st.integers(1, len(members)).map(lambda need: Bloc(tuple(members), need))
)
expressions = st.lists(blocs, min_size=1, max_size=3).map(lambda b: PartyExpression(tuple(b)))


@given(expression=expressions, spoken=st.frozensets(names))
def test_somebody_is_awaited_exactly_while_the_expression_is_not_met(
    expression: PartyExpression, spoken: frozenset[str]
) -> None:
    awaited = expression.awaited(spoken)

    assert bool(awaited) != expression.is_met_by(spoken)
    assert spoken.isdisjoint(awaited)
    assert expression.is_met_by(spoken.union(awaited))


# One definition that uses every part of the model

DAY_7 = AgreementDay(7, "16:00")
DAY_42 = AgreementDay(42)
DISCHARGED = ObligationAttribute("hostages.discharged", ("hostages",), "discharged")


def obligation(name: str, form: Form, obligor: str = "hamas") -> Obligation:
    return Obligation(name=name, base=name.split(".", 1)[0], obligor=obligor, form=form)


FORMS: dict[str, Form] = {
    "letter": Amount(amount={PLAIN: 1}, schedule=(Tranche(by=DAY_7, share=100),), is_single=True),
    "hostages": Amount(
        amount={"women": 7, "men": "men_counted"},
        schedule=(Tranche(by=DAY_42, amount={PLAIN: 33}), Tranche(by=DAY_7, share=30)),
    ),
    "remains": Amount(amount=None),
    "withdrawal": Steps(
        steps=(
            Step(name="coast_road", by=AgreementDay(7), remarks=Remarks(title="Coast road")),
            Step(name="corridor", not_before=CalendarDay(Date(2025, 2, 9))),
        ),
        in_order=True,
    ),
    "prisoners": InReturn(
        drivers=(
            Driver(
                obligation="hostages",
                within=Period(seconds=86_400),
                each={"women": {"minors": 30}},
                shared={"men": {"life": 110, "other": "pool"}},
            ),
        )
    ),
    "aid": Rate(amount={PLAIN: 600}, every="week", of_which={"fuel": 50}, averaged=True),
    "cease_fire.hamas": Restraint(tolerated=2),
}

PLAN = Definition(
    digest="0" * 64,
    name="plan",
    edition="2025-01-15",
    title="A plan",
    sources=("S/RES/2735 (2024)",),
    calendar=Calendar(Zone("Asia/Jerusalem"), 1, Anchor("state", "phase_1")),
    parties={
        "israel": Party(name="israel", role="signatory"),
        "hamas": Party(name="hamas", role="signatory", through="egypt"),
        "egypt": Party(name="egypt", role="guarantor", remarks=Remarks(title="Egypt")),
    },
    groups={"signatories": ("israel", "hamas")},
    findings={
        "talks_continue": Finding(name="talks_continue", by=all_of("egypt"), initially=True),
        "reply": Finding(name="reply", by=all_of("egypt"), type="word", words=("yes", "no")),
        "ended": Finding(name="ended", by=all_of("egypt"), type="date", initially="2025-03-01"),
    },
    obligations={name: obligation(name, form) for name, form in FORMS.items()}
    | {
        "return_north": Obligation(
            name="return_north",
            base="return_north",
            obligor="israel",
            form=Amount(amount={PLAIN: 1}),
            obligees=("hamas",),
            unit="person",
            categories=("a", "b"),
            during=("phase_1",),
            from_=Offset(Anchor("state", "phase_1"), Period(days=6)),
            until=Choice("later_of", (DAY_42, Offset(DAY_7, Period(months=1), -1))),
            requires=DISCHARGED,
            within=Period(seconds=3600),
            excused_while=PartyAttribute("hamas", "in_breach"),
            deadlines="restart",
            cure=Period(days=2),
            when_left="block",
            not_before=DAY_7,
            verified_by=any_of(1, "egypt"),
            verify_within=Period(days=3),
            counts_uncontested=True,
            counts_toward=("hostages",),
            judged_in_total=True,
            value=5,
            remarks=Remarks(clause="3", source=("annex",), confidence="reported", note="late"),
        )
    },
    states={
        "table": State(name="table"),
        "implementation": State(name="implementation", is_leaf=False, initial="phase_1"),
        "phases": State(name="phases", parent="implementation", is_leaf=False),
        "phase_1": State(name="phase_1", parent="phases"),
        "suspended": State(name="suspended", deadlines="toll"),
        "done": State(name="done", final="success"),
        "collapsed": State(name="collapsed", final="failure"),
    },
    initial="table",
    transitions={
        "begin": Transition(
            name="begin",
            sources=("table",),
            target="phase_1",
            owners=all_of("israel", "hamas"),
            from_=("table",),
            to="implementation",
            after=DAY_42,
            guards=(
                Guard(
                    that=AllOf(
                        (
                            AnyOf((DISCHARGED, Not(FindingValue("talks_continue", "boolean")))),
                            Comparison(
                                ">=",
                                Arithmetic("*", Constant(2), Constant(3)),
                                ObligationAttribute(
                                    "hostages.men.delivered", ("hostages",), "delivered", "men"
                                ),
                            ),
                            Comparison(
                                "<", FindingValue("ended", "date"), Point(When.parse("2025-03-01"))
                            ),
                            Comparison("!=", FindingValue("reply", "word"), Constant("no")),
                        )
                    ),
                    text="hostages.discharged or not talks_continue",
                    otherwise="all must be out",
                    waivable_by=all_of("israel"),
                ),
            ),
        ),
        "suspend": Transition(
            name="suspend",
            sources=("phase_1",),
            target="suspended",
            owners=any_of(1, "israel"),
            from_=("implementation",),
            to="suspended",
        ),
        "resume": Transition(
            name="resume",
            sources=("suspended",),
            target=None,
            owners=None,
            from_=("suspended",),
            to="previous",
        ),
    },
    amended_by=all_of("israel", "hamas"),
)


def test_a_definition_is_read_back_as_it_was_written() -> None:
    text = encode_definition(PLAN)

    again = decode_definition(text)

    assert again == PLAN
    assert encode_definition(again) == text


def test_mappings_keep_the_order_of_the_file() -> None:
    again = decode_definition(encode_definition(PLAN))

    assert list(again.obligations) == list(PLAN.obligations)
    assert list(again.transitions) == ["begin", "suspend", "resume"]


def test_what_was_worked_out_from_a_definition_is_not_written() -> None:
    before = encode_definition(PLAN)

    assert PLAN.holding == {"suspended"}
    assert encode_definition(PLAN) == before


def test_a_state_lies_in_itself_and_in_every_compound_around_it() -> None:
    assert list(PLAN.ancestors("phase_1")) == ["phase_1", "phases", "implementation"]
    assert list(PLAN.ancestors("table")) == ["table"]


def test_an_agreement_has_ended_in_a_final_state_only() -> None:
    assert PLAN.is_final("done")
    assert PLAN.is_final("collapsed")
    assert not PLAN.is_final("suspended")


def test_a_party_owes_what_names_it_as_obligor() -> None:
    assert [o.name for o in PLAN.obligations_of("israel")] == ["return_north"]
    assert not list(PLAN.obligations_of("egypt"))


def test_only_an_amount_without_a_figure_is_open() -> None:
    assert [name for name, o in PLAN.obligations.items() if o.is_open] == ["remains"]


def test_only_those_named_may_verify() -> None:
    assert PLAN.obligations["return_north"].verifiers == ("egypt",)
    assert PLAN.obligations["hostages"].verifiers == ()


def test_a_step_is_found_by_its_name() -> None:
    steps = FORMS["withdrawal"]

    assert isinstance(steps, Steps)
    assert steps["corridor"].not_before == CalendarDay(Date(2025, 2, 9))


# Every moment, however nested, survives being written

numbers = st.integers(-1000, 1000)
times = st.sampled_from([None, "00:00", "16:00", "23:59:59"])
periods = st.one_of(
    st.builds(Period, months=st.integers(0, 9), days=st.integers(1, 99)),
    st.builds(Period, seconds=st.integers(1, 999_999)),
)
simple: st.SearchStrategy[Moment] = st.one_of(
    st.builds(AgreementDay, numbers, times),
    st.builds(CalendarDay, st.integers(0, 9999).map(lambda n: Date(2000, 1, 1).add(days=n)), times),
    st.builds(Anchor, st.sampled_from(["state", "finding", "obligation", "step"]), st.just("a.b")),
)
moments = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.builds(Offset, inner, periods, st.sampled_from([1, -1])),
        st.builds(
            Choice,
            st.sampled_from(["earlier_of", "later_of"]),
            st.lists(inner, min_size=1, max_size=3).map(tuple),
        ),
    ),
    max_leaves=6,
)


@given(moment=moments)
def test_any_moment_is_read_back_as_it_was_written(moment: Moment) -> None:
    duty = Obligation(name="a", base="a", obligor="hamas", form=Amount(amount=None), until=moment)
    definition = Definition(
        digest="0" * 64,
        name="a",
        edition="1",
        title="",
        calendar=Calendar(Zone("UTC")),
        parties={},
        groups={},
        findings={},
        obligations={"a": duty},
        states={},
        initial="",
        transitions={},
    )

    assert decode_definition(encode_definition(definition)) == definition
