"""The guard in front of every package: a ZIP archive is opened only if all readers would see the same in it.

The standard ``zipfile`` module trusts the first directory it finds and looks at sizes only while reading; hence the
archive is parsed here, names and sizes are judged before anything is inflated, and what comes out is counted,
checked against the directory and handed on in chunks. Nothing is ever written to disk under an entry's name.
"""

from __future__ import annotations

import re
import stat
import tempfile
import unicodedata
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final, cast
from urllib.parse import unquote

from hub import limits
from hub.package.errors import (
    ContainerError,
    OpcDuplicateError,
    ZipBombError,
    ZipCrcError,
    ZipEncryptedError,
    ZipInconsistentError,
    ZipLimitError,
    ZipMethodError,
    ZipNameError,
    printable,
)
from hub.package.source import BytesSource, Closing, FileSource, SliceSource, Source
from hub.package.zipdir import ENCRYPTED, Entry, read_directory

STORED: Final = 0
DEFLATED: Final = 8

_DRIVE = re.compile(r"[A-Za-z]:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(slots=True)
class Budget:
    """How many more bytes may be expanded, counted over an archive and all packages nested in it."""

    left: int = limits.ZIP_TOTAL_BYTES

    def spend(self, count: int) -> None:
        """Take ``count`` bytes off. Raises :class:`~hub.package.errors.ZipBombError` when none are left."""
        self.left -= count
        if self.left < 0:
            raise ZipBombError(
                "Paketin açılmış boyutu izin verilen sınırı aşıyor.",
                expected=f"≤ {limits.ZIP_TOTAL_BYTES} B",
                rule="EYP-ZIP-SIZE",
            )


@dataclass(frozen=True, slots=True)
class Container(Closing):
    """An archive that passed the guard. Use as a context manager; close it when done."""

    source: Source
    entries: tuple[Entry, ...]
    """Files only, in the order of the central directory; folder entries carry nothing and are left out."""
    comment: bytes
    depth: int = 0
    """0 for the file itself, 1 for a package nested in it, and so on."""
    budget: Budget = field(default_factory=Budget)
    _by_name: Mapping[str, Entry] = field(default_factory=dict)

    @classmethod
    def open(cls, file: Path | bytes | Source, *, depth: int = 0, budget: Budget | None = None) -> Container:
        """Guard and open an archive; a path, its bytes, or any :class:`~hub.package.source.Source`.

        Raises the first :class:`~hub.package.errors.ContainerError`, whose ``others`` has the rest; ``OSError`` when
        the file cannot be read.
        """
        if depth > limits.ZIP_NESTING:
            raise ZipLimitError(
                "İç içe paket derinliği sınırı aşıyor.",
                found=str(depth),
                expected=f"≤ {limits.ZIP_NESTING}",
                rule="EYP-ZIP-NESTING",
            )
        source = FileSource(file) if isinstance(file, Path) else BytesSource(file) if isinstance(file, bytes) else file
        try:
            directory = read_directory(source)
            faults = list(_faults(directory.entries))
            if faults:
                faults[0].others = tuple(faults[1:])
                raise faults[0]
        except BaseException:
            source.close()
            raise
        files = tuple(entry for entry in directory.entries if not entry.is_folder)
        return cls(source, files, directory.comment, depth, budget or Budget(), {entry.name: entry for entry in files})

    def close(self) -> None:
        """Close the source."""
        self.source.close()

    def get(self, name: str) -> Entry | None:
        """The entry with exactly this name."""
        return self._by_name.get(name)

    def stream(self, entry: Entry, *, again: bool = False) -> Iterator[bytes]:
        """The entry's content in chunks of at most :data:`hub.limits.ZIP_CHUNK` bytes, verified at the end.

        ``again``: it has been counted on the budget before and is not counted twice.

        Raises :class:`~hub.package.errors.ZipBombError` as soon as more comes out than declared or allowed;
        :class:`~hub.package.errors.ZipCrcError` or :class:`~hub.package.errors.ZipInconsistentError` when the whole
        is wrong, and what was handed out before is then worthless.
        """
        count, crc = 0, 0
        for chunk in _stored(self.source, entry) if entry.method == STORED else _inflated(self.source, entry):
            count += len(chunk)
            if count > entry.size:
                raise ZipBombError(
                    "Girdiden bildirilenden fazla veri çıkıyor.",
                    entry=printable(entry.name),
                    found=f"> {entry.size} B",
                    expected=f"{entry.size} B",
                    rule="EYP-ZIP-SIZE",
                )
            if not again:
                self.budget.spend(len(chunk))
            crc = zlib.crc32(chunk, crc)
            yield chunk
        if count != entry.size or crc != entry.crc:
            raise ZipCrcError(
                "Arşiv girdisi bozuk (CRC veya boyut uyuşmuyor).",
                entry=printable(entry.name),
                found=f"{count} B, {crc:08x}",
                expected=f"{entry.size} B, {entry.crc:08x}",
            )

    def read(self, entry: Entry, limit: int) -> bytes:
        """The whole content, which must not be larger than ``limit`` bytes.

        Raises as :meth:`stream`; :class:`~hub.package.errors.ZipLimitError` when it is larger.
        """
        if entry.size > limit:
            raise ZipLimitError(
                "Bileşen izin verilen boyutu aşıyor.",
                entry=printable(entry.name),
                found=f"{entry.size} B",
                expected=f"≤ {limit} B",
                rule="EYP-XML-LIMITS",
            )
        return b"".join(self.stream(entry))

    def nested(self, entry: Entry) -> Container:
        """The archive held in ``entry``, guarded in its turn and counted on the same budget.

        A stored entry is read in place, so it should have been streamed once to verify its checksum; a deflated one is
        expanded to a temporary file without a name, which goes away with the container.
        """
        if entry.method == STORED:
            return Container.open(
                SliceSource(self.source, entry.data, entry.size), depth=self.depth + 1, budget=self.budget
            )
        return Container.open(self.spool(entry), depth=self.depth + 1, budget=self.budget)

    def spool(self, entry: Entry) -> Source:
        """The entry's content as a source of its own: in memory when small, else in an unnamed temporary file."""
        if entry.size <= limits.ZIP_CHUNK:
            return BytesSource(self.read(entry, limits.ZIP_CHUNK))
        file = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 — the source closes it
        try:
            for chunk in self.stream(entry, again=True):
                file.write(chunk)
            file.flush()
        except BaseException:
            file.close()
            raise
        return FileSource(file)


def _stored(source: Source, entry: Entry) -> Iterator[bytes]:
    at, end = entry.data, entry.data + entry.compressed
    while at < end:
        chunk = source.read_at(at, min(limits.ZIP_CHUNK, end - at))
        if not chunk:
            return
        at += len(chunk)
        yield chunk


def _inflated(source: Source, entry: Entry) -> Iterator[bytes]:
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for chunk in _stored(source, entry):
            if machine.eof:
                raise ZipInconsistentError(
                    "Sıkıştırılmış verinin ardında fazladan veri var.", entry=printable(entry.name)
                )
            out = machine.decompress(chunk, limits.ZIP_CHUNK)
            while out:
                yield out
                out = machine.decompress(machine.unconsumed_tail, limits.ZIP_CHUNK)
        if out := machine.flush():
            yield out
    except zlib.error:
        raise ZipCrcError("Arşiv girdisi bozuk (sıkıştırma).", entry=printable(entry.name)) from None
    if not machine.eof:
        raise ZipCrcError("Arşiv girdisi bozuk (eksik veri).", entry=printable(entry.name))
    if machine.unused_data:
        raise ZipInconsistentError("Sıkıştırılmış verinin ardında fazladan veri var.", entry=printable(entry.name))


def _faults(entries: tuple[Entry, ...]) -> Iterator[ContainerError]:
    """Everything that is wrong with names, kinds and declared sizes."""
    seen: dict[str, str] = {}
    total = 0
    for entry in entries:
        name = printable(entry.name)
        if fault := _name_fault(entry.name):
            yield ZipNameError("Arşiv girdi adı güvenli değil.", entry=name, found=fault)
        if stat.S_IFMT(entry.mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
            yield ZipNameError(
                "Arşivde bağlantı veya özel dosya girdisi var.",
                entry=name,
                found=f"0o{entry.mode:o}",
                rule="EYP-ZIP-SYMLINK",
            )
        if (other := seen.setdefault(equivalence(entry.name), name)) is not name:
            yield OpcDuplicateError("Aynı adlı birden fazla arşiv girdisi var.", entry=name, found=other)
        if entry.flags & ENCRYPTED:
            yield ZipEncryptedError("Arşiv girdileri ZIP parolasıyla şifrelenemez.", entry=name)
        if entry.method not in (STORED, DEFLATED):
            yield ZipMethodError("Desteklenmeyen sıkıştırma yöntemi kullanılmış.", entry=name, found=str(entry.method))
        elif entry.method == STORED and entry.compressed != entry.size:
            yield ZipInconsistentError(
                "Sıkıştırılmamış girdinin boyutları farklı.",
                entry=name,
                found=str(entry.compressed),
                expected=str(entry.size),
            )
        if entry.is_folder and entry.size:
            yield ZipInconsistentError("Klasör girdisinde veri var.", entry=name, found=f"{entry.size} B")
        total += entry.size
        yield from _size_faults(entry, name)
    if total > limits.ZIP_TOTAL_BYTES:
        yield ZipBombError(
            "Paketin açılmış boyutu izin verilen sınırı aşıyor.",
            found=f"{total} B",
            expected=f"≤ {limits.ZIP_TOTAL_BYTES} B",
            rule="EYP-ZIP-SIZE",
        )


def _size_faults(entry: Entry, name: str) -> Iterator[ContainerError]:
    if entry.size > limits.ZIP_ENTRY_BYTES:
        yield ZipBombError(
            "Girdinin açılmış boyutu izin verilen sınırı aşıyor.",
            entry=name,
            found=f"{entry.size} B",
            expected=f"≤ {limits.ZIP_ENTRY_BYTES} B",
            rule="EYP-ZIP-SIZE",
        )
    if entry.size > limits.ZIP_RATIO_FLOOR and entry.size > limits.ZIP_RATIO * max(entry.compressed, 1):
        yield ZipBombError(
            "Şüpheli sıkıştırma oranı (ZIP bombası).",
            entry=name,
            found=f"{entry.size // max(entry.compressed, 1)} : 1",
            expected=f"≤ {limits.ZIP_RATIO} : 1",
        )


def _name_fault(name: str) -> str:
    """What is unsafe about an entry name, percent-escapes decoded as readers of packages do; empty when nothing."""
    for shown in {name, unquote(name)}:
        path = shown.removesuffix("/")
        segments = path.split("/")
        if _CONTROL.search(shown):
            return "U+0000–U+001F"
        if "\\" in shown:
            return "\\"
        if path.startswith("/") or not path:
            return "/…"
        if _DRIVE.match(path):
            return path[:2]
        for segment in segments:
            if segment in ("", ".", ".."):
                return segment or "//"
    return ""


def equivalence(name: str) -> str:
    """What two names share when some reader or file system takes them for the same name."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", unquote(name)).casefold()).removesuffix("/")
