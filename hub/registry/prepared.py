"""Whole-list answers as files: made once for each serial of what they show, and served as bytes.

An answer that shows only KEP addresses stays as it is while units are renamed: a file is named for the last serial that
touched one of its subjects. Beside the plain bytes stands the same, compressed.
"""

from __future__ import annotations

import contextlib
import fcntl
import gzip
import os
import re
import threading
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Final

from sqlalchemy import Connection

from hub import limits
from hub.registry.serials import last_of
from hub.registry.serials import serial as serial_of
from hub.registry.snapshot import history_mark
from hub.store.database import Database
from hub.store.freshness import Freshness

Produce = Callable[[Connection], Iterator[bytes]]
_NAME: Final = re.compile(r"[A-Za-z0-9_.]+")


class Answer:
    """One prepared answer. It stays readable for as long as it is held, whatever is prepared after it."""

    def __init__(self, path: Path, serial: int) -> None:
        self.serial = serial
        """The last change of what the answer shows."""
        self.path = path
        self._plain = _held(self, path)
        self._packed = _held(self, path.with_name(f"{path.name}.gz"))
        self.size = os.fstat(self._plain).st_size
        """Bytes of the plain form."""
        self.packed_size = os.fstat(self._packed).st_size
        """Bytes of the gzip form."""

    def chunks(self, *, packed: bool = False, size: int = limits.PREPARED_CHUNK) -> Iterator[bytes]:
        """The bytes piece by piece, plain or as gzip."""
        file = self._packed if packed else self._plain
        at = 0
        while piece := os.pread(file, size, at):
            yield piece
            at += len(piece)

    def read(self, *, packed: bool = False) -> bytes:
        """All bytes at once."""
        file, size = (self._packed, self.packed_size) if packed else (self._plain, self.size)
        return os.pread(file, size, 0) if size < 1 << 30 else b"".join(self.chunks(packed=packed))


class Prepared:
    """The prepared answers of one process; threads may share it."""

    def __init__(self, database: Database, freshness: Freshness, folder: Path) -> None:
        self._database = database
        self._freshness = freshness
        self._folder = folder
        self._answers: dict[tuple[str, str], tuple[int, Answer]] = {}
        self._lock = threading.Lock()

    def get(self, name: str, version: str, subjects: tuple[str, ...], produce: Produce) -> Answer:
        """The answer ``name`` as of now: every change committed before the call is in it.

        ``subjects`` are the journal's words for what it shows, ``version`` is another whenever ``produce`` would make
        other bytes of the same state. Where there is no answer yet, one process of all makes it, and the others wait.
        """
        assert _NAME.fullmatch(name) is not None
        assert _NAME.fullmatch(version) is not None
        serial = self._freshness.serial()
        known = self._answers.get((name, version))
        if known is not None and known[0] == serial:
            return known[1]
        with self._database.read() as connection:
            seen = serial_of(connection)
            shown = last_of(connection, *subjects)
            answer = None if known is None or known[1].serial != shown else known[1]
            if answer is None:
                path = self._folder / f"{name}-{version}-{shown}-{history_mark(connection, shown)}"
                answer = _opened(path, shown)
        if answer is None:
            seen, answer = self._made(name, version, subjects, produce)
        with self._lock:
            before = self._answers.get((name, version))
            if before is None or before[0] < seen or before[0] > serial:
                self._answers[name, version] = (seen, answer)
        return answer

    def _made(self, name: str, version: str, subjects: tuple[str, ...], produce: Produce) -> tuple[int, Answer]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with self._database.read() as connection:
                seen = serial_of(connection)
                shown = last_of(connection, *subjects)
                path = self._folder / f"{name}-{version}-{shown}-{history_mark(connection, shown)}"
                answer = _opened(path, shown)
                if answer is None:
                    self._write(path, produce(connection))
                    answer = Answer(path, shown)
            for left in self._folder.iterdir():
                if left.name.startswith(f"{name}-") and not left.name.startswith(path.name):
                    left.unlink(missing_ok=True)
            return seen, answer

    def _write(self, path: Path, pieces: Iterator[bytes]) -> None:
        plain, packed = path.with_name(f"{path.name}.tmp"), path.with_name(f"{path.name}.gz.tmp")
        try:
            with plain.open("wb", buffering=1 << 20) as file, packed.open("wb") as raw:
                with gzip.GzipFile(filename="", mode="wb", compresslevel=4, fileobj=raw, mtime=0) as both:
                    for piece in pieces:
                        file.write(piece)
                        both.write(piece)
                _settle(file)
                _settle(raw)
            packed.rename(path.with_name(f"{path.name}.gz"))
            plain.rename(path)  # last: what opens an answer looks for this name
        except BaseException:
            for left in (plain, packed):
                left.unlink(missing_ok=True)
            raise


def _held(owner: object, path: Path) -> int:
    """An open file that is closed when ``owner`` goes."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    weakref.finalize(owner, os.close, descriptor)
    return descriptor


def _settle(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def _opened(path: Path, serial: int) -> Answer | None:
    with contextlib.suppress(FileNotFoundError):
        return Answer(path, serial)
    return None
