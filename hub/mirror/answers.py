"""Saved SOAP answers of a KAYSİS-contract endpoint, read row by row.

One file holds one answer of any of the contract's operations, in SOAP 1.1 or 1.2, with any prefixes, its elements in
any order. Rows are read by the WSDL's types (:meth:`hub.contract.Contract.reader`); what they mean for the registry
stands in :mod:`hub.mirror.meaning`. A file may have gigabytes: one row at a time is held.

Some answers do not say what they were asked: a package version comes without the institution's number. Then the number
stands in the file's name (``KurumEypVersiyonuGetir.10000123.xml``), or the saved request beside it does
(``answer.xml`` and ``answer.request.xml``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple, cast

from lxml import etree

from hub import limits
from hub.contract import Contract
from hub.contract.errors import Refused, Unreadable
from hub.contract.schema import Complex, Element
from hub.contract.wsdl import Operation
from hub.errors import HubError
from hub.mirror import meaning, whole
from hub.mirror.known import Known
from hub.mirror.source import ImportFileError, Plan, Refusal, Row
from hub.store.personal import Keys, Tckn
from hub.turkish import valid_tckn

WSDL: Final = "DETSISServis.wsdl"
REQUEST_ENDINGS: Final = (".request.xml", ".istek.xml")
ENVELOPES: Final = frozenset({"http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"})
_NUMBER: Final = re.compile(r"(?:^|[.\-_])([1-9][0-9]{7})(?=[.\-_]|$)")
_HEAD: Final = 65_536
_NO_DTD: Final = "belge türü bildirimi (DOCTYPE) kabul edilmez"
_NOT_XML: Final = "dosya düzgün bir XML belgesi değil"
_LABEL: Final = re.compile(rb"""^\s*<\?xml[^>]*\bencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")


class Asked(NamedTuple):
    """What the answer was asked, as far as it is known."""

    number: int | None = None
    """The DETSİS number asked for, or the caller's where the operation answers for the caller."""
    since: bool = False
    """Whether only changes since a date were asked for."""
    numbers: tuple[int, ...] = ()
    """All numbers asked for, where the operation takes a list."""
    tckn: Tckn | None = None
    """The T.C. kimlik no asked for: it belongs to the person of every row, which does not carry it."""


@cache
def contract() -> Contract:
    """The KAYSİS contract."""
    return Contract.load(WSDL)


class Answer:
    """One saved answer. Raises :class:`~hub.mirror.source.ImportFileError` for a file that is none."""

    def __init__(self, path: Path, keys: Keys, known: Known) -> None:
        self.path = path
        self._operation = _operation(path)
        self.label = self._operation.name
        self._asked = _asked(path, self._operation)
        self._keys, self._known = keys, known
        if meaning.needs_number(self.label) and self._asked.number is None:
            raise ImportFileError(
                f"{path.name}: bu yanıt hangi kurumun olduğunu söylemiyor; dosyaya"
                f" {self.label}.10000123.xml gibi bir ad verin ya da isteği {path.stem}.request.xml olarak ekleyin"
            )

    def rows(self, progress: Callable[[int], None]) -> Iterator[Row | Refusal]:
        """The facts of every row of the answer."""
        kind = _row_type(self._operation)
        read = contract().reader(kind)
        means = meaning.Meaning(self.label, self._asked.number, self._keys, self._known, self._asked.tckn)
        for number, element in enumerate(self._items(progress), 1):
            line, place = _line(element), f"kayıt {number}"
            try:
                for fact in means.facts(read(element)):
                    yield Row(line, place, fact.kind, fact.facts, fact.implied)
            except (meaning.Unusable, HubError) as error:
                reason = error.message if isinstance(error, HubError) else str(error)
                if isinstance(error, Unreadable):  # whose own words are the platform's, for clients
                    reason = f"Okunamayan değer: {etree.QName(error.element).localname}"
                yield Refusal(line, place, reason, self._owner(element))

    def _owner(self, element: etree._Element) -> int | None:
        namespace = contract().namespace
        return whole.owner(self.label, self._asked.number, lambda name: element.findtext(f"{{{namespace}}}{name}"))

    def plan(self) -> Plan:
        """Which lists the answer is the whole of."""
        return Plan(whole.vanishing(self.label, self._asked.number, self._asked.since), orphans=True)

    def _items(self, progress: Callable[[int], None]) -> Iterator[etree._Element]:
        """The elements that are rows: the items of ``Sonuclar``, or ``Sonuclar`` itself where it is no list."""
        result = self._operation.result
        assert result is not None
        assert isinstance(result.type, Complex)
        field = next(item for item in result.type.fields if item.name == "Sonuclar")
        assert isinstance(field.type, Complex)
        item = field.type.item
        tag, depth = (field.tag, 5) if item is None else (item.tag, 6)
        flags = f"{{{contract().namespace}}}SonucHatali", f"{{{contract().namespace}}}HataMsj"
        failed, message = False, ""
        for level, element in _walk(self.path, progress, depth):
            if level == 5 and element.tag == flags[0]:
                failed = (element.text or "").strip() in {"true", "1"}
            elif level == 5 and element.tag == flags[1]:
                message = (element.text or "").strip()
            elif level == depth and element.tag == tag:
                yield element
        if failed:
            raise ImportFileError(f"{self.path.name}: yanıt bir hata bildiriyor: {message or 'nedeni yazılmamış'}")


def _walk(path: Path, progress: Callable[[int], None], depth: int) -> Iterator[tuple[int, etree._Element]]:
    """Elements that end at level ``depth`` or one above the answer's rows, each complete, then forgotten."""
    level = held = 0
    with path.open("rb") as file:
        events = etree.iterparse(
            _Told(file, progress),
            events=("start", "end"),
            remove_comments=True,
            remove_pis=True,
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            huge_tree=False,
        )
        try:
            for event, element in events:
                if event == "start":
                    level += 1
                    held += level > depth
                    _check_start(path, level, element, held)
                    continue
                if level in {5, depth}:
                    yield level, element
                if level <= depth:
                    held = 0
                    element.clear()
                    parent = element.getparent()
                    if parent is not None:
                        while element.getprevious() is not None:
                            del parent[0]
                level -= 1
        except etree.XMLSyntaxError as error:
            raise ImportFileError(
                f"{path.name}: satır {error.lineno or 0}: dosya düzgün bir XML belgesi değil"
            ) from None


def _check_start(path: Path, level: int, element: etree._Element, held: int) -> None:
    if level == 1 and element.getroottree().docinfo.internalDTD is not None:
        raise ImportFileError(f"{path.name}: {_NO_DTD}")
    if level > limits.XML_DEPTH or held > limits.IMPORT_ITEM_ELEMENTS or len(element.attrib) > limits.XML_ATTRIBUTES:
        raise ImportFileError(f"{path.name}: satır {_line(element)}: XML izin verilenden derin ya da büyük")


class _Told:
    """A file that tells how much of it was read, for lxml, which asks for ``read`` only."""

    def __init__(self, file: BinaryIO, progress: Callable[[int], None]) -> None:
        self._file = file
        self._progress = progress

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(limits.IMPORT_BLOCK if size < 0 else size)
        self._progress(len(block))
        return block


def _line(element: etree._Element) -> int:
    found = cast(int | None, element.sourceline)
    return found or 0


def _tag(element: Element) -> str:
    return f"{{{element.namespace}}}{element.name}"


def is_request(path: Path) -> bool:
    """Whether the file's name says that it is a saved request."""
    return path.name.endswith(REQUEST_ENDINGS)


def _operation(path: Path) -> Operation:
    """The operation whose answer the file holds, by the first element of its body."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in head:
        raise ImportFileError(f"{path.name}: dosyanın kodlaması UTF-8 değil")
    label = _LABEL.match(head.removeprefix(b"\xef\xbb\xbf"))
    if label and label[1].lower() not in {b"utf-8", b"us-ascii"}:
        raise ImportFileError(f"{path.name}: dosyanın kodlaması UTF-8 değil ({label[1].decode()})")
    if b"<!DOCTYPE" in head.upper():
        raise ImportFileError(
            f"{path.name}: belge türü bildirimi (DOCTYPE) kabul edilmez; dosya bir HTML sayfası olabilir"
        )
    answers = {_tag(operation.output): operation for operation in contract().operations.values()}
    parser = etree.XMLPullParser(("start",), resolve_entities=False, load_dtd=False, no_network=True)
    found: list[etree._Element] = []
    try:
        parser.feed(head)
        for _, element in cast(Iterator[tuple[str, etree._Element]], parser.read_events()):
            found.append(element)
            if len(found) == 1 and etree.QName(element).namespace not in ENVELOPES:
                break
            parent = element.getparent()
            if parent is not None and etree.QName(parent).localname == "Body" and parent.getparent() is not None:
                if etree.QName(element).localname == "Fault":
                    raise ImportFileError(f"{path.name}: dosya bir yanıt değil, bir SOAP hatası (Fault) içeriyor")
                if element.tag in answers:
                    return answers[element.tag]
                raise ImportFileError(f"{path.name}: {etree.QName(element).localname} bu sözleşmenin bir yanıtı değil")
    except etree.XMLSyntaxError as error:
        raise ImportFileError(f"{path.name}: satır {error.lineno or 0}: {_NOT_XML}") from None
    raise ImportFileError(f"{path.name}: dosya bir SOAP yanıtı değil")


def _row_type(operation: Operation) -> str:
    assert operation.result is not None
    assert isinstance(operation.result.type, Complex)
    field = next(item for item in operation.result.type.fields if item.name == "Sonuclar")
    assert isinstance(field.type, Complex)
    kind = field.type if field.type.item is None else field.type.item.type
    assert isinstance(kind, Complex)
    return kind.qname


def _asked(path: Path, operation: Operation) -> Asked:
    """What the saved request beside the file asked, else what the file's name says."""
    for ending in REQUEST_ENDINGS:
        beside = path.with_name(path.name.removesuffix(".xml") + ending)
        if beside.exists():
            return _requested(beside, operation)
    numbers = tuple(int(found) for found in _NUMBER.findall(path.name.removesuffix(".xml")))
    since = re.search(r"[.\-_]since[.\-_]", path.name) is not None
    return Asked(numbers[0] if numbers else None, since, numbers)


def _requested(path: Path, operation: Operation) -> Asked:
    if path.stat().st_size > limits.SOAP_BODY:
        raise ImportFileError(f"{path.name}: istek izin verilenden büyük")
    data = path.read_bytes()
    if b"<!DOCTYPE" in data:
        raise ImportFileError(f"{path.name}: {_NO_DTD}")
    try:
        root = etree.fromstring(
            data, etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
        )
    except etree.XMLSyntaxError:
        raise ImportFileError(f"{path.name}: istek düzgün bir XML belgesi değil") from None
    body = next(iter(root.iter(_tag(operation.input))), None)
    if body is None:
        raise ImportFileError(f"{path.name}: {operation.name} isteği içermiyor")
    assert isinstance(operation.input.type, Complex)
    try:
        given: dict[str, Any] = contract().readers.arguments(operation.input.type)(body)
    except Refused as error:
        raise ImportFileError(f"{path.name}: {error.message}") from None
    plain = [value for value in given.values() if isinstance(value, int) and not isinstance(value, bool)]
    listed = [value for value in given.values() if isinstance(value, list)]
    caller = root.findtext(f".//{{{contract().namespace}}}KurumID", "").strip()
    numbers = tuple(value for value in (listed[0] if listed else plain[:1]) if isinstance(value, int))
    if meaning.is_callers(operation.name):
        numbers = (int(caller),) if caller.isdecimal() else ()
    since = any(isinstance(value, datetime) for value in given.values())
    asked = (given.get("TCKimlikNo") or "").strip()
    return Asked(numbers[0] if numbers else None, since, numbers, Tckn(asked) if valid_tckn(asked) else None)
