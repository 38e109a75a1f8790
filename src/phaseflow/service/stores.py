"""Opening the store that a person names."""

from collections.abc import Iterator
from contextlib import contextmanager

from phaseflow.model.calendar import Period
from phaseflow.storage.address import file_of, parse_url
from phaseflow.storage.committed import Committed
from phaseflow.storage.port import NoDatabase, Store
from phaseflow.storage.sql import open_store
from phaseflow.storage.sqlite_file import is_there


@contextmanager
def opened(
    url: str,
    *,
    creates: bool = False,
    most_quiet: Period | None = None,
    written: Committed | None = None,
) -> Iterator[Store]:
    """Yield the store at ``url``, the path of an SQLite file or a database URL; close it after.

    Only with ``creates`` may an SQLite file come to be that was not there: a
    misspelled name shall leave no empty database behind. ``most_quiet`` is how long
    nothing may have been recorded before the clock of this machine is doubted, None:
    it is right. What is committed is noted in ``written``.

    Raises:
        NoDatabase: there is none, and ``creates`` is not given.
        StoreUnavailable: the URL names no database that is supported.
    """
    address = parse_url(url)
    is_file = address.drivername == "sqlite"
    if is_file and not creates and not is_there(file_of(address)):
        msg = f"there is no database {address.database} yet; opening an agreement creates it"
        raise NoDatabase(msg)
    store = open_store(url, most_quiet=most_quiet, written=written)
    try:
        yield store
    finally:
        store.close()
