"""Reading an exported history strictly: only files that belong there, bounded, and no links."""

import errno
import os
import re
from collections.abc import Iterator
from pathlib import Path

from phaseflow import untrusted_files
from phaseflow.errors import JournalBroken, StatementInvalid
from phaseflow.journal.checkpoint import Checkpoint, Signed, parse_checkpoint
from phaseflow.journal.signature import read_armored
from phaseflow.journal.verify import check_named

ENTRIES = "entries.jsonl"
DEFINITIONS = "definitions"
ATTACHMENTS = "attachments"
CHECKPOINTS = "checkpoints"
DISCLOSURES = "disclosures.jsonl"
ID = "AGREEMENT_ID"
README = "README"
SIGNERS = "allowed_signers"

_FILES = {ENTRIES, DISCLOSURES, ID, README, SIGNERS}
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_FOLDERS = {
    DEFINITIONS: _DIGEST,
    ATTACHMENTS: _DIGEST,
    CHECKPOINTS: re.compile(r"[0-9]{8,16}(\.[a-z][a-z0-9_]{0,31}\.sig|\.txt)", re.ASCII),
}


def is_bundle(name: str) -> bool:
    """Tell whether ``name`` is a directory with an exported journal."""
    return (Path(name) / ENTRIES).is_file()


def check_inventory(directory: Path) -> None:
    """Check that the directory holds what an exported history holds, and nothing else.

    A name that belongs to no such file, a link, a pipe or a device is refused
    before anything is opened: it could lead out of the directory, or mislead
    whoever works on it with a shell.

    Raises:
        JournalBroken: something else is there.
    """
    for found in _scan(directory):
        names = _FOLDERS.get(found.name)
        if names is None:
            _refuse_unless(found, found.name in _FILES and found.is_file(follow_symlinks=False))
        else:
            _refuse_unless(found, found.is_dir(follow_symlinks=False))
            for inner in _scan(Path(found.path)):
                is_regular = inner.is_file(follow_symlinks=False)
                _refuse_unless(inner, bool(names.fullmatch(inner.name)) and is_regular)
                if inner.name.endswith(".sig"):
                    signed = Path(inner.path).with_name(f"{inner.name.partition('.')[0]}.txt")
                    _refuse_unless(inner, signed.exists())


def read_lines(directory: Path) -> Iterator[str]:
    """Yield the lines of the journal, each with its LF.

    Raises:
        JournalBroken: there is none, or one is not UTF-8, or too long.
    """
    yield from _lines(directory / ENTRIES, "entry", 0, "canonical")


def read_openings(directory: Path) -> Iterator[str]:
    """Yield the lines of the disclosures; there may be none.

    Raises:
        JournalBroken: they cannot be read, or are not UTF-8.
    """
    path = directory / DISCLOSURES
    if not path.exists():
        return
    yield from _lines(path, "opening", 1, "disclosure")


def read_source(directory: Path, digest: str) -> bytes:
    """Return the bytes of a definition.

    Raises:
        JournalBroken: it is missing, or larger than a definition may be.
    """
    try:
        return _read(directory / DEFINITIONS / digest, untrusted_files.DEFINITION)
    except OSError as error:
        msg = f"definition {digest} cannot be read: {error.strerror}"
        raise JournalBroken(msg, rule="definition") from error


def read_checkpoints(directory: Path) -> Iterator[Signed]:
    """Yield the checkpoints with their signatures, the smallest first.

    Raises:
        JournalBroken: one is malformed or misnamed.
    """
    folder = directory / CHECKPOINTS
    texts = sorted(folder.glob("*.txt"), key=lambda path: path.stem.zfill(16))
    signatures: dict[str, list[Path]] = {}
    for path in sorted(folder.glob("*.sig")):
        signatures.setdefault(path.name.partition(".")[0], []).append(path)
    for path in texts:
        signed = _read_signed(path, signatures.get(path.stem, []), "checkpoint")
        if signed.checkpoint.name != path.stem:
            msg = f"{CHECKPOINTS}/{path.name} holds the checkpoint of another size"
            raise JournalBroken(msg, rule="checkpoint")
        yield signed


def read_pin(path: Path) -> Signed:
    """Return a checkpoint that the auditor kept, with the signatures kept beside it.

    Those of ``NAME.txt`` are ``NAME.PARTY.sig``; there may be none.

    Raises:
        JournalBroken: it cannot be read, or is no checkpoint.
    """
    stem = path.name.removesuffix(".txt")
    beside = _scan(path.parent) if path.parent.is_dir() else []
    names = [p.name for p in beside if p.name.startswith(f"{stem}.") and p.name.endswith(".sig")]
    return _read_signed(path, [path.with_name(name) for name in names], "pin")


def copy(directory: Path, to: Path) -> None:
    """Copy an exported history into a folder that is not there yet, file by file as it is read.

    So nobody can change what is verified afterwards, and nobody can fill the
    disk with a file that no history holds.

    Raises:
        JournalBroken: something else is there, or a file is larger than it may be.
        OSError: the copy cannot be written.
    """
    check_inventory(directory)
    to.mkdir()
    for found in _scan(directory):
        if found.name not in _FOLDERS:
            _copy_file(directory, to, found.name)
            continue
        (to / found.name).mkdir()
        for inner in _scan(Path(found.path)):
            _copy_file(directory, to, f"{found.name}/{inner.name}")


def check_files(directory: Path) -> None:
    """Check that every definition and attachment hashes to its name.

    Raises:
        JournalBroken: one does not.
    """
    for folder, rule in ((DEFINITIONS, "definition"), (ATTACHMENTS, "attachment")):
        for found in _scan(directory / folder) if (directory / folder).exists() else ():
            check_named(found.name, _blocks(Path(found.path), rule), rule)


def _copy_file(directory: Path, to: Path, name: str) -> None:
    with (to / name).open("xb") as file:
        for part in _parts(directory, name):
            file.write(part)


def _parts(directory: Path, name: str) -> Iterator[bytes]:
    """Yield a file of an exported history in parts, none of them larger than it may have.

    Raises:
        JournalBroken: it cannot be read, or is larger than it may be.
    """
    path = directory / name
    try:
        if name in {ENTRIES, DISCLOSURES}:
            yield from untrusted_files.lines(path, untrusted_files.LINE)
        elif name.startswith(ATTACHMENTS):
            yield from untrusted_files.blocks(path, through_links=False)
        else:
            yield _read(path, _bound(name))
    except OSError as error:
        msg = f"{name} cannot be read: {error.strerror}"
        raise JournalBroken(msg, rule="file") from error


def _bound(name: str) -> untrusted_files.Bound:
    if name.startswith(DEFINITIONS):
        return untrusted_files.DEFINITION
    if not name.startswith(CHECKPOINTS):
        return untrusted_files.CONVENIENCE
    return untrusted_files.SIGNATURE if name.endswith(".sig") else untrusted_files.CHECKPOINT


def _blocks(path: Path, rule: str) -> Iterator[bytes]:
    try:
        yield from untrusted_files.blocks(path, through_links=False)
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror}"
        raise JournalBroken(msg, rule=rule) from error


def _read_signed(path: Path, signatures: list[Path], rule: str) -> Signed:
    # Whoever keeps a pin may keep it wherever a link leads; in an export there are none.
    is_own = rule == "pin"
    stem = path.name.removesuffix(".txt")
    try:
        content = untrusted_files.read(path, untrusted_files.CHECKPOINT, through_links=is_own)
        checkpoint = _read_checkpoint(content)
        by_party = {
            its.name[len(stem) + 1 : -len(".sig")]: read_armored(
                untrusted_files.read(its, untrusted_files.SIGNATURE, through_links=is_own).decode(
                    "utf-8-sig"
                )
            )
            for its in signatures
        }
    except (OSError, UnicodeDecodeError, StatementInvalid, JournalBroken) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        msg = f"{path.name}, or a signature of it, is refused: {reason}"
        raise JournalBroken(msg, rule=rule) from error
    return Signed(checkpoint, by_party)


def _read_checkpoint(content: bytes) -> Checkpoint:
    text = untrusted_files.restored(content)
    checkpoint = parse_checkpoint(text)
    if text.encode() != content:
        msg = (
            f"it {untrusted_files.rewritten(content)}, written by another system or an editor: what is "
            "signed are other bytes; take the file as it was handed out"
        )
        raise JournalBroken(msg, rule="checkpoint")
    return checkpoint


def _read(path: Path, bound: untrusted_files.Bound) -> bytes:
    return untrusted_files.read(path, bound, through_links=False)


def _scan(directory: Path) -> list[os.DirEntry[str]]:
    try:
        return untrusted_files.listed(directory)
    except OSError as error:
        msg = f"{directory} cannot be read: {error.strerror}"
        raise JournalBroken(msg, rule="file") from error


def _refuse_unless(found: os.DirEntry[str], is_expected: bool) -> None:  # noqa: FBT001  a check reads as a sentence
    if not is_expected:
        msg = (
            f"{found.name!r} does not belong in an exported history, or is no regular file; "
            "look where it comes from, and verify a copy without it"
        )
        raise JournalBroken(msg, rule="file")


def _lines(path: Path, what: str, first: int, rule: str) -> Iterator[str]:
    number = first
    try:
        for line in untrusted_files.lines(path, untrusted_files.LINE):
            yield line.decode()
            number += 1
    except UnicodeDecodeError as error:
        msg = f"{what} {number} is not UTF-8"
        raise JournalBroken(msg, _seq(number, rule), rule) from error
    except OSError as error:
        if error.errno == errno.EFBIG:
            msg = f"{what} {number} is refused: {error.strerror}"
            raise JournalBroken(msg, _seq(number, rule), rule) from error
        msg = f"{path} cannot be read: {error.strerror}"
        raise JournalBroken(msg, rule="file") from error


def _seq(number: int, rule: str) -> int | None:
    return number if rule == "canonical" else None
