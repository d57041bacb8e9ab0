"""The migrations make the tables that the models describe, on both databases, and take them away again."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from hub.store import migrate
from hub.store.database import Database
from hub.store.errors import SchemaMismatchError
from hub.store.schema import FACTS, Base, Unit


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
        migrate.check(database)
    migrate.upgrade(database)
    migrate.check(database)


def test_upgrading_twice_changes_nothing(database: Database) -> None:
    migrate.upgrade(database)
    assert migrate.revision(database) == migrate.head()


def test_a_database_of_a_later_version_is_refused(database: Database) -> None:
    with database.writer.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'later'"))
    with pytest.raises(SchemaMismatchError, match="daha yeni"):
        migrate.upgrade(database)
    with pytest.raises(SchemaMismatchError):
        migrate.check(database)
