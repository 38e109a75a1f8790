"""The forms that an obligation may have, one module each; the registry of them all."""

from phaseflow.model.forms.amount import Amount
from phaseflow.model.forms.in_return import InReturn
from phaseflow.model.forms.rate import Rate
from phaseflow.model.forms.restraint import Restraint
from phaseflow.model.forms.steps import Steps

Form = Amount | Steps | InReturn | Rate | Restraint
