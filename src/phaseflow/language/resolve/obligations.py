"""Obligations as written -> obligations of the model, one for each obligor."""

import re
from collections.abc import Iterator
from typing import Any

from phaseflow.language import suggest
from phaseflow.language.document import DriverForm, ObligationForm, Remarked, RowForm, StepForm
from phaseflow.language.resolve.categories import Debts, debts, listed
from phaseflow.language.resolve.guards import guard
from phaseflow.language.resolve.moments import moment, period
from phaseflow.language.resolve.names import DutyName, Scope
from phaseflow.language.resolve.party_expression import check_party, concur
from phaseflow.model.calendar import Period
from phaseflow.model.definition import Obligation
from phaseflow.model.figure import PLAIN, WHOLE, Figure
from phaseflow.model.forms import Form
from phaseflow.model.forms.amount import Amount, Tranche
from phaseflow.model.forms.in_return import Driver, InReturn
from phaseflow.model.forms.rate import Rate
from phaseflow.model.forms.restraint import Restraint
from phaseflow.model.forms.steps import Step, Steps
from phaseflow.model.moment import Moment
from phaseflow.model.remarks import Remarks
from phaseflow.text.source import Path

_SHARE = re.compile(r"(\d{1,3})\s?%", re.ASCII)
OBLIGORS_AT_MOST = 50


def remarks(form: Remarked | None) -> Remarks:
    """Return what ``form`` says for people."""
    if form is None:
        return Remarks()
    return Remarks(
        title=form.title,
        clause=form.clause,
        source=tuple(text for text, _ in listed(form.source, ()) if text),
        confidence=form.confidence,
        note=form.note,
    )


def obligations(base: str, form: ObligationForm, scope: Scope) -> list[Obligation]:
    """Return what ``form`` says each of its obligors owes."""
    reader = _Reader(base, form, scope)
    common = reader.common()
    return [reader.owed_by(party, common) for party, _ in reader.obligors()]


class _Reader:
    """Reads one obligation; its bounds once, its form for each obligor."""

    def __init__(self, base: str, form: ObligationForm, scope: Scope) -> None:
        self.form, self.scope = form, scope
        self.path: Path = ("obligations", base)
        self.duty: DutyName = scope.duties[base]

    def at(self, *keys: str | int) -> Path:
        """Return the path of a part of it."""
        return (*self.path, *keys)

    def obligors(self) -> list[tuple[str, Path]]:
        """Return who owes it, each once."""
        found: dict[str, Path] = {}
        for party, path in listed(self.form.obligor, self.at("obligor")):
            if party in found:
                self.scope.faults.add("PF203", path, f"{party!r} is listed twice", "name it once")
            found.setdefault(party, path)
        if len(found) > OBLIGORS_AT_MOST:
            message = f"more than {OBLIGORS_AT_MOST} owe this, each alone"
            self.scope.faults.add("PF103", self.at("obligor"), message, "name one for all of them")
            return list(found.items())[:1]
        if not found:
            self.scope.faults.add("PF211", self.at("obligor"), "nobody owes this", "name a party")
        return list(found.items())

    def common(self) -> dict[str, Any]:
        """Return what is the same for each obligor."""
        form = self.form
        for party, path in self.obligors():
            check_party(party, path, self.scope)
        verified_by = form.verified_by
        return {
            "base": self.duty.base,
            "unit": form.unit,
            "categories": self.duty.parts,
            "during": self.during(),
            "from_": self.moment(form.from_, "from"),
            "until": self.moment(form.until, "until"),
            "requires": self.guard(form.requires, "requires"),
            "within": self.period(form.within, "within") or Period(days=1),
            "excused_while": self.guard(form.excused_while, "excused_while"),
            "deadlines": form.deadlines or "toll",
            "cure": self.period(form.cure, "cure"),
            "when_left": form.when_left or "carry",
            "not_before": self.moment(form.not_before, "not_before"),
            "verified_by": None
            if verified_by is None
            else concur(verified_by, self.at("verified_by"), self.scope),
            "verify_within": self.period(form.verify_within, "verify_within"),
            "counts_uncontested": form.counts == "uncontested",
            "judged_in_total": form.judged == "in_total",
            "value": form.value,
            "remarks": remarks(form),
            "form": self.read_form(),
        }

    def owed_by(self, party: str, common: dict[str, Any]) -> Obligation:
        """Return what ``party`` owes."""
        obligees = [name for name, _ in self.obligees() if name != party]
        toward = [self.toward(name, path, party) for name, path in self.targets()]
        return Obligation(
            name=f"{self.duty.base}.{party}" if self.duty.is_shared else self.duty.base,
            obligor=party,
            obligees=tuple(obligees),
            counts_toward=tuple(name for name in toward if name),
            **common,
        )

    def obligees(self) -> list[tuple[str, Path]]:
        """Return to whom it is owed."""
        found = listed(self.form.obligee, self.at("obligee"))
        return [(name, path) for name, path in found if check_party(name, path, self.scope)]

    def during(self) -> tuple[str, ...] | None:
        """Return the leaves in which it is in force; in a final one nothing is."""
        if self.form.during is None:
            return None
        leaves: list[str] = []
        for name, path in listed(self.form.during, self.at("during")):
            if check_state(name, path, self.scope):
                leaves += [x for x in self.scope.leaves(name) if not self.scope.states[x].is_final]
        named = set(leaves)
        return tuple(name for name in self.scope.states if name in named)

    def moment(self, form: Any, key: str) -> Moment | None:
        """Return the moment under ``key``, or None."""
        return None if form is None else moment(form, self.at(key), self.scope)

    def period(self, text: str | None, key: str) -> Period | None:
        """Return the period under ``key``, or None."""
        return None if text is None else period(text, self.at(key), self.scope)

    def guard(self, text: str | None, key: str) -> Any:
        """Return the condition under ``key``, or None."""
        return None if text is None else guard(text, self.at(key), self.scope)

    def figure(self, value: Figure, path: Path) -> Figure:
        """Return ``value``; note it if it names no integer finding."""
        if isinstance(value, str):
            check_figure(value, path, self.scope)
        return value

    def figures(self, values: dict[str, Figure], path: Path) -> dict[str, Figure]:
        """Return ``values``, each checked."""
        return {name: self.figure(n, (*path, name)) for name, n in values.items()}

    def read_form(self) -> Form:
        """Return its form; what is missing from a damaged one is filled in."""
        match self.duty.kind:
            case "restraint":
                return Restraint(tolerated=self.form.tolerated or 0)
            case "steps":
                steps = tuple(self.step(i, step) for i, step in enumerate(self.form.steps or ()))
                return Steps(steps=steps, in_order=bool(self.form.in_order))
            case "in_return":
                written = enumerate(self.form.in_return_for or ())
                drivers = (driver for i, row in written for driver in self.drivers(i, row))
                return InReturn(drivers=tuple(drivers))
            case "rate":
                return Rate(
                    amount=self.amount() or {},
                    every=self.form.every or "day",
                    of_which=self.figures(self.form.of_which or {}, self.at("of_which")),
                    averaged=bool(self.form.averaged),
                )
            case _:
                return Amount(
                    amount={PLAIN: 1} if self.duty.kind == "single" else self.amount(),
                    schedule=self.schedule(),
                    of_which=self.figures(self.form.of_which or {}, self.at("of_which")),
                    is_single=self.duty.kind == "single",
                )

    def amount(self) -> dict[str, Figure] | None:
        """Return the amount by category, or None where it is open."""
        amount, path = self.form.amount, self.at("amount")
        if isinstance(amount, dict):
            return self.figures(amount, path)
        if amount == "open" or amount is None:
            return None
        return {PLAIN: self.figure(amount, path)}

    def schedule(self) -> tuple[Tranche, ...]:
        """Return the tranches; ``by`` alone is one of all."""
        if self.form.schedule is None:
            by = self.moment(self.form.by, "by")
            return () if by is None else (Tranche(by=by, share=WHOLE),)
        rows = (self.tranche(i, row) for i, row in enumerate(self.form.schedule))
        return tuple(row for row in rows if row is not None)

    def tranche(self, place: int, row: RowForm) -> Tranche | None:
        """Return one row of the schedule."""
        path = self.at("schedule", place)
        by = moment(row.by, (*path, "by"), self.scope)
        named: dict[str, Figure] = dict(row.__pydantic_extra__ or {})
        for name in named:
            self.check_part(name, (*path, name))
        found = {name: self.figure(n, (*path, name)) for name, n in named.items()}
        share = _SHARE.fullmatch(row.total) if isinstance(row.total, str) else None
        if by is None:
            return None
        if share:
            return Tranche(by=by, share=min(int(share[1]), WHOLE), remarks=remarks(row))
        if row.total is not None:
            found[PLAIN] = self.figure(row.total, (*path, "total"))
        return Tranche(by=by, amount=found, remarks=remarks(row))

    def check_part(self, name: str, path: Path) -> None:
        """Note it when a row names something that is no category."""
        if name not in self.duty.parts and not self.duty.is_damaged:
            message = f"{name!r} is not a category of {self.duty.base!r}"
            remedy = self.scope.faults.near(name, [*self.duty.parts, "by", "total"])
            self.scope.faults.add("PF208", path, message, remedy, at_key=True)

    def step(self, place: int, step: StepForm) -> Step:
        """Return one step."""
        path = self.at("steps", place)
        return Step(
            name=step.name,
            by=None if step.by is None else moment(step.by, (*path, "by"), self.scope),
            not_before=None
            if step.not_before is None
            else moment(step.not_before, (*path, "not_before"), self.scope),
            remarks=remarks(step),
        )

    def drivers(self, place: int, row: DriverForm) -> list[Driver]:
        """Return one driver; of a duty with several obligors, one for each."""
        path = self.at("in_return_for", place)
        within = None if row.within is None else period(row.within, (*path, "within"), self.scope)
        found = find_duty(row.obligation, (*path, "obligation"), self.scope)
        if found is None:
            return []
        duty, names = found
        each = self.debts(row.each, duty, (*path, "each"))
        shared = self.debts(row.shared, duty, (*path, "shared"))
        return [
            Driver(obligation=n, within=within, each=each, shared=shared, remarks=remarks(row))
            for n in names
        ]

    def debts(self, key: Any, duty: DutyName, path: Path) -> Debts:
        """Return what units of ``duty`` call for; note categories that it does not have."""
        if isinstance(key, dict) and not duty.is_damaged:
            self.check_debts(key, duty, path)
        elif isinstance(key, int | str):
            self.figure(key, path)
        return debts(key, duty.categories)

    def check_debts(self, key: dict[str, Any], duty: DutyName, path: Path) -> None:
        """Note categories that the driver does not have, and figures that are none."""
        is_by_driver = bool(duty.categories) or PLAIN in key
        known = duty.categories or ((PLAIN,) if is_by_driver else tuple(key))
        for name, value in key.items():
            here = (*path, name)
            if name not in known:
                message = f"{name!r} is not a category of {duty.base!r}"
                self.scope.faults.add(
                    "PF408", here, message, self.scope.faults.near(name, known), at_key=True
                )
            if not isinstance(value, dict):
                self.figure(value, here)
            elif is_by_driver:
                self.figures(value, here)
            else:
                message = f"{duty.base!r} has no categories, {name!r} cannot be one"
                remedy = f"name own categories: {{{name}: 3}}"
                self.scope.faults.add("PF408", here, message, remedy, at_key=True)

    def targets(self) -> list[tuple[str, Path]]:
        """Return where its units count as well, as written."""
        return listed(self.form.counts_toward, self.at("counts_toward"))

    def toward(self, name: str, path: Path, party: str) -> str | None:
        """Return the obligation that ``name`` means for what ``party`` delivers."""
        found = find_duty(name, path, self.scope)
        if found is None:
            return None
        duty, names = found
        if len(names) == 1:
            return names[0]
        if party in duty.obligors:
            return f"{duty.base}.{party}"
        message = f"{name!r} is owed by several: this does not say by whom"
        self.scope.faults.add("PF209", path, message, f"write {' or '.join(names)}")
        return None


def check_state(name: str, path: Path, scope: Scope) -> bool:
    """Tell whether ``name`` is a state; note it if it is not."""
    if name in scope.states:
        return True
    if not scope.is_lost(name, "states"):
        listed = suggest.names(name) if path[-1] in {"during", "from"} else []
        is_list = bool(listed) and all(one in scope.states for one in listed)
        near = scope.faults.near(name, scope.states)
        remedy = f"write [{', '.join(listed)}]" if is_list else near
        scope.faults.add("PF205", path, f"{name!r} is not a state", remedy)
    return False


def check_figure(name: str, path: Path, scope: Scope) -> None:
    """Note it when ``name`` is no finding that holds a whole number."""
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
            listed = suggest.shortened(_integers(scope))
            near = "write a whole number in digits" + (f", or {listed}" if listed else "")
        scope.faults.add("PF214", path, message, near)


def _integers(scope: Scope) -> Iterator[str]:
    return (name for name, finding in scope.findings.items() if finding.type == "integer")


def find_duty(name: str, path: Path, scope: Scope) -> tuple[DutyName, tuple[str, ...]] | None:
    """Return the duty of ``name`` and what it means, or None after noting that it is none."""
    found = scope.duty(name)
    if found is None and not scope.is_lost(name.partition(".")[0], "obligations"):
        remedy = scope.faults.near(name, scope.duty_names())
        scope.faults.add("PF206", path, f"{name!r} is not an obligation", remedy)
    return found
