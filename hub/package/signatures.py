"""What a signature part holds, before anything is verified: is it CMS at all, what content, how many signers.

:func:`validated` has :mod:`hub.signing` judge them; what it says is sorted under the rules in
:mod:`hub.package.rules.trust`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hub.package.reader import Package
from hub.signing import SignatureReport, TrustStore, oids, validate
from hub.signing.cms import SignedData, signed_data
from hub.signing.der import DerError

SIGNED: Final[Mapping[str, str]] = {
    "imzacades": "paketozeti",
    "parafimzacades": "parafozeti",
    "muhurcades": "nihaiozet",
}
"""Signature component → the component whose exact bytes it signs."""


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


def validated(
    package: Package, facts: Mapping[str, SignatureFacts], trust: TrustStore, at: datetime
) -> dict[str, SignatureReport]:
    """What the validator says of every signature part that is CMS, as of the aware instant ``at``.

    A seal is an institution's: the demand for a person's qualified certificate is not made of it.
    """
    found: dict[str, SignatureReport] = {}
    for name, item in facts.items():
        if item.data is None:
            continue
        summary = package.part(SIGNED[name])
        content = package.small.get(summary) if summary else None
        # an attached signature carries its content; the part is given so that a detached one can be judged as well
        given = content if item.content is None else None
        found[name] = validate(package.small[item.part], given, trust=trust, at=at, qualified=name != "muhurcades")
    return found
