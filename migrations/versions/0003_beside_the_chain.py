"""What the database can write it can forge, so nothing beside the chain is believed.

The compiled form of a definition leaves the database: it decided what follows
from a text, and whoever could write it could change that. Going back, it is
left empty, and `phaseflow db rebuild` of that version makes it anew.

Checkpoints and signatures are kept by the SHA-256 of their text as well, so
that a row that somebody put there is in nobody's place. Going back, one of each
place is kept, the one that most have signed.
"""

import hashlib
from collections import Counter

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Before, all but the compiled form stayed as it was.
ALL_STAYS = {
    "sqlite": """
        CREATE TRIGGER definition_is_not_updated BEFORE UPDATE ON definition
        BEGIN SELECT RAISE(ABORT, 'definition: it is never changed'); END
    """,
    "postgresql": """
        CREATE TRIGGER definition_is_not_updated BEFORE UPDATE ON definition
        FOR EACH ROW EXECUTE FUNCTION row_stays()
    """,
}
TEXT_STAYS = {
    "sqlite": """
        CREATE TRIGGER definition_is_not_updated BEFORE UPDATE ON definition
        WHEN (NEW.rowid, NEW.digest, NEW.name, NEW.edition, NEW.source)
            IS NOT (OLD.rowid, OLD.digest, OLD.name, OLD.edition, OLD.source)
        BEGIN SELECT RAISE(ABORT, 'definition: it is never changed'); END
    """,
    "postgresql": """
        CREATE TRIGGER definition_is_not_updated BEFORE UPDATE ON definition
        FOR EACH ROW WHEN ((NEW.digest, NEW.name, NEW.edition, NEW.source)
            IS DISTINCT FROM (OLD.digest, OLD.name, OLD.edition, OLD.source))
        EXECUTE FUNCTION row_stays()
    """,
}


KEYS: "dict[str, tuple[str, ...]]" = {
    "checkpoint": ("size", "digest"),
    "signature": ("size", "checkpoint", "party", "digest"),
}
OLD_KEYS: "dict[str, tuple[str, ...]]" = {"checkpoint": ("size",), "signature": ("size", "party")}
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    _drop_trigger()
    op.drop_column("definition", "compiled")
    op.drop_column("definition", "format")
    _guard(ALL_STAYS)

    checkpoints = _taken("checkpoint")
    signatures = _taken("signature")
    _create(KEYS)
    for row in checkpoints:
        row["digest"] = _digest(row["text"])
    digests = {(row["agreement"], row["size"]): row["digest"] for row in checkpoints}
    for row in signatures:
        row["checkpoint"] = digests[row["agreement"], row["size"]]
        row["digest"] = _digest(row["signature"])
    _fill(checkpoints, signatures)


def downgrade() -> None:
    checkpoints = _taken("checkpoint")
    signatures = _taken("signature")
    _create(OLD_KEYS)
    signed = Counter((row["agreement"], row["size"], row["checkpoint"]) for row in signatures)
    checkpoints.sort(key=lambda row: signed[row["agreement"], row["size"], row["digest"]])
    kept = {(row["agreement"], row["size"]): row for row in checkpoints}
    by_party = {
        (row["agreement"], row["size"], row["party"]): row
        for row in signatures
        if kept.get((row["agreement"], row["size"]), {}).get("digest") == row["checkpoint"]
    }
    _fill([*kept.values()], [*by_party.values()])

    _drop_trigger()
    op.add_column("definition", sa.Column("format", sa.Integer, nullable=False, server_default="0"))
    op.add_column("definition", sa.Column("compiled", sa.Text, nullable=False, server_default=""))
    _guard(TEXT_STAYS)


def _taken(table: str) -> "list[dict[str, str]]":
    """Return the rows of a table, which is dropped."""
    rows = op.get_bind().execute(sa.text(f"SELECT * FROM {table}")).mappings()  # noqa: S608
    found = [dict(row) for row in rows]
    op.drop_table(table)
    return found


def _create(keys: "dict[str, tuple[str, ...]]") -> None:
    for table, columns in keys.items():
        op.create_table(
            table,
            sa.Column("agreement", TEXT, nullable=False),
            *(
                sa.Column(
                    name,
                    sa.Integer if name == "size" else TEXT,
                    nullable=False,
                    autoincrement=False,
                )
                for name in columns
            ),
            sa.Column("text" if table == "checkpoint" else table, sa.Text, nullable=False),
            sa.PrimaryKeyConstraint("agreement", *columns, name=f"{table}_pkey"),
            sa.ForeignKeyConstraint(
                ["agreement"], ["agreement.id"], name=f"{table}_agreement_fkey"
            ),
        )
        key = ("agreement", *columns)
        is_sqlite = op.get_bind().dialect.name == "sqlite"
        for command in _sqlite(table, key) if is_sqlite else _postgresql(table):
            op.execute(command)


def _fill(checkpoints: "list[dict[str, str]]", signatures: "list[dict[str, str]]") -> None:
    connection = op.get_bind()
    for table, rows in (("checkpoint", checkpoints), ("signature", signatures)):
        if rows:
            into = sa.Table(table, sa.MetaData(), autoload_with=connection)
            names = {column.name for column in into.c}
            connection.execute(into.insert(), [{name: row[name] for name in names} for row in rows])


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


# As in 0002: what was signed stays, and an insert of what is there is passed over.
def _sqlite(table: str, key: "tuple[str, ...]") -> "list[str]":
    refusals = [
        f"""
        CREATE TRIGGER {table}_{verb.lower()}s_nothing BEFORE {verb} ON {table}
        BEGIN SELECT RAISE(ABORT, '{table}: it is never changed or deleted'); END
        """
        for verb in ("UPDATE", "DELETE")
    ]
    here = f"({', '.join(key)}) = ({', '.join(f'NEW.{column}' for column in key)})"
    passing = f"""
        CREATE TRIGGER {table}_replaces_nothing BEFORE INSERT ON {table}
        WHEN EXISTS (SELECT 1 FROM {table} WHERE rowid = NEW.rowid OR ({here}))
        BEGIN SELECT RAISE(IGNORE); END
        """  # noqa: S608  of the names above
    return [*refusals, passing]


def _postgresql(table: str) -> "list[str]":
    return [
        f"""
        CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION row_stays()
        """,
        f"""
        CREATE TRIGGER {table}_is_not_emptied BEFORE TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION row_stays()
        """,
        f"""
        ALTER TABLE {table}
            ENABLE ALWAYS TRIGGER {table}_stays,
            ENABLE ALWAYS TRIGGER {table}_is_not_emptied
        """,
    ]


def _drop_trigger() -> None:
    on = " ON definition" if op.get_bind().dialect.name == "postgresql" else ""
    op.execute(f"DROP TRIGGER definition_is_not_updated{on}")


def _guard(triggers: dict[str, str]) -> None:
    dialect = op.get_bind().dialect.name
    op.execute(triggers[dialect])
    if dialect == "postgresql":
        # Also where session_replication_role puts triggers to sleep.
        op.execute("ALTER TABLE definition ENABLE ALWAYS TRIGGER definition_is_not_updated")
