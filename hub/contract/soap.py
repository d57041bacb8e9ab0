"""SOAP envelopes: their names, and the bytes of answers and faults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from hub.contract.errors import Side
from hub.contract.values import escape
from hub.contract.wsdl import Version

SOAP11: Final = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12: Final = "http://www.w3.org/2003/05/soap-envelope"
NAMESPACES: Final[dict[Version, str]] = {"1.1": SOAP11, "1.2": SOAP12}
VERSIONS: Final[dict[str, Version]] = {SOAP11: "1.1", SOAP12: "1.2"}

TEXT_XML: Final = "text/xml; charset=utf-8"
CONTENT_TYPES: Final[dict[Version, str]] = {"1.1": TEXT_XML, "1.2": "application/soap+xml; charset=utf-8"}

_DECLARATION: Final = '<?xml version="1.0" encoding="utf-8"?>'
_HEADS: Final[dict[Version, str]] = {
    version: f'{_DECLARATION}<soap:Envelope xmlns:soap="{uri}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
    for version, uri in NAMESPACES.items()
}
_END: Final = "</soap:Body></soap:Envelope>"

UPGRADE: Final = (
    f'<soap:Header><soap12:Upgrade xmlns:soap12="{SOAP12}"><soap12:SupportedEnvelope qname="soap:Envelope" />'
    '<soap12:SupportedEnvelope qname="soap12:Envelope" /></soap12:Upgrade></soap:Header>'
)
"""Header of a version mismatch fault, naming the envelopes that are understood."""


@dataclass(frozen=True, slots=True, eq=False)
class Wrapping:
    """What stands before and after the result element of one operation in one SOAP version."""

    head: bytes
    tail: bytes
    empty: bytes
    """The whole answer where the wrapper is empty."""


def wrapping(version: Version, element: str, namespace: str) -> Wrapping:
    """Wrapping of an answer whose body element is ``element`` in ``namespace``."""
    start = f'{_HEADS[version]}<soap:Body><{element} xmlns="{namespace}"'
    tail = f"</{element}>{_END}"
    return Wrapping(f"{start}>".encode(), tail.encode(), f"{start} />{_END}".encode())


_CODES: Final[dict[tuple[Side, Version], str]] = {
    ("client", "1.1"): "Client",
    ("client", "1.2"): "Sender",
    ("server", "1.1"): "Server",
    ("server", "1.2"): "Receiver",
}


def fault(version: Version, side: Side, text: str, detail: str = "") -> bytes:
    """A fault; ``detail`` is the XML inside its detail element."""
    return coded_fault(version, _CODES[side, version], text, _detail(version, detail))


def coded_fault(version: Version, code: str, text: str, detail: str, header: str = "") -> bytes:
    """A fault with a code of the SOAP namespace by local name; ``detail`` is the whole detail element or empty."""
    said = escape(text)
    if version == "1.1":
        inner = f"<faultcode>soap:{code}</faultcode><faultstring>{said}</faultstring>{detail}"
    else:
        inner = (
            f"<soap:Code><soap:Value>soap:{code}</soap:Value></soap:Code>"
            f'<soap:Reason><soap:Text xml:lang="en">{said}</soap:Text></soap:Reason>{detail}'
        )
    return f"{_HEADS[version]}{header}<soap:Body><soap:Fault>{inner}</soap:Fault>{_END}".encode()


def _detail(version: Version, inner: str) -> str:
    name = "detail" if version == "1.1" else "soap:Detail"
    return f"<{name}>{inner}</{name}>" if inner else f"<{name} />"
