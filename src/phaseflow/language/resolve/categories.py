"""What kinds of obligations are written, and into which categories their units sort."""

from typing import Any

from phaseflow.language.document import DefinitionForm, DriverForm, ObligationForm
from phaseflow.language.resolve.names import (
    REMARKS,
    DutyName,
    Kind,
    Scope,
    check_name,
    check_unique,
)
from phaseflow.model.figure import PLAIN, Figure
from phaseflow.text.source import Path

Debts = dict[str, dict[str, Figure]]


def listed(value: Any, path: Path) -> list[tuple[str, Path]]:
    """Return the items of a text or a list of texts, each with its path."""
    if value is None:
        return []
    if isinstance(value, str):
        return [(value, path)]
    return [(item, (*path, place)) for place, item in enumerate(value)]


def kind_of(form: ObligationForm) -> Kind:
    """Return in which of the six forms an obligation is written."""
    if form.refrain:
        return "restraint"
    if form.steps is not None:
        return "steps"
    if form.in_return_for is not None:
        return "in_return"
    if form.every is not None:
        return "rate"
    return "single" if form.amount is None and form.schedule is None else "amount"


def declare(form: DefinitionForm, scope: Scope) -> None:
    """Fill the scope with every duty of ``form``; note names that cannot stand."""
    for base, written in form.obligations.items():
        path = ("obligations", base)
        check_name(base, path, scope.faults, what="obligation")
        scope.duties[base] = DutyName(
            base=base,
            kind=kind_of(written),
            obligors=tuple(dict.fromkeys(name for name, _ in listed(written.obligor, path))),
            categories=_categories(base, form, set()),
            parts=_parts(base, form),
            is_damaged=path in scope.damaged,
        )
        _check_parts(scope.duties[base], written, scope)


def _parts(base: str, form: DefinitionForm) -> tuple[str, ...]:
    written = form.obligations[base]
    if written.of_which and not isinstance(written.amount, dict):
        return tuple(written.of_which)
    return _categories(base, form, set())


def _categories(base: str, form: DefinitionForm, seen: set[str]) -> tuple[str, ...]:
    """Return the categories of a duty; what counts toward itself has none."""
    written = form.obligations.get(base.partition(".")[0])
    if written is None or base in seen:
        return ()
    seen.add(base)
    if written.steps is not None:
        return tuple(dict.fromkeys(step.name for step in written.steps))
    if written.in_return_for is not None:
        own = (name for driver in written.in_return_for for name in _own(driver, form, seen))
        return tuple(name for name in dict.fromkeys(own) if name != PLAIN)
    if isinstance(written.amount, dict):
        return tuple(written.amount)
    if written.amount == "open":
        targets = [name for name, _ in listed(written.counts_toward, ())]
        found = (name for target in targets for name in _categories(target, form, seen))
        return tuple(dict.fromkeys(found))
    return ()


def _own(driver: DriverForm, form: DefinitionForm, seen: set[str]) -> list[str]:
    categories = _categories(driver.obligation, form, seen)
    found = [debts(key, categories) for key in (driver.each, driver.shared)]
    return [own for one in found for figures in one.values() for own in figures]


def debts(key: Any, categories: tuple[str, ...]) -> Debts:
    """Return a key as driver category → own category → figure.

    ``categories`` are those of the driver; a plain figure is for each of them,
    or for a driver without any.
    """
    if key is None:
        return {}
    if not isinstance(key, dict):
        return {category: {PLAIN: key} for category in categories or (PLAIN,)}
    if not categories and PLAIN not in key:
        return {PLAIN: {own: n for own, n in key.items() if not isinstance(n, dict)}}
    return {c: dict(n) if isinstance(n, dict) else {PLAIN: n} for c, n in key.items()}


def _check_parts(duty: DutyName, form: ObligationForm, scope: Scope) -> None:
    """Note categories, least parts and steps whose names cannot stand."""
    here = ("obligations", duty.base)
    what = "step" if duty.kind == "steps" else "category"
    named: list[tuple[str, Path]] = []
    if form.steps is not None:
        named += [(s.name, (*here, "steps", i, "name")) for i, s in enumerate(form.steps)]
    if isinstance(form.amount, dict):
        named += [(name, (*here, "amount", name)) for name in form.amount]
    if form.of_which:
        named += [(name, (*here, "of_which", name)) for name in form.of_which]
    named += _debt_names(form, duty)
    for name, path in named:
        check_name(name, path, scope.faults, what=what)
        if name in REMARKS:
            message = f"{name!r} is reserved and cannot name a {what}"
            scope.faults.add(
                "PF202", path, message, f"name it otherwise, as in {name}_1", at_key=True
            )
        if duty.is_shared and name in duty.obligors:
            message = f"{name!r} is an obligor here, and cannot name a {what} too"
            scope.faults.add("PF203", path, message, "name it otherwise", at_key=True)
    steps = [("step", name, path) for name, path in named if path[2] == "steps"]
    check_unique(steps, scope.faults, at_key=False)


def _debt_names(form: ObligationForm, duty: DutyName) -> list[tuple[str, Path]]:
    """Return the own categories of what is owed in return, each where it first stands."""
    found: dict[str, Path] = {}
    for place, driver in enumerate(form.in_return_for or ()):
        for word, key in (("each", driver.each), ("shared", driver.shared)):
            path = ("obligations", duty.base, "in_return_for", place, word)
            for name, value in key.items() if isinstance(key, dict) else ():
                inner = value if isinstance(value, dict) else ()
                for own, here in [(name, (*path, name)), *((n, (*path, name, n)) for n in inner)]:
                    if own in duty.categories:
                        found.setdefault(own, here)
    return list(found.items())
