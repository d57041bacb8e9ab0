"""What commands that work on the database share: where it is, and opening it."""

from __future__ import annotations

import contextlib
import getpass
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from hub.config import Settings

if TYPE_CHECKING:
    from hub.store.database import Database

F = TypeVar("F", bound=Callable[..., Any])

NUMBER: Final = click.IntRange(1, 2**31 - 1)
"""A DETSİS number, a T.C. Yönetici Kodu, the number of a row: what a database's column of numbers holds."""
SERIAL: Final = click.IntRange(0, 2**63 - 1)
"""A serial of the journal."""


data_option: Callable[[F], F] = click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), help="Folder of the hub's files. [HUB_DATA]"
)
"""``--data``, the same in every command that keeps or finds something in the hub's folder."""


def database_options(command: F) -> F:
    """Add ``--data`` and ``--database``, the same in every command."""
    url = click.option(
        "--database", "database_url", help="Database URL; default: SQLite in the data folder. [HUB_DATABASE_URL]"
    )
    return data_option(url(command))


@contextlib.contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The migrated database of ``settings`` with its keys; refuses one that is not at the revision needed."""
    # here, as commands that open no database take their options from this module
    from hub.store import revision
    from hub.store.database import Database
    from hub.store.keyfile import keys_for

    database = Database.open(settings.database)
    try:
        revision.check(database)  # first, so that a wrong folder gets neither a database nor a key
        database.keys = keys_for(database, settings.key_path)
        yield database
    finally:
        database.close()


def operator() -> str:
    """Who runs the command, for the journal: the name of the account on this machine."""
    try:
        return f"operator:{getpass.getuser()}"
    except (KeyError, OSError):
        return "operator"
