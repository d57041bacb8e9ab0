"""Metrics in Prometheus's text format, summed over the workers of one server.

``prometheus_client`` keeps each worker's figures in files of a folder named by ``PROMETHEUS_MULTIPROC_DIR``; the name
must be in the environment before the library is first imported, so :mod:`hub.edge.server` sets it. Without it (tests,
a single process) the figures are this process's.

Labels hold names of operations and outcomes only: no caller, address or number of a person.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector  # type: ignore[no-untyped-call, unused-ignore]

_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """The hub's figures. ``serial`` returns the registry's journal serial and the age in seconds of what it shows."""

    def __init__(self, serial: Callable[[], tuple[int, float]] | None = None) -> None:
        self._own = CollectorRegistry()
        self._serial = serial
        self.calls = Counter(
            "hub_calls_total", "Calls by operation and outcome.", ["operation", "outcome"], registry=self._own
        )
        self.seconds = Histogram(
            "hub_call_seconds", "Duration of a call.", ["operation"], buckets=_BUCKETS, registry=self._own
        )
        self.refused = Counter(
            "hub_overload_refusals_total", "Requests refused by the overload gate.", registry=self._own
        )
        self.closed = Counter("hub_slow_clients_closed_total", "Connections closed at a deadline.", registry=self._own)

    def observe(self, operation: str, outcome: str, seconds: float) -> None:
        """One call of ``operation`` ended with ``outcome`` after ``seconds``."""
        self.calls.labels(operation, outcome).inc()
        self.seconds.labels(operation).observe(seconds)

    def render(self) -> tuple[str, bytes]:
        """Content type and body of ``/metrics``."""
        if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
            source = CollectorRegistry()
            MultiProcessCollector(source)  # type: ignore[no-untyped-call]
        else:
            source = self._own
        body = generate_latest(source)
        if self._serial is not None:
            now = CollectorRegistry()
            number, age = self._serial()
            Gauge("hub_registry_serial", "Serial of the newest change that answers show.", registry=now).set(number)
            Gauge("hub_registry_age_seconds", "Seconds since that change.", registry=now).set(age)
            body += generate_latest(now)
        return CONTENT_TYPE_LATEST, body
