"""Importing files: what each holds, in which order they are taken, and one transaction each."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from hub import limits
from hub.mirror import answers, meaning
from hub.mirror.answers import Answer
from hub.mirror.apply import Report, apply
from hub.mirror.known import Known
from hub.mirror.sheets import TableSource, table_sources
from hub.mirror.source import ImportFileError, Refusal, Source
from hub.mirror.tables import NAMES
from hub.registry import held
from hub.registry.held import Held
from hub.store.database import Database
from hub.store.personal import Keys

ENDINGS: Final = frozenset({".xml", ".csv", ".xlsx"})


def files(paths: Iterable[Path]) -> list[Path]:
    """The files that ``paths`` name: themselves, or every file of a known ending in a folder; requests left out.

    Raises :class:`~hub.mirror.source.ImportFileError` for a path that is not there or of another ending, and for a
    folder without anything to import.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = [file for file in path.rglob("*") if file.is_file() and file.suffix.lower() in ENDINGS]
            if all(answers.is_request(file) for file in inside):
                raise ImportFileError(f"{path}: klasörde alınacak .xml, .csv ya da .xlsx dosyası yok")
            found += sorted(inside)
        elif not path.is_file():
            raise ImportFileError(f"{path}: böyle bir dosya yok")
        elif path.suffix.lower() not in ENDINGS:
            raise ImportFileError(f"{path.name}: .xml, .csv ya da .xlsx dosyası olmalı")
        else:
            found.append(path)
    return [file for file in dict.fromkeys(found) if not answers.is_request(file)]


class Importer:
    """Imports files into one registry."""

    def __init__(
        self,
        database: Database,
        keys: Keys,
        *,
        actor: str,
        share: float = limits.IMPORT_CLOSE_SHARE,
        table: str | None = None,
        full: bool = False,
        orphans: bool = False,
    ) -> None:
        """``share`` (0–1) of a list may vanish without an operator's word; ``table``, ``full`` and ``orphans`` are for
        CSV and XLSX: which table it is, that it is whole, that units may stand without their superior."""
        self._database = database
        self._keys = keys
        self._actor = actor
        self._share = share
        self._said: dict[str, Any] = {"table": table, "full": full, "orphans": orphans}
        self._held: dict[Path, dict[str, Any]] = {}

    def sources(self, path: Path) -> list[Source]:
        """What the file holds. Raises :class:`~hub.mirror.source.ImportFileError`."""
        if path.suffix.lower() == ".xml":
            return [Answer(path, self._keys, Known(self._database))]
        return [*table_sources(path, self._keys, **self._said_of(path))]

    def _said_of(self, path: Path) -> dict[str, Any]:
        return self._held.get(path.resolve(), self._said)

    def ordered(self, paths: Iterable[Path], unusable: Callable[[ImportFileError], None]) -> Iterator[Source]:
        """The sources of all ``paths``: codes first, then units, then the rest, tables in the order of their names'
        list (managers before duties).

        ``unusable`` is told of a file that is none, and of a table that came more than once as a whole one, which is
        left out: each part would close what only the others name.
        """
        found: list[Source] = []
        for path in paths:
            try:
                found += self.sources(path)
            except ImportFileError as error:
                unusable(error)
        whole = Counter(one.label for one in found if isinstance(one, TableSource) and one.plan().vanishing)
        for label, times in whole.items():
            if times > 1:
                unusable(ImportFileError(f"{label}: --full ile {times} kez verildi; tek dosyada ya da sayfada olmalı"))
        for source in sorted(found, key=lambda one: _rank(one.label)):
            if whole[source.label] < 2:
                yield source

    def run(
        self,
        source: Source,
        *,
        progress: Callable[[int], None] = lambda count: None,
        report_refusal: Callable[[Refusal], None] = lambda refusal: None,
    ) -> Report:
        """Import one source. Raises :class:`~hub.mirror.source.ImportFileError`; then nothing of it was taken."""
        return apply(
            self._database,
            self._keys,
            source,
            actor=self._actor,
            share=self._share,
            said=self._said_of(source.path),
            progress=progress,
            report_refusal=report_refusal,
        )

    def decide(self, number: int, *, approve: bool) -> tuple[Held, Path | None]:
        """Record an operator's word on a held change; with it the file that was held, if it still stands there. It is
        read as it was when it was held, whatever is said of other files."""
        with self._database.read() as connection:
            payload = held.payload(connection, number)
        with self._database.write(actor=self._actor, origin="import:held") as change:
            decided = held.decide(change, number, approve=approve)
        if payload is None:
            return decided, None
        said: dict[str, Any] = json.loads(payload) if payload.startswith(b"{") else {"path": payload.decode()}
        file = Path(said.pop("path"))
        if said:
            self._held[file] = said
        return decided, file if file.is_file() else None

    def waiting(self) -> list[Held]:
        """What waits for an operator's word."""
        with self._database.read() as connection:
            return held.waiting(connection)


def _rank(label: str) -> tuple[int, int]:
    """Where a source stands among others: codes, then units, then what belongs to them, tables in their own order."""
    if label not in NAMES:
        return meaning.rank(label), 0
    tables = list(NAMES)
    place, units = tables.index(label), tables.index("birimler")
    return (0 if place < units else 1 if place == units else 3), place
