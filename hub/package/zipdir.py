"""The records of a ZIP archive (APPNOTE 6.3.10), parsed strictly: what is ambiguous is refused.

Only the layout is judged here; what an entry may be called and how much may come out of it is
:mod:`hub.package.container`.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from typing import Final

from hub import limits
from hub.package.errors import (
    ZipBadError,
    ZipBombError,
    ZipInconsistentError,
    ZipLimitError,
    ZipNameError,
    ZipTruncatedError,
    printable,
)
from hub.package.source import Source

EOCD: Final = b"PK\x05\x06"
LOCATOR: Final = b"PK\x06\x07"
EOCD64: Final = b"PK\x06\x06"
CENTRAL: Final = b"PK\x01\x02"
LOCAL: Final = b"PK\x03\x04"
DESCRIPTOR: Final = b"PK\x07\x08"

UTF8_NAME: Final = 1 << 11
HAS_DESCRIPTOR: Final = 1 << 3
ENCRYPTED: Final = (1 << 0) | (1 << 6) | (1 << 13)

_EOCD = struct.Struct("<4s4H2LH")
_LOCATOR = struct.Struct("<4sLQL")
_EOCD64 = struct.Struct("<4sQ2H2L4Q")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_TAIL: Final = _EOCD.size + 0xFFFF


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, as central directory and local header agree on it."""

    name: str
    flags: int
    method: int
    crc: int
    compressed: int
    size: int
    mode: int
    """Upper half of the external attributes: Unix file type and permissions, 0 when none are given."""
    offset: int
    """Position of the local header."""
    data: int = 0
    """Position of the first byte of content, which the local header tells."""
    open_ended: bool = False
    """Whether the local header leaves sizes to a descriptor behind the content."""

    @property
    def is_folder(self) -> bool:
        """Whether the entry stands for a folder and has no content."""
        return self.name.endswith("/")


@dataclass(frozen=True, slots=True)
class Directory:
    """All entries in the order of the central directory, and the archive comment."""

    entries: tuple[Entry, ...]
    comment: bytes


def read_directory(source: Source) -> Directory:
    """Parse and cross-check every record of the archive.

    Raises :class:`~hub.package.errors.ContainerError` subclasses: ``ZIP_BAD``, ``ZIP_TRUNCATED``, ``ZIP_LIMIT``,
    ``ZIP_INCONSISTENT``, ``ZIP_BOMB`` (overlapping entries), ``ZIP_NAME`` (undecodable names).
    """
    end, comment = _find_end(source)
    count, size, offset, stop = _read_end(source, end)
    if count == 0:
        raise ZipBadError("Arşivde hiç girdi yok.", found="0", expected="≥ 1")
    if count > limits.ZIP_ENTRIES or size > limits.ZIP_DIRECTORY:
        raise ZipLimitError(
            "Arşivdeki girdi sayısı sınırı aşıyor.", found=str(count), expected=f"≤ {limits.ZIP_ENTRIES}"
        )
    if offset + size > stop:
        raise ZipInconsistentError("Merkezi dizin arşiv sonu kaydıyla çakışıyor.", found=f"{offset}+{size}>{stop}")
    if offset + size < stop:
        raise _extra("Merkezi dizinin önünde ya da ardında fazladan veri var.", stop - offset - size)
    central = _read_central(source.read_at(offset, size), count)
    if len({item.offset for _, item in central}) != count:
        raise ZipBombError("Birden fazla girdi aynı veriyi gösteriyor.", rule="EYP-ZIP-LOCALHEADER")
    entries = tuple(_merge(source, raw, item, offset) for raw, item in central)
    _check_layout(source, entries, offset)
    return Directory(entries, comment)


def _extra(message: str, count: int) -> ZipInconsistentError:
    return ZipInconsistentError(message, found=f"{count} B", expected="0 B", rule="EYP-ZIP-TRAILING")


def _find_end(source: Source) -> tuple[int, bytes]:
    """Position of the one end record that closes the file, and its comment."""
    start = max(0, source.size - _TAIL)
    tail = source.read_at(start, source.size - start)
    at = tail.rfind(EOCD)
    while at >= 0:
        if at + _EOCD.size <= len(tail):
            length = int.from_bytes(tail[at + 20 : at + 22], "little")
            if at + _EOCD.size + length == len(tail):
                comment = tail[at + _EOCD.size :]
                if EOCD in comment:
                    raise ZipInconsistentError("Birden fazla arşiv sonu kaydı var.", rule="EYP-ZIP-TRAILING")
                return start + at, comment
        at = tail.rfind(EOCD, 0, at)
    at = tail.rfind(EOCD)
    if at >= 0 and at + _EOCD.size <= len(tail):
        length = int.from_bytes(tail[at + 20 : at + 22], "little")
        if at + _EOCD.size + length < len(tail):
            raise _extra("Arşivin sonunda fazladan veri var.", len(tail) - at - _EOCD.size - length)
        raise ZipTruncatedError("Arşiv eksik: sonu kesilmiş.", found=f"{source.size} B")
    if source.read_at(0, 4) == LOCAL:
        raise ZipTruncatedError("Arşiv eksik: sonu kesilmiş.", found=f"{source.size} B")
    head = source.read_at(0, 8)
    raise ZipBadError("Dosya geçerli bir ZIP arşivi değil.", found=head.hex(" ") or "0 B", expected="50 4b 03 04 …")


def _read_end(source: Source, end: int) -> tuple[int, int, int, int]:
    """Entry count, size and offset of the central directory, and where it must stop."""
    _, disk, first, here, count, size, offset, _ = _EOCD.unpack(source.read_at(end, _EOCD.size))
    at = end - _LOCATOR.size
    locator = source.read_at(at, _LOCATOR.size) if at >= 0 else b""
    sentinel = 0xFFFF in (here, count) or 0xFFFFFFFF in (size, offset)
    if not locator.startswith(LOCATOR):
        if sentinel:
            raise ZipInconsistentError("ZIP64 arşiv sonu kaydı yok.")
        if (disk, first, here) != (0, 0, count):
            raise ZipInconsistentError("Çok parçalı arşiv kullanılamaz.", found=f"{disk}/{first}/{here}/{count}")
        return count, size, offset, end
    _, disk64, where, disks = _LOCATOR.unpack(locator)
    record = source.read_at(where, _EOCD64.size) if where < at else b""
    if len(record) < _EOCD64.size or not record.startswith(EOCD64):
        raise ZipInconsistentError("ZIP64 arşiv sonu kaydının yeri yanlış.", found=str(where))
    _, length, _, _, my_disk, my_first, here64, count64, size64, offset64 = _EOCD64.unpack(record)
    if where + 12 + length != at:
        raise ZipInconsistentError(
            "ZIP64 arşiv sonu kaydının yeri yanlış.", found=str(where), expected=str(at - 12 - length)
        )
    if disk64 or my_disk or my_first or disks not in (0, 1) or here64 != count64:
        raise ZipInconsistentError("Çok parçalı arşiv kullanılamaz.")
    pairs = ((count, count64, 0xFFFF), (size, size64, 0xFFFFFFFF), (offset, offset64, 0xFFFFFFFF))
    for short, long, unknown in pairs:
        if short not in (long, unknown):
            raise ZipInconsistentError(
                "ZIP ve ZIP64 arşiv sonu kayıtları çelişiyor.", found=str(short), expected=str(long)
            )
    return count64, size64, offset64, where


def _read_central(data: bytes, count: int) -> list[tuple[bytes, Entry]]:
    """The name as stored and the entry, content not found yet, of every record of the central directory."""
    items: list[tuple[bytes, Entry]] = []
    at = 0
    while at < len(data):
        if len(data) - at < _CENTRAL.size or not data.startswith(CENTRAL, at):
            raise ZipInconsistentError("Merkezi dizin bozuk.", found=f"@{at}")
        fields = _CENTRAL.unpack_from(data, at)
        _, _, _, flags, method, _, _, crc, compressed, size, names, extras, comments, disk, _, external, offset = fields
        at += _CENTRAL.size
        raw, extra = data[at : at + names], data[at + names : at + names + extras]
        at += names + extras + comments
        if at > len(data) or len(items) >= count:
            raise ZipInconsistentError("Merkezi dizin bozuk.", found=f"> {count}")
        name = _decode(raw, flags)
        _check_extra(extra, raw, name)
        size, compressed, offset, disk = _zip64(extra, size, compressed, offset, disk)
        if disk:
            raise ZipInconsistentError("Çok parçalı arşiv kullanılamaz.", entry=printable(name))
        items.append((raw, Entry(name, flags, method, crc, compressed, size, external >> 16, offset)))
    if len(items) != count:
        raise ZipInconsistentError("Girdi sayısı tutmuyor.", found=str(len(items)), expected=str(count))
    return items


def _decode(raw: bytes, flags: int) -> str:
    """UTF-8, marked or not, as OPC writers use it; an unmarked name that is not UTF-8 is code page 437."""
    if len(raw) > limits.ZIP_NAME:
        raise ZipNameError("Girdi adı çok uzun.", found=f"{len(raw)} B", expected=f"≤ {limits.ZIP_NAME} B")
    if not raw:
        raise ZipNameError("Adı olmayan girdi var.")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        if flags & UTF8_NAME:
            raise ZipNameError("Girdi adı UTF-8 değil.", found=raw.hex(" ")[:200]) from None
    return raw.decode("cp437")


def _fields(extra: bytes) -> list[tuple[int, bytes]]:
    found: list[tuple[int, bytes]] = []
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        at += 4
        if at + length > len(extra):
            raise ZipInconsistentError("Ek alan bozuk.", found=f"0x{kind:04x}")
        found.append((kind, extra[at : at + length]))
        at += length
    return found


def _check_extra(extra: bytes, raw: bytes, name: str) -> None:
    """A second name (Info-ZIP Unicode Path) must be the same name."""
    for kind, value in _fields(extra):
        if kind == 0x7075 and value[5:] not in (raw, name.encode()):
            raise ZipInconsistentError("Girdinin iki ayrı adı var.", entry=printable(name))


def _zip64(extra: bytes, size: int, compressed: int, offset: int, disk: int) -> tuple[int, int, int, int]:
    values = [value for kind, value in _fields(extra) if kind == 1]
    if len(values) > 1:
        raise ZipInconsistentError("ZIP64 ek alanı yinelenmiş.")
    rest = values[0] if values else b""

    def take(short: int, unknown: int, width: int) -> int:
        nonlocal rest
        if short != unknown or not values:
            return short
        if len(rest) < width:
            raise ZipInconsistentError("ZIP64 ek alanı eksik.")
        long, rest = int.from_bytes(rest[:width], "little"), rest[width:]
        return long

    size = take(size, 0xFFFFFFFF, 8)
    compressed = take(compressed, 0xFFFFFFFF, 8)
    offset = take(offset, 0xFFFFFFFF, 8)
    disk = take(disk, 0xFFFF, 4)
    return size, compressed, offset, disk


def _merge(source: Source, raw: bytes, item: Entry, directory: int) -> Entry:
    """The entry, once its local header says the same."""
    shown = printable(item.name)
    head = source.read_at(item.offset, _LOCAL.size)
    if len(head) < _LOCAL.size or not head.startswith(LOCAL) or item.offset + _LOCAL.size > directory:
        raise ZipInconsistentError("Yerel başlık bulunamadı.", entry=shown, found=f"@{item.offset}")
    _, _, flags, method, _, _, crc, compressed, size, names, extras = _LOCAL.unpack(head)
    rest = source.read_at(item.offset + _LOCAL.size, names + extras)
    if rest[:names] != raw:
        other = printable(rest[:names].decode("utf-8", "replace"))
        raise ZipInconsistentError(
            "Yerel ve merkezi başlıktaki adlar farklı.", entry=shown, found=other, expected=shown
        )
    if method != item.method or flags != item.flags:
        raise ZipInconsistentError(
            "Yerel ve merkezi başlık çelişiyor (yöntem ya da bayrak).",
            entry=shown,
            found=f"{method}/0x{flags:04x}",
            expected=f"{item.method}/0x{item.flags:04x}",
        )
    extra = rest[names:]
    _check_extra(extra, raw, item.name)
    size, compressed, _, _ = _zip64(extra, size, compressed, 0, 0)
    told = (crc, compressed, size)
    agreed = (item.crc, item.compressed, item.size)
    pairs = zip(told, agreed, strict=True)
    deferred = bool(flags & HAS_DESCRIPTOR) and all(mine in (0, theirs) for mine, theirs in pairs)
    if told != agreed and not deferred:
        raise ZipInconsistentError(
            "Yerel ve merkezi başlık çelişiyor (boyut ya da CRC).", entry=shown, found=str(told), expected=str(agreed)
        )
    return replace(item, data=item.offset + _LOCAL.size + names + extras, open_ended=told != agreed)


def _check_layout(source: Source, entries: tuple[Entry, ...], directory: int) -> None:
    """Entries follow one another without gap or overlap, from the first byte to the central directory."""
    ordered = sorted(entries, key=lambda entry: entry.offset)
    if ordered[0].offset:
        raise _extra("Arşivin başında fazladan veri var.", ordered[0].offset)
    for entry, following in zip(ordered, [item.offset for item in ordered[1:]] + [directory], strict=True):
        end = entry.data + entry.compressed
        if end > following:
            raise ZipBombError(
                "Arşiv girdileri birbiriyle çakışıyor.",
                entry=printable(entry.name),
                found=f"{end} > {following}",
                rule="EYP-ZIP-LOCALHEADER",
            )
        if gap := following - end:
            if not (entry.flags & HAS_DESCRIPTOR and gap <= 24):
                raise ZipInconsistentError(
                    "Girdiler arasında fazladan veri var.", entry=printable(entry.name), found=f"{gap} B"
                )
            _check_descriptor(source.read_at(end, gap), entry)
        elif entry.open_ended:
            # without it a local header that says everything is enough: some writers fill it in and leave the flag
            raise ZipInconsistentError("Veri tanımlayıcı eksik.", entry=printable(entry.name))


def _check_descriptor(data: bytes, entry: Entry) -> None:
    body = data[4:] if data.startswith(DESCRIPTOR) and len(data) in (16, 24) else data
    for form in ("<3L", "<L2Q"):
        if len(body) == struct.calcsize(form):
            told = struct.unpack(form, body)
            if told == (entry.crc, entry.compressed, entry.size):
                return
    raise ZipInconsistentError("Veri tanımlayıcı başlıkla çelişiyor.", entry=printable(entry.name), found=data.hex(" "))
