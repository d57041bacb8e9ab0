"""What forged files are made of: DER by hand, keys, the certificates of the default file, CMS around signers."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from asn1crypto.core import ObjectIdentifier
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hub.signing import oids
from hub.signing.der import wrap

T0 = datetime(2024, 3, 1, 10, 0, tzinfo=UTC)
"""When the signer says that the letter was signed."""

P4_POLICY = "2.16.792.1.61.0.1.5070.3.3.1"
P4_DIGEST = bytes.fromhex("ff39bd29463383f69b2052ac47439e06ce7c3b8646e888b6e5ae3e46ba08117a")
CONTENT = b"%PDF-1.7 a letter that nobody wrote"

Hook = Callable[[Any], Any]


def minutes(value: float) -> timedelta:
    return timedelta(minutes=value)


ANSWERED = T0 + minutes(2)
"""When the responder answered."""

# DER ---------------------------------------------------------------------------------------------------------------


def seq(*parts: bytes) -> bytes:
    return wrap(0x30, *parts)


def set_of(*parts: bytes) -> bytes:
    return wrap(0x31, *sorted(parts))


def oid(dotted: str) -> bytes:
    out = ObjectIdentifier(dotted).dump()
    assert isinstance(out, bytes)
    return out


def integer(value: int) -> bytes:
    return wrap(0x02, value.to_bytes((value.bit_length() + 8) // 8, "big", signed=True))


def octets(value: bytes) -> bytes:
    return wrap(0x04, value)


def generalized(time: datetime) -> bytes:
    return wrap(0x18, time.strftime("%Y%m%d%H%M%SZ").encode())


def utc(time: datetime) -> bytes:
    return wrap(0x17, time.strftime("%y%m%d%H%M%SZ").encode())


DIGEST_OIDS = {
    "sha1": "1.3.14.3.2.26",
    "sha256": "2.16.840.1.101.3.4.2.1",
    "sha384": "2.16.840.1.101.3.4.2.2",
    "sha512": "2.16.840.1.101.3.4.2.3",
    "md5": "1.2.840.113549.2.5",
}


def digest_algorithm(name: str) -> bytes:
    return seq(oid(DIGEST_OIDS[name]))


def attribute(kind: str, *values: bytes) -> bytes:
    return seq(oid(kind), set_of(*values))


# Keys and signatures -----------------------------------------------------------------------------------------------

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@functools.cache
def key(name: str, kind: str = "ec") -> Key:
    """A key for ``name``, made once for each test run."""
    if kind == "ec":
        return ec.generate_private_key(ec.SECP256R1())
    if kind == "ec384":
        return ec.generate_private_key(ec.SECP384R1())
    return rsa.generate_private_key(65537, int(kind.removeprefix("rsa") or 2048))


HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
ECDSA = {"sha1": "1.2.840.10045.4.1", "sha256": "1.2.840.10045.4.3.2", "sha384": "1.2.840.10045.4.3.3"}
ECDSA["sha512"] = "1.2.840.10045.4.3.4"
RSA = {"sha1": "1.2.840.113549.1.1.5", "sha256": "1.2.840.113549.1.1.11", "sha384": "1.2.840.113549.1.1.12"}
RSA["sha512"] = "1.2.840.113549.1.1.13"


def sign(private: Key, data: bytes, digest: str = "sha256", scheme: str = "") -> tuple[bytes, bytes]:
    """(AlgorithmIdentifier, signature). ``scheme``: ``pss``, ``bare`` (the OID names only the key) or empty."""
    if isinstance(private, ec.EllipticCurvePrivateKey):
        name = "1.2.840.10045.2.1" if scheme == "bare" else ECDSA[digest]
        return seq(oid(name)), private.sign(data, ec.ECDSA(HASHES[digest]))
    if scheme == "pss":
        salt = HASHES[digest].digest_size
        mgf = seq(oid("1.2.840.113549.1.1.8"), digest_algorithm(digest))
        params = seq(wrap(0xA0, digest_algorithm(digest)), wrap(0xA1, mgf), wrap(0xA2, integer(salt)))
        pad: Any = padding.PSS(padding.MGF1(HASHES[digest]), salt)
        return seq(oid("1.2.840.113549.1.1.10"), params), private.sign(data, pad, HASHES[digest])
    name = "1.2.840.113549.1.1.1" if scheme == "bare" else RSA[digest]
    return seq(oid(name), wrap(0x05)), private.sign(data, padding.PKCS1v15(), HASHES[digest])


# Certificates and their status -------------------------------------------------------------------------------------

NOTICE = x509.UserNotice(None, "Bu sertifika nitelikli elektronik sertifikadır")


@dataclass
class Spec:
    """One certificate to be made."""

    name: str
    issuer: str
    kind: str = "ec"
    not_before: datetime = T0 - timedelta(days=365)
    not_after: datetime = T0 + timedelta(days=365)
    ca: bool = False
    path_length: int | None = None
    usage: frozenset[str] = frozenset()
    purposes: tuple[Any, ...] = ()
    purposes_critical: bool = True
    policies: tuple[x509.PolicyInformation, ...] = ()
    statements: tuple[str, ...] = ()
    nocheck: bool = False
    extra: tuple[tuple[x509.ExtensionType, bool], ...] = ()
    serial: int = 0
    subject: str = ""
    digest: str = "sha256"
    forged: bool = False
    """Flip a bit of the CA's signature."""
    unit: str = ""
    urls: tuple[str, ...] = ()
    """CRL distribution points."""


CA_USAGE = frozenset({"key_cert_sign", "crl_sign"})
SIGNER_USAGE = frozenset({"digital_signature", "content_commitment"})
QC = ("0.4.0.1862.1.1", "2.16.792.1.61.0.1.5070.1.1")
POLICY = x509.PolicyInformation(x509.ObjectIdentifier("2.16.792.1.2.1.1.5.7.1.1"), [NOTICE])


def plan() -> dict[str, Spec]:
    """The certificates of the default file."""
    return {
        one.name: one
        for one in (
            Spec("root", "root", ca=True, usage=CA_USAGE),
            Spec("sub", "root", ca=True, usage=CA_USAGE, path_length=0),
            Spec("signer", "sub", usage=SIGNER_USAGE, policies=(POLICY,), statements=QC),
            Spec("second", "sub", usage=SIGNER_USAGE, policies=(POLICY,), statements=QC),
            Spec(
                "responder",
                "sub",
                usage=frozenset({"digital_signature"}),
                purposes=(ExtendedKeyUsageOID.OCSP_SIGNING,),
                nocheck=True,
            ),
            Spec(
                "tsa",
                "root",
                usage=frozenset({"digital_signature"}),
                purposes=(ExtendedKeyUsageOID.TIME_STAMPING,),
            ),
            Spec("tsroot", "tsroot", ca=True, usage=CA_USAGE),
            Spec(
                "tsa2",
                "tsroot",
                usage=frozenset({"digital_signature"}),
                purposes=(ExtendedKeyUsageOID.TIME_STAMPING,),
            ),
        )
    }


def x509_name(text: str, unit: str = "") -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, text), x509.NameAttribute(NameOID.COUNTRY_NAME, "TR")]
    if unit:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit))
    return x509.Name(parts)


USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


# CMS, references, hash index ----------------------------------------------------------------------------------------


def policy(oid_: str = P4_POLICY, digest: bytes = P4_DIGEST, name: str = "sha256", uri: bool = True) -> bytes:
    """A signature-policy-identifier value."""
    qualifier = seq(seq(oid("1.2.840.113549.1.9.16.5.1"), wrap(0x16, b"http://example.invalid/policy")))
    return seq(oid(oid_), seq(digest_algorithm(name), octets(digest)), qualifier if uri else b"")


def encap_info(content: bytes | None, content_type: str = oids.DATA) -> bytes:
    return seq(oid(content_type), wrap(0xA0, octets(content)) if content is not None else b"")


def signed_data(
    infos: list[bytes], certs: list[bytes], crls: list[bytes], *, content: bytes | None, content_type: str = oids.DATA
) -> bytes:
    """A ContentInfo."""
    body = seq(
        integer(1 if content_type == oids.DATA else 3),
        wrap(
            0x31,
            digest_algorithm("sha1"),
            digest_algorithm("sha256"),
            digest_algorithm("sha384"),
            digest_algorithm("sha512"),
        ),
        encap_info(content, content_type),
        wrap(0xA0, *certs) if certs else b"",
        wrap(0xA1, *crls) if crls else b"",
        wrap(0x31, *infos),
    )
    return seq(oid(oids.SIGNED_DATA), wrap(0xA0, body))


def inside(info: bytes) -> bytes:
    from hub.signing.der import parse

    return parse(info).content


def signature_of(info: bytes) -> bytes:
    from hub.signing.der import parse

    return parse(info).children()[-1].content


def with_unsigned(info: bytes, unsigned: list[bytes]) -> bytes:
    """A SignerInfo that has no unsigned attributes, with these."""
    return seq(inside(info), wrap(0xA1, *unsigned) if unsigned else b"")


def subject_key_bits(spki: bytes) -> bytes:
    from hub.signing.der import parse

    return parse(spki).children()[1].content[1:]


def other_hash(data: bytes, digest: str) -> bytes:
    value = octets(hashlib.new(digest, data).digest())
    return value if digest == "sha1" else seq(digest_algorithm(digest), value)


def cert_ref(raw: bytes, digest: str, bare: bool) -> bytes:
    one = x509.load_der_x509_certificate(raw)
    where = seq(seq(wrap(0xA4, one.issuer.public_bytes())), integer(one.serial_number))
    return seq(other_hash(raw, digest), b"" if bare else where)


def crl_ref(raw: bytes, digest: str, bare: bool) -> bytes:
    one = x509.load_der_x509_crl(raw)
    assert one.last_update_utc is not None
    identifier = seq(one.issuer.public_bytes(), utc(one.last_update_utc), integer(7))
    return seq(other_hash(raw, digest), b"" if bare else identifier)


def ocsp_ref(raw: bytes, digest: str, bare: bool) -> bytes:
    from hub.signing.status import load_ocsp

    one = load_ocsp(raw)
    identifier = seq(one.responder_raw, generalized(one.produced_at))
    return seq(identifier, b"" if bare else other_hash(raw, digest))


def hash_index(certs: list[bytes], crls: list[bytes], unsigned: list[bytes]) -> bytes:
    """ats-hash-index-v3."""
    from hub.signing.der import parse

    def hashed(items: Iterable[bytes]) -> bytes:
        return seq(*(octets(hashlib.sha256(one).digest()) for one in items))

    values = []
    for one in unsigned:
        kind, held = parse(one).children()
        values += [kind.raw + value.raw for value in held.children()]
    return seq(digest_algorithm("sha256"), hashed(certs), hashed(crls), hashed(values))
