"""Authentication, refusals and failures: always a result, never more than the caller may know."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from letter import chart as c
from lxml import etree
from parts.databases import KEYS

from hub.access import credentials
from hub.access.door import Door
from hub.access.errors import AccessBusyError
from hub.contract import Contract
from hub.errors import HubError
from hub.services.detsis import Detsis
from hub.services.detsis.refusals import AuthenticationError, NoRightError
from hub.services.detsis.service import REFUSALS
from hub.store.errors import DatabaseUnavailableError
from hub.store.freshness import Freshness

from .conftest import ENVELOPE, NS, Client, authentication, text
from .state import OTHER_TCKN

GOOD = authentication(str(c.INTERIOR), "gizli")
DOUBLED_FIELD = GOOD.replace("</Password>", "</Password><Password>gizli</Password>")
REFUSED = "Kimlik doğrulanamadı. KurumID ve Password bilgilerinizi kontrol edin."


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(" ", id="missing"),
        pytest.param(GOOD + GOOD, id="doubled"),
        pytest.param(GOOD + authentication(str(c.HEALTH), "gizli"), id="contradictory"),
        pytest.param(DOUBLED_FIELD, id="doubled field"),
        pytest.param(authentication(str(c.INTERIOR), "yanlış"), id="wrong password"),
        pytest.param(authentication("99999999", "gizli"), id="unknown id"),
        pytest.param(authentication("' OR 1=1 --", "' OR 1=1 --"), id="injection"),
        pytest.param(authentication("", ""), id="empty"),
        pytest.param(f'<BbServiceAuthentication xmlns="{NS}" />', id="no fields"),
        pytest.param(GOOD.replace(NS, "http://example.org/"), id="other namespace"),
    ],
)
def test_failed_authentication_is_a_result_in_the_same_words(client: Client, header: str) -> None:
    operations = client.service.room.contract.operations
    for operation in ("DETSISNoKurumBirimWs", "AktifKEPAdresleriniGetir", "eYazismaPaketi"):
        assert operation in operations
        result = client.result(operation, header=header)
        assert (text(result, "SonucHatali"), text(result, "HataMsj")) == ("true", REFUSED)
        assert result.find(f"{{{NS}}}Sonuclar") is None


def test_every_operation_asks_who_calls_first(service: Detsis) -> None:
    stranger = Client(service, password="yanlış")
    for operation in service.room.contract.operations:
        assert text(stranger.result(operation), "HataMsj") == REFUSED


def test_blanks_around_the_id_are_no_error(service: Detsis) -> None:
    assert Client(service, kurum_id=f" {c.INTERIOR}\n").rows("DETSISNoKurumBirimWs", DETSISNo=c.BANK)


def test_every_operation_answers_without_arguments(client: Client) -> None:
    for operation in client.service.room.contract.operations:
        result = client.result(operation)
        assert (text(result, "SonucHatali") == "true") == (text(result, "HataMsj") is not None)


SECRET = "-".join(["parola", "10000000146"])


@pytest.mark.parametrize("error", [None, DatabaseUnavailableError("Veritabanına ulaşılamıyor: gizli-sunucu")])
def test_a_failure_inside_is_a_neutral_result(
    service: Detsis, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception | None
) -> None:
    def gone(self: object, *args: Any, **kwargs: Any) -> Any:
        raise error or RuntimeError(SECRET)

    caplog.set_level(logging.DEBUG)
    client = Client(service)
    monkeypatch.setattr(type(service.room.database), "read", gone)
    for operation in ("HiyerarsiGetirKurumBirimWs", "GetHizmetListesi", "IYEMTumYoneticileriGetirWs", "eYazismaPaketi"):
        message = client.refusal(operation)
        match = re.fullmatch(r"İşlem şu anda tamamlanamadı\. .* İzleme numarası: (\S+)", message)
        assert match
        assert match[1] in caplog.text
        assert SECRET not in message + caplog.text
        assert "gizli-sunucu" not in message


def test_a_failure_half_way_through_a_list_is_a_result_without_rows(
    service: Detsis, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hub.services.detsis import rows

    made: list[int] = []
    write = rows.duty

    def torn(*args: Any) -> Any:
        made.append(1)
        if len(made) == 3:
            raise RuntimeError("torn")
        return write(*args)

    monkeypatch.setattr(rows, "duty", torn)
    result = Client(service).result("IYEMTumYoneticileriGetirWs", KurumID=c.INTERIOR)
    assert text(result, "SonucHatali") == "true"
    assert result.find(f"{{{NS}}}Sonuclar") is None


def test_answers_are_in_the_contracts_bytes(client: Client) -> None:
    _, data = client.raw("TebligatNumarasiGetir", f"<DetsisId>{c.BANK}</DetsisId>")
    root = etree.fromstring(data)
    assert root.tag == f"{{{ENVELOPE}}}Envelope"
    assert data.endswith(
        b'<soap:Body><TebligatNumarasiGetirResponse xmlns="http://kaysis.gov.tr/"><TebligatNumarasiGetirResult>'
        b"<SonucHatali>false</SonucHatali><Sonuclar /></TebligatNumarasiGetirResult></TebligatNumarasiGetirResponse>"
        b"</soap:Body></soap:Envelope>"
    )


def test_functions_are_those_of_the_contract(service: Detsis) -> None:
    from hub.services.detsis.service import functions

    assert set(functions(service.room)) == set(service.room.contract.operations)
    assert len(service.room.contract.operations) == 36


def test_credentials_of_the_registry_open_the_door_until_they_are_revoked(
    service: Detsis, contract: Contract, tmp_path: Path
) -> None:
    database = service.room.database
    with database.write(actor="test", origin="test") as change:
        given = credentials.give(change, c.BANK, password="uzun-ve-gizli-parola", rights=[credentials.Right.PERSONAL])
    freshness = Freshness(database)
    guarded = Detsis(contract, database, freshness, tmp_path / "guarded", Door(database, freshness).check, keys=KEYS)
    client = Client(guarded, kurum_id=given.kurum_id, password=given.password)
    assert client.rows("DETSISNoKurumBirimWs", DETSISNo=c.BANK)
    assert client.rows("IYEMTCdenGorevListesiGetirWs", TCKimlikNo=OTHER_TCKN) == []
    assert replace(client, password="baska-bir-parola").refusal("DETSISNoKurumBirimWs") == REFUSED
    assert replace(client, kurum_id="99999999").refusal("DETSISNoKurumBirimWs") == REFUSED
    with database.write(actor="test", origin="test") as change:
        credentials.revoke(change, given.id)
    assert client.refusal("DETSISNoKurumBirimWs") == REFUSED
    guarded.close()
    freshness.close()


def test_a_busy_door_says_so(service: Detsis, contract: Contract, tmp_path: Path) -> None:
    def busy(kurum_id: str, password: str, address: str) -> Any:
        raise AccessBusyError

    room = service.room
    crowded = Detsis(contract, room.database, Freshness(room.database), tmp_path / "crowded", busy)
    assert Client(crowded).refusal("DETSISNoKurumBirimWs").startswith("Sunucu şu anda yoğun")


@pytest.mark.parametrize("error", REFUSALS, ids=lambda error: error.__name__)
def test_every_refusal_is_documented(error: type[HubError]) -> None:
    page = (Path(__file__).parents[2] / "docs" / "errors.md").read_text(encoding="utf-8")
    assert f"| `{error.code}` |" in page


@pytest.mark.parametrize("message", [AuthenticationError().message, NoRightError().message, AccessBusyError().message])
def test_fixed_words_are_those_of_the_page(message: str) -> None:
    assert f"| {message} |" in (Path(__file__).parents[2] / "docs" / "errors.md").read_text(encoding="utf-8")
