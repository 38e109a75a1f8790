"""A picture in DOT, the language of Graphviz: black, white and grey, nothing below 7 points."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from html import escape

from phaseflow.drawing.labels import TIE
from phaseflow.drawing.states.diagram import Arrow, Box, ObligationLine, Picture
from phaseflow.model.visible import clean

FONT = "Helvetica"
_GRAPH = f"""\
  graph [compound=true, rankdir=TB, nodesep=0.06, ranksep=0.14, margin=0, fontname="{FONT}",
         fontsize=12, labelloc=t, color="#808080"]
  node [shape=plain, fontname="{FONT}", fontsize=7]
  edge [fontname="{FONT}", fontsize=7, arrowsize=0.6, color="#404040"]
"""
_WHAT = 38
_WHEN = 26
_WHO = 18
_NARROW = 24
_WIDE = 60
_TITLE = 66
_TAKEN = 'penwidth=2.5, color="#000000"'
_SHADES = {"breached": ("#000000", "#ffffff"), "overdue": ("#c8c8c8", "#000000")}


def dot(picture: Picture) -> str:
    """Return ``picture`` as a DOT document; the same picture gives the same bytes."""
    drawn = _Drawn(picture)
    lines = [
        "digraph agreement {",
        _GRAPH.rstrip(),
        (
            '  label=<<table border="0" cellborder="0" cellspacing="0" cellpadding="1">'
            f"<tr><td><b>{_escaped(picture.title)}</b></td></tr>"
            f'<tr><td><font point-size="8">{_escaped(picture.subtitle)}</font></td></tr></table>>'
        ),
    ]
    if picture.lines:
        lines.append(f"  throughout [label=<{_table('In every state', picture.lines)}>]")
    lines += (f"  {card}" for card in drawn.cards(None))
    for box in picture.boxes:
        lines += _box(drawn, box, "  ")
    lines += (f"  {line}" for line in drawn.lines())
    if picture.lines:
        # Above the beginning, not beside it: a page has more room down than across.
        first = next((leaf.name for leaf in picture.leaves if leaf.is_initial), None)
        lines += [f"  throughout -> state_{first} [style=invis, weight=20]"] if first else []
    return "\n".join([*lines, "}"]) + "\n"


def _box(drawn: "_Drawn", box: Box, margin: str) -> Iterator[str]:
    if box.inner is None:
        yield f"{margin}state_{box.name} [label=<{_state(box)}>]"
        return
    yield f"{margin}subgraph cluster_{box.name} {{"
    yield f'{margin}  graph [label="", margin=6]'
    yield f"{margin}  heading_{box.name} [label=<{_heading(box)}>]"
    yield from (f"{margin}  {card}" for card in drawn.cards(box.name))
    for inner in box.inner:
        yield from _box(drawn, inner, margin + "  ")
    yield margin + "}"


def _heading(box: Box) -> str:
    """Return the table at the entry of a compound: its title, what is owed in all its states."""
    title = f'<font point-size="9"><b>{_broken(box.title, _TITLE)}</b></font>'
    head = f'<tr><td colspan="4" align="left" balign="left">{title}</td></tr>'
    return _framed(head + "".join(map(_row, box.lines)), 0, pad=2)


def _state(box: Box) -> str:
    """Return the table of a state: its title, how it was passed through, what is owed in it."""
    ink, paper = ("#ffffff", "#000000") if box.is_present else ("#000000", "#e4e4e4")
    title = _broken(box.title, _TITLE if box.lines else _NARROW)
    under = [text for text in (box.remark, *box.stays) if text]
    small = "".join(f'<br align="left"/><i>{_escaped(text)}</i>' for text in under)
    head = (
        f'<tr><td colspan="4" align="left" balign="left" bgcolor="{paper}">'
        f'<font color="{ink}"><b>{title}</b>{small}</font></td></tr>'
    )
    weight = 2 if box.is_final else 1
    if box.is_present:
        weight = 3
    return _framed(head + "".join(map(_row, box.lines)), weight)


def _table(heading: str, lines: Iterable[ObligationLine]) -> str:
    head = f'<tr><td colspan="4" align="left"><i>{_escaped(heading)}</i></td></tr>'
    return _framed(head + "".join(map(_row, lines)), 1, style=' style="dashed"')


def _framed(rows: str, weight: int, style: str = "", pad: int = 1) -> str:
    return (
        f'<table border="{weight}" cellborder="0" cellspacing="0" cellpadding="{pad}"{style}>'
        f"{rows}</table>"
    )


def _row(line: ObligationLine) -> str:
    cells = [
        _cell(_spaced(_broken(line.who, _WHO))),
        _cell(_spaced(_broken(line.what, _WHAT))),
        _cell(_broken(line.when, _WHEN)),
    ]
    if line.standing is not None:
        paper, ink = _SHADES.get(line.standing, ("#ffffff", "#000000"))
        cells[-1] = _cell(_spaced(_broken(line.when, _WHEN)))
        cells.append(_cell(f'<font color="{ink}">{line.standing}</font>', f' bgcolor="{paper}"'))
    return f"<tr>{''.join(cells)}</tr>"


def _spaced(lines: str) -> str:
    """Return the lines of a cell with room after each, which keeps columns apart but not rows."""
    return "<br/>".join(f"{line}{TIE}" for line in lines.split("<br/>"))


def _cell(text: str, more: str = "") -> str:
    return f'<td align="left" balign="left" valign="top"{more}>{text}</td>'


def _broken(text: str, width: int) -> str:
    parts = textwrap.wrap(text, width, break_on_hyphens=False, break_long_words=False)
    return "<br/>".join(_escaped(part.replace(TIE, " ")) for part in parts)


def _escaped(text: str) -> str:
    """Return ``text`` as XML holds it: what does not show may not stand there."""
    return escape(clean(text))


def _leaves(box: Box) -> Iterator[Box]:
    if box.inner is None:
        yield box
    for inner in box.inner or ():
        yield from _leaves(inner)


def _bundles(arrows: Iterable[Arrow]) -> Iterable[Sequence[Arrow]]:
    """Return the arrows, those between the same two states together."""
    found: dict[tuple[str, str], list[Arrow]] = {}
    for arrow in arrows:
        found.setdefault((arrow.source, arrow.target), []).append(arrow)
    return found.values()


class _Drawn:
    """Where the boxes of a picture lie, and which words stand inside which of them."""

    def __init__(self, picture: Picture) -> None:
        """Find for each state the states around it, and the leaf at which arrows are fastened."""
        self.around: dict[str, tuple[str, ...]] = {}
        self.fastening: dict[str, str] = {}
        self.entries: dict[str, str] = {}
        self.main = set(zip(picture.main, picture.main[1:], strict=False))
        self._place(picture.boxes, ())
        self.bundles = list(_bundles(picture.arrows))

    def _place(self, boxes: Iterable[Box], around: tuple[str, ...]) -> None:
        for box in boxes:
            leaves = [leaf.name for leaf in _leaves(box)]
            self.around[box.name] = around
            if box.entry is not None:
                self.entries[box.name] = box.entry
            self.fastening[box.name] = leaves[len(leaves) // 2]
            self._place(box.inner or (), (*around, box.name))

    def cards(self, inside: str | None) -> Iterator[str]:
        """Yield the words on arrows whose inmost common surroundings are ``inside``."""
        for bundle in self.bundles:
            source, target = bundle[0].source, bundle[0].target
            common = [s for s in self.around[source] if s in self.around[target]]
            if (common[-1] if common else None) == inside:
                width = _WIDE if self._is_main(source, target) else _NARROW
                rows = "".join(_label(arrow, width) for arrow in bundle)
                yield f"{_card(bundle)} [label=<{_framed(rows, 0, pad=2)}>]"

    def lines(self) -> Iterator[str]:
        """Yield the lines from state to words, from words to state, and on into compounds."""
        taken: set[str] = set()
        for bundle in self.bundles:
            yield from self._line(bundle)
            if any(arrow.taken for arrow in bundle):
                taken.update(self._entered(bundle))
        for compound, first in self.entries.items():
            more = ["weight=20", *([_TAKEN] if compound in taken else [])]
            yield f"heading_{compound} -> {self._gate(first)} [{', '.join(more)}]"

    def _gate(self, state: str) -> str:
        return f"heading_{state}" if state in self.entries else f"state_{state}"

    def _entered(self, bundle: Sequence[Arrow]) -> Sequence[str]:
        """Return the compounds that an arrow enters at their entries, inmost first."""
        found: list[str] = []
        inside = bundle[0].target
        for compound in reversed(self.around[inside]):
            if compound in self.around[bundle[0].source] or self.entries[compound] != inside:
                break
            found.append(compound)
            inside = compound
        return found

    def _line(self, bundle: Sequence[Arrow]) -> Iterator[str]:
        source, target, card = bundle[0].source, bundle[0].target, _card(bundle)
        left = next((arrow.left for arrow in bundle if arrow.left), None)
        tail, head = left or self.fastening[source], self.fastening[target]
        more = ["weight=20"] if self._is_main(source, target) else []
        if any(arrow.taken for arrow in bundle):
            more.append(_TAKEN)
        out = [f"ltail=cluster_{source}"] if tail != source else []
        into = [f"cluster_{target}"] if head != target else []
        if bundle[0].is_return:
            # Drawn from its end, so that it does not turn the order of the states round.
            into = [f"ltail={cluster}" for cluster in into]
            out = [part.replace("ltail", "lhead") for part in out]
            yield f"state_{head} -> {card} [{', '.join(['dir=back', *into, *more])}]"
            yield f"{card} -> state_{tail} [{', '.join(['dir=none', *out, *more])}]"
        else:
            into = [f"lhead={cluster}" for cluster in into]
            yield f"state_{tail} -> {card} [{', '.join(['dir=none', *out, *more])}]"
            gate = self._gate([target, *self._entered(bundle)][-1]) if not into else f"state_{head}"
            yield f"{card} -> {gate} [{', '.join(['dir=forward', *into, *more])}]"

    def _is_main(self, source: str, target: str) -> bool:
        return (source, target) in self.main


def _card(bundle: Sequence[Arrow]) -> str:
    return f"arrow_{bundle[0].source}__{bundle[0].target}"


def _label(arrow: Arrow, width: int) -> str:
    """Return the words on an arrow: what it is, who may, after when, on which guards."""
    lines = [f"<b>{_broken(arrow.title, width)}</b>", _broken(arrow.owners, width)]
    if arrow.after:
        lines.append(_broken(arrow.after, width))
    for place, guard in enumerate(arrow.guards):
        text = f"and{TIE}{guard}" if place else f"if{TIE}{guard}"
        lines.append(f"<i>{_broken(text, width)}</i>")
    lines += [f"<b>taken {_escaped(at)}</b>" for at in arrow.taken]
    return f'<tr><td align="left" balign="left">{"<br/>".join(lines)}</td></tr>'
