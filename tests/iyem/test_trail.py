"""``eyhub iyem trail``: each filter finds its entries in both chains, and no identity number is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from iyem import conftest as state
from iyem.test_iyem_command import folder, opened, run
from iyem.test_work_command import WHO, grant, numbers

from hub import limits
from hub.iyem import trail
from hub.iyem.trail import Wanted
from hub.store.database import Database

__all__ = ["folder"]


def told(folder: Path, *wanted: str) -> list[dict[str, Any]]:
    done = run(folder, "trail", "--json", *wanted)
    assert done.exit_code == (0 if done.stdout else 1), done.output
    assert state.tckn(61) not in done.stdout
    assert state.tckn(71) not in done.stdout
    return [json.loads(line) for line in done.stdout.splitlines()]


def events(folder: Path, *wanted: str) -> list[str]:
    return [entry["event"] for entry in told(folder, *wanted)]


@pytest.fixture
def worked(folder: Path, at: Callable[[str], None]) -> tuple[Path, str, str, str]:
    """A day of work, with its officer, duty and code."""
    at("2016-05-02T09:00")
    officer = grant(folder, "gorevli", 14, 71)
    acting = ("--officer", officer, "--method", "e-imza")
    at("2016-05-02T10:00")
    duty, code, _ = numbers(run(folder, "record", "15", *WHO, "--start", "2016-05-02T08:30", *acting))
    at("2016-05-02T11:00")
    assert run(folder, "record", "13", "--code", code, "--start", "2016-05-02T08:30", *acting).exit_code == 1
    at("2016-05-03T09:00")
    assert run(folder, "end", duty, "--at", "2016-05-03T08:00").exit_code == 0
    with opened(folder) as database:
        database.audit("kurum 30", "personal:ask", f"manager {code}", operation="x")
        database.audit("kurum 30", "personal:refuse", "iyem", units="15 13")
        database.audit(
            "kurum 30 görevli 7", "iyem_entry:refuse", "officer 7", operation="GorevSonlandir", duty=int(duty)
        )
        database.audit("hub", "credential:add", "1")
    return folder, officer, duty, code


def test_all_of_it_in_the_order_of_time(worked: tuple[Path, str, str, str]) -> None:
    folder, officer, duty, code = worked
    found = told(folder)
    assert [(entry["outcome"], entry["event"]) for entry in found[-9:]] == [
        ("done", "iyem_officer:grant"),
        ("done", "person:give-code"),
        ("done", "duty:record"),
        ("done", "iyem_entry:act"),
        ("refused", "iyem_entry:refuse"),
        ("done", "duty:end"),
        ("done", "personal:ask"),
        ("refused", "personal:refuse"),
        ("refused", "iyem_entry:refuse"),
    ]
    assert found[-9]["about"] == {"unit": 14, "officer": int(officer)}
    recorded, refused = found[-7], found[-5]
    assert recorded["about"] == {"unit": 15, "duty": int(duty), "code": int(code)}
    assert recorded["at"] == "2016-05-02T10:00:00+03:00"
    assert recorded["actor"].endswith(f" görevli {officer}")
    assert recorded["detail"] == {"origin": "cli"}
    assert refused["about"] == {"unit": 13, "code": int(code), "officer": int(officer)}
    assert refused["detail"] == {"subject": f"officer {officer}", "operation": "record", "reason": "IYEM_03_AREA"}
    assert [entry["at"] for entry in found] == sorted(entry["at"] for entry in found)


def test_each_filter(worked: tuple[Path, str, str, str]) -> None:
    folder, officer, _duty, code = worked
    acted = ["iyem_officer:grant", "person:give-code", "duty:record", "iyem_entry:act", "iyem_entry:refuse"]
    assert sorted(events(folder, "--officer", officer)) == sorted(acted)
    assert events(folder, "--officer", "7") == ["iyem_entry:refuse"]
    of_15 = ["duty:record", "duty:end", "personal:refuse", "iyem_entry:refuse"]
    assert events(folder, "--unit", "15") == of_15
    assert events(folder, "--unit", "13") == ["iyem_entry:refuse", "personal:refuse"]
    of_code = ["person:give-code", "duty:record", "iyem_entry:refuse", "duty:end", "personal:ask", "iyem_entry:refuse"]
    assert events(folder, "--code", code) == of_code
    assert events(folder, "--institution", "30") == ["personal:ask", "personal:refuse", "iyem_entry:refuse"]
    ministry = events(folder, "--institution", "10")
    assert ministry[-2:] == ["personal:refuse", "iyem_entry:refuse"]  # others asked about its units
    assert set(acted) < set(ministry)
    assert [event for event in ministry if event.startswith("person:")] == ["person:give-code"]  # by its officer
    assert events(folder, "--outcome", "refused") == ["iyem_entry:refuse", "personal:refuse", "iyem_entry:refuse"]
    assert "iyem_entry:refuse" not in events(folder, "--outcome", "done")
    assert "personal:ask" in events(folder, "--outcome", "done")
    span = ("--since", "2016-05-02T10:00", "--until", "2016-05-02T11:00")
    assert sorted(events(folder, *span)) == ["duty:record", "iyem_entry:act", "person:give-code"]
    assert events(folder, "--limit", "1") == ["iyem_entry:refuse"]
    assert events(folder, "--unit", "15", "--outcome", "done", "--limit", "1") == ["duty:end"]
    assert events(folder, "--unit", "99") == []


def test_a_line_for_people(worked: tuple[Path, str, str, str]) -> None:
    folder, officer, duty, code = worked
    (line,) = run(folder, "trail", "--unit", "15", "--until", "2016-05-03T00:00").stdout.splitlines()
    time, outcome, actor, event, about, detail = line.split("\t")
    assert (time, outcome, event) == ("2016-05-02T10:00:00+03:00", "done", "duty:record")
    assert (about, detail) == (f"unit=15 duty={duty} code={code}", "origin=cli")
    assert actor.endswith(f"görevli {officer}")


def test_both_databases_answer_alike(
    database: Database, at: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    at("2016-03-10T11:00")
    state.fill(database)
    first = state.appoint(database, 1, state.GENERAL, "2016-03-10T09:00").duty
    at("2016-03-10T11:05")
    for minute in range(3):
        database.audit("kurum 10", "personal:ask", f"manager {first.code}", minute=minute)
    with database.read() as connection:
        for wanted in (
            Wanted(code=first.code),
            Wanted(institution=state.MINISTRY, code=first.code),
            Wanted(since=state.local("2016-03-10T11:00"), until=state.local("2016-03-10T12:00"), code=first.code),
        ):
            found = [entry.event for entry in trail.entries(connection, wanted, 50)]
            asked = 3 * ["personal:ask"]
            born = ["person:give-code"] if wanted.institution is None else []
            assert found == [*born, "duty:record", *asked]
        monkeypatch.setattr(limits, "BULK_ROWS", 1)
        for limit in (1, 2):  # a cursor that is not read to its end is closed
            assert len(trail.entries(connection, Wanted(), limit)) == limit
        assert [e.event for e in trail.entries(connection, Wanted(officer=1), 50)] == []
        assert [e.chain for e in trail.entries(connection, Wanted(unit=state.GENERAL), 50)] == ["journal"]
