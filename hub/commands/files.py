"""Writing files that commands make: whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path


def write_whole(target: Path, chunks: Iterable[bytes], *, force: bool, mode: int = 0o666) -> None:
    """Write ``chunks`` beside ``target`` and put the file in its place once it is whole.

    An existing file is replaced only with ``force``; without it nothing is lost even to a file that appears meanwhile.
    ``mode`` is narrowed by the process's umask. Raises :class:`FileExistsError`, and any other :class:`OSError` of the
    disk; what breaks off leaves nothing behind.
    """
    part = target.with_name(f".{os.getpid()}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), mode)
    try:
        with os.fdopen(descriptor, "wb") as out:
            for chunk in chunks:
                out.write(chunk)
        if force:
            part.replace(target)
        else:
            os.link(part, target)
    finally:
        part.unlink(missing_ok=True)
