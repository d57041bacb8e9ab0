"""How a request finds its operation, row by row of the platform's behaviour, and the other HTTP requests."""

from __future__ import annotations

import pytest
from lxml import etree

from hub.config import Settings
from hub.contract.contract import WSDL_FOLDER
from tests.contract.sample_service import NS, SOAP11, SOAP12, endpoint, envelope, http, operation, post

SERVED = endpoint(settings=Settings(allowed_hosts=("localhost",)))
KNOWN = f"{NS}DETSISNoKurumBirimWs"
UNIT = operation("DETSISNoKurumBirimWs", "<DETSISNo>12345678</DETSISNo>")
NO_ACTION = "Unable to handle request without a valid action parameter. Please supply a valid soap action."
SOAP_XML = "application/soap+xml; charset=utf-8"


@pytest.mark.parametrize(
    "action", [KNOWN, f'"{KNOWN}"', f'"{KNOWN.replace("://", "%3A%2F%2F")}"', KNOWN.replace(":", "%3a")]
)
@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_known_action_routes(action: str, version: str) -> None:
    answer = post(SERVED, envelope(UNIT, version=version), action)
    assert answer.status == 200
    assert "{'DETSISNo': 12345678}" in answer.text
    assert (SOAP11 if version == "1.1" else SOAP12) in answer.text
    assert answer.headers["content-type"].startswith("text/xml" if version == "1.1" else "application/soap+xml")


@pytest.mark.parametrize(
    "body",
    [
        '<Yanlis xmlns="http://kaysis.gov.tr/"><DETSISNo>5</DETSISNo></Yanlis>',
        '<DETSISNoKurumBirimWs xmlns="urn:baska"><DETSISNo>5</DETSISNo></DETSISNoKurumBirimWs>',
    ],
)
def test_known_action_over_an_unknown_wrapper_gives_default_values(body: str) -> None:
    answer = post(SERVED, envelope(body), KNOWN)
    assert answer.status == 200
    assert "{'DETSISNo': 0}" in answer.text


@pytest.mark.parametrize(
    ("action", "shown"), [('""', ""), ("", ""), ('"urn:x"', "urn:x"), ("urn:x<&>", "urn:x&lt;&amp;&gt;")]
)
def test_unknown_action(action: str, shown: str) -> None:
    answer = post(SERVED, envelope(UNIT), action)
    assert answer.status == 500
    assert (
        "<faultcode>soap:Client</faultcode><faultstring>Server did not recognize the value of HTTP Header "
        f"SOAPAction: {shown}.</faultstring><detail />" in answer.text
    )


@pytest.mark.parametrize("body", [b"<a", b"<a/>", b'<Envelope xmlns="urn:x"/>', b"<!DOCTYPE a><a/>"])
def test_unknown_action_is_told_even_over_a_broken_body(body: bytes) -> None:
    answer = post(SERVED, body, '"urn:x"')
    assert answer.status == 500
    assert "Server did not recognize the value of HTTP Header SOAPAction: urn:x." in answer.text


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_absent_action_routes_by_body(version: str) -> None:
    answer = post(SERVED, envelope(UNIT, version=version))
    assert answer.status == 200
    assert "12345678" in answer.text


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_absent_action_and_unknown_body(version: str) -> None:
    answer = post(SERVED, envelope("<x/>", version=version))
    assert answer.status == 500
    assert NO_ACTION in answer.text
    assert ("soap:Client" if version == "1.1" else "soap:Sender") in answer.text


@pytest.mark.parametrize("action", [f'"{KNOWN}"', KNOWN])
@pytest.mark.parametrize("header", [None, '""', f'"{KNOWN}"', '"urn:x"'])
def test_soap12_action_parameter_routes(action: str, header: str | None) -> None:
    answer = post(SERVED, envelope(UNIT, version="1.2"), header, f"{SOAP_XML}; action={action}")
    assert answer.status == 200
    assert answer.headers["content-type"] == SOAP_XML


@pytest.mark.parametrize("kind", [SOAP_XML, f'{SOAP_XML}; action="urn:x"'])
def test_soap12_routes_by_body(kind: str) -> None:
    assert post(SERVED, envelope(UNIT, version="1.2"), None, kind).status == 200


@pytest.mark.parametrize(("kind", "text"), [(SOAP_XML, NO_ACTION), (f'{SOAP_XML}; action="urn:x"', "urn:x")])
def test_soap12_unknown(kind: str, text: str) -> None:
    answer = post(SERVED, envelope("<x/>", version="1.2"), None, kind)
    assert answer.status == 500
    assert "<soap:Value>soap:Sender</soap:Value>" in answer.text
    assert text in answer.text


@pytest.mark.parametrize(
    "kind", ["application/json", "text/plain", "", "text/html; charset=utf-8", "multipart/related"]
)
def test_other_content_types(kind: str) -> None:
    answer = post(SERVED, envelope(UNIT), f'"{KNOWN}"', kind)
    assert (answer.status, answer.body) == (415, b"")


def test_soap11_envelope_under_the_soap12_type() -> None:
    answer = post(SERVED, envelope(UNIT), f'"{KNOWN}"', SOAP_XML)
    assert (answer.status, answer.body) == (415, b"")


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_an_action_never_outvotes_another_operation_in_the_body(version: str) -> None:
    other = operation("KEPAdresiKontrolEt", "<KepAdresi>a@b</KepAdresi>")
    kind = "text/xml" if version == "1.1" else f'{SOAP_XML}; action="{KNOWN}"'
    answer = post(SERVED, envelope(other, version=version), f'"{KNOWN}"', kind)
    assert answer.status == 500
    assert "SOAP_ACTION_MISMATCH" in answer.text


@pytest.mark.parametrize("query", ["WSDL", "wsdl", "Wsdl", "wsdl=", "singleWsdl"])
def test_wsdl(query: str) -> None:
    answer = http(SERVED, "GET", f"/DETSISServis.asmx?{query}")
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    file = (WSDL_FOLDER / "DETSISServis.wsdl").read_bytes()
    assert answer.body == file  # the file's own address is http://localhost/DETSISServis.asmx


@pytest.mark.parametrize(
    ("settings", "environ", "path", "expected"),
    [
        ({"public_url": "https://kaysis.example.gov.tr/"}, {"HTTP_HOST": "evil.example"}, "/DETSISServis.asmx",
         "https://kaysis.example.gov.tr/DETSISServis.asmx"),
        ({"public_url": "https://x.example/on"}, {}, "/DETSISOzelSektor.asmx", "https://x.example/on/DETSISOzelSektor.asmx"),
        ({}, {"HTTP_HOST": "evil.example", "SERVER_PORT": "8080"}, "/DETSISServis.asmx",
         "http://localhost:8080/DETSISServis.asmx"),
        ({}, {"HTTP_HOST": "LOCALHOST:8080"}, "/detsisservis.asmx", "http://LOCALHOST:8080/detsisservis.asmx"),
        ({}, {"HTTP_HOST": 'localhost"/><x:y'}, "/DETSISServis.asmx", "http://localhost/DETSISServis.asmx"),
        ({}, {"HTTP_X_FORWARDED_HOST": "evil.example", "HTTP_X_FORWARDED_PROTO": "https"}, "/DETSISServis.asmx",
         "http://localhost/DETSISServis.asmx"),
        ({"trusted_proxies": ("192.0.2.0/24",)},
         {"HTTP_X_FORWARDED_HOST": "kaysis.example.gov.tr", "HTTP_X_FORWARDED_PROTO": "https"}, "/DETSISServis.asmx",
         "https://kaysis.example.gov.tr/DETSISServis.asmx"),
        ({"trusted_proxies": ("192.0.2.0/24",)}, {"HTTP_X_FORWARDED_HOST": "a b"}, "/DETSISServis.asmx",
         "http://localhost/DETSISServis.asmx"),
        # one proxy that puts its own behind what its client wrote
        ({"trusted_proxies": ("192.0.2.0/24",)},
         {"HTTP_X_FORWARDED_HOST": "evil.example, kaysis.example.gov.tr", "HTTP_X_FORWARDED_PROTO": "http, https",
          "HTTP_X_FORWARDED_FOR": "192.0.2.1, 198.51.100.7"}, "/DETSISServis.asmx",
         "https://kaysis.example.gov.tr/DETSISServis.asmx"),
        # two of them, and two of which the inner one leaves the outer one's word alone
        ({"trusted_proxies": ("192.0.2.0/24",)},
         {"HTTP_X_FORWARDED_HOST": "evil.example, kaysis.example.gov.tr, inner:8080", "HTTP_X_FORWARDED_PROTO": "https",
          "HTTP_X_FORWARDED_FOR": "198.51.100.7, 192.0.2.9"}, "/DETSISServis.asmx",
         "https://kaysis.example.gov.tr/DETSISServis.asmx"),
        ({"trusted_proxies": ("192.0.2.0/24",)},
         {"HTTP_X_FORWARDED_HOST": "kaysis.example.gov.tr", "HTTP_X_FORWARDED_FOR": "198.51.100.7, 192.0.2.9"},
         "/DETSISServis.asmx", "http://kaysis.example.gov.tr/DETSISServis.asmx"),
    ],
)  # fmt: skip
def test_the_address_in_the_wsdl(
    settings: dict[str, object], environ: dict[str, str], path: str, expected: str
) -> None:
    served = endpoint(settings=Settings(allowed_hosts=("localhost",), **settings))  # type: ignore[arg-type]
    root = etree.fromstring(http(served, "GET", f"{path}?WSDL", **environ).body)
    found = [node.get("location") for node in root.iter("{*}address")]
    assert found == [expected, expected]


def test_pages() -> None:
    listing = http(SERVED, "GET", "/DETSISServis.asmx")
    assert listing.status == 200
    assert listing.headers["content-type"].startswith("text/html")
    assert listing.text.count("?op=") == 36
    page = http(SERVED, "GET", "/DETSISServis.asmx?op=eYazismaPaketi")
    assert page.status == 200
    assert "&lt;muhatapDetsisIDs&gt;" in page.text
    assert "SOAPAction: &quot;http://kaysis.gov.tr/eYazismaPaketi&quot;" in page.text
    assert "action=&quot;http://kaysis.gov.tr/eYazismaPaketi&quot;" in page.text
    assert "BbServiceAuthentication" in page.text
    assert http(SERVED, "GET", "/DETSISServis.asmx?op=%3Cscript%3E").status == 404
    disco = http(SERVED, "GET", "/DETSISServis.asmx?disco")
    assert disco.status == 200
    assert etree.fromstring(disco.body).tag == "{http://schemas.xmlsoap.org/disco/}discovery"


def test_every_sample_is_a_request_that_is_read() -> None:
    """The sample of each operation, with its placeholders replaced, is routed and read."""
    from html import unescape

    for name in SERVED.contract.operations:
        page = unescape(http(SERVED, "GET", f"/DETSISServis.asmx?op={name}").text)
        for version in ("1.1", "1.2"):
            start = page.index("<?xml", page.index(f"<h2>SOAP {version}"))
            sample = page[start : page.index("</soap:Envelope>", start) + len("</soap:Envelope>")]
            for kind, value in {"int": "5", "string": "x", "dateTime": "2020-01-02T03:04:05"}.items():
                sample = sample.replace(f">{kind}</", f">{value}</")
            sample = sample.replace(">x</KurumID>", ">10000000</KurumID>").replace(">x</Password>", ">gizli</Password>")
            kind = "text/xml" if version == "1.1" else "application/soap+xml"
            answer = post(SERVED, sample.encode(), None, kind)
            assert answer.status == 200, (name, answer.text)
            assert "<SonucHatali>false" in answer.text
            assert "None" not in answer.text


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"])
def test_other_methods(method: str) -> None:
    answer = http(SERVED, method, "/DETSISServis.asmx")
    assert answer.status == 405
    assert answer.headers["allow"] == "GET, POST"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_path_with_a_name(method: str) -> None:
    answer = http(SERVED, method, "/DETSISServis.asmx/TumTip1KodlariGetirWs")
    assert answer.status == 500
    assert answer.headers["content-type"].startswith("text/html")
    assert "Request format is unrecognized for URL unexpectedly ending in '/TumTip1KodlariGetirWs'." in answer.text
