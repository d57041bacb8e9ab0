"""``eyhub migrate``: bring the database to the version of the hub."""

from __future__ import annotations

from pathlib import Path

import click

from hub.commands.databases import database_options
from hub.config import Settings
from hub.errors import EXIT_NO
from hub.store import migrate as migrations
from hub.store import revision
from hub.store.database import Database


@click.command()
@database_options
@click.option("--check", is_flag=True, help="Change nothing; exit code 1 if the database is not up to date.")
def migrate(data: Path | None, database_url: str | None, check: bool) -> None:
    """Create the tables, or bring them to the version of this hub. Running it again changes nothing."""
    settings = Settings.load(data=data, database_url=database_url)
    database = Database.open(settings.database)
    try:
        if check:
            found = revision.revision(database)
            click.echo(f"{found or 'none'} (needed: {revision.head()})")
            raise click.exceptions.Exit(0 if found == revision.head() else EXIT_NO)
        before = revision.revision(database)
        migrations.upgrade(database)
        after = revision.revision(database)
        click.echo(f"{after}" if before == after else f"{before or 'none'} -> {after}")
    finally:
        database.close()
