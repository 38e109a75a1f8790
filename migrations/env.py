"""Runs the migrations on the connection that ``phaseflow.storage.schema_version`` hands over."""

from alembic import context

from phaseflow.storage.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    # SQLite too can undo DDL; one transaction holds the whole upgrade.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
