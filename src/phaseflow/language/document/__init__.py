"""The form of a definition: its keys, what each means, and their types; the only door to pydantic."""

from phaseflow.language.document.base import AmountForm, FormPart, KeyForm, Remarked, listed, shape
from phaseflow.language.document.definition import (
    AmendmentsForm,
    DefinitionForm,
    FindingForm,
    GuardForm,
    StateForm,
    TransitionForm,
)
from phaseflow.language.document.fit import Misfit, fit
from phaseflow.language.document.moment import CalendarForm, ChoiceForm, MomentForm
from phaseflow.language.document.obligation import DriverForm, ObligationForm, RowForm, StepForm
from phaseflow.language.document.party import ConcurForm, PartiesForm, PartyForm

__all__ = [
    "AmendmentsForm",
    "AmountForm",
    "CalendarForm",
    "ChoiceForm",
    "ConcurForm",
    "DefinitionForm",
    "DriverForm",
    "FindingForm",
    "FormPart",
    "GuardForm",
    "KeyForm",
    "Misfit",
    "MomentForm",
    "ObligationForm",
    "PartiesForm",
    "PartyForm",
    "Remarked",
    "RowForm",
    "StateForm",
    "StepForm",
    "TransitionForm",
    "fit",
    "listed",
    "shape",
]
