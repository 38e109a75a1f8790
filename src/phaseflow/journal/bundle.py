"""An exported history: a directory that anyone can check offline (journal format, §9)."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from phaseflow import atomic_files
from phaseflow.errors import Conflict, StoreUnavailable
from phaseflow.journal import folder
from phaseflow.journal.checkpoint import Signed
from phaseflow.journal.folder import read_lines, read_source
from phaseflow.journal.signature import CHECKPOINT, STATEMENT, armored
from phaseflow.journal.verify import Evidence, Report, Source, check_named, verify

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
REHEARSAL = """
REHEARSAL: the recorder's clock was not the real one.
"""


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """What an export holds beside entries and definitions.

    ``attachments`` are digests with their bytes; ``openings`` are lines, each
    with its LF. ``proposed`` are digests of texts that were proposed, in effect or not.
    """

    checkpoints: tuple[Signed, ...] = ()
    attachments: Iterable[tuple[str, bytes]] = ()
    openings: tuple[str, ...] = ()
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
    _refuse_what_is_there(directory)
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        with atomic_files.folder(directory) as part:
            report = _fill(part, lines, agreement, definitions, beside)
            _settle(part, directory)
    except OSError as error:
        msg = f"{directory} cannot be written: {error.strerror}"
        raise StoreUnavailable(msg) from error
    return report


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


def _refuse_what_is_there(directory: Path) -> None:
    if directory.is_dir() and not any(directory.iterdir()):
        return
    if directory.exists() or directory.is_symlink():
        msg = f"{directory} is there already and is not empty; name a new directory"
        raise Conflict(msg)


def _fill(
    directory: Path, lines: Iterable[str], agreement: str, definitions: Source, beside: Beside
) -> Report:
    evidence = Evidence(checkpoints=beside.checkpoints, openings=beside.openings)
    with (directory / folder.ENTRIES).open("wb") as file:
        report = verify(_copied(lines, file.write), agreement, definitions, evidence)
    (directory / folder.DEFINITIONS).mkdir()
    for digest in dict.fromkeys((*report.definitions, *beside.proposed)):
        (directory / folder.DEFINITIONS / digest).write_bytes(definitions(digest))
    _write_checkpoints(directory, beside.checkpoints)
    for digest, content in beside.attachments:
        check_named(digest, [content], "attachment")
        (directory / folder.ATTACHMENTS).mkdir(exist_ok=True)
        (directory / folder.ATTACHMENTS / digest).write_bytes(content)
    _write(directory / folder.DISCLOSURES, "".join(beside.openings))
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


def _write_checkpoints(directory: Path, checkpoints: tuple[Signed, ...]) -> None:
    if not checkpoints:
        return
    (directory / folder.CHECKPOINTS).mkdir()
    for signed in checkpoints:
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
