"""The national CA's cases in the forms that the folder lacks: content taken out, archive timestamps taken off.

What the answer must be follows from the label: the content's place changes nothing (save where an archive timestamp
digests it), and an archive's own faults go with it.
"""

from __future__ import annotations

import functools
import re

import pytest

from hub.signing import Indication, SignatureReport, TrustStore, validate

from .mint import oid, seq, tlv, untlv
from .mint_letter import SMIME
from .shared import Case, cases, needs_cases

ARCHIVE_FAULTS = {"75", "77", "79", "81", "83", "85"}
"""Cases whose fault lies in an archive timestamp."""

trust = functools.cache(TrustStore.folder)


def taken_apart(case: Case) -> tuple[bytes, list[bytes]]:
    """(content type of the ContentInfo, fields of the SignedData)."""
    kind, holder = untlv(untlv(case.file.read_bytes())[0][1])
    return kind[2], [whole for _, _, whole in untlv(untlv(holder[1])[0][1])]


def put_together(kind: bytes, fields: list[bytes]) -> bytes:
    return seq(kind, tlv(0xA0, seq(*fields)))


def detached(case: Case) -> tuple[bytes, bytes]:
    """The file without its content, and the content."""
    kind, fields = taken_apart(case)
    name, holder = untlv(untlv(fields[2])[0][1])
    fields[2] = seq(name[2])
    return put_together(kind, fields), untlv(holder[1])[0][1]


def without_archives(case: Case) -> bytes:
    kind, fields = taken_apart(case)
    fields[-1] = tlv(0x31, *(_stripped(one[2]) for one in untlv(untlv(fields[-1])[0][1])))
    return put_together(kind, fields)


def _stripped(info: bytes) -> bytes:
    *head, last = untlv(untlv(info)[0][1])
    kept = [one[2] for one in untlv(last[1]) if not one[1].startswith(oid(SMIME + "48"))]
    return seq(*(one[2] for one in head), tlv(0xA1, *kept))


def number(case: Case) -> str:
    return re.sub("^P4_A?", "", case.name)


def codes(report: SignatureReport) -> set[str]:
    return set(report.codes()) - {"TIMESTAMP"}


X_LONG = [case for case in cases() if case.suite == "p4"]
ARCHIVED = [case for case in cases() if case.suite == "p4_a"]


@needs_cases
@pytest.mark.parametrize("case", X_LONG, ids=lambda case: case.name)
def test_the_contents_place_changes_nothing(case: Case) -> None:
    whole = validate(case.file, trust=trust(case.roots), profile="P4")
    data, content = detached(case)
    report = validate(data, content, trust=trust(case.roots), profile="P4")
    assert report.passed == (case.expected == "valid")
    assert report.codes() == whole.codes()
    missing = validate(data, trust=trust(case.roots), profile="P4")
    assert not missing.passed
    if report.passed:
        assert missing.indication is Indication.INDETERMINATE
        other = validate(data, content + b"\n", trust=trust(case.roots), profile="P4")
        assert "MESSAGE_DIGEST" in other.codes()


@needs_cases
@pytest.mark.parametrize("case", ARCHIVED, ids=lambda case: case.name)
def test_an_archives_faults_go_with_it(case: Case) -> None:
    data = without_archives(case)
    report = validate(data, trust=trust(case.roots), profile="P4")
    assert report.passed == (case.expected == "valid" or number(case) in ARCHIVE_FAULTS)
    if number(case) not in ARCHIVE_FAULTS:
        assert codes(report) == codes(validate(case.file, trust=trust(case.roots), profile="P4-A"))
    assert "LEVEL" in validate(data, trust=trust(case.roots), profile="P4-A").codes()


@needs_cases
@pytest.mark.parametrize("case", ARCHIVED, ids=lambda case: case.name)
def test_an_archive_digests_where_the_content_stands(case: Case) -> None:
    data, content = detached(case)
    report = validate(data, content, trust=trust(case.roots), profile="P4-A")
    assert "MESSAGE_IMPRINT" in report.codes()


@needs_cases
@pytest.mark.parametrize("case", [case for case in cases() if number(case) in ("11", "85")], ids=lambda case: case.name)
def test_what_fails_for_want_of_a_root_passes_with_it(case: Case) -> None:
    whole = trust(case.roots.with_name("valid_root"))
    assert validate(case.file, trust=whole, profile="auto").passed


@needs_cases
@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_without_the_policy_only_its_own_demands_fall(case: Case) -> None:
    report = validate(case.file, trust=trust(case.roots), profile="none")
    assert report.passed == (case.expected == "valid" or number(case) in ("5", "7", "9"))
