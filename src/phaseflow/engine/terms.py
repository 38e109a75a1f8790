"""What a statement names in the definition, and the amounts it gives, in the duty's own terms."""

from phaseflow.engine.amounts import has_parts
from phaseflow.errors import StatementInvalid
from phaseflow.model.definition import Definition, Obligation
from phaseflow.model.figure import PLAIN
from phaseflow.model.forms.amount import Amount
from phaseflow.model.forms.rate import Rate
from phaseflow.model.forms.restraint import Restraint
from phaseflow.model.forms.steps import Steps
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
    form = obligation.form
    if isinstance(amount, int) and not isinstance(form, Steps):
        return {PLAIN: amount}
    if isinstance(amount, int) or (isinstance(form, Steps) and max(amount.values(), default=0) > 1):
        msg = f"{obligation.name} has steps, each done once; write for example {{step: 1}}"
        raise StatementInvalid(msg)
    known = set(obligation.categories)
    if has_parts(obligation) or not known:
        known.add(PLAIN)
    unknown = [category for category in amount if category not in known]
    if unknown:
        kind = "step" if isinstance(form, Steps) else "category"
        near = near_miss(unknown[0], known)
        hint = f"did you mean {near}?" if near else f"it has {', '.join(sorted(known))}"
        msg = f"{obligation.name} has no {kind} {unknown[0]!r}; {hint}"
        raise StatementInvalid(msg)
    if has_parts(obligation):
        if PLAIN not in amount:
            msg = f"{obligation.name} counts parts within the whole; give the total as well"
            raise StatementInvalid(msg)
        over = [c for c, units in amount.items() if units > amount[PLAIN]]
        if over:
            msg = f"{over[0]} of {obligation.name} is part of the total, and cannot exceed it"
            raise StatementInvalid(msg)
    return dict(amount)


def performance(
    obligation: Obligation, amount: int | dict[str, int] | None, step: str | None
) -> Amounts:
    """Return what a ``perform`` claims: amounts, or one step, or the single act.

    Raises:
        StatementInvalid: it does not fit the form of the duty, or claims nothing.
    """
    form = obligation.form
    name = obligation.name
    if isinstance(form, Restraint):
        msg = f"{name} is a restraint: it is kept by doing nothing; a violation is alleged"
        raise StatementInvalid(msg)
    if isinstance(form, Steps):
        if step is None or amount is not None:
            msg = f"{name} has steps; name the one performed: {', '.join(obligation.categories)}"
            raise StatementInvalid(msg)
        return amounts_of(obligation, {step: 1})
    if step is not None:
        msg = f"{name} has no steps; give an amount"
        raise StatementInvalid(msg)
    if amount is None:
        if isinstance(form, Amount) and form.is_single:
            return {PLAIN: 1}
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
    if isinstance(obligation.form, Amount | Rate):
        return amounts_of(obligation, amount)
    return {PLAIN: amount} if isinstance(amount, int) else dict(amount)
