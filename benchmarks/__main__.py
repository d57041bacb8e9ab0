"""Measure the hub and its peers in one run and print ratios: ``python -m benchmarks``."""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import load, rows
from benchmarks.calls import Calls, Fetched, fetch, said
from benchmarks.load import Load
from benchmarks.targets import FULL, Target, cpu, running, targets

SINGLE, WHOLE = "DETSISNoKurumBirimWs", "AktifKEPAdresleriniGetir"
BASE = "stock spyne"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--units", type=int, default=20_000, help="units of the sample registry (default: 20000)")
    parser.add_argument("--data", type=Path, help="folder of a demonstration that exists already (eyhub demo)")
    parser.add_argument("--quick", action="store_true", help="short rounds: for trying, not for quoting")
    parser.add_argument("--rounds", type=int, help="rounds of each measurement (default: 3; quick: 1)")
    parser.add_argument("--seconds", type=int, help="seconds of each look-up round (default: 6; quick: 2)")
    given = parser.parse_args()
    given.rounds = given.rounds or (1 if given.quick else 3)
    given.seconds = given.seconds or (2 if given.quick else 6)
    with tempfile.TemporaryDirectory(prefix="eyhub-bench-") as folder:
        try:
            run(given, Path(folder))
        except RuntimeError as error:
            print(f"benchmarks: {error}", file=sys.stderr)
            return 1
    return 0


def run(given: argparse.Namespace, folder: Path) -> None:
    data = given.data or folder / "data"
    if not (data / "demo.json").exists():
        say(f"making a sample registry of {given.units:,} units")
        command = [sys.executable, "-m", "hub.cli", "demo", "--units", str(given.units), "--data", str(data)]
        subprocess.run([*command, "--no-serve"], check=True, stdout=subprocess.DEVNULL)
    demo = json.loads((data / "demo.json").read_text())
    say("taking out the peers' rows")
    rows.export(demo["database_url"], folder / "rows.sqlite")
    calls = Calls(demo["kurum_id"], demo["password"])
    cores = sorted(os.sched_getaffinity(0))
    modules = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "eyhub-benchmarks"
    found = targets(data, demo["database_url"], folder / "rows.sqlite", calls.kurum_id, calls.password, modules)
    with running(found, cores[0] if len(cores) > 1 else None, folder / "servers.log"):
        if len(cores) > 1:
            os.sched_setaffinity(0, {cores[1]})
        try:
            measured = measure(found, calls, demo, given)
        except RuntimeError:
            shutil.copy(folder / "servers.log", "benchmarks.log")
            raise
    table(measured, demo["units"], len(cores) > 1)


def measure(found: list[Target], calls: Calls, demo: dict[str, Any], given: argparse.Namespace) -> dict[str, Any]:
    base, count = demo["detsis_base"], demo["units"]
    addresses = agree(found, calls, base, count)
    measured: dict[str, Any] = {
        target.name: {"w1": [], "cpu": [], "w2": [], "work": [], "gzip": []} for target in found
    }
    for target in found:
        load.single(target.port, calls, base, count, 1)  # each warm before any is measured
    for number in range(given.rounds):
        for target in found:
            say(f"W1, round {number + 1} of {given.rounds}: {target.name}")
            before = cpu(target)
            done = load.single(target.port, calls, base, count, given.seconds)
            measured[target.name]["w1"].append(done)
            measured[target.name]["cpu"].append((cpu(target) - before) / (done.rate * given.seconds))
    for target in found:
        measured[target.name]["rss"] = target.rss
        target.forget_peak()
    for number in range(given.rounds):
        for target in found:
            say(f"W2, round {number + 1} of {given.rounds}: {target.name}")
            before, fetched = cpu(target), whole(target, calls, given)
            measured[target.name]["w2"] += fetched
            measured[target.name]["work"].append((cpu(target) - before) / len(fetched))
    for target in found:
        measured[target.name]["above"] = target.peak - measured[target.name]["rss"]
    hub = found[0]
    measured[hub.name]["gzip"] = [
        fetch(hub.port, WHOLE, calls.whole(), keep=False, gzip=True) for _ in range(given.rounds)
    ]
    measured["addresses"] = addresses
    return measured


def whole(target: Target, calls: Calls, given: argparse.Namespace) -> list[Fetched]:
    """The whole list from ``target``, as often as fits into a third of a look-up round, and three times at least."""
    began, found = time.perf_counter(), []
    while len(found) < 3 or time.perf_counter() - began < given.seconds / 3:
        found.append(fetch(target.port, WHOLE, calls.whole(), keep=False))
    return found


def agree(found: list[Target], calls: Calls, base: int, count: int) -> int:
    """See that all targets say the same, of some units and of all addresses; returns the number of addresses."""
    say("comparing answers")
    numbers = [base, base + count, *random.Random(1).sample(range(base, base + count), 40)]
    whole = 0
    expected: dict[int | str, list[tuple[str, str]]] = {}
    for target in found:
        for number in numbers:
            answer = said(fetch(target.port, SINGLE, calls.single(number)).body)
            if answer != expected.setdefault(number, answer):
                difference = [pair for pair in zip(expected[number], answer, strict=False) if pair[0] != pair[1]]
                raise RuntimeError(f"{target.name} says otherwise of unit {number}: {difference[:1]}")
        answer = said(fetch(target.port, WHOLE, calls.whole()).body)
        if answer != expected.setdefault(WHOLE, answer):
            raise RuntimeError(f"{target.name} has another list of addresses")
        whole = sum(name == "KepAdresi" for name, _ in answer)
        denied = said(fetch(target.port, SINGLE, Calls(calls.kurum_id, "yanlış").single(base)).body)
        if ("SonucHatali", "true") not in denied:
            raise RuntimeError(f"{target.name} does not check the password")
    packed = fetch(found[0].port, WHOLE, calls.whole(), gzip=True).body
    if said(gzip.decompress(packed)) != expected[WHOLE]:
        raise RuntimeError("the compressed list says otherwise")
    return whole


def table(measured: dict[str, Any], units: int, pinned: bool) -> None:
    addresses = measured.pop("addresses")
    rate = {name: statistics.median(each.rate for each in found["w1"]) for name, found in measured.items()}
    cost = {name: statistics.median(found["cpu"]) for name, found in measured.items()}
    last = {name: statistics.median(each.last for each in found["w2"]) for name, found in measured.items()}
    effort = {name: statistics.median(found["work"]) or 1e-5 for name, found in measured.items()}
    print(f"\n{units:,} units, {addresses:,} addresses" + ("" if pinned else "; one core: load and servers share it"))
    print("\nW1, single look-up, credentials checked (16 connections)")
    print(f"{'':30}{'x spyne':>9}{'by CPU':>8}{'calls/s':>9}{'p50 ms':>8}{'p99 ms':>8}{'failed':>8}{'RSS MB':>8}")
    for name, found in measured.items():
        w1: list[Load] = found["w1"]
        p50, p99 = statistics.median(each.p50 for each in w1), statistics.median(each.p99 for each in w1)
        bad = sum(each.bad for each in w1)
        ratio = rate[name] / rate[BASE]
        work = cost[BASE] / cost[name]
        shown = {"hub": "hub, best path", FULL: "hub, full parse"}.get(name, name)
        print(f"{shown:30}{ratio:9.1f}{work:8.1f}{rate[name]:9.0f}{p50:8.2f}{p99:8.2f}{bad:8}{found['rss']:8.0f}")
    print("\nW2, whole list of addresses (one client at a time)")
    print(f"{'':30}{'x spyne':>9}{'by CPU':>8}{'last ms':>9}{'first ms':>9}{'peak MB above':>15}")
    for name, found in measured.items():
        first = statistics.median(each.first for each in found["w2"])
        shown = {"hub": "hub, prepared", FULL: "hub, built per request"}.get(name, name)
        ratio, work = last[BASE] / last[name], effort[BASE] / effort[name]
        times = f"{last[name] * 1e3:9.1f}{first * 1e3:9.1f}"
        print(f"{shown:30}{ratio:9.1f}{work:8.1f}{times}{found['above']:15.0f}")
        if found["gzip"]:
            packed = statistics.median(each.last for each in found["gzip"])
            print(f"{'hub, prepared, gzip':30}{last[BASE] / packed:9.1f}{'':8}{packed * 1e3:9.1f}")
    print("\n'by CPU' compares processor time a call, which other work on the machine disturbs less.")
    print("Ratios between targets of one run are what may be quoted; calls a second and times are this machine's.")
    print("\nhub against each peer, by the clock and by processor time")
    print(f"{'':30}{'W1 full parse':>16}{'W1 best path':>16}{'W2 built':>16}{'W2 prepared':>16}")
    for name in measured:
        if name not in {"hub", FULL}:
            pairs = [(rate[own] / rate[name], cost[name] / cost[own]) for own in (FULL, "hub")]
            pairs += [(last[name] / last[own], effort[name] / effort[own]) for own in (FULL, "hub")]
            print(f"{name:30}" + "".join(f"{clock:9.1f}{work:7.1f}" for clock, work in pairs))


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
