"""From a certificate to its root: issuers at hand first, then those that the certificates point to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from hub import limits
from hub.signing import certificates, cms, der, oids
from hub.signing.certificates import Certificate
from hub.signing.der import DerError
from hub.signing.make.errors import EvidenceMissingError, FetchFailedError
from hub.signing.make.transport import Transport

_PEM: Final = b"-----BEGIN"


def load_many(data: bytes) -> list[Certificate]:
    """Certificates of a file: DER, PEM (several), or a certs-only PKCS#7 message (RFC 5280 section 4.2.2.1).

    Raises :class:`~hub.signing.der.DerError`.
    """
    if data.lstrip().startswith(_PEM):
        try:
            loaded = x509.load_pem_x509_certificates(data)
        except ValueError as error:
            raise DerError("PEM sertifika dosyası okunamadı") from error
        return [certificates.load(item.public_bytes(Encoding.DER)) for item in loaded]
    first = der.parse(data).sequence()
    if first and first[0].tag == der.OID:
        return [certificates.load(raw) for raw in cms.signed_data(data).certificates]
    return [certificates.load(data)]


def issued(certificate: Certificate, issuer: Certificate) -> bool:
    """Does ``issuer`` carry the issuer's name, and its key verify the signature?"""
    return certificates.same_name(certificate.issuer, issuer.subject) and certificates.signed_by(certificate, issuer)


def path(certificate: Certificate, known: Iterable[bytes], transport: Transport | None) -> list[Certificate]:
    """The issuers above ``certificate``, the nearest first, the self-signed root last.

    Issuers are looked for in ``known`` (DER), then at the certificate's caIssuers addresses. Raises
    :class:`EvidenceMissingError` when the path does not end at a root within :data:`hub.limits.CHAIN`.
    """
    pool = [certificates.load(item) for item in dict.fromkeys(known)]
    above: list[Certificate] = []
    current = certificate
    while not current.self_signed:
        if len(above) >= limits.CHAIN:
            raise EvidenceMissingError("Sertifika zinciri çok uzun.")
        issuer = next((other for other in pool if issued(current, other)), None) or _fetch(current, transport)
        if issuer is None or issuer in above:
            raise EvidenceMissingError(f"“{current.name}” sertifikasını veren makamın sertifikası bulunamadı.")
        above.append(issuer)
        current = issuer
    return above


def _fetch(certificate: Certificate, transport: Transport | None) -> Certificate | None:
    if transport is None:
        return None
    for url in certificate.urls(oids.AUTHORITY_INFO_ACCESS, oids.AD_CA_ISSUERS):
        try:
            found = load_many(transport.get(url))
        except (FetchFailedError, DerError):
            continue
        for other in found:
            if issued(certificate, other):
                return other
    return None
