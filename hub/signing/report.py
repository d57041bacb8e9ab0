"""What a validation found: ETSI's words for the whole, a code, an outcome and a finding for each check.

EN 319 102-1 gives three indications and names the reason with a sub-indication. One thing is sharper here: where the
standard calls a breach of constraints INDETERMINATE because another policy might allow it, a breach that the file
itself proves is TOTAL-FAILED, because the policy (the national profile, the configured roots) is what is being asked
about. INDETERMINATE is left for what the evidence at hand neither proves nor refutes; more evidence may decide it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from hub.outcome import Outcome as Outcome
from hub.signing.certificates import Certificate


class Indication(StrEnum):
    """The status words of EN 319 102-1 5.1.3, and the one that is no result."""

    TOTAL_PASSED = "TOTAL-PASSED"
    TOTAL_FAILED = "TOTAL-FAILED"
    INDETERMINATE = "INDETERMINATE"
    NOT_CONFIGURED = "NOT_CONFIGURED"


class Sub(StrEnum):
    """Sub-indications of EN 319 102-1 table 6."""

    FORMAT_FAILURE = "FORMAT_FAILURE"
    HASH_FAILURE = "HASH_FAILURE"
    SIG_CRYPTO_FAILURE = "SIG_CRYPTO_FAILURE"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"
    NOT_YET_VALID = "NOT_YET_VALID"
    SIG_CONSTRAINTS_FAILURE = "SIG_CONSTRAINTS_FAILURE"
    CHAIN_CONSTRAINTS_FAILURE = "CHAIN_CONSTRAINTS_FAILURE"
    CERTIFICATE_CHAIN_GENERAL_FAILURE = "CERTIFICATE_CHAIN_GENERAL_FAILURE"
    CRYPTO_CONSTRAINTS_FAILURE = "CRYPTO_CONSTRAINTS_FAILURE"
    SIGNATURE_POLICY_NOT_AVAILABLE = "SIGNATURE_POLICY_NOT_AVAILABLE"
    TIMESTAMP_ORDER_FAILURE = "TIMESTAMP_ORDER_FAILURE"
    NO_SIGNING_CERTIFICATE_FOUND = "NO_SIGNING_CERTIFICATE_FOUND"
    NO_CERTIFICATE_CHAIN_FOUND = "NO_CERTIFICATE_CHAIN_FOUND"
    REVOKED_CA_NO_POE = "REVOKED_CA_NO_POE"
    NO_POE = "NO_POE"
    TRY_LATER = "TRY_LATER"
    SIGNED_DATA_NOT_FOUND = "SIGNED_DATA_NOT_FOUND"


class Code(StrEnum):
    """The checks. A code never changes its meaning; ``docs/signature-checks.md`` explains each."""

    # the file
    FORMAT = "FORMAT"
    SIGNERS = "SIGNERS"
    EVIDENCE_READABLE = "EVIDENCE_READABLE"
    # the signature
    ATTRIBUTES = "ATTRIBUTES"
    CONTENT = "CONTENT"
    CONTENT_TYPE = "CONTENT_TYPE"
    MESSAGE_DIGEST = "MESSAGE_DIGEST"
    SIGNATURE_VALUE = "SIGNATURE_VALUE"
    SIGNATURE_ALGORITHM = "SIGNATURE_ALGORITHM"
    ALGORITHM_AGE = "ALGORITHM_AGE"
    SIGNER_CERTIFICATE = "SIGNER_CERTIFICATE"
    SIGNING_CERTIFICATE = "SIGNING_CERTIFICATE"
    SIGNING_TIME = "SIGNING_TIME"
    SIGNATURE_POLICY = "SIGNATURE_POLICY"
    # a path
    CHAIN_ANCHOR = "CHAIN_ANCHOR"
    CERT_SIGNATURE = "CERT_SIGNATURE"
    CERT_VALIDITY = "CERT_VALIDITY"
    CERT_EXTENSIONS = "CERT_EXTENSIONS"
    CERT_KEY = "CERT_KEY"
    CA_CONSTRAINTS = "CA_CONSTRAINTS"
    PATH_LENGTH = "PATH_LENGTH"
    CA_KEY_USAGE = "CA_KEY_USAGE"
    NAME_CONSTRAINTS = "NAME_CONSTRAINTS"
    POLICY_CONSTRAINTS = "POLICY_CONSTRAINTS"
    # the signer's certificate
    KEY_USAGE = "KEY_USAGE"
    CERTIFICATE_POLICY = "CERTIFICATE_POLICY"
    QC_STATEMENTS = "QC_STATEMENTS"
    TSA_USAGE = "TSA_USAGE"
    # status
    CERT_REVOKED = "CERT_REVOKED"
    STATUS_MISSING = "STATUS_MISSING"
    OCSP_CERT_ID = "OCSP_CERT_ID"
    OCSP_SIGNATURE = "OCSP_SIGNATURE"
    OCSP_RESPONDER = "OCSP_RESPONDER"
    OCSP_FRESHNESS = "OCSP_FRESHNESS"
    OCSP_UNKNOWN = "OCSP_UNKNOWN"
    CRL_SIGNATURE = "CRL_SIGNATURE"
    CRL_ISSUER = "CRL_ISSUER"
    CRL_FRESHNESS = "CRL_FRESHNESS"
    CRL_SCOPE = "CRL_SCOPE"
    # time
    TRUSTED_TIME = "TRUSTED_TIME"
    MESSAGE_IMPRINT = "MESSAGE_IMPRINT"
    TIMESTAMP = "TIMESTAMP"
    TIMESTAMP_ORDER = "TIMESTAMP_ORDER"
    TIMESTAMP_FUTURE = "TIMESTAMP_FUTURE"
    HASH_INDEX = "HASH_INDEX"
    # the level
    LEVEL = "LEVEL"
    CERTIFICATE_REFS = "CERTIFICATE_REFS"
    REVOCATION_REFS = "REVOCATION_REFS"
    CERTIFICATE_VALUES = "CERTIFICATE_VALUES"
    REVOCATION_VALUES = "REVOCATION_VALUES"
    COUNTER_SIGNATURE = "COUNTER_SIGNATURE"


class About(NamedTuple):
    """The thing that a check is about."""

    kind: str
    """``file``, ``signature``, ``timestamp``, ``crl``, ``ocsp``, or a certificate's part: ``signer``, ``ca``, ``root``,
    ``responder``, ``tsa``."""
    name: str = ""
    """A certificate's common name, a CRL's or response's issuer, a timestamp's kind and number."""
    id: str = ""
    """A certificate's serial number in hexadecimal, else the SHA-256 of the thing."""


FILE = About("file")
SIGNATURE = About("signature")


def about(kind: str, certificate: Certificate) -> About:
    """A certificate as the subject of a check."""
    found = certificate.abouts.get(kind)
    if found is None:
        found = certificate.abouts[kind] = About(kind, certificate.name, f"{certificate.serial:x}")
    assert isinstance(found, About)
    return found


class Check(NamedTuple):
    """One check: what was looked at, what came out, and what was found."""

    code: Code
    outcome: Outcome
    about: About = SIGNATURE
    found: str = ""
    """What was found, in Turkish; empty when there is nothing to add to the code."""
    sub: Sub | None = None
    """Why the whole cannot pass, for a failed or indeterminate check."""

    def data(self) -> dict[str, Any]:
        """The check as JSON data."""
        out: dict[str, Any] = {"code": self.code.value, "outcome": self.outcome.value, "kind": self.about.kind}
        if self.about.name:
            out["name"] = self.about.name
        if self.about.id:
            out["id"] = self.about.id
        if self.found:
            out["found"] = self.found
        if self.sub:
            out["sub_indication"] = self.sub.value
        return out


_new = tuple.__new__  # a NamedTuple's own constructor costs three times as much, and most checks pass
_PASSED = Outcome.PASSED


def passed(code: Code, of: About = SIGNATURE, found: str = "") -> Check:
    """A check that passed; ``found`` is Turkish and may say of what."""
    return _new(Check, (code, _PASSED, of, found, None))


def failed(code: Code, of: About, found: str, sub: Sub) -> Check:
    """A check that proves a breach, with the sub-indication of EN 319 102-1; ``found`` tells it in Turkish."""
    return Check(code, Outcome.FAILED, of, found, sub)


def unsure(code: Code, of: About, found: str, sub: Sub) -> Check:
    """A check that what is at hand neither proves nor refutes, with the sub-indication; ``found`` in Turkish."""
    return Check(code, Outcome.INDETERMINATE, of, found, sub)


def warning(code: Code, of: About, found: str) -> Check:
    """Something worth telling that decides nothing; ``found`` in Turkish."""
    return Check(code, Outcome.WARNING, of, found)


def conclude(checks: Iterable[Check]) -> tuple[Indication, Sub | None]:
    """The indication that checks add up to: the first failed one decides, else the first indeterminate one.

    No checks at all prove nothing, so they do not pass.
    """
    worst: Check | None = None
    any_passed = False
    for check in checks:
        outcome = check.outcome
        if outcome is _PASSED:
            any_passed = True
        elif outcome is Outcome.FAILED:
            return Indication.TOTAL_FAILED, check.sub
        elif outcome is Outcome.INDETERMINATE and worst is None:
            worst = check
    if worst is not None or not any_passed:
        return Indication.INDETERMINATE, worst.sub if worst else Sub.FORMAT_FAILURE
    return Indication.TOTAL_PASSED, None


@dataclass(frozen=True, slots=True)
class TimestampReport:
    """One timestamp token of a signature."""

    kind: str
    """``content``, ``signature``, ``references``, ``archive-v1``, ``archive-v2`` or ``archive-v3``."""
    number: int
    """Counted from 1 within its kind, oldest first."""
    time: datetime | None
    """genTime, aware, in UTC; None when the token cannot be read."""
    authority: Certificate | None
    indication: Indication
    sub_indication: Sub | None
    checks: tuple[Check, ...]

    def data(self) -> dict[str, Any]:
        """The same as plain data for JSON; instants are ISO 8601 in UTC."""
        return {
            "kind": self.kind,
            "number": self.number,
            "time": _iso(self.time),
            "authority": _certificate(self.authority),
            "indication": self.indication.value,
            "sub_indication": self.sub_indication and self.sub_indication.value,
            "checks": [check.data() for check in self.checks],
        }


@dataclass(frozen=True, slots=True)
class SignerReport:
    """One signer, parallel or counter-signing."""

    place: str
    """``1``, ``2`` … in the file's order; ``1.1`` is the first counter-signature over signer 1."""
    indication: Indication
    sub_indication: Sub | None
    profile: str
    """The profile that the signature was judged by: ``P1`` … ``P4``, ``P4-A`` or ``none``."""
    level: str
    """The CAdES level found: ``BES``, ``T``, ``C``, ``X``, ``X-LONG`` or ``A``."""
    policy: str
    """The signature policy's OID, or empty."""
    certificate: Certificate | None
    chain: tuple[Certificate, ...]
    """The path from the signer to its anchor, or as far as it was found."""
    claimed_time: datetime | None
    """The signing-time attribute: the signer's own claim."""
    time: datetime | None
    """The oldest signature timestamp's time when every signature timestamp holds, else None: the only time that may
    be relied on."""
    checks: tuple[Check, ...]
    timestamps: tuple[TimestampReport, ...]

    @property
    def passed(self) -> bool:
        """Whether the signer is TOTAL-PASSED; nothing else is a pass."""
        return self.indication is Indication.TOTAL_PASSED

    def all_checks(self) -> Iterable[tuple[str, Check]]:
        """Every check with where it was made: ``signature``, or a timestamp's kind and number."""
        for check in self.checks:
            yield "signature", check
        for stamp in self.timestamps:
            for check in stamp.checks:
                yield f"{stamp.kind}-timestamp-{stamp.number}", check

    def data(self) -> dict[str, Any]:
        """The same as plain data for JSON; instants are ISO 8601 in UTC."""
        return {
            "place": self.place,
            "indication": self.indication.value,
            "sub_indication": self.sub_indication and self.sub_indication.value,
            "profile": self.profile,
            "level": self.level,
            "policy": self.policy or None,
            "certificate": _certificate(self.certificate),
            "chain": [_certificate(one) for one in self.chain],
            "claimed_time": _iso(self.claimed_time),
            "time": _iso(self.time),
            "checks": [check.data() for check in self.checks],
            "timestamps": [stamp.data() for stamp in self.timestamps],
        }


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """What is true of one signature file."""

    indication: Indication
    """TOTAL-PASSED only when every signer is; NOT_CONFIGURED when there was nothing to judge by."""
    sub_indication: Sub | None
    at: datetime
    """The validation time, aware, in UTC."""
    checks: tuple[Check, ...]
    """Checks of the file as a whole."""
    signers: tuple[SignerReport, ...] = ()
    content: bytes | None = field(default=None, repr=False)
    """The content that was judged: the embedded octets, else those that were given."""
    attached: bool = False
    online: bool = False
    """Was evidence from outside the file at hand?"""
    questions: tuple[Any, ...] = field(default=(), repr=False)
    """What nothing at hand could answer, for :mod:`hub.signing.fetch`: status questions and missing issuers."""

    @property
    def passed(self) -> bool:
        """Whether the file is TOTAL-PASSED; nothing else is a pass."""
        return self.indication is Indication.TOTAL_PASSED

    def findings(self) -> list[dict[str, Any]]:
        """Every failed, indeterminate and warning check with its place, worst first."""
        rows = [{"signer": None, "where": "file", **check.data()} for check in self.checks]
        rows += [
            {"signer": signer.place, "where": where, **check.data()}
            for signer in self.signers
            for where, check in signer.all_checks()
        ]
        order = [Outcome.FAILED.value, Outcome.INDETERMINATE.value, Outcome.WARNING.value]
        return sorted((row for row in rows if row["outcome"] in order), key=lambda row: order.index(row["outcome"]))

    def codes(self, outcome: Outcome = Outcome.FAILED) -> list[str]:
        """The codes of the checks with one outcome, each once, in the order of the report."""
        return list(dict.fromkeys(row["code"] for row in self.findings() if row["outcome"] == outcome.value))

    def data(self) -> dict[str, Any]:
        """The whole report as JSON data."""
        return {
            "indication": self.indication.value,
            "sub_indication": self.sub_indication and self.sub_indication.value,
            "at": _iso(self.at),
            "attached": self.attached,
            "online": self.online,
            "failed": self.codes(),
            "indeterminate": self.codes(Outcome.INDETERMINATE),
            "warnings": self.codes(Outcome.WARNING),
            "checks": [check.data() for check in self.checks],
            "signers": [signer.data() for signer in self.signers],
        }


def _iso(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat().replace("+00:00", "Z")


def _certificate(value: Certificate | None) -> dict[str, str] | None:
    """A certificate for a report: never the subject's serialNumber, which holds the T.C. kimlik no."""
    if value is None:
        return None
    return {
        "name": value.name,
        "serial": f"{value.serial:x}",
        "sha256": value.sha256,
        "not_before": _iso(value.not_before) or "",
        "not_after": _iso(value.not_after) or "",
    }
