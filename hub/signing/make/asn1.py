"""DER written part by part. Reading is :mod:`hub.signing.der`'s; what exists is copied as slices, never re-encoded."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from hub.signing import der

NULL: Final = b"\5\0"
TRUE: Final = b"\1\1\xff"


def sequence(*parts: bytes) -> bytes:
    """SEQUENCE of encoded ``parts``."""
    return der.wrap(der.SEQUENCE, *parts)


def set_of(parts: Iterable[bytes]) -> bytes:
    """SET OF encoded ``parts`` in DER's order."""
    return der.wrap(der.SET, *sorted(parts))


def context(number: int, *parts: bytes) -> bytes:
    """``[number]`` constructed around ``parts``: EXPLICIT, or IMPLICIT for a constructed type."""
    return der.wrap(0xA0 | number, *parts)


def octet_string(value: bytes) -> bytes:
    """OCTET STRING."""
    return der.wrap(der.OCTET_STRING, value)


def integer(value: int) -> bytes:
    """INTEGER, shortest form, negative ones too."""
    size = (value + (value < 0)).bit_length() // 8 + 1
    return der.wrap(der.INTEGER, value.to_bytes(size, signed=True))


def oid(dotted: str) -> bytes:
    """OBJECT IDENTIFIER from its dotted form."""
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    content = bytearray()
    for arc in (first * 40 + second, *rest):
        octets = [arc & 0x7F]
        while arc := arc >> 7:
            octets.append(0x80 | arc & 0x7F)
        content += bytes(reversed(octets))
    return der.wrap(der.OID, bytes(content))


def time(instant: datetime) -> bytes:
    """Time as CMS wants it (RFC 5652 section 11.3): UTCTime until 2049, GeneralizedTime from 2050; whole seconds."""
    instant = instant.astimezone(UTC)
    if instant.year < 2050:
        return der.wrap(der.UTC_TIME, instant.strftime("%y%m%d%H%M%SZ").encode())
    return der.wrap(der.GENERALIZED_TIME, instant.strftime("%Y%m%d%H%M%SZ").encode())


def utf8(text: str) -> bytes:
    """UTF8String."""
    return der.wrap(0x0C, text.encode())


def ia5(text: str) -> bytes:
    """IA5String."""
    return der.wrap(0x16, text.encode("ascii"))


def attribute(kind: str, *values: bytes) -> bytes:
    """Attribute of CMS: its type's dotted OID and its values."""
    return sequence(oid(kind), set_of(values))
