"""Receipts (tutanak): a signed statement of what the hub answered, checkable offline with any XML-signature tool.

:func:`issue` signs a :class:`Receipt` with XAdES; :func:`verify` gives back only what was signed. The form is
``hub/xsd/tutanak/tutanak.xsd``.
"""

from __future__ import annotations

from hub.signing.receipts.check import Verified, read_unverified, verify
from hub.signing.receipts.document import Input, Issuer, Kind, Outcome, Reason, Receipt, new_id, show
from hub.signing.receipts.errors import (
    AlgorithmNotAllowedError,
    ReceiptError,
    ReceiptFormError,
    ReceiptSignatureError,
    ReceiptTrustError,
)
from hub.signing.receipts.issue import issue

__all__ = [
    "AlgorithmNotAllowedError",
    "Input",
    "Issuer",
    "Kind",
    "Outcome",
    "Reason",
    "Receipt",
    "ReceiptError",
    "ReceiptFormError",
    "ReceiptSignatureError",
    "ReceiptTrustError",
    "Verified",
    "issue",
    "new_id",
    "read_unverified",
    "show",
    "verify",
]
