"""Shapes of contracts that are validated against their schema: no text comes through that the schema would refuse."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from hub.contract import STRICT, Contract, Endpoint
from hub.contract.call import Authenticate
from tests.contract.sample_service import SOAP11, SOAP12
from tests.contract.twice import ROUNDS, TEXTS, Request, Two, differ

WSDL = """<?xml version="1.0" encoding="utf-8"?>
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:strict" targetNamespace="urn:strict">
  <wsdl:types>
    <xsd:schema targetNamespace="urn:strict" elementFormDefault="qualified">
      <xsd:element name="Ask"><xsd:complexType><xsd:sequence>
        <xsd:element name="Question" type="t:Question" maxOccurs="3" />
        <xsd:element name="Numbers" type="t:Numbers" minOccurs="0" nillable="true" />
        <xsd:element name="Nothing" type="t:Nothing" minOccurs="0" />
        <xsd:element name="Flag" type="xsd:boolean" minOccurs="0" />
      </xsd:sequence></xsd:complexType></xsd:element>
      <xsd:element name="Other"><xsd:complexType><xsd:sequence>
        <xsd:element name="Word" type="xsd:token" minOccurs="0" />
        <xsd:element name="Amount" type="xsd:decimal" minOccurs="0" />
        <xsd:element name="Data" type="xsd:base64Binary" minOccurs="0" />
        <xsd:element name="Odd" type="t:Odd" minOccurs="0" />
      </xsd:sequence></xsd:complexType></xsd:element>
      <xsd:element name="Answer"><xsd:complexType><xsd:sequence>
        <xsd:element name="Ok" type="xsd:boolean" />
      </xsd:sequence></xsd:complexType></xsd:element>
      <xsd:element name="Ticket"><xsd:complexType><xsd:sequence>
        <xsd:element name="Name" type="xsd:string" minOccurs="0" />
        <xsd:element name="Number" type="xsd:int" minOccurs="0" />
      </xsd:sequence></xsd:complexType></xsd:element>
      <xsd:complexType name="Question"><xsd:sequence>
        <xsd:element name="Code" type="xsd:int" minOccurs="0" nillable="true" />
        <xsd:element name="Small" type="xsd:byte" minOccurs="0" />
        <xsd:element name="Positive" type="t:Positive" minOccurs="0" />
        <xsd:element name="Person" type="t:Person" minOccurs="0" />
        <xsd:element name="Key" type="t:Key" minOccurs="0" />
        <xsd:element name="Kind" type="t:Kind" minOccurs="0" />
        <xsd:element name="At" type="xsd:dateTime" minOccurs="0" />
        <xsd:element name="Day" type="xsd:date" minOccurs="0" />
        <xsd:element name="Text" type="xsd:string" minOccurs="0" />
        <xsd:element name="Inside" type="t:Question" minOccurs="0" maxOccurs="unbounded" />
      </xsd:sequence></xsd:complexType>
      <xsd:complexType name="Numbers"><xsd:sequence>
        <xsd:element name="Number" type="xsd:long" minOccurs="0" maxOccurs="unbounded" nillable="true" />
      </xsd:sequence></xsd:complexType>
      <xsd:complexType name="Nothing"><xsd:sequence>
        <xsd:element name="Number" type="xsd:long" minOccurs="0" />
      </xsd:sequence></xsd:complexType>
      <xsd:simpleType name="Positive"><xsd:restriction base="t:Most">
        <xsd:minExclusive value="0" />
      </xsd:restriction></xsd:simpleType>
      <xsd:simpleType name="Most"><xsd:restriction base="xsd:int">
        <xsd:maxExclusive value="1000" /><xsd:minInclusive value="-5" />
      </xsd:restriction></xsd:simpleType>
      <xsd:simpleType name="Person"><xsd:restriction base="xsd:string">
        <xsd:pattern value="[1-9][0-9]{10}" />
      </xsd:restriction></xsd:simpleType>
      <xsd:simpleType name="Key"><xsd:restriction base="xsd:string">
        <xsd:minLength value="3" /><xsd:maxLength value="5" />
      </xsd:restriction></xsd:simpleType>
      <xsd:simpleType name="Kind"><xsd:restriction base="xsd:string">
        <xsd:enumeration value="open" /><xsd:enumeration value="closed" />
      </xsd:restriction></xsd:simpleType>
      <xsd:simpleType name="Odd"><xsd:restriction base="xsd:string">
        <xsd:pattern value="a." /><xsd:pattern value="\\d+" />
      </xsd:restriction></xsd:simpleType>
    </xsd:schema>
  </wsdl:types>
  <wsdl:message name="AskIn"><wsdl:part name="parameters" element="t:Ask" /></wsdl:message>
  <wsdl:message name="OtherIn"><wsdl:part name="parameters" element="t:Other" /></wsdl:message>
  <wsdl:message name="Out"><wsdl:part name="parameters" element="t:Answer" /></wsdl:message>
  <wsdl:message name="Ticket"><wsdl:part name="Ticket" element="t:Ticket" /></wsdl:message>
  <wsdl:portType name="Port">
    <wsdl:operation name="Ask"><wsdl:input message="t:AskIn" /><wsdl:output message="t:Out" /></wsdl:operation>
    <wsdl:operation name="Other"><wsdl:input message="t:OtherIn" /><wsdl:output message="t:Out" /></wsdl:operation>
  </wsdl:portType>
  <wsdl:binding name="B" type="t:Port">
    <soap:binding transport="http://schemas.xmlsoap.org/soap/http" style="document" />
    <wsdl:operation name="Ask">
      <soap:operation soapAction="urn:strict:Ask" />
      <wsdl:input><soap:body use="literal" /><soap:header message="t:Ticket" part="Ticket" use="literal" /></wsdl:input>
      <wsdl:output><soap:body use="literal" /></wsdl:output>
    </wsdl:operation>
    <wsdl:operation name="Other">
      <soap:operation soapAction="urn:strict:Other" />
      <wsdl:input><soap:body use="literal" /></wsdl:input><wsdl:output><soap:body use="literal" /></wsdl:output>
    </wsdl:operation>
  </wsdl:binding>
  <wsdl:service name="Strict"><wsdl:port name="P" binding="t:B">
    <soap:address location="http://localhost/strict" /></wsdl:port></wsdl:service>
</wsdl:definitions>
"""


def request(inside: str, header: str = "", *, name: str = "Ask", uri: str = SOAP11) -> bytes:
    return (
        f'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="{uri}" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><s:Header>{header}</s:Header><s:Body>'
        f'<{name} xmlns="urn:strict">{inside}</{name}></s:Body></s:Envelope>'
    ).encode()


ONE = (
    "<Question><Code>5</Code><Small>7</Small><Positive>9</Positive><Person>12345678901</Person><Key>abcd</Key>"
    "<Kind>open</Kind><At>2024-05-01T10:00:00+03:00</At><Day>2024-05-01</Day><Text>a b</Text></Question>"
)
TICKET = "<Ticket xmlns='urn:strict'><Name>a</Name><Number>4</Number></Ticket><i:d xmlns:i='urn:i'>8</i:d>"
NESTED = (
    "<Question><Code xsi:nil='true'/><Text/><Inside><Code>1</Code></Inside><Inside>\n<Kind>closed</Kind>"
    "<Inside><At>2024-05-01T10:00:00</At></Inside></Inside></Question>"
)
REQUESTS: list[Request] = [
    (request(ONE, TICKET), {"action": "urn:strict:Ask"}),
    (request(NESTED + "<Question> </Question><Numbers><Number>1</Number><Number xsi:nil='1'/></Numbers>"), {}),
    (request("<Question><Text>x</Text></Question><Nothing>\n</Nothing><Flag>true</Flag>", TICKET), {}),
    (request("<Question/><Numbers></Numbers><Nothing></Nothing><Flag>0</Flag>"), {"action": '"urn:strict:Ask"'}),
    (request("<Question><Small>&#49;</Small><Kind><![CDATA[open]]></Kind><Text>5</Text></Question>"), {}),
    (request(ONE, TICKET, uri=SOAP12), {"kind": 'application/soap+xml; action="urn:strict:Ask"'}),
]
OTHERS = [
    (request(inside, name="Other"), {})
    for inside in ("<Word>a</Word>", "<Amount>1.5</Amount>", "<Data>YWJj</Data>", "<Odd>ab</Odd>")
]
BREAKING = [
    *TEXTS, b"127", b"128", b"-128", b"-5", b"0", b"999", b"1000", b"01", b"-0", b"9223372036854775807",
    b"9223372036854775808", b"12345678901234567890123", b"98765432109", b"02345678901", b"1234567890",
    b"123456789012", b"123456789a1",
    b" 12345678901", b"ab", b"abc", b"abcde", b"abcdef", b"     ", b"open ", b"closed", b"Open", b"true", b"TRUE", b"1",
    b"false", b" 1", b"yes", b"2024-05-01", b"2024-05-01Z", b"2024-02-30", b"2024-05-01T24:00:00", b"2024-05-01T10:00",
    b"2024-05-01T10:00:60", b"2024-05-01T10:00:00.1234567Z", b"2024-05-01T10:00:00.Z", b"2024-05-01T10:00:00+14:00",
    b"2024-05-01T10:00:00+14:01", b"2024-05-01T10:00:00-13:59", b"2024-05-01T10:00:00+13:60", b"0000-05-01T10:00:00",
    b"0001-01-01T00:00:00+03:00", b"9999-12-31T23:59:59-03:00", b"2023-02-29T10:00:00Z", b"12024-05-01T10:00:00",
    b"-2024-05-01T10:00:00", b"2024-05-01t10:00:00", b"2024-05-01T10:00:00z", b"2024-05-01 10:00:00", b"1.", b"a.",
]  # fmt: skip


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    path: Path = tmp_path_factory.mktemp("wsdl") / "strict.wsdl"
    path.write_text(WSDL)
    return Contract.load(path, times="utc")


def twice(contract: Contract, authenticate: Authenticate | None = lambda header, call: "somebody") -> Two:
    return Two(
        lambda functions, observe: Endpoint(
            contract, functions, authenticate=authenticate, observe=observe, profile=STRICT
        ),
        list(contract.operations),
        "/strict",
        lambda call: True,
    )


@pytest.mark.parametrize("number", range(len(REQUESTS)))
def test_a_valid_request_that_comes_again_takes_the_short_way(contract: Contract, number: int) -> None:
    two = twice(contract)
    body, options = REQUESTS[number]
    for _ in range(3):
        assert two.compare(body, options).status == 200
    assert two.shapes.hits == 2


def test_nothing_is_learned_where_everybody_is_a_stranger(contract: Contract) -> None:
    two = twice(contract, authenticate=None)
    for _ in range(3):
        assert two.compare(*REQUESTS[0]).status == 200
    assert two.shapes.hits == 0


@pytest.mark.parametrize("number", range(len(OTHERS)))
def test_types_that_only_the_schema_can_judge_are_never_read_by_shape(contract: Contract, number: int) -> None:
    two = twice(contract)
    body, options = OTHERS[number]
    for _ in range(3):
        assert two.compare(body, options).status == 200
    assert two.shapes.hits == 0


@pytest.mark.parametrize(
    "name", ["Code", "Small", "Positive", "Person", "Key", "Kind", "At", "Day", "Text", "Number", "Name"]
)
def test_every_text_of_every_type_is_judged_as_the_schema_judges_it(contract: Contract, name: str) -> None:
    two = twice(contract)
    body, options = REQUESTS[0]
    assert two.compare(body, options).status == 200
    head, _, rest = body.partition(f"<{name}>".encode())
    tail = rest[rest.index(b"</") :]
    seen = {two.compare(head + f"<{name}>".encode() + text + tail, options).status for text in BREAKING}
    assert seen == {200, 500}  # a text that is not XML is refused anywhere
    assert two.shapes.hits > 0


def test_a_header_that_could_not_be_read_is_read_when_it_can_be(contract: Contract) -> None:
    two = twice(contract)
    body, options = REQUESTS[0]
    for number in (b"x", b"x", b"4", b"5", b"x", b"6"):
        two.compare(body.replace(b"<Number>4", b"<Number>" + number), options)
    assert two.shapes.hits == 2


def test_damaged_requests_are_judged_the_same_both_ways(contract: Contract) -> None:
    two = twice(contract)
    differ(two, REQUESTS + OTHERS, BREAKING, random.Random(21), ROUNDS)
    assert two.shapes.hits > ROUNDS // 20
