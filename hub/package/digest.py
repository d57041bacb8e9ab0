"""One pass over every part: checksum of the archive, digests of the summaries, a look at the first and last bytes.

Memory does not grow with the part: chunks of one MiB, hashed in threads (hashing and inflating release the
interpreter lock) while the next chunk is read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final, Protocol

from hub.package.container import Container
from hub.package.zipdir import Entry

ALGORITHMS: Final[Mapping[str, str]] = {
    "http://www.w3.org/2000/09/xmldsig#sha1": "sha1",
    "http://www.w3.org/2001/04/xmlenc#ripemd160": "ripemd160",
    "http://www.w3.org/2001/04/xmlenc#sha256": "sha256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384": "sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
}
"""Digest algorithm URI → name for :mod:`hashlib`."""

LENGTHS: Final[Mapping[str, int]] = {"sha1": 20, "ripemd160": 20, "sha256": 32, "sha384": 48, "sha512": 64}

HEAD: Final = 4096
"""Bytes kept from the start of each part: file signatures and the head of a PDF."""

TAIL: Final = 64 << 10
"""Bytes kept from the end of a part that is itself an archive: its directory, when that is small."""

_INLINE: Final = 256 << 10
"""Up to this size threads cost more than they save."""


class Scanner(Protocol):
    """A look at each part's content on the same pass, for example a virus scanner's stream."""

    def begin(self, part: str) -> None:
        """A part starts."""

    def feed(self, chunk: bytes) -> None:
        """The next piece of it."""

    def end(self) -> str:
        """It is complete: what was found in it, empty when nothing."""


@dataclass(slots=True)
class PartFacts:
    """What the pass found out about one part."""

    size: int = 0
    digests: dict[str, bytes] = field(default_factory=dict)
    """Algorithm name → digest; an algorithm that this computer lacks is absent."""
    head: bytes = b""
    tail: bytes = b""
    marks: frozenset[bytes] = frozenset()
    """Which of the byte patterns looked for occur anywhere in the part."""
    flagged: str = ""
    """What a scanner said."""


def survey(
    container: Container,
    entry: Entry,
    algorithms: Collection[str],
    *,
    patterns: Collection[bytes] = (),
    scanner: Scanner | None = None,
) -> PartFacts:
    """Stream one entry once. Raises as :meth:`~hub.package.container.Container.stream`."""
    return facts_of(container.stream(entry), entry.size, "/" + entry.name, algorithms, patterns, scanner)


def facts_of(
    chunks: Iterator[bytes],
    size: int,
    part: str,
    algorithms: Collection[str],
    patterns: Collection[bytes] = (),
    scanner: Scanner | None = None,
) -> PartFacts:
    """The facts of a part whose content comes in ``chunks``; ``size`` only decides whether threads pay."""
    facts = PartFacts()
    hashes = {name: hashlib.new(name, usedforsecurity=False) for name in sorted(algorithms) if _available(name)}
    seen: set[bytes] = set()
    overlap = max((len(pattern) for pattern in patterns), default=1) - 1
    last = b""
    if scanner:
        scanner.begin(part)
    threads = ThreadPoolExecutor(len(hashes)) if size > _INLINE and hashes else None
    try:
        waiting: list[Future[None]] = []
        for chunk in chunks:
            for future in waiting:
                future.result()
            if threads:
                waiting = [threads.submit(item.update, chunk) for item in hashes.values()]
            else:
                for item in hashes.values():
                    item.update(chunk)
            if len(facts.head) < HEAD:
                facts.head += chunk[: HEAD - len(facts.head)]
            for pattern in patterns:
                if pattern not in seen and (pattern in chunk or pattern in last + chunk[:overlap]):
                    seen.add(pattern)
            facts.size += len(chunk)
            last = chunk[-overlap:] if overlap else b""
            facts.tail = chunk if len(chunk) >= TAIL else facts.tail[-TAIL:] + chunk
            if scanner:
                scanner.feed(chunk)
        for future in waiting:
            future.result()
    finally:
        if threads:
            threads.shutdown()
    facts.tail = facts.tail[-TAIL:] if facts.head.startswith(b"PK\x03\x04") else b""
    facts.digests = {name: item.digest() for name, item in hashes.items()}
    facts.marks = frozenset(seen)
    if scanner:
        facts.flagged = scanner.end()
    return facts


def _available(name: str) -> bool:
    # RIPEMD-160 sits in OpenSSL's legacy provider, which some systems leave out
    try:
        hashlib.new(name, usedforsecurity=False)
    except ValueError:
        return False
    return True
