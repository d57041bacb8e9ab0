"""The KAYSİS service over a small state, reached as a WSGI application."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from letter import chart as c
from lxml import etree
from parts.databases import KEYS, Fill

from hub.access.errors import AccessDeniedError
from hub.contract import Contract
from hub.services.detsis import Detsis
from hub.services.detsis.service import WSDL
from hub.store.database import Database
from hub.store.freshness import Freshness

from . import state

NS = "http://kaysis.gov.tr/"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"


@dataclass(frozen=True)
class Known:
    """A caller as the tests' credential check knows it."""

    detsis_no: int
    may_see_personal_data: bool = False


CALLERS = {
    (str(c.INTERIOR), "gizli"): Known(c.INTERIOR),
    (str(c.HEALTH), "gizli"): Known(c.HEALTH, may_see_personal_data=True),
}


def check(kurum_id: str, password: str, address: str) -> Known:
    try:
        return CALLERS[kurum_id.strip(), password]
    except KeyError:
        raise AccessDeniedError from None


@dataclass
class Client:
    """Calls operations as a client of the contract does and reads the answers with lxml."""

    service: Detsis
    kurum_id: str = str(c.INTERIOR)
    password: str = "gizli"
    header: str | None = None

    def raw(self, operation: str, body: str = "", header: str | None = None) -> tuple[str, bytes]:
        """Status and bytes of the answer to the given body content."""
        status: list[str] = []
        pieces = self.service.endpoint(self.environ(operation, body, header), lambda line, headers: status.append(line))
        try:
            return status[0], b"".join(pieces)
        finally:
            if hasattr(pieces, "close"):
                pieces.close()

    def environ(self, operation: str, body: str = "", header: str | None = None) -> dict[str, Any]:
        """The WSGI environment of a call."""
        if header is None:
            header = self.header
        if header is None:
            header = authentication(self.kurum_id, self.password)
        text = (
            f'<s:Envelope xmlns:s="{ENVELOPE}"><s:Header>{header}</s:Header>'
            f'<s:Body><{operation} xmlns="{NS}">{body}</{operation}></s:Body></s:Envelope>'
        )
        data = text.encode()
        return {
            "REQUEST_METHOD": "POST",
            "SCRIPT_NAME": "/DETSISServis.asmx",
            "PATH_INFO": "",
            "QUERY_STRING": "",
            "CONTENT_TYPE": "text/xml; charset=utf-8",
            "CONTENT_LENGTH": str(len(data)),
            "HTTP_SOAPACTION": f'"{NS}{operation}"',
            "wsgi.input": io.BytesIO(data),
            "wsgi.url_scheme": "http",
            "REMOTE_ADDR": "127.0.0.1",
        }

    def result(self, operation: str, body: str = "", header: str | None = None, **arguments: Any) -> etree._Element:
        """The result element; the whole answer has been checked against the contract's own schema."""
        body += "".join(argument(name, value) for name, value in arguments.items())
        status, data = self.raw(operation, body, header)
        assert status == "200 OK", data
        answer = etree.fromstring(data).find(f"{{{ENVELOPE}}}Body")
        assert answer is not None
        self.service.room.contract.validator().assertValid(etree.ElementTree(answer[0]))
        return answer[0][0]

    def rows(self, operation: str, body: str = "", **arguments: Any) -> list[dict[str, Any]]:
        """The rows of a success."""
        result = self.result(operation, body, **arguments)
        assert text(result, "SonucHatali") == "false", text(result, "HataMsj")
        assert result.find(f"{{{NS}}}HataMsj") is None
        found = result.find(f"{{{NS}}}Sonuclar")
        assert found is not None
        return [fields(item) for item in found]

    def refusal(self, operation: str, body: str = "", **arguments: Any) -> str:
        """``HataMsj`` of a refusal, which carries no rows."""
        result = self.result(operation, body, **arguments)
        assert text(result, "SonucHatali") == "true"
        message = text(result, "HataMsj")
        assert message
        return message


def authentication(kurum_id: str, password: str) -> str:
    return (
        f'<BbServiceAuthentication xmlns="{NS}"><KurumID>{escape(kurum_id)}</KurumID>'
        f"<Password>{escape(password)}</Password></BbServiceAuthentication>"
    )


def argument(name: str, value: Any) -> str:
    if isinstance(value, list):
        kind = "int" if all(isinstance(item, int) for item in value) else "string"
        return f"<{name}>{''.join(f'<{kind}>{escape(str(item))}</{kind}>' for item in value)}</{name}>"
    return f"<{name}>{escape(str(value))}</{name}>"


def text(element: etree._Element, name: str) -> str | None:
    return element.findtext(f"{{{NS}}}{name}")


def fields(item: etree._Element) -> dict[str, Any]:
    """Children by local name: text, None for nil, a list of dicts or texts for arrays."""
    found: dict[str, Any] = {}
    for child in item:
        name = etree.QName(child).localname
        if child.get("{http://www.w3.org/2001/XMLSchema-instance}nil") == "true":
            found[name] = None
        elif len(child):
            found[name] = [fields(one) if len(one) else one.text for one in child]
        else:
            found[name] = child.text or ""
    return found


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The contract, which takes a moment to load."""
    return Contract.load(WSDL)


@pytest.fixture
def fill(request: pytest.FixtureRequest) -> Fill | None:
    """The small state for tests that take ``filled``; nothing for the others."""
    return _fill if "filled" in request.fixturenames else None


def _fill(database: Database) -> None:
    state.fill(database, KEYS)


@pytest.fixture
def filled(database: Database) -> Database:
    """``database`` with the small state."""
    return database


@pytest.fixture
def service(filled: Database, tmp_path: Path, contract: Contract) -> Iterator[Detsis]:
    """The service over a filled database of each kind."""
    freshness = Freshness(filled)
    made = Detsis(contract, filled, freshness, tmp_path / "prepared", check, keys=KEYS)
    made.prepare()
    yield made
    made.close()
    freshness.close()


@pytest.fixture
def client(service: Detsis) -> Client:
    """A client of the ministry of the interior, without the right to personal data."""
    return Client(service)


@pytest.fixture
def trusted(service: Detsis) -> Client:
    """A client of the ministry of health, with that right."""
    return Client(service, kurum_id=str(c.HEALTH))
