"""Journals and their projections.

The triggers keep a journal append-only: they refuse to change or delete an
entry, and to insert one that does not extend the head. Those of definitions
keep the bytes that agreements were opened on. They stop accidents and the
application; an owner can drop them, and is caught by ``audit verify``.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

# SQLite's REPLACE deletes, without any trigger, whatever row is in the way of the
# new one. So an insert is refused when a row of any key of its own is there: the
# position, the nonce, and the rowid where one was named (else NEW.rowid is -1).
SQLITE = (
    """
    CREATE TRIGGER entry_extends_head BEFORE INSERT ON entry
    WHEN NEW.seq IS NOT coalesce(
            (SELECT max(seq) + 1 FROM entry WHERE agreement = NEW.agreement), 0)
        OR NEW.prev IS NOT coalesce(
            (SELECT hash FROM entry WHERE agreement = NEW.agreement ORDER BY seq DESC LIMIT 1),
            NEW.agreement)
    BEGIN SELECT RAISE(ABORT, 'entry: it must extend the head of its journal'); END
    """,
    """
    CREATE TRIGGER entry_replaces_nothing BEFORE INSERT ON entry
    WHEN EXISTS (SELECT 1 FROM entry WHERE rowid = NEW.rowid)
        OR EXISTS (SELECT 1 FROM entry WHERE agreement = NEW.agreement
            AND actor = NEW.actor AND nonce = NEW.nonce)
    BEGIN SELECT RAISE(ABORT, 'entry: it must replace no other'); END
    """,
    """
    CREATE TRIGGER entry_is_not_updated BEFORE UPDATE ON entry
    BEGIN SELECT RAISE(ABORT, 'entry: it is never changed'); END
    """,
    """
    CREATE TRIGGER entry_is_not_deleted BEFORE DELETE ON entry
    BEGIN SELECT RAISE(ABORT, 'entry: it is never deleted'); END
    """,
    """
    CREATE TRIGGER definition_replaces_nothing BEFORE INSERT ON definition
    WHEN EXISTS (SELECT 1 FROM definition WHERE rowid = NEW.rowid OR digest = NEW.digest)
    BEGIN SELECT RAISE(ABORT, 'definition: it must replace no other'); END
    """,
    # Its compiled form is a cache. The rowid too: UPDATE OR REPLACE of it deletes a row.
    """
    CREATE TRIGGER definition_is_not_updated BEFORE UPDATE ON definition
    WHEN (NEW.rowid, NEW.digest, NEW.name, NEW.edition, NEW.source)
        IS NOT (OLD.rowid, OLD.digest, OLD.name, OLD.edition, OLD.source)
    BEGIN SELECT RAISE(ABORT, 'definition: it is never changed'); END
    """,
    """
    CREATE TRIGGER definition_is_not_deleted BEFORE DELETE ON definition
    BEGIN SELECT RAISE(ABORT, 'definition: it is never deleted'); END
    """,
)
# {path} is where the functions look for tables, whoever calls them: a table or an
# operator of the caller's own is never in the way.
POSTGRESQL = (
    """
    CREATE FUNCTION entry_extends_head() RETURNS trigger
    LANGUAGE plpgsql SET search_path = {path} AS $$
    DECLARE newest record;
    BEGIN
        SELECT seq, hash INTO newest FROM entry
            WHERE agreement = NEW.agreement ORDER BY seq DESC LIMIT 1;
        IF NEW.seq IS DISTINCT FROM coalesce(newest.seq + 1, 0)
            OR NEW.prev IS DISTINCT FROM coalesce(newest.hash, NEW.agreement)
        THEN
            RAISE integrity_constraint_violation
                USING MESSAGE = 'entry: it must extend the head of its journal';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE FUNCTION row_stays() RETURNS trigger
    LANGUAGE plpgsql SET search_path = {path} AS $$
    BEGIN
        RAISE EXCEPTION '%: it is never changed or deleted', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    """
    CREATE TRIGGER entry_extends_head BEFORE INSERT ON entry
    FOR EACH ROW EXECUTE FUNCTION entry_extends_head()
    """,
    """
    CREATE TRIGGER entry_stays BEFORE UPDATE OR DELETE ON entry
    FOR EACH ROW EXECUTE FUNCTION row_stays()
    """,
    """
    CREATE TRIGGER entry_is_not_emptied BEFORE TRUNCATE ON entry
    FOR EACH STATEMENT EXECUTE FUNCTION row_stays()
    """,
    # Its compiled form is a cache.
    """
    CREATE TRIGGER definition_is_not_updated BEFORE UPDATE ON definition
    FOR EACH ROW WHEN ((NEW.digest, NEW.name, NEW.edition, NEW.source)
        IS DISTINCT FROM (OLD.digest, OLD.name, OLD.edition, OLD.source))
    EXECUTE FUNCTION row_stays()
    """,
    """
    CREATE TRIGGER definition_is_not_deleted BEFORE DELETE ON definition
    FOR EACH ROW EXECUTE FUNCTION row_stays()
    """,
    """
    CREATE TRIGGER definition_is_not_emptied BEFORE TRUNCATE ON definition
    FOR EACH STATEMENT EXECUTE FUNCTION row_stays()
    """,
    # Also where session_replication_role puts triggers to sleep.
    """
    ALTER TABLE entry
        ENABLE ALWAYS TRIGGER entry_extends_head,
        ENABLE ALWAYS TRIGGER entry_stays,
        ENABLE ALWAYS TRIGGER entry_is_not_emptied
    """,
    """
    ALTER TABLE definition
        ENABLE ALWAYS TRIGGER definition_is_not_updated,
        ENABLE ALWAYS TRIGGER definition_is_not_deleted,
        ENABLE ALWAYS TRIGGER definition_is_not_emptied
    """,
    # The one way in for a role that may not insert; ``phaseflow db grant`` lets it execute.
    """
    CREATE FUNCTION append_entry(
        agreement text, seq integer, prev text, hash text, actor text, nonce text,
        kind text, occurred_at text, recorded_at text, line text
    ) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = {path} AS $$
    BEGIN
        INSERT INTO entry (
            agreement, seq, prev, hash, actor, nonce, kind, occurred_at, recorded_at, line
        ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);
    END $$
    """,
    "REVOKE EXECUTE ON FUNCTION append_entry FROM PUBLIC",
    # By privilege too: even the owner would first have to grant it to itself.
    "REVOKE UPDATE, DELETE, TRUNCATE ON entry FROM PUBLIC, CURRENT_USER",
)


def upgrade() -> None:
    _create_tables()
    _create_projections()
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        for command in SQLITE:
            op.execute(command)
        return
    schema = connection.execute(sa.text("SELECT quote_ident(current_schema())")).scalar_one()
    for command in POSTGRESQL:
        op.execute(command.replace("{path}", f"pg_catalog, {schema}, pg_temp"))


def downgrade() -> None:
    for table in ("obligation", "period", "claim", "mention", "change", "entry"):
        op.drop_table(table)
    op.drop_table("agreement")
    op.drop_table("definition")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION append_entry, entry_extends_head, row_stays")


def _create_tables() -> None:
    op.create_table(
        "definition",
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("edition", TEXT, nullable=False),
        sa.Column("source", sa.LargeBinary, nullable=False),
        sa.Column("format", sa.Integer, nullable=False),
        sa.Column("compiled", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="definition_pkey"),
    )
    op.create_table(
        "agreement",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("label", TEXT, nullable=False),
        sa.Column("definition", TEXT, nullable=False),
        sa.Column("leaf", TEXT, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("head", TEXT, nullable=False),
        sa.Column("recorded_at", TEXT, nullable=False),
        sa.Column("next_due_at", TEXT),
        sa.Column("is_rehearsal", sa.Boolean, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="agreement_pkey"),
        sa.UniqueConstraint("label", name="agreement_label_key"),
        sa.ForeignKeyConstraint(
            ["definition"], ["definition.digest"], name="agreement_definition_fkey"
        ),
    )
    _index("agreement", "leaf", "label")
    _index("agreement", "definition", "label")
    _index("agreement", "is_rehearsal", "next_due_at", "id")
    op.create_table(
        "entry",
        *_key("entry", "seq"),
        sa.Column("prev", TEXT, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("nonce", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("occurred_at", TEXT, nullable=False),
        sa.Column("recorded_at", TEXT, nullable=False),
        sa.Column("line", sa.Text, nullable=False),
        sa.UniqueConstraint("agreement", "prev", name="entry_agreement_prev_key"),
        sa.UniqueConstraint("agreement", "actor", "nonce", name="entry_agreement_actor_nonce_key"),
    )
    _index("entry", "agreement", "actor", "seq")
    _index("entry", "agreement", "kind", "seq")
    _index("entry", "agreement", "recorded_at", "seq")


def _create_projections() -> None:
    op.create_table(
        "change",
        *_key("change", "seq", "n"),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("obligation", TEXT),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table("mention", *_key("mention", "obligation", "seq"))
    op.create_table(
        "claim",
        *_key("claim", "seq"),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("obligation", TEXT, nullable=False),
        sa.Column("day", TEXT, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    _index("claim", "agreement", "obligation", "kind", "day", "seq")
    op.create_table(
        "period",
        *_key("period", "obligation", "first"),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "obligation",
        *_key("obligation", "name"),
        sa.Column("standing", TEXT, nullable=False),
        sa.Column("total", sa.BigInteger, nullable=False),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.Column("delivered", sa.BigInteger, nullable=False),
        sa.Column("outstanding", sa.BigInteger, nullable=False),
        sa.Column("next_due_at", TEXT),
    )
    _index("obligation", "standing", "agreement", "name")


def _key(table: str, *columns: str) -> "list[sa.SchemaItem]":
    """Return the columns of a key that begins with the agreement."""
    numbers = {"seq", "n"}
    return [
        sa.Column("agreement", TEXT, nullable=False),
        *(
            sa.Column(c, sa.Integer if c in numbers else TEXT, nullable=False, autoincrement=False)
            for c in columns
        ),
        sa.PrimaryKeyConstraint("agreement", *columns, name=f"{table}_pkey"),
        sa.ForeignKeyConstraint(["agreement"], ["agreement.id"], name=f"{table}_agreement_fkey"),
    ]


def _index(table: str, *columns: str) -> None:
    op.create_index(f"{table}_{'_'.join(columns)}_idx", table, list(columns))
