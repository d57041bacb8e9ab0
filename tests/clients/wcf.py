"""A .NET client of the other kind: WCF, with the service contract that ``svcutil`` writes for an EBYS.

Debian's mono runs WCF clients, but its ``svcutil`` mixes the operations of this WSDL up. So the contract is written
here from the WSDL, as .NET's own ``svcutil`` does it: a message contract for each request and answer, the credentials
as a message header. The types are those that ``wsdl`` generates. One thing differs: mono writes message headers with
the data contract serializer in any case, so the header's type is declared for that one.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from clients.harness import HERE, NS, XSD, Dotnet
from lxml import etree

_PLAIN = {"int": "int", "string": "string", "boolean": "bool", "dateTime": "System.DateTime"}


class Wcf(Dotnet):
    """mono's ``System.ServiceModel``: ``BasicHttpBinding``, for SOAP 1.2 a text encoding without addressing."""

    kind = "wcf"

    def generate(self, served: Path) -> None:
        self.run("wsdl", "/nologo", "/protocol:SOAP", "/out:Proxy.cs", str(served))
        (self._folder / "Contract.cs").write_text("\n".join(contract(served.read_bytes())), encoding="utf-8")
        sources = ["Proxy.cs", "Contract.cs", *(str(HERE / "dotnet" / name) for name in ("Call.cs", "Wcf.cs"))]
        libraries = ("System.Web.Services", "System.ServiceModel", "System.Runtime.Serialization")
        self.run(
            "mcs", "-nologo", "-nowarn:1591", *(f"-r:{name}.dll" for name in libraries), "-main:Wcf", "-out:wcf.exe",
            *sources,
        )  # fmt: skip

    def command(self) -> list[str]:
        return ["mono", str(self._folder / "wcf.exe")]


def contract(wsdl: bytes) -> Iterator[str]:
    """C# of the service contract ``IDetsis``; the messages of an operation are ``{name}Asked`` and ``{name}Told``."""
    schema = etree.fromstring(wsdl).find(f".//{XSD}schema")
    elements = {node.get("name"): node for node in schema.iterfind(f"{XSD}element")}
    names = [name for name in elements if f"{name}Response" in elements]
    yield "using System.ServiceModel;"
    yield f'[ServiceContract(Namespace="{NS}")] public interface IDetsis {{'
    for name in names:
        yield f'[OperationContract(Action="{NS}{name}", ReplyAction="*")] [XmlSerializerFormat(SupportFaults=true)]'
        yield f"{name}Told {name}({name}Asked asked);"
    yield "}"
    for name in names:
        header = f'[MessageHeader(Namespace="{NS}")] public Credentials BbServiceAuthentication;'
        yield from _message(f"{name}Asked", elements[name], schema, header)
        yield from _message(f"{name}Told", elements[f"{name}Response"], schema, "")


def _message(kind: str, element: etree._Element, schema: etree._Element, header: str) -> Iterator[str]:
    yield f'[MessageContract(WrapperName="{element.get("name")}", WrapperNamespace="{NS}", IsWrapped=true)]'
    yield f"public class {kind} {{ {header}"
    for order, field in enumerate(element.iterfind(f".//{XSD}element")):
        prefix, _, name = field.get("type").rpartition(":")
        said = name
        if prefix != "tns":
            said = _PLAIN[name]
            if field.get("nillable") == "true":
                yield "[System.Xml.Serialization.XmlElement(IsNullable=true)]"
                said += "?"
        elif name.startswith("ArrayOf"):
            item = schema.find(f"{XSD}complexType[@name='{name}']/{XSD}sequence/{XSD}element")
            said = _PLAIN[item.get("type").rpartition(":")[2]] + "[]"
        yield f'[MessageBodyMember(Namespace="{NS}", Order={order})] public {said} {field.get("name")};'
    yield "}"
