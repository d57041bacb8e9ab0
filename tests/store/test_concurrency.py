"""Writers at the same time, killed at random points: no gap, nothing half, nothing lost that was confirmed."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from parts.databases import KEYS
from parts.waiting import HUNG, until
from sqlalchemy import func, select

from hub.store import migrate, revision, verify
from hub.store.database import Database
from hub.store.errors import DatabaseUnavailableError
from hub.store.schema import Type3
from hub.store.scope import current
from hub.store.turns import Turns

WRITER = """
import random, sys
from hub import limits
from hub.store.database import Database
from hub.store.personal import Keys
from hub.store.schema import Type3
limits.BULK_ROWS = 7
database = Database.open(sys.argv[1], Keys.derive(bytes(range(32))))
number, chance = int(sys.argv[2]), random.Random(sys.argv[2])
while True:
    size = chance.randrange(1, 40)
    with database.write(actor="writer", origin=sys.argv[2]) as change:
        change.open_many(Type3, ({"type3_id": number + i, "name": "x"} for i in range(size)))
        change.alter(Type3, {"type3_id": number}, {"name": "y"})
        change.audit("test:write", str(number))
    number += size
    print(change.serial, size, flush=True)
"""


@pytest.mark.slow
def test_writers_that_are_killed_leave_no_gap_and_nothing_half(database: Database) -> None:
    url = database.url.render_as_string(hide_password=False)
    chance = random.Random(7)
    confirmed: list[int] = []
    opened = 0
    for round_number in range(5):
        writers = []
        for place in (1, 2):
            start = str(round_number * 10_000_000 + place * 5_000_000)
            command = [sys.executable, "-c", WRITER, url, start]
            writers.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        assert all(writer.stdout is not None and writer.stdout.readline() for writer in writers)
        time.sleep(chance.uniform(0.05, 0.6))
        for writer in writers:
            writer.kill()
        for writer in writers:
            assert writer.stdout is not None
            for line in writer.stdout.read().splitlines():
                if len(words := line.split()) == 2:
                    confirmed.append(int(words[0]))
                    opened += int(words[1])
            writer.stdout.close()
            writer.wait()
    with database.read() as connection:
        report = verify.verify(connection, KEYS)
        rows = connection.execute(select(func.count()).select_from(Type3).where(current(Type3))).scalar_one()
    serial = database.serial()
    assert report.findings == []
    assert report.outcome == "passed"
    assert report.journal == serial
    assert max(confirmed) <= serial
    assert rows >= opened


def test_nobody_who_waits_to_write_is_passed_by(tmp_path: Path) -> None:
    """SQLite's own waiting lets a thread that writes again and again keep out all others."""
    database = Database.open(f"sqlite:///{tmp_path / 'a.db'}", KEYS)
    migrate.upgrade(database)
    order: list[str] = []

    def write(name: str) -> None:
        with database.write(actor=name, origin="test") as change:
            change.audit("test:write", name)
            order.append(name)

    with ThreadPoolExecutor(3) as pool:
        with database.write(actor="a", origin="test"):
            waiting = []
            for number in range(3):
                waiting.append(pool.submit(write, str(number)))
                until(lambda: len(database._turns._waiting) == len(waiting))
        write("again")
        for one in waiting:
            one.result()
    database.close()
    assert order == ["0", "1", "2", "again"]


def test_whoever_waits_too_long_for_the_turn_is_refused_and_holds_up_nobody() -> None:
    turns = Turns()
    with turns.turn(1), ThreadPoolExecutor(1) as pool, pytest.raises(DatabaseUnavailableError):
        pool.submit(_waits, turns, 0.01).result()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(_waits, turns, HUNG).result()


def _waits(turns: Turns, seconds: float) -> None:
    with turns.turn(seconds):
        pass


def test_threads_take_turns(database: Database) -> None:
    """Each reads what it builds on inside its own transaction, so no count is lost."""
    with database.write(actor="a", origin="b") as change:
        change.open(Type3, {"type3_id": 1, "name": "0"})

    def count() -> None:
        for _ in range(10):
            with database.write(actor="a", origin="b") as change:
                now = int(change.now(Type3, {"type3_id": 1})["name"])
                change.alter(Type3, {"type3_id": 1}, {"name": str(now + 1)})

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as connection:
        assert connection.execute(select(Type3.name).where(current(Type3))).scalar_one() == "40"
        assert verify.verify(connection, KEYS).outcome == "passed"


def test_threads_that_migrate_at_once_each_bring_up_their_own_database(tmp_path: Path) -> None:
    databases = [Database.open(f"sqlite:///{tmp_path / f'{number}.sqlite'}") for number in range(4)]
    together = threading.Barrier(len(databases))

    def bring_up(one: Database) -> str | None:
        together.wait()
        migrate.upgrade(one)
        return revision.revision(one)

    with ThreadPoolExecutor(len(databases)) as pool:
        assert set(pool.map(bring_up, databases)) == {revision.head()}
    for one in databases:
        one.close()
