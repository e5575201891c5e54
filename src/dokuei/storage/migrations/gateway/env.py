"""Alembic's way into the gateway database: the connection comes from storage.db.migrate."""

from alembic import context

from dokuei.storage.db import gateway_metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=gateway_metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
