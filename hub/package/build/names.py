"""File names of Üst Yazı and attachments as they may stand in a part name."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Final

_LETTERS: Final = str.maketrans("şŞöÖçÇıİğĞüÜ", "sSoOcCiIgGuU")
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9!$&()+,;=@._~-]")
FALLBACK: Final = "dosya"
LONGEST: Final = 200
"""Characters of an encoded name: file systems end at 255 and ``_2`` must still fit."""


def encode(name: str) -> str:
    """``name`` as it is written into a package.

    Turkish letters become their Latin bases, whatever else is outside printable ASCII is dropped, as is all white
    space. What remains and could not stand in a part name without an escape (or not in a file name on Windows)
    becomes ``_``, so that the part name, the name in the metadata and the extracted file are the same text. So does an
    apostrophe, which Turkish names of files often have and Mono's ``System.IO.Packaging`` does not survive.
    """
    plain = "".join(c for c in name.translate(_LETTERS) if "\x21" <= c <= "\x7e")
    plain = _UNSAFE.sub("_", plain).rstrip(".")
    stem, dot, extension = plain.rpartition(".")
    if not dot:
        stem, extension = plain, ""
    stem = stem if stem.strip("_") else FALLBACK
    tail = dot + extension[: LONGEST // 2]
    return stem[: LONGEST - len(tail)] + tail


def unique(name: str, taken: set[str]) -> str:
    """``name``, with ``_2``, ``_3`` … before its extension while it is in ``taken`` (ASCII case apart); adds it."""
    path = PurePosixPath(name)
    stem, suffix = path.stem, path.suffix
    candidate, number = name, 1
    while candidate.lower() in taken:
        number += 1
        candidate = f"{stem}_{number}{suffix}"
    taken.add(candidate.lower())
    return candidate
