"""What all forms have in common: strict mappings, the shapes of values, remarks for people."""

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationInfo,
    model_validator,
)

from phaseflow.text.characters import in_one_line
from phaseflow.text.source import Path

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


def listed(value: str | list[str] | None, path: Path) -> list[tuple[str, Path]]:
    """Return the items of a text or a list of texts at ``path``, each with its own path."""
    if value is None:
        return []
    if isinstance(value, str):
        return [(value, path)]
    return [(item, (*path, place)) for place, item in enumerate(value)]


def _as_text(value: Any) -> Any:
    """Return text for people in one line, since that is how every page shows it."""
    if isinstance(value, list):
        return [_as_text(one) if isinstance(one, str) else one for one in value]
    if isinstance(value, str):
        return in_one_line(value)
    return str(value) if type(value) is int else value


class FormPart(BaseModel):
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

Sources = Annotated[TextOrList, BeforeValidator(_as_text, json_schema_input_type=TextOrList)]
FigureForm = Annotated[
    Annotated[int, Tag("a whole number")] | Annotated[str, Tag("text")],
    Shape,
]
Figures = dict[str, FigureForm]
AmountForm = Annotated[
    Annotated[int, Tag("a whole number")]
    | Annotated[str, Tag("text")]
    | Annotated[Figures, Tag("a mapping")],
    Shape,
]
FigureOrFigures = AmountForm
KeyForm = Annotated[
    Annotated[int, Tag("a whole number")]
    | Annotated[str, Tag("text")]
    | Annotated[dict[str, FigureOrFigures], Tag("a mapping")],
    Shape,
]

Toll = Literal["run", "toll", "restart"]


class Remarked(FormPart):
    """What the text says about a thing, for people only."""

    title: Text = Field("", description="What people call it.", examples=["Red Cross"])
    clause: Text = Field(
        "", description="Where the text says so.", examples=["Appendix I, 2", "Article 12"]
    )
    source: Sources = Field(
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
