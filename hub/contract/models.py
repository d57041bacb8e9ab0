"""Model classes, made from the contract's types when it is loaded.

They are spyne models, so that spyne's registry of operations and types describes exactly what is served; their
constructors are compiled, one keyword argument a field, so that an unknown name is a :class:`TypeError` and making
an instance costs about as much as assigning its fields.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from hub.contract import _spyne
from hub.contract.schema import Complex, Field, Schema, Simple

_PRIMITIVES: Final[dict[str, Any]] = {
    "boolean": _spyne.primitive.Boolean,
    "byte": _spyne.primitive.Integer8,
    "short": _spyne.primitive.Integer16,
    "int": _spyne.primitive.Integer32,
    "long": _spyne.primitive.Integer64,
    "unsignedByte": _spyne.primitive.UnsignedInteger8,
    "unsignedShort": _spyne.primitive.UnsignedInteger16,
    "unsignedInt": _spyne.primitive.UnsignedInteger32,
    "unsignedLong": _spyne.primitive.UnsignedInteger64,
    "integer": _spyne.primitive.Integer,
    "nonNegativeInteger": _spyne.primitive.UnsignedInteger,
    "positiveInteger": _spyne.primitive.UnsignedInteger,
    "decimal": _spyne.primitive.Decimal,
    "double": _spyne.primitive.Double,
    "float": _spyne.primitive.Float,
    "dateTime": _spyne.primitive.DateTime,
    "date": _spyne.primitive.Date,
    "time": _spyne.primitive.Time,
    "base64Binary": _spyne.binary.ByteArray,
}


class Types:
    """The model classes by wire name: ``types.KurumBirimWS`` or ``types["{namespace}KurumBirimWS"]``."""

    def __init__(self, classes: dict[str, Any]) -> None:
        self._by_qname = classes
        self._by_name: dict[str, Any] = {}
        self._ambiguous: set[str] = set()
        for qname, made in classes.items():
            name = qname.rpartition("}")[2]
            if name in self._by_name:
                self._ambiguous.add(name)
            self._by_name[name] = made

    def __getattr__(self, name: str) -> Any:
        if name not in self._by_name:
            raise AttributeError(f"the contract has no type {name}")
        if name in self._ambiguous:
            raise AttributeError(f"several types are named {name}: use types['{{namespace}}{name}']")
        return self._by_name[name]

    def __getitem__(self, qname: str) -> Any:
        return self._by_qname[qname]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_qname)

    def __contains__(self, name: object) -> bool:
        return name in self._by_qname or name in self._by_name


def build(schema: Schema, extra: list[Complex]) -> dict[int, Any]:
    """A model class for every complex type of ``schema`` and for the anonymous types in ``extra``, by ``id``."""
    builder = _Builder()
    for kind in [*schema.types.values(), *extra]:
        if isinstance(kind, Complex):
            builder.make(kind)
    return builder.classes


class _Builder:
    def __init__(self) -> None:
        self.classes: dict[int, Any] = {}
        self.open: set[int] = set()

    def make(self, kind: Complex) -> Any:
        if id(kind) in self.classes:
            return self.classes[id(kind)]
        self.open.add(id(kind))
        base = self.make(kind.base) if kind.base else _spyne.ComplexModel
        # An element and a type may share a name (the wire's names are fixed); spyne's registry needs them apart.
        registered = f"{kind.name}.message" if kind.anonymous else kind.name
        body: dict[str, Any] = {
            "__namespace__": kind.namespace,
            "__type_name__": registered,
            "__module__": __name__,
            "_type_info": [(item.name, self.member(item)) for item in kind.own],
            **_methods(kind),
        }
        made = _spyne.ComplexModelMeta(kind.name, (base,), body)
        self.open.discard(id(kind))
        self.classes[id(kind)] = made
        return made

    def member(self, item: Field) -> Any:
        attributes: dict[str, Any] = {"min_occurs": item.min, "nillable": item.nillable}
        attributes["max_occurs"] = "unbounded" if item.max is None else item.max
        if isinstance(item.type, Simple):
            if item.type.enumeration is not None:
                attributes["values"] = item.type.enumeration
            base = _PRIMITIVES.get(item.type.builtin, _spyne.primitive.Unicode)
            return base.customize(**attributes)
        if id(item.type) in self.open:  # a type within itself: spyne's registry can only say that something is there
            return _spyne.primitive.AnyXml.customize(**attributes)
        return self.make(item.type).customize(**attributes)


def _methods(kind: Complex) -> dict[str, Any]:
    """The compiled ``__init__`` of ``kind``, with readable ``__repr__`` and equality by value."""
    names = [item.name for item in kind.fields]
    scope: dict[str, Any] = {}
    if kind.abstract:
        lines = ["def __init__(self):", f"    raise TypeError('{kind.name} is abstract')"]
    else:
        given = ", ".join(["self", "*", *(f"{name}=None" for name in names)]) if names else "self"
        lines = [f"def __init__({given}):", *(f"    self.{name} = {name}" for name in names), "    return"]
    exec("\n".join(lines), scope)  # noqa: S102 - the schema has checked that the names are identifiers

    def __repr__(self: Any) -> str:  # noqa: N807
        shown = ((name, getattr(self, name)) for name in names)
        return f"{kind.name}({', '.join(f'{name}={value!r}' for name, value in shown if value is not None)})"

    def __eq__(self: Any, other: object) -> bool:  # noqa: N807
        if other.__class__ is not self.__class__:
            return False
        return all(getattr(self, name) == getattr(other, name) for name in names)

    return {"__init__": scope["__init__"], "__repr__": __repr__, "__eq__": __eq__, "__hash__": None}
