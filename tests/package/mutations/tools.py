"""What a named change of a good package is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hub.package.catalogue import Mode
from tests.package import factory as f
from tests.package.factory import Draft, Rel
from tests.package.forge import Forged

Change = Callable[[Draft], object]


@dataclass(frozen=True)
class Mutation:
    rule: str
    base: Callable[[], Draft]
    change: Change
    also: frozenset[str] = frozenset()
    advice: bool = False
    mode: Mode | None = None
    name: str = ""
    refused: bool = field(default=False)

    @property
    def id(self) -> str:
        return f"{self.rule}{'-' + self.name if self.name else ''}-{self.base.__name__}"


MUTATIONS: list[Mutation] = []
K19, K85, K29, K39 = "EYP2-K19", "EYP2-K85", "EYP2-K29", "EYP2-K39"


def m(
    rule: str,
    change: Change,
    *also: str,
    base: Callable[[], Draft] = f.eyp2,
    advice: bool = False,
    mode: Mode | None = None,
    name: str = "",
) -> None:
    MUTATIONS.append(Mutation(rule, base, change, frozenset(also), advice, mode, name))


def sub(component: str, old: str, new: str) -> Change:
    return lambda d: d.sub(component, old, new)


def cut(component: str, start: str, end: str) -> Change:
    """Take out everything from ``start`` to ``end``, both included."""

    def change(d: Draft) -> None:
        def edit(text: str) -> str:
            a = text.index(start)
            return text[:a] + text[text.index(end, a) + len(end) :]

        d.edits.setdefault(component, []).append(edit)

    return change


def ustveri(rule: str, old: str, new: str, *also: str, base: Callable[[], Draft] = f.eyp2, advice: bool = False,
            name: str = "") -> None:  # fmt: skip
    m(rule, sub("ustveri", old, new), *also, base=base, advice=advice, name=name)


def zip_entry(**values: object) -> Change:
    def change(d: Draft) -> None:
        def edit(entries: list[Forged]) -> None:
            item = next(e for e in entries if e.name == "ImzasizEkler/ikinci.txt")
            for key, value in values.items():
                setattr(item, key, value)

        d.archive.append(edit)

    return change


def add_entry(entry: Forged) -> Change:
    return lambda d: d.archive.append(lambda entries: entries.append(entry))


def add_part(name: str, data: bytes = b"x") -> Change:
    return lambda d: d.files.__setitem__(name, data)


def add_rel(*relations: Rel) -> Change:
    return lambda d: d.rels.extend(relations)


def both(*changes: Change) -> Change:
    def change(d: Draft) -> None:
        for one in changes:
            one(d)

    return change


def rel(which: str, /, **values: str) -> Change:
    def change(d: Draft) -> None:
        item = d.rel(which)
        for key, value in values.items():
            setattr(item, key, value)

    return change


def after(part: str, data: bytes | Callable[[bytes], bytes] | None) -> Change:
    """Change a part once all digests are made."""

    def change(d: Draft) -> None:
        def edit(parts: dict[str, bytes]) -> None:
            if data is None:
                del parts[part]
            else:
                parts[part] = data(parts[part]) if callable(data) else data

        d.after.append(edit)

    return change


def refs(document: str, *, drop: str = "", add: str = "") -> Change:
    def change(d: Draft) -> None:
        if drop:
            d.references[document].remove(drop)
        if add:
            d.references[document].append(add)

    return change


def drop(component: str) -> Change:
    return lambda d: d.drop(component)


def move(component: str, place: str) -> Change:
    return lambda d: d.move(component, place)


def inside(change: Change) -> Change:
    """The same change, made in the nested package."""
    return lambda d: change(d.inner) if d.inner else None


def double(component: str, at: str) -> Change:
    """A second relationship of the same kind, to a copy."""

    def change(d: Draft) -> None:
        item = d.rel(d.places[component])
        d.rels.append(Rel(item.source, item.id + "2", item.type, at))
        d.after.append(lambda parts: parts.__setitem__(at, parts[d.places[component]]))

    return change


TWICE = ("EYP-OPC-RELS-ID", "EYP-OPC-UNDIGESTED")
