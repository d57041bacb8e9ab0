"""İYEM's eighteen principles, each test with its principle's number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from iyem import conftest as c
from iyem.conftest import CENTRE, appoint, tckn
from parts.databases import KEYS
from sqlalchemy import select

from hub.iyem import chart, officers, queue, register
from hub.iyem.errors import (
    CodeChoiceError,
    CvError,
    DeputyError,
    EntryMethodError,
    GrantError,
    LinkError,
    LocalGovernmentError,
    NoGrantError,
    OfficerDataError,
    OfficerPlaceError,
    OutsideAreaError,
    OverlapError,
    StaleRecordError,
    UnitNotInDetsisError,
)
from hub.iyem.officers import Actor, Contact, Officer
from hub.iyem.queue import Task
from hub.iyem.register import Manager, Post
from hub.store import schema
from hub.store.database import Database
from hub.store.schema import DutyKind, OfficerRole

Clock = Callable[[str], None]
YETKILI, GOREVLI = OfficerRole.YETKILI, OfficerRole.GOREVLI


def contact(number: int) -> Contact:
    return Contact(tckn(number), "Ayşe", "Örnek", "0312 000 00 00", "0500 000 00 00", "ayse@example.gov.tr")


def grant(
    database: Database, role: OfficerRole, place: int, number: int, actor: Actor = CENTRE, area: int | None = None
) -> Officer:
    with database.write(actor=actor.name, origin="test") as change:
        return officers.grant(change, KEYS, actor, role, place, contact(number), area_no=area)


def acting(officer: Officer) -> Actor:
    return Actor(f"officer {officer.officer_no}", officer)


def test_principle_1_only_units_of_detsis_hold_duties(iyem: Database, at: Clock) -> None:
    with pytest.raises(UnitNotInDetsisError):
        appoint(iyem, 1, 99, "2016-03-10T09:00")
    with iyem.write(actor="test", origin="test") as change:
        change.alter(schema.Unit, {"detsis_no": c.BRANCH}, {"active": False})
    at("2016-03-11T09:00")
    with pytest.raises(UnitNotInDetsisError):
        appoint(iyem, 1, c.BRANCH, "2016-03-11T09:00")
    for number, unit in enumerate((c.GENERAL, c.PROVINCIAL, c.MISSION, c.MUNICIPALITY, c.UNIVERSITY), 1):
        appoint(iyem, number, unit, "2016-03-11T09:00")


def test_principle_2_local_governments_record_their_own(iyem: Database) -> None:
    governorate = acting(grant(iyem, YETKILI, c.REGISTRY_OFFICE, 1))
    town = acting(grant(iyem, YETKILI, c.MUNICIPALITY, 2))
    for unit in (c.MUNICIPALITY, c.TOWN_BRANCH):
        with pytest.raises(LocalGovernmentError):
            appoint(iyem, 3, unit, "2016-03-10T09:00", actor=governorate)
        appoint(iyem, unit, unit, "2016-03-10T09:00", actor=town)


def test_principle_3_central_officers_record_central_and_foreign_units(iyem: Database) -> None:
    central = acting(grant(iyem, YETKILI, c.PERSONNEL, 1))
    for unit in (c.MINISTRY, c.GENERAL, c.BRANCH, c.MISSION):
        appoint(iyem, unit, unit, "2016-03-10T09:00", actor=central)
    for unit in (c.UNIVERSITY, c.GOVERNOR, c.PROVINCIAL):
        with pytest.raises(OutsideAreaError):
            appoint(iyem, 9, unit, "2016-03-10T09:00", actor=central)


def test_principle_3_provincial_officers_record_their_branch(iyem: Database) -> None:
    region = acting(grant(iyem, GOREVLI, c.REGION, 1))
    province = acting(grant(iyem, GOREVLI, c.PROVINCIAL, 2))
    district = acting(grant(iyem, GOREVLI, c.DISTRICT_OFFICE, 3))
    upper = acting(grant(iyem, GOREVLI, c.DISTRICT_OFFICE, 4, area=c.PROVINCIAL))
    allowed = {
        c.REGION: region,
        c.REGION_BRANCH: region,
        c.PROVINCIAL: province,
        c.DISTRICT_OFFICE: province,
    }
    for unit, actor in allowed.items():
        appoint(iyem, unit, unit, "2016-03-10T09:00", actor=actor)
    for unit, actor in ((c.PROVINCIAL, region), (c.REGION, province), (c.PROVINCIAL, district), (c.GENERAL, district)):
        with pytest.raises(OutsideAreaError):
            appoint(iyem, 99, unit, "2016-03-10T09:00", actor=actor)
    with pytest.raises(OverlapError):  # in the area, but the post is taken
        appoint(iyem, 99, c.PROVINCIAL, "2016-03-10T09:00", actor=upper)


def test_principle_4_roles_have_their_places(iyem: Database) -> None:
    for role, place in (
        (YETKILI, c.PROVINCIAL),
        (YETKILI, c.REGION),
        (YETKILI, c.GENERAL),
        (GOREVLI, c.PERSONNEL),
        (GOREVLI, c.MINISTRY),
    ):
        with pytest.raises(OfficerPlaceError):
            grant(iyem, role, place, 1)
    assert grant(iyem, YETKILI, c.PERSONNEL, 1).area_no == c.MINISTRY
    assert grant(iyem, YETKILI, c.REGISTRY_OFFICE, 2).area_no == c.GOVERNOR
    assert grant(iyem, YETKILI, c.DISTRICT, 3).area_no == c.DISTRICT
    assert grant(iyem, YETKILI, c.UNIVERSITY, 4).area_no == c.UNIVERSITY


def test_principle_4_two_in_each_place(iyem: Database) -> None:
    one = grant(iyem, YETKILI, c.PERSONNEL, 1)
    with iyem.read() as connection:
        assert queue.short_places(connection) == [(c.PERSONNEL, YETKILI, 1)]
    two = grant(iyem, YETKILI, c.PERSONNEL, 2)
    with iyem.read() as connection:
        assert queue.short_places(connection) == []
    with pytest.raises(OfficerPlaceError), iyem.write(actor="merkez", origin="test") as change:
        officers.withdraw(change, CENTRE, one.officer_no)
    with iyem.write(actor="merkez", origin="test") as change:
        new = officers.grant(change, KEYS, CENTRE, YETKILI, c.PERSONNEL, contact(3))
        officers.withdraw(change, CENTRE, one.officer_no, replacement=new)
    with iyem.read() as connection:
        assert [o.officer_no for o in officers.officers_at(connection, c.PERSONNEL)] == [two.officer_no, new.officer_no]
        with pytest.raises(NoGrantError):
            officers.officer(connection, one.officer_no)


def test_principle_5_each_gorevli_has_one_coordinating_place(iyem: Database) -> None:
    assert grant(iyem, GOREVLI, c.REGION, 1).coordinator_no == c.MINISTRY  # T12: direct unit: the institution's centre
    assert grant(iyem, GOREVLI, c.PROVINCIAL, 2).coordinator_no == c.GOVERNOR
    assert grant(iyem, GOREVLI, c.DISTRICT_OFFICE, 3).coordinator_no == c.DISTRICT


def test_principle_6_and_13_the_queue_of_an_officer(iyem: Database, at: Clock) -> None:
    central = grant(iyem, YETKILI, c.PERSONNEL, 1)
    duty = appoint(iyem, 1, c.MISSION, "2016-03-10T09:00").duty
    appoint(iyem, 2, c.MINISTRY, "2016-03-10T09:00")
    with iyem.write(actor="merkez", origin="test") as change:
        register.end(change, CENTRE, duty.duty_no, datetime(2016, 3, 10, 10))
    with iyem.read() as connection:
        items = queue.work_queue(connection, central)
    assert [(item.task, item.unit_no) for item in items] == [
        (Task.UPDATE, c.MISSION),  # updates come before first records, whatever the number
        (Task.FIRST_RECORD, c.PERSONNEL),
        (Task.FIRST_RECORD, c.GENERAL),
        (Task.FIRST_RECORD, c.BRANCH),
        (Task.FIRST_RECORD, c.REGION),
        (Task.FIRST_RECORD, c.REGION_BRANCH),
    ]
    governorate = grant(iyem, YETKILI, c.REGISTRY_OFFICE, 2)
    with iyem.read() as connection:
        assert queue.area(connection, governorate) == [
            c.GOVERNOR,
            c.REGISTRY_OFFICE,
            c.PROVINCIAL,
            c.DISTRICT,
            c.DISTRICT_OFFICE,
        ]


def test_principle_7_who_grants(iyem: Database) -> None:
    central = acting(grant(iyem, YETKILI, c.PERSONNEL, 1))
    governorate = acting(grant(iyem, YETKILI, c.REGISTRY_OFFICE, 2))
    region = acting(grant(iyem, GOREVLI, c.REGION, 3, central))
    grant(iyem, GOREVLI, c.PROVINCIAL, 4, governorate)
    for role, place, actor in (
        (YETKILI, c.PERSONNEL, central),  # only the centre grants Yetkili
        (YETKILI, c.REGISTRY_OFFICE, governorate),
        (GOREVLI, c.PROVINCIAL, central),  # coordinated by the governorate
        (GOREVLI, c.REGION, governorate),  # coordinated by the institution
        (GOREVLI, c.REGION, region),  # a Görevli grants nobody
        (GOREVLI, c.REGION, Actor("ebys", ebys_of=c.MINISTRY)),
    ):
        with pytest.raises(GrantError):
            grant(iyem, role, place, 9, actor)


@pytest.mark.parametrize("field", ["tckn", "given_name", "surname", "work_phone", "mobile_phone", "email"])
def test_principle_8_all_items_are_needed(iyem: Database, field: str) -> None:
    for value in ("", " ", *(["12345678901"] if field == "tckn" else [])):
        with pytest.raises(OfficerDataError), iyem.write(actor="merkez", origin="test") as change:
            officers.grant(change, KEYS, CENTRE, YETKILI, c.PERSONNEL, replace(contact(1), **{field: value}))


def test_principle_8_late_grants_are_reported_not_refused(iyem: Database, at: Clock) -> None:
    late = grant(iyem, YETKILI, c.PERSONNEL, 1)  # 10 March 2016
    with iyem.read() as connection:
        assert queue.late_grants(connection) == [late.officer_no]


def test_principle_9_a_withdrawn_grant_opens_nothing(iyem: Database) -> None:
    gone = grant(iyem, YETKILI, c.PERSONNEL, 1)
    with iyem.write(actor="merkez", origin="test") as change:
        replacement = officers.grant(change, KEYS, CENTRE, YETKILI, c.PERSONNEL, contact(2))
        officers.withdraw(change, CENTRE, gone.officer_no, replacement=replacement)
    with pytest.raises(NoGrantError):
        appoint(iyem, 3, c.GENERAL, "2016-03-10T09:00", actor=acting(gone))
    with pytest.raises(NoGrantError), iyem.read() as connection:
        officers.acting_officer(connection, gone.officer_no)


def test_principle_10_ways_of_entry() -> None:
    for method in ("e-imza", "mobil-imza", "e-devlet"):
        assert officers.method_of(method) == method
    for method in ("sifre", "", "E-İMZA"):
        with pytest.raises(EntryMethodError):
            officers.method_of(method)


def test_principle_12_incomplete_institutions(iyem: Database) -> None:
    def lacking() -> tuple[list[tuple[int, int]], list[int]]:
        with iyem.read() as connection:
            found = [(count, none) for main, count, none in queue.incomplete(connection) if main == c.MUNICIPALITY]
            return found, [item.unit_no for item in queue.missing_units(connection, c.MUNICIPALITY)]

    appoint(iyem, 1, c.MUNICIPALITY, "2016-03-10T09:00")
    assert lacking() == ([(2, 1)], [c.TOWN_BRANCH])
    appoint(iyem, 2, c.TOWN_BRANCH, "2016-03-10T09:00")
    assert lacking() == ([], [])


def test_principle_13_a_new_unit_is_missing_at_once(iyem: Database) -> None:
    with iyem.write(actor="test", origin="test") as change:
        row = dict(change.now(schema.Unit, {"detsis_no": c.TOWN_BRANCH}))
        new = {
            name: row[name] for name in row if name not in ("id", "valid_from", "valid_to", "known_from", "known_to")
        }
        new = {name: new[name] for name in new if name not in ("serial", "closed_serial")}
        change.open(schema.Unit, {**new, "detsis_no": 32})
    with iyem.read() as connection:
        assert 32 in [item.unit_no for item in queue.missing_units(connection, c.MUNICIPALITY)]


def test_principle_13_one_head_at_a_time(iyem: Database, at: Clock) -> None:
    first = appoint(iyem, 1, c.GENERAL, "2016-03-10T09:00").duty
    at("2016-03-20T09:00")
    for kind in (DutyKind.OWNER, DutyKind.ACTING):
        with pytest.raises(OverlapError):
            appoint(iyem, 2, c.GENERAL, "2016-03-20T09:00", kind=kind)
    with iyem.write(actor="merkez", origin="test") as change:
        manager = Manager(tckn=tckn(2), given_name="İki", surname="Kişi")
        left = register.end(change, CENTRE, first.duty_no, datetime(2016, 3, 20, 9))
        new = register.record(change, KEYS, CENTRE, manager, Post(c.GENERAL), datetime(2016, 3, 20, 9))
    assert left.duty.end == new.duty.start


def test_principle_14_links_to_deputy_heads(iyem: Database) -> None:
    deputy = appoint(iyem, 1, c.PERSONNEL, "2016-03-10T09:00").duty.code
    vali_yardimcisi = appoint(iyem, 2, c.REGISTRY_OFFICE, "2016-03-10T09:00").duty.code
    central = acting(grant(iyem, YETKILI, c.PERSONNEL, 3))
    governorate = acting(grant(iyem, YETKILI, c.REGISTRY_OFFICE, 4))
    district = acting(grant(iyem, YETKILI, c.DISTRICT, 5))
    region = acting(grant(iyem, GOREVLI, c.REGION, 6))

    def link(actor: Actor, unit: int, head: int, code: int) -> int | None:
        with iyem.write(actor=actor.name, origin="test") as change:
            return chart.link(change, actor, unit, head, code)

    assert link(central, c.GENERAL, c.MINISTRY, deputy)
    assert link(central, c.GENERAL, c.MINISTRY, deputy) is None
    assert link(governorate, c.PROVINCIAL, c.GOVERNOR, vali_yardimcisi)
    for actor, unit, head, code in (
        (region, c.REGION, c.MINISTRY, deputy),
        (governorate, c.GENERAL, c.MINISTRY, deputy),
        (central, c.PROVINCIAL, c.GOVERNOR, vali_yardimcisi),
        (district, c.DISTRICT_OFFICE, c.DISTRICT, vali_yardimcisi),
        (central, c.BRANCH, c.MINISTRY, deputy),  # not of the first level
        (central, c.GENERAL, c.MINISTRY, 999),
    ):
        with pytest.raises(LinkError):
            link(actor, unit, head, code)
    with iyem.read() as connection:
        assert chart.linked(connection, c.MINISTRY) == {c.GENERAL: deputy}
        assert queue.unlinked_units(connection, c.GOVERNOR) == [
            c.REGISTRY_OFFICE,
            c.DISTRICT,
        ]  # a municipality is its own


def test_principle_15_codes_are_given_not_chosen(iyem: Database) -> None:
    one = appoint(iyem, 1, c.GENERAL, "2016-03-10T09:00").duty.code
    two = appoint(iyem, 2, c.BRANCH, "2016-03-10T09:00").duty.code
    assert one != two

    def record(manager: Manager) -> None:
        with iyem.write(actor="merkez", origin="test") as change:
            register.record(change, KEYS, CENTRE, manager, Post(c.MISSION), datetime(2016, 3, 10, 9))

    for manager in (
        Manager(code=777, tckn=tckn(3), given_name="Yeni", surname="Kişi"),  # chosen
        Manager(code=two, tckn=tckn(1)),  # another person's
        Manager(code=777),  # nobody's
        Manager(),
        Manager(tckn="12345678901", given_name="Yanlış", surname="Numara"),
        Manager(tckn=tckn(3)),  # new, without a name
    ):
        with pytest.raises(CodeChoiceError):
            record(manager)
    with iyem.read() as connection:
        person = schema.table_of(schema.Person)
        rows = connection.execute(select(person.c.code, person.c.tckn_sealed)).all()
    assert sorted(row.code for row in rows) == sorted([one, two])
    assert tckn(1).encode() not in b"".join(row.tckn_sealed for row in rows)


def test_principle_17_deputies(iyem: Database, at: Clock) -> None:
    ebys = Actor("ebys", ebys_of=c.MINISTRY)
    gorevli = acting(grant(iyem, GOREVLI, c.REGION, 1))
    with pytest.raises(DeputyError):  # nobody owns the post
        appoint(iyem, 2, c.GENERAL, "2016-03-10T12:00", "2016-03-12T12:00", kind=DutyKind.DEPUTY, actor=ebys)
    appoint(iyem, 1, c.GENERAL, "2016-03-10T09:00")
    appoint(iyem, 3, c.REGION, "2016-03-10T09:00")
    with pytest.raises(DeputyError):  # no end
        appoint(iyem, 2, c.GENERAL, "2016-03-10T12:00", kind=DutyKind.DEPUTY, actor=ebys)
    with pytest.raises(DeputyError):  # on screen a Görevli may not
        appoint(iyem, 2, c.REGION, "2016-03-10T12:00", "2016-03-12T12:00", kind=DutyKind.DEPUTY, actor=gorevli)
    appoint(iyem, 2, c.GENERAL, "2016-03-10T12:00", "2016-03-12T12:00", kind=DutyKind.DEPUTY, actor=ebys)
    with pytest.raises(OutsideAreaError):  # an EBYS records nobody but deputies
        appoint(iyem, 2, c.BRANCH, "2016-03-10T12:00", actor=ebys)
    other = Actor("ebys", ebys_of=c.UNIVERSITY)
    with pytest.raises(OutsideAreaError):  # and only at home
        appoint(iyem, 4, c.GENERAL, "2016-03-10T12:00", "2016-03-12T12:00", kind=DutyKind.DEPUTY, actor=other)


def test_principle_18_cvs_are_published_while_in_office(iyem: Database, at: Clock) -> None:
    duty = appoint(iyem, 1, c.GENERAL, "2016-03-10T09:00").duty

    def write(text: str) -> None:
        with iyem.write(actor="merkez", origin="test") as change:
            chart.set_cv(change, CENTRE, duty.code, text)

    for text in ("", f"Kimlik no {tckn(1)}", "Cep 0532 111 22 33", "e-posta: a@b.example"):
        with pytest.raises(CvError):
            write(text)
    with iyem.read() as connection:
        assert chart.published_cv(connection, duty.code, c.GENERAL) is None  # optional: absence is no fault
    write("1970 doğumludur. 12345678901 sayılı yazıyla atandı.")
    with iyem.read() as connection:
        assert chart.published_cv(connection, duty.code, c.GENERAL) is not None
        assert chart.published_cv(connection, duty.code, c.BRANCH) is None
    at("2016-03-20T00:00")
    with iyem.write(actor="merkez", origin="test") as change:
        register.end(change, CENTRE, duty.duty_no, datetime(2016, 3, 15, 9))
    with iyem.read() as connection:
        assert chart.published_cv(connection, duty.code, c.GENERAL) is None


def test_a_record_that_changed_since_it_was_read_is_not_written(iyem: Database, at: Clock) -> None:
    duty = appoint(iyem, 1, c.GENERAL, "2016-03-10T09:00").duty
    at("2016-03-11T09:00")
    with iyem.write(actor="merkez", origin="test") as change:
        register.correct(change, CENTRE, duty.duty_no, {"title": "Genel Müdür"}, expected_serial=duty.serial)
    with pytest.raises(StaleRecordError), iyem.write(actor="merkez", origin="test") as change:
        register.end(change, CENTRE, duty.duty_no, datetime(2016, 3, 11, 9), expected_serial=duty.serial)
