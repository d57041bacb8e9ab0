"""The migrations make the tables that the models describe, on both databases, and take them away again."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from parts.databases import KEYS
from sqlalchemy import inspect, text

from hub import limits
from hub.registry import serials
from hub.store import migrate, revision, verify
from hub.store.database import Database
from hub.store.errors import SchemaMismatchError
from hub.store.schema import FACTS, Base, Document, Type3, Unit


def test_the_migrated_tables_are_those_of_the_models(database: Database) -> None:
    with database.reader.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []
        found = {check["name"] for check in inspect(connection).get_check_constraints("duty")}
        assert {"ck_duty_kind", "ck_duty_period", "ck_duty_closing"} <= found


def test_every_kind_of_fact_is_listed_once() -> None:
    assert len(FACTS) == 24
    assert FACTS["unit"] is Unit


def test_going_down_to_nothing_and_up_again(database: Database) -> None:
    migrate.downgrade(database, "base")
    with database.reader.connect() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
    with pytest.raises(SchemaMismatchError, match="eyhub migrate"):
        revision.check(database)
    migrate.upgrade(database)
    revision.check(database)


def test_upgrading_twice_changes_nothing(database: Database) -> None:
    migrate.upgrade(database)
    assert revision.revision(database) == revision.head()


def test_a_database_of_a_later_version_is_refused(database: Database) -> None:
    with database.writer.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'later'"))
    with pytest.raises(SchemaMismatchError, match="daha yeni"):
        migrate.upgrade(database)
    with pytest.raises(SchemaMismatchError, match="daha yeni"):  # eyhub migrate would not help
        revision.check(database)


@pytest.mark.parametrize("table", ["users", "unit"])
def test_a_database_of_another_program_is_left_as_it_is(database: Database, table: str) -> None:
    migrate.downgrade(database, "base")
    with database.writer.begin() as connection:
        connection.execute(text(f"CREATE TABLE {table} (x integer)"))
    with pytest.raises(SchemaMismatchError, match=rf"başka bir programın tabloları var \({table}\)"):
        migrate.upgrade(database)
    with database.reader.connect() as connection:
        assert {*inspect(connection).get_table_names()} == {"alembic_version", table}


def test_data_survive_going_back_a_revision_and_up_again(database: Database) -> None:
    with database.write(actor="a", origin="b") as change:
        change.open_many(Type3, [{"type3_id": n, "name": f"k{n}"} for n in range(100)])
        change.audit("test:one", "1")
    migrate.downgrade(database, "0001")
    assert revision.revision(database) == "0001"
    migrate.upgrade(database)
    with database.read() as connection:
        report = verify.verify(connection, KEYS)
        assert (report.outcome, report.journal, report.facts) == ("passed", 100, 100)
    with database.write(actor="a", origin="b") as change:
        change.open(Type3, {"type3_id": 100, "name": "later"})
    assert database.serial() == 101


def test_documents_of_before_their_key_grew_are_verified_and_end(database: Database) -> None:
    """The journal names them by the key of their time for ever; what is written from now on has the new one."""
    document = {"detsis_no": 24308110, "document_id": 7, "name": "DİPLOMA", "kind": None}
    with pytest.MonkeyPatch.context() as then:
        then.setattr(Document, "key", Document.former_key)
        with database.write(actor="a", origin="b") as change:
            change.open(Document, {**document, "requested": True})
    with database.write(actor="a", origin="b") as change:
        change.open(Document, {**document, "requested": False})
        change.end(Document, {"detsis_no": 24308110, "document_id": 7, "requested": True})
    with database.read() as connection:
        keys = [entry.key for entry in serials.entries(connection, 0)]
        report = verify.verify(connection, KEYS)
    assert keys == ["24308110/7", "24308110/7/False", "24308110/7/True"]
    assert (report.outcome, report.facts) == ("passed", 3)


def test_a_failing_migration_leaves_the_database_as_it_was(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Database.open(database_url)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(Operations, "bulk_insert", fail)
    with pytest.raises(RuntimeError):
        migrate.upgrade(opened)
    assert revision.revision(opened) is None
    with opened.reader.connect() as connection:
        assert inspect(connection).get_table_names() == []
    monkeypatch.undo()
    migrate.upgrade(opened)
    revision.check(opened)
    opened.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_serials_go_on_after_a_backup_is_restored(database: Database, tmp_path: Path) -> None:
    with database.write(actor="a", origin="b") as change:
        change.open(Type3, {"type3_id": 1, "name": "a"})
    with contextlib.closing(sqlite3.connect(tmp_path / "copy.sqlite")) as copy:
        assert database.url.database is not None
        with contextlib.closing(sqlite3.connect(database.url.database)) as source:
            source.backup(copy)
    restored = Database.open(f"sqlite:///{tmp_path / 'copy.sqlite'}", KEYS)
    with restored.write(actor="a", origin="b") as change:
        change.alter(Type3, {"type3_id": 1}, {"name": "b"})
    assert restored.serial() == 2
    with restored.read() as connection:
        assert verify.verify(connection, KEYS).outcome == "passed"
    restored.close()


@pytest.mark.part("postgres")
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_the_planner_knows_of_a_large_import_at_once(database: Database) -> None:
    with database.write(actor="a", origin="b") as change:
        change.open_many(Type3, ({"type3_id": n, "name": "x"} for n in range(limits.ANALYZE_ROWS)))
    with database.read() as connection:
        known = text("SELECT reltuples FROM pg_class WHERE relname = :name")
        assert connection.execute(known, {"name": "type3"}).scalar_one() == limits.ANALYZE_ROWS
        assert connection.execute(known, {"name": "journal"}).scalar_one() == limits.ANALYZE_ROWS
