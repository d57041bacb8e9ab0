"""Load: wrk where it is installed, else threads of Python's own HTTP client, which then bound what is seen."""

from __future__ import annotations

import http.client
import json
import os
import random
import shutil
import statistics
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks.calls import NUMBER, PATH, Calls, headers

CONNECTIONS = 16


@dataclass(frozen=True)
class Load:
    """One measurement of the single look-up: calls a second, milliseconds, and calls that failed."""

    rate: float
    p50: float
    p99: float
    bad: int


def single(port: int, calls: Calls, base: int, count: int, seconds: int) -> Load:
    """Random look-ups of the ``count`` numbers from ``base`` over 16 connections for ``seconds``."""
    with tempfile.TemporaryDirectory() as folder:
        if shutil.which("wrk") is not None:
            return _wrk(Path(folder), port, calls, base, count, seconds)
    return _threads(port, calls, base, count, seconds)


def _wrk(folder: Path, port: int, calls: Calls, base: int, count: int, seconds: int) -> Load:
    request, stats = folder / "request.xml", folder / "stats.json"
    request.write_bytes(calls.single(NUMBER))
    environ = {"PEER_BASE": str(base), "PEER_COUNT": str(count), "PEER_REQUEST": str(request), "STATS": str(stats)}
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s", "-s"]
    command += [str(Path(__file__).with_name("single.lua")), f"http://127.0.0.1:{port}{PATH}"]
    done = subprocess.run(command, env=os.environ | environ, capture_output=True, text=True, check=False)
    if not stats.exists():
        raise RuntimeError(done.stdout + done.stderr)
    return Load(**json.loads(stats.read_text()))


def _threads(port: int, calls: Calls, base: int, count: int, seconds: int) -> Load:
    end = time.perf_counter() + seconds

    def ask(_: int) -> tuple[list[float], int]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        times, bad = [], 0
        while (began := time.perf_counter()) < end:
            try:
                number = base + random.randrange(count)
                connection.request("POST", PATH, calls.single(number), headers("DETSISNoKurumBirimWs"))
                answer = connection.getresponse()
                answer.read()
                bad += answer.status != 200
            except (OSError, http.client.HTTPException):
                bad += 1
                connection.close()
                continue
            times.append(time.perf_counter() - began)
        connection.close()
        return times, bad

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        results = list(pool.map(ask, range(CONNECTIONS)))
    times = sorted(each for found, _ in results for each in found)
    if not times:
        raise RuntimeError("no call was answered")
    p99 = times[min(len(times) - 1, int(len(times) * 0.99))]
    return Load(len(times) / seconds, statistics.median(times) * 1e3, p99 * 1e3, sum(bad for _, bad in results))
