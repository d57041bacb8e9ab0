"""Archives written byte by byte, so that every record can lie. An honest call gives an honest archive."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass
class Forged:
    """One entry; what is None is computed honestly. ``local_*`` differ from the central directory when given."""

    name: str | bytes
    data: bytes = b""
    method: int = 8
    flags: int = 1 << 11
    mode: int = 0
    crc: int | None = None
    size: int | None = None
    compressed: int | None = None
    payload: bytes | None = None
    offset: int | None = None
    extra: bytes = b""
    local_name: str | bytes | None = None
    local_size: int | None = None
    local_method: int | None = None
    descriptor: bytes | None = None
    skip_local: bool = False


def raw(name: str | bytes) -> bytes:
    return name if isinstance(name, bytes) else name.encode()


def deflate(data: bytes) -> bytes:
    machine = zlib.compressobj(9, zlib.DEFLATED, -15)
    return machine.compress(data) + machine.flush()


def forge(
    entries: Sequence[Forged],
    *,
    before: bytes = b"",
    between: bytes = b"",
    after: bytes = b"",
    comment: bytes = b"",
    count: int | None = None,
    directory_offset: int | None = None,
    tail: bytes | None = None,
) -> bytes:
    """An archive of ``entries``; ``tail`` replaces the end record."""
    out = bytearray(before)
    central = bytearray()
    for item in entries:
        payload = item.payload
        if payload is None:
            payload = item.data if item.method == 0 else deflate(item.data)
        crc = zlib.crc32(item.data) if item.crc is None else item.crc
        size = len(item.data) if item.size is None else item.size
        compressed = len(payload) if item.compressed is None else item.compressed
        offset = len(out) if item.offset is None else item.offset
        flags = item.flags | (8 if item.descriptor is not None else 0)
        local = raw(item.local_name if item.local_name is not None else item.name)
        told = (0, 0, 0) if item.descriptor is not None else (crc, compressed, item.local_size or size)
        method = item.method if item.local_method is None else item.local_method
        if not item.skip_local:
            out += struct.pack("<4s5H3L2H", b"PK\3\4", 20, flags, method, 0, 33, *told, len(local), 0) + local
            out += payload + (item.descriptor or b"") + between
        name = raw(item.name)
        central += struct.pack(
            "<4s6H3L5H2L", b"PK\1\2", 3 << 8 | 20, 20, flags, item.method, 0, 33, crc, compressed, size,
            len(name), len(item.extra), 0, 0, 0, item.mode << 16, offset,
        )  # fmt: skip
        central += name + item.extra
    start = len(out) if directory_offset is None else directory_offset
    total = len(entries) if count is None else count
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, total, total, len(central), start, len(comment)) + comment
    return bytes(out + central + (end if tail is None else tail) + after)
