"""Adding many rows at the speed of the database: ``executemany`` on SQLite, ``COPY`` on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, insert

T = TypeVar("T")


def chunks(rows: Iterator[T], size: int) -> Iterator[list[T]]:
    """``rows`` in lists of at most ``size``."""
    while part := list(islice(rows, size)):
        yield part


def insert_many(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add ``rows`` to ``table``. Every row has the same columns; the row's own number may be left out."""
    if not rows:
        return
    if connection.dialect.name == "postgresql" and len(rows) > 50:
        _copy(connection, table, rows)
    else:
        connection.execute(insert(table), list(rows))


def _copy(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    names = list(rows[0])
    processors = []
    for name in names:
        bind = table.c[name].type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
        processors.append((name, bind))
    quote = connection.dialect.identifier_preparer.quote
    statement = f"COPY {quote(table.name)} ({', '.join(map(quote, names))}) FROM STDIN"
    driver = connection.connection.driver_connection
    assert driver is not None
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([row[name] if bind is None else bind(row[name]) for name, bind in processors])
