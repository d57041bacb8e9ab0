"""The ways of reading what a decision needs, beside one another: the same answers, over histories of no rule at all."""

from __future__ import annotations

import contextlib
import random
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import cache
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from iyem.conftest import BRANCH, CENTRE, FOUNDED, GENERAL, MINISTRY, appoint, local, tckn
from parts.databases import KEYS
from parts.registry import rebuild
from sqlalchemy import event, text

from hub.iyem import Reason, Who, may_sign, register
from hub.iyem.filed import Filed
from hub.iyem.prefetch import Prefetch, Prefetched
from hub.iyem.reading import StoredRegister
from hub.iyem.records import NotFiledError
from hub.registry.managers import person_row
from hub.services.iyem import common, yetki
from hub.services.iyem.written import Decisions
from hub.store import schema
from hub.store.database import Database
from hub.store.errors import DatabaseUnavailableError
from hub.store.freshness import Freshness
from hub.store.keyed import Keyed
from hub.store.personal import Tckn
from hub.store.schema import DutyKind
from hub.turkish import fold

Clock = Callable[[str], None]
PEOPLE, UNITS = range(1, 7), range(101, 106)
NOBODY = 99
"""A code with duties, as a table of duties may bring in, of whom the register does not know who it is."""
CONTRACT = yetki.contract()
WRITE, WRITE_VALUES = Decisions(CONTRACT), CONTRACT.row_writer("Karar", common.DECISION)


@pytest.fixture
def prefetch(database: Database) -> Iterator[Prefetch]:
    keyed = Keyed(database)
    yield Prefetch(keyed, KEYS)
    keyed.close()


@pytest.fixture
def filed(database: Database, tmp_path: Path) -> Iterator[Filed]:
    freshness = Freshness(database)
    made = yetki.filed(database, freshness, tmp_path, KEYS, CONTRACT)
    yield made
    made.close()
    freshness.close()


def scatter(database: Database, chance: random.Random, at: Clock) -> Iterator[list[datetime]]:
    """Persons, units and duties without rhyme or reason; the instants at which anything changes.
    Then some of it corrected."""
    edges = [FOUNDED]

    def moment() -> datetime:
        found = FOUNDED + timedelta(minutes=chance.randrange(60 * 24 * 365 * 2))
        edges.append(found)
        return found

    at("2016-06-01T00:00")
    with database.write(actor="test", origin="test") as change:
        for code in PEOPLE:
            number = Tckn(tckn(code)) if code % 3 else None
            change.open(
                schema.Person, person_row(KEYS, code=code, given_name="Ad", surname=f"Soyad{code}", tckn=number)
            )
        for number in UNITS:
            row = {"detsis_no": number, "name": f"BİRİM {number}", "folded_name": fold(f"BİRİM {number}")}
            row |= {"parent_no": 0, "second_parent_no": 0, "main_no": number, "level": 0, "type1_id": 19, "type2_id": 1}
            change.open(schema.Unit, row, valid_from=FOUNDED + timedelta(days=number % 3 * 50))
        for number in chance.sample(UNITS, 3):
            change.alter(schema.Unit, {"detsis_no": number}, {"name": f"YENİ {number}"}, at=local("2015-01-01T00:00"))
        closed = {"active": False, "successor_no": 101}
        change.alter(schema.Unit, {"detsis_no": 105}, closed, at=local("2015-10-01T00:00"))
        for duty_no in range(1, 60):
            start, end = sorted((moment(), moment()))
            kind = chance.choice(list(DutyKind))
            change.open(
                schema.Duty,
                {
                    "duty_no": duty_no,
                    "detsis_no": chance.choice(UNITS),
                    "code": chance.choice((*PEOPLE, NOBODY)),
                    "kind": kind.value,
                    "title": chance.choice([None, "Müdür"]),
                    "for_duty_no": chance.choice([None, chance.randrange(1, 70)]) if kind is DutyKind.DEPUTY else None,
                    "recorded_at": chance.choice([start, moment()]),
                    "closed_at": None,
                    "recorder": chance.choice([None, "görevli 1", schema.TAKEN_OVER, f"{schema.TAKEN_OVER}: x.xml"]),
                },
                valid_from=start,
                valid_to=chance.choice([None, end + timedelta(minutes=1)]),
            )
    yield edges
    at("2016-07-01T00:00")
    duty = schema.table_of(schema.Duty)
    with database.write(actor="test", origin="test") as change:
        for row in change.connection.execute(duty.select().where(duty.c.duty_no % 5 == 0)).mappings().all():
            change.correct(schema.Duty, row["id"], {"valid_to": row["valid_from"] + timedelta(hours=3)})
        for row in change.connection.execute(duty.select().where(duty.c.duty_no % 7 == 0)).mappings().all():
            if row["known_to"] is None:
                change.flush()
                known = change.connection.execute(
                    duty.select().where(duty.c.duty_no == row["duty_no"], duty.c.known_to.is_(None))
                ).one()
                change.retract(schema.Duty, known.id)
        change.alter(schema.Unit, {"detsis_no": 104}, {"name": "SON AD"})
        change.alter(schema.Person, {"code": 2}, {"surname": "Yeni"})


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_all_ways_answer_alike(database: Database, prefetch: Prefetch, filed: Filed, at: Clock, seed: int) -> None:
    chance = random.Random(seed)
    history = scatter(database, chance, at)
    edges = next(history)
    at("2016-06-15T00:00")
    rebuild(filed)
    from_file = compare(database, prefetch, filed, chance, edges)
    for by_number in (False, True):  # what the file alone could tell, of codes and of identity numbers
        assert len([reason for reason, number in from_file if number is by_number]) >= 9, from_file
    assert next(history, None) is None
    at("2016-08-01T00:00")
    compare(database, prefetch, filed, chance, edges)  # most have changed since
    rebuild(filed)
    compare(database, prefetch, filed, chance, edges)


def compare(
    database: Database, prefetch: Prefetch, filed: Filed, chance: random.Random, edges: list[datetime]
) -> set[tuple[Reason, bool]]:
    """Ask all ways about everybody everywhere; the reasons given from the file, and whether by identity number."""
    whos = [Who(code) for code in (*PEOPLE, NOBODY)]
    whos += [Who(tckn=Tckn(tckn(code))) for code in (*PEOPLE, NOBODY)]
    whos += [Who(chance.choice(PEOPLE), Tckn(tckn(chance.choice(PEOPLE)))) for _ in range(4)]
    seen: set[Reason] = set()
    from_file: set[tuple[Reason, bool]] = set()
    with database.read() as connection:
        full = StoredRegister(connection, KEYS)
        for who, unit_no in product(whos, (*UNITS, 999)):
            (fetched,) = prefetch.registers([(who, unit_no)])
            for edge in chance.sample(edges, 6):
                for when in (edge, edge - timedelta(microseconds=1)):
                    found = may_sign(full, who, unit_no, when)
                    assert may_sign(fetched, who, unit_no, when) == found
                    seen.add(found.reason)
                    with contextlib.suppress(NotFiledError):
                        assert may_sign(filed.view().register(), who, unit_no, when) == found
                        from_file.add((found.reason, who.tckn is not None))
    assert len(seen) >= 10, seen
    return from_file


READY = {
    Reason.OWNER,
    Reason.DEPUTY,
    Reason.ACTING_HEAD,
    Reason.NOT_RECORDED_YET,
    Reason.RECORDING_TIME_UNKNOWN,
    Reason.DEPUTY_WITHOUT_OWNER,
}
"""Of the time in office."""


@pytest.mark.parametrize("seed", [11, 12])
def test_what_stands_ready_is_what_would_be_decided(database: Database, filed: Filed, at: Clock, seed: int) -> None:
    """To the byte, of everybody everywhere, at each edge, beside it and between."""
    chance = random.Random(seed)
    history = scatter(database, chance, at)
    edges = chance.sample(next(history), 40)
    at("2016-06-15T00:00")
    rebuild(filed)
    reasons = compare_ready(database, filed, edges, local("2016-06-15T00:00"))
    assert len(reasons & READY) >= 5
    assert reasons <= READY
    assert next(history, None) is None
    at("2016-08-01T00:00")
    left = compare_ready(database, filed, edges, local("2016-08-01T00:00"))
    assert left <= reasons  # who changed since is not answered out of the file
    rebuild(filed)
    assert len(compare_ready(database, filed, edges, local("2016-08-01T00:00"))) > 3


def compare_ready(database: Database, filed: Filed, edges: list[datetime], now: datetime) -> set[Reason]:
    """Hold what stands ready against the register in the database; the reasons that were."""
    steps = [timedelta(0)]
    for step in (timedelta(microseconds=1), timedelta(seconds=1), timedelta(minutes=1), timedelta(days=5)):
        steps += [step, -step]
    instants = sorted({*(edge + step for edge in (*edges, now) for step in steps)})
    reasons = set()
    with database.read() as connection:
        for code, unit_no in product((*PEOPLE, NOBODY), (*UNITS, 999)):
            stored = remembered(StoredRegister(connection, KEYS))
            for who in (Who(code), Who(code, Tckn(tckn(code))), Who(tckn=Tckn(tckn(code)))):
                for when in instants if who.tckn is None else instants[:: len(instants) // 20]:
                    try:
                        ready = filed.view().ready(who, unit_no, when, now)
                    except NotFiledError:
                        assert who.tckn is not None
                        continue
                    if ready is None:
                        continue
                    found = may_sign(stored, who, unit_no, when)
                    assert found.known == now
                    assert WRITE(ready) == WRITE(found) == WRITE_VALUES(common.decision_row(found)), (
                        who,
                        unit_no,
                        when,
                    )
                    reasons.add(found.reason)
    return reasons


def remembered(register: StoredRegister) -> Any:
    """The register, whose rows are read once."""
    names = ("code_of", "person", "duties", "elsewhere", "duty", "unit", "founded", "begins")
    return SimpleNamespace(serial=register.serial, **{name: cache(getattr(register, name)) for name in names})


def test_a_deputy_of_somebody_whom_nobody_knows(iyem: Database, prefetch: Prefetch, filed: Filed, at: Clock) -> None:
    """A table of duties may come in without one of managers."""
    person = appoint(iyem, 1, BRANCH, "2016-03-10T09:00").duty
    since = {"valid_from": local("2016-03-10T09:00"), "valid_to": local("2016-05-10T09:00")}
    with iyem.write(actor="test", origin="test") as change:
        for number, code, kind, acted in ((8, NOBODY, DutyKind.OWNER, None), (9, person.code, DutyKind.DEPUTY, 8)):
            row = {"duty_no": number, "detsis_no": GENERAL, "code": code, "kind": kind.value, "for_duty_no": acted}
            change.open(schema.Duty, {**row, "recorded_at": change.at}, **since)
    rebuild(filed)
    at("2016-04-01T00:00")
    with pytest.raises(NotFiledError):
        may_sign(filed.view().register(), Who(person.code), GENERAL)
    (fetched,) = prefetch.registers([(Who(person.code), GENERAL)])
    found = may_sign(fetched, Who(person.code), GENERAL)
    assert (found.reason, found.deputy_for) == (Reason.DEPUTY, None)
    with iyem.read() as connection:
        assert may_sign(StoredRegister(connection, KEYS), Who(person.code), GENERAL) == found


def test_many_questions_see_one_state(iyem: Database, prefetch: Prefetch) -> None:
    code = appoint(iyem, 1, GENERAL, "2016-03-10T09:00").duty.code
    serial = iyem.serial()
    found = prefetch.registers([(Who(code), GENERAL), (Who(tckn=Tckn(tckn(1))), GENERAL), (Who(77), 99)])
    assert [one.serial for one in found] == [serial] * 3
    assert [isinstance(one, Prefetched) for one in found] == [True] * 3
    assert may_sign(found[1], Who(tckn=Tckn(tckn(1))), GENERAL, local("2016-03-10T11:00")).reason is Reason.OWNER
    assert prefetch.institutions([GENERAL, 99]) == {GENERAL: 10}


def test_a_file_answers_only_for_what_it_holds(iyem: Database, filed: Filed, at: Clock) -> None:
    """Whoever was recorded, corrected or renamed since is asked of the database; the others still are not."""
    owner = appoint(iyem, 1, GENERAL, "2016-03-10T09:00").duty
    deputy = appoint(iyem, 2, GENERAL, "2016-03-11T09:00", "2016-03-20T18:00", kind=DutyKind.DEPUTY).duty
    other = appoint(iyem, 3, BRANCH, "2016-03-10T09:00").duty
    at("2016-04-01T00:00")
    when = local("2016-03-12T09:00")

    def ask(code: int, unit_no: int = GENERAL) -> Reason:
        return may_sign(filed.view().register(), Who(code), unit_no, when).reason

    def ready(code: int, unit_no: int = GENERAL) -> bool:
        return filed.view().ready(Who(code), unit_no, when, local("2016-04-01T00:00")) is not None

    with pytest.raises(NotFiledError):  # no file yet
        ask(owner.code)
    rebuild(filed)
    assert [ready(owner.code), ready(deputy.code), ready(other.code, BRANCH)] == [True] * 3
    assert not ready(owner.code, BRANCH)
    assert filed.view().ready(Who(owner.code), GENERAL, when, when - timedelta(minutes=1)) is None  # lies ahead
    assert (ask(owner.code), ask(deputy.code)) == (Reason.OWNER, Reason.DEPUTY)
    assert ask(77) is Reason.PERSON_UNKNOWN
    with iyem.write(actor="test", origin="test") as change:
        register.end(change, CENTRE, owner.duty_no, local("2016-03-12T09:00"))
    for code in (owner.code, deputy.code):  # the deputy's own record is as it was, the owner's is not
        assert not ready(code)
        with pytest.raises(NotFiledError):
            ask(code)
    with pytest.raises(NotFiledError):  # the register may begin at another time by now
        ask(77)
    assert ask(other.code, BRANCH) is Reason.OWNER
    assert ready(other.code, BRANCH)
    with iyem.write(actor="test", origin="test") as change:
        change.alter(schema.Unit, {"detsis_no": BRANCH}, {"name": "YENİ ŞUBE"})
    assert not ready(other.code, BRANCH)
    with pytest.raises(NotFiledError):
        ask(other.code, BRANCH)
    rebuild(filed)
    assert (ask(deputy.code), ask(other.code, BRANCH)) == (Reason.DEPUTY_WITHOUT_OWNER, Reason.OWNER)
    assert [ready(deputy.code), ready(other.code, BRANCH)] == [True] * 2
    with iyem.write(actor="test", origin="test") as change:
        change.alter(schema.Person, {"code": other.code}, {"surname": "Yeni"})
    assert [ready(deputy.code), ready(other.code, BRANCH)] == [True, False]


def test_the_file_knows_institutions_and_whose_number_it_is(
    iyem: Database, prefetch: Prefetch, filed: Filed, at: Clock
) -> None:
    first = appoint(iyem, 1, GENERAL, "2016-03-10T09:00").duty.code
    second = appoint(iyem, 2, BRANCH, "2016-03-10T09:00").duty.code
    rebuild(filed)
    wanted = [GENERAL, BRANCH, MINISTRY, 99]
    assert filed.view().institutions(wanted) == prefetch.institutions(wanted)
    assert [filed.view().register().code_of(Tckn(tckn(n))) for n in (1, 2)] == [first, second]
    with pytest.raises(NotFiledError):  # somebody with this number may have come in since
        filed.view().register().code_of(Tckn(tckn(3)))
    with iyem.write(actor="test", origin="test") as change:
        change.alter(schema.Person, {"code": first}, {"surname": "Yeni"})
        change.alter(schema.Unit, {"detsis_no": BRANCH}, {"main_no": BRANCH})
    with pytest.raises(NotFiledError):
        filed.view().register().code_of(Tckn(tckn(1)))
    assert filed.view().register().code_of(Tckn(tckn(2))) == second
    with pytest.raises(NotFiledError):
        filed.view().institutions([BRANCH])
    rebuild(filed)
    assert filed.view().institutions(wanted)[BRANCH] == BRANCH == prefetch.institutions([BRANCH])[BRANCH]
    stored = [path.read_bytes() for path in filed._shelf.folder.glob("*.snap")]
    assert stored
    assert not any(tckn(n).encode() in data for data in stored for n in (1, 2))


def test_a_commit_shows_in_the_next_answer(iyem: Database, prefetch: Prefetch) -> None:
    assert prefetch.registers([(Who(1), GENERAL)])[0].begins() is None
    code = appoint(iyem, 1, GENERAL, "2016-03-10T09:00").duty.code
    found = prefetch.registers([(Who(code), GENERAL)])[0]
    assert (found.begins(), found.serial) == (local("2016-03-10T09:00"), iyem.serial())


def test_without_keys_nobody_is_found_by_identity_number(iyem: Database) -> None:
    appoint(iyem, 1, GENERAL, "2016-03-10T09:00")
    keyed = Keyed(iyem)
    who = Who(tckn=Tckn(tckn(1)))
    assert Prefetch(keyed, None).registers([(who, GENERAL)])[0].code_of(Tckn(tckn(1))) is None
    keyed.close()


def test_it_cannot_write(iyem: Database) -> None:
    keyed = Keyed(iyem)
    removal = keyed.statement(schema.table_of(schema.Duty).delete())
    with pytest.raises(DatabaseUnavailableError):
        keyed.rows([(removal, {})])
    keyed.close()


def test_a_connection_that_was_lost_is_made_again(iyem: Database, prefetch: Prefetch) -> None:
    prefetch.registers([(Who(1), GENERAL)])
    if iyem.embedded:
        iyem.reader.dispose()  # a file's connections are only ever given up by their own side
    else:
        with iyem.writer.connect() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE pid <> pg_backend_pid() AND datname = current_database()"
                )
            )
    assert prefetch.registers([(Who(1), GENERAL)])[0].serial == iyem.serial()


def test_a_missing_database_is_said_to_be(tmp_path: object) -> None:
    database = Database.open(f"sqlite:///{tmp_path}/none.sqlite")
    keyed = Keyed(database)
    with pytest.raises(DatabaseUnavailableError):
        Prefetch(keyed, None).registers([(Who(1), GENERAL)])
    with pytest.raises(sqlite3.OperationalError):
        sqlite3.connect(f"file:{tmp_path}/none.sqlite?mode=ro", uri=True)  # nor was it made by asking


HOT = ("SCAN duty", "SCAN person", "SCAN unit", "Seq Scan on duty", "Seq Scan on person", "Seq Scan on unit")


def test_every_step_of_a_decision_goes_by_an_index(database: Database, at: Clock) -> None:
    """Both engines, both ways, now and as was known once: no step reads a table whole."""
    at("2016-06-01T00:00")
    with database.write(actor="test", origin="test") as change:
        rows = (
            {
                "duty_no": n,
                "detsis_no": n % 300,
                "code": n % 300 + 1,
                "kind": "owner",
                "recorded_at": FOUNDED,
                "valid_from": FOUNDED + timedelta(hours=n),
                "valid_to": FOUNDED + timedelta(hours=n + 1),
            }
            for n in range(1, 6000)
        )
        change.open_many(schema.Duty, rows)
        change.open_many(
            schema.Person, (person_row(KEYS, code=n, given_name="Ad", surname="Soyad") for n in range(1, 3000))
        )
        form = {"folded_name": "b", "parent_no": 0, "second_parent_no": 0, "level": 0, "type1_id": 1, "type2_id": 1}
        change.open_many(schema.Unit, ({**form, "detsis_no": n, "name": "B", "main_no": n} for n in range(1, 3000)))
    plans = list(_plans(database))
    assert len(plans) >= 12
    for statement, plan in plans:
        covered = plan.replace("SCAN duty USING COVERING INDEX ix_duty_begins", "")
        assert not any(words in covered for words in HOT), f"{statement}\n{plan}"


def _plans(database: Database) -> Iterator[tuple[str, str]]:
    """Each statement of the hot questions with the engine's plan for it."""
    asked: list[tuple[str, object]] = []
    keyed = Keyed(database)
    prefetch = Prefetch(keyed, KEYS)
    for who in (Who(5), Who(tckn=Tckn(tckn(5)))):
        statement, parameters = prefetch._question(who, 7)
        asked.append((statement.text, statement.values(parameters)))

    def note(_c: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        asked.append((statement, parameters))

    explain = "EXPLAIN QUERY PLAN " if database.embedded else "EXPLAIN "
    with database.read() as connection:
        if not database.embedded:
            connection.execute(text("SELECT 1"))
        event.listen(database.reader, "before_cursor_execute", note)
        try:
            for known in (None, local("2016-05-01T00:00"), local("2016-07-01T00:00")):
                stored = StoredRegister(connection, KEYS, known)
                stored.begins()
                stored.duties(5, 7)
                stored.elsewhere(5, 7, FOUNDED)
                stored.duty(9)
                stored.duties_in(7)
                stored.person(5)
                stored.code_of(Tckn(tckn(5)))
                stored.unit(7)
        finally:
            event.remove(database.reader, "before_cursor_execute", note)
        raw = connection.connection.cursor()
        for statement, given in asked:
            raw.execute(explain + statement, given)
            yield statement, "\n".join(str(row) for row in raw.fetchall())
    keyed.close()
