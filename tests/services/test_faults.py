"""What a call to the hub's own services is refused with: the fault that the WSDL declares, in both versions."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import MagicMock

import pytest
import zeep
import zeep.exceptions
from lxml import etree
from parts.databases import KEYS

from hub import limits
from hub.config import Settings
from hub.contract import Endpoint
from hub.services import imza, paket
from hub.services.iyem import service, yetki
from hub.signing.trust import TrustError
from hub.store.errors import DatabaseUnavailableError
from tests.contract.sample_service import SOAP11, SOAP12, http

NONE = cast("Any", None)
"""In place of all that is not asked for before a request is refused."""


def _away(*_: object) -> Any:
    raise DatabaseUnavailableError("Veritabanına ulaşılamıyor.")


def _no_roots() -> Any:
    raise TrustError("Kökler okunamıyor.")


def _yetki(check: Any = _away) -> Endpoint:
    return yetki.endpoint(NONE, check, keyed=MagicMock(), filed=None, keys=KEYS, settings=Settings(), sign=lambda: None)


SERVICES = {
    # one operation of each service, and the type of its faults
    "YetkiServis": (_yetki, "ImzaYetkisiSorgula", "YetkiHatasi"),
    "IyemServis": (lambda: service.endpoint(NONE, _away, keys=KEYS, settings=Settings()), "GorevKaydet", "IyemHatasi"),
    "PaketServis": (lambda: paket.paket(None, _away), "PaketBilgisi", "PaketHatasi"),
    "ImzaServis": (
        lambda: imza.endpoint(Settings(), cast("Any", SimpleNamespace(store=_no_roots))),
        "ImzaDogrula",
        "ImzaHatasi",
    ),
}
MEDIA = {SOAP11: "text/xml", SOAP12: "application/soap+xml"}


def envelope(soap: str, body: str, header: str = "") -> str:
    return f'<s:Envelope xmlns:s="{soap}"><s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>'


def sent(endpoint: Endpoint, text: str, **environ: Any) -> etree._Element:
    """The fault that answers a request."""
    named = {"CONTENT_TYPE": MEDIA[SOAP12 if SOAP12 in text else SOAP11], **environ}
    answer = http(endpoint, "POST", f"/{endpoint.contract.name}", text.encode(), **named)
    assert answer.status == 500
    [fault] = etree.fromstring(answer.body).iter("{*}Fault")
    return fault


def told(endpoint: Endpoint, fault: etree._Element, name: str) -> tuple[str, str]:
    """Code and message of a fault, as a client that was made from the WSDL reads them."""
    [detail] = [found for found in fault.iter() if etree.QName(found).localname.lower() == "detail"]
    [inside] = detail
    assert etree.QName(inside).localname == name
    assert endpoint.contract.validator().validate(etree.ElementTree(inside))
    client = zeep.Client(str(endpoint.contract.description.path))
    read = client.get_element(inside.tag).parse(inside, client.wsdl.types)
    return read.Kod, read.Mesaj


@pytest.mark.parametrize("soap", [SOAP11, SOAP12])
@pytest.mark.parametrize("name", SERVICES)
def test_every_refusal_is_the_declared_fault(name: str, soap: str) -> None:
    make, operation, fault = SERVICES[name]
    endpoint = make()
    called = endpoint.contract.operations[operation].input.qname
    space = etree.QName(called).namespace
    empty = f'<{operation} xmlns="{space}"/>'
    cases = {
        envelope(soap, f'<{operation} xmlns="{space}"><Yok/></{operation}>'): ("XML_SCHEMA", "uymuyor: " + operation),
        envelope(soap, f'<Yok xmlns="{space}"/>'): ("SOAP_ACTION", "?WSDL"),
        envelope(soap, empty * 2): ("SOAP_ENVELOPE", "tek bir çağrı"),
        envelope(soap, "<a>" * (limits.XML_DEPTH + 1) + "</a>" * (limits.XML_DEPTH + 1)): ("XML_LIMIT", "derin"),
        envelope(soap, empty)[:-1]: ("XML_MALFORMED", "XML"),
        "<!DOCTYPE s:Envelope>" + envelope(soap, empty): ("XML_DTD_FORBIDDEN", "DOCTYPE"),
        '<?xml version="1.0" encoding="latin-1"?>' + envelope(soap, empty): ("XML_ENCODING", "UTF-8"),
    }
    for request, (code, part) in cases.items():
        found, message = told(endpoint, sent(endpoint, request), fault)
        assert found == code
        assert part in message


TROUBLES = {
    # header and body of a call that comes as far as what does not work
    "YetkiServis": ("Kimlik", "<Soru><YoneticiKodu>1</YoneticiKodu><BirimNo>1</BirimNo></Soru>", "STORE_UNAVAILABLE"),
    "IyemServis": ("Kimlik", "", "STORE_UNAVAILABLE"),
    "PaketServis": ("KimlikDogrulama", "<Paket>QQ==</Paket>", "STORE_UNAVAILABLE"),
    "ImzaServis": ("", "<Imza>QQ==</Imza>", "TRUST"),
}


@pytest.mark.parametrize("soap", [SOAP11, SOAP12])
@pytest.mark.parametrize("name", TROUBLES)
def test_the_hubs_own_trouble_is_not_the_callers(name: str, soap: str) -> None:
    make, operation, fault = SERVICES[name]
    header, body, code = TROUBLES[name]
    endpoint = make()
    operation = "EksikBirimler" if name == "IyemServis" else operation
    space = etree.QName(endpoint.contract.operations[operation].input.qname).namespace
    given = f'<{header} xmlns="{space}"><KurumID>1</KurumID><Password>p</Password></{header}>' if header else ""
    found = sent(endpoint, envelope(soap, f'<{operation} xmlns="{space}">{body}</{operation}>', given))
    assert told(endpoint, found, fault)[0] == code
    said = found.findtext("faultcode") or found.findtext("{*}Code/{*}Value")
    assert said == ("soap:Server" if soap == SOAP11 else "soap:Receiver")


def test_a_receipt_that_no_key_is_there_for_is_not_the_callers_trouble() -> None:
    endpoint = _yetki(lambda *_: SimpleNamespace())
    space = 'xmlns="urn:eyazisma-hub:yetki:1"'
    header = f"<Kimlik {space}><KurumID>1</KurumID><Password>p</Password></Kimlik>"
    asked = "<Soru><YoneticiKodu>1</YoneticiKodu><BirimNo>1</BirimNo></Soru>"
    body = f"<ImzaYetkisiTutanagi {space}>{asked}</ImzaYetkisiTutanagi>"
    found = sent(endpoint, envelope(SOAP11, body, header))
    assert told(endpoint, found, "YetkiHatasi")[0] == "RECEIPT_KEY"
    assert found.findtext("faultcode") == "soap:Server"


def test_two_operations_named_by_one_call() -> None:
    endpoint = SERVICES["IyemServis"][0]()
    space = "urn:eyazisma-hub:iyem:1"
    request = envelope(SOAP11, f'<IsListesi xmlns="{space}"/>')
    found = sent(endpoint, request, HTTP_SOAPACTION=f'"{space}/EksikBirimler"')
    code, message = told(endpoint, found, "IyemHatasi")
    assert code == "SOAP_ACTION_MISMATCH"
    assert message == "SOAPAction ile gövdenin gösterdiği işlemler farklı; hiçbir işlem yapılmadı."


def test_a_header_that_is_not_understood_has_no_detail() -> None:
    """SOAP 1.1 section 4.4: the detail never tells of a header."""
    endpoint = SERVICES["IyemServis"][0]()
    block = '<a:b xmlns:a="urn:a" s:mustUnderstand="1"/>'
    fault = sent(endpoint, envelope(SOAP11, '<IsListesi xmlns="urn:eyazisma-hub:iyem:1"/>', block))
    assert fault.findtext("faultcode", "").endswith("MustUnderstand")
    assert not list(fault.iter("{urn:eyazisma-hub:iyem:1}IyemHatasi"))


def test_an_identity_number_in_the_wrong_place_is_not_repeated() -> None:
    endpoint = SERVICES["YetkiServis"][0]()
    for inside in ("<YoneticiKodu>10000000146</YoneticiKodu>", "<TCKimlikNo>a10000000146</TCKimlikNo>"):
        asked = f"<Soru>{inside}<BirimNo>1</BirimNo></Soru>"
        body = f'<ImzaYetkisiSorgula xmlns="urn:eyazisma-hub:yetki:1">{asked}</ImzaYetkisiSorgula>'
        fault = sent(endpoint, envelope(SOAP11, body))
        assert told(endpoint, fault, "YetkiHatasi")[0] == "XML_SCHEMA"
        assert "10000000146" not in etree.tostring(fault).decode()
