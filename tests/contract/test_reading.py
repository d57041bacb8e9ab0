"""How a request's header and body are read: the platform's leniencies, and where they end."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from hub import limits
from tests.contract.sample_service import HEADER, NS, SOAP11, endpoint, envelope, operation, post

SERVED = endpoint()
XSI = "http://www.w3.org/2001/XMLSchema-instance"


def read(name: str, inner: str, **options: Any) -> dict[str, Any]:
    """What the function of operation ``name`` is called with."""
    seen: dict[str, Any] = {}

    def function(call: Any, **arguments: Any) -> Any:
        seen.update(arguments)
        return call.result(SonucHatali=False)

    answer = post(endpoint({name: function}), envelope(operation(name, inner), **options))
    assert answer.status == 200, answer.text
    assert "<SonucHatali>false</SonucHatali>" in answer.text
    return seen


def fault(name: str, inner: str) -> str:
    answer = post(SERVED, envelope(operation(name, inner)))
    assert answer.status == 500
    assert "<faultcode>soap:Client</faultcode>" in answer.text
    return answer.text


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("<DETSISNo>12345678</DETSISNo>", 12345678),
        ("<DETSISNo> \t\n5\r\n </DETSISNo>", 5),
        ("<DETSISNo>+5</DETSISNo>", 5),
        ("<DETSISNo>-5</DETSISNo>", -5),
        ("<DETSISNo>00000000000000000007</DETSISNo>", 7),
        ("<DETSISNo>2147483647</DETSISNo>", 2**31 - 1),
        ("<DETSISNo>-2147483648</DETSISNo>", -(2**31)),
        ("<DETSISNo>1<!-- 9 -->2<![CDATA[3]]><?x y?>4</DETSISNo>", 1234),
        ("<bilinmeyen><DETSISNo>1</DETSISNo></bilinmeyen><DETSISNo>2</DETSISNo>", 2),
        ("<DETSISNo>1</DETSISNo><DETSISNo>2</DETSISNo>", 1),
        ("<DETSISNo>1</DETSISNo><DETSISNo>x</DETSISNo>", 1),
        ('<DETSISNo xmlns="urn:baska">1</DETSISNo>', 0),
        ("<detsisNo>1</detsisNo><DetsisNo>1</DetsisNo>", 0),
        ("", 0),
        ('<DETSISNo xmlns:x="http://www.w3.org/2001/XMLSchema" xsi:type="x:int">5</DETSISNo>', 5),
        (f'<DETSISNo xmlns:xsi="{XSI}" xsi:nil="false">5</DETSISNo>', 5),
        ('<DETSISNo id="x">5</DETSISNo>', 5),
    ],
)  # fmt: skip
def test_int(inner: str, expected: int) -> None:
    assert read("DETSISNoKurumBirimWs", inner) == {"DETSISNo": expected}


@pytest.mark.parametrize(
    "value",
    ["", " ", "x", "1x", "1.0", "1e3", "1_000", "٣", "１２", "2147483648", "-2147483649", "0x10", "- 1", "9" * 5000,
     "<b>1</b>", "1<b/>"],
)  # fmt: skip
def test_int_that_is_none(value: str) -> None:
    text = fault("DETSISNoKurumBirimWs", f"<DETSISNo>{value}</DETSISNo>")
    assert "Server was unable to read request. ---&gt; There is an error in XML document (1, " in text
    if "<" not in value:
        assert "). ---&gt; Input string was not in a correct format.</faultstring><detail />" in text


@pytest.mark.parametrize(
    "attribute",
    ['xsi:nil="true"', 'xsi:nil="1"', 'xsi:nil="evet"', 'xsi:type="xsd:string"', 'xsi:type="x:int"', 'xsi:type=""'],
)
def test_int_with_a_misleading_attribute(attribute: str) -> None:
    assert "There is an error in XML document" in fault("DETSISNoKurumBirimWs", f"<DETSISNo {attribute}>5</DETSISNo>")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2016-03-01T08:30:00", "2016-03-01 08:30:00"),
        ("2016-03-01", "2016-03-01 00:00:00"),
        ("2016-03-01T08:30:00.1234567", "2016-03-01 08:30:00.123456"),
        ("2016-03-01T06:30:00Z", "2016-03-01 08:30:00"),  # winter time until 2016
        ("2016-08-01T06:30:00Z", "2016-08-01 09:30:00"),
        ("2020-01-01T00:00:00+03:00", "2020-01-01 00:00:00"),
        ("2020-01-01T00:00:00-02:00", "2020-01-01 05:00:00"),
        ("2020-01-01Z", "2020-01-01 03:00:00"),
        ("2020-01-01T24:00:00", "2020-01-02 00:00:00"),
        (" 2020-02-29T00:00:00 ", "2020-02-29 00:00:00"),
        ("0001-01-01T00:00:00", "0001-01-01 00:00:00"),
        ("9999-12-31T23:59:59.9999999", "9999-12-31 23:59:59.999999"),
        ("0001-01-01T00:00:00+03:00", "0001-01-01 00:00:00"),  # .NET's date that was never set, as a local one
        ("0001-01-01T00:00:00+02:00", "0001-01-01 00:00:00"),
        ("9999-12-31T23:59:59Z", "9999-12-31 23:59:59.999999"),
        ("9999-12-31T23:59:59-10:00", "9999-12-31 23:59:59.999999"),
    ],
)
def test_date_time(text: str, expected: str) -> None:
    found = read("SertifikalariGetir", f"<baslangicTarihi>{text}</baslangicTarihi>")["baslangicTarihi"]
    assert found == datetime.datetime.fromisoformat(expected)
    assert found.tzinfo is None


@pytest.mark.parametrize(
    "text",
    ["", "dün", "2016-02-30T00:00:00", "2016-3-1", "20160301", "2016-W01", "2016-03-01T08:30", "2016-03-01 08:30:00",
     "2016-03-01T25:00:00", "2016-03-01T24:00:01", "2016-03-01T08:30:00+15:00", "2016-03-01T08:30:00+3:00",
     "10000-01-01T00:00:00", "-0001-01-01", "9999-12-31T24:00:00", "2016-03-01T08:30:60"],
)  # fmt: skip
def test_date_time_that_is_none(text: str) -> None:
    said = fault("SertifikalariGetir", f"<baslangicTarihi>{text}</baslangicTarihi>")
    assert f"). ---&gt; The string '{text}' is not a valid AllXsd value.</faultstring>" in said


@pytest.mark.parametrize(
    "inner",
    [
        "",
        '<degisiklikTarihiBaslangic xsi:nil="true" />',
        '<degisiklikTarihiBaslangic xsi:nil="1">x</degisiklikTarihiBaslangic>',
    ],
)
def test_nillable_date_time_nil_or_absent(inner: str) -> None:
    assert read("KendiTumBirimleriGetirWs", inner) == {"degisiklikTarihiBaslangic": None}


def test_missing_date_time_that_is_not_nillable_is_its_default() -> None:
    assert read("SertifikalariGetir", "") == {"baslangicTarihi": datetime.datetime(1, 1, 1)}


@pytest.mark.parametrize(
    ("inner", "expected"),
    [("", None), ("<ad/>", ""), ("<ad></ad>", ""), ("<ad> İl &amp; <![CDATA[<b>]]> </ad>", " İl & <b> "),
     ('<ad xsi:nil="true"/>', None), ('<ad xsi:type="xsd:int">105</ad>', "105"),
     ('<ad xsi:type="xsd:dateTime">2020</ad>', "2020"), ('<ad xsi:type="xsd:string"> a</ad>', " a")],
)  # fmt: skip
def test_string(inner: str, expected: str | None) -> None:
    assert read("AdaGoreKurumBirimSorgulaWs", inner) == {"ad": expected, "anaKurumIdareKimlikKodu": 0}


@pytest.mark.parametrize("kind", ["xsd:base64Binary", "xsd:hexBinary", "xsd:Int", "int", "xsi:int", "s:string"])
def test_string_that_is_called_what_it_cannot_be(kind: str) -> None:
    assert "There is an error in XML" in fault("AdaGoreKurumBirimSorgulaWs", f'<ad xsi:type="{kind}">YWJj</ad>')


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("", None),
        ("<DetsisIDs/>", []),
        ('<DetsisIDs xsi:nil="true"/>', None),
        ("<DetsisIDs><int>1</int><x>9</x><int> 2 </int></DetsisIDs>", [1, 2]),
        ("<DetsisIDs><int>1</int></DetsisIDs><DetsisIDs><int>2</int></DetsisIDs>", [1]),
        ('<DetsisIDs xsi:type="ArrayOfInt"><int>1</int></DetsisIDs>', [1]),
    ],
)
def test_list_of_numbers(inner: str, expected: list[int] | None) -> None:
    assert read("KEPAdresleriniGetir", inner) == {"DetsisIDs": expected}


def test_list_of_numbers_has_no_nil_items() -> None:
    assert "There is an error in XML" in fault("KEPAdresleriniGetir", '<DetsisIDs><int xsi:nil="true"/></DetsisIDs>')


def test_list_of_texts_with_nil_items() -> None:
    inner = '<kutukNoList><string>a</string><string xsi:nil="true"/><string/></kutukNoList>'
    assert read("KutukNodanDetsisNoGetir", inner) == {"kutukNoList": ["a", None, ""]}


def test_longest_list() -> None:
    items = "<int>1</int>" * limits.SOAP_LIST_ITEMS
    found = read("KEPAdresleriniGetir", f"<DetsisIDs>{items}</DetsisIDs>")
    assert len(found["DetsisIDs"]) == limits.SOAP_LIST_ITEMS
    assert "XML_LIMIT" in fault("KEPAdresleriniGetir", f"<DetsisIDs>{items}<int>1</int></DetsisIDs>")


def test_order_and_prefixes_are_free() -> None:
    body = (
        '<k:DetayBilgilereGoreSorgulaKurumBirimWs xmlns:k="http://kaysis.gov.tr/"><k:IlKodu>4</k:IlKodu>'
        "<k:statuID>3</k:statuID><k:yerKodu>1</k:yerKodu></k:DetayBilgilereGoreSorgulaKurumBirimWs>"
    )
    answer = post(SERVED, envelope(body))
    assert "{'yerKodu': 1, 'kategoriID': 0, 'statuID': 3, 'IlKodu': 4}" in answer.text


def test_position_of_an_error_in_a_document_of_several_lines() -> None:
    body = envelope(operation("DETSISNoKurumBirimWs", "\n  <DETSISNo>x</DETSISNo>\n")).decode()
    assert "XML document (3, 3)." in post(SERVED, body.encode()).text  # the line of the wrapper's end tag


@pytest.mark.parametrize(
    "encoding", [("utf-8", ""), ("iso-8859-9", "iso-8859-9"), ("windows-1254", "windows-1254"), ("utf-8-sig", "utf-8")]
)
def test_encodings(encoding: tuple[str, str]) -> None:
    codec, label = encoding
    text = envelope(operation("AdaGoreKurumBirimSorgulaWs", "<ad>ŞIRNAK</ad>")).decode()
    if label:
        text = text.replace('encoding="utf-8"', f'encoding="{label}"')
    answer = post(SERVED, text.encode(codec), kind=f"text/xml; charset={label or 'utf-8'}")
    assert answer.status == 200
    assert "ŞIRNAK" in answer.text


# The header --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [
        HEADER,
        f'<k:BbServiceAuthentication xmlns:k="{NS}" s:mustUnderstand="1"><k:Password>gizli</k:Password>'
        "<k:KurumID>10000000</k:KurumID></k:BbServiceAuthentication>",
        HEADER.replace("<KurumID", '<KurumID xsi:type="xsd:int"').replace(
            "<Password", '<Password xsi:type="xsd:string"'
        ),
        f'<BbServiceAuthentication xmlns="{NS}" herhangi="1"><KurumID xmlns="{NS}">10000000</KurumID>'
        f'<Password xmlns="{NS}">gizli</Password></BbServiceAuthentication><baska xmlns="urn:x"/>',
    ],
)
def test_accepted_headers(header: str) -> None:
    answer = post(SERVED, envelope(operation("TumTip1KodlariGetirWs"), header=header))
    assert "<SonucHatali>false</SonucHatali>" in answer.text


def test_refused_headers_all_get_the_same_answer() -> None:
    double = HEADER.replace("<Password>", "<Password>x</Password><Password>")
    wrong = [
        "",
        HEADER + HEADER,
        double,
        HEADER.replace("gizli", "yanlis"),
        HEADER.replace("10000000", "99999999"),
        HEADER.replace(NS, "urn:baska"),
        HEADER.replace("gizli", "<b/>"),
    ]
    answers = {post(SERVED, envelope(operation("TumTip1KodlariGetirWs"), header=header)).body for header in wrong}
    assert len(answers) == 1
    assert (
        "<SonucHatali>true</SonucHatali><HataMsj>Kurum numarası ya da parola hatalı.</HataMsj>"
        in answers.pop().decode()
    )


def test_missing_header_element() -> None:
    body = f'<s:Envelope xmlns:s="{SOAP11}"><s:Body>{operation("TumTip1KodlariGetirWs")}</s:Body></s:Envelope>'
    assert "<SonucHatali>true</SonucHatali>" in post(SERVED, body.encode()).text


@pytest.mark.parametrize("version", ["1.1", "1.2"])
@pytest.mark.parametrize("value", ["1", "true", "evet"])
def test_must_understand(version: str, value: str) -> None:
    header = f'{HEADER}<x:Ozel xmlns:x="urn:x" s:mustUnderstand="{value}"/>'
    answer = post(SERVED, envelope(operation("TumTip1KodlariGetirWs"), version=version, header=header))
    assert answer.status == 500
    assert "soap:MustUnderstand" in answer.text
    assert "SOAP header Ozel was not understood." in answer.text
    assert "etail" not in answer.text


@pytest.mark.parametrize("attribute", ['s:mustUnderstand="0"', 's:mustUnderstand="1" s:actor="urn:baska"', ""])
def test_headers_that_may_be_passed_over(attribute: str) -> None:
    header = f'{HEADER}<x:Ozel xmlns:x="urn:x" {attribute}/>'
    assert post(SERVED, envelope(operation("TumTip1KodlariGetirWs"), header=header)).status == 200
