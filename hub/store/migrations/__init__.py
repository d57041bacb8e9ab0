"""Alembic's scripts; run through :mod:`hub.store.migrate`."""
