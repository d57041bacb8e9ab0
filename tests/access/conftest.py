"""One institution, and cheap hashing where a test is not about its cost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher

from hub.access import credentials, door
from hub.access.door import Door
from hub.registry import writing
from hub.store.database import Database
from hub.store.freshness import Freshness

KURUM = 24308110
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(autouse=True)
def cheap(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "real_hash" not in request.keywords:
        monkeypatch.setattr(credentials, "HASHER", CHEAP)
        monkeypatch.setattr(door, "HASHER", CHEAP)


@pytest.fixture
def institution(database: Database) -> Database:
    """``database`` with one institution."""
    with database.write(actor="test", origin="test") as change:
        start = datetime(2020, 1, 1, tzinfo=UTC)
        writing.open_unit(
            change, detsis_no=KURUM, name="ÖRNEK BAKANLIĞI", parent_no=0, type1_id=19, type2_id=1, at=start
        )
    return database


@pytest.fixture
def entrance(institution: Database) -> Iterator[Door]:
    freshness = Freshness(institution)
    yield Door(institution, freshness)
    freshness.close()
