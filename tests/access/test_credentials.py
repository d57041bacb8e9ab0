"""Credentials: given, listed, taken back; and the commands that do so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from access.conftest import KURUM
from hub.access import credentials
from hub.access.credentials import Right
from hub.access.errors import CredentialError
from hub.cli import eyhub
from hub.store import revision
from hub.store.database import Database
from hub.store.schema import AuditEvent, Credential


def test_only_the_hash_is_kept_and_everything_is_audited(institution: Database) -> None:
    with institution.write(actor="operator:ayse", origin="test") as change:
        given = credentials.give(change, KURUM, rights=[Right.RECORD, Right.PERSONAL], label=" e-belge ")
    assert len(given.password) == 32
    with institution.write(actor="operator:ali", origin="test") as change:
        credentials.revoke(change, given.id)
    with institution.read() as connection:
        assert credentials.listed(connection) == []
        [item] = credentials.listed(connection, revoked=True)
        stored = connection.execute(select(Credential.hash)).scalar_one()
        events = connection.execute(select(AuditEvent.actor, AuditEvent.event, AuditEvent.subject, AuditEvent.detail))
        assert [tuple(event[:3]) for event in events] == [
            ("operator:ayse", "credential:add", str(given.id)),
            ("operator:ali", "credential:revoke", str(given.id)),
        ]
        [detail, _] = connection.execute(select(AuditEvent.detail).order_by(AuditEvent.serial)).scalars()
    assert json.loads(detail) == {"detsis_no": KURUM, "rights": "personal record"}
    assert (item.label, item.rights, item.revoked_by) == ("e-belge", {Right.PERSONAL, Right.RECORD}, "operator:ali")
    assert stored.startswith("$argon2id$")
    assert given.password not in stored


@pytest.mark.parametrize(
    ("number", "given", "words"),
    [
        (99999999, {}, "kayıtlı değil"),
        (KURUM, {"password": "kısa"}, "12–256"),
        (KURUM, {"password": "u" * 257}, "12–256"),
    ],
)
def test_what_is_refused(institution: Database, number: int, given: dict[str, str], words: str) -> None:
    with pytest.raises(CredentialError, match=words), institution.write(actor="o", origin="t") as change:
        credentials.give(change, number, **given)
    with institution.read() as connection:
        assert credentials.listed(connection, revoked=True) == []


def test_no_third_credential_and_no_second_revocation(institution: Database) -> None:
    with institution.write(actor="o", origin="t") as change:
        first = credentials.give(change, KURUM)
        credentials.give(change, KURUM)
    with pytest.raises(CredentialError, match="iki"), institution.write(actor="o", origin="t") as change:
        credentials.give(change, KURUM)
    with institution.write(actor="o", origin="t") as change:
        credentials.revoke(change, first.id)
        credentials.give(change, KURUM)
    with pytest.raises(CredentialError, match="geçerli"), institution.write(actor="o", origin="t") as change:
        credentials.revoke(change, first.id)


def run(*words: str, stdin: str = "") -> tuple[int, str]:
    result = CliRunner().invoke(eyhub, words, input=stdin, catch_exceptions=True)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        return 2, str(result.exception)
    return result.exit_code, result.output


def test_the_commands(institution: Database, tmp_path: Path) -> None:
    place = ("--data", str(tmp_path), "--database", institution.url.render_as_string(hide_password=False))
    key = tmp_path / "hub.key"
    for words in (("add", str(KURUM)), ("list", "--all")):
        code, shown = run("credential", *words, *place)
        assert code == 2
        assert shown.startswith("Anahtar dosyası yok, veritabanı ise bir anahtarla mühürlü"), shown
        assert not key.exists(), "a key made anew is not the one that sealed this database"
    key.write_text(f"eyhub-key-1:{'ab' * 32}\n", encoding="ascii")
    key.chmod(0o600)
    assert run("credential", "add", str(KURUM), *place) == (
        2,
        "Anahtar dosyası bu veritabanınınki değil ya da kayıtların sonu değiştirilmiş.",
    )
    assert run("credential", "list", "--all", *place) == (0, "")
    key.write_text(f"eyhub-key-1:{bytes(range(32)).hex()}\n", encoding="ascii")
    code, shown = run("credential", "add", str(KURUM), "--right", "personal", "--label", "deneme", *place)
    assert code == 0
    number, name, password = (line.split()[-1] for line in shown.splitlines())
    assert name == str(KURUM)
    assert len(password) == 32
    code, shown = run("credential", "add", str(KURUM), "--password-stdin", *place, stdin="uzun bir parola\n")
    assert code == 0
    assert "uzun" not in shown
    code, shown = run("credential", "list", *place)
    assert [line.split("\t")[2] for line in shown.splitlines()] == ["personal", "-"]
    assert run("credential", "revoke", number, *place) == (0, f"{number} revoked\n")
    assert run("credential", "revoke", number, *place) == (2, "Bu numarayla geçerli bir parola yok.")
    code, shown = run("credential", "list", "--all", *place)
    assert "revoked 20" in shown
    assert password not in shown
    assert oct(key.stat().st_mode)[-3:] == "600"


def test_migrate_says_where_the_database_is(tmp_path: Path) -> None:
    place = ("--data", str(tmp_path / "new"), "--database", "")
    head = revision.head()
    assert run("migrate", "--check", *place) == (1, f"none (needed: {head})\n")
    assert not (tmp_path / "new").exists()
    assert run("credential", "list", *place)[0] == 2
    assert not (tmp_path / "new").exists()
    assert run("migrate", *place) == (0, f"none -> {head}\n")
    assert run("migrate", *place) == (0, f"{head}\n")
    assert run("migrate", "--check", *place) == (0, f"{head} (needed: {head})\n")


@pytest.mark.parametrize("url", ["mysql://x", "sqlite://", "nonsense", "postgresql://x@localhost:1/none"])
def test_a_database_that_cannot_be_used_is_one_line(url: str) -> None:
    code, shown = run("migrate", "--database", url)
    assert code == 2
    assert len(shown.splitlines()) == 1
    assert "veritaban" in shown.casefold() or "SQLite" in shown
