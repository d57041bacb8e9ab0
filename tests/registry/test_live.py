"""Prepared rows, name search and prepared lists: right after every change, from a file or from the database."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from parts.registry import close_unit, open_unit, rebuild, rename_unit
from parts.waiting import soon, until

from hub import limits
from hub.registry import snapshot
from hub.registry.fragments import Fragments
from hub.registry.names import Names
from hub.registry.units import InvalidFilterError, Unit
from hub.store import schema
from hub.store.database import Database
from hub.store.freshness import Freshness
from registry.conftest import BRANCH, FACULTY, GENERAL, GOVERNOR, MINISTRY, PROVINCIAL, UNIVERSITY, unit_row

ALL = sorted([MINISTRY, GENERAL, BRANCH, GOVERNOR, PROVINCIAL, UNIVERSITY, FACULTY])


def render(unit: Unit) -> bytes:
    return f"<{unit.detsis_no} {unit.hierarchy} {unit.active}>".encode()


@pytest.fixture
def fragments(filled: Database, freshness: Freshness, tmp_path: Path) -> Iterator[Fragments]:
    made = Fragments(filled, freshness, tmp_path / "snapshots", "units", "1", render)
    yield made
    made.close()


@pytest.fixture
def names(filled: Database, freshness: Freshness, tmp_path: Path) -> Names:
    return Names(filled, freshness, tmp_path / "snapshots")


@pytest.mark.parametrize("prepared", [False, True])
def test_rows_come_from_file_or_database_alike(fragments: Fragments, prepared: bool) -> None:
    if prepared:
        fragments.prepare()
        assert fragments._state.file is not None
    assert fragments.get(GENERAL) == f"<{GENERAL} ÖRNEK BAKANLIĞI > BİLGİ İŞLEM GENEL MÜDÜRLÜĞÜ True>".encode()
    assert fragments.get(1) is None
    assert fragments.get(99999999) is None
    rows = b"".join(fragments.get_many([*ALL, 1, 99999999]))
    assert rows == b"".join(fragments.get(number) or b"" for number in ALL)
    assert b"".join(fragments.get_many(reversed(ALL))) == b"".join(fragments.get(n) or b"" for n in reversed(ALL))


def test_the_length_of_a_list_is_known_before_its_rows_are_read(filled: Database, fragments: Fragments) -> None:
    assert fragments.measured(ALL) is None  # no file yet
    fragments.prepare()
    asked = [*ALL, 1, 99999999, FACULTY, *reversed(ALL)]
    with filled.write(actor="o", origin="t") as change:
        rename_unit(change, GENERAL, "DİJİTAL GENEL MÜDÜRLÜĞÜ")
    found = fragments.measured(asked)
    assert found is not None
    pieces, size = found
    with filled.write(actor="o", origin="t") as change:  # what comes after does not change what was measured
        rename_unit(change, GENERAL, "BAŞKA GENEL MÜDÜRLÜĞÜ")
        rename_unit(change, MINISTRY, "BAŞKA BAKANLIK")
    assert "BAŞKA".encode() in (fragments.get(GENERAL) or b"")
    rows = b"".join(pieces)
    assert len(rows) == size
    assert rows.count(b"<") == 2 * len(ALL) + 1
    assert rows.count("DİJİTAL".encode()) == 4
    assert "BAŞKA".encode() not in rows
    assert fragments.measured([1]) is not None
    assert fragments.measured([1])[1] == 0  # type: ignore[index]


def test_a_committed_change_shows_at_once_with_everything_beneath(filled: Database, fragments: Fragments) -> None:
    fragments.prepare()
    with filled.write(actor="o", origin="t") as change:
        rename_unit(change, GENERAL, "DİJİTAL GENEL MÜDÜRLÜĞÜ")
        close_unit(change, BRANCH)
        number = 24999999
        open_unit(change, number, "YENİ", GENERAL)
    assert fragments.get(BRANCH) == (
        f"<{BRANCH} ÖRNEK BAKANLIĞI > DİJİTAL GENEL MÜDÜRLÜĞÜ > YAZILIM ŞUBESİ False>".encode()
    )
    assert fragments._state.touched == {GENERAL, BRANCH, number}
    joined = b"".join(fragments.get_many(sorted([*ALL, number])))
    assert joined.count(b"<") == 8
    assert joined.count("DİJİTAL".encode()) == 3
    rebuild(fragments)
    assert fragments._state.touched == frozenset()
    assert b"".join(fragments.get_many(sorted([*ALL, number]))) == joined


def test_a_file_that_cannot_be_written_is_logged_without_the_errors_text(
    filled: Database, freshness: Freshness, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """An error may hold what a statement was asked with; the answers go on coming from the database."""

    def broken(unit: Unit) -> bytes:
        raise RuntimeError("10000000146")

    fragments = Fragments(filled, freshness, tmp_path / "snapshots", "units", "1", broken)
    fragments.state()
    until(lambda: "could not be written" in caplog.text)
    fragments.close()
    assert "RuntimeError" in caplog.text
    assert "broken" in caplog.text
    assert "10000000146" not in caplog.text


def test_a_second_process_adopts_the_file(
    filled: Database, freshness: Freshness, fragments: Fragments, tmp_path: Path
) -> None:
    fragments.prepare()

    def never(unit: Unit) -> bytes:
        raise AssertionError("the file should have been read")

    other = Fragments(filled, freshness, tmp_path / "snapshots", "units", "1", never)
    other.prepare()
    assert other.get(MINISTRY) == fragments.get(MINISTRY)


@pytest.mark.parametrize("refuses", [False, True])
def test_a_file_is_read_ahead_as_a_whole_and_taken_where_that_cannot_be(
    fragments: Fragments, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refuses: bool
) -> None:
    fragments.prepare()
    asked: list[tuple[int, int]] = []

    def advise(_: int, start: int, length: int, advice: int) -> None:
        assert advice == os.POSIX_FADV_WILLNEED
        asked.append((start, start + length))
        if refuses:
            raise OSError(errno.ENOSYS, "not on this file system")

    monkeypatch.setattr(snapshot, "_AHEAD", 64)
    monkeypatch.setattr(os, "posix_fadvise", advise)
    [path] = (tmp_path / "snapshots").glob("units.1-*.snap")
    assert snapshot.Snapshot(path).place("body")[1]
    size = path.stat().st_size
    assert asked[0][0] == 0
    assert refuses or (len(asked) > 2 and asked[-1][1] >= size)
    assert all(one[1] == two[0] for one, two in pairwise(asked))


def test_a_file_of_another_form_or_history_or_a_cut_one_is_not_taken(
    filled: Database, freshness: Freshness, fragments: Fragments, tmp_path: Path
) -> None:
    fragments.prepare()
    folder = tmp_path / "snapshots"
    [path] = folder.glob("units.1-*.snap")
    forged = path.with_name(path.name[:-21] + "0123456789abcdef.snap")
    path.rename(forged)
    other = Fragments(filled, freshness, folder, "units", "1", lambda unit: b"new")
    other.prepare()
    assert other.get(MINISTRY) == b"new"
    assert not forged.exists()

    [path] = folder.glob("units.1-*.snap")
    path.write_bytes(path.read_bytes()[:-3])
    third = Fragments(filled, freshness, folder, "units", "1", lambda unit: b"third")
    third.prepare()
    assert third.get(MINISTRY) == b"third"

    fourth = Fragments(filled, freshness, folder, "units", "2", lambda unit: b"fourth")
    fourth.prepare()
    assert fourth.get(MINISTRY) == b"fourth"
    assert [file.name.split("-")[0] for file in folder.glob("units.*.snap")] == ["units.2"]


def test_when_very_much_changes_answers_stay_right_and_the_file_is_made_anew(
    filled: Database, fragments: Fragments, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "TOUCHED_UNITS", 4)
    fragments.prepare()
    monkeypatch.setattr(limits, "REBUILD_PAUSE", 0.0)
    with filled.write(actor="o", origin="t") as change:
        for number in range(6):
            change.open(schema.Unit, unit_row(25000000 + number, f"BİRİM {number}", MINISTRY, MINISTRY, 1))
    assert fragments.get(25000003) == "<25000003 ÖRNEK BAKANLIĞI > BİRİM 3 True>".encode()
    assert len(b"".join(fragments.get_many(range(25000000, 25000006))).split(b">")) == 13
    until(lambda: fragments._state.touched == frozenset())
    assert fragments.get(25000003) == "<25000003 ÖRNEK BAKANLIĞI > BİRİM 3 True>".encode()


def test_names_are_found_by_any_part_without_regard_to_turkish_letters(names: Names) -> None:
    for _ in range(2):
        assert list(names.search("bilgi islem")) == [GENERAL]
        assert list(names.search("bilgi\u00ad işl\u200bem")) == [GENERAL], "what nobody sees is not searched for"
        assert list(names.search("BİLGİ")) == [GENERAL, PROVINCIAL, FACULTY]
        assert list(names.search("  BILGI  ", MINISTRY)) == [GENERAL, PROVINCIAL]
        assert list(names.search("mudurlugu")) == [GENERAL, PROVINCIAL]
        assert list(names.search("su%_besi")) == []
        assert list(names.search("subesi yazilim")) == []
        with pytest.raises(InvalidFilterError, match="en az 5"):
            names.search("bilg ")
        names.prepare()


def test_names_follow_changes(filled: Database, names: Names) -> None:
    names.prepare()
    with filled.write(actor="o", origin="t") as change:
        rename_unit(change, GENERAL, "DİJİTAL İŞLER")
        close_unit(change, FACULTY)
        open_unit(change, 24000000, "BİLGİ EVİ")
    assert list(names.search("bilgi")) == [24000000, PROVINCIAL]
    assert list(names.search("bilgi", closed=True)) == [24000000, PROVINCIAL, FACULTY]
    assert list(names.search("bilgi", 24000000)) == [24000000]
    assert list(names.search("dijital")) == [GENERAL]
    rebuild(names)
    assert list(names.search("bilgi")) == [24000000, PROVINCIAL]
    assert list(names.search("bilgi", closed=True)) == [24000000, PROVINCIAL, FACULTY]


WRITER = """
import sys
from hub.store import schema
from hub.store.database import Database
database = Database.open(sys.argv[1])
with database.write(actor="other", origin="process") as change:
    change.alter(schema.Unit, {"detsis_no": int(sys.argv[2])}, {"name": sys.argv[3]})
"""


def test_a_commit_of_another_process_shows(filled: Database, freshness: Freshness, fragments: Fragments) -> None:
    fragments.prepare()
    assert "ÖRNEK".encode() in (fragments.get(MINISTRY) or b"")
    command = [sys.executable, "-c", WRITER, filled.url.render_as_string(hide_password=False), str(MINISTRY), "BAŞKA"]
    subprocess.run(command, check=True)
    if filled.embedded:
        assert "BAŞKA".encode() in (fragments.get(MINISTRY) or b"")
    until(lambda: "BAŞKA".encode() in (fragments.get(MINISTRY) or b""))


@pytest.mark.part("postgres")
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_a_lost_listener_makes_every_question_go_to_the_database(filled: Database, freshness: Freshness) -> None:
    until(lambda: freshness.serial() == filled.serial() and freshness._good_until > time.monotonic())
    freshness._listening.close()
    assert soon(lambda: freshness._good_until == 0.0)
    with filled.write(actor="o", origin="t") as change:
        rename_unit(change, MINISTRY, "BAŞKA")
    filled.last_committed["journal"] = 0
    assert freshness.serial() == filled.serial()
    until(lambda: freshness._good_until > time.monotonic())


BUILDER = """
import sys, time
from pathlib import Path
from hub.registry.fragments import Fragments
from hub.store.database import Database
from hub.store.freshness import Freshness
database = Database.open(sys.argv[1])
def render(unit):
    print("row", flush=True)
    time.sleep(0.2)
    return b"half"
Fragments(database, Freshness(database), Path(sys.argv[2]), "units", "1", render).prepare()
"""


def test_a_killed_builder_leaves_nothing_that_is_read(filled: Database, fragments: Fragments, tmp_path: Path) -> None:
    url = filled.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", BUILDER, url, str(tmp_path / "snapshots")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"row\n"
        os.kill(process.pid, signal.SIGKILL)
    assert list((tmp_path / "snapshots").glob("*.tmp"))
    fragments.prepare()
    assert b"".join(fragments.get_many(ALL)).count(b"<") == len(ALL)
    assert not list((tmp_path / "snapshots").glob("*.tmp"))
