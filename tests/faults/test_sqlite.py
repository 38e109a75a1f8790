"""SQLite at its edges: rights that are missing, files of others, damage."""

import contextlib
import hashlib
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.warm import python

from phaseflow.cli.main import cli
from phaseflow.errors import StoreUnavailable
from phaseflow.service.open import OpeningRequest, open_agreement
from phaseflow.storage.port import Store
from phaseflow.storage.sql import open_store
from phaseflow.storage.tables import REVISION

PLAN = Path(__file__).parents[1] / "cli" / "plan.yaml"
STRANGER = 65534
# Of root's rights only that to read stays, as Python itself may lie where nobody else reads.
BECOMING = (
    "setpriv",
    *(f"--reuid={STRANGER}", f"--regid={STRANGER}", "--clear-groups"),
    *("--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search"),
    "--bounding-set=-all,+dac_read_search",
)
READING = [
    ("status", "p"),
    ("audit", "verify", "p"),
    ("audit", "export", "p", "out"),
    ("list",),
    ("history", "p"),
]

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="becomes another user, or mounts")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that everybody may enter, unlike those of pytest."""
    with tempfile.TemporaryDirectory(prefix="phaseflow-") as name:
        path = Path(name)
        path.chmod(0o755)
        yield path


@pytest.fixture
def database(folder: Path) -> Path:
    path = folder / "plan.db"
    with closing(open_store(str(path))) as store:
        opened(store)
    path.chmod(0o644)
    return path


def opened(store: Store, label: str = "p") -> None:
    nonce = hashlib.sha256(label.encode()).hexdigest()[:32]
    open_agreement(
        store, OpeningRequest(source=PLAN.read_bytes(), file="plan.yaml", label=label, nonce=nonce)
    )


def as_stranger(*arguments: str, database: Path) -> subprocess.CompletedProcess[str]:
    """Run a command as somebody to whom neither file nor folder belongs."""
    where = ("--database", str(database))
    with tempfile.TemporaryDirectory(prefix="phaseflow-stranger-") as home:
        os.chown(home, STRANGER, STRANGER)
        done = subprocess.run(
            [python(*BECOMING), "-m", "phaseflow.cli", *arguments, *where],
            env={"PYTHONPATH": ":".join(sys.path), "HOME": home, "TMPDIR": home},
            cwd=home,
            umask=0o22,
            capture_output=True,
            text=True,
            check=False,
        )
        left = {path.name for path in Path(home).iterdir()} - {"out", ".config", ".cache"}
    assert not left, "a copy was left behind"
    return done


def can_be_a_stranger() -> bool:
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        return False
    command = [*BECOMING, sys.executable, "-c", ""]
    return subprocess.run(command, cwd="/", capture_output=True, check=False).returncode == 0


needs_stranger = pytest.mark.skipif(not can_be_a_stranger(), reason="cannot become another user")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in arguments], catch_exceptions=False)


@needs_stranger
@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_a_file_in_another_users_folder_can_be_read(
    database: Path, command: tuple[str, ...]
) -> None:
    done = as_stranger(*command, database=database)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout
    assert {path.name for path in database.parent.iterdir()} == {"plan.db", "plan.db-lock"}


@needs_stranger
def test_it_can_be_read_while_its_owner_writes(database: Path) -> None:
    with closing(open_store(str(database))) as store:
        opened(store, "second")
        # The owner has it open: what is new is in -wal, and -shm leads to it.
        assert (database.parent / "plan.db-shm").exists()

        done = as_stranger("list", database=database)

    assert (done.returncode, done.stderr) == (0, "")
    assert "second" in done.stdout


@needs_stranger
@pytest.mark.parametrize("has_shm", [False, True])
def test_what_a_killed_writer_left_is_read_too(database: Path, has_shm: bool) -> None:
    killed(database, has_shm=has_shm)
    before = contents(database.parent)

    done = as_stranger("list", database=database)

    assert (done.returncode, done.stderr) == (0, "")
    assert "second" in done.stdout
    assert contents(database.parent) == before


def test_a_view_that_somebody_changed_meanwhile_is_not_believed(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(os, "access", lambda _path, mode: mode != os.W_OK)
        with (  # noqa: PT012  that it ends is what raises
            closing(open_store(str(database))) as reader,
            pytest.raises(StoreUnavailable, match="was written to while it was read; try again"),
            reader.read() as tx,
        ):
            assert [header.label for header in tx.headers()] == ["p"]
            patched.undo()
            with closing(open_store(str(database))) as writer:
                opened(writer, "second")


@needs_stranger
def test_it_cannot_be_written_to_by_a_stranger(database: Path) -> None:
    done = as_stranger("note", "p", "--by", "north", "--note", "x", database=database)

    assert done.returncode == 5
    assert "Traceback" not in done.stderr


@needs_stranger
def test_a_file_that_may_only_be_read_in_ones_own_folder_is_read_from_a_copy(
    database: Path,
) -> None:
    database.chmod(0o444)
    database.parent.chmod(0o777)

    done = as_stranger("list", database=database)

    assert (done.returncode, done.stderr) == (0, "")
    # Nothing of the stranger's is beside it, which would keep the owner out.
    assert {path.name for path in database.parent.iterdir()} == {"plan.db", "plan.db-lock"}


@needs_stranger
def test_a_damaged_copy_is_deleted_too(database: Path) -> None:
    killed(database, has_shm=False)
    with database.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 8192)

    done = as_stranger("status", "p", database=database)

    assert done.returncode == 5
    assert "it is damaged" in done.stderr


def killed(database: Path, *, has_shm: bool) -> None:
    """Leave what a writer leaves that is killed: a -wal that holds what is new."""
    aside = database.with_name("aside")
    aside.mkdir()
    with closing(open_store(str(database))) as store:
        opened(store, "second")
        for path in database.parent.glob("plan.db*"):
            shutil.copy2(path, aside)
    for path in aside.iterdir():
        if has_shm or not path.name.endswith("-shm"):
            shutil.copy2(path, database.parent)
    shutil.rmtree(aside)
    for path in database.parent.iterdir():
        path.chmod(0o644)


def contents(folder: Path) -> dict[str, bytes]:
    # The index that -shm is belongs to whoever reads.
    return {p.name: p.read_bytes() for p in folder.iterdir() if not p.name.endswith("-shm")}


@pytest.fixture
def medium(database: Path) -> Iterator[Path]:
    """The database on a medium that can only be read."""
    where = str(database.parent)
    steps = [["mount", "--bind", where, where], ["mount", "-o", "remount,ro,bind", where]]
    try:
        for step in steps:
            if subprocess.run(step, capture_output=True, check=False).returncode != 0:
                pytest.skip("nothing can be mounted here")
        yield database
    finally:
        with contextlib.suppress(OSError):
            subprocess.run(["umount", where], capture_output=True, check=False)


@needs_root
@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_a_medium_that_can_only_be_read_is_read(
    medium: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)

    result = run(*command, "--database", medium)

    assert result.exit_code == 0, result.output


@needs_root
def test_a_medium_with_what_a_killed_writer_left_is_read(
    database: Path, request: pytest.FixtureRequest
) -> None:
    killed(database, has_shm=False)

    result = run("list", "--database", request.getfixturevalue("medium"))

    assert result.exit_code == 0, result.output
    assert "second" in result.output


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
def test_a_new_database_is_its_owners_alone(tmp_path: Path, umask: int) -> None:
    path = tmp_path / "plan.db"
    before = os.umask(umask)
    try:
        with closing(open_store(str(path))) as store:
            opened(store)
            rights = {p.name: stat.S_IMODE(p.stat().st_mode) for p in tmp_path.iterdir()}
    finally:
        os.umask(before)

    assert rights == dict.fromkeys(["plan.db", "plan.db-wal", "plan.db-shm", "plan.db-lock"], 0o600)


def test_the_rights_of_a_database_that_is_there_stay(tmp_path: Path) -> None:
    path = tmp_path / "plan.db"
    path.touch()
    path.chmod(0o660)

    with closing(open_store(str(path))) as store:
        opened(store)

    assert stat.S_IMODE(path.stat().st_mode) == 0o660


def _encrypted(path: Path) -> None:
    path.write_bytes(os.urandom(8192))


def _text(path: Path) -> None:
    path.write_text("these are the minutes of the meeting\n" * 100)


def _cut(path: Path) -> None:
    with closing(open_store(str(path))) as store:
        opened(store)
    os.truncate(path, 8192)


def _bytes_that_are_no_text(path: Path) -> None:
    with closing(open_store(str(path))) as store:
        opened(store)
    with closing(sqlite3.connect(path)) as plain, plain:
        plain.execute("UPDATE agreement SET leaf = CAST(x'ff' AS TEXT)")


def _other_table(name: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        with closing(sqlite3.connect(path)) as plain, plain:
            plain.execute(f"CREATE TABLE {name} (mine)")

    return make


def _other_migrations(version: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        with closing(sqlite3.connect(path)) as plain, plain:
            plain.execute("CREATE TABLE alembic_version (version_num)")
            plain.execute("INSERT INTO alembic_version VALUES (?)", [version])
            plain.execute("CREATE TABLE agreement (id, signed_on)")

    return make


FOREIGN: dict[str, Callable[[Path], object]] = {
    "encrypted": _encrypted,
    "text": _text,
    "cut": _cut,
    "folder": Path.mkdir,
    "entry": _other_table("entry"),
    "agreement": _other_table("agreement"),
    "bookmarks": _other_table("bookmarks"),
    "migrated": _other_migrations("1975ea83b712"),
    "migrated alike": _other_migrations("0001"),
    "migrated as far": _other_migrations(REVISION),
    "migrated further": _other_migrations("0009"),
}
COMMANDS: list[tuple[str, ...]] = [
    ("list",),
    ("open", str(PLAN), "--label", "q"),
    ("tick",),
]


@pytest.mark.parametrize("kind", FOREIGN)
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_what_is_no_database_of_ours_is_named_in_one_line_and_stays(
    tmp_path: Path, kind: str, command: tuple[str, ...]
) -> None:
    path = tmp_path / "plan.db"
    FOREIGN[kind](path)
    before = path.read_bytes() if path.is_file() else None

    result = run(*command, "--database", path)

    said = [line for line in result.stderr.splitlines() if not line.startswith("nonce ")]
    assert result.exit_code == 5, result.output
    assert len(said) == 1
    assert str(path) in said[0]
    assert (path.read_bytes() if path.is_file() else None) == before


def test_bytes_that_are_no_text_are_damage(tmp_path: Path) -> None:
    path = tmp_path / "plan.db"
    _bytes_that_are_no_text(path)

    result = run("list", "--database", path)

    assert result.exit_code == 5
    assert "it is damaged" in result.stderr


def test_an_empty_file_becomes_a_database_by_opening_an_agreement(tmp_path: Path) -> None:
    path = tmp_path / "plan.db"
    path.touch()

    run("list", "--database", path)
    assert path.stat().st_size == 0
    assert run("open", PLAN, "--label", "p", "--database", path).exit_code == 0


def test_a_name_of_any_bytes_names_a_file(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.db"))

    with closing(open_store(str(path))) as store:
        opened(store)

    assert path.exists()


@pytest.mark.parametrize("name", ["x" * 300, "loop"])
def test_a_name_that_can_be_no_file_is_said_in_one_line(tmp_path: Path, name: str) -> None:
    (tmp_path / "loop").symlink_to("loop")

    result = run("open", PLAN, "--label", "p", "--database", tmp_path / name)

    assert result.exit_code == 5, result.output
    assert "error: the " in result.stderr
    assert run("doctor", "--database", tmp_path / name).exit_code == 5


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    result = run("open", PLAN, "--label", "p", "--database", tmp_path / "nowhere" / "plan.db")

    assert result.exit_code == 5
    assert "cannot be created: No such file or directory" in result.stderr
