"""Edits and cuts behind the hub's back are found, whatever they touch."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from parts.databases import KEYS
from sqlalchemy import text

from hub.cli import eyhub
from hub.store import verify
from hub.store.database import Database
from hub.store.errors import KeyUnusableError
from hub.store.personal import Keys
from hub.store.schema import Type3
from hub.store.trail import check_key

BASE = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def written(database: Database) -> Database:
    """Six changes of two transactions and three audit events."""
    with database.write(actor="a", origin="b") as change:
        change.open_many(Type3, [{"type3_id": n, "name": f"k{n}", "valid_from": BASE} for n in range(1, 5)])
        change.audit("test:one", "1")
    with database.write(actor="c", origin="d") as change:
        change.alter(Type3, {"type3_id": 2}, {"name": "renamed"})
        change.end(Type3, {"type3_id": 3})
        change.audit("test:two", "2", note="ş")
        change.audit("test:three", "3")
    return database


def checked(database: Database, keys: Keys | None = KEYS) -> verify.Report:
    with database.read() as connection:
        return verify.verify(connection, keys)


def test_what_was_written_passes(written: Database) -> None:
    report = checked(written)
    assert (report.outcome, report.journal, report.audit, report.facts) == ("passed", 6, 3, 7)
    assert checked(written, None).outcome == "indeterminate"
    assert checked(written, None).unsealed == ["journal", "audit"]
    assert checked(written, Keys.derive(bytes(32))).outcome == "failed"


def test_an_empty_database_passes(database: Database) -> None:
    assert checked(database).outcome == "passed"


EDITS = [
    "UPDATE change_set SET actor = 'somebody' WHERE first_serial = 1",
    "UPDATE change_set SET origin = 'x' WHERE first_serial = 5",
    "UPDATE journal SET action = 'x' WHERE serial = 3",
    "UPDATE journal SET key = '9' WHERE serial = 3",
    "UPDATE journal SET unit = 9 WHERE serial = 3",
    "UPDATE journal SET subject = 'place' WHERE serial = 3",
    "UPDATE journal SET digest = hash WHERE serial = 3",
    "UPDATE journal SET hash = digest WHERE serial = 6",
    "DELETE FROM journal WHERE serial = 3",
    "DELETE FROM journal WHERE serial = 6",
    "DELETE FROM journal",
    "UPDATE journal SET serial = serial + 100 WHERE serial = 6",
    "DELETE FROM change_set WHERE first_serial = 1",
    "UPDATE counter SET serial = 5 WHERE name = 'journal'",
    "UPDATE counter SET seal = hash WHERE name = 'audit'",
    "DELETE FROM counter WHERE name = 'audit'",
    "UPDATE audit SET detail = '{}' WHERE serial = 2",
    "UPDATE audit SET actor = 'x' WHERE serial = 1",
    "DELETE FROM audit WHERE serial = 3",
    "DELETE FROM audit WHERE serial = 1",
    "UPDATE type3 SET name = 'forged' WHERE type3_id = 1",
    "UPDATE type3 SET active = NOT active WHERE type3_id = 4",
    "UPDATE type3 SET known_to = known_from WHERE known_to IS NOT NULL AND type3_id = 2",
    "UPDATE type3 SET closed_serial = 6 WHERE closed_serial = 5",
    "UPDATE type3 SET serial = 4 WHERE serial = 1",
    "DELETE FROM type3 WHERE type3_id = 4",
    "DELETE FROM type3 WHERE known_to IS NOT NULL AND type3_id = 2",
    "DELETE FROM type3 WHERE valid_to IS NOT NULL",
    "INSERT INTO type3 (type3_id, name, active, valid_from, known_from, serial)"
    " SELECT 77, 'slipped in', active, valid_from, known_from, serial FROM type3 WHERE type3_id = 1",
    "INSERT INTO type3 (type3_id, name, active, valid_from, known_from, serial)"
    " SELECT 77, 'slipped in', active, valid_from, known_from, 500 FROM type3 WHERE type3_id = 1",
    "INSERT INTO package_version (detsis_no, version, valid_from, known_from, serial)"
    " SELECT 24308110, '2.0', valid_from, known_from, 1 FROM type3 WHERE type3_id = 1",
]


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_is_found(written: Database, edit: str) -> None:
    with written.writer.begin() as connection:
        assert connection.execute(text(edit)).rowcount > 0
    assert checked(written).outcome == "failed"


def test_an_end_cut_off_with_its_counter_is_found_by_the_seal(written: Database) -> None:
    with written.writer.begin() as connection:
        for statement in (
            "DELETE FROM type3 WHERE serial > 4",
            "UPDATE type3 SET known_to = NULL, closed_serial = NULL",
            "DELETE FROM journal WHERE serial > 4",
            "DELETE FROM change_set WHERE first_serial > 4",
            "UPDATE counter SET serial = 4, hash = (SELECT hash FROM journal WHERE serial = 4) WHERE name = 'journal'",
        ):
            connection.execute(text(statement))
    findings = checked(written).findings
    assert [(found.where, found.serial) for found in findings] == [("journal", 4)]
    assert "seal" in findings[0].what
    with written.writer.begin() as connection:
        connection.execute(text("UPDATE counter SET seal = NULL WHERE name = 'journal'"))
    assert checked(written).outcome == "indeterminate", "an end without a seal is not a pass"


def test_an_older_copy_is_found_by_a_serial_noted_before(written: Database) -> None:
    with written.read() as connection:
        head = connection.execute(text("SELECT hash FROM journal WHERE serial = 6")).scalar_one()
        assert verify.verify(connection, KEYS, expected=(6, bytes(head))).outcome == "passed"
        assert verify.verify(connection, KEYS, expected=(6, bytes(32))).outcome == "failed"
        assert verify.verify(connection, KEYS, expected=(7, bytes(head))).outcome == "failed"


def run(database: Database, folder: Path, *words: str) -> tuple[int, list[str]]:
    place = ("--data", str(folder), "--database", database.url.render_as_string(hide_password=False))
    result = CliRunner().invoke(eyhub, ["journal", *words, *place])
    return result.exit_code, result.output.splitlines()


def test_the_commands_tell_by_exit_code(database: Database, tmp_path: Path) -> None:
    database.keys = Keys.load(tmp_path / "hub.key")
    with database.write(actor="a", origin="b") as change:
        change.open(Type3, {"type3_id": 1, "name": "a"}, valid_from=BASE)
    code, lines = run(database, tmp_path, "verify")
    assert (code, lines[0]) == (0, "passed: 1 changes, 1 facts, 0 audit events")
    end = lines[1].removeprefix("end ")
    with database.write(actor="c", origin="d") as change:
        change.alter(Type3, {"type3_id": 1}, {"name": "b"})
    assert run(database, tmp_path, "verify", "--expect", end)[0] == 0
    assert run(database, tmp_path, "verify", "--expect", "1:" + "0" * 64)[0] == 1
    assert run(database, tmp_path, "verify", "--expect", "none")[0] == 2
    code, lines = run(database, tmp_path, "list", "--after", "1")
    [line] = lines
    words = line.split("\t")
    assert [words[0], *words[2:]] == ["2", "type3", "1", "alter", "c", "d"]
    with database.writer.begin() as connection:
        connection.execute(text("UPDATE type3 SET name = 'forged'"))
    code, lines = run(database, tmp_path, "verify", "--json")
    found = json.loads(lines[0])
    assert (code, found["outcome"], found["findings"][0]["where"]) == (1, "failed", "type3")
    assert run(database, tmp_path, "verify", "--no-facts")[0] == 0
    database.keys = None
    with database.write(actor="c", origin="d") as change:
        change.open(Type3, {"type3_id": 2, "name": "b"})
    assert run(database, tmp_path, "verify", "--no-facts")[0] == 3


def test_another_key_writes_nothing_and_a_server_with_it_is_not_ready(written: Database) -> None:
    other = Keys.derive(bytes(32))
    intruder = Database.open(str(written.url.render_as_string(hide_password=False)), other)
    try:
        with (
            pytest.raises(KeyUnusableError, match="bu veritabanınınki değil"),
            intruder.write(actor="a", origin="b") as change,
        ):
            change.end(Type3, {"type3_id": 1})
        with pytest.raises(KeyUnusableError):
            intruder.audit("a", "test:four", "4")
        with written.read() as connection:
            check_key(connection, KEYS)
            with pytest.raises(KeyUnusableError):
                check_key(connection, other)
    finally:
        intruder.close()
    report = checked(written)
    assert (report.outcome, report.journal, report.audit) == ("passed", 6, 3)
