"""The list of active KEP addresses in memory against the database, change after change."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from parts.registry import end_kep, rename_unit, set_kep

from hub import limits
from hub.registry import addresses, delivery
from hub.registry.addresses import ActiveAddresses, Row
from hub.store import schema
from hub.store.database import Database
from hub.store.freshness import Freshness

from .conftest import START, unit_row

FIRST, COUNT = 24400000, 60


@pytest.fixture
def listed(filled: Database, freshness: Freshness, monkeypatch: pytest.MonkeyPatch) -> ActiveAddresses:
    """The list with blocks of seven rows, over units that have no address yet."""
    monkeypatch.setattr(addresses, "BLOCK", 7)
    with filled.write(actor="o", origin="t") as change:
        rows = (unit_row(FIRST + n, f"BİRİM {n}", 0, FIRST + n, 0) for n in range(COUNT))
        change.open_many(schema.Unit, rows)
    return ActiveAddresses(filled, freshness, length)


def length(rows: Sequence[Row]) -> int:
    return sum(len(row[1]) for row in rows)


def agrees(listed: ActiveAddresses, database: Database) -> None:
    found = listed.listed()
    with database.read() as connection:
        expected = [tuple(kep)[:4] for kep in delivery.active_kep(connection)]
    assert [row for block in found.blocks for row in block.rows] == expected
    assert [block.size for block in found.blocks] == [length(block.rows) for block in found.blocks]
    assert found.size == sum(len(row[1]) for row in expected)
    assert found.serial == database.serial()
    cuts = [(one.rows[-1][0], two.rows[0][0]) for one, two in zip(found.blocks, found.blocks[1:], strict=False)]
    assert all(last < first for last, first in cuts)


def test_it_follows_every_change(listed: ActiveAddresses, filled: Database) -> None:
    agrees(listed, filled)
    chance = random.Random(5)
    held: dict[int, list[str]] = {}
    for turn in range(60):
        with filled.write(actor="o", origin="t") as change:
            for number in chance.sample(range(FIRST, FIRST + COUNT), chance.choice((1, 2, 9))):
                known = held.setdefault(number, [])
                if known and chance.random() < 0.4:
                    end_kep(change, number, known.pop())
                else:
                    known.append(f"k{number}.{turn}@hs0{chance.randrange(1, 4)}.kep.tr")
                    set_kep(change, number, known[-1], active=chance.random() < 0.8)
        if chance.random() < 0.7:
            agrees(listed, filled)
    agrees(listed, filled)


def test_blocks_that_did_not_change_stay_as_they_are(listed: ActiveAddresses, filled: Database) -> None:
    with filled.write(actor="o", origin="t") as change:
        for number in range(FIRST, FIRST + COUNT):
            set_kep(change, number, f"k{number}@hs01.kep.tr")
    before = listed.listed().blocks
    with filled.write(actor="o", origin="t") as change:
        set_kep(change, FIRST + 20, "baska@hs01.kep.tr")
    after = listed.listed().blocks
    assert sum(block not in before for block in after) == 1
    with filled.write(actor="o", origin="t") as change:
        rename_unit(change, FIRST, "BAŞKA")
    assert listed.listed().blocks is after
    agrees(listed, filled)


def test_very_many_changes_are_read_anew(
    listed: ActiveAddresses, filled: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "TOUCHED_UNITS", 3)
    agrees(listed, filled)
    with filled.write(actor="o", origin="t") as change:
        rows = (
            {"detsis_no": FIRST + n, "address": f"k{n}@hs01.kep.tr", "folded_address": f"k{n}@hs01.kep.tr"}
            | {"active": True, "valid_from": START}
            for n in range(COUNT)
        )
        change.open_many(schema.KepAddress, rows)
    agrees(listed, filled)
