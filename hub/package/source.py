"""Where a package's bytes come from: a file, bytes in memory, or a stretch of another source.

Reading is by position and keeps no state, so that several threads may read at once.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol, Self


class Source(Protocol):
    """Random access to bytes that do not change."""

    @property
    def size(self) -> int:
        """Number of bytes."""

    def read_at(self, offset: int, count: int) -> bytes:
        """Up to ``count`` bytes from ``offset``; fewer only at the end."""

    def close(self) -> None:
        """Give back what is held; the source is not used afterwards."""


class Closing(ABC):
    """What is closed at the end of its ``with``."""

    __slots__ = ()

    @abstractmethod
    def close(self) -> None:
        """Give back what is held."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class FileSource(Closing):
    """A file, opened for reading; an open file without a name on disk (a temporary one) is taken over as it is."""

    def __init__(self, file: Path | BinaryIO) -> None:
        self._file: BinaryIO = file.open("rb") if isinstance(file, Path) else file
        self._descriptor = self._file.fileno()
        self.size: int = os.fstat(self._descriptor).st_size

    def read_at(self, offset: int, count: int) -> bytes:
        return os.pread(self._descriptor, count, offset)

    def close(self) -> None:
        self._file.close()


class BytesSource:
    """Bytes in memory."""

    def __init__(self, data: bytes) -> None:
        self._data = memoryview(data)
        self.size: int = len(data)

    def read_at(self, offset: int, count: int) -> bytes:
        return bytes(self._data[offset : offset + count])

    def close(self) -> None:
        self._data.release()


class SliceSource:
    """A stretch of another source, which stays open and is not closed with the slice."""

    def __init__(self, parent: Source, offset: int, size: int) -> None:
        self._parent = parent
        self._offset = offset
        self.size: int = size

    def read_at(self, offset: int, count: int) -> bytes:
        count = min(count, self.size - offset)
        return self._parent.read_at(self._offset + offset, count) if count > 0 else b""

    def close(self) -> None:
        return
