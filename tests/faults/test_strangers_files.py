"""Files of strangers are read up to a bound, and nothing waits for one that never ends."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.attacks.verdicts import SINGLE_FILE
from tests.cli.conftest import Run

from phaseflow import untrusted_files
from phaseflow.cli.main import cli
from phaseflow.errors import JournalBroken
from phaseflow.journal import folder

GIGABYTE = 1 << 30
MEMORY = 100 << 20
PROCESSOR_TIME = 5.0
"""Seconds; to read any of these files to its end takes longer, where it fits in memory at all."""


def sparse(path: Path, size: int, end: bytes = b"") -> Path:
    """Write a file of that size, which takes no place on the disk."""
    with path.open("wb") as file:
        file.truncate(size)
        file.seek(0, os.SEEK_END)
        file.write(end)
    return path


@pytest.fixture
def exported(run: Run, here: Path) -> Path:
    """An exported journal with one checkpoint."""
    run("open", "plan.yaml", "--label", "p", "--rehearsal", "--now", "2025-03-01T09:00")
    run("audit", "export", "p", "exported")
    return here / "exported"


# What the process itself has used: the figures that its parent is given count the parent's memory.
MEASURED = """
import resource, runpy, sys
module, sys.argv[1:] = sys.argv[1], sys.argv[2:]
try:
    (runpy.run_path if module.endswith(".py") else runpy.run_module)(module, run_name="__main__")
finally:
    used = resource.getrusage(resource.RUSAGE_SELF)
    peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]
    print("used", peak, used.ru_utime + used.ru_stime, file=sys.stderr)
"""


def spent(module: object, *given: object) -> tuple[int, str]:
    """Run a program to its end; return its exit code and words, if it took little of everything."""
    command = [sys.executable, "-c", MEASURED, str(module), *map(str, given)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    _, kilobytes, seconds = done.stderr.splitlines()[-1].split()
    assert int(kilobytes) * 1024 < MEMORY
    assert float(seconds) < PROCESSOR_TIME
    return done.returncode, done.stdout + done.stderr


def entries_of_6_gb(exported: Path) -> tuple[object, ...]:
    sparse(exported / "entries.jsonl", 6 * GIGABYTE)
    return ("audit", "verify", exported)


def a_line_of_1500_mb(exported: Path) -> tuple[object, ...]:
    sparse(exported / "entries.jsonl", 3 * GIGABYTE // 2, b"\n")
    return ("audit", "verify", exported)


def a_checkpoint_of_20_gb(exported: Path) -> tuple[object, ...]:
    (exported / "checkpoints").mkdir()
    sparse(exported / "checkpoints" / "00000001.txt", 20 * GIGABYTE)
    return ("audit", "verify", exported)


def a_pin_of_20_gb(exported: Path) -> tuple[object, ...]:
    return ("audit", "verify", exported, "--pin", sparse(exported.parent / "pin", 20 * GIGABYTE))


def a_definition_of_20_gb(exported: Path) -> tuple[object, ...]:
    [definition] = (exported / "definitions").iterdir()
    sparse(definition, 20 * GIGABYTE)
    return ("audit", "verify", exported)


LARGE = (
    entries_of_6_gb,
    a_line_of_1500_mb,
    a_checkpoint_of_20_gb,
    a_pin_of_20_gb,
    a_definition_of_20_gb,
)
Spoil = Callable[[Path], tuple[object, ...]]


@pytest.mark.parametrize("spoil", LARGE)
def test_an_export_that_holds_too_much_is_refused_at_its_bound(
    exported: Path, spoil: Spoil
) -> None:
    code, words = spent("phaseflow.cli", *spoil(exported))

    assert code == 3
    assert "bytes, which a" in words


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="the single file asks for it")
@pytest.mark.parametrize("spoil", LARGE)
def test_the_single_file_refuses_it_at_the_same_bound(exported: Path, spoil: Spoil) -> None:
    _, _, *given = spoil(exported)

    code, words = spent(SINGLE_FILE, *given)

    assert code == 3
    assert '"holds": false' in words


@pytest.mark.parametrize("command", [("mirror", "copy", "exported", "--id"), ("audit", "cosign")])
def test_a_copy_is_refused_where_the_export_holds_too_much(
    exported: Path, command: tuple[str, ...]
) -> None:
    sparse(exported / "README", 20 * GIGABYTE)
    own = ("exported", "--by", "north", "--sign-with", "key", "--id")
    given = (*command, *(own if "cosign" in command else ()), "0" * 64)

    code, words = spent("phaseflow.cli", *given)

    assert code == 3
    assert "README cannot be read: it has more than 1048576 bytes" in words


def test_a_line_at_the_bound_is_read_and_one_byte_more_is_not(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    line = b"x" * (untrusted_files.LINE.size - 1) + b"\n"

    path.write_bytes(line + line)
    assert [len(one) for one in untrusted_files.lines(path, untrusted_files.LINE)] == [
        untrusted_files.LINE.size
    ] * 2

    path.write_bytes(line + b"x" + line)
    with pytest.raises(OSError, match="more than 2097152 bytes") as caught:
        list(untrusted_files.lines(path, untrusted_files.LINE))
    assert caught.value.strerror


def test_the_entry_with_a_line_that_is_too_long_is_named(exported: Path) -> None:
    with (exported / "entries.jsonl").open("ab") as file:
        file.write(b"{" * (untrusted_files.LINE.size + 1))

    with pytest.raises(JournalBroken, match="entry 1 is refused") as caught:
        list(folder.read_lines(exported))

    assert (caught.value.seq, caught.value.rule) == (1, "canonical")


def test_a_folder_with_too_many_files_is_refused(
    exported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(untrusted_files, "FILES_AT_MOST", 3)

    with pytest.raises(JournalBroken, match="more than 3 files") as caught:
        folder.check_inventory(exported)

    assert caught.value.rule == "file"


@pytest.fixture
def pipe(here: Path) -> Iterator[Path]:
    """A pipe into which nobody writes; who waits for it is woken, and fails."""
    path = here / "pipe.yaml"
    os.mkfifo(path)

    def woken(*_: object) -> None:
        pytest.fail("it waits for a pipe")

    before = signal.signal(signal.SIGALRM, woken)
    signal.alarm(100)
    yield path
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


NAMED = {
    "check": "check {}",
    "fmt": "fmt {}",
    "prose": "prose {}",
    "compare": "compare plan.yaml {}",
    "draw": "draw {}",
    "rehearse a definition": "rehearse {} scenario.yaml",
    "rehearse a scenario": "rehearse plan.yaml {}",
    "timeline": "timeline plan.yaml --scenario {}",
    "open": "open {}",
    "open --key": "open plan.yaml --key north={}",
    "amend": "amend p {} --by north",
    "withdraw --edition": "withdraw p --edition {} --by north",
    "--evidence": "note p --note x --by north --evidence {}",
    "--sign-with": "note p --note x --by north --sign-with {}",
    "key set": "key set p {} --by north",
    "file": "file {}",
    "file SIGNATURE": "file {stmt} {}",
    "--pin": "audit verify p --pin {}",
    "audit collect": "audit collect {}",
    "--recorder-key": "audit checkpoint p --recorder-key {}",
}


@pytest.mark.parametrize("name", NAMED)
def test_a_pipe_is_refused_wherever_a_file_is_named(signed: Run, pipe: Path, name: str) -> None:
    Path("stmt.json").write_text(
        signed("draft", "note", "p", "--note", "x", "--by", "north").stdout
    )
    Path("scenario.yaml").write_text("")
    words = NAMED[name].format(pipe, stmt="stmt.json").split()

    result = CliRunner().invoke(cli, words, catch_exceptions=False)

    assert result.exit_code in {1, 2, 3}
    assert "pipe.yaml" in result.stderr
    assert "it is a pipe, which may never end; save it to a file, and name that" in result.stderr


def test_defaults_that_are_a_pipe_keep_nobody_waiting(
    run: Run, pipe: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHASEFLOW_CONFIG", str(pipe))

    assert "it is a pipe" in run("list", code=2).stderr


def test_a_device_is_refused_as_a_pipe_is(run: Run) -> None:
    assert "it is a device" in run("check", "/dev/zero", code=2).stderr


def test_an_edition_of_a_scenario_may_not_be_a_pipe(run: Run, pipe: Path) -> None:
    plan, scenario = Path("plan.yaml"), Path("scenario.yaml")
    scenario.write_text(
        "title: x\ndefinition: plan.yaml\nevents:\n"
        "  - {at: 2025-03-01T10:00, by: north, amend: {definition: pipe.yaml}}\n"
    )

    result = run("rehearse", plan, scenario, code=1)

    assert "it is a pipe" in " ".join(result.output.split())


def test_the_single_file_waits_for_no_pin_that_is_a_pipe(exported: Path, pipe: Path) -> None:
    code, words = spent(SINGLE_FILE, exported, "--pin", pipe)

    assert (code, '"rule": "pin"' in words) == (3, True)


def test_evidence_of_any_size_is_hashed_in_little_memory(
    here: Path, signed: Run, tmp_path: Path
) -> None:
    sparse(tmp_path / "film", 200 << 20)

    code, words = spent(
        *("phaseflow.cli", "draft", "note", "p", "--by", "north"),
        *("--note", "x", "--evidence", tmp_path / "film"),
    )

    assert code == 0
    assert "72abf2ca8f36943ebe2e49ca3a51d409ca5f0bfcffab6c9d25643c17c32889da" in words


def test_no_receipt_is_written_through_a_link_in_a_folder_of_strangers(
    signed: Run, keys: Path, here: Path
) -> None:
    inbox, elsewhere = here / "inbox", here / "elsewhere"
    inbox.mkdir()
    elsewhere.mkdir()
    draft(signed, inbox / "a.json")
    sign(keys / "north", inbox / "a.json")
    (inbox / "receipts").symlink_to(elsewhere)

    result = signed("file", inbox, "--recorder-key", keys / "recorder", code=6)

    assert "receipts is a link" in " ".join(result.output.split())
    assert not list(elsewhere.iterdir())


def test_no_receipt_is_written_through_a_link_within_the_receipts(
    signed: Run, keys: Path, here: Path
) -> None:
    inbox, elsewhere = here / "inbox", here / "elsewhere"
    (inbox / "receipts").mkdir(parents=True)
    elsewhere.mkdir()
    draft(signed, inbox / "a.json")
    sign(keys / "north", inbox / "a.json")
    (inbox / "receipts" / "a.json").symlink_to(elsewhere)

    result = signed("file", inbox, "--recorder-key", keys / "recorder", code=6)

    assert "a.json is a link" in " ".join(result.output.split())
    assert not list(elsewhere.iterdir())


def draft(run: Run, path: Path) -> None:
    run("draft", "note", "p", "--note", "x", "--by", "north", "--output", path)


def sign(key: Path, path: Path) -> None:
    options = ["-q", "-Y", "sign", "-n", "statement.v1@phaseflow", "-f", str(key), str(path)]
    subprocess.run(["ssh-keygen", *options], check=True, capture_output=True)


def test_what_nobody_would_read_to_its_end_is_not_filed(signed: Run) -> None:
    sources = [part for _ in range(12) for part in ("--source", "x" * 100_000)]

    result = signed("draft", "note", "p", "--by", "north", *sources, code=2)

    assert "it has more than 1048576 bytes, which a statement never has" in result.stderr


def test_where_the_operator_names_a_folder_for_receipts_a_link_elsewhere_is_no_matter(
    signed: Run, keys: Path, here: Path
) -> None:
    inbox = here / "inbox"
    inbox.mkdir()
    draft(signed, inbox / "a.json")
    sign(keys / "north", inbox / "a.json")
    (inbox / "receipts").symlink_to(here / "nowhere")

    signed("file", inbox, "--recorder-key", keys / "recorder", "--receipts", here / "given")

    assert list((here / "given").rglob("*.txt"))
