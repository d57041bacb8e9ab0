"""A small state for the tests of the KAYSİS service: the units of the letter tests, with everything that hangs on them.

People, numbers and addresses are invented.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from letter import chart as c

from hub.registry import managers, rows
from hub.store import schema
from hub.store.database import Database
from hub.store.personal import Keys, Tckn

START = datetime(2020, 1, 1, tzinfo=UTC)
LATER = datetime(2022, 6, 1, 9, tzinfo=UTC)
FAR = datetime(2090, 1, 1, tzinfo=UTC)

CLOSED, NAMELESS_PLACE = 10000990, c.ATAMA
TCKN, OTHER_TCKN = "10000000146", "10000000214"
MANAGER, DEPUTY, MINISTER, GOVERNOR, ACTING, LATE = 501, 502, 503, 504, 505, 506

PLACES = [
    (6, 600, "ANKARA", 6, "ANKARA", "İL", True),
    (35, 3500, "İZMİR", 35, "İZMİR", "İL", True),
    (601, 601, "ÇANKAYA", 6, "ANKARA", "İLÇE", True),
    (699, 699, "ESKİ İLÇE", 6, "ANKARA", "İLÇE", False),
]
STATUSES = {
    1: ("GENEL", None, None),
    2: ("BAKANLIK", "BAKANLIĞINA", "BAKANLIĞI"),
    3: ("ÜNİVERSİTE", "REKTÖRLÜĞÜNE", None),
    4: ("BELEDİYE", "BELEDİYE BAŞKANLIĞINA", "BELEDİYESİ"),
}
STATUS_OF = {c.INTERIOR: 2, c.UNIVERSITY: 3, c.MUNICIPALITY: 4}
IZMIR = {c.IZMIR, c.KONAK, c.IZMIR_MEM}


def fill(database: Database, keys: Keys) -> None:
    """Put the state into an empty, migrated ``database``: so since 2020, recorded now."""
    with database.write(actor="test", origin="test") as change:
        _codes(change)
        _units(change)
        _delivery(change)
        _inventory(change)
        _people(change, keys)


def _codes(change: Any) -> None:
    for number, code, name, province, province_name, kind, active in PLACES:
        row = {"place_id": number, "place_code": code, "name": name, "province_code": province, "kind": kind}
        row |= {"province_name": province_name, "kind_id": 1 if kind == "İL" else 2, "active": active}
        change.open(schema.Place, row | {"phone_code": "312" if province == 6 else None}, valid_from=START)
    for number, name, active in ((17, "CUMHURBAŞKANLIĞI", True), (19, "BAKANLIK", True), (18, "BAŞBAKANLIK", False)):
        row = {"type1_id": number, "name": name, "recorded_at": LATER, "active": active}
        change.open(schema.Type1, row | {"opens_type2_id": 2 if number == 19 else 0}, valid_from=START)
    for number, (name, add, cut) in STATUSES.items():
        row = {"type2_id": number, "name": name, "addressee_add": add, "addressee_cut": cut, "recorded_at": START}
        change.open(schema.Type2, row, valid_from=START)
    change.open(schema.Type3, {"type3_id": 7, "name": "FAKÜLTE"}, valid_from=START)


def _units(change: Any) -> None:
    parents = {unit.number: unit.parent for unit in c.UNITS}

    def level(number: int) -> int:
        return 0 if not parents[number] else 1 + level(parents[number])

    for unit in c.UNITS:
        row = rows.unit(
            detsis_no=unit.number,
            name=unit.name,
            parent_no=unit.parent,
            second_parent_no=unit.parent2,
            main_no=unit.main,
            level=level(unit.number),
            type1_id=unit.category or 1,
            type2_id=STATUS_OF.get(unit.number, 1),
            place_id=None if unit.number == NAMELESS_PLACE else 35 if unit.number in IZMIR else 6,
            external=unit.is_main,
            address="Örnek Cad. No: 1 Çankaya/ANKARA" if unit.is_main else None,
            register_no="K-1" if unit.number == c.INTERIOR else None,
        )
        change.open(schema.Unit, row, valid_from=START)
    closed = rows.unit(
        detsis_no=CLOSED,
        name="KAPALI DAİRESİ BAŞKANLIĞI",
        parent_no=c.INTERIOR,
        main_no=c.INTERIOR,
        level=2,
        type1_id=1,
        type2_id=1,
        place_id=6,
        active=False,
        operating=False,
        register_no="K-2",
    )
    change.open(schema.Unit, closed, valid_from=START)
    change.open(schema.UnitType3, {"detsis_no": c.FACULTY, "type3_id": 7, "entry_id": 70}, valid_from=START)
    budget = {"budget_kind_id": 1, "budget_kind": "Genel Bütçe", "legal_personality_id": 2, "legal_personality": "Kamu"}
    change.open(schema.Budget, budget | {"detsis_no": c.INTERIOR}, valid_from=START)


def _delivery(change: Any) -> None:
    for number, kind, value, rank in (
        (c.INTERIOR, 4, "0312 000 00 01", 0),
        (c.INTERIOR, 4, "0312 000 00 00", 1),
        (c.INTERIOR, 1, "www.ornek.gov.tr", 0),
        (c.PERSONNEL, 4, "0312 000 00 02", 0),
        (c.PERSONNEL, 5, "0312 000 00 03", 0),
        (CLOSED, 4, "0312 000 00 09", 0),
    ):
        row = rows.contact(detsis_no=number, kind=kind, value=value, label=None, rank=rank)
        change.open(schema.Contact, row, valid_from=START)
    for number, address, active in (
        (c.HEALTH, "a.eski@hs01.kep.tr", False),
        (c.HEALTH, "Saglik@HS01.kep.tr", True),
        (c.ANKARA, "ankara.valiligi@hs01.kep.tr", True),
        (c.INTERIOR, "icisleri@hs02.kep.tr", True),
    ):
        row = rows.kep(detsis_no=number, address=address, active=active, status="Aktif" if active else "Pasif")
        change.open(schema.KepAddress, row, valid_from=START)
    for number, der, active, until in (
        (c.HEALTH, b"saglik", True, FAR),
        (c.HEALTH, b"eski", False, FAR),
        (c.ANKARA, b"valilik", True, FAR),
        (c.IZMIR, b"dolmus", True, LATER),
    ):
        row = {"detsis_no": number, "fingerprint": der.hex(), "der": der, "active": active, "not_before": START}
        row |= {"not_after": until, "uploaded_at": START, "updated_at": LATER if number == c.ANKARA else START}
        change.open(schema.Certificate, row, valid_from=START)
    link = {"detsis_no": c.ANKARA_HEALTH, "owner_no": c.ANKARA}
    change.open(schema.CertificateOwnership, link, valid_from=START)
    for number in (c.HEALTH, c.EDUCATION):
        change.open(schema.PackageVersion, {"detsis_no": number, "version": "1.3"}, valid_from=START)
    change.alter(schema.PackageVersion, {"detsis_no": c.HEALTH}, {"version": "2.0"}, at=LATER)
    number = {"detsis_no": c.HEALTH, "number": "15000-00000-00001"}
    change.open(schema.NotificationNumber, number, valid_from=START)


def _inventory(change: Any) -> None:
    for code, topic in (("010", "Mevzuat İşleri"), ("105.01.01.01", "Örnek Konu")):
        parts = [*code.split("."), None, None, None]
        row = {"detsis_no": c.INTERIOR, "code": code, "code_id": 7, "topic": topic, "main_code": parts[0]}
        row |= {"sub_code1": parts[1], "sub_code2": parts[2], "sub_code3": parts[3], "level": "1"}
        change.open(schema.FilePlanCode, row | {"retention_code": "A3", "retention_period": "10"}, valid_from=START)
    for number, service in ((c.PERSONNEL, "100002"), (c.INTERIOR, "100001")):
        row = {"detsis_no": number, "service_id": service, "name": f"Hizmet {service}"}
        change.open(schema.Service, row, valid_from=START)
    for number, document, requested in ((c.INTERIOR, 9, True), (c.PERSONNEL, 9, True), (c.PERSONNEL, 9 + 1, False)):
        row = {"detsis_no": number, "document_id": document, "name": f"Belge {document}", "kind": "TUTANAK"}
        change.open(schema.Document, row | {"requested": requested}, valid_from=START)
    for law in (
        {"legislation_id": 1, "name": "ÖRNEK İŞLEMLER YÖNETMELİĞİ", "number": "2646", "gazette_number": "31151"}
        | {"gazette_date": date(2020, 6, 10), "dated": date(2020, 6, 9)},
        {"legislation_id": 2, "name": "YAYIMLANMAMIŞ YÖNERGE", "number": "7"},
    ):
        row = rows.legislation(detsis_no=c.INTERIOR, kind_id=3, kind="Yönetmelik", **law)  # type: ignore[arg-type]
        change.open(schema.Legislation, row, valid_from=START)
    officer = {"given_name": "Veli", "surname": "Yetkili", "phone": "0312", "email": "v@ornek.gov.tr"}
    for number in (c.INTERIOR, c.HEALTH):
        row = {**officer, "detsis_no": number, "officer_id": 1, "role": "DETSİS Yetkilisi"}
        change.open(schema.DetsisOfficer, row, valid_from=START)


def _people(change: Any, keys: Keys) -> None:
    for code, name, surname in (
        (MANAGER, "Ayşe", "Asıl"),
        (DEPUTY, "Ali", "Vekil"),
        (MINISTER, "İnci", "Bakan"),
        (GOVERNOR, "Ilgın", "Vali"),
        (ACTING, "Can", "Boş"),
        (LATE, "Ece", "Sonra"),
    ):
        tckn = Tckn(TCKN) if code == MANAGER else None
        row = managers.person_row(keys, code=code, given_name=name, surname=surname, tckn=tckn, birth=date(1970, 5, 17))
        change.open(schema.Person, row, valid_from=START)
    owner = schema.DutyKind.OWNER
    for number, (unit, code, kind, start, end, recorded) in enumerate(
        (
            (c.PERSONNEL, MANAGER, owner, LATER, None, LATER),
            (c.PERSONNEL, DEPUTY, schema.DutyKind.DEPUTY, LATER, FAR, LATER),
            (c.INTERIOR, MINISTER, owner, START, None, START),
            (c.INTERIOR, MANAGER, owner, datetime(2019, 1, 1, tzinfo=UTC), START, START),
            (c.ANKARA, GOVERNOR, owner, START, None, START),
            (c.ANKARA_HEALTH, ACTING, schema.DutyKind.ACTING, START, None, START),
            (c.ATAMA, LATE, owner, START, None, FAR),
        ),
        1,
    ):
        row = {"duty_no": number, "detsis_no": unit, "code": code, "kind": kind, "title": "Yönetici"}
        row |= {"recorded_at": recorded, "kind_text": "Asaleten" if kind == owner else "Vekaleten"}
        change.open(schema.Duty, row, valid_from=start, valid_to=end)
