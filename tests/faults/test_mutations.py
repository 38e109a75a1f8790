"""Whatever is handed in is taken as it was meant, or refused in a line, and never a bug."""

import pytest
from tests.faults import mutations
from tests.faults.mutations import KIND, drawn

SHARES = {
    "definitions": 300,
    "scenarios": 400,
    "commands": 100,
    "bundles": 300,
    "statements": 1_300,
    "settings": 600,
    "keys": 1_000,
    "signatures": 1_000,
}


def test_five_thousand_inputs_of_every_kind_are_tried() -> None:
    assert SHARES.keys() == KIND.keys()
    assert sum(SHARES.values()) == 5_000


@pytest.mark.parametrize("kind", SHARES)
def test_a_mutated_input_is_taken_as_it_was_meant_or_refused_in_a_line(kind: str) -> None:
    taken, failures = mutations.run(kind, "test", range(SHARES[kind]))

    told = [f"{kind} test {number}: {message}" for number, message in failures.items()]
    assert not failures, "\n".join(told[:20])
    assert taken < SHARES[kind], "nothing was refused, so nothing was mutated"


@pytest.mark.parametrize("kind", KIND)
def test_an_input_follows_from_its_kind_and_number_alone(kind: str) -> None:
    with mutations.workplace() as one, mutations.workplace() as other:
        here, there = KIND[kind](one), KIND[kind](other)
        drawn(kind, here, "test", 1)

        assert drawn(kind, here, "test", 7) == drawn(kind, there, "test", 7)
