"""Refusals and failures in the protocol's words: which status, code and text each becomes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any, Final
from xml.parsers import expat

from lxml import etree

from hub.contract import soap
from hub.contract.contract import Contract
from hub.contract.errors import (
    BodyTooLarge,
    BodyTooSlow,
    Malformed,
    NotUnderstood,
    Refused,
    SoapFault,
    UnknownAction,
    Unreadable,
    UnsupportedMedia,
    ValueMisfit,
    VersionMismatch,
)
from hub.contract.profile import Profile
from hub.contract.reader import path_of
from hub.contract.schema import Complex, Field
from hub.contract.wsdl import Version
from hub.errors import HubError

READ: Final = "Server was unable to read request. ---> {}"
SERVER: Final = "Server was unable to process request. ---> {}"
_PLACE: Final = "There is an error in XML document ({}, {}). ---> {}"
_MISMATCH: Final = (
    "Possible SOAP version mismatch: Envelope namespace {} was unexpected. "
    "Expecting http://schemas.xmlsoap.org/soap/envelope/."
)

Writers = dict[tuple[str, type], Callable[[Any], str]]
Typed = Callable[[Any, HubError], SoapFault]
"""The contract's types and an expected error to the fault that tells of it."""


def refusal(
    error: Refused, version: Version, body: bytes, profile: Profile, detail: Callable[[], str]
) -> tuple[int, bytes]:
    """Status and body of the answer to a refused request; ``body`` is the request's, for positions in it. ``detail``
    gives the XML inside the detail, which SOAP allows for what is wrong with the body only, not with the envelope or
    its header."""
    match error:
        case BodyTooLarge():
            return 413, b""
        case BodyTooSlow():
            return 408, b""
        case UnsupportedMedia():
            return 415, b""
        case Malformed() if profile.malformed_is_bare:
            return 400, b""
        case VersionMismatch():
            text = _MISMATCH.format(error.message)
            return 500, soap.coded_fault("1.1", "VersionMismatch", text, "<detail />", soap.UPGRADE)
        case NotUnderstood():
            return 500, soap.coded_fault(version, "MustUnderstand", error.message, "")
        case UnknownAction():
            text = error.message
        case Unreadable():
            line, column = position(body, error.element)
            text = READ.format(_PLACE.format(line, column, error.reason))
            if profile.strict:
                text += f" ({path_of(error.element)})"
        case _:
            text = READ.format(f"{error.code}: {error.message}")
    return 500, soap.fault(version, "client", text, detail())


def position(body: bytes, element: etree._Element) -> tuple[int, int]:
    """Line and column (from 1) of what follows ``element`` in the request: where the original platform's reader
    stands when it gives a value up."""
    wanted = _number(element)
    line: Any = element.sourceline  # where nothing better is found
    finder = _Finder(wanted, line or 1)
    parser = expat.ParserCreate()
    parser.StartElementHandler = finder.start
    parser.EndElementHandler = finder.end
    finder.parser = parser
    with contextlib.suppress(expat.ExpatError, _Found):
        parser.Parse(body, True)
    return finder.line, finder.column


def _number(element: etree._Element) -> int:
    """How many elements start before ``element`` does."""
    return sum(1 for _ in _before(element))


def _before(element: etree._Element) -> Any:
    for node in element.getroottree().iter(etree.Element):
        if node is element:
            return
        yield node


class _Found(Exception):  # noqa: N818
    pass


class _Finder:
    """Finds the markup after the end of the n-th element of a document."""

    def __init__(self, wanted: int, line: int) -> None:
        self.parser: Any = None
        self.wanted = wanted
        self.count = 0
        self.open: list[int] = []
        self.closed = False
        self.line, self.column = line, 1

    def start(self, _name: str, _attributes: Any) -> None:
        if self.closed:
            self.found(2)
        self.open.append(self.count)
        self.count += 1

    def end(self, _name: str) -> None:
        if self.closed:
            self.found(3)
        self.closed = self.open.pop() == self.wanted

    def found(self, shift: int) -> None:
        self.line = self.parser.CurrentLineNumber
        self.column = self.parser.CurrentColumnNumber + shift
        raise _Found


def detail_writers(contract: Contract) -> Writers:
    """A writer for the detail of every fault that an operation declares, by operation and class of the detail; by the
    class alone, too (operation ``""``), for a request that got refused before it was known which one it calls."""
    made: Writers = {}
    for operation in contract.operations.values():
        for fault in operation.faults:
            kind = fault.element.type
            if isinstance(kind, Complex):
                item = Field(fault.element.name, fault.element.namespace, kind, 1, 1, False)
                write = contract.writers.element(item, "")
                made[operation.name, contract.classes[id(kind)]] = made["", contract.classes[id(kind)]] = write
    return made


def written(operation: str, detail: Any, writers: Writers) -> str:
    """A detail as XML, nothing for None. Raises :class:`~hub.contract.errors.ValueMisfit` for one that the operation
    does not declare."""
    if detail is None:
        return ""
    write = writers.get((operation, type(detail)))
    if write is None:
        raise ValueMisfit(f"{operation}: {type(detail).__name__} bu işlemin hatası değil")
    return write(detail)
