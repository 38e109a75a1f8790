"""The form of parties, and of who must concur."""

from typing import Annotated

from pydantic import Field, Tag

from phaseflow.language.document.base import FormPart, Remarked, Shape, TextOrList
from phaseflow.model.party import Role


class PartyForm(Remarked):
    """Somebody who may speak in the agreement."""

    role: Role = Field(description="In what capacity it speaks.", examples=["signatory"])
    through: str | None = Field(
        None, description="The party through which it is bound.", examples=["lebanon"]
    )


class ConcurForm(FormPart):
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
