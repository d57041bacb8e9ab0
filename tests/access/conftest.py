"""One institution, and cheap hashing where a test is not about its cost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher
from parts.registry import open_unit

from hub.access import credentials, door
from hub.access.door import Door
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
        open_unit(change, KURUM, "ÖRNEK BAKANLIĞI", at=start)
    return database


@pytest.fixture
def entrance(institution: Database) -> Iterator[Door]:
    freshness = Freshness(institution)
    yield Door(institution, freshness)
    freshness.close()
