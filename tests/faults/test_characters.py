"""No character that steers a terminal reaches one, and pictures stay valid under any title."""

import json
import re
import shutil
import unicodedata
from pathlib import Path
from xml.dom import minidom

import msgspec
import pytest
import yaml
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.faults.program import on_terminal
from tests.lengths import examples

from phaseflow.cli.main import cli
from phaseflow.cli.safe_streams import GREEN
from phaseflow.drawing.graphviz import rendered
from phaseflow.drawing.states.diagram import Box, Picture
from phaseflow.drawing.states.dot import dot
from phaseflow.drawing.states.mermaid import mermaid
from phaseflow.drawing.svg import Canvas
from phaseflow.service.draw import of_definition

PLAN = Path(__file__).parents[1] / "cli" / "plan.yaml"
HOSTILE = "a\x1b[31mb\x9b2J\u202ec\u200bd\x7fe\x08" + GREEN
NOTE = "a\x9b31mb\u202ec\u200bd"
OURS = re.compile(rb"\x1b\[(1|31|32|33|0)m|\r\n")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a rehearsal ``p`` that holds a hostile note."""
    shutil.copy(PLAN, tmp_path / "plan.yaml")
    monkeypatch.chdir(tmp_path)
    for name in ("PHASEFLOW_DATABASE", "PHASEFLOW_CONFIG", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for command in (
        ["open", "plan.yaml", "--label", "p", "--rehearsal", "--now", "2025-03-01T09:00"],
        ["note", "p", "--by", "north", "--note", NOTE, "--now", "2025-03-01T09:00"],
    ):
        assert CliRunner().invoke(cli, command).exit_code == 0
    return tmp_path


def steering(sent: bytes) -> list[str]:
    """Return what would steer a terminal, or does not show, beside our own bold and colours."""
    text = OURS.sub(b"", sent).decode()
    return [c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Cn") and c != "\n"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("history", "p"),
        ("history", "p", "--json"),
        ("show", "p", "1"),
        ("show", "p", "1", "--json"),
        ("status", HOSTILE),
        (HOSTILE,),
        ("status", "p", f"--{HOSTILE}"),
        ("check", f"{HOSTILE}.yaml"),
        ("check", "hostile.yaml"),
        ("fmt", "--diff", "hostile.yaml"),
        ("draft", "note", "p", "--by", "north", "--note", NOTE, "--now", "2025-03-01T09:00"),
        ("history", "p", "--newest", HOSTILE),
        ("list", "--database", f"postgresql://{HOSTILE}"),
    ],
    ids=lambda arguments: ascii(" ".join(arguments))[:40],
)
def test_a_terminal_is_sent_nothing_that_steers_it(here: Path, arguments: tuple[str, ...]) -> None:
    (here / "hostile.yaml").write_text(f"title: {HOSTILE}\n", encoding="utf-8")

    sent = on_terminal(*arguments)

    assert sent
    assert steering(sent) == []


def test_the_lines_of_a_journal_stay_byte_for_byte_in_a_file(here: Path) -> None:
    lines = CliRunner().invoke(cli, ["history", "p", "--json"]).stdout_bytes

    assert json.dumps(NOTE, ensure_ascii=False).encode() in lines


def test_a_document_for_programs_escapes_what_does_not_show(here: Path) -> None:
    shown = CliRunner().invoke(cli, ["show", "p", "1", "--json"]).stdout

    assert steering(shown.encode()) == []
    assert json.loads(shown)["entry"]["stmt"]["body"]["text"] == NOTE


def test_the_text_of_an_agreement_is_exact_in_a_file_and_shown_on_a_terminal(here: Path) -> None:
    source = (here / "plan.yaml").read_bytes()

    assert CliRunner().invoke(cli, ["text", "p"]).stdout_bytes == source
    assert on_terminal("text", "p").replace(b"\r\n", b"\n") == source


TITLES = st.text(st.characters(categories=None), max_size=30) | st.sampled_from([
    '"', "\\", "%%{init: {}}%%", "$$x$$", "style:#1;", "classDef a:#b;", "fa:fa-car", "#quot;",
    "`", "<x =", '<a b="c">', "]]>", "&amp;", "\ufb02\xb0\xb060\xb6\xdf", "end", "-->", "---",
    "{{", "|", "\n---\n", "\u2028", "\ud800", " ", "", "\\n", "*/", "</text>", "--",
])  # fmt: skip


def titled(title: str) -> Picture:
    """Return the picture of the plan with ``title`` for everything."""

    def box(one: Box) -> Box:
        inner = None if one.inner is None else tuple(map(box, one.inner))
        lines = tuple(msgspec.structs.replace(line, who=title, what=title) for line in one.lines)
        return msgspec.structs.replace(one, title=title, inner=inner, lines=lines)

    picture = of_definition(PLAN.read_bytes(), "plan.yaml")
    arrows = tuple(msgspec.structs.replace(a, title=title, owners=title) for a in picture.arrows)
    boxes = tuple(map(box, picture.boxes))
    return msgspec.structs.replace(picture, title=title, boxes=boxes, arrows=arrows)


QUOTED = r'"((?:[^"#&`%$\\<>]|#\w+;|</?[bi]>|<br/>)*)"'
MERMAID_LINE = re.compile(
    rf"  +\w+\[{QUOTED}\]:::\w+|  +subgraph \w+\[{QUOTED}\]|  +end|"
    rf"  \w+ -->\|{QUOTED}\| \w+|  linkStyle \d+ [\w:-]+|  classDef [\w:,#-]+ ?[\w:,#-]*"
)


@given(TITLES)
def test_mermaid_is_valid_under_any_title(title: str) -> None:
    head, mark, first, second, *lines = mermaid(titled(title)).removesuffix("\n").split("\n")

    assert (head, first, second) == ("---", "---", "flowchart TB")
    assert yaml.safe_load(mark)["title"].endswith("edition 1")
    assert "%%" not in mark
    assert [line for line in lines if not MERMAID_LINE.fullmatch(line)] == []
    # Mermaid takes the last semicolon from what looks like a style, wherever it stands.
    assert [line for line in lines if re.search(r"(style|classDef).*:\S*#.*;", line)] == []


@settings(max_examples=examples(25))
@example('"]]><b>&\x0b\x9b')
@given(TITLES.filter(str.strip))
def test_dot_and_its_svg_are_valid_under_any_title(title: str) -> None:
    minidom.parseString(rendered(dot(titled(title)), "svg"))  # noqa: S318  our own


@given(TITLES)
def test_svg_is_valid_under_any_title(title: str) -> None:
    sheet = Canvas(100, 5)
    sheet.words((0, 0), title)
    sheet.box((0, 0), 1, 1, "", told=title)

    minidom.parseString(sheet.svg(10, title).encode())  # noqa: S318  our own


def test_a_blank_title_leaves_the_names(here: Path) -> None:
    source = PLAN.read_text().replace("title: Small plan", 'title: " "')

    picture = of_definition(source.encode(), "plan.yaml")

    assert picture.title == "small_plan"
