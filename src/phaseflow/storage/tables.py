"""The tables, on SQLite and PostgreSQL alike; ``migrations/`` brings a database to them.

Moments are text, ``YYYY-MM-DDTHH:MM:SSZ``, and days ``YYYY-MM-DD``: so they
sort, and look the same in both databases and in the journal. ``entry`` is the
journal; ``agreement.id``, ``agreement.label``, ``definition``, checkpoints with
their signatures and openings of private values stand beside it; all else is a
projection, which can be computed anew from the entries.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

REVISION = "0004"
"""The newest migration; kept here so that a start need not import Alembic."""

METADATA = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    }
)

# Amounts are up to 2^53, beyond what PostgreSQL calls an integer. Text sorts by code point # in both databases, whatever the server's language.
_text = Text().with_variant(Text(collation="C"), "postgresql")


def _agreement() -> Column[str]:
    return Column("agreement", _text, ForeignKey("agreement.id"), primary_key=True)


definition = Table(
    "definition",
    METADATA,
    Column("digest", _text, primary_key=True),
    Column("name", _text, nullable=False),
    Column("edition", _text, nullable=False),
    Column("source", LargeBinary, nullable=False),
)

agreement = Table(
    "agreement",
    METADATA,
    Column("id", _text, primary_key=True),
    Column("label", _text, nullable=False, unique=True),
    Column("definition", _text, ForeignKey("definition.digest"), nullable=False),
    Column("leaf", _text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("head", _text, nullable=False),
    Column("recorded_at", _text, nullable=False),
    Column("next_due_at", _text),
    Column("is_rehearsal", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Index(None, "leaf", "label"),
    Index(None, "definition", "label"),
    Index(None, "is_rehearsal", "next_due_at", "id"),
)

entry = Table(
    "entry",
    METADATA,
    _agreement(),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("prev", _text, nullable=False),
    Column("hash", _text, nullable=False),
    Column("actor", _text, nullable=False),
    Column("nonce", _text, nullable=False),
    Column("kind", _text, nullable=False),
    Column("occurred_at", _text, nullable=False),
    Column("recorded_at", _text, nullable=False),
    Column("line", Text, nullable=False),
    UniqueConstraint("agreement", "prev"),
    UniqueConstraint("agreement", "actor", "nonce"),
    Index(None, "agreement", "actor", "seq"),
    Index(None, "agreement", "kind", "seq"),
    Index(None, "agreement", "recorded_at", "seq"),
)

checkpoint = Table(
    "checkpoint",
    METADATA,
    _agreement(),
    Column("size", Integer, primary_key=True, autoincrement=False),
    # The SHA-256 of the text: a row that somebody put there is in nobody's place.
    Column("digest", _text, primary_key=True),
    Column("text", Text, nullable=False),
)

signature = Table(
    "signature",
    METADATA,
    _agreement(),
    Column("size", Integer, primary_key=True, autoincrement=False),
    Column("checkpoint", _text, primary_key=True),
    Column("party", _text, primary_key=True),
    Column("digest", _text, primary_key=True),
    Column("signature", Text, nullable=False),
)

disclosure = Table(
    "disclosure",
    METADATA,
    _agreement(),
    Column("commitment", _text, primary_key=True),
    Column("line", Text, nullable=False),
)

change = Table(
    "change",
    METADATA,
    _agreement(),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("kind", _text, nullable=False),
    Column("obligation", _text),
    Column("at", _text, nullable=False),
    Column("body", Text, nullable=False),
)

mention = Table(
    "mention",
    METADATA,
    _agreement(),
    Column("obligation", _text, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
)

claim = Table(
    "claim",
    METADATA,
    _agreement(),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", _text, nullable=False),
    Column("obligation", _text, nullable=False),
    Column("day", _text, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "agreement", "obligation", "kind", "day", "seq"),
)

period = Table(
    "period",
    METADATA,
    _agreement(),
    Column("obligation", _text, primary_key=True),
    Column("first", _text, primary_key=True),
    Column("body", Text, nullable=False),
)

obligation = Table(
    "obligation",
    METADATA,
    _agreement(),
    Column("name", _text, primary_key=True),
    Column("standing", _text, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("delivered", BigInteger, nullable=False),
    Column("outstanding", BigInteger, nullable=False),
    Column("next_due_at", _text),
    Index(None, "standing", "agreement", "name"),
)
