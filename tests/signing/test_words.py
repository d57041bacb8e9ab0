"""Every check has its words and its place in the documentation."""

from __future__ import annotations

import re
from pathlib import Path

from hub.signing import Code, Indication, Sub, words
from hub.signing.profiles import CHOICES
from hub.signing.report import Check, Outcome, conclude

PAGE = Path(__file__).parents[2] / "docs" / "signature-checks.md"


def test_every_code_is_documented_and_named() -> None:
    page = PAGE.read_text("utf-8")
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE)) - {"NOT_CONFIGURED", "INDETERMINATE"}
    assert documented == {code.value for code in Code}
    assert set(words.CODES) == set(Code)
    assert set(words.SUBS) == set(Sub)
    assert set(words.INDICATIONS) == set(Indication)
    assert set(words.MARKS) == set(Outcome)
    for indication in Indication:
        assert f"| `{indication}` |" in page
    for choice in CHOICES:
        assert choice in page


def test_nothing_checked_is_no_pass() -> None:
    assert conclude([]) == (Indication.INDETERMINATE, Sub.FORMAT_FAILURE)
    for outcome in (Outcome.WARNING, Outcome.NOT_CHECKED, Outcome.NOT_CONFIGURED):
        assert conclude([Check(Code.FORMAT, outcome)])[0] is Indication.INDETERMINATE
