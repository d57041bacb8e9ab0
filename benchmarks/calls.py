"""The two calls that are measured, and what their answers say."""

from __future__ import annotations

import http.client
import time
from dataclasses import dataclass
from typing import Final

from lxml import etree

PATH: Final = "/DETSISServis.asmx"
NUMBER: Final = "@NUMBER@"
_NS: Final = "http://kaysis.gov.tr/"
_ENVELOPE: Final = (
    '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
    '<soap:Header><BbServiceAuthentication xmlns="{ns}"><KurumID>{kurum_id}</KurumID><Password>{password}</Password>'
    "</BbServiceAuthentication></soap:Header><soap:Body>{body}</soap:Body></soap:Envelope>"
)


@dataclass(frozen=True)
class Calls:
    """Requests of one caller."""

    kurum_id: str
    password: str

    def single(self, number: int | str) -> bytes:
        """W1: one unit."""
        inner = f"<DETSISNo>{number}</DETSISNo>"
        return self._envelope(f'<DETSISNoKurumBirimWs xmlns="{_NS}">{inner}</DETSISNoKurumBirimWs>')

    def whole(self) -> bytes:
        """W2: all KEP addresses."""
        return self._envelope(f'<AktifKEPAdresleriniGetir xmlns="{_NS}"/>')

    def _envelope(self, body: str) -> bytes:
        return _ENVELOPE.format(ns=_NS, kurum_id=self.kurum_id, password=self.password, body=body).encode()


@dataclass(frozen=True)
class Fetched:
    """One answer with its times in seconds since the request was sent."""

    body: bytes
    first: float
    last: float


def headers(operation: str) -> dict[str, str]:
    return {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{_NS}{operation}"'}


def fetch(port: int, operation: str, body: bytes, *, keep: bool = True, gzip: bool = False) -> Fetched:
    """Call ``operation`` once over a connection of its own; ``keep`` says whether the answer's bytes are wanted.

    Raises :class:`RuntimeError` for any status but 200.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    more = {"Accept-Encoding": "gzip"} if gzip else {"Accept-Encoding": "identity"}
    connection.connect()
    began = time.perf_counter()
    connection.request("POST", PATH, body, headers(operation) | more)
    answer = connection.getresponse()
    if answer.status != 200:
        raise RuntimeError(f"{operation}: {answer.status} {answer.read()[:300]!r}")
    blocks = [answer.read(1)]
    first = time.perf_counter() - began
    while block := answer.read(1 << 20):
        if keep:
            blocks.append(block)
    last = time.perf_counter() - began
    connection.close()
    return Fetched(b"".join(blocks), first, last)


def said(answer: bytes) -> list[tuple[str, str]]:
    """What an answer says, in order: names and texts of its filled elements. Prefixes, nils, empty elements and blanks
    between elements are the stacks' own ways of saying the same."""
    root = etree.fromstring(answer, etree.XMLParser(huge_tree=True, remove_blank_text=True))
    body = next(root.iter("{http://schemas.xmlsoap.org/soap/envelope/}Body"))
    return [
        (etree.QName(node).localname, node.text.strip())
        for node in body.iter()
        if isinstance(node.tag, str) and len(node) == 0 and node.text and node.text.strip()
    ]
