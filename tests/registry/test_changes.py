"""What follows from a change of the registry: what the journal has of it, and what is told to those who ask."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from parts.registry import (
    close_unit,
    describe_unit,
    end_kep,
    open_unit,
    rename_unit,
    set_contacts,
    set_kep,
    set_package_version,
)

from hub.registry import changed, delivery, held, rows, serials, units
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
        open_unit(change, NEW, " TEST\t BİRİMİ\x07 ", BRANCH)
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
        ({"detsis_no": 123}, "sekiz basamaklı"),
        ({"name": "A > B"}, "bulunamaz"),
        ({"name": "\x00 \t"}, "adı boş"),
        ({"name": "A" * 501}, "çok uzun"),
        ({"parent_no": NEW}, "kendi üst birimi"),
        ({"second_parent_no": NEW}, "kendi üst birimi"),
        ({"level": 65}, "Seviye"),
    ],
)
def test_a_unit_that_cannot_be_is_refused_and_nothing_is_kept(
    filled: Database, facts: dict[str, object], words: str
) -> None:
    given = {"detsis_no": NEW, "name": "X", "parent_no": MINISTRY, "main_no": MINISTRY, "level": 1} | facts
    before = filled.serial()

    def attempt() -> None:
        with filled.write(actor="operator", origin="test") as change:
            rename_unit(change, MINISTRY, "BU DA KALMAZ")
            change.open(schema.Unit, rows.unit(type1_id=1, type2_id=1, **given))  # type: ignore[arg-type]

    with pytest.raises(RefusedError, match=words):
        attempt()
    assert filled.serial() == before
    assert names(filled, MINISTRY) == ["ÖRNEK BAKANLIĞI"]


def test_a_rename_shows_in_everything_beneath(filled: Database) -> None:
    before = filled.serial()
    with filled.write(actor="operator", origin="test") as change:
        rename_unit(change, GENERAL, "DİJİTAL GENEL MÜDÜRLÜĞÜ")
        rename_unit(change, GENERAL, "DİJİTAL GENEL MÜDÜRLÜĞÜ")  # bears that name already
    assert filled.serial() == before + 1
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


def test_who_asks_for_changes_in_external_correspondence_is_told_of_new_addresses(filled: Database) -> None:
    """The daily job of an EBYS takes the addresses of the units that this answer names, and of no others."""
    with filled.write(actor="operator", origin="test") as change:
        set_kep(change, GENERAL, "eski@hs01.kep.tr")
    since = datetime.now(UTC)
    with filled.write(actor="operator", origin="test") as change:
        set_kep(change, GENERAL, "eski@hs01.kep.tr", active=False)
        set_kep(change, UNIVERSITY, "yeni@hs01.kep.tr")
        set_kep(change, BRANCH, "ic@hs01.kep.tr")  # takes no part in external correspondence
    with filled.read() as connection:
        assert list(changed.external_changed_since(connection, since)) == sorted([GENERAL, UNIVERSITY])
        assert list(changed.changed_since(connection, since)) == []
        assert list(changed.external_changed_since(connection, datetime.now(UTC))) == []


def test_a_closed_unit_stays_and_is_told_to_those_who_ask_for_changes(filled: Database) -> None:
    since = datetime.now(UTC)
    with filled.write(actor="operator", origin="test") as change:
        close_unit(change, PROVINCIAL, successor_no=GOVERNOR)
        describe_unit(change, GENERAL, external=False)
        describe_unit(change, BRANCH, address="Yeni adres")
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


def test_what_is_not_there_or_lies_ahead_is_not_changed(filled: Database) -> None:
    with pytest.raises(NoSuchFactError), filled.write(actor="o", origin="t") as change:
        rename_unit(change, NEW, "X")
    with pytest.raises(TimeOrderError, match="ileri"), filled.write(actor="o", origin="t") as change:
        rename_unit(change, MINISTRY, "X", at=datetime.now(UTC) + DAY)


def test_contacts_are_replaced_and_the_preferred_one_comes_last(filled: Database) -> None:
    with filled.write(actor="o", origin="t") as change:
        set_contacts(change, MINISTRY, [(4, "0312 1", None), (4, "0312 2", "Santral"), (1, "a.gov.tr", None)])
    with filled.write(actor="o", origin="t") as change:
        set_contacts(change, MINISTRY, [(4, "0312 2", "Santral"), (4, "0312 1", None)])
    with filled.read() as connection:
        found = [(contact.kind, contact.value) for contact in delivery.contacts(connection, [MINISTRY, GENERAL])]
    assert found == [(4, "0312 2"), (4, "0312 1")]
    with pytest.raises(RefusedError, match="İletişim türü"):
        rows.contact(detsis_no=MINISTRY, kind=3, value="x")


def test_kep_addresses_fold_by_ascii_and_the_active_one_comes_first(filled: Database) -> None:
    with filled.write(actor="o", origin="t") as change:
        set_kep(change, MINISTRY, "ESKI@hs01.kep.tr", active=False)
        set_kep(change, MINISTRY, "INFO@HS01.KEP.TR")
        set_kep(change, GENERAL, "general@hs01.kep.tr")
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
        end_kep(change, MINISTRY, "Info@hs01.kep.tr")
    with filled.read() as connection:
        assert delivery.kep_owner(connection, "info@hs01.kep.tr") is None
    for wrong in ("info", "a b@c.kep.tr", "ç@hs01.kep.tr", "a@" + "b" * 260 + ".tr"):
        with pytest.raises(RefusedError, match="KEP"):
            rows.kep(detsis_no=MINISTRY, address=wrong)


def test_who_went_back_to_an_older_version_is_not_on_the_new_one(filled: Database) -> None:
    for number, versions in {MINISTRY: ("2.0", "1.3"), GOVERNOR: ("1.9", "1.10"), UNIVERSITY: ("1.3",)}.items():
        for version in versions:
            with filled.write(actor="o", origin="t") as change:
                set_package_version(change, number, version)
    with filled.read() as connection:
        assert delivery.moved_to_another_version(connection) == [GOVERNOR]
    with filled.write(actor="o", origin="t") as change:
        set_package_version(change, MINISTRY, "2.0")
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
        describe_unit(change, UNIVERSITY, parent_no=MINISTRY, level=1)
        change.open(schema.Unit, orphan)
    with filled.read() as connection:
        assert list(changed.own_units(connection, MINISTRY)) == [MINISTRY, GENERAL, BRANCH, PROVINCIAL, 24308999]
        assert list(changed.own_units(connection, UNIVERSITY)) == [UNIVERSITY, FACULTY]
        assert list(changed.own_units(connection, GENERAL)) == [GENERAL, BRANCH], "no main institution: what is beneath"
        assert list(changed.own_units(connection, 29999999)) == []


def test_versions_numbers_and_certificate_owners(filled: Database) -> None:
    since = datetime.now(UTC)
    with filled.write(actor="o", origin="t") as change:
        set_package_version(change, MINISTRY, "1.3", at=START)
        set_package_version(change, GOVERNOR, "1.3", at=START)
        set_package_version(change, UNIVERSITY, "2.0", at=START)
        number = {"detsis_no": MINISTRY, "number": "12345-67890-12345"}
        change.put_many(schema.NotificationNumber, [number], at=START)
        change.put_many(schema.CertificateOwnership, [{"detsis_no": BRANCH, "owner_no": MINISTRY}], at=START)
    with filled.write(actor="o", origin="t") as change:
        set_package_version(change, MINISTRY, "2.0")
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
        change.end_many(schema.CertificateOwnership, [{"detsis_no": BRANCH}])
    with filled.read() as connection:
        assert delivery.ownerships_since(connection, later) == [(BRANCH, BRANCH)]
        assert delivery.ownerships_since(connection, datetime.now(UTC)) == []


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
