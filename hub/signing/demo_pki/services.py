"""What answers in the demo authority's name: status, lists, certificates and timestamps, without a socket."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from hub import clock
from hub.signing import algorithms, certificates, der, oids
from hub.signing.der import DerError
from hub.signing.make import asn1, attributes, envelope, identifiers
from hub.signing.make.envelope import Envelope
from hub.signing.make.errors import FetchFailedError
from hub.signing.make.identifiers import Scheme

if TYPE_CHECKING:
    from hub.signing.demo_pki.authority import DemoPki

TSA_URL: Final = "http://demo-pki.invalid/tsa"
_TSA_POLICY: Final = "2.16.792.1.61.0.1.5070.99"
_CRL_DAYS: Final = timedelta(days=7)


class DemoTransport:
    """A transport for :class:`hub.signing.make.Services` and ``Tsa`` that asks the demo authority and nobody else."""

    def __init__(self, pki: DemoPki) -> None:
        self._pki = pki

    def get(self, url: str) -> bytes:
        """A certificate or CRL of the demo authority. Raises :class:`~hub.signing.make.errors.FetchFailedError` for any
        other address."""
        pki = self._pki
        served = {"root": pki.root, "sub": pki.sub}
        label, _, kind = url.rpartition("/")[2].partition(".")
        if url.startswith("http://demo-pki.invalid/") and label in served:
            if kind == "crt":
                return served[label].certificate.public_bytes(Encoding.DER)
            if kind == "crl":
                return self._crl(label)
        raise FetchFailedError("Gösterim kipinde ağa bağlanılmaz.")

    def post(self, url: str, body: bytes, content_type: str, headers: Mapping[str, str] | None = None) -> bytes:
        """An OCSP answer or a time-stamp response. Raises :class:`~hub.signing.make.errors.FetchFailedError` for any
        other address."""
        try:
            if url == TSA_URL:
                return self._timestamp(body)
            if url == "http://demo-pki.invalid/ocsp":
                return self._ocsp(body)
        except (DerError, ValueError, IndexError) as error:
            raise FetchFailedError("Gösterim makamı isteği okuyamadı.") from error
        raise FetchFailedError("Gösterim kipinde ağa bağlanılmaz.")

    def _crl(self, label: str) -> bytes:
        issuer = self._pki.root if label == "root" else self._pki.sub
        now = clock.now().replace(microsecond=0)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(issuer.certificate.subject)
            .last_update(now)
            .next_update(now + _CRL_DAYS)
            .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False)
        )
        for serial, at in self._pki.revoked.items():
            if label == "sub":
                entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at).build()
                builder = builder.add_revoked_certificate(entry)
        return builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)

    def _ocsp(self, body: bytes) -> bytes:
        asked = ocsp.load_der_ocsp_request(body)
        found = self._pki.issued.get(asked.serial_number)
        if found is None:
            return ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.UNAUTHORIZED).public_bytes(
                Encoding.DER
            )
        at = self._pki.revoked.get(asked.serial_number)
        builder = (
            ocsp.OCSPResponseBuilder()
            .add_response(
                cert=found,
                issuer=self._pki.sub.certificate,
                algorithm=asked.hash_algorithm,
                cert_status=ocsp.OCSPCertStatus.GOOD if at is None else ocsp.OCSPCertStatus.REVOKED,
                this_update=clock.now().replace(microsecond=0),
                next_update=None,
                revocation_time=at,
                revocation_reason=None,
            )
            .responder_id(ocsp.OCSPResponderEncoding.HASH, self._pki.responder.certificate)
            .certificates([self._pki.responder.certificate])
        )
        for extension in asked.extensions:
            if isinstance(extension.value, x509.OCSPNonce):
                builder = builder.add_extension(extension.value, critical=False)
        return builder.sign(self._pki.responder.key, hashes.SHA256()).public_bytes(Encoding.DER)

    def _timestamp(self, body: bytes) -> bytes:
        request = der.parse(body).sequence()
        imprint = request[1].raw
        nonce = next((item.raw for item in request[2:] if item.tag == der.INTEGER), b"")
        now = clock.now().replace(microsecond=0)
        info = asn1.sequence(
            asn1.integer(1),
            asn1.oid(_TSA_POLICY),
            imprint,
            asn1.integer(secrets.randbits(63)),
            _generalized(now),
            nonce,
        )
        tsa = self._pki.tsa
        raw = tsa.certificate.public_bytes(Encoding.DER)
        certificate = certificates.load(raw)
        hashed = algorithms.digest("sha256", info)
        signed = attributes.signed(certificate, hashed, "sha256", now, None, oids.TST_INFO)
        value = tsa.key.sign(der.wrap(der.SET, signed), ec.ECDSA(hashes.SHA256()))
        signer = asn1.sequence(
            asn1.integer(1),
            asn1.sequence(certificate.issuer, asn1.integer(certificate.serial)),
            identifiers.digest_identifier("sha256"),
            asn1.context(0, signed),
            identifiers.signature_identifier(Scheme.ECDSA, "sha256"),
            asn1.octet_string(value),
        )
        token = Envelope(
            3,
            [identifiers.digest_identifier("sha256")],
            envelope.encapsulate(info, oids.TST_INFO),
            certificates=[raw],
            signers=[envelope.parse_signer(der.parse(signer))],
        )
        return asn1.sequence(asn1.sequence(asn1.integer(0)), token.dump())


def _generalized(instant: datetime) -> bytes:
    return der.wrap(der.GENERALIZED_TIME, instant.strftime("%Y%m%d%H%M%SZ").encode())
