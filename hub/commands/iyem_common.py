"""What the commands of ``eyhub iyem`` share: the database, its keys, and who acts."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import click

from hub.commands.databases import NUMBER as NUMBER
from hub.commands.databases import opened, operator
from hub.config import Settings
from hub.errors import EXIT_MISUSE, EXIT_NO
from hub.iyem import bulk
from hub.iyem.errors import IyemError
from hub.iyem.officers import Actor
from hub.store.database import Database
from hub.store.personal import Keys


@contextlib.contextmanager
def work(data: Path | None, database_url: str | None) -> Iterator[tuple[Database, Keys, Actor]]:
    """The database, its keys and the centre; what İYEM's rules refuse is one line and exit code 1."""
    settings = Settings.load(data=data, database_url=database_url)
    try:
        with opened(settings) as database:
            yield database, Keys.load(settings.key_path), Actor(operator())
    except IyemError as error:
        click.echo(f"eyhub: {error.code}: {error.message}".splitlines()[0], err=True)
        raise click.exceptions.Exit(EXIT_MISUSE if isinstance(error, bulk.BulkFileError) else EXIT_NO) from None
