"""``eyhub authority``: whether somebody may sign in a unit's name, now or then."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path

import click

from hub.commands.databases import database_options, opened
from hub.commands.instants import Instant
from hub.commands.iyem_common import NUMBER
from hub.config import Settings
from hub.errors import EXIT_INDETERMINATE, EXIT_NO, EXIT_OK
from hub.iyem import words
from hub.iyem.decision import Decision, Outcome, Who, may_sign
from hub.iyem.reading import StoredRegister
from hub.store.personal import Tckn
from hub.store.trail import check_key

_EXITS = {Outcome.YES: EXIT_OK, Outcome.NO: EXIT_NO, Outcome.INDETERMINATE: EXIT_INDETERMINATE}


@click.group()
def authority() -> None:
    """Ask İYEM whether somebody may sign."""


@authority.command()
@click.option("--code", type=NUMBER, help="T.C. Yönetici Kodu.")
@click.option(
    "--tckn",
    help="T.C. kimlik no; `-` reads it from standard input, so that it stays out of the shell's history.",
)
@click.option("--unit", required=True, type=NUMBER, help="DETSİS number of the unit signed for.")
@click.option("--at", type=Instant(), metavar="TIME", help="ISO 8601; without an offset Türkiye's time. Default: now.")
@click.option("--known", type=Instant(), metavar="TIME", help="Answer as the register knew it then. Default: now.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@database_options
def check(
    code: int | None,
    tckn: str | None,
    unit: int,
    at: datetime | None,
    known: datetime | None,
    as_json: bool,
    data: Path | None,
    database_url: str | None,
) -> None:
    """May the person sign for the unit?

    Exit code 0: yes, 1: no, 3: cannot be said, 2: misuse.
    """
    if code is None and tckn is None:
        raise click.UsageError("--code or --tckn is needed")
    if tckn == "-":
        tckn = sys.stdin.readline().strip()
    try:
        who = Who(code, None if tckn is None else Tckn(tckn))
    except ValueError:
        raise click.BadParameter("not a T.C. kimlik no", param_hint="--tckn") from None
    settings = Settings.load(data=data, database_url=database_url)
    with opened(settings) as database, database.read() as connection:
        assert database.keys is not None
        check_key(connection, database.keys)  # another key finds nobody
        found = may_sign(StoredRegister(connection, database.keys, known), who, unit, at, known=known)
    click.echo(json.dumps(words.plain(found), ensure_ascii=False) if as_json else _text(found))
    raise click.exceptions.Exit(_EXITS[found.outcome])


def _text(found: Decision) -> str:
    lines = [f"{words.OUTCOMES[found.outcome]}: {words.sentence(found)} ({found.reason.value})"]
    name = "" if found.unit_name is None else f" {found.unit_name}"
    lines.append(f"Birim: {found.unit_no}{name}")
    if found.successor_no is not None:
        lines.append(f"Yerini alan birim: {found.successor_no}")
    if found.person is not None:
        lines.append(f"Kişi: {found.person.name} (T.C. Yönetici Kodu {found.person.code})")
    if found.deputy_for is not None:
        lines.append(f"Vekâlet edilen: {found.deputy_for.name} (T.C. Yönetici Kodu {found.deputy_for.code})")
    if (duty := found.record) is not None:
        end = words.iso(duty.end) or "sürüyor"
        lines.append(f"Görev: {duty.title or '-'}, birim {duty.unit_no}, {words.iso(duty.start)} – {end}")
        lines.append(f"İYEM'e kayıt: {words.iso(duty.recorded_at)}")
    lines.append(
        f"Sorulan zaman: {words.iso(found.at)}; bilgi zamanı: {words.iso(found.known)}; "
        f"kayıt sıra numarası: {found.serial}"
    )
    if found.holds_until is not None:
        lines.append(f"Bu yanıtın geçerlilik sonu: {words.iso(found.holds_until)}")
    return "\n".join(lines)
