"""Readers, compiled from the contract when it is loaded: the body element of a request to keyword arguments.

The reading is the original platform's: unknown elements are passed over, order does not matter, of repeated elements
the first counts, a missing number is 0, a missing text, list or nillable value is None. A value that is there and
does not fit its type raises :class:`~hub.contract.errors.Unreadable`. Services with strict reading have their
requests validated against the schema before these readers see them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from lxml import etree

from hub.contract import values
from hub.contract.errors import ContractError, LimitExceeded, Unreadable
from hub.contract.schema import XSD, Complex, Field, Simple, local, namespace, resolve
from hub.contract.values import Kind

XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_NIL: Final = f"{{{XSI}}}nil"
_TYPE: Final = f"{{{XSI}}}type"
_TEXT: Final = f"{{{XSD}}}string"
_PLAIN: Final = frozenset(values.KINDS.keys() | {"dateTime"}) - {"base64Binary"}
"""Built-in types whose text means itself."""

Read = Callable[[etree._Element], Any]


class Readers:
    """All readers of one contract. Made by :class:`hub.contract.Contract`; not used directly by services."""

    def __init__(self, classes: Mapping[int, Any], kinds: Mapping[str, Kind], most: int) -> None:
        """``most`` is the largest number of items that a list in a request may have."""
        self._classes = classes
        self._kinds = kinds
        self._most = most
        self._made: dict[tuple[int, bool], str] = {}
        self._scope: dict[str, Any] = {"special": _special, "too_many": _too_many, "twice": _twice}

    def arguments(self, kind: Complex) -> Callable[[etree._Element | None], dict[str, Any]]:
        """Reader of a body element of type ``kind`` into keyword arguments, one for every field.

        Given None (a body element that is not the operation's), every argument takes its initial value.
        """
        fields = kind.fields
        name = f"arguments_{len(self._scope)}"
        given = ", ".join(f"'{field.name}': v{index}" for index, field in enumerate(fields))
        body = [*self._starts(fields), "if e is not None:", *_indented(self._loop(fields))]
        self._define(name, [f"def {name}(e):", *_indented([*body, f"return {{{given}}}"])])
        made: Callable[[etree._Element | None], dict[str, Any]] = self._scope[name]
        return made

    def value(self, kind: Complex, *, once: bool = False) -> Read:
        """Reader of an element of type ``kind`` into an instance of its model class; with ``once``, an element that
        stands there twice is unreadable instead of counting the first time."""
        made: Read = self._scope[self._complex(kind, once=once)]
        return made

    # Compiling -----------------------------------------------------------------------------------------------------

    def _define(self, name: str, source: list[str]) -> None:
        code = compile("\n".join(source), f"<reader {name}>", "exec")
        exec(code, self._scope)  # noqa: S102 - the source holds only names that the schema has checked

    def _starts(self, fields: list[Field]) -> list[str]:
        lines = []
        for index, field in enumerate(fields):
            start = f"initial_{len(self._scope)}"
            self._scope[start] = self._initial(field)
            lines.append(f"v{index} = {'None' if self._scope[start] is None else start}")
        if fields:
            lines.append(" = ".join(f"n{index}" for index in range(len(fields))) + " = True")
        return lines

    def _initial(self, field: Field) -> Any:
        if field.min == 0 or field.nillable or field.repeated or isinstance(field.type, Complex):
            return None
        return self._kind(field.type).initial

    def _loop(self, fields: list[Field], *, once: bool = False) -> list[str]:
        """Statements that go once over the children of ``e``."""
        lines = ["for c in e[:]:", "    t = c.tag"] if fields else ["pass"]
        for index, field in enumerate(fields):
            test = f"{'el' if index else ''}if t == '{field.tag}'"
            if field.repeated:
                each = self._occurrence(field)
                lines += [f"    {test}:"]
                lines += [f"        if v{index} is None: v{index} = []"]
                lines += [f"        elif len(v{index}) >= {self._most}: too_many(c)"]
                lines += [f"        v{index}.append({each}(c))"]
            else:
                guarded = [f"    {test}:", f"        if not n{index}: twice(c)"]
                lines += [*(guarded if once else [f"    {test} and n{index}:"]), f"        n{index} = False"]
                lines += [f"        v{index} = {self._occurrence(field)}(c)"]
        return lines

    def _occurrence(self, field: Field) -> str:
        """Name of the reader of one occurrence of ``field``."""
        name = f"read_{len(self._scope)}"
        self._scope[name] = None
        nillable = field.nillable or not (isinstance(field.type, Simple) and self._value_type(field.type))
        if isinstance(field.type, Simple):
            body = self._simple(field.type, nillable)
        else:
            body = [f"if c.attrib and special(c, '{field.type.qname}', {nillable}): return None"]
            item = field.type.item
            if item is None:
                body += [f"return {self._complex(field.type)}(c)"]
            else:
                body += [
                    "out = []; add = out.append",
                    f"if len(c) > {self._most}: too_many(c)",
                    "for i in c:",
                    f"    if i.tag == '{item.tag}': add({self._occurrence(item)}(i))",
                    "return out",
                ]
        self._define(name, [f"def {name}(c):", *_indented(body)])
        return name

    def _value_type(self, kind: Simple) -> bool:
        """Whether ``kind`` has a value without being set (a number, a boolean, a date), so that it cannot be nil."""
        return self._kind(kind).initial is not None

    def _simple(self, kind: Simple, nillable: bool) -> list[str]:
        how = self._kind(kind)
        scalar = f"scalar_{len(self._scope)}"
        allowed = kind.enumeration
        convert = how.read

        def read(element: etree._Element) -> Any:
            if element.attrib and _special(element, kind.qname, nillable):
                return None
            if len(element):
                raise Unreadable(element, f"Unexpected element '{_name(element[0])}'.")
            try:
                text = element.text or ""
                value = convert(text)
            except ValueError as error:
                raise Unreadable(element, str(error)) from None
            if allowed is not None and value not in allowed:
                raise Unreadable(element, f"Instance validation error: '{text[:80]}' is not a valid value.")
            return value

        self._scope[scalar] = read
        if kind.builtin == "int" and allowed is None:
            # The commonest input: eight or nine digits and nothing else on the element.
            quick = "if t is not None and len(t) < 10 and t.isascii() and t.isdigit() and not c.attrib and not len(c)"
            return ["t = c.text", f"{quick}: return int(t)", f"return {scalar}(c)"]
        if kind.builtin == "string" and allowed is None:
            return [f"return {scalar}(c) if c.attrib or len(c) else c.text or ''"]
        return [f"return {scalar}(c)"]

    def _complex(self, kind: Complex, *, once: bool = False) -> str:
        if (id(kind), once) in self._made:
            return self._made[id(kind), once]
        name = self._made[id(kind), once] = f"complex_{len(self._scope)}"
        if kind.abstract:
            raise ContractError(f"{kind.name}: soyut tip bir girdi olamaz")
        fields = kind.fields
        self._scope[name] = None
        self._scope[f"class_{name}"] = self._classes[id(kind)]
        given = ", ".join(f"{field.name}=v{index}" for index, field in enumerate(fields))
        body = [*self._starts(fields), *self._loop(fields, once=once), f"return class_{name}({given})"]
        self._define(name, [f"def {name}(e):", *_indented(body)])
        return name

    def _kind(self, kind: Simple) -> Kind:
        if kind.builtin not in self._kinds:
            raise ContractError(f"{kind.name}: xsd:{kind.builtin} desteklenmez")
        return self._kinds[kind.builtin]


def _special(element: etree._Element, declared: str, nillable: bool) -> bool:
    """Whether ``element`` is nil. A nil where there must be a value, or an ``xsi:type`` other than the declared one,
    is refused: what a request means is never the request's own choice of type. A text may be called a number or a date,
    because clients that guess types from values (SOAP::Lite) do so with ``KurumID``, and it stays the same text."""
    named = element.get(_TYPE)
    if named is not None:
        try:
            qname = resolve(element, named)
        except ContractError:
            qname = ""
        same = qname == declared or (namespace(declared) != XSD and not namespace(qname) and local(declared) == qname)
        if not same and not (declared == _TEXT and namespace(qname) == XSD and local(qname) in _PLAIN):
            raise Unreadable(element, f"The specified type was not recognized: name='{named[:80]}'.")
    nil = element.get(_NIL)
    if nil is None or nil.strip() in {"false", "0"}:
        return False
    if nil.strip() not in {"true", "1"} or not nillable:
        raise Unreadable(element, values.NUMBER_FORMAT)
    return True


def _too_many(element: etree._Element) -> None:
    raise LimitExceeded(f"{_name(element)}: listede izin verilenden çok öğe var")


def _twice(element: etree._Element) -> None:
    raise Unreadable(element, f"'{_name(element)}' is given twice.")


def _name(element: etree._Element) -> str:
    return local(str(element.tag))[:80]


def path_of(element: etree._Element) -> str:
    """Where ``element`` stands, for people: names from the body element down, with positions among equals."""
    parts: list[str] = []
    node: etree._Element | None = element
    while node is not None and local(str(node.tag)) != "Body":
        twins = [] if (parent := node.getparent()) is None else [t for t in parent if t.tag == node.tag]
        parts.append(_name(node) + (f"[{twins.index(node) + 1}]" if len(twins) > 1 else ""))
        node = parent
    return "/".join(reversed(parts))


def _indented(lines: list[str]) -> list[str]:
    return ["    " + line for line in lines]
