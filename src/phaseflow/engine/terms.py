"""What a statement names in the definition, and the amounts it gives, in the duty's own terms."""

from phaseflow.errors import StatementInvalid
from phaseflow.model.definition import Definition, Obligation
from phaseflow.model.figure import PLAIN
from phaseflow.model.near_miss import near_miss
from phaseflow.model.state import Amounts


def obligation_of(definition: Definition, name: str) -> Obligation:
    """Return the obligation of that full name.

    Raises:
        StatementInvalid: there is none; a bare name of several obligors is not enough.
    """
    found = definition.obligations.get(name)
    if found is not None:
        return found
    full = [o.name for o in definition.obligations.values() if o.base == name]
    if full:
        msg = f"{name!r} is owed by several; say {' or '.join(full)}"
        raise StatementInvalid(msg)
    near = near_miss(name, definition.obligations)
    known = f"did you mean {near}?" if near else f"there are {', '.join(definition.obligations)}"
    msg = f"there is no obligation {name!r}; {known}"
    raise StatementInvalid(msg)


def amounts_of(obligation: Obligation, amount: int | dict[str, int]) -> Amounts:
    """Return ``amount`` by category; a plain number of a duty with categories is unsorted.

    Zeros are kept: a measure of nothing is a measure.

    Raises:
        StatementInvalid: it names categories the duty does not have, or parts beyond the whole.
    """
    if not obligation.form.is_cumulative:
        return _steps_of(obligation, amount)
    return {PLAIN: amount} if isinstance(amount, int) else _sorted(obligation, amount)


def _steps_of(obligation: Obligation, amount: int | dict[str, int]) -> Amounts:
    if isinstance(amount, int) or max(amount.values(), default=0) > 1:
        msg = f"{obligation.name} has steps, each done once; write for example {{step: 1}}"
        raise StatementInvalid(msg)
    _check_known(obligation, "step", set(obligation.categories), amount)
    return dict(amount)


def _sorted(obligation: Obligation, amount: dict[str, int]) -> Amounts:
    known = set(obligation.categories)
    if obligation.form.has_parts or not known:
        known.add(PLAIN)
    _check_known(obligation, "category", known, amount)
    if obligation.form.has_parts:
        if PLAIN not in amount:
            msg = f"{obligation.name} counts parts within the whole; give the total as well"
            raise StatementInvalid(msg)
        over = [c for c, units in amount.items() if units > amount[PLAIN]]
        if over:
            msg = f"{over[0]} of {obligation.name} is part of the total, and cannot exceed it"
            raise StatementInvalid(msg)
    return dict(amount)


def _check_known(
    obligation: Obligation, what: str, known: set[str], amount: dict[str, int]
) -> None:
    unknown = [name for name in amount if name not in known]
    if unknown:
        near = near_miss(unknown[0], known)
        hint = f"did you mean {near}?" if near else f"it has {', '.join(sorted(known))}"
        msg = f"{obligation.name} has no {what} {unknown[0]!r}; {hint}"
        raise StatementInvalid(msg)


def performance(
    obligation: Obligation, amount: int | dict[str, int] | None, step: str | None
) -> Amounts:
    """Return what a ``perform`` claims: amounts, or one step, or the single act.

    Raises:
        StatementInvalid: it does not fit the form of the duty, or claims nothing.
    """
    name = obligation.name
    if obligation.form.forbids:
        msg = f"{name} is a restraint: it is kept by doing nothing; a violation is alleged"
        raise StatementInvalid(msg)
    if obligation.form.is_cumulative:
        whole = {PLAIN: 1} if obligation.form.is_act else None
        return _delivered(obligation, amount, step, whole)
    if step is None or amount is not None:
        steps = ", ".join(obligation.categories)
        msg = f"{name} has steps; name the one performed: {steps}"
        raise StatementInvalid(msg)
    return amounts_of(obligation, {step: 1})


def _delivered(
    obligation: Obligation,
    amount: int | dict[str, int] | None,
    step: str | None,
    whole: Amounts | None,
) -> Amounts:
    """Return the amounts that are performed; ``whole`` where none need be said."""
    name = obligation.name
    if step is not None:
        msg = f"{name} has no steps; give an amount"
        raise StatementInvalid(msg)
    if amount is None:
        if whole is not None:
            return whole
        units = obligation.unit or "unit"
        msg = f"{name} is counted; say how many {units}s, by category where they are sorted"
        raise StatementInvalid(msg)
    found = {c: n for c, n in amounts_of(obligation, amount).items() if n}
    if not found:
        msg = f"nothing of {name} was performed; a figure of zero is a measure"
        raise StatementInvalid(msg)
    return found


def figure(obligation: Obligation, amount: int | dict[str, int]) -> Amounts:
    """Return what a ``measure`` says; of a duty that is not measured any numbers will do."""
    if obligation.form.is_measured:
        return amounts_of(obligation, amount)
    return {PLAIN: amount} if isinstance(amount, int) else dict(amount)
