"""Whether anything was committed to an SQLite database, told from memory that its users share.

SQLite's readers and writers agree through the first bytes of the WAL index, the file beside the database whose name
ends in ``-shm``: a counter of transactions, the last frame, checksums and salts (https://www.sqlite.org/walformat.html,
"The WAL-Index Header"). A commit is seen by other connections when these bytes change, and not before. So while they
are as they were before something was read, it would be read again just the same.
"""

from __future__ import annotations

import contextlib
import mmap
import os
from typing import Final

_HEADER: Final = 48
"""Bytes of the header. A second copy follows; one read half-way through a change differs from what was there before."""

_mapped: dict[tuple[int, int], mmap.mmap] = {}
"""Maps by device and inode, never let go: closing any descriptor of a file gives up the locks that the whole process
holds on it (fcntl(2)), and those on this file are SQLite's."""


class WalIndex:
    """The WAL index of one database. Right as long as this process keeps a connection to the database open, because
    the last one to close takes the file away."""

    def __init__(self, shared: mmap.mmap) -> None:
        self._shared = shared

    @classmethod
    def of(cls, path: str) -> WalIndex | None:
        """The index of the database file ``path``, to which a connection is open; None for a database without one."""
        with contextlib.suppress(OSError, ValueError):
            found = os.stat(f"{path}-shm")
            key = (found.st_dev, found.st_ino)
            if key not in _mapped:
                descriptor = os.open(f"{path}-shm", os.O_RDONLY | os.O_CLOEXEC)
                _mapped[key] = mmap.mmap(descriptor, _HEADER, access=mmap.ACCESS_READ)
            return cls(_mapped[key])
        return None

    def mark(self) -> bytes:
        """Another whenever something was committed in between."""
        return self._shared[:_HEADER]
