"""Rows A1 to A9, A13, A15, D11 and D13 against the KAYSİS service over a small registry.

``soap/`` holds what any endpoint of the contract must stand; here its requests meet a real registry, as a caller who is
known. ``detsis/`` adds what only a registry can judge. Each file is one request as any client can replay it; the last
part of its name is the code that it must end with. ``10000003`` with the password ``gizli`` is a caller without the
right to personal data.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from hub.contract import Contract
from hub.services.detsis import Detsis
from hub.services.detsis.service import WSDL
from hub.store import migrate
from hub.store.database import Database
from hub.store.freshness import Freshness
from tests.parts.databases import KEYS
from tests.services import state
from tests.services.conftest import NS, Known, check

HERE = Path(__file__).parent
OWN = sorted((HERE / "detsis").glob("*.http"))
COMMON = sorted(
    path
    for path in (HERE / "soap").glob("*.http")
    if not path.name.startswith(("A04", "A14")) and ".HTTP_" not in path.name
)
"""All but those whose point is the connection or a page: ``test_soap_edge`` has them on a real server."""
COMMON_CALLER = ("10000000", "Par0la-0000")
SECRETS = ("gizli", state.TCKN, "yanlis")


def known(kurum_id: str, password: str, address: str) -> Known:
    if (kurum_id.strip(), password) == COMMON_CALLER:
        return Known(state.c.INTERIOR)
    return check(kurum_id, password, address)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Detsis, list[str]]]:
    folder = tmp_path_factory.mktemp("detsis")
    database = Database.open(f"sqlite:///{folder / 'hub.sqlite'}", KEYS)
    migrate.upgrade(database)
    state.fill(database, KEYS)
    freshness = Freshness(database)
    seen: list[str] = []
    service = Detsis(
        Contract.load(WSDL),
        database,
        freshness,
        folder / "prepared",
        known,
        keys=KEYS,
        observe=lambda _, code, __: seen.append(code),
    )
    service.prepare()
    yield service, seen
    service.close()
    freshness.close()
    database.close()


def request(path: Path) -> dict[str, Any]:
    """The WSGI environment of the request in a file."""
    head, _, body = path.read_bytes().partition(b"\r\n\r\n")
    line, *headers = head.decode("ascii").split("\r\n")
    method, target, _ = line.split(" ")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": target,
        "PATH_INFO": "",
        "QUERY_STRING": "",
        "REMOTE_ADDR": "192.0.2.1",
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "http",
    }
    for header in headers:
        name, _, value = header.partition(": ")
        key = name.upper().replace("-", "_")
        environ[key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"] = value
    return environ


@pytest.mark.parametrize("path", [*OWN, *COMMON], ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_each_file_ends_with_its_code(
    served: tuple[Detsis, list[str]], path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    service, seen = served
    caplog.set_level(logging.DEBUG)
    sent: list[Any] = []
    answer = service.endpoint(request(path), lambda status, headers, exc_info=None: sent.append((status, headers)))
    data = b"".join(answer)
    code = path.stem.rpartition(".")[2]
    if code == "ok" and path in COMMON and seen[-1] == "REGISTRY_FILTER":
        code = "REGISTRY_FILTER"  # what is searched for holds too few letters, which only a registry says
    assert seen[-1] == code
    assert not any(secret in caplog.text + data.decode() for secret in SECRETS)
    assert "Traceback" not in data.decode()
    assert not any("\n" in value or "\r" in value for _, headers in sent for _, value in headers)
    (status, _), *_ = sent
    if code.startswith(("XML_", "SOAP_")):
        assert status.startswith("400" if code in {"XML_DTD_FORBIDDEN", "XML_MALFORMED"} else "500")
        return
    assert status == "200 OK"
    result = etree.fromstring(data)[0][0][0]
    assert result.findtext(f"{{{NS}}}SonucHatali") == ("false" if code == "ok" else "true")
    assert (result.find(f"{{{NS}}}HataMsj") is None) == (code == "ok")


def test_the_registry_is_whole_after_all_of_it(served: tuple[Detsis, list[str]]) -> None:
    service, _ = served
    with service.room.database.read() as connection:
        from hub.registry.units import all_numbers

        assert len(all_numbers(connection)) == len(state.c.UNITS) + 1


def test_there_are_files_for_each_row() -> None:
    assert {path.name[:3] for path in OWN} == {"A09", "A13", "A15", "D11"}
    assert not {path.name for path in OWN} & {path.name for path in COMMON}
