"""The audit trail, and the counters at the ends of both chains."""

from __future__ import annotations

import hmac
from datetime import datetime

from sqlalchemy import Connection, select, update

from hub import clock
from hub.store import chain
from hub.store.errors import KeyUnusableError
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
    serial, last, before = locked_end(connection, keys, "audit")
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


def locked_end(connection: Connection, keys: Keys | None, name: str) -> tuple[int, datetime, bytes]:
    """Serial, instant and hash at the end of the chain ``name``, locked until the transaction ends.

    Raises :class:`~hub.store.errors.KeyUnusableError` where another key has sealed it: writing on with this one would
    hide from ``eyhub journal verify`` what was done, and leave personal data under two keys.
    """
    columns = (Counter.serial, Counter.at, Counter.hash, Counter.seal)
    serial, at, head, seal = connection.execute(select(*columns).where(Counter.name == name).with_for_update()).one()
    _check_seal(keys, name, serial, head, seal)
    return serial, at, head


def check_key(connection: Connection, keys: Keys) -> None:
    """Raise :class:`~hub.store.errors.KeyUnusableError` unless ``keys`` are those that the chains are sealed with."""
    for name, serial, head, seal in connection.execute(
        select(Counter.name, Counter.serial, Counter.hash, Counter.seal).where(Counter.name.in_(("journal", "audit")))
    ):
        _check_seal(keys, name, serial, head, seal)


def _check_seal(keys: Keys | None, name: str, serial: int, head: bytes, seal: bytes | None) -> None:
    if keys is not None and seal is not None and not hmac.compare_digest(seal, keys.chain_seal(name, serial, head)):
        raise KeyUnusableError("Anahtar dosyası bu veritabanınınki değil ya da kayıtların sonu değiştirilmiş.")


def move_counter(connection: Connection, keys: Keys | None, name: str, serial: int, at: datetime, head: bytes) -> None:
    """Set the counter ``name`` to the end of its chain, sealed where there are keys."""
    seal = None if keys is None else keys.chain_seal(name, serial, head)
    values = {"serial": serial, "at": at, "hash": head, "seal": seal}
    connection.execute(update(Counter).where(Counter.name == name).values(**values))
