"""How addressees are named, art. 14 and 15."""

from __future__ import annotations

import pytest

from hub.letter import Chart, dagitim_listesi, muhatap
from hub.letter.muhatap import institution_line

from . import chart as c

CHART = c.chart()

CASES = {
    "ministry": (c.INTERIOR, "İÇİŞLERİ BAKANLIĞINA"),
    "ministry by harmony": (c.HEALTH, "SAĞLIK BAKANLIĞINA"),
    "ministry's unit": (c.EDU_PERSONNEL, "MİLLÎ EĞİTİM BAKANLIĞINA\n(Personel Genel Müdürlüğü)"),
    "bağlı": (c.ROADS, "KARAYOLLARI GENEL MÜDÜRLÜĞÜNE"),
    "bağlı's unit": (c.ROADS_HQ, "KARAYOLLARI GENEL MÜDÜRLÜĞÜNE\n(Yol Yapım Dairesi Başkanlığı)"),
    "regional directorate": (c.ROADS_REGION, "KARAYOLLARI GENEL MÜDÜRLÜĞÜNE\n(4. Bölge Müdürlüğü)"),
    "university": (c.UNIVERSITY, "ÖRNEK ÜNİVERSİTESİ REKTÖRLÜĞÜNE"),
    "faculty": (c.FACULTY, "ÖRNEK ÜNİVERSİTESİ REKTÖRLÜĞÜNE\n(Tıp Fakültesi Dekanlığı)"),
    "municipality": (c.MUNICIPALITY, "ÇANKAYA BELEDİYE BAŞKANLIĞINA"),
    "governorate": (c.IZMIR, "İZMİR VALİLİĞİNE"),
    "district governorate": (c.KONAK, "KONAK KAYMAKAMLIĞINA"),
    "provincial unit": (c.IZMIR_MEM, "İZMİR VALİLİĞİNE\n(İzmir İl Millî Eğitim Müdürlüğü)"),
    "district unit": (c.CANKAYA_MEM, "ÇANKAYA KAYMAKAMLIĞINA\n(Çankaya İlçe Millî Eğitim Müdürlüğü)"),
    "mission": (c.PARIS, "PARİS BÜYÜKELÇİLİĞİNE"),
    "mission's unit": (c.PARIS_EDU, "PARİS BÜYÜKELÇİLİĞİNE\n(Eğitim Müşavirliği)"),
    "bank": (c.BANK, "T.C. ZİRAAT BANKASI A.Ş.YE"),
    "company": (c.COMPANY, "TÜRKSAT UYDU HABERLEŞME KABLO TV VE İŞLETME A.Ş.YE"),
}


@pytest.mark.parametrize(("number", "expected"), CASES.values(), ids=CASES)
def test_muhatap_from_a_ministry(number: int, expected: str) -> None:
    assert muhatap(CHART[number], CHART[c.PERSONNEL], CHART) == expected


@pytest.mark.parametrize(
    ("sender", "addressee", "expected"),
    [
        (c.ANKARA_HEALTH, c.ANKARA_MEM, "ANKARA İL MİLLÎ EĞİTİM MÜDÜRLÜĞÜNE"),
        (c.ANKARA, c.ANKARA_MEM, "ANKARA İL MİLLÎ EĞİTİM MÜDÜRLÜĞÜNE"),
        (c.ANKARA_MEM, c.ANKARA, "ANKARA VALİLİĞİNE"),
        (c.ANKARA_MEM, c.IZMIR_MEM, "İZMİR VALİLİĞİNE\n(İzmir İl Millî Eğitim Müdürlüğü)"),
        (c.ANKARA_MEM, c.CANKAYA_MEM, "ÇANKAYA KAYMAKAMLIĞINA\n(Çankaya İlçe Millî Eğitim Müdürlüğü)"),
        (c.SCHOOL, c.CANKAYA_MEM, "ÇANKAYA İLÇE MİLLÎ EĞİTİM MÜDÜRLÜĞÜNE"),
    ],
)
def test_inside_one_governorate_the_unit_stands_directly(sender: int, addressee: int, expected: str) -> None:
    assert muhatap(CHART[addressee], CHART[sender], CHART) == expected


@pytest.mark.parametrize(
    ("name", "cut", "add", "expected"),
    [
        ("ÇANKAYA BELEDİYESİ", "BELEDİYESİ", "BELEDİYE BAŞKANLIĞINA", "ÇANKAYA BELEDİYE BAŞKANLIĞINA"),
        ("ÇANKAYA  BELEDİYESİ", " belediyesi ", "belediye  başkanlığına", "ÇANKAYA BELEDİYE BAŞKANLIĞINA"),
        ("ÖRNEK ÜNİVERSİTESİ", "", "REKTÖRLÜĞÜNE", "ÖRNEK ÜNİVERSİTESİ REKTÖRLÜĞÜNE"),
        ("ÖRNEK ÜNİVERSİTESİ", "", "REKTÖRLÜĞÜ", "ÖRNEK ÜNİVERSİTESİ REKTÖRLÜĞÜNE"),
        ("ÖRNEK ÜNİVERSİTESİ", "YOK BÖYLESİ", "REKTÖRLÜĞÜNE", "ÖRNEK ÜNİVERSİTESİ REKTÖRLÜĞÜNE"),
        ("İÇİŞLERİ BAKANLIĞI", "", "NA", "İÇİŞLERİ BAKANLIĞINA"),
        ("İÇİŞLERİ BAKANLIĞI", "LIĞI", "LIĞINA", "İÇİŞLERİ BAKANLIĞINA"),
        ("İÇİŞLERİ BAKANLIĞI", "BAKANLIĞI", "BAKANLIĞINA", "İÇİŞLERİ BAKANLIĞINA"),
        ("ÖRNEK MÜDÜRLÜĞÜ TEŞKİLATI", "TEŞKİLATI", "", "ÖRNEK MÜDÜRLÜĞÜNE"),
        ("REKTÖRLÜĞÜ", "REKTÖRLÜĞÜ", "REKTÖRLÜĞÜNE", "REKTÖRLÜĞÜNE"),
        ("BELEDİYESİ", "BELEDİYESİ", "", "BELEDİYESİNE"),
    ],
)
def test_pieces_of_type_2(name: str, cut: str, add: str, expected: str) -> None:
    assert institution_line(c.u(20000001, name, cut=cut, add=add)) == expected


def test_the_distribution_list_has_a_line_each() -> None:
    names = [muhatap(CHART[n], CHART[c.PERSONNEL], CHART) for n in (c.EDU_PERSONNEL, c.UNIVERSITY, c.COMPANY)]
    assert dagitim_listesi(names).split("\n") == [
        "Millî Eğitim Bakanlığına (Personel Genel Müdürlüğü)",
        "Örnek Üniversitesi Rektörlüğüne",
        "TÜRKSAT Uydu Haberleşme Kablo TV ve İşletme A.Ş.ye",
    ]


def test_a_second_superior_that_is_no_authority_is_none_unless_the_category_says_so() -> None:
    deputy = c.u(20000001, "STRATEJİ BAŞKANLIĞI")
    plain = c.u(20000002, "ÖRNEK BİRİMİ", c.INTERIOR, main=c.INTERIOR, parent2=20000001)
    civil = c.u(20000003, "ÖRNEK BİRİMİ", c.INTERIOR, main=c.INTERIOR, parent2=20000001, category=221)
    chart = Chart([*c.UNITS, deputy, plain, civil])
    assert muhatap(plain, CHART[c.FACULTY], chart) == "İÇİŞLERİ BAKANLIĞINA\n(Örnek Birimi)"
    assert muhatap(civil, CHART[c.FACULTY], chart) == "STRATEJİ BAŞKANLIĞINA\n(Örnek Birimi)"
