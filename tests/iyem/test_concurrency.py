"""Two officers at once, processes killed at random points, and the register beside a model of it in memory."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from itertools import combinations
from typing import Any

import pytest
from iyem.conftest import BRANCH, CENTRE, GENERAL, MISSION, PERSONNEL, appoint, fill, local, tckn
from iyem.test_time_model import ask
from parts.databases import KEYS
from sqlalchemy import delete, func, select, update

from hub.errors import HubError
from hub.iyem import register
from hub.iyem.errors import DeputyError, OverlapError
from hub.store import schema, verify
from hub.store.database import Database
from hub.store.schema import DutyKind

Clock = Callable[[str], None]

WRITER = """
import json, random, sys
from datetime import timedelta
from hub import clock
from hub.errors import HubError
from hub.iyem import register
from hub.iyem.officers import Actor
from hub.iyem.reading import StoredRegister
from hub.iyem.register import Manager, Post
from hub.store.database import Database
from hub.store.personal import Keys
from hub.store.schema import DutyKind
url, seed, numbers = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
keys = Keys.derive(bytes(range(32)))
database, chance, actor = Database.open(url, keys), random.Random(seed), Actor("merkez")
print("ready", flush=True)
while True:
    unit, person = chance.choice([10, 11, 12]), chance.randrange(len(numbers))
    manager = Manager(tckn=numbers[person], given_name="Ad", surname=f"Soyad{person}")
    start = clock.now()
    try:
        with database.write(actor="writer", origin=seed) as change:
            if chance.random() < 0.7:
                for old in StoredRegister(change.connection, None).duties_in(unit):
                    if old.kind is not DutyKind.DEPUTY and old.start < start and old.in_office(start):
                        register.end(change, actor, old.duty_no, start)
                new = register.record(change, keys, actor, manager, Post(unit), start).duty
            else:
                post, end = Post(unit, DutyKind.DEPUTY), start + timedelta(hours=1)
                new = register.record(change, keys, actor, manager, post, start, end).duty
            change.audit("test:record", str(new.duty_no))
    except HubError:
        continue
    print(json.dumps([new.duty_no, unit, new.code, person]), flush=True)
"""


def check_whole(database: Database) -> None:
    """Nothing that may never be: overlapping owners at any time of knowledge, a code of two people, a cut journal."""
    duty, person = schema.table_of(schema.Duty), schema.table_of(schema.Person)
    with database.read() as connection:
        rows = connection.execute(select(duty)).all()
        people = connection.execute(select(person)).all()
        report = verify.verify(connection, KEYS)
    assert report.findings == []
    assert report.outcome == "passed"
    assert report.journal == database.serial()
    heads: dict[int, list[Any]] = {}
    for row in rows:
        if row.kind != "deputy":
            heads.setdefault(row.detsis_no, []).append(row)
    for unit in heads.values():
        for one, other in combinations(unit, 2):
            assert not (
                _meet(one.valid_from, one.valid_to, other.valid_from, other.valid_to)
                and _meet(one.known_from, one.known_to, other.known_from, other.known_to)
            ), (one, other)
    assert len({(row.duty_no, row.detsis_no, row.code, row.kind) for row in rows}) == len({row.duty_no for row in rows})
    assert max(Counter(row.duty_no for row in rows if row.known_to is None).values(), default=1) == 1
    assert max(Counter(row.code for row in people if row.known_to is None).values(), default=1) == 1
    assert len({(row.code, row.tckn_lookup) for row in people}) == len({row.code for row in people})
    assert len({(row.code, row.tckn_lookup) for row in people}) == len({row.tckn_lookup for row in people})
    assert {row.code for row in rows} <= {row.code for row in people}


def _meet(start: datetime, end: datetime | None, other: datetime, other_end: datetime | None) -> bool:
    return (other_end is None or start < other_end) and (end is None or other < end)


def at_once(*tasks: Callable[[], object]) -> list[BaseException | None]:
    """Run ``tasks`` in threads that start together; what each raised."""
    barrier = threading.Barrier(len(tasks))
    raised: list[BaseException | None] = [None] * len(tasks)

    def run(place: int, task: Callable[[], object]) -> None:
        barrier.wait()
        try:
            task()
        except HubError as error:
            raised[place] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(tasks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_of_officers_who_record_one_unit_at_once_one_succeeds(iyem: Database) -> None:
    kinds = [DutyKind.OWNER, DutyKind.ACTING]
    for unit in (GENERAL, BRANCH):
        raised = at_once(
            *(
                lambda number=number, unit=unit: appoint(
                    iyem, 10 * unit + number, unit, "2016-03-10T09:00", kind=kinds[number % 2]
                )
                for number in range(6)
            )
        )
        assert raised.count(None) == 1
        assert sum(isinstance(error, OverlapError) for error in raised) == 5
    check_whole(iyem)


def test_a_person_recorded_in_many_places_at_once_has_one_code(iyem: Database) -> None:
    units = (GENERAL, BRANCH, MISSION, PERSONNEL)
    assert at_once(*(lambda unit=unit: appoint(iyem, 1, unit, "2016-03-10T09:00") for unit in units)) == [None] * 4
    assert at_once(*(lambda n=n: appoint(iyem, n, 20 + n, "2016-03-10T09:00") for n in range(2, 5))) == [None] * 3
    with iyem.read() as connection:
        duty = schema.table_of(schema.Duty)
        codes = connection.execute(select(duty.c.code).where(duty.c.detsis_no.in_(units))).scalars().all()
    assert (len(codes), len(set(codes))) == (4, 1)
    check_whole(iyem)


def test_a_deputy_recorded_while_the_owner_leaves(iyem: Database, at: Clock) -> None:
    """Whoever comes first, the deputy never signs for a post that nobody holds."""
    at("2016-03-20T12:00")
    outcomes = set()
    for round_number, unit in enumerate((GENERAL, BRANCH, MISSION, PERSONNEL)):
        owner = appoint(iyem, 2 * round_number, unit, "2016-03-10T09:00").duty
        deputies = []

        def leave(number: int = owner.duty_no) -> None:
            with iyem.write(actor="merkez", origin="test") as change:
                register.end(change, CENTRE, number, local("2016-03-21T09:00"))

        def deputise(person: int = 2 * round_number + 1, unit: int = unit, found: list[Any] = deputies) -> None:
            end = "2016-03-25T09:00"
            found.append(appoint(iyem, person, unit, "2016-03-22T09:00", end, kind=DutyKind.DEPUTY).duty)

        left, deputised = at_once(leave, deputise)
        assert left is None
        assert deputised is None or isinstance(deputised, DeputyError)
        outcomes.add(deputised is None)
        at("2016-04-01T00:00")
        for deputy in deputies:
            assert not ask(iyem, deputy.code, unit, "2016-03-23T09:00").yes
        assert not ask(iyem, owner.code, unit, "2016-03-23T09:00").yes
        at("2016-03-20T12:00")
    assert outcomes
    check_whole(iyem)


def killed(url: str, seed: int, numbers: str, chance: random.Random) -> list[tuple[int, int, int, int]]:
    """Two writers that work at once until each is killed; what they had confirmed. Half of the times a writer is killed
    wherever it is, the other times after it has written something."""
    command = [sys.executable, "-c", WRITER, url]
    writers = [
        subprocess.Popen([*command, f"{seed}{place}", numbers], stdout=subprocess.PIPE, text=True) for place in range(2)
    ]
    confirmed: list[str] = []
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    if seed % 2:
        confirmed += [writer.stdout.readline() for writer in writers if writer.stdout is not None]
    time.sleep(chance.uniform(0.01, 0.4))
    for writer in writers:
        writer.kill()
        time.sleep(chance.uniform(0, 0.05))
    for writer in writers:
        assert writer.stdout is not None
        confirmed += writer.stdout.read().splitlines(keepends=True)
        writer.stdout.close()
        assert writer.wait() == -signal.SIGKILL, "nothing but the kill stopped it"
    return [tuple(json.loads(line)) for line in confirmed if line.endswith("]\n")]


@pytest.mark.slow
def test_officers_that_are_killed_leave_the_register_whole(database: Database) -> None:
    fill(database)
    url = database.url.render_as_string(hide_password=False)
    numbers = json.dumps([tckn(number) for number in range(12)])
    chance = random.Random(11)
    confirmed: list[tuple[int, int, int, int]] = []
    for round_number in range(6):
        confirmed += killed(url, round_number, numbers, chance)
        check_whole(database)
        if round_number == 1:
            check_tampering_is_found(database)
        appoint(database, 99, MISSION, f"2016-03-10T{round_number:02}:00", f"2016-03-10T{round_number:02}:30")
    assert confirmed
    duty = schema.table_of(schema.Duty)
    with database.read() as connection:
        rows = connection.execute(select(duty.c.duty_no, duty.c.detsis_no, duty.c.code)).all()
    kept = {tuple(row) for row in rows}
    assert all((number, unit, code) in kept for number, unit, code, _ in confirmed)
    assert len({number for number, *_ in confirmed}) == len(confirmed)
    persons = {person: code for _, _, code, person in confirmed}
    assert all(persons[person] == code for _, _, code, person in confirmed)
    assert len(set(persons.values())) == len(persons)


def check_tampering_is_found(database: Database) -> None:
    """Whoever edits, cuts or reorders behind the hub's back is found by the next check; each is undone again."""
    duty, journal, audit = map(schema.table_of, (schema.Duty, schema.JournalEntry, schema.AuditEvent))
    with database.read() as connection:
        last = connection.execute(select(func.max(duty.c.id))).scalar_one()
        end = connection.execute(select(func.max(journal.c.serial))).scalar_one()
        said = connection.execute(select(func.max(audit.c.serial))).scalar_one()
    for where, done in {
        "a title edited": update(duty).where(duty.c.id == last).values(title="Başka"),
        "a duty back-dated": update(duty).where(duty.c.id == last).values(recorded_at=local("2016-01-01T00:00")),
        "a duty removed": delete(duty).where(duty.c.id == last),
        "an entry in the middle removed": delete(journal).where(journal.c.serial == end // 2),
        "the last entry cut off": delete(journal).where(journal.c.serial == end),
        "the journal emptied": delete(journal),
        "an entry edited": update(journal).where(journal.c.serial == end // 2).values(action="retract"),
        "an audit event edited": update(audit).where(audit.c.serial == said // 2).values(actor="başkası"),
        "an audit event in the middle removed": delete(audit).where(audit.c.serial == said // 2),
        "the last audit event cut off": delete(audit).where(audit.c.serial == said),
        "the audit trail emptied": delete(audit),
    }.items():
        with database.writer.connect() as connection, connection.begin() as transaction:
            assert connection.execute(done).rowcount >= 1, where
            assert verify.verify(connection, KEYS).findings != [], where
            transaction.rollback()
    check_whole(database)
