"""Lanes: as few worker threads at work as keep the core busy.

The WSGI server starts a thread for every request that waits, up to its bound, and all of them then contend for the
interpreter lock: under load each call is handed from thread to thread several times, which costs more than the call. So
a thread that has answered rests, outside the server's queue, while enough others are free to take the next request.
Should these be held up (by a slow sender, a slow reader or a long task), resting threads take over within milliseconds.
"""

from __future__ import annotations

import threading
import time
from typing import Final

TICK: Final = 0.005
"""Seconds between two looks at who is held up, and after which a request under way counts as held up."""

_REST_TICKS: Final = 200
"""Ticks without any request after which all resting threads go back, so that the server can end them."""


class Lanes:
    """Brackets each request: :meth:`enter` before it, :meth:`leave` once its answer was given away.

    ``count`` threads are kept free: neither resting nor held up. The methods are for the server's threads; none raises.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._held_up = 0
        self._entered = 0
        self._present: set[int] = set()
        self._of_thread = threading.local()
        self._at_work: dict[int, float] = {}
        self._resting: list[threading.Lock] = []
        self._deciding = threading.Lock()
        self._rests = threading.Event()
        self._started = False

    @property
    def present(self) -> int:
        """Threads that entered at least once and have not ended."""
        return len(self._present)

    def enter(self) -> None:
        """The calling thread begins a request."""
        me = threading.get_ident()
        if me not in self._present:
            self._of_thread.presence = _Presence(self._present, me)
        self._entered += 1
        self._at_work[me] = time.monotonic()

    def leave(self, rest: bool = True) -> None:
        """The calling thread has answered; returns when it is wanted again, or at once where it may not ``rest``."""
        del self._at_work[threading.get_ident()]
        if not rest:
            return
        resting = self._resting
        if len(self._present) - len(resting) - self._held_up > self._count:
            with self._deciding:
                if len(self._present) - len(resting) - self._held_up <= self._count:
                    return
                mine = threading.Lock()
                mine.acquire()
                resting.append(mine)
            self._rests.set()
            if not self._started:
                self._run_once()
            mine.acquire()

    def _wake(self, count: int) -> None:
        with self._deciding:
            for _ in range(min(count, len(self._resting))):
                self._resting.pop().release()

    def _run_once(self) -> None:
        with self._deciding:
            if not self._started:
                threading.Thread(target=self._watch, name="lanes", daemon=True).start()
                self._started = True

    def _watch(self) -> None:
        while True:
            self._rests.wait()
            self._rests.clear()
            self._tend()

    def _tend(self) -> None:
        """Look after resting threads until there are none."""
        quiet, more, entered = 0, 1, self._entered
        while self._resting:
            time.sleep(TICK)
            began = list(self._at_work.values())
            late = time.monotonic() - TICK
            self._held_up = sum(one < late for one in began)
            wanted = self._count + self._held_up + len(self._resting) - len(self._present)
            if wanted > 0:
                self._wake(wanted * more)
                more *= 2
            else:
                more = 1
            quiet = 0 if began or self._entered != entered else quiet + 1
            entered = self._entered
            if quiet >= _REST_TICKS:
                self._wake(len(self._resting))
        self._held_up = 0


class _Presence:
    """Lives as long as its thread does."""

    __slots__ = ("_me", "_present")

    def __init__(self, present: set[int], me: int) -> None:
        self._present = present
        self._me = me
        present.add(me)

    def __del__(self) -> None:
        self._present.discard(self._me)
