"""The form of the calendar, and of moments."""

from typing import Annotated

from pydantic import Field, Tag

from phaseflow.language.document.base import FormPart, Shape


class CalendarForm(FormPart):
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


class ChoiceForm(FormPart):
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


MomentForm = Annotated[
    Annotated[str, Tag("text")] | Annotated[ChoiceForm, Tag("a mapping")],
    Shape,
]

ChoiceForm.model_rebuild()
