"""Changing the registry: checks, what follows from a change, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hub.registry import changed, delivery, held, rows, serials, units, writing
from hub.registry.moment import Moment
from hub.registry.rows import RefusedError
from hub.store import schema
from hub.store.database import Database
from hub.store.errors import NoSuchFactError, TimeOrderError
from registry.conftest import BRANCH, FACULTY, GENERAL, GOVERNOR, MINISTRY, PROVINCIAL, START, UNIVERSITY

NEW = 24999999
DAY = timedelta(days=1)


def names(database: Database, *numbers: int) -> list[str]:
    with database.read() as connection:
        return [unit.hierarchy for unit in units.units(connection, numbers)]


def test_a_unit_is_opened_beneath_its_superior(filled: Database) -> None:
    with filled.write(actor="operator", origin="test") as change:
        writing.open_unit(change, detsis_no=NEW, name=" TEST\t BİRİMİ\x07 ", parent_no=BRANCH, type1_id=1, type2_id=1)
    with filled.read() as connection:
        unit = units.unit(connection, NEW)
        entry = list(serials.entries(connection, 0))[-1]
    assert unit is not None
    assert (unit.name, unit.level, unit.main_no, unit.active) == ("TEST BİRİMİ", 3, MINISTRY, True)
    assert (entry.subject, entry.key, entry.unit, entry.action) == ("unit", str(NEW), NEW, "open")
    assert (entry.actor, entry.origin) == ("operator", "test")


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"detsis_no": MINISTRY}, "zaten verilmiş"),
        ({"detsis_no": 123}, "sekiz basamaklı"),
        ({"parent_no": 55555555}, "kayıtlı değil"),
        ({"name": "A > B"}, "bulunamaz"),
        ({"name": "\x00 \t"}, "adı boş"),
        ({"name": "A" * 501}, "çok uzun"),
        ({"at": START - DAY}, "yoktu"),
    ],
)
def test_a_unit_that_cannot_be_is_refused_and_nothing_is_kept(
    filled: Database, facts: dict[str, object], words: str
) -> None:
    given = {"detsis_no": NEW, "name": "X", "parent_no": MINISTRY, "type1_id": 1, "type2_id": 1} | facts
    before = filled.serial()

    def attempt() -> None:
        with filled.write(actor="operator", origin="test") as change:
            writing.rename_unit(change, MINISTRY, "BU DA KALMAZ")
            writing.open_unit(change, **given)  # type: ignore[arg-type]

    with pytest.raises(RefusedError, match=words):
        attempt()
    assert filled.serial() == before
    assert names(filled, MINISTRY) == ["ÖRNEK BAKANLIĞI"]


def test_a_rename_shows_in_everything_beneath(filled: Database) -> None:
    before = filled.serial()
    with filled.write(actor="operator", origin="test") as change:
        assert writing.rename_unit(change, GENERAL, "DİJİTAL  GENEL MÜDÜRLÜĞÜ") == before + 1
        assert writing.rename_unit(change, GENERAL, "DİJİTAL GENEL MÜDÜRLÜĞÜ") is None
    assert names(filled, BRANCH) == ["ÖRNEK BAKANLIĞI > DİJİTAL GENEL MÜDÜRLÜĞÜ > YAZILIM ŞUBESİ"]
    with filled.read() as connection:
        assert list(changed.changed_after(connection, before)) == [GENERAL, BRANCH]
        assert list(changed.changed_after(connection, before + 1)) == []
        assert list(changed.changed_after(connection, 0)) == sorted(
            [MINISTRY, GENERAL, BRANCH, GOVERNOR, PROVINCIAL, UNIVERSITY, FACULTY]
        )


def test_place_and_kind_names_show_in_their_units(filled: Database) -> None:
    before = filled.serial()
    with filled.write(actor="operator", origin="test") as change:
        change.alter(schema.Place, {"place_id": 34}, {"name": "KONSTANTİNİYE"})
    with filled.read() as connection:
        assert list(changed.changed_after(connection, before)) == [GOVERNOR, PROVINCIAL]
    before = filled.serial()
    with filled.write(actor="operator", origin="test") as change:
        change.alter(schema.Type3, {"type3_id": 7}, {"name": "YÜKSEKOKUL"})
    with filled.read() as connection:
        assert list(changed.changed_after(connection, before)) == [FACULTY]


def test_a_move_takes_the_subtree_along(filled: Database) -> None:
    with filled.write(actor="operator", origin="test") as change:
        writing.move_unit(change, GENERAL, UNIVERSITY)
    with filled.read() as connection:
        branch = units.unit(connection, BRANCH)
        assert list(units.subtree(connection, UNIVERSITY)) == [GENERAL, BRANCH, FACULTY]
        assert list(changed.own_units(connection, MINISTRY)) == [MINISTRY, PROVINCIAL]
    assert branch is not None
    assert (branch.main_no, branch.level) == (UNIVERSITY, 2)
    assert branch.hierarchy.startswith("NUMUNE ÜNİVERSİTESİ REKTÖRLÜĞÜ > BİLGİ")


def test_a_main_institution_stays_one_when_it_moves(filled: Database) -> None:
    with filled.write(actor="operator", origin="test") as change:
        writing.move_unit(change, UNIVERSITY, MINISTRY)
    with filled.read() as connection:
        faculty, university = units.units(connection, [FACULTY, UNIVERSITY])
    assert (university.main_no, university.level) == (UNIVERSITY, 1)
    assert (faculty.main_no, faculty.level) == (UNIVERSITY, 2)


@pytest.mark.parametrize("superior", [GENERAL, BRANCH])
def test_a_ring_is_refused(filled: Database, superior: int) -> None:
    with pytest.raises(RefusedError, match="bağlanamaz"), filled.write(actor="o", origin="t") as change:
        writing.move_unit(change, GENERAL, superior)


def test_who_asks_for_changes_in_external_correspondence_is_told_of_new_addresses(filled: Database) -> None:
    """The daily job of an EBYS takes the addresses of the units that this answer names, and of no others."""
    with filled.write(actor="operator", origin="test") as change:
        writing.set_kep(change, GENERAL, "eski@hs01.kep.tr")
    since = datetime.now(UTC)
    with filled.write(actor="operator", origin="test") as change:
        writing.set_kep(change, GENERAL, "eski@hs01.kep.tr", active=False)
        writing.set_kep(change, UNIVERSITY, "yeni@hs01.kep.tr")
        writing.set_kep(change, BRANCH, "ic@hs01.kep.tr")  # takes no part in external correspondence
    with filled.read() as connection:
        assert list(changed.external_changed_since(connection, since)) == sorted([GENERAL, UNIVERSITY])
        assert list(changed.changed_since(connection, since)) == []
        assert list(changed.external_changed_since(connection, datetime.now(UTC))) == []


def test_a_closed_unit_stays_and_is_told_to_those_who_ask_for_changes(filled: Database) -> None:
    since = datetime.now(UTC)
    with filled.write(actor="operator", origin="test") as change:
        writing.close_unit(change, PROVINCIAL, successor_no=GOVERNOR)
        assert writing.close_unit(change, PROVINCIAL, successor_no=GOVERNOR) is None
        writing.describe_unit(change, GENERAL, external=False)
        writing.describe_unit(change, BRANCH, address="Yeni adres")
    with filled.read() as connection:
        unit = units.unit(connection, PROVINCIAL)
        was = units.unit(connection, PROVINCIAL, Moment(since - DAY))
        assert list(changed.external_changed_since(connection, since)) == [GENERAL, PROVINCIAL]
        assert list(changed.own_units(connection, MINISTRY, since)) == [GENERAL, BRANCH, PROVINCIAL]
        assert list(units.subtree(connection, MINISTRY)) == [GENERAL, BRANCH]
        assert list(changed.external_changed_since(connection, datetime.now(UTC))) == []
    assert unit is not None
    assert was is not None
    assert (unit.active, unit.operating, unit.external, unit.successor_no) == (False, False, False, GOVERNOR)
    assert (was.active, was.external, was.successor_no) == (True, True, None)


def test_closing_and_opening_are_refused_where_they_make_no_sense(filled: Database) -> None:
    with pytest.raises(RefusedError, match="Altında"), filled.write(actor="o", origin="t") as change:
        writing.close_unit(change, GENERAL)
    with filled.write(actor="o", origin="t") as change:
        writing.close_unit(change, BRANCH)
        writing.close_unit(change, GENERAL)
    with pytest.raises(RefusedError, match="kapalı"), filled.write(actor="o", origin="t") as change:
        writing.reopen_unit(change, BRANCH)
    with pytest.raises(RefusedError, match="muhatabı"), filled.write(actor="o", origin="t") as change:
        writing.describe_unit(change, BRANCH, external=True)
    with pytest.raises(NoSuchFactError), filled.write(actor="o", origin="t") as change:
        writing.rename_unit(change, NEW, "X")
    with pytest.raises(TimeOrderError, match="ileri"), filled.write(actor="o", origin="t") as change:
        writing.rename_unit(change, MINISTRY, "X", at=datetime.now(UTC) + DAY)
    with filled.write(actor="o", origin="t") as change:
        writing.reopen_unit(change, GENERAL)
        writing.reopen_unit(change, BRANCH)
    assert names(filled, BRANCH)[0].endswith("YAZILIM ŞUBESİ")


def test_contacts_are_replaced_and_the_preferred_one_comes_last(filled: Database) -> None:
    with filled.write(actor="o", origin="t") as change:
        writing.set_contacts(change, MINISTRY, [(4, "0312 1", None), (4, "0312 2", "Santral"), (1, "a.gov.tr", None)])
    with filled.write(actor="o", origin="t") as change:
        writing.set_contacts(change, MINISTRY, [(4, "0312 2", "Santral"), (4, "0312 1", None)])
    with filled.read() as connection:
        found = [(contact.kind, contact.value) for contact in delivery.contacts(connection, [MINISTRY, GENERAL])]
    assert found == [(4, "0312 2"), (4, "0312 1")]
    with pytest.raises(RefusedError, match="İletişim türü"), filled.write(actor="o", origin="t") as change:
        writing.set_contacts(change, MINISTRY, [(3, "x", None)])


def test_kep_addresses_fold_by_ascii_and_the_active_one_comes_first(filled: Database) -> None:
    with filled.write(actor="o", origin="t") as change:
        writing.set_kep(change, MINISTRY, "ESKI@hs01.kep.tr", active=False)
        writing.set_kep(change, MINISTRY, "INFO@HS01.KEP.TR")
        writing.set_kep(change, GENERAL, "general@hs01.kep.tr")
    with filled.read() as connection:
        owner = delivery.kep_owner(connection, "info@hs01.kep.tr")
        assert [kep.address for kep in delivery.kep_of(connection, [MINISTRY])] == [
            "INFO@HS01.KEP.TR",
            "ESKI@hs01.kep.tr",
        ]
        assert [kep.detsis_no for kep in delivery.active_kep(connection)] == [MINISTRY, GENERAL]
        assert delivery.kep_owner(connection, "ınfo@hs01.kep.tr") is None
    assert owner is not None
    assert owner.detsis_no == MINISTRY
    with filled.write(actor="o", origin="t") as change:
        writing.end_kep(change, MINISTRY, "Info@hs01.kep.tr")
    with filled.read() as connection:
        assert delivery.kep_owner(connection, "info@hs01.kep.tr") is None
    for wrong in ("info", "a b@c.kep.tr", "ç@hs01.kep.tr", "a@" + "b" * 260 + ".tr"):
        with pytest.raises(RefusedError, match="KEP"):
            rows.kep(detsis_no=MINISTRY, address=wrong)


def test_who_went_back_to_an_older_version_is_not_on_the_new_one(filled: Database) -> None:
    for number, versions in {MINISTRY: ("2.0", "1.3"), GOVERNOR: ("1.9", "1.10"), UNIVERSITY: ("1.3",)}.items():
        for version in versions:
            with filled.write(actor="o", origin="t") as change:
                writing.set_package_version(change, number, version)
    with filled.read() as connection:
        assert delivery.moved_to_another_version(connection) == [GOVERNOR]
    with filled.write(actor="o", origin="t") as change:
        writing.set_package_version(change, MINISTRY, "2.0")
    with filled.read() as connection:
        assert delivery.moved_to_another_version(connection) == [GOVERNOR, MINISTRY]


def test_own_units_are_those_that_name_the_institution(filled: Database) -> None:
    """Not what lies beneath it by superiors: another main institution's there are not its own, and one whose superior
    nobody knows is."""
    orphan = rows.unit(
        detsis_no=24308999,
        name="YETİM BİRİMİ",
        parent_no=29999999,
        main_no=MINISTRY,
        level=3,
        type1_id=19,
        type2_id=1,
    )
    with filled.write(actor="operator", origin="test") as change:
        writing.move_unit(change, UNIVERSITY, MINISTRY)
        change.open(schema.Unit, orphan)
    with filled.read() as connection:
        assert list(changed.own_units(connection, MINISTRY)) == [MINISTRY, GENERAL, BRANCH, PROVINCIAL, 24308999]
        assert list(changed.own_units(connection, UNIVERSITY)) == [UNIVERSITY, FACULTY]
        assert list(changed.own_units(connection, GENERAL)) == [GENERAL, BRANCH], "no main institution: what is beneath"
        assert list(changed.own_units(connection, 29999999)) == []


def test_versions_numbers_and_certificate_owners(filled: Database) -> None:
    since = datetime.now(UTC)
    with filled.write(actor="o", origin="t") as change:
        writing.set_package_version(change, MINISTRY, "1.3", at=START)
        writing.set_package_version(change, GOVERNOR, "1.3", at=START)
        writing.set_package_version(change, UNIVERSITY, "2.0", at=START)
        writing.set_notification_number(change, MINISTRY, "12345-67890-12345", at=START)
        writing.set_certificate_owner(change, BRANCH, MINISTRY, at=START)
    with filled.write(actor="o", origin="t") as change:
        writing.set_package_version(change, MINISTRY, "2.0")
    with filled.read() as connection:
        assert delivery.package_version(connection, MINISTRY) == "2.0"
        assert delivery.package_version(connection, MINISTRY, Moment(START)) == "1.3"
        assert delivery.moved_to_another_version(connection) == [MINISTRY, UNIVERSITY]
        assert delivery.notification_number(connection, MINISTRY) == "12345-67890-12345"
        assert delivery.notification_number(connection, GENERAL) is None
        assert delivery.certificate_owner(connection, BRANCH) == MINISTRY
        assert delivery.ownerships_since(connection, since) == [(BRANCH, MINISTRY)]
    later = datetime.now(UTC)
    with filled.write(actor="o", origin="t") as change:
        writing.set_certificate_owner(change, BRANCH, BRANCH)
    with filled.read() as connection:
        assert delivery.ownerships_since(connection, later) == [(BRANCH, BRANCH)]
        assert delivery.ownerships_since(connection, datetime.now(UTC)) == []


def test_superiors_of_a_list_are_checked_together() -> None:
    links = {1: 0, 2: 1, 3: 2, 10: 11, 11: 12, 12: 11, 20: 99, 21: 20, 30: 50}
    known = {50: 51}
    assert writing.refused_superiors(links, known) == {
        10: "Üst birimi kabul edilmedi.",
        11: "Üst birim zinciri bir halka oluşturuyor.",
        12: "Üst birim zinciri bir halka oluşturuyor.",
        20: "Üst birim kayıtlı değil.",
        21: "Üst birimi kabul edilmedi.",
    }
    assert set(writing.refused_superiors(links, known, orphans=True)) == {10, 11, 12}


def test_a_large_closing_waits_for_a_word(filled: Database) -> None:
    assert not held.too_much(5, 100, 0.05)
    assert held.too_much(6, 100, 0.05)
    facts = {"subject": "unit", "would_close": 6, "total": 7, "share": 0.05, "fingerprint": "ab"}
    with filled.write(actor="importer", origin="import:x") as change:
        number = held.hold(change, **facts)  # type: ignore[arg-type]
    with filled.write(actor="importer", origin="import:x") as change:
        assert held.hold(change, **facts) == number  # type: ignore[arg-type]
    with filled.read() as connection:
        assert [item.id for item in held.waiting(connection)] == [number]
        assert not held.approved(connection, "unit", "ab")
    with filled.write(actor="operator", origin="cli") as change:
        assert held.decide(change, number, approve=True).decided_by == "operator"
    with filled.read() as connection:
        assert held.approved(connection, "unit", "ab")
        assert held.waiting(connection) == []
    with pytest.raises(RefusedError, match="bekleyen"), filled.write(actor="operator", origin="cli") as change:
        held.decide(change, number, approve=False)
