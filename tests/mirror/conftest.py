"""A served sample, its answers saved as files, and an empty registry to import them into."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from lxml import etree
from parts.databases import KEYS

from hub.contract import Contract
from hub.mirror.apply import Report
from hub.mirror.importing import Importer
from hub.mirror.source import Refusal
from hub.sample.load import load
from hub.sample.structure import DEMO_INSTITUTION, Structure
from hub.services.detsis import Detsis
from hub.services.detsis.service import WSDL
from hub.store import migrate
from hub.store.database import Database
from hub.store.freshness import Freshness

NS: Final = "http://kaysis.gov.tr/"
UNITS: Final = 2_000
DEMO: Final = Structure(UNITS).by_name(DEMO_INSTITUTION).number


@dataclass(frozen=True)
class Caller:
    detsis_no: int
    may_see_personal_data: bool = True


@dataclass
class Served:
    """A registry behind the KAYSİS contract, called as the demonstration's institution."""

    database: Database
    service: Detsis

    def answer(self, operation: str, body: str = "") -> bytes:
        """The bytes of an answer."""
        data = request(operation, body)
        environ = {
            "REQUEST_METHOD": "POST",
            "CONTENT_TYPE": "text/xml; charset=utf-8",
            "CONTENT_LENGTH": str(len(data)),
            "HTTP_SOAPACTION": f'"{NS}{operation}"',
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.input": io.BytesIO(data),
        }
        return b"".join(self.service.endpoint(environ, lambda status, headers: None))

    def rows(self, operation: str, body: str = "") -> list[str]:
        """The rows of an answer, each as text, in any order."""
        root = etree.fromstring(self.answer(operation, body))
        assert root.findtext(f".//{{{NS}}}SonucHatali") == "false", root.findtext(f".//{{{NS}}}HataMsj")
        found = root.find(f".//{{{NS}}}Sonuclar")
        return sorted(etree.tostring(item, encoding="unicode", with_tail=False) for item in found)


def request(operation: str, body: str = "") -> bytes:
    return (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header>'
        f'<BbServiceAuthentication xmlns="{NS}"><KurumID>{DEMO}</KurumID><Password>x</Password>'
        f'</BbServiceAuthentication></s:Header><s:Body><{operation} xmlns="{NS}">{body}</{operation}></s:Body>'
        "</s:Envelope>"
    ).encode()


@pytest.fixture(scope="session")
def contract() -> Contract:
    return Contract.load(WSDL)


Serve = Callable[[Database, Path], Served]


@pytest.fixture(scope="session")
def serve(contract: Contract) -> Iterator[Serve]:
    """Puts the service in front of a database."""
    started: list[Any] = []

    def start(database: Database, folder: Path) -> Served:
        freshness = Freshness(database)
        service = Detsis(contract, database, freshness, folder, lambda *given: Caller(DEMO), keys=KEYS)
        service.prepare()
        started.extend([service, freshness])
        return Served(database, service)

    yield start
    for thing in started:
        thing.close()


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory, serve: Serve) -> Iterator[Served]:
    """A served sample registry."""
    folder = tmp_path_factory.mktemp("sample")
    database = Database.open(f"sqlite:///{folder / 'hub.sqlite'}", KEYS)
    migrate.upgrade(database)
    load(database, KEYS, UNITS)
    yield serve(database, folder / "prepared")
    database.close()


@dataclass
class Hub:
    """A registry that files are imported into."""

    database: Database

    def take(self, *paths: Path, **options: Any) -> list[Report]:
        """Import files; refused rows are in the reports."""
        importer = Importer(self.database, KEYS, actor="test", **options)
        errors: list[Exception] = []
        sources = list(importer.ordered(paths, errors.append))
        if errors:
            raise errors[0]
        return [importer.run(source) for source in sources]

    def reasons(self, *paths: Path, **options: Any) -> list[Refusal]:
        return [refusal for report in self.take(*paths, **options) for refusal in report.refusals]


@pytest.fixture
def hub(database: Database) -> Hub:
    """An empty registry of each kind of database."""
    return Hub(database)
