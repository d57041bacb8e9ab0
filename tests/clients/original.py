"""The contract's WSDL as its original platform writes it, made from the recorded facts and from nothing of the hub's.

What is generated from it is what stands in the field. ``older`` gives the version before: 25 operations, and the two
HTTP ports that it still had.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FACTS = Path(__file__).parents[3] / "shared" / "kaysis" / "contract.json"
_HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    '<wsdl:definitions xmlns:tm="http://microsoft.com/wsdl/mime/textMatching/"'
    ' xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/" xmlns:mime="http://schemas.xmlsoap.org/wsdl/mime/"'
    ' xmlns:tns="{ns}" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:s="http://www.w3.org/2001/XMLSchema"'
    ' xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" xmlns:http="http://schemas.xmlsoap.org/wsdl/http/"'
    ' targetNamespace="{ns}" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/">'
)


class Original:
    """The contract of ``facts``, written for a service at ``address``."""

    def __init__(self, facts: dict[str, Any], address: str, *, older: bool = False) -> None:
        self._facts = facts
        self._address = address
        self._past = facts["older_version"] if older else None
        self._http = self._past["http_get_post"] if self._past else {"operations": [], "extra_global_elements": []}
        missing = set(self._past["operations_missing"]) if self._past else set()
        self._different = (
            {one["name"]: one["input_there"] for one in self._past["operations_different"]} if older else {}
        )
        self.operations = [one for one in facts["operations"] if one["name"] not in missing]

    def wsdl(self) -> bytes:
        """The whole file."""
        lines = [_HEAD.format(ns=self._facts["namespace"]), *self._types(), *self._messages(), *self._port_types()]
        lines += [*self._bindings(), *self._service(), "</wsdl:definitions>"]
        return "\n".join(lines).encode()

    def _input(self, operation: dict[str, Any]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._different.get(operation["name"], operation["input"])
        return found

    # The schema --------------------------------------------------------------------------------------------------

    def _types(self) -> Iterator[str]:
        facts = self._facts
        yield "<wsdl:types>"
        yield f'<s:schema elementFormDefault="{facts["element_form_default"]}" targetNamespace="{facts["namespace"]}">'
        elements = {facts["header"]["element"]: self._typed(facts["header"]["element"], facts["header"]["type"])}
        for one in self.operations:
            elements[one["input_element"]] = self._wrapper(one["input_element"], self._input(one))
            said = one["output"]
            elements[said["element"]] = self._wrapper(said["element"], [{**said, "name": said["result_element"]}])
        gone = set(self._past["types_missing"]) if self._past else set()
        for entry in facts["schema_order"]:
            kind, _, name = entry.partition(" ")
            if kind == "element" and name in elements:
                yield elements[name]
            elif kind == "type" and name not in gone:
                yield self._complex(name)
        for extra in self._http["extra_global_elements"]:
            yield f'<s:element name="{extra["name"]}" nillable="true" type="{extra["type"]}" />'
        yield "</s:schema></wsdl:types>"

    @staticmethod
    def _typed(name: str, kind: str) -> str:
        return f'<s:element name="{name}" type="{kind}" />'

    def _wrapper(self, name: str, fields: list[dict[str, Any]]) -> str:
        if not fields:
            return f'<s:element name="{name}"><s:complexType /></s:element>'
        return f'<s:element name="{name}"><s:complexType>{self._sequence(fields)}</s:complexType></s:element>'

    @staticmethod
    def _sequence(fields: list[dict[str, Any]]) -> str:
        said = "".join(
            f'<s:element minOccurs="{field["min"]}" maxOccurs="{field["max"]}" name="{field["name"]}"'
            + (' nillable="true"' if field["nillable"] else "")
            + f' type="{field["type"].replace("xsd:", "s:")}" />'
            for field in fields
        )
        return f"<s:sequence>{said}</s:sequence>"

    def _complex(self, name: str) -> str:
        fact = self._facts["types"][name]
        inner = self._sequence(fact["fields"]) if fact["fields"] else ""
        if fact.get("any_attribute"):
            inner += "<s:anyAttribute />"
        if fact["base"]:
            inner = f'<s:extension base="{fact["base"]}">{inner}</s:extension>'
            inner = f'<s:complexContent mixed="{str(fact["mixed"]).lower()}">{inner}</s:complexContent>'
        abstract = ' abstract="true"' if fact["abstract"] else ""
        return f'<s:complexType name="{name}"{abstract}>{inner}</s:complexType>'

    # Messages, port types, bindings, service ---------------------------------------------------------------------

    def _messages(self) -> Iterator[str]:
        names = self._facts["message_names"]
        for one in self.operations:
            name = one["name"]
            for key, part, element in (
                ("input", "body_part", one["input_element"]),
                ("output", "body_part", one["output"]["element"]),
                ("header", "header_part", self._facts["header"]["element"]),
            ):
                yield f'<wsdl:message name="{names[key].format(operation=name)}">'
                yield f'<wsdl:part name="{names[part]}" element="tns:{element}" /></wsdl:message>'
        for verb in ("Get", "Post"):
            for one in self._by_http():
                yield f'<wsdl:message name="{one["name"]}Http{verb}In">'
                for field in self._input(one):
                    yield f'<wsdl:part name="{field["name"]}" type="s:string" />'
                yield f'</wsdl:message><wsdl:message name="{one["name"]}Http{verb}Out">'
                yield f'<wsdl:part name="Body" element="{one["output"]["type"]}" /></wsdl:message>'

    def _by_http(self) -> Iterator[dict[str, Any]]:
        return (one for one in self.operations if one["name"] in self._http["operations"])

    def _port_types(self) -> Iterator[str]:
        yield f'<wsdl:portType name="{self._facts["port_type"]}">'
        names = self._facts["message_names"]
        for one in self.operations:
            name = one["name"]
            given, told = (names[key].format(operation=name) for key in ("input", "output"))
            yield f'<wsdl:operation name="{name}"><wsdl:input message="tns:{given}" />'
            yield f'<wsdl:output message="tns:{told}" /></wsdl:operation>'
        yield "</wsdl:portType>"
        for verb in ("Get", "Post") if self._past else ():
            yield f'<wsdl:portType name="{self._facts["service"]}Http{verb}">'
            for one in self._by_http():
                name = one["name"]
                yield f'<wsdl:operation name="{name}"><wsdl:input message="tns:{name}Http{verb}In" />'
                yield f'<wsdl:output message="tns:{name}Http{verb}Out" /></wsdl:operation>'
            yield "</wsdl:portType>"

    def _bindings(self) -> Iterator[str]:
        facts = self._facts
        names = facts["message_names"]
        for port in facts["ports"]:
            soap = "soap" if port["soap_version"] == "1.1" else "soap12"
            yield f'<wsdl:binding name="{port["name"]}" type="tns:{facts["port_type"]}">'
            yield f'<{soap}:binding transport="{facts["transport"]}" />'
            for one in self.operations:
                header = names["header"].format(operation=one["name"])
                yield (
                    f'<wsdl:operation name="{one["name"]}"><{soap}:operation soapAction="{one["soap_action"]}"'
                    f' style="{facts["style"]}" /><wsdl:input><{soap}:body use="{facts["use"]}" />'
                    f'<{soap}:header message="tns:{header}" part="{names["header_part"]}" use="{facts["use"]}" />'
                    f'</wsdl:input><wsdl:output><{soap}:body use="{facts["use"]}" /></wsdl:output></wsdl:operation>'
                )
            yield "</wsdl:binding>"
        for verb in ("Get", "Post") if self._past else ():
            name = f"{facts['service']}Http{verb}"
            yield f'<wsdl:binding name="{name}" type="tns:{name}"><http:binding verb="{verb.upper()}" />'
            sent = (
                "<http:urlEncoded />" if verb == "Get" else '<mime:content type="application/x-www-form-urlencoded" />'
            )
            for one in self._by_http():
                yield f'<wsdl:operation name="{one["name"]}"><http:operation location="/{one["name"]}" />'
                yield f'<wsdl:input>{sent}</wsdl:input><wsdl:output><mime:mimeXml part="Body" /></wsdl:output>'
                yield "</wsdl:operation>"
            yield "</wsdl:binding>"

    def _service(self) -> Iterator[str]:
        yield f'<wsdl:service name="{self._facts["service"]}">'
        for port in self._facts["ports"]:
            soap = "soap" if port["soap_version"] == "1.1" else "soap12"
            yield f'<wsdl:port name="{port["name"]}" binding="{port["binding"]}">'
            yield f'<{soap}:address location="{self._address}" /></wsdl:port>'
        for port in self._past["ports"][2:] if self._past else ():
            yield f'<wsdl:port name="{port["name"]}" binding="{port["binding"]}">'
            yield f'<http:address location="{self._address}" /></wsdl:port>'
        yield "</wsdl:service>"


def facts() -> dict[str, Any]:
    """The recorded contract. Raises FileNotFoundError where the facts are not beside the project."""
    found: dict[str, Any] = json.loads(FACTS.read_text(encoding="utf-8"))
    return found
