"""``eyhub journal``: what was changed, by whom, and whether the record of it is whole."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click

from hub import clock
from hub.commands.databases import NUMBER, SERIAL, database_options, opened
from hub.config import Settings
from hub.errors import EXIT_INDETERMINATE, EXIT_NO, EXIT_OK
from hub.registry import serials
from hub.store import verify as verification

_EXITS = {"passed": EXIT_OK, "failed": EXIT_NO, "indeterminate": EXIT_INDETERMINATE}


@click.group()
def journal() -> None:
    """Read the journal of changes and check that nothing in it, or behind it, was altered."""


@journal.command(short_help="Check that nothing was altered.")
@click.option(
    "--expect", metavar="SERIAL:HASH", help="An end of the journal that was noted before, as `verify` prints it."
)
@click.option("--no-facts", is_flag=True, help="Check the chains only, not the facts themselves.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@database_options
def verify(data: Path | None, database_url: str | None, expect: str | None, no_facts: bool, as_json: bool) -> None:
    """Check the journal, the audit trail and all facts against their hash chains.

    Exit code 0: all as it was written; 1: something was edited, removed, added or cut; 3: nothing is wrong, but the end
    could not be checked against the key file. Keep the line `end` elsewhere: with --expect it shows later whether the
    database was exchanged for an older copy.
    """
    expected = None
    if expect is not None:
        matched = re.fullmatch(r"([0-9]{1,18}):([0-9a-f]{64})", expect)
        if matched is None:
            raise click.BadParameter("SERIAL:HASH is a number and 64 hexadecimal digits", param_hint="--expect")
        expected = (int(matched[1]), bytes.fromhex(matched[2]))
    with (
        opened(Settings.load(data=data, database_url=database_url)) as database,
        database.read() as connection,
    ):
        report = verification.verify(connection, database.keys, facts=not no_facts, expected=expected)
        serial, _, head = serials.head(connection)
    if as_json:
        findings = [finding._asdict() for finding in report.findings]
        counts = {"journal": report.journal, "audit": report.audit, "facts": None if no_facts else report.facts}
        found = {"outcome": report.outcome, **counts, "findings": findings, "unsealed": report.unsealed}
        click.echo(json.dumps({**found, "end": f"{serial}:{head.hex()}"}))
    else:
        for finding in report.findings:
            click.echo(f"{finding.where} {finding.serial}: {finding.what}")
        for name in report.unsealed:
            click.echo(f"{name}: the end carries no seal that can be checked")
        checked = "facts not checked" if no_facts else f"{report.facts} facts"
        click.echo(f"{report.outcome}: {report.journal} changes, {checked}, {report.audit} audit events")
        click.echo(f"end {serial}:{head.hex()}")
    raise click.exceptions.Exit(_EXITS[report.outcome])


@journal.command("list", short_help="List changes in their order.")
@click.option("--after", default=0, type=SERIAL, show_default=True, help="Show changes after this serial.")
@click.option("--limit", default=50, type=NUMBER, show_default=True, help="Show at most so many.")
@database_options
def list_(data: Path | None, database_url: str | None, after: int, limit: int) -> None:
    """List changes in their order: serial, time (Türkiye), subject, key, action, who, from where."""
    with (
        opened(Settings.load(data=data, database_url=database_url)) as database,
        database.read() as connection,
    ):
        for entry in serials.entries(connection, after, limit):
            at = clock.to_local(entry.at).isoformat(" ", "milliseconds")
            words = (str(entry.serial), at, entry.subject, entry.key, entry.action, entry.actor, entry.origin)
            click.echo("\t".join(words))
