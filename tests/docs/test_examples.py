"""What the README, the tutorial and the README of two editions show is what happens.

Fenced ``yaml`` blocks that begin with ``# file: NAME`` are written to an empty
directory, and ``console`` blocks are run there, in the order of the document.
A line ``$ COMMAND`` is followed by its output. Ids and hashes are others in each
run: a hexadecimal number of 8 digits and more stands for one of the run, the same
one in the whole document. The digest of a text is the same in every run. The width
of gaps does not matter, and the line that tells the nonce of a statement is left out.

``PHASEFLOW_WRITE_EXAMPLES=1`` writes into a document what the commands printed, if
any of it differs.
"""

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.warm import python

ROOT = Path(__file__).parents[2]
DOCUMENTS = ("README.md", "docs/tutorial.md", "definitions/bridging_proposal/README.md")
FENCE = re.compile(r"```(\w*)\s*")
FILE = re.compile(r"# file: ([\w./-]+)")
LONG_HEX = re.compile(r"\b[0-9a-f]{8,}\b")
DIGEST = re.compile(r"(?:SHA-256|Digest) ([0-9a-f]{64})\b")
NONCE = re.compile(r"nonce [0-9a-f]{32}\b")
WRITE = os.environ.get("PHASEFLOW_WRITE_EXAMPLES") == "1"
START = "#!{}\nfrom phaseflow.cli.main import main\n\nraise SystemExit(main())\n"


@dataclass(frozen=True, slots=True)
class File:
    """A file that the reader is told to write."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Command:
    """A command, and the lines of its output: ``first`` to ``last``, exclusive, from 0."""

    text: str
    output: str
    first: int
    last: int


def examples(lines: list[str]) -> Iterator[File | Command]:
    """Yield what a document tells its reader to do, in order."""
    start = 0
    while start < len(lines):
        language = FENCE.fullmatch(lines[start])
        if language is None:
            start += 1
            continue
        end = lines.index("```", start + 1)
        name = FILE.fullmatch(lines[start + 1])
        if name is not None:
            yield File(name[1], "\n".join(lines[start + 1 : end]) + "\n")
        elif language[1] == "console":
            yield from commands(lines, start + 1, end)
        start = end + 1


def commands(lines: list[str], start: int, end: int) -> Iterator[Command]:
    """Yield the commands of one block."""
    while start < end:
        first = start
        while lines[first].endswith("\\"):
            first += 1
        first += 1
        last = first
        while last < end and not lines[last].startswith("$ "):
            last += 1
        text = "\n".join(lines[start:first]).removeprefix("$ ")
        yield Command(text, "\n".join(lines[first:last]), first, last)
        start = last


def is_like(shown: str, printed: str, names: dict[str, str]) -> bool:
    """Tell whether what is ``shown`` fits what was ``printed``.

    ``names`` are the beginnings of numbers of the document, each with that of the
    run for which it stands; those that are new are added.
    """
    shown, printed = (" ".join(text.split()) for text in (shown, printed))
    if LONG_HEX.sub("#", shown) != LONG_HEX.sub("#", printed):
        return False
    if DIGEST.findall(shown) != DIGEST.findall(printed):
        return False
    known = dict(names)
    for one, other in zip(LONG_HEX.findall(shown), LONG_HEX.findall(printed), strict=True):
        if len(one) != len(other) or known.setdefault(one[:8], other[:8]) != other[:8]:
            return False
    if len({*known.values()}) < len(known):
        return False
    names |= known
    return True


class Shell:
    """Runs commands in a directory of their own, where ``phaseflow`` is on the path."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory / "work"
        self.directory.mkdir()
        program = directory / "bin" / "phaseflow"
        program.parent.mkdir()
        program.write_text(START.format(python()))
        program.chmod(0o755)
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("PHASEFLOW_")}
        self.environment = inherited | {
            "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT / "src"),
            "COLUMNS": "100",
            "NO_COLOR": "1",
            "XDG_CONFIG_HOME": str(directory / "config"),
            "TZ": "UTC",
        }
        self.code = 0

    def run(self, command: str) -> str:
        """Return what ``command`` printed; the next one finds its exit code in ``$?``."""
        done = subprocess.run(
            ["bash", "-c", f"(exit {self.code})\n{command}"],
            cwd=self.directory,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.code = done.returncode
        lines = (line.rstrip() for line in done.stdout.splitlines())
        return "\n".join(line for line in lines if not NONCE.match(line))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_examples_of_a_document_do_what_it_shows(document: str, tmp_path: Path) -> None:
    pytest.importorskip("phaseflow.cli.main", reason="there is no command line yet")
    path = ROOT / document
    lines = path.read_text(encoding="utf-8").splitlines()
    shell = Shell(tmp_path)
    (shell.directory / "definitions").symlink_to(ROOT / "definitions")

    ran: list[tuple[Command, str]] = []
    for example in examples(lines):
        if isinstance(example, File):
            (shell.directory / example.name).write_text(example.text, encoding="utf-8")
            continue
        ran.append((example, shell.run(example.text)))

    names: dict[str, str] = {}
    differing = [one for one in ran if not is_like(one[0].output, one[1], names)]
    if WRITE and differing:
        for example, printed in reversed(ran):
            lines[example.first : example.last] = printed.splitlines()
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return
    told = [
        f"{document}:{example.first}: $ {example.text}\nshows\n{example.output}\nprinted\n{printed}"
        for example, printed in differing
    ]
    assert not told, "\n\n".join(told)


def test_a_number_of_a_run_has_one_name_in_a_document() -> None:
    names: dict[str, str] = {}

    assert is_like("id 0123abcd", "id   fedcba98", names)
    assert is_like("head 0123abcd99", "head fedcba9811", names)
    assert not is_like("id 0123abcd", "id 11111111", names)
    assert not is_like("id 22222222", "id fedcba98", names)
    assert not is_like("id 0123abcd", "id fedcba9811", names)
    assert not is_like(f"SHA-256 {'1' * 64}", f"SHA-256 {'2' * 64}", {})
    assert not is_like("entry 3", "entry 4", {})
    assert not is_like("", "something", {})


def test_commands_files_and_outputs_are_found_in_a_document() -> None:
    lines = [
        "Text.",
        "```yaml",
        "# file: a.yaml",
        "a: 1",
        "```",
        "```console",
        "$ one \\",
        "    --more",
        "out",
        "$ two",
        "```",
    ]

    assert list(examples(lines)) == [
        File("a.yaml", "# file: a.yaml\na: 1\n"),
        Command("one \\\n    --more", "out", 8, 9),
        Command("two", "", 10, 10),
    ]


def test_every_link_between_documents_leads_somewhere() -> None:
    folders = (ROOT / "docs", ROOT / "definitions")
    documents = [ROOT / "README.md", ROOT / "CHANGELOG.md"]
    documents += [path for folder in folders for path in folder.rglob("*.md")]
    link = re.compile(r"\]\(([^)#:]+)(?:#[\w-]*)?\)")

    dead = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in documents
        for target in link.findall(path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]

    assert not dead
