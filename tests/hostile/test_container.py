"""Rows B1 to B5: archives that no guard may open. The expected code is the last part of each case's name."""

from __future__ import annotations

import io
import struct
import tracemalloc
import unicodedata
import zipfile
import zlib
from collections.abc import Callable

import pytest

from hub import limits
from hub.package.container import Budget, Container
from hub.package.errors import ContainerError
from hub.package.reader import read_package
from tests.package.forge import Forged, deflate, forge

A = Forged("a.txt", b"a" * 100)
B = Forged("b.txt", b"b" * 100)
ZEROS = b"\0" * (4 << 20)


def _overlap() -> bytes:
    return forge([A, Forged("b.txt", A.data, offset=0, skip_local=True)])


def _quoted_overlap() -> bytes:
    """David Fifield's construction in small: the first entry's data quotes the second's local header."""
    inner = deflate(b"x" * 500)
    crc = zlib.crc32(b"x" * 500)
    header = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 2048, 8, 0, 33, crc, len(inner), 500, 5, 0) + b"b.bin"
    quote = bytes([0]) + struct.pack("<HH", len(header), len(header) ^ 0xFFFF) + header + inner
    first = Forged("a.bin", header + b"x" * 500, payload=quote)
    second = Forged("b.bin", b"x" * 500, skip_local=True, payload=inner, offset=30 + 5 + 5)
    return forge([first, second])


def _zip64(offset_shift: int = 0, count: int = 1) -> bytes:
    """An archive whose end records are ZIP64."""
    plain = forge([A], tail=b"")
    start = plain.index(b"PK\1\2")
    size = len(plain) - start
    record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, start)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, len(plain) + offset_shift, 1)
    return plain + record + locator + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, *[0xFFFFFFFF] * 2, 0)


def _two_ends() -> bytes:
    second = forge([B])
    return forge([A], comment=second)


def _nested(levels: int) -> bytes:
    data = forge([A])
    for _ in range(levels):
        data = forge([Forged("OrijinalPaket/OrijinalPaket.eyp", data, method=0)])
    return data


NFC, NFD = unicodedata.normalize("NFC", "Ekler/öz.txt"), unicodedata.normalize("NFD", "Ekler/öz.txt")

CASES: dict[str, Callable[[], bytes]] = {
    "b1-ratio-ZIP_BOMB": lambda: forge([Forged("a", ZEROS)]),
    "b1-overlap-same-header-ZIP_BOMB": _overlap,
    "b1-quoted-overlap-ZIP_BOMB": _quoted_overlap,
    "b1-declared-total-ZIP_BOMB": lambda: forge([Forged("a", b"x", size=1 << 30)]),
    "b2-dotdot-ZIP_NAME": lambda: forge([Forged("../a", b"x")]),
    "b2-inner-dotdot-ZIP_NAME": lambda: forge([Forged("Ekler/../../a", b"x")]),
    "b2-absolute-ZIP_NAME": lambda: forge([Forged("/etc/passwd", b"x")]),
    "b2-drive-ZIP_NAME": lambda: forge([Forged("C:a.txt", b"x")]),
    "b2-backslash-ZIP_NAME": lambda: forge([Forged("Ekler\\..\\a", b"x")]),
    "b2-nul-ZIP_NAME": lambda: forge([Forged("a\0.pdf", b"x")]),
    "b2-control-ZIP_NAME": lambda: forge([Forged("a\n.pdf", b"x")]),
    "b2-percent-dotdot-ZIP_NAME": lambda: forge([Forged("%2e%2e/a", b"x")]),
    "b2-percent-slash-ZIP_NAME": lambda: forge([Forged("Ekler/%2fa", b"x")]),
    "b2-symlink-ZIP_NAME": lambda: forge([Forged("a", b"/etc/passwd", mode=0o120777)]),
    "b2-device-ZIP_NAME": lambda: forge([Forged("a", b"", mode=0o020666)]),
    "b2-empty-segment-ZIP_NAME": lambda: forge([Forged("Ekler//a", b"x")]),
    "b2-long-ZIP_NAME": lambda: forge([Forged("a" * 600, b"x")]),
    "b2-bad-utf8-ZIP_NAME": lambda: forge([Forged(b"\xff\xfe", b"x")]),
    "b3-same-OPC_DUPLICATE": lambda: forge([A, Forged("a.txt", b"other")]),
    "b3-case-OPC_DUPLICATE": lambda: forge([A, Forged("A.TXT", b"other")]),
    "b3-nfc-nfd-OPC_DUPLICATE": lambda: forge([Forged(NFC, b"1"), Forged(NFD, b"2")]),
    "b3-percent-OPC_DUPLICATE": lambda: forge([Forged("a b.txt", b"1"), Forged("a%20b.txt", b"2")]),
    "b3-turkish-case-OPC_DUPLICATE": lambda: forge([Forged("Ekler/ŞUBE.txt", b"1"), Forged("Ekler/şube.txt", b"2")]),
    "b3-folder-OPC_DUPLICATE": lambda: forge([Forged("a", b"1"), Forged("a/", b"")]),
    "b4-local-name-ZIP_INCONSISTENT": lambda: forge([Forged("a.txt", b"x", local_name="b.txt")]),
    "b4-local-size-ZIP_INCONSISTENT": lambda: forge([Forged("a.txt", b"x", local_size=9)]),
    "b4-local-method-ZIP_INCONSISTENT": lambda: forge([Forged("a.txt", b"x", local_method=0)]),
    "b4-zip64-offset-ZIP_INCONSISTENT": lambda: _zip64(offset_shift=-8),
    "b4-zip64-count-ZIP_INCONSISTENT": lambda: _zip64(count=2),
    "b4-before-ZIP_INCONSISTENT": lambda: forge([A], before=b"%PDF-1.7\n"),
    "b4-before-offsets-kept-ZIP_INCONSISTENT": lambda: b"MZ" + forge([A]),
    "b4-after-ZIP_INCONSISTENT": lambda: forge([A], after=b"tail"),
    "b4-between-ZIP_INCONSISTENT": lambda: forge([A, B], between=b"hidden"),
    "b4-two-eocd-comment-ZIP_INCONSISTENT": _two_ends,
    "b4-two-eocd-appended-ZIP_INCONSISTENT": lambda: forge([A]) + forge([B]),
    "b4-unicode-path-ZIP_INCONSISTENT": lambda: forge(
        [Forged("a.txt", b"x", extra=struct.pack("<2HBL", 0x7075, 10, 1, 0) + b"b.txt")]
    ),
    "b4-descriptor-ZIP_INCONSISTENT": lambda: forge([Forged("a.txt", b"x", descriptor=struct.pack("<3L", 1, 2, 3))]),
    "b4-stored-sizes-ZIP_INCONSISTENT": lambda: forge([Forged("a", b"xy", method=0, size=1)]),
    "b5-encrypted-ZIP_ENCRYPTED": lambda: forge([Forged("a", b"x", flags=1)]),
    "b5-strong-encrypted-ZIP_ENCRYPTED": lambda: forge([Forged("a", b"x", flags=1 << 6)]),
    "b5-method-ZIP_METHOD": lambda: forge([Forged("a", b"x", method=12, payload=b"x")]),
    "b5-truncated-ZIP_TRUNCATED": lambda: forge([A, B])[:-30],
    "b5-cut-in-end-ZIP_TRUNCATED": lambda: forge([A, B], comment=b"abc")[:-1],
    "b5-entries-ZIP_LIMIT": lambda: forge([Forged(f"{n}", b"", method=0) for n in range(limits.ZIP_ENTRIES + 1)]),
    "b5-count-lies-ZIP_INCONSISTENT": lambda: forge([A, B], count=1),
    "b5-empty-archive-ZIP_BAD": lambda: forge([]),
    "b5-empty-file-ZIP_BAD": lambda: b"",
    "b5-not-zip-ZIP_BAD": lambda: b"%PDF-1.7 " * 100,
    "b5-multidisk-ZIP_INCONSISTENT": lambda: forge(
        [A], tail=struct.pack("<4s4H2LH", b"PK\5\6", 1, 0, 1, 1, 51, len(forge([A], tail=b"")) - 51, 0)
    ),
}

STREAMED: dict[str, Callable[[], bytes]] = {
    "b1-forged-small-size-ZIP_BOMB": lambda: forge([Forged("a", ZEROS, size=10)]),
    "b5-crc-ZIP_CRC": lambda: forge([Forged("a", b"hello", crc=1)]),
    "b5-forged-large-size-ZIP_CRC": lambda: forge([Forged("a", b"hello", size=400)]),
    "b5-damaged-deflate-ZIP_CRC": lambda: forge([Forged("a", b"hello", payload=b"\xff\xff\xff")]),
    "b5-cut-deflate-ZIP_CRC": lambda: forge([Forged("a", b"hello" * 99, payload=deflate(b"hello" * 99)[:-3])]),
    "b4-after-deflate-ZIP_INCONSISTENT": lambda: forge([Forged("a", b"hello", payload=deflate(b"hello") + b"more")]),
}


@pytest.mark.parametrize("name", CASES)
def test_guard_refuses(name: str) -> None:
    data = CASES[name]()
    with pytest.raises(ContainerError) as caught:
        Container.open(data)
    assert caught.value.code == name.rsplit("-", 1)[1]
    assert caught.value.rule_id.startswith("EYP-ZIP-")
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("name", STREAMED)
def test_stream_refuses(name: str) -> None:
    with Container.open(STREAMED[name]()) as container, pytest.raises(ContainerError) as caught:
        b"".join(container.stream(container.entries[0]))
    assert caught.value.code == name.rsplit("-", 1)[1]


def test_all_refusals_of_one_archive_are_kept() -> None:
    with pytest.raises(ContainerError) as caught:
        Container.open(forge([Forged("../a", b"x"), Forged("b", b"", mode=0o120777), Forged("c", b"", flags=1)]))
    codes = [caught.value.code, *(other.code for other in caught.value.others)]
    assert codes == ["ZIP_NAME", "ZIP_NAME", "ZIP_ENCRYPTED"]


def test_nesting_is_bounded() -> None:
    container = Container.open(_nested(limits.ZIP_NESTING + 1))
    for _ in range(limits.ZIP_NESTING):
        container = container.nested(container.entries[0])
    with pytest.raises(ContainerError) as caught:
        container.nested(container.entries[0])
    assert caught.value.code == "ZIP_LIMIT"
    assert caught.value.rule_id == "EYP-ZIP-NESTING"


def test_budget_counts_nested_packages() -> None:
    inner = forge([Forged("a", b"x" * 1000)])
    outer = forge([Forged("p", inner, method=0)])
    container = Container.open(outer, budget=Budget(len(inner) + 500))
    b"".join(container.stream(container.entries[0]))
    nested = container.nested(container.entries[0])
    with pytest.raises(ContainerError) as caught:
        b"".join(nested.stream(nested.entries[0]))
    assert caught.value.code == "ZIP_BOMB"


def test_a_bomb_takes_little_memory() -> None:
    data = forge([Forged("a", b"\0" * (64 << 20), size=10)])
    tracemalloc.start()
    try:
        with Container.open(data) as container, pytest.raises(ContainerError):
            b"".join(container.stream(container.entries[0]))
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_honest_archives_open() -> None:
    """Archives of the standard library, streamed ones (with data descriptors) and ZIP64 ones alike."""
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w", zipfile.ZIP_DEFLATED) as writer:
        writer.writestr("Ustveri/Ustveri.xml", b"<a/>" * 100)
        writer.writestr("Ekler/", b"")
        with writer.open("Ekler/big.bin", "w", force_zip64=True) as part:
            part.write(b"12345" * 1000)

    class Pipe(io.RawIOBase):
        """Not seekable: the writer has to use data descriptors."""

        def __init__(self) -> None:
            self.data = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:  # type: ignore[override]
            self.data += data
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as writer:
        writer.writestr("a", b"hello")
        writer.writestr("b", b"")
    for data in (plain.getvalue(), bytes(pipe.data), _zip64(), forge([A, B], comment=b"note")):
        with Container.open(data) as container:
            for entry in container.entries:
                assert sum(len(chunk) for chunk in container.stream(entry)) == entry.size


def test_damaged_part_is_named_by_the_reader() -> None:
    data = forge([Forged("[Content_Types].xml", b"<Types/>"), Forged("UstYazi/a.pdf", b"x", crc=7)])
    with read_package(data) as package:
        assert package.damaged["/UstYazi/a.pdf"].code == "ZIP_CRC"
