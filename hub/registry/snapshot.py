"""Files made from the registry at one serial: written whole or not at all, read by many processes at once.

A file is named for what it is, its form, its serial and the journal's hash at that serial, so that a file of another
history (of a database that was restored from a backup, say) is never taken. It ends with a table of its sections. It is
written beside its name and renamed when it is complete and on the disk; a killed writer leaves nothing that is read.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import mmap
import os
import re
import weakref
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final, Literal

from sqlalchemy import Connection, select

from hub.store.schema import JournalEntry

_MAGIC: Final = b"EYHSNAP1"
_AHEAD: Final = 1 << 20
_NAME: Final = re.compile(r"(?P<stem>.+)-(?P<serial>[0-9]+)-(?P<mark>[0-9a-f]{16})\.snap")


class Sections:
    """Sections of a file in memory, read in place; the pages belong to all processes together."""

    def __init__(self, read: mmap.mmap, table: dict[str, tuple[int, int]]) -> None:
        self._map = read
        self._sections = table

    def place(self, name: str) -> tuple[int, int]:
        """Where a section begins and how many bytes it has."""
        return self._sections[name]

    def numbers(self, name: str, code: Literal["i", "q", "Q", "B"]) -> memoryview[int]:
        """A section as an array of whole numbers of the :mod:`array` type ``code``."""
        start, size = self._sections[name]
        return memoryview(self._map)[start : start + size].cast(code)

    @property
    def map(self) -> mmap.mmap:
        """The file in memory that all processes share. What is read there does not give the interpreter's lock away:
        for small records that are asked for at random."""
        return self._map


class Snapshot(Sections):
    """An open file. Raises ValueError for a name that is no prepared file's, OSError where it cannot be opened."""

    def __init__(self, path: Path) -> None:
        self.path = path
        matched = _NAME.fullmatch(path.name)
        if matched is None:
            raise ValueError("not a snapshot's name")
        self.serial = int(matched["serial"])
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        # closed when the last reader lets go of it: a request may still read from a file that was replaced
        weakref.finalize(self, os.close, self._descriptor)
        read = mmap.mmap(self._descriptor, 0, prot=mmap.PROT_READ)
        if read[-8:] != _MAGIC:
            raise ValueError("cut short")
        length = int.from_bytes(read[-16:-8], "little")
        end = len(read) - 16
        if length > end:
            raise ValueError("cut short")
        table = json.loads(read[end - length : end])
        super().__init__(read, {name: (start, size) for name, (start, size) in table.items()})
        self._read_ahead(len(read))

    def _read_ahead(self, size: int) -> None:
        """Have the system read the file into its own memory, or each of the first questions would wait for the disk.
        Not every file system takes the advice; the file can be read all the same."""
        with contextlib.suppress(OSError):
            for at in range(0, size, _AHEAD):  # more at once than this the system may pass over
                os.posix_fadvise(self._descriptor, at, _AHEAD, os.POSIX_FADV_WILLNEED)

    def find(self, needle: bytes, start: int, end: int) -> int:
        """The first place of ``needle`` in the file at or after ``start``, before ``end``; -1 for none."""
        return self._map.find(needle, start, end)

    def read(self, start: int, size: int) -> bytes:
        """``size`` bytes from ``start``; not kept in this process's memory, as reading through a map would be."""
        return os.pread(self._descriptor, size, start)


class Writer:
    """Writes one file, section after section."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._sections: dict[str, tuple[int, int]] = {}

    def stream(self, name: str, pieces: Iterator[bytes]) -> None:
        """Add a section piece by piece. Sections begin at multiples of eight."""
        self._file.write(bytes(-self._file.tell() % 8))
        start = self._file.tell()
        for piece in pieces:
            self._file.write(piece)
        self._sections[name] = (start, self._file.tell() - start)

    def numbers(self, name: str, values: array[int]) -> None:
        """Add a section of whole numbers."""
        self.stream(name, iter((memoryview(values).cast("B").tobytes(),)))

    def so_far(self) -> Sections:
        """The sections that are written, for those to come that are made out of them."""
        self._file.flush()
        size = self._file.tell()
        with open(self._file.name, "rb") as file:
            read = mmap.mmap(file.fileno(), size, prot=mmap.PROT_READ) if size else mmap.mmap(-1, 1)
        return Sections(read, dict(self._sections))

    def finish(self) -> None:
        """Add the table of sections and see that everything is on the disk."""
        table = json.dumps(self._sections).encode()
        self._file.write(table + len(table).to_bytes(8, "little") + _MAGIC)
        self._file.flush()
        os.fsync(self._file.fileno())


class Shelf:
    """The files of one kind in one folder, of which the newest that belongs to the database is read."""

    def __init__(self, folder: Path, stem: str) -> None:
        """``stem`` names the kind and its form; files of other forms of the same kind are taken away when one of this
        form is written. The kind is what stands before the first dot."""
        self.folder = folder
        self.stem = stem

    def newest(self, connection: Connection, after: int = -1) -> Snapshot | None:
        """The newest file of a serial above ``after`` that belongs to the history that ``connection`` sees."""
        found = []
        with contextlib.suppress(FileNotFoundError):
            for name in os.listdir(self.folder):
                matched = _NAME.fullmatch(name)
                if matched is not None and matched["stem"] == self.stem and int(matched["serial"]) > after:
                    found.append((int(matched["serial"]), matched["mark"], name))
        for serial, mark, name in sorted(found, reverse=True):
            if mark == history_mark(connection, serial):
                with contextlib.suppress(OSError, ValueError):
                    return Snapshot(self.folder / name)
        return None

    @contextlib.contextmanager
    def lock(self, *, wait: bool) -> Iterator[bool]:
        """Be the one writer of this kind among all processes; False where another is and ``wait`` is not set."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / f"{self.stem}.lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
                return
            yield True

    @contextlib.contextmanager
    def write(self, connection: Connection, serial: int) -> Iterator[Writer]:
        """Write the file of ``serial``; it appears under its name when the block ends without an error. The lock must
        be held. Older files go away."""
        name = f"{self.stem}-{serial}-{history_mark(connection, serial)}.snap"
        for left in self.folder.glob(f"{self.stem}-*.tmp"):
            left.unlink(missing_ok=True)
        temporary = self.folder / f"{name}.tmp"
        try:
            with temporary.open("wb", buffering=1 << 20) as file:
                writer = Writer(file)
                yield writer
                writer.finish()
            temporary.rename(self.folder / name)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        kind = self.stem.partition(".")[0]
        for path in self.folder.iterdir():
            matched = _NAME.fullmatch(path.name)
            if matched is not None and path.name != name and matched["stem"].partition(".")[0] == kind:
                path.unlink(missing_ok=True)


def history_mark(connection: Connection, serial: int) -> str:
    """What tells one database's history from another's at ``serial``; 16 letters that no serial of this database has
    where it never got that far."""
    statement = select(JournalEntry.hash).where(JournalEntry.serial == serial)
    found = connection.execute(statement).scalar_one_or_none()
    return ("0" * 16 if serial == 0 else "-") if found is None else bytes(found)[:8].hex()
