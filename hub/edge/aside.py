"""Work that answering threads leave for later: a thread of its own does it soon, in small portions.

It needs the interpreter's lock like everything else, so a second's worth of it at once would make every client wait;
a portion takes well under a millisecond.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from hub.errors import place

log = logging.getLogger(__name__)

PORTION_SECONDS: Final = 0.02
"""Between two portions."""

_REST: Final = 100
"""Portions with nothing to do after which the thread sleeps until something is noted."""

_LOOK_SECONDS: Final = 1.0
"""A sleeping thread looks this often whether there is work that nobody noted."""


class Aside:
    """Calls ``work`` again and again while there is any, from a thread that starts with the first :meth:`noted`.

    ``work`` does what there is and returns whether there was any; what it raises is logged, and it is called again. The
    thread starts late so that it lives in the worker process and not in one that forks.
    """

    def __init__(self, name: str, work: Callable[[], bool]) -> None:
        self._name = name
        self._work = work
        self._rests = True
        self._started = False
        self._wanted = threading.Event()
        self._start = threading.Lock()

    def noted(self) -> None:
        """There is work now; call it after the work was put where ``work`` finds it."""
        if self._rests:
            self._rouse()

    def _rouse(self) -> None:
        self._wanted.set()
        with self._start:
            if not self._started:
                threading.Thread(target=self._run, name=self._name, daemon=True).start()
                self._started = True

    def _run(self) -> None:
        while True:
            if self._wanted.wait(_LOOK_SECONDS):
                self._rests = False
                self._wanted.clear()
                idle = 0
                while idle < _REST:
                    time.sleep(PORTION_SECONDS)
                    idle = 0 if self._portion() else idle + 1
                self._rests = True
            if self._portion():  # noted between the last look and this moment, or of its own accord
                self._wanted.set()

    def _portion(self) -> bool:
        try:
            return self._work()
        except Exception as error:
            log.error("%s: %s", self._name, place(error))
            return False
