"""A party's own copy of a journal, brought up to date from successive bundles."""

import shutil
from pathlib import Path

import msgspec

from phaseflow.errors import Conflict, StoreUnavailable
from phaseflow.journal.bundle import verify_bundle
from phaseflow.journal.comparing import check_extends
from phaseflow.journal.folder import CHECKPOINTS
from phaseflow.journal.verify import Report


class Mirrored(msgspec.Struct, frozen=True, kw_only=True):
    """The report on the copy as it is now, and how many entries are new in it."""

    report: Report
    added: int


def mirror(directory: Path, bundle: Path, known_id: str | None = None) -> Mirrored:
    """Let the copy in ``directory`` become what ``bundle`` holds, if that extends it.

    The bundle is verified, against the checkpoints of the copy too, before
    anything is touched; these are kept, even where the bundle leaves them out.
    ``known_id`` is the agreement id from elsewhere; a copy knows its own.

    Raises:
        JournalBroken: the bundle does not verify, or does not extend the copy.
        Conflict: the directory holds something else.
        StoreUnavailable: it cannot be written.
    """
    _recover(directory)
    is_first = not directory.exists() or (directory.is_dir() and not any(directory.iterdir()))
    if is_first:
        report = verify_bundle(bundle, known_id)
        added = report.entries
    else:
        if not (directory / "entries.jsonl").is_file():
            msg = f"{directory} holds something else than a copy of a journal; name a new directory"
            raise Conflict(msg)
        kept = verify_bundle(directory, known_id)
        pins = sorted((directory / CHECKPOINTS).glob("*.txt"))
        report = verify_bundle(bundle, kept.agreement, pins)
        added = check_extends(directory, bundle)
    try:
        _replace(directory, bundle, keeps_checkpoints=not is_first)
    except OSError as error:
        msg = f"{directory} cannot be written: {error.strerror}"
        raise StoreUnavailable(msg) from error
    return Mirrored(report=report, added=added)


def _replace(directory: Path, bundle: Path, *, keeps_checkpoints: bool) -> None:
    """Put a copy of ``bundle`` in the place of ``directory``."""
    new, old = _beside(directory, "new"), _beside(directory, "old")
    directory.parent.mkdir(parents=True, exist_ok=True)
    for left in (new, old):
        shutil.rmtree(left, ignore_errors=True)
    shutil.copytree(bundle, new)
    if keeps_checkpoints and (directory / CHECKPOINTS).is_dir():
        (new / CHECKPOINTS).mkdir(exist_ok=True)
        for path in (directory / CHECKPOINTS).iterdir():
            if not (new / CHECKPOINTS / path.name).exists():
                shutil.copy2(path, new / CHECKPOINTS / path.name)
    if directory.exists():
        directory.rename(old)
    new.rename(directory)
    shutil.rmtree(old, ignore_errors=True)


def _recover(directory: Path) -> None:
    """Put the copy back that an update had moved aside, if it was cut short right then."""
    old = _beside(directory, "old")
    if not directory.exists() and old.is_dir():
        old.rename(directory)


def _beside(directory: Path, what: str) -> Path:
    return directory.with_name(f".{directory.name}.{what}")
