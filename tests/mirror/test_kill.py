"""D3: an import killed at any moment leaves the registry as it was, or with the whole file; the journal has no gap."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from parts.databases import KEYS
from parts.waiting import HUNG
from sqlalchemy import func, select

from hub.store import schema
from hub.store.database import Database
from hub.store.scope import current

ROUNDS = 4
UNITS = 3_000
CODE = """
import sys
from pathlib import Path
from hub.mirror.importing import Importer
from hub.store.database import Database
from hub.store.personal import Keys
keys = Keys.derive(bytes(range(32)))
importer = Importer(Database.open(sys.argv[1], keys), keys, actor="test", share=1)
print("ready", flush=True)
for source in importer.ordered([Path(sys.argv[2])], lambda error: sys.exit(str(error))):
    importer.run(source)
"""


def write(file: Path, version: int) -> None:
    """A whole list of units, every name another in every version."""
    lines = ["detsis_no;name;parent_no;main_no;type1_id;type2_id;level"]
    lines += [f"{24_000_000 + n};BİRİM {n} ({version});0;0;19;13;0" for n in range(UNITS)]
    file.write_text("\n".join(lines), encoding="utf-8")


def start(url: str, file: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", CODE, url, str(file)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.stdout.close()
    return process


def state(url: str) -> tuple[int, int, set[str]]:
    """The last serial, the journal's rows, and which versions the names have."""
    database = Database.open(url, KEYS)
    with database.read() as connection:
        serial = connection.execute(select(schema.Counter.serial).where(schema.Counter.name == "journal")).scalar_one()
        entries = connection.execute(select(func.count()).select_from(schema.JournalEntry)).scalar_one()
        names = connection.execute(select(schema.Unit.name).where(current(schema.Unit))).scalars()
        found = {name.rpartition("(")[2].rstrip(")") for name in names}
    database.close()
    return serial, entries, found


@pytest.mark.slow
def test_d3_killed_at_random_moments(database: Database, database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "birimler.csv"
    write(file, 0)
    began = time.monotonic()
    whole = start(database_url, file)
    assert whole.wait(timeout=120) == 0
    lasts = time.monotonic() - began
    chance = random.Random(7)
    finished, killed = 0, 0
    for version in range(1, ROUNDS + 1):
        before = state(database_url)
        write(file, version)
        process = start(database_url, file)
        time.sleep(chance.uniform(0, lasts))
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=HUNG)
        killed += process.returncode == -signal.SIGKILL
        serial, entries, names = state(database_url)
        assert entries == serial
        if names == {str(version)}:
            finished += 1
            assert serial == before[0] + UNITS
        else:
            assert (serial, entries, names) == before
    assert killed
    assert start(database_url, file).wait(timeout=120) == 0
    assert state(database_url)[2] == {str(ROUNDS)}
    last = state(database_url)[0]
    assert start(database_url, file).wait(timeout=120) == 0
    assert state(database_url)[0] == last
