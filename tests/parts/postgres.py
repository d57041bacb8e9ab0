"""A private PostgreSQL cluster for the tests of one process: its own folder, a socket and no port, gone at the end."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg

from parts.waiting import HUNG


def binaries() -> Path | None:
    """The folder of ``initdb`` and ``pg_ctl``, in PATH or where Debian puts it; the newest version first."""
    if (found := shutil.which("initdb")) is not None:
        return Path(found).resolve().parent
    versions = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(versions, key=lambda path: float(path.parent.name), default=None)


def _owner() -> list[str]:
    """What to put before a command so that it does not run as root, which the server refuses."""
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam("postgres")
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


class Cluster:
    """A running server; :meth:`database` makes databases, :meth:`url` says where one is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def run(self, statement: str) -> None:
        with psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(statement)

    def create(self, like: str | None = None) -> str:
        """The name of a new database: empty, or a copy of the database ``like``, which nobody has open."""
        name = f"t{uuid.uuid4().hex}"
        empty = "template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
        self.run(f"CREATE DATABASE {name} TEMPLATE {like or empty}")
        return name

    @contextlib.contextmanager
    def database(self, like: str | None = None) -> Iterator[str]:
        """The name of a new database, as :meth:`create` makes it, that is gone afterwards."""
        name = self.create(like)
        try:
            yield name
        finally:
            self.run(f"DROP DATABASE {name} WITH (FORCE)")


@contextlib.contextmanager
def cluster() -> Iterator[Cluster]:
    """Start a cluster of one's own and take it away afterwards."""
    tools = binaries()
    assert tools is not None, "PostgreSQL's initdb is not installed"
    folder = Path(tempfile.mkdtemp(prefix="eyhub-pg-"))  # short: a socket's path has little over 100 bytes
    owner = _owner()
    if owner:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
    data = folder / "data"
    settings = (
        f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off -c max_connections=60"
        " -c shared_buffers=32MB -c autovacuum=off"
    )
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT, "cwd": "/"}
    try:
        command = [*owner, tools / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8"]
        subprocess.run([*command, "--no-locale"], **quiet)  # type: ignore[call-overload]
        command = [*owner, tools / "pg_ctl", "-D", data, "-l", folder / "log", "-o", settings, "-t", str(HUNG), "-w"]
        subprocess.run([*command, "start"], **quiet)  # type: ignore[call-overload]
        try:
            yield Cluster(folder)
        finally:
            subprocess.run([*owner, tools / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"], **quiet)  # type: ignore[call-overload]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
