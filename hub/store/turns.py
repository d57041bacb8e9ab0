"""Turns: threads of one process are let in one after the other, in the order in which they came.

SQLite lets whoever waits for its one writer sleep and look again, so that a busy process's writers pass each other by
and some wait for many seconds; the locks of :mod:`threading` favour the thread that runs.
"""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Iterator

from hub.store.errors import DatabaseUnavailableError


class Turns:
    """A queue for something that one thread may do at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._taken = False

    @contextlib.contextmanager
    def turn(self, seconds: float) -> Iterator[None]:
        """Wait for the turn; the next one's begins at the end of the block. Raises
        :class:`~hub.store.errors.DatabaseUnavailableError` where it does not come within ``seconds``."""
        if (mine := self._asked()) is not None and not mine.wait(seconds):
            self._give_up(mine)
        try:
            yield
        finally:
            with self._lock:
                if self._waiting:
                    self._waiting.popleft().set()
                else:
                    self._taken = False

    def _asked(self) -> threading.Event | None:
        """What tells that the turn has come; None where it is there at once."""
        with self._lock:
            if not self._taken:
                self._taken = True
                return None
            mine = threading.Event()
            self._waiting.append(mine)
            return mine

    def _give_up(self, mine: threading.Event) -> None:
        with self._lock:
            if mine.is_set():  # it came at the last moment
                return
            self._waiting.remove(mine)
        raise DatabaseUnavailableError("Veritabanı meşgul; sıra gelmedi.")
