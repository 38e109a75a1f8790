"""Sixteen processes write into one agreement at once, and nobody is sent away."""

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.faults.writers import note, quick_folder, write_at_once
from tests.warm import python

from phaseflow.errors import StoreUnavailable
from phaseflow.journal.entry import read_entry
from phaseflow.model.statement import Statement
from phaseflow.service import audit, replay
from phaseflow.service.compose import Filing, compose
from phaseflow.service.handed_in import signed_bytes
from phaseflow.service.inbox import Desk
from phaseflow.service.open import OpeningRequest, open_agreement
from phaseflow.storage import writer_turns
from phaseflow.storage.port import Busy
from phaseflow.storage.sql import open_store

PLAN = (Path(__file__).parents[1] / "cli" / "plan.yaml").read_bytes()
NOTES = 8
"""Of each; `make soak` has fifty of each written by the command line."""
ENTER = """
import sys
from pathlib import Path
from phaseflow.storage.writer_turns import turn
with turn(Path(sys.argv[1])):
    print(sys.argv[2], flush=True)
"""
HOLD = """
import sys
from pathlib import Path
from phaseflow.storage.writer_turns import turn
sys.argv = ["phaseflow", "note", "--note", "a secret", *sys.argv[1:]]
with turn(Path(sys.argv[-1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture(params=["sqlite", "postgres"])
def quick_url(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "postgres":
        yield request.getfixturevalue("postgres_url")
        return
    with quick_folder() as folder:
        yield f"sqlite:///{folder}/plan.db"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "plan.db"
    path.touch()
    return path


@pytest.fixture
def holder(database: Path) -> Iterator[subprocess.Popen[str]]:
    """A process whose turn it is until it is told to end."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(database)],
        env={"PYTHONPATH": ":".join(sys.path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def opened(url: str) -> None:
    with closing(open_store(url)) as store:
        open_agreement(
            store, OpeningRequest(source=PLAN, file="plan.yaml", label="p", nonce="0" * 32)
        )


def test_of_sixteen_processes_that_write_at_once_none_is_refused(quick_url: str) -> None:
    opened(quick_url)

    written = write_at_once(quick_url, "p", processes=16, notes=NOTES, way="api")

    assert written.refused == ()
    with closing(open_store(quick_url)) as store:
        with store.read() as tx:
            [header] = tx.find("p")
            kept = list(tx.entries(header.id))
        assert [row.seq for row in kept] == list(range(16 * NOTES + 1))
        said = sorted(text for row in kept[1:] if (text := _words(row.line)))
        assert said == sorted(note(w, n) for w in range(16) for n in range(NOTES))
        assert audit.verify(store, "p").entries == 16 * NOTES + 1
        assert replay.audit(store, "p").differing == ()


def _words(line: str) -> str:
    statement: Statement = read_entry(line).stmt
    return str(statement.body["text"])


def test_commands_that_file_at_once_are_all_filed(tmp_path: Path) -> None:
    with quick_folder() as folder:
        url = f"sqlite:///{folder}/plan.db"
        opened(url)

        written = write_at_once(url, "p", processes=4, notes=2, way="command")

        assert written.refused == ()
        assert len(written.filed) == 8


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="the kernel does not list its queue")
def test_writers_come_in_the_order_in_which_they_came(
    database: Path, holder: subprocess.Popen[str]
) -> None:
    lock = writer_turns.lock_file(database)
    waiting: list[subprocess.Popen[str]] = []
    out = database.with_name("order")
    with out.open("a") as order:
        for n in range(8):
            waiting.append(
                subprocess.Popen(
                    [python(), "-c", ENTER, str(database), str(n)],
                    env={"PYTHONPATH": ":".join(sys.path)},
                    stdout=order,
                    text=True,
                )
            )
            while _in_queue(lock) < n + 1:
                assert waiting[-1].poll() is None

    assert holder.stdin is not None
    holder.stdin.write("end\n")
    holder.stdin.flush()
    assert [process.wait() for process in waiting] == [0] * 8

    assert out.read_text().split() == [str(n) for n in range(8)]


def _in_queue(lock: Path) -> int:
    """Return how many processes wait; the kernel may list one twice, a page at a time."""
    inode = f":{lock.stat().st_ino}"
    lines = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
    # N: -> POSIX ADVISORY WRITE PROCESS MAJOR:MINOR:INODE START END
    return len({line[5] for line in lines if line[1] == "->" and line[6].endswith(inode)})


def test_who_waits_is_told_for_whom_and_then_gives_up(
    database: Path,
    holder: subprocess.Popen[str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(writer_turns, "NAMED_AFTER", 0.01)
    monkeypatch.setattr(writer_turns, "GIVEN_UP_AFTER", 0.02)
    named = f"process {holder.pid} (phaseflow note) has locked it since 20"

    with (
        caplog.at_level(logging.WARNING),
        pytest.raises(Busy, match="try again") as raised,
        writer_turns.turn(database),
    ):
        pass

    assert named in str(raised.value)
    assert named in caplog.text
    assert "secret" not in caplog.text


def test_who_gave_up_leaves_nobody_locked_out(
    database: Path, holder: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(writer_turns, "NAMED_AFTER", 0.01)
        patched.setattr(writer_turns, "GIVEN_UP_AFTER", 0.02)
        with pytest.raises(Busy), writer_turns.turn(database):
            pass
    assert holder.stdin is not None
    holder.stdin.write("end\n")
    holder.stdin.flush()
    holder.wait()

    with writer_turns.turn(database):
        assert _is_held(database)

    assert not _is_held(database)


def _is_held(database: Path) -> bool:
    """Whether a process of its own would have to wait."""
    code = (
        "import fcntl, sys\n"
        "with open(sys.argv[1], 'r+') as file:\n"
        "    fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(writer_turns.lock_file(database))],
        capture_output=True,
        check=False,
    )
    return done.returncode != 0


def test_threads_wait_for_one_another_too(database: Path) -> None:
    inside: list[int] = []
    most: list[int] = []

    def enter() -> None:
        for _ in range(50):
            with writer_turns.turn(database):
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=enter) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert most == [1] * 200


def test_the_lock_file_is_as_open_to_others_as_the_database(database: Path) -> None:
    database.chmod(0o660)
    if os.geteuid() == 0:
        os.chown(database, 65534, 65534)

    with writer_turns.turn(database):
        pass

    lock, kept = writer_turns.lock_file(database).stat(), database.stat()
    assert (lock.st_mode, lock.st_uid, lock.st_gid) == (kept.st_mode, kept.st_uid, kept.st_gid)


def test_a_link_in_the_place_of_the_lock_file_is_not_followed(database: Path) -> None:
    victim = database.with_name("victim")
    victim.write_text("precious")
    writer_turns.lock_file(database).symlink_to(victim)

    with pytest.raises(StoreUnavailable, match="lock file"), writer_turns.turn(database):
        pass

    assert victim.read_text() == "precious"


def test_another_file_under_the_name_of_the_lock_file_is_not_written_to(database: Path) -> None:
    victim = database.with_name("victim")
    victim.write_text("precious")
    os.link(victim, writer_turns.lock_file(database))

    with pytest.raises(StoreUnavailable, match="no file of its own"), writer_turns.turn(database):
        pass

    assert victim.read_text() == "precious"


def test_nothing_is_imported_while_others_wait(tmp_path: Path) -> None:
    code = """
import sys
from phaseflow.storage import writer_turns as turns
leave, enter = turns._Gate.leave, turns._Gate.enter
def entered(gate, database):
    enter(gate, database)
    gate.loaded = set(sys.modules)
def left(gate):
    print("loaded", *sorted(set(sys.modules) - gate.loaded))
    leave(gate)
turns._Gate.enter, turns._Gate.leave = entered, left
from phaseflow.cli.main import main
main()
"""
    url = f"{tmp_path}/plan.db"
    opened(url)
    said = ["note", "p", "--by", "north", "--note", "x", "--database", url]

    done = subprocess.run(
        [sys.executable, "-c", code, *said],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert "loaded\n" in done.stdout


def test_a_folder_is_filed_although_somebody_writes_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"{tmp_path}/plan.db"
    opened(url)
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    with closing(open_store(url)) as store:
        filing = Filing(
            agreement="p", actor="north", kind="note", body={"text": "x"}, nonce="a" * 32
        )
        (inbox / "one.json").write_bytes(signed_bytes(compose(store, filing)))
        gone: list[int] = []
        write = store.write

        def busy_at_first() -> object:
            gone.append(1)
            if len(gone) < 3:
                raise Busy
            return write()

        monkeypatch.setattr(store, "write", busy_at_first)
        desk = Desk(store=store, receipts=tmp_path / "receipts")

        [handed] = desk.take_all(inbox)

    assert handed.filed is not None
    assert len(gone) == 3
