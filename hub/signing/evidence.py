"""Evidence that came with a file, kept by the place that it came in.

A timestamp token's own certificates and CRLs speak for that token first; a signer's values speak for that signer.
What was fetched from outside is a pool of its own and is asked last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar

from hub import limits
from hub.signing import attributes, certificates, oids, status
from hub.signing.attributes import Token
from hub.signing.certificates import Certificate
from hub.signing.cms import SignedData, SignerInfo
from hub.signing.der import DerError
from hub.signing.report import About, Check, Code, Sub, about, failed
from hub.signing.status import Crl, Ocsp

T = TypeVar("T")


def _forged(one: Certificate) -> Check:
    text = "gömülü kök sertifikanın kendi imzası doğrulanmıyor"
    return failed(Code.CERT_SIGNATURE, about("root", one), text, Sub.CERTIFICATE_CHAIN_GENERAL_FAILURE)


@dataclass(slots=True)
class Pool:
    """Certificates, CRLs and OCSP responses from one place."""

    certificates: list[Certificate] = field(default_factory=list)
    crls: list[Crl] = field(default_factory=list)
    ocsps: list[Ocsp] = field(default_factory=list)
    unreadable: list[Check] = field(default_factory=list)
    """A failed check for each item that is not what its place says it is."""

    def add(
        self, kind: str, certs: Iterable[bytes] = (), crls: Iterable[bytes] = (), ocsps: Iterable[bytes] = ()
    ) -> None:
        """Read items into the pool; ``kind`` names the place in findings."""
        if certs:
            found, refused = _certificates(kind, tuple(certs))
            self.certificates += found
            self.unreadable += refused
        if crls:
            self.crls += self._read(kind, "SİL", crls, status.load_crl)
        if ocsps:
            self.ocsps += self._read(kind, "ÇİSDuP yanıtı", ocsps, status.load_ocsp)

    def _read(self, kind: str, what: str, items: Iterable[bytes], load: Callable[[bytes], T]) -> list[T]:
        found: list[T] = []
        for raw in items:
            try:
                found.append(load(raw))
            except DerError as error:
                self.refuse(kind, f"{what}: {error.message}")
        return found

    def refuse(self, kind: str, why: str) -> None:
        """Note something in the file that cannot be read."""
        self.unreadable.append(_refused(kind, why))


def _refused(kind: str, why: str) -> Check:
    return failed(Code.EVIDENCE_READABLE, About(kind), why, Sub.FORMAT_FAILURE)


def _certificates(kind: str, raws: tuple[bytes, ...]) -> tuple[tuple[Certificate, ...], tuple[Check, ...]]:
    """The certificates of one bag, and what is wrong with its members. An authority's bag recurs from file to file."""
    small = sum(map(len, raws)) <= limits.ATTRIBUTE_REMEMBERED
    return _bag(kind, raws) if small else _bag.__wrapped__(kind, raws)


@lru_cache(maxsize=128)
def _bag(kind: str, raws: tuple[bytes, ...]) -> tuple[tuple[Certificate, ...], tuple[Check, ...]]:
    found: list[Certificate] = []
    refused: list[Check] = []
    for raw in raws:
        try:
            found.append(certificates.load(raw))
        except DerError as error:
            refused.append(_refused(kind, f"sertifika: {error.message}"))
    refused += [_forged(one) for one in found if one.forged_root and not certificates.vouched(one, found)]
    return tuple(found), tuple(refused)


def of_file(data: SignedData, kind: str) -> Pool:
    """The certificates and crls fields of a SignedData."""
    pool = Pool()
    pool.add(kind, data.certificates, data.crls, data.ocsps)
    return pool


@dataclass(slots=True)
class Values:
    """A signer's certificate-values and revocation-values; what cannot be read is left out (and noted in the pool)."""

    certificates: list[Certificate] = field(default_factory=list)
    crls: list[Crl] = field(default_factory=list)
    ocsps: list[Ocsp] = field(default_factory=list)
    other: bool = False
    has_certificates: bool = False
    """Is there a certificate-values attribute?"""
    has_revocations: bool = False
    """Is there a revocation-values attribute?"""


def values_of(signer: SignerInfo, pool: Pool, kind: str) -> Values:
    """The values attributes of a signer (or of a token's signer); what cannot be read is noted in ``pool``."""
    found = Values()
    certs: list[bytes] = []
    crls: list[bytes] = []
    ocsps: list[bytes] = []
    for value in signer.values(oids.CERTIFICATE_VALUES):
        found.has_certificates = True
        try:
            certs += attributes.certificate_values(value)
        except DerError as error:
            pool.refuse(kind, f"certificate-values: {error.message}")
    for value in signer.values(oids.REVOCATION_VALUES):
        found.has_revocations = True
        try:
            held = attributes.revocation_values(value)
        except DerError as error:
            pool.refuse(kind, f"revocation-values: {error.message}")
            continue
        crls += held.crls
        ocsps += held.ocsps
        found.other = found.other or held.other
    if certs or crls or ocsps:
        before = len(pool.certificates), len(pool.crls), len(pool.ocsps)
        pool.add(kind, certs, crls, ocsps)
        found.certificates = pool.certificates[before[0] :]
        found.crls, found.ocsps = pool.crls[before[1] :], pool.ocsps[before[2] :]
    return found


def of_token(token: Token) -> Pool:
    """What a timestamp token brings: its certificates and crls fields, and its own values attributes."""
    pool = of_file(token.cms, "timestamp")
    values_of(token.signer, pool, "timestamp")
    return pool
