"""Ways around principles 2, 4, 7 and 9 that an officer could try."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from iyem import conftest as c
from iyem.conftest import appoint
from iyem.test_principles import CENTRE, GOREVLI, YETKILI, acting, contact, grant
from parts.databases import KEYS

from hub.iyem import officers
from hub.iyem.errors import LocalGovernmentError, NoGrantError, OfficerPlaceError, OutsideAreaError
from hub.store import schema
from hub.store.database import Database


def test_a_governorates_gorevli_records_no_local_government(iyem: Database) -> None:
    for number, officer in enumerate(
        (grant(iyem, GOREVLI, c.GOVERNOR, 1), grant(iyem, GOREVLI, c.REGISTRY_OFFICE, 2, area=c.GOVERNOR)), 3
    ):
        for unit in (c.MUNICIPALITY, c.TOWN_BRANCH):
            with pytest.raises(LocalGovernmentError):
                appoint(iyem, number, unit, "2016-03-10T09:00", actor=acting(officer))


def test_one_person_is_not_two_officers_of_a_place(iyem: Database) -> None:
    grant(iyem, YETKILI, c.PERSONNEL, 1)
    with pytest.raises(OfficerPlaceError):
        grant(iyem, YETKILI, c.PERSONNEL, 1)
    grant(iyem, YETKILI, c.REGISTRY_OFFICE, 1)  # elsewhere the same person may serve as well


def test_only_a_replacement_of_the_same_request_and_place_counts(iyem: Database) -> None:
    one, two = grant(iyem, YETKILI, c.PERSONNEL, 1), grant(iyem, YETKILI, c.PERSONNEL, 2)
    elsewhere = grant(iyem, YETKILI, c.REGISTRY_OFFICE, 3)
    for replacement in (one, two, elsewhere):
        with pytest.raises(OfficerPlaceError), iyem.write(actor="merkez", origin="test") as change:
            officers.withdraw(change, CENTRE, one.officer_no, replacement=replacement)
    with iyem.write(actor="merkez", origin="test") as change:
        other = officers.grant(change, KEYS, CENTRE, YETKILI, c.REGISTRY_OFFICE, contact(4))
        with pytest.raises(OfficerPlaceError):
            officers.withdraw(change, CENTRE, one.officer_no, replacement=other)
    with iyem.read() as connection:
        assert len(officers.officers_at(connection, c.PERSONNEL)) == 2


def test_a_withdrawn_yetkili_grants_nobody(iyem: Database) -> None:
    gone = grant(iyem, YETKILI, c.PERSONNEL, 1)
    with iyem.write(actor="merkez", origin="test") as change:
        new = officers.grant(change, KEYS, CENTRE, YETKILI, c.PERSONNEL, contact(2))
        officers.withdraw(change, CENTRE, gone.officer_no, replacement=new)
    with pytest.raises(NoGrantError):
        grant(iyem, GOREVLI, c.REGION, 3, acting(gone))


def test_an_area_is_still_the_officers_own(iyem: Database) -> None:
    region = grant(iyem, GOREVLI, c.REGION, 1)
    assert appoint(iyem, 2, c.REGION, "2016-03-10T09:00", actor=acting(region)).duty.unit_no == c.REGION
    assert appoint(iyem, 3, c.GENERAL, "2016-03-10T09:00").duty.unit_no == c.GENERAL


def shut(database: Database, number: int, *, active: bool = False) -> None:
    with database.write(actor="test", origin="test") as change:
        change.alter(schema.Unit, {"detsis_no": number}, {"active": active})


def test_with_the_unit_an_officers_work_ends(iyem: Database, at: Callable[[str], None]) -> None:
    region = grant(iyem, GOREVLI, c.REGION, 1)
    appoint(iyem, 2, c.REGION_BRANCH, "2016-03-10T09:00", actor=acting(region))
    at("2016-03-11T09:00")
    shut(iyem, c.REGION)
    with pytest.raises(NoGrantError):
        appoint(iyem, 3, c.REGION_BRANCH, "2016-03-11T09:00", actor=acting(region))
    with pytest.raises(NoGrantError), iyem.read() as connection:
        officers.acting_officer(connection, region.officer_no)
    with pytest.raises(OfficerPlaceError):
        grant(iyem, GOREVLI, c.REGION, 4)
    elsewhere = grant(iyem, GOREVLI, c.PROVINCIAL, 1)  # the same person
    with iyem.read() as connection:
        assert officers.acting_officer(connection, elsewhere.officer_no) == elsewhere
    with iyem.write(actor="merkez", origin="test") as change:  # nobody has to take over in a closed unit
        officers.withdraw(change, CENTRE, region.officer_no)


def test_an_officer_of_a_unit_that_opens_again_goes_on(iyem: Database, at: Callable[[str], None]) -> None:
    region = grant(iyem, GOREVLI, c.REGION, 1)
    at("2016-03-11T09:00")
    shut(iyem, c.REGION)
    at("2016-03-12T09:00")
    shut(iyem, c.REGION, active=True)
    assert appoint(iyem, 2, c.REGION_BRANCH, "2016-03-12T09:00", actor=acting(region)).duty.unit_no == c.REGION_BRANCH


def test_a_yetkili_records_for_the_institution_that_the_unit_belongs_to_now(
    iyem: Database, at: Callable[[str], None]
) -> None:
    central = grant(iyem, YETKILI, c.PERSONNEL, 1)
    assert central.area_no == c.MINISTRY
    at("2016-03-11T09:00")
    with iyem.write(actor="test", origin="test") as change:
        moved = {"parent_no": c.UNIVERSITY, "main_no": c.UNIVERSITY}
        change.alter(schema.Unit, {"detsis_no": c.PERSONNEL}, moved)
    with pytest.raises(OutsideAreaError):
        appoint(iyem, 2, c.GENERAL, "2016-03-11T09:00", actor=acting(central))
    assert appoint(iyem, 2, c.UNIVERSITY, "2016-03-11T09:00", actor=acting(central)).duty.unit_no == c.UNIVERSITY
