"""A folder that was restored without its key gets no other one."""

from __future__ import annotations

from pathlib import Path

import pytest
from parts.databases import KEYS

from hub.app import check
from hub.config import Settings
from hub.store import migrate
from hub.store.database import Database
from hub.store.errors import KeyUnusableError
from hub.store.keyfile import keys_for
from hub.store.personal import Keys


def test_a_key_is_made_for_what_none_has_sealed_yet(database: Database, tmp_path: Path) -> None:
    made = keys_for(database, tmp_path / "hub.key")
    assert keys_for(database, tmp_path / "hub.key").fingerprint() == made.fingerprint()


def test_no_key_is_made_for_what_another_has_sealed(database: Database, tmp_path: Path) -> None:
    database.keys = KEYS
    database.audit("test", "test:sealed", "1")
    with pytest.raises(KeyUnusableError, match="yedekten geri koyun"):
        keys_for(database, tmp_path / "hub.key")
    assert not (tmp_path / "hub.key").exists()


def test_a_server_does_not_start_on_a_folder_without_its_key(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    database = Database.open(settings.database, KEYS)
    migrate.upgrade(database)
    database.audit("test", "test:sealed", "1")
    database.close()
    with pytest.raises(KeyUnusableError):
        check(settings)
    assert not settings.key_path.exists()


def test_no_key_is_made_while_the_database_does_not_answer(tmp_path: Path) -> None:
    away = Database.open("postgresql://x@localhost:1/none")
    with pytest.raises(KeyUnusableError, match="veritabanı da yanıt vermiyor"):
        keys_for(away, tmp_path / "hub.key")
    assert not (tmp_path / "hub.key").exists()
    made = Keys.load(tmp_path / "hub.key")
    assert keys_for(away, tmp_path / "hub.key").fingerprint() == made.fingerprint()


def test_a_folder_that_is_made_is_its_owners(tmp_path: Path) -> None:
    """The database holds names and hashes of passwords; a folder that stands already is the operator's to open."""
    ours, theirs = tmp_path / "new", tmp_path / "open"
    theirs.mkdir(mode=0o755)
    for folder in (ours, theirs):
        database = Database.open(Settings(data=folder).database, KEYS)
        migrate.upgrade(database)
        database.close()
    assert [folder.stat().st_mode & 0o777 for folder in (ours, theirs)] == [0o700, 0o755]
