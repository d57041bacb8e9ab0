"""Letterheads, art. 10, a row for each kind of sender."""

from __future__ import annotations

import pytest

from hub.letter import Chart, antet

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


def test_small_letters_in_the_register_become_capitals() -> None:
    unit = c.u(20000001, "içişleri bakanlığı")
    assert antet(unit, Chart([unit])) == "T.C.\nİÇİŞLERİ BAKANLIĞI"


def test_a_chart_with_a_gap_or_a_circle_still_answers() -> None:
    orphan = c.u(20000001, "YALNIZ BİRİM", 29999999, main=29999999)
    assert antet(orphan, Chart([orphan])) == "T.C.\nYALNIZ BİRİM"
    one = c.u(20000002, "BİR", 20000003, main=20000009)
    two = c.u(20000003, "İKİ", 20000002, main=20000009)
    assert antet(one, Chart([one, two])) == "T.C.\nİKİ\nBir"
