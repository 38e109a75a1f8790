"""Figures of an obligation in words: how much, of which parts, judged by what."""

from collections.abc import Iterator

from phaseflow.model.definition import Obligation
from phaseflow.model.figure import PLAIN, Figure
from phaseflow.model.units import plural
from phaseflow.prose.names import Voice
from phaseflow.prose.phrases import escaped, quoted, units
from phaseflow.prose.sentence import Sentence


def unit_names(unit: str) -> str:
    """Return what more than one of ``unit`` are called."""
    return escaped(plural(unit)) if unit else "units"


def how_much(voice: Voice, figures: dict[str, Figure], unit: str) -> str:
    """Return figures by category, and their sum where it is known."""
    plain = figures.get(PLAIN)
    if plain is None:
        return _by_category(voice, figures, unit)
    categories = {name: n for name, n in figures.items() if name != PLAIN}
    if categories:
        whole = units(voice.figure(plain), unit)
        return f"{whole} in all, among them {voice.figures(categories)}"
    if isinstance(plain, str):
        return f"{unit_names(unit)} in {voice.figure(plain)}"
    return units(voice.figure(plain), unit)


def _by_category(voice: Voice, figures: dict[str, Figure], unit: str) -> str:
    parts = voice.figures(figures)
    known = [n for n in figures.values() if isinstance(n, int)]
    if len(known) < len(figures):
        return f"in {unit_names(unit)}, {parts}" if unit else parts
    whole = units(f"{sum(known):,}", unit)
    if len(known) != 1:
        return f"{whole}: {parts}"
    return f"{whole} of the category {quoted(next(iter(figures)))}" if unit else parts


def least(voice: Voice, parts: dict[str, Figure]) -> Iterator[Sentence]:
    """Yield what the whole must contain at least."""
    if parts:
        figures = voice.figures(parts, "at least ")
        yield Sentence(f"Of it {figures}; one unit may count in more than one of these parts.")


def judged(obligation: Obligation, parts: dict[str, Figure]) -> Iterator[Sentence]:
    """Yield whether the sum decides, or each category; ``parts`` may overlap, and are neither."""
    if obligation.judged_in_total:
        yield Sentence(
            "The sum decides; how it is made up of categories is shown and decides nothing."
        )
    elif len(obligation.categories) > 1 and not obligation.is_open and not parts:
        yield Sentence(
            "In the end each category must be delivered in full; too much of one makes up "
            "for no other."
        )
