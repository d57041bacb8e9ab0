"""What a file brings, and whether it is worth an archive timestamp: what is broken would stay broken, sealed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from hub.signing import attributes, certificates, cms, der, oids
from hub.signing.cms import SignedData, SignerInfo
from hub.signing.make.errors import SignatureBrokenError
from hub.signing.report import Indication
from hub.signing.trust import TrustStore

_DEPTH: Final = 2
"""Countersignatures of countersignatures that are followed."""


def check_sound(data: bytes, content: bytes, known: tuple[bytes, ...]) -> None:
    """Raise :class:`SignatureBrokenError` when the hub's validator fails the file with its own roots as anchors.

    Whom to trust is not the question here, so every root that the file or ``known`` brings counts. What is merely
    indeterminate may be archived: the evidence may come later.
    """
    from hub.signing.validate import validate

    read = cms.signed_data(data)
    brought = [*read.certificates, *(raw for signer in read.signers for raw in certificates_of(signer)), *known]
    roots = [raw for raw in dict.fromkeys(brought) if certificates.load(raw).self_signed]
    report = validate(data, content, trust=TrustStore.of(roots), qualified=False)
    if report.indication is Indication.TOTAL_FAILED:
        found = next((row for row in report.findings() if row["outcome"] == "failed"), {})
        reason = f"{found.get('code', '')} {found.get('found', '')}".strip()
        raise SignatureBrokenError(f"İmza geçersiz; arşivlemek bir şey kanıtlamaz: {reason}")


def certificates_of(signer: SignerInfo, depth: int = 0) -> Iterator[bytes]:
    """DER of the certificates that a signer's unsigned attributes bring: values, tokens, countersigners."""
    for value in signer.values(oids.CERTIFICATE_VALUES):
        yield from attributes.certificate_values(value)
    if depth > _DEPTH:
        return
    for token in _tokens(signer):
        yield from token.certificates
        for inner in token.signers:
            yield from certificates_of(inner, depth + 1)
    for value in signer.values(oids.COUNTER_SIGNATURE):
        yield from certificates_of(cms.signer_info(der.parse(value)), depth + 1)


def crls_of(signer: SignerInfo) -> Iterator[bytes]:
    """DER of the CRLs that a signer's unsigned attributes bring."""
    for value in signer.values(oids.REVOCATION_VALUES):
        yield from attributes.revocation_values(value).crls
    for token in _tokens(signer):
        yield from token.crls


def _tokens(signer: SignerInfo) -> Iterator[SignedData]:
    for oid in (oids.SIGNATURE_TIMESTAMP, *sorted(oids.ARCHIVE_TIMESTAMPS)):
        for value in signer.values(oid):
            yield cms.signed_data(value)
