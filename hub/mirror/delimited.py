"""CSV files as spreadsheets save them, read row by row.

Excel in Turkish saves "CSV" in Windows-1254 with semicolons, "CSV UTF-8" with a byte order mark, and "Unicode text" as
UTF-16 with tabs; other programs write plain UTF-8 with commas. All of these are read. Which one a file is follows from
its bytes alone: a byte order mark decides, else UTF-8 if the whole file is that. What is neither is Windows-1254 only
where it does not look like UTF-8 that was damaged: read as Windows-1254, a damaged file would come in with every
Turkish letter wrong, and nobody would be told.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any, Final

from hub import limits
from hub.mirror.source import ImportFileError

Progress = Callable[[int], None]

_SAID: Final = re.compile(r"\"?sep=([;,\t])\"?\r?", re.IGNORECASE)
_QUOTED: Final = re.compile(r'"[^"]*"')
_BEYOND_ASCII: Final = re.compile(rb"[\x80-\xff]")
_AS_UTF8: Final = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_NOT_1254: Final = re.compile(rb"[\x00-\x08\x0e-\x1f\x81\x8d\x8e\x8f\x90\x9d\x9e]")
"""Bytes that no text in Windows-1254 holds."""
_UTF8_SHARE: Final = 0.2
"""Share of the bytes beyond ASCII that may by chance make up UTF-8. In Turkish text in Windows-1254 it is a capital
letter before a curly quote, which is rare; in damaged UTF-8 it is nearly all of them."""


class _Told(io.RawIOBase):
    """A file that tells how much of it was read."""

    def __init__(self, path: Path, progress: Progress) -> None:
        self._file = path.open("rb")
        self._progress = progress

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = self._file.readinto(buffer)
        self._progress(count)
        return count

    def close(self) -> None:
        self._file.close()
        super().close()


def cells(path: Path, progress: Progress) -> Generator[tuple[int, Sequence[str]], None, None]:
    """The rows of the file with the number of the line that each ends at; the header row, or a line ``sep=;`` before
    it, tells the separator.

    Raises :class:`~hub.mirror.source.ImportFileError` for a file that is no CSV in one of the encodings above.
    """
    encoding = encoding_of(path)
    before = csv.field_size_limit(limits.IMPORT_FIELD)
    raw = io.BufferedReader(_Told(path, progress), limits.IMPORT_BLOCK)
    line = 0
    try:
        with io.TextIOWrapper(raw, encoding=encoding, newline="") as text:
            separator, said = _separator(path, encoding)
            reader = csv.reader(text, delimiter=separator, strict=True)
            if said:
                next(reader)
            for row in reader:
                line = reader.line_num
                if len(row) > limits.IMPORT_COLUMNS:
                    raise ImportFileError(f"{path.name}: satır {line}: sütun sayısı izin verilenden çok")
                yield line, row
    except UnicodeError:
        raise ImportFileError(f"{path.name}: satır {line + 1}: dosyanın kodlaması bozuk") from None
    except csv.Error as error:
        raise ImportFileError(f"{path.name}: satır {line + 1}: CSV okunamıyor ({error})") from None
    finally:
        csv.field_size_limit(before)


def encoding_of(path: Path) -> str:
    """The encoding of the file, as Python names it. Raises :class:`~hub.mirror.source.ImportFileError` for one that is
    not read, or cannot be told."""
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise ImportFileError(f"{path.name}: dosyanın kodlaması (UTF-32) okunmaz; “CSV UTF-8” olarak kaydedin")
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8")()
    beyond = like_utf8 = 0
    plain, possible = True, True
    tail = b""
    with path.open("rb") as file:
        while block := file.read(limits.IMPORT_BLOCK):
            if b"\0" in block:
                raise ImportFileError(
                    f"{path.name}: dosya metin değil ya da işaretsiz UTF-16; “CSV UTF-8” olarak kaydedin"
                )
            if plain:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    plain = False
            possible = possible and _NOT_1254.search(block) is None
            joined = tail + block
            tail = joined[-3:]
            beyond += len(_BEYOND_ASCII.findall(block))
            like_utf8 += sum(map(len, _AS_UTF8.findall(joined)))
    if plain and not decoder.getstate()[0]:
        return "utf-8-sig"
    if possible and not head.startswith(codecs.BOM_UTF8) and like_utf8 <= _UTF8_SHARE * beyond:
        return "cp1254"
    raise ImportFileError(f"{path.name}: dosyanın kodlaması bozuk (UTF-8 değil); “CSV UTF-8” olarak kaydedin")


def _separator(path: Path, encoding: str) -> tuple[str, bool]:
    """What separates the cells, and whether a line of its own says so (``sep=;``, for Excel). Else the header row tells
    it: names of columns hold commas, but no semicolons and no tabs."""
    with path.open("rb") as file:
        head = file.read(limits.IMPORT_BLOCK)
    first = codecs.getincrementaldecoder(encoding)("replace").decode(head).partition("\n")[0]
    said = _SAID.fullmatch(first)
    if said:
        return said[1], True
    bare = _QUOTED.sub("", first)
    found = max(";\t", key=bare.count)
    return (found if found in bare else ","), False
