"""The algorithms that new signatures use, and their AlgorithmIdentifiers (RFC 4055, RFC 4056, RFC 5754)."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Final

from cryptography.hazmat.primitives import hashes

from hub.signing.algorithms import MGF1, PSS
from hub.signing.make import asn1

DIGESTS: Final = {
    "sha256": "2.16.840.1.101.3.4.2.1",
    "sha384": "2.16.840.1.101.3.4.2.2",
    "sha512": "2.16.840.1.101.3.4.2.3",
}
"""Digests that new signatures, timestamps and references may use."""

_HASHES: Final[dict[str, hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
_RSA: Final = {
    "sha256": "1.2.840.113549.1.1.11",
    "sha384": "1.2.840.113549.1.1.12",
    "sha512": "1.2.840.113549.1.1.13",
}
_ECDSA: Final = {"sha256": "1.2.840.10045.4.3.2", "sha384": "1.2.840.10045.4.3.3", "sha512": "1.2.840.10045.4.3.4"}


class Scheme(StrEnum):
    """How a key signs."""

    PKCS1 = "rsa-pkcs1v15"
    PSS = "rsa-pss"
    ECDSA = "ecdsa"


def hash_of(name: str) -> hashes.HashAlgorithm:
    """cryptography's object of a digest by name."""
    return _HASHES[name]


def digest_identifier(name: str, parameters: bytes = b"") -> bytes:
    """A digest's AlgorithmIdentifier, without parameters unless given (RFC 5754 section 2)."""
    return asn1.sequence(asn1.oid(DIGESTS[name]), parameters)


def signature_identifier(scheme: Scheme, name: str) -> bytes:
    """A signature's AlgorithmIdentifier."""
    if scheme is Scheme.PKCS1:
        return asn1.sequence(asn1.oid(_RSA[name]), asn1.NULL)
    if scheme is Scheme.ECDSA:
        return asn1.sequence(asn1.oid(_ECDSA[name]))
    inner = digest_identifier(name, asn1.NULL)
    parameters = asn1.sequence(
        asn1.context(0, inner),
        asn1.context(1, asn1.sequence(asn1.oid(MGF1), inner)),
        asn1.context(2, asn1.integer(hashlib.new(name).digest_size)),
    )
    return asn1.sequence(asn1.oid(PSS), parameters)
