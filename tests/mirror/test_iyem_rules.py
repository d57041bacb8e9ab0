"""İYEM's rules hold for what comes in by import, too: principles 13, 15 and 17."""

from __future__ import annotations

from pathlib import Path

import pytest
from parts.databases import KEYS

from hub import limits
from hub.mirror.apply import Report
from hub.registry import managers
from hub.store.personal import Tckn
from mirror.conftest import Hub
from mirror.test_tables import UNITS, write

ONE, TWO = "10000000146", "10000000078"
PEOPLE = "T.C. Yönetici Kodu;Adı;Soyadı;T.C. Kimlik No\n"
DUTIES = "DETSİS No;T.C. Yönetici Kodu;Görev;Başlama Zamanı;Bitiş Zamanı\n"


@pytest.fixture
def one(hub: Hub, tmp_path: Path) -> Hub:
    """A registry that knows one manager."""
    hub.take(
        write(tmp_path, "birimler.csv", UNITS), write(tmp_path, "yoneticiler.csv", f"{PEOPLE}5001;Ayşe;Ak;{ONE}\n")
    )
    return hub


def people(hub: Hub, folder: Path, rows: str) -> Report:
    (report,) = hub.take(write(folder, "yoneticiler.csv", PEOPLE + rows))
    return report


def names(hub: Hub) -> dict[int, str]:
    with hub.database.read() as connection:
        found = managers.persons(connection, range(1, 6_000))
    return {code: f"{person.given_name} {person.surname}" for code, person in found.items()}


def test_principle_15_a_code_does_not_go_to_another_person(one: Hub, tmp_path: Path) -> None:
    report = people(one, tmp_path, f"5001;Ali;Kara;{TWO}\n5002;Can;Boz;\n")
    assert (report.opened, report.altered, report.refused) == (1, 0, 1)
    assert report.refusals[0].reason == "Bu T.C. Yönetici Kodu başka bir kişinin."
    assert report.refusals[0].line == 2
    assert names(one) == {5001: "Ayşe Ak", 5002: "Can Boz"}
    with one.database.read() as connection:
        assert managers.code_of(connection, KEYS, Tckn(ONE)) == 5001
        assert managers.code_of(connection, KEYS, Tckn(TWO)) is None


def test_principle_15_a_person_gets_no_second_code(one: Hub, tmp_path: Path) -> None:
    report = people(one, tmp_path, f"5002;Ayşe;Ak;{ONE}\n5003;Ali;Kara;{TWO}\n5004;Ali;Kara;{TWO}\n0;Sıfır;Kod;\n")
    assert (report.opened, report.refused) == (1, 3)
    assert [refusal.line for refusal in report.refusals] == [2, 4, 5]
    assert ONE not in "".join(refusal.reason for refusal in report.refusals)
    assert set(names(one)) == {5001, 5003}


def test_a_name_may_change_and_a_number_be_learnt(one: Hub, tmp_path: Path) -> None:
    people(one, tmp_path, "5002;Can;Boz;\n")
    report = people(one, tmp_path, f"5001;Ayşe;Demir;{ONE}\n5002;Can;Boz;{TWO}\n")
    assert (report.altered, report.refused) == (2, 0)
    assert names(one) == {5001: "Ayşe Demir", 5002: "Can Boz"}
    assert not people(one, tmp_path, f"5001;Ayşe;Demir;{ONE}\n5002;Can;Boz;{TWO}\n").changed
    with one.database.read() as connection:
        assert managers.code_of(connection, KEYS, Tckn(TWO)) == 5002


@pytest.mark.parametrize(
    ("row", "taken"),
    [
        ("24308110;5001;owner;10.03.2016;", False),
        ("24308110;5001;owner;2016-03-10;", False),
        ("24308110;5001;owner;10.03.2016 09:00;11.03.2016", False),
        ("24308110;5001;owner;10.03.2016 00:00;11.03.2016 17:00", True),
        ("24308110;5001;deputy;10.03.2016 09:00;", False),
        ("24308110;5001;deputy;10.03.2016 09:00;11.03.2016 17:00", True),
        ("24308110;5001;acting;10.03.2016 09:00;", True),
        ("24308110;5001;Asil;10.03.2016 09:00;", True),
        ("24308110;5001;VEKİL;10.03.2016 09:00;", False),
        ("24308110;5001;vekil;10.03.2016 09:00;11.03.2016 17:00", True),
        ("24308110;5001;vekâleten;10.03.2016 09:00;", True),
        ("24308110;5001;başkan;10.03.2016 09:00;", False),
    ],
)
def test_principles_13_and_17_times_are_told_with_their_hour_and_deputies_end(
    one: Hub, tmp_path: Path, row: str, taken: bool
) -> None:
    (report,) = one.take(write(tmp_path, "gorevler.csv", f"{DUTIES}{row}\n"))
    assert (report.opened, report.refused) == ((1, 0) if taken else (0, 1))
    with one.database.read() as connection:
        assert len(managers.duties_of(connection, 5001)) == taken


def test_a_duty_that_is_told_otherwise_is_corrected_whole(one: Hub, tmp_path: Path) -> None:
    def told(rest: str) -> managers.Duty:
        row = f"24308110;5001;{rest}\n"
        one.take(write(tmp_path, "gorevler.csv", DUTIES + row))
        with one.database.read() as connection:
            (duty,) = managers.duties_of(connection, 5001)
        return duty

    ended = told("deputy;10.03.2016 09:00;11.03.2016 17:00")
    assert (ended.deputy_text, ended.for_duty_no) == ("Vekaleten", None)
    ended = told("owner;10.03.2016 09:00;11.03.2016 17:00")
    assert ended.closed_at is not None
    assert ended.deputy_text is None
    open_again = told("owner;10.03.2016 09:00;")
    assert (open_again.ends_at, open_again.closed_at) == (None, None)
    assert told("acting;10.03.2016 09:00;").deputy_text == "Vekaleten"


@pytest.mark.parametrize(("at_once", "most"), [(2_000, 0), (1, 50_000), (1, 0)])
def test_principle_13_an_end_and_the_successor_come_in_together(
    one: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int, most: int
) -> None:
    """In one table, in any order; also where so many rows lie between them that they are not looked at together."""
    people(one, tmp_path, "5002;Can;Boz;\n5003;Ece;Su;\n")
    start, end, then = "10.03.2016 09:00", "02.01.2020 17:00", "05.06.2022 09:00"
    one.take(write(tmp_path, "gorevler.csv", f"{DUTIES}24308110;5001;owner;{start};\n"))
    rows = (f"5003;owner;{then};", f"5002;acting;{end};{then}", f"5001;owner;{start};{end}")
    both = DUTIES + "".join(f"24308110;{row}\n" for row in rows)
    monkeypatch.setattr(limits, "BULK_ROWS", at_once)
    monkeypatch.setattr(limits, "IMPORT_DUTIES_AGAIN", most)
    (report,) = one.take(write(tmp_path, "gorevler.csv", both))
    if at_once < most or at_once > 1:
        assert (report.opened, report.altered, report.refused) == (2, 1, 0)
    else:  # not tried again
        assert (report.opened, report.altered, report.refused) == (0, 1, 2)
        assert [refusal.line for refusal in report.refusals] == [2, 3]
        return
    (report,) = one.take(write(tmp_path, "gorevler.csv", both))
    assert not report.changed


def test_a_number_names_one_duty(one: Hub, tmp_path: Path) -> None:
    """The same number for another person, in another unit or twice in a table is refused; another start is told."""

    def take(*rows: str) -> tuple[int, int, int, list[str]]:
        (report,) = one.take(write(tmp_path, "gorevler.csv", f"Görev No;{DUTIES}" + "\n".join(rows) + "\n"))
        return report.opened, report.altered, report.refused, [refusal.reason for refusal in report.refusals]

    people(one, tmp_path, "5002;Can;Boz;\n")
    taken = "Bu görev numarası başka bir görevin."
    first = "7;24308110;5001;owner;10.03.2016 09:00;11.03.2016 17:00"
    assert take(first, "7;24308110;5002;owner;10.03.2017 09:00;") == (1, 0, 1, [taken])
    assert take("7;24308110;5001;owner;10.03.2018 09:00;") == (0, 1, 0, [])  # it began two years later
    twice = ("7;24308110;5001;owner;10.03.2019 09:00;", "7;24308110;5001;owner;11.03.2019 09:00;")
    assert take(*twice) == (0, 1, 1, [taken])
    assert take(twice[0], "7;24308110;5001;owner;12.03.2019 09:00;") == (0, 0, 1, [taken])
    assert take("7;24308110;5001;owner;10.03.2018 09:00;") == (0, 1, 0, [])
    assert take("7;24308110;5002;owner;10.03.2020 09:00;") == (0, 0, 1, [taken])
    assert take("7;24308111;5001;owner;10.03.2020 09:00;") == (0, 0, 1, [taken])
    other = "Bu görev başka bir numarayla kayıtlı."
    assert take("8;24308110;5001;owner;10.03.2018 09:00;") == (0, 0, 1, [other])
    assert take(";24308110;5002;deputy;10.03.2020 09:00;11.03.2020 17:00", "9;24308110;5002;deputy;10.03.2021 09:00;"
                "11.03.2021 17:00")[:3] == (2, 0, 0)  # fmt: skip
    with one.database.read() as connection:
        assert [duty.duty_no for duty in managers.duties_of(connection, 5001)] == [7]
        assert sorted(duty.duty_no for duty in managers.duties_of(connection, 5002)) == [9, 10]


def test_a_duty_of_nobody_is_refused(one: Hub, tmp_path: Path) -> None:
    """Nothing that lists duties with their managers would ever show it."""
    row = "24308110;5999;owner;2024-02-01 09:00;\n"
    (report,) = one.take(write(tmp_path, "gorevler.csv", DUTIES + row))
    assert [refusal.reason for refusal in report.refusals] == ["Bu T.C. Yönetici Kodu ile kayıtlı bir yönetici yok."]
    assert report.opened == 0
