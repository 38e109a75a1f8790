"""What every command prints on every shipped definition and scenario is what it printed before.

A file of ``record/`` holds a line for each command: its exit code, a digest of all
that it printed and wrote, and the command. A change that should alter no output alters
no line. ``PHASEFLOW_WRITE_EXAMPLES=1`` writes the record anew; ``PHASEFLOW_TRANSCRIPTS=DIR``
also keeps what was printed, to be compared with that of another commit.
"""

import hashlib
import os
import shlex
import shutil
from collections.abc import Iterator
from functools import cache
from itertools import count, permutations
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from tests.journal.signer import signer

from phaseflow.cli.main import cli
from phaseflow.language.rules.registry import codes
from phaseflow.language.scenario import parse_scenario

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
RECORD = HERE / "record"
SCRIPTS = HERE / "scripts"
DEFINITIONS = ROOT / "definitions"
WRITE = os.environ.get("PHASEFLOW_WRITE_EXAMPLES") == "1"
TRANSCRIPTS = os.environ.get("PHASEFLOW_TRANSCRIPTS")
PARTIES = ("north", "south", "watch", "guide", "recorder")

pytestmark = pytest.mark.usefixtures("played_once")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with the plan, the definitions and the keys, in which chance is counted."""
    shutil.copy(ROOT / "tests" / "cli" / "plan.yaml", tmp_path / "plan.yaml")
    (tmp_path / "definitions").symlink_to(DEFINITIONS)
    (tmp_path / "keys").mkdir()
    for party in PARTIES:
        signer(party).write(tmp_path / "keys", party)
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("PHASEFLOW_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("COLUMNS", "80")
    drawn = count()

    def counted(size: int) -> str:
        return hashlib.sha256(f"{size}/{next(drawn)}".encode()).hexdigest()[: 2 * size]

    # Names of unfinished files are drawn too, of another size, and show nowhere.
    monkeypatch.setattr("secrets.token_hex", lambda size: counted(size) if size == 16 else "part")
    return tmp_path


@cache
def chapters() -> dict[str, list[str]]:
    """Return the commands of the record, in order: of the help, each definition, and the scripts."""
    found = {"help": ["--help", *(f"{' '.join(path)} --help" for path in helped(cli, ()))]}
    found["rules"] = [f"explain {code}" for code in codes()]
    for folder in sorted(path for path in DEFINITIONS.iterdir() if path.is_dir()):
        found[folder.name] = [*of_texts(folder), *of_scenarios(folder)]
    for script in sorted(SCRIPTS.glob("*.txt")):
        lines = script.read_text(encoding="utf-8").splitlines()
        found[script.stem] = [line for line in lines if not line.startswith("#")]
    return found


def of_texts(folder: Path) -> Iterator[str]:
    """Yield the commands that look at the definitions in ``folder``, and compare them."""
    names = [file.relative_to(ROOT) for file in sorted(folder.glob("*.yaml"))]
    for name in names:
        for options in ("", " --advice --json"):
            yield f"check {name}{options}"
        yield f"fmt --check {name}"
        yield f"prose {name}"
        for options in ("", " --format dot"):
            yield f"draw {name}{options}"
    for one, other in permutations(names, 2):
        yield f"compare {one} {other}"
        yield f"compare {one} {other} --json"


def of_scenarios(folder: Path) -> Iterator[str]:
    """Yield the commands that play the scenarios in ``folder``, and draw what comes of them."""
    for file in sorted(folder.glob("scenarios/*.yaml")):
        named = parse_scenario(file.read_bytes(), str(file)).definition
        text = (file.parent / (named or "../definition.yaml")).resolve().relative_to(ROOT)
        played = f"{text} --scenario {file.relative_to(ROOT)}"
        for options in ("", " --json"):
            yield f"rehearse {text} {file.relative_to(ROOT)}{options}"
        for options in ("", " --json", " --format svg"):
            yield f"timeline {played}{options}"
        yield f"draw {played} --format dot"


def helped(group: click.Group, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the path of every command below ``group``."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from helped(command, (*path, name))


def written(directory: Path, known: dict[Path, bytes]) -> Iterator[str]:
    """Yield the text files that are new or changed since ``known``, which is brought up to date."""
    for path in sorted(directory.rglob("*")):
        if path.is_symlink() or not path.is_file() or ".db" in path.name:
            continue
        if "definitions" in path.parts:
            continue
        content = path.read_bytes()
        if known.get(path) != content:
            known[path] = content
            yield f"--- {path.relative_to(directory)}\n{content.decode(errors='replace')}"


@pytest.mark.parametrize("chapter", chapters())
def test_every_command_prints_what_it_printed_before(chapter: str, here: Path) -> None:
    known: dict[Path, bytes] = {}
    list(written(here, known))
    lines, transcript = [], []
    for command in chapters()[chapter]:
        done = CliRunner().invoke(cli, shlex.split(command), catch_exceptions=False)
        told = "".join([done.output, *written(here, known)]).replace(str(here), "HERE")
        lines.append(f"{done.exit_code} {hashlib.sha256(told.encode()).hexdigest()[:16]} {command}")
        transcript.append(f"$ {command}\n{told}[{done.exit_code}]\n")
    if TRANSCRIPTS:
        Path(TRANSCRIPTS, f"{chapter}.txt").write_text("\n".join(transcript), encoding="utf-8")
    record = RECORD / f"{chapter}.txt"
    if WRITE:
        record.write_text("\n".join(lines) + "\n", encoding="utf-8")

    assert lines == record.read_text(encoding="utf-8").splitlines()
