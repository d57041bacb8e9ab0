"""A contract: one WSDL, loaded, with everything that is made from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final, Literal

from lxml import etree

from hub import limits
from hub.contract import models, soap, values, wsdl
from hub.contract.columns import Columns, Rows
from hub.contract.errors import ContractError
from hub.contract.reader import Readers
from hub.contract.schema import Complex, Field
from hub.contract.values import Kind
from hub.contract.writer import Rendered, Writers
from hub.contract.wsdl import Operation, Version

WSDL_FOLDER: Final = Path(__file__).parents[1] / "wsdl"
"""Where the hub's contracts stand."""

_ROWS: Final = 1_000
"""Rows that a row writer joins into one fragment."""


class Contract:
    """One WSDL with its types, readers and writers.

    ``types`` holds the model classes by wire name; ``operations`` the operations by name, in the order of the WSDL.
    """

    def __init__(self, description: wsdl.Description, times: Literal["local", "utc"]) -> None:
        self.description = description
        self.name = description.service
        self.namespace = description.namespace
        self.operations: dict[str, Operation] = description.operations
        self.kinds: dict[str, Kind] = {
            **values.KINDS,
            "dateTime": values.LOCAL_TIME if times == "local" else values.UTC_TIME,
        }
        schema = description.schema
        elements = schema.elements.values()
        anonymous = [item.type for item in elements if isinstance(item.type, Complex) and item.type.anonymous]
        self.classes = models.build(schema, anonymous)
        named = {kind.qname: self.classes[id(kind)] for kind in schema.types.values() if isinstance(kind, Complex)}
        wrappers = {kind.qname: self.classes[id(kind)] for kind in anonymous if kind.qname not in named}
        self.types = models.Types(named | wrappers)
        self.writers = Writers(self.classes, self.kinds)
        self.readers = Readers(self.classes, self.kinds, limits.SOAP_LIST_ITEMS)
        self._items = self._find_items()
        self._renderers: dict[tuple[str, str | None], Callable[[Any], str]] = {}
        self._results: dict[str, Any] = {}

    @classmethod
    def load(cls, path: str | Path, *, times: Literal["local", "utc"] = "local") -> Contract:
        """Load the WSDL at ``path`` (a bare file name is looked for in ``hub/wsdl``).

        ``times`` says how ``dateTime`` values stand on the wire: ``local`` is Türkiye's wall clock without zone, read
        as and written from naive ``datetime`` values (aware ones are converted when written); ``utc`` is UTC with
        ``Z``, read as and written from aware values.

        Raises :class:`~hub.contract.errors.ContractError`, whose message names the construct that is wrong.
        """
        path = Path(path)
        if not path.is_absolute() and path.parent == Path():
            path = WSDL_FOLDER / path
        return cls(wsdl.read(path), times)

    # Types ---------------------------------------------------------------------------------------------------------

    def kind(self, name: str) -> Complex:
        """The complex type called ``name`` (a wire name, or ``{namespace}name``). Raises
        :class:`~hub.contract.errors.ContractError` where none or several are called so."""
        found = [
            kind
            for qname, kind in self.description.schema.types.items()
            if isinstance(kind, Complex) and name in {qname, kind.name}
        ]
        if len(found) != 1:
            raise ContractError(f"{name}: sözleşmede bu adla {len(found)} tip var")
        return found[0]

    def result_class(self, operation: Operation) -> Any:
        """Model class of ``operation``'s result, or of the whole answer's wrapper where it is not one element.

        None where the result is a simple value.
        """
        found = self._results.get(operation.name)
        if found is None:
            kind = operation.output.type if operation.result is None else operation.result.type
            found = self._results[operation.name] = self.classes.get(id(kind))
        return found

    def _find_items(self) -> dict[str, list[tuple[Field, str]]]:
        """For every type that is an item of an array: the item's field and the namespace around it."""
        found: dict[str, list[tuple[Field, str]]] = {}
        for kind in self.description.schema.types.values():
            if isinstance(kind, Complex):
                for item in kind.own:
                    if item.repeated and isinstance(item.type, Complex):
                        entry = (item, kind.namespace)
                        places = found.setdefault(item.type.qname, [])
                        if all(place[0].tag != item.tag for place in places):
                            places.append(entry)
        return found

    def _item(self, name: str, element: str | None) -> tuple[Field, str]:
        places = self._items.get(self.kind(name).qname, [])
        if element is not None:
            places = [place for place in places if place[0].name == element]
        if len(places) != 1:
            known = ", ".join(place[0].name for place in places) or "yok"
            raise ContractError(f"{name}: liste öğesi olarak tek bir adı olmalı (bulunan: {known})")
        return places[0]

    # Writing -------------------------------------------------------------------------------------------------------

    def render(self, name: str, value: Any, *, element: str | None = None) -> Rendered:
        """``value``, an instance of the type ``name``, as one array item, ready to be put into an array field.

        ``element`` chooses among several item names that the type may have. Raises
        :class:`~hub.contract.errors.ValueMisfit` for a value that does not fit.
        """
        write = self._renderers.get((name, element))
        if write is None:
            item, around = self._item(name, element)
            write = self._renderers[name, element] = self.writers.element(item, around)
        return Rendered(write(value).encode())

    def row_writer(self, name: str, columns: Columns, *, element: str | None = None) -> RowWriter:
        """A writer of rows, each a sequence of the values of ``columns`` (field names of the type ``name``, in the
        row's order), straight into array items; no instances are made. Fields not named keep their default. A column
        (name, columns) is a complex field whose value is None or a row of its own."""
        item, around = self._item(name, element)
        return RowWriter(self.writers.rows(item, columns, around))

    def field_writer(self, name: str, field: str, *, element: str | None = None) -> Callable[[Any], str]:
        """A writer of one field as it stands inside the type ``name``, from a value of the field or None."""
        return self.writers.field(self._item(name, element)[0], field)

    def answer(self, operation: Operation) -> Callable[[Any], Iterator[bytes]]:
        """A generator function of the XML inside the answer's wrapper, from a function's result."""
        if operation.result is not None:
            return self.writers.pieces(operation.result, operation.output.namespace)
        wrapper = operation.output.type
        assert isinstance(wrapper, Complex)
        write = self.writers.content(wrapper, operation.output.namespace)
        made = self.classes[id(wrapper)]

        def pieces(value: Any) -> Iterator[bytes]:
            yield write(made() if value is None else value).encode()

        return pieces

    def wrapping(self, operation: Operation, version: Version) -> soap.Wrapping:
        """What stands around that XML in an answer of SOAP ``version``."""
        return soap.wrapping(version, operation.output.name, operation.output.namespace)

    def reader(self, name: str) -> Callable[[etree._Element], Any]:
        """A reader of elements of the type ``name`` into model instances, for what another endpoint of the contract
        answered. It reads as requests are read; raises :class:`~hub.contract.errors.Unreadable`."""
        return self.readers.value(self.kind(name))

    # Validating ----------------------------------------------------------------------------------------------------

    def validator(self) -> etree.XMLSchema:
        """The contract's own schema, compiled; validates a body element or a whole answer's body element.

        Each call makes a new object: lxml's validators keep their error log, so threads must not share one. Raises
        :class:`~hub.contract.errors.ContractError` where the WSDL has not exactly one schema inside.
        """
        documents = self.description.schema.documents
        inline = [node for node in documents if node.getroottree().getroot().tag == f"{{{wsdl.WSDL}}}definitions"]
        if len(inline) != 1:
            raise ContractError(f"{self.description.path.name}: doğrulama için tek bir satır içi şema gerekir")
        return etree.XMLSchema(etree.ElementTree(_standing_alone(inline[0], self.description.path)))


class RowWriter:
    """Writes rows into array items. Made by :meth:`Contract.row_writer`."""

    __slots__ = ("_single", "_write")

    def __init__(self, write: Rows) -> None:
        self._write = write
        self._single = write.single

    def __call__(self, row: Sequence[Any]) -> Rendered:
        """One row as one item."""
        return Rendered(self._single(row).encode())

    def block(self, rows: Sequence[Sequence[Any]]) -> Rendered:
        """Many rows as one fragment."""
        return Rendered(self._write(rows).encode())

    def many(self, rows: Iterable[Any]) -> Iterator[Rendered]:
        """All ``rows``, a thousand items a fragment; put the iterator itself into the array field."""
        rows = iter(rows)
        while held := list(islice(rows, _ROWS)):
            yield Rendered(self._write(held).encode())


def _standing_alone(schema: etree._Element, path: Path) -> etree._Element:
    """A copy of an inline schema with the prefixes that it uses from around it, and its own base address."""
    copy = etree.Element(schema.tag, nsmap={key: uri for key, uri in schema.nsmap.items() if key})
    for name, value in schema.attrib.items():
        copy.set(name, value)
    for child in schema:
        copy.append(etree.fromstring(etree.tostring(child)))
    copy.base = path.absolute().as_uri()
    return copy
