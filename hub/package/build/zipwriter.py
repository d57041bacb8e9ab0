"""Writing a ZIP archive: the counterpart of :mod:`hub.package.zipdir`.

What :mod:`zipfile` cannot do is needed here: entries of an earlier archive are taken over as they are, without
inflating them; the same content always gives the same bytes; and an entry that shrinks so much that a careful reader
takes it for a bomb is stored instead.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from hub import limits
from hub.package.build.problems import BuildError
from hub.package.source import Source
from hub.package.zipdir import CENTRAL, EOCD, EOCD64, LOCAL, LOCATOR, UTF8_NAME, Entry

STORED: Final = 0
DEFLATED: Final = 8
EPOCH: Final = (0, 0x21)
"""Time and date of every entry: 1980-01-01 00:00, the earliest. The package says elsewhere when it was made."""

MOST_RATIO: Final = 90
"""More is stored, so that no reader takes an honest attachment for a bomb: Java's OPC library (Apache POI) refuses
entries that expand more than a hundredfold, the hub's own guard allows :data:`hub.limits.ZIP_RATIO`."""

RATIO_FLOOR: Final = 64 << 10
"""Content up to this size may shrink as it likes; POI looks at the ratio from 100 kB on."""

PROBE: Final = 256 << 10
"""Bytes of a large entry that are compressed on trial."""

_FOUR_GIGABYTES: Final = 0xFFFF_FFFF
_SAFE: Final = 0xF000_0000
"""Sizes from here on get the room for ZIP64 in advance: deflate can grow what cannot be compressed."""

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_ZIP64 = struct.Struct("<2H2Q")
_EOCD = struct.Struct("<4s4H2LH")
_EOCD64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")

Chunks = Callable[[], Iterator[bytes]]
"""Gives the content from its start each time it is called."""


@dataclass(slots=True)
class _Written:
    name: bytes
    flags: int
    method: int
    crc: int
    compressed: int
    size: int
    offset: int


class ZipWriter:
    """Writes entries one after another to a seekable file that starts empty; :meth:`close` writes the directory."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._entries: list[_Written] = []

    def add(self, name: str, size: int, chunks: Chunks, *, store: bool = False) -> None:
        """Write an entry. ``size`` is what is expected, ``chunks`` what counts; ``store`` says it cannot be compressed.

        Raises :class:`~hub.package.build.problems.BuildError` when the content grew past what was prepared for.
        """
        start = self._file.tell()
        if not store and not _incompressible(chunks()):
            written = self._write(name, size, chunks, DEFLATED)
            poor = written.compressed >= written.size
            bomb = written.size > RATIO_FLOOR and written.size > MOST_RATIO * written.compressed
            if not poor and not bomb:
                self._entries.append(written)
                return
            self._file.seek(start)
            self._file.truncate()
        self._entries.append(self._write(name, size, chunks, STORED))

    def take(self, entry: Entry, source: Source) -> None:
        """Take over an entry of another archive without touching its bytes. Raises
        :class:`~hub.package.build.problems.BuildError` where that archive ends early."""
        encoded, flags = _name(entry.name)
        written = _Written(encoded, flags, entry.method, entry.crc, entry.compressed, entry.size, self._file.tell())
        self._file.write(_local(written, wide=max(entry.size, entry.compressed) >= _SAFE))
        position, left = entry.data, entry.compressed
        while left:
            chunk = source.read_at(position, min(left, limits.ZIP_CHUNK))
            if not chunk:
                raise BuildError(f"{entry.name}: önceki paket okunurken kısaldı.")
            self._file.write(chunk)
            position += len(chunk)
            left -= len(chunk)
        self._entries.append(written)

    def close(self) -> None:
        """Write the central directory; the file stays open."""
        start = self._file.tell()
        for entry in self._entries:
            self._file.write(_central(entry))
        size, count = self._file.tell() - start, len(self._entries)
        if start > _SAFE or count >= 0xFFFF:
            end = self._file.tell()
            self._file.write(_EOCD64.pack(EOCD64, _EOCD64.size - 12, 45, 45, 0, 0, count, count, size, start))
            self._file.write(_LOCATOR.pack(LOCATOR, 0, end, 1))
            start, count = _FOUR_GIGABYTES, min(count, 0xFFFF)
        self._file.write(_EOCD.pack(EOCD, 0, 0, count, count, size, start, 0))

    def _write(self, name: str, expected: int, chunks: Chunks, method: int) -> _Written:
        encoded, flags = _name(name)
        entry = _Written(encoded, flags, method, 0, 0, 0, self._file.tell())
        wide = expected >= _SAFE
        self._file.write(_local(entry, wide=wide))
        deflate = zlib.compressobj(6, zlib.DEFLATED, -15) if method == DEFLATED else None
        for chunk in chunks():
            entry.crc = zlib.crc32(chunk, entry.crc)
            entry.size += len(chunk)
            out = deflate.compress(chunk) if deflate else chunk
            entry.compressed += len(out)
            self._file.write(out)
        if deflate:
            out = deflate.flush()
            entry.compressed += len(out)
            self._file.write(out)
        if not wide and max(entry.size, entry.compressed) >= _FOUR_GIGABYTES:
            raise BuildError(f"{name}: dosya yazılırken büyüdü.")
        end = self._file.tell()
        self._file.seek(entry.offset)
        self._file.write(_local(entry, wide=wide))
        self._file.seek(end)
        return entry


def _incompressible(chunks: Iterator[bytes]) -> bool:
    """Whether the first piece of a large content does not shrink, so that trying with the rest is not worth it."""
    first = next(chunks, b"")
    return len(first) >= PROBE and len(zlib.compress(first[:PROBE], 1)) > PROBE * 97 // 100


def _name(name: str) -> tuple[bytes, int]:
    return (name.encode("ascii"), 0) if name.isascii() else (name.encode(), UTF8_NAME)


def _local(entry: _Written, *, wide: bool) -> bytes:
    extra = _ZIP64.pack(1, 16, entry.size, entry.compressed) if wide else b""
    sizes = (_FOUR_GIGABYTES, _FOUR_GIGABYTES) if wide else (entry.compressed, entry.size)
    version = 45 if wide else 20
    head = _LOCAL.pack(
        LOCAL, version, entry.flags, entry.method, *EPOCH, entry.crc, *sizes, len(entry.name), len(extra)
    )
    return head + entry.name + extra


def _central(entry: _Written) -> bytes:
    # a field that does not fit is written as all ones and repeated, in this order, in the ZIP64 extra field
    values = [value for value in (entry.size, entry.compressed) if max(entry.size, entry.compressed) >= _SAFE]
    sizes = (_FOUR_GIGABYTES, _FOUR_GIGABYTES) if values else (entry.compressed, entry.size)
    offset = entry.offset
    if offset >= _SAFE:
        values.append(offset)
        offset = _FOUR_GIGABYTES
    extra = struct.pack(f"<2H{len(values)}Q", 1, 8 * len(values), *values) if values else b""
    version = 45 if values else 20
    head = _CENTRAL.pack(
        CENTRAL, version, version, entry.flags, entry.method, *EPOCH, entry.crc, *sizes,
        len(entry.name), len(extra), 0, 0, 0, 0, offset,
    )  # fmt: skip
    return head + entry.name + extra
