"""Reading the text tables that stand beside the modules."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources


def lines(name: str) -> Iterator[str]:
    """The lines of the table ``name`` without blank and comment lines."""
    for line in (resources.files(__package__) / name).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.rstrip()


def rows(name: str) -> Iterator[list[str]]:
    """The same, cut at ``|``, each field without the blanks around it."""
    for line in lines(name):
        yield [field.strip() for field in line.split("|")]


def names(which: str) -> tuple[str, ...]:
    """One of the lists of ``names.txt``."""
    return next(tuple(items.split(",")) for key, items in rows("names.txt") if key == which)
