"""The hub put together: health, metrics, readiness that heals, and one call through everything."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.access import credentials
from hub.app import PATHS, Hub
from hub.config import Settings
from hub.store import migrate, schema
from hub.store.database import Database
from hub.store.personal import Keys
from hub.turkish import fold

PASSWORD = "uydurma-parola-1"
CALL = """<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header>
<BbServiceAuthentication xmlns="http://kaysis.gov.tr/"><KurumID>12345678</KurumID><Password>{password}</Password>
</BbServiceAuthentication></s:Header><s:Body><DETSISNoKurumBirimWs xmlns="http://kaysis.gov.tr/"><DETSISNo>12345678</DETSISNo>
</DETSISNoKurumBirimWs></s:Body></s:Envelope>"""


def fill(url: str, data: Path) -> None:
    database = Database.open(url, Keys.load(data / "hub.key"))
    migrate.upgrade(database)
    with database.write(actor="test", origin="test") as change:
        row = {
            "detsis_no": 12345678,
            "name": "ÖRNEK BAKANLIĞI",
            "folded_name": fold("ÖRNEK BAKANLIĞI"),
            "parent_no": 0,
            "main_no": 12345678,
            "level": 0,
            "type1_id": 19,
            "type2_id": 1,
            "place_id": None,
        }
        change.open(schema.Unit, row)
        credentials.give(change, 12345678, password=PASSWORD)
    database.close()


def ask(hub: Hub, path: str, method: str = "GET", body: bytes = b"", **more: str) -> tuple[str, dict[str, str], bytes]:
    got: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        got.update(status=status, headers=dict(headers))

    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SCRIPT_NAME": "",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "http",
        **more,
    }
    answer = b"".join(hub.front(environ, start))
    return got["status"], got["headers"], answer


@pytest.fixture
def hub(database_url: str, tmp_path: Path) -> Iterator[Hub]:
    made = Hub(Settings(data=tmp_path, database_url=database_url))
    yield made
    made.close()


def test_a_hub_without_its_tables_is_alive_but_not_ready_and_heals(hub: Hub, tmp_path: Path) -> None:
    hub.prepare_when_possible()
    assert ask(hub, "/health/live")[0] == "200 OK"
    status, _, body = ask(hub, "/health/ready")
    assert status == "503 Service Unavailable"
    assert json.loads(body)["checks"]["migrations"] == "missing"
    answer = ask(hub, PATHS[0], "POST", CALL.format(password=PASSWORD).encode(), CONTENT_TYPE="text/xml")
    assert answer[0] == "200 OK"
    assert b"<SonucHatali>true</SonucHatali>" in answer[2]
    fill(hub.settings.database, tmp_path)
    hub.prepare()
    status, _, body = ask(hub, "/health/ready")
    assert (status, json.loads(body)["ready"]) == ("200 OK", True)


@pytest.mark.parametrize("path", PATHS)
def test_a_call_is_answered_and_counted(hub: Hub, tmp_path: Path, path: str) -> None:
    fill(hub.settings.database, tmp_path)
    hub.prepare()
    good = ask(hub, path, "POST", CALL.format(password=PASSWORD).encode(), CONTENT_TYPE="text/xml; charset=utf-8")
    assert "<Ad>ÖRNEK BAKANLIĞI</Ad>".encode() in good[2]
    bad = ask(hub, path, "POST", CALL.format(password="yanlış-parola-1").encode(), CONTENT_TYPE="text/xml")
    assert b"<SonucHatali>true</SonucHatali>" in bad[2]
    text = ask(hub, "/metrics")[2].decode()
    assert 'hub_calls_total{operation="DETSISNoKurumBirimWs",outcome="ok"} 1.0' in text
    assert 'operation="DETSISNoKurumBirimWs",outcome="' in text.replace('outcome="ok"', "", 1)
    assert "hub_registry_serial" in text
    assert PASSWORD not in text
    assert "12345678" not in text


def test_the_signature_service_is_mounted_and_has_no_answer_without_roots(hub: Hub) -> None:
    assert ask(hub, "/ImzaServis", QUERY_STRING="WSDL")[0] == "200 OK"
    call = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        '<ImzaDogrula xmlns="urn:eyazisma-hub:imza:1"><Imza>MAA=</Imza></ImzaDogrula></s:Body></s:Envelope>'
    )
    status, _, answer = ask(hub, "/ImzaServis", "POST", call.encode(), CONTENT_TYPE="text/xml; charset=utf-8")
    assert status.startswith("500")
    assert b"<Kod>NOT_CONFIGURED</Kod>" in answer
