"""The values of CAdES attributes and timestamp tokens, read in place (RFC 5035, RFC 5126, RFC 3161, EN 319 122-1)."""

from __future__ import annotations

from datetime import datetime
from functools import _lru_cache_wrapper, lru_cache
from typing import Final, NamedTuple, TypeVar

from hub import limits
from hub.signing import algorithms, der, oids, parts
from hub.signing.algorithms import algorithm_id, algorithm_of, digest_name
from hub.signing.cms import SignedData, SignerInfo, signed_data
from hub.signing.der import DerError, Node
from hub.signing.parts import Part, inside

_SHA1: Final = "1.3.14.3.2.26"
_SHA256: Final = "2.16.840.1.101.3.4.2.1"


class Digest(NamedTuple):
    """A digest value with the OID of its algorithm."""

    oid: str
    value: bytes

    def matches(self, data: bytes) -> bool:
        """Is it the digest of ``data``? :class:`~hub.signing.algorithms.AlgorithmError` for an unknown algorithm."""
        return algorithms.digest(digest_name(self.oid), data) == self.value


T = TypeVar("T")
_new = tuple.__new__  # a NamedTuple's own constructor costs three times as much


def _remembered(read: _lru_cache_wrapper[T], value: bytes) -> T:
    """What recurs from file to file (an authority's own attributes) is read once, unless it is large."""
    return read(value) if len(value) <= limits.ATTRIBUTE_REMEMBERED else read.__wrapped__(value)


class EssCertId(NamedTuple):
    """ESSCertID or ESSCertIDv2: the digest of a certificate and, when given, its issuer and serial number."""

    digest: Digest
    issuer: bytes
    """The issuer Name's DER, or empty when issuerSerial is absent."""
    serial: int | None


def signing_certificate(value: bytes, *, v2: bool) -> tuple[EssCertId, ...]:
    """SigningCertificate (``v2`` false) or SigningCertificateV2: its certificate identifiers in order."""
    return _remembered(_signing_certificate_v2 if v2 else _signing_certificate_v1, value)


@lru_cache(maxsize=512)
def _signing_certificate_v1(value: bytes) -> tuple[EssCertId, ...]:
    return _signing_certificate(value, v2=False)


@lru_cache(maxsize=512)
def _signing_certificate_v2(value: bytes) -> tuple[EssCertId, ...]:
    return _signing_certificate(value, v2=True)


def _signing_certificate(value: bytes, *, v2: bool) -> tuple[EssCertId, ...]:
    held = der.parse(value).sequence()
    if not held:
        raise DerError("signing-certificate özniteliği boş")
    found = []
    for item in held[0].sequence():
        fields = item.sequence()
        oid = _SHA256 if v2 else _SHA1
        if v2 and fields and fields[0].tag == der.SEQUENCE:
            oid = algorithm_id(fields.pop(0)).oid
        if not 1 <= len(fields) <= 2:
            raise DerError("ESSCertID bozuk")
        issuer, serial = _issuer_serial(fields[1]) if len(fields) == 2 else (b"", None)
        found.append(EssCertId(Digest(oid, der.octets(fields[0])), issuer, serial))
    if not found:
        raise DerError("signing-certificate özniteliği boş")
    return tuple(found)


def _issuer_serial(node: Node) -> tuple[bytes, int]:
    return _remembered(_issuer_serial_of, node.raw)


@lru_cache(maxsize=512)
def _issuer_serial_of(raw: bytes) -> tuple[bytes, int]:
    fields = der.parse(raw).sequence()
    if len(fields) not in (2, 3):
        raise DerError("issuerSerial bozuk")
    directory = [name.only().raw for name in fields[0].sequence() if name.tag == 0xA4]
    return directory[0] if directory else b"", der.integer(fields[1])


class SignaturePolicy(NamedTuple):
    """SignaturePolicyId; ``oid`` is empty for an implied policy."""

    oid: str
    digest: Digest | None
    qualifiers: tuple[str, ...]


def signature_policy(value: bytes) -> SignaturePolicy:
    """The signature-policy-identifier attribute (RFC 5126 5.8.1)."""
    return _remembered(_signature_policy, value)


@lru_cache(maxsize=128)
def _signature_policy(value: bytes) -> SignaturePolicy:
    node = der.parse(value)
    if node.tag == der.NULL:
        return SignaturePolicy("", None, ())
    fields = node.sequence()
    if not 2 <= len(fields) <= 3:
        raise DerError("imza politikası özniteliği bozuk")
    hashed = fields[1].sequence()
    if len(hashed) != 2:
        raise DerError("imza politikası özeti bozuk")
    qualifiers = tuple(der.oid(item.first()) for item in fields[2].sequence()) if len(fields) == 3 else ()
    return SignaturePolicy(der.oid(fields[0]), Digest(algorithm_id(hashed[0]).oid, der.octets(hashed[1])), qualifiers)


def _other_hash(node: Node) -> Digest:
    """OtherHash: a bare SHA-1 digest, or an algorithm and a digest."""
    if node.tag == der.OCTET_STRING:
        return Digest(_SHA1, node.content)
    fields = node.sequence()
    if len(fields) != 2:
        raise DerError("özet referansı bozuk")
    return _new(Digest, (algorithm_id(fields[0]).oid, der.octets(fields[1])))


class CertificateRef(NamedTuple):
    """OtherCertID: the digest of a certificate and, when given, its issuer and serial number."""

    digest: Digest
    issuer: bytes
    serial: int | None


def certificate_refs(value: bytes) -> tuple[CertificateRef, ...]:
    """complete-certificate-references (RFC 5126 6.2.1)."""
    return _remembered(_certificate_refs, value)


@lru_cache(maxsize=128)
def _certificate_refs(value: bytes) -> tuple[CertificateRef, ...]:
    found = []
    for item in der.parse(value).sequence():
        fields = item.sequence()
        if not 1 <= len(fields) <= 2:
            raise DerError("sertifika referansı bozuk")
        issuer, serial = _issuer_serial(fields[1]) if len(fields) == 2 else (b"", None)
        found.append(CertificateRef(_other_hash(fields[0]), issuer, serial))
    return tuple(found)


class CrlRef(NamedTuple):
    """CrlValidatedID: the digest of a CRL and, when given, its issuer, issue time and number."""

    digest: Digest
    issuer: bytes
    issued: datetime | None
    number: int | None


class OcspRef(NamedTuple):
    """OcspResponsesID: who answered and when, and the response's digest when given."""

    responder_raw: bytes
    produced_at: datetime
    digest: Digest | None


class RevocationRefs(NamedTuple):
    """complete-revocation-references, pooled over the certificates that they stand for."""

    crls: tuple[CrlRef, ...]
    ocsps: tuple[OcspRef, ...]
    other: bool
    """Are there references of another kind?"""


def revocation_refs(value: bytes) -> RevocationRefs:
    """complete-revocation-references (RFC 5126 6.2.2). Raises :class:`~hub.signing.der.DerError`."""
    crls: list[CrlRef] = []
    ocsps: list[OcspRef] = []
    other = False
    for item in inside(value, parts.whole(value), der.SEQUENCE):
        for choice in inside(value, item, der.SEQUENCE):
            if choice[0] not in (0xA0, 0xA1):
                other = True
                continue
            for group in inside(value, parts.only(value, choice), der.SEQUENCE):
                for one in inside(value, group, der.SEQUENCE):
                    if choice[0] == 0xA0:
                        crls.append(_crl_ref(parts.raw(value, one)))
                    else:
                        ocsps.append(_ocsp_ref(value, one))
    if len(crls) > limits.REVOCATIONS or len(ocsps) > limits.REVOCATIONS:
        raise DerError("çok fazla iptal referansı")
    return RevocationRefs(tuple(crls), tuple(ocsps), other)


def _crl_ref(raw: bytes) -> CrlRef:
    return _remembered(_crl_ref_of, raw)  # a list's reference recurs as the list does


@lru_cache(maxsize=512)
def _crl_ref_of(raw: bytes) -> CrlRef:
    held = der.parse(raw).sequence()
    if not 1 <= len(held) <= 2:
        raise DerError("SİL referansı bozuk")
    issuer, issued, number = b"", None, None
    if len(held) == 2:
        fields = held[1].sequence()
        if not 2 <= len(fields) <= 3:
            raise DerError("SİL referansı bozuk")
        issuer, issued = fields[0].expect(der.SEQUENCE).raw, der.time(fields[1])
        number = der.integer(fields[2]) if len(fields) == 3 else None
    return CrlRef(_other_hash(held[0]), issuer, issued, number)


def _ocsp_ref(data: bytes, part: Part) -> OcspRef:
    both = inside(data, part, der.SEQUENCE)
    if not 1 <= len(both) <= 2:
        raise DerError("ÇİSDuP referansı bozuk")
    fields = inside(data, both[0], der.SEQUENCE)
    if len(fields) != 2:
        raise DerError("ÇİSDuP referansı bozuk")
    digest = _other_hash(Node(data, *both[1])) if len(both) == 2 else None
    return OcspRef(parts.raw(data, fields[0]), parts.time(data, fields[1]), digest)


def certificate_values(value: bytes) -> tuple[bytes, ...]:
    """certificate-values (RFC 5126 6.3.3): the DER of each certificate."""
    return _remembered(_certificate_values, value)


@lru_cache(maxsize=128)
def _certificate_values(value: bytes) -> tuple[bytes, ...]:
    found = tuple(node.expect(der.SEQUENCE).raw for node in der.parse(value).sequence())
    if len(found) > limits.CERTIFICATES:
        raise DerError("çok fazla sertifika değeri")
    return found


class RevocationValues(NamedTuple):
    """revocation-values: the DER of each CRL and each BasicOCSPResponse."""

    crls: tuple[bytes, ...]
    ocsps: tuple[bytes, ...]
    other: bool


def revocation_values(value: bytes) -> RevocationValues:
    """revocation-values (RFC 5126 6.3.4). Raises :class:`~hub.signing.der.DerError`."""
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()
    other = False
    for part in inside(value, parts.whole(value), der.SEQUENCE):
        if part[0] == 0xA2:
            other = True
            continue
        if part[0] not in (0xA0, 0xA1):
            raise DerError("iptal değerleri bozuk")
        held = inside(value, parts.only(value, part), der.SEQUENCE)
        found = tuple([parts.raw(value, one) for one in held])
        if part[0] == 0xA0:
            crls += found
        else:
            ocsps += found
    if len(crls) > limits.REVOCATIONS or len(ocsps) > limits.REVOCATIONS:
        raise DerError("çok fazla iptal değeri")
    return RevocationValues(crls, ocsps, other)


# Timestamps --------------------------------------------------------------------------------------------------------


class Token(NamedTuple):
    """A TimeStampToken: its CMS, its only signer, and its TSTInfo."""

    raw: bytes
    cms: SignedData
    signer: SignerInfo
    imprint: Digest
    time: datetime
    policy: str
    serial: int
    unknown_critical: str
    """The OID of a critical TSTInfo extension that is not understood (all are), or empty."""


def token(raw: bytes) -> Token:
    """Read a TimeStampToken. Raises :class:`~hub.signing.der.DerError`."""
    data = signed_data(raw)
    if data.content_type != oids.TST_INFO or data.content is None:
        raise DerError("zaman damgasının içeriği TSTInfo değil")
    if len(data.signers) != 1:
        raise DerError(f"zaman damgasında {len(data.signers)} imzacı var")
    info = data.content
    fields = inside(info, parts.whole(info), der.SEQUENCE)
    if len(fields) < 5 or parts.integer(info, fields[0]) != 1:
        raise DerError("TSTInfo bozuk")
    imprint = inside(info, fields[2], der.SEQUENCE)
    if len(imprint) != 2:
        raise DerError("zaman damgası özeti bozuk")
    if fields[4][0] != der.GENERALIZED_TIME:
        raise DerError("zaman damgasının zamanı okunamadı")
    critical = ""
    for field in fields[5:]:
        if field[0] == 0xA1:  # extensions [1]
            for item in Node(info, *field).children():
                held = item.sequence()
                if len(held) == 3 and der.boolean(held[1]):
                    critical = der.oid(held[0])
    return _new(  # in the order of the fields
        Token,
        (
            raw,
            data,
            data.signers[0],
            _new(Digest, (algorithm_of(parts.raw(info, imprint[0])).oid, parts.octets(info, imprint[1]))),
            parts.time(info, fields[4]),
            parts.oid(info, fields[1]),
            parts.integer(info, fields[3]),
            critical,
        ),
    )


class HashIndex(NamedTuple):
    """ATSHashIndex of an archive timestamp of the third form (EN 319 122-1 5.5.2; TS 101 733 6.4.2)."""

    oid: str
    digest_oid: str
    certificates: tuple[bytes, ...]
    revocations: tuple[bytes, ...]
    attributes: tuple[bytes, ...]
    raw: bytes


def hash_index(of: Token) -> HashIndex:
    """The token's hash index; :class:`~hub.signing.der.DerError` unless there is exactly one."""
    kinds = (oids.ATS_HASH_INDEX, oids.ATS_HASH_INDEX_V2, oids.ATS_HASH_INDEX_V3)
    found = [attribute for attribute in of.signer.unsigned if attribute.oid in kinds]
    if len(found) != 1 or len(found[0].values) != 1:
        raise DerError("arşiv zaman damgasında tek bir ats-hash-index olmalı")
    fields = der.parse(found[0].values[0]).sequence()
    digest_oid = _SHA256
    if len(fields) == 4:
        digest_oid = algorithm_id(fields.pop(0)).oid
    if len(fields) != 3:
        raise DerError("ats-hash-index bozuk")
    groups = [tuple(der.octets(one) for one in field.sequence()) for field in fields]
    return HashIndex(found[0].oid, digest_oid, groups[0], groups[1], groups[2], found[0].values[0])
