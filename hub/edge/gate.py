"""The overload gate: so many requests at a time, and no more than a share of them from one client.

A refused request costs next to nothing, so a worker that is asked for too much goes on answering what it took on, and
says to the rest when to come back (RFC 9110, section 15.6.4).
"""

from __future__ import annotations

import threading


class Gate:
    """Counts requests in flight, in all and by client address.

    ``total`` and ``per_client`` are the most that may be in flight at once (:mod:`hub.limits`).
    """

    def __init__(self, total: int, per_client: int) -> None:
        self._total = total
        self._per_client = per_client
        self._lock = threading.Lock()
        self._clients: dict[str, int] = {}
        self.in_flight = 0
        self.refused = 0

    def enter(self, client: str) -> bool:
        """Whether a request of ``client`` may be taken on; a true answer is given back with :meth:`leave`."""
        with self._lock:
            held = self._clients.get(client, 0)
            if self.in_flight >= self._total or held >= self._per_client:
                self.refused += 1
                return False
            self.in_flight += 1
            self._clients[client] = held + 1
            return True

    def leave(self, client: str) -> None:
        """The request that :meth:`enter` took on has been answered."""
        with self._lock:
            self.in_flight -= 1
            held = self._clients[client] - 1
            if held:
                self._clients[client] = held
            else:
                del self._clients[client]
