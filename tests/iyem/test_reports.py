"""The reports leave nobody out who belongs there, and name nobody who does not (principles 4, 12, 14); CVs (18)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from iyem import conftest as c
from iyem.conftest import CENTRE, appoint, tckn
from iyem.test_histories import end
from iyem.test_principles import GOREVLI, YETKILI, grant
from iyem.test_taken_over import came, person, unit

from hub.iyem import chart, queue
from hub.iyem.errors import CvError, LinkError
from hub.store import schema
from hub.store.database import Database

Clock = Callable[[str], None]


def link(database: Database, number: int, head: int, code: int) -> None:
    with database.write(actor="test", origin="test") as change:
        chart.link(change, CENTRE, number, head, code)


def unlinked(database: Database) -> list[tuple[int, int]]:
    with database.read() as connection:
        return queue.unlinked(connection)


def uncovered(database: Database) -> list[tuple[int, int]]:
    with database.read() as connection:
        return queue.uncovered(connection)


# Principle 4 -------------------------------------------------------------------------------------------------------


def test_a_provincial_unit_that_never_had_a_gorevli_is_named_once_there_is_a_yetkili(iyem: Database) -> None:
    assert uncovered(iyem) == []  # nobody could grant one; the institutions themselves are reported
    grant(iyem, YETKILI, c.PERSONNEL, 1)
    assert uncovered(iyem) == [(c.REGION, c.MINISTRY)]  # not what lies beneath it
    grant(iyem, YETKILI, c.REGISTRY_OFFICE, 2)
    assert uncovered(iyem) == [(c.REGION, c.MINISTRY), (c.PROVINCIAL, c.GOVERNOR)]
    grant(iyem, GOREVLI, c.REGION_BRANCH, 3)  # for that branch alone
    assert (c.REGION, c.MINISTRY) in uncovered(iyem)
    grant(iyem, GOREVLI, c.REGION, 4)
    grant(iyem, GOREVLI, c.PROVINCIAL, 5)
    assert uncovered(iyem) == []
    with iyem.read() as connection:  # from now on they are places with fewer than two
        assert (c.REGION, GOREVLI, 1) in queue.short_places(connection)


def test_a_closed_place_is_not_short_of_officers(iyem: Database) -> None:
    grant(iyem, GOREVLI, c.REGION, 4)
    with iyem.write(actor="test", origin="test") as change:
        change.alter(schema.Unit, {"detsis_no": c.REGION}, {"active": False})
    with iyem.read() as connection:
        assert queue.short_places(connection) == []
    assert uncovered(iyem) == []


# Principle 12 ------------------------------------------------------------------------------------------------------


def test_a_deputy_alone_does_not_make_a_first_definition(iyem: Database) -> None:
    person(iyem, 501)
    came(iyem, 501, "deputy", "2016-03-01T09:00", "2016-03-20T09:00")
    with iyem.read() as connection:
        missing = [item.unit_no for item in queue.missing_units(connection, c.MINISTRY)]
        assert c.GENERAL in missing
        assert (c.MINISTRY, len(missing), len(missing)) in queue.incomplete(connection)


# Principle 14 ------------------------------------------------------------------------------------------------------


def test_who_never_linked_anything_is_reported(iyem: Database) -> None:
    assert unlinked(iyem) == []
    grant(iyem, YETKILI, c.PERSONNEL, 1)
    grant(iyem, YETKILI, c.DISTRICT, 2)  # a district governorate links nothing
    assert unlinked(iyem) == [(c.MINISTRY, number) for number in (c.PERSONNEL, c.GENERAL, c.REGION, c.MISSION)]
    grant(iyem, YETKILI, c.REGISTRY_OFFICE, 3)
    found = [number for head, number in unlinked(iyem) if head == c.GOVERNOR]
    assert found == [c.REGISTRY_OFFICE, c.PROVINCIAL, c.DISTRICT]  # the municipality is its own


def test_a_link_to_somebody_who_left_is_none(iyem: Database, at: Clock) -> None:
    grant(iyem, YETKILI, c.PERSONNEL, 1)
    with iyem.write(actor="test", origin="test") as change:
        row = unit(60) | {"name": "BAKAN YARDIMCILIĞI", "parent_no": c.MINISTRY, "main_no": c.MINISTRY}
        change.open(schema.Unit, row)
    deputy = appoint(iyem, 2, 60, "2016-03-10T09:00").duty
    assert (c.MINISTRY, 60) not in unlinked(iyem)  # the deputy's own post
    link(iyem, c.GENERAL, c.MINISTRY, deputy.code)
    assert (c.MINISTRY, c.GENERAL) not in unlinked(iyem)
    at("2016-05-01T00:00")
    end(iyem, deputy.duty_no, "2016-04-30T17:00")
    assert (c.MINISTRY, c.GENERAL) in unlinked(iyem)


def test_a_unit_is_linked_with_a_deputy_and_by_its_own_side(iyem: Database) -> None:
    minister = appoint(iyem, 1, c.MINISTRY, "2016-03-10T09:00").duty.code
    manager = appoint(iyem, 2, c.GENERAL, "2016-03-10T09:00").duty.code
    governor = appoint(iyem, 3, c.GOVERNOR, "2016-03-10T09:00").duty.code
    other = appoint(iyem, 4, c.REGISTRY_OFFICE, "2016-03-10T09:00").duty.code
    for number, head, code in (
        (c.GENERAL, c.MINISTRY, minister),  # the head is no deputy head
        (c.GENERAL, c.MINISTRY, manager),  # its own manager
        (c.PROVINCIAL, c.MINISTRY, manager),  # of the civil administration: the governorate links it
        (c.PROVINCIAL, c.GOVERNOR, governor),
        (c.MUNICIPALITY, c.GOVERNOR, other),  # records for itself
        (c.DISTRICT_OFFICE, c.DISTRICT, other),
        (c.BRANCH, c.MINISTRY, manager),
        (c.UNIVERSITY, c.MINISTRY, manager),
    ):
        with pytest.raises(LinkError):
            link(iyem, number, head, code)
    link(iyem, c.PERSONNEL, c.MINISTRY, manager)
    link(iyem, c.PROVINCIAL, c.GOVERNOR, other)


# Principle 18 ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("Telefon (0532) 123 45 67", True),
        ("0532.123.45.67", True),
        ("+90 (532) 123-4567", True),
        ("5321234567", True),
        ("Ev: 0312 123 45 67", True),
        ("ev 0312-1234567", True),
        (f"No {tckn(7)}", True),
        (f"No {tckn(7)[:3]} {tckn(7)[3:6]} {tckn(7)[6:9]} {tckn(7)[9:]}", True),
        ("ad@ornek.gov.tr", True),
        ("2001-2005 arası daire başkanı, 2005-2010 arası genel müdür oldu.", False),
        ("1990 1995 2000 2005 yıllarında", False),
        ("ISBN 978-975-07-1234-5, 10.03.2016 tarih ve 29649 sayılı Resmî Gazete", False),
        ("500 000 kişiye hizmet, 3.500.000 belge", False),
    ],
)
def test_a_cv_holds_no_number_by_which_somebody_is_reached(iyem: Database, text: str, refused: bool) -> None:
    code = appoint(iyem, 1, c.GENERAL, "2016-03-10T09:00").duty.code
    if refused:
        with pytest.raises(CvError), iyem.write(actor="test", origin="test") as change:
            chart.set_cv(change, CENTRE, code, text)
    else:
        with iyem.write(actor="test", origin="test") as change:
            assert chart.set_cv(change, CENTRE, code, text)
