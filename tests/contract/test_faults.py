"""Refusals and failures: status, code and text of each, and what never shows in them."""

from __future__ import annotations

import gzip
import logging
import random
from typing import Any

import pytest
from lxml import etree

from hub import limits
from hub.contract import Contract, ContractError, Endpoint, ValueMisfit
from tests.contract.sample_service import SOAP11, SOAP12, T, endpoint, envelope, http, operation, post

SERVED = endpoint()
LIST = operation("TumTip1KodlariGetirWs")
KNOWN = '"http://kaysis.gov.tr/TumTip1KodlariGetirWs"'
DTD = '<!DOCTYPE s:Envelope [<!ENTITY a "b">]>'


@pytest.mark.parametrize("action", [KNOWN, None])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<a",
        b"\xff<a/>",
        envelope(LIST)[:-1],
        envelope(LIST) + b"<b/>",
        envelope(operation("AdaGoreKurumBirimSorgulaWs", "<ad>\x01</ad>")),
        envelope(operation("AdaGoreKurumBirimSorgulaWs", "<ad>&yok;</ad>")),
        envelope(LIST).replace(b"?>", b"?>" + DTD.encode(), 1),
        envelope(LIST).replace(b"?>", b"?><!-- <a> -->\n<?b ?>" + DTD.encode(), 1),
        envelope(operation("AdaGoreKurumBirimSorgulaWs", "<ad>ı</ad>")).replace(b"\xc4\xb1", b"\xfd"),
    ],
)
def test_malformed(body: bytes, action: str | None) -> None:
    answer = post(SERVED, body, action)
    assert (answer.status, answer.body) == (400, b"")
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"


def test_doctype_in_text_is_text() -> None:
    answer = post(SERVED, envelope(operation("AdaGoreKurumBirimSorgulaWs", "<ad><![CDATA[<!DOCTYPE a>]]></ad>")))
    assert answer.status == 200


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (envelope(LIST).decode().encode("utf-16"), "text/xml"),
        (envelope(LIST).decode().encode("utf-16-le"), "text/xml; charset=utf-8"),
        (envelope(LIST).replace(b'"utf-8"', b'"utf-7"'), "text/xml"),
        (envelope(LIST).replace(b'"utf-8"', b'"iso-8859-9"'), "text/xml; charset=utf-8"),
        (envelope(LIST).replace(b'"utf-8"', b'"ebcdic-cp-us"'), "text/xml"),
        (envelope(LIST), "text/xml; charset=utf-16"),
        (envelope(operation("AdaGoreKurumBirimSorgulaWs", "<ad>ı</ad>")), "text/xml; charset=us-ascii"),
        (b"\xef\xbb\xbf" + envelope(LIST).replace(b'"utf-8"', b'"iso-8859-9"'), "text/xml"),
    ],
)
def test_encodings_that_no_client_sends(body: bytes, kind: str) -> None:
    answer = post(SERVED, body, KNOWN, kind)
    assert answer.status == 500
    assert "<faultcode>soap:Client</faultcode>" in answer.text
    assert "XML_ENCODING" in answer.text


@pytest.mark.parametrize("root", ["<Zarf/>", '<Zarf xmlns="urn:x"/>', f'<Body xmlns="{SOAP11}"/>'])
def test_no_envelope(root: str) -> None:
    answer = post(SERVED, root.encode(), KNOWN)
    assert answer.status == 500
    assert "<faultcode>soap:Client</faultcode><faultstring>Server was unable to read request. ---&gt; " in answer.text


@pytest.mark.parametrize(
    "inner", ["", "<s:Header/>", "<s:Body/>", f"<s:Body>{LIST}{LIST}</s:Body>", f"<s:Body>{LIST}</s:Body><s:Body/>"]
)
@pytest.mark.parametrize("uri", [SOAP11, SOAP12])
def test_no_body_or_not_one_element_in_it(inner: str, uri: str) -> None:
    answer = post(SERVED, f'<s:Envelope xmlns:s="{uri}">{inner}</s:Envelope>'.encode(), KNOWN)
    assert answer.status == 500
    assert ("soap:Client" if uri == SOAP11 else "soap:Sender") in answer.text
    assert "Server was unable to read request. ---&gt; " in answer.text


@pytest.mark.parametrize("uri", ["", "urn:x", "http://www.w3.org/2001/12/soap-envelope"])
def test_unknown_envelope(uri: str) -> None:
    answer = post(SERVED, f'<Envelope xmlns="{uri}"><Body>{LIST}</Body></Envelope>'.encode(), KNOWN)
    assert answer.status == 500
    assert (
        "<faultcode>soap:VersionMismatch</faultcode><faultstring>Possible SOAP version mismatch: Envelope namespace "
        f"{uri} was unexpected. Expecting http://schemas.xmlsoap.org/soap/envelope/.</faultstring><detail />"
        "</soap:Fault>" in answer.text
    )
    header = etree.fromstring(answer.body).find(f"{{{SOAP11}}}Header")
    assert header is not None
    assert header[0].tag == f"{{{SOAP12}}}Upgrade"


def test_mixed_envelope() -> None:
    mixed = f'<a:Envelope xmlns:a="{SOAP11}" xmlns:b="{SOAP12}"><b:Body>{LIST}</b:Body></a:Envelope>'
    assert "soap:VersionMismatch" in post(SERVED, mixed.encode(), KNOWN).text


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_unexpected_failure(version: str, caplog: pytest.LogCaptureFixture) -> None:
    def fail(call: Any, **_: Any) -> Any:
        raise RuntimeError("12345678901 gizli")

    seen: list[tuple[str, str]] = []
    served = endpoint(
        {"TumTip1KodlariGetirWs": fail}, observe=lambda operation, code, _: seen.append((operation, code))
    )
    with caplog.at_level(logging.DEBUG, "hub"):
        answer = post(served, envelope(LIST, version=version))
    assert answer.status == 500
    assert ("soap:Server" if version == "1.1" else "soap:Receiver") in answer.text
    assert "Server was unable to process request. ---&gt; Beklenmeyen bir hata oluştu. (" in answer.text
    assert ("<detail />" if version == "1.1" else "<soap:Detail />") in answer.text
    assert answer.headers["x-correlation-id"] in answer.text
    assert "RuntimeError" in caplog.text
    assert "gizli" not in answer.text + caplog.text
    assert "12345678901" not in answer.text + caplog.text
    assert seen == [("TumTip1KodlariGetirWs", "INTERNAL")]


def test_a_service_may_turn_a_failure_into_a_result() -> None:
    def fail(call: Any, **_: Any) -> Any:
        raise RuntimeError

    def told(call: Any, error: Exception) -> Any:
        return call.result(SonucHatali=True, HataMsj="Teknik bir hata oluştu.")

    answer = post(endpoint({"TumTip1KodlariGetirWs": fail}, on_error=told), envelope(LIST))
    assert answer.status == 200
    assert "<SonucHatali>true</SonucHatali><HataMsj>Teknik bir hata oluştu.</HataMsj>" in answer.text


def test_a_failing_error_handler_is_a_fault() -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise RuntimeError

    assert post(endpoint({"TumTip1KodlariGetirWs": fail}, on_error=fail), envelope(LIST)).status == 500


@pytest.mark.parametrize("rows", [10, 20_000])
def test_a_generator_that_fails_half_way_still_gets_a_whole_answer(rows: int) -> None:
    def torn(call: Any, **_: Any) -> Any:
        def items() -> Any:
            for number in range(rows):
                yield T.ResKurumBirimTipleri1(ID=number, KurumBirimTipi1="Bakanlık")
            raise RuntimeError("gizli")

        return call.result(SonucHatali=False, Sonuclar=items())

    answer = post(endpoint({"TumTip1KodlariGetirWs": torn}), envelope(LIST))
    assert answer.status == 500
    assert "Server was unable to process request." in answer.text
    assert "Bakanlık" not in answer.text


def test_a_value_that_does_not_fit_is_a_fault_without_the_value() -> None:
    def wrong(call: Any, **_: Any) -> Any:
        return call.result(SonucHatali=False, Sonuclar=[T.ResKurumBirimTipleri1(ID="gizli")])

    answer = post(endpoint({"TumTip1KodlariGetirWs": wrong}, on_error=None), envelope(LIST))
    assert answer.status == 500
    assert "gizli" not in answer.text


@pytest.mark.parametrize("given", ["abc-1.2:3_4", "A" * 64])
def test_correlation_id_is_kept(given: str) -> None:
    assert post(SERVED, envelope(LIST), HTTP_X_CORRELATION_ID=given).headers["x-correlation-id"] == given


@pytest.mark.parametrize("given", ["80000899330", "tc:80000899330", "a-80000899330.b"])
def test_correlation_id_that_may_name_a_person_is_replaced(given: str) -> None:
    assert post(SERVED, envelope(LIST), HTTP_X_CORRELATION_ID=given).headers["x-correlation-id"] != given


@pytest.mark.parametrize("given", ["800008993301", "a80000899330", "0f8fad5b-d9cb-469f-a165-708677289501"])
def test_correlation_id_of_many_digits_is_kept(given: str) -> None:
    assert post(SERVED, envelope(LIST), HTTP_X_CORRELATION_ID=given).headers["x-correlation-id"] == given


@pytest.mark.parametrize("given", ["", "a b", "a\r\nSet-Cookie: x=1", "A" * 65, "ı", "-a", "<a>"])
def test_malformed_correlation_id_is_replaced(given: str) -> None:
    assert post(SERVED, envelope(LIST), HTTP_X_CORRELATION_ID=given).headers["x-correlation-id"] != given


def test_compressed_request() -> None:
    packed = gzip.compress(envelope(LIST))
    assert post(SERVED, packed, HTTP_CONTENT_ENCODING="gzip").status == 200
    assert post(SERVED, packed[:-3], HTTP_CONTENT_ENCODING="gzip").status == 400
    assert post(SERVED, packed + b"x", HTTP_CONTENT_ENCODING="gzip").status == 400
    assert post(SERVED, envelope(LIST), HTTP_CONTENT_ENCODING="gzip").status == 400
    assert post(SERVED, packed, HTTP_CONTENT_ENCODING="br").status == 415
    bomb = gzip.compress(b" " * (limits.SOAP_BODY + 1))
    assert post(SERVED, bomb, HTTP_CONTENT_ENCODING="gzip").status == 413


def test_long_body() -> None:
    answer = post(SERVED, b" " * (limits.SOAP_BODY + 1))
    assert (answer.status, answer.headers["connection"]) == (413, "close")
    unknown = {"CONTENT_LENGTH": None, "wsgi.input_terminated": True}
    assert (
        http(
            SERVED, "POST", "/DETSISServis.asmx", b" " * (limits.SOAP_BODY + 1), CONTENT_TYPE="text/xml", **unknown
        ).status
        == 413
    )
    assert http(SERVED, "POST", "/DETSISServis.asmx", envelope(LIST), CONTENT_TYPE="text/xml", **unknown).status == 200


@pytest.mark.parametrize("length", ["\u00b2", "9" * 5000, "-1", "1_0"])
def test_a_length_that_is_none(length: str) -> None:
    assert post(SERVED, envelope(LIST), CONTENT_LENGTH=length).status == 413


def test_body_that_ends_early() -> None:
    assert post(SERVED, envelope(LIST), CONTENT_LENGTH="100000").status == 408


def test_mutilated_requests_never_fail_inside() -> None:
    """Random damage to a request is refused or read, never an internal failure."""
    dice = random.Random(7)
    whole = envelope(operation("IYEMKurumYoneticisiGetirWs", "<KurumID>1</KurumID><Tarih>2020-01-01T00:00:00</Tarih>"))
    for _ in range(1500):
        body = bytearray(whole)
        for _ in range(dice.randint(1, 4)):
            at = dice.randrange(len(body))
            match dice.randrange(4):
                case 0:
                    body[at] = dice.randrange(256)
                case 1:
                    del body[at : at + dice.randint(1, 20)]
                case 2:
                    body[at:at] = body[dice.randrange(len(body)) :][: dice.randint(1, 40)]
                case _:
                    body[at:at] = dice.choice([b"<", b"&", b"]]>", b"<!--", b'"', b"<x>", b" xsi:nil='1'", b"\xc4"])
        answer = post(SERVED, bytes(body), dice.choice([None, '"http://kaysis.gov.tr/IYEMKurumYoneticisiGetirWs"']))
        assert answer.status in {200, 400, 500}
        if answer.status == 500:
            assert "soap:Server" not in answer.text, bytes(body)
            etree.fromstring(answer.body)


# Start-up ----------------------------------------------------------------------------------------------------------


def test_functions_must_match_the_contract() -> None:
    contract = Contract.load("DETSISServis.wsdl")
    every = {name: (lambda call, **_: None) for name in contract.operations}
    with pytest.raises(ContractError, match="işlevi olmayan işlem: MevzuatSorgula"):
        Endpoint(contract, {name: made for name, made in every.items() if name != "MevzuatSorgula"})
    with pytest.raises(ContractError, match="sözleşmede olmayan işlem: mevzuatSorgula"):
        Endpoint(contract, {**every, "mevzuatSorgula": lambda call, **_: None})
    with pytest.raises(ContractError, match="KEPAdresiKontrolEt işlevi sözleşmenin girdilerini almıyor"):
        Endpoint(contract, {**every, "KEPAdresiKontrolEt": lambda call, *, kepAdresi: None})


def test_models_refuse_unknown_fields_and_other_types() -> None:
    with pytest.raises(TypeError, match="Adi"):
        T.KurumBirimWS(Adi="x")
    with pytest.raises(TypeError, match="abstract"):
        T.TablesBase()
    with pytest.raises(AttributeError):
        T.Yok  # noqa: B018
    contract = SERVED.contract
    with pytest.raises(ValueMisfit):
        contract.render("KurumBirimWS", T.KepBilgileriWs())
