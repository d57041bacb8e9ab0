"""Runs revisions on the connection that :mod:`hub.store.migrate` hands over, inside its transaction."""

from __future__ import annotations

from alembic import context

from hub.store.schema import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
