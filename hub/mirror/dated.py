"""When a certificate was changed last: clients ask for those changed since a day, by this date alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import select

from hub.mirror.source import Facts
from hub.store.change import Change
from hub.store.schema import Certificate, table_of
from hub.store.scope import current


def keep_dated(change: Change, rows: Iterable[Facts]) -> Iterator[Facts]:
    """``rows`` of certificates, each with the date of its last change as it is recorded: never earlier than what is
    known, and the instant of ``change`` for one that is withdrawn or comes back of which the source tells no newer."""
    waiting = list(rows)
    table = table_of(Certificate)
    statement = select(table.c.detsis_no, table.c.fingerprint, table.c.active, table.c.updated_at).where(
        table.c.detsis_no.in_({row["detsis_no"] for row in waiting}), current(Certificate)
    )
    known = {(row.detsis_no, row.fingerprint): row for row in change.connection.execute(statement)}
    for row in waiting:
        before = known.get((row["detsis_no"], row["fingerprint"]))
        if before is None or row["updated_at"] > before.updated_at:
            yield row
        else:
            turned = row.get("active", before.active) != before.active
            yield {**row, "updated_at": change.at if turned else before.updated_at}
