"""Every obligation as written, before its terms are read: its kind, and the names of its parts."""

from phaseflow.language.document import DefinitionForm, ObligationForm, listed
from phaseflow.language.forms import FORMS, kind_of
from phaseflow.language.resolve.names import (
    REMARKS,
    DeclaredDuty,
    Scope,
    check_name,
    check_unique,
)


def declare(form: DefinitionForm, scope: Scope) -> None:
    """Fill the scope with every duty of ``form``; note names that cannot stand."""
    for base, written in form.obligations.items():
        path = ("obligations", base)
        check_name(base, path, scope.faults, what="obligation")
        scope.duties[base] = DeclaredDuty(
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


def _categories(name: str, form: DefinitionForm, seen: set[str]) -> tuple[str, ...]:
    """Return the categories of a duty; what counts toward itself has none."""
    written = form.obligations.get(name.partition(".")[0])
    if written is None or name in seen:
        return ()
    seen.add(name)

    def others(other: str) -> tuple[str, ...]:
        return _categories(other, form, seen)

    answers = (room.categories(written, others) for room in FORMS.values())
    return next(found for found in answers if found is not None)


def _check_parts(duty: DeclaredDuty, form: ObligationForm, scope: Scope) -> None:
    """Note categories, least parts and steps whose names cannot stand."""
    what = duty.kind.part
    named = [one for room in FORMS.values() for one in room.named_parts(form, duty)]
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
