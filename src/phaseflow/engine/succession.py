"""Two editions side by side: whether one may follow the other, and what is the same in both."""

from collections.abc import Iterator

from phaseflow.model.definition import Definition, Obligation


def misfits(old: Definition, new: Definition) -> Iterator[str]:
    """Yield, as sentences, why ``new`` cannot be an edition of what ``old`` is one of."""
    if new.digest == old.digest:
        yield "it is the edition that is in effect already"
    if new.name != old.name:
        yield f"it is an edition of {new.name!r}, and the agreement is one of {old.name!r}"
    if new.calendar.zone != old.calendar.zone:
        yield (
            f"its time zone is {new.calendar.zone.name}, that of the agreement "
            f"{old.calendar.zone.name}: days that have been counted cannot be counted anew"
        )
    for name in new.parties:
        if name not in old.parties:
            yield (
                f"{name!r} is no party of the text in effect; an edition may leave a party out, "
                "and add none"
            )
    for base in _shared_otherwise(old, new):
        yield (
            f"{base} is owed by one alone in one of the two editions, and by several in the other, "
            "of whom each would begin with nothing received; leave it as it is, and give what is "
            "added another name"
        )
    for name, obligation in new.obligations.items():
        before = old.obligations.get(name)
        if before is not None and _told(before) != _told(obligation):
            yield (
                f"{name} is counted in another way than before ({_told(before)}, now "
                f"{_told(obligation)}), so that what it received would not fit; give it another name"
            )


def _shared_otherwise(old: Definition, new: Definition) -> list[str]:
    """Return what one alone owes in one text, and several, each by a name of its own, in the other."""
    alone, shared = (
        [
            {one.base for one in text.obligations.values() if (one.name == one.base) == is_alone}
            for text in (old, new)
        ]
        for is_alone in (True, False)
    )
    return sorted((alone[0] & shared[1]) | (alone[1] & shared[0]))


def _told(obligation: Obligation) -> str:
    """Return in words how an obligation counts: an edition cannot change it."""
    form = obligation.form
    if not form.is_by_period and not form.is_averaged:
        return form.told
    verified = "verified" if obligation.verified_by else "not verified"
    marks = ["judged in total", verified] if obligation.judged_in_total else [verified]
    return ", ".join([form.told, *marks])


def on_claims(obligation: Obligation) -> tuple[object, ...]:
    """Return what the text says of single claims: whose they are, and who verifies them."""
    return (
        obligation.obligor,
        obligation.verified_by,
        obligation.verify_within,
        obligation.counts_uncontested,
    )
