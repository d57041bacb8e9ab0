"""RFC 3161: asking for a time-stamp token, checking the answer, and giving the token the evidence it will need."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from hub.signing import algorithms, attributes, certificates, der, oids
from hub.signing.certificates import Certificate
from hub.signing.der import DerError
from hub.signing.make import asn1, envelope, identifiers
from hub.signing.make.envelope import Envelope
from hub.signing.make.errors import FetchFailedError, TimestampRefusedError
from hub.signing.make.evidence import Collector
from hub.signing.make.transport import HttpTransport, Transport

_GRANTED: Final = (0, 1)


@dataclass(frozen=True, slots=True)
class Tsa:
    """A time-stamping authority as the operator configures it."""

    url: str
    digest: str = "sha256"
    """Digest of the message imprint; sha256, sha384 or sha512."""
    policy: str | None = None
    """OID of the TSA policy to ask for; None leaves it to the authority."""
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    """HTTP Basic credentials, where the authority wants them."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Further HTTP headers, for authorities with an identification of their own."""
    transport: Transport = field(default_factory=lambda: HttpTransport(allow_private=True))
    """The operator names the address, so a private one is allowed."""

    def __post_init__(self) -> None:
        if self.digest not in identifiers.DIGESTS:
            raise TimestampRefusedError(f"Zaman damgası için özet algoritması kabul edilmiyor: {self.digest}")

    def timestamp(self, data: bytes) -> Token:
        """A checked token over ``data``. Raises :class:`TimestampRefusedError`."""
        return self.timestamp_digest(algorithms.digest(self.digest, data))

    def timestamp_digest(self, hashed: bytes) -> Token:
        """A checked token over a digest made with :attr:`digest`. Raises
        :class:`~hub.signing.make.errors.TimestampRefusedError`."""
        nonce = secrets.randbits(64)
        imprint = asn1.sequence(identifiers.digest_identifier(self.digest, asn1.NULL), asn1.octet_string(hashed))
        policy = asn1.oid(self.policy) if self.policy else b""
        request = asn1.sequence(asn1.integer(1), imprint, policy, asn1.integer(nonce), asn1.TRUE)
        headers = dict(self.headers)
        if self.user is not None:
            pair = base64.b64encode(f"{self.user}:{self.password or ''}".encode()).decode()
            headers["Authorization"] = f"Basic {pair}"
        try:
            answer = self.transport.post(self.url, request, "application/timestamp-query", headers)
            token = Token.parse(_token(answer))
            if algorithms.digest_name(token.info.imprint.oid) != self.digest:
                raise TimestampRefusedError("Zaman damgası başka bir özet algoritmasıyla verilmiş.")
            token.check_digest(hashed)
            nonce_back = token.nonce
        except FetchFailedError as error:
            raise TimestampRefusedError(f"Zaman damgası alınamadı: {error.message}") from error
        except DerError as error:
            raise TimestampRefusedError(f"Zaman damgası yanıtı okunamadı: {error.message}.") from error
        if nonce_back != nonce:
            raise TimestampRefusedError("Zaman damgası yanıtı başka bir isteğe ait.")
        if self.policy and token.info.policy != self.policy:
            raise TimestampRefusedError("Zaman damgası istenen ilkeyle verilmemiş.")
        return token


@dataclass(slots=True)
class Token:
    """A time-stamp token, open where evidence is added."""

    envelope: Envelope
    info: attributes.Token
    """The token as it was read."""

    @classmethod
    def parse(cls, data: bytes) -> Token:
        """Read a token (ContentInfo); raises :class:`~hub.signing.der.DerError`."""
        return cls(envelope.parse(data), attributes.token(data))

    @property
    def time(self) -> datetime:
        """genTime, aware, UTC."""
        return self.info.time

    @property
    def nonce(self) -> int | None:
        """The nonce, or None."""
        fields = der.parse(self.info.cms.content or b"").sequence()[5:]
        return next((der.integer(item) for item in fields if item.tag == der.INTEGER), None)

    @property
    def signer(self) -> Certificate:
        """The certificate of the authority; raises :class:`TimestampRefusedError` when the token does not bring it."""
        signer = self.info.signer
        for raw in self.info.cms.certificates:
            certificate = certificates.load(raw)
            if signer.key_id and certificate.subject_key_id == signer.key_id:
                return certificate
            if signer.issuer and certificate.names_it(signer.issuer, signer.serial):
                return certificate
        raise TimestampRefusedError("Zaman damgası, imzalayan makamın sertifikasını taşımıyor.")

    def check(self, *over: bytes) -> None:
        """Whether this token is over the concatenation ``over`` and holds; raises :class:`TimestampRefusedError`."""
        self.check_digest(algorithms.digest(algorithms.digest_name(self.info.imprint.oid), *over))

    def check_digest(self, hashed: bytes) -> None:
        """Whether this token is over ``hashed`` and its signature holds; raises :class:`TimestampRefusedError`.

        Checked: imprint, message digest, signature value, the ESS reference to the certificate, its purpose and its
        period at genTime. The certificate's path and status are checked when evidence is gathered.
        """
        if self.info.imprint.value != hashed:
            raise TimestampRefusedError("Zaman damgası başka bir veri için verilmiş.")
        signer, certificate = self.info.signer, self.signer
        stated = signer.all_signed(oids.MESSAGE_DIGEST)
        name = algorithms.digest_name(signer.digest_oid)
        content = algorithms.digest(name, self.info.cms.content or b"")
        if len(stated) != 1 or der.octets(der.parse(stated[0].values[0])) != content:
            raise TimestampRefusedError("Zaman damgasının özeti tutmuyor.")
        how = algorithms.method(signer.signature_algorithm, signer.digest_oid)
        if not algorithms.verify(certificate.key, how, signer.signature, signer.signed_bytes()):
            raise TimestampRefusedError("Zaman damgasının imzası doğrulanmıyor.")
        if not _names(self.info, certificate):
            raise TimestampRefusedError("Zaman damgası, imzalayan sertifikayı doğru göstermiyor.")
        usage = certificate.extensions.get(oids.EXTENDED_KEY_USAGE)
        if usage is None or not usage.critical or certificate.extended_usage != frozenset({oids.EKU_TIMESTAMPING}):
            raise TimestampRefusedError("Zaman damgasını imzalayan sertifika bu iş için verilmemiş.")
        if not certificate.not_before <= self.time <= certificate.not_after:
            raise TimestampRefusedError("Zaman damgası makamının sertifikası damganın zamanında geçerli değil.")

    def complete(self, collector: Collector) -> None:
        """Embed the issuers and the status of the authority's certificate at genTime, where they are missing."""
        own = self.envelope
        chain, items = collector.of_timestamp(self.signer, self.time, list(self.info.cms.certificates), own.crls)
        own.add_certificates(chain)
        own.add_crls(items)

    def dump(self) -> bytes:
        """DER of the token."""
        return self.envelope.dump()


def _token(answer: bytes) -> bytes:
    parts = der.parse(answer).sequence()
    status = der.integer(parts[0].sequence()[0]) if parts else 2
    if status not in _GRANTED or len(parts) != 2:
        raise TimestampRefusedError(f"Zaman damgası makamı isteği reddetti (durum {status}).")
    return parts[1].raw


def _names(token: attributes.Token, certificate: Certificate) -> bool:
    """Whether the first ESSCertID or ESSCertIDv2 is the certificate's digest (RFC 5816)."""
    for oid, v2 in ((oids.SIGNING_CERTIFICATE_V2, True), (oids.SIGNING_CERTIFICATE, False)):
        for found in token.signer.all_signed(oid)[:1]:
            named = attributes.signing_certificate(found.values[0], v2=v2)
            return bool(named) and named[0].digest.matches(certificate.raw)
    return False
