"""Refused calls in the audit trail: those of names that are or were known, together, however many they are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from parts.waiting import HUNG, until
from sqlalchemy import select

from access.conftest import KURUM
from access.test_door import SECRET, give, revoke
from hub import limits
from hub.access.door import Door
from hub.access.errors import AccessDeniedError
from hub.access.refused import RefusedCalls
from hub.store.database import Database
from hub.store.errors import DatabaseUnavailableError
from hub.store.schema import AuditEvent


class Clock:
    at = 1_000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def watched(
    institution: Database, entrance: Door, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[RefusedCalls]:
    """Notes when the test says so."""
    monkeypatch.setattr(limits, "REFUSED_LOOK", 3_600.0)
    made = RefusedCalls(institution, entrance.check, now=clock)
    yield made
    made.close()


def knock(door: RefusedCalls, name: str | None, times: int = 1, password: str = "yanlış", client: str = "") -> None:
    for _ in range(times):
        with pytest.raises(AccessDeniedError):
            door.check(name, password, client)


def trail(database: Database) -> list[dict[str, Any]]:
    with database.read() as connection:
        statement = select(AuditEvent.subject, AuditEvent.detail).where(AuditEvent.event == "access:refuse")
        rows = connection.execute(statement.order_by(AuditEvent.serial)).all()
    return [{"subject": row.subject, **json.loads(row.detail)} for row in rows]


def test_a_revoked_and_a_wrong_password_are_noted_and_an_unknown_name_is_not(
    institution: Database, watched: RefusedCalls
) -> None:
    number = give(institution)
    assert watched.check(KURUM_ID, SECRET).detsis_no == KURUM
    knock(watched, KURUM_ID, client="192.0.2.7")
    watched.note()
    revoke(institution, number)
    knock(watched, "99999999")
    knock(watched, None)
    knock(watched, "9" * 500)
    watched.note()
    assert trail(institution) == [
        {"subject": f"kurum {KURUM}", "calls": 1, "client": "192.0.2.7", "credential": "valid"}
    ]
    knock(watched, KURUM_ID, password=SECRET)
    watched.note(last=True)
    assert trail(institution)[1:] == [{"subject": f"kurum {KURUM}", "calls": 1, "credential": "revoked"}]
    assert SECRET not in json.dumps(trail(institution))
    with institution.read() as connection:
        assert connection.execute(select(AuditEvent.serial).where(AuditEvent.detail.contains("yanl"))).first() is None


def test_a_flood_leaves_few_lines_and_loses_no_call(
    institution: Database, watched: RefusedCalls, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(institution)
    monkeypatch.setattr(watched, "_check", _always_refused)
    for _ in range(24 * 60):  # a day, looked at once a minute
        knock(watched, KURUM_ID, 3)
        watched.note()
        clock.at += 60
    watched.note(last=True)
    found = trail(institution)
    assert len(found) < 40
    assert sum(row["calls"] for row in found) == 3 * 24 * 60


def test_after_a_quiet_time_the_next_call_is_noted_at_once(
    institution: Database, watched: RefusedCalls, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(institution)
    monkeypatch.setattr(watched, "_check", _always_refused)
    for _ in range(2):
        knock(watched, KURUM_ID)
        watched.note()
    assert len(trail(institution)) == 1  # the second waits for its minute
    clock.at += limits.REFUSED_SECONDS
    watched.note()
    assert len(trail(institution)) == 2
    clock.at += 3_600
    knock(watched, KURUM_ID)
    watched.note()
    assert len(trail(institution)) == 3


def test_more_names_than_are_remembered_cost_no_memory(
    institution: Database, watched: RefusedCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "REFUSED_NAMES", 5)
    monkeypatch.setattr(watched, "_check", _always_refused)
    for number in range(50):
        knock(watched, str(number))
    assert len(watched._waiting) == 5
    watched.note()
    assert (watched._waiting, watched._noted, trail(institution)) == ({}, {}, [])


def test_what_could_not_be_written_is_written_later(
    institution: Database, watched: RefusedCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(institution)

    def away(*about: object, **detail: object) -> None:
        raise DatabaseUnavailableError("veritabanı yok")

    monkeypatch.setattr(watched, "_check", _always_refused)
    knock(watched, KURUM_ID, 2)
    with monkeypatch.context() as patch:
        patch.setattr(institution, "audit", away)
        with pytest.raises(DatabaseUnavailableError):
            watched.note()
    knock(watched, KURUM_ID)
    watched.note()
    assert [row["calls"] for row in trail(institution)] == [3]


def test_the_thread_notes_by_itself_and_the_trail_stays_whole(
    institution: Database, entrance: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "REFUSED_LOOK", 0.01)
    monkeypatch.setattr(limits, "REFUSED_LAST", HUNG)
    give(institution)
    made = RefusedCalls(institution, entrance.check)
    knock(made, KURUM_ID)
    until(lambda: len(trail(institution)) == 1)
    knock(made, KURUM_ID)
    made.close()
    assert [row["calls"] for row in trail(institution)] == [1, 1]
    assert made._thread is not None
    assert not made._thread.is_alive()


def test_an_end_without_a_database_is_told(
    institution: Database, watched: RefusedCalls, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    give(institution)
    knock(watched, KURUM_ID)

    def away(names: list[str]) -> dict[str, bool]:
        raise DatabaseUnavailableError("veritabanı yok")

    monkeypatch.setattr(watched, "_standing", away)
    monkeypatch.setattr(limits, "REFUSED_LAST", HUNG)
    watched.close()
    assert "refused calls could not be noted: STORE_UNAVAILABLE" in caplog.text


def test_an_end_does_not_wait_for_a_database_that_is_held(
    institution: Database, watched: RefusedCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(institution)
    monkeypatch.setattr(limits, "REFUSED_LAST", 0.01)
    knock(watched, KURUM_ID)
    with institution.write(actor="import", origin="test") as change:
        change.audit("test:hold", "1")
        watched.close()
        assert watched._thread is not None
        assert watched._thread.is_alive()
    watched._thread.join(HUNG)
    assert [row["calls"] for row in trail(institution)] == [1]


KURUM_ID = str(KURUM)


def _always_refused(*asked: object) -> Any:
    raise AccessDeniedError
