"""Why a receipt is not accepted; each code has its page in ``docs/errors.md``."""

from __future__ import annotations

from hub.errors import HubError


class ReceiptError(HubError):
    """A receipt that is not accepted."""

    code = "RECEIPT"


class ReceiptFormError(ReceiptError):
    """Not a receipt: no XML, another document, or not valid against its schema."""

    code = "RECEIPT_FORM"


class ReceiptSignatureError(ReceiptError):
    """The signature is missing, doubled, misplaced, over something else, or does not verify."""

    code = "RECEIPT_SIGNATURE"


class AlgorithmNotAllowedError(ReceiptError):
    """An algorithm or key strength that receipts do not use; there is no fallback."""

    code = "ALGORITHM_NOT_ALLOWED"


class ReceiptTrustError(ReceiptError):
    """The signer's certificate does not lead to a trusted root, or was not valid at the time."""

    code = "RECEIPT_TRUST"
