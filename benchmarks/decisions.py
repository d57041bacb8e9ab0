"""Signing decisions beside the single look-up of a unit (W1), over SOAP in one run, and in process.

``python -m benchmarks.decisions [--duties N] [--rounds N] [--seconds N] [--data DIR]``: fills a SQLite file with ten
years of duty records (kept in DIR for the next run, where given), starts one worker, sees that it answers rightly, then
asks both questions in turns and prints the ratio of their rates. Needs ``wrk``; without it only the part in process is
measured.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from benchmarks import load
from benchmarks.calls import Calls
from benchmarks.load import CONNECTIONS, Load
from benchmarks.targets import Target, cpu, running
from hub.access import credentials
from hub.iyem import Who, may_sign
from hub.iyem.prefetch import Prefetch
from hub.iyem.reading import StoredRegister
from hub.iyem.records import NotFiledError
from hub.registry.managers import person_row
from hub.services.iyem import yetki
from hub.store import migrate, schema
from hub.store.database import Database
from hub.store.freshness import Freshness
from hub.store.keyed import Keyed
from hub.store.personal import Keys
from hub.turkish import fold

BEGIN: Final = datetime(2014, 1, 1, tzinfo=UTC)
TERM: Final = timedelta(days=365)
TERMS: Final = 10
FIRST: Final = 10_000_000
"""DETSİS number of the first unit."""
QUESTIONS: Final = 100_000
PATH: Final = "/YetkiServis"
_NS: Final = "urn:eyazisma-hub:yetki:1"

Question = tuple[int, int, datetime, bool]
"""T.C. Yönetici Kodu, DETSİS number, time, and whether the answer is yes."""


def fill(database: Database, keys: Keys, duties: int) -> int:
    """Units with ten heads, one after another; how many units. In every tenth record the next head is a deputy of the
    one before, for half a term."""
    units = max(duties // TERMS, 2)
    with database.write(actor="benchmark", origin="benchmark") as change:
        change.open_many(schema.Unit, ({**_unit(number), "valid_from": BEGIN} for number in range(units)))
        people = (person_row(keys, code=code, given_name="Ad", surname=f"Soyad{code}") for code in range(1, units + 1))
        change.open_many(schema.Person, people)
        change.open_many(schema.Duty, _duties(units))
    return units


def _unit(number: int) -> dict[str, Any]:
    name = f"ÖRNEK BİRİM {number}"
    row = {"detsis_no": FIRST + number, "name": name, "folded_name": fold(name), "parent_no": FIRST if number else 0}
    return {**row, "second_parent_no": 0, "main_no": FIRST, "level": int(number > 0), "type1_id": 19, "type2_id": 1}


def _duties(units: int) -> Iterator[dict[str, Any]]:
    for number in range(units * TERMS):
        unit, term = divmod(number, TERMS)
        deputy = term == TERMS - 1  # of the head whose record stands before
        start = BEGIN + (term - deputy) * TERM
        yield {
            "duty_no": number + 1,
            "detsis_no": FIRST + unit,
            "code": _code(unit, term, units),
            "kind": "deputy" if deputy else "owner",
            "for_duty_no": number if deputy else None,
            "recorded_at": start,
            "recorder": "benchmark",
            "valid_from": start,
            "valid_to": start + (TERM / 2 if deputy else TERM),
        }


def _code(unit: int, term: int, units: int) -> int:
    return (unit + term) % units + 1


def question(chance: random.Random, units: int) -> Question:
    """A random one: nine of ten about somebody who held the unit then, or deputised there."""
    unit, term = chance.randrange(units), chance.randrange(TERMS)
    at = BEGIN + (term - (term == TERMS - 1)) * TERM + TERM / 4
    if chance.random() < 0.1:
        return _code(unit, TERMS + 1, units), FIRST + unit, at, False
    return _code(unit, term, units), FIRST + unit, at, True


def in_process(database: Database, keys: Keys, units: int, folder: Path) -> dict[str, float]:
    """Decisions a second, read at once and step by step; every answer is looked at."""
    chance, keyed, freshness = random.Random(1), Keyed(database), Freshness(database)
    prefetch, filed = Prefetch(keyed, keys), yetki.filed(database, freshness, folder, keys, yetki.contract())
    filed.prepare()

    def from_file() -> None:
        code, unit, at, yes = question(chance, units)
        with contextlib.suppress(NotFiledError):
            assert may_sign(filed.view().register(), Who(code), unit, at).yes is yes

    def at_once() -> None:
        code, unit, at, yes = question(chance, units)
        who = Who(code)
        assert may_sign(prefetch.registers([(who, unit)])[0], who, unit, at).yes is yes

    with database.read() as connection:
        stored = StoredRegister(connection, keys)

        def by_steps() -> None:
            code, unit, at, yes = question(chance, units)
            assert may_sign(stored, Who(code), unit, at).yes is yes

        turns = [(_rate(from_file), _rate(at_once), _rate(by_steps)) for _ in range(3)]
    keyed.close()
    filed.close()
    freshness.close()
    return dict(zip(("from the file", "one keyed read", "step by step"), map(max, *turns), strict=True))


def _rate(ask: Callable[[], object]) -> float:
    """How often a second ``ask`` is answered."""
    start, count = time.perf_counter(), 0
    while (spent := time.perf_counter() - start) < 1.0:
        ask()
        count += 1
    return count / spent


def request(calls: Calls) -> str:
    """The question over SOAP, with ``@CODE@``, ``@UNIT@`` and ``@AT@``."""
    return (
        '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">'
        f'<soap:Header><Kimlik xmlns="{_NS}"><KurumID>{calls.kurum_id}</KurumID><Password>{calls.password}</Password>'
        f'</Kimlik></soap:Header><soap:Body><ImzaYetkisiSorgula xmlns="{_NS}"><Soru><YoneticiKodu>@CODE@</YoneticiKodu>'
        "<BirimNo>@UNIT@</BirimNo><Zaman>@AT@</Zaman></Soru></ImzaYetkisiSorgula></soap:Body></soap:Envelope>"
    )


def over_soap(folder: Path, calls: Calls, units: int, rounds: int, seconds: int) -> dict[str, list[tuple[Load, float]]]:
    """For W1 and the decision, each round's load and processor seconds a call."""
    environ = {"HUB_DATA": str(folder), "HUB_DATABASE_URL": f"sqlite:///{folder / 'hub.sqlite'}", "HUB_WORKERS": "1"}
    target = Target("hub", [sys.executable, "-m", "hub.cli", "serve", "--port", "{port}"], environ)
    template, questions = folder / "request.xml", folder / "questions.txt"
    template.write_text(request(calls), encoding="utf-8")
    chance = random.Random(2)
    asked = [question(chance, units) for _ in range(QUESTIONS)]
    questions.write_text("".join(f"{code} {unit} {at.isoformat()}\n" for code, unit, at, _ in asked), encoding="utf-8")
    cores = sorted(os.sched_getaffinity(0))
    found: dict[str, list[tuple[Load, float]]] = {"W1": [], "decision": []}
    with running([target], cores[0] if len(cores) > 1 else None, folder / "servers.log"):
        if len(cores) > 1:
            os.sched_setaffinity(0, {cores[1]})
        _agree(target.port, request(calls), asked[:200])
        kinds = {
            "W1": lambda: load.single(target.port, calls, FIRST, units, seconds),
            "decision": lambda: _wrk(target.port, folder, seconds),
        }
        for number in range(rounds + 1):
            for name, measure in kinds.items():
                before = cpu(target)
                done = measure()
                if number:  # the first round warms
                    found[name].append((done, (cpu(target) - before) / (done.rate * seconds)))
    os.sched_setaffinity(0, set(cores))
    return found


def _agree(port: int, template: str, asked: list[Question]) -> None:
    """See that the worker answers rightly before it is measured."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{_NS}/ImzaYetkisiSorgula"'}
    for code, unit, at, yes in asked:
        body = template.replace("@CODE@", str(code)).replace("@UNIT@", str(unit)).replace("@AT@", at.isoformat())
        connection.request("POST", PATH, body.encode(), headers)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 200 or (b"<Sonuc>EVET</Sonuc>" in text) is not yes:
            raise RuntimeError(f"decision: {answer.status} {text[:600]!r}")
    connection.close()


def _wrk(port: int, folder: Path, seconds: int) -> Load:
    stats = folder / "stats.json"
    stats.unlink(missing_ok=True)
    environ = {
        "PEER_REQUEST": str(folder / "request.xml"),
        "PEER_QUESTIONS": str(folder / "questions.txt"),
        "STATS": str(stats),
    }
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s", "-s"]
    command += [str(Path(__file__).with_name("decision.lua")), f"http://127.0.0.1:{port}{PATH}"]
    done = subprocess.run(command, env=os.environ | environ, capture_output=True, text=True, check=False)
    if not stats.exists():
        raise RuntimeError(done.stdout + done.stderr)
    return Load(**json.loads(stats.read_text()))


def prepared(folder: Path, duties: int) -> tuple[Database, Keys, Calls, int]:
    """The register in ``folder``, filled if it is not yet."""
    folder.mkdir(parents=True, exist_ok=True)
    keys = Keys.load(folder / "hub.key")
    database = Database.open(f"sqlite:///{folder / 'hub.sqlite'}", keys)
    migrate.upgrade(database)
    notes = folder / "decisions.json"
    if not notes.exists():
        began = time.perf_counter()
        units = fill(database, keys, duties)
        with database.write(actor="benchmark", origin="benchmark") as change:
            given = credentials.give(change, FIRST)
        notes.write_text(json.dumps({"units": units, "kurum_id": given.kurum_id, "password": given.password}))
        print(f"filled in {time.perf_counter() - began:.0f} s", file=sys.stderr)
    found = json.loads(notes.read_text())
    return database, keys, Calls(found["kurum_id"], found["password"]), found["units"]


def table(units: int, process: dict[str, float], soap: dict[str, list[tuple[Load, float]]]) -> None:
    print(f"{units * TERMS:,} duty records of {units:,} units, ten years\n\nin process, decisions a second")
    for name, rate in process.items():
        print(f"  {name:16}{rate:9.0f}")
    if not soap:
        return
    middle = {name: statistics.median(done.rate for done, _ in found) for name, found in soap.items()}
    work = {name: statistics.median(cost for _, cost in found) for name, found in soap.items()}
    print(f"\nover SOAP ({CONNECTIONS} connections, one worker, credentials checked)")
    print(f"{'':12}{'calls/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'failed':>8}{'µs CPU':>9}")
    for name, found in soap.items():
        p50, p99 = (statistics.median(getattr(done, part) for done, _ in found) for part in ("p50", "p99"))
        bad = sum(done.bad for done, _ in found)
        print(f"{name:12}{middle[name]:9.0f}{p50:9.2f}{p99:9.2f}{bad:8}{work[name] * 1e6:9.0f}")
    print(
        f"\na decision reaches {middle['decision'] / middle['W1']:.2f} of W1's rate"
        f" ({work['W1'] / work['decision']:.2f} by processor time)"
    )


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.decisions", description=__doc__)
    parser.add_argument("--duties", type=int, default=20_000, help="duty records (default: 20000)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=4, help="seconds of each round")
    parser.add_argument("--data", type=Path, help="folder that keeps the register for the next run")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="eyhub-bench-") as temporary:
        folder = given.data or Path(temporary)
        database, keys, calls, units = prepared(folder, given.duties)
        process = in_process(database, keys, units, folder)
        database.close()
        soap = {}
        if shutil.which("wrk"):
            soap = over_soap(folder, calls, units, given.rounds, given.seconds)
        table(units, process, soap)


if __name__ == "__main__":
    main()
