"""What guards and conditions read: the attributes of obligations, parties and findings."""

from phaseflow.engine.amounts import total
from phaseflow.engine.facts import Facts
from phaseflow.model.calendar import When
from phaseflow.model.definition import Obligation
from phaseflow.model.guard import (
    AllOf,
    Attribute,
    Expression,
    FindingValue,
    ObligationAttribute,
    PartyAttribute,
    Reference,
    Value,
    evaluate,
    references,
    show,
)
from phaseflow.model.state import Amounts


def holds(facts: Facts, expression: Expression) -> bool:
    """Tell whether ``expression`` is true; undetermined is not."""
    return evaluate(expression, lambda reference: read(facts, reference)) is True


def read(facts: Facts, reference: Reference) -> Value | None:
    """Return the present value of ``reference``, or None while undetermined."""
    match reference:
        case FindingValue(finding, type_):
            value = facts.finding(finding)
            return When.parse(str(value)) if type_ in {"date", "instant"} and value else value
        case PartyAttribute(party):
            return any(facts.is_breached(o) for o in facts.definition.obligations_of(party))
        case ObligationAttribute(_, names, attribute, part):
            values = [_attribute(facts, name, attribute, part) for name in names]
            if None in values:
                return None
            if isinstance(values[0], bool):
                return any(values)
            return sum(int(value) for value in values if value is not None)


def _attribute(  # noqa: PLR0912 - one branch for each attribute of the language
    facts: Facts, name: str, attribute: Attribute, part: str | None
) -> bool | int | None:
    obligation, duty = facts.definition.obligations[name], facts.agreement.obligations[name]
    match attribute:
        case "delivered":
            return _number(obligation, facts.delivered(name), part)
        case "claimed":
            return _number(obligation, duty.claimed, part)
        case "contested":
            return _number(obligation, duty.contested, part)
        case "total":
            return created_so_far(facts, obligation, part)
        case "due":
            due = facts.due(obligation)
            return facts.due_total(obligation) if part is None else due.get(part, 0)
        case "outstanding":
            if part is None:
                return facts.outstanding(obligation)
            return max(0, facts.due(obligation).get(part, 0) - facts.have(name).get(part, 0))
        case "violations":
            return duty.violations
        case "excused":
            return duty.is_excused
        case "waived":
            return duty.is_waived or any(d.is_waived for d in duty.dues if d.name == part)
        case "breached":
            return facts.is_breached(obligation, part)
        case "overdue":
            return facts.is_overdue(obligation, part)
        case "discharged":
            return _is_discharged(facts, obligation, part)


def created_so_far(facts: Facts, obligation: Obligation, part: str | None = None) -> int | None:
    """Return all debt created so far; None if unknown.

    Before the duty has begun it is nothing, but in return for what was delivered.
    """
    begun = facts.agreement.obligations[obligation.name].begun
    if begun is None and not obligation.form.grows:
        return 0
    owed = facts.owed(obligation)
    return None if owed is None else _number(obligation, owed, part)


def _number(obligation: Obligation, amounts: Amounts, part: str | None) -> int:
    return total(obligation, amounts) if part is None else amounts.get(part, 0)


def _is_discharged(facts: Facts, obligation: Obligation, part: str | None) -> bool | None:
    if part is None:
        return facts.is_discharged(obligation)
    owed = facts.owed(obligation)
    if owed is None:
        return None
    return facts.have(obligation.name).get(part, 0) >= owed.get(part, 0)


def values(facts: Facts, expression: Expression) -> dict[str, str]:
    """Return what ``expression`` reads now, as people read it."""
    return {str(ref): show(read(facts, ref)) for ref in references(expression)}


def cures(facts: Facts, expression: Expression) -> tuple[str, ...]:
    """Return who could change what keeps ``expression`` from holding.

    These are obligors, verifiers, and those who make findings; of parts that
    must all hold, only the ones that do not are looked at.
    """
    if isinstance(expression, AllOf):
        lacking = [part for part in expression.of if not holds(facts, part)]
        return tuple(dict.fromkeys(name for part in lacking for name in cures(facts, part)))
    names: list[str] = []
    for reference in references(expression):
        match reference:
            case FindingValue(finding):
                names += facts.definition.findings[finding].by.members
            case PartyAttribute(party):
                names.append(party)
            case ObligationAttribute(obligations=obligations):
                for name in obligations:
                    obligation = facts.definition.obligations[name]
                    names += [obligation.obligor, *obligation.verifiers]
    return tuple(dict.fromkeys(names))
