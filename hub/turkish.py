"""Turkish text: case, first letters, search folding, the directional suffix, cleaning; the identity number's checksum.

Why not PyICU: of all of Unicode only four letters differ from what ``str`` already does (i/İ and ı/I). Mapping these
four first and leaving the rest to the library is exact, needs no compiled ICU on every machine, and the rules that are
really ours (which words stay small, abbreviations, suffixes) are not in ICU anyway.

The rooms below ``letter`` (store, registry) need folding and cleaning too, so the module stands at the bottom of the
house; ``hub.letter`` is its main user.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

VOWELS: Final = frozenset("AEIİOÖUÜÂÎÛ")
BACK_VOWELS: Final = frozenset("AIOUÂÛ")

_UPPER: Final = str.maketrans({"i": "İ", "ı": "I"})
_LOWER: Final = str.maketrans({"İ": "i", "I": "ı"})
_ASCII_LOWER: Final = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")

_ASCII_UPPER: Final = {small: capital for capital, small in _ASCII_LOWER.items()}

_SUFFIXES: Final = frozenset({"YA", "YE", "NA", "NE"})
_SMALL: Final = frozenset({"VE", "VEYA", "İLE"})
_ORDINAL: Final = re.compile(r"[0-9]+['’]?[IİUÜ]?NC[IİUÜ]")
_ROMAN: Final = re.compile(r"X{0,3}(?:IX|IV|V?I{0,3})\.?")
_DOTTED: Final = re.compile(r"([\"'“‘«]*(?:[^\W\d_]\.)+)([^\W\d_]*)")
_SEPARATORS: Final = re.compile(r"([-/(–—])")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


READ_AS_WORDS: Final = _words(
    """
    AFAD AKUT ARGE ASELSAN ASKİ AŞTİ BİLSEM BİMER BİST BOTAŞ BUSKİ CİMER ÇAYKUR DAKA DETSİS DOKAP EGO EKAP ESHOT EÜAŞ
    GAP HAVELSAN İPKB İSBAK İSKİ İSPARK İSTAÇ İŞKUR İZSU KADES KASKİ KAYSİS KESKİ KETEM KİK KİT KOM KOP KOSGEB KOSKİ
    MASAK MASKİ MEB MEM MERNİS MİT MUSKİ NATO ODTÜ OSTİM ÖYP ROKETSAN RTÜK SASKİ SEGBİS ŞÖNİM TAKBİS TEDAŞ TEİAŞ
    TEKMER TEMSAN TESK TETAŞ TİGEM TİKA TOBB TOKİ TÖMER TUSAŞ TÜBA TÜBİTAK TÜDEMSAŞ TÜİK TÜLOMSAŞ TÜRASAŞ TÜRKAK
    TÜRKSAT TÜSEB TÜVASAŞ UMKE UNESCO UNICEF USOM UYAP YÖK YÖKAK YÖKDİL YURTKUR
    """
)
"""Abbreviations said as a word; their suffix follows the sound of that word (``TÜBİTAK'A``, ``TOKİ'YE``)."""

READ_BY_LETTERS: Final = _words(
    """
    AB ABD ADSM ASM AŞ BDDK BİK BM BTK BTYK CBS DAP DHMİ DMO DSİ EBYS EPDK ESK HSK HSYK IPARD İBB İETT İSO İTO İTÜ
    KBRN KGK KHK KKTC KMS KTÜ KVKK KYK MGK MKE MKEK MTA MYK NGS OSB ÖİB ÖSYM PMYO PTT SBB SDP SGK SHÇEK SHM SMMM SPK
    STK SYDV TBB TBMM TC TCDD TCMB TDK TDV THK THY TJK TKDK TKİ TL TMMOB TMO TMSF TPAO TPE TRT TSE TSK TSM TTB TTK
    TTKB TTO TV ÜAK YDK YMM YSK YTB YTÜ
    """
)
"""Abbreviations said letter by letter; their suffix follows the name of the last letter (``TBMM'YE``)."""

ABBREVIATIONS: Final = READ_AS_WORDS | READ_BY_LETTERS
"""Words that stay capital when only first letters are. A list: in a name all in capitals nothing else tells."""


def upper(text: str) -> str:
    """``text`` in Turkish capitals: ``i`` becomes ``İ``, ``ı`` becomes ``I``; circumflexes stay."""
    return compose(text).translate(_UPPER).upper()


def lower(text: str) -> str:
    """``text`` in Turkish small letters: ``İ`` becomes ``i``, ``I`` becomes ``ı``; circumflexes stay."""
    return compose(text).translate(_LOWER).lower()


def compose(text: str) -> str:
    """NFC, without the stray dot that a wrong case function leaves after ``i`` (``'İ'.lower()`` in most languages)."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", text).replace("i\u0307", "i")


def first_letters(text: str) -> str:
    """``text`` with first letters capital and the rest small (``İÇİŞLERİ BAKANLIĞI`` gives ``İçişleri Bakanlığı``).

    A letter after ``-``, ``/`` or ``(`` is a first letter too. ``ve``, ``veya``, ``ile`` and ``ya da`` stay small
    unless they open the text or a parenthesis. Abbreviations (``T.C.``, ``A.Ş.``, :data:`ABBREVIATIONS`) and Roman
    numerals stay capital. Blanks are collapsed within lines; line feeds are kept.
    """
    return "\n".join(_line_first_letters(line) for line in text.split("\n"))


def _line_first_letters(line: str) -> str:
    words = line.split()
    done = [_word_first_letters(word, opens=index == 0) for index, word in enumerate(words)]
    for index in range(1, len(words) - 1):
        if (upper(words[index]), upper(words[index + 1])) == ("YA", "DA"):
            done[index : index + 2] = ["ya", "da"]
    return " ".join(done)


@lru_cache(maxsize=4_096)
def _word_first_letters(word: str, *, opens: bool) -> str:
    """A word of a name. Names of units are made of few words, so the last ones are remembered; whoever composes a
    circular asks for thousands of them."""
    whole = _core(word)
    if whole in ABBREVIATIONS:
        return upper(word)
    parts = _SEPARATORS.split(word)
    done: list[str] = []
    for index, part in enumerate(parts):
        if index % 2:
            done.append(part)
        else:
            first = (opens and index == 0) or (index > 0 and parts[index - 1] == "(")
            done.append(_part_first_letters(part, opens=first))
    return "".join(done)


def _part_first_letters(part: str, *, opens: bool) -> str:
    big = upper(part)
    core = _core(part)
    if core in _SMALL and not opens:
        return lower(part)
    if core and _ROMAN.fullmatch(core):
        return big
    dotted = _DOTTED.match(big)
    if dotted:
        return dotted[1] + _after_dots(dotted[2]) + lower(big[dotted.end() :])
    if _ORDINAL.fullmatch(core):
        return lower(part)
    head, mark, tail = _apostrophe(part)
    if mark:
        return _part_first_letters(head, opens=opens) + mark + lower(tail)
    if core in ABBREVIATIONS:
        return big
    small = lower(part)
    for index, letter in enumerate(small):
        if letter.isalpha():
            return small[:index] + upper(letter) + small[index + 1 :]
    return small


def _after_dots(tail: str) -> str:
    """What follows ``A.Ş.`` or ``M.``: one letter stays capital, a suffix is small, a word has its first letter so."""
    if len(tail) <= 1:
        return tail
    return lower(tail) if tail in _SUFFIXES else tail[0] + lower(tail[1:])


def _core(word: str) -> str:
    """The word in capitals without the punctuation around it."""
    return upper(word).strip("()[],;:.\"'“”«»‘’")


def _apostrophe(word: str) -> tuple[str, str, str]:
    for mark in ("'", "’"):
        head, found, tail = word.partition(mark)
        if found and head:
            return head, found, tail
    return word, "", ""


def fold(text: str) -> str:
    """The form in which names are compared and searched: no case, no Turkish difference, single blanks.

    ``İ I ı i`` become ``i``; ``ş ğ ü ö ç â î û`` lose their marks, as every other accented letter does. Folding what is
    folded changes nothing. Never use it for addresses and codes: see :func:`ascii_fold`.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.replace("ı", "i")).casefold()
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
        text = text.replace("ı", "i")
    return " ".join(text.casefold().split())


def ascii_fold(text: str) -> str:
    """KEP and e-mail addresses, host names and codes: trimmed, and A–Z only made small; no Turkish rule applies."""
    return text.strip().translate(_ASCII_LOWER)


def ascii_cases(code: str) -> set[str]:
    """The code as it is given, with A–Z in capitals and in small letters, trimmed: what a column of codes that are kept
    as they came is asked for."""
    text = code.strip()
    return {text, text.translate(_ASCII_LOWER), text.translate(_ASCII_UPPER)}


def xml_text(text: str) -> str:
    """``text`` without the characters that XML 1.0 forbids; tabs and line feeds stay, CR becomes LF."""
    if text.isascii() and text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c in "\n\t" or not _forbidden(c))


def clean(text: str) -> str:
    """A one-line text as it is stored: NFC, no control or invisible characters, trimmed, single blanks."""
    text = compose(text)
    if not text.isprintable():  # what is printable holds no control or invisible character, and no blank but the space
        blanked = (" " if c.isspace() else c for c in text)
        text = "".join(c for c in blanked if not _forbidden(c) and unicodedata.category(c) != "Cf")
        text = compose(text)
    return " ".join(text.split())


def _forbidden(char: str) -> bool:
    point = ord(char)
    return point < 0x20 or 0x7F <= point <= 0x9F or 0xD800 <= point <= 0xDFFF or (point & 0xFFFE) == 0xFFFE


def valid_tckn(text: str) -> bool:
    """Whether ``text`` is eleven digits that pass the checksum of the T.C. kimlik no. Says nothing of the person."""
    if len(text) != 11 or not text.isascii() or not text.isdigit() or text[0] == "0":
        return False
    d = [int(c) for c in text]
    tenth = (7 * (d[0] + d[2] + d[4] + d[6] + d[8]) - (d[1] + d[3] + d[5] + d[7])) % 10
    return d[9] == tenth and d[10] == sum(d[:10]) % 10


# The directional suffix --------------------------------------------------------------------------------------------

_FRONT_LOANS: Final = _words(
    """
    ALKOL CELAL CEMAAT DİKKAT EMLAK EMLÂK EMSAL FESTİVAL FİNAL GENERAL HAL HARF HAYAL İDEAL İŞTİRAK İSTİKBAL İSTİKLAL
    İSTİKLÂL KABUL KANAAT KEMAL KONTROL LOKAL MAHSUL MAREŞAL MESUL METAL MİSAL NORMAL OTOKONTROL PETROL PROTOKOL
    ROL SAAT SANTRAL SEMBOL SİNYAL SOSYAL TERMİNAL USUL ÜNİVERSAL ZİRAAT
    """
)
"""Words whose last vowel is a back one but whose suffixes are front (the ``l`` or ``t`` is soft)."""

_BARE: Final = _words(
    """
    AĞRI AKADEMİ BİLGİ BİTKİ BOLU BÜRO ÇANKIRI ÇARŞI ÇORLU DENİZLİ DERGİ ENERJİ ENSTİTÜ GALERİ GEMİ HAKKARİ HALI KAMU
    KAPI KARŞI KAYSERİ KIYI KOLORDU KÖPRÜ MİLLİ ORDU PARTİ SANAYİ SERGİ SU TAPU TUNCELİ VALİ VERGİ YARGI YENİ
    """
)
"""Words that end in ``ı i u ü`` without being possessed; all other last words of names with such an end are, but for
those in :data:`_BARE_ENDS`."""

_BARE_ENDS: Final = ("LOJİ", "NOMİ", "GRAFİ", "METRİ", "TERAPİ", "SKOPİ", "STRİ")
"""Ends of words from Greek and French (``kardiyoloji``, ``endüstri``)."""

_SOFTENED: Final = {
    **dict.fromkeys(
        _words("ÇOCUK DERNEK DURAK ELEKTRİK İSTATİSTİK KAYNAK KLİNİK KONAK LOJİSTİK OCAK POLİKLİNİK SOKAK TEKNİK"), "Ğ"
    ),
    **dict.fromkeys(_words("GRUP KİTAP KULÜP MEKTEP"), "B"),
    "YURT": "D",
}
"""Words whose last consonant softens before a vowel, apart from all that end in ``-lık``; loans such as ``hukuk`` and
``devlet`` and words with a consonant before it (``park``) keep it."""

_SHORTENED: Final = {
    "ŞTİ": "ŞİRKETİ",
    "LTD": "LİMİTED",
    "MÜD": "MÜDÜRLÜĞÜ",
    "BŞK": "BAŞKANLIĞI",
    "BAŞK": "BAŞKANLIĞI",
    "ÜNİV": "ÜNİVERSİTESİ",
}
"""Words cut short with a full stop; their suffix is that of the whole word."""

_NUMBER_ENDS: Final = {
    "1": "BİR",
    "2": "İKİ",
    "3": "ÜÇ",
    "4": "DÖRT",
    "5": "BEŞ",
    "6": "ALTI",
    "7": "YEDİ",
    "8": "SEKİZ",
    "9": "DOKUZ",
}
_TENS: Final = {
    "1": "ON",
    "2": "YİRMİ",
    "3": "OTUZ",
    "4": "KIRK",
    "5": "ELLİ",
    "6": "ALTMIŞ",
    "7": "YETMİŞ",
    "8": "SEKSEN",
    "9": "DOKSAN",
}


def directional(name: str) -> str:
    """``name`` with the directional suffix (-e/-a), in the case of its last letter.

    The last vowel chooses the vowel. A possessive end takes ``N`` before it (``BAKANLIĞINA``), another vowel ``Y``
    (``BELEDİYEYE``), a consonant nothing; ``-LIK`` and some other ends soften (``BAKANLIĞA``, ``POLİKLİNİĞE``,
    ``KULÜBE``). Suffixes of institutions' names have no apostrophe; after an abbreviation or a number one stands
    (``TÜBİTAK'A``, ``TBMM'YE``), unless it ends in a full stop (``A.Ş.YE``). A parenthesis at the end stays behind the
    suffix. Empty text stays empty.
    """
    body, rest = _before_parenthesis(name)
    if not body or not any(c.isalnum() for c in body):
        return name
    suffix = _suffix(body)
    stem = body[:-1] if suffix[0] in "ĞBD" else body
    letters = [c for c in stem if c.isalpha()]
    if letters and letters[-1] != upper(letters[-1]):
        suffix = lower(suffix)
    return stem + suffix + rest


def _before_parenthesis(name: str) -> tuple[str, str]:
    name = name.strip()
    if name.endswith(")"):
        start = name.rfind("(")
        if start > 0:
            body = name[:start].rstrip()
            return body, name[len(body) :]
    return name, ""


def _suffix(body: str) -> str:
    raw = upper(body.split()[-1])
    dotted = raw.endswith(".")
    word = raw.rstrip(".)\"'”’»")
    mark = "" if dotted else "'"
    if word and word[-1].isdigit():
        return _number_suffix(word, ordinal=dotted)
    if dotted and word in _SHORTENED:
        return _word_suffix(_SHORTENED[word])
    if "." in word or (dotted and len(word) <= 2) or word in READ_BY_LETTERS or not VOWELS & set(word):
        return mark + "Y" + _vowel(word[-1:] if word[-1:] in VOWELS else "E")
    if word in READ_AS_WORDS:
        return mark + ("Y" if word[-1] in VOWELS else "") + _vowel(word)
    return _word_suffix(word)


def _word_suffix(word: str) -> str:
    word = re.split(r"[-/'’]", word)[-1] or word
    vowel = _vowel(word)
    last = word[-1]
    if last in VOWELS:
        bare = word in _BARE or word.endswith(_BARE_ENDS)
        return ("N" if last in "IİUÜ" and not bare else "Y") + vowel
    if word in _SOFTENED:
        return _SOFTENED[word] + vowel
    if re.search(r"[^\W\d_]{2}L[IİUÜ]K$", word):
        return "Ğ" + vowel
    return vowel


def _number_suffix(word: str, *, ordinal: bool) -> str:
    digits = re.sub(r".*[^0-9]", "", word)
    said = _said_last(digits)
    vowel = _vowel(said)
    if ordinal:
        return "Y" + vowel
    return "'" + ("Y" if said[-1] in VOWELS else "") + vowel


def _said_last(digits: str) -> str:
    """The last word said when a number is read out."""
    kept = digits.rstrip("0")
    zeros = len(digits) - len(kept)
    if not kept:
        return "SIFIR"
    if zeros == 0:
        return _NUMBER_ENDS[kept[-1]]
    if zeros % 3 == 1:
        return _TENS[kept[-1]] if zeros == 1 else _GROUPS[min(zeros // 3, 4)]
    return "YÜZ" if zeros == 2 else _GROUPS[min(zeros // 3, 4)]


_GROUPS: Final = ("", "BİN", "MİLYON", "MİLYAR", "TRİLYON")


def _vowel(word: str) -> str:
    """``A`` or ``E`` by the last vowel of ``word``."""
    if word in _FRONT_LOANS:
        return "E"
    for letter in reversed(word):
        if letter in VOWELS:
            return "A" if letter in BACK_VOWELS else "E"
    return "E"
