"""``eyhub iyem record`` and the other commands of an officer's daily work.

Whoever runs them acts as the centre, or with ``--officer`` in an officer's name: then that officer's place and grant
decide what may be done, as in the web service, and the entry goes to the audit trail.
"""

from __future__ import annotations

import codecs
import contextlib
import functools
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import click

from hub.commands.databases import SERIAL, database_options
from hub.commands.instants import Instant
from hub.commands.iyem_common import NUMBER, work
from hub.errors import EXIT_NO, EXIT_OK
from hub.iyem import bulk, chart, officers, people, register, trail, words
from hub.iyem.errors import CvError, HourMissingError, IyemError
from hub.iyem.officers import Actor
from hub.iyem.reading import StoredRegister
from hub.iyem.register import Manager, Post, Recorded
from hub.store.change import Change
from hub.store.personal import Keys

_KINDS: Final = {text: kind for text, kind in bulk.KINDS.items() if text}
_SAID: Final = {kind: text for text, kind in _KINDS.items()}
_CV_BYTES: Final = 8 * chart.CV_CHARACTERS
"""What is read of a CV's file: as many bytes are too many characters in UTF-8 in any case."""


class Doing(NamedTuple):
    """One transaction and who acts in it."""

    change: Change
    keys: Keys
    actor: Actor


class Hour(Instant):
    """A taking up or leaving, with its hour and minute; converts to an aware datetime in UTC."""

    name = "time"

    def read(self, text: str, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The instant that ``text`` says, in UTC. Ends the command with click's usage error (exit code 2) for none."""
        try:
            return register.parse_instant(text)
        except HourMissingError as error:
            self.fail(error.message, param, ctx)


class Acting(NamedTuple):
    """Who acts, and where the database is."""

    officer: int | None
    method: str | None
    data: Path | None
    database_url: str | None


def _acting_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of :class:`Acting`, which ``command`` gets as ``acting``."""

    @functools.wraps(command)
    def run(
        *, officer: int | None, method: str | None, data: Path | None, database_url: str | None, **rest: Any
    ) -> None:
        command(acting=Acting(officer, method, data, database_url), **rest)

    method = click.option(
        "--method",
        type=click.Choice([method.value for method in officers.Method]),
        help="How the officer entered (principle 10); with --officer.",
    )
    officer = click.option("--officer", type=NUMBER, help="Act in this officer's name. Default: as the centre.")
    return officer(method(database_options(run)))


@contextlib.contextmanager
def _doing(acting: Acting, command: str, **about: int | None) -> Iterator[Doing]:
    """``about``: what it is about, for the audit trail of what is refused."""
    officer, method, data, database_url = acting
    if (officer is None) != (method is None):
        raise click.UsageError("--officer and --method belong together")
    with work(data, database_url) as (database, keys, centre):
        name = centre.name if officer is None else f"{centre.name} görevli {officer}"
        try:
            with database.write(actor=name, origin="cli") as change:
                found = None if officer is None else officers.acting_officer(change.connection, officer)
                if found is not None:
                    change.audit(trail.ACTED, f"officer {officer}", method=method, operation=command)
                yield Doing(change, keys, Actor(name, found))
        except IyemError as refusal:  # what was begun is rolled back by now
            if officer is not None:
                said = {"operation": command, "reason": refusal.code, **about}
                database.audit(name, trail.REFUSED, f"officer {officer}", **said)
            raise


@click.command()
@click.argument("unit", type=NUMBER)
@click.option("--code", type=NUMBER, help="T.C. Yönetici Kodu of a person who has one.")
@click.option("--tckn", help="T.C. kimlik no; `-` reads it from standard input.")
@click.option("--given-name", default="", help="Name of a person who has no code yet.")
@click.option("--surname", default="", help="Surname of a person who has no code yet.")
@click.option("--birth", type=click.DateTime(["%Y-%m-%d"]), help="Date of birth.")
@click.option(
    "--kind", type=click.Choice(list(_KINDS)), default="asil", show_default=True, help="How the post is held."
)
@click.option("--start", type=Hour(), required=True, help="Taking up, with hour and minute; Türkiye's time.")
@click.option("--end", type=Hour(), help="Leaving, likewise; needed for a vekil.")
@click.option("--title", help="Title of the post.")
@click.option("--legal-basis", help="Legal basis.")
@_acting_options
def record(
    unit: int,
    code: int | None,
    tckn: str | None,
    given_name: str,
    surname: str,
    birth: datetime | None,
    kind: str,
    start: datetime,
    end: datetime | None,
    title: str | None,
    legal_basis: str | None,
    acting: Acting,
) -> None:
    """Record a manager of UNIT (principles 13, 15 and 17). Exit code 1: refused by a rule."""
    if tckn == "-":
        tckn = sys.stdin.readline().strip()
    born: date | None = None if birth is None else birth.date()
    manager = Manager(code, tckn, given_name, surname, born)
    post = Post(unit, _KINDS[kind], title, legal_basis)
    with _doing(acting, "record", unit=unit, code=code) as (change, keys, actor):
        done = register.record(change, keys, actor, manager, post, start, end)
    _tell(done)


@click.command()
@click.argument("duty", type=NUMBER)
@click.option("--at", type=Hour(), required=True, help="Leaving, with hour and minute; Türkiye's time.")
@click.option("--serial", type=SERIAL, help="Refuse if the record changed since it had this serial.")
@_acting_options
def end(duty: int, at: datetime, serial: int | None, acting: Acting) -> None:
    """Record that DUTY ends (principle 13); a known end is brought forward or put off this way."""
    with _doing(acting, "end", duty=duty) as (change, _, actor):
        done = register.end(change, actor, duty, at, expected_serial=serial)
    _tell(done)


@click.command()
@click.argument("duty", type=NUMBER)
@click.option("--start", type=Hour(), help="Taking up, as it should have been.")
@click.option("--end", type=Hour(), help="Leaving, as it should have been.")
@click.option("--title", help="Title of the post.")
@click.option("--legal-basis", help="Legal basis.")
@click.option("--serial", type=SERIAL, help="Refuse if the record changed since it had this serial.")
@_acting_options
def correct(duty: int, serial: int | None, acting: Acting, **new: Any) -> None:
    """Correct what was recorded wrongly of DUTY; what is not given stays, and so does what was known until now."""
    changes = {name: value for name, value in new.items() if value is not None}
    if not changes:
        raise click.UsageError("name what is to be corrected: --start, --end, --title, --legal-basis")
    with _doing(acting, "correct", duty=duty) as (change, _, actor):
        done = register.correct(change, actor, duty, changes, expected_serial=serial)
    _tell(done)


@click.command()
@click.argument("duty", type=NUMBER)
@click.option("--serial", type=SERIAL, help="Refuse if the record changed since it had this serial.")
@_acting_options
def retract(duty: int, serial: int | None, acting: Acting) -> None:
    """Take DUTY back, which should never have been recorded; it stays visible as what was known until now."""
    with _doing(acting, "retract", duty=duty) as (change, _, actor):
        register.retract(change, actor, duty, expected_serial=serial)


@click.command(short_help="All duties recorded in a unit.")
@click.argument("unit", type=NUMBER)
@database_options
def duties(unit: int, data: Path | None, database_url: str | None) -> None:
    """All duties recorded in UNIT, with their serials. Exit code 1 where there is none."""
    with work(data, database_url) as (database, _, _), database.read() as connection:
        found = StoredRegister(connection, None).duties_in(unit)
    for row in found:
        until = words.iso(row.end) or "sürüyor"
        click.echo(
            f"{row.duty_no}  {_SAID[row.kind]}  {row.code}  {words.iso(row.start)} – {until};"
            f" kaydedildi {words.iso(row.recorded_at)}; kayıt sıra no {row.serial}"
        )
    raise click.exceptions.Exit(EXIT_OK if found else EXIT_NO)


@click.command()
@click.argument("unit", type=NUMBER)
@click.argument("head", type=NUMBER)
@click.argument("code", type=NUMBER)
@_acting_options
def link(unit: int, head: int, code: int, acting: Acting) -> None:
    """Link the first-level UNIT with the deputy head of HEAD who has T.C. Yönetici Kodu CODE (principle 14)."""
    with _doing(acting, "link", unit=unit, code=code) as (change, _, actor):
        chart.link(change, actor, unit, head, code)


@click.command()
@click.argument("code", type=NUMBER)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@_acting_options
def cv(code: int, file: Path, acting: Acting) -> None:
    """Record the CV in FILE (UTF-8) of the manager with T.C. Yönetici Kodu CODE; it is published (principle 18)."""
    try:
        with file.open("rb") as opened:
            data = opened.read(_CV_BYTES)
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(data, len(data) < _CV_BYTES)
    except UnicodeDecodeError:
        raise click.BadParameter("not UTF-8", param_hint="FILE") from None
    except OSError as error:
        raise CvError(f"Dosya okunamadı: {error.strerror}") from None
    with _doing(acting, "cv", code=code) as (change, _, actor):
        chart.set_cv(change, actor, code, text)


@click.command()
@click.argument("code", type=NUMBER)
@click.option("--given-name", default="", help="The new name.")
@click.option("--surname", default="", help="The new surname.")
@_acting_options
def rename(code: int, given_name: str, surname: str, acting: Acting) -> None:
    """The manager with T.C. Yönetici Kodu CODE has another name from now on. Exit code 1: refused by a rule."""
    if not given_name and not surname:
        raise click.UsageError("name what is new: --given-name, --surname")
    with _doing(acting, "rename", code=code) as (change, _, actor):
        serial = people.rename(change, actor, code, given_name=given_name, surname=surname)
    _tell_serial(serial)


@click.command("correct-person")
@click.argument("code", type=NUMBER)
@click.option("--tckn", help="T.C. kimlik no, as it should have been; `-` reads it from standard input.")
@click.option("--given-name", default="", help="Name, as it should have been.")
@click.option("--surname", default="", help="Surname, as it should have been.")
@click.option("--birth", type=click.DateTime(["%Y-%m-%d"]), help="Date of birth, as it should have been.")
@_acting_options
def correct_person(
    code: int, tckn: str | None, given_name: str, surname: str, birth: datetime | None, acting: Acting
) -> None:
    """Correct what was recorded wrongly of the manager with T.C. Yönetici Kodu CODE; the code stays (principle 15).

    Only the centre corrects identity number and date of birth. Exit code 1: refused by a rule.
    """
    if tckn is None and birth is None and not given_name and not surname:
        raise click.UsageError("name what is to be corrected: --tckn, --given-name, --surname, --birth")
    if tckn == "-":
        tckn = sys.stdin.readline().strip()
    born = None if birth is None else birth.date()
    with _doing(acting, "correct-person", code=code) as (change, keys, actor):
        serial = people.correct_person(
            change, keys, actor, code, tckn=tckn, given_name=given_name, surname=surname, birth=born
        )
    _tell_serial(serial)


def _tell_serial(serial: int | None) -> None:
    click.echo("değişiklik yok" if serial is None else f"kayıt sıra no {serial}")


def _tell(done: Recorded) -> None:
    late = "; geç kaydedildi" if done.late else ""
    removed = f"; {done.legacy_removed} eski ad silindi" if done.legacy_removed else ""
    click.echo(
        f"görev {done.duty.duty_no}; T.C. Yönetici Kodu {done.duty.code};"
        f" kayıt sıra no {done.duty.serial}{late}{removed}"
    )
