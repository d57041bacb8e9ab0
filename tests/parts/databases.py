"""Fixtures that give a test an empty, migrated database; every test that takes ``database`` runs on both kinds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.store import migrate
from hub.store.database import Database
from hub.store.personal import Keys
from parts.postgres import Cluster, cluster

KEYS = Keys.derive(bytes(range(32)))


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    """A PostgreSQL server of the test run's own."""
    with cluster() as running:
        yield running


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.part("postgres"))])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database that was never migrated, of each kind in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'hub.sqlite'}"
    else:
        running: Cluster = request.getfixturevalue("postgres_cluster")
        with running.database() as url:
            yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty, migrated database of each kind in turn."""
    opened = Database.open(database_url, KEYS)
    migrate.upgrade(opened)
    yield opened
    opened.close()
