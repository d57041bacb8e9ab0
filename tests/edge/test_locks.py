"""Looking for the sockets of slow clients must not touch the process's other files: closing any descriptor of a file,
even a copy, gives up the locks that the process holds on it (fcntl(2)), and SQLite's safety rests on such locks."""

from __future__ import annotations

import fcntl
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

from hub.edge.deadline import shut_silent
from hub.store import migrate
from hub.store.database import Database

_TRY = """
import fcntl, sys
with open(sys.argv[1], "r+b") as file:
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        print("held")
"""


def shut() -> int:
    """Search as for a slow client, with sockets of all kinds about."""
    one, other = socket.socketpair()
    listener = socket.create_server(("127.0.0.1", 0))
    with one, other, listener, socket.create_connection(listener.getsockname()):
        return shut_silent("192.0.2.1", 0)


def test_locks_of_the_process_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "locked"
    with path.open("w+b") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        assert shut() == 0
        other = subprocess.run([sys.executable, "-c", _TRY, str(path)], capture_output=True, text=True, check=True)
    assert other.stdout == "held\n"


def test_another_process_does_not_take_the_databases_log_away(tmp_path: Path) -> None:
    path = tmp_path / "hub.sqlite"
    database = Database.open(f"sqlite:///{path}")
    migrate.upgrade(database)
    with database.read():
        pass
    assert shut() == 0
    program = f"import sqlite3; c = sqlite3.connect({str(path)!r}); c.execute('SELECT * FROM counter'); c.close()"
    subprocess.run([sys.executable, "-c", program], check=True)
    assert Path(f"{path}-wal").exists()
    other = sqlite3.connect(path)
    other.execute("UPDATE counter SET serial = 7 WHERE name = 'journal'")
    other.commit()
    other.close()
    assert database.serial() == 7
    database.close()
