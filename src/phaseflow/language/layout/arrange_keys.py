"""The canonical order of keys: that in which people read them."""

from contextlib import suppress
from typing import Any

from phaseflow.language import document
from phaseflow.language.document import FormPart
from phaseflow.language.layout.read_layout import Collection, Item

OTHERS = "…"
"""The place, in an order, of the keys that an author names."""

ORDER: dict[type[FormPart], str] = {
    document.DefinitionForm: "phaseflow name edition title clause source sources confidence note "
    "calendar parties groups findings obligations initial states transitions amendments",
    document.PartyForm: "title role through clause source confidence note",
    document.FindingForm: "title clause source confidence note type by initially",
    document.ObligationForm: "title clause source confidence note obligor obligee during from until "
    "requires within unit amount of_which every averaged in_return_for schedule steps in_order "
    "refrain tolerated not_before by counts_toward judged excused_while deadlines verified_by "
    "verify_within cure counts when_left value",
    document.RowForm: f"by total {OTHERS} title clause source confidence note",
    document.StepForm: "name title clause source confidence note not_before by",
    document.DriverForm: "obligation within each shared title clause source confidence note",
    document.StateForm: "title clause source confidence note initial deadlines states final",
    document.GuardForm: "that else title clause source confidence note waivable_by",
    document.TransitionForm: "name title clause source confidence note from to by after guards",
    document.AmendmentsForm: "by",
}
"""Further keys of a form follow the key after which the form has them."""


def key_order(kind: type[FormPart]) -> list[str]:
    """Return the canonical order of the keys of a form."""
    order = ORDER.get(kind, "").split()
    for before, key in zip(("", *kind.known_keys()), kind.known_keys(), strict=False):
        if key not in order:
            order.insert(order.index(before) + 1 if before in order else len(order), key)
    return order


def arrange_keys(root: Collection, data: Any) -> None:
    """Put the keys of every form in ``root``, which says ``data``, in canonical order.

    What an author names (parties, states, categories), and lists, keep their
    order; so does what is in no form.
    """
    forms: dict[int, type[FormPart]] = {}
    with suppress(ValueError):
        document.DefinitionForm.model_validate(data, context=forms)
    _arrange(root, data, forms, is_fixed=False)


def is_spoken_of(entry: Item) -> bool:
    """Tell whether a comment that tells the check to ignore something stands at ``entry``."""
    return any("phaseflow:" in comment for comment in (*entry.above, *entry.beside))


def _arrange(
    found: Collection, data: Any, forms: dict[int, type[FormPart]], *, is_fixed: bool
) -> None:
    """Put ``found``, which says ``data``, in order; ``is_fixed``: its first entry stays first."""
    for place, entry in enumerate(found.entries):
        if isinstance(entry.value, Collection):
            inner = data[entry.key.value] if entry.key is not None else data[place]
            _arrange(entry.value, inner, forms, is_fixed=_is_first_fixed(entry))
    if not found.is_mapping or id(data) not in forms:
        return
    ranks = {key: rank for rank, key in enumerate(key_order(forms[id(data)]))}
    rank, ranked = -1, []
    for place, entry in enumerate(found.entries):
        key = entry.key.value if entry.key is not None else ""
        rank = ranks.get(key, ranks.get(OTHERS, rank))
        ranked.append((-1 if is_fixed and place == 0 else rank, entry))
    arranged = [entry for _, entry in sorted(ranked, key=lambda pair: pair[0])]
    if arranged and arranged[0] is not found.entries[0] and arranged[0].above[:1] == [""]:
        del arranged[0].above[0]
    found.entries = arranged


def _is_first_fixed(item: Item) -> bool:
    """Tell whether the first key of ``item`` stays in its line, of which a comment speaks."""
    inner = item.value
    if item.key is not None or not isinstance(inner, Collection) or inner.is_flow:
        return False
    return is_spoken_of(item) or is_spoken_of(inner.entries[0])
