"""Wherever a command is cut short, nothing acknowledged is lost, doubled, or in need of repair."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from tests.faults.commands import Call, Commands, can_trace
from tests.faults.house import VICTIMS, House
from tests.faults.kills import DISK, Campaign, Tally, interrupt, small_disk, sqlite
from tests.faults.server import Server, own_server

KILLED = ("killed at a system call", "killed at a call")
AT_THE_DATABASE = ("open", "note", "advance", "file FOLDER", "tick")
AT_THE_DISK = ("file FOLDER", "audit export", "fmt")
needs_strace = pytest.mark.skipif(not can_trace(), reason="strace may not trace processes here")


def survives(campaign: Campaign, count: int) -> Tally:
    tally = Tally()
    try:
        for number in range(count):
            campaign.run(number, tally)
    finally:
        campaign.close()
    assert not tally.failures, "\n\n".join(tally.failures)
    return tally


@pytest.fixture
def server() -> Iterator[Server]:
    with own_server() as running:
        yield running


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    folder = tmp_path / "house"
    built = House(sqlite(folder), Commands(folder))
    built.build()
    yield built
    built.commands.close()


def test_whatever_is_killed_what_was_acknowledged_stays(tmp_path: Path) -> None:
    kinds = KILLED if can_trace() else KILLED[1:]

    tally = survives(Campaign(sqlite, tmp_path, kinds, "test"), 32)

    assert tally.hit.total() > len(VICTIMS)


def test_whatever_is_killed_the_server_keeps_what_was_acknowledged(
    tmp_path: Path, postgres_url: str
) -> None:
    kinds = KILLED if can_trace() else KILLED[1:]
    # A house is built once in the one database that there is.
    campaign = Campaign(
        lambda _folder: postgres_url, tmp_path, kinds, "test", victims=AT_THE_DATABASE
    )

    tally = survives(campaign, 10)

    assert tally.hit.total() > len(AT_THE_DATABASE)


@needs_strace
def test_a_server_that_is_struck_down_has_kept_what_was_acknowledged(
    tmp_path: Path, server: Server
) -> None:
    kinds = ("the server is struck",)
    urls = partial(_database, server)
    campaign = Campaign(urls, tmp_path, kinds, "test", server=server, victims=AT_THE_DATABASE)

    tally = survives(campaign, 8)

    assert tally.hit.total()


@needs_strace
def test_a_system_call_that_fails_is_told_in_a_line(tmp_path: Path) -> None:
    fails = ("a system call fails",)

    survives(Campaign(sqlite, tmp_path, fails, "test", victims=AT_THE_DISK), 2 * len(AT_THE_DISK))


def test_on_a_full_disk_every_command_says_so_and_works_when_there_is_room(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    with small_disk(disk) as is_mounted:
        if not is_mounted:
            pytest.skip("no disk may be mounted here")
        kinds = ("the disk is full",)

        survives(
            Campaign(sqlite, disk, kinds, "test", outputs=tmp_path, victims=AT_THE_DISK),
            len(AT_THE_DISK),
        )


def test_a_file_that_may_not_grow_is_a_full_disk(tmp_path: Path) -> None:
    victims = ("note", "audit export")

    survives(Campaign(sqlite, tmp_path, ("files may not grow",), "test", victims=victims), 2)


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
