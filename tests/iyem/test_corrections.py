"""Edges of the register: closed units, deputies without owner, corrected periods, the moment of knowledge."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from iyem.conftest import BRANCH, CENTRE, GENERAL, MINISTRY, PERSONNEL, appoint, local, succeed, tckn
from iyem.test_principles import YETKILI, grant
from iyem.test_time_model import ask

from hub.iyem import Outcome, Reason, queue, register
from hub.iyem.errors import DeputyError, HourMissingError, OverlapError, UnitNotInDetsisError
from hub.iyem.queue import Task
from hub.iyem.register import Manager
from hub.store import schema
from hub.store.database import Database
from hub.store.schema import DutyKind

Clock = Callable[[str], None]


def close(database: Database, unit: int, when: str) -> None:
    with database.write(actor="test", origin="test") as change:
        closed = {"active": False, "operating": False, "external": False}
        change.alter(schema.Unit, {"detsis_no": unit}, closed, at=local(when))


def test_a_unit_closes_once_whatever_is_said_of_it_later(iyem: Database, at: Clock) -> None:
    duty = appoint(iyem, 1, BRANCH, "2016-03-10T11:00").duty
    at("2016-06-10T12:00")
    close(iyem, BRANCH, "2016-06-01T10:00")
    with iyem.write(actor="test", origin="test") as change:
        change.alter(schema.Unit, {"detsis_no": BRANCH}, {"successor_no": GENERAL}, at=local("2016-06-05T10:00"))
    with iyem.write(actor="test", origin="test") as change:
        assert register.follow_closures(change) == [duty.duty_no]
    with iyem.read() as connection:
        assert register.StoredRegister(connection, None).duties_in(BRANCH)[0].end == local("2016-06-01T10:00")
    assert ask(iyem, duty.code, BRANCH, "2016-06-03T10:00").reason is Reason.UNIT_CLOSED


def test_a_late_record_ends_with_its_unit_at_the_latest(iyem: Database, at: Clock) -> None:
    at("2016-06-10T12:00")
    close(iyem, BRANCH, "2016-06-01T10:00")
    for end in (None, "2016-06-01T10:01"):
        with pytest.raises(UnitNotInDetsisError):
            appoint(iyem, 1, BRANCH, "2016-03-10T11:00", end)
    duty = appoint(iyem, 1, BRANCH, "2016-03-10T11:00", "2016-05-01T10:00").duty
    with pytest.raises(UnitNotInDetsisError), iyem.write(actor="test", origin="test") as change:
        register.end(change, CENTRE, duty.duty_no, datetime(2016, 6, 2, 10))
    with pytest.raises(UnitNotInDetsisError), iyem.write(actor="test", origin="test") as change:
        register.correct(change, CENTRE, duty.duty_no, {"end": None})
    with iyem.write(actor="test", origin="test") as change:
        assert register.end(change, CENTRE, duty.duty_no, datetime(2016, 6, 1, 10)).duty.end == local(
            "2016-06-01T10:00"
        )


def test_a_deputation_can_be_ended_after_its_owners_record_was_retracted(iyem: Database, at: Clock) -> None:
    owner = appoint(iyem, 1, GENERAL, "2016-03-10T09:00").duty
    deputy = appoint(iyem, 2, GENERAL, "2016-03-11T09:00", "2016-03-20T18:00", kind=DutyKind.DEPUTY).duty
    with iyem.write(actor="test", origin="test") as change:
        register.retract(change, CENTRE, owner.duty_no)
    at("2016-03-12T12:00")
    assert ask(iyem, deputy.code, GENERAL, "2016-03-12T11:00").reason is Reason.DEPUTY_WITHOUT_OWNER
    with pytest.raises(DeputyError), iyem.write(actor="test", origin="test") as change:
        register.end(change, CENTRE, deputy.duty_no, datetime(2016, 3, 25, 9))
    with iyem.write(actor="test", origin="test") as change:
        register.correct(change, CENTRE, deputy.duty_no, {"title": "Müdür V."})
        ended = register.end(change, CENTRE, deputy.duty_no, datetime(2016, 3, 12, 12)).duty
    assert ended.end == local("2016-03-12T12:00")


def test_a_deputation_stands_when_another_held_the_post_than_was_recorded(iyem: Database, at: Clock) -> None:
    """Nobody signs for an owner whose record was taken back, then for the right one, since when it was recorded."""
    wrong = appoint(iyem, 1, GENERAL, "2016-03-10T09:00").duty
    deputy = appoint(iyem, 2, GENERAL, "2016-03-10T11:00", "2016-03-20T18:00", kind=DutyKind.DEPUTY).duty
    at("2016-03-11T09:00")
    with iyem.write(actor="test", origin="test") as change:
        register.retract(change, CENTRE, wrong.duty_no)
    at("2016-03-12T09:00")
    asked = "2016-03-10T15:00"
    assert ask(iyem, deputy.code, GENERAL, asked).reason is Reason.DEPUTY_WITHOUT_OWNER
    appoint(iyem, 2, BRANCH, "2016-03-10T09:00")  # an owner elsewhere is none here
    assert ask(iyem, deputy.code, GENERAL, asked).reason is Reason.DEPUTY_WITHOUT_OWNER
    right = appoint(iyem, 3, GENERAL, "2016-03-10T09:00").duty
    at("2016-03-13T09:00")
    found = ask(iyem, deputy.code, GENERAL, asked)
    assert (found.reason, found.deputy_for and found.deputy_for.code) == (Reason.DEPUTY, right.code)
    then = ask(iyem, deputy.code, GENERAL, asked, known="2016-03-11T12:00")
    assert then.reason is Reason.DEPUTY_WITHOUT_OWNER
    assert found.record is not None
    assert found.record.recorded_at == deputy.recorded_at


def test_a_deputy_whose_owner_is_not_in_office_is_work_to_be_done(iyem: Database, at: Clock) -> None:
    central = grant(iyem, YETKILI, PERSONNEL, 9)
    appoint(iyem, 1, GENERAL, "2016-03-10T09:00")
    deputy = appoint(iyem, 2, GENERAL, "2016-03-10T11:00", "2016-03-20T18:00", kind=DutyKind.DEPUTY).duty
    at("2016-03-11T09:00")

    def updates() -> list[tuple[int, datetime | None]]:
        with iyem.read() as connection:
            items = queue.work_queue(connection, central)
            assert GENERAL not in [item.unit_no for item in queue.missing_units(connection, MINISTRY)]
        return [(item.unit_no, item.since) for item in items if item.task is Task.UPDATE]

    assert updates() == []
    with iyem.write(actor="test", origin="test") as change:
        succeed(change, Manager(tckn=tckn(3), given_name="Yeni", surname="Asil"), GENERAL, local("2016-03-11T09:00"))
    assert updates() == [(GENERAL, local("2016-03-10T11:00"))]
    with iyem.write(actor="test", origin="test") as change:
        register.end(change, CENTRE, deputy.duty_no, datetime(2016, 3, 11, 9))
    assert updates() == []


def test_nobody_is_a_deputy_of_oneself_or_twice(iyem: Database) -> None:
    appoint(iyem, 1, GENERAL, "2016-03-10T09:00")
    with pytest.raises(DeputyError):
        appoint(iyem, 1, GENERAL, "2016-03-11T09:00", "2016-03-12T09:00", kind=DutyKind.DEPUTY)
    first = appoint(iyem, 2, GENERAL, "2016-03-11T09:00", "2016-03-12T09:00", kind=DutyKind.DEPUTY).duty
    appoint(iyem, 2, GENERAL, "2016-03-14T09:00", "2016-03-15T09:00", kind=DutyKind.DEPUTY)
    with pytest.raises(OverlapError), iyem.write(actor="test", origin="test") as change:
        register.correct(change, CENTRE, first.duty_no, {"end": datetime(2016, 3, 14, 10)})
    with pytest.raises(OverlapError), iyem.write(actor="test", origin="test") as change:
        register.end(change, CENTRE, first.duty_no, datetime(2016, 3, 14, 10))


def test_closed_at_follows_a_corrected_end(iyem: Database, at: Clock) -> None:
    duty = appoint(iyem, 1, GENERAL, "2016-03-10T09:00").duty
    at("2016-04-01T09:00")
    with iyem.write(actor="test", origin="test") as change:
        ended = register.correct(change, CENTRE, duty.duty_no, {"end": datetime(2016, 3, 31, 17)}).duty
    assert ended.closed_at == local("2016-04-01T09:00")
    with iyem.write(actor="test", origin="test") as change:
        opened = register.correct(change, CENTRE, duty.duty_no, {"end": None}).duty
    assert (opened.end, opened.closed_at) == (None, None)


def test_what_lies_after_the_moment_of_knowledge_is_not_known(iyem: Database, at: Clock) -> None:
    code = appoint(iyem, 1, GENERAL, "2016-03-10T09:00").duty.code
    at("2016-06-01T00:00")
    then = ask(iyem, code, GENERAL, "2016-05-01T09:00", "2016-04-01T09:00")
    assert (then.outcome, then.reason) == (Outcome.INDETERMINATE, Reason.TIME_AHEAD)
    assert ask(iyem, code, GENERAL, "2016-05-01T09:00", "2016-05-01T09:00").yes
    claimed = ask(iyem, code, GENERAL, "2016-05-01T09:00", "2099-01-01T00:00")
    assert claimed.known == local("2016-06-01T00:00")


def test_no_until_an_end_that_comes_before_the_recording(iyem: Database, at: Clock) -> None:
    code = appoint(iyem, 1, GENERAL, "2016-03-10T08:00", "2016-03-10T10:00").duty.code
    found = ask(iyem, code, GENERAL, "2016-03-10T09:00")
    assert (found.reason, found.holds_until) == (Reason.NOT_RECORDED_YET, local("2016-03-10T10:00"))


@pytest.mark.parametrize("text", ["0001-01-01T00:00", "0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00"])
def test_a_time_beyond_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(HourMissingError):
        register.parse_instant(text)
    assert register.parse_instant("2016-03-10T09:00Z") == datetime(2016, 3, 10, 9, tzinfo=UTC)
