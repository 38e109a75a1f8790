"""What phaseflow promises to programs: to open a store and agreements in it, to say, and to look.

Each function is also an attribute of the package: ``phaseflow.status``. What it needs is
imported when it is called, as some of it is slow to load. What goes in and comes out are
frozen values; what goes wrong is raised as an error of :mod:`phaseflow.errors`.
"""

# ruff: noqa: PLC0415  nothing is loaded before it is used

from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phaseflow.journal.verify import Report
    from phaseflow.service.compose import Filing
    from phaseflow.service.definitions import Examined
    from phaseflow.service.history import History, Wanted
    from phaseflow.service.open import Opened, OpeningRequest
    from phaseflow.service.record import Filed
    from phaseflow.service.sign_and_record import Confirm
    from phaseflow.service.status import Outlook, View
    from phaseflow.storage.committed import Committed
    from phaseflow.storage.port import Store

QUIET_AT_MOST = "P7D"
"""How long nothing may have been recorded before the clock of this machine is doubted."""


def open_store(
    url: str,
    *,
    creates: bool = False,
    most_quiet: str | None = QUIET_AT_MOST,
    written: "Committed | None" = None,
) -> "AbstractContextManager[Store]":
    """Return the store at ``url``, the path of an SQLite file or ``postgresql://...``.

    It is open within ``with``. Only with ``creates`` may a file of SQLite come to be.
    On SQLite the clock of this machine is the recorder's; it is doubted where nothing was
    recorded for ``most_quiet``, a period of ISO 8601, None: never. What is committed is
    noted in ``written``.

    Raises:
        StoreUnavailable: it is out of reach, out of date, or not there.
    """
    from phaseflow.model.calendar import parse_period
    from phaseflow.service.stores import opened

    quiet = None if most_quiet is None else parse_period(most_quiet)
    return opened(url, creates=creates, most_quiet=quiet, written=written)


def check(source: bytes, file: str = "the definition") -> "Examined":
    """Return what a text spells: its definition, unless it has errors, and all that was found.

    ``file`` is how people know it.
    """
    from phaseflow.service.definitions import examine

    return examine(source, file)


def open_agreement(store: "Store", opening: "OpeningRequest") -> "Opened":
    """Open an agreement on a definition: entry 0 of its journal.

    The same opening again, under its nonce, opens nothing twice.

    Raises:
        DefinitionInvalid: the definition has faults.
        StatementInvalid: the label is no label, or a key or the policy does not hold.
        Unconfirmed: the clock is in doubt.
        Conflict: the label is taken.
    """
    from phaseflow.service import open as opening_

    return opening_.open_agreement(store, opening)


def file(
    store: "Store",
    filing: "Filing",
    *,
    key: Path | None = None,
    is_receipted: bool = False,
    confirm: "Confirm | None" = None,
) -> "Filed":
    """File a statement, signed with ``key`` if there is one, and all that follows from it.

    The same filing again, under its nonce, files nothing twice. Where it seems to be said
    already under another nonce, ``confirm`` is asked. ``is_receipted`` fixes a checkpoint
    over the entry, for the recorder to sign.

    Raises:
        Refused: the agreement does not allow it; nothing is filed.
        SaidBefore: it seems to be said already, and is not confirmed.
        Unconfirmed: the clock is in doubt.
        StatementInvalid: it is malformed, or names what is not there.
        NotSigned: no signature was made.
        Conflict: somebody acted first, or the nonce was used for something else.
    """
    from phaseflow.service.sign_and_record import never, sign_and_record

    return sign_and_record(
        store, filing, key=key, is_receipted=is_receipted, confirm=confirm or never
    )


def status(store: "Store", agreement: str, now: str | None = None) -> "View":
    """Return where an agreement stands, what fell due meanwhile included.

    ``agreement`` is its label, its id, or the beginning of one. ``now`` is the clock of a
    rehearsal, which else stands at the newest entry.

    Raises:
        StatementInvalid: there is no such agreement, or ``now`` is given and it is no rehearsal.
    """
    from phaseflow.service import status as standing

    return standing.status(store, agreement, now)


def next(store: "Store", agreement: str, now: str | None = None) -> "Outlook":  # noqa: A001  as the command
    """Return what can be done now and by whom, what keeps the rest from it, and what falls due.

    Raises:
        StatementInvalid: as :func:`status`.
    """
    from phaseflow.service import status as standing

    return standing.outlook(store, agreement, now)


def history(store: "Store", agreement: str, wanted: "Wanted | None" = None) -> "History":
    """Return the entries that are wanted, in order; all if nothing is said.

    Raises:
        StatementInvalid: there is no such agreement, party, kind or obligation.
    """
    from phaseflow.service import history as entries

    return entries.history(store, agreement, wanted or entries.Wanted())


def verify(
    store: "Store",
    agreement: str,
    known_id: str | None = None,
    pins: Iterable[Path] = (),
    kept_in: Path | None = None,
) -> "Report":
    """Return the report on a journal that is whole: form, hash chain, signatures, checkpoints.

    ``known_id`` is the id as the auditor has it from paper; ``pins`` are files of
    checkpoints that the auditor kept, and ``kept_in`` holds more, a folder for each agreement.

    Raises:
        JournalBroken: an entry fails, or the newest ones are missing.
        StatementInvalid: there is no such agreement.
    """
    from phaseflow.service import audit

    return audit.verify(store, agreement, known_id, pins, kept_in)
