"""The access log: one line a request, written in batches by a thread of its own.

A line holds the time (UTC), the client's address, method, path without its query, status, milliseconds, and what the
endpoint adds (correlation id, operation). Headers, bodies and query strings are never written, so no password and no
T.C. kimlik no can be.
"""

from __future__ import annotations

import re
import threading
import time
from collections import deque
from datetime import UTC, datetime
from functools import lru_cache
from json.encoder import encode_basestring as _encode
from typing import IO

_FLUSH_SECONDS = 0.5


_IDENTITY = re.compile(r"(?<![0-9])[0-9]{11}(?![0-9])")
"""What may be a T.C. kimlik no that somebody put into a path."""


_quoted = lru_cache(maxsize=1024)(_encode)
"""Clients and methods, which recur from line to line, as JSON."""


@lru_cache(maxsize=1024)
def _shown(path: str) -> str:
    return _encode(_IDENTITY.sub("***********", path))


@lru_cache(maxsize=8)
def _second(when: int) -> str:
    return datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%dT%H:%M:%S")


class AccessLog:
    """Writes to ``stream`` (text, line by line as JSON objects)."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._lines: deque[tuple[float, str, str, str, int, float, str]] = deque()
        self._writing = threading.Lock()
        self._start = threading.Lock()
        self._started = False

    def add(self, client: str, method: str, path: str, status: int, seconds: float, about: str = "") -> None:
        """Note one answered request; it is written within half a second."""
        self._lines.append((time.time(), client, method, path, status, seconds, about))
        if not self._started:
            with self._start:
                if not self._started:
                    threading.Thread(target=self._run, name="access-log", daemon=True).start()
                    self._started = True

    def flush(self) -> None:
        """Write what is waiting."""
        with self._writing:
            lines = []
            while self._lines:
                when, client, method, path, status, seconds, about = self._lines.popleft()
                more = f', "about": {_encode(about)}' if about else ""
                lines.append(
                    f'{{"time": "{_second(int(when))}.{int(when % 1 * 1000):03}+00:00", "client": {_quoted(client)},'
                    f' "method": {_quoted(method[:20])}, "path": {_shown(path[:200])}, "status": {status},'
                    f' "ms": {round(seconds * 1000, 2)}{more}}}'
                )
            if lines:
                self._stream.write("\n".join(lines) + "\n")
                self._stream.flush()

    def _run(self) -> None:
        while True:
            time.sleep(_FLUSH_SECONDS)
            self.flush()
