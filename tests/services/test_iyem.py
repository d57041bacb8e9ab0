"""``YetkiServis`` and ``IyemServis`` over a socket, called with zeep."""

from __future__ import annotations

import copy
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import zeep
from iyem.conftest import (
    BRANCH,
    CENTRE,
    GENERAL,
    MINISTRY,
    PERSONNEL,
    REGION,
    UNIVERSITY,
    appoint,
    at,
    fill,
    local,
    tckn,
)
from lxml import etree
from parts.databases import KEYS
from parts.registry import rebuild
from parts.serving import serving_here
from parts.waiting import HUNG
from sqlalchemy import select
from zeep.transports import Transport

from hub.access.credentials import Right
from hub.access.door import Caller
from hub.access.errors import AccessDeniedError
from hub.clock import TURKIYE
from hub.config import Settings
from hub.contract import Contract, Endpoint
from hub.errors import HubError
from hub.iyem import errors as iyem_errors
from hub.iyem import officers, trail
from hub.iyem.filed import Filed
from hub.iyem.officers import Contact
from hub.services.iyem import service, yetki
from hub.services.receipt_signer import ReceiptSigner
from hub.signing import receipts
from hub.signing.demo_pki import DemoPki
from hub.signing.trust import TrustKeeper, trust_folder
from hub.store import schema
from hub.store.database import Database
from hub.store.freshness import Freshness
from hub.store.keyed import Keyed
from hub.store.schema import DutyKind, OfficerRole

__all__ = ["at"]  # the fixture that sets the clock

RECORD = frozenset({Right.RECORD})
CALLERS = {
    "ministry": Caller(1, "ministry", MINISTRY, RECORD),
    "reader": Caller(2, "reader", MINISTRY, frozenset()),
    "university": Caller(3, "university", UNIVERSITY, RECORD),
    "court": Caller(4, "court", UNIVERSITY, frozenset({Right.PERSONAL})),
}


def check(kurum_id: str, password: str, client: str) -> Caller:
    if password != "parola" or kurum_id not in CALLERS:
        raise AccessDeniedError
    return CALLERS[kurum_id]


@dataclass
class Site:
    database: Database
    settings: Settings
    ports: dict[str, int]
    clients: dict[str, zeep.Client]

    def ask(
        self,
        name: str,
        operation: str,
        *,
        as_: str = "ministry",
        officer: int | None = None,
        method: str | None = "e-imza",
        **given: Any,
    ) -> Any:
        client = self.clients[name]
        header = client.get_element(f"{{urn:eyazisma-hub:{name}:1}}Kimlik")
        more = {} if officer is None else {"GorevliNo": officer, "GirisYontemi": method}
        found = header(KurumID=as_, Password="parola", **more)
        return client.service[operation](**given, _soapheaders=[found])

    def refusal(self, name: str, operation: str, **given: Any) -> str:
        with pytest.raises(zeep.exceptions.Fault) as caught:
            self.ask(name, operation, **given)
        code = caught.value.detail.find(".//{*}Kod")
        assert code is not None
        return str(code.text)


@contextmanager
def served(database: Database, settings: Settings, made: dict[str, Endpoint]) -> Iterator[Site]:
    """The services over sockets, and a client for each."""
    with ExitStack() as running:
        found = Site(database, settings, {}, {})
        for name, endpoint in made.items():
            found.ports[name] = running.enter_context(serving_here(endpoint))
            url = f"http://127.0.0.1:{found.ports[name]}/{name.capitalize()}Servis?WSDL"
            found.clients[name] = zeep.Client(url, transport=Transport(timeout=HUNG, operation_timeout=HUNG))
            running.callback(found.clients[name].transport.session.close)
        yield found


@pytest.fixture
def site(database: Database, at: Callable[[str], None], tmp_path: Path) -> Iterator[Site]:
    settings = Settings(data=tmp_path, demo=True)
    signer = ReceiptSigner(
        DemoPki.open(settings).seal("Örnek Hub", "00000000")
    )  # on today's date, which the clock below is not
    at("2015-01-01T00:00")
    fill(database)
    at("2016-03-10T11:00")
    keyed, freshness = Keyed(database), Freshness(database)
    filed = Filed(database, freshness, tmp_path)
    rebuild(filed)
    made = {
        "yetki": yetki.endpoint(
            database, check, keyed=keyed, filed=filed, keys=KEYS, settings=settings, sign=lambda: signer
        ),
        "iyem": service.endpoint(database, check, keys=KEYS, settings=settings),
    }
    with served(database, settings, made) as found:
        yield found
    filed.close()
    freshness.close()
    keyed.close()


PERSON = {"TCKimlikNo": tckn(1), "Ad": "Ayşe", "Soyad": "Örnek"}
OFFICER = {
    "Ad": "Ali",
    "Soyad": "Görevli",
    "IsTelefonu": "0312 000 00 01",
    "CepTelefonu": "0500 000 00 01",
    "EPosta": "a@example.gov.tr",
}


def deputation() -> dict[str, Any]:
    """A request that records :data:`PERSON` as deputy in GENERAL for two days."""
    return {
        "IstekNo": "istek-0001",
        "Yonetici": PERSON,
        "BirimNo": GENERAL,
        "Baslama": wall("2016-03-10T12:00"),
        "Bitis": wall("2016-03-12T12:00"),
    }


def wall(text: str) -> Any:
    return local(text).astimezone(TURKIYE)


def test_a_question_is_answered_with_its_evidence(site: Site, at: Callable[[str], None]) -> None:
    duty = appoint(site.database, 1, GENERAL, "2016-03-10T09:00").duty
    at("2016-04-01T00:00")
    asked = [
        {"YoneticiKodu": duty.code, "BirimNo": GENERAL, "Zaman": wall("2016-03-10T10:59:59")},
        {"YoneticiKodu": duty.code, "BirimNo": GENERAL, "Zaman": wall("2016-03-10T11:00")},
        {"YoneticiKodu": duty.code, "BirimNo": BRANCH},
        {"TCKimlikNo": tckn(1), "BirimNo": GENERAL},
        {"YoneticiKodu": duty.code, "BirimNo": GENERAL, "BilgiZamani": wall("2016-03-10T10:00")},
        {"YoneticiKodu": duty.code, "BirimNo": GENERAL, "Zaman": wall("2030-01-01T00:00")},
    ]
    found = site.ask("yetki", "ImzaYetkisiSorgula", as_="reader", Soru=asked)
    assert [(one.Sonuc, one.Gerekce) for one in found] == [
        ("HAYIR", "NOT_RECORDED_YET"),
        ("EVET", "OWNER"),
        ("HAYIR", "OTHER_UNIT"),
        ("EVET", "OWNER"),
        ("BELIRSIZ", "REGISTRY_DATA_MISSING"),
        ("BELIRSIZ", "TIME_AHEAD"),
    ]
    yes = found[1]
    assert yes.Yonetici.YoneticiKodu == duty.code
    assert yes.Gorev.Tur == "ASIL"
    assert yes.Gorev.KayitZamani == local("2016-03-10T11:00")
    assert yes.BirimAdi == "BİLGİ TEKNOLOJİLERİ GENEL MÜDÜRLÜĞÜ"
    assert yes.Zaman.utcoffset() is not None


def test_a_hundred_questions_and_no_more(site: Site) -> None:
    one = {"YoneticiKodu": 1, "BirimNo": GENERAL}
    assert len(site.ask("yetki", "ImzaYetkisiSorgula", Soru=[one] * 100)) == 100
    client = site.clients["yetki"]
    message = client.create_message(client.service, "ImzaYetkisiSorgula", Soru=[one] * 100)
    body = message.find(".//{*}ImzaYetkisiSorgula")
    body.append(copy.deepcopy(body[0]))  # zeep itself would not send it
    url = f"http://127.0.0.1:{site.ports['yetki']}/YetkiServis"
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(urllib.request.Request(url, etree.tostring(message), {"Content-Type": "text/xml"}))
    with caught.value as answer:
        assert b"Soru" in answer.read()


def test_questions_that_cannot_be_answered_are_typed_faults(site: Site) -> None:
    ask = "ImzaYetkisiSorgula"
    assert site.refusal("yetki", ask, Soru=[{"BirimNo": GENERAL}]) == "IYEM_QUESTION"
    assert site.refusal("yetki", ask, Soru=[{"TCKimlikNo": "12345678901", "BirimNo": GENERAL}]) == "IYEM_QUESTION"
    assert site.refusal("yetki", ask, as_="nobody", Soru=[{"YoneticiKodu": 1, "BirimNo": GENERAL}]) == "ACCESS_DENIED"


def test_another_institutions_people_are_not_found_by_identity_number(site: Site, at: Callable[[str], None]) -> None:
    appoint(site.database, 1, GENERAL, "2016-03-10T09:00")
    question = [{"TCKimlikNo": tckn(1), "BirimNo": GENERAL}]
    assert site.refusal("yetki", "ImzaYetkisiSorgula", as_="university", Soru=question) == "ACCESS_RIGHT"
    at("2016-03-11T00:00")
    assert site.ask("yetki", "ImzaYetkisiSorgula", as_="court", Soru=question)[0].Sonuc == "EVET"
    with site.database.read() as connection:
        audit = schema.table_of(schema.AuditEvent)
        events = [(row.actor, row.event) for row in connection.execute(select(audit).order_by(audit.c.serial))]
    assert events == [("kurum university", "personal:refuse"), ("kurum court", "personal:ask")]


def test_a_stranger_is_not_told_of_by_identity_number(site: Site, at: Callable[[str], None]) -> None:
    """Without the right to personal data an identity number tells nothing of people who never served here."""
    own = appoint(site.database, 1, GENERAL, "2016-03-10T09:00").duty.code
    rector = appoint(site.database, 2, UNIVERSITY, "2016-03-10T09:00").duty.code
    at("2016-04-01T00:00")

    def ask(as_: str, code: int | None, person: int, unit: int = BRANCH, **more: Any) -> tuple[str, Any, Any]:
        question = {"YoneticiKodu": code, "TCKimlikNo": tckn(person), "BirimNo": unit, **more}
        found = site.ask("yetki", "ImzaYetkisiSorgula", as_=as_, Soru=[question])[0]
        return found.Gerekce, found.Yonetici and found.Yonetici.YoneticiKodu, found.Gorev and found.Gorev.BirimNo

    nothing = ("NO_DUTY_HERE", None, None)
    for more in ({}, {"BilgiZamani": wall("2016-03-31T00:00")}):
        assert ask("ministry", None, 1, **more) == ("OTHER_UNIT", own, GENERAL)
        assert ask("ministry", None, 2, **more) == nothing  # holds a post elsewhere
        assert ask("ministry", None, 3, **more) == nothing  # nobody at all reads the same
        assert ask("ministry", rector, 2, **more) == nothing
        assert ask("ministry", rector, 1, **more) == nothing  # nor whose code it is
        assert ask("ministry", own, 2, **more) == ("CODE_OF_ANOTHER", None, None)
        assert ask("court", None, 2, UNIVERSITY, **more) == ("OWNER", rector, UNIVERSITY)
        assert ask("court", None, 2, BRANCH, **more) == ("OTHER_UNIT", rector, UNIVERSITY)


def test_a_receipt_says_what_was_decided_and_can_be_checked(site: Site, at: Callable[[str], None]) -> None:
    duty = appoint(site.database, 1, GENERAL, "2016-03-10T09:00").duty
    question = {"YoneticiKodu": duty.code, "BirimNo": GENERAL}
    found = site.ask("yetki", "ImzaYetkisiTutanagi", Soru=question)
    assert found.Karar.Sonuc == "EVET"
    stated = receipts.read_unverified(found.Tutanak)
    assert stated.outcome is receipts.Outcome.PASSED
    assert dict(stated.subject) == {"DETSISNo": str(GENERAL), "YoneticiKodu": str(duty.code), "GorevNo": "1"}
    assert stated.serial == found.Karar.SeriNo
    assert tckn(1).encode() not in found.Tutanak


def test_a_receipt_is_signed_by_a_key_that_the_trust_store_knows(
    site: Site, monkeypatch: pytest.MonkeyPatch, at: Callable[[str], None]
) -> None:
    monkeypatch.undo()  # certificates are made on the day of the test
    question = {"YoneticiKodu": 1, "BirimNo": GENERAL}
    signed = site.ask("yetki", "ImzaYetkisiTutanagi", Soru=question).Tutanak
    trust = TrustKeeper(trust_folder(site.settings.data), demo=True).store()
    assert receipts.verify(signed, trust).receipt.outcome is not receipts.Outcome.PASSED
    with pytest.raises(receipts.ReceiptError):
        receipts.verify(signed.replace(b"BELIRSIZ", b"GECTI"), trust)


def test_an_ebys_records_a_deputy_once(site: Site, at: Callable[[str], None]) -> None:
    owner = appoint(site.database, 2, GENERAL, "2016-03-10T09:00").duty
    given = deputation()
    first = site.ask("iyem", "VekaletKaydet", **given)
    assert (first.Gorev.Tur, first.Gec) == ("VEKIL", False)
    serial = site.database.serial()
    again = site.ask("iyem", "VekaletKaydet", **given)
    assert again.Gorev.GorevNo == first.Gorev.GorevNo
    assert site.database.serial() == serial
    other = {**given, "BirimNo": BRANCH}
    assert site.refusal("iyem", "VekaletKaydet", **other) == "IYEM_KEY_REUSED"
    at("2016-03-11T09:00")
    found = site.ask("yetki", "ImzaYetkisiSorgula", Soru=[{"TCKimlikNo": tckn(1), "BirimNo": GENERAL}])[0]
    assert (found.Sonuc, found.VekaletEdilen.YoneticiKodu) == ("EVET", owner.code)
    ended = site.ask(
        "iyem",
        "GorevSonlandir",
        IstekNo="istek-0002",
        GorevNo=first.Gorev.GorevNo,
        Bitis=wall("2016-03-11T10:00"),
        BeklenenSeriNo=first.Gorev.SeriNo,
    )
    assert ended.Gorev.Bitis == local("2016-03-11T10:00")
    stale = {"GorevNo": first.Gorev.GorevNo, "Bitis": wall("2016-03-11T11:00"), "BeklenenSeriNo": first.Gorev.SeriNo}
    assert site.refusal("iyem", "GorevSonlandir", IstekNo="istek-0003", **stale) == "IYEM_STALE"


def test_a_repeated_request_is_answered_as_the_first_time(site: Site, at: Callable[[str], None]) -> None:
    appoint(site.database, 2, GENERAL, "2016-03-10T09:00")
    first = site.ask("iyem", "VekaletKaydet", **deputation())
    change = {"IstekNo": "istek-0002", "GorevNo": first.Gorev.GorevNo}
    at("2016-03-11T09:00")
    ended = site.ask("iyem", "GorevSonlandir", **change, Bitis=wall("2016-03-11T10:00"))
    at("2016-03-11T11:00")
    site.ask("iyem", "GorevGeriAl", IstekNo="istek-0003", GorevNo=first.Gorev.GorevNo)
    assert site.ask("iyem", "VekaletKaydet", **deputation()) == first
    assert site.ask("iyem", "GorevSonlandir", **change, Bitis=wall("2016-03-11T10:00")) == ended


def test_who_may_not_record(site: Site) -> None:
    appoint(site.database, 2, GENERAL, "2016-03-10T09:00")
    given = deputation()
    before = site.database.serial()
    assert site.refusal("iyem", "VekaletKaydet", as_="reader", **given) == "ACCESS_RIGHT"
    assert site.refusal("iyem", "VekaletKaydet", as_="university", **given) == "IYEM_03_AREA"
    assert site.refusal("iyem", "VekaletKaydet", officer=7, **given) == "IYEM_09_NO_GRANT"
    assert site.refusal("iyem", "GorevKaydet", Tur="ASIL", **{**given, "BirimNo": BRANCH}) == "IYEM_03_AREA"
    assert site.refusal("iyem", "BirimGorevleri", as_="university", BirimNo=GENERAL) == "ACCESS_RIGHT"
    assert site.refusal("iyem", "BirimGorevleri", as_="university", BirimNo=99) == "ACCESS_RIGHT"
    assert site.database.serial() == before


def officer_at(site: Site, role: OfficerRole, place: int, person: int, area: int | None = None) -> int:
    contact = Contact(tckn(person), "Fatma", "Yetkili", "0312 000 00 00", "0500 000 00 00", "f@example.gov.tr")
    with site.database.write(actor="merkez", origin="test") as change:
        return officers.grant(change, KEYS, CENTRE, role, place, contact, area_no=area).officer_no


def test_every_operation_refuses_whoever_may_not(site: Site) -> None:
    """Each operation as a foreign institution, as officers of another area, of a role that may not, with a grant that
    ended or without having entered: refused, and nothing is written."""
    owner = appoint(site.database, 2, GENERAL, "2016-03-10T09:00").duty
    deputy = appoint(site.database, 3, GENERAL, "2016-03-10T09:00", "2016-03-20T09:00", kind=DutyKind.DEPUTY).duty
    central = officer_at(site, OfficerRole.YETKILI, PERSONNEL, 8)
    region = officer_at(site, OfficerRole.GOREVLI, REGION, 9)
    officer_at(site, OfficerRole.GOREVLI, REGION, 10)
    rector = officer_at(site, OfficerRole.YETKILI, UNIVERSITY, 11)
    gone = officer_at(site, OfficerRole.YETKILI, PERSONNEL, 12)
    with site.database.write(actor="merkez", origin="test") as change:
        contact = Contact(tckn(13), "Ali", "Yeni", "0312 000 00 00", "0500 000 00 00", "a@example.gov.tr")
        new = officers.grant(change, KEYS, CENTRE, OfficerRole.YETKILI, PERSONNEL, contact)
        officers.withdraw(change, CENTRE, gone, replacement=new)
    person = {"TCKimlikNo": tckn(14), **OFFICER}
    start, end = wall("2016-03-10T12:00"), wall("2016-03-12T12:00")
    writes: dict[str, dict[str, Any]] = {
        "VekaletKaydet": {"Yonetici": PERSON, "BirimNo": GENERAL, "Baslama": start, "Bitis": end},
        "GorevKaydet": {"Yonetici": PERSON, "BirimNo": BRANCH, "Tur": "ASIL", "Baslama": start},
        "GorevSonlandir": {"GorevNo": owner.duty_no, "Bitis": end},
        "GorevDuzelt": {"GorevNo": owner.duty_no, "Unvan": "Başka"},
        "GorevGeriAl": {"GorevNo": deputy.duty_no},
        "OzgecmisKaydet": {"YoneticiKodu": owner.code, "Metin": "1970'te doğdu."},
        "YardimciIliskilendir": {"BirimNo": GENERAL, "UstBirimNo": MINISTRY, "YoneticiKodu": owner.code},
        "GorevliYetkilendir": {"BirimNo": REGION, "Gorevli": person},
        "GorevliKaldir": {"GorevliNo": region, "Yerine": person},
    }
    reads: dict[str, dict[str, Any]] = {
        "IsListesi": {},
        "BirimGorevleri": {"BirimNo": GENERAL},
        "Gorevliler": {"BirimNo": REGION},
    }
    public = {"EksikBirimler", "OzgecmisGetir"}  # the caller's own institution; what is published
    assert {*writes, *reads, *public} == set(Contract.load("IyemServis.wsdl", times="utc").operations)
    before = site.database.serial()

    def refused(operation: str, codes: set[str], **how: Any) -> None:
        more = {} if operation in reads else {"IstekNo": f"{operation}-{len(calls):04}"}
        calls.append(site.refusal("iyem", operation, **how, **more, **(writes | reads)[operation]))
        assert calls[-1] in codes, (operation, how, calls[-1])

    calls: list[str] = []
    for operation in {**writes, **reads}:
        named = {"officer": central}
        refused(operation, {"ACCESS_DENIED"}, as_="nobody")
        refused(operation, {"IYEM_10_METHOD"}, **named, method=None)
        refused(operation, {"IYEM_10_METHOD"}, **named, method="sifre")
    for operation in (*writes, "IsListesi"):
        refused(operation, {"IYEM_09_NO_GRANT"}, officer=gone)
        refused(operation, {"IYEM_09_NO_GRANT"}, as_="university", officer=central)  # another institution's officer
        refused(operation, {"IYEM_09_NO_GRANT"}, officer=rector)
        refused(operation, {"IYEM_09_NO_GRANT"}, officer=999)
    for operation in writes:
        refused(operation, {"ACCESS_RIGHT"}, as_="reader", officer=central)
        foreign = {"IYEM_03_AREA", "IYEM_07_GRANT", "IYEM_14_LINK"}
        refused(operation, foreign, as_="university")
        refused(operation, foreign, as_="university", officer=rector)
        refused(operation, foreign | {"IYEM_17_DEPUTY"}, officer=region)
    for operation in (
        "GorevKaydet",
        "GorevSonlandir",
        "GorevDuzelt",
        "OzgecmisKaydet",
    ):  # an EBYS records deputies only
        refused(operation, {"IYEM_03_AREA"})
    for operation in ("YardimciIliskilendir", "GorevliYetkilendir", "GorevliKaldir"):
        refused(operation, {"IYEM_14_LINK", "IYEM_07_GRANT"})
    refused("IsListesi", {"IYEM_09_NO_GRANT"})
    for operation in ("BirimGorevleri", "Gorevliler"):
        refused(operation, {"ACCESS_RIGHT"}, as_="university")
    assert site.database.serial() == before
    with site.database.read() as connection:
        refusals = trail.entries(connection, trail.Wanted(outcome=trail.Outcome.REFUSED), 1000)
    rights = [entry for entry in refusals if entry.detail["reason"] != "IYEM_10_METHOD"]
    said = {entry.detail["operation"]: set(entry.about) - {"officer"} for entry in rights}
    assert {operation for operation, about in said.items() if not about} <= {"IsListesi", "GorevliKaldir"}
    assert {item.BirimNo for item in site.ask("iyem", "EksikBirimler", as_="university")} == {UNIVERSITY}


def test_calls_in_an_officers_name_are_in_the_audit_trail_with_the_way_of_entry(site: Site) -> None:
    central = officer_at(site, OfficerRole.YETKILI, PERSONNEL, 8)
    given = {"IstekNo": "istek-0001", "Yonetici": PERSON, "BirimNo": BRANCH, "Tur": "ASIL"}
    for _ in range(2):  # the second is the same request again
        site.ask("iyem", "GorevKaydet", officer=central, method="e-devlet", **given, Baslama=wall("2016-03-10T09:00"))
    site.ask("iyem", "IsListesi", officer=central, method="mobil-imza")
    audit = schema.table_of(schema.AuditEvent)
    with site.database.read() as connection:
        rows = connection.execute(select(audit).where(audit.c.event == "iyem_entry:act").order_by(audit.c.serial)).all()
    assert [(row.subject, "e-devlet" in row.detail, "mobil-imza" in row.detail) for row in rows] == [
        (f"officer {central}", True, False),
        (f"officer {central}", False, True),
    ]


def test_an_officer_keeps_the_register(site: Site, at: Callable[[str], None]) -> None:
    with site.database.write(actor="merkez", origin="test") as change:
        contact = Contact(tckn(8), "Fatma", "Yetkili", "0312 000 00 00", "0500 000 00 00", "f@example.gov.tr")
        officer = officers.grant(change, KEYS, CENTRE, OfficerRole.YETKILI, PERSONNEL, contact).officer_no
    queue = site.ask("iyem", "IsListesi", officer=officer)
    assert {item.Tur for item in queue} == {"ILK_KAYIT"}
    made = site.ask(
        "iyem",
        "GorevKaydet",
        officer=officer,
        IstekNo="istek-0001",
        Yonetici=PERSON,
        BirimNo=BRANCH,
        Tur="ASIL",
        Baslama=wall("2016-03-09T09:00"),
        Unvan="Şube Müdürü",
    )
    assert made.Gec
    assert BRANCH not in [item.BirimNo for item in site.ask("iyem", "EksikBirimler")]
    fixed = site.ask(
        "iyem", "GorevDuzelt", officer=officer, IstekNo="istek-0002", GorevNo=made.Gorev.GorevNo, Unvan="Müdür"
    )
    assert fixed.Gorev.Unvan == "Müdür"
    assert [duty.GorevNo for duty in site.ask("iyem", "BirimGorevleri", BirimNo=BRANCH)] == [made.Gorev.GorevNo]
    code = made.Gorev.YoneticiKodu
    site.ask("iyem", "OzgecmisKaydet", officer=officer, IstekNo="istek-0003", YoneticiKodu=code, Metin="1970'te doğdu.")
    assert site.ask("iyem", "OzgecmisGetir", YoneticiKodu=code, BirimNo=BRANCH) == "1970'te doğdu."
    person = {"TCKimlikNo": tckn(9), **OFFICER}
    granted = site.ask(
        "iyem", "GorevliYetkilendir", officer=officer, IstekNo="istek-0004", BirimNo=REGION, Gorevli=person
    )
    assert (granted.Rol, granted.KoordineEdenNo) == ("GOREVLI", MINISTRY)
    assert len(site.ask("iyem", "Gorevliler", BirimNo=REGION)) == 1
    removing = {"IstekNo": "istek-0005", "GorevliNo": granted.GorevliNo}
    assert site.refusal("iyem", "GorevliKaldir", officer=officer, **removing) == "IYEM_04_PLACE"
    site.ask("iyem", "GorevGeriAl", officer=officer, IstekNo="istek-0006", GorevNo=made.Gorev.GorevNo)
    assert site.ask("iyem", "BirimGorevleri", BirimNo=BRANCH) is None


def test_a_time_without_an_offset_is_turkiyes(site: Site, at: Callable[[str], None]) -> None:
    duty = appoint(site.database, 1, GENERAL, "2016-03-10T09:00").duty
    at("2016-04-01T00:00")
    naive = (local("2016-03-10T11:00") + timedelta(hours=2)).replace(tzinfo=None)  # 11:00 in Türkiye's winter time
    found = site.ask(
        "yetki", "ImzaYetkisiSorgula", Soru=[{"YoneticiKodu": duty.code, "BirimNo": GENERAL, "Zaman": naive}]
    )
    assert found[0].Zaman == local("2016-03-10T11:00")


def test_every_code_of_iyem_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "errors.md").read_text(encoding="utf-8")
    codes = {kind.code for kind in vars(iyem_errors).values() if isinstance(kind, type) and issubclass(kind, HubError)}
    codes -= {HubError.code, iyem_errors.IyemError.code}
    assert {code for code in codes if f"`{code}`" not in page} == set()
