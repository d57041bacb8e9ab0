"""What is in a signature file, without judging it: signers, attributes, certificates, timestamps, evidence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from hub.signing import attributes, certificates, cms, der, oids, status
from hub.signing.algorithms import DIGESTS, method
from hub.signing.attributes import Token
from hub.signing.cms import Attribute, SignedData, SignerInfo
from hub.signing.der import DerError
from hub.signing.stamps import KINDS

NAMES: Final[Mapping[str, str]] = {
    oids.CONTENT_TYPE: "content-type",
    oids.MESSAGE_DIGEST: "message-digest",
    oids.SIGNING_TIME: "signing-time",
    oids.COUNTER_SIGNATURE: "countersignature",
    oids.SIGNING_CERTIFICATE: "signing-certificate",
    oids.SIGNING_CERTIFICATE_V2: "signing-certificate-v2",
    oids.SIGNATURE_TIMESTAMP: "signature-time-stamp",
    oids.SIGNATURE_POLICY: "signature-policy-identifier",
    oids.COMMITMENT_TYPE: "commitment-type-indication",
    oids.CONTENT_TIMESTAMP: "content-time-stamp",
    oids.CERTIFICATE_REFS: "complete-certificate-references",
    oids.REVOCATION_REFS: "complete-revocation-references",
    oids.CERTIFICATE_VALUES: "certificate-values",
    oids.REVOCATION_VALUES: "revocation-values",
    oids.ESC_TIMESTAMP: "CAdES-C-time-stamp",
    oids.CERT_CRL_TIMESTAMP: "time-stamped-certs-crls-references",
    oids.ARCHIVE_TIMESTAMP_V1: "archive-time-stamp",
    oids.ARCHIVE_TIMESTAMP_V2: "archive-time-stamp-v2",
    oids.ARCHIVE_TIMESTAMP_V3: "archive-time-stamp-v3",
    oids.MIME_TYPE: "mime-type",
    "1.2.840.113549.1.9.16.2.4": "content-hints",
    "1.2.840.113549.1.9.16.2.7": "content-identifier",
    "1.2.840.113549.1.9.16.2.10": "content-reference",
    "1.2.840.113549.1.9.16.2.17": "signer-location",
    "1.2.840.113549.1.9.16.2.18": "signer-attributes",
}


def describe(raw: bytes) -> dict[str, Any]:
    """The file as JSON data. Raises :class:`~hub.signing.der.DerError` when it is not SignedData."""
    data = cms.signed_data(raw)
    return {
        "content_type": data.content_type,
        "attached": data.content is not None,
        "content_size": None if data.content is None else len(data.content),
        "ber": data.ber,
        "certificates": [_certificate(one) for one in data.certificates],
        "crls": [_crl(one) for one in data.crls],
        "ocsps": [_ocsp(one) for one in data.ocsps],
        "signers": [_signer(one) for one in data.signers],
    }


def _time(value: datetime | None) -> str | None:
    return value.isoformat().replace("+00:00", "Z") if value else None


def _certificate(raw: bytes) -> dict[str, Any]:
    try:
        one = certificates.load(raw)
    except DerError as error:
        return {"unreadable": error.message}
    return {
        "name": one.name,
        "issuer": certificates.short_name(one.issuer),
        "serial": f"{one.serial:x}",
        "not_before": _time(one.not_before),
        "not_after": _time(one.not_after),
        "sha256": one.sha256,
    }


def _crl(raw: bytes) -> dict[str, Any]:
    try:
        one = status.load_crl(raw)
    except DerError as error:
        return {"unreadable": error.message}
    return {
        "issuer": certificates.short_name(one.issuer),
        "this_update": _time(one.this_update),
        "next_update": _time(one.next_update),
        "sha256": one.sha256,
    }


def _ocsp(raw: bytes) -> dict[str, Any]:
    try:
        one = status.load_ocsp(raw)
    except DerError as error:
        return {"unreadable": error.message}
    answers = [
        {"serial": f"{a.serial:x}", "status": a.status, "this_update": _time(a.this_update)} for a in one.responses
    ]
    return {"produced_at": _time(one.produced_at), "answers": answers, "sha256": one.sha256}


def _signer(info: SignerInfo, depth: int = 0) -> dict[str, Any]:
    try:
        algorithm = method(info.signature_algorithm, info.digest_oid).text
    except DerError:
        algorithm = info.signature_algorithm.oid
    return {
        "issuer": certificates.short_name(info.issuer) if info.issuer else None,
        "serial": f"{info.serial:x}" if info.issuer else None,
        "key_id": info.key_id.hex() or None,
        "digest": DIGESTS.get(info.digest_oid, info.digest_oid),
        "algorithm": algorithm,
        "signed": [_attribute(one, depth) for one in info.signed],
        "unsigned": [_attribute(one, depth) for one in info.unsigned],
    }


def _attribute(one: Attribute, depth: int) -> dict[str, Any]:
    out: dict[str, Any] = {"oid": one.oid, "name": NAMES.get(one.oid, one.oid)}
    try:
        out["values"] = [_value(one.oid, value, depth) for value in one.values]
    except DerError as error:
        out["unreadable"] = error.message
    return out


def _value(oid: str, value: bytes, depth: int) -> Any:
    if oid in KINDS:
        return _token(attributes.token(value), depth)
    if oid == oids.COUNTER_SIGNATURE and depth < 4:
        return _signer(cms.signer_info(der.parse(value)), depth + 1)
    if oid == oids.SIGNING_TIME:
        return _time(der.time(der.parse(value)))
    if oid == oids.CONTENT_TYPE:
        return der.oid(der.parse(value))
    if oid == oids.MESSAGE_DIGEST:
        return der.octets(der.parse(value)).hex()
    if oid in (oids.SIGNING_CERTIFICATE, oids.SIGNING_CERTIFICATE_V2):
        found = attributes.signing_certificate(value, v2=oid == oids.SIGNING_CERTIFICATE_V2)
        return [{"digest": DIGESTS.get(e.digest.oid, e.digest.oid), "value": e.digest.value.hex()} for e in found]
    if oid == oids.SIGNATURE_POLICY:
        policy = attributes.signature_policy(value)
        return {"policy": policy.oid, "digest": policy.digest.value.hex() if policy.digest else None}
    if oid == oids.CERTIFICATE_REFS:
        return [
            {"serial": f"{r.serial or 0:x}", "value": r.digest.value.hex()} for r in attributes.certificate_refs(value)
        ]
    if oid == oids.REVOCATION_REFS:
        refs = attributes.revocation_refs(value)
        return {"crls": len(refs.crls), "ocsps": len(refs.ocsps)}
    if oid == oids.CERTIFICATE_VALUES:
        return [_certificate(raw) for raw in attributes.certificate_values(value)]
    if oid == oids.REVOCATION_VALUES:
        held = attributes.revocation_values(value)
        return {"crls": [_crl(raw) for raw in held.crls], "ocsps": [_ocsp(raw) for raw in held.ocsps]}
    return {"size": len(value)}


def _token(token: Token, depth: int) -> dict[str, Any]:
    data: SignedData = token.cms
    return {
        "time": _time(token.time),
        "policy": token.policy,
        "imprint": {"digest": DIGESTS.get(token.imprint.oid, token.imprint.oid), "value": token.imprint.value.hex()},
        "certificates": [_certificate(one) for one in data.certificates],
        "crls": [_crl(one) for one in data.crls],
        "unsigned": [_attribute(one, depth + 1) for one in token.signer.unsigned] if depth < 4 else [],
    }
