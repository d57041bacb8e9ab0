"""``eyhub iyem``: the centre's work on İYEM's register. Whoever runs it acts as the centre."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from hub import limits
from hub.commands import iyem_trail, iyem_work
from hub.commands.databases import database_options
from hub.commands.iyem_common import NUMBER, work
from hub.errors import EXIT_NO, EXIT_OK
from hub.iyem import bulk, officers, queue, register, words
from hub.iyem.officers import Contact
from hub.mirror import delimited, sheets
from hub.mirror.source import ImportFileError, broken
from hub.store.schema import OfficerRole

F = TypeVar("F", bound=Callable[..., Any])

_CONTACT: Final = (
    (
        "--tckn",
        "tckn",
        "T.C. kimlik no; `-` reads it from standard input, so that it stays out of the shell's history.",
    ),
    ("--given-name", "given_name", "Name."),
    ("--surname", "surname", "Surname."),
    ("--work-phone", "work_phone", "Work phone."),
    ("--mobile-phone", "mobile_phone", "Mobile phone."),
    ("--email", "email", "E-mail."),
)


def _contact_options(command: F) -> F:
    """Add the items of principle 8."""
    for option, name, text in reversed(_CONTACT):
        command = click.option(option, name, default="", help=text)(command)
    return command


@click.group()
def iyem() -> None:
    """Keep İYEM's register: duties, first records, officers, what is missing, who did what."""


for _command in (
    iyem_work.record,
    iyem_work.end,
    iyem_work.correct,
    iyem_work.retract,
    iyem_work.duties,
    iyem_work.link,
    iyem_work.cv,
    iyem_work.rename,
    iyem_work.correct_person,
    iyem_trail.trail,
):
    iyem.add_command(_command)


@iyem.command("import", short_help="Record an institution's managers from a file.")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--institution", required=True, type=NUMBER, help="DETSİS number of the institution.")
@click.option("--partial", is_flag=True, help="Record the rows that can be recorded although others are refused.")
@database_options
def import_(file: Path, institution: int, partial: bool, data: Path | None, database_url: str | None) -> None:
    """Record an institution's managers from a CSV or XLSX file, in one transaction. docs/iyem.md lists the columns.

    Exit code 0: all was recorded; 1: rows were refused; 2: the file cannot be read.
    """
    with work(data, database_url) as (database, keys, actor):
        try:
            with contextlib.closing(_cells(file)) as cells:
                done = bulk.record_file(database, keys, actor, file.name, cells, institution, partial=partial)
        except ImportFileError as error:
            raise bulk.BulkFileError(error.message) from None
    for refusal in done.refused:
        click.echo(f"{file}:{refusal.line}: {refusal.code}: {refusal.reason}", err=True)
    serial = f"; kayıt sıra no {done.serial}" if done.serial else "; değişiklik yok"
    click.echo(
        f"{file}: {done.rows} satır, {done.recorded} kaydedilen, {done.late} geç, {len(done.refused)} reddedilen,"
        f" {done.legacy_removed} eski ad silindi{serial}"
    )
    raise click.exceptions.Exit(EXIT_NO if done.refused else EXIT_OK)


def _cells(file: Path) -> Generator[tuple[int, Sequence[str]], None, None]:
    if file.stat().st_size > limits.IYEM_FILE:
        raise bulk.BulkFileError(f"Dosya {limits.IYEM_FILE} bayttan büyük.")
    found = sheets.first_sheet(file) if file.suffix.lower() == ".xlsx" else delimited.cells(file, lambda _: None)
    with contextlib.closing(found):
        for line, values in found:
            for text in filter(broken, values):
                raise ImportFileError(
                    f"{file.name}: satır {line}: hücrede hata ya da hesaplanmamış formül var ({text})"
                )
            yield line, values


@iyem.group("officers")
def officers_() -> None:
    """Officers and their grants."""


@officers_.command("list")
@click.argument("place", type=NUMBER)
@database_options
def list_(place: int, data: Path | None, database_url: str | None) -> None:
    """Officers in force in the unit PLACE. Exit code 1 where there is none."""
    with work(data, database_url) as (database, _, _), database.read() as connection:
        found = officers.officers_at(connection, place)
    for row in found:
        coordinator = "" if row.coordinator_no is None else f"; koordine eden {row.coordinator_no}"
        click.echo(f"{row.officer_no}  {row.role.value}  {row.name}; alan {row.area_no}{coordinator}")
    raise click.exceptions.Exit(EXIT_OK if found else EXIT_NO)


@officers_.command()
@click.argument("role", type=click.Choice([role.value for role in OfficerRole]))
@click.argument("place", type=NUMBER)
@click.option("--area", type=NUMBER, help="Unit beneath which a Görevli records. Default: the own unit.")
@_contact_options
@database_options
def grant(role: str, place: int, area: int | None, data: Path | None, database_url: str | None, **contact: str) -> None:
    """Give somebody access as ROLE in the unit PLACE (principles 4, 7 and 8). Prints the officer's number."""
    person = _contact(contact)
    with work(data, database_url) as (database, keys, actor):
        with database.write(actor=actor.name, origin="cli") as change:
            given = officers.grant(change, keys, actor, OfficerRole(role), place, person, area_no=area)
        click.echo(str(given.officer_no))


@officers_.command()
@click.argument("officer", type=NUMBER)
@_contact_options
@database_options
def withdraw(officer: int, data: Path | None, database_url: str | None, **contact: str) -> None:
    """End the grant of OFFICER; the options name a replacement, which a place left with fewer than two needs."""
    with work(data, database_url) as (database, keys, actor):
        with database.write(actor=actor.name, origin="cli") as change:
            gone = officers.officer(change.connection, officer)
            new = None
            if any(contact.values()):
                area = None if gone.role is OfficerRole.YETKILI else gone.area_no
                new = officers.grant(change, keys, actor, gone.role, gone.place_no, _contact(contact), area_no=area)
            officers.withdraw(change, actor, officer, replacement=new)
        if new is not None:
            click.echo(str(new.officer_no))


@iyem.command("queue", short_help="What an officer has to do.")
@click.argument("officer", type=NUMBER)
@database_options
def queue_(officer: int, data: Path | None, database_url: str | None) -> None:
    """What OFFICER has to do, updates before first records (principles 6 and 13)."""
    with work(data, database_url) as (database, _, _), database.read() as connection:
        items = queue.work_queue(connection, officers.officer(connection, officer))
    _tell(items)


@iyem.command(short_help="Units without a manager.")
@click.option("--institution", required=True, type=NUMBER, help="DETSİS number of the institution.")
@database_options
def missing(institution: int, data: Path | None, database_url: str | None) -> None:
    """Units of an institution without a manager now (principles 12 and 13). Exit code 0: none, 1: some."""
    with work(data, database_url) as (database, _, _), database.read() as connection:
        bulk.check_institution(connection, institution)
        items = queue.missing_units(connection, institution)
    _tell(items)
    raise click.exceptions.Exit(EXIT_NO if items else EXIT_OK)


@iyem.command(short_help="What the register is short of.")
@database_options
def report(data: Path | None, database_url: str | None) -> None:
    """What the register is short of (principles 4, 8, 12 and 14), a line each. Exit code 0: nothing, 1: something.

    no-yetkili: never had one; no-gorevli: a provincial unit that never had one, and whose Yetkili would grant it;
    few-officers: fewer than two; late-grant: after the day that was set; incomplete: units without any record;
    unlinked: a first-level unit without a link to a deputy head who is in office, and the head.
    """
    lines: list[str] = []
    with work(data, database_url) as (database, _, _), database.read() as connection:
        lines += [f"no-yetkili  {number}" for number in queue.unserved(connection)]
        lines += [f"no-gorevli  {number}  {by}" for number, by in queue.uncovered(connection)]
        lines += [
            f"few-officers  {place}  {role.value}  {count}" for place, role, count in queue.short_places(connection)
        ]
        lines += [f"late-grant  {number}" for number in queue.late_grants(connection)]
        lines += [f"incomplete  {main}  {lacking}/{count}" for main, count, lacking in queue.incomplete(connection)]
        lines += [f"unlinked  {unit}  {head}" for head, unit in queue.unlinked(connection)]
    for line in lines:
        click.echo(line)
    raise click.exceptions.Exit(EXIT_NO if lines else EXIT_OK)


@iyem.command("follow-closures", short_help="End the duties in units that were closed.")
@database_options
def follow_closures(data: Path | None, database_url: str | None) -> None:
    """End the duties in units that DETSİS has closed, at the time of closing. Prints the duties' numbers."""
    with work(data, database_url) as (database, _, actor):
        with database.write(actor=actor.name, origin="cli") as change:
            ended = register.follow_closures(change)
        for number in ended:
            click.echo(str(number))


def _contact(values: dict[str, str]) -> Contact:
    if values["tckn"] == "-":
        values = {**values, "tckn": sys.stdin.readline().strip()}
    return Contact(**values)


def _tell(items: list[queue.Item]) -> None:
    for item in items:
        since = "" if item.since is None else f"; {words.iso(item.since)} tarihinden beri"
        click.echo(f"{item.task.value}  {item.unit_no}  {item.unit_name}{since}")
