"""Reading DER in place: where each element lies in the file's own bytes, and nothing more.

Signatures, imprints and references are digests of bytes as they were written, so nothing here decodes and encodes
again. asn1crypto's object layer costs about a hundred microseconds a certificate, more than the RSA verification that
follows it; a P4 file has a dozen of them. This reader costs under one microsecond an element and reads only what is
asked for. asn1crypto stays the means of *making* structures and the cross-check in the tests.

A CMS file may be BER (RFC 5652 allows it outside what is signed). :func:`to_definite` rewrites indefinite lengths and
segmented octet strings of such a file once, leaving every definite element untouched byte for byte.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from hub import limits
from hub.errors import HubError

INTEGER: Final = 0x02
BIT_STRING: Final = 0x03
OCTET_STRING: Final = 0x04
NULL: Final = 0x05
OID: Final = 0x06
ENUMERATED: Final = 0x0A
UTC_TIME: Final = 0x17
GENERALIZED_TIME: Final = 0x18
SEQUENCE: Final = 0x30
SET: Final = 0x31


class DerError(HubError):
    """Bytes that are not the ASN.1 structure they should be."""

    code = "ASN1"


class IndefiniteLengthError(DerError):
    """An indefinite length where only definite ones are read; :func:`to_definite` can rewrite it."""


class Node:
    """One element: ``data[start:end]`` with its first identifier octet ``tag`` and its content from ``body``."""

    __slots__ = ("body", "data", "end", "start", "tag")  # a file makes hundreds; a NamedTuple costs half as much again

    def __init__(self, data: bytes, tag: int, start: int, body: int, end: int) -> None:
        self.data = data
        self.tag = tag
        self.start = start
        self.body = body
        self.end = end

    @property
    def raw(self) -> bytes:
        """The whole element as it stands in the file."""
        return self.data[self.start : self.end]

    @property
    def content(self) -> bytes:
        """The content octets."""
        return self.data[self.body : self.end]

    def children(self) -> list[Node]:
        """The elements inside a constructed one. Raises :class:`DerError` when they do not fill it exactly."""
        if not self.tag & 0x20:
            raise DerError("yapısal olmayan ASN.1 öğesinde alt öğe bekleniyordu")
        data, position, end = self.data, self.body, self.end
        found = []
        node_at, last = Node, end - 2
        while position <= last:  # read() for the common lengths, spelled out: most of the time goes here
            tag, length, body = data[position], data[position + 1], position + 2
            if length >= 0x80 or tag & 0x1F == 0x1F:
                if length == 0x82 and tag & 0x1F != 0x1F and body + 2 <= end:
                    length, body = data[body] << 8 | data[body + 1], body + 2
                elif length == 0x81 and tag & 0x1F != 0x1F and body < end:
                    length, body = data[body], body + 1
                else:
                    node = read(data, position, end)
                    found.append(node)
                    position = node.end
                    continue
            after = body + length
            if after > end:
                raise DerError("ASN.1 öğesi kapsayanının dışına taşıyor")
            found.append(node_at(data, tag, position, body, after))
            position = after
        if position < end:
            raise DerError("ASN.1 öğesi kesik")
        return found

    def expect(self, tag: int) -> Node:
        """This node, when its identifier is ``tag``; :class:`DerError` otherwise."""
        if self.tag != tag:
            raise DerError(f"ASN.1 etiketi 0x{tag:02x} bekleniyordu, 0x{self.tag:02x} bulundu")
        return self

    def sequence(self) -> list[Node]:
        """The children of a SEQUENCE."""
        if self.tag != SEQUENCE:
            self.expect(SEQUENCE)
        return self.children()

    def first(self) -> Node:
        """The first child of a SEQUENCE that must have one. Raises :class:`DerError`."""
        inner = self.sequence()
        if not inner:
            raise DerError("boş ASN.1 dizisi")
        return inner[0]

    def only(self) -> Node:
        """The single child (an EXPLICIT tag, a SET OF exactly one). Raises :class:`DerError`."""
        inner = self.children()
        if len(inner) != 1:
            raise DerError(f"tek öğe bekleniyordu, {len(inner)} bulundu")
        return inner[0]


def read(data: bytes, position: int = 0, limit: int | None = None) -> Node:
    """The element that begins at ``position`` and ends at or before ``limit`` (default: the end of ``data``).

    Raises :class:`IndefiniteLengthError` for BER's indefinite length, else :class:`DerError`.
    """
    if limit is None:
        limit = len(data)
    start = position
    if position + 2 > limit:
        raise DerError("ASN.1 öğesi kesik")
    tag = data[position]
    position += 1
    if tag & 0x1F == 0x1F:  # a tag number of more than one octet; none of our structures has one
        while position < limit and data[position] & 0x80:
            position += 1
        position += 1
        if position >= limit:
            raise DerError("ASN.1 öğesi kesik")
    length = data[position]
    position += 1
    if length & 0x80:
        octets = length & 0x7F
        if octets == 0:
            raise IndefiniteLengthError("belirsiz uzunluklu (BER) öğe")
        if octets > 8 or position + octets > limit:
            raise DerError("ASN.1 uzunluğu okunamadı")
        length = int.from_bytes(data[position : position + octets], "big")
        position += octets
    end = position + length
    if end > limit:
        raise DerError("ASN.1 öğesi kapsayanının dışına taşıyor")
    return Node(data, tag, start, position, end)


def span(data: bytes, position: int, limit: int) -> tuple[int, int, int]:
    """First identifier octet, start of the content and end of the element at ``position``: :func:`read` without a node,
    where many elements are read and few are kept."""
    body = position + 2
    if body <= limit:
        tag, length = data[position], data[position + 1]
        if tag & 0x1F != 0x1F:
            if length == 0x82 and body + 2 <= limit:
                length, body = data[body] << 8 | data[body + 1], body + 2
            elif length == 0x81 and body < limit:
                length, body = data[body], body + 1
            if length < 0x80 or body > position + 2:
                end = body + length
                if end <= limit:
                    return tag, body, end
    node = read(data, position, limit)
    return node.tag, node.body, node.end


def parse(data: bytes) -> Node:
    """The one element that ``data`` is; :class:`DerError` when octets follow it."""
    end = len(data)
    tag, body, after = span(data, 0, end)
    if after != end:
        raise DerError("ASN.1 öğesinden sonra artık baytlar var")
    return Node(data, tag, 0, body, end)


def header(tag: int, length: int) -> bytes:
    """Identifier and DER length octets for a one-octet ``tag``."""
    if length < 0x80:
        return bytes((tag, length))
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets


def wrap(tag: int, *parts: bytes) -> bytes:
    """An element of ``tag`` around ``parts``, each taken as it is."""
    body = b"".join(parts)
    return header(tag, len(body)) + body


# Values ------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def dotted(content: bytes) -> str:
    """An OBJECT IDENTIFIER's content octets in dotted form. Raises :class:`DerError`."""
    if not content or content[-1] & 0x80 or len(content) > limits.OID_OCTETS:
        raise DerError("nesne tanımlayıcısı (OID) bozuk")
    arcs: list[int] = []
    value = 0
    fresh = True
    for octet in content:
        if fresh and octet == 0x80:
            raise DerError("nesne tanımlayıcısı (OID) bozuk")
        value = value << 7 | octet & 0x7F
        fresh = not octet & 0x80
        if fresh:
            arcs.append(value)
            value = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:])))


def oid(node: Node) -> str:
    """An OBJECT IDENTIFIER in dotted form."""
    if node.tag != OID:
        node.expect(OID)
    return dotted(node.data[node.body : node.end])


def integer(node: Node) -> int:
    """An INTEGER or ENUMERATED of bounded size. Raises :class:`DerError`."""
    body, end = node.body, node.end
    if node.tag not in (INTEGER, ENUMERATED) or end == body:
        raise DerError("tamsayı bekleniyordu")
    if end - body > limits.INTEGER_OCTETS:
        raise DerError("tamsayı çok büyük")
    return int.from_bytes(node.data[body:end], "big", signed=True)


def octets(node: Node) -> bytes:
    """The content of a primitive OCTET STRING."""
    if node.tag != OCTET_STRING:
        node.expect(OCTET_STRING)
    return node.data[node.body : node.end]


def bit_octets(node: Node) -> bytes:
    """The octets of a BIT STRING without unused bits (keys, signatures). Raises :class:`DerError`."""
    content = node.expect(BIT_STRING).content
    if not content or content[0]:
        raise DerError("bit dizisi bozuk")
    return content[1:]


def bit_flags(node: Node) -> frozenset[int]:
    """The numbers of the bits set in a named BIT STRING (key usage, reasons). Raises :class:`DerError`."""
    content = node.expect(BIT_STRING).content
    if not content or content[0] > 7 or len(content) > 9:
        raise DerError("bit dizisi bozuk")
    return frozenset(
        8 * place + bit for place, octet in enumerate(content[1:]) for bit in range(8) if octet & (0x80 >> bit)
    )


def boolean(node: Node) -> bool:
    """A BOOLEAN. Raises :class:`DerError`."""
    if node.tag != 1 or node.end - node.body != 1:
        raise DerError("mantıksal değer bekleniyordu")
    return node.data[node.body] != 0


def time(node: Node) -> datetime:
    """A UTCTime or GeneralizedTime in UTC ("Z"), with its fraction of a second. RFC 5280 4.1.2.5, RFC 3161 2.4.2."""
    return time_of(node.tag, node.data[node.body : node.end])


def time_of(tag: int, content: bytes) -> datetime:
    """:func:`time` of an element's identifier and content octets. Raises :class:`DerError`."""
    if tag not in (UTC_TIME, GENERALIZED_TIME):
        raise DerError("zaman değeri bekleniyordu")
    return _time(tag, content)


@lru_cache(maxsize=4096)
def _time(tag: int, content: bytes) -> datetime:
    if len(content) > 32 or content[-1:] != b"Z":
        raise DerError("zaman değeri okunamadı")
    digits, _, fraction = content[:-1].partition(b".")
    if tag == UTC_TIME:
        if len(digits) not in (10, 12) or fraction or not digits.isdigit():
            raise DerError("zaman değeri okunamadı")
        digits = (b"20" if digits[:2] < b"50" else b"19") + digits
        digits = digits.ljust(14, b"0")
    if len(digits) != 14 or not digits.isdigit() or (b"." in content and not fraction.isdigit()):
        raise DerError("zaman değeri okunamadı")
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:8])
    hour, minute, second = int(digits[8:10]), int(digits[10:12]), int(digits[12:14])
    leap = second == 60  # a leap second is the first instant of the next minute to a clock that has none
    try:
        value = datetime(
            year, month, day, hour, minute, 59 if leap else second, int(fraction[:6].ljust(6, b"0") or 0), tzinfo=UTC
        )
        return value + timedelta(seconds=1) if leap else value
    except (ValueError, OverflowError):
        raise DerError("zaman değeri okunamadı") from None


# BER ---------------------------------------------------------------------------------------------------------------


_SMIME: Final = bytes.fromhex("060b2a864886f70d01091002")
TOKENS: Final = frozenset(
    [*(_SMIME + bytes([arc]) for arc in (14, 20, 25, 26, 27, 48)), bytes.fromhex("060604008d450204")]
)
"""Attribute types (DER) whose values are timestamp tokens. A token in BER stays as it is: later timestamps digest its
own octets, and it is rewritten by itself when it is read."""


def end_of(data: bytes, position: int, limit: int) -> int:
    """Where the element at ``position`` ends, be its length definite or not. Raises :class:`DerError`."""
    inside = 0
    while True:
        if inside and data[position : position + 2] == b"\0\0":
            inside, position = inside - 1, position + 2
        elif data[position + 1 : position + 2] == b"\x80" and data[position] & 0x3F in range(0x20, 0x3F):
            inside, position = inside + 1, position + 2
        else:
            position = read(data, position, limit).end
        if position > limit or inside > limits.ASN1_DEPTH:
            raise DerError("ASN.1 öğesi kapsayanının dışına taşıyor")
        if not inside:
            return position


def contents(data: bytes) -> bytes:
    """The content octets of the one element that ``data`` is, be its length definite or not."""
    if data[1:2] == b"\x80":
        return data[2 : end_of(data, 0, len(data)) - 2]
    return parse(data).content


def to_definite(data: bytes) -> bytes:
    """``data`` with every indefinite length made definite and every segmented OCTET STRING joined.

    An element that has neither is copied as it stands, and so is a timestamp token: later timestamps digest its own
    octets. Raises :class:`DerError` when the nesting is deeper than
    :data:`hub.limits.ASN1_DEPTH` or the end-of-contents octets are missing.
    """
    out, end = _definite(data, 0, len(data), 0)
    if end != len(data):
        raise DerError("ASN.1 öğesinden sonra artık baytlar var")
    return out


def _definite(data: bytes, position: int, limit: int, depth: int) -> tuple[bytes, int]:
    """The element at ``position``, rewritten where needed, and where it ended in ``data``."""
    if depth > limits.ASN1_DEPTH:
        raise DerError("ASN.1 iç içeliği çok derin")
    start, tag = position, data[position] if position < limit else 0
    indefinite = data[position + 1 : position + 2] == b"\x80" and tag & 0x1F != 0x1F
    if indefinite:
        position, stop = position + 2, limit
    else:
        node = read(data, position, limit)
        position, stop = node.body, node.end
    if not tag & 0x20:
        if indefinite:
            raise DerError("ilkel öğede belirsiz uzunluk")
        return data[start:stop], stop
    parts: list[bytes] = []
    changed = indefinite
    while position < stop:
        if indefinite and data[position : position + 2] == b"\0\0":
            stop = position
            break
        if len(parts) == 1 and tag == SEQUENCE and parts[0] in TOKENS:
            part, after = _kept(data, position, stop)
        else:
            part, after = _definite(data, position, stop, depth + 1)
        changed = changed or part != data[position:after]
        parts.append(part)
        position = after
    else:
        if indefinite:
            raise DerError("belirsiz uzunluğun bitişi yok")
    end = stop + 2 if indefinite else stop
    if tag == OCTET_STRING | 0x20:
        return wrap(OCTET_STRING, *(octets(parse(part)) for part in parts)), end
    return (wrap(tag, *parts) if changed else data[start:end]), end


def _kept(data: bytes, position: int, limit: int) -> tuple[bytes, int]:
    """The SET at ``position`` with its members as they stand, and where it ended in ``data``."""
    end = end_of(data, position, limit)
    indefinite = data[position + 1] == 0x80
    body, stop = (position + 2, end - 2) if indefinite else (read(data, position, limit).body, end)
    return wrap(data[position], data[body:stop]), end
