"""An exported history: a directory that anyone can check offline (journal format, §9)."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from phaseflow.errors import Conflict, JournalBroken, StoreUnavailable
from phaseflow.journal.verify import Report, Source, check_definition, verify

ENTRIES = "entries.jsonl"
DEFINITIONS = "definitions"
DISCLOSURES = "disclosures.jsonl"

README = """\
The journal of agreement {agreement}
{mark}
entries.jsonl       {entries} entries, in order; the newest has the hash
                    {head}
definitions/        the text of the agreement, every edition under its SHA-256
disclosures.jsonl   openings of private values
AGREEMENT_ID        the id; do not trust this file, compare it with your paper

Check it without trusting any program of ours. With sh, jq and sha256sum, here:

    hash() {{ {{ echo "$1"; cat; }} | sha256sum | cut -d' ' -f1; }}
    prev=$(head -n 1 entries.jsonl | jq -cS .stmt.body | hash phaseflow-agreement-v1)
    echo "agreement $prev"
    jq -cS . entries.jsonl | cmp - entries.jsonl && echo canonical
    while IFS= read -r line; do
      test "$(printf '%s\\n' "$line" | jq -r .prev)" = "$prev" || echo "BROKEN AT $line"
      prev=$(printf '%s\\n' "$line" | hash phaseflow-entry-v1)
    done < entries.jsonl
    echo "head $prev"
    (cd definitions && for f in *; do echo "$f  $f"; done | sha256sum -c)

The first line it prints must be the id on your paper, the head the hash on your
receipt; nothing may be BROKEN. No entry is signed: the order of entries is
proved from that id to that head, their authors are not.
"""
REHEARSAL = """
REHEARSAL: the recorder's clock was not the real one.
"""


def write_bundle(
    directory: Path, lines: Iterable[str], agreement: str, definitions: Source
) -> Report:
    """Write the journal of ``lines`` to ``directory``, whole or not at all.

    It is verified on the way, so that nothing broken leaves the house.

    Raises:
        JournalBroken: an entry fails.
        Conflict: the directory is there and not empty.
        StoreUnavailable: it cannot be written.
    """
    _refuse_what_is_there(directory)
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=f".{directory.name}.", dir=directory.parent))
        try:
            report = _fill(unfinished, lines, agreement, definitions)
            _settle(unfinished, directory)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
    except OSError as error:
        msg = f"{directory} cannot be written: {error.strerror}"
        raise StoreUnavailable(msg) from error
    return report


def verify_bundle(directory: Path, agreement: str | None) -> Report:
    """Return the report on the bundle in ``directory``; see :func:`verify`.

    Raises:
        JournalBroken: an entry or a file fails.
    """
    report = verify(read_lines(directory), agreement, lambda digest: read_source(directory, digest))
    for path in sorted((directory / DEFINITIONS).iterdir()):
        check_definition(path.name, path.read_bytes())
    disclosures = directory / DISCLOSURES
    if disclosures.exists() and disclosures.stat().st_size:
        msg = f"{DISCLOSURES} opens nothing that stands in this journal"
        raise JournalBroken(msg)
    return report


def read_lines(directory: Path) -> Iterator[str]:
    """Yield the lines of the journal, each with its LF.

    Raises:
        JournalBroken: there is none, or it is not UTF-8.
    """
    try:
        with (directory / ENTRIES).open("rb") as file:
            for seq, line in enumerate(file):
                yield _decode(line, seq)
    except OSError as error:
        msg = f"{directory / ENTRIES} cannot be read: {error.strerror}"
        raise JournalBroken(msg) from error


def read_source(directory: Path, digest: str) -> bytes:
    """Return the bytes of a definition.

    Raises:
        JournalBroken: it is missing.
    """
    try:
        return (directory / DEFINITIONS / digest).read_bytes()
    except OSError as error:
        msg = f"definition {digest} cannot be read: {error.strerror}"
        raise JournalBroken(msg) from error


def _refuse_what_is_there(directory: Path) -> None:
    if directory.is_dir() and not any(directory.iterdir()):
        return
    if directory.exists() or directory.is_symlink():
        msg = f"{directory} is there already and is not empty; name a new directory"
        raise Conflict(msg)


def _fill(directory: Path, lines: Iterable[str], agreement: str, definitions: Source) -> Report:
    with (directory / ENTRIES).open("wb") as file:
        report = verify(_copied(lines, file.write), agreement, definitions)
    (directory / DEFINITIONS).mkdir()
    for digest in report.definitions:
        (directory / DEFINITIONS / digest).write_bytes(definitions(digest))
    (directory / DISCLOSURES).touch()
    _write(directory / "AGREEMENT_ID", f"{agreement}\n")
    _write(
        directory / "README",
        README.format(
            agreement=agreement,
            mark=REHEARSAL if report.is_rehearsal else "",
            entries=report.entries,
            head=report.head,
        ),
    )
    return report


def _settle(unfinished: Path, directory: Path) -> None:
    for path in unfinished.rglob("*"):
        _sync(path)
    unfinished.chmod(0o755)
    _sync(unfinished)
    if directory.is_dir():
        directory.rmdir()
    unfinished.rename(directory)
    _sync(directory.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode())


def _copied(lines: Iterable[str], write: Callable[[bytes], object]) -> Iterator[str]:
    for line in lines:
        write(line.encode())
        yield line


def _decode(line: bytes, seq: int) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        msg = f"entry {seq} is not UTF-8"
        raise JournalBroken(msg, seq) from error
