"""Adding many rows at the speed of the database: ``executemany`` on SQLite, ``COPY`` on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from operator import itemgetter
from typing import Any, TypeVar, cast

from sqlalchemy import Boolean, Connection, LargeBinary, Table, insert
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeEngine

from hub.store.types import Instant, to_microseconds

T = TypeVar("T")


def chunks(rows: Iterator[T], size: int) -> Iterator[list[T]]:
    """``rows`` in lists of at most ``size``."""
    while part := list(islice(rows, size)):
        yield part


def insert_many(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add ``rows`` to ``table``. Every row has the same columns; the row's own number may be left out."""
    if len(rows) < 50:
        if rows:
            connection.execute(insert(table), list(rows))
        return
    names = list(rows[0])
    values = _bound(connection, table, names, rows)
    quote = connection.dialect.identifier_preparer.quote
    columns = ", ".join(map(quote, names))
    if connection.dialect.name == "postgresql":
        driver = connection.connection.driver_connection
        assert driver is not None
        with driver.cursor() as cursor, cursor.copy(f"COPY {quote(table.name)} ({columns}) FROM STDIN") as copy:
            for row in values:
                copy.write_row(row)
    else:
        places = ", ".join("?" * len(names))
        connection.exec_driver_sql(f"INSERT INTO {quote(table.name)} ({columns}) VALUES ({places})", list(values))  # noqa: S608


def _bound(
    connection: Connection, table: Table, names: Sequence[str], rows: Sequence[Mapping[str, Any]]
) -> Iterable[tuple[Any, ...]]:
    """The rows as the driver takes them; by columns, because few of them are anything else than they are given."""
    columns = list(zip(*map(itemgetter(*names), rows), strict=True))
    for position, name in enumerate(names):
        bind = _binder(connection.dialect, table.c[name].type)
        if bind is not None:
            columns[position] = tuple(None if value is None else bind(value) for value in columns[position])
    return zip(*columns, strict=True)


def _binder(dialect: Dialect, kind: TypeEngine[Any]) -> Callable[[Any], Any] | None:
    """What makes of a value what the driver takes; None where it takes the value itself."""
    if dialect.name == "sqlite" and isinstance(kind, Instant):
        return to_microseconds
    if isinstance(kind, LargeBinary | Boolean):  # both drivers take bytes and truth values themselves
        return None
    return cast("Callable[[Any], Any] | None", kind.dialect_impl(dialect).bind_processor(dialect))
