"""The WSDL against the contract's facts, field by field, and against the schema that stands in a file of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from hub.contract import Contract
from hub.contract.contract import WSDL_FOLDER
from hub.contract.schema import Complex, Field

ROOT = Path(__file__).parents[2]
FACTS = ROOT.parent / "shared" / "kaysis" / "contract.json"
XSD_FILE = ROOT / "hub" / "xsd" / "kaysis" / "DETSISServis.xsd"
WSDL_FILE = WSDL_FOLDER / "DETSISServis.wsdl"
NS = {
    "wsdl": "http://schemas.xmlsoap.org/wsdl/",
    "xsd": "http://www.w3.org/2001/XMLSchema",
    "soap": "http://schemas.xmlsoap.org/wsdl/soap/",
    "soap12": "http://schemas.xmlsoap.org/wsdl/soap12/",
}


@pytest.fixture(scope="module")
def facts() -> dict[str, Any]:
    if not FACTS.is_file():
        pytest.skip("../shared is not here")
    found: dict[str, Any] = json.loads(FACTS.read_text())
    return found


@pytest.fixture(scope="module")
def contract() -> Contract:
    return Contract.load("DETSISServis.wsdl")


@pytest.fixture(scope="module")
def root() -> etree._Element:
    return etree.parse(WSDL_FILE).getroot()


def spelled(field: Field) -> dict[str, Any]:
    prefix = "xsd:" if field.type.qname.startswith("{http://www.w3.org/") else "tns:"
    return {
        "name": field.name,
        "type": prefix + field.type.name,
        "min": field.min,
        "max": "unbounded" if field.max is None else field.max,
        "nillable": field.nillable,
    }


def test_operations(contract: Contract, facts: dict[str, Any]) -> None:
    assert list(contract.operations) == [operation["name"] for operation in facts["operations"]]
    for fact in facts["operations"]:
        operation = contract.operations[fact["name"]]
        assert operation.action == fact["soap_action"]
        assert operation.input.qname == f"{{{facts['namespace']}}}{fact['input_element']}"
        assert [spelled(field) for field in operation.arguments] == fact["input"]
        said = fact["output"]
        assert operation.output.name == said["element"]
        assert operation.result is not None
        assert spelled(operation.result) == {
            "name": said["result_element"],
            **{key: said[key] for key in ("type", "min", "max", "nillable")},
        }
        assert [header.name for header in operation.headers] == [facts["header"]["element"]]
        assert operation.documentation


def test_types(contract: Contract, facts: dict[str, Any]) -> None:
    types = contract.description.schema.types
    assert len(types) == len(facts["types"])
    for name, fact in facts["types"].items():
        kind = types[f"{{{facts['namespace']}}}{name}"]
        assert isinstance(kind, Complex)
        assert (kind.base.name if kind.base else None) == (fact["base"] and fact["base"].removeprefix("tns:"))
        assert kind.abstract == fact["abstract"]
        assert kind.any_attribute == fact.get("any_attribute", False)
        assert [spelled(field) for field in kind.own] == fact["fields"]
        assert all(field.namespace == facts["namespace"] for field in kind.own)


def test_order_counts_and_mixed(root: etree._Element, facts: dict[str, Any]) -> None:
    schema = root.find("wsdl:types/xsd:schema", NS)
    assert schema is not None
    assert schema.get("elementFormDefault") == facts["element_form_default"]
    order = [
        ("element " if node.tag.endswith("}element") else "type ") + node.get("name", "")
        for node in schema.iterchildren(etree.Element)
    ]
    assert order == facts["schema_order"]
    counts = facts["counts"]
    assert len(schema.findall("xsd:element", NS)) == counts["global_elements"]
    assert len(schema.findall("xsd:complexType", NS)) == counts["complex_types"]
    assert len(root.findall("wsdl:message", NS)) == counts["messages"]
    for node in schema.findall("xsd:complexType", NS):
        content = node.find("xsd:complexContent", NS)
        mixed = facts["types"][node.get("name")]["mixed"]
        assert (content is None) == (mixed is None)
        assert content is None or content.get("mixed") == str(mixed).lower()


def test_messages_ports_and_bindings(root: etree._Element, facts: dict[str, Any]) -> None:
    assert root.get("targetNamespace") == facts["namespace"]
    names = facts["message_names"]
    parts = {
        node.get("name"): [(part.get("name"), part.get("element")) for part in node]
        for node in root.findall("wsdl:message", NS)
    }
    expected = {}
    for operation in facts["operations"]:
        name = operation["name"]
        expected[names["input"].format(operation=name)] = [(names["body_part"], f"tns:{name}")]
        expected[names["output"].format(operation=name)] = [(names["body_part"], f"tns:{name}Response")]
        expected[names["header"].format(operation=name)] = [(names["header_part"], "tns:BbServiceAuthentication")]
    assert parts == expected
    assert [node.get("name") for node in root.findall("wsdl:portType", NS)] == [facts["port_type"]]
    service = root.find("wsdl:service", NS)
    assert service is not None
    assert service.get("name") == facts["service"]
    for port, fact in zip(service.findall("wsdl:port", NS), facts["ports"], strict=True):
        soap = "soap" if fact["soap_version"] == "1.1" else "soap12"
        assert (port.get("name"), port.get("binding")) == (fact["name"], fact["binding"])
        address = port.find(f"{soap}:address", NS)
        assert address is not None
        assert address.get("location", "").endswith(fact["path"])
        assert address.get("location", "").startswith(fact["scheme_in_wsdl"] + ":")
        binding = next(b for b in root.findall("wsdl:binding", NS) if f"tns:{b.get('name')}" == fact["binding"])
        kind = binding.find(f"{soap}:binding", NS)
        assert kind is not None
        assert kind.get("transport") == facts["transport"]
        for operation in binding.findall("wsdl:operation", NS):
            name = operation.get("name")
            action = operation.find(f"{soap}:operation", NS)
            assert action is not None
            assert action.get("style") == facts["style"]
            assert action.get("soapAction") == facts["soap_action"].format(operation=name)
            header = operation.find(f"wsdl:input/{soap}:header", NS)
            assert header is not None
            assert header.get("message") == f"tns:{name}BbServiceAuthentication"
            assert header.get("part") == names["header_part"]
            assert header.get("use") == facts["use"]
            assert header.get(f"{{{NS['wsdl']}}}required") is None
            assert operation.find(f"wsdl:output/{soap}:header", NS) is None
            for body in operation.iter(f"{{{NS[soap]}}}body"):
                assert body.get("use") == facts["use"]


def test_schema_file_says_what_the_wsdl_says(root: etree._Element) -> None:
    inline = root.find("wsdl:types/xsd:schema", NS)
    assert inline is not None

    def shape(node: etree._Element) -> Any:
        return node.tag, sorted(node.attrib.items()), [shape(child) for child in node.iterchildren(etree.Element)]

    assert shape(inline) == shape(etree.parse(XSD_FILE).getroot())


def test_schema_compiles(contract: Contract) -> None:
    etree.XMLSchema(etree.parse(XSD_FILE))
    contract.validator()
