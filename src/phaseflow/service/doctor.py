"""Whether all is well with a database, its journals and the machine: what was seen, and what to do.

Each check stands by itself: where one cannot be made, the others still are.
Nothing is created, changed or mended.
"""

import hashlib
import platform
import shutil
import stat
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

import msgspec

from phaseflow import untrusted_files
from phaseflow.errors import JournalBroken, PhaseflowError, StatementInvalid, StoreUnavailable
from phaseflow.journal.keyfile import read_public_key
from phaseflow.model.calendar import Instant
from phaseflow.model.statement import RECORDER
from phaseflow.service import audit, definitions, keyring
from phaseflow.service.stores import opened
from phaseflow.storage import health
from phaseflow.storage.port import Header, Store

Verdict = Literal["well", "note", "wrong"]

MOST_APART = 60
"""Seconds by which two clocks may differ."""

LEAST_FREE = 100 * 2**20
"""Bytes that a disk should have left."""

_QUIET = 7 * 86_400
_UTF8 = {"utf-8", "utf8"}
_LIBRARIES = ("phaseflow", "SQLAlchemy", "psycopg", "cryptography", "tzdata")
_EXTRAS = {
    "graphviz-pure": "`draw` makes SVG and PNG of what it draws",
    "vl-convert-python": "`timeline` makes PNG",
}


class Observation(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen of a subject; ``remedy`` says what to do unless it is well."""

    subject: str
    state: Verdict
    seen: str
    remedy: str = ""


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What the outermost layer knows of where the program runs.

    ``encodings`` are those of the terminal and of the environment, by name.
    ``fault`` is why the person's own defaults cannot be read.
    """

    now: Instant
    encodings: dict[str, str]
    recorder_key: Path | None = None
    fault: str | None = None


class Examination(msgspec.Struct, frozen=True, kw_only=True):
    """All findings, and how many journals were verified of how many."""

    findings: Sequence[Observation]
    is_reachable: bool
    is_broken: bool
    verified: int
    agreements: int

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong; a note is no fault."""
        return all(finding.state != "wrong" for finding in self.findings)


class _Sample(msgspec.Struct, frozen=True, kw_only=True):
    findings: Sequence[Observation]
    is_broken: bool
    verified: int
    agreements: int


def examine(url: str, surroundings: Surroundings, at_most: int) -> Examination:
    """Return what there is to know; the journals of ``at_most`` agreements are verified."""
    findings = [*_versions(), *_settings(surroundings), *_own_key(surroundings.recorder_key)]
    findings += _cache()
    sample = _Sample(findings=(), is_broken=False, verified=0, agreements=0)
    is_reachable = True
    try:
        findings += _file(url)
        condition = health.look(url)
        findings += _database(condition, surroundings.now)
        if condition.is_current:
            with opened(url) as store:
                sample = _sampled(
                    store, surroundings, at_most, has_clock=condition.clock is not None
                )
    except (StoreUnavailable, OSError) as error:
        is_reachable = False
        remedy = "see to it, or name another with --database or in PHASEFLOW_DATABASE"
        findings.append(_wrong("database", str(error), remedy))
    return Examination(
        findings=(*findings, *sample.findings),
        is_reachable=is_reachable,
        is_broken=sample.is_broken,
        verified=sample.verified,
        agreements=sample.agreements,
    )


def _versions() -> Iterator[Observation]:
    found = {"Python": platform.python_version(), "SQLite": health.SQLITE}
    found |= {name: _installed(name) or "of unknown version" for name in _LIBRARIES}
    yield _well("versions", ", ".join(f"{name} {version}" for name, version in found.items()))
    for name, use in _EXTRAS.items():
        if _installed(name) is None:
            remedy = "if you want it, pip install 'phaseflow[pictures]'"
            yield _note("extras", f"{name} is not installed, with which {use}", remedy)
    if shutil.which("ssh-keygen") is None:
        remedy = "install OpenSSH, or hand in what was signed elsewhere"
        yield _note("keys", "there is no ssh-keygen, so nothing can be signed here", remedy)
    else:
        yield _well("keys", "ssh-keygen is there to sign with")


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _settings(surroundings: Surroundings) -> Iterator[Observation]:
    if surroundings.fault is not None:
        yield _wrong("defaults", surroundings.fault, "mend that file, or move it away")
    odd = {
        name: encoding
        for name, encoding in surroundings.encodings.items()
        if encoding.lower() not in _UTF8
    }
    for name, encoding in odd.items():
        remedy = "set LC_ALL=C.UTF-8, or another UTF-8 locale"
        yield _note("encoding", f"{name} is {encoding}, which cannot show every name", remedy)
    if not odd:
        yield _well("encoding", f"{' and '.join(surroundings.encodings)} are UTF-8")


def _cache() -> Iterator[Observation]:
    fault = definitions.fault_of_cache()
    if fault is None:
        yield _well("cache", "compiled texts are found again, and are nobody else's to write")
    else:
        remedy = "it works without; phaseflow cache fill prepares a folder"
        yield _note("cache", f"each run compiles the texts anew: {fault}", remedy)


def _own_key(path: Path | None) -> Iterator[Observation]:
    if path is None:
        return
    subject = "recorder's key"
    try:
        rights = path.stat().st_mode
        path.open("rb").close()
    except OSError as error:
        remedy = "mend recorder_key in your defaults"
        yield _wrong(subject, f"{path} cannot be read: {error.strerror}", remedy)
        return
    if path.suffix != ".pub" and stat.S_IMODE(rights) & 0o077:
        yield _wrong(subject, f"others may use {path}", f"chmod 600 {path}")
    else:
        yield _well(subject, f"{path} is there, and nobody else's to use")


def _file(url: str) -> Iterator[Observation]:
    found = health.look_at_file(url)
    if found is None:
        return
    if found.written_by_others:
        seen = f"others may write to {found.path} or its folder, and so change the journals"
        yield _wrong("rights", seen, f"chmod o-w {found.path} {found.folder}")
    elif found.read_by_others:
        seen = f"others may read {found.path}"
        yield _note("rights", seen, f"if they are not to, chmod o-r {found.path}")
    else:
        yield _well("rights", f"{found.path} is closed to others")
    if found.lock_fault is not None:
        seen, _, remedy = found.lock_fault.partition("; ")
        yield _wrong("lock file", seen, remedy)
    if found.wal_bytes:
        seen = f"{found.wal_bytes} bytes are in its -wal: somebody has it open, or was killed"
        yield _note("leftovers", seen, "leave it there; the next who writes takes it up")
    for copy in found.copies:
        seen = f"{copy} is a copy that a killed reader left, or one that is being read"
        yield _note("leftovers", seen, f"if phaseflow does not run, rm -r {copy}")
    free = f"{found.free_bytes // 2**20} MiB are free in {found.folder}"
    if found.free_bytes < LEAST_FREE:
        yield _wrong("free space", free, "make room before the next filing")
    else:
        yield _well("free space", free)


def _database(found: health.Condition, now: Instant) -> Iterator[Observation]:
    yield _well("database", f"{found.name}, {found.software}, text as {found.encoding}")
    if found.is_current:
        yield _well("tables", f"version {found.revision}, that of this program")
    else:
        seen = f"version {found.revision or 'none'}, not that of this program"
        yield _wrong("tables", seen, "back the database up, then phaseflow db upgrade")
    for reason in found.mighty:
        seen = f"the record is not safe from the role {found.role}: {reason}"
        remedy = "file as a role that phaseflow db grant ROLE has limited"
        yield _wrong("rights", seen, remedy)
    if found.role is not None and found.is_current and not found.mighty:
        yield _well("rights", f"the role {found.role} can append, and change no entry")
    if found.clock is not None:
        apart = int(now.timestamp() - found.clock.timestamp())
        if abs(apart) > MOST_APART:
            seen = f"this machine's clock differs from the server's by {abs(apart)} seconds"
            yield _wrong("clock", seen, "set both by a time server; the server's counts")
        else:
            yield _well("clock", "this machine's and the server's agree")


def _sampled(store: Store, surroundings: Surroundings, at_most: int, *, has_clock: bool) -> _Sample:
    with store.read() as transaction:
        headers = list(transaction.headers())
        unreadable = transaction.unreadable()
    chosen = choose(headers, at_most)
    findings = [] if has_clock else list(_clock(headers, surroundings.now))
    findings += [
        _wrong("headers", one.fault, f"phaseflow db rebuild {one.label}") for one in unreadable
    ]
    findings += _keys(store, chosen, surroundings.recorder_key)
    seen_in_them = [finding for header in chosen for finding in _verified(store, header)]
    findings += seen_in_them
    broken = [finding for finding in seen_in_them if finding.subject == "journals"]
    if headers:
        seen = f"{len(chosen) - len(broken)} of {len(headers)} journals were verified, and hold"
        findings.append(_well("journals", seen) if not broken else _note("journals", seen, ""))
    return _Sample(
        findings=findings,
        is_broken=bool(broken),
        verified=len(chosen),
        agreements=len(headers),
    )


def choose(headers: Sequence[Header], at_most: int) -> list[Header]:
    """Return whose journals are verified: half those written last, half any others.

    The others are the same each time: those whose digest of the id comes first.
    """
    newest = sorted(headers, key=lambda header: (header.recorded_at, header.id), reverse=True)
    last = newest[: (at_most + 1) // 2]
    others = sorted(
        newest[len(last) :], key=lambda header: hashlib.sha256(header.id.encode()).hexdigest()
    )
    return [*last, *others[: at_most - len(last)]]


def _verified(store: Store, header: Header) -> Iterator[Observation]:
    try:
        report = audit.verify(store, header.id)
    except (JournalBroken, StatementInvalid) as error:
        remedy = f"keep the database as it is; phaseflow audit verify {header.label}, then a backup"
        yield _wrong("journals", f"the journal of {header.label} is broken: {error}", remedy)
        return
    if report.ignored:
        count = f"{len(report.ignored)} {'row' if len(report.ignored) == 1 else 'rows'}"
        seen = f"beside the journal of {header.label} {count} do not verify: {report.ignored[0]}"
        remedy = f"look who put it there; phaseflow audit verify {header.label}, then db sweep"
        yield _wrong("beside the chain", seen, remedy)


def _clock(headers: Sequence[Header], now: Instant) -> Iterator[Observation]:
    moments = [header.recorded_at for header in headers if not header.is_rehearsal]
    if not moments:
        seen = f"it is {now.format_iso()} here; no entry is there to hold it against"
        yield _well("clock", seen)
        return
    newest = max(moments)
    apart = now.timestamp() - newest.timestamp()
    both = f"it is {now.format_iso()} here, and the newest entry is of {newest.format_iso()}"
    if apart < -MOST_APART:
        yield _wrong("clock", f"the clock is behind: {both}", "set it by a time server")
    elif apart > _QUIET:
        yield _note("clock", both, "see that the clock is right; if it is, nobody filed for long")
    else:
        yield _well("clock", both)


def _keys(store: Store, chosen: Sequence[Header], path: Path | None) -> Iterator[Observation]:
    own = None if path is None else _public(path)
    for header in chosen:
        try:
            held = keyring.held(store, header.id)
        except PhaseflowError:
            # What is wrong with its journal is said where that is verified.
            continue
        if held.warning is not None:
            yield _note("keys", f"{header.label}: {held.warning}", "agree on it in a new agreement")
        recorder = next((c.key for c in reversed(held.changes) if c.party == RECORDER), None)
        if own is not None and recorder not in (None, own):
            seen = f"{path} is not the key that the recorder has in {header.label}"
            yield _wrong("recorder's key", seen, f"phaseflow keys {header.label} shows that key")


def _public(path: Path) -> str | None:
    """Return the public half of a key, if it lies beside it and can be read."""
    beside = path if path.suffix == ".pub" else path.with_name(f"{path.name}.pub")
    try:
        return read_public_key(
            untrusted_files.decoded(
                untrusted_files.read(beside, untrusted_files.KEY), errors="replace"
            )
        )
    except (OSError, PhaseflowError):
        return None


def _well(subject: str, seen: str) -> Observation:
    return Observation(subject=subject, state="well", seen=seen)


def _note(subject: str, seen: str, remedy: str) -> Observation:
    return Observation(subject=subject, state="note", seen=seen, remedy=remedy)


def _wrong(subject: str, seen: str, remedy: str) -> Observation:
    return Observation(subject=subject, state="wrong", seen=seen, remedy=remedy)
