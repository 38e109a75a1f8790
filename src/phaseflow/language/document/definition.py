"""The form of a definition: findings, states, transitions, and all that stands at its top."""

from typing import Annotated, Literal

from pydantic import Field, Tag

from phaseflow.language.document.base import Remarked, Shape, Sources, Text, TextOrList, Toll
from phaseflow.language.document.moment import CalendarForm, MomentForm
from phaseflow.language.document.obligation import ObligationForm
from phaseflow.language.document.party import PartiesForm, PartyForm


class FindingForm(Remarked):
    """Something that the text lets somebody determine."""

    by: PartiesForm = Field(
        description="Who determines it.", examples=["un", {"any": 2, "of": "guarantors"}]
    )
    type: TextOrList = Field(
        "boolean",
        description="`boolean`, `integer`, `date`, `instant`, or a list of words.",
        examples=["date", ["agreed", "rejected", "deferred"]],
    )
    initially: (
        Annotated[
            Annotated[bool, Tag("a truth value")]
            | Annotated[int, Tag("a whole number")]
            | Annotated[str, Tag("text")],
            Shape,
        ]
        | None
    ) = Field(
        None,
        description="Its value until it is determined; without it, undetermined.",
        examples=[True, 0, "2025-03-01"],
    )


class StateForm(Remarked):
    """A state the agreement can be in, or one that holds others."""

    states: "dict[str, StateForm | None] | None" = Field(
        None, description="The states within.", examples=[{"phase_1": {}, "phase_2": {}}]
    )
    initial: str | None = Field(
        None, description="The state within in which it is entered.", examples=["phase_1"]
    )
    final: Literal["success", "failure"] | None = Field(
        None, description="It ends the agreement.", examples=["success"]
    )
    deadlines: Toll | None = Field(
        None, description="What being in it does to the dues in force.", examples=["toll"]
    )


class GuardForm(Remarked):
    """A condition of a transition."""

    that: str = Field(description="What must hold.", examples=["hostages.discharged"])
    else_: Text = Field(
        "",
        alias="else",
        description="The sentence a refusal gives people.",
        examples=["all 33 hostages of phase one must be out"],
    )
    waivable_by: PartiesForm | None = Field(
        None, description="Who may waive it.", examples=[{"all": "signatories"}]
    )


class TransitionForm(Remarked):
    """A move that its owners may make."""

    name: str = Field(description="What `advance` calls it.", examples=["begin_phase_2"])
    from_: TextOrList = Field(
        alias="from",
        description="The state, or states, it leaves.",
        examples=["phase_1", ["implementation", "suspended"]],
    )
    to: str = Field(
        description="The state it enters; `previous` returns to the one that was left.",
        examples=["phase_2", "previous"],
    )
    by: PartiesForm = Field(
        description="Who takes it; `automatic` is as soon as it may be.",
        examples=["israel", {"all": "signatories"}, "automatic"],
    )
    after: MomentForm | None = Field(
        None, description="The earliest moment: when this is over.", examples=["day 42"]
    )
    guards: (
        list[
            Annotated[
                Annotated[str, Tag("text")] | Annotated[GuardForm, Tag("a mapping")],
                Shape,
            ]
        ]
        | None
    ) = Field(None, description="What must hold, all of it.", examples=[["not talks_continue"]])


class AmendmentsForm(Remarked):
    """How the agreement is changed."""

    by: PartiesForm = Field(
        description="Who must consent to a new edition.", examples=[{"all": "signatories"}]
    )


class DefinitionForm(Remarked):
    """The text of an agreement."""

    phaseflow: Literal[1] = Field(description="The version of this language.", examples=[1])
    name: str = Field(description="What the definition is called.", examples=["three_phase_plan"])
    edition: Text = Field(description="Which wording of it.", examples=["2025-01-15"])
    sources: Sources = Field(
        [], description="The texts it renders.", examples=[["S/RES/2735 (2024)"]]
    )
    calendar: CalendarForm = Field(
        CalendarForm(time_zone="UTC"),
        description="The agreement's own time.",
        examples=[{"time_zone": "Asia/Jerusalem", "day_1": "phase_1"}],
    )
    parties: dict[str, PartyForm] = Field(
        description="Who may speak in it.",
        examples=[{"icrc": {"title": "Red Cross", "role": "verifier"}}],
    )
    groups: dict[str, list[str]] = Field(
        {},
        description="Groups besides those of the roles (`signatories`, `guarantors`, …).",
        examples=[{"government": ["army", "cabinet"]}],
    )
    findings: dict[str, FindingForm] = Field(
        {},
        description="What somebody determines.",
        examples=[{"talks_continue": {"by": {"any": 2, "of": "guarantors"}, "initially": True}}],
    )
    obligations: dict[str, ObligationForm] = Field(
        {},
        description="What somebody owes.",
        examples=[{"payment": {"obligor": "buyer", "obligee": "seller", "by": "day 7"}}],
    )
    initial: str = Field(description="The state in which it begins.", examples=["on_the_table"])
    states: dict[str, StateForm | None] = Field(
        description="Where the agreement can be.",
        examples=[{"running": {"title": "In force"}, "done": {"final": "success"}}],
    )
    transitions: list[TransitionForm] = Field(
        [],
        description="How it moves.",
        examples=[[{"name": "close", "from": "running", "to": "done", "by": "buyer"}]],
    )
    amendments: AmendmentsForm | None = Field(
        None, description="How it is changed.", examples=[{"by": {"all": "signatories"}}]
    )
    renames: dict[str, str] = Field(
        {},
        description="States of earlier editions, and what they are called in this one.",
        examples=[{"talks": "negotiation"}],
    )
