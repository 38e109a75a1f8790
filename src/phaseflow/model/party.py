"""Parties: in which role each speaks, and who must concur."""

from collections.abc import Collection
from typing import Literal

import msgspec

from phaseflow.model.remarks import Remarks

Role = Literal["signatory", "guarantor", "mediator", "verifier", "observer"]


class Party(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody who may speak in the agreement; ``through``: bound through another."""

    name: str
    role: Role
    through: str | None = None
    remarks: Remarks = Remarks()


class Bloc(msgspec.Struct, frozen=True):
    """At least ``need`` of ``members``."""

    members: tuple[str, ...]
    need: int


class PartyExpression(msgspec.Struct, frozen=True):
    """Who must concur: enough members of every bloc."""

    blocs: tuple[Bloc, ...]

    @classmethod
    def all_of(cls, parties: tuple[str, ...]) -> "PartyExpression":
        """Return the expression that every one of ``parties`` must concur."""
        return cls((Bloc(parties, len(parties)),))

    @property
    def members(self) -> tuple[str, ...]:
        """Everybody whose word counts, each once, in the order written."""
        return tuple(dict.fromkeys(name for bloc in self.blocs for name in bloc.members))

    def is_met_by(self, parties: Collection[str]) -> bool:
        """Tell whether the word of ``parties`` is enough."""
        return all(sum(m in parties for m in b.members) >= b.need for b in self.blocs)

    def awaited(self, parties: Collection[str]) -> tuple[str, ...]:
        """Return whose word would still help, given that of ``parties``."""
        short = [b for b in self.blocs if sum(m in parties for m in b.members) < b.need]
        names = (name for bloc in short for name in bloc.members if name not in parties)
        return tuple(dict.fromkeys(names))

    def __str__(self) -> str:
        """Return it in words.

        >>> str(PartyExpression((Bloc(("a", "b", "c"), 2),)))
        '2 of a, b, c'
        """
        return "; and ".join(
            " and ".join(b.members)
            if b.need == len(b.members)
            else f"{b.need} of {', '.join(b.members)}"
            for b in self.blocs
        )
