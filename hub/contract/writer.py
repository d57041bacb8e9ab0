"""Writers, compiled from the contract when it is loaded: one Python function a type, one f-string a row.

What a field without a value becomes is read off the schema: ``nillable`` writes ``xsi:nil``, ``minOccurs="0"`` leaves
the element out, a required number, boolean or date writes its default, a required complex element writes the default
of each of its fields (the value types of the original platform). A value that does not fit its field raises
:class:`~hub.contract.errors.ValueMisfit` naming type and field.

Text is ``str`` until an answer is put together; only :class:`Rendered` fragments are bytes from the start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from hub.contract import values
from hub.contract.columns import Column, Columns, Rows
from hub.contract.errors import ContractError, ValueMisfit
from hub.contract.schema import Complex, Field, Simple
from hub.contract.values import Kind

CHUNK: Final = 65_536
"""Bytes gathered before a piece of a streamed answer is handed on."""

Text = Callable[[Any], str]


class Rendered(bytes):
    """One or more array items as they stand inside their array, ready to be put there as they are."""

    __slots__ = ()


class Writers:
    """All writers of one contract. Made by :class:`hub.contract.Contract`; not used directly by services."""

    def __init__(self, classes: Mapping[int, Any], kinds: Mapping[str, Kind]) -> None:
        self._classes = classes
        self._kinds = kinds
        self._made: dict[tuple[int, str], str] = {}
        self._scope: dict[str, Any] = {
            name: getattr(values, name) for name in dir(values) if name.endswith("_text") or name == "escape"
        }
        self._scope.update(ValueMisfit=ValueMisfit, Rendered=Rendered)
        self._scope.update(plain=plain_items, many=_many)

    # What contracts use --------------------------------------------------------------------------------------------

    def content(self, kind: Complex, around: str) -> Text:
        """Writer of what stands inside an element of type ``kind``; ``around`` is the default namespace in force."""
        made: Text = self._scope[self._content(kind, around)]
        return made

    def element(self, item: Field, around: str) -> Text:
        """Writer of one occurrence of ``item``: the whole element, from a value that is not None."""
        name = f"element_{len(self._scope)}"
        body = self._occurrence(item, "v", around)
        self._define(name, [f"def {name}(v):", *_indented(self._guarded(item.name, [*body, "return o"]))])
        made: Text = self._scope[name]
        return made

    def pieces(self, item: Field, around: str) -> Callable[[Any], Iterator[bytes]]:
        """A generator function that writes ``item`` with its value piece by piece; arrays directly inside a complex
        value are streamed, so that what they iterate over is never held as a whole."""
        if isinstance(item.type, Simple) or item.repeated or not any(map(is_list, item.type.fields)):
            return self._whole(item, around)
        return self._streamed(item, item.type, around)

    def rows(self, item: Field, columns: Columns, around: str) -> Rows:
        """Writer of many rows at once: each row is a sequence of the values of ``columns`` (fields of the item's
        type; the others keep their default). A column (name, columns) is a complex field whose value is None or a row
        of its own. Raises :class:`~hub.contract.errors.ContractError` for columns that the item does not have."""
        kind = item.type
        if not isinstance(kind, Complex):
            raise ContractError(f"{item.name}: satır yazıcısı yalnız bileşik tipler içindir")
        fields = {field.name: field for field in kind.fields}
        inside = {column[0]: column[1] for column in columns if not isinstance(column, str)}
        named = [column if isinstance(column, str) else column[0] for column in columns]
        if unknown := [name for name in named if name not in fields]:
            raise ContractError(f"{kind.name}: {', '.join(unknown)} alanı yok")
        if len(set(named)) != len(named) or not named:
            raise ContractError(f"{kind.name}: sütun listesi boş ya da yinelenen ad içeriyor")
        inner = item.namespace
        names = {name: f"a{index}" for index, name in enumerate(fields)}
        unpack = ", ".join(names[name] for name in named) + ("," if len(named) == 1 else "")
        body = [f"{unpack} = row"]
        body += [f"{names[name]} = None" for name in fields if name not in named]
        nested: dict[str, Text] = {}
        for index, field in enumerate(kind.fields):
            if field.name in inside:
                write = self._nested(field, inside[field.name], inner)
                nested[field.name] = self._scope[write]
                body.append(f"b{index} = {write}({names[field.name]})")
            else:
                body += self._field(field, names[field.name], f"b{index}", inner)
        open_, close, empty = _tags(item, around)
        body += [f"o = {self._joined(kind)}", f"return f'{open_}{{o}}{close}' if o else f'{empty}'"]
        name = f"row_{len(self._scope)}"
        self._define(name, [f"def {name}(row):", *_indented(self._guarded(kind.name, body))])
        parts = [
            self._column(field, inner, nested.get(field.name))
            if field.name in named
            else self._cell(field, inner)(None)
            for field in kind.fields
        ]
        order = [named.index(name) for name in fields if name in named]
        return Rows((open_, close), parts, order, self._scope[name])

    def field(self, item: Field, name: str) -> Text:
        """Writer of the field ``name`` inside ``item`` from any value or None. Raises
        :class:`~hub.contract.errors.ContractError` where there is no such field."""
        found = [field for field in item.type.fields if field.name == name] if isinstance(item.type, Complex) else []
        if not found:
            raise ContractError(f"{item.name}: {name} alanı yok")
        return self._cell(found[0], item.namespace)

    def _nested(self, field: Field, columns: Columns, around: str) -> str:
        """Name of the writer of a complex field from a row, or None."""
        if is_list(field):
            raise ContractError(f"{field.name}: satır içinde satır yalnız tek öğeli alanlar içindir")
        row = f"inner_{len(self._scope)}"
        self._scope[row] = self.rows(field, columns, around).single
        name = f"nested_{len(self._scope)}"
        self._define(name, [f"def {name}(v): return {self._absent(field, around)} if v is None else {row}(v)"])
        return name

    def _cell(self, field: Field, around: str) -> Text:
        """Writer of one field, the whole element or what stands for it, from any value or None."""
        name = f"cell_{len(self._scope)}"
        self._define(name, [f"def {name}(v):", *_indented([*self._field(field, "v", "o", around), "return o"])])
        made: Text = self._scope[name]
        return made

    def _column(self, field: Field, around: str, write: Text | None = None) -> Column:
        """What is known of ``field`` before its values are; ``write`` is its writer where that is a special one."""
        open_, close, _ = _tags(field, around)
        plain: type | None = None
        low = high = 0
        if isinstance(field.type, Simple) and not field.repeated and field.type.enumeration is None:
            how = self._kind(field.type)
            if how.write == "{v}:d" and how.low is not None and how.high is not None:
                plain, low, high = int, how.low, how.high
            elif how.write == "escape({v})":
                plain = str
        return Column(open_, close, write or self._cell(field, around), plain, low, high)

    # Compiling -----------------------------------------------------------------------------------------------------

    def _define(self, name: str, source: list[str]) -> None:
        code = compile("\n".join(source), f"<writer {name}>", "exec")
        exec(code, self._scope)  # noqa: S102 - the source holds only names that the schema has checked

    @staticmethod
    def _guarded(name: str, body: list[str]) -> list[str]:
        """``body`` with every error of a value turned into one that names where it happened, not the value."""
        return [
            "try:",
            *_indented(body),
            "except ValueMisfit: raise",
            "except (TypeError, ValueError, AttributeError, OverflowError) as error:",
            f"    raise ValueMisfit('{name}: değer sözleşmeye uymuyor (' + type(error).__name__ + ')') from error",
        ]

    def _content(self, kind: Complex, around: str) -> str:
        """Name of the content writer of ``kind``, compiled on first need."""
        key = (id(kind), around)
        if key in self._made:
            return self._made[key]
        name = self._made[key] = f"content_{len(self._made)}"
        names = {field.name: f"a{index}" for index, field in enumerate(kind.fields)}
        body = [f"a{index} = v.{field.name}" for index, field in enumerate(kind.fields)]
        body += self._fields(kind, around, names)
        body += [f"return {self._joined(kind)}"]
        self._define(name, [f"def {name}(v):", *_indented(self._guarded(kind.name, body))])
        return name

    def _joined(self, kind: Complex) -> str:
        """The f-string of all fields of ``kind``: each ``b<n>`` is the text of one whole element."""
        return "f'" + "".join(f"{{b{index}}}" for index in range(len(kind.fields))) + "'"

    def _fields(self, kind: Complex, around: str, names: Mapping[str, str]) -> list[str]:
        """Statements that set ``b<n>`` to the text of each field whose value is in its variable."""
        lines: list[str] = []
        for index, field in enumerate(kind.fields):
            lines += self._field(field, names[field.name], f"b{index}", around)
        return lines

    def _field(self, field: Field, var: str, out: str, around: str) -> list[str]:
        if field.repeated:
            each = self._item_writer(field, around)
            return [f"{out} = '' if {var} is None else ''.join(map({each}, plain({var}, '{field.name}')))"]
        absent = self._absent(field, around)
        simple = self._kinds.get(field.type.builtin) if isinstance(field.type, Simple) else None
        if simple is not None and simple.write == "{v}:d" and simple.low is not None and simple.high is not None:
            # Numbers, the commonest field: one range test, one f-string.
            open_, close, _ = _tags(field, around)
            lines = [f"if {var} is None: {out} = {absent}"]
            lines += [f"elif {simple.low} <= {var} <= {simple.high}: {out} = f'{open_}{{{var}:d}}{close}'"]
            return [*lines, f"else: raise ValueMisfit('{field.name}: sayı aralık dışında')"]
        written = _indented(self._occurrence(field, var, around))
        return [f"if {var} is None: {out} = {absent}", "else:", *written, f"    {out} = o"]

    def _absent(self, field: Field, around: str) -> str:
        """Expression of what is written where the value is None."""
        open_, close, _ = _tags(field, around)
        if field.nillable and field.min > 0:
            return repr(f'{open_[:-1]} xsi:nil="true" />')
        if field.min == 0:
            return "''"
        if isinstance(field.type, Simple):
            kind = self._kind(field.type)
            if kind.default is not None and field.type.enumeration is None:
                return repr(f"{open_}{kind.default}{close}")
            return f"plain(None, '{field.name}')"
        return self._default(field, field.type, around)

    def _default(self, field: Field, kind: Complex, around: str) -> str:
        """A required complex element that was not set is written with the default of each field (value type)."""
        name = self._content(kind, field.namespace)
        open_, close, empty = _tags(field, around)
        return f"(lambda c: f'{open_}{{c}}{close}' if c else '{empty}')({name}(blank_{self._blank(kind)}))"

    def _blank(self, kind: Complex) -> int:
        key = id(kind)
        if kind.abstract:
            raise ContractError(f"{kind.name}: zorunlu alan soyut tipte")
        self._scope.setdefault(f"blank_{key}", self._classes[key]())
        return key

    def _occurrence(self, field: Field, var: str, around: str) -> list[str]:
        """Statements that set ``o`` to one occurrence of ``field`` from the value in ``var``, which is not None."""
        if isinstance(field.type, Simple):
            return self._simple(field, field.type, var, around)
        open_, close, empty = _tags(field, around)
        inner = field.namespace
        item = field.type.item
        if item is not None:
            each = self._item_writer(item, inner)
            lines = [f"o = ''.join(map({each}, plain({var}, '{field.name}')))"]
        else:
            lines = self._checked(field.type, var)
            lines += [f"o = {self._content(field.type, inner)}({var})"]
        return [*lines, f"o = f'{open_}{{o}}{close}' if o else f'{empty}'"]

    def _checked(self, kind: Complex, var: str) -> list[str]:
        """An instance of another class is refused, even one with the same fields."""
        name = f"class_{id(kind)}"
        self._scope[name] = self._classes[id(kind)]
        return [f"if {var}.__class__ is not {name}: raise ValueMisfit('{kind.name} türünde bir değer beklenirdi')"]

    def _simple(self, field: Field, kind: Simple, var: str, around: str) -> list[str]:
        how = self._kind(kind)
        open_, close, empty = _tags(field, around)
        lines = []
        if kind.enumeration is not None:
            name = f"values_{len(self._scope)}"
            self._scope[name] = kind.enumeration
            lines.append(f"if {var} not in {name}: raise ValueMisfit('{field.name}: değer izin verilenlerden değil')")
        expression = how.write.format(v=var)
        if how.write == "{v}:d":
            bounds = [f"{var} < {how.low}"] * (how.low is not None) + [f"{var} > {how.high}"] * (how.high is not None)
            if bounds:
                lines.append(f"if {' or '.join(bounds)}: raise ValueMisfit('{field.name}: sayı aralık dışında')")
            return [*lines, f"o = f'{open_}{{{expression}}}{close}'"]
        lines.append(f"o = {expression}")
        return [*lines, f"o = f'{open_}{{o}}{close}'" + (f" if o else '{empty}'" if how.empty else "")]

    def _item_writer(self, field: Field, around: str) -> str:
        """Name of the writer of one item of a repeated field: a model instance, a rendered fragment or None."""
        key = (id(field.type), f"{around} {field.tag} {field.nillable}")
        if isinstance(field.type, Complex) and key in self._made:
            return self._made[key]
        name = f"item_{len(self._made)}_{len(self._scope)}"
        if isinstance(field.type, Complex):
            self._made[key] = name
        open_, _, _ = _tags(field, around)
        nil = repr(f'{open_[:-1]} xsi:nil="true" />') if field.nillable else f"plain(None, '{field.name}')"
        body = [
            "if v is None: return " + nil,
            "if v.__class__ is Rendered: return v.decode()",
            *self._occurrence(field, "v", around),
            "return o",
        ]
        self._define(name, [f"def {name}(v):", *_indented(self._guarded(field.name, body))])
        return name

    def _kind(self, kind: Simple) -> Kind:
        if kind.builtin not in self._kinds:
            raise ContractError(f"{kind.name}: xsd:{kind.builtin} desteklenmez")
        return self._kinds[kind.builtin]

    # Streaming -----------------------------------------------------------------------------------------------------

    def _whole(self, item: Field, around: str) -> Callable[[Any], Iterator[bytes]]:
        name = f"whole_{len(self._scope)}"
        self._define(name, [f"def {name}(v):", *_indented([*self._field(item, "v", "o", around), "return o"])])
        write: Text = self._scope[name]

        def pieces(value: Any) -> Iterator[bytes]:
            if text := write(value):
                yield text.encode()

        return pieces

    def _streamed(self, item: Field, kind: Complex, around: str) -> Callable[[Any], Iterator[bytes]]:
        """The generator of a complex result: text between its arrays, the arrays item by item."""
        inner = item.namespace
        open_, close, empty = _tags(item, around)
        absent = f"absent_{len(self._scope)}"
        self._scope[absent] = self._whole(item, around)
        body = [f"if v is None: yield from {absent}(v); return", *self._checked(kind, "v"), "t = ''; begun = False"]
        for index, field in enumerate(kind.fields):
            body.append(f"a = v.{field.name}")
            if not is_list(field):
                body += self._guarded(f"{kind.name}.{field.name}", self._field(field, "a", f"b{index}", inner))
                body.append(f"t += b{index}")
                continue
            wrapped = not field.repeated
            each = field.type.item if wrapped and isinstance(field.type, Complex) else field
            assert each is not None
            before, after, nothing = _tags(field, inner) if wrapped else ("", "", "")
            write = self._item_writer(each, field.namespace if wrapped else inner)
            missing = self._absent(field, inner) if wrapped else "''"
            body += [
                f"if a is None: t += {missing}",
                "else:",
                "    full = False",
                f"    for part in many(a, {write}, '{field.name}'):",
                f"        if not full: part = ((f'{open_}' if not begun else '') + t + f'{before}').encode() + part",
                "        full = begun = True; t = ''",
                "        yield part",
                f"    t += '{after}' if full else '{nothing}'",
            ]
        body += [
            f"if begun: yield (t + '{close}').encode()",
            f"elif t: yield f'{open_}{{t}}{close}'.encode()",
            f"else: yield b'{empty}'",
        ]
        name = f"pieces_{len(self._scope)}"
        self._define(name, [f"def {name}(v):", *_indented(body)])
        made: Callable[[Any], Iterator[bytes]] = self._scope[name]
        return made


def _many(items: Iterable[Any], write: Text, name: str) -> Iterator[bytes]:
    """The items of one array in pieces of about :data:`CHUNK` bytes; nothing for an empty one."""
    held: list[bytes] = []
    add = held.append
    size = 0
    for item in plain_items(items, name):
        piece = item if item.__class__ is Rendered else write(item).encode()
        add(piece)
        size += len(piece)
        if size >= CHUNK:
            yield b"".join(held)
            held.clear()
            size = 0
    if size:
        yield b"".join(held)


def plain_items(value: Any, name: str) -> Iterable[Any]:
    """``value`` where it may fill an array. Text, bytes and mappings iterate, but never mean a list of items. Raises
    :class:`~hub.contract.errors.ValueMisfit` for anything else."""
    if value is None:
        raise ValueMisfit(f"{name}: zorunlu alan boş")
    if isinstance(value, str | bytes | bytearray | Mapping) or not isinstance(value, Iterable):
        raise ValueMisfit(f"{name}: liste beklenirdi")
    return value


def is_list(field: Field) -> bool:
    """Whether ``field`` is an array or stands for one."""
    return field.repeated or (isinstance(field.type, Complex) and field.type.item is not None)


def _tags(field: Field, around: str) -> tuple[str, str, str]:
    """Start tag, end tag and empty tag of ``field``."""
    declared = "" if field.namespace == around else f' xmlns="{field.namespace}"'
    start = f"{field.name}{declared}"
    return f"<{start}>", f"</{field.name}>", f"<{start} />"


def _indented(lines: list[str], by: int = 1) -> list[str]:
    return ["    " * by + line for line in lines]
