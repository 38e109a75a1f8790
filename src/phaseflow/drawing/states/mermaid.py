"""A picture as a Mermaid flow chart, which code hosts and wikis draw by themselves."""

import json
import re
import textwrap
from collections.abc import Iterable, Iterator

from phaseflow.drawing.states.diagram import Arrow, Box, ObligationLine, Picture
from phaseflow.model.visible import clean

_WIDTH = 48
# What Mermaid reads as something else within a quoted text: the end of it, entities, tags,
# directives and comments (%), Markdown, formulas ($), line breaks (\n), and what its own
# entities are made of; then words that it looks for in all of its text.
_MARKED = {'"': "#quot;", "#": "#35;", "&": "#amp;", "<": "#lt;", ">": "#gt;"} | {
    character: f"#{ord(character)};" for character in "`%$\\\ufb02\xb6"
}
_WORDS = re.compile(r"style|classDef|(?<=fa)[bklrs]?:")
_LOOKS = """\
  classDef default fill:#ffffff,stroke:#000000,color:#000000,text-align:left
  classDef final stroke-width:3px
  classDef present fill:#000000,color:#ffffff
  classDef duties stroke-dasharray:4"""


def mermaid(picture: Picture) -> str:
    """Return ``picture`` as a Mermaid document; the same picture gives the same text."""
    lines = [
        "---",
        f"title: {_quoted(f'{picture.title}, {picture.subtitle}')}",
        "---",
        "flowchart TB",
    ]
    if picture.lines:
        lines.append(_node("  ", "duties", ["In every state", *_duties(picture.lines)], "duties"))
    for box in picture.boxes:
        lines += _box(box, "  ")
    for place, arrow in enumerate(picture.arrows):
        lines.append(_arrow(arrow))
        if arrow.taken:
            lines.append(f"  linkStyle {place} stroke-width:4px")
    return "\n".join([*lines, _LOOKS]) + "\n"


def _box(box: Box, margin: str) -> Iterator[str]:
    if box.inner is None:
        kind = "final" if box.is_final else "default"
        if box.is_present:
            kind = "present"
        words = [f"<b>{_escaped(box.title)}</b>"]
        words += [f"<i>{_escaped(text)}</i>" for text in (box.remark, *box.stays) if text]
        yield _node(margin, f"state_{box.name}", [*words, *_duties(box.lines)], kind)
        return
    yield f'{margin}subgraph state_{box.name}["{_escaped(box.title)}"]'
    if box.lines:
        yield _node(margin + "  ", f"duties_{box.name}", _duties(box.lines), "duties")
    for inner in box.inner:
        yield from _box(inner, margin + "  ")
    yield margin + "end"


def _node(margin: str, name: str, lines: Iterable[str], kind: str) -> str:
    return f'{margin}{name}["{"<br/>".join(lines)}"]:::{kind}'


def _duties(lines: Iterable[ObligationLine]) -> Iterator[str]:
    for line in lines:
        text = f"{line.who}: {line.what}, {line.when}"
        marked = _escaped(text)
        is_late = line.standing in ("breached", "overdue")
        standing = f"<b>{line.standing}</b>" if is_late else line.standing
        yield f"{marked}; {standing}" if standing else marked


def _arrow(arrow: Arrow) -> str:
    lines = [f"<b>{_escaped(arrow.title)}</b>", _escaped(arrow.owners)]
    if arrow.after:
        lines.append(_escaped(arrow.after))
    for place, guard in enumerate(arrow.guards):
        text = f"and {guard}" if place else f"if {guard}"
        lines += map(_escaped, textwrap.wrap(text, _WIDTH, break_long_words=False))
    lines += [f"<b>taken {_escaped(at)}</b>" for at in arrow.taken]
    return f'  state_{arrow.source} -->|"{"<br/>".join(lines)}"| state_{arrow.target}'


def _escaped(text: str) -> str:
    """Return ``text`` as a quoted text holds it, with the entities of Mermaid."""
    marked = "".join(_MARKED.get(character, character) for character in _on_a_line(text))
    return _WORDS.sub(lambda found: f"#{ord(found[0][0])};{found[0][1:]}", marked)


def _quoted(text: str) -> str:
    """Return ``text`` as YAML in double quotes, with no tag or directive that Mermaid would find."""
    quoted = json.dumps(_on_a_line(text), ensure_ascii=False)
    return quoted.replace("<", r"\u003c").replace("%", r"\u0025")


def _on_a_line(text: str) -> str:
    return clean(" ".join(text.split()))
