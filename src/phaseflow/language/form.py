"""The form of a definition: its keys, what each means, and their types; the only door to pydantic."""

from typing import Annotated, Any, Literal, NamedTuple

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from phaseflow.language.source import Path
from phaseflow.model.definition import Role

SHAPES: tuple[tuple[type, str], ...] = (
    (bool, "a truth value"),
    (int, "a whole number"),
    (str, "text"),
    (list, "a list"),
    (dict, "a mapping"),
)


def shape(value: Any) -> str:
    """Return what ``value`` is, in the words of a fault.

    >>> shape(True), shape({}), shape(None)
    ('a truth value', 'a mapping', 'nothing')
    """
    return next((word for kind, word in SHAPES if isinstance(value, kind)), "nothing")


def _as_text(value: Any) -> Any:
    return str(value) if type(value) is int else value


class Part(BaseModel):
    """A mapping of the document; a key that it does not know is a fault."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _tell_form(cls, value: Any, info: ValidationInfo) -> Any:
        """Tell whoever explains the faults which form this mapping was held against."""
        if isinstance(info.context, dict):
            info.context[id(value)] = cls
        return value

    @classmethod
    def known_keys(cls) -> tuple[str, ...]:
        """Return the keys it may have, as written."""
        return tuple(field.alias or name for name, field in cls.model_fields.items())


Text = Annotated[str, BeforeValidator(_as_text, json_schema_input_type=str | int)]
Shape = Discriminator(shape)
TextOrList = Annotated[
    Annotated[str, Tag("text")] | Annotated[list[str], Tag("a list")],
    Shape,
]
Figure = Annotated[
    Annotated[int, Tag("a whole number")] | Annotated[str, Tag("text")],
    Shape,
]
Figures = dict[str, Figure]
AmountForm = Annotated[
    Annotated[int, Tag("a whole number")]
    | Annotated[str, Tag("text")]
    | Annotated[Figures, Tag("a mapping")],
    Shape,
]
FigureOrFigures = AmountForm
Key = Annotated[
    Annotated[int, Tag("a whole number")]
    | Annotated[str, Tag("text")]
    | Annotated[dict[str, FigureOrFigures], Tag("a mapping")],
    Shape,
]
Every = Literal["day", "week", "month"]
Toll = Literal["run", "toll", "restart"]


class Remarked(Part):
    """What the text says about a thing, for people only."""

    title: Text = Field("", description="What people call it.", examples=["Red Cross"])
    clause: Text = Field(
        "", description="Where the text says so.", examples=["Appendix I, 2", "Article 12"]
    )
    source: TextOrList = Field(
        "", description="Where its figures come from.", examples=["S/RES/2735 (2024)"]
    )
    confidence: Text = Field(
        "", description="How sure the source is.", examples=["high", "one source only"]
    )
    note: Text = Field(
        "",
        description="Anything else a reader should know.",
        examples=["the text names no verifier; one is taken here"],
    )


class ConcurForm(Part):
    """Who must concur, when it is not one party alone."""

    all_: TextOrList | None = Field(
        None,
        alias="all",
        description="Everybody in a group, or in a list of parties.",
        examples=["signatories", ["israel", "hamas"]],
    )
    any_: (
        Annotated[
            Annotated[int, Tag("a whole number")] | Annotated[dict[str, int], Tag("a mapping")],
            Shape,
        ]
        | None
    ) = Field(
        None,
        alias="any",
        description="How many of the group in `of` are enough; or, for blocs, of each group.",
        examples=[2, {"government": 3, "opposition": 3}],
    )
    of: TextOrList | None = Field(
        None,
        description="The group, or the list of parties, of whom `any` is enough.",
        examples=["guarantors", ["usa", "egypt", "qatar"]],
    )


PartiesForm = Annotated[
    Annotated[str, Tag("text")] | Annotated[ConcurForm, Tag("a mapping")],
    Shape,
]
MomentForm = Annotated[
    "Annotated[str, Tag('text')] | Annotated[ChoiceForm, Tag('a mapping')]",
    Shape,
]


class ChoiceForm(Part):
    """The earlier, or the later, of several moments."""

    earlier_of: "list[MomentForm] | None" = Field(
        None,
        description="The first of these to come.",
        examples=[["day 42", "pull_back + P3D"]],
    )
    later_of: "list[MomentForm] | None" = Field(
        None,
        description="The last of these to come; undetermined while one of them is.",
        examples=[["day 42", "2025-03-01"]],
    )


class CalendarForm(Part):
    """The agreement's own time: its zone, and how its days are numbered."""

    time_zone: str = Field(
        "UTC",
        description="The IANA time zone in which days begin and end.",
        examples=["Asia/Jerusalem", "Europe/Sarajevo"],
    )
    day_1: str | None = Field(
        None,
        description="The state whose first entry, or the date finding that, is day 1.",
        examples=["phase_1"],
    )
    day_0: str | None = Field(
        None,
        description="The same, where the day itself is day 0 (D+0).",
        examples=["signed"],
    )


class PartyForm(Remarked):
    """Somebody who may speak in the agreement."""

    role: Role = Field(description="In what capacity it speaks.", examples=["signatory"])
    through: str | None = Field(
        None, description="The party through which it is bound.", examples=["lebanon"]
    )


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


class RowForm(Remarked):
    """One tranche of a schedule; every other key is a category with its cumulative figure."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)
    __pydantic_extra__: dict[str, Figure]

    by: MomentForm = Field(description="The last day, or the instant.", examples=["day 7"])
    total: Figure | None = Field(
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
    each: Key | None = Field(
        None,
        description="Units owed for each unit, by category of the driver, then by own category.",
        examples=[{"female_soldiers": {"life": 30, "other": 20}}, 3],
    )
    shared: Key | None = Field(
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
    sources: TextOrList = Field(
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


for _form in (ChoiceForm, RowForm, StepForm, ObligationForm, StateForm, TransitionForm):
    _form.model_rebuild()


class Misfit(NamedTuple):
    """Where a document departs from the form.

    ``expected`` are the words or shapes that may stand at ``path``, or the
    keys that the mapping around it may have.
    """

    kind: Literal["unknown", "missing", "shape", "word", "range"]
    path: Path
    value: Any
    expected: tuple[str, ...]


def fit(data: Any) -> DefinitionForm | list[Misfit]:
    """Return ``data`` in the form, or everything in which it departs from it."""
    forms: dict[int, type[Part]] = {}
    try:
        return DefinitionForm.model_validate(data, context=forms)
    except ValidationError as error:
        return [_misfit(dict(e), data, forms) for e in error.errors(include_url=False)]


_SHAPE_OF = {
    "string_type": "text",
    "int_type": "a whole number",
    "bool_type": "a truth value",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
}


def _misfit(error: dict[str, Any], data: Any, forms: dict[int, type[Part]]) -> Misfit:
    path, around = _place(error["loc"], data)
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return Misfit("unknown", path, error["input"], forms[id(around)].known_keys())
    if kind == "missing":
        return Misfit("missing", path, None, forms[id(around)].known_keys())
    if kind == "union_tag_invalid":
        return Misfit("shape", path, error["input"], _quoted(context["expected_tags"]))
    if kind in _SHAPE_OF:
        return Misfit("shape", path, error["input"], (_SHAPE_OF[kind],))
    if kind == "literal_error":
        return Misfit("word", path, error["input"], _quoted(context["expected"]))
    return Misfit("range", path, error["input"], (error["msg"],))


def _quoted(text: str) -> tuple[str, ...]:
    """Return the items of a list in pydantic's words, ``'a', 'b' or 1``."""
    return tuple(item.strip("' ") for item in text.replace(" or ", ", ").split(", "))


def _place(loc: tuple[str | int, ...], data: Any) -> tuple[Path, Any]:
    """Return the path in the document, without the tags of unions, and what is around it."""
    path: list[str | int] = []
    around = here = data
    for place, item in enumerate(loc):
        is_last = place == len(loc) - 1
        if isinstance(here, dict) and (item in here or (is_last and item not in _TAGS)):
            path.append(item)
            around, here = here, here.get(item)
        elif isinstance(here, list) and isinstance(item, int):
            path.append(item)
            around, here = here, here[item]
    return tuple(path), around


_TAGS = frozenset(word for _, word in SHAPES)
