"""Why a signature could not be made or extended; each code has its page in ``docs/errors.md``."""

from __future__ import annotations

from hub.errors import HubError


class SigningError(HubError):
    """A signature could not be made; nothing was written."""

    code = "SIGNING"


class ContentMissingError(SigningError):
    """The signature is detached and the content was not given, or the content given is another."""

    code = "SIGNATURE_CONTENT"


class SignatureBrokenError(SigningError):
    """The signature to be extended does not verify; extending it would prove nothing."""

    code = "SIGNATURE_BROKEN"


class LevelRefusedError(SigningError):
    """What is asked would break what is already protected, or the profile does not allow it."""

    code = "SIGNATURE_LEVEL"


class KeyUnusableError(SigningError):
    """The PKCS#12 file or token does not open, or holds no usable key and certificate."""

    code = "SIGNING_KEY"


class TimestampRefusedError(SigningError):
    """The time-stamping authority did not answer, refused, or its answer is not what was asked."""

    code = "TIMESTAMP"


class EvidenceMissingError(SigningError):
    """A certificate's issuer or status could not be obtained or does not verify."""

    code = "EVIDENCE_MISSING"


class CertificateRevokedError(SigningError):
    """A certificate that the signature rests on is revoked."""

    code = "CERTIFICATE_REVOKED"


class FetchFailedError(SigningError):
    """An address could not be reached, was refused, or answered too much, too late or not with success."""

    code = "FETCH"
