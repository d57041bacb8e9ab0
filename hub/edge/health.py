"""Health: ``live`` says that the process answers, ``ready`` that it can do its work.

A check is a function that returns nothing when its dependency is there and raises when it is not; its exception's text
is for the log, the answer names only the dependency. Every check has a time limit of its own, and one that hangs is
missing until it returns.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

log = logging.getLogger(__name__)

Check = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Readiness:
    """What a round of checks found: name of each dependency → ``ok``, ``missing`` or ``timeout``."""

    found: Mapping[str, str]

    @property
    def ready(self) -> bool:
        """All dependencies are there; with no check at all nothing is known, so that is not ready."""
        return bool(self.found) and all(state == "ok" for state in self.found.values())

    def body(self) -> bytes:
        """The answer's JSON: ``{"ready": …, "checks": {name: state}}``."""
        return json.dumps({"ready": self.ready, "checks": dict(self.found)}).encode()


class Health:
    """Runs the ``checks`` (name → function) side by side, each for at most ``seconds``."""

    def __init__(self, checks: Mapping[str, Check], seconds: float) -> None:
        self._checks: Final = dict(checks)
        self._seconds = seconds
        self._pool = ThreadPoolExecutor(max_workers=max(1, len(self._checks)), thread_name_prefix="health")
        self._running: dict[str, Future[None]] = {}

    def ready(self) -> Readiness:
        """Run every check that is not still running from an earlier round."""
        for name, check in self._checks.items():
            if name not in self._running or self._running[name].done():
                self._running[name] = self._pool.submit(check)
        return Readiness({name: self._state(name, self._running[name]) for name in self._checks})

    def _state(self, name: str, run: Future[None]) -> str:
        try:
            run.result(timeout=self._seconds)
        except TimeoutError:
            log.error("readiness check %s did not return within %s s", name, self._seconds)
            return "timeout"
        except Exception as error:
            log.error("readiness check %s failed: %s", name, type(error).__name__)
            return "missing"
        return "ok"
