"""X-Long: references against values, and values against what the validation rested on (RFC 5126 6.2, 6.3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Generic, TypeVar

from hub.signing import attributes, certificates, oids
from hub.signing.algorithms import digest_name
from hub.signing.attributes import Digest
from hub.signing.certificates import Certificate
from hub.signing.cms import SignerInfo
from hub.signing.core import Chain
from hub.signing.der import DerError
from hub.signing.evidence import Values
from hub.signing.report import SIGNATURE, Check, Code, Sub, failed, passed, warning
from hub.signing.status import Crl, Ocsp

_BREACH = Sub.SIG_CONSTRAINTS_FAILURE


def check(signer: SignerInfo, values: Values, *, demanded: bool) -> Iterator[Check]:
    """References and values match one to one; with ``demanded`` all four attributes must be there.

    Without ``demanded`` a pair of which both are absent is nothing to check.
    """
    has_certs = bool(signer.values(oids.CERTIFICATE_REFS))
    has_status = bool(signer.values(oids.REVOCATION_REFS))
    for code, there, what in (
        (Code.CERTIFICATE_REFS, has_certs, "complete-certificate-references"),
        (Code.CERTIFICATE_VALUES, values.has_certificates, "certificate-values"),
        (Code.REVOCATION_REFS, has_status, "complete-revocation-references"),
        (Code.REVOCATION_VALUES, values.has_revocations, "revocation-values"),
    ):
        if demanded and not there:
            yield failed(code, SIGNATURE, f"{what} özniteliği yok", _BREACH)
        if there and len(signer.values(_OIDS[code])) > 1:
            yield failed(code, SIGNATURE, f"{what} özniteliği birden çok", Sub.FORMAT_FAILURE)
    try:
        if has_certs and values.has_certificates:
            yield from _certificates(signer, values)
        elif values.has_certificates and not demanded:
            yield failed(Code.CERTIFICATE_REFS, SIGNATURE, "değerler var, referanslar yok", _BREACH)
    except DerError as error:
        yield failed(Code.CERTIFICATE_REFS, SIGNATURE, error.message, Sub.FORMAT_FAILURE)
    try:
        if has_status and values.has_revocations:
            yield from _revocations(signer, values)
        elif values.has_revocations and not demanded:
            yield failed(Code.REVOCATION_REFS, SIGNATURE, "değerler var, referanslar yok", _BREACH)
    except DerError as error:
        yield failed(Code.REVOCATION_REFS, SIGNATURE, error.message, Sub.FORMAT_FAILURE)


_OIDS = {
    Code.CERTIFICATE_REFS: oids.CERTIFICATE_REFS,
    Code.CERTIFICATE_VALUES: oids.CERTIFICATE_VALUES,
    Code.REVOCATION_REFS: oids.REVOCATION_REFS,
    Code.REVOCATION_VALUES: oids.REVOCATION_VALUES,
}


T = TypeVar("T", Certificate, Crl, Ocsp)


class _Digests(Generic[T]):
    """Values by their digests, for each algorithm that references use; and which of them nothing has pointed at."""

    def __init__(self, values: Iterable[T]) -> None:
        self.values: dict[bytes, T] = {one.raw: one for one in values}
        self.unused: set[bytes] = set(self.values)
        self.by_algorithm: dict[str, dict[bytes, T]] = {}

    def find(self, digest: Digest) -> T | None:
        """The value with this digest; :class:`~hub.signing.algorithms.AlgorithmError` for an unknown algorithm."""
        known = self.by_algorithm.get(digest.oid)
        if known is None:
            name = digest_name(digest.oid)
            known = self.by_algorithm[digest.oid] = {one.digest(name): one for one in self.values.values()}
        return known.get(digest.value)


def _certificates(signer: SignerInfo, values: Values) -> Iterator[Check]:
    refs = [ref for value in signer.values(oids.CERTIFICATE_REFS) for ref in attributes.certificate_refs(value)]
    held = _Digests(values.certificates)
    wrong = 0
    for ref in refs:
        one = held.find(ref.digest)
        if one is None or not _identifies(ref, one):
            wrong += 1
        else:
            held.unused.discard(one.raw)
    yield _result(Code.CERTIFICATE_REFS, len(refs), wrong, len(held.unused), "sertifika")


def _identifies(ref: attributes.CertificateRef, one: Certificate) -> bool:
    """Do the issuer and serial number of a reference, where given, agree with the certificate?"""
    return ref.serial is None or (
        one.serial == ref.serial and (not ref.issuer or certificates.same_name(ref.issuer, one.issuer))
    )


def _revocations(signer: SignerInfo, values: Values) -> Iterator[Check]:
    refs = [attributes.revocation_refs(value) for value in signer.values(oids.REVOCATION_REFS)]
    crl_refs = [ref for one in refs for ref in one.crls]
    ocsp_refs = [ref for one in refs for ref in one.ocsps]
    crls, ocsps = _Digests(values.crls), _Digests(values.ocsps)
    wrong = 0
    for crl_ref in crl_refs:
        crl = crls.find(crl_ref.digest)
        if crl is None or not _identifies_crl(crl_ref, crl):
            wrong += 1
        else:
            crls.unused.discard(crl.raw)
    for ocsp_ref in ocsp_refs:
        named = values.ocsps if ocsp_ref.digest is None else [ocsps.find(ocsp_ref.digest)]
        matched = [one.raw for one in named if one is not None and _identifies_ocsp(ocsp_ref, one)]
        ocsps.unused.difference_update(matched)
        wrong += not matched
    unused = len(crls.unused) + len(ocsps.unused)
    yield _result(Code.REVOCATION_REFS, len(crl_refs) + len(ocsp_refs), wrong, unused, "iptal bilgisi")
    if any(one.other for one in refs) or values.other:
        yield warning(Code.REVOCATION_REFS, SIGNATURE, "başka türden iptal referansı ya da değeri var, denetlenmedi")


def _identifies_crl(ref: attributes.CrlRef, crl: Crl) -> bool:
    if ref.issued is None:
        return True
    return (
        certificates.same_name(ref.issuer, crl.issuer)
        and _same_second(ref.issued, crl.this_update)
        and (ref.number is None or ref.number == crl.number)
    )


def _identifies_ocsp(ref: attributes.OcspRef, ocsp: Ocsp) -> bool:
    return ref.responder_raw == ocsp.responder_raw and _same_second(ref.produced_at, ocsp.produced_at)


def _same_second(one: datetime, other: datetime) -> bool:
    return one == other or one.replace(microsecond=0) == other.replace(microsecond=0)


def _result(code: Code, count: int, wrong: int, unused: int, what: str) -> Check:
    if wrong:
        return failed(code, SIGNATURE, f"{wrong} {what} referansının değeri yok", _BREACH)
    if unused:
        return failed(code, SIGNATURE, f"{unused} {what} değerinin referansı yok", _BREACH)
    return passed(code, SIGNATURE, f"{count} referans")


def check_complete(values: Values, chain: Chain) -> Iterator[Check]:
    """certificate-values hold every authority of the path; revocation-values hold the status of every certificate.

    What is embedded elsewhere, trusted or fetched is not enough.
    """
    above = chain.path.certificates[1:]
    lacking = [one.name for one in above if one not in values.certificates and not _renewed(one, values)]
    if lacking:
        yield failed(Code.CERTIFICATE_VALUES, SIGNATURE, f"değerlerde yok: {', '.join(lacking)}", _BREACH)
    elif above:
        yield passed(Code.CERTIFICATE_VALUES, SIGNATURE)
    without = [one for one in chain.path.certificates[:-1] if not _held(one, chain, values)]
    if without:
        found = f"durumu değerlerde yok: {', '.join(one.name for one in without)}"
        yield failed(Code.REVOCATION_VALUES, SIGNATURE, found, _BREACH)
    else:
        yield passed(Code.REVOCATION_VALUES, SIGNATURE)


def _renewed(anchor: Certificate, values: Values) -> bool:
    """Do the values hold another certificate of a root, with the same name and key? Roots are renewed that way."""
    key = anchor.subject, anchor.spki
    return anchor.self_signed and any(one.self_signed and (one.subject, one.spki) == key for one in values.certificates)


def _held(one: Certificate, chain: Chain, values: Values) -> bool:
    """Is the status of ``one`` among the values? An answer that was there but did not hold has a finding of its own."""
    evidence = chain.status.get(one)
    if evidence is None:
        return one not in chain.unanswered
    if isinstance(evidence, Crl):
        return any(evidence.raw == held.raw for held in values.crls)
    return any(evidence.raw == held.raw for held in values.ocsps)
