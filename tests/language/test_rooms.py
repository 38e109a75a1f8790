"""What the language knows of each form of obligation is known of keys that there are."""

import pytest

from phaseflow.language.document import ObligationForm
from phaseflow.language.forms import FORMS, KINDS
from phaseflow.language.resolve.names import FormKind
from phaseflow.model.forms.amount import Amount

KEYS = set(ObligationForm.model_fields)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.called)
def test_what_belongs_to_a_kind_is_a_key_of_obligations(kind: FormKind) -> None:
    assert kind.keys <= KEYS
    assert {need.key for need in kind.needs} <= kind.keys
    assert {need.other for need in kind.needs} <= KEYS


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.called)
def test_what_stands_in_place_of_a_key_is_told_where_it_does_not_belong(kind: FormKind) -> None:
    of_others = {key for other in KINDS for key in other.keys}

    assert set(kind.instead) <= of_others - kind.keys


def test_no_two_kinds_are_called_alike() -> None:
    assert len({kind.called for kind in KINDS}) == len(KINDS)


def test_what_bears_the_mark_of_no_form_is_an_amount() -> None:
    assert list(FORMS)[-1] is Amount
