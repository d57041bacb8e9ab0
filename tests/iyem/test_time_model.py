"""Section "Time model" of the rules: situations T1 to T14, each with its number, and the edges of days and zones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from iyem.conftest import BRANCH, CENTRE, GENERAL, MINISTRY, UNIVERSITY, appoint, local, tckn
from parts.databases import KEYS

from hub.iyem import Decision, Outcome, Reason, Who, may_sign, register
from hub.iyem.errors import DeputyError, HourMissingError
from hub.iyem.reading import StoredRegister
from hub.iyem.register import Manager, Post
from hub.mirror.duties import put_duties
from hub.registry import managers
from hub.registry.moment import Moment
from hub.store import schema
from hub.store.database import Database
from hub.store.personal import Tckn
from hub.store.schema import DutyKind

Clock = Callable[[str], None]


def ask(database: Database, code: int, unit: int, when: str, known: str | None = None) -> Decision:
    moment = None if known is None else local(known)
    with database.read() as connection:
        return may_sign(StoredRegister(connection, KEYS, moment), Who(code), unit, local(when), known=moment)


def test_t1_and_t2_signing_begins_with_the_recording(iyem: Database, at: Clock) -> None:
    code = appoint(iyem, 1, GENERAL, "2016-03-10T09:00").duty.code
    at("2016-04-01T00:00")
    before = ask(iyem, code, GENERAL, "2016-03-10T10:00")
    assert (before.outcome, before.reason) == (Outcome.NO, Reason.NOT_RECORDED_YET)
    assert before.holds_until == local("2016-03-10T11:00")
    assert ask(iyem, code, GENERAL, "2016-03-10T10:59:59").outcome is Outcome.NO
    after = ask(iyem, code, GENERAL, "2016-03-10T11:00")
    assert (after.outcome, after.reason) == (Outcome.YES, Reason.OWNER)


def test_t3_in_office_before_the_recording(iyem: Database) -> None:
    duty = appoint(iyem, 1, GENERAL, "2016-03-10T09:00").duty
    with iyem.read() as connection:
        found = managers.duties_at(connection, GENERAL, Moment(local("2016-03-10T10:00")))
    assert [row.duty_no for row in found] == [duty.duty_no]


def test_t4_the_end_is_not_included(iyem: Database, at: Clock) -> None:
    duty = appoint(iyem, 1, GENERAL, "2016-03-10T09:00").duty
    at("2016-04-01T16:00")
    with iyem.write(actor="test", origin="test") as change:
        register.end(change, CENTRE, duty.duty_no, datetime(2016, 4, 1, 17))
    at("2016-05-01T00:00")
    assert ask(iyem, duty.code, GENERAL, "2016-04-01T16:59:59").yes
    end = ask(iyem, duty.code, GENERAL, "2016-04-01T17:00")
    assert (end.outcome, end.reason) == (Outcome.NO, Reason.ENDED)


def test_t5_a_record_on_a_later_day_is_accepted_and_marked(iyem: Database, at: Clock) -> None:
    at("2016-03-11T08:00")
    assert appoint(iyem, 1, GENERAL, "2016-03-10T09:00").late
    at("2016-03-12T23:59")
    assert not appoint(iyem, 2, BRANCH, "2016-03-12T00:00").late


def test_t6_and_t7_deputy_beside_the_owner(iyem: Database, at: Clock) -> None:
    owner = appoint(iyem, 1, GENERAL, "2016-03-10T09:00").duty
    at("2016-05-31T12:00")
    deputy = appoint(iyem, 2, GENERAL, "2016-06-01T09:00", "2016-06-05T18:00", kind=DutyKind.DEPUTY).duty
    at("2016-07-01T00:00")
    with iyem.read() as connection:
        during = managers.duties_at(connection, GENERAL, Moment(local("2016-06-03T12:00")))
        after = managers.duties_at(connection, GENERAL, Moment(local("2016-06-05T18:00")))
    assert [(row.code, row.kind, row.deputy_text) for row in during] == [
        (owner.code, "owner", None),
        (deputy.code, "deputy", "Vekaleten"),
    ]
    assert [row.code for row in after] == [owner.code]
    found = ask(iyem, deputy.code, GENERAL, "2016-06-03T12:00")
    assert (found.outcome, found.reason) == (Outcome.YES, Reason.DEPUTY)
    assert found.deputy_for is not None
    assert found.deputy_for.code == owner.code
    assert found.holds_until == local("2016-06-05T18:00")
    assert ask(iyem, owner.code, GENERAL, "2016-06-03T12:00").yes
    assert ask(iyem, deputy.code, GENERAL, "2016-06-05T18:00").reason is Reason.ENDED
    assert ask(iyem, deputy.code, GENERAL, "2016-06-01T08:59:59").reason is Reason.NOT_STARTED


def test_t8_one_person_has_one_code_in_all_posts(iyem: Database, at: Clock) -> None:
    first = appoint(iyem, 1, GENERAL, "2016-03-10T11:00", "2016-03-20T17:00").duty
    at("2016-03-21T09:00")
    second = appoint(iyem, 1, BRANCH, "2016-03-21T09:00").duty
    assert first.code == second.code
    with iyem.read() as connection:
        assert [duty.detsis_no for duty in managers.duties_of(connection, first.code)] == [GENERAL, BRANCH]


def test_t9_and_t10_the_first_record_removes_the_old_names_once(iyem: Database) -> None:
    with iyem.write(actor="test", origin="test") as change:
        for number in range(40):
            row = {"detsis_no": BRANCH if number % 2 else MINISTRY, "full_name": f"Eski {number}", "title": None}
            change.open(schema.LegacyManager, row)
        change.open(schema.LegacyManager, {"detsis_no": UNIVERSITY, "full_name": "Eski Rektör", "title": None})
    assert appoint(iyem, 1, GENERAL, "2016-03-10T09:00").legacy_removed == 40
    assert appoint(iyem, 2, BRANCH, "2016-03-10T09:00").legacy_removed == 0
    with iyem.read() as connection:
        left = connection.execute(
            schema.table_of(schema.LegacyManager).select().where(schema.LegacyManager.valid_to.is_(None))
        ).all()
        assert [row.full_name for row in left if row.known_to is None] == ["Eski Rektör"]


def test_a_failed_first_record_removes_nothing(iyem: Database) -> None:
    with iyem.write(actor="test", origin="test") as change:
        change.open(schema.LegacyManager, {"detsis_no": MINISTRY, "full_name": "Eski", "title": None})
    before = iyem.serial()
    with pytest.raises(DeputyError):
        appoint(iyem, 1, GENERAL, "2016-03-10T09:00", "2016-03-11T09:00", kind=DutyKind.DEPUTY)
    assert iyem.serial() == before


def test_t11_acting_head_of_a_vacant_post(iyem: Database, at: Clock) -> None:
    duty = appoint(iyem, 1, GENERAL, "2016-03-10T09:00", kind=DutyKind.ACTING).duty
    at("2016-04-01T00:00")
    assert ask(iyem, duty.code, GENERAL, "2016-03-20T09:00").reason is Reason.ACTING_HEAD
    with pytest.raises(DeputyError):  # the post is vacant: nobody owns it
        appoint(iyem, 2, GENERAL, "2016-04-01T09:00", "2016-04-02T09:00", kind=DutyKind.DEPUTY)


def test_t13_a_date_without_an_hour_is_refused(iyem: Database) -> None:
    with pytest.raises(HourMissingError), iyem.write(actor="test", origin="test") as change:
        register.record(change, KEYS, CENTRE, Manager(tckn=tckn(1)), Post(GENERAL), date(2016, 3, 10))
    with pytest.raises(HourMissingError):
        register.parse_instant("2016-03-10")
    assert register.parse_instant("2016-03-10T09:00") == local("2016-03-10T09:00")


def test_t14_closing_a_unit_ends_its_duties_at_that_time(iyem: Database, at: Clock) -> None:
    duty = appoint(iyem, 1, BRANCH, "2016-03-10T11:00").duty
    at("2016-06-01T12:00")
    with iyem.write(actor="test", origin="test") as change:
        closed = {"active": False, "operating": False, "external": False, "successor_no": GENERAL}
        change.alter(schema.Unit, {"detsis_no": BRANCH}, closed, at=local("2016-06-01T10:00"))
        assert register.follow_closures(change) == [duty.duty_no]
        assert register.follow_closures(change) == []
    at("2016-07-01T00:00")
    assert ask(iyem, duty.code, BRANCH, "2016-06-01T09:59:59").yes
    after = ask(iyem, duty.code, BRANCH, "2016-06-01T10:00")
    assert (after.outcome, after.reason, after.successor_no) == (Outcome.NO, Reason.UNIT_CLOSED, GENERAL)
    assert after.unit_name == "YAZILIM ŞUBE MÜDÜRLÜĞÜ"


def test_a_correction_changes_what_is_known_now_but_not_what_was_known_then(iyem: Database, at: Clock) -> None:
    duty = appoint(iyem, 1, GENERAL, "2016-03-10T11:00").duty
    at("2016-05-01T09:00")
    with iyem.write(actor="test", origin="test") as change:
        register.end(change, CENTRE, duty.duty_no, datetime(2016, 4, 1, 9))
    at("2016-06-01T00:00")
    then = ask(iyem, duty.code, GENERAL, "2016-04-15T12:00", known="2016-04-15T12:00")
    now = ask(iyem, duty.code, GENERAL, "2016-04-15T12:00")
    assert (then.outcome, now.outcome, now.reason) == (Outcome.YES, Outcome.NO, Reason.ENDED)
    assert then.serial < now.serial
    assert now.record is not None
    assert now.record.known_from == local("2016-05-01T09:00")


def test_correcting_the_start_does_not_move_the_recording(iyem: Database, at: Clock) -> None:
    duty = appoint(iyem, 1, GENERAL, "2016-03-10T10:00").duty
    at("2016-03-20T09:00")
    with iyem.write(actor="test", origin="test") as change:
        register.correct(change, CENTRE, duty.duty_no, {"start": datetime(2016, 3, 9, 9)}, expected_serial=duty.serial)
    assert ask(iyem, duty.code, GENERAL, "2016-03-09T12:00").reason is Reason.NOT_RECORDED_YET
    assert ask(iyem, duty.code, GENERAL, "2016-03-10T11:00").yes


@pytest.mark.parametrize(
    ("person", "unit", "when", "reason"),
    [
        (99, GENERAL, "2016-03-20T09:00", Reason.PERSON_UNKNOWN),
        (1, 99, "2016-03-20T09:00", Reason.UNIT_UNKNOWN),
        (1, BRANCH, "2016-03-20T09:00", Reason.OTHER_UNIT),
        (1, MINISTRY, "2016-03-20T09:00", Reason.OTHER_UNIT),
        (2, BRANCH, "2016-03-10T08:59", Reason.NOT_STARTED),
        (3, GENERAL, "2016-03-20T09:00", Reason.NO_DUTY_HERE),
    ],
)
def test_refusals_name_their_reason(
    iyem: Database, at: Clock, person: int, unit: int, when: str, reason: Reason
) -> None:
    codes = {1: appoint(iyem, 1, GENERAL, "2016-03-10T09:00").duty.code}
    codes[2] = appoint(iyem, 2, BRANCH, "2016-03-10T09:00").duty.code
    codes[3] = appoint(iyem, 3, UNIVERSITY, "2016-03-10T08:30", "2016-03-11T09:00").duty.code
    at("2016-04-01T00:00")
    found = ask(iyem, codes.get(person, person), unit, when)
    assert (found.outcome, found.reason) == (Outcome.NO, reason)


def test_nothing_unknown_passes(iyem: Database, at: Clock) -> None:
    with iyem.read() as connection:
        empty = may_sign(StoredRegister(connection, KEYS), Who(1), GENERAL, local("2016-03-01T00:00"))
    assert (empty.outcome, empty.reason) == (Outcome.INDETERMINATE, Reason.REGISTRY_DATA_MISSING)
    code = appoint(iyem, 1, GENERAL, "2016-03-10T09:00").duty.code
    assert ask(iyem, code, GENERAL, "2015-06-01T00:00").reason is Reason.REGISTRY_DATA_MISSING
    assert ask(iyem, code, GENERAL, "2026-01-01T00:00").reason is Reason.TIME_AHEAD
    with iyem.read() as connection:
        stale = may_sign(
            StoredRegister(connection, KEYS),
            Who(code),
            GENERAL,
            local("2016-03-10T11:00"),
            current_until=local("2016-03-10T10:59"),
        )
    assert (stale.outcome, stale.reason) == (Outcome.INDETERMINATE, Reason.REGISTRY_STALE)


def test_who_by_identity_number(iyem: Database, at: Clock) -> None:
    code = appoint(iyem, 1, GENERAL, "2016-03-10T09:00").duty.code
    other = appoint(iyem, 2, BRANCH, "2016-03-10T09:00").duty.code
    at("2016-04-01T00:00")
    when = local("2016-03-20T09:00")
    with iyem.read() as connection:
        stored = StoredRegister(connection, KEYS)
        assert may_sign(stored, Who(tckn=Tckn(tckn(1))), GENERAL, when).yes
        assert may_sign(stored, Who(code, Tckn(tckn(1))), GENERAL, when).yes
        assert may_sign(stored, Who(other, Tckn(tckn(1))), GENERAL, when).reason is Reason.CODE_OF_ANOTHER
        assert may_sign(stored, Who(tckn=Tckn(tckn(7))), GENERAL, when).reason is Reason.PERSON_UNKNOWN


@pytest.mark.parametrize(
    ("wall", "utc"),
    [
        ("2016-03-27T02:59:59", "2016-03-27T00:59:59"),  # winter time, +02:00
        ("2016-03-27T04:00:00", "2016-03-27T01:00:00"),  # the last change to summer time
        ("2016-10-30T03:30:00", "2016-10-30T00:30:00"),  # no change back any more
        ("2016-11-06T00:00:00", "2016-11-05T21:00:00"),
    ],
)
def test_an_end_around_the_last_zone_changes_is_exact(iyem: Database, at: Clock, wall: str, utc: str) -> None:
    duty = appoint(iyem, 1, GENERAL, "2016-03-10T09:00").duty
    at("2016-03-20T00:00")
    with iyem.write(actor="test", origin="test") as change:
        register.end(change, CENTRE, duty.duty_no, datetime.fromisoformat(wall))
    at("2017-01-01T00:00")
    end = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    with iyem.read() as connection:
        stored = StoredRegister(connection, KEYS)
        assert may_sign(stored, Who(duty.code), GENERAL, end - timedelta(microseconds=1)).yes
        assert not may_sign(stored, Who(duty.code), GENERAL, end).yes


def test_the_day_of_lateness_is_turkiyes_day(iyem: Database, at: Clock) -> None:
    at("2016-12-02T00:30")  # 1 December, 21:30 in UTC
    assert appoint(iyem, 1, GENERAL, "2016-12-01T23:50").late
    assert not appoint(iyem, 2, BRANCH, "2016-12-02T00:05").late


def test_a_record_taken_over_says_nothing_of_the_time_before(iyem: Database, at: Clock) -> None:
    """Answers of a KAYSİS endpoint do not say when a duty was recorded there."""
    code = appoint(iyem, 1, BRANCH, "2016-03-10T09:00").duty.code
    at("2016-06-01T09:00")
    row = {
        "detsis_no": GENERAL,
        "code": code,
        "kind": "owner",
        "valid_from": local("2016-03-01T09:00"),
        "valid_to": None,
    }
    with iyem.write(actor="test", origin="import:cevap.xml") as change:
        put_duties(change, [row], lambda *_: pytest.fail("refused"))
    at("2016-07-01T00:00")
    before = ask(iyem, code, GENERAL, "2016-05-01T12:00")
    assert (before.outcome, before.reason) == (Outcome.INDETERMINATE, Reason.RECORDING_TIME_UNKNOWN)
    assert ask(iyem, code, GENERAL, "2016-06-01T09:00").reason is Reason.OWNER
