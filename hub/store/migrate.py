"""Bringing a database's tables to the version of the hub that runs; :mod:`hub.store.revision` asks where they are."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from hub.store.database import Database, translated
from hub.store.errors import SchemaMismatchError
from hub.store.revision import LATER

_ALONE: Final = threading.Lock()
"""Alembic's context is the process's: of two threads that migrate at once, one would migrate the other's database twice
and leave its own as it was."""
_LOCK: Final = 0x65796875_6200
"""PostgreSQL advisory lock: two workers that start at once do not migrate at once."""


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade(database: Database, to: str = "head") -> None:
    """Bring the database to revision ``to``, in one transaction; nothing happens where it is there already.

    Raises :class:`~hub.store.errors.SchemaMismatchError` for a database of a later version of the hub, and for one that
    holds tables but none of the hub's: it is another program's, and an address that was mistyped.
    """
    _run(database, command.upgrade, to)


def downgrade(database: Database, to: str) -> None:
    """Take the database back to revision ``to`` (``base``: to nothing)."""
    _run(database, command.downgrade, to)


def _run(database: Database, step: Any, to: str) -> None:
    with _ALONE, translated(), database.writer.begin() as connection:
        if not database.embedded:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        scripts = ScriptDirectory.from_config(_config())
        at = MigrationContext.configure(connection).get_current_revision()
        if at is not None and at not in {script.revision for script in scripts.walk_revisions()}:
            raise SchemaMismatchError(LATER)
        if at is None and (others := sorted({*inspect(connection).get_table_names()} - {"alembic_version"})):
            named = ", ".join(others[:3]) + (" …" if len(others) > 3 else "")
            raise SchemaMismatchError(
                f"Veritabanında başka bir programın tabloları var ({named}); boş bir veritabanı verin."
            )
        step(_config(connection), to)
        reached = MigrationContext.configure(connection).get_current_revision()
        if to == "head" and reached != scripts.get_current_head():
            raise SchemaMismatchError(
                f"Veritabanı {f'{reached} sürümünden yükseltilemedi' if reached else 'hazırlanamadı'}."
            )
