"""What a database file's trouble is called, and that nothing half-written stays behind."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner
from parts.databases import KEYS
from sqlalchemy import event, make_url, text

from hub import limits
from hub.cli import eyhub
from hub.store import migrate, verify
from hub.store.database import Database, _why
from hub.store.errors import DatabaseUnavailableError
from hub.store.schema import Type3

BASE = datetime(2020, 1, 1, tzinfo=UTC)


def opened(file: Path) -> Database:
    return Database.open(f"sqlite:///{file}", KEYS)


def write(database: Database, first: int, count: int) -> None:
    rows = [{"type3_id": n, "name": f"k{n}" * 20, "valid_from": BASE} for n in range(first, first + count)]
    with database.write(actor="a", origin="b") as change:
        change.open_many(Type3, rows)


def test_a_full_disk_is_told_as_such_and_leaves_what_was_there(tmp_path: Path) -> None:
    database = opened(tmp_path / "hub.sqlite")
    migrate.upgrade(database)
    write(database, 1, 3)
    with database.writer.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
    database.close()

    database = opened(tmp_path / "hub.sqlite")

    @event.listens_for(database.writer, "connect")
    def bound(raw: object, record: object) -> None:
        raw.execute(f"PRAGMA max_page_count = {pages + 2}")  # type: ignore[attr-defined]  # sqlite's own "disk full"

    with pytest.raises(DatabaseUnavailableError, match="Disk dolu; hiçbir şey yazılmadı"):
        write(database, 10, 2000)
    with database.read() as connection:
        report = verify.verify(connection, KEYS)
    database.close()
    assert (report.outcome, report.journal, report.facts) == ("passed", 3, 3)


@pytest.mark.parametrize("content", [b"no database at all" * 400, b"SQLite format 3\0" + bytes(5000)])
def test_a_file_that_is_no_database_is_told_in_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "hub.sqlite").write_bytes(content)
    database = opened(tmp_path / "hub.sqlite")
    try:
        with pytest.raises(DatabaseUnavailableError, match=r"değil|bozuk"):
            migrate.upgrade(database)
    finally:
        database.close()


def test_a_folder_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    (tmp_path / "hub.sqlite").mkdir()
    result = CliRunner().invoke(eyhub, ["migrate", "--data", str(tmp_path)])
    assert isinstance(result.exception, DatabaseUnavailableError)
    assert "açılamıyor" in result.exception.message


def test_more_readers_than_connections_are_refused_when_they_waited(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "DATABASE_POOL", 1)  # and one beyond
    monkeypatch.setattr(limits, "DATABASE_WAIT", 0.01)
    busy = Database.open(database.url.render_as_string(hide_password=False), KEYS)
    with busy.read(), busy.read(), pytest.raises(DatabaseUnavailableError), busy.read():
        pass
    with busy.read():
        pass
    busy.close()


@pytest.mark.part("postgres")
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"database": "yok_boyle"}, "bu adda bir veritabanı ya da kullanıcı yok"),
        ({"username": "yok_boyle"}, "bu adda bir veritabanı ya da kullanıcı yok"),
        ({"host": "sunucu.invalid"}, "adı çözülemiyor"),
        ({"host": "127.0.0.1", "port": 1}, "çalışmıyor ya da bağlantı noktası (port) yanlış"),
    ],
)
def test_a_server_that_cannot_be_used_is_told_for_what_it_is(
    tmp_path: Path, database_url: str, changed: dict[str, Any], told: str
) -> None:
    address = make_url(database_url)
    address = address.set(**changed, query={} if "host" in changed else address.query)
    url = address.render_as_string(hide_password=False)
    done = CliRunner().invoke(eyhub, ["credential", "list", "--database", url, "--data", str(tmp_path)])
    assert isinstance(done.exception, DatabaseUnavailableError)
    assert told in done.exception.message
    assert "boyle" not in done.exception.message


def test_a_refused_password_is_told_without_it() -> None:
    said = 'connection failed: FATAL:  password authentication failed for user "eyhub"'
    told = _why(psycopg.OperationalError(said))
    assert (told, "eyhub" in told) == ("Veritabanı sunucusu kullanıcıyı ya da parolasını kabul etmiyor.", False)
