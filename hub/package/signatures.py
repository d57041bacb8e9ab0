"""What a signature part holds, before anything is verified: is it CMS at all, what content, how many signers.

Verification itself is :mod:`hub.signing`'s; its result is entered in :attr:`SignatureFacts.validation` by the step
that calls it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from hub.package.errors import Words
from hub.package.reader import Package
from hub.signing import oids
from hub.signing.cms import SignedData, signed_data
from hub.signing.der import DerError

SIGNED: Final[Mapping[str, str]] = {
    "imzacades": "paketozeti",
    "parafimzacades": "parafozeti",
    "muhurcades": "nihaiozet",
}
"""Signature component → the component whose exact bytes it signs."""


class Verdict(Protocol):
    """What the signature validator says of one part."""

    @property
    def outcome(self) -> str:
        """``passed``, ``failed`` or ``indeterminate``."""

    @property
    def reason(self) -> Words:
        """Why, in both languages."""


@dataclass(frozen=True, slots=True)
class SignatureFacts:
    """The structure of one signature part."""

    part: str
    size: int
    head: bytes
    error: str = ""
    """Why it is no CMS SignedData; empty when it is one."""
    data: SignedData | None = None

    @property
    def shown(self) -> str:
        """What stands there instead of a signature."""
        return f"{self.size} B: {self.head.hex(' ')}{' …' if self.size > len(self.head) else ''}"

    @property
    def is_placeholder(self) -> bool:
        """Whether it is so short that no signature was meant: samples of other implementations hold three bytes."""
        return self.size < 64

    @property
    def content(self) -> bytes | None:
        """The encapsulated content; None when detached or no CMS."""
        return self.data.content if self.data else None

    @property
    def signers(self) -> int:
        """Number of parallel signer values."""
        return len(self.data.signers) if self.data else 0

    @property
    def counter_signatures(self) -> int:
        """Number of counter (serial) signatures in unsigned attributes."""
        if not self.data:
            return 0
        return sum(len(signer.values(oids.COUNTER_SIGNATURE)) for signer in self.data.signers)


def signature_facts(package: Package) -> dict[str, SignatureFacts]:
    """The structure of every signature part that is there and undamaged."""
    found: dict[str, SignatureFacts] = {}
    for name in SIGNED:
        part = package.part(name)
        data = package.small.get(part) if part else None
        if part is None or data is None or part in package.damaged:
            continue
        try:
            found[name] = SignatureFacts(part, len(data), data[:16], data=signed_data(data))
        except DerError as error:
            found[name] = SignatureFacts(part, len(data), data[:16], error=str(error))
    return found
