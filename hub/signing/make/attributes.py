"""The attributes of a CAdES signature, each as its DER (ETSI EN 319 122-1, RFC 5126, RFC 5035)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hub.signing import der, oids, status
from hub.signing.algorithms import digest as digest_of
from hub.signing.certificates import Certificate
from hub.signing.make import asn1
from hub.signing.make.evidence import Proof
from hub.signing.make.identifiers import digest_identifier

_POLICY_URI: Final = "1.2.840.113549.1.9.16.5.1"


@dataclass(frozen=True, slots=True)
class Policy:
    """An explicit signature policy."""

    oid: str
    digest: bytes
    digest_algorithm: str = "sha256"
    uri: str | None = None


P4: Final = Policy(
    oid="2.16.792.1.61.0.1.5070.3.3.1",
    digest=bytes.fromhex("ff39bd29463383f69b2052ac47439e06ce7c3b8646e888b6e5ae3e46ba08117a"),
    uri="http://www.eimza.gov.tr/EimzaPolitikalari/216792161015070331.pdf",
)
"""The national profile P4 (BTK, Elektronik İmza Kullanım Profilleri): long-term, with OCSP."""


def signing_certificate(certificate: Certificate, digest: str) -> bytes:
    """signing-certificate-v2 (RFC 5035 section 3): digest, issuer and serial number."""
    algorithm = b"" if digest == "sha256" else digest_identifier(digest)
    names = asn1.sequence(asn1.context(4, certificate.issuer))
    identifier = asn1.sequence(
        algorithm,
        asn1.octet_string(digest_of(digest, certificate.raw)),
        asn1.sequence(names, asn1.integer(certificate.serial)),
    )
    return asn1.attribute(oids.SIGNING_CERTIFICATE_V2, asn1.sequence(asn1.sequence(identifier)))


def signature_policy(policy: Policy) -> bytes:
    """signature-policy-identifier (RFC 5126 section 5.8.1)."""
    hashed = asn1.sequence(digest_identifier(policy.digest_algorithm), asn1.octet_string(policy.digest))
    qualifiers = b""
    if policy.uri:
        qualifiers = asn1.sequence(asn1.sequence(asn1.oid(_POLICY_URI), asn1.ia5(policy.uri)))
    return asn1.attribute(oids.SIGNATURE_POLICY, asn1.sequence(asn1.oid(policy.oid), hashed, qualifiers))


def signed(
    certificate: Certificate,
    message_digest: bytes,
    digest: str,
    at: datetime,
    policy: Policy | None,
    content_type: str | None = oids.DATA,
    mime_type: str | None = None,
) -> bytes:
    """Contents of the signed attributes, in DER's order; a countersignature has no ``content_type``."""
    items = [
        asn1.attribute(oids.SIGNING_TIME, asn1.time(at)),
        asn1.attribute(oids.MESSAGE_DIGEST, asn1.octet_string(message_digest)),
        signing_certificate(certificate, digest),
    ]
    if content_type is not None:
        items.append(asn1.attribute(oids.CONTENT_TYPE, asn1.oid(content_type)))
    if policy is not None:
        items.append(signature_policy(policy))
    if mime_type is not None:
        items.append(asn1.attribute(oids.MIME_TYPE, asn1.utf8(mime_type)))
    return b"".join(sorted(items))


def long_term(proofs: Sequence[Proof], digest: str = "sha256") -> list[bytes]:
    """The four X-Long attributes of a signer whose own proof is the first.

    References and values match one to one: every certificate but the signer's, every revocation item. There is one
    revocation reference for the signer and for each referenced certificate, empty where no status is needed
    (RFC 5126 sections 6.2.1 and 6.2.2).
    """
    others = [proof.certificate for proof in proofs[1:]]
    crls = list(dict.fromkeys(crl for proof in proofs for crl in proof.crls))
    answers = list(dict.fromkeys(basic for proof in proofs for basic in proof.ocsp))
    values = b""
    if crls:
        values += asn1.context(0, asn1.sequence(*crls))
    if answers:
        values += asn1.context(1, asn1.sequence(*answers))
    return [
        asn1.attribute(oids.CERTIFICATE_REFS, asn1.sequence(*(_certificate_ref(other, digest) for other in others))),
        asn1.attribute(oids.REVOCATION_REFS, asn1.sequence(*_revocation_refs(proofs, digest))),
        asn1.attribute(oids.CERTIFICATE_VALUES, asn1.sequence(*(other.raw for other in others))),
        asn1.attribute(oids.REVOCATION_VALUES, asn1.sequence(values)),
    ]


def _other_hash(data: bytes, digest: str) -> bytes:
    return asn1.sequence(digest_identifier(digest), asn1.octet_string(digest_of(digest, data)))


def _certificate_ref(certificate: Certificate, digest: str) -> bytes:
    names = asn1.sequence(asn1.context(4, certificate.issuer))
    return asn1.sequence(_other_hash(certificate.raw, digest), asn1.sequence(names, asn1.integer(certificate.serial)))


def _revocation_refs(proofs: Sequence[Proof], digest: str) -> list[bytes]:
    """One CrlOcspRef a proof; an item that serves several certificates is referenced once, at the first."""
    seen: set[bytes] = set()
    refs: list[bytes] = []
    for proof in proofs:
        crls = [crl for crl in proof.crls if crl not in seen]
        answers = [basic for basic in proof.ocsp if basic not in seen]
        seen.update(crls, answers)
        content = b""
        if crls:
            content += asn1.context(0, asn1.sequence(asn1.sequence(*(_crl_ref(crl, digest) for crl in crls))))
        if answers:
            content += asn1.context(1, asn1.sequence(asn1.sequence(*(_ocsp_ref(item, digest) for item in answers))))
        refs.append(asn1.sequence(content))
    return refs


def _crl_ref(raw: bytes, digest: str) -> bytes:
    """CrlValidatedID: digest, and the issuer, issue time and number that name the CRL."""
    crl = status.load_crl(raw)
    number = b"" if crl.number is None else asn1.integer(crl.number)
    # crlIssuedTime is a UTCTime whatever the CRL itself uses
    return asn1.sequence(_other_hash(raw, digest), asn1.sequence(crl.issuer, asn1.time(crl.this_update), number))


def _ocsp_ref(basic: bytes, digest: str) -> bytes:
    """OcspResponsesID: the responder and producedAt as the answer has them, and the digest of BasicOCSPResponse."""
    fields = [item for item in der.parse(basic).sequence()[0].sequence() if item.tag != 0xA0]
    return asn1.sequence(asn1.sequence(fields[0].raw, fields[1].raw), _other_hash(basic, digest))
