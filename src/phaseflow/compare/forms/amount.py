"""What a change means to units owed by moments, and to a single act."""

from collections.abc import Iterator

from phaseflow.compare import weights
from phaseflow.compare.change import Change, Location, Rules, differing
from phaseflow.compare.weights import Weight
from phaseflow.model.figure import WHOLE
from phaseflow.model.forms.amount import Amount, Tranche


def changes(place: Location, old: Amount, new: Amount) -> Iterator[Change]:
    """Yield what differs; one day for all of it is told as ``by``, else there is a schedule."""
    if _is_due_at_once(old) and _is_due_at_once(new):
        before, after = (next((row.by for row in form.schedule), None) for form in (old, new))
        if before != after:
            yield place.weighed("by", weights.due_earlier(before, after), before, after)
        yield from differing(place, old, new, _RULES, skip=("schedule",))
        return
    remarks = ([row.remarks for row in old.schedule], [row.remarks for row in new.schedule])
    if len(old.schedule) == len(new.schedule) and remarks[0] != remarks[1]:
        yield place.change("remarks of the schedule", "wording", *remarks)
    asks_the_same = _schedule(old.schedule, new.schedule) == 0
    yield from differing(place, old, new, _RULES, skip=("schedule",) if asks_the_same else ())


def _is_due_at_once(form: Amount) -> bool:
    """Tell whether a file would set one day for all of it, with ``by``, or none."""
    whole = [Tranche(by=row.by, share=WHOLE) for row in form.schedule[:1]]
    return [*form.schedule] == whole


def _schedule(old: tuple[Tranche, ...], new: tuple[Tranche, ...]) -> Weight:
    """Return 1 if ``new`` asks for more, or for the same sooner, or on more days."""
    before, after = ([(row.by, row.amount, row.share) for row in rows] for rows in (old, new))
    if len(before) != len(after):
        fewer, more = sorted((before, after), key=len)
        if not all(row in more for row in fewer):
            return None
        return 1 if more is after else -1
    found = [weight for rows in zip(old, new, strict=True) for weight in _tranche(*rows)]
    return weights.agreed(found)


def _tranche(old: Tranche, new: Tranche) -> Iterator[Weight]:
    yield weights.turned(weights.later(old.by, new.by))
    yield weights.figures(old.amount, new.amount)
    if old.share is not None and new.share is not None:
        yield weights.order(old.share, new.share)
    elif old.share != new.share:
        yield None


_RULES: Rules = {
    "amount": weights.figures,
    "of_which": weights.figures,
    "schedule": _schedule,
}
