"""What an import reads, whatever the file's form: rows of facts, each with the place it stands at, or why not.

A :class:`Source` can be read twice with the same outcome: the first reading finds what would disappear and which units
hang together, the second writes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

from sqlalchemy import ColumnElement

from hub.errors import HubError
from hub.store.schema import Fact

Facts = dict[str, Any]


NOT_CALCULATED: Final = "#FORMÜL"
"""What stands for a formula's cell whose value the workbook does not hold: nobody has opened it in a spreadsheet."""
_BROKEN: Final = re.compile(
    r"#+|#FORMÜL|#(?:NULL|DIV/0|VALUE|REF|NUM|SPILL|CALC|BOŞ|SAYI/0|DEĞER|BAŞV|SAYI|TAŞMA|HESAPLA)!|#(?:NAME|AD)\?|#N/A|#YOK"
    r"|#GETTING_DATA"
)


def broken(text: str) -> bool:
    """Whether a cell holds no value but an error of the spreadsheet's (in English or Turkish, as CSV files have them),
    the mark of a column that was too narrow (``####``), or a formula that was not calculated. Taken for text it would
    be stored as a name or an address, taken for nothing it would end what is known."""
    return text.startswith("#") and _BROKEN.fullmatch(text) is not None


class ImportFileError(HubError):
    """A file that cannot be imported at all; nothing of it was taken."""

    code = "IMPORT_FILE"


class Row(NamedTuple):
    """One row of facts of one subject, ready to be written."""

    line: int
    place: str
    """Where it stands, for people: ``satır 12`` or ``kayıt 3``."""
    kind: type[Fact]
    facts: Facts
    implied: bool = False
    """Comes along with other rows (the name of a kind, a person of a duty): may come often, is not counted."""


class Refusal(NamedTuple):
    """One row that is not taken, and why."""

    line: int
    place: str
    reason: str
    owner: int | None = None
    """The first column of the key of what the row is about, None where that cannot be told."""


class Vanishing(NamedTuple):
    """What goes when the file does not name it: rows of ``kind`` that hold now and meet ``scope``."""

    kind: type[Fact]
    scope: tuple[ColumnElement[bool], ...] = ()
    facts: Facts | None = None
    """What becomes of them; None: they end."""
    listed_owners: bool = False
    """Only of owners (the key's first column) that the file names."""
    few: int = 0
    """So many may always go, whatever their share: entries of one unit change in ones and twos."""


@dataclass(slots=True)
class Plan:
    """What is known of a source once it has been read through."""

    vanishing: list[Vanishing] = field(default_factory=list)
    orphans: bool = False
    """Whether a unit may stand without its superior being known."""


class Source(Protocol):
    """One file, or one sheet of a workbook."""

    path: Path
    label: str
    """What it holds: an operation's name or a table's."""

    def rows(self, progress: Callable[[int], None]) -> Iterator[Row | Refusal]:
        """The rows in the file's order; ``progress`` is told how many bytes were read since it was last told."""

    def plan(self) -> Plan:
        """What the file says of what it does not name; after :meth:`rows` was read to its end."""
