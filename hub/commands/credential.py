"""``eyhub credential``: who may call."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from hub import clock
from hub.access import credentials
from hub.access.credentials import Right
from hub.commands.databases import NUMBER, database_options, opened, operator
from hub.config import Settings


@click.group()
def credential() -> None:
    """Give institutions credentials for the services, list them, take them back."""


@credential.command()
@click.argument("detsis_no", type=NUMBER)
@click.option(
    "--right",
    "rights",
    multiple=True,
    type=click.Choice([right.value for right in Right]),
    help="personal: find managers by T.C. kimlik no and see dates of birth; record: record in İYEM for the own"
    " institution. Repeatable.",
)
@click.option("--label", default="", help="What it is for; shown in the list.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of making one up.")
@database_options
def add(
    data: Path | None,
    database_url: str | None,
    detsis_no: int,
    rights: tuple[str, ...],
    label: str,
    password_stdin: bool,
) -> None:
    """Give the institution DETSIS_NO a credential and print it. The password cannot be shown again."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    settings = Settings.load(data=data, database_url=database_url)
    with opened(settings) as database, database.write(actor=operator(), origin="cli") as change:
        given = credentials.give(
            change, detsis_no, password=password, rights=[Right(right) for right in rights], label=label
        )
    click.echo(f"id        {given.id}")
    click.echo(f"KurumID   {given.kurum_id}")
    if not password_stdin:
        click.echo(f"Password  {given.password}")


@credential.command("list")
@click.option("--all", "revoked", is_flag=True, help="Also those that were taken back.")
@database_options
def list_(data: Path | None, database_url: str | None, revoked: bool) -> None:
    """List the credentials; passwords are not kept, only their hashes."""
    with opened(Settings.load(data=data, database_url=database_url)) as database, database.read() as connection:
        for item in credentials.listed(connection, revoked=revoked):
            given = clock.to_local(item.created_at).strftime("%Y-%m-%d %H:%M")
            state = "valid"
            if item.revoked_at is not None:
                state = f"revoked {clock.to_local(item.revoked_at):%Y-%m-%d %H:%M} by {item.revoked_by}"
            rights = ",".join(sorted(item.rights)) or "-"
            click.echo(f"{item.id}\t{item.kurum_id}\t{rights}\t{given}\t{state}\t{item.label}")


@credential.command()
@click.argument("number", type=NUMBER)
@database_options
def revoke(data: Path | None, database_url: str | None, number: int) -> None:
    """Take back the credential with this id; its next call is refused."""
    settings = Settings.load(data=data, database_url=database_url)
    with opened(settings) as database, database.write(actor=operator(), origin="cli") as change:
        credentials.revoke(change, number)
    click.echo(f"{number} revoked")
