"""What stands beside a journal: checkpoints, their signatures, openings of private values."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEYS = {"checkpoint": ("agreement", "size"), "signature": ("agreement", "size", "party")}

# What was fixed and signed stays; an opening may be destroyed, and that is on record.
# An insert of what is there already is passed over: REPLACE would delete without a trigger.
SQLITE = (
    *(
        f"""
        CREATE TRIGGER {table}_{verb.lower()}s_nothing BEFORE {verb} ON {table}
        BEGIN SELECT RAISE(ABORT, '{table}: it is never changed or deleted'); END
        """
        for table in KEYS
        for verb in ("UPDATE", "DELETE")
    ),
    *(
        f"""
        CREATE TRIGGER {table}_replaces_nothing BEFORE INSERT ON {table}
        WHEN EXISTS (SELECT 1 FROM {table} WHERE rowid = NEW.rowid
            OR ({", ".join(key)}) = ({", ".join(f"NEW.{column}" for column in key)}))
        BEGIN SELECT RAISE(IGNORE); END
        """  # noqa: S608  of the names above
        for table, key in KEYS.items()
    ),
)
POSTGRESQL = tuple(
    command
    for table in KEYS
    for command in (
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
    )
)

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "checkpoint",
        *_key("checkpoint", size=sa.Integer),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_table(
        "signature",
        *_key("signature", size=sa.Integer, party=TEXT),
        sa.Column("signature", sa.Text, nullable=False),
    )
    op.create_table(
        "disclosure",
        *_key("disclosure", commitment=TEXT),
        sa.Column("line", sa.Text, nullable=False),
    )
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for command in SQLITE if is_sqlite else POSTGRESQL:
        op.execute(command)


def downgrade() -> None:
    for table in ("disclosure", "signature", "checkpoint"):
        op.drop_table(table)


def _key(
    table: str, **columns: "sa.types.TypeEngine[str] | type[sa.Integer]"
) -> "list[sa.SchemaItem]":
    """Return the columns of a key that begins with the agreement."""
    return [
        sa.Column("agreement", TEXT, nullable=False),
        *(sa.Column(c, kind, nullable=False, autoincrement=False) for c, kind in columns.items()),
        sa.PrimaryKeyConstraint("agreement", *columns, name=f"{table}_pkey"),
        sa.ForeignKeyConstraint(["agreement"], ["agreement.id"], name=f"{table}_agreement_fkey"),
    ]
