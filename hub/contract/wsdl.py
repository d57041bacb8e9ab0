"""WSDL 1.1 as the engine needs it: document/literal operations, their headers, faults and ports."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from lxml import etree

from hub.contract.errors import ContractError
from hub.contract.schema import XSD, Complex, Element, Field, Schema, resolve

WSDL: Final = "http://schemas.xmlsoap.org/wsdl/"
SOAP11_BINDING: Final = "http://schemas.xmlsoap.org/wsdl/soap/"
SOAP12_BINDING: Final = "http://schemas.xmlsoap.org/wsdl/soap12/"
_W: Final = f"{{{WSDL}}}"

Version = Literal["1.1", "1.2"]
_BINDINGS: Final[dict[str, Version]] = {SOAP11_BINDING: "1.1", SOAP12_BINDING: "1.2"}


@dataclass(frozen=True, slots=True)
class Fault:
    """A declared fault: its name in the WSDL and the element that its detail holds."""

    name: str
    element: Element


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a contract."""

    name: str
    action: str
    input: Element
    output: Element
    headers: tuple[Element, ...]
    faults: tuple[Fault, ...]
    documentation: str

    @property
    def arguments(self) -> list[Field]:
        """The inputs, in wire order; a function takes each as a keyword argument of that name."""
        assert isinstance(self.input.type, Complex)
        return self.input.type.fields

    @property
    def result(self) -> Field | None:
        """The one element inside the answer's wrapper, or None where the wrapper holds none or several."""
        assert isinstance(self.output.type, Complex)
        fields = self.output.type.fields
        return fields[0] if len(fields) == 1 else None


@dataclass(frozen=True, slots=True)
class Port:
    """One ``wsdl:port``: its name, binding, SOAP version and the address in the file."""

    name: str
    binding: str
    version: Version
    address: str


@dataclass(slots=True)
class Description:
    """A whole WSDL."""

    path: Path
    source: bytes
    namespace: str
    service: str
    documentation: str
    schema: Schema
    ports: list[Port] = field(default_factory=list)
    operations: dict[str, Operation] = field(default_factory=dict)


def read(path: Path) -> Description:
    """Read the WSDL file ``path``. Raises :class:`~hub.contract.errors.ContractError`, which names what is wrong."""
    try:
        source = path.read_bytes()
        root = etree.fromstring(source, etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True))
        return _Reader(path, source, root).read()
    except OSError as error:
        raise ContractError(f"{path.name}: dosya okunamadı ({error.strerror})") from error
    except etree.XMLSyntaxError as error:
        raise ContractError(f"{path.name}: XML bozuk ({error.msg})") from error
    except ContractError as error:
        raise ContractError(f"{path.name}: {error.message}") from error


class _Reader:
    def __init__(self, path: Path, source: bytes, root: etree._Element) -> None:
        if root.tag != f"{_W}definitions":
            raise ContractError("kök öğe wsdl:definitions değil")
        self.root = root
        self.path = path
        self.source = source
        self.target = root.get("targetNamespace", "")
        types = root.find(f"{_W}types")
        nodes = [] if types is None else list(types.iterchildren(f"{{{XSD}}}schema"))
        self.schema = Schema(nodes, path.parent)

    def read(self) -> Description:
        services = self.root.findall(f"{_W}service")
        if len(services) != 1:
            raise ContractError(f"tek bir wsdl:service beklenirdi, {len(services)} bulundu")
        made = Description(
            self.path,
            self.source,
            self.target,
            services[0].get("name", ""),
            _documentation(services[0]) or _documentation(self.root),
            self.schema,
        )
        for node in services[0].iterchildren(f"{_W}port"):
            self._port(node, made)
        if not made.ports:
            raise ContractError("SOAP bağlamalı bir wsdl:port yok")
        return made

    def _named(self, kind: str, qname: str) -> etree._Element:
        for node in self.root.iterchildren(f"{_W}{kind}"):
            if f"{{{self.target}}}{node.get('name')}" == qname:
                return node
        raise ContractError(f"wsdl:{kind} {qname} yok")

    def _port(self, node: etree._Element, made: Description) -> None:
        for child in node.iterchildren(etree.Element):
            name = etree.QName(child)
            if name.localname == "address" and name.namespace in _BINDINGS:
                break
        else:
            return  # an HTTP GET/POST port, which no SOAP client uses
        binding_name = resolve(node, node.get("binding", ""))
        binding = self._named("binding", binding_name)
        version = _BINDINGS[name.namespace]
        made.ports.append(
            Port(node.get("name", ""), etree.QName(binding_name).localname, version, child.get("location", ""))
        )
        operations = self._operations(binding, name.namespace)
        if made.operations and made.operations != operations:
            different = sorted(
                key
                for key in made.operations.keys() | operations.keys()
                if made.operations.get(key) != operations.get(key)
            )
            raise ContractError(f"bağlantı noktaları (wsdl:port) farklı işlemler sunuyor: {', '.join(different)}")
        made.operations = operations

    def _operations(self, binding: etree._Element, soap: str) -> dict[str, Operation]:
        kind = self._named("portType", resolve(binding, binding.get("type", "")))
        bound = {node.get("name", ""): node for node in binding.iterchildren(f"{_W}operation")}
        found: dict[str, Operation] = {}
        for node in kind.iterchildren(f"{_W}operation"):
            name = node.get("name", "")
            if name in found:
                raise ContractError(f"{name}: işlem iki kez tanımlı")
            if name not in bound:
                raise ContractError(f"{name}: işlem bağlamada (binding) yok")
            found[name] = self._operation(name, node, bound[name], binding, soap)
        if extra := sorted(bound.keys() - found.keys()):
            raise ContractError(f"{', '.join(extra)}: işlem wsdl:portType içinde yok")
        return found

    def _operation(
        self, name: str, node: etree._Element, bound: etree._Element, binding: etree._Element, soap: str
    ) -> Operation:
        action = bound.find(f"{{{soap}}}operation")
        styled = action if action is not None and action.get("style") else binding.find(f"{{{soap}}}binding")
        if styled is not None and styled.get("style", "document") != "document":
            raise ContractError(f"{name}: yalnız document/literal desteklenir")
        for body in bound.iter(f"{{{soap}}}body"):
            if body.get("use") != "literal":
                raise ContractError(f"{name}: yalnız document/literal desteklenir")
        return Operation(
            name,
            "" if action is None else action.get("soapAction", ""),
            self._body(node, "input", name),
            self._body(node, "output", name),
            self._headers(bound, soap),
            tuple(
                Fault(fault.get("name", ""), self._part(resolve(fault, fault.get("message", "")), None))
                for fault in node.iterchildren(f"{_W}fault")
            ),
            _documentation(node),
        )

    def _body(self, node: etree._Element, side: str, name: str) -> Element:
        message = node.find(f"{_W}{side}")
        if message is None:
            raise ContractError(f"{name}: wsdl:{side} yok")
        element = self._part(resolve(message, message.get("message", "")), None)
        if not isinstance(element.type, Complex):
            raise ContractError(f"{name}: {element.name} öğesi bileşik tipte değil (document/literal/wrapped beklenir)")
        return element

    def _headers(self, bound: etree._Element, soap: str) -> tuple[Element, ...]:
        side = bound.find(f"{_W}input")
        if side is None:
            return ()
        return tuple(
            self._part(resolve(header, header.get("message", "")), header.get("part"))
            for header in side.iterchildren(f"{{{soap}}}header")
        )

    def _part(self, message: str, part: str | None) -> Element:
        parts = [
            node
            for node in self._named("message", message).iterchildren(f"{_W}part")
            if part is None or node.get("name") == part
        ]
        if len(parts) != 1 or parts[0].get("element") is None:
            raise ContractError(f"{message}: öğeye bağlı tek bir wsdl:part beklenirdi")
        qname = resolve(parts[0], parts[0].get("element", ""))
        element = self.schema.elements.get(qname)
        if element is None:
            raise ContractError(f"{qname}: öğe tanımlı değil")
        return element


def _documentation(node: etree._Element) -> str:
    found = node.find(f"{_W}documentation")
    return "" if found is None else " ".join("".join(str(text) for text in found.itertext()).split())
