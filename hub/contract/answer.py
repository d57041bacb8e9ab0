"""Answers on their way out: small ones from memory, long ones from a temporary file, prepared ones from stored bytes.

A list whose length is known (:class:`Measured`) is sent while it is written. Other lists may be generators, so an
answer may be longer than memory should hold. Beyond :data:`~hub.limits.SOAP_ANSWER_HELD` bytes it is written to an
unnamed temporary file while the generator runs, and sent when it is whole. Every answer has a ``Content-Length``: of a
list that comes from the database a failure at row 90,000 is still a proper error answer, and whatever breaks off later
is shorter than was stated, which clients notice (HTTP servers end a torn chunked answer as if it were whole). A slow
reader keeps no database transaction open.
"""

from __future__ import annotations

import mmap
import os
import shutil
import struct
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter
from pathlib import Path
from typing import IO, Any, Final

from hub import limits
from hub.contract.errors import AnswerBroken
from hub.contract.soap import Wrapping
from hub.contract.writer import Rendered

BLOCK: Final = 262_144
_FRAMES: Final = 8
"""Different results of an operation whose frames are kept."""
_STAND_IN: Final = Rendered(b"\0")
"""One item in place of all; no XML holds this character."""
_GZIP_HEAD: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x04\xff"
_MARK: Final = b"EYPREP01"
_SIZES: Final = struct.Struct("<8sQQ")
"""End of a prepared answer's file: a mark, the length of the plain part, the length of the compressed part."""
_LEVEL: Final = 1
"""Compression of answers made per request: the fastest level gives most of the gain."""
_PREPARED_LEVEL: Final = 6
"""Compression of prepared answers, which is paid once."""


class Body:
    """The bytes of an answer with their length: in memory, or a file that is read block by block and then closed."""

    __slots__ = ("_blocks", "close", "compressed", "size")

    def __init__(
        self, blocks: Iterable[bytes], size: int, *, compressed: bool, close: Callable[[], None] | None = None
    ) -> None:
        self._blocks = blocks
        self.size = size
        self.compressed = compressed
        self.close = close or _nothing

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._blocks)

    @property
    def chunks(self) -> list[bytes] | None:
        """The bytes as a list, where they are in memory."""
        return self._blocks if isinstance(self._blocks, list) else None


class Measured:
    """The items of an array, whose length is known before they are written, so that they are sent as they are made.

    ``pieces`` are :class:`~hub.contract.Rendered` fragments, together ``size`` bytes long. What can fail should have
    failed before one of these is made: a failure after the first byte breaks the connection off before the length that
    was stated, which every HTTP client notices, but no client can be told in words any more.
    """

    __slots__ = ("pieces", "size")

    def __init__(self, pieces: Iterable[Rendered], size: int) -> None:
        self.pieces = pieces
        self.size = size

    def __iter__(self) -> Iterator[Rendered]:
        return iter(self.pieces)


class Frame:
    """What stands around the items of one operation's list, by what the result says besides, written once each.

    Results differ in little but their items: success without a message is nearly all of them.
    """

    __slots__ = ("_known", "_others", "_write", "field")

    def __init__(self, write: Callable[[Any], Iterator[bytes]], field: str, others: Sequence[str]) -> None:
        """``write`` writes a result whose array is called ``field`` and whose other fields are ``others``."""
        self._write = write
        self.field = field
        self._others = attrgetter("__class__", *others, "__class__")  # at least two names: a tuple in any case
        self._known: dict[tuple[Any, ...], tuple[bytes, bytes]] = {}

    def of(self, result: Any, wrapping: Wrapping) -> tuple[bytes, bytes]:
        """What stands before and after the items of ``result``, which are not none."""
        said = self._others(result)
        key = (wrapping, said, *map(type, said))  # what is equal is not written alike in every type
        try:
            found = self._known.get(key)
        except TypeError:  # a value that cannot be compared
            return self._made(result, wrapping)
        if found is None:
            found = self._made(result, wrapping)
            if len(self._known) < _FRAMES:
                self._known[key] = found
        return found

    def _made(self, result: Any, wrapping: Wrapping) -> tuple[bytes, bytes]:
        items = getattr(result, self.field)
        setattr(result, self.field, [_STAND_IN])
        try:
            before, _, after = b"".join((wrapping.head, *self._write(result), wrapping.tail)).partition(_STAND_IN)
        finally:
            setattr(result, self.field, items)
        return before, after


def stream(items: Measured, before: bytes, after: bytes) -> Body:
    """The answer with ``items`` between ``before`` and ``after``, written while it is sent."""
    return Body(_exactly(before, items, after), len(before) + items.size + len(after), compressed=False)


def _exactly(before: bytes, items: Measured, after: bytes) -> Iterator[bytes]:
    """The answer; raises :class:`~hub.contract.errors.AnswerBroken` before a byte too many, or one too few, is sent."""
    yield before
    left = items.size
    for piece in items:
        left -= len(piece)
        if left < 0:
            break
        yield piece
    if left:
        raise AnswerBroken("Yanıtın uzunluğu önceden bildirilenden farklı.")
    yield after


def _nothing() -> None:
    return None


def gather(pieces: Iterator[bytes], wrapping: Wrapping, *, gzip: bool) -> Body:
    """The whole answer of ``pieces`` inside ``wrapping``, compressed if ``gzip`` and worth it.

    Runs ``pieces`` to its end; whatever it raises passes through and leaves nothing behind.
    """
    held: list[bytes] = [wrapping.head]
    size = len(wrapping.head)
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size > limits.SOAP_ANSWER_HELD:
            return _spool(held, pieces, wrapping.tail, gzip=gzip)
    if len(held) == 1:
        return Body([wrapping.empty], len(wrapping.empty), compressed=False)
    held.append(wrapping.tail)
    return in_memory(held, size + len(wrapping.tail), gzip=gzip)


def in_memory(held: list[bytes], size: int, *, gzip: bool) -> Body:
    """The body of ``size`` bytes in ``held``, compressed where ``gzip`` is wanted and pays."""
    if gzip and size >= limits.SOAP_GZIP_FROM:
        packed = zlib.compress(b"".join(held), level=_LEVEL, wbits=31)
        return Body([packed], len(packed), compressed=True)
    return Body(held, size, compressed=False)


def _spool(held: list[bytes], pieces: Iterator[bytes], tail: bytes, *, gzip: bool) -> Body:
    file = tempfile.TemporaryFile(buffering=BLOCK)  # noqa: SIM115 - closed by the body, after it was sent
    try:
        pack = zlib.compressobj(_LEVEL, wbits=31) if gzip else None
        for piece in _chained(held, pieces, tail):
            file.write(pack.compress(piece) if pack else piece)
        if pack:
            file.write(pack.flush())
        size = file.tell()
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return Body(_blocks(file), size, compressed=gzip, close=file.close)


def _chained(held: list[bytes], pieces: Iterator[bytes], tail: bytes) -> Iterator[bytes]:
    yield from held
    held.clear()
    yield from pieces
    yield tail


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while block := file.read(BLOCK):
            yield block


class Prepared:
    """The XML inside an answer's wrapper, made once and served many times, plain and compressed.

    Made by :meth:`hub.contract.Endpoint.prepare` (or :func:`prepare`); returned by a function in place of a result.
    The bytes are those that the same result would have been written as. Compressed, the stored part is a run of
    whole deflate blocks, so that the few bytes around it (which depend on the SOAP version) are added when it is
    sent, without compressing anything again.
    """

    __slots__ = ("_deflated", "_plain", "_sums", "size")

    def __init__(self, plain: memoryview, deflated: memoryview) -> None:
        self._plain = plain
        self._deflated = deflated
        self._sums: dict[bytes, bytes] = {}
        self.size = len(plain)
        """Bytes of the stored part, not compressed."""

    @classmethod
    def open(cls, path: Path) -> Prepared:
        """The answer that :func:`prepare` stored at ``path``, mapped into memory.

        Raises :class:`OSError` where it is not there, :class:`ValueError` where it is not such a file."""
        with path.open("rb") as file:
            if path.stat().st_size < _SIZES.size:
                raise ValueError(f"{path.name}: not a prepared answer")
            view = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        mark, plain, deflated = _SIZES.unpack(view[-_SIZES.size :])
        if mark != _MARK or plain + deflated + _SIZES.size != len(view):
            raise ValueError(f"{path.name}: not a prepared answer")
        return cls(view[:plain], view[plain : plain + deflated])

    def body(self, wrapping: Wrapping, *, gzip: bool) -> Body:
        """The whole answer inside ``wrapping``."""
        if not gzip or self.size < limits.SOAP_GZIP_FROM:
            size = len(wrapping.head) + self.size + len(wrapping.tail)
            return Body(_around(wrapping.head, self._plain, wrapping.tail), size, compressed=False)
        before = _GZIP_HEAD + _deflate(wrapping.head, last=False)
        after = _deflate(wrapping.tail, last=True) + self._trailer(wrapping)
        size = len(before) + len(self._deflated) + len(after)
        return Body(_around(before, self._deflated, after), size, compressed=True)

    def _trailer(self, wrapping: Wrapping) -> bytes:
        """Checksum and length of the plain answer, computed once for each wrapping."""
        found = self._sums.get(wrapping.head)
        if found is None:
            total = zlib.crc32(wrapping.tail, _crc(self._plain, zlib.crc32(wrapping.head)))
            size = len(wrapping.head) + self.size + len(wrapping.tail)
            found = total.to_bytes(4, "little") + (size & 0xFFFFFFFF).to_bytes(4, "little")
            self._sums[wrapping.head] = found
        return found


def prepare(pieces: Iterable[bytes], path: Path | None = None) -> Prepared:
    """Store ``pieces`` as a prepared answer: in memory, or in the file ``path``.

    A file is written beside ``path`` and then renamed, so that no reader sees half an answer and a crash leaves the
    former one. Answers that are being sent keep what they opened.
    """
    pack = zlib.compressobj(_PREPARED_LEVEL, wbits=-15)
    if path is None:
        plain, deflated = bytearray(), bytearray()
        for piece in pieces:
            plain += piece
            deflated += pack.compress(piece)
        deflated += pack.flush(zlib.Z_FULL_FLUSH)
        return Prepared(memoryview(bytes(plain)), memoryview(bytes(deflated)))
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with draft.open("w+b") as file, tempfile.TemporaryFile() as packed:
            for piece in pieces:
                file.write(piece)
                packed.write(pack.compress(piece))
            packed.write(pack.flush(zlib.Z_FULL_FLUSH))
            sizes = file.tell(), packed.tell()
            packed.seek(0)
            shutil.copyfileobj(packed, file, BLOCK)
            file.write(_SIZES.pack(_MARK, *sizes))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return Prepared.open(path)


def _deflate(data: bytes, *, last: bool) -> bytes:
    pack = zlib.compressobj(_LEVEL, wbits=-15)
    return pack.compress(data) + pack.flush(zlib.Z_FINISH if last else zlib.Z_FULL_FLUSH)


def _crc(data: memoryview, start: int) -> int:
    for at in range(0, len(data), 1 << 20):
        start = zlib.crc32(data[at : at + (1 << 20)], start)
    return start


def _around(before: bytes, middle: memoryview, after: bytes) -> Iterator[bytes]:
    first = BLOCK - len(before)
    yield before + middle[:first]
    for at in range(first, len(middle), BLOCK):
        yield bytes(middle[at : at + BLOCK])
    yield after
