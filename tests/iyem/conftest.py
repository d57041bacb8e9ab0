"""A small state with a ministry, a governorate with its civil units, a regional directorate and a municipality; and a
clock that tests set."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from parts.databases import KEYS

from hub import clock
from hub.iyem import register
from hub.iyem.officers import Actor
from hub.iyem.reading import StoredRegister
from hub.iyem.register import Manager, Post, Recorded
from hub.store import schema
from hub.store.change import Change
from hub.store.database import Database
from hub.store.schema import DutyKind
from hub.turkish import fold

FOUNDED = datetime(2014, 1, 1, tzinfo=UTC)
CENTRE = Actor("merkez")

MINISTRY, PERSONNEL, GENERAL, BRANCH, REGION, REGION_BRANCH = 10, 11, 12, 13, 14, 15
GOVERNOR, REGISTRY_OFFICE, PROVINCIAL, DISTRICT, DISTRICT_OFFICE = 20, 21, 22, 23, 24
MUNICIPALITY, TOWN_BRANCH, MISSION, UNIVERSITY = 30, 31, 40, 50

UNITS = [
    # number, name, superior, second superior, main institution, category
    (MINISTRY, "ÖRNEK BAKANLIĞI", 0, 0, MINISTRY, 19),
    (PERSONNEL, "PERSONEL GENEL MÜDÜRLÜĞÜ", MINISTRY, 0, MINISTRY, 301),
    (GENERAL, "BİLGİ TEKNOLOJİLERİ GENEL MÜDÜRLÜĞÜ", MINISTRY, 0, MINISTRY, 301),
    (BRANCH, "YAZILIM ŞUBE MÜDÜRLÜĞÜ", GENERAL, 0, MINISTRY, 301),
    (REGION, "DENEME BÖLGE MÜDÜRLÜĞÜ", MINISTRY, 0, MINISTRY, 303),
    (REGION_BRANCH, "EVRAK ŞUBE MÜDÜRLÜĞÜ", REGION, 0, MINISTRY, 303),
    (GOVERNOR, "DENEME VALİLİĞİ", 0, 0, GOVERNOR, 221),
    (REGISTRY_OFFICE, "İL YAZI İŞLERİ MÜDÜRLÜĞÜ", GOVERNOR, 0, GOVERNOR, 221),
    (PROVINCIAL, "DENEME İL MÜDÜRLÜĞÜ", MINISTRY, GOVERNOR, MINISTRY, 221),
    (DISTRICT, "NUMUNE KAYMAKAMLIĞI", GOVERNOR, 0, GOVERNOR, 221),
    (DISTRICT_OFFICE, "NUMUNE İLÇE MÜDÜRLÜĞÜ", PROVINCIAL, DISTRICT, MINISTRY, 221),
    (MUNICIPALITY, "DENEME BELEDİYE BAŞKANLIĞI", GOVERNOR, 0, MUNICIPALITY, 204),
    (TOWN_BRANCH, "ZABITA MÜDÜRLÜĞÜ", MUNICIPALITY, 0, MUNICIPALITY, 202),
    (MISSION, "ÖRNEK ÜLKE BÜYÜKELÇİLİĞİ", MINISTRY, 0, MINISTRY, 304),
    (UNIVERSITY, "NUMUNE ÜNİVERSİTESİ REKTÖRLÜĞÜ", 0, 0, UNIVERSITY, 132),
]


def tckn(number: int) -> str:
    """An invented identity number whose checksum is right."""
    digits = [int(c) for c in f"{100000000 + number:09d}"]
    tenth = (7 * sum(digits[0::2]) - sum(digits[1::2])) % 10
    return "".join(map(str, [*digits, tenth, (sum(digits) + tenth) % 10]))


def local(text: str) -> datetime:
    """The instant of a Türkiye wall-clock time in ISO 8601."""
    return clock.from_local(datetime.fromisoformat(text))


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sets the hub's clock to a Türkiye wall-clock time."""

    def set_clock(text: str) -> None:
        instant = local(text)
        monkeypatch.setattr(clock, "now", lambda: instant)

    return set_clock


def fill(database: Database) -> None:
    """Write the units of the small state."""
    with database.write(actor="test", origin="test") as change:
        for number, name, parent, second, main, category in UNITS:
            row: dict[str, Any] = {
                "detsis_no": number,
                "name": name,
                "folded_name": fold(name),
                "parent_no": parent,
                "second_parent_no": second,
                "main_no": main,
                "level": 0 if parent == 0 else 1,
                "type1_id": category,
                "type2_id": 1,
                "place_id": None,
            }
            change.open(schema.Unit, row, valid_from=FOUNDED)


@pytest.fixture
def iyem(database: Database, at: Callable[[str], None]) -> Database:
    """The small state, known since 2015; the clock stands at 10 March 2016, 11:00."""
    at("2015-01-01T00:00")
    fill(database)
    at("2016-03-10T11:00")
    return database


def appoint(
    database: Database,
    number: int,
    unit: int,
    start: str,
    end: str | None = None,
    *,
    kind: DutyKind = DutyKind.OWNER,
    actor: Actor = CENTRE,
) -> Recorded:
    """Record person ``number`` (one of invented people) in ``unit``."""
    manager = Manager(tckn=tckn(number), given_name=f"Ad{number}", surname=f"Soyad{number}")
    with database.write(actor=actor.name, origin="test") as change:
        begins = datetime.fromisoformat(start)
        ends = None if end is None else datetime.fromisoformat(end)
        return register.record(change, KEYS, actor, manager, Post(unit, kind, title="Müdür"), begins, ends)


def succeed(change: Change, manager: Manager, unit: int, start: datetime) -> Recorded:
    """Whoever heads the unit leaves at ``start`` (aware), ``manager`` takes up then; all in one transaction."""
    change.flush()
    for duty in StoredRegister(change.connection, None).duties_in(unit):
        if duty.kind is not DutyKind.DEPUTY and duty.start < start and duty.in_office(start):
            register.end(change, CENTRE, duty.duty_no, start)
    return register.record(change, KEYS, CENTRE, manager, Post(unit), start)
