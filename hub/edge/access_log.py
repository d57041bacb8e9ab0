"""The access log: one line a request, written in batches by a thread of its own.

A line holds the time (UTC), the client's address, method, path without its query, status, milliseconds, and what the
endpoint adds (correlation id, operation). Headers, bodies and query strings are never written, so no password and no
T.C. kimlik no can be.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections import deque
from datetime import UTC, datetime
from typing import IO

_FLUSH_SECONDS = 0.5

_encode = json.JSONEncoder(ensure_ascii=False).encode

_IDENTITY = re.compile(r"(?<![0-9])[0-9]{11}(?![0-9])")
"""What may be a T.C. kimlik no that somebody put into a path."""


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
                line = {
                    "time": datetime.fromtimestamp(when, UTC).isoformat(timespec="milliseconds"),
                    "client": client,
                    "method": method,
                    "path": _IDENTITY.sub("***********", path[:200]),
                    "status": status,
                    "ms": round(seconds * 1000, 2),
                }
                if about:
                    line["about"] = about
                lines.append(_encode(line))
            if lines:
                self._stream.write("\n".join(lines) + "\n")
                self._stream.flush()

    def _run(self) -> None:
        while True:
            time.sleep(_FLUSH_SECONDS)
            self.flush()
