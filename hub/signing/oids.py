"""Object identifiers by name, in dotted form, with the document that assigns them."""

from __future__ import annotations

from typing import Final

# RFC 5652: CMS
DATA: Final = "1.2.840.113549.1.7.1"
SIGNED_DATA: Final = "1.2.840.113549.1.7.2"
CONTENT_TYPE: Final = "1.2.840.113549.1.9.3"
MESSAGE_DIGEST: Final = "1.2.840.113549.1.9.4"
SIGNING_TIME: Final = "1.2.840.113549.1.9.5"
ALGORITHM_PROTECTION: Final = "1.2.840.113549.1.9.52"
"""CMSAlgorithmProtection (RFC 6211)."""
COUNTER_SIGNATURE: Final = "1.2.840.113549.1.9.6"
OCSP_RESPONSE_INFO: Final = "1.3.6.1.5.5.7.16.2"
"""id-ri-ocsp-response (RFC 5940): an OCSP response in the crls field."""

# RFC 2634, RFC 5035: ESS
SIGNING_CERTIFICATE: Final = "1.2.840.113549.1.9.16.2.12"
SIGNING_CERTIFICATE_V2: Final = "1.2.840.113549.1.9.16.2.47"

# RFC 3161: timestamps
TST_INFO: Final = "1.2.840.113549.1.9.16.1.4"
SIGNATURE_TIMESTAMP: Final = "1.2.840.113549.1.9.16.2.14"

# RFC 5126 = ETSI TS 101 733: CAdES attributes
SIGNATURE_POLICY: Final = "1.2.840.113549.1.9.16.2.15"
COMMITMENT_TYPE: Final = "1.2.840.113549.1.9.16.2.16"
CONTENT_TIMESTAMP: Final = "1.2.840.113549.1.9.16.2.20"
CERTIFICATE_REFS: Final = "1.2.840.113549.1.9.16.2.21"
REVOCATION_REFS: Final = "1.2.840.113549.1.9.16.2.22"
CERTIFICATE_VALUES: Final = "1.2.840.113549.1.9.16.2.23"
REVOCATION_VALUES: Final = "1.2.840.113549.1.9.16.2.24"
ESC_TIMESTAMP: Final = "1.2.840.113549.1.9.16.2.25"
"""CAdES-C-timestamp (X-Long type 1)."""
CERT_CRL_TIMESTAMP: Final = "1.2.840.113549.1.9.16.2.26"
"""Time-stamped certificates and CRLs references (X-Long type 2)."""
ARCHIVE_TIMESTAMP_V1: Final = "1.2.840.113549.1.9.16.2.27"
ARCHIVE_TIMESTAMP_V2: Final = "1.2.840.113549.1.9.16.2.48"
ARCHIVE_TIMESTAMP_V3: Final = "0.4.0.1733.2.4"
ATS_HASH_INDEX: Final = "0.4.0.1733.2.5"
ATS_HASH_INDEX_V2: Final = "0.4.0.19122.1.4"
ATS_HASH_INDEX_V3: Final = "0.4.0.19122.1.5"
MIME_TYPE: Final = "0.4.0.1733.2.1"

ARCHIVING: Final = frozenset({ARCHIVE_TIMESTAMP_V2, ARCHIVE_TIMESTAMP_V3})
"""The forms that make an archived signature."""
ARCHIVE_TIMESTAMPS: Final = ARCHIVING | {ARCHIVE_TIMESTAMP_V1}

# RFC 5280, RFC 6960: certificates and their status
SUBJECT_KEY_ID: Final = "2.5.29.14"
KEY_USAGE: Final = "2.5.29.15"
SUBJECT_ALT_NAME: Final = "2.5.29.17"
BASIC_CONSTRAINTS: Final = "2.5.29.19"
CRL_NUMBER: Final = "2.5.29.20"
DELTA_CRL: Final = "2.5.29.27"
ISSUING_DISTRIBUTION_POINT: Final = "2.5.29.28"
CERTIFICATE_ISSUER: Final = "2.5.29.29"
NAME_CONSTRAINTS: Final = "2.5.29.30"
CRL_DISTRIBUTION_POINTS: Final = "2.5.29.31"
CERTIFICATE_POLICIES: Final = "2.5.29.32"
ANY_POLICY: Final = "2.5.29.32.0"
POLICY_MAPPINGS: Final = "2.5.29.33"
AUTHORITY_KEY_ID: Final = "2.5.29.35"
POLICY_CONSTRAINTS: Final = "2.5.29.36"
EXTENDED_KEY_USAGE: Final = "2.5.29.37"
INHIBIT_ANY_POLICY: Final = "2.5.29.54"
AUTHORITY_INFO_ACCESS: Final = "1.3.6.1.5.5.7.1.1"
QC_STATEMENTS: Final = "1.3.6.1.5.5.7.1.3"
USER_NOTICE: Final = "1.3.6.1.5.5.7.2.2"
EKU_TIMESTAMPING: Final = "1.3.6.1.5.5.7.3.8"
EKU_OCSP_SIGNING: Final = "1.3.6.1.5.5.7.3.9"
AD_OCSP: Final = "1.3.6.1.5.5.7.48.1"
AD_CA_ISSUERS: Final = "1.3.6.1.5.5.7.48.2"
OCSP_BASIC: Final = "1.3.6.1.5.5.7.48.1.1"
OCSP_EXTENSIONS: Final = frozenset({f"1.3.6.1.5.5.7.48.1.{number}" for number in (2, 3, 6, 9)})
"""Response extensions that may be critical, as nothing depends on them: nonce, CRL reference, archive cutoff, extended
revoked definition."""
OCSP_NOCHECK: Final = "1.3.6.1.5.5.7.48.1.5"

# Qualified certificates: ETSI EN 319 412-5 and BTK's communiqué on electronic signatures
QC_COMPLIANCE: Final = "0.4.0.1862.1.1"
QC_TURKEY: Final = frozenset({"2.16.792.1.61.0.1.5070.1.1", "2.16.792.1.61.0.1.5070.2.1"})
"""National statements that a certificate is qualified under Law 5070; one must stand beside the ETSI one."""

# Name attributes that reports show
COMMON_NAME: Final = "2.5.4.3"
SERIAL_NUMBER: Final = "2.5.4.5"
ORGANIZATION: Final = "2.5.4.10"
ORGANIZATIONAL_UNIT: Final = "2.5.4.11"
