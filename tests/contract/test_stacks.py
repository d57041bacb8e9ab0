"""Requests as SOAP stacks write them that cannot be run here: prefixes, declarations, types, headers and encodings.

Each asks the same and is sent three times, because a repeated request is read another way than the first (its shape is
known by then).
"""

from __future__ import annotations

import pytest

from tests.contract.sample_service import NS, SOAP11, SOAP12, endpoint, post

SERVED = endpoint()
NAME = "AdaGoreKurumBirimSorgulaWs"
QUOTED = f'"{NS}{NAME}"'
SOAP_XML = f"application/soap+xml; charset=utf-8; action={QUOTED}"
XS = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
ENCODED = "http://schemas.xmlsoap.org/soap/encoding/"
FOUND = "{'ad': 'Iğdır İl Müdürlüğü', 'anaKurumIdareKimlikKodu': 10001124}"
ASKED = "<ad>Iğdır İl Müdürlüğü</ad><anaKurumIdareKimlikKodu>10001124</anaKurumIdareKimlikKodu>"
CALL = f'<{NAME} xmlns="{NS}">{ASKED}</{NAME}>'
WHO = "<KurumID>10000000</KurumID><Password>gizli</Password>"
OPEN = f'<BbServiceAuthentication xmlns="{NS}">{WHO}</BbServiceAuthentication>'


def prefixed(prefix: str, xml: str) -> str:
    """``xml`` without attributes, its names with ``prefix``."""
    return xml.replace("<", f"<{prefix}:").replace(f"<{prefix}:/", f"</{prefix}:")


def named(prefix: str, name: str, inner: str, declared: bool = True) -> str:
    said = f' xmlns:{prefix}="{NS}"' if declared else ""
    return f"<{prefix}:{name}{said}>{prefixed(prefix, inner)}</{prefix}:{name}>"


WCF_HEADER = f'<h:BbServiceAuthentication xmlns:h="{NS}" xmlns="{NS}" {XS}>{WHO}</h:BbServiceAuthentication>'
WCF_TRACE = (
    '<VsDebuggerCausalityData xmlns="http://schemas.microsoft.com/vstudio/diagnostics/servicemodelsink">uIDPo</'
    'VsDebuggerCausalityData><ActivityId CorrelationId="a" '
    'xmlns="http://schemas.microsoft.com/2004/09/ServiceModel/Diagnostics">b</ActivityId>'
)
ADDRESSED = (
    "<wsa:To>http://localhost/DETSISServis.asmx</wsa:To><wsa:MessageID>urn:uuid:1</wsa:MessageID>"
    f"<wsa:Action>{NS}{NAME}</wsa:Action>"
)
SOAPUI = (
    f'<soapenv:Envelope xmlns:soapenv="{SOAP11}" xmlns:kay="{NS}">\n   <soapenv:Header>\n      <!--Optional:-->\n'
    "      <kay:BbServiceAuthentication>\n         <!--Optional:-->\n         <kay:KurumID>10000000</kay:KurumID>\n"
    "         <!--Optional:-->\n         <kay:Password>gizli</kay:Password>\n      </kay:BbServiceAuthentication>\n"
    f"   </soapenv:Header>\n   <soapenv:Body>\n      <kay:{NAME}>\n         <!--Optional:-->\n"
    "         <kay:ad>Iğdır İl Müdürlüğü</kay:ad>\n"
    "         <kay:anaKurumIdareKimlikKodu>10001124</kay:anaKurumIdareKimlikKodu>\n"
    f"      </kay:{NAME}>\n   </soapenv:Body>\n</soapenv:Envelope>"
)
DELPHI = (
    f'<?xml version="1.0"?>\r\n<SOAP-ENV:Envelope xmlns:SOAP-ENV="{SOAP11}" {XS} xmlns:SOAP-ENC="{ENCODED}">'
    f'<SOAP-ENV:Header SOAP-ENV:encodingStyle="{ENCODED}" xmlns:NS1="{NS}">'
    '<NS1:BbServiceAuthentication xsi:type="NS1:BbServiceAuthentication"><NS1:KurumID xsi:type="xsd:string">10000000'
    '</NS1:KurumID><NS1:Password xsi:type="xsd:string">gizli</NS1:Password></NS1:BbServiceAuthentication>'
    f'</SOAP-ENV:Header><SOAP-ENV:Body SOAP-ENV:encodingStyle="{ENCODED}"><NS1:{NAME} xmlns:NS1="{NS}">'
    '<NS1:ad xsi:type="xsd:string">Iğdır İl Müdürlüğü</NS1:ad><NS1:anaKurumIdareKimlikKodu xsi:type="xsd:int">10001124'
    f"</NS1:anaKurumIdareKimlikKodu></NS1:{NAME}></SOAP-ENV:Body></SOAP-ENV:Envelope>"
)
LATIN5 = f'<?xml version="1.0" encoding="ISO-8859-9"?><e:Envelope xmlns:e="{SOAP11}"><e:Header>{OPEN}</e:Header><e:Body>{CALL}</e:Body></e:Envelope>'  # noqa: E501


def soap(prefix: str, header: str, body: str, uri: str = SOAP11, declared: str = "", on_body: str = "") -> str:
    return (
        f'<{prefix}:Envelope xmlns:{prefix}="{uri}"{declared}><{prefix}:Header>{header}</{prefix}:Header>'
        f"<{prefix}:Body{on_body}>{body}</{prefix}:Body></{prefix}:Envelope>"
    )


AXIS = (named("ns1", "BbServiceAuthentication", WHO), named("ns1", NAME, ASKED))
TNS = f' {XS} xmlns:tns="{NS}" xmlns:kay="{NS}"'
SAVON = (named("kay", "BbServiceAuthentication", WHO, False), named("tns", NAME, ASKED, False))
WSA = ' xmlns:wsa="http://www.w3.org/2005/08/addressing"'
GSOAP = AXIS[0].replace("Authentication ", 'Authentication SOAP-ENV:mustUnderstand="1" ')
XML = "<?xml version='1.0' encoding='UTF-8'?>"

REQUESTS: dict[str, tuple[str | bytes, str, str | None]] = {
    "wcf": (soap("s", WCF_HEADER + WCF_TRACE, CALL, on_body=f" {XS}"), "text/xml; charset=utf-8", QUOTED),
    "wcf-1.2-without-addressing": (soap("s", WCF_HEADER, CALL, SOAP12, on_body=f" {XS}"), SOAP_XML, None),
    "asmx-1.2": (soap("soap", OPEN, CALL, SOAP12, f" {XS}"), "application/soap+xml; charset=utf-8", None),
    "axis2": (XML + soap("soapenv", *AXIS), "text/xml; charset=UTF-8", QUOTED),
    "axis2-1.2": (XML + soap("soapenv", *AXIS, SOAP12), SOAP_XML.replace('"', ""), None),
    "axis2-addressing": (soap("soapenv", ADDRESSED + AXIS[0], AXIS[1], declared=WSA), "text/xml", QUOTED),
    "jaxws": (
        f'<?xml version="1.0" ?><S:Envelope xmlns:S="{SOAP11}" xmlns:SOAP-ENV="{SOAP11}"><SOAP-ENV:Header>{OPEN}'
        f'</SOAP-ENV:Header><S:Body><{NAME} xmlns="{NS}" xmlns:ns2="urn:x">{ASKED}</{NAME}></S:Body></S:Envelope>',
        "text/xml; charset=utf-8",
        QUOTED,
    ),
    "cxf-without-action": (soap("soap", OPEN, CALL), "text/xml; charset=UTF-8", None),
    "savon": (soap("env", *SAVON, declared=TNS), "text/xml;charset=UTF-8", QUOTED),
    "savon-1.2": (soap("env", *SAVON, SOAP12, TNS), "application/soap+xml;charset=UTF-8", QUOTED),
    "suds": (
        f'<SOAP-ENV:Envelope xmlns:ns1="{SOAP11}" xmlns:ns0="{NS}" xmlns:SOAP-ENV="{SOAP11}"><SOAP-ENV:Header>'
        f"{named('ns0', 'BbServiceAuthentication', WHO, False)}</SOAP-ENV:Header><ns1:Body>"
        f"{named('ns0', NAME, ASKED, False)}</ns1:Body></SOAP-ENV:Envelope>",
        "text/xml; charset=utf-8",
        QUOTED,
    ),
    "gsoap": (soap("SOAP-ENV", GSOAP, AXIS[1]), "text/xml; charset=utf-8", QUOTED),
    "delphi": (DELPHI.encode("utf-8-sig"), 'text/xml; charset="utf-8"', QUOTED),
    "soapui": (SOAPUI, "text/xml;charset=UTF-8", QUOTED),
    "nusoap": (LATIN5.encode("iso8859-9"), "text/xml; charset=ISO-8859-9", QUOTED),
    "latin5-by-declaration": (LATIN5.encode("iso8859-9"), "text/xml", QUOTED),
    "latin5-by-header": (LATIN5.partition("?>")[2].encode("iso8859-9"), 'text/xml; charset="iso-8859-9"', QUOTED),
    "windows-1254": (LATIN5.replace("ISO-8859-9", "windows-1254").encode("cp1254"), "text/xml", QUOTED),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_is_read(name: str) -> None:
    body, kind, action = REQUESTS[name]
    data = body if isinstance(body, bytes) else body.encode()
    for _ in range(3):
        answer = post(SERVED, data, action, kind)
        assert answer.status == 200
        assert f"<SonucHatali>false</SonucHatali><HataMsj>{FOUND}</HataMsj>" in answer.text


ADDRESSING = f'<a:Action s:mustUnderstand="1">{NS}{NAME}</a:Action><a:To s:mustUnderstand="1">http://x</a:To>'


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (soap("s", ADDRESSING + WCF_HEADER, CALL, SOAP12, WSA.replace("wsa", "a")), SOAP_XML),
        (soap("s", ADDRESSING + WCF_HEADER, CALL, SOAP11, WSA.replace("wsa", "a")), "text/xml; charset=utf-8"),
    ],
)
def test_addressing_that_must_be_understood_is_refused(body: str, kind: str) -> None:
    """As on the original platform, which knows no WS-Addressing: the first such header is named, without a detail."""
    for _ in range(2):
        answer = post(SERVED, body.encode(), QUOTED if kind.startswith("text") else None, kind)
        assert answer.status == 500
        assert "soap:MustUnderstand<" in answer.text
        assert "SOAP header Action was not understood." in answer.text
        assert "etail" not in answer.text


def test_parts_beside_the_envelope_are_another_media_type() -> None:
    kind = 'multipart/related;start="<r>";type="application/xop+xml";boundary="uuid:1";start-info="text/xml"'
    part = '--uuid:1\r\nContent-Id: <r>\r\nContent-Type: application/xop+xml;charset=utf-8;type="text/xml"\r\n\r\n'
    answer = post(SERVED, f"{part}{REQUESTS['wcf'][0]!s}\r\n--uuid:1--\r\n".encode(), QUOTED, kind)
    assert (answer.status, answer.body) == (415, b"")
