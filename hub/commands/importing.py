"""``eyhub import``: load saved answers and tables into the registry."""

from __future__ import annotations

import contextlib
import shlex
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from hub import clock
from hub.commands.databases import NUMBER, database_options, opened, operator
from hub.config import Settings
from hub.errors import EXIT_MISUSE, EXIT_NO, EXIT_OK
from hub.iyem import register
from hub.limits import IMPORT_CLOSE_SHARE
from hub.mirror.apply import Report
from hub.mirror.importing import Importer, files
from hub.mirror.sheets import write_templates
from hub.mirror.source import ImportFileError, Refusal, Source
from hub.mirror.tables import NAMES, table_named
from hub.store.database import Database
from hub.store.personal import Keys


@click.command("import")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="PATH…")
@click.option("--table", help="Which table a CSV or XLSX file holds, where its name does not say so.")
@click.option("--full", is_flag=True, help="CSV and XLSX: the file holds the whole table; close what it does not name.")
@click.option("--orphans", is_flag=True, help="CSV and XLSX: take units whose superior is not known.")
@click.option(
    "--share",
    type=click.FloatRange(0, 100),
    default=IMPORT_CLOSE_SHARE * 100,
    show_default=True,
    help="Percentage of a list that may vanish without an operator's word.",
)
@click.option("--held", "show_held", is_flag=True, help="List the changes that wait for an operator's word.")
@click.option("--approve", type=NUMBER, metavar="NUMBER", help="Approve a held change and import its file.")
@click.option("--refuse", type=NUMBER, metavar="NUMBER", help="Refuse a held change.")
@click.option("--template", type=click.Path(path_type=Path, file_okay=False), help="Write empty tables into a folder.")
@database_options
def importing(
    data: Path | None,
    database_url: str | None,
    paths: tuple[Path, ...],
    table: str | None,
    full: bool,
    orphans: bool,
    share: float,
    show_held: bool,
    approve: int | None,
    refuse: int | None,
    template: Path | None,
) -> None:
    """Load saved SOAP answers of any KAYSİS endpoint (.xml, one a file), CSV and XLSX files into the registry.

    A folder stands for all such files in it. Each file is one transaction; importing it again changes nothing.
    docs/import.md describes names, columns, and what a newer list closes.

    Exit code 0: all was taken; 1: rows were refused or a change is held; 2: a file cannot be read.
    """
    if template is not None:
        for file in write_templates(template):
            click.echo(str(file))
        return
    if table is not None and table_named(table) is None:
        raise click.BadParameter(f"no such table; one of {', '.join(NAMES)}", param_hint="'--table'")
    settings = Settings.load(data=data, database_url=database_url)
    if not (paths or show_held or approve or refuse):
        raise click.UsageError("name files or folders to import, or --held, --approve, --refuse, --template")
    with opened(settings) as database:
        importer = Importer(
            database,
            Keys.load(settings.key_path),
            actor=operator(),
            share=share / 100,
            table=table,
            full=full,
            orphans=orphans,
        )
        if refuse is not None:
            click.echo(f"reddedildi: {importer.decide(refuse, approve=False)[0].subject}")
        if approve is not None:
            decided, stands = importer.decide(approve, approve=True)
            click.echo(f"onaylandı: {decided.subject}")
            if stands is None:
                click.echo("dosya artık yerinde değil; aynı dosya yeniden alındığında uygulanır")
            else:
                paths = (*paths, stands)
        if show_held:
            for item in importer.waiting():
                at = clock.to_local(item.at).strftime("%Y-%m-%d %H:%M")
                click.echo(f"{item.id}  {at}  {item.subject}  {item.would_close}/{item.total} kapanacak  {item.origin}")
        code = _import(importer, files(paths), _where(data, database_url))
        if paths:
            _follow_closures(database)
        click.get_current_context().exit(code)


def _follow_closures(database: Database) -> None:
    """İYEM's records end with their units: a list that closes units closes their managers' duties."""
    with database.write(actor=operator(), origin="unit-closures") as change:
        ended = register.follow_closures(change)
    if ended:
        click.echo(f"kapanan birimlerde sona eren görev kaydı: {len(ended)}")


def _import(importer: Importer, wanted: list[Path], where: str) -> int:
    """Import what is ``wanted``; ``where`` are the options that say again which registry it was."""
    codes = [EXIT_OK]

    def unusable(error: ImportFileError) -> None:
        codes.append(EXIT_MISUSE)
        click.echo(f"eyhub: {error.code}: {error.message}".splitlines()[0], err=True)

    sources = list(importer.ordered(wanted, unusable))
    for source in sources:
        try:
            with _progress(source) as progress:
                report = importer.run(source, progress=progress, report_refusal=_refusals(source))
        except ImportFileError as error:
            unusable(error)
            continue
        _tell(source, report, where)
        if report.refused or report.held is not None:
            codes.append(EXIT_NO)
    return max(codes)


def _refusals(source: Source) -> Callable[[Refusal], None]:
    def tell(refusal: Refusal) -> None:
        where = f"{source.path}:{refusal.line}" if refusal.line else str(source.path)
        click.echo(f"{where}: {refusal.place}: {refusal.reason}", err=True)

    return tell


def _where(data: Path | None, database_url: str | None) -> str:
    """The options of the registry, for a command that somebody pastes. A URL may hold a password and is left out."""
    return (f" --data {shlex.quote(str(data))}" if data else "") + (" --database …" if database_url else "")


def _tell(source: Source, report: Report, where: str) -> None:
    if report.held is not None:
        click.echo(
            f"{source.path}: {report.label}: BEKLETİLDİ: {report.would_close}/{report.total} kayıt kapanacaktı;"
            " dosyadan hiçbir şey alınmadı"
        )
        more = report.would_close - len(report.going)
        for line in [*report.going, *([f"… ve {more} kayıt daha"] if more else [])]:
            click.echo(f"  {line}")
        click.echo(f"  onaylamak için: eyhub import --approve {report.held}{where}")
        click.echo(f"  reddetmek için: eyhub import --refuse {report.held}{where}")
        return
    serials = f"; kayıt sıra no {report.first_serial}–{report.last_serial}" if report.changed else "; değişiklik yok"
    click.echo(
        f"{source.path}: {report.label}: {report.opened} yeni, {report.altered} değişen, {report.closed} kapanan,"
        f" {report.unchanged} aynı, {report.refused} reddedilen{serials}"
    )
    if report.spared:
        click.echo(f"  reddedilen satırlar düzeltilene dek kapatılmayan kayıt: {report.spared}")


@contextlib.contextmanager
def _progress(source: Source) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, silence elsewhere. A file is read twice: once to survey, once to write."""
    if not sys.stderr.isatty():
        yield lambda count: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(source.path.name, total=2 * max(source.path.stat().st_size, 1))
        yield lambda count: bar.advance(task, count)
