"""Many rows of a list at once, looked at by column.

Most columns of most lists are plain: numbers within their range, texts without anything to escape, a flag that is the
same in nearly every row. Whether a column is plain is asked of a thousand values at a time, at the speed of the
interpreter's own loops; the rows are then one f-string each with no test in it. A column that is not plain has each of
its values written by itself. The text is the one that the writer of single rows makes, which is also asked whenever
anything fails, so that the error is the same too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

Columns: TypeAlias = Sequence["str | tuple[str, Columns]"]
"""Names of the fields that a row has values of, in the row's order; a complex field with those of its own row."""


FEWEST: Final = 8
"""Rows from which looking at columns pays."""
_FEW: Final = 16
"""Different values of a column that are written once each, however many rows have them."""


class Column(NamedTuple):
    """One field of the rows' type. ``write`` is the text of the whole element from any value."""

    open: str
    close: str
    write: Callable[[Any], str]
    kind: type | None
    """``int`` or ``str`` where plain values need nothing but the tags around them."""
    low: int
    high: int

    def plain(self, values: Sequence[Any], kinds: set[type]) -> bool:
        """Whether the values, of these ``kinds``, may stand between the tags as they are."""
        if self.kind is int:
            return kinds == {int} and self.low <= min(values) and max(values) <= self.high
        if self.kind is not str or kinds != {str} or not all(values):
            return False
        text = "".join(values)
        return text.isprintable() and "&" not in text and "<" not in text and ">" not in text

    def texts(self, values: Sequence[Any], kinds: set[type]) -> Iterable[str]:
        """The elements of the values, one after another."""
        if len(kinds - {type(None)}) <= 1:  # values of several types may be equal and yet be written differently
            different = set(values)
            if len(different) <= _FEW:
                return map({value: self.write(value) for value in different}.__getitem__, values)
        return map(self.write, values)


class Rows:
    """Writes rows of one type: ``parts`` are its fields in order, a :class:`Column` for each value of a row and the
    finished text of every other field. ``single`` writes one such row."""

    def __init__(
        self, tags: tuple[str, str], parts: Sequence[Column | str], order: Sequence[int], single: Callable[[Any], str]
    ) -> None:
        """``order`` says which value of a row belongs to each column, in the order of ``parts``."""
        self._tags = tags
        self._parts = parts
        self._columns = [part for part in parts if not isinstance(part, str)]
        self._order = order
        self.single = single
        self._made: dict[tuple[bool, ...], Callable[[Iterable[Any]], list[str]]] = {}

    def __call__(self, rows: Sequence[Any]) -> str:
        """The items of ``rows``. Raises :class:`~hub.contract.errors.ValueMisfit`, naming type and field."""
        if len(rows) >= FEWEST:
            try:
                if (text := self._together(rows)) is not None:
                    return text
            except Exception:  # noqa: S110 - whatever it is, the other way says it in the engine's words
                pass
        return "".join(map(self.single, rows))

    def _together(self, rows: Sequence[Any]) -> str | None:
        """None where no column is plain."""
        columns = list(zip(*rows, strict=True))
        if len(columns) != len(self._columns):
            return None
        plain: list[bool] = []
        given: list[Iterable[Any]] = []
        for column, place in zip(self._columns, self._order, strict=True):
            values = columns[place]
            kinds = set(map(type, values))
            plain.append(column.plain(values, kinds))
            given.append(values if plain[-1] else column.texts(values, kinds))
        if not any(plain):
            return None
        key = tuple(plain)
        write = self._made.get(key)
        if write is None:
            write = self._made[key] = self._compile(key)
        return "".join(write(zip(*given, strict=True)))

    def _compile(self, plain: tuple[bool, ...]) -> Callable[[Iterable[Any]], list[str]]:
        """The loop for rows whose columns are plain or not as ``plain`` says."""
        which = iter(enumerate(plain))
        inside = ""
        for part in self._parts:
            if isinstance(part, str):
                inside += _literal(part)
                continue
            index, bare = next(which)
            inside += f"{_literal(part.open)}{{a{index}}}{_literal(part.close)}" if bare else f"{{a{index}}}"
        names = "".join(f"a{index}, " for index in range(len(plain)))
        source = f"lambda rows: [f'''{_literal(self._tags[0])}{inside}{_literal(self._tags[1])}''' for {names}in rows]"
        made: Callable[[Iterable[Any]], list[str]] = eval(source)  # noqa: S307 - only names that the schema checked
        return made


def _literal(text: str) -> str:
    """``text`` inside an f-string."""
    return text.replace("\\", "\\\\").replace("'", "\\'").replace("{", "{{").replace("}", "}}")
