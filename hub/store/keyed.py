"""A few rows by their keys, at the cost of the database's own work: for questions that are asked at each request.

A statement is compiled once and handed to the driver as text, on connections that are kept for nothing else. What comes
back is the driver's, so columns are whole numbers and texts; instants are made with :meth:`Keyed.instant`.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

import psycopg
from sqlalchemy import ClauseElement

from hub import limits
from hub.store.database import Database
from hub.store.errors import DatabaseUnavailableError
from hub.store.types import from_microseconds

Rows = list[tuple[Any, ...]]
Parameters = Mapping[str, Any]

_ERRORS: Final = (sqlite3.Error, psycopg.Error)


class Statement:
    """A statement in the database's own words; made by :meth:`Keyed.statement`."""

    __slots__ = ("_constants", "_order", "text")

    def __init__(self, text: str, constants: Parameters, order: Sequence[str] | None) -> None:
        """``order`` names the parameters in their places; None where they are given by name."""
        self.text = text
        self._constants = constants
        self._order = order

    def values(self, parameters: Parameters) -> Any:
        """What the driver takes beside :attr:`text`."""
        given = {**self._constants, **parameters}
        return given if self._order is None else [given[name] for name in self._order]


class Keyed:
    """One for each process, made after it was forked; threads may share it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._idle: list[Any] = []
        self._closed = False

    def statement(self, statement: ClauseElement) -> Statement:
        """``statement`` ready to be asked. Its parameters are ``bindparam(name, type_=…)`` of whole numbers, texts or
        bytes; lists are not expanded."""
        compiled: Any = statement.compile(dialect=self._database.reader.dialect)
        return Statement(str(compiled), compiled.params, compiled.positiontup)

    def rows(self, questions: Sequence[tuple[Statement, Parameters]]) -> list[Rows]:
        """What each question finds, all of them over one state of the database.

        Raises :class:`~hub.store.errors.DatabaseUnavailableError`.
        """
        while True:
            kept = bool(self._idle)
            connection = self._take()
            try:
                found = self._ask(connection, questions)
            except _ERRORS as error:
                _drop(connection)
                if kept and isinstance(error, psycopg.OperationalError):
                    continue  # the server closed it while it was idle; the kept ones end, then a new one decides
                raise DatabaseUnavailableError("Veritabanına ulaşılamıyor ya da veritabanı meşgul.") from error
            self._give(connection)
            return found

    def instant(self, value: Any) -> datetime | None:
        """The instant that a column of instants holds."""
        if value is None:
            return None
        return from_microseconds(value) if isinstance(value, int) else value.astimezone(UTC)

    def close(self) -> None:
        """Give the connections up."""
        self._closed = True
        while self._idle:
            _drop(self._idle.pop())

    def _ask(self, connection: Any, questions: Sequence[tuple[Statement, Parameters]]) -> list[Rows]:
        several = len(questions) > 1  # a single statement sees one state by itself
        if several:
            connection.execute("BEGIN")
        found = [
            connection.execute(statement.text, statement.values(parameters)).fetchall()
            for statement, parameters in questions
        ]
        if several:
            connection.execute("COMMIT")
        return found

    def _take(self) -> Any:
        with contextlib.suppress(IndexError):
            return self._idle.pop()
        try:
            return self._connect_embedded() if self._database.embedded else self._connect_server()
        except _ERRORS as error:
            raise DatabaseUnavailableError("Veritabanına ulaşılamıyor.") from error

    def _give(self, connection: Any) -> None:
        if self._closed or len(self._idle) >= limits.DATABASE_POOL:
            _drop(connection)
        else:
            self._idle.append(connection)

    def _connect_embedded(self) -> sqlite3.Connection:
        path = self._database.url.database
        assert path is not None
        connection = sqlite3.connect(
            f"file:{quote(path)}?mode=rw",
            uri=True,
            timeout=limits.DATABASE_WAIT,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.execute("PRAGMA query_only = ON")
        connection.execute(f"PRAGMA cache_size = -{limits.SQLITE_CACHE // 1024}")
        return connection

    def _connect_server(self) -> psycopg.Connection[Any]:
        _, arguments = self._database.reader.dialect.create_connect_args(self._database.url)
        connection = psycopg.connect(**arguments, autocommit=True, connect_timeout=limits.DATABASE_CONNECT)
        connection.execute("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return connection


def _drop(connection: Any) -> None:
    with contextlib.suppress(*_ERRORS):
        connection.close()
