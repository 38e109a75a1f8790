"""Wherever a command is cut short, nothing acknowledged is lost, doubled, or in need of repair."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from tests.faults.commands import Call, Commands, Ended, can_trace
from tests.faults.house import VICTIMS, House
from tests.faults.kills import DISK, Campaign, Tally, interrupt, small_disk, sqlite
from tests.faults.server import Server, own_server

KILLED = ("killed at a system call", "killed at a call")
AT_THE_DATABASE = ("open", "note", "advance", "file FOLDER", "tick")
AT_THE_DISK = ("file FOLDER", "audit export", "fmt")
ON_SQLITE: dict[str, Ended] = {}
ON_POSTGRESQL: dict[str, Ended] = {}
needs_strace = pytest.mark.skipif(not can_trace(), reason="strace may not trace processes here")


def survives(campaign: Campaign, count: int) -> None:
    """Interrupt until ``count`` interruptions have hit; few miss."""
    tally = Tally()
    for number in range(2 * count):
        campaign.run(number, tally)
        if tally.hit.total() == count:
            break
    assert not tally.failures, "\n\n".join(tally.failures)
    assert tally.hit.total() == count


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with own_server() as running:
        yield running


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    folder = tmp_path_factory.mktemp("killed") / "house"
    built = House(sqlite(folder), Commands(folder))
    built.build()
    return built


@pytest.mark.parametrize("kind", [pytest.param(KILLED[0], marks=needs_strace), KILLED[1]])
def test_whatever_is_killed_what_was_acknowledged_stays(tmp_path: Path, kind: str) -> None:
    survives(Campaign(sqlite, tmp_path, (kind,), "test", profiles=ON_SQLITE), len(VICTIMS))


def test_whatever_is_killed_the_server_keeps_what_was_acknowledged(
    tmp_path: Path, server: Server
) -> None:
    kinds = KILLED if can_trace() else KILLED[1:]
    campaign = Campaign(
        partial(_database, server),
        tmp_path,
        kinds,
        "test",
        victims=AT_THE_DATABASE,
        profiles=ON_POSTGRESQL,
    )

    survives(campaign, 10)


@needs_strace
def test_a_server_that_is_struck_down_has_kept_what_was_acknowledged(
    tmp_path: Path, server: Server
) -> None:
    kinds = ("the server is struck",)
    campaign = Campaign(
        partial(_database, server),
        tmp_path,
        kinds,
        "test",
        server=server,
        victims=AT_THE_DATABASE,
        profiles=ON_POSTGRESQL,
    )

    survives(campaign, len(AT_THE_DATABASE))


@needs_strace
def test_a_system_call_that_fails_is_told_in_a_line(tmp_path: Path) -> None:
    kinds = ("a system call fails",)
    campaign = Campaign(sqlite, tmp_path, kinds, "test", victims=AT_THE_DISK, profiles=ON_SQLITE)

    survives(campaign, 2 * len(AT_THE_DISK))


def test_on_a_full_disk_every_command_says_so_and_works_when_there_is_room(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    with small_disk(disk) as is_mounted:
        if not is_mounted:
            pytest.skip("no disk may be mounted here")
        kinds = ("the disk is full",)
        campaign = Campaign(
            sqlite,
            disk,
            kinds,
            "test",
            outputs=tmp_path,
            victims=AT_THE_DISK,
            profiles=ON_SQLITE,
        )

        survives(campaign, len(AT_THE_DISK))


def test_a_file_that_may_not_grow_is_a_full_disk(tmp_path: Path) -> None:
    kinds, victims = ("files may not grow",), ("note", "audit export")
    campaign = Campaign(sqlite, tmp_path, kinds, "test", victims=victims, profiles=ON_SQLITE)

    survives(campaign, len(victims))


def test_only_a_small_disk_of_its_own_is_ever_filled(house: House) -> None:
    from tests.faults.kills import _filled  # noqa: PLC0415

    with pytest.raises(AssertionError, match="no small disk"), _filled(house.folder, 0):
        pass
    assert not (house.folder / "filler").exists()
    assert DISK < 1 << 30


def test_a_kill_is_repeated_by_its_number(house: House) -> None:
    ended = interrupt(house, "note", Call(2_000), looks_first=True)

    assert ended.code is None
    assert house.commands.run("--version", fault=Call(10)).code is None


@needs_strace
def test_nothing_is_acknowledged_before_it_is_on_the_disk(house: House) -> None:
    """A kill does not show it, for what was written to a file outlives the process."""
    ended = house.commands.run(*VICTIMS["note"](house).arguments, is_traced=True)

    told = next(n for n, call in enumerate(ended.calls) if re.match(r'write\(1, "\{', call))
    written = [call for call in ended.calls[:told] if call.startswith("pwrite64(")]
    descriptors = {re.findall(r"\((\d+)", call)[0] for call in written if ", 4096, " in call}
    assert descriptors
    for descriptor in descriptors:
        calls = ended.calls[:told]
        last = max(n for n, c in enumerate(calls) if c.startswith(f"pwrite64({descriptor}, "))
        synced = [n for n, c in enumerate(calls) if c.startswith(f"fdatasync({descriptor})")]
        assert synced
        assert max(synced) > last


def _database(server: Server, _folder: Path) -> str:
    return server.database()
