"""``eyhub iyem record`` and the other commands of daily work: the rules of everywhere, as the centre or an officer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from iyem import conftest as state
from iyem.test_iyem_command import CONTACT, folder, opened, run, serial
from sqlalchemy import select

from hub.commands.authority import authority
from hub.iyem import chart
from hub.store import schema

__all__ = ["folder"]
WHO = ("--tckn", state.tckn(61), "--given-name", "Ayşe", "--surname", "Işık")


def numbers(done: Result) -> tuple[str, str, str]:
    """Duty, code and serial that were printed."""
    assert done.exit_code == 0, done.output
    found = re.match(r"görev (\d+); T\.C\. Yönetici Kodu (\d+); kayıt sıra no (\d+)", done.stdout)
    assert found is not None
    return found[1], found[2], found[3]


def grant(folder: Path, role: str, place: int, person: int) -> str:
    done = run(folder, "officers", "grant", role, str(place), "--tckn", state.tckn(person), *CONTACT.split())
    assert done.exit_code == 0, done.output
    return done.stdout.strip()


def ask(folder: Path, code: str, unit: int, at: str) -> str:
    asked = ["check", "--code", code, "--unit", str(unit), "--at", at, "--json", "--data", str(folder)]
    found: str = json.loads(CliRunner().invoke(authority, asked).stdout)["reason"]
    return found


def test_a_duty_from_its_recording_to_its_retraction(folder: Path, at: Callable[[str], None]) -> None:
    at("2016-05-02T09:00")
    duty, code, serial = numbers(run(folder, "record", "13", *WHO, "--start", "2016-05-02T08:30", "--title", "Müdür"))
    at("2016-05-10T09:00")
    late = run(folder, "record", "13", *WHO, "--start", "2016-05-02T08:30")
    assert (late.exit_code, late.stderr[:23]) == (1, "eyhub: IYEM_13_OVERLAP:")
    done = run(folder, "end", duty, "--at", "2016-05-09T17:00", "--serial", serial)
    assert numbers(done)[1] == code
    assert "geç kaydedildi" in done.stdout
    stale = run(folder, "end", duty, "--at", "2016-05-09T18:00", "--serial", serial)
    assert (stale.exit_code, "IYEM_STALE" in stale.stderr) == (1, True)
    assert ask(folder, code, 13, "2016-05-09T16:59") == "OWNER"
    assert ask(folder, code, 13, "2016-05-09T17:00") == "ENDED"
    assert run(folder, "correct", duty, "--end", "2016-05-08T17:00").exit_code == 0
    assert ask(folder, code, 13, "2016-05-09T16:59") == "ENDED"
    listed = run(folder, "duties", "13")
    assert listed.exit_code == 0
    assert f"{duty}  asil  {code}  2016-05-02T08:30:00+03:00 – 2016-05-08T17:00:00+03:00" in listed.stdout
    assert run(folder, "retract", duty).exit_code == 0
    assert run(folder, "duties", "13").exit_code == 1
    assert ask(folder, code, 13, "2016-05-05T00:00") == "NO_DUTY_HERE"
    again = run(folder, "retract", duty)
    assert (again.exit_code, "IYEM_NO_RECORD" in again.stderr) == (1, True)


def test_an_officer_does_what_the_officer_may(folder: Path, at: Callable[[str], None]) -> None:
    at("2016-05-02T09:00")
    region = grant(folder, "gorevli", 14, 71)
    as_region = ("--officer", region, "--method", "e-imza")
    numbers(run(folder, "record", "15", *WHO, "--start", "2016-05-02T08:30", *as_region))
    for unit, kind, code in (("13", "asil", "IYEM_03_AREA"), ("15", "vekil", "IYEM_17_DEPUTY")):
        other = ("--tckn", state.tckn(62), "--given-name", "Ali", "--surname", "Can", "--kind", kind)
        times = ("--start", "2016-05-02T08:40", "--end", "2016-05-03T09:00")
        done = run(folder, "record", unit, *other, *times, *as_region)
        assert (done.exit_code, code in done.stderr) == (1, True)
    gone = run(folder, "record", "15", *WHO, "--start", "2016-05-02T08:30", "--officer", "99", "--method", "e-imza")
    assert (gone.exit_code, "IYEM_09_NO_GRANT" in gone.stderr) == (1, True)
    audit = schema.AuditEvent
    statement = select(audit.event, audit.subject, audit.detail).where(audit.event.like("iyem_entry:%"))
    with opened(folder) as database, database.read() as connection:
        trail = [tuple(row) for row in connection.execute(statement.order_by(audit.serial))]
    assert [event for event, _, _ in trail] == ["iyem_entry:act"] + 3 * ["iyem_entry:refuse"]
    assert json.loads(trail[0][2]) == {"method": "e-imza", "operation": "record"}
    assert json.loads(trail[3][2])["reason"] == "IYEM_09_NO_GRANT"


def test_links_and_cvs(folder: Path, at: Callable[[str], None], tmp_path: Path) -> None:
    at("2016-05-02T09:00")
    central = grant(folder, "yetkili", 11, 71)
    as_central = ("--officer", central, "--method", "e-devlet")
    _, code, _ = numbers(run(folder, "record", "11", *WHO, "--start", "2016-05-02T08:30", *as_central))
    assert run(folder, "link", "12", "10", code, *as_central).exit_code == 0
    assert run(folder, "link", "22", "20", code, *as_central).exit_code == 1
    text = tmp_path / "cv.txt"
    text.write_text("1970'te doğdu.", encoding="utf-8")
    assert run(folder, "cv", code, str(text)).exit_code == 0
    with opened(folder) as database, database.read() as connection:
        assert chart.linked(connection, 10) == {12: int(code)}
        assert chart.published_cv(connection, int(code), 11) == "1970'te doğdu."
    text.write_text("Tel 0532 111 22 33", encoding="utf-8")
    assert run(folder, "cv", code, str(text)).exit_code == 1
    for most in (b"", b"a"):  # a letter of two octets at the end of what is read, whole and halved
        text.write_bytes(most + "ş".encode() * 100_000)
        long = run(folder, "cv", code, str(text))
        assert (long.exit_code, "20000 karakteri" in long.stderr) == (1, True), long.output
    text.write_bytes(b"\xff\xfe\x00")
    assert run(folder, "cv", code, str(text)).exit_code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("record", "13", "--start", "2016-05-02"),  # a day without its hour
        ("record", "13"),
        ("record", "9" * 20, "--start", "2016-05-02T09:00"),
        ("record", "13", "--start", "2016-05-02T09:00", "--kind", "müdür"),
        ("record", "13", "--start", "2016-05-02T09:00", "--officer", "1"),
        ("record", "13", "--start", "2016-05-02T09:00", "--method", "e-imza"),
        ("record", "13", "--start", "2016-05-02T09:00", "--officer", "1", "--method", "sifre"),
        ("end", "1"),
        ("correct", "1"),
        ("link", "12", "10"),
        ("cv", "1", "/nowhere/cv.txt"),
    ],
)
def test_misuse_is_exit_code_2_and_writes_nothing(folder: Path, arguments: tuple[str, ...]) -> None:
    before = serial(folder)
    assert run(folder, *arguments).exit_code == 2
    assert serial(folder) == before
