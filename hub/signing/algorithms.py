"""Digest and signature algorithms: their names, their verification, and until when they were sound.

An aged algorithm is reported with the date on which it stopped being acceptable; it fails a signature only under a
strict :class:`AgePolicy`. An algorithm with known practical forgeries (MD5 and older) is never accepted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any, Final, NamedTuple, cast

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import load_der_public_key

from hub import limits
from hub.signing import der
from hub.signing.der import DerError, Node

DIGESTS: Final[Mapping[str, str]] = {
    "1.2.840.113549.2.5": "md5",
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.4": "sha224",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
    "2.16.840.1.101.3.4.2.6": "sha512_256",
    "2.16.840.1.101.3.4.2.8": "sha3_256",
    "2.16.840.1.101.3.4.2.9": "sha3_384",
    "2.16.840.1.101.3.4.2.10": "sha3_512",
}
"""Digest OIDs and hashlib's names. MD5 is named so that a report can say so; it is never accepted."""

_HASHES: Final[Mapping[str, hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1(),  # noqa: S303 - a dated policy judges its age
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
    "sha512_256": hashes.SHA512_256(),
    "sha3_256": hashes.SHA3_256(),
    "sha3_384": hashes.SHA3_384(),
    "sha3_512": hashes.SHA3_512(),
}

_CONSTRUCTORS: Final[Mapping[str, Callable[..., hashlib._Hash]]] = {
    name: getattr(hashlib, name, None) or partial(hashlib.new, name) for name in _HASHES
}

RSA: Final = "1.2.840.113549.1.1.1"
PSS: Final = "1.2.840.113549.1.1.10"
MGF1: Final = "1.2.840.113549.1.1.8"
ED25519: Final = "1.3.101.112"
ED448: Final = "1.3.101.113"

_SIGNATURES: Final[Mapping[str, tuple[str, str]]] = {
    "1.2.840.113549.1.1.4": ("rsa", "md5"),
    "1.2.840.113549.1.1.5": ("rsa", "sha1"),
    "1.3.14.3.2.29": ("rsa", "sha1"),
    "1.2.840.113549.1.1.14": ("rsa", "sha224"),
    "1.2.840.113549.1.1.11": ("rsa", "sha256"),
    "1.2.840.113549.1.1.12": ("rsa", "sha384"),
    "1.2.840.113549.1.1.13": ("rsa", "sha512"),
    "2.16.840.1.101.3.4.3.14": ("rsa", "sha3_256"),
    "2.16.840.1.101.3.4.3.15": ("rsa", "sha3_384"),
    "2.16.840.1.101.3.4.3.16": ("rsa", "sha3_512"),
    "1.2.840.10045.4.1": ("ecdsa", "sha1"),
    "1.2.840.10045.4.3.1": ("ecdsa", "sha224"),
    "1.2.840.10045.4.3.2": ("ecdsa", "sha256"),
    "1.2.840.10045.4.3.3": ("ecdsa", "sha384"),
    "1.2.840.10045.4.3.4": ("ecdsa", "sha512"),
    "2.16.840.1.101.3.4.3.10": ("ecdsa", "sha3_256"),
    "2.16.840.1.101.3.4.3.11": ("ecdsa", "sha3_384"),
    "2.16.840.1.101.3.4.3.12": ("ecdsa", "sha3_512"),
    RSA: ("rsa", ""),  # CMS writers often name the key only; the digest is the SignerInfo's
    PSS: ("pss", ""),
    "1.2.840.10045.2.1": ("ecdsa", ""),
    ED25519: ("eddsa", ""),
    ED448: ("eddsa", ""),
}

REFUSED: Final = frozenset({"md5"})
"""Digests that are never accepted, whatever the date."""


class AlgorithmError(DerError):
    """An algorithm, parameter or key that is unknown, refused or unusable."""

    code = "ALGORITHM"


class AlgorithmId(NamedTuple):
    """An AlgorithmIdentifier: the OID in dotted form and its parameters' own bytes (empty when absent)."""

    oid: str
    parameters: bytes


def algorithm_id(node: Node) -> AlgorithmId:
    """Read an AlgorithmIdentifier."""
    return algorithm_of(node.raw)


def algorithm_of(raw: bytes) -> AlgorithmId:
    """:func:`algorithm_id` of an element's own octets."""
    return _algorithm_id(raw)


@lru_cache(maxsize=256)
def _algorithm_id(raw: bytes) -> AlgorithmId:
    if len(raw) > limits.ALGORITHM:
        raise DerError("algoritma tanımı çok büyük")
    parts = der.parse(raw).sequence()
    if not 1 <= len(parts) <= 2:
        raise DerError("algoritma tanımı bozuk")
    return AlgorithmId(der.oid(parts[0]), parts[1].raw if len(parts) == 2 else b"")


def same_algorithm(one: AlgorithmId, other: AlgorithmId) -> bool:
    """Do a certificate's or CRL's two algorithm fields agree? Some writers leave NULL parameters out of one of them."""
    null = b"\x05\x00"
    return one.oid == other.oid and (one.parameters or null) == (other.parameters or null)


def digest_name(oid: str) -> str:
    """hashlib's name of a digest OID; :class:`AlgorithmError` when it is unknown or refused."""
    name = DIGESTS.get(oid)
    if name is None or name in REFUSED:
        raise AlgorithmError(f"özet algoritması kabul edilmiyor: {name or oid}")
    return name


def digest(name: str, *parts: bytes) -> bytes:
    """The digest of the concatenated ``parts``."""
    make = _CONSTRUCTORS[name]
    if len(parts) == 1:
        return make(parts[0], usedforsecurity=False).digest()
    state = make(usedforsecurity=False)
    for part in parts:
        state.update(part)
    return state.digest()


class Method(NamedTuple):
    """How a signature was made: scheme (``rsa``, ``pss``, ``ecdsa``, ``eddsa``), digest, PSS salt and mask digest."""

    scheme: str
    digest: str
    salt: int = 0
    mask: str = ""

    @property
    def text(self) -> str:
        """Scheme and digest as reports name them, for example ``rsa-sha256``."""
        return f"{self.scheme}-{self.digest}" if self.digest else self.scheme


@lru_cache(maxsize=256)
def method(algorithm: AlgorithmId, digest_oid: str = "") -> Method:
    """The signature method of ``algorithm``; ``digest_oid`` is the SignerInfo's digest, for OIDs that name only a key.

    Raises :class:`AlgorithmError` for unknown or refused algorithms and PSS parameters.
    """
    known = _SIGNATURES.get(algorithm.oid)
    if known is None:
        raise AlgorithmError(f"imza algoritması bilinmiyor: {algorithm.oid}")
    scheme, name = known
    if scheme == "pss":
        return _pss(algorithm)
    if algorithm.parameters not in (b"", b"\x05\x00"):
        raise AlgorithmError("imza algoritmasının parametreleri bozuk")
    if scheme == "eddsa":
        return Method(scheme, "")
    name = name or digest_name(digest_oid)
    if name in REFUSED:
        raise AlgorithmError(f"özet algoritması kabul edilmiyor: {name}")
    return Method(scheme, name)


def _pss(algorithm: AlgorithmId) -> Method:
    """RSASSA-PSS-params, RFC 4055 3.1; each field absent means its default."""
    name, mask, salt = "sha1", "sha1", 20
    if algorithm.parameters:
        for node in der.parse(algorithm.parameters).sequence():
            inner = node.only()
            if node.tag == 0xA0:
                name = digest_name(algorithm_id(inner).oid)
            elif node.tag == 0xA1:
                generator = algorithm_id(inner)
                if generator.oid != MGF1:
                    raise AlgorithmError("PSS maske üreteci bilinmiyor")
                mask = digest_name(algorithm_id(der.parse(generator.parameters)).oid)
            elif node.tag == 0xA2:
                salt = der.integer(inner)
            elif node.tag != 0xA3 or der.integer(inner) != 1:
                raise AlgorithmError("PSS parametreleri bozuk")
    if not 0 <= salt <= 512:
        raise AlgorithmError("PSS tuz uzunluğu kabul edilmiyor")
    return Method("pss", name, salt, mask)


@lru_cache(maxsize=512)
def load_key(spki: bytes) -> PublicKeyTypes:
    """The public key of a SubjectPublicKeyInfo's DER; :class:`AlgorithmError` when it cannot be used."""
    try:
        return load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm, TypeError):
        raise AlgorithmError("açık anahtar okunamadı") from None


_KINDS: dict[type, str] = {}


def kind(key: PublicKeyTypes) -> str:
    """``rsa``, ``ec``, ``eddsa``, or an empty string for other keys. The library's own types are abstract, and asking
    an abstract type costs as much as the rest of a cheap check; so the answer for each concrete one is remembered."""
    found = _KINDS.get(type(key))
    if found is None:
        found = ""
        if isinstance(key, rsa.RSAPublicKey):
            found = "rsa"
        elif isinstance(key, ec.EllipticCurvePublicKey):
            found = "ec"
        elif isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
            found = "eddsa"
        _KINDS[type(key)] = found
    return found


_FITS: Final = {"rsa": "rsa", "pss": "rsa", "ecdsa": "ec", "eddsa": "eddsa"}
"""The kind of key that each scheme takes."""


def verify(key: PublicKeyTypes, how: Method, signature: bytes, data: bytes) -> bool:
    """Does ``signature`` over ``data`` verify? A key of another kind than ``how`` names never does."""
    if kind(key) != _FITS[how.scheme]:
        return False
    public: Any = key
    try:
        if how.scheme == "rsa":
            public.verify(signature, data, _PKCS1, _HASHES[how.digest])
        elif how.scheme == "ecdsa":
            public.verify(signature, data, ec.ECDSA(_HASHES[how.digest]))
        elif how.scheme == "pss":
            public.verify(signature, data, padding.PSS(padding.MGF1(_HASHES[how.mask]), how.salt), _HASHES[how.digest])
        else:
            public.verify(signature, data)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


_PKCS1: Final = padding.PKCS1v15()


# Age ---------------------------------------------------------------------------------------------------------------


def _day(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


DIGEST_UNTIL: Final[Mapping[str, datetime]] = {
    "sha1": _day(2012, 8, 1),
    "sha224": _day(2029, 1, 1),
}
"""Until when a digest was acceptable for new signatures: ETSI TS 119 312 and its predecessor TS 102 176-1. A digest
that is not listed has no known end."""

RSA_UNTIL: Final[tuple[tuple[int, datetime], ...]] = ((1536, _day(2010, 1, 1)), (1900, _day(2017, 1, 1)))
"""A key shorter than the figure was acceptable until the date. The same sources; longer keys have no known end yet."""

RSA_LEAST: Final = 1024
EC_LEAST: Final = 224


@dataclass(frozen=True, slots=True)
class AgePolicy:
    """What becomes of an algorithm that was past its date when it was used."""

    strict: bool = False
    """True: such a signature is indeterminate (CRYPTO_CONSTRAINTS_FAILURE). False: a warning names the date."""

    def aged(self, how: Method, key: PublicKeyTypes | None, at: datetime) -> str:
        """Why ``how`` with ``key`` was no longer acceptable at ``at``, or an empty string."""
        until = DIGEST_UNTIL.get(how.digest)
        if until is not None and at >= until:
            return f"{how.digest.upper()} {until:%Y-%m-%d} tarihinden sonra kullanılmış"
        if key is not None and kind(key) == "rsa":
            bits = cast(rsa.RSAPublicKey, key).key_size
            for size, last in RSA_UNTIL:
                if bits < size and at >= last:
                    return f"RSA {bits} bit {last:%Y-%m-%d} tarihinden sonra kullanılmış"
        return ""


def too_weak(key: PublicKeyTypes) -> str:
    """Why ``key`` is never acceptable, or an empty string."""
    found = kind(key)
    if found == "rsa":
        bits = cast(rsa.RSAPublicKey, key).key_size
        return f"RSA {bits} bit" if bits < RSA_LEAST else ""
    if found == "ec":
        bits = cast(ec.EllipticCurvePublicKey, key).key_size
        return f"EC {bits} bit" if bits < EC_LEAST else ""
    return "" if found == "eddsa" else "anahtar türü kabul edilmiyor"
