"""The registry layer against the hub's own registry, SQLite and PostgreSQL: as of the letter's date, not of today."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from parts.registry import close_unit, end_kep, set_kep, set_package_version

from hub.package.catalogue import Layer
from hub.package.judge import Options, judge
from hub.package.register import RegisterAt
from hub.package.report import Report
from hub.package.rules.base import Outcome
from hub.store import schema
from hub.store.database import Database
from hub.turkish import fold
from tests.hostile import corpus
from tests.package import factory
from tests.package.factory import Draft

START = datetime(2020, 1, 1, tzinfo=UTC)
SENDER, SENDER_UNIT, OTHER, OTHER_UNIT = 82223362, 82223363, 24301050, 24301051


def row(number: int, name: str, parent: int, main: int) -> dict[str, object]:
    return {
        "detsis_no": number, "name": name, "folded_name": fold(name), "parent_no": parent, "main_no": main,
        "level": 0 if number == main else 1, "type1_id": 19, "type2_id": 1, "place_id": 6, "external": True,
        "valid_from": START,
    }  # fmt: skip


@pytest.fixture
def filled(database: Database) -> Database:
    with database.write(actor="test", origin="test") as change:
        change.open_many(
            schema.Place,
            [{"place_id": 6, "place_code": 106, "name": "ANKARA", "province_code": 6, "province_name": "ANKARA",
              "kind_id": 1, "kind": "İL", "valid_from": START}],
        )  # fmt: skip
        change.open_many(
            schema.Unit,
            [row(SENDER, "GÖNDEREN KURUM", 0, SENDER), row(SENDER_UNIT, "ŞUBE", SENDER, SENDER),
             row(OTHER, "BİRİNCİ KURUM", 0, OTHER), row(OTHER_UNIT, "BİRİM", OTHER, OTHER)],
        )  # fmt: skip
        set_kep(change, OTHER, "kurum@hs01.kep.tr", at=START)
    return database


def report_of(database: Database, change: Callable[[Draft], object] = lambda draft: None) -> Report:
    draft = factory.eyp2()
    change(draft)
    with database.read() as connection:
        return judge(draft.build(), options=Options(register_on=lambda day: RegisterAt(connection, day)))


def found(report: Report) -> set[str]:
    return {item.rule for item in report.findings if item.layer is Layer.REGISTRY}


def left(report: Report) -> dict[str, Outcome]:
    return {item.rule: item.outcome for item in report.unchecked if item.layer is Layer.REGISTRY}


def test_good(filled: Database) -> None:
    report = report_of(filled)
    assert found(report) == set()
    assert left(report) == {"EYP-KAYIT-SDP": Outcome.NOT_CHECKED, "EYP-KAYIT-HEYSK": Outcome.NOT_CHECKED}
    assert report.registry_serial
    assert report_of(filled) == report


FILES = sorted(corpus.REGISTRY_FOLDER.iterdir())


def test_every_case_that_needs_a_register_has_its_file() -> None:
    assert {file.name for file in FILES} == {name for name, _ in corpus.registry_cases()}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_files(filled: Database, file: Path) -> None:
    """Row B14: what is registered differently than the package says; the files are named for the rule."""
    with filled.write(actor="test", origin="test") as change:
        set_kep(change, SENDER, "baska@hs01.kep.tr", at=START)
    with filled.read() as connection:
        report = judge(file.read_bytes(), options=Options(register_on=lambda day: RegisterAt(connection, day)))
    assert corpus.outcome(file.name) in found(report)
    assert report.accepted is not Outcome.PASSED
    assert found(judge(file.read_bytes())) == set(), "without a register nothing is claimed"


def test_unknown_addressee(filled: Database) -> None:
    report = report_of(filled, lambda d: d.sub("ustveri", "24301050", "24301059"))
    assert found(report) == {"EYP-KAYIT-MUHATAP", "EYP-KAYIT-KEP"}, "the unit named with it has no such address"


def test_unknown_sender(filled: Database) -> None:
    report = report_of(filled, lambda d: d.sub("ustveri", "82223362", "82223369"))
    assert "EYP-KAYIT-OLUSTURAN" in found(report)
    assert "EYP-KAYIT-BELGENO" in found(report)


@pytest.mark.parametrize(("day", "rules"), [("2025-04-01", {"EYP-KAYIT-MUHATAP"}), ("2025-06-01", set())])
def test_closed_before_or_after_the_letter(filled: Database, day: str, rules: set[str]) -> None:
    with filled.write(actor="test", origin="test") as change:
        close_unit(change, OTHER_UNIT, at=datetime.fromisoformat(day).replace(tzinfo=UTC))
    assert found(report_of(filled)) == rules


def test_unit_of_another_institution(filled: Database) -> None:
    report = report_of(filled, lambda d: d.sub("ustveri", "24301051", str(SENDER_UNIT)))
    assert found(report) == {"EYP-KAYIT-BIRIM"}


def test_kep_of_nobody_and_of_another(filled: Database) -> None:
    assert found(report_of(filled, lambda d: d.sub("ustveri", "kurum@hs01", "baska@hs01"))) == {"EYP-KAYIT-KEP"}
    with filled.write(actor="test", origin="test") as change:
        set_kep(change, SENDER, "baska@hs01.kep.tr", at=START)
    assert found(report_of(filled, lambda d: d.sub("ustveri", "kurum@hs01", "baska@hs01"))) == {"EYP-KAYIT-KEP"}


@pytest.mark.parametrize(("day", "rules"), [("2025-04-01", {"EYP-KAYIT-KEP"}), ("2025-06-01", set())])
def test_kep_ended_before_or_after_the_letter(filled: Database, day: str, rules: set[str]) -> None:
    with filled.write(actor="test", origin="test") as change:
        end_kep(change, OTHER, "kurum@hs01.kep.tr", at=datetime.fromisoformat(day).replace(tzinfo=UTC))
    assert found(report_of(filled)) == rules


def test_number_of_another_unit(filled: Database) -> None:
    report = report_of(filled, lambda d: d.sub("nihaiustveri", "E-82223362", f"E-{OTHER}"))
    assert found(report) == {"EYP-KAYIT-BELGENO"}
    unit = report_of(filled, lambda d: d.sub("nihaiustveri", "E-82223362", f"E-{SENDER_UNIT}"))
    assert found(unit) == set(), "the number is the preparing unit's, below the institution"
    code = report_of(filled, lambda d: d.sub("nihaiustveri", "-010.06.01-", "-020-"))
    assert found(code) == {"EYP-KAYIT-BELGENO"}


@pytest.mark.parametrize(("version", "rules"), [("1.3", {"EYP-KAYIT-SURUM"}), ("2.0", set())])
def test_version_of_the_addressee(filled: Database, version: str, rules: set[str]) -> None:
    with filled.write(actor="test", origin="test") as change:
        set_package_version(change, OTHER, version, at=START)
    assert found(report_of(filled)) == rules


def test_inventories(filled: Database) -> None:
    with filled.write(actor="test", origin="test") as change:
        change.open(schema.Service, {"detsis_no": SENDER, "service_id": "1", "name": "H"}, valid_from=START)
    assert "EYP-KAYIT-HEYSK" in found(report_of(filled))
    with filled.write(actor="test", origin="test") as change:
        change.open(schema.Service, {"detsis_no": SENDER, "service_id": "999999", "name": "H"}, valid_from=START)
    assert "EYP-KAYIT-HEYSK" not in found(report_of(filled))


def test_before_the_registry_begins_is_undecided(filled: Database) -> None:
    def early(draft: Draft) -> None:
        draft.sub("nihaiustveri", "2025-05-12", "2015-05-12")

    report = report_of(filled, early)
    assert left(report)["EYP-KAYIT-MUHATAP"] is Outcome.INDETERMINATE
    assert "EYP-KAYIT-MUHATAP" not in found(report)


def test_no_registry_and_offline() -> None:
    data = factory.eyp2().build()
    for options, outcome in ((Options(), Outcome.NOT_CONFIGURED), (Options(offline=True), Outcome.NOT_CHECKED)):
        report = judge(data, options=options)
        assert report.layers[-1].outcome is outcome
        assert report.valid is not Outcome.PASSED
