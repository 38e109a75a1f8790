"""The single file: short, with nothing but the standard library, and of one mind with the package."""

import ast
import json
import shutil
import subprocess
import sys
from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.attacks.conftest import Judge
from tests.attacks.forge import History, Value, leaves, rechained, spelled
from tests.attacks.verdicts import SINGLE_FILE, by_package
from tests.lengths import examples


def test_it_is_short_enough_to_be_read() -> None:
    assert len(SINGLE_FILE.read_text().splitlines()) <= 150


def test_it_needs_nothing_but_the_standard_library() -> None:
    tree = ast.parse(SINGLE_FILE.read_text())
    imported = {
        alias.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }

    assert not any(isinstance(node, ast.ImportFrom) for node in ast.walk(tree))
    assert imported <= sys.stdlib_module_names


needs_ssh_keygen = pytest.mark.skipif(
    shutil.which("ssh-keygen") is None,
    reason="ssh-keygen is not installed (openssh-client on Debian): every case of tests/attacks "
    "is judged by the package alone",
)


def run(*given: str, **more: Any) -> "subprocess.CompletedProcess[str]":
    # Isolated: nothing that is installed here can be found.
    command = [sys.executable, "-I", str(SINGLE_FILE), *given]
    return subprocess.run(command, capture_output=True, text=True, check=False, **more)


@needs_ssh_keygen
def test_run_as_a_program_it_prints_the_verdict_and_ends_with_it(
    good: History, tmp_path: Path, pin: Path
) -> None:
    bundle = good.write(tmp_path / "bundle")

    done = run(str(bundle), "--id", good.id, "--pin", str(pin), "--pin", str(pin))
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == by_package(bundle, good.id, [pin, pin])

    done = run(str(bundle), "--id", "0" * 64)
    assert (done.returncode, done.stderr) == (3, "")
    assert json.loads(done.stdout) == {"holds": False, "rule": "genesis", "entry": 0}


def test_without_ssh_keygen_it_says_so_and_accuses_nobody(good: History, tmp_path: Path) -> None:
    done = run(str(good.write(tmp_path / "bundle")), env={"PATH": "/nowhere"})

    assert (done.returncode, done.stdout) == (2, "")
    assert "ssh-keygen is not installed" in done.stderr


VALUES: list[Any] = [
    None,
    True,
    False,
    0,
    1,
    2**53 - 1,
    "",
    "x",
    "-5",
    "recorder",
    "open",
    "key.set",
    "waived",
    "release.women",
    "0" * 32,
    "0" * 64,
    "2025-01-15",
    "2025-02-29",
    "2025-01-15T12:00:00Z",
    "3000-01-01T00:00:00Z",
    [],
    [0],
    ["x"],
    [[]],
    {},
    {"total": 1},
    {"@commit": "0" * 64},
    {"hash": "0" * 64, "seq": 0},
    {"a.b": {"key": None, "role": ""}},
]
MEMBERS = ["amount", "due", "entry", "text", "seen", "until", "evidence", "from", "rehearsal", "z"]
within_reason = settings(
    max_examples=examples(80), suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def put(entries: list[Value], way: tuple[Any, ...], value: Any, name: str | None) -> None:
    """Put ``value`` at ``way``, or beside it under ``name``."""
    *path, last = way
    holder: Any = entries
    for key in path:
        holder = holder[key]
    if name is not None and isinstance(holder, dict):
        holder[name] = value
    else:
        holder[last] = value


@needs_ssh_keygen
@within_reason
@given(st.data())
def test_whatever_stands_in_an_entry_all_verifiers_find_the_same(
    judge: Judge, original: History, data: st.DataObject
) -> None:
    seq = data.draw(st.integers(0, 16))
    way = (seq, *data.draw(st.sampled_from(list(leaves(original.entries[seq])))))
    value = deepcopy(data.draw(st.sampled_from(VALUES)))
    name = data.draw(st.none() | st.sampled_from(MEMBERS))
    forged = deepcopy(original)
    put(forged.entries, way, value, name)
    forged.lines[seq] = spelled(forged.entries[seq])

    judge(forged)
    if len(way) > 2:
        judge(rechained(original, partial(put, way=way, value=value, name=name)), known=None)


@needs_ssh_keygen
@within_reason
@given(st.data())
def test_whichever_byte_is_changed_all_verifiers_find_the_same(
    judge: Judge, original: History, data: st.DataObject
) -> None:
    seq = data.draw(st.integers(0, 16))
    forged = deepcopy(original)
    line = bytearray(forged.lines[seq].encode())
    place = data.draw(st.integers(0, len(line) - 1))
    line[place : place + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=2))
    forged.lines[seq] = line.decode("latin-1")

    judge(forged, raw=seq)
