"""``eyhub authority check``: exit codes, one line on misuse, no identity number in what is printed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from iyem import conftest as state

from hub.commands.authority import authority
from hub.iyem.decision import Reason
from hub.iyem.words import SENTENCES
from hub.store import migrate
from hub.store.database import Database
from hub.store.errors import KeyUnusableError
from hub.store.personal import Keys

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def folder(tmp_path: Path, at: state.Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> Path:
    url = f"sqlite:///{tmp_path / 'hub.sqlite'}"
    keys = Keys.load(tmp_path / "hub.key")
    database = Database.open(url, keys)
    migrate.upgrade(database)
    monkeypatch.setattr(state, "KEYS", keys)
    at("2015-01-01T00:00")
    state.fill(database)
    at("2016-03-10T11:00")
    state.appoint(database, 1, state.GENERAL, "2016-03-10T09:00")
    database.close()
    at("2016-05-01T00:00")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        (["--code", "1", "--unit", "12"], 0, "OWNER"),
        (["--tckn", state.tckn(1), "--unit", "12", "--at", "2016-03-10T11:00"], 0, "OWNER"),
        (["--code", "1", "--unit", "12", "--at", "2016-03-10T10:00"], 1, "NOT_RECORDED_YET"),
        (["--code", "1", "--unit", "12", "--at", "2016-03-10T08:00:00+00:00"], 1, "NOT_RECORDED_YET"),
        (["--code", "1", "--unit", "13"], 1, "OTHER_UNIT"),
        (["--code", "1", "--unit", "12", "--at", "2030-01-01T00:00"], 3, "TIME_AHEAD"),
    ],
)
def test_answers(folder: Path, arguments: list[str], code: int, reason: str) -> None:
    runner = CliRunner()
    found = runner.invoke(authority, ["check", *arguments, "--data", str(folder), "--json"])
    assert found.exit_code == code, found.output
    answer = json.loads(found.stdout)
    assert answer["reason"] == reason
    text = runner.invoke(authority, ["check", *arguments, "--data", str(folder)])
    assert text.exit_code == code
    assert reason in text.stdout
    assert state.tckn(1) not in found.stdout + text.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["--unit", "12"],
        ["--code", "1"],
        ["--tckn", "12345678901", "--unit", "12"],
        ["--code", "1", "--unit", "12", "--at", "dün"],
        ["--code", "9" * 20, "--unit", "12"],
        ["--code", "1", "--unit", "9" * 20],
        ["--code", "-1", "--unit", "12"],
    ],
)
def test_misuse_is_exit_code_2(folder: Path, arguments: list[str]) -> None:
    assert CliRunner().invoke(authority, ["check", *arguments, "--data", str(folder)]).exit_code == 2


def test_another_key_is_no_answer(folder: Path) -> None:
    """It would find nobody by identity number, and that would read as a no."""
    (folder / "hub.key").unlink()
    found = CliRunner().invoke(
        authority, ["check", "--tckn", state.tckn(1), "--unit", "12", "--data", str(folder)], standalone_mode=False
    )
    assert isinstance(found.exception, KeyUnusableError)
    assert found.stdout == ""


def test_every_reason_has_its_words_and_its_pages() -> None:
    assert set(SENTENCES) == set(Reason)
    for name in ("reasons.md", "reasons.tr.md"):
        page = (DOCS / name).read_text(encoding="utf-8")
        headings = [line.removeprefix("## ") for line in page.splitlines() if line.startswith("## ")]
        assert headings == [reason.value for reason in Reason]
