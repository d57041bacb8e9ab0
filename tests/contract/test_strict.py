"""The engine with a contract of another kind: strict reading, typed faults, several inputs, nested and recursive
types, enumerations, two namespaces, UTC times. And contracts that it must refuse to load."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import zeep
from lxml import etree

from hub.contract import STRICT, Call, Contract, ContractError, Endpoint, SoapFault, ValueMisfit
from tests.contract.sample_service import SOAP11, SOAP12, Answer, http

WSDL = """<?xml version="1.0" encoding="utf-8"?>
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" xmlns:xsd="http://www.w3.org/2001/XMLSchema"
    xmlns:t="urn:sample" xmlns:c="urn:common" targetNamespace="urn:sample">
  <wsdl:types>
    <xsd:schema targetNamespace="urn:sample" elementFormDefault="qualified">
      <xsd:import namespace="urn:common" schemaLocation="common.xsd" />
      <xsd:element name="Ask">
        <xsd:complexType>
          <xsd:sequence>
            <xsd:element name="When" type="xsd:dateTime" />
            <xsd:element name="Kind" type="t:Kind" />
            <xsd:element name="Tree" type="t:Node" minOccurs="0" />
            <xsd:element name="Code" type="xsd:string" minOccurs="0" maxOccurs="unbounded" />
            <xsd:element name="Amount" type="xsd:decimal" minOccurs="0" />
          </xsd:sequence>
        </xsd:complexType>
      </xsd:element>
      <xsd:element name="Answer">
        <xsd:complexType>
          <xsd:sequence>
            <xsd:element name="When" type="xsd:dateTime" />
            <xsd:element name="Kind" type="t:Kind" />
            <xsd:element name="Tree" type="t:Node" minOccurs="0" />
            <xsd:element name="Code" type="xsd:string" minOccurs="0" maxOccurs="unbounded" />
            <xsd:element ref="c:Place" minOccurs="0" />
          </xsd:sequence>
        </xsd:complexType>
      </xsd:element>
      <xsd:element name="Refusal" type="t:Refusal" />
      <xsd:element name="Ticket" type="t:Ticket" />
      <xsd:simpleType name="Kind">
        <xsd:restriction base="xsd:string"><xsd:enumeration value="open" /><xsd:enumeration value="closed" /></xsd:restriction>
      </xsd:simpleType>
      <xsd:complexType name="Node">
        <xsd:sequence>
          <xsd:element name="Name" type="xsd:string" />
          <xsd:element name="Child" type="t:Node" minOccurs="0" maxOccurs="unbounded" />
        </xsd:sequence>
      </xsd:complexType>
      <xsd:complexType name="Refusal">
        <xsd:sequence>
          <xsd:element name="Code" type="xsd:string" />
          <xsd:element name="Until" type="xsd:date" minOccurs="0" />
        </xsd:sequence>
      </xsd:complexType>
      <xsd:complexType name="Ticket"><xsd:sequence><xsd:element name="Id" type="xsd:string" /></xsd:sequence></xsd:complexType>
    </xsd:schema>
  </wsdl:types>
  <wsdl:message name="AskIn"><wsdl:part name="parameters" element="t:Ask" /></wsdl:message>
  <wsdl:message name="AskOut"><wsdl:part name="parameters" element="t:Answer" /></wsdl:message>
  <wsdl:message name="AskRefusal"><wsdl:part name="detail" element="t:Refusal" /></wsdl:message>
  <wsdl:message name="AskTicket"><wsdl:part name="Ticket" element="t:Ticket" /></wsdl:message>
  <wsdl:portType name="Port">
    <wsdl:operation name="Ask">
      <wsdl:input message="t:AskIn" /><wsdl:output message="t:AskOut" />
      <wsdl:fault name="Refusal" message="t:AskRefusal" />
    </wsdl:operation>
  </wsdl:portType>
  <wsdl:binding name="B11" type="t:Port">
    <soap:binding transport="http://schemas.xmlsoap.org/soap/http" style="document" />
    <wsdl:operation name="Ask">
      <soap:operation soapAction="urn:sample:Ask" />
      <wsdl:input><soap:body use="literal" /><soap:header message="t:AskTicket" part="Ticket" use="literal" /></wsdl:input>
      <wsdl:output><soap:body use="literal" /></wsdl:output>
      <wsdl:fault name="Refusal"><soap:fault name="Refusal" use="literal" /></wsdl:fault>
    </wsdl:operation>
  </wsdl:binding>
  <wsdl:binding name="B12" type="t:Port">
    <soap12:binding transport="http://schemas.xmlsoap.org/soap/http" style="document" />
    <wsdl:operation name="Ask">
      <soap12:operation soapAction="urn:sample:Ask" />
      <wsdl:input><soap12:body use="literal" /><soap12:header message="t:AskTicket" part="Ticket" use="literal" /></wsdl:input>
      <wsdl:output><soap12:body use="literal" /></wsdl:output>
      <wsdl:fault name="Refusal"><soap12:fault name="Refusal" use="literal" /></wsdl:fault>
    </wsdl:operation>
  </wsdl:binding>
  <wsdl:service name="Sample">
    <wsdl:port name="P11" binding="t:B11"><soap:address location="http://localhost/sample" /></wsdl:port>
    <wsdl:port name="P12" binding="t:B12"><soap12:address location="http://localhost/sample" /></wsdl:port>
  </wsdl:service>
</wsdl:definitions>
"""  # noqa: E501
COMMON = """<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:common">
  <xsd:element name="Place">
    <xsd:complexType><xsd:sequence><xsd:element name="Il" type="xsd:int" /></xsd:sequence></xsd:complexType>
  </xsd:element>
</xsd:schema>
"""
ASKED = "<When>2024-05-01T12:00:00+03:00</When><Kind>open</Kind>"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("wsdl")
    (path / "sample.wsdl").write_text(WSDL)
    (path / "common.xsd").write_text(COMMON)
    return path


@pytest.fixture(scope="module")
def contract(folder: Path) -> Contract:
    return Contract.load(folder / "sample.wsdl", times="utc")


def served(contract: Contract, function: Any) -> Endpoint:
    return Endpoint(contract, {"Ask": function}, profile=STRICT)


def ask(endpoint: Endpoint, inner: str, version: str = "1.1", element: str = "Ask", **environ: Any) -> Answer:
    uri, kind = (SOAP11, "text/xml") if version == "1.1" else (SOAP12, "application/soap+xml")
    body = (
        f'<s:Envelope xmlns:s="{uri}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><s:Body>'
        f'<{element} xmlns="urn:sample">{inner}</{element}></s:Body></s:Envelope>'
    )
    return http(endpoint, "POST", "/sample", body.encode(), CONTENT_TYPE=kind, **environ)


def test_everything_there_and_back(contract: Contract, folder: Path) -> None:
    T = contract.types
    seen: dict[str, Any] = {}

    def function(call: Call, *, When: Any, Kind: Any, Tree: Any, Code: Any, Amount: Any) -> Any:
        seen.update(When=When, Kind=Kind, Tree=Tree, Code=Code, Amount=Amount)
        place = T["{urn:common}Place"](Il=6)
        return call.result(When=When, Kind="closed", Tree=Tree, Code=(code for code in Code), Place=place)

    tree = "<Tree><Name>a</Name><Child><Name>b</Name><Child><Name>c</Name></Child></Child></Tree>"
    answer = ask(served(contract, function), f"{ASKED}{tree}<Code>x</Code><Code>y</Code><Amount>1.50</Amount>")
    assert answer.status == 200, answer.text
    assert seen["When"] == datetime.datetime(2024, 5, 1, 9, tzinfo=datetime.UTC)
    assert seen["Tree"].Child[0].Child[0].Name == "c"
    assert seen["Code"] == ["x", "y"]
    assert seen["Amount"] == Decimal("1.50")
    expected = (
        '<Answer xmlns="urn:sample"><When>2024-05-01T09:00:00Z</When><Kind>closed</Kind>'
        f'{tree}<Code>x</Code><Code>y</Code><Place xmlns="urn:common"><Il xmlns="">6</Il></Place></Answer>'
    )
    assert expected in answer.text
    body = etree.fromstring(answer.body)[0][0]
    assert contract.validator().validate(etree.ElementTree(body))
    client = zeep.Client(str(folder / "sample.wsdl"))
    binding = client.wsdl.bindings["{urn:sample}B11"]
    reply = __import__("unittest.mock").mock.Mock(status_code=200, content=answer.body, headers={}, encoding="utf-8")
    read = binding.process_reply(client, binding.get("Ask"), reply)
    assert read.Place.Il == 6
    assert read.Tree.Child[0].Child[0].Name == "c"


@pytest.mark.parametrize(
    "inner",
    ["", "<Kind>open</Kind><When>2024-05-01T12:00:00Z</When>", ASKED + "<Fazla/>", ASKED.replace("open", "half"),
     ASKED.replace("2024", "x"), ASKED + "<Amount>x</Amount>", "<When xsi:nil='true'/><Kind>open</Kind>",
     ASKED + ASKED],
)  # fmt: skip
@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_what_the_schema_refuses_is_a_fault_with_a_path(contract: Contract, inner: str, version: str) -> None:
    answer = ask(served(contract, lambda call, **_: call.result()), inner, version)
    assert answer.status == 500
    assert ("soap:Client" if version == "1.1" else "soap:Sender") in answer.text
    assert "XML_SCHEMA: " in answer.text
    assert "XML_SCHEMA: Ask" in answer.text


def test_malformed_and_dtd_are_faults(contract: Contract) -> None:
    endpoint = served(contract, lambda call, **_: call.result())
    for body, code in ((b"<a", "XML_MALFORMED"), (b"<!DOCTYPE a><a/>", "XML_DTD_FORBIDDEN")):
        answer = http(endpoint, "POST", "/sample", body, CONTENT_TYPE="text/xml")
        assert answer.status == 500
        assert code in answer.text


def test_another_body_element_is_refused(contract: Contract) -> None:
    endpoint = served(contract, lambda call, **_: call.result())
    answer = ask(endpoint, ASKED, element="Answer", HTTP_SOAPACTION="urn:sample:Ask")
    assert "XML_SCHEMA" in answer.text


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_typed_fault(contract: Contract, version: str) -> None:
    def refuse(call: Call, **_: Any) -> Any:
        detail = call.types.Refusal(Code="CLOSED", Until=datetime.date(2030, 1, 2))
        raise SoapFault("Birim <kapalı>.", detail=detail)

    answer = ask(served(contract, refuse), ASKED, version)
    assert answer.status == 500
    detail = '<Refusal xmlns="urn:sample"><Code>CLOSED</Code><Until>2030-01-02</Until></Refusal>'
    name = "detail" if version == "1.1" else "soap:Detail"
    assert f"<{name}>{detail}</{name}>" in answer.text
    assert "Birim &lt;kapalı&gt;." in answer.text


def test_a_fault_that_the_operation_does_not_declare(contract: Contract) -> None:
    def refuse(call: Call, **_: Any) -> Any:
        raise SoapFault("Olmaz.", detail=call.types.Ticket(Id="1"))

    answer = ask(served(contract, refuse), ASKED)
    assert answer.status == 500
    assert "soap:Server" in answer.text
    assert "Ticket" not in answer.text


def test_values_are_checked_when_written(contract: Contract) -> None:
    T = contract.types
    write = contract.answer(contract.operations["Ask"])
    now = datetime.datetime.now(datetime.UTC)
    for wrong in (
        {"When": now},  # an enumeration without a value
        {"When": now, "Kind": "half"},
        {"When": now.replace(tzinfo=None), "Kind": "open"},
        {"When": now, "Kind": "open", "Tree": T.Node()},  # a required text
    ):
        with pytest.raises(ValueMisfit):
            b"".join(write(T.Answer(**wrong)))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('type="t:Kind"', 'type="t:Yok"', "Yok"),
        ("<xsd:sequence>", "<xsd:all>", "xsd:all"),
        ('use="literal"', 'use="encoded"', "literal"),
        ('element="t:Answer"', 'element="t:Yok"', "Yok"),
        ('name="Code"', 'name="class"', "class"),
        ('schemaLocation="common.xsd"', 'schemaLocation="http://127.0.0.1:18999/common.xsd"', "yerel"),
        ('schemaLocation="common.xsd"', 'schemaLocation="yok.xsd"', "yok.xsd"),
        ('type="xsd:decimal"', 'type="xsd:gYear"', "gYear"),
        ('name="Amount"', 'name="Amount" default="1"', "Amount: .*default"),
        ('name="When"', 'name="When" fixed="2024-05-01T12:00:00Z"', "When: .*fixed"),
        ('name="Refusal" type', 'name="Refusal" substitutionGroup="t:Ticket" type', "Refusal: .*substitutionGroup"),
        (
            "</xsd:complexType>\n      </xsd:element>",
            '</xsd:complexType><xsd:unique name="u"><xsd:selector xpath="t:Code" /><xsd:field xpath="." /></xsd:unique>'
            "</xsd:element>",
            "unique",
        ),
        ("<wsdl:service", "<!--", "XML"),
        ('binding="t:B12"', 'binding="t:B13"', "B13"),
        ('<wsdl:operation name="Ask">\n      <soap12', '<wsdl:operation name="Sor">\n      <soap12', "Ask"),
        ('targetNamespace="urn:sample" element', "targetNamespace=\"urn:'+x+'\" element", "ad alanı"),
    ],
)
def test_contracts_that_cannot_be_served_do_not_load(folder: Path, old: str, new: str, said: str) -> None:
    assert old in WSDL
    broken = folder / "broken.wsdl"
    broken.write_text(WSDL.replace(old, new).replace("xsd:all>", "xsd:all>"))
    if old == "<xsd:sequence>":
        broken.write_text(WSDL.replace("xsd:sequence>", "xsd:all>"))
    with pytest.raises(ContractError, match=said):
        served(Contract.load(broken), lambda call, **_: None)


def test_a_missing_file_is_named() -> None:
    with pytest.raises(ContractError, match=r"Yok\.wsdl"):
        Contract.load("Yok.wsdl")
