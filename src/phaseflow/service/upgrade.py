"""Bringing the tables of a database to this version."""

from phaseflow.storage import schema


def upgrade(url: str) -> tuple[str | None, str | None]:
    """Bring the tables to this version; return the versions before and after, None for none.

    Raises:
        StoreUnavailable: the database is out of reach, or of a newer version.
    """
    before = schema.current_revision(url)
    schema.upgrade(url)
    return before, schema.current_revision(url)
