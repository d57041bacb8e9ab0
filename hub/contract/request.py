"""An HTTP request as the engine reads it: body within its bounds, envelope taken apart, operation found."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final
from urllib.parse import unquote

from lxml import etree

from hub.contract import soap
from hub.contract.errors import (
    ActionMismatch,
    BadEnvelope,
    BodyTooLarge,
    BodyTooSlow,
    Malformed,
    NotUnderstood,
    UnknownAction,
    UnsupportedMedia,
    VersionMismatch,
)
from hub.contract.schema import local, namespace
from hub.contract.wsdl import Operation, Version

_NEXT: Final = {
    "http://schemas.xmlsoap.org/soap/actor/next",
    "http://www.w3.org/2003/05/soap-envelope/role/next",
    "http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver",
}
_PARTS: Final[Mapping[Version, tuple[str, str]]] = {
    version: (f"{{{uri}}}Header", f"{{{uri}}}Body") for version, uri in soap.NAMESPACES.items()
}
_children: Final[Callable[[etree._Element], list[etree._Element]]] = itemgetter(slice(None))
"""All at once: a third of what an iterator over them costs."""
_LENGTH: Final = re.compile("[0-9]{1,18}")
_PARAMETER: Final = re.compile(r";\s*([A-Za-z0-9-]+)\s*=\s*(\"(?:[^\"\\]|\\.)*\"|[^;\s]*)")


@dataclass(frozen=True, slots=True)
class Media:
    """A content type header, taken apart."""

    type: str
    parameters: Mapping[str, str]


@lru_cache(maxsize=256)
def media(header: str) -> Media:
    """Take a content type apart. Clients send few different ones, so the last are remembered."""
    kind, _, _ = header.partition(";")
    found = {
        name.lower(): value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value.strip('"')
        for name, value in _PARAMETER.findall(header)
    }
    if "charset" in found:
        found["charset"] = found["charset"].strip("' ").lower()
    return Media(kind.strip().lower(), found)


@dataclass(slots=True)
class Envelope:
    """A SOAP envelope, taken apart."""

    version: Version
    headers: list[etree._Element]
    body: etree._Element
    """The one element inside the body."""


def body_of(environ: Mapping[str, Any], most: int) -> bytes:
    """The request's body, decoded, of at most ``most`` bytes.

    Raises :class:`~hub.contract.errors.BodyTooLarge` (as soon as the length says so, or the bytes do),
    ``UnsupportedMedia`` for a content encoding other than gzip, ``Malformed`` for a broken one.
    """
    length = environ.get("CONTENT_LENGTH")
    stream = environ["wsgi.input"]
    if length:
        if not _LENGTH.fullmatch(length) or (size := int(length)) > most:
            raise BodyTooLarge("İstek gövdesi izin verilenden büyük.")
        data = _received(stream, size)
        if len(data) < size:
            raise BodyTooSlow("İstek gövdesi eksik geldi.")
    elif environ.get("wsgi.input_terminated"):
        data = _received(stream, most + 1)
        if len(data) > most:
            raise BodyTooLarge("İstek gövdesi izin verilenden büyük.")
    else:
        return b""
    encoding = environ.get("HTTP_CONTENT_ENCODING")
    if encoding is None:
        return data
    encoding = encoding.strip().lower()
    if encoding in {"", "identity"}:
        return data
    if encoding not in {"gzip", "x-gzip"}:
        raise UnsupportedMedia("İstek gövdesinin sıkıştırma türü desteklenmez.")
    unpack = zlib.decompressobj(wbits=31)
    try:
        plain = unpack.decompress(data, most + 1)
    except zlib.error:
        raise Malformed("İstek gövdesi bozuk (gzip).") from None
    if len(plain) > most:
        raise BodyTooLarge("İstek gövdesi açıldığında izin verilenden büyük.")
    if not unpack.eof or unpack.unused_data:
        raise Malformed("İstek gövdesi bozuk (gzip).")
    return plain


def _received(stream: Any, size: int) -> bytes:
    """At most ``size`` bytes of the body; a connection that breaks or was cut off at a deadline ends it."""
    try:
        data: bytes = stream.read(size)
    except OSError:
        raise BodyTooSlow("İstek gövdesi eksik geldi.") from None
    return data


def version_of(root: etree._Element) -> Version:
    """SOAP version of an envelope. Raises ``BadEnvelope`` or ``VersionMismatch``."""
    tag = str(root.tag)
    if tag == "{http://schemas.xmlsoap.org/soap/envelope/}Envelope":
        return "1.1"
    if tag == "{http://www.w3.org/2003/05/soap-envelope}Envelope":
        return "1.2"
    if local(tag) != "Envelope":
        raise BadEnvelope("Missing required Envelope element.")
    raise VersionMismatch(namespace(tag)[:200])


def open_envelope(root: etree._Element, version: Version) -> Envelope:
    """Take the envelope ``root`` apart.

    Raises ``BadEnvelope`` where it does not hold exactly one body with exactly one element in it, and
    ``VersionMismatch`` where its parts mix both SOAP versions.
    """
    header_tag, body_tag = _PARTS[version]
    headers: list[etree._Element] = []
    body: etree._Element | None = None
    seen_header = False
    for child in _children(root):
        tag = child.tag
        if tag == body_tag:
            if body is not None:
                raise BadEnvelope("The envelope holds more than one Body element.")
            body = child
        elif tag == header_tag:
            if seen_header or body is not None:
                raise BadEnvelope("The envelope holds a Header element out of place.")
            seen_header = True
            headers = _children(child)
        elif namespace(str(tag)) in soap.VERSIONS:
            raise VersionMismatch(namespace(str(tag)))
    if body is None:
        raise BadEnvelope("Missing required Body element.")
    if len(body) != 1:
        raise BadEnvelope("The Body element must hold exactly one element.")
    return Envelope(version, headers, body[0])


class Router:
    """Finds the operation of a request by its action and body, as the original platform does."""

    def __init__(self, operations: Mapping[str, Operation]) -> None:
        self._by_action = {operation.action: operation for operation in operations.values()}
        self._by_header = {
            spelled: operation for action, operation in self._by_action.items() for spelled in (action, f'"{action}"')
        }
        self._by_body = {operation.input.qname: operation for operation in operations.values()}

    def by_header(self, header: str) -> Operation | None:
        """The operation of a SOAPAction header: quoted or bare, perhaps URL-encoded."""
        found = self._by_header.get(header)
        return found if found is not None else self._by_action.get(bare(header)) if header else None

    def named(self, environ: Mapping[str, Any], media: Media) -> Operation | UnknownAction | None:
        """The operation that the request's action names, None where it has no action. An action that names none comes
        back as the refusal that it leads to, because what is refused first is the caller's to decide."""
        action = environ.get("HTTP_SOAPACTION") if media.type == "text/xml" else media.parameters.get("action")
        if action is None:
            return None
        found = self.by_header(action)
        return UnknownAction(UNKNOWN_ACTION.format(bare(action)[:200])) if found is None else found

    def find(self, named: Operation | UnknownAction | None, body: etree._Element) -> Operation:
        """The operation of a request with the body element ``body`` whose action is :meth:`named`.

        Raises ``UnknownAction`` where neither names one, and ``ActionMismatch``: the body's element never loses against
        a contradicting action, so where the action names one operation and the body holds another's element, nothing
        is called.
        """
        inside = self._by_body.get(str(body.tag))
        if isinstance(named, Operation):
            if inside is not None and inside is not named:
                said = f"The action names {named.name}, the body holds {inside.name}; nothing was called."
                raise ActionMismatch(said)
            return named
        if inside is None:
            raise named or UnknownAction(NO_ACTION)
        return inside


NO_ACTION: Final = "Unable to handle request without a valid action parameter. Please supply a valid soap action."
UNKNOWN_ACTION: Final = "Server did not recognize the value of HTTP Header SOAPAction: {}."


def bare(header: str) -> str:
    """An action without quotes and URL encoding."""
    text = header.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1]
    return unquote(text) if "%" in text else text


def check_understood(headers: list[etree._Element], known: frozenset[str]) -> None:
    """Refuse a header block that must be understood and is not in ``known`` (expanded names).

    Blocks for another role are passed over. ``mustUnderstand`` counts in either SOAP namespace, and every value but
    a clear no counts as yes. Raises :class:`~hub.contract.errors.NotUnderstood`.
    """
    for block in headers:
        if block.tag in known:
            continue
        for uri in soap.VERSIONS:
            demand = block.get(f"{{{uri}}}mustUnderstand")
            role = block.get(f"{{{uri}}}actor") or block.get(f"{{{uri}}}role")
            if demand is None or demand.strip() in {"0", "false"} or (role and role not in _NEXT):
                continue
            raise NotUnderstood(f"SOAP header {local(str(block.tag))[:80]} was not understood.")
