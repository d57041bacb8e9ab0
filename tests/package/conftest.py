"""Fixtures of the tests on packages."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.store.database import Database
from tests.package.register import State, begin


@pytest.fixture
def state(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> State:
    """A register and an authority, on each kind of database in turn."""
    return begin(database, tmp_path, monkeypatch)
