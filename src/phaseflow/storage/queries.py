"""The statements of SQL, built once, so that each run costs no more than its work."""

from typing import Any

from sqlalchemy import (
    BindParameter,
    Engine,
    Insert,
    Select,
    Table,
    and_,
    bindparam,
    column,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.compiler import WARN_LINTING
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import FunctionElement

from phaseflow.storage.port import Filter
from phaseflow.storage.tables import (
    agreement,
    change,
    claim,
    definition,
    entry,
    mention,
    obligation,
    period,
)

PAGE = 200
"""How many rows are fetched at a time."""

LAST = 2**31 - 1
"""The last position that the columns hold."""

PROJECTED = (change, mention, claim, period, obligation)

_HEADER = (
    agreement.c.id,
    agreement.c.label,
    agreement.c.definition,
    agreement.c.leaf.label("state"),
    agreement.c.position,
    agreement.c.head,
    agreement.c.recorded_at,
    agreement.c.next_due_at,
    agreement.c.is_rehearsal,
)
_ROW = tuple(column for column in entry.c if column.name != "agreement")
_this: BindParameter[str] = bindparam("this")


def _held(function: FunctionElement[Any]) -> Select[tuple[Any, ...]]:
    """Return the headers that a function of PostgreSQL has locked; a role that files cannot."""
    row = function.table_valued(*(column(c.name, c.type) for c in agreement.c))
    return select(*(row.c[c.name if c.name != "state" else "leaf"].label(c.name) for c in _HEADER))


SERVER_CLOCK = select(func.floor(func.extract("epoch", func.clock_timestamp())))

SOURCE = select(definition.c.source).where(definition.c.digest == _this)
ADD_DEFINITION = {
    "sqlite": insert(definition),
    "postgresql": text("SELECT keep_definition(:digest, :name, :edition, :source)"),
}

BEGIN = insert(agreement)
HEADER = select(*_HEADER).where(agreement.c.id == _this)
LOCK = _held(func.hold_agreement(_this))
BY_NAME = select(*_HEADER).where(or_(agreement.c.label == _this, agreement.c.id == _this))
BY_PREFIX = (
    select(*_HEADER)
    # No hexadecimal digit sorts after "f".
    .where(agreement.c.id >= _this, agreement.c.id < _this + "g")
    .order_by(agreement.c.id)
)
DUE = (
    select(*_HEADER)
    .where(agreement.c.is_rehearsal.is_(False), agreement.c.next_due_at <= _this)
    .order_by(agreement.c.next_due_at, agreement.c.id)
    .limit(bindparam("limit"))
)
DUE_AND_FREE = _held(func.hold_due(_this, bindparam("limit")))
NEWEST = select(func.max(agreement.c.recorded_at)).where(agreement.c.is_rehearsal.is_(False))
LABELS = select(agreement.c.id, agreement.c.label).order_by(agreement.c.label)
IS_REHEARSAL = select(agreement.c.is_rehearsal).where(agreement.c.id == _this)
STATE = select(agreement.c.state).where(agreement.c.id == _this)

EXTEND = update(agreement).where(
    agreement.c.id == _this,
    agreement.c.position == bindparam("before"),
    agreement.c.head == bindparam("prev"),
)
SET_STATE = update(agreement).where(agreement.c.id == _this)
ADD_ENTRY = insert(entry)
# On PostgreSQL, the one way in, whether or not the role may insert; so every test takes it.
OPEN_BY_FUNCTION = text("SELECT open_agreement(:label, :line, CAST(:caches AS jsonb))")
APPEND_BY_FUNCTION = text("SELECT append_entry(:line, CAST(:caches AS jsonb))")
ADD_CHANGE = insert(change)
ADD_MENTION = insert(mention)

ENTRY = select(*_ROW).where(entry.c.agreement == _this, entry.c.seq == bindparam("seq"))
# Of two kinds in order of position, SQLite would walk the whole journal.
KEY_LINES = union_all(
    select(entry.c.seq, entry.c.line).where(entry.c.agreement == _this, entry.c.seq == 0),
    *(
        select(entry.c.seq, entry.c.line).where(entry.c.agreement == _this, entry.c.kind == kind)
        for kind in ("key.set", "amend")
    ),
)
BY_NONCE = select(*_ROW).where(
    entry.c.agreement == _this,
    entry.c.actor == bindparam("actor"),
    entry.c.nonce == bindparam("nonce"),
)

CLAIMED = select(claim.c.obligation).where(
    claim.c.agreement == _this, claim.c.seq == bindparam("seq")
)
CLAIM = select(claim.c.body).where(claim.c.agreement == _this, claim.c.seq == bindparam("seq"))
CLAIMS_BETWEEN = (
    select(claim.c.body)
    .where(
        claim.c.agreement == _this,
        claim.c.obligation == bindparam("obligation"),
        claim.c.kind == "perform",
        # Not BETWEEN: PostgreSQL's grammar has no room there for the collation.
        claim.c.day >= bindparam("first"),
        claim.c.day <= bindparam("last"),
    )
    .order_by(claim.c.seq)
)
PERIOD = select(period.c.body).where(
    period.c.agreement == _this,
    period.c.obligation == bindparam("obligation"),
    period.c.first == bindparam("first"),
)

DUMP_STATE = select(
    agreement.c.definition,
    agreement.c.leaf,
    agreement.c.position,
    agreement.c.head,
    agreement.c.recorded_at,
    agreement.c.next_due_at,
    agreement.c.state,
).where(agreement.c.id == _this)
DUMP = {
    table.name: select(*(c for c in table.c if c.name != "agreement"))
    .where(table.c.agreement == _this)
    .order_by(*(c for c in table.primary_key if c.name != "agreement"))
    for table in PROJECTED
}
CLEAR = [delete(table).where(table.c.agreement == _this) for table in PROJECTED]
DROP_OBLIGATIONS = delete(obligation).where(
    obligation.c.agreement == _this,
    obligation.c.name.not_in(bindparam("names", expanding=True)),
)


def _upsert(table: Table, dialect: str) -> Insert:
    """Return an INSERT that overwrites a row of the same key, if anything differs."""
    make = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = make(table)
    new = {c.name: statement.excluded[c.name] for c in table.c if not c.primary_key}
    differs = or_(*(table.c[name].is_distinct_from(value) for name, value in new.items()))
    return statement.on_conflict_do_update(
        index_elements=list(table.primary_key), set_=new, where=differs
    )


UPSERT = {
    dialect: {table.name: _upsert(table, dialect) for table in (claim, period, obligation)}
    for dialect in ("sqlite", "postgresql")
}


def compile_writes(engine: Engine) -> None:
    """Have ``engine`` know the text of what filing an entry runs, before it is this one's turn."""
    dialect = engine.dialect.name
    extended = {"definition", "leaf", "position", "head", "recorded_at", "next_due_at", "state"}
    if dialect == "postgresql":
        # A function writes all of it.
        return
    once: list[tuple[Any, set[str]]] = [
        (EXTEND, {*extended, "this", "before", "prev"}),
        (ADD_ENTRY, {c.name for c in entry.c}),
        (UPSERT[dialect]["claim"], {c.name for c in claim.c}),
        (ADD_CHANGE, {c.name for c in change.c}),
        (ADD_MENTION, {c.name for c in mention.c}),
    ]
    often = [(UPSERT[dialect]["obligation"], {c.name for c in obligation.c}), *once[-2:]]
    for statements, is_many in ((once, False), (often, True)):
        for statement, names in statements:
            # Nothing public fills the cache ahead of need. What it misses costs time, no more.
            statement._compile_w_cache(  # noqa: SLF001
                engine.dialect,
                compiled_cache=engine._compiled_cache,  # noqa: SLF001
                column_keys=sorted(names),
                for_executemany=is_many,
                linting=engine.dialect.compiler_linting | WARN_LINTING,
            )


def headers(
    state: str | None, definition_: str | None, after: str | None
) -> Select[tuple[Any, ...]]:
    """Return the page of agreements whose label follows ``after``."""
    query = select(*_HEADER).order_by(agreement.c.label).limit(PAGE)
    if state is not None:
        query = query.where(agreement.c.leaf == state)
    if definition_ is not None:
        query = query.where(agreement.c.definition == definition_)
    return query if after is None else query.where(agreement.c.label > after)


def obligations(standing: str | None, after: tuple[str, str] | None) -> Select[tuple[Any, ...]]:
    """Return the page of obligations that follow ``after``, an agreement and a name."""
    query = select(obligation).order_by(obligation.c.agreement, obligation.c.name).limit(PAGE)
    if standing is not None:
        query = query.where(obligation.c.standing == standing)
    if after is None:
        return query
    # Spelled out: SQLite reads only the first half of a row comparison from an index.
    this, name = after
    later = and_(obligation.c.agreement == this, obligation.c.name > name)
    return query.where(obligation.c.agreement >= this, or_(obligation.c.agreement > this, later))


def seq_from(this: str, moment: str) -> Select[int]:
    """Return the first position recorded at or after ``moment``; times never decrease."""
    return (
        select(entry.c.seq)
        .where(entry.c.agreement == this, entry.c.recorded_at >= moment)
        .order_by(entry.c.recorded_at, entry.c.seq)
        .limit(1)
    )


def positions(
    this: str, wanted: Filter, span: tuple[int, int], *, newest: bool = False
) -> Select[int]:
    """Return the positions within ``span``, inclusive, that are wanted, a page of them.

    With ``newest`` backwards, as many as are wanted. Each is read in order from
    one index, so that a page costs its own size. Of several kinds, each has its
    own walk through the index.
    """
    walks = (
        [(kind,) for kind in wanted.kinds]
        if wanted.actor is None and wanted.obligation is None
        else [wanted.kinds]
    )
    limit = wanted.newest if newest else PAGE
    parts = [
        _walk(this, wanted, kinds, span, newest=newest).limit(limit) for kinds in walks or [()]
    ]
    if len(parts) == 1:
        return parts[0]
    every = union_all(*(select(part.subquery()) for part in parts)).subquery()
    return select(every.c.seq).order_by(_along(every.c.seq, newest=newest)).limit(limit)


def _walk(
    this: str, wanted: Filter, kinds: tuple[str, ...], span: tuple[int, int], *, newest: bool
) -> Select[int]:
    seq: ColumnElement[int] = entry.c.seq
    query = select(seq.label("seq")).where(entry.c.agreement == this)
    if wanted.obligation is not None:
        seq = mention.c.seq
        here = and_(entry.c.agreement == mention.c.agreement, entry.c.seq == seq)
        query = select(seq.label("seq")).join_from(mention, entry, here)
        query = query.where(mention.c.agreement == this, mention.c.obligation == wanted.obligation)
    if wanted.actor is not None:
        query = query.where(entry.c.actor == wanted.actor)
    if len(kinds) == 1:
        query = query.where(entry.c.kind == kinds[0])
    elif kinds:
        query = query.where(entry.c.kind.in_(kinds))
    return query.where(seq.between(*span)).order_by(_along(seq, newest=newest))


def _along(seq: ColumnElement[int], *, newest: bool) -> ColumnElement[int]:
    return seq.desc() if newest else seq


def rows(this: str, seqs: list[int]) -> Select[tuple[Any, ...]]:
    """Return the entries at ``seqs``, in order."""
    return (
        select(*_ROW).where(entry.c.agreement == this, entry.c.seq.in_(seqs)).order_by(entry.c.seq)
    )
