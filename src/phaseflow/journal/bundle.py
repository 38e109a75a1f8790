"""An exported history: a directory that anyone can check offline (journal format, §9)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

from phaseflow import atomic_files
from phaseflow.errors import Conflict, JournalBroken, StoreUnavailable
from phaseflow.journal import folder
from phaseflow.journal.folder import read_lines, read_source
from phaseflow.journal.signature import CHECKPOINT, STATEMENT, armored
from phaseflow.journal.verify import (
    Evidence,
    Report,
    Rows,
    Source,
    check_named,
    verify,
    verify_for_export,
)

GUIDE = """\
The journal of agreement {agreement}
{mark}
entries.jsonl       {entries} entries, in order; the newest has the hash
                    {head}
definitions/        the text of the agreement, every edition under its SHA-256
attachments/        material that entries name by its SHA-256, where it is kept
checkpoints/        signed heads: SIZE.txt, and SIZE.PARTY.sig of each signer
disclosures.jsonl   openings of private values
AGREEMENT_ID        the id; do not trust this file, compare it with your paper
allowed_signers     the keys, for ssh-keygen; do not trust this file, entry 0
                    and the entries of kind key.set name them

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
receipt; nothing may be BROKEN. That proves the order of entries, from that id to
that head. {authors}
"""
UNSIGNED = "No entry is signed: their authors are not proved."
SIGNED = """\
Their authors are proved by the signatures, which the guide
for auditors in the documentation of phaseflow checks with ssh-keygen;
{unsigned} of the {entries} entries are UNSIGNED."""
BROKEN = """\
BROKEN: the journal of agreement {agreement}
does not verify, and was exported all the same: keep it, it is evidence.

{fault}

entries.jsonl       {entries} entries, as they were found
definitions/        the texts that could be found, each under the digest that is asked of it
AGREEMENT_ID        the id; do not trust this file, compare it with your paper

What stands before the entry that is named may hold; nothing after it is relied
upon. Compare it with the copies and receipts that others keep.
"""
REHEARSAL = """
REHEARSAL: the recorder's clock was not the real one.
"""


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """What an export holds beside entries and definitions.

    ``rows`` are checkpoints and openings, of which only what verifies is written.
    ``attachments`` are digests with their bytes. ``proposed`` are digests of
    texts that were proposed, in effect or not.
    """

    rows: Rows = Rows()
    attachments: Iterable[tuple[str, bytes]] = ()
    proposed: tuple[str, ...] = ()


def write_bundle(
    directory: Path,
    lines: Iterable[str],
    agreement: str,
    definitions: Source,
    beside: Beside = Beside(),  # noqa: B008  it is a frozen value
) -> Report:
    """Write the journal of ``lines`` to ``directory``, whole or not at all.

    It is verified on the way, so that nothing broken leaves the house.

    Raises:
        JournalBroken: an entry, or something beside, fails.
        Conflict: the directory is there and not empty.
        StoreUnavailable: it cannot be written.
    """
    with _new(directory) as part:
        return _fill(part, lines, agreement, definitions, beside)


def write_broken(
    directory: Path,
    lines: Iterable[str],
    agreement: str,
    definitions: Mapping[str, bytes],
    broken: JournalBroken,
) -> None:
    """Write a journal that does not verify, all of it, under a mark: whoever keeps it has evidence.

    Raises:
        Conflict: the directory is there and not empty.
        StoreUnavailable: it cannot be written.
    """
    with _new(directory) as part:
        with (part / folder.ENTRIES).open("wb") as file:
            count = sum(1 for _ in _copied(lines, file.write))
        _write_definitions(part, definitions, definitions.__getitem__)
        _write(part / folder.DISCLOSURES, "")
        _write(part / folder.ID, f"{agreement}\n")
        _write(part / folder.SIGNERS, "")
        guide = BROKEN.format(agreement=agreement, entries=count, fault=broken)
        _write(part / folder.README, guide)


def verify_bundle(directory: Path, agreement: str | None, pins: Iterable[Path] = ()) -> Report:
    """Return the report on the bundle in ``directory``; see :func:`verify`.

    ``pins`` are files of checkpoints that the auditor kept.

    Raises:
        JournalBroken: an entry or a file fails.
    """
    folder.check_inventory(directory)
    evidence = Evidence(
        pins=map(folder.read_pin, pins),
        checkpoints=folder.read_checkpoints(directory),
        openings=folder.read_openings(directory),
    )
    report = verify(
        read_lines(directory), agreement, lambda digest: read_source(directory, digest), evidence
    )
    folder.check_files(directory)
    return report


@contextmanager
def _new(directory: Path) -> Iterator[Path]:
    """Give a folder to fill, which then is at its place, whole."""
    _refuse_what_is_there(directory)
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        with atomic_files.folder(directory) as part:
            yield part
            _settle(part, directory)
    except OSError as error:
        msg = f"{directory} cannot be written: {error.strerror}"
        raise StoreUnavailable(msg) from error


def _refuse_what_is_there(directory: Path) -> None:
    if directory.is_dir() and not any(directory.iterdir()):
        return
    if directory.exists() or directory.is_symlink():
        msg = f"{directory} is there already and is not empty; name a new directory"
        raise Conflict(msg)


def _fill(
    directory: Path, lines: Iterable[str], agreement: str, definitions: Source, beside: Beside
) -> Report:
    with (directory / folder.ENTRIES).open("wb") as file:
        copied = _copied(lines, file.write)
        report, evidence = verify_for_export(copied, agreement, definitions, beside.rows)
    _write_definitions(directory, (*report.definitions, *beside.proposed), definitions)
    _write_evidence(directory, evidence)
    for digest, content in beside.attachments:
        check_named(digest, [content], "attachment")
        (directory / folder.ATTACHMENTS).mkdir(exist_ok=True)
        (directory / folder.ATTACHMENTS / digest).write_bytes(content)
    _write(directory / folder.ID, f"{agreement}\n")
    _write(directory / folder.SIGNERS, allowed_signers(report))
    _write(directory / folder.README, _guide(report))
    return report


def allowed_signers(report: Report) -> str:
    """Return the keys as ``ssh-keygen -Y verify -f`` reads them.

    All that there ever were: which of them counts where, an entry's position tells.
    """
    return "".join(
        f'{change.party} namespaces="{STATEMENT},{CHECKPOINT}" {change.key}\n'
        for change in report.keys
        if change.key is not None
    )


def _guide(report: Report) -> str:
    unsigned = sum(report.unsigned.values())
    is_signed = unsigned < report.entries
    return GUIDE.format(
        agreement=report.agreement,
        mark=REHEARSAL if report.is_rehearsal else "",
        entries=report.entries,
        head=report.head,
        authors=SIGNED.format(unsigned=unsigned, entries=report.entries) if is_signed else UNSIGNED,
    )


def _write_definitions(directory: Path, digests: Iterable[str], definitions: Source) -> None:
    (directory / folder.DEFINITIONS).mkdir()
    for digest in dict.fromkeys(digests):
        (directory / folder.DEFINITIONS / digest).write_bytes(definitions(digest))


def _write_evidence(directory: Path, evidence: Evidence) -> None:
    _write(directory / folder.DISCLOSURES, "".join(evidence.openings))
    for signed in evidence.checkpoints:
        (directory / folder.CHECKPOINTS).mkdir(exist_ok=True)
        stem = directory / folder.CHECKPOINTS / signed.checkpoint.name
        _write(stem.with_name(f"{stem.name}.txt"), signed.checkpoint.text)
        for party, signature in signed.signatures.items():
            _write(stem.with_name(f"{stem.name}.{party}.sig"), armored(signature))


def _settle(part: Path, directory: Path) -> None:
    part.chmod(0o755)
    atomic_files.sync_all(part)
    if directory.is_dir():
        directory.rmdir()
    part.rename(directory)
    atomic_files.sync(directory.parent)


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode())


def _copied(lines: Iterable[str], write: Callable[[bytes], object]) -> Iterator[str]:
    for line in lines:
        write(line.encode())
        yield line
