"""What a letter says besides its text: letterhead, addressee, closing, distribution list, number, delivery data.

Pure functions over the small dataclasses of :mod:`hub.letter.units`; nothing here reads a database or a clock. Each
rule stands in one place with its source: "art." is an article of the regulation on official correspondence (no. 2646,
Official Gazette 10/6/2020, 31151). Where the regulation leaves a choice that only the registry's operator can confirm,
the function says so and nothing else depends on it.

Turkish case, first letters and suffixes live in :mod:`hub.turkish`, below the store, which needs them too.
"""

from hub.letter.antet import antet
from hub.letter.arz_rica import arz_rica
from hub.letter.compose import Book, Letter, LetterError, Recipient, compose
from hub.letter.delivery import Certificate, Signatory
from hub.letter.muhatap import DAGITIM_YERLERINE, dagitim_listesi, muhatap
from hub.letter.number import LetterNumber, Prefix
from hub.letter.units import Chart, Unit

__all__ = [
    "DAGITIM_YERLERINE",
    "Book",
    "Certificate",
    "Chart",
    "Letter",
    "LetterError",
    "LetterNumber",
    "Prefix",
    "Recipient",
    "Signatory",
    "Unit",
    "antet",
    "arz_rica",
    "compose",
    "dagitim_listesi",
    "muhatap",
]
