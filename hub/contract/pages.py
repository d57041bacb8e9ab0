"""What a browser or a tool gets: the WSDL, the discovery document, the list of operations, an operation's samples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Final
from urllib.parse import quote

from hub.contract import soap
from hub.contract.contract import Contract
from hub.contract.schema import Complex, Element, Field, Simple
from hub.contract.wsdl import Operation, Version

HEADERS: Final = (
    ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
)
_ADDRESS: Final = re.compile(rb"(<(?:soap|soap12):address\s+location=\")[^\"]*(\")")
_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;"
    "background:#fff}pre{background:#f3f3f3;padding:1rem;overflow:auto}a{color:#0b4f9c}dt{font-weight:600}"
    "dd{margin:0 0 .6rem 1rem}"
)
_DEEP: Final = 12
"""Levels of a sample. A type that contains itself would never end."""


class Pages:
    """The documents of one contract."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._source = contract.description.source

    def wsdl(self, url: str) -> bytes:
        """The contract's file with ``url`` as the address of its ports; nothing else is changed."""
        address = escape(url, quote=True).encode()
        return _ADDRESS.sub(lambda match: match[1] + address + match[2], self._source)

    def disco(self, url: str) -> bytes:
        """The discovery document, which points at the WSDL and the bindings."""
        said = escape(url, quote=True)
        ports = "".join(
            f'<soap address="{said}" xmlns:q{index}="{self._contract.namespace}" '
            f'binding="q{index}:{port.binding}" xmlns="http://schemas.xmlsoap.org/disco/soap/" />'
            for index, port in enumerate(self._contract.description.ports, 1)
        )
        return (
            '<?xml version="1.0" encoding="utf-8"?><discovery xmlns="http://schemas.xmlsoap.org/disco/">'
            f'<contractRef ref="{said}?wsdl" docRef="{said}" xmlns="http://schemas.xmlsoap.org/disco/scl/" />'
            f"{ports}</discovery>"
        ).encode()

    def listing(self, url: str) -> str:
        """The page with all operations. Its link is what tools follow that are given the service's bare address."""
        rows = "".join(
            f'<dt><a href="?op={quote(name)}">{escape(name)}</a></dt><dd>{escape(operation.documentation)}</dd>'
            for name, operation in self._contract.operations.items()
        )
        return _page(
            self._contract.name,
            f"<p>{escape(self._contract.description.documentation)}</p>"
            f'<p>Adres: <code>{escape(url)}</code>. Sözleşme: <a href="?WSDL">WSDL</a>, <a href="?disco">disco</a>.</p>'
            f"<h2>İşlemler</h2><dl>{rows}</dl>",
            f'<link rel="alternate" type="text/xml" href="{escape(url)}?disco">',
        )

    def operation(self, name: str, url: str) -> str | None:
        """The page of one operation with a sample request and answer in both SOAP versions; None if there is none."""
        operation = self._contract.operations.get(name)
        if operation is None:
            return None
        path = "/" + url.partition("://")[2].partition("/")[2]
        parts = [f'<p><a href="?">Bütün işlemler</a></p><p>{escape(operation.documentation)}</p>']
        versions: dict[Version, None] = dict.fromkeys(port.version for port in self._contract.description.ports)
        for version in versions:
            asked = _sample(version, operation.input, operation.headers)
            told = _sample(version, operation.output, ())
            parts.append(
                f"<h2>SOAP {version}</h2><p>Yer tutucular (<code>int</code>, <code>string</code>…) gerçek değerlerle "
                f"değiştirilir.</p><pre>{escape(_http(version, operation, path, asked))}</pre>"
                f"<pre>{escape(_told(version, told))}</pre>"
            )
        return _page(f"{self._contract.name}: {name}", "".join(parts))

    def unknown(self, url: str) -> str:
        """The page for an operation that does not exist."""
        return _page(self._contract.name, f'<p>Böyle bir işlem yok. <a href="{escape(url)}">Bütün işlemler</a></p>')


def unrecognized(rest: str) -> str:
    """What the original platform says to ``path/Name``, which SOAP clients do not use."""
    tail = escape("/" + rest.rpartition("/")[2])
    return _page("500", f"<p>Request format is unrecognized for URL unexpectedly ending in '{tail}'.</p>")


def _page(title: str, body: str, head: str = "") -> str:
    return (
        '<!DOCTYPE html><html lang="tr"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"{head}<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )


def _http(version: Version, operation: Operation, path: str, xml: str) -> str:
    kind = soap.CONTENT_TYPES[version]
    action = f'SOAPAction: "{operation.action}"\n'
    if version == "1.2":
        kind, action = f'{kind}; action="{operation.action}"', ""
    return f"POST {path} HTTP/1.1\nContent-Type: {kind}\n{action}\n{xml}"


def _told(version: Version, xml: str) -> str:
    return f"HTTP/1.1 200 OK\nContent-Type: {soap.CONTENT_TYPES[version]}\n\n{xml}"


def _sample(version: Version, element: Element, headers: tuple[Element, ...]) -> str:
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<soap:Envelope xmlns:soap="{soap.NAMESPACES[version]}">',
    ]
    for name, elements in (("Header", headers), ("Body", (element,))):
        if elements:
            lines.append(f"  <soap:{name}>")
            for item in elements:
                field = Field(item.name, item.namespace, item.type, 1, 1, False)
                lines += [f"    {line}" for line in _element(field, "", 0)]
            lines.append(f"  </soap:{name}>")
    return "\n".join([*lines, "</soap:Envelope>"])


def _element(field: Field, around: str, level: int) -> Iterator[str]:
    declared = "" if field.namespace == around else f' xmlns="{field.namespace}"'
    start = f"{field.name}{declared}"
    for _ in range(2 if field.repeated else 1):
        if isinstance(field.type, Simple):
            said = "|".join(sorted(field.type.enumeration)) if field.type.enumeration else field.type.builtin
            yield f"<{start}>{said}</{field.name}>"
        elif not field.type.fields or level > _DEEP:
            yield f"<{start} />"
        else:
            yield f"<{start}>"
            yield from _children(field.type, field.namespace, level)
            yield f"</{field.name}>"


def _children(kind: Complex, around: str, level: int) -> Iterator[str]:
    for child in kind.fields:
        yield from (f"  {line}" for line in _element(child, around, level + 1))
