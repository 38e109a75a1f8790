"""What stands beside a journal: checkpoints, their signatures, openings of private values."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

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
