"""DER elements as plain tuples: what :mod:`hub.signing.der` reads, without an object for each element.

A file's structure and each token's are read anew every time, and making an object takes longer than finding where an
element lies. These functions are for those few structures; everything else is read with :class:`~hub.signing.der.Node`.
"""

from __future__ import annotations

from datetime import datetime

from hub import limits
from hub.signing import der
from hub.signing.der import DerError, Node

Part = tuple[int, int, int, int]
"""First identifier octet, start, start of the content, end."""


def whole(data: bytes) -> Part:
    """The one element that ``data`` is; :class:`~hub.signing.der.DerError` when octets follow it."""
    end = len(data)
    tag, body, after = der.span(data, 0, end)
    if after != end:
        raise DerError("ASN.1 öğesinden sonra artık baytlar var")
    return tag, 0, body, end


def of_node(node: Node) -> Part:
    """A node as a tuple."""
    return node.tag, node.start, node.body, node.end


def inside(data: bytes, part: Part, tag: int = 0) -> list[Part]:
    """The elements inside a constructed one, which must be ``tag`` (0: any).

    Raises :class:`~hub.signing.der.DerError` when they do not fill it exactly.
    """
    kind, _, position, end = part
    if tag and kind != tag:
        raise DerError(f"ASN.1 etiketi 0x{tag:02x} bekleniyordu, 0x{kind:02x} bulundu")
    if not kind & 0x20:
        raise DerError("yapısal olmayan ASN.1 öğesinde alt öğe bekleniyordu")
    found: list[Part] = []
    last = end - 2
    while position <= last:
        kind = data[position]
        length = data[position + 1]
        body = position + 2
        if kind & 0x1F == 0x1F or length == 0x80 or length > 0x82:
            node = der.read(data, position, end)
            body, after = node.body, node.end
        elif length < 0x80:
            after = body + length
        elif length == 0x82 and body + 2 <= end:
            after = body + 2 + (data[body] << 8 | data[body + 1])
            body += 2
        elif length == 0x81 and body < end:
            after = body + 1 + data[body]
            body += 1
        else:
            raise DerError("ASN.1 uzunluğu okunamadı")
        if after > end:
            raise DerError("ASN.1 öğesi kapsayanının dışına taşıyor")
        found.append((kind, position, body, after))
        position = after
    if position < end:
        raise DerError("ASN.1 öğesi kesik")
    return found


def only(data: bytes, part: Part, tag: int = 0) -> Part:
    """The single element inside (an EXPLICIT tag). Raises :class:`~hub.signing.der.DerError`."""
    found = inside(data, part, tag)
    if len(found) != 1:
        raise DerError(f"tek öğe bekleniyordu, {len(found)} bulundu")
    return found[0]


def raw(data: bytes, part: Part) -> bytes:
    """The whole element as it stands."""
    return data[part[1] : part[3]]


def content(data: bytes, part: Part, tag: int) -> bytes:
    """The content octets of an element that must be ``tag``. Raises :class:`~hub.signing.der.DerError`."""
    if part[0] != tag:
        raise DerError(f"ASN.1 etiketi 0x{tag:02x} bekleniyordu, 0x{part[0]:02x} bulundu")
    return data[part[2] : part[3]]


def oid(data: bytes, part: Part) -> str:
    """An OBJECT IDENTIFIER in dotted form."""
    return der.dotted(content(data, part, der.OID))


def octets(data: bytes, part: Part) -> bytes:
    """The content of a primitive OCTET STRING."""
    return content(data, part, der.OCTET_STRING)


def bit_octets(data: bytes, part: Part) -> bytes:
    """The octets of a BIT STRING without unused bits (keys, signatures). Raises :class:`~hub.signing.der.DerError`."""
    value = content(data, part, der.BIT_STRING)
    if not value or value[0]:
        raise DerError("bit dizisi bozuk")
    return value[1:]


def integer(data: bytes, part: Part) -> int:
    """An INTEGER of bounded size. Raises :class:`~hub.signing.der.DerError`."""
    value = content(data, part, der.INTEGER)
    if not value:
        raise DerError("tamsayı bekleniyordu")
    if len(value) > limits.INTEGER_OCTETS:
        raise DerError("tamsayı çok büyük")
    return int.from_bytes(value, "big", signed=True)


def time(data: bytes, part: Part) -> datetime:
    """A UTCTime or GeneralizedTime, as :func:`hub.signing.der.time` reads it."""
    return der.time_of(part[0], data[part[2] : part[3]])
