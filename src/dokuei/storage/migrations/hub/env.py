"""Alembic's way into the hub database: the connection comes from storage.db.migrate."""

from alembic import context

from dokuei.storage.db import hub_metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=hub_metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
