"""Fixtures that give a test an empty, migrated database; every test that takes ``database`` runs on both kinds.

The migrations run once a session for each kind; every test gets a copy of what they made. That they make it out of any
earlier state, and out of nothing, is tested in ``store/test_schema.py``.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
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


Fill = Callable[[Database], None]


class Templates:
    """The databases of a session that tests get copies of: each is made once, when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[tuple[str, Fill | None], str] = {}

    def sqlite(self, fill: Fill | None) -> Path:
        """The file of a migrated database with what ``fill`` writes, which nobody has open."""
        if ("sqlite", fill) not in self._made:
            file = self._folder / f"{len(self._made)}.sqlite"
            _make(f"sqlite:///{file}", fill)
            assert not file.with_name(f"{file.name}-wal").exists(), "what was written is in the file itself"
            self._made["sqlite", fill] = str(file)
        return Path(self._made["sqlite", fill])

    def postgres(self, cluster: Cluster, fill: Fill | None) -> str:
        """The name of such a database in the session's cluster; it goes with the cluster."""
        if ("postgres", fill) not in self._made:
            name = cluster.create()
            _make(cluster.url(name), fill)
            self._made["postgres", fill] = name
        return self._made["postgres", fill]


def _make(url: str, fill: Fill | None) -> None:
    made = Database.open(url, KEYS)
    migrate.upgrade(made)
    if fill is not None:
        fill(made)
    made.close()


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """What ``database`` is a copy of."""
    return Templates(tmp_path_factory.mktemp("templates"))


@pytest.fixture
def fill() -> Fill | None:
    """What writes into a fresh database that which every test of a folder or module begins with. Whoever says it anew
    gives the same function each time: it runs once a session, and tests get copies."""
    return None


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.part("postgres"))])
def database_url(
    request: pytest.FixtureRequest, tmp_path: Path, templates: Templates, fill: Fill | None
) -> Iterator[str]:
    """The URL of an empty database of each kind in turn: never migrated, unless the test takes ``database``, too."""
    migrated = "database" in request.fixturenames
    if request.param == "sqlite":
        file = tmp_path / "hub.sqlite"
        if migrated:
            shutil.copyfile(templates.sqlite(fill), file)
        yield f"sqlite:///{file}"
    else:
        running: Cluster = request.getfixturevalue("postgres_cluster")
        with running.database(templates.postgres(running, fill) if migrated else None) as name:
            yield running.url(name)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated database of each kind in turn, empty but for what ``fill`` wrote."""
    opened = Database.open(database_url, KEYS)
    revision.check(opened)
    yield opened
    opened.close()
