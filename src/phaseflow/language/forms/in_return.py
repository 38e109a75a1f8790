"""Debts that are created by what others deliver."""

from collections.abc import Iterator

from phaseflow.language.document import DriverForm, KeyForm, ObligationForm
from phaseflow.language.resolve.clause import Clause
from phaseflow.language.resolve.figures import CategoriesOf, leaves, resolve_figure, resolve_figures
from phaseflow.language.resolve.names import DeclaredDuty, FormKind, find_duty
from phaseflow.language.resolve.remarks import remarks
from phaseflow.language.rules.rule import Fault, InOrder, empty_keys
from phaseflow.model.figure import PLAIN, Figure
from phaseflow.model.forms.in_return import Driver, InReturn
from phaseflow.model.moment import Moment
from phaseflow.text.source import Path

Debts = dict[str, dict[str, Figure]]
"""Figures by category of the driver, and by own category."""

IN_RETURN = FormKind(
    called="a duty in return",
    keys=frozenset(
        {
            "in_return_for",
            "judged",
            "counts",
            "counts_toward",
            "verify_within",
            "when_left",
            "not_before",
        }
    ),
    needs=(),
    instead={"by": "say within: … at the driver"},
    part="category",
    takes_units=True,
    delivers_units=True,
    has_fixed_amount=False,
)
KINDS: tuple[FormKind, ...] = (IN_RETURN,)


def kind_of(written: ObligationForm) -> FormKind | None:
    """Return that it is owed in return, if it says for what."""
    return None if written.in_return_for is None else IN_RETURN


def categories(written: ObligationForm, others: CategoriesOf) -> tuple[str, ...] | None:
    """Return the own categories of all drivers."""
    if written.in_return_for is None:
        return None
    own = (name for driver in written.in_return_for for name in _own(driver, others))
    return tuple(name for name in dict.fromkeys(own) if name != PLAIN)


def _own(driver: DriverForm, others: CategoriesOf) -> list[str]:
    of_driver = others(driver.obligation)
    found = [_debts(key, of_driver) for key in (driver.each, driver.shared)]
    return [own for one in found for by_own in one.values() for own in by_own]


def _debts(key: KeyForm | None, of_driver: tuple[str, ...]) -> Debts:
    """Return a key as driver category → own category → figure.

    ``of_driver`` are the categories of the driver; a plain figure is for each
    of them, or for a driver without any.
    """
    if key is None:
        return {}
    if not isinstance(key, dict):
        return {category: {PLAIN: key} for category in of_driver or (PLAIN,)}
    if not of_driver and PLAIN not in key:
        return {PLAIN: {own: n for own, n in key.items() if not isinstance(n, dict)}}
    return {c: dict(n) if isinstance(n, dict) else {PLAIN: n} for c, n in key.items()}


def named_parts(written: ObligationForm, duty: DeclaredDuty) -> Iterator[tuple[str, Path]]:
    """Yield the own categories, each where it first stands."""
    found: dict[str, Path] = {}
    for place, driver in enumerate(written.in_return_for or ()):
        for word, key in (("each", driver.each), ("shared", driver.shared)):
            path = ("obligations", duty.base, "in_return_for", place, word)
            for name, value in key.items() if isinstance(key, dict) else ():
                inner = value if isinstance(value, dict) else ()
                for own, here in [(name, (*path, name)), *((n, (*path, name, n)) for n in inner)]:
                    if own in duty.categories:
                        found.setdefault(own, here)
    yield from found.items()


def read(clause: Clause) -> InReturn:
    """Return what each unit of others calls for."""
    written = enumerate(clause.written.in_return_for or ())
    return InReturn(drivers=tuple(d for i, row in written for d in _drivers(clause, i, row)))


def _drivers(clause: Clause, place: int, row: DriverForm) -> list[Driver]:
    """Return one driver; of a duty with several obligors, one for each."""
    path = clause.at("in_return_for", place)
    within = clause.period(row.within, "in_return_for", place, "within")
    found = find_duty(row.obligation, (*path, "obligation"), clause.scope)
    if found is None:
        return []
    duty, names = found
    each = _checked(clause, row.each, duty, (*path, "each"))
    shared = _checked(clause, row.shared, duty, (*path, "shared"))
    return [
        Driver(obligation=name, within=within, each=each, shared=shared, remarks=remarks(row))
        for name in names
    ]


def _checked(clause: Clause, key: KeyForm | None, duty: DeclaredDuty, path: Path) -> Debts:
    """Return what units of ``duty`` call for; note categories that it does not have."""
    if isinstance(key, int | str):
        resolve_figure(key, path, clause.scope)
    elif key is not None and not duty.is_damaged:
        _check_categories(clause, key, duty, path)
    return _debts(key, duty.categories)


def _check_categories(
    clause: Clause, key: dict[str, Figure | dict[str, Figure]], duty: DeclaredDuty, path: Path
) -> None:
    """Note categories that the driver does not have, and figures that are none."""
    scope = clause.scope
    is_by_driver = bool(duty.categories) or PLAIN in key
    known = duty.categories or ((PLAIN,) if is_by_driver else tuple(key))
    for name, value in key.items():
        here = (*path, name)
        if name not in known:
            message = f"{name!r} is not a category of {duty.base!r}"
            scope.faults.add("PF408", here, message, scope.faults.near(name, known), at_key=True)
        if not isinstance(value, dict):
            resolve_figure(value, here, scope)
        elif is_by_driver:
            resolve_figures(value, here, scope)
        else:
            message = f"{duty.base!r} has no categories, {name!r} cannot be one"
            remedy = f"name own categories: {{{name}: 3}}"
            scope.faults.add("PF408", here, message, remedy, at_key=True)


def moments(
    _path: Path, _written: ObligationForm, _owed: InReturn
) -> tuple[tuple[Path, Moment], ...]:
    """Return nothing: it is due a while after what it is owed for."""
    return ()


def in_order(
    _path: Path, _written: ObligationForm, _owed: InReturn, _not_before: Moment | None
) -> tuple[InOrder, ...]:
    """Return nothing: it is due a while after what it is owed for."""
    return ()


def undated(path: Path, written: ObligationForm, _owed: InReturn) -> Iterator[Fault]:
    """Yield each driver that does not say within when."""
    for place, driver in enumerate(written.in_return_for or ()):
        if driver.within is None:
            message = "what is owed in return is never due: nothing says within when"
            here = (*path, "in_return_for", place, "obligation")
            yield Fault(here, message, "add within: PT24H")


def can_be_missed(owed: InReturn) -> bool:
    """Tell whether any driver says within when."""
    return any(driver.within is not None for driver in owed.drivers)


def most(_owed: InReturn, _part: str | None) -> float:
    """Return that there is no limit: others may deliver more than they owe."""
    return float("inf")


def written_figures(path: Path, written: ObligationForm) -> Iterator[tuple[Path, Figure]]:
    """Yield the figures of the drivers."""
    for place, driver in enumerate(written.in_return_for or ()):
        here = (*path, "in_return_for", place)
        yield from leaves((*here, "each"), driver.each)
        yield from leaves((*here, "shared"), driver.shared)


def clashes(path: Path, duty: DeclaredDuty, written: ObligationForm) -> Iterator[Fault]:
    """Yield units without a category, where others have one."""
    if duty.kind is not IN_RETURN or not duty.categories:
        return
    for place, driver in enumerate(written.in_return_for or ()):
        for word, key in (("each", driver.each), ("shared", driver.shared)):
            if key is not None and not _is_sorted(key, duty):
                here = (*path, "in_return_for", place, word)
                message = "some units owed have a category, these have none"
                yield Fault(here, message, "name a category for all of them", at_key=True)


def _is_sorted(key: KeyForm, duty: DeclaredDuty) -> bool:
    """Tell whether ``key`` names an own category for each of its figures."""
    if not isinstance(key, dict):
        return False
    is_by_own = set(key) <= set(duty.categories)
    return is_by_own or all(isinstance(value, dict) for value in key.values())


def empty(path: Path, written: ObligationForm) -> Iterator[Fault]:
    """Yield a list without drivers, and each driver that calls for nothing."""
    yield from empty_keys(path, written, "in_return_for")
    for place, driver in enumerate(written.in_return_for or ()):
        if not driver.each and not driver.shared and driver.each != 0:
            message = f"{driver.obligation!r} calls for nothing in return"
            yield Fault((*path, "in_return_for", place), message, "add each: … or shared: …")
