"""Figures as they are written: whole numbers, or findings that hold one."""

from collections.abc import Callable, Iterator, Mapping

from phaseflow.language import suggest
from phaseflow.language.document import AmountForm, ObligationForm, listed
from phaseflow.language.resolve.names import Scope
from phaseflow.model.figure import PLAIN, Figure
from phaseflow.text.source import Path

OPEN = "open"
"""The amount of as many as there prove to be."""
CategoriesOf = Callable[[str], tuple[str, ...]]
"""Tells the categories of the obligation of that name."""
Nested = Figure | Mapping[str, "Nested"]
"""A figure, or figures by category, or by two."""


def resolve_figure(value: Figure, path: Path, scope: Scope) -> Figure:
    """Return ``value``; note it if it names no integer finding."""
    if isinstance(value, str):
        _check_finding(value, path, scope)
    return value


def resolve_figures(
    values: dict[str, Figure] | None, path: Path, scope: Scope
) -> dict[str, Figure]:
    """Return ``values``, each checked; nothing where there are none."""
    return {name: resolve_figure(n, (*path, name), scope) for name, n in (values or {}).items()}


def resolve_amount(form: AmountForm | None, path: Path, scope: Scope) -> dict[str, Figure] | None:
    """Return an amount by category, or None where it is open or missing."""
    if form is None or form == OPEN:
        return None
    if isinstance(form, dict):
        return resolve_figures(form, path, scope)
    return {PLAIN: resolve_figure(form, path, scope)}


def categories_of_amount(form: ObligationForm, others: CategoriesOf) -> tuple[str, ...]:
    """Return the categories of an amount; those of an open one are what it counts toward."""
    if isinstance(form.amount, dict):
        return tuple(form.amount)
    if form.amount != OPEN:
        return ()
    targets = [name for name, _ in listed(form.counts_toward, ())]
    return tuple(dict.fromkeys(category for name in targets for category in others(name)))


def leaves(path: Path, value: Nested | None) -> Iterator[tuple[Path, Figure]]:
    """Yield every figure of ``value`` with its path."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from leaves((*path, key), inner)
    elif value is not None:
        yield path, value


def _check_finding(name: str, path: Path, scope: Scope) -> None:
    """Note it when ``name`` is not a finding that holds a whole number."""
    finding = scope.findings.get(name)
    if finding is not None and finding.type != "integer":
        message = f"finding {name!r} is of type {finding.type}, not integer"
        scope.faults.add("PF214", path, message, "give it type: integer")
    elif finding is None and (bare := suggest.unquoted(name)) and bare.isdecimal():
        scope.faults.add(
            "PF214", path, f"{name!r} is text, not a whole number", f"write {bare}, without quotes"
        )
    elif finding is None and not scope.is_lost(name, "findings"):
        message = f"{name!r} is neither a whole number nor an integer finding"
        close = suggest.figure(name, may_share=path[-1] == "total")
        near = f"{suggest.NEAR}{close!r}?" if close else scope.faults.near(name, _integers(scope))
        if not near.startswith(suggest.NEAR):
            known = suggest.shortened(_integers(scope))
            near = "write a whole number in digits" + (f", or {known}" if known else "")
        scope.faults.add("PF214", path, message, near)


def _integers(scope: Scope) -> Iterator[str]:
    return (name for name, finding in scope.findings.items() if finding.type == "integer")
