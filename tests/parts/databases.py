"""Fixtures that give a test an empty, migrated database; every test that takes ``database`` runs on both kinds.

The migrations run once a session for each kind; every test gets a copy of what they made. That they make it out of any
earlier state, and out of nothing, is tested in ``store/test_schema.py``.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.store import migrate, revision
from hub.store.database import Database
from hub.store.personal import Keys
from parts.postgres import Cluster, cluster

KEYS = Keys.derive(bytes(range(32)))


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    """A PostgreSQL server of the test run's own."""
    with cluster() as running:
        yield running


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an empty, migrated database that nobody has open."""
    file = tmp_path_factory.mktemp("migrated") / "hub.sqlite"
    _migrate(f"sqlite:///{file}")
    assert list(file.parent.iterdir()) == [file], "what was written is in the file itself"
    return file


@pytest.fixture(scope="session")
def migrated_postgres(postgres_cluster: Cluster) -> Iterator[str]:
    """The name of an empty, migrated database that nobody has open."""
    with postgres_cluster.database() as name:
        _migrate(postgres_cluster.url(name))
        yield name


def _migrate(url: str) -> None:
    made = Database.open(url, KEYS)
    migrate.upgrade(made)
    made.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.part("postgres"))])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database of each kind in turn: never migrated, unless the test takes ``database``, too."""
    migrated = "database" in request.fixturenames
    if request.param == "sqlite":
        file = tmp_path / "hub.sqlite"
        if migrated:
            shutil.copyfile(request.getfixturevalue("migrated_sqlite"), file)
        yield f"sqlite:///{file}"
    else:
        running: Cluster = request.getfixturevalue("postgres_cluster")
        with running.database(request.getfixturevalue("migrated_postgres") if migrated else None) as name:
            yield running.url(name)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty, migrated database of each kind in turn."""
    opened = Database.open(database_url, KEYS)
    revision.check(opened)
    yield opened
    opened.close()
