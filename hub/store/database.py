"""One database, reached for reading in a snapshot and for writing in one transaction with its journal."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from psycopg.errors import DiskFull
from sqlalchemy import Connection, Engine, create_engine, event, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from hub import limits
from hub.store.change import Change
from hub.store.errors import ConflictError, DatabaseUnavailableError
from hub.store.personal import Keys
from hub.store.schema import Counter
from hub.store.trail import append_audit
from hub.store.turns import Turns

_SQLITE: Final = {
    sqlite3.SQLITE_FULL: "Disk dolu; hiçbir şey yazılmadı.",
    sqlite3.SQLITE_IOERR: "Disk okunamıyor ya da yazılamıyor; dolu olabilir.",
    sqlite3.SQLITE_READONLY: "Veritabanı dosyasına yazma izni yok.",
    sqlite3.SQLITE_CANTOPEN: "Veritabanı dosyası açılamıyor: yok ya da izin yok.",
    sqlite3.SQLITE_NOTADB: "Bu dosya bir SQLite veritabanı değil.",
    sqlite3.SQLITE_CORRUPT: "Veritabanı dosyası bozuk; yedekten geri yükleyin.",
}

_CONNECTING: Final = (
    ("resolve host", "Veritabanı sunucusunun adı çözülemiyor."),
    (
        "Connection refused",
        "Veritabanı sunucusu bu adreste yanıt vermiyor: çalışmıyor ya da bağlantı noktası (port) yanlış.",
    ),
    ("password", "Veritabanı sunucusu kullanıcıyı ya da parolasını kabul etmiyor."),
    ("does not exist", "Veritabanı sunucusunda bu adda bir veritabanı ya da kullanıcı yok."),
)
"""What libpq says of a connection that was not made (it gives no code), and what is told of it."""


class Database:
    """The hub's database: an embedded SQLite file or a PostgreSQL server, the same to its users."""

    def __init__(self, url: URL, reader: Engine, writer: Engine, keys: Keys | None) -> None:
        self.url = url
        self.reader = reader
        self.writer = writer
        self.keys = keys
        self._turns = Turns()
        self.last_committed = {"journal": 0, "access": 0}
        """What this process itself has committed, by counter."""

    @classmethod
    def open(cls, url: str, keys: Keys | None = None, *, lasting: bool = True) -> Database:
        """The database at the SQLAlchemy ``url`` (``sqlite:///file`` or ``postgresql://…``, spoken with psycopg 3).

        ``keys`` seals the ends of the chains; without it what is written is chained but not sealed. Opening connects
        to nothing yet. Unless ``lasting``, commits to an embedded database do not wait for the disk: for filling one
        that is begun anew when the machine fails before :meth:`settle`. Raises
        :class:`~hub.store.errors.DatabaseUnavailableError` for a URL that the hub cannot use.
        """
        parsed = parse_url(url)
        if parsed.get_backend_name() == "sqlite":
            return cls(parsed, _sqlite(parsed, reading=True), _sqlite(parsed, reading=False, lasting=lasting), keys)
        engine = create_engine(
            parsed,
            pool_pre_ping=True,
            pool_size=limits.DATABASE_POOL,
            max_overflow=limits.DATABASE_POOL,
            pool_timeout=limits.DATABASE_WAIT,
            connect_args={"connect_timeout": limits.DATABASE_CONNECT},
            hide_parameters=True,
        )
        reader = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        return cls(parsed, reader, engine.execution_options(isolation_level="READ COMMITTED"), keys)

    @property
    def embedded(self) -> bool:
        """Whether this is SQLite."""
        return self.url.get_backend_name() == "sqlite"

    def close(self) -> None:
        """Give up all connections."""
        self.reader.dispose()
        self.writer.dispose()

    def settle(self) -> None:
        """Give up all connections, and wait until the disk holds everything. Raises ``OSError``."""
        self.close()
        if not self.embedded:
            return
        assert self.url.database is not None
        file = Path(self.url.database)
        for path in (file, file.with_name(f"{file.name}-wal")):
            with contextlib.suppress(FileNotFoundError), path.open("rb+") as written:
                os.fsync(written.fileno())

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection whose every statement sees one and the same state; it cannot write."""
        with translated(), self.reader.connect() as connection:
            connection.execute(select(Counter.serial))  # the first statement fixes the snapshot
            yield connection

    @contextlib.contextmanager
    def write(self, *, actor: str, origin: str, at: datetime | None = None) -> Iterator[Change]:
        """One transaction of changes: all of it, with its journal rows, or nothing.

        ``actor`` is who (never a T.C. kimlik no), ``origin`` the way in, for example ``import:units.csv``. Writers take
        turns: the second waits until the first has committed or given up. ``at`` (None: now) is for replaying a history
        into an empty registry; it never comes before what is recorded already.
        """
        with self._writing() as connection:
            change = Change(connection, actor=actor, origin=origin, keys=self.keys, at=at)
            yield change
            change.finish()
        for counter, serial in (("journal", change.serial), ("access", change.access_serial)):
            self.last_committed[counter] = max(self.last_committed[counter], serial)

    def audit(self, actor: str, event: str, subject: str, /, **detail: object) -> None:
        """Record in the audit trail that ``actor`` did ``event`` (``subject:action``) to ``subject``, committed when
        this returns. What goes with a change is recorded with it instead: :meth:`hub.store.change.Change.audit`."""
        with self._writing() as connection:
            append_audit(connection, self.keys, actor, event, subject, detail)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction of the one writer."""
        queued = self._turns.turn(limits.DATABASE_WAIT) if self.embedded else contextlib.nullcontext()
        with queued, translated(), self.writer.begin() as connection:
            yield connection

    def serial(self, counter: str = "journal") -> int:
        """The serial of the last committed change; 0 for an empty registry."""
        with self.read() as connection:
            return connection.execute(select(Counter.serial).where(Counter.name == counter)).scalar_one()


def parse_url(url: str) -> URL:
    """``url`` with the driver that the hub uses; raises :class:`DatabaseUnavailableError` for one it cannot use."""
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, NoSuchModuleError, ValueError):
        raise DatabaseUnavailableError("Veritabanı adresi okunamıyor.") from None
    if backend == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise DatabaseUnavailableError("SQLite için bir dosya adı gerekir.")
        return parsed.set(drivername="sqlite+pysqlite")
    if backend in {"postgresql", "postgres"}:
        return parsed.set(drivername="postgresql+psycopg")
    raise DatabaseUnavailableError(f"Bu veritabanı türü desteklenmiyor: {backend}")


def _sqlite(url: URL, *, reading: bool, lasting: bool = True) -> Engine:
    assert url.database is not None
    folder = Path(url.database).absolute().parent
    engine = create_engine(
        url,
        connect_args={"timeout": limits.DATABASE_WAIT, "check_same_thread": False},
        pool_size=limits.DATABASE_POOL,
        max_overflow=limits.DATABASE_POOL,
        pool_timeout=limits.DATABASE_WAIT,
        hide_parameters=True,
    )
    begin = "BEGIN" if reading else "BEGIN IMMEDIATE"

    @event.listens_for(engine, "do_connect")
    def settle(dialect: Any, record: Any, arguments: Any, options: Any) -> None:
        if not reading:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    @event.listens_for(engine, "connect")
    def connect(raw: Any, record: Any) -> None:
        raw.isolation_level = None  # transactions are begun below, not by the driver
        cursor = raw.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute(f"PRAGMA synchronous = {'NORMAL' if reading else 'FULL' if lasting else 'OFF'}")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute(f"PRAGMA cache_size = -{limits.SQLITE_CACHE // 1024}")
        if reading:
            cursor.execute("PRAGMA query_only = ON")
        elif not lasting:
            cursor.execute(f"PRAGMA cache_size = -{limits.SQLITE_FILLING // 1024}")
            cursor.execute(f"PRAGMA wal_autocheckpoint = {limits.SQLITE_FILLING // 4096}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Turn the driver's failure to reach or use the database into the hub's own error, without parameters in it. Raises
    :class:`~hub.store.errors.DatabaseUnavailableError`, ``ConflictError``."""
    try:
        yield
    except OperationalError as error:
        raise DatabaseUnavailableError(_why(error.orig)) from error
    except PoolTimeoutError as error:  # all connections are in use, for longer than anybody may wait
        raise DatabaseUnavailableError(_why(None)) from error
    except IntegrityError:
        # PostgreSQL names the values in its message: nothing of it goes on
        raise ConflictError("Bu bilgi başka bir kayıtla çakışıyor.") from None
    except DBAPIError as error:
        if error.connection_invalidated:
            raise DatabaseUnavailableError("Veritabanı bağlantısı koptu.") from error
        if getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in _SQLITE:  # the primary code
            raise DatabaseUnavailableError(_why(error.orig)) from error
        raise


def _why(error: BaseException | None) -> str:
    """What an operator can mend, in words; never the driver's own, which may hold values."""
    if isinstance(error, DiskFull):
        return _SQLITE[sqlite3.SQLITE_FULL]
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    said = str(error) if code == 0 and getattr(error, "sqlstate", None) is None else ""
    told = next(
        (words for part, words in _CONNECTING if part in said), "Veritabanına ulaşılamıyor ya da veritabanı meşgul."
    )
    return _SQLITE.get(code, told)
