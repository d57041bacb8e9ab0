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
) -> Iterator[tuple[Any, ...]]:
    """The rows as the driver takes them."""
    dialect = connection.dialect
    binds = [(name, table.c[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in names]
    for row in rows:
        yield tuple(row[name] if bind is None else bind(row[name]) for name, bind in binds)
