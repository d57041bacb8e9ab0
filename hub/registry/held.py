"""Changes too large to be believed at once: a list that shrinks by more than a stated share waits for an operator.

An import that replaces a list counts what would be closed; where :func:`too_much` says so, it calls :func:`hold`
instead of closing, and the old data go on being served. The operator reads :func:`waiting` and answers with
:func:`decide`; the same file (the same fingerprint), imported again after approval, is :func:`approved` and goes
through once.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, insert, select, update

from hub.registry.rows import RefusedError
from hub.store.change import Change
from hub.store.schema import HeldChange, ImportBatch, table_of


class Held(NamedTuple):
    """A change that waits or waited for an operator's word."""

    id: int
    at: datetime
    actor: str
    origin: str
    subject: str
    would_close: int
    total: int
    share: float
    fingerprint: str
    state: str
    """``held``, ``approved`` or ``refused``."""
    decided_by: str | None
    decided_at: datetime | None


_TABLE = table_of(HeldChange)
_IMPORTS = table_of(ImportBatch)
_COLUMNS = tuple(_TABLE.c[name] for name in Held._fields)


def too_much(would_close: int, total: int, share: float) -> bool:
    """Whether closing ``would_close`` of ``total`` is more than ``share`` (0–1) of them."""
    return would_close > total * share


def hold(
    change: Change,
    *,
    subject: str,
    would_close: int,
    total: int,
    share: float,
    fingerprint: str,
    payload: bytes | None = None,
) -> int:
    """Keep for an operator's word that ``would_close`` of ``total`` facts of ``subject`` would go; the number to name.

    ``fingerprint`` is the SHA-256 of what would be applied, in hexadecimal; held twice, it has one number.
    """
    statement = select(_TABLE.c.id).where(
        _TABLE.c.fingerprint == fingerprint, _TABLE.c.subject == subject, _TABLE.c.state == "held"
    )
    if (known := change.connection.execute(statement).scalar()) is not None:
        return int(known)
    values = {
        "at": change.at,
        "actor": change.actor,
        "origin": change.origin,
        "subject": subject,
        "would_close": would_close,
        "total": total,
        "share": share,
        "fingerprint": fingerprint,
        "payload": payload,
        "state": "held",
    }
    number = change.connection.execute(insert(_TABLE).values(**values).returning(_TABLE.c.id)).scalar_one()
    change.audit("held:hold", str(number), about=subject, would_close=would_close, total=total)
    return int(number)


def waiting(connection: Connection) -> list[Held]:
    """What waits for an operator's word, oldest first."""
    statement = select(*_COLUMNS).where(_TABLE.c.state == "held").order_by(_TABLE.c.id)
    return [Held(*row) for row in connection.execute(statement)]


def approved(connection: Connection, subject: str, fingerprint: str) -> bool:
    """Whether an operator has approved what has this fingerprint, and it was not imported since: a word holds for one
    import, so that the same old file, found again in some folder a year later, waits for a word of its own."""
    done = select(_IMPORTS.c.id).where(
        _IMPORTS.c.fingerprint == fingerprint,
        _IMPORTS.c.kind == subject,
        _IMPORTS.c.state == "done",
        _IMPORTS.c.at > _TABLE.c.decided_at,
    )
    statement = select(_TABLE.c.id).where(
        _TABLE.c.fingerprint == fingerprint,
        _TABLE.c.subject == subject,
        _TABLE.c.state == "approved",
        ~done.exists(),
    )
    return connection.execute(statement).first() is not None


def payload(connection: Connection, number: int) -> bytes | None:
    """What would have been applied, as it was handed to :func:`hold`."""
    return connection.execute(select(_TABLE.c.payload).where(_TABLE.c.id == number)).scalar_one_or_none()


def decide(change: Change, number: int, *, approve: bool) -> Held:
    """Record the operator's word on what waits; raises :class:`~hub.registry.rows.RefusedError` where nothing of this
    number waits. Applying what is approved is its owner's part, in the same transaction or by importing again."""
    state = "approved" if approve else "refused"
    statement = (
        update(_TABLE)
        .where(_TABLE.c.id == number, _TABLE.c.state == "held")
        .values(state=state, decided_by=change.actor, decided_at=change.at)
        .returning(*_COLUMNS)
    )
    row = change.connection.execute(statement).one_or_none()
    if row is None:
        raise RefusedError("Bu numarayla bekleyen bir değişiklik yok.")
    change.audit(f"held:{'approve' if approve else 'refuse'}", str(number))
    return Held(*row)
