"""Bringing the tables of a database to this version."""

from phaseflow.storage import schema_version


def upgrade(url: str) -> tuple[str | None, str | None]:
    """Bring the tables to this version; return the versions before and after, None for none.

    Raises:
        StoreUnavailable: the database is out of reach, or of a newer version.
    """
    before = schema_version.current_revision(url)
    schema_version.upgrade(url)
    return before, schema_version.current_revision(url)
