"""What became of many rows that were handed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hub.store.errors import StoreError
from hub.store.shape import Row

Refused = Callable[[Row, StoreError], None]
"""Takes a row that could not be written, as it was handed in, and the reason."""


@dataclass(slots=True)
class Counts:
    """What became of the rows that were put."""

    opened: int = 0
    altered: int = 0
    unchanged: int = 0
    refused: int = 0


class Refusing:
    """Hands a row that the block refuses to whoever wants refused rows, and counts it; else lets the reason through."""

    def __init__(self, counts: Counts, refused: Refused | None) -> None:
        self._counts = counts
        self._refused = refused
        self._row: Row = {}

    def __call__(self, row: Row) -> Refusing:
        self._row = row
        return self

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, StoreError):
            return False
        self._counts.refused += 1
        if self._refused is None:
            return False
        self._refused(self._row, error)
        return True
