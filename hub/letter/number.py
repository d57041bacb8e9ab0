"""The number of a letter, art. 11: ``E-12345678-105.01.01-4321``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar, Final

from hub.errors import HubError

_FILE_CODE: Final = re.compile(r"[0-9]{3}(?:\.[0-9]{2}){0,3}")
_NUMBER: Final = re.compile(r"([EZO])-([0-9]{8})-([0-9.]+)-([1-9][0-9]{0,17})")


class LetterNumberError(HubError):
    """A part of a letter's number, or the whole, has not the prescribed form."""

    code: ClassVar[str] = "LETTER_NUMBER"


class Prefix(Enum):
    """How the letter came to be."""

    ELECTRONIC = "E"
    """In an electronic document system."""
    PAPER = "Z"
    """On paper, where paper is compulsory."""
    EXTRAORDINARY = "O"
    """In an extraordinary situation, when the electronic system cannot be used."""


@dataclass(frozen=True, slots=True)
class LetterNumber:
    """Prefix, number of the preparing unit, file plan code, register number. Raises :class:`LetterNumberError`."""

    prefix: Prefix
    unit: int
    file_code: str
    register: int

    def __post_init__(self) -> None:
        if not 10_000_000 <= self.unit <= 99_999_999:
            raise LetterNumberError(f"DETSİS numarası sekiz haneli olmalıdır: {self.unit}")
        if not _FILE_CODE.fullmatch(self.file_code):
            raise LetterNumberError(f"Standart dosya planı kodu geçersiz: {self.file_code[:40]}")
        if not 1 <= self.register < 10**18:
            raise LetterNumberError(f"Kayıt numarası geçersiz: {self.register}")

    def __str__(self) -> str:
        return f"{self.prefix.value}-{unit_part(self.unit)}-{self.file_code}-{self.register}"

    @classmethod
    def parse(cls, text: str) -> LetterNumber:
        """Read a number as it stands on a letter; blanks around it are allowed, nothing else is. Raises
        :class:`LetterNumberError`."""
        found = _NUMBER.fullmatch(text.strip())
        if not found:
            raise LetterNumberError(f"Belge sayısı “E-12345678-105.01-123” biçiminde değil: {text[:60]}")
        prefix, unit, code, register = found.groups()
        return cls(Prefix(prefix), int(unit), code, int(register))


def unit_part(unit: int) -> str:
    """The DETSİS part of a letter's number: eight digits."""
    return f"{unit:08d}"
