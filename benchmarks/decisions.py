"""Signing decisions a second in process, beside a bare single-row SELECT by primary key on the same database.

``python -m benchmarks.decisions [DUTIES]``: fills a SQLite file in a temporary folder with ten years of DUTIES duty
records (default 20,000), then asks both questions in turns and prints the ratio of their rates.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, select

from hub.iyem import Who, may_sign
from hub.iyem.reading import StoredRegister
from hub.registry.managers import person_row
from hub.store import migrate, schema
from hub.store.database import Database
from hub.store.personal import Keys
from hub.turkish import fold

BEGIN: Final = datetime(2014, 1, 1, tzinfo=UTC)
TERM: Final = timedelta(days=365)
TERMS: Final = 10
SECONDS: Final = 1.0
TURNS: Final = 3


def fill(database: Database, keys: Keys, duties: int) -> int:
    """Units with ten heads, one after another; how many units."""
    units = max(duties // TERMS, 1)
    with database.write(actor="benchmark", origin="benchmark") as change:
        change.open_many(schema.Unit, ({**_unit(number), "valid_from": BEGIN} for number in range(1, units + 1)))
        people = (person_row(keys, code=code, given_name="Ad", surname=f"Soyad{code}") for code in range(1, units + 1))
        change.open_many(schema.Person, people)
        change.open_many(schema.Duty, _duties(units))
    return units


def _unit(number: int) -> dict[str, Any]:
    name = f"ÖRNEK BİRİM {number}"
    row = {"detsis_no": number, "name": name, "folded_name": fold(name), "parent_no": 0 if number == 1 else 1}
    return {**row, "second_parent_no": 0, "main_no": 1, "level": int(number > 1), "type1_id": 19, "type2_id": 1}


def _duties(units: int) -> Iterator[dict[str, Any]]:
    for number in range(units * TERMS):
        unit, term = divmod(number, TERMS)
        start = BEGIN + term * TERM
        yield {
            "duty_no": number + 1,
            "detsis_no": unit + 1,
            "code": (unit + term) % units + 1,
            "kind": "owner",
            "recorded_at": start,
            "recorder": "benchmark",
            "valid_from": start,
            "valid_to": start + TERM,
        }


def rate(ask: Callable[[], object]) -> float:
    """How often a second ``ask`` is answered."""
    start, count = time.perf_counter(), 0
    while (spent := time.perf_counter() - start) < SECONDS:
        ask()
        count += 1
    return count / spent


def compare(connection: Connection, keys: Keys, units: int) -> tuple[float, float]:
    """The best rates of decisions and of bare lookups; every decision is checked to be a yes."""
    chance, table = random.Random(1), schema.table_of(schema.Duty)
    register = StoredRegister(connection, keys)

    def decide() -> None:
        unit, term = chance.randrange(units), chance.randrange(TERMS)
        at = BEGIN + term * TERM + TERM / 2
        assert may_sign(register, Who((unit + term) % units + 1), unit + 1, at).yes

    def look_up() -> None:
        connection.execute(select(table).where(table.c.id == chance.randrange(units * TERMS) + 1)).one()

    turns = [(rate(decide), rate(look_up)) for _ in range(TURNS)]
    return max(one for one, _ in turns), max(other for _, other in turns)


def main() -> None:
    """Run and print."""
    duties = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with tempfile.TemporaryDirectory() as folder:
        keys = Keys.derive(bytes(32))
        database = Database.open(f"sqlite:///{Path(folder) / 'hub.sqlite'}", keys)
        migrate.upgrade(database)
        units = fill(database, keys, duties)
        with database.read() as connection:
            decisions, lookups = compare(connection, keys, units)
        database.close()
    print(
        f"{units * TERMS} duties: {decisions:.0f} decisions/s, {lookups:.0f} lookups/s by primary key;"
        f" one decision costs {lookups / decisions:.1f} lookups"
    )


if __name__ == "__main__":
    main()
