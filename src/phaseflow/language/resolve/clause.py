"""One obligation as written, where it stands, and what its names stand for."""

from typing import NamedTuple

from phaseflow.language.document import MomentForm, ObligationForm
from phaseflow.language.resolve.guards import resolve_guard
from phaseflow.language.resolve.moments import resolve_moment, resolve_period
from phaseflow.language.resolve.names import DeclaredDuty, Scope
from phaseflow.model.calendar import Period
from phaseflow.model.guard import Expression
from phaseflow.model.moment import Moment
from phaseflow.text.source import Path


class Clause(NamedTuple):
    """An obligation as written; what cannot be read of it is noted in ``scope``."""

    written: ObligationForm
    duty: DeclaredDuty
    scope: Scope

    def at(self, *keys: str | int) -> Path:
        """Return the path of a part of it."""
        return ("obligations", self.duty.base, *keys)

    def moment(self, form: MomentForm | None, *keys: str | int) -> Moment | None:
        """Return the moment under ``keys``, or None."""
        return None if form is None else resolve_moment(form, self.at(*keys), self.scope)

    def period(self, text: str | None, *keys: str | int) -> Period | None:
        """Return the period under ``keys``, or None."""
        return None if text is None else resolve_period(text, self.at(*keys), self.scope)

    def guard(self, text: str | None, *keys: str | int) -> Expression | None:
        """Return the condition under ``keys``, or None."""
        return None if text is None else resolve_guard(text, self.at(*keys), self.scope)
