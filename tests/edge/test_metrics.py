"""The figures of several workers, added up."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hub.edge.metrics import FOLDER, Metrics, State


def shown(metrics: Metrics) -> dict[str, float]:
    kind, body = metrics.render()
    assert kind.startswith("text/plain")
    return {
        name: float(value) for name, value in re.findall(r"^([a-z][^ ]*(?:\{[^}]*\})?) (\S+)$", body.decode(), re.M)
    }


def test_calls_are_counted_by_outcome_and_sorted_into_cumulative_buckets() -> None:
    metrics = Metrics()
    for seconds in (0.0004, 0.0005, 0.002, 99.0):
        metrics.observe("Op", "ok", seconds)
    metrics.observe("Op", "NO", 0.002)
    found = shown(metrics)
    assert found['hub_calls_total{operation="Op",outcome="ok"}'] == 4
    assert found['hub_calls_total{operation="Op",outcome="NO"}'] == 1
    assert found['hub_call_seconds_bucket{le="0.0005",operation="Op"}'] == 2
    assert found['hub_call_seconds_bucket{le="0.0025",operation="Op"}'] == 4
    assert found['hub_call_seconds_bucket{le="30.0",operation="Op"}'] == 4
    assert found['hub_call_seconds_bucket{le="+Inf",operation="Op"}'] == 5
    assert found['hub_call_seconds_count{operation="Op"}'] == 5
    assert found['hub_call_seconds_sum{operation="Op"}'] == pytest.approx(99.0049)


def test_any_worker_shows_the_figures_of_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER, str(tmp_path))
    refused = [3]
    one, two = Metrics(), Metrics(counted={"hub_overload_refusals": lambda: refused[0]})
    one.observe("Op", "ok", 0.1)
    two.observe("Op", "ok", 0.1)
    two.observe("Other", "ok", 0.1)
    one.flush()
    two.flush()
    for metrics in (one, two):
        found = shown(metrics)
        assert found['hub_calls_total{operation="Op",outcome="ok"}'] == 2
        assert found['hub_calls_total{operation="Other",outcome="ok"}'] == 1
        assert found["hub_overload_refusals_total"] == 3
    refused[0] = 4
    two.flush()
    assert shown(one)["hub_overload_refusals_total"] == 4
    assert shown(two)["hub_overload_refusals_total"] == 4


def test_the_registrys_serial_and_age_are_shown() -> None:
    found = shown(Metrics(lambda: State(7, 1.5, 3.0)))
    assert (found["hub_registry_serial"], found["hub_registry_age_seconds"]) == (7, 1.5)
    assert found["hub_database_away_seconds"] == 3.0


def test_an_unknown_registry_is_left_out() -> None:
    assert not [name for name in shown(Metrics(lambda: None)) if name.startswith("hub_registry")]
