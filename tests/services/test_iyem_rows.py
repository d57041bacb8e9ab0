"""Attempts to get more from İYEM than one has a right to, and times at the edge; each test names its row."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import zeep
from click.testing import CliRunner
from iyem.conftest import (
    BRANCH,
    CENTRE,
    GENERAL,
    MINISTRY,
    PERSONNEL,
    REGION,
    appoint,
    at,
    fill,
    local,
    tckn,
)
from lxml import etree
from parts.databases import KEYS
from sqlalchemy import select

from hub.access import credentials
from hub.access.credentials import Right
from hub.access.door import Door
from hub.cli import eyhub
from hub.config import Settings
from hub.iyem import officers, trail
from hub.iyem.errors import GrantError
from hub.iyem.officers import Actor, Contact
from hub.iyem.trail import Wanted
from hub.services.iyem import service
from hub.store import schema, verify
from hub.store.database import Database
from hub.store.freshness import Freshness
from hub.store.schema import OfficerRole
from services.test_iyem import OFFICER, PERSON, Site, officer_at, served, site, wall

__all__ = ["at", "site"]

YETKILI, GOREVLI = OfficerRole.YETKILI, OfficerRole.GOREVLI


def duty(unit: int, key: int, **more: Any) -> dict[str, Any]:
    start = wall("2016-03-10T09:00")
    return {"IstekNo": f"istek-{key:04}", "Yonetici": PERSON, "BirimNo": unit, "Tur": "ASIL", "Baslama": start, **more}


def refusals(database: Database) -> list[tuple[str, str, str]]:
    """Actor, subject and detail of each refusal in the audit trail, which must be whole."""
    table = schema.table_of(schema.AuditEvent)
    statement = select(table).where(table.c.event == "iyem_entry:refuse").order_by(table.c.serial)
    with database.read() as connection:
        rows = connection.execute(statement).all()
        assert verify.verify(connection, KEYS).findings == []
    return [(row.actor, row.subject, row.detail) for row in rows]


def withdraw(database: Database, gone: int, person: int) -> None:
    contact = Contact(tckn(person), "Ali", "Yeni", "0312 000 00 00", "0500 000 00 00", "a@example.gov.tr")
    with database.write(actor="merkez", origin="test") as change:
        found = officers.officer(change.connection, gone)
        new = officers.grant(change, KEYS, CENTRE, found.role, found.place_no, contact)
        officers.withdraw(change, CENTRE, gone, replacement=new)


def test_d10_a_grant_withdrawn_between_two_calls_of_one_session(site: Site) -> None:
    """The next call is refused, repeating the one that was answered before is refused, and both are in the trail."""
    central = officer_at(site, YETKILI, PERSONNEL, 8)
    officer_at(site, YETKILI, PERSONNEL, 9)
    first = duty(BRANCH, 1)
    site.ask("iyem", "GorevKaydet", officer=central, **first)
    assert refusals(site.database) == []
    withdraw(site.database, central, 10)
    before = site.database.serial()
    for given in (first, duty(GENERAL, 2)):
        assert site.refusal("iyem", "GorevKaydet", officer=central, **given) == "IYEM_09_NO_GRANT"
    assert site.refusal("iyem", "IsListesi", officer=central) == "IYEM_09_NO_GRANT"
    assert site.database.serial() == before
    found = refusals(site.database)
    assert [(actor, about) for actor, about, _ in found] == [
        (f"kurum ministry görevli {central}", f"officer {central}")
    ] * 3
    assert [("GorevKaydet" in detail, "IYEM_09_NO_GRANT" in detail) for _, _, detail in found] == [
        (True, True),
        (True, True),
        (False, True),
    ]
    assert tckn(8) not in str(found)


@pytest.fixture
def guarded(database: Database, at: Callable[[str], None], tmp_path: Path) -> Iterator[tuple[Site, str, str, int]]:
    """İYEM's service behind the real door: with a credential's number, password and its place in the table."""
    at("2015-01-01T00:00")
    fill(database)
    at("2016-03-10T11:00")
    with database.write(actor="test", origin="test") as change:
        given = credentials.give(change, MINISTRY, rights=frozenset({Right.RECORD}))
    freshness, settings = Freshness(database), Settings(data=tmp_path, demo=True)
    door = Door(database, freshness)
    made = {"iyem": service.endpoint(database, door.check, keys=KEYS, settings=settings)}
    with served(database, settings, made) as found:
        yield found, given.kurum_id, given.password, given.id
    freshness.close()


def test_d10_a_credential_revoked_between_two_calls_of_one_session(guarded: tuple[Site, str, str, int]) -> None:
    site, kurum_id, password, number = guarded
    client = site.clients["iyem"]
    header = client.get_element("{urn:eyazisma-hub:iyem:1}Kimlik")(KurumID=kurum_id, Password=password)
    assert client.service.EksikBirimler(_soapheaders=[header])
    with site.database.write(actor="merkez", origin="test") as change:
        credentials.revoke(change, number)
    with pytest.raises(zeep.exceptions.Fault) as caught:
        client.service.EksikBirimler(_soapheaders=[header])
    assert caught.value.detail.findtext(".//{*}Kod") == "ACCESS_DENIED"
    table = schema.table_of(schema.AuditEvent)
    with site.database.read() as connection:
        assert "credential:revoke" in connection.execute(select(table.c.event)).scalars().all()


def test_d10_a_right_taken_away_between_two_calls_is_audited(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    central = officer_at(site, YETKILI, PERSONNEL, 8)
    site.ask("iyem", "GorevKaydet", officer=central, **duty(BRANCH, 1))
    assert site.refusal("iyem", "GorevKaydet", as_="reader", officer=central, **duty(GENERAL, 2)) == "ACCESS_RIGHT"
    assert site.refusal("iyem", "BirimGorevleri", as_="university", BirimNo=BRANCH) == "ACCESS_RIGHT"
    assert site.refusal("iyem", "IsListesi", officer=central, method="sifre") == "IYEM_10_METHOD"
    found = refusals(site.database)
    assert [(about, "ACCESS_RIGHT" in detail, "IYEM_10_METHOD" in detail) for _, about, detail in found] == [
        (f"officer {central}", True, False),
        ("kurum university", True, False),
        (f"officer {central}", False, True),
    ]


def test_what_a_refused_call_was_about_is_in_the_trail(site: Site) -> None:
    number = appoint(site.database, 2, GENERAL, "2016-03-10T09:00").duty.duty_no
    region = officer_at(site, GOREVLI, REGION, 9)
    mine = {"officer": region, "GorevNo": number}
    asked: tuple[tuple[str, dict[str, Any]], ...] = (
        ("GorevSonlandir", {"Bitis": wall("2016-03-10T10:00")}),
        ("GorevDuzelt", {"Unvan": "Müdür"}),
        ("GorevGeriAl", {}),
    )
    for place, (operation, given) in enumerate(asked):
        assert site.refusal("iyem", operation, IstekNo=f"istek-{place:04}", **mine, **given) == "IYEM_03_AREA"
    with site.database.read() as connection:
        found = trail.entries(connection, Wanted(unit=GENERAL, outcome=trail.Outcome.REFUSED), 10)
    assert [(entry.detail["operation"], entry.about["duty"]) for entry in found] == [
        (operation, number) for operation, _ in asked
    ]


def test_d12_nobody_grants_himself(site: Site) -> None:
    """An officer is no Görevli by his own grant, under whatever place, nor as the replacement of another."""
    central = officer_at(site, YETKILI, PERSONNEL, 8)
    himself, another = {"TCKimlikNo": tckn(8), **OFFICER}, {"TCKimlikNo": tckn(20), **OFFICER}
    ask = "GorevliYetkilendir"
    before = site.database.serial()
    mine = {"officer": central, "IstekNo": "istek-0001", "BirimNo": REGION}
    assert site.refusal("iyem", ask, **mine, Gorevli=himself) == "IYEM_07_GRANT"
    assert site.database.serial() == before
    granted = site.ask("iyem", ask, **mine, Gorevli=another)  # somebody else, by the same call
    assert granted.Rol == "GOREVLI"
    swap = {"officer": central, "IstekNo": "istek-0003", "GorevliNo": granted.GorevliNo, "Yerine": himself}
    assert site.refusal("iyem", "GorevliKaldir", **swap) == "IYEM_07_GRANT"
    assert len(site.ask("iyem", "Gorevliler", BirimNo=REGION)) == 1


def test_d12_a_gorevli_or_yetkili_raises_nobody_to_yetkili(iyem_database: Database) -> None:
    def granted(actor: Actor, role: OfficerRole, place: int, person: int) -> officers.Officer:
        contact = Contact(tckn(person), "Ali", "Yeni", "0312 000 00 00", "0500 000 00 00", "a@example.gov.tr")
        with iyem_database.write(actor=actor.name, origin="test") as change:
            return officers.grant(change, KEYS, actor, role, place, contact)

    central = Actor("yetkili", granted(CENTRE, YETKILI, PERSONNEL, 1))
    region = Actor("görevli", granted(central, GOREVLI, REGION, 2))
    for actor, role, place, person in (
        (central, YETKILI, PERSONNEL, 3),
        (central, YETKILI, PERSONNEL, 1),
        (region, GOREVLI, REGION, 2),
        (region, GOREVLI, REGION, 3),
        (region, YETKILI, PERSONNEL, 2),
    ):
        with pytest.raises(GrantError):
            granted(actor, role, place, person)
    with pytest.raises(GrantError), iyem_database.write(actor="yetkili", origin="test") as change:
        officers.withdraw(change, central, central.officer.officer_no)  # type: ignore[union-attr] # an officer


@pytest.fixture
def iyem_database(database: Database, at: Callable[[str], None]) -> Database:
    at("2015-01-01T00:00")
    fill(database)
    at("2016-03-10T11:00")
    return database


def test_d12_an_approved_request_is_not_done_again_with_another_content(site: Site) -> None:
    """The key of a request that was granted does not carry another one, whoever edits it."""
    central = officer_at(site, YETKILI, PERSONNEL, 8)
    asked = {"officer": central, "IstekNo": "istek-0001", "BirimNo": REGION}
    first = {"TCKimlikNo": tckn(20), **OFFICER}
    granted = site.ask("iyem", "GorevliYetkilendir", **asked, Gorevli=first)
    before = site.database.serial()
    assert site.ask("iyem", "GorevliYetkilendir", **asked, Gorevli=first).GorevliNo == granted.GorevliNo
    for name, value in (("TCKimlikNo", tckn(21)), ("Ad", "Veli"), ("EPosta", "b@example.gov.tr")):
        edited = {**first, name: value}
        assert site.refusal("iyem", "GorevliYetkilendir", **asked, Gorevli=edited) == "IYEM_KEY_REUSED"
    assert site.database.serial() == before


def test_c17_one_instant_in_any_zone_has_one_answer(site: Site, at: Callable[[str], None]) -> None:
    """The end is not included, whatever zone the question is written in; the second before it is."""
    code = appoint(site.database, 1, GENERAL, "2016-03-10T12:00", "2016-12-31T17:00").duty.code
    at("2017-02-01T00:00")
    ends = local("2016-12-31T17:00")
    zones = [UTC, *(timezone(timedelta(hours=hours)) for hours in (3, 2, -5, 14))]
    for zone in zones:
        last, over = (when.astimezone(zone) for when in (ends - timedelta(seconds=1), ends))
        asked = [{"YoneticiKodu": code, "BirimNo": GENERAL, "Zaman": when} for when in (last, over)]
        found = site.ask("yetki", "ImzaYetkisiSorgula", Soru=asked)
        assert [(one.Sonuc, one.Gerekce) for one in found] == [("EVET", "OWNER"), ("HAYIR", "ENDED")], zone
        assert [one.Zaman for one in found] == [last, over]


@pytest.mark.parametrize("time", ["2016-12-31T23:59:60Z", "2016-12-31T24:00:01+03:00", "2016-02-30T09:00:00+03:00"])
def test_c17_a_time_that_no_clock_here_shows_is_refused(site: Site, time: str) -> None:
    """A leap second is no time of the register: periods are to the minute, and nothing is rounded."""
    client = site.clients["yetki"]
    asked = [{"YoneticiKodu": 1, "BirimNo": GENERAL, "Zaman": datetime(2016, 12, 31, tzinfo=UTC)}]
    header = client.get_element("{urn:eyazisma-hub:yetki:1}Kimlik")(KurumID="ministry", Password="parola")
    message = client.create_message(client.service, "ImzaYetkisiSorgula", Soru=asked, _soapheaders=[header])
    message.find(".//{*}Zaman").text = time
    url = f"http://127.0.0.1:{site.ports['yetki']}/YetkiServis"
    request = urllib.request.Request(url, etree.tostring(message), {"Content-Type": "text/xml; charset=utf-8"})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    with caught.value as answer:
        text = answer.read()
    assert b"Client" in text
    assert b"Zaman" in text


def test_c17_the_command_refuses_such_a_time_and_takes_any_zone(tmp_path: Path) -> None:
    runner = CliRunner()
    assert runner.invoke(eyhub, ["migrate", "--data", str(tmp_path)]).exit_code == 0
    ask = ["authority", "check", "--code", "1", "--unit", "10", "--data", str(tmp_path), "--at"]
    done = runner.invoke(eyhub, [*ask, "2016-12-31T23:59:60Z"])
    assert (done.exit_code, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) >= 1
    assert "Traceback" not in done.stderr
    done = runner.invoke(eyhub, [*ask, "2016-12-31T23:59:59+14:00"])
    assert done.exit_code == 3  # a time like any other; this register holds nothing to decide by
    assert "Traceback" not in done.stderr
