"""Reading an exported history strictly: only files that belong there, and no links."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from phaseflow.errors import JournalBroken, StatementInvalid
from phaseflow.journal.checkpoint import Signed, parse_checkpoint
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
_CHUNK = 1 << 20


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
        JournalBroken: there is none, or it is not UTF-8.
    """
    for seq, line in enumerate(_lines(directory / ENTRIES)):
        try:
            yield line.decode()
        except UnicodeDecodeError as error:
            msg = f"entry {seq} is not UTF-8"
            raise JournalBroken(msg, seq, "canonical") from error


def read_openings(directory: Path) -> Iterator[str]:
    """Yield the lines of the disclosures; there may be none.

    Raises:
        JournalBroken: they cannot be read, or are not UTF-8.
    """
    path = directory / DISCLOSURES
    if not path.exists():
        return
    for number, line in enumerate(_lines(path), 1):
        try:
            yield line.decode()
        except UnicodeDecodeError as error:
            msg = f"opening {number} is not UTF-8"
            raise JournalBroken(msg, rule="disclosure") from error


def read_source(directory: Path, digest: str) -> bytes:
    """Return the bytes of a definition.

    Raises:
        JournalBroken: it is missing.
    """
    try:
        return (directory / DEFINITIONS / digest).read_bytes()
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
    beside = sorted(path.parent.iterdir()) if path.parent.is_dir() else []
    names = [p for p in beside if p.name.startswith(f"{stem}.") and p.name.endswith(".sig")]
    return _read_signed(path, names, "pin")


def check_files(directory: Path) -> None:
    """Check that every definition and attachment hashes to its name.

    Raises:
        JournalBroken: one does not.
    """
    for folder, rule in ((DEFINITIONS, "definition"), (ATTACHMENTS, "attachment")):
        paths = (directory / folder).iterdir() if (directory / folder).exists() else ()
        for path in sorted(paths):
            check_named(path.name, _chunks(path), rule)


def _read_signed(path: Path, signatures: list[Path], rule: str) -> Signed:
    stem = path.name.removesuffix(".txt")
    try:
        checkpoint = parse_checkpoint(path.read_bytes().decode())
        by_party = {
            its.name[len(stem) + 1 : -len(".sig")]: read_armored(its.read_bytes().decode())
            for its in signatures
        }
    except (OSError, UnicodeDecodeError, StatementInvalid, JournalBroken) as error:
        msg = f"{path.name}, or a signature of it, is refused: {error}"
        raise JournalBroken(msg, rule=rule) from error
    return Signed(checkpoint, by_party)


def _scan(directory: Path) -> list[os.DirEntry[str]]:
    try:
        return sorted(os.scandir(directory), key=lambda found: found.name)
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


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            yield from file
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror}"
        raise JournalBroken(msg, rule="file") from error


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror}"
        raise JournalBroken(msg, rule="file") from error
