"""Letterheads, art. 10, a row for each kind of sender."""

from __future__ import annotations

import pytest

from hub.letter import Chart, antet, arz_rica, muhatap

from . import chart as c

CHART = c.chart()

CASES = {
    "main institution": (c.INTERIOR, ["İÇİŞLERİ BAKANLIĞI"]),
    "main institution, bağlı": (c.ROADS, ["KARAYOLLARI GENEL MÜDÜRLÜĞÜ"]),
    "presidency": (c.PRESIDENCY, ["CUMHURBAŞKANLIĞI"]),
    "central unit": (c.PERSONNEL, ["İÇİŞLERİ BAKANLIĞI", "Personel Genel Müdürlüğü"]),
    "deep central unit": (c.ATAMA, ["İÇİŞLERİ BAKANLIĞI", "Atama ve Nakil Dairesi Başkanlığı"]),
    "unit of a bağlı institution": (
        c.ROADS_HQ,
        ["ULAŞTIRMA VE ALTYAPI BAKANLIĞI", "Karayolları Genel Müdürlüğü", "Yol Yapım Dairesi Başkanlığı"],
    ),
    "regional directorate": (
        c.ROADS_REGION,
        ["ULAŞTIRMA VE ALTYAPI BAKANLIĞI", "Karayolları Genel Müdürlüğü", "4. Bölge Müdürlüğü"],
    ),
    "regional directorate that gains its region": (
        c.STATS_REGION,
        ["HAZİNE VE MALİYE BAKANLIĞI", "Türkiye İstatistik Kurumu Başkanlığı", "Trabzon Bölge Müdürlüğü"],
    ),
    "unit of a regional directorate": (
        c.ROADS_BRANCH,
        ["KARAYOLLARI GENEL MÜDÜRLÜĞÜ", "4. Bölge Müdürlüğü", "Makine ve İkmal Şubesi Müdürlüğü"],
    ),
    "provincial unit straight under the centre": (
        c.TAX_OFFICE,
        ["GELİR İDARESİ BAŞKANLIĞI", "Ankara Vergi Dairesi Başkanlığı"],
    ),
    "governorate": (c.ANKARA, ["ANKARA VALİLİĞİ"]),
    "unit of a governorate": (c.ANKARA_OFFICE, ["ANKARA VALİLİĞİ", "İl Yazı İşleri Müdürlüğü"]),
    "provincial unit of civil administration": (
        c.ANKARA_MEM,
        ["ANKARA VALİLİĞİ", "Ankara İl Millî Eğitim Müdürlüğü"],
    ),
    "below a provincial unit": (c.HOSPITAL, ["ANKARA VALİLİĞİ", "Örnek Eğitim ve Araştırma Hastanesi"]),
    "district governorate": (c.CANKAYA, ["ÇANKAYA KAYMAKAMLIĞI"]),
    "district unit": (c.CANKAYA_MEM, ["ÇANKAYA KAYMAKAMLIĞI", "Çankaya İlçe Millî Eğitim Müdürlüğü"]),
    "below a district unit": (c.SCHOOL, ["ÇANKAYA KAYMAKAMLIĞI", "Cumhuriyet İlkokulu"]),
    "mission": (c.PARIS, ["PARİS BÜYÜKELÇİLİĞİ"]),
    "unit of a mission": (c.PARIS_EDU, ["PARİS BÜYÜKELÇİLİĞİ", "Eğitim Müşavirliği"]),
    "university": (c.UNIVERSITY, ["ÖRNEK ÜNİVERSİTESİ"]),
    "faculty": (c.FACULTY, ["ÖRNEK ÜNİVERSİTESİ", "Tıp Fakültesi Dekanlığı"]),
    "municipality's unit": (c.WATER, ["ÇANKAYA BELEDİYESİ", "Fen İşleri Müdürlüğü"]),
    "name that begins with T.C.": (c.BANK, ["ZİRAAT BANKASI A.Ş."]),
}


@pytest.mark.parametrize(("number", "lines"), CASES.values(), ids=CASES)
def test_antet(number: int, lines: list[str]) -> None:
    assert antet(CHART[number], CHART).split("\n") == ["T.C.", *lines]


def test_a_main_institution_writes_as_itself_whoever_oversees_it() -> None:
    town = c.u(20000001, "ÖRNEK BELEDİYESİ", c.INTERIOR, parent2=c.ANKARA, category=221)
    office = c.u(20000002, "FEN İŞLERİ MÜDÜRLÜĞÜ", town.number, main=town.number)
    chart = Chart([*c.UNITS, town, office])
    assert antet(town, chart) == "T.C.\nÖRNEK BELEDİYESİ"
    assert antet(office, chart) == "T.C.\nÖRNEK BELEDİYESİ\nFen İşleri Müdürlüğü"
    assert muhatap(office, chart[c.HEALTH], chart) == "ÖRNEK BELEDİYESİNE\n(Fen İşleri Müdürlüğü)"
    assert muhatap(town, chart[c.ANKARA_MEM], chart) == "ÖRNEK BELEDİYESİNE"
    assert arz_rica(chart[c.ANKARA], [office], chart) == "Rica ederim."
    assert arz_rica(office, [chart[c.ANKARA]], chart) == "Arz ederim."


def test_the_provincial_name_stands_between_centre_and_unit() -> None:
    office = c.u(20000001, "MÜKELLEF HİZMETLERİ MÜDÜRLÜĞÜ", 20000002, main=c.REVENUE, place="ANKARA")
    tax = c.u(20000002, "İZMİR VERGİ DAİRESİ BAŞKANLIĞI", c.REVENUE, main=c.REVENUE, place="İzmir")
    central = c.u(20000003, "İL ÖZEL İDARELERİ DAİRESİ BAŞKANLIĞI", c.INTERIOR, main=c.INTERIOR)
    branch = c.u(20000004, "MEVZUAT ŞUBESİ MÜDÜRLÜĞÜ", central.number, main=c.INTERIOR)
    town = c.u(20000005, "ÇANKAYA EVLERİ MÜDÜRLÜĞÜ", c.MUNICIPALITY, main=c.MUNICIPALITY, place="ÇANKAYA")
    house = c.u(20000006, "KURS BİRİMİ", town.number, main=c.MUNICIPALITY, place="ÇANKAYA")
    chart = Chart([*c.UNITS, office, tax, central, branch, town, house])
    assert antet(office, chart).split("\n")[1:] == [
        "GELİR İDARESİ BAŞKANLIĞI",
        "İzmir Vergi Dairesi Başkanlığı",
        "Mükellef Hizmetleri Müdürlüğü",
    ]
    assert antet(branch, chart).split("\n")[1:] == ["İÇİŞLERİ BAKANLIĞI", "Mevzuat Şubesi Müdürlüğü"]
    assert antet(house, chart).split("\n")[1:] == ["ÇANKAYA BELEDİYESİ", "Kurs Birimi"]


def test_small_letters_in_the_register_become_capitals() -> None:
    unit = c.u(20000001, "içişleri bakanlığı")
    assert antet(unit, Chart([unit])) == "T.C.\nİÇİŞLERİ BAKANLIĞI"


def test_a_chart_with_a_gap_or_a_circle_still_answers() -> None:
    orphan = c.u(20000001, "YALNIZ BİRİM", 29999999, main=29999999)
    assert antet(orphan, Chart([orphan])) == "T.C.\nYALNIZ BİRİM"
    one = c.u(20000002, "BİR", 20000003, main=20000009)
    two = c.u(20000003, "İKİ", 20000002, main=20000009)
    assert antet(one, Chart([one, two])) == "T.C.\nİKİ\nBir"
