"""A package on its way to a file: parts, content types and relationships, hashed as they are written.

Nothing appears under the final name before everything is on disk: the archive grows in a temporary file beside it and
takes its place at the end.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
import secrets
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self
from xml.sax.saxutils import quoteattr

from hub import limits
from hub.package.build.problems import BuildError
from hub.package.build.zipwriter import Chunks, ZipWriter
from hub.package.container import Container
from hub.package.digest import facts_of
from hub.package.opc import (
    CONTENT_TYPES,
    CORE_CONTENT_TYPE,
    CORE_TYPE,
    CT_NS,
    EYP_TYPE,
    RELS_CONTENT_TYPE,
    RELS_NS,
    Opc,
    fold,
    read_opc,
    rels_of,
)
from hub.package.parts import COMPONENTS, OCTETS
from hub.package.source import Closing

_FIXED_TYPES: Final = {"xml": "application/xml", "rels": RELS_CONTENT_TYPE, "psmdcp": CORE_CONTENT_TYPE, "imz": OCTETS}
"""Extensions whose Default is the package's own; an attachment of another type with one of them gets an Override."""

_DECLARATION: Final = '<?xml version="1.0" encoding="utf-8"?>\r\n'


class Base(Closing):
    """An earlier state of the package, from which parts are taken over."""

    def __init__(self, file: Path) -> None:
        """Open and guard ``file``; raises :class:`~hub.package.errors.PackageError` or ``OSError``."""
        self.container = Container.open(file)
        try:
            self.opc: Opc = read_opc(self.container)
        except BaseException:
            self.container.close()
            raise

    def part(self, name: str) -> str | None:
        """The part that a relationship of this name leads to."""
        return self.opc.target(name)

    def read(self, part: str) -> bytes:
        """A part's bytes, at most :data:`hub.limits.PART_CMS_BYTES` of them."""
        return self.container.read(self.opc.parts[part], limits.PART_CMS_BYTES)

    def close(self) -> None:
        """Close the file."""
        self.container.close()


class Archive:
    """Writes one package. A context manager: leaving it normally finishes the file, an exception removes it."""

    def __init__(self, out: Path, algorithms: Collection[str], base: Base | None = None) -> None:
        """``algorithms`` are hashlib names of the digests to take of every part.

        Raises ``OSError`` when nothing can be written beside ``out``.
        """
        self._out = out
        self._algorithms = tuple(algorithms)
        self._base = base
        self._temporary = out.with_name(f".{out.name}.{secrets.token_hex(6)}.part")
        self._file: BinaryIO = self._temporary.open("x+b")
        self._zip = ZipWriter(self._file)
        self._digests: dict[str, dict[str, bytes]] = {}
        self._types: dict[str, str] = {}
        self._relationships: dict[str, list[tuple[str, str, str]]] = {}
        self._small: dict[str, bytes] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._finish()
        finally:
            self._file.close()
            with suppress(FileNotFoundError):
                self._temporary.unlink()

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the parts written so far, in order."""
        return tuple(self._types)

    def read(self, part: str) -> bytes:
        """Bytes of a part that was given as bytes, or taken over."""
        if part in self._small:
            return self._small[part]
        assert self._base is not None
        return self._base.read(part)

    def digests(self, part: str) -> dict[str, bytes]:
        """Digests of a part's bytes by hashlib name, computed from what was written (or taken over)."""
        if part not in self._digests:
            assert self._base is not None
            entry = self._base.opc.parts[part]
            chunks = self._base.container.stream(entry, again=True)
            self._digests[part] = facts_of(chunks, entry.size, part, self._algorithms).digests
        return self._digests[part]

    # What goes in

    def add_bytes(self, part: str, content_type: str, data: bytes) -> None:
        """Write a part that is in memory."""
        self._small[part] = data
        self.add(part, content_type, len(data), lambda: iter((data,)))

    def add_file(self, part: str, content_type: str, file: Path) -> None:
        """Write a part from a file of any size."""

        def chunks() -> Iterator[bytes]:
            with file.open("rb") as stream:
                while chunk := stream.read(limits.ZIP_CHUNK):
                    yield chunk

        self.add(part, content_type, file.stat().st_size, chunks)

    def add(self, part: str, content_type: str, size: int, chunks: Chunks, *, store: bool = False) -> None:
        """Write a part of about ``size`` bytes, without trying to compress it if ``store``; it is hashed on the way."""
        self._name(part, content_type)
        digests: dict[str, bytes] = {}

        def hashed() -> Iterator[bytes]:
            hashes = {name: hashlib.new(name) for name in self._algorithms}
            for chunk in chunks():
                for item in hashes.values():
                    item.update(chunk)
                yield chunk
            digests.update({name: item.digest() for name, item in hashes.items()})

        self._zip.add(part.lstrip("/"), size, hashed, store=store)
        self._digests[part] = digests

    def take(self, part: str) -> None:
        """Take over a part of the base, with its content type."""
        assert self._base is not None
        self._name(part, self._base.opc.content_type(part) or OCTETS)
        self._zip.take(self._base.opc.parts[part], self._base.container.source)

    def _name(self, part: str, content_type: str) -> None:
        if fold(part) in {fold(other) for other in self._types}:
            raise BuildError(f"{part}: pakette bu adda bir bileşen zaten var.")
        self._types[part] = content_type

    def relate(self, name: str, part: str, identifier: str = "", *, source: str = "/") -> None:
        """Add a relationship of an e-Yazışma type (or ``core``), with its fixed Id unless another is given.

        Targets are absolute in the package's own relationships and relative in those of a part, as the official
        writer has them.
        """
        if name == "core":
            type_ = CORE_TYPE
        else:
            component = COMPONENTS[name.lower()]
            type_, identifier = EYP_TYPE + component.name, identifier or component.relationship_id
        self.relate_as(type_, part, identifier, source=source)

    def relate_as(self, type_: str, part: str, identifier: str, *, source: str = "/") -> None:
        """Add a relationship of any type."""
        target = part if source == "/" else posixpath.relpath(part, posixpath.dirname(source))
        self._relationships.setdefault(source, []).append((type_, target, identifier))

    # The end

    def _finish(self) -> None:
        for source in sorted(self._relationships):
            data = self._relationships_xml(source)
            self._zip.add(rels_of(source).lstrip("/"), len(data), lambda data=data: iter((data,)))  # type: ignore[misc]
        types = self._types_xml()
        self._zip.add(CONTENT_TYPES, len(types), lambda: iter((types,)))
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        os.replace(self._temporary, self._out)

    def _relationships_xml(self, source: str) -> bytes:
        rows = "".join(
            f"<Relationship Type={quoteattr(type_)} Target={quoteattr(target)} Id={quoteattr(identifier)} />"
            for type_, target, identifier in self._relationships[source]
        )
        return f'{_DECLARATION}<Relationships xmlns="{RELS_NS}">{rows}</Relationships>'.encode()

    def _types_xml(self) -> bytes:
        defaults = {"rels": RELS_CONTENT_TYPE}
        overrides: dict[str, str] = {}
        for part, content_type in self._types.items():
            file = part.rpartition("/")[2]
            extension = file.rpartition(".")[2].lower() if "." in file else ""
            fixed = _FIXED_TYPES.get(extension, content_type)
            # readers differ in which other characters an extension may have; the full name is safe with all of them
            if (
                extension.isalnum()
                and fixed == content_type
                and defaults.setdefault(extension, content_type) == content_type
            ):
                continue
            overrides[part] = content_type
        rows = [
            f"<Default Extension={quoteattr(extension)} ContentType={quoteattr(content_type)} />"
            for extension, content_type in defaults.items()
        ] + [
            f"<Override PartName={quoteattr(part)} ContentType={quoteattr(content_type)} />"
            for part, content_type in overrides.items()
        ]
        return f'{_DECLARATION}<Types xmlns="{CT_NS}">{"".join(rows)}</Types>'.encode()
