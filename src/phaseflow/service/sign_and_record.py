"""Filing what somebody says here: signed with a key, and once where twice would count twice."""

from collections.abc import Callable
from pathlib import Path

from phaseflow.errors import SaidBefore
from phaseflow.service.compose import Filing, compose, was_filed
from phaseflow.service.handed_in import HandedIn, signed_bytes
from phaseflow.service.record import Filed, record, try_out
from phaseflow.service.repeats import Once
from phaseflow.storage.port import Store

Confirm = Callable[[SaidBefore], bool]
"""Tells whether what seems to be said already is to be filed all the same."""


def never(_before: SaidBefore) -> bool:
    """Confirm nothing."""
    return False


def sign_and_record(
    store: Store,
    filing: Filing,
    *,
    key: Path | None = None,
    is_receipted: bool = False,
    confirm: Confirm = never,
) -> Filed:
    """File it, signed with ``key`` if there is one, and return the entry.

    It is signed before anything is locked, and ``confirm`` is asked while nothing is.
    ``is_receipted`` fixes a checkpoint over it; see :func:`.record.record`.

    Raises:
        SaidBefore: it seems to be said already, and is not confirmed.
        NotSigned: no signature was made.
        PhaseflowError: as :func:`.record.record`.
    """
    saying = _signed(store, filing, key)
    try:
        return record(store, _once(filing, saying), is_receipted=is_receipted)
    except SaidBefore as before:
        if not confirm(before):
            raise
    return record(store, saying, is_receipted=is_receipted)


def sign_and_record_again(
    store: Store, filing: Filing, *, key: Path | None = None, is_receipted: bool = False
) -> Filed:
    """File it, whether or not it seems to be said already.

    Raises:
        NotSigned: no signature was made.
        PhaseflowError: as :func:`.record.record`.
    """
    return record(store, _signed(store, filing, key), is_receipted=is_receipted)


def try_out_once(store: Store, filing: Filing) -> Filed:
    """Return what :func:`sign_and_record` would file, signed or not; nothing is filed.

    Raises:
        SaidBefore: it seems to be said already.
        PhaseflowError: as :func:`.record.record`.
    """
    return try_out(store, _once(filing, filing))


def _once(filing: Filing, saying: Filing | HandedIn) -> Once:
    return Once(saying=saying, is_dated=filing.occurred_at is not None)


def _signed(store: Store, filing: Filing, key: Path | None) -> Filing | HandedIn:
    if key is None or was_filed(store, filing):
        return filing
    from phaseflow.journal.signature import STATEMENT  # noqa: PLC0415  slow to load
    from phaseflow.journal.signing import sign  # noqa: PLC0415

    statement = compose(store, filing)
    return HandedIn(
        statement=statement,
        signature=sign(key, namespace=STATEMENT, message=signed_bytes(statement)),
        edition=filing.edition,
        file=filing.file,
        openings=filing.openings,
        is_on_record=filing.is_on_record,
        now=filing.now,
        expected_position=filing.expected_position,
    )
