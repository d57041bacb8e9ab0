"""What was taken over from another register says nothing of the time before, except what its records say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from iyem.conftest import BRANCH, CENTRE, GENERAL, appoint, local, tckn
from iyem.test_time_model import ask
from parts.databases import KEYS

from hub.iyem import Decision, Outcome, Reason, Who, may_sign, register
from hub.iyem.prefetch import Prefetch
from hub.iyem.reading import StoredRegister
from hub.mirror.duties import put_duties
from hub.registry.managers import person_row
from hub.store import schema
from hub.store.database import Database
from hub.store.keyed import Keyed
from hub.store.personal import Tckn
from hub.store.schema import DutyKind
from hub.turkish import fold

Clock = Callable[[str], None]
NEW, SHUT, HELD, OTHER = 700, 701, 9001, 9002


def unit(number: int, *, active: bool = True) -> dict[str, Any]:
    name = f"ALINAN BİRİM {number}"
    row = {"detsis_no": number, "name": name, "folded_name": fold(name), "parent_no": 0, "second_parent_no": 0}
    return row | {"main_no": number, "level": 0, "type1_id": 19, "type2_id": 1, "active": active}


@pytest.fixture
def taken(database: Database, at: Clock) -> Database:
    """Units that came in on 5 May 2026, with a duty of 2016 whose time of recording was told."""
    at("2026-05-05T10:00")
    with database.write(actor="test", origin="import:birimler.csv") as change:
        change.open(schema.Unit, unit(NEW))
        change.open(schema.Unit, unit(SHUT, active=False))
        for code in (HELD, OTHER):
            row = person_row(KEYS, code=code, given_name="Ad", surname=f"Soyad{code}", tckn=Tckn(tckn(code)))
            change.open(schema.Person, row)
        for number, place in ((1, NEW), (2, SHUT)):
            duty = {"duty_no": number, "detsis_no": place, "code": HELD, "kind": "owner", "closed_at": None}
            duty["recorded_at"] = local("2016-03-10T11:00")
            change.open(schema.Duty, duty, valid_from=local("2016-03-10T09:00"), valid_to=local("2020-01-01T09:00"))
    at("2026-06-01T00:00")
    return database


def both(database: Database, who: Who, number: int, when: str) -> Decision:
    """The decision, which two ways of reading give alike."""
    keyed = Keyed(database)
    try:
        with database.read() as connection:
            found = may_sign(StoredRegister(connection, KEYS), who, number, local(when))
        assert may_sign(Prefetch(keyed, KEYS).registers([(who, number)])[0], who, number, local(when)) == found
    finally:
        keyed.close()
    return found


@pytest.mark.parametrize(
    ("code", "when", "outcome", "reason", "until"),
    [
        (HELD, "2016-03-10T10:59:59", Outcome.NO, Reason.NOT_RECORDED_YET, "2016-03-10T11:00"),
        (HELD, "2016-03-10T11:00", Outcome.YES, Reason.OWNER, "2020-01-01T09:00"),
        (HELD, "2019-12-31T23:59", Outcome.YES, Reason.OWNER, "2020-01-01T09:00"),
        (HELD, "2020-01-01T09:00", Outcome.NO, Reason.ENDED, None),
        (HELD, "2016-03-10T08:59", Outcome.INDETERMINATE, Reason.REGISTRY_DATA_MISSING, "2016-03-10T09:00"),
        (OTHER, "2019-01-01T00:00", Outcome.INDETERMINATE, Reason.REGISTRY_DATA_MISSING, "2026-05-05T10:00"),
        (99, "2019-01-01T00:00", Outcome.INDETERMINATE, Reason.REGISTRY_DATA_MISSING, "2026-05-05T10:00"),
        (OTHER, "2026-05-05T10:00", Outcome.NO, Reason.NO_DUTY_HERE, None),
    ],
)
def test_a_unit_that_came_in_later_was_not_founded_then(
    taken: Database, code: int, when: str, outcome: Outcome, reason: Reason, until: str | None
) -> None:
    found = both(taken, Who(code), NEW, when)
    assert (found.outcome, found.reason) == (outcome, reason)
    assert found.holds_until == (None if until is None else local(until))


def test_a_duty_elsewhere_does_not_speak_of_a_unit_that_came_in_later(taken: Database, at: Clock) -> None:
    with taken.write(actor="test", origin="import:birimler.csv") as change:
        change.open(schema.Unit, unit(702))
    at("2026-07-01T00:00")
    found = both(taken, Who(HELD), 702, "2018-01-01T00:00")
    assert (found.reason, found.record) == (Reason.REGISTRY_DATA_MISSING, None)
    assert both(taken, Who(HELD), 702, "2026-06-15T00:00").reason is Reason.NO_DUTY_HERE


def test_a_unit_that_came_in_closed_may_have_operated_before(taken: Database) -> None:
    before = both(taken, Who(HELD), SHUT, "2018-01-01T00:00")
    assert (before.outcome, before.reason) == (Outcome.INDETERMINATE, Reason.REGISTRY_DATA_MISSING)
    assert both(taken, Who(HELD), SHUT, "2026-05-06T00:00").reason is Reason.UNIT_CLOSED


def test_a_unit_whose_founding_is_told_was_not_there_before(taken: Database) -> None:
    with taken.write(actor="test", origin="test") as change:
        change.open(schema.Unit, unit(703), valid_from=local("2019-01-01T00:00"))
    found = both(taken, Who(HELD), 703, "2018-01-01T00:00")
    assert (found.outcome, found.reason) == (Outcome.NO, Reason.UNIT_NOT_YET)
    assert found.holds_until == local("2019-01-01T00:00")


def test_a_renaming_does_not_make_a_founding(taken: Database, at: Clock) -> None:
    """A change writes the unit's earlier state anew, later than it began."""
    with taken.write(actor="test", origin="test") as change:
        change.alter(schema.Unit, {"detsis_no": NEW}, {"name": "YENİ AD"})
    at("2026-07-01T00:00")
    assert both(taken, Who(HELD), NEW, "2018-01-01T00:00").yes


def test_an_empty_register_knows_of_no_unit(database: Database, at: Clock) -> None:
    at("2026-06-01T00:00")
    found = both(database, Who(1), 10000100, "2026-01-01T00:00")
    assert (found.outcome, found.reason) == (Outcome.INDETERMINATE, Reason.REGISTRY_DATA_MISSING)


def test_a_yes_holds_until_the_unit_is_closed_and_a_closing_until_it_is_opened(iyem: Database, at: Clock) -> None:
    code = appoint(iyem, 1, GENERAL, "2016-03-10T11:00").duty.code
    for when, active in (("2016-05-01T00:00", False), ("2016-07-01T00:00", True)):
        at(when)
        with iyem.write(actor="test", origin="test") as change:
            change.alter(schema.Unit, {"detsis_no": GENERAL}, {"active": active})
    at("2016-12-01T00:00")
    before = ask(iyem, code, GENERAL, "2016-04-01T00:00")
    assert (before.reason, before.holds_until) == (Reason.OWNER, local("2016-05-01T00:00"))
    shut = ask(iyem, code, GENERAL, "2016-06-01T00:00")
    assert (shut.reason, shut.holds_until) == (Reason.UNIT_CLOSED, local("2016-07-01T00:00"))
    assert ask(iyem, code, GENERAL, "2016-08-01T00:00").holds_until is None


# Deputies who came in before it was known for whom they act --------------------------------------------------------


def came(database: Database, code: int, kind: str, start: str, end: str | None = None) -> None:
    """A duty in an answer of a KAYSİS endpoint."""
    row = {"detsis_no": GENERAL, "code": code, "kind": kind, "valid_from": local(start)}
    row["valid_to"] = None if end is None else local(end)
    with database.write(actor="test", origin="import:cevap.xml") as change:
        put_duties(change, [row], lambda *_: pytest.fail("refused"))


def person(database: Database, *codes: int) -> None:
    with database.write(actor="test", origin="test") as change:
        for code in codes:
            change.open(schema.Person, person_row(KEYS, code=code, given_name="Ad", surname=f"Soyad{code}"))


@pytest.mark.parametrize("how", ["import", "record", "correct"])
def test_a_deputy_gets_the_owner_once_one_is_known(iyem: Database, at: Clock, how: str) -> None:
    person(iyem, 501, 502)
    at("2016-06-01T00:00")
    came(iyem, 501, "deputy", "2016-06-10T09:00", "2016-06-20T09:00")
    if how == "correct":
        late = appoint(iyem, 1, GENERAL, "2016-06-12T09:00", "2016-06-18T09:00").duty
    at("2016-06-02T00:00")
    if how == "import":
        came(iyem, 502, "owner", "2016-01-01T09:00", "2016-06-18T09:00")
    elif how == "record":
        appoint(iyem, 1, GENERAL, "2016-01-01T09:00", "2016-06-18T09:00")
    else:
        with iyem.write(actor="test", origin="test") as change:
            register.correct(change, CENTRE, late.duty_no, {"start": local("2016-05-01T09:00")})
    at("2016-07-01T00:00")
    during, after = "2016-06-15T00:00", "2016-06-19T00:00"
    found = ask(iyem, 501, GENERAL, during)
    assert (found.reason, found.holds_until) == (Reason.DEPUTY, local("2016-06-18T09:00"))
    assert found.deputy_for is not None
    assert ask(iyem, 501, GENERAL, after).reason is Reason.DEPUTY_WITHOUT_OWNER
    with iyem.read() as connection:
        then = StoredRegister(connection, KEYS, local("2016-06-01T12:00")).duties(501, GENERAL)
        now = StoredRegister(connection, KEYS).duties(501, GENERAL)
    assert [duty.for_duty_no for duty in then] == [None]  # what was known before stays
    assert [duty.known_to for duty in then] == [local("2016-06-02T00:00")]
    assert [duty.recorded_at for duty in now] == [local("2016-06-01T00:00")]
    serial = iyem.serial()
    came(iyem, 501, "deputy", "2016-06-10T09:00", "2016-06-20T09:00")
    assert iyem.serial() == serial  # the same answer again changes nothing


def test_an_owner_of_another_time_and_the_deputy_himself_are_not_acted_for(iyem: Database, at: Clock) -> None:
    person(iyem, 501)
    at("2016-06-01T00:00")
    came(iyem, 501, "deputy", "2016-06-10T09:00", "2016-06-20T09:00")
    came(iyem, 501, "owner", "2016-06-01T09:00", "2016-06-11T09:00")
    appoint(iyem, 1, GENERAL, "2016-06-11T09:00")
    at("2016-07-01T00:00")
    found = ask(iyem, 501, GENERAL, "2016-06-15T00:00")
    assert (found.reason, found.deputy_for) == (Reason.DEPUTY, None)


@pytest.mark.parametrize(("number", "kind"), [(BRANCH, DutyKind.OWNER), (GENERAL, DutyKind.ACTING)])
def test_a_deputy_acts_for_the_owner_of_the_very_unit(iyem: Database, at: Clock, number: int, kind: DutyKind) -> None:
    """A record that came in may name any duty as the one acted for."""
    person(iyem, 501)
    acted = appoint(iyem, 1, number, "2016-03-10T09:00", kind=kind).duty
    row = {"detsis_no": GENERAL, "code": 501, "kind": "deputy", "for_duty_no": acted.duty_no}
    row |= {"valid_from": local("2016-03-11T09:00"), "valid_to": local("2016-03-20T09:00")}
    with iyem.write(actor="test", origin="import:gorevler.csv") as change:
        put_duties(change, [row], lambda *_: pytest.fail("refused"))
    at("2016-04-01T00:00")
    found = ask(iyem, 501, GENERAL, "2016-03-15T00:00")
    assert (found.outcome, found.reason) == (Outcome.NO, Reason.DEPUTY_WITHOUT_OWNER)
