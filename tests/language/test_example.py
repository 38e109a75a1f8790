"""The example of the language's description, read field by field."""

import hashlib
from pathlib import Path

import pytest

from phaseflow.language.parse import parse_definition
from phaseflow.model.calendar import Period, Zone
from phaseflow.model.definition import Definition, decode_definition, encode_definition
from phaseflow.model.figure import PLAIN
from phaseflow.model.forms.amount import Amount, Tranche
from phaseflow.model.forms.in_return import Driver, InReturn
from phaseflow.model.forms.rate import Rate
from phaseflow.model.forms.restraint import Restraint
from phaseflow.model.forms.steps import Step, Steps
from phaseflow.model.guard import FindingValue, Not, ObligationAttribute, PartyAttribute
from phaseflow.model.moment import AgreementDay, Anchor, Calendar
from phaseflow.model.party import Bloc, PartyExpression

FILE = Path(__file__).parent / "three_phase_plan.yaml"
SIGNATORIES = PartyExpression((Bloc(("israel", "hamas"), 2),))


@pytest.fixture(scope="module")
def plan() -> Definition:
    return parse_definition(FILE.read_bytes(), FILE.name)


def test_its_head(plan: Definition) -> None:
    assert plan.digest == hashlib.sha256(FILE.read_bytes()).hexdigest()
    assert (plan.name, plan.edition) == ("three_phase_plan", "2025-01-15")
    assert plan.sources == ("S/RES/2735 (2024)", "Agreement of 15 January 2025")
    assert plan.calendar == Calendar(Zone("Asia/Jerusalem"), 1, Anchor("state", "phase_1"))
    assert plan.amended_by == SIGNATORIES


def test_its_parties_form_groups_by_their_roles(plan: Definition) -> None:
    assert list(plan.parties)[:3] == ["israel", "hamas", "usa"]
    assert plan.parties["icrc"].remarks.title == "Red Cross"
    assert plan.groups == {
        "signatories": ("israel", "hamas"),
        "guarantors": ("usa", "egypt", "qatar"),
        "mediators": (),
        "verifiers": ("icrc", "forensic_institute"),
        "observers": ("un",),
    }


def test_its_finding(plan: Definition) -> None:
    finding = plan.findings["talks_continue"]

    assert finding.by == PartyExpression((Bloc(("usa", "egypt", "qatar"), 2),))
    assert (finding.type, finding.initially) == ("boolean", True)


def test_an_amount_by_categories_with_cumulative_tranches(plan: Definition) -> None:
    hostages = plan.obligations["hostages"]

    assert (hostages.obligor, hostages.obligees) == ("hamas", ("israel",))
    assert hostages.during == ("phase_1",)
    assert hostages.remarks.clause == "Appendix I, 2"
    assert hostages.cure == Period(days=2)
    assert hostages.verifiers == ("icrc",)
    assert isinstance(hostages.form, Amount)
    assert sum(n for n in (hostages.form.amount or {}).values() if isinstance(n, int)) == 33
    assert hostages.form.schedule[0] == Tranche(by=AgreementDay(1), amount={PLAIN: 3})
    assert len(hostages.form.schedule) == 7
    assert hostages.categories == tuple(hostages.form.amount or ())


def test_an_open_amount_has_the_categories_of_what_it_counts_toward(plan: Definition) -> None:
    remains = plan.obligations["remains"]

    assert remains.is_open
    assert remains.counts_toward == ("hostages",)
    assert remains.categories == plan.obligations["hostages"].categories


def test_a_debt_in_return_has_its_own_categories(plan: Definition) -> None:
    prisoners = plan.obligations["prisoners"]

    assert prisoners.form == InReturn(
        drivers=(
            Driver(
                obligation="hostages",
                within=Period(seconds=86_400),
                each={
                    "civilian_women_and_children": {"women_and_minors": 30},
                    "female_soldiers": {"life": 30, "other": 20},
                    "men_over_50": {"life": 3, "other": 27},
                },
                shared={"ill_and_wounded": {"life": 110, "gaza_detainees": 1000}},
            ),
        )
    )
    assert prisoners.categories == ("women_and_minors", "life", "other", "gaza_detainees")
    assert prisoners.judged_in_total
    assert prisoners.excused_while == ObligationAttribute(
        "hostages.breached", ("hostages",), "breached"
    )


def test_steps_are_categories(plan: Definition) -> None:
    withdrawal = plan.obligations["withdrawal"]

    assert isinstance(withdrawal.form, Steps)
    assert withdrawal.form["philadelphi_cleared"] == Step(
        name="philadelphi_cleared", by=AgreementDay(50)
    )
    assert withdrawal.categories[0] == "coast_road"
    assert withdrawal.verified_by == PartyExpression((Bloc(("usa", "egypt", "qatar"), 1),))


def test_a_rate_with_least_parts(plan: Definition) -> None:
    aid = plan.obligations["aid"]

    assert aid.form == Rate(amount={PLAIN: 600}, every="day", of_which={"fuel": 50, "north": 300})
    assert aid.during == ("phase_1", "phase_2")
    assert aid.categories == ("fuel", "north")


def test_several_obligors_owe_one_obligation_each(plan: Definition) -> None:
    names = [o.name for o in plan.obligations.values() if o.base == "cease_fire"]

    assert names == ["cease_fire.israel", "cease_fire.hamas"]
    assert plan.obligations["cease_fire.hamas"].obligor == "hamas"
    assert plan.obligations["cease_fire.hamas"].form == Restraint()
    assert plan.obligations["cease_fire.hamas"].during == ("phase_1", "phase_2", "phase_3")


def test_its_states_nest(plan: Definition) -> None:
    assert plan.initial == "on_the_table"
    assert plan.states["phase_2"].parent == "implementation"
    assert not plan.states["implementation"].is_leaf
    assert plan.states["suspended"].deadlines == "toll"
    assert plan.states["collapsed"].final == "failure"


def test_its_transitions_leave_leaves(plan: Definition) -> None:
    denounce, resume = plan.transitions["denounce"], plan.transitions["resume"]

    assert denounce.sources == ("phase_1", "phase_2", "phase_3", "suspended")
    assert denounce.from_ == ("implementation", "suspended")
    assert denounce.owners == PartyExpression((Bloc(("israel", "hamas"), 1),))
    assert (resume.target, resume.to) == (None, "previous")
    assert plan.transitions["begin_phase_2"].guards[0].otherwise.startswith("all 33")


def test_an_automatic_transition_has_no_owners(plan: Definition) -> None:
    expire = plan.transitions["expire"]

    assert expire.owners is None
    assert expire.after == AgreementDay(42)
    assert expire.guards[0].that == Not(FindingValue("talks_continue", "boolean"))
    assert expire.guards[0].text == "not talks_continue"


def test_a_guard_may_read_a_party(plan: Definition) -> None:
    guard = plan.transitions["suspend_by_israel"].guards[0]

    assert guard.that == PartyAttribute("hamas", "in_breach")


def test_a_checked_definition_survives_being_kept(plan: Definition) -> None:
    assert decode_definition(encode_definition(plan)) == plan
