"""How far the journal is: every commit shows at once, whoever made it, though SQLite is seldom asked."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.store import freshness as module
from hub.store import migrate
from hub.store.database import Database
from hub.store.errors import DatabaseUnavailableError
from hub.store.freshness import Freshness
from hub.store.walindex import WalIndex

_COMMIT = "UPDATE counter SET serial = serial + 1 WHERE name = ?"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    database = Database.open(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    migrate.upgrade(database)
    database.close()
    return tmp_path / "hub.sqlite"


@pytest.fixture
def fresh(path: Path) -> Iterator[Freshness]:
    made = Freshness(Database.open(f"sqlite:///{path}"))
    yield made
    made.close()


def commit(path: Path, counter: str = "journal", times: int = 1) -> None:
    connection = sqlite3.connect(path, isolation_level=None, timeout=30)
    for _ in range(times):
        connection.execute(_COMMIT, (counter,))
    connection.close()


def test_each_commit_of_another_connection_shows_at_once(path: Path, fresh: Freshness) -> None:
    for expected in range(50):
        assert fresh.serial() == expected
        assert fresh.serial("access") == expected
        commit(path)
        commit(path, "access")


def test_a_commit_of_another_process_shows_at_once(path: Path, fresh: Freshness) -> None:
    assert fresh.serial() == 0
    program = f"import sqlite3; c = sqlite3.connect({str(path)!r}); c.execute({_COMMIT!r}, ('journal',)); c.commit()"
    subprocess.run([sys.executable, "-c", program], check=True)
    assert fresh.serial() == 1


def test_commits_show_across_a_restart_of_the_log(path: Path, fresh: Freshness) -> None:
    for expected in range(5):
        assert fresh.serial() == expected
        keeper = sqlite3.connect(path, isolation_level=None)
        keeper.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        keeper.close()
        assert fresh.serial() == expected
        commit(path)


def test_what_is_rolled_back_does_not_show(path: Path, fresh: Freshness) -> None:
    assert fresh.serial() == 0
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute(_COMMIT, ("journal",))
    assert fresh.serial() == 0
    other.execute("ROLLBACK")
    other.close()
    assert fresh.serial() == 0


def test_sqlite_is_not_asked_while_nothing_is_committed(
    path: Path, fresh: Freshness, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh.serial()
    fresh.serial()
    asked = []
    read = Freshness._read
    monkeypatch.setattr(module.Freshness, "_read", lambda self: asked.append(1) or read(self))
    for _ in range(100):
        fresh.serial()
        fresh.serial("access")
    assert not asked
    commit(path)
    assert fresh.serial() == 1
    assert asked == [1]


def test_without_a_wal_index_sqlite_is_asked_each_time(
    path: Path, fresh: Freshness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WalIndex, "of", classmethod(lambda cls, path: None))
    for expected in range(3):
        assert fresh.serial() == expected
        commit(path)


def test_no_thread_is_told_less_than_was_committed_before_it_asked(path: Path, fresh: Freshness) -> None:
    committed = 0
    late: list[tuple[int, int]] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            before = committed
            told = fresh.serial()
            if told < before:
                late.append((before, told))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    writer = sqlite3.connect(path, isolation_level=None, timeout=30)
    for number in range(1, 300):
        writer.execute(_COMMIT, ("journal",))
        committed = number
    done.set()
    for thread in threads:
        thread.join()
    writer.close()
    assert not late
    assert fresh.serial() == 299


def test_threads_that_are_gone_leave_no_files_open(path: Path, fresh: Freshness) -> None:
    """The server's threads end when they are idle, and others take their place, for as long as it runs."""
    fresh.serial()
    before = len(list(Path("/proc/self/fd").iterdir()))
    for number in range(1, 21):
        commit(path)
        thread = threading.Thread(target=fresh.serial)
        thread.start()
        thread.join()
        assert fresh.serial() == number
    assert len(list(Path("/proc/self/fd").iterdir())) < before + 10  # some for the log, none for a thread or a question


def test_a_failing_database_leaves_no_files_open(path: Path, fresh: Freshness) -> None:
    fresh.serial()
    before = len(list(Path("/proc/self/fd").iterdir()))
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("ALTER TABLE counter RENAME TO lost")
    for _ in range(20):
        with pytest.raises(DatabaseUnavailableError):
            fresh.serial()
    assert len(list(Path("/proc/self/fd").iterdir())) < before + 10  # some for the log, none for a thread or a question
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("ALTER TABLE lost RENAME TO counter")
    commit(path)
    assert fresh.serial() == 1


def test_a_database_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    fresh = Freshness(Database.open(f"sqlite:///{tmp_path / 'missing.sqlite'}"))
    with pytest.raises(DatabaseUnavailableError):
        fresh.serial()
    fresh.close()
