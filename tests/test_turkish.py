"""Turkish text: tables of real-shaped names, and properties that hold for any text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import turkish

LETTERS = "abcçdefgğhıijklmnoöpqrsştuüvwxyzâîûABCÇDEFGĞHIİJKLMNOÖPQRSŞTUÜVWXYZÂÎÛ"
TURKISH = st.text(alphabet=LETTERS + " .-/()'0123456789")


@pytest.mark.parametrize(
    ("small", "big"),
    [
        ("istanbul ılıca", "İSTANBUL ILICA"),
        ("içişleri bakanlığı", "İÇİŞLERİ BAKANLIĞI"),
        ("hâkimler ve savcılar kurulu", "HÂKİMLER VE SAVCILAR KURULU"),
        ("millî eğitim", "MİLLÎ EĞİTİM"),
        ("mahkûm", "MAHKÛM"),
    ],
)
def test_upper_and_lower_are_each_other(small: str, big: str) -> None:
    assert turkish.upper(small) == big
    assert turkish.lower(big) == small


def test_a_stray_dot_of_a_wrong_case_function_is_dropped() -> None:
    wrong = "İZMİR".lower()
    assert turkish.upper(wrong) == "İZMİR"
    assert turkish.lower(unicodedata.normalize("NFD", "İZMİR")) == "izmir"
    assert turkish.fold(wrong) == "izmir"
    assert turkish.clean(wrong) == "izmir"


@given(TURKISH)
def test_case_is_undone_by_case(text: str) -> None:
    assert turkish.lower(turkish.upper(text)) == turkish.lower(text)
    assert turkish.upper(turkish.lower(text)) == turkish.upper(text)


@pytest.mark.parametrize(
    ("given_name", "expected"),
    [
        ("İÇİŞLERİ BAKANLIĞI", "İçişleri Bakanlığı"),
        ("içişleri bakanlığı", "İçişleri Bakanlığı"),
        ("T.C. SAĞLIK BAKANLIĞI", "T.C. Sağlık Bakanlığı"),
        ("AİLE VE SOSYAL HİZMETLER BAKANLIĞI", "Aile ve Sosyal Hizmetler Bakanlığı"),
        ("VE İLE BAŞLAYAN", "Ve ile Başlayan"),
        ("İLE VEYA ÇALIŞMA", "İle veya Çalışma"),
        ("KAMU YA DA ÖZEL", "Kamu ya da Özel"),
        ("YA DA", "Ya Da"),
        ("DA DA DA", "Da Da Da"),
        ("(PERSONEL GENEL MÜDÜRLÜĞÜ)", "(Personel Genel Müdürlüğü)"),
        ("AR-GE VE İNOVASYON ŞUBESİ", "Ar-Ge ve İnovasyon Şubesi"),
        ("BASIN/YAYIN VE/VEYA TANITIM", "Basın/Yayın ve/veya Tanıtım"),
        ("BAŞKANLIK (VE BAĞLI BİRİMLER)", "Başkanlık (Ve Bağlı Birimler)"),
        ("TBMM GENEL SEKRETERLİĞİ", "TBMM Genel Sekreterliği"),
        ("TÜBİTAK BİLGEM", "TÜBİTAK Bilgem"),
        ("tüik bölge müdürlüğü", "TÜİK Bölge Müdürlüğü"),
        ("DAİRE (TÜİK)", "Daire (TÜİK)"),
        ("TBMM'NİN İŞLERİ", "TBMM'nin İşleri"),
        ("TÜRKSAT A.Ş. GENEL MÜDÜRLÜĞÜ", "TÜRKSAT A.Ş. Genel Müdürlüğü"),
        ("ÖRNEK LTD. ŞTİ.", "Örnek Ltd. Şti."),
        ("ÖRNEK A.Ş.YE", "Örnek A.Ş.ye"),
        ("“T.C.” M.KEMAL K.K.T.C", "“T.C.” M.Kemal K.K.T.C"),
        ("TÜBİTAK'A (BİLGEM)", "TÜBİTAK'a (Bilgem)"),
        ("I. HUKUK MÜŞAVİRLİĞİ", "I. Hukuk Müşavirliği"),
        ("DSİ XIV. BÖLGE MÜDÜRLÜĞÜ", "DSİ XIV. Bölge Müdürlüğü"),
        ("1. ORDU KOMUTANLIĞI", "1. Ordu Komutanlığı"),
        ("5'İNCİ BÖLGE 3ÜNCÜ ŞUBE", "5'inci Bölge 3üncü Şube"),
        ("HÂKİMLER VE SAVCILAR", "Hâkimler ve Savcılar"),
        ("ILGAZ İLÇE", "Ilgaz İlçe"),
        ("SATIR BİR\n(İKİNCİ SATIR)", "Satır Bir\n(İkinci Satır)"),
        ("", ""),
    ],
)
def test_first_letters(given_name: str, expected: str) -> None:
    assert turkish.first_letters(given_name) == expected


@given(TURKISH)
def test_first_letters_changes_case_only(text: str) -> None:
    done = turkish.first_letters(text)
    assert turkish.upper(done) == turkish.upper(" ".join(text.split()))
    assert turkish.first_letters(done) == done


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("bilgi islem", "BİLGİ İŞLEM"),
        ("BILGI ISLEM", "Bilgi  İşlem "),
        ("hakim", "HÂKİM"),
        ("cigli", "ÇİĞLİ"),
        ("IĞDIR", "ığdır"),
        ("uskudar gokce", "ÜSKÜDAR GÖKÇE"),
        ("a\tb", "A B"),
    ],
)
def test_fold_finds(typed: str, name: str) -> None:
    assert turkish.fold(typed) == turkish.fold(name)


@given(st.text())
def test_fold_is_stable(text: str) -> None:
    once = turkish.fold(text)
    assert turkish.fold(once) == once


@given(TURKISH)
def test_fold_knows_no_case(text: str) -> None:
    assert turkish.fold(turkish.upper(text)) == turkish.fold(turkish.lower(text)) == turkish.fold(text)
    assert turkish.fold(text).isascii()


def test_addresses_fold_by_ascii_only() -> None:
    assert turkish.ascii_fold(" INFO@HS01.KEP.TR ") == "info@hs01.kep.tr"
    assert turkish.ascii_fold("İÇ@HS01.KEP.TR") == "İÇ@hs01.kep.tr"
    assert turkish.ascii_cases(" Kı-2i ") == {"Kı-2i", "kı-2i", "Kı-2I"}


@given(st.text())
def test_clean_is_stable_and_fits_xml(text: str) -> None:
    done = turkish.clean(text)
    assert turkish.clean(done) == done
    assert done == " ".join(done.split())
    assert turkish.xml_text(done) == done


@pytest.mark.parametrize(
    ("dirty", "expected"),
    [
        ("  ANKARA   VALİLİĞİ\t", "ANKARA VALİLİĞİ"),
        ("A\x00B\x0bC\x1f", "AB C"),
        ("A\u00a0B", "A B"),
        ("A\u200bB\ufeff", "AB"),
        ("A\ud800B\uffff", "AB"),
        ("I\u0307L", "İL"),
        ("bir\r\niki", "bir iki"),
    ],
)
def test_clean(dirty: str, expected: str) -> None:
    assert turkish.clean(dirty) == expected


def test_xml_text_keeps_lines() -> None:
    assert turkish.xml_text("T.C.\r\nBİR\x00\tİKİ\x85\ufffe") == "T.C.\nBİR\tİKİ"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("İÇİŞLERİ BAKANLIĞI", "İÇİŞLERİ BAKANLIĞINA"),
        ("PERSONEL GENEL MÜDÜRLÜĞÜ", "PERSONEL GENEL MÜDÜRLÜĞÜNE"),
        ("ANKARA ÜNİVERSİTESİ REKTÖRLÜĞÜ", "ANKARA ÜNİVERSİTESİ REKTÖRLÜĞÜNE"),
        ("ANKARA VALİLİĞİ", "ANKARA VALİLİĞİNE"),
        ("ÇANKAYA KAYMAKAMLIĞI", "ÇANKAYA KAYMAKAMLIĞINA"),
        ("SERMAYE PİYASASI KURULU", "SERMAYE PİYASASI KURULUNA"),
        ("TÜRK STANDARDLARI ENSTİTÜSÜ", "TÜRK STANDARDLARI ENSTİTÜSÜNE"),
        ("TÜRKİYE BÜYÜK MİLLET MECLİSİ", "TÜRKİYE BÜYÜK MİLLET MECLİSİNE"),
        ("PARİS BÜYÜKELÇİLİĞİ", "PARİS BÜYÜKELÇİLİĞİNE"),
        ("DIŞ İLİŞKİLER DAİRESİ", "DIŞ İLİŞKİLER DAİRESİNE"),
        ("ÇUBUK BELEDİYE", "ÇUBUK BELEDİYEYE"),
        ("BAKANLIK", "BAKANLIĞA"),
        ("ÖRNEK HOLDİNG", "ÖRNEK HOLDİNGE"),
        ("ÖRNEK TİCARET", "ÖRNEK TİCARETE"),
        ("TÜRK PETROL", "TÜRK PETROLE"),
        ("3. ORDU", "3. ORDUYA"),
        ("TÜBİTAK", "TÜBİTAK'A"),
        ("TÜİK", "TÜİK'E"),
        ("TOKİ", "TOKİ'YE"),
        ("TBMM", "TBMM'YE"),
        ("TCDD", "TCDD'YE"),
        ("PTT", "PTT'YE"),
        ("ÖRNEK TAŞIMACILIK A.Ş.", "ÖRNEK TAŞIMACILIK A.Ş.YE"),
        ("ÖRNEK LTD. ŞTİ.", "ÖRNEK LTD. ŞTİ.NE"),
        ("SAĞLIK OCAĞI 5", "SAĞLIK OCAĞI 5'E"),
        ("NOTERLİK 6", "NOTERLİK 6'YA"),
        ("DEPO 20", "DEPO 20'YE"),
        ("DEPO 100", "DEPO 100'E"),
        ("DEPO 40000", "DEPO 40000'E"),
        ("DEPO 3000000", "DEPO 3000000'A"),
        ("DEPO 0", "DEPO 0'A"),
        ("ARAŞTIRMA KURUMU (TÜBİTAK)", "ARAŞTIRMA KURUMUNA (TÜBİTAK)"),
        ("AR-GE", "AR-GEYE"),
        ("Adalet Bakanlığı", "Adalet Bakanlığına"),
        ("MAHKÛM", "MAHKÛMA"),
        ("MİLLÎ", "MİLLÎYE"),
        ("", ""),
        ("...", "..."),
        ("BOLU", "BOLUYA"),
        ("ÇORLU", "ÇORLUYA"),
        ("HAKKARİ", "HAKKARİYE"),
        ("SÜMER HALI", "SÜMER HALIYA"),
        ("HASTA KABUL", "HASTA KABULE"),
        ("TOPLU KONUT VE EMLAK", "TOPLU KONUT VE EMLAKE"),
        ("KETEM", "KETEM'E"),
        ("TRT TV", "TRT TV'YE"),
        ("2. KOLORDU", "2. KOLORDUYA"),
        ("POLİS AKADEMİ", "POLİS AKADEMİYE"),
        ("KARDİYOLOJİ", "KARDİYOLOJİYE"),
        ("ADLÎ YARGI", "ADLÎ YARGIYA"),
        ("ÖRNEK POLİKLİNİK", "ÖRNEK POLİKLİNİĞE"),
        ("Örnek Kulüp (Ankara)", "Örnek Kulübe (Ankara)"),
        ("ÖĞRENCİ YURT", "ÖĞRENCİ YURDA"),
        ("SULH HUKUK", "SULH HUKUKA"),
        ("MİLLÎ PARK", "MİLLÎ PARKA"),
    ],
)
def test_directional(name: str, expected: str) -> None:
    assert turkish.directional(name) == expected


@given(st.text())
def test_directional_takes_any_text(text: str) -> None:
    turkish.directional(text)


@given(
    st.text(alphabet="BCDFGLMNRSTVYZ", min_size=1),
    st.sampled_from("AIOUEİÖÜ"),
    st.sampled_from(["LIĞI", "LİĞİ", "LUĞU", "LÜĞÜ"]),
)
def test_possessives_take_n_and_harmonise(start: str, vowel: str, end: str) -> None:
    name = f"ÖRNEK {start}{vowel}{end}"
    assert turkish.directional(name) == name + ("NA" if end in ("LIĞI", "LUĞU") else "NE")


@pytest.mark.parametrize(
    ("number", "ok"),
    [
        ("10000000146", True),
        ("10000000147", False),
        ("10000000156", False),
        ("00000000000", False),
        ("1000000014", False),
        ("100000001466", False),
        ("1000000014a", False),
        ("١٠٠٠٠٠٠٠١٤٦", False),
        ("", False),
    ],
)
def test_tckn(number: str, ok: bool) -> None:
    assert turkish.valid_tckn(number) is ok


@given(st.integers(min_value=100000000, max_value=999999999), st.integers(0, 10), st.integers(1, 9))
def test_a_wrong_digit_of_an_identity_number_shows(nine: int, place: int, step: int) -> None:
    d = [int(c) for c in str(nine)]
    tenth = (7 * sum(d[0::2]) - sum(d[1::2])) % 10
    number = f"{nine}{tenth}{(sum(d) + tenth) % 10}"
    assert turkish.valid_tckn(number)
    wrong = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]
    assert not turkish.valid_tckn(wrong)
