"""Personal data at rest: sealed, found by a keyed digest, shown masked; in no dump, log or message."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import traceback
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parts.databases import KEYS
from parts.registry import open_unit
from sqlalchemy import inspect, select, text

from hub.access import credentials
from hub.registry import managers
from hub.store import schema, verify
from hub.store.database import Database
from hub.store.errors import ConflictError, KeyUnusableError
from hub.store.personal import Keys, Tckn, mask
from hub.store.schema import table_of

NUMBER = "10000000146"
BASE = datetime(2020, 1, 1, tzinfo=UTC)


@given(st.text(), st.sampled_from(["tckn", "birth"]))
def test_what_is_sealed_comes_back_for_its_purpose_only(words: str, purpose: str) -> None:
    sealed = KEYS.seal(words, purpose)
    assert KEYS.unseal(sealed, purpose) == words
    assert KEYS.seal(words, purpose) != sealed
    with pytest.raises(KeyUnusableError):
        KEYS.unseal(sealed, "other")
    with pytest.raises(KeyUnusableError):
        Keys.derive(bytes(32)).unseal(sealed, purpose)


@given(st.binary(max_size=60))
def test_bytes_that_were_not_sealed_here_are_refused(sealed: bytes) -> None:
    with pytest.raises(KeyUnusableError):
        KEYS.unseal(sealed, "tckn")


def test_an_altered_byte_is_noticed() -> None:
    sealed = KEYS.seal(NUMBER, "tckn")
    for place in range(len(sealed)):
        altered = bytearray(sealed)
        altered[place] ^= 1
        with pytest.raises(KeyUnusableError):
            KEYS.unseal(bytes(altered), "tckn")


def test_the_lookup_is_the_same_for_the_same_and_keyed() -> None:
    assert KEYS.lookup(NUMBER, "tckn") == KEYS.lookup(NUMBER, "tckn")
    assert KEYS.lookup(NUMBER, "tckn") != KEYS.lookup(NUMBER, "birth")
    assert KEYS.lookup(NUMBER, "tckn") != Keys.derive(bytes(32)).lookup(NUMBER, "tckn")


def test_a_number_is_masked_wherever_it_is_printed() -> None:
    number = Tckn(NUMBER)
    assert number.number == NUMBER
    for shown in (repr(number), str(number), f"{number}", f"{[number]}", "%s" % number):  # noqa: UP031
        assert NUMBER not in shown
        assert "100******46" in shown
    assert mask("123") == "123"
    for wrong in ("10000000147", "1000000014", "00000000000", "1000000014６", "", "10000000146 "):
        with pytest.raises(ValueError, match="kimlik"):
            Tckn(wrong)
    assert NUMBER not in repr(KEYS)
    assert "bytes" not in repr(KEYS)
    assert repr(KEYS) == "Keys()"


def test_the_key_file_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "hub.key"
    first = Keys.load(path)
    assert os.stat(path).st_mode & 0o777 == 0o600
    assert Keys.load(path) == first
    assert Keys.load(path).fingerprint() == first.fingerprint() != KEYS.fingerprint()
    assert [file.name for file in path.parent.iterdir()] == ["hub.key"]
    path.chmod(0o640)
    with pytest.raises(KeyUnusableError, match="chmod 600"):
        Keys.load(path)
    path.chmod(0o600)
    for wrong in ("", "eyhub-key-1:", "eyhub-key-1:zz", "eyhub-key-1:" + "0" * 62, "0" * 64):
        path.write_text(wrong)
        with pytest.raises(KeyUnusableError):
            Keys.load(path)
    with pytest.raises(KeyUnusableError, match="yok"):
        Keys.load(tmp_path / "none", create=False)


def test_processes_that_start_at_once_share_one_key(tmp_path: Path) -> None:
    path = tmp_path / "hub.key"
    code = (
        "import sys; from pathlib import Path; from hub.store.personal import Keys;"
        "print(Keys.load(Path(sys.argv[1])).fingerprint())"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    assert len({process.communicate()[0] for process in running}) == 1


def everything(database: Database) -> bytes:
    """All that is stored, as a thief would read it."""
    if database.embedded:
        assert database.url.database is not None
        path = Path(database.url.database)
        return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
    found = []
    with database.reader.connect() as connection:
        for table in inspect(connection).get_table_names():
            rows = connection.execute(text(f'SELECT t::text FROM "{table}" t')).scalars()
            found += [row.encode() for row in rows]
    return b"\n".join(found)


def test_neither_numbers_nor_passwords_are_in_the_database_or_the_log(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), database.write(actor="operator", origin="test") as change:
        open_unit(change, 24308110, "ÖRNEK", at=BASE)
        row = managers.person_row(
            KEYS, code=1001, given_name="Ayşe", surname="Örnek", tckn=Tckn(NUMBER), birth=date(1970, 5, 17)
        )
        change.open(schema.Person, row)
        credentials.give(change, 24308110, password="çok gizli parola")
    stored = everything(database)
    assert "Örnek".encode() in stored
    for secret in (NUMBER, "1970-05-17", "gizli", NUMBER.encode().hex()):
        assert secret.encode() not in stored
        assert secret not in caplog.text
    with database.read() as connection:
        assert managers.code_of(connection, KEYS, Tckn(NUMBER)) == 1001
        assert managers.code_of(connection, Keys.derive(bytes(32)), Tckn(NUMBER)) is None
        person = managers.person(connection, 1001)
        assert person is not None
        assert managers.tckn(KEYS, person) == Tckn(NUMBER)
        assert managers.birth_date(KEYS, person) == date(1970, 5, 17)
        assert NUMBER not in repr(person)
        assert verify.verify(connection, KEYS).outcome == "passed"


def test_an_error_of_the_database_tells_no_value(database: Database) -> None:
    row = managers.person_row(KEYS, code=1, given_name="A", surname="B", tckn=Tckn(NUMBER))
    with pytest.raises(ConflictError) as caught, database.write(actor="o", origin="t") as change:
        change.open_many(schema.Person, [row, {**row, "code": 2}])
    told = "".join(traceback.format_exception(caught.value))
    assert KEYS.lookup(NUMBER, "tckn").hex() not in told
    assert "surname" not in told
    with database.read() as connection:
        assert connection.execute(select(table_of(schema.Person))).all() == []
