"""The form of an obligation, and of what it holds."""

from typing import Literal

from pydantic import ConfigDict, Field

from phaseflow.language.document.base import (
    AmountForm,
    FigureForm,
    Figures,
    KeyForm,
    Remarked,
    Text,
    TextOrList,
    Toll,
)
from phaseflow.language.document.moment import MomentForm
from phaseflow.language.document.party import PartiesForm
from phaseflow.model.calendar import Every


class RowForm(Remarked):
    """One tranche of a schedule; every other key is a category with its cumulative figure."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)
    __pydantic_extra__: dict[str, FigureForm]

    by: MomentForm = Field(description="The last day, or the instant.", examples=["day 7"])
    total: FigureForm | None = Field(
        None,
        description="All that is due by then: units, a share of the whole, or a finding.",
        examples=[13, "30%"],
    )


class StepForm(Remarked):
    """A named act of an obligation."""

    name: str = Field(description="What guards and reports call it.", examples=["coast_road"])
    by: MomentForm | None = Field(
        None, description="When it must be done.", examples=["day 7", "pull_back + PT72H"]
    )
    not_before: MomentForm | None = Field(
        None, description="Doing it earlier counts, and is a violation.", examples=["day 5"]
    )


class DriverForm(Remarked):
    """What each unit of another obligation calls for in return."""

    obligation: str = Field(description="The obligation that drives.", examples=["hostages"])
    within: str | None = Field(
        None, description="How long after the unit counts.", examples=["PT24H"]
    )
    each: KeyForm | None = Field(
        None,
        description="Units owed for each unit, by category of the driver, then by own category.",
        examples=[{"female_soldiers": {"life": 30, "other": 20}}, 3],
    )
    shared: KeyForm | None = Field(
        None,
        description="Units owed for the whole of a category, split evenly over its units.",
        examples=[{"ill_and_wounded": {"life": 110, "gaza_detainees": 1000}}],
    )


class ObligationForm(Remarked):
    """What somebody owes, in one of six forms."""

    obligor: TextOrList = Field(
        description="Who owes it; of several, each owes it alone.", examples=["hamas"]
    )
    obligee: TextOrList | None = Field(
        None, description="To whom; only they can waive it.", examples=["israel"]
    )
    during: TextOrList | None = Field(
        None,
        description="The states in which it is in force; without it, all but the final ones.",
        examples=["phase_1", ["phase_1", "phase_2"]],
    )
    from_: MomentForm | None = Field(
        None, alias="from", description="In force from here on.", examples=["day 3"]
    )
    until: MomentForm | None = Field(
        None, description="In force until the end of this.", examples=["day 42"]
    )
    unit: Text = Field("", description="What is counted.", examples=["hostage", "truck"])
    amount: AmountForm | None = Field(
        None,
        description="How many: a number, a number for each category, an integer finding, "
        "or `open` for as many as there prove to be.",
        examples=[600, {"civilian_women_and_children": 7, "female_soldiers": 5}, "open"],
    )
    by: MomentForm | None = Field(
        None, description="When all of it must be done.", examples=["day 7"]
    )
    schedule: list[RowForm] | None = Field(
        None,
        description="Cumulative tranches.",
        examples=[[{"by": "day 1", "total": 3}, {"by": "day 7", "total": 7}]],
    )
    steps: list[StepForm] | None = Field(
        None,
        description="Named acts, each with its own date.",
        examples=[[{"name": "coast_road", "by": "day 7"}]],
    )
    in_order: bool | None = Field(
        None, description="Whether the steps must be done in the order written.", examples=[True]
    )
    in_return_for: list[DriverForm] | None = Field(
        None,
        description="What others deliver, and what each unit of it calls for.",
        examples=[[{"obligation": "hostages", "within": "PT24H", "each": 30}]],
    )
    every: Every | None = Field(
        None, description="The amount is owed for each of these.", examples=["day"]
    )
    averaged: bool | None = Field(
        None, description="Whether a surplus carries over to the next period.", examples=[True]
    )
    of_which: Figures | None = Field(
        None,
        description="Least parts of the amount, which may overlap.",
        examples=[{"fuel": 50, "north": 300}],
    )
    refrain: Literal[True] | None = Field(
        None, description="It is something not to be done.", examples=[True]
    )
    tolerated: int | None = Field(
        None, ge=0, description="How many violations do not breach it.", examples=[2]
    )
    requires: str | None = Field(
        None,
        description="A guard: it must have held once before the duty arises.",
        examples=["withdrawal.coast_road.discharged"],
    )
    within: str | None = Field(
        None,
        description="How long after `requires` is met a due is owed that had passed before.",
        examples=["P1D"],
    )
    excused_while: str | None = Field(
        None,
        description="A guard: while it holds the duty is suspended.",
        examples=["hostages.breached"],
    )
    deadlines: Toll | None = Field(
        None,
        description="What an excuse does to the dues: nothing, moves them, begins them anew.",
        examples=["toll"],
    )
    cure: str | None = Field(
        None, description="The time after a missed due before it is a breach.", examples=["P2D"]
    )
    when_left: Literal["carry", "lapse", "block"] | None = Field(
        None,
        description="What becomes of a debt when its states are left: still owed, gone, "
        "or they cannot be left.",
        examples=["block"],
    )
    not_before: MomentForm | None = Field(
        None, description="Performing earlier counts, and is a violation.", examples=["day 3"]
    )
    verified_by: PartiesForm | None = Field(
        None,
        description="Who must attest a performance before it counts.",
        examples=["icrc", {"any": 1, "of": "guarantors"}],
    )
    verify_within: str | None = Field(
        None, description="After this, silence counts as attestation.", examples=["P3D"]
    )
    counts: Literal["uncontested"] | None = Field(
        None,
        description="`uncontested`: what is contested does not count.",
        examples=["uncontested"],
    )
    counts_toward: TextOrList | None = Field(
        None,
        description="Where each unit counts as well, in the category of the same name.",
        examples=["hostages"],
    )
    judged: Literal["in_total", "by_category"] | None = Field(
        None,
        description="Whether each category must be met, or only the sum.",
        examples=["in_total"],
    )
    value: int | None = Field(
        None, ge=0, description="Its weight in the exposure analysis.", examples=[10]
    )
