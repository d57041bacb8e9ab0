"""What may come out of a check, of packages and of signatures alike."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What came out of a check. Only the first is a pass; a warning does not change the whole."""

    PASSED = "passed"
    FAILED = "failed"
    WARNING = "warning"
    INDETERMINATE = "indeterminate"
    NOT_CHECKED = "not checked"
    NOT_CONFIGURED = "not configured"
