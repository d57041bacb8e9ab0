"""A second maker of signature files, to audit the validator: every octet is written here, down to certificates.

It shares nothing with the product and nothing with :mod:`signing.forge`, so that a mistake would have to be made twice
to go unseen. :func:`letter` takes the pieces of a P4 file and puts them together; a test changes the pieces. Times are
seconds after :data:`T1`, the signature timestamp's time.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa

T1 = datetime(2023, 6, 15, 9, 30, tzinfo=UTC)
DAY = 86400.0
YEAR = 365 * DAY
CONTENT = b"%PDF-1.7 bir yazi"
SHA256 = "2.16.840.1.101.3.4.2.1"
DIGESTS = {
    "sha1": "1.3.14.3.2.26",
    "sha224": "2.16.840.1.101.3.4.2.4",
    "sha256": SHA256,
    "sha384": "2.16.840.1.101.3.4.2.2",
    "sha512": "2.16.840.1.101.3.4.2.3",
    "sha3_256": "2.16.840.1.101.3.4.2.8",
    "md5": "1.2.840.113549.2.5",
}
P4 = "2.16.792.1.61.0.1.5070.3.3.1"
P4_DIGEST = "ff39bd29463383f69b2052ac47439e06ce7c3b8646e888b6e5ae3e46ba08117a"
ATTRIBUTE = "1.2.840.113549.1.9."
"""Where PKCS #9 attributes begin; ``16.2.`` are the S/MIME working group's."""


def at(seconds: float) -> datetime:
    """``seconds`` after the signature timestamp."""
    return T1 + timedelta(seconds=seconds)


# Encoding ----------------------------------------------------------------------------------------------------------


def tlv(tag: int, *parts: bytes) -> bytes:
    """One element with a definite, shortest length."""
    body = b"".join(parts)
    if len(body) < 0x80:
        return bytes([tag, len(body)]) + body
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + body


def indefinite(tag: int, *parts: bytes) -> bytes:
    """One element of BER's indefinite length."""
    return bytes([tag, 0x80]) + b"".join(parts) + b"\0\0"


def untlv(data: bytes) -> list[tuple[int, bytes, bytes]]:
    """The elements that ``data`` is made of: (tag, content, whole)."""
    found, place = [], 0
    while place < len(data):
        size, head = data[place + 1], 2
        if size & 0x80:
            head += size & 0x7F
            size = int.from_bytes(data[place + 2 : place + head], "big")
        found.append((data[place], data[place + head : place + head + size], data[place : place + head + size]))
        place += head + size
    return found


def seq(*parts: bytes) -> bytes:
    return tlv(0x30, *parts)


def set_of(*parts: bytes) -> bytes:
    return tlv(0x31, *sorted(parts))


def oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    out = bytearray()
    for arc in (40 * first + second, *rest):
        octets = [arc & 0x7F]
        while arc := arc >> 7:
            octets.append(0x80 | arc & 0x7F)
        out += bytes(reversed(octets))
    return tlv(6, bytes(out))


def num(value: int, tag: int = 2) -> bytes:
    return tlv(tag, value.to_bytes((value + (value < 0)).bit_length() // 8 + 1, "big", signed=True))


def octets(value: bytes) -> bytes:
    return tlv(4, value)


def bits(value: bytes) -> bytes:
    return tlv(3, b"\0", value)


def flags(*numbers: int) -> bytes:
    """A named bit list, such as key usage."""
    if not numbers:
        return tlv(3, b"\0")
    value = sum(1 << (15 - n) for n in numbers).to_bytes(2, "big").rstrip(b"\0")
    return tlv(3, bytes([7 - max(numbers) % 8]), value)


def gtime(time: datetime, fraction: str = "") -> bytes:
    return tlv(0x18, time.strftime("%Y%m%d%H%M%S").encode(), fraction.encode(), b"Z")


def utime(time: datetime) -> bytes:
    return tlv(0x17, time.strftime("%y%m%d%H%M%SZ").encode())


def hashed(name: str, *data: bytes) -> bytes:
    return hashlib.new(name, b"".join(data)).digest()


def algorithm(name: str, *, null: bool = False) -> bytes:
    return seq(oid(DIGESTS[name]), tlv(5) if null else b"")


def name(text: str, tag: int = 0x0C, *, unit: str = "") -> bytes:
    """A Name: country, unit, common name in the string type ``tag``."""
    coded = text.encode({0x1E: "utf-16-be", 0x1C: "utf-32-be", 0x14: "latin-1"}.get(tag, "utf-8"))
    rdns = [seq(oid("2.5.4.6"), tlv(0x13, b"TR")), seq(oid("2.5.4.3"), tlv(tag, coded))]
    if unit:
        rdns.insert(1, seq(oid("2.5.4.11"), tlv(0x0C, unit.encode())))
    return seq(*(tlv(0x31, one) for one in rdns))


# Keys --------------------------------------------------------------------------------------------------------------

CURVES = {"p224": ec.SECP224R1(), "p256": ec.SECP256R1(), "p384": ec.SECP384R1(), "p521": ec.SECP521R1()}
CURVES["bp256"] = ec.BrainpoolP256R1()  # type: ignore[assignment]


@functools.cache
def key(who: str, kind: str) -> Any:
    """The private key of ``who``: ``p256`` and its kin, ``ed25519``, ``ed448``, ``rsa2048`` …"""
    if kind in CURVES:
        return ec.generate_private_key(CURVES[kind])
    if kind.startswith("ed"):
        return {"ed25519": ed25519.Ed25519PrivateKey, "ed448": ed448.Ed448PrivateKey}[kind].generate()
    return rsa.generate_private_key(65537, int(kind[3:]))


def spki(private: Any) -> bytes:
    out = private.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    assert isinstance(out, bytes)
    return out


def key_id(private: Any) -> bytes:
    return hashed("sha1", untlv(untlv(spki(private))[0][1])[1][1][1:])


RSA_OIDS = {"sha1": 5, "sha256": 11, "sha384": 12, "sha512": 13, "sha224": 14}
EC_OIDS = {"sha1": "1", "sha224": "3.1", "sha256": "3.2", "sha384": "3.3", "sha512": "3.4"}
SHA3 = {"sha3_256": 8}


def hash_of(digest: str) -> hashes.HashAlgorithm:
    return {
        "sha1": hashes.SHA1,
        "sha224": hashes.SHA224,
        "sha256": hashes.SHA256,
        "sha384": hashes.SHA384,
        "sha512": hashes.SHA512,
        "sha3_256": hashes.SHA3_256,
    }[digest]()


def sign(private: Any, data: bytes, digest: str = "sha256", scheme: str = "") -> tuple[bytes, bytes]:
    """(AlgorithmIdentifier, signature). ``scheme``: ``pss``, ``bare`` (only the key is named), ``no null``."""
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return seq(oid("1.3.101.112")), private.sign(data)
    if isinstance(private, ed448.Ed448PrivateKey):
        return seq(oid("1.3.101.113")), private.sign(data)
    how = hash_of(digest)
    if isinstance(private, ec.EllipticCurvePrivateKey):
        kind = f"1.2.840.10045.4.{EC_OIDS[digest]}" if digest in EC_OIDS else "2.16.840.1.101.3.4.3.10"
        named = "1.2.840.10045.2.1" if scheme == "bare" else kind
        return seq(oid(named)), private.sign(data, ec.ECDSA(how))
    if scheme == "pss":
        mask = seq(oid("1.2.840.113549.1.1.8"), algorithm(digest))
        params = seq(tlv(0xA0, algorithm(digest)), tlv(0xA1, mask), tlv(0xA2, num(how.digest_size)))
        pad = padding.PSS(padding.MGF1(how), how.digest_size)
        return seq(oid("1.2.840.113549.1.1.10"), params), private.sign(data, pad, how)
    kind = f"1.2.840.113549.1.1.{RSA_OIDS[digest]}" if digest in RSA_OIDS else "2.16.840.1.101.3.4.3.14"
    null = b"" if scheme == "no null" else tlv(5)
    named = "1.2.840.113549.1.1.1" if scheme == "bare" else kind
    return seq(oid(named), null), private.sign(data, padding.PKCS1v15(), how)


def spoiled(value: bytes) -> bytes:
    """``value`` with its last bit flipped."""
    return value[:-1] + bytes([value[-1] ^ 1])


# Certificates, CRLs, OCSP ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Party:
    """Someone with a certificate."""

    subject: bytes
    private: Any
    cert: bytes
    serial: int
    issuer: bytes


def ext(kind: str, value: bytes, *, critical: bool = False) -> bytes:
    return seq(oid(kind), tlv(1, b"\xff") if critical else b"", octets(value))


def usage(*numbers: int) -> bytes:
    return ext("2.5.29.15", flags(*numbers), critical=True)


def basic(ca: bool, length: int | None = None, *, critical: bool = True) -> bytes:
    limit = b"" if length is None else num(length)
    return ext("2.5.29.19", seq(tlv(1, b"\xff") if ca else b"", limit), critical=critical)


def purpose(*kinds: str, critical: bool = True) -> bytes:
    return ext("2.5.29.37", seq(*map(oid, kinds)), critical=critical)


TIMESTAMPING, OCSP_SIGNING = "1.3.6.1.5.5.7.3.8", "1.3.6.1.5.5.7.3.9"
NOCHECK = ext("1.3.6.1.5.5.7.48.1.5", tlv(5))
NOTICE = seq(oid("1.3.6.1.5.5.7.2.2"), seq(tlv(0x0C, b"nitelikli")))
CPS = seq(oid("1.3.6.1.5.5.7.2.1"), tlv(0x16, b"http://example.invalid"))


def policies(*qualifiers: bytes, kind: str = "2.16.792.1.2.1.1.5.7.1.1") -> bytes:
    return ext("2.5.29.32", seq(seq(oid(kind), seq(*qualifiers) if qualifiers else b"")))


def statements(*kinds: str) -> bytes:
    return ext("1.3.6.1.5.5.7.1.3", seq(*(seq(oid(one)) for one in kinds)))


QC = ("0.4.0.1862.1.1", "2.16.792.1.61.0.1.5070.1.1")
QUALIFIED = (usage(0, 1), policies(NOTICE), statements(*QC))
CA = (basic(True), usage(5, 6))


def issue(
    who: str,
    by: Party | None,
    *extensions: bytes,
    kind: str = "p256",
    subject: bytes = b"",
    issuer: bytes = b"",
    serial: bytes = b"",
    since: float = -YEAR,
    until: float = YEAR,
    digest: str = "sha256",
    scheme: str = "",
    forged: bool = False,
    ids: bool = True,
    authority: bytes = b"",
    version: int = 3,
    same_key: Party | None = None,
) -> Party:
    """A certificate for ``who`` by ``by`` (None: self-signed). ``serial`` is an INTEGER's DER; ``ids`` adds the two
    key identifiers, ``authority`` another authority key identifier."""
    private = same_key.private if same_key else key(who, kind)
    subject = subject or name(who)
    signer = by.private if by else private
    issuer = issuer or (by.subject if by else subject)
    serial = serial or num(int.from_bytes(hashed("sha256", who.encode())[:7], "big"))
    more = list(extensions)
    if ids:
        more.append(ext("2.5.29.14", octets(key_id(private))))
        more.append(ext("2.5.29.35", seq(tlv(0x80, authority or key_id(signer)))))
    named, _ = sign(signer, b"", digest, scheme)
    tbs = seq(
        tlv(0xA0, num(version - 1)) if version > 1 else b"",
        serial,
        named,
        issuer,
        seq(_date(at(since)), _date(at(until))),
        subject,
        spki(private),
        tlv(0xA3, seq(*more)) if more and version == 3 else b"",
    )
    named, value = sign(signer, tbs, digest, scheme)
    whole = seq(tbs, named, bits(spoiled(value) if forged else value))
    return Party(subject, private, whole, int.from_bytes(untlv(serial)[0][1], "big", signed=True), issuer)


def _date(time: datetime) -> bytes:
    return gtime(time) if time.year >= 2050 else utime(time)


def crl(
    by: Party,
    *revoked: tuple[Party, float] | tuple[Party, float, bytes],
    this: float = -DAY,
    until: float | None = 30 * DAY,
    digest: str = "sha256",
    scheme: str = "",
    forged: bool = False,
    extensions: Sequence[bytes] | None = None,
    issuer: bytes = b"",
    key_of: Party | None = None,
) -> bytes:
    """A CRL; a third member of an entry is its extensions' DER."""
    rows = [seq(num(row[0].serial), _date(at(row[1])), seq(*row[2:]) if row[2:] else b"") for row in revoked]
    signer = key_of or by
    if extensions is None:
        extensions = [ext("2.5.29.20", num(3)), ext("2.5.29.35", seq(tlv(0x80, key_id(signer.private))))]
    named, _ = sign(signer.private, b"", digest, scheme)
    tbs = seq(
        num(1),
        named,
        issuer or by.subject,
        _date(at(this)),
        _date(at(until)) if until is not None else b"",
        seq(*rows) if rows else b"",
        tlv(0xA0, seq(*extensions)) if extensions else b"",
    )
    named, value = sign(signer.private, tbs, digest, scheme)
    return seq(tbs, named, bits(spoiled(value) if forged else value))


def reason(code: int) -> bytes:
    return ext("2.5.29.21", num(code, 0x0A))


def good() -> bytes:
    return tlv(0x80)


def unknown() -> bytes:
    return tlv(0x82)


def revoked_at(seconds: float, code: int | None = None) -> bytes:
    return tlv(0xA1, gtime(at(seconds)), tlv(0xA0, num(code, 0x0A)) if code is not None else b"")


def cert_id(who: Party, by: Party, digest: str = "sha1", *, null: bool = True, serial: int | None = None) -> bytes:
    bit_string = untlv(untlv(spki(by.private))[0][1])[1][1][1:]
    return seq(
        algorithm(digest, null=null),
        octets(hashed(digest, by.subject)),
        octets(hashed(digest, bit_string)),
        num(who.serial if serial is None else serial),
    )


def single(identity: bytes, status: bytes, this: float = 2, until: float | None = None, extra: bytes = b"") -> bytes:
    later = tlv(0xA0, gtime(at(until))) if until is not None else b""
    return seq(identity, status, gtime(at(this)), later, tlv(0xA1, seq(extra)) if extra else b"")


def ocsp(
    by: Party,
    *singles: bytes,
    produced: float = 2,
    bag: Sequence[Party] | None = None,
    digest: str = "sha256",
    scheme: str = "",
    forged: bool = False,
    named: bool = False,
    extensions: bytes = b"",
    version: bytes = b"",
) -> bytes:
    """A BasicOCSPResponse by ``by``; ``named``: the responder is identified by name instead of key."""
    who = tlv(0xA1, by.subject) if named else tlv(0xA2, octets(key_id(by.private)))
    tbs = seq(version, who, gtime(at(produced)), seq(*singles), tlv(0xA1, seq(extensions)) if extensions else b"")
    method, value = sign(by.private, tbs, digest, scheme)
    held = [by] if bag is None else bag
    certs = tlv(0xA0, seq(*(one.cert for one in held))) if held else b""
    return seq(tbs, method, bits(spoiled(value) if forged else value), certs)
