"""From the bytes of a POST to a call: body, envelope, operation, header, arguments."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from lxml import etree

from hub.contract import mtom, request
from hub.contract.contract import Contract
from hub.contract.errors import Refused, SchemaInvalid, UnknownAction, Unreadable, UnsupportedMedia
from hub.contract.guard import Guard
from hub.contract.profile import Profile
from hub.contract.reader import path_of
from hub.contract.schema import Complex
from hub.contract.shapes import LARGEST, Key, Shapes
from hub.contract.wsdl import Version

_NUMBER: Final = re.compile(r"[0-9]{11,}")
"""What may be an identity number in the wrong place is not repeated: faults end in the logs of clients."""


@dataclass(slots=True)
class Intake:
    """A request that was read. ``envelope`` is None where its shape was known and no tree was made."""

    route: Any
    version: Version
    arguments: dict[str, Any]
    header: Any
    body: bytes
    key: Key | None
    """What shapes are found by; None for a message of several parts, which never becomes one."""
    envelope: request.Envelope | None


@dataclass(slots=True)
class Seen:
    """What is known of a request so far, for the case that it is refused."""

    version: Version = "1.1"
    operation: str = ""
    body: bytes = b""


class Reader:
    """Reads the requests of one endpoint. ``routes`` are its operations by name, each with ``operation``,
    ``arguments`` (the compiled reader) and ``headers`` (expanded names of the declared header blocks)."""

    def __init__(self, contract: Contract, profile: Profile, routes: Mapping[str, Any]) -> None:
        self._profile = profile
        self._routes = {id(route.operation): route for route in routes.values()}
        self._router = request.Router(contract.operations)
        self._guard = Guard(profile.limits)
        self._headers: dict[str, tuple[Any, Complex]] = {
            header.qname: (contract.readers.value(header.type, once=True), header.type)
            for operation in contract.operations.values()
            for header in operation.headers
            if isinstance(header.type, Complex)
        }
        self._validator = contract.validator() if profile.strict else None
        self._validating = threading.Lock()
        self.shapes: Shapes | None = Shapes(contract.kinds, contract.classes, strict=profile.strict)

    def read(self, environ: dict[str, Any], seen: Seen) -> Intake:
        """Read a request. Raises :class:`~hub.contract.errors.Refused`; ``seen`` then says how far it came."""
        kind = environ.get("CONTENT_TYPE", "")
        media = request.media(kind)
        multipart = self._profile.xop and media.type == "multipart/related"
        if not multipart and media.type not in {"text/xml", "application/soap+xml"}:
            raise UnsupportedMedia(media.type)
        body = request.body_of(environ, self._profile.limits.body)
        key = (kind, environ.get("HTTP_SOAPACTION"))
        if self.shapes is not None and len(body) <= LARGEST:
            found = self.shapes.find(key, body)  # never a multipart one: none is learned
            if found is not None:
                shape, arguments, header = found
                seen.version = shape.version
                seen.operation = shape.route.operation.name
                return Intake(shape.route, shape.version, arguments, header, body, key, None)
        return self._read(environ, media, body, key, seen)

    def _read(self, environ: dict[str, Any], media: request.Media, body: bytes, key: Key, seen: Seen) -> Intake:
        """The full way."""
        parts: Mapping[str, bytes] = {}
        known: Key | None = key
        if media.type == "multipart/related":
            message = mtom.split(body, media)
            body, media, parts, known = message.root, message.media, message.parts, None
        named = self._router.named(environ, media)
        # A SOAPAction that names nothing is refused before anything about the body is.
        wrong = named if isinstance(named, UnknownAction) and media.type == "text/xml" else None
        try:
            root = self._guard.parse(body, media.parameters.get("charset", ""))
            seen.body = body
            version = seen.version = request.version_of(root)
        except Refused as error:
            raise wrong or error from None
        if version == "1.1" and media.type == "application/soap+xml":
            raise UnsupportedMedia(media.type)
        if wrong is not None:
            raise wrong
        envelope = request.open_envelope(root, version)
        operation = self._router.find(named, envelope.body)
        seen.operation = operation.name
        route = self._routes[id(operation)]
        request.check_understood(envelope.headers, route.headers)
        own = envelope.body.tag == operation.input.qname
        linked = mtom.link(root, parts) if self._profile.xop else {}
        if self._validator is not None:
            self._validate(envelope.body, own)
        arguments = route.arguments(envelope.body if own else None)
        if linked:
            mtom.fill(arguments, linked)
        return Intake(route, version, arguments, self._header(envelope), body, known, envelope)

    def learn(self, taken: Intake) -> None:
        """Remember the shape of a request that was answered."""
        envelope = taken.envelope
        operation = taken.route.operation
        if self.shapes is None or envelope is None or taken.key is None or envelope.body.tag != operation.input.qname:
            return
        if not self.shapes.wants(taken.body):
            return
        block = self._block(envelope)
        self.shapes.learn(
            taken.key,
            taken.body,
            route=taken.route,
            version=taken.version,
            element=envelope.body,
            arguments=taken.route.arguments(envelope.body),  # the function may have changed those that it was given
            block=block,
            header=self._header(envelope),
            header_type=None if block is None else self._headers[str(block.tag)][1],
        )

    def _validate(self, body: etree._Element, own: bool) -> None:
        """Strict reading: the body element must be the operation's and valid."""
        if not own:
            raise SchemaInvalid(f"{body.tag}: işlemin öğesi değil")
        validator = self._validator
        assert validator is not None
        with self._validating:  # lxml's validators keep the errors of one document
            tree = etree.ElementTree(body)
            if validator.validate(tree):
                return
            found: Any = validator.error_log
            first = found[0]
        said = _NUMBER.sub("…", first.message)
        raise SchemaInvalid(f"{path_of(_place_of(tree, body, first.path))}: {said}"[:500])

    def _block(self, envelope: request.Envelope) -> etree._Element | None:
        """The one declared header block, or None where there is none or more than one."""
        found = [block for block in envelope.headers if block.tag in self._headers]
        return found[0] if len(found) == 1 else None

    def _header(self, envelope: request.Envelope) -> Any:
        """The declared header, or None where it is missing, given twice, unreadable, or has a field twice."""
        block = self._block(envelope)
        if block is None:
            return None
        try:
            return self._headers[str(block.tag)][0](block)
        except Unreadable:
            return None


def _place_of(tree: etree._ElementTree, body: etree._Element, path: str | None) -> etree._Element:
    """The element that libxml2 names by ``path``, which uses the document's own prefixes; else ``body``."""
    prefixes = {prefix: uri for element in tree.iter(etree.Element) for prefix, uri in element.nsmap.items() if prefix}
    try:
        found: Any = tree.xpath(path or "/*", namespaces=prefixes)
    except etree.XPathError:
        return body
    return found[0] if found and isinstance(found[0], etree._Element) else body
