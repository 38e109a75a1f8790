"""A party's own copy of a journal, brought up to date from successive bundles."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec

from phaseflow import atomic_files
from phaseflow.errors import Conflict, JournalBroken, StatementInvalid, StoreUnavailable
from phaseflow.journal.bundle import verify_bundle
from phaseflow.journal.divergence import check_extends
from phaseflow.journal.folder import CHECKPOINTS, ENTRIES, copy
from phaseflow.journal.verify import Report


class Mirrored(msgspec.Struct, frozen=True, kw_only=True):
    """The report on the copy as it is now, and how many entries are new in it."""

    report: Report
    added: int


def mirror(directory: Path, bundle: Path, known_id: str | None = None) -> Mirrored:
    """Bring the copy in ``directory`` up to date from ``bundle``, if the bundle extends it.

    The bundle is copied first. The copy is verified and then replaces ``directory`` as a
    whole, so that nobody can change it in between. Checkpoints of the old copy stay, even
    if the bundle leaves them out. ``known_id`` is
    the agreement id from elsewhere; a copy knows its own, and vouches for it from
    then on, so a first one needs it.

    Raises:
        StatementInvalid: it is the first copy, and no id was given.
        JournalBroken: the bundle does not verify, or does not extend the copy.
        Conflict: the directory holds something else.
        StoreUnavailable: it cannot be written.
    """
    directory, bundle = directory.resolve(), bundle.resolve()
    if bundle in directory.parents or directory in bundle.parents:
        msg = f"{directory} and {bundle} lie in each other; keep the copy elsewhere"
        raise Conflict(msg)
    try:
        _recover(directory)
        is_first = _is_first(directory)
        if is_first and known_id is None:
            msg = (
                "a first copy is held against the agreement id of your paper: name it with --id; "
                "from then on the copy knows its own"
            )
            raise StatementInvalid(msg)
        directory.parent.mkdir(parents=True, exist_ok=True)
        with atomic_files.folder(directory) as part:
            new = part / "bundle"
            copy(bundle, new)
            mirrored = _verified(directory, new, known_id, is_first=is_first)
            _swap(directory, new)
    except OSError as error:
        msg = f"{directory} cannot be written: {error.strerror or error}"
        raise StoreUnavailable(msg) from error
    return mirrored


def _is_first(directory: Path) -> bool:
    """Tell whether there is no copy yet.

    Raises:
        Conflict: something else is there.
    """
    if not directory.exists() or (directory.is_dir() and not any(directory.iterdir())):
        return True
    if not (directory / ENTRIES).is_file():
        msg = f"{directory} holds something else than a copy of a journal; name a new directory"
        raise Conflict(msg)
    return False


def _verified(directory: Path, new: Path, known_id: str | None, *, is_first: bool) -> Mirrored:
    """Verify what would be the copy, by what is kept; the checkpoints come into it."""
    if is_first:
        report = verify_bundle(new, known_id)
        return Mirrored(report=report, added=report.entries)
    try:
        kept = verify_bundle(directory, known_id)
    except JournalBroken as error:
        msg = f"the copy that was kept in {directory} does not verify: {error}"
        raise JournalBroken(msg, error.seq, error.rule) from error
    report = verify_bundle(new, kept.agreement, list(_texts(directory)))
    added = check_extends(directory, new)
    if _keep_checkpoints(directory, new):
        report = verify_bundle(new, kept.agreement)
    return Mirrored(report=report, added=added)


def _keep_checkpoints(directory: Path, new: Path) -> bool:
    """Copy the checkpoints that ``new`` lacks into it; return whether there were any.

    If both have one of the same size, the old one stays, with its signatures.
    """
    changed = False
    for text in _texts(directory):
        same = new / CHECKPOINTS / text.name
        if same.exists() and same.read_bytes() != text.read_bytes():
            for path in _files_of(same):
                path.unlink()
        for path in _files_of(text):
            target = new / CHECKPOINTS / path.name
            if not target.exists():
                target.parent.mkdir(exist_ok=True)
                shutil.copyfile(path, target)
                changed = True
    return changed


def _texts(directory: Path) -> Iterator[Path]:
    return iter(sorted((directory / CHECKPOINTS).glob("*.txt")))


def _files_of(text: Path) -> list[Path]:
    """Return the file of a checkpoint and those of its signatures."""
    return [text, *sorted(text.parent.glob(f"{text.stem}.*.sig"))]


def _swap(directory: Path, new: Path) -> None:
    """Put ``new`` in the place of ``directory``."""
    atomic_files.sync_all(new)
    old = _old(directory)
    shutil.rmtree(old, ignore_errors=True)
    if directory.exists():
        directory.rename(old)
    new.rename(directory)
    atomic_files.sync(directory.parent)
    shutil.rmtree(old, ignore_errors=True)


def _recover(directory: Path) -> None:
    """Put the copy back that an update had moved aside, if it was cut short right then."""
    old = _old(directory)
    if not directory.exists() and old.is_dir():
        old.rename(directory)


def _old(directory: Path) -> Path:
    return directory.with_name(f".{directory.name}.old")
