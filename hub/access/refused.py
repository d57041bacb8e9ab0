"""Calls that the door refused, in the audit trail: how many, under which name, from where.

What a call names itself with is proven by nothing, so whoever floods the door must not fill the trail: only names that
a credential has or once had are noted, the calls of one name together, the first within about a second, what follows
after a minute and then after twice as long each time, up to an hour. It is written by a thread of its own: the refused
call waits for nothing, so that time does not tell which names exist.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from hub import limits
from hub.access.door import Caller
from hub.access.errors import AccessDeniedError
from hub.store.database import Database
from hub.store.errors import StoreError
from hub.store.schema import Credential, table_of

_log: Final = logging.getLogger("hub.access")
_TABLE = table_of(Credential)

Check = Callable[[str | None, str | None, str], Caller]
"""Name, password and client address to the caller whom they prove: :meth:`hub.access.door.Door.check`."""


@dataclass(slots=True)
class _Refused:
    calls: int
    client: str


@dataclass(slots=True)
class _Noted:
    due: float
    """When further calls may be noted."""
    pause: float


class RefusedCalls:
    """The refused calls of one process; threads may share it. The thread begins with the first one."""

    def __init__(self, database: Database, check: Check, *, now: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._check = check
        self._now = now
        self._waiting: dict[str, _Refused] = {}
        self._noted: dict[str, _Noted] = {}
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def check(self, kurum_id: str | None, password: str | None, client: str = "") -> Caller:
        """The caller whom the door lets in; a refusal is remembered and raised again."""
        try:
            return self._check(kurum_id, password, client)
        except AccessDeniedError:
            self._remember((kurum_id or "").strip(), client)
            raise

    def close(self) -> None:
        """Have the thread note what still waits, and stop; what cannot be noted is told in the log. Who holds the
        database, an import for example, does not hold up the end for longer than ``REFUSED_LAST``."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join(limits.REFUSED_LAST)

    def _remember(self, name: str, client: str) -> None:
        if not name or len(name) > limits.KURUM_ID:
            return  # no credential has such a name
        with self._lock:
            found = self._waiting.get(name)
            if found is not None:
                found.calls, found.client = found.calls + 1, client
            elif len(self._waiting) < limits.REFUSED_NAMES:
                self._waiting[name] = _Refused(1, client)
            if self._thread is None and not self._closing.is_set():
                self._thread = threading.Thread(target=self._keep_noting, name="refused-calls", daemon=True)
                self._thread.start()

    def _keep_noting(self) -> None:
        while not self._closing.wait(limits.REFUSED_LOOK):
            self._try_to_note()
        self._try_to_note(last=True)

    def _try_to_note(self, *, last: bool = False) -> None:
        try:
            self.note(last=last)
        except StoreError as error:  # what waits goes on waiting
            _log.warning("refused calls could not be noted: %s", error.code)

    def note(self, *, last: bool = False) -> None:
        """Write what is due (with ``last`` all) to the audit trail. Raises :class:`~hub.store.errors.StoreError`."""
        now = self._now()
        with self._lock:
            due = {n: r for n, r in self._waiting.items() if last or n not in self._noted or self._noted[n].due <= now}
        if not due:
            return
        standing = self._standing(sorted(due))
        for name in due:
            with self._lock:
                refused = self._waiting.pop(name)
                if name in standing:
                    self._noted[name] = _next_time(self._noted.get(name), now)
            if name in standing:
                state = "valid" if standing[name] else "revoked"
                about = {"calls": refused.calls, "client": refused.client or None, "credential": state}
                try:
                    self._database.audit("hub", "access:refuse", f"kurum {name}", **about)
                except StoreError:
                    self._return(name, refused)
                    raise

    def _return(self, name: str, refused: _Refused) -> None:
        with self._lock:
            self._noted.pop(name, None)
            later = self._waiting.setdefault(name, _Refused(0, refused.client))
            later.calls += refused.calls

    def _standing(self, names: list[str]) -> dict[str, bool]:
        """Those of ``names`` that a credential has or had, and whether one of them is valid."""
        found: dict[str, bool] = {}
        with self._database.read() as connection:
            statement = select(_TABLE.c.kurum_id, _TABLE.c.revoked_at).where(_TABLE.c.kurum_id.in_(names))
            for name, revoked_at in connection.execute(statement):
                found[name] = found.get(name, False) or revoked_at is None
        return found


def _next_time(before: _Noted | None, now: float) -> _Noted:
    """When a name may be noted again: ever later while its calls go on, at once again after a quiet time."""
    if before is None or now - before.due > before.pause:
        return _Noted(now + limits.REFUSED_SECONDS, limits.REFUSED_SECONDS)
    pause = min(2 * before.pause, limits.REFUSED_SECONDS_MOST)
    return _Noted(now + pause, pause)
