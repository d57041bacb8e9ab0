"""Metrics in Prometheus's text format, summed over the workers of one server.

Noting a call costs a worker less than a microsecond: it is put into a queue, which a thread adds up soon, and before
each scrape. Where :data:`FOLDER` names a folder, each worker leaves its sums there once a second and a scrape shows all
of them, whichever worker it reaches; without it (tests, a single process) the figures are this process's. Sums of
workers that have ended stay until the server starts anew, because a counter must not go down.

Labels hold names of operations and outcomes only: no caller, address or number of a person.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import threading
import time
from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from hub.edge.aside import Aside

log = logging.getLogger(__name__)

FOLDER: Final = "HUB_METRICS_FOLDER"
"""Variable of the environment that names the folder which the workers of one server share."""

_BUCKETS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_LEAVE_SECONDS: Final = 1.0

_COUNTED: Final = {
    "hub_overload_refusals": "Requests refused by the overload gate.",
    "hub_slow_clients_closed": "Connections closed at a deadline.",
    "hub_stale_calls": "Calls accepted while the database did not answer.",
}


class State(NamedTuple):
    """What answers show of the registry."""

    serial: int
    """Of the newest change."""
    age: float
    """Seconds since that change."""
    away: float
    """Seconds for which the database has not answered; 0 where it does."""


class _Sums:
    """What one worker counted, or all of them together."""

    def __init__(self) -> None:
        self.calls: Counter[tuple[str, str]] = Counter()
        self.buckets: dict[str, list[int]] = {}
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.counted: Counter[str] = Counter()

    def call(self, operation: str, outcome: str, seconds: float) -> None:
        self.calls[operation, outcome] += 1
        self._of(operation)[bisect_left(_BUCKETS, seconds)] += 1
        self.seconds[operation] += seconds

    def _of(self, operation: str) -> list[int]:
        found = self.buckets.get(operation)
        if found is None:
            found = self.buckets[operation] = [0] * (len(_BUCKETS) + 1)
        return found

    def dump(self) -> str:
        calls = [[*key, count] for key, count in self.calls.items()]
        return json.dumps({"calls": calls, "buckets": self.buckets, "seconds": self.seconds, "counted": self.counted})

    def add(self, dumped: str) -> None:
        """Add what another worker's :meth:`dump` says."""
        held = json.loads(dumped)
        for operation, outcome, count in held["calls"]:
            self.calls[operation, outcome] += count
        for operation, counts in held["buckets"].items():
            self.buckets[operation] = [a + b for a, b in zip(self._of(operation), counts, strict=True)]
        for operation, seconds in held["seconds"].items():
            self.seconds[operation] += seconds
        self.counted.update(held["counted"])


class _Shown(Collector):
    """Sums as Prometheus's families."""

    def __init__(self, sums: _Sums, registry: State | None) -> None:
        self._sums = sums
        self._registry = registry

    def collect(self) -> Iterable[Metric]:
        sums = self._sums
        calls = CounterMetricFamily("hub_calls", "Calls by operation and outcome.", labels=["operation", "outcome"])
        for key, count in sorted(sums.calls.items()):
            calls.add_metric(key, count)
        yield calls
        seconds = HistogramMetricFamily("hub_call_seconds", "Duration of a call.", labels=["operation"])
        for operation, counts in sorted(sums.buckets.items()):
            seconds.add_metric([operation], list(_cumulative(counts)), sums.seconds[operation])
        yield seconds
        for name, help_ in _COUNTED.items():
            yield CounterMetricFamily(name, help_, value=sums.counted[name])
        if self._registry is not None:
            serial, age, away = self._registry
            shown = "Serial of the newest change that answers show."
            yield GaugeMetricFamily("hub_registry_serial", shown, value=serial)
            yield GaugeMetricFamily("hub_registry_age_seconds", "Seconds since that change.", value=age)
            gone = "Seconds for which the database has not answered; 0 where it does."
            yield GaugeMetricFamily("hub_database_away_seconds", gone, value=away)


class Metrics:
    """One worker's figures; make it after the process was forked.

    ``serial`` returns the registry's state, None where nothing is known of it. ``counted`` are figures that others
    keep, by name: those of :data:`_COUNTED`.
    """

    def __init__(
        self,
        serial: Callable[[], State | None] | None = None,
        counted: Mapping[str, Callable[[], int]] | None = None,
    ) -> None:
        self._serial = serial
        self._counted = dict(counted or {})
        self._waiting: deque[tuple[str, str, float]] = deque()
        self._sums = _Sums()
        self._adding = threading.Lock()
        self._aside = Aside("metrics", self._portion)
        self._leave_at = 0.0
        self._unseen = False
        folder = os.environ.get(FOLDER)
        self._file = Path(folder) / f"{os.getpid()}-{secrets.token_hex(4)}.json" if folder else None

    def observe(self, operation: str, outcome: str, seconds: float) -> None:
        """One call of ``operation`` (empty: of none that exists) ended with ``outcome`` after ``seconds``."""
        self._waiting.append((operation or "-", outcome, seconds))
        self._aside.noted()

    def render(self) -> tuple[str, bytes]:
        """Content type and body of ``/metrics``."""
        with self._adding:
            self._add_up()
            shown = _Sums()
            shown.add(self._sums.dump())
        if self._file is not None:
            for path in self._file.parent.glob("*.json"):
                if path != self._file:
                    shown.add(path.read_text())
        source = CollectorRegistry()
        source.register(_Shown(shown, self._serial() if self._serial is not None else None))
        return CONTENT_TYPE_LATEST, generate_latest(source)

    def flush(self) -> None:
        """Add up what is waiting, and leave the sums for the other workers."""
        with self._adding:
            if self._add_up() or self._unseen:
                self._leave()

    def _leave(self) -> None:
        self._unseen = False
        if self._file is not None:
            draft = self._file.with_suffix(".new")
            draft.write_text(self._sums.dump())
            draft.replace(self._file)

    def _portion(self) -> bool:
        """Add up what is waiting, and leave the sums once a second; whether there was anything to do."""
        with self._adding:
            found = self._add_up()
            self._unseen = self._unseen or found
            now = time.monotonic()
            if self._unseen and now >= self._leave_at:
                self._leave_at = now + _LEAVE_SECONDS
                try:
                    self._leave()
                except OSError as error:
                    log.error("the figures of this worker could not be written: %s", error.strerror)
                return True
            return found or self._unseen

    def _add_up(self) -> bool:
        """Whether anything is new."""
        before = dict(self._sums.counted)
        for name, count in self._counted.items():
            self._sums.counted[name] = count()
        waiting = self._waiting
        found = len(waiting)
        for _ in range(found):
            self._sums.call(*waiting.popleft())
        return bool(found) or before != dict(self._sums.counted)


def _cumulative(counts: list[int]) -> Iterator[tuple[str, float]]:
    """Prometheus's buckets count everything up to their bound."""
    total = 0
    for bound, count in zip([*map(str, _BUCKETS), "+Inf"], counts, strict=True):
        total += count
        yield bound, total
