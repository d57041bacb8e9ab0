"""``eyhub iyem trail``: who did what in İYEM's register, and who was refused."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import click

from hub.commands.databases import database_options
from hub.commands.instants import Instant
from hub.commands.iyem_common import NUMBER, work
from hub.errors import EXIT_NO, EXIT_OK
from hub.iyem import trail as trails
from hub.iyem import words
from hub.iyem.trail import Entry, Outcome, Wanted


@click.command(short_help="Who did what, and who was refused.")
@click.option("--institution", type=NUMBER, help="What concerns this institution, or was done in its name.")
@click.option("--unit", type=NUMBER, help="What concerns this unit.")
@click.option("--code", type=NUMBER, help="What concerns the manager with this T.C. Yönetici Kodu.")
@click.option("--officer", type=NUMBER, help="What this officer did, and what was done about the grant.")
@click.option("--since", type=Instant(), metavar="TIME", help="From this time on; Türkiye's time.")
@click.option("--until", type=Instant(), metavar="TIME", help="Before this time; Türkiye's time.")
@click.option("--outcome", type=click.Choice([one.value for one in Outcome]), help="Only what was done, or refused.")
@click.option("--limit", default=50, type=NUMBER, show_default=True, help="Show at most so many, the latest.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@database_options
def trail(
    institution: int | None,
    unit: int | None,
    code: int | None,
    officer: int | None,
    since: datetime | None,
    until: datetime | None,
    outcome: str | None,
    limit: int,
    as_json: bool,
    data: Path | None,
    database_url: str | None,
) -> None:
    """Who did what in İYEM's register, out of journal and audit trail, by time: changes, entries of officers, refused
    calls, questions about people. A line: time, outcome, who, what, about which numbers, what else is known.

    No identity number is in it. Exit code 0: there is something, 1: nothing.
    """
    wanted = Wanted(institution, unit, code, officer, since, until, None if outcome is None else Outcome(outcome))
    with work(data, database_url) as (database, _, _), database.read() as connection:
        found = trails.entries(connection, wanted, limit)
    for entry in found:
        click.echo(_json(entry) if as_json else _line(entry))
    raise click.exceptions.Exit(EXIT_OK if found else EXIT_NO)


def _json(entry: Entry) -> str:
    return json.dumps({**entry._asdict(), "at": words.iso(entry.at)}, ensure_ascii=False)


def _line(entry: Entry) -> str:
    about = " ".join(f"{name}={value}" for name, value in entry.about.items())
    detail = " ".join(f"{name}={value}" for name, value in entry.detail.items())
    return "\t".join((str(words.iso(entry.at)), entry.outcome, entry.actor, entry.event, about, detail))
