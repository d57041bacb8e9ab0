"""Signatures and seals: CAdES validated against the national profiles, and made; trust, evidence, receipts.

Instants are aware and come back in UTC. Certificates, lists, answers and tokens are DER octets. What findings and
errors say is Turkish; their codes are stable.

Validation, from Python::

    from pathlib import Path
    from hub.signing import TrustStore, validate

    report = validate(Path("imza.p7s"), trust=TrustStore.folder(Path("roots")), profile="P4")
    report.indication          # TOTAL-PASSED, TOTAL-FAILED, INDETERMINATE or NOT_CONFIGURED
    report.codes()             # the codes of the failed checks
    report.signers[0].time     # the trusted time, from the signature timestamp
    report.data()              # everything, as JSON data

Nothing here opens a connection; :mod:`hub.signing.fetch` is the separate step that may.
"""

from hub.signing.evidence import Pool
from hub.signing.report import (
    Check,
    Code,
    Indication,
    Outcome,
    SignatureReport,
    SignerReport,
    Sub,
    TimestampReport,
)
from hub.signing.trust import NotConfiguredError, TrustError, TrustKeeper, TrustStore
from hub.signing.validate import UnreadableError, validate

__all__ = [
    "Check",
    "Code",
    "Indication",
    "NotConfiguredError",
    "Outcome",
    "Pool",
    "SignatureReport",
    "SignerReport",
    "Sub",
    "TimestampReport",
    "TrustError",
    "TrustKeeper",
    "TrustStore",
    "UnreadableError",
    "validate",
]
