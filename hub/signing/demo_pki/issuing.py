"""The certificates of the demo authority, each kind with its extensions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from hub import clock
from hub.signing import oids
from hub.signing.make import asn1
from hub.signing.trust import TEST_MARK

BASE: Final = "http://demo-pki.invalid"
"""Host of the addresses in the certificates. RFC 2606 reserves ``.invalid``, so nobody can ever answer there."""

YEARS: Final = timedelta(days=365 * 5)
_NATIONAL: Final = {True: "2.16.792.1.61.0.1.5070.2.1", False: "2.16.792.1.61.0.1.5070.1.1"}
_POLICY: Final = "2.16.792.1.2.1.1.5.7.1.1"
_NOTICE: Final = "Bu sertifika yalnızca gösterim içindir; hiçbir kişiye ya da kuruma ait değildir."


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def name(
    common: str, organization: str = "Gösterim Sertifika Hizmetleri", serial: str = "", mark: bool = False
) -> x509.Name:
    """A subject name; ``mark`` adds the organizational unit of test roots."""
    attributes = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "TR"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
    ]
    if mark:
        attributes.append(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, TEST_MARK))
    attributes.append(x509.NameAttribute(NameOID.COMMON_NAME, common))
    if serial:
        attributes.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, serial))
    return x509.Name(attributes)


def root() -> Pair:
    """A new root."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = name("Gösterim Kök Sertifikası", mark=True)
    builder = _builder(subject, subject, key.public_key(), clock.now())
    return Pair(_authority(builder, None).sign(key, hashes.SHA256()), key)


def subordinate(issuer: Pair) -> Pair:
    """A new authority below the root, whose status the root's CRL shows."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _authority(_builder(name("Gösterim Alt Kökü"), issuer.certificate.subject, key.public_key()), 0)
    return _signed(_pointing(builder, "root", ocsp=False), key, issuer)


def responder(issuer: Pair) -> Pair:
    """An OCSP responder with ``ocsp-nocheck``."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(name("Gösterim OCSP"), issuer.certificate.subject, key.public_key())
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), critical=True)
    builder = builder.add_extension(x509.OCSPNoCheck(), critical=False).add_extension(_usage(), critical=True)
    return _signed(builder, key, issuer)


def timestamper(issuer: Pair) -> Pair:
    """A time-stamping authority below the root."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(name("Gösterim Zaman Damgası"), issuer.certificate.subject, key.public_key())
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return _signed(_pointing(builder.add_extension(_usage(), critical=True), "root", ocsp=False), key, issuer)


def holder(issuer: Pair, subject: x509.Name, *, seal: bool) -> Pair:
    """A qualified certificate of a person, or (``seal``) of an institution."""
    key = ec.generate_private_key(ec.SECP256R1())
    notice = x509.UserNotice(None, _NOTICE)
    statements = asn1.sequence(
        *(asn1.sequence(asn1.oid(statement)) for statement in (oids.QC_COMPLIANCE, _NATIONAL[seal]))
    )
    builder = (
        _builder(subject, issuer.certificate.subject, key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=False)
        .add_extension(_usage(), critical=True)
        .add_extension(
            x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier(_POLICY), [notice])]),
            critical=False,
        )
        .add_extension(
            x509.UnrecognizedExtension(x509.ObjectIdentifier(oids.QC_STATEMENTS), statements), critical=False
        )
    )
    return _signed(_pointing(builder, "sub", ocsp=True), key, issuer)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime | None = None
) -> x509.CertificateBuilder:
    start = (now or clock.now()).replace(microsecond=0) - timedelta(hours=1)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + YEARS)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _authority(builder: x509.CertificateBuilder, length: int | None) -> x509.CertificateBuilder:
    return builder.add_extension(x509.BasicConstraints(ca=True, path_length=length), critical=True).add_extension(
        _usage(authority=True), critical=True
    )


def _usage(authority: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _pointing(builder: x509.CertificateBuilder, issuer: str, *, ocsp: bool) -> x509.CertificateBuilder:
    """Addresses of the issuer's certificate and CRL, and of the responder."""
    access = [
        x509.AccessDescription(
            AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(f"{BASE}/{issuer}.crt")
        )
    ]
    if ocsp:
        address = x509.UniformResourceIdentifier(f"{BASE}/ocsp")
        access.append(x509.AccessDescription(AuthorityInformationAccessOID.OCSP, address))
    point = x509.DistributionPoint([x509.UniformResourceIdentifier(f"{BASE}/{issuer}.crl")], None, None, None)
    return builder.add_extension(x509.AuthorityInformationAccess(access), critical=False).add_extension(
        x509.CRLDistributionPoints([point]), critical=False
    )


def _signed(builder: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey, issuer: Pair) -> Pair:
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())
    certificate = builder.add_extension(identifier, critical=False).sign(issuer.key, hashes.SHA256())
    return Pair(certificate, key)
