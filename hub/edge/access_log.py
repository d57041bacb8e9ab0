"""The access log: one line a request, written a few at a time by a thread of its own.

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

from hub.edge.aside import Aside

_IDENTITY = re.compile(r"(?<![0-9])[0-9]{11}(?![0-9])")
"""What may be a T.C. kimlik no that somebody put into a path."""


@lru_cache(maxsize=1024)
def _who_and_what(client: str, method: str, path: str, status: int) -> str:
    """The part of a line that recurs from request to request."""
    shown = _encode(_IDENTITY.sub("***********", path))
    return f'"client": {_encode(client)}, "method": {_encode(method)}, "path": {shown}, "status": {status}, "ms": '


@lru_cache(maxsize=8)
def _second(when: int) -> str:
    return datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%dT%H:%M:%S")


class AccessLog:
    """Writes to ``stream`` (text, line by line as JSON objects)."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._lines: deque[tuple[float, str, str, str, int, float, str]] = deque()
        self._writing = threading.Lock()
        self._aside = Aside("access-log", self.flush)

    def add(self, client: str, method: str, path: str, status: int, seconds: float, about: str = "") -> None:
        """Note one answered request; it is written within moments."""
        self._lines.append((time.time(), client, method, path, status, seconds, about))
        self._aside.noted()

    def flush(self) -> bool:
        """Write what is waiting; whether there was any."""
        with self._writing:
            lines = []
            while self._lines:
                when, client, method, path, status, seconds, about = self._lines.popleft()
                whole = int(when)
                lines.append(
                    f'{{"time": "{_second(whole)}.{int((when - whole) * 1000):03}+00:00", '
                    f"{_who_and_what(client, method[:20], path[:200], status)}{seconds * 1000:.2f}"
                    + (f', "about": {_encode(about)}}}\n' if about else "}\n")
                )
            if lines:
                self._stream.write("".join(lines))
                self._stream.flush()
        return bool(lines)
