"""The check of every call: who calls, by name and password.

A password that was verified once is remembered as a keyed digest, under a key that lives only in this process, so that
every later call costs microseconds. What is not remembered is verified with argon2id. Whatever fails, fails alike: in
the same words and after the same number of verifications, whether the name is unknown or revoked or the password wrong.
So that nobody keeps the processors busy with wrong passwords, few are verified at once, and after some failures for a
name from one address further ones are refused without looking, for a while; a remembered password is never refused so.
"""

from __future__ import annotations

import hmac
import logging
import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final, NamedTuple

from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select

from hub import limits
from hub.access.credentials import HASHER, Right, read_rights
from hub.access.errors import AccessBusyError, AccessDeniedError
from hub.store.database import Database
from hub.store.freshness import Freshness
from hub.store.schema import Credential, table_of

_log: Final = logging.getLogger("hub.access")
_TABLE = table_of(Credential)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: an institution that has been granted access."""

    credential: int
    kurum_id: str
    detsis_no: int
    rights: frozenset[Right]

    @property
    def may_see_personal_data(self) -> bool:
        """Whether managers may be looked up by T.C. kimlik no and their dates of birth shown."""
        return Right.PERSONAL in self.rights


class _Known(NamedTuple):
    digest: bytes
    hash: str
    caller: Caller


class Door:
    """The door of one process; threads may share it. Make it after the process was forked."""

    def __init__(self, database: Database, freshness: Freshness) -> None:
        self._database = database
        self._freshness = freshness
        self._key = secrets.token_bytes(32)
        self._seen = -1
        self._known: dict[str, dict[int, _Known]] = {}
        self._failures: OrderedDict[tuple[str, str], tuple[int, float]] = OrderedDict()
        self._lock = threading.Lock()
        self._turns = threading.BoundedSemaphore(limits.ARGON2_AT_ONCE)
        self._nobody = HASHER.hash(secrets.token_urlsafe(24))

    def check(self, kurum_id: str | None, password: str | None, client: str = "") -> Caller:
        """The caller that ``kurum_id`` and ``password`` prove; ``client`` is the address the call came from.

        What was given or revoked before the call counts. Raises :class:`~hub.access.errors.AccessDeniedError`, or
        :class:`~hub.access.errors.AccessBusyError` where too many passwords wait to be verified.
        """
        name = (kurum_id or "").strip()[: limits.KURUM_ID + 1]
        secret = password or ""
        if len(secret) > limits.PASSWORD_MOST:
            secret = ""
        serial = self._freshness.serial("access")
        if serial != self._seen:
            self._refresh(serial)
        digest = blake2b(secret.encode("utf-8", "surrogatepass"), digest_size=32, key=self._key).digest()
        caller = self._remembered(name, digest)
        if caller is not None:
            return caller
        if self._throttled(name, client):
            raise AccessDeniedError
        if not self._turns.acquire(timeout=limits.ARGON2_WAIT):
            raise AccessBusyError
        try:  # a new client's connections come at once; what the first one proved, the others need not prove again
            caller = self._remembered(name, digest) or self._verify(name, secret, digest)
        finally:
            self._turns.release()
        if caller is None:
            self._failed(name, client)
            raise AccessDeniedError
        return caller

    def _remembered(self, name: str, digest: bytes) -> Caller | None:
        for known in list(self._known.get(name, {}).values()):
            if hmac.compare_digest(known.digest, digest):
                return known.caller
        return None

    def _verify(self, name: str, secret: str, digest: bytes) -> Caller | None:
        """Verify against the credentials of ``name``, filled up with one that is nobody's."""
        columns = (_TABLE.c.id, _TABLE.c.kurum_id, _TABLE.c.detsis_no, _TABLE.c.rights, _TABLE.c.hash)
        statement = select(*columns).where(_TABLE.c.kurum_id == name, _TABLE.c.revoked_at.is_(None))
        seen = self._seen
        with self._database.read() as connection:
            rows = connection.execute(statement.order_by(_TABLE.c.id)).all()
        for place in range(limits.CREDENTIALS_EACH):
            row = rows[place] if place < len(rows) else None
            right = _matches(self._nobody if row is None else row.hash, secret)
            if row is not None and right:
                caller = Caller(row.id, row.kurum_id, row.detsis_no, read_rights(row.rights))
                with self._lock:
                    if self._seen == seen:  # else it may have been revoked since it was read
                        self._known.setdefault(name, {})[row.id] = _Known(digest, row.hash, caller)
                return caller
        return None

    def _refresh(self, serial: int) -> None:
        """Forget what was revoked or changed; what still stands needs no new verification."""
        with self._lock, self._database.read() as connection:
            columns = (_TABLE.c.id, _TABLE.c.hash, _TABLE.c.rights)
            statement = select(*columns).where(_TABLE.c.revoked_at.is_(None))
            valid = {row.id: (row.hash, row.rights) for row in connection.execute(statement)}
            self._known = {
                name: {
                    number: known
                    for number, known in held.items()
                    if valid.get(number) == (known.hash, " ".join(sorted(known.caller.rights)))
                }
                for name, held in self._known.items()
            }
            self._seen = serial

    def _throttled(self, name: str, client: str) -> bool:
        with self._lock:
            count, until = self._failures.get((name, client), (0, 0.0))
            return count >= limits.FAILURES and time.monotonic() < until

    def _failed(self, name: str, client: str) -> None:
        now = time.monotonic()
        with self._lock:
            count, until = self._failures.pop((name, client), (0, 0.0))
            count = count + 1 if now < until else 1
            self._failures[name, client] = (count, now + limits.FAILURES_SECONDS)
            if len(self._failures) > limits.FAILURES_REMEMBERED:
                self._failures.popitem(last=False)
        shown = name if name.isascii() and name.isdecimal() and len(name) == 8 else "?"
        _log.warning("authentication failed: caller %s, failure %d", shown, count)


def _matches(stored: str, secret: str) -> bool:
    try:
        return HASHER.verify(stored, secret.encode("utf-8", "surrogatepass"))
    except (VerificationError, InvalidHashError):
        return False
