"""The audit trail, and the counters at the ends of both chains."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from hub import clock
from hub.store import chain
from hub.store.personal import Keys
from hub.store.schema import AuditEvent, Counter, table_of
from hub.store.shape import Row


def append_audit(
    connection: Connection,
    keys: Keys | None,
    actor: str,
    event: str,
    subject: str,
    detail: Row,
    *,
    at: datetime | None = None,
) -> None:
    """Add one event to the audit trail, in the transaction of ``connection``."""
    statement = select(Counter.serial, Counter.at, Counter.hash).where(Counter.name == "audit").with_for_update()
    serial, last, before = connection.execute(statement).one()
    serial += 1
    at = max(at or clock.now(), last)
    words = chain.canonical({name: detail[name] for name in sorted(detail) if detail[name] is not None}).decode()
    head = chain.next_hash(before, serial, at, actor, event, subject, words)
    connection.execute(
        table_of(AuditEvent).insert(),
        {
            "serial": serial,
            "at": at,
            "actor": actor,
            "event": event,
            "subject": subject,
            "detail": words,
            "hash": head,
        },
    )
    move_counter(connection, keys, "audit", serial, at, head)


def move_counter(connection: Connection, keys: Keys | None, name: str, serial: int, at: datetime, head: bytes) -> None:
    """Set the counter ``name`` to the end of its chain, sealed where there are keys."""
    seal = None if keys is None else keys.chain_seal(name, serial, head)
    values = {"serial": serial, "at": at, "hash": head, "seal": seal}
    connection.execute(update(Counter).where(Counter.name == name).values(**values))
