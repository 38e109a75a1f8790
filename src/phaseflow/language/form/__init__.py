"""The form of a definition: its keys, what each means, and their types; the only door to pydantic."""

from phaseflow.language.form.definition import (
    AmendmentsForm,
    DefinitionForm,
    FindingForm,
    GuardForm,
    StateForm,
    TransitionForm,
)
from phaseflow.language.form.fit import Misfit, fit
from phaseflow.language.form.obligation import DriverForm, ObligationForm, RowForm, StepForm
from phaseflow.language.form.part import AmountForm, Part, Remarked, shape
from phaseflow.language.form.when import CalendarForm, ChoiceForm, MomentForm
from phaseflow.language.form.who import ConcurForm, PartiesForm, PartyForm

__all__ = [
    "AmendmentsForm",
    "AmountForm",
    "CalendarForm",
    "ChoiceForm",
    "ConcurForm",
    "DefinitionForm",
    "DriverForm",
    "FindingForm",
    "GuardForm",
    "Misfit",
    "MomentForm",
    "ObligationForm",
    "Part",
    "PartiesForm",
    "PartyForm",
    "Remarked",
    "RowForm",
    "StateForm",
    "StepForm",
    "TransitionForm",
    "fit",
    "shape",
]
