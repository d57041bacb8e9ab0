"""Where the plain leaf texts of a document stand: what may differ between requests of one shape."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final
from xml.parsers import expat

PLAIN: Final = rb"[ !-%'-;=?-~]*"
"""Printable ASCII without ``<``, ``>`` and ``&``."""
_IS_PLAIN: Final = re.compile(PLAIN)


class Slots:
    """The plain leaf texts of a document, by the number of their element in document order."""

    def __init__(self, body: bytes) -> None:
        """Raises :class:`ValueError` for an encoding that this parser does not know."""
        self._body = body
        self._open: list[tuple[int, bool]] = []
        self._text = -1
        self._count = 0
        self._spans: dict[int, tuple[int, int]] = {}
        self._parser = parser = expat.ParserCreate()
        parser.buffer_text = False
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        try:
            parser.Parse(body, True)
        except expat.ExpatError as error:
            raise ValueError(str(error)) from None

    def __contains__(self, element: int) -> bool:
        """Whether the element is a leaf with a plain text."""
        return element in self._spans

    def pattern(self, read: Collection[int], fixed: Collection[int]) -> str:
        """The regular expression of all documents that differ in nothing but plain leaf texts, those of the elements
        ``fixed`` excepted. It has a group for each of the elements ``read``, in document order."""
        parts = []
        at = 0
        for element, (start, end) in sorted(self._spans.items(), key=lambda item: item[1]):
            if element not in fixed:
                parts += [re.escape(self._body[at:start]), b"(" if element in read else b"(?:", PLAIN, b")"]
                at = end
        return b"".join([*parts, re.escape(self._body[at:])]).decode("latin-1")

    def _start(self, _name: str, attributes: dict[str, str]) -> None:
        if self._open:
            self._open[-1] = (self._open[-1][0], False)
        bare = all(name == "xmlns" or name.startswith("xmlns:") for name in attributes)
        self._open.append((self._count, bare))
        self._count += 1
        self._text = -1

    def _characters(self, _data: str) -> None:
        if self._text < 0:
            self._text = self._parser.CurrentByteIndex

    def _end(self, _name: str) -> None:
        number, leaf = self._open.pop()
        end = self._parser.CurrentByteIndex
        start = end if self._text < 0 else self._text
        body = self._body
        closed = body[end : end + 2] == b"</" and body[start - 1 : start] == b">"
        if leaf and closed and _IS_PLAIN.fullmatch(body, start, end):
            self._spans[number] = (start, end)
        self._text = -1
