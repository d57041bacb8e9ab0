"""Proof that the certificates were in force: OCSP answers and CRLs, gathered and checked before they are embedded.

Rules of the P4 profile: a signer's status comes from OCSP; an authority's from its CRL, or OCSP where it has none; a
responder without ``ocsp-nocheck`` brings its own status. A revocation counts only at or before the time judged.
"""

from __future__ import annotations

import contextlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from hub.signing import algorithms, certificates, der, oids, status
from hub.signing.certificates import Certificate
from hub.signing.der import DerError
from hub.signing.make import asn1, paths
from hub.signing.make.errors import CertificateRevokedError, EvidenceMissingError, FetchFailedError
from hub.signing.make.transport import Transport
from hub.signing.status import Ocsp, Revocation, SingleResponse

_NONCE: Final = "1.3.6.1.5.5.7.48.1.2"
_SHA1: Final = "1.3.14.3.2.26"

Ways = tuple[Literal["crl", "ocsp"], ...]
CRL_FIRST: Final[Ways] = ("crl", "ocsp")
OCSP_FIRST: Final[Ways] = ("ocsp", "crl")
OCSP_ONLY: Final[Ways] = ("ocsp",)

OCSP_EARLY: Final = timedelta(minutes=10)
"""How much older than the judged time an OCSP answer may be (the national profile's validators allow about this)."""


@dataclass(slots=True)
class Proof:
    """One certificate with what shows its status; nothing for a root and for a responder with ``ocsp-nocheck``."""

    certificate: Certificate
    ocsp: list[bytes] = field(default_factory=list)
    """DER of BasicOCSPResponse."""
    crls: list[bytes] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Collector:
    """Gathers proofs over a transport, with issuers and CRLs that are at hand already."""

    transport: Transport
    known: tuple[bytes, ...] = ()
    """DER of certificates among which issuers are looked for first."""
    crls: tuple[bytes, ...] = ()
    """DER of CRLs that are used before any is fetched, where they serve."""

    def prove(self, certificate: Certificate, at: datetime, ways: Ways = CRL_FIRST) -> list[Proof]:
        """Proofs of ``certificate`` and of everything it rests on, itself first, then responders, then its issuers.

        ``ways`` are tried for its own status, in order; its issuers' comes from a CRL, else OCSP. Every certificate
        of the path must be valid at ``at``. Raises :class:`EvidenceMissingError` or :class:`CertificateRevokedError`.
        """
        above = paths.path(certificate, self.known, self.transport)
        links = [certificate, *above]
        proofs: list[Proof] = []
        responders: list[Proof] = []
        for link, issuer in zip(links, [*above, None], strict=True):
            _check_period(link, at)
            proof = Proof(link)
            if issuer is not None:
                if not issuer.basic_constraints[0]:
                    raise EvidenceMissingError(f"“{issuer.name}” bir makam sertifikası değil.")
                responders.extend(self._status(proof, issuer, at, ways if link is certificate else CRL_FIRST))
            proofs.append(proof)
        return [proofs[0], *responders, *proofs[1:]]

    def of_timestamp(
        self, certificate: Certificate, at: datetime, bag: list[bytes], crls: list[bytes]
    ) -> tuple[list[bytes], list[bytes]]:
        """The issuers above a timestamp's signer and the revocation items that its bags shall hold.

        ``bag`` and ``crls`` are what the token has; they are used first. Where an authority has no CRL its OCSP
        answer is given in the form of RFC 5940. Raises as :meth:`prove`.
        """
        nearer = Collector(self.transport, (*bag, *self.known), (*crls, *self.crls))
        proofs = nearer.prove(certificate, at)
        items = [crl for proof in proofs for crl in proof.crls]
        items += [other_revocation(basic) for proof in proofs for basic in proof.ocsp]
        return [proof.certificate.raw for proof in proofs[1:]], list(dict.fromkeys(items))

    def _status(self, proof: Proof, issuer: Certificate, at: datetime, ways: Ways) -> list[Proof]:
        """Fill ``proof``; the result are the proofs of responders that came with it."""
        link = proof.certificate
        failures: list[str] = []
        for way in ways:
            try:
                if way == "crl":
                    proof.crls.append(self._crl(link, issuer, at))
                    return []
                basic, responder = self._ocsp(link, issuer, at)
                proof.ocsp.append(basic)
                return [] if responder == issuer else [self._responder(responder, issuer, at)]
            except (EvidenceMissingError, FetchFailedError) as error:
                failures.append(error.message)
        raise EvidenceMissingError(f"“{link.name}” sertifikasının iptal durumu alınamadı: {' '.join(failures)}")

    def _responder(self, responder: Certificate, issuer: Certificate, at: datetime) -> Proof:
        proof = Proof(responder)
        if not responder.nocheck:
            proof.crls.append(self._crl(responder, issuer, at))
        return proof

    def _crl(self, certificate: Certificate, issuer: Certificate, at: datetime) -> bytes:
        for data in self.crls:
            with contextlib.suppress(EvidenceMissingError):
                check_crl(data, certificate, issuer, at)
                return data
        failure = "CRL adresi yok."
        for url in certificate.urls(oids.CRL_DISTRIBUTION_POINTS):
            try:
                data = _crl_der(self.transport.get(url))
                check_crl(data, certificate, issuer, at)
            except (FetchFailedError, EvidenceMissingError) as error:
                failure = error.message
                continue
            return data
        raise EvidenceMissingError(failure)

    def _ocsp(self, certificate: Certificate, issuer: Certificate, at: datetime) -> tuple[bytes, Certificate]:
        failure = "OCSP adresi yok."
        for url in certificate.urls(oids.AUTHORITY_INFO_ACCESS, oids.AD_OCSP):
            nonce = secrets.token_bytes(16)
            request = ocsp_request(certificate, issuer, nonce)
            try:
                answer = self.transport.post(url, request, "application/ocsp-request")
                return check_ocsp(answer, certificate, issuer, at, nonce)
            except (FetchFailedError, EvidenceMissingError) as error:
                failure = error.message
        raise EvidenceMissingError(failure)


def check_crl(data: bytes, certificate: Certificate, issuer: Certificate, at: datetime) -> None:
    """Whether a CRL shows that ``certificate`` was not revoked ``at`` a time; raises what it lacks."""
    try:
        crl = status.load_crl(data)
        unusable = crl.unusable_for(certificate)
        entry = crl.revocation(certificate)
    except DerError as error:
        raise EvidenceMissingError("SİL okunamadı.") from error
    if not certificates.same_name(crl.issuer, issuer.subject) or not crl.signed_by(issuer):
        raise EvidenceMissingError("SİL'in imzası sertifikayı veren makamın değil.")
    if unusable:
        raise EvidenceMissingError(f"SİL bu sertifika için kullanılamaz: {unusable}.")
    if crl.next_update is None or crl.next_update < at:
        raise EvidenceMissingError("SİL'in süresi geçmiş.")
    _check_revocation(certificate, entry, at)


def check_ocsp(
    data: bytes, certificate: Certificate, issuer: Certificate, at: datetime, nonce: bytes | None
) -> tuple[bytes, Certificate]:
    """The BasicOCSPResponse of an answer that shows ``certificate`` good ``at`` a time, and the responder.

    Raises :class:`EvidenceMissingError` for an error answer, another certificate's answer, an unauthorised responder,
    a bad signature, another nonce or an answer too old; :class:`CertificateRevokedError`.
    """
    try:
        answer = status.load_ocsp(data)
        single = _answer_for(answer, certificate, issuer)
        responder = _responder_of(answer, issuer, at)
        returned = answer.extensions.get(_NONCE)
        echoed = der.octets(der.parse(returned.value)) if returned is not None else None
    except DerError as error:
        raise EvidenceMissingError(f"ÇİSDuP yanıtı kullanılamadı: {error.message}.") from error
    if nonce is not None and echoed is not None and echoed != nonce:
        raise EvidenceMissingError("ÇİSDuP yanıtı başka bir isteğe ait.")
    if answer.produced_at < at - OCSP_EARLY:
        raise EvidenceMissingError("ÇİSDuP yanıtı imza zamanından eski.")
    if single.next_update is not None and single.next_update < at:
        raise EvidenceMissingError("ÇİSDuP yanıtının süresi geçmiş.")
    if single.status == "revoked":
        _check_revocation(certificate, single.revocation, at)
    elif single.status != "good":
        raise EvidenceMissingError("ÇİSDuP sunucusu sertifikayı tanımıyor.")
    return answer.raw, responder


def other_revocation(basic: bytes) -> bytes:
    """``[1]`` OtherRevocationInfoFormat holding an OCSP answer (RFC 5940 section 2)."""
    return asn1.context(1, asn1.oid(oids.OCSP_RESPONSE_INFO), ocsp_response(basic))


def ocsp_response(basic: bytes) -> bytes:
    """The successful OCSPResponse around a BasicOCSPResponse (RFC 6960 section 4.2.1)."""
    wrapped = asn1.sequence(asn1.oid(oids.OCSP_BASIC), asn1.octet_string(basic))
    return asn1.sequence(der.wrap(der.ENUMERATED, b"\0"), asn1.context(0, wrapped))


def _check_revocation(certificate: Certificate, entry: Revocation | None, at: datetime) -> None:
    if entry is not None and entry.at <= at:
        raise CertificateRevokedError(f"“{certificate.name}” sertifikası iptal edilmiş.")


def _answer_for(answer: Ocsp, certificate: Certificate, issuer: Certificate) -> SingleResponse:
    for single in answer.responses:
        if single.names_it(certificate, issuer):
            return single
    raise EvidenceMissingError("ÇİSDuP yanıtı başka bir sertifika için.")


def _responder_of(answer: Ocsp, issuer: Certificate, at: datetime) -> Certificate:
    """The certificate whose key signed: the issuer itself or one that it authorised (RFC 6960 section 4.2.2.2)."""
    for candidate in (issuer, *(certificates.load(raw) for raw in answer.certificates)):
        if not answer.answered_by(candidate) or not answer.signed_by(candidate):
            continue
        if candidate != issuer:
            authorised = oids.EKU_OCSP_SIGNING in (candidate.extended_usage or ())
            if not authorised or not paths.issued(candidate, issuer):
                continue
            _check_period(candidate, at)
        return candidate
    raise EvidenceMissingError("ÇİSDuP yanıtını imzalayan yetkili değil.")


def ocsp_request(certificate: Certificate, issuer: Certificate, nonce: bytes) -> bytes:
    """An OCSPRequest; the CertID uses SHA-1, the one digest that every responder takes (RFC 5019 section 2.1.1)."""
    key = der.bit_octets(der.parse(issuer.spki).sequence()[1])
    cert_id = asn1.sequence(
        asn1.sequence(asn1.oid(_SHA1), asn1.NULL),
        asn1.octet_string(algorithms.digest("sha1", certificate.issuer)),
        asn1.octet_string(algorithms.digest("sha1", key)),
        asn1.integer(certificate.serial),
    )
    extension = asn1.sequence(asn1.oid(_NONCE), asn1.octet_string(asn1.octet_string(nonce)))
    request = asn1.sequence(asn1.sequence(cert_id))
    return asn1.sequence(asn1.sequence(request, asn1.context(2, asn1.sequence(extension))))


def _check_period(certificate: Certificate, at: datetime) -> None:
    if not certificate.not_before <= at <= certificate.not_after:
        raise EvidenceMissingError(f"“{certificate.name}” sertifikası imza zamanında geçerli değil.")


def _crl_der(data: bytes) -> bytes:
    if not data.lstrip().startswith(b"-----BEGIN"):
        return data
    try:
        return x509.load_pem_x509_crl(data).public_bytes(Encoding.DER)
    except ValueError as error:
        raise EvidenceMissingError("SİL okunamadı.") from error
