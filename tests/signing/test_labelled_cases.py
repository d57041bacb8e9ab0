"""The national CA's labelled cases: each answered rightly, and for the right reason."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import pytest

from hub.signing import Indication, SignatureReport, TrustStore, validate

from .shared import Case, cases, needs_cases

REASONS: dict[str, list[str]] = {
    # number: "signer where CODE thing" of every check that must fail, and no other may
    "5": ["1 signature SIGNATURE_POLICY"],
    "7": ["1 signature SIGNING_CERTIFICATE"],
    "9": ["1 signature SIGNING_TIME"],
    "11": ["1 signature-timestamp-1 CHAIN_ANCHOR TS C1"],
    "13": ["1 signature SIGNING_CERTIFICATE"],
    "17": ["1 signature KEY_USAGE QC A1 3"],
    "19": ["1 signature QC_STATEMENTS QC A1 5"],
    "23": ["1 signature CERT_SIGNATURE QC A1 9"],
    "24": ["1 signature CERT_REVOKED QC A1 11"],
    "27": ["1 signature OCSP_SIGNATURE"],
    "29": ["1 signature CERT_SIGNATURE OCSP A1 5"],
    "35": ["1 signature CERT_SIGNATURE SubRoot A1"],
    "36": [
        "1 signature CERT_SIGNATURE Root A",
        "1 signature CHAIN_ANCHOR Root A",
        "1 signature-timestamp-1 CHAIN_ANCHOR Root A",
    ],
    "37": ["1 signature-timestamp-1 MESSAGE_IMPRINT signature 1"],
    "39": ["1 signature-timestamp-1 CERT_VALIDITY TS A3"],
    "41": ["1 signature-timestamp-1 CERT_REVOKED TS A5"],
    "43": ["1 signature-timestamp-1 CERT_SIGNATURE Root B", "1 signature-timestamp-1 CHAIN_ANCHOR Root B"],
    "45": ["1 signature-timestamp-1 CRL_FRESHNESS Root C"],
    "47": ["1 signature CERTIFICATE_REFS"],
    "49": ["1 signature CERTIFICATE_REFS"],
    "51": ["1 signature REVOCATION_REFS"],
    "53": ["1 signature REVOCATION_REFS"],
    "55": ["1 signature CERTIFICATE_REFS", "1 signature CERTIFICATE_VALUES"],
    "57": ["1 signature CHAIN_ANCHOR QC A1 2", "1 signature CERTIFICATE_REFS"],
    "59": [
        "1 signature STATUS_MISSING SubRoot A1",
        "1 signature REVOCATION_REFS",
        "1 signature REVOCATION_VALUES",
    ],
    "61": [
        "1 signature STATUS_MISSING QC A1 2",
        "1 signature REVOCATION_REFS",
        "1 signature REVOCATION_VALUES",
    ],
    "75": ["1 archive-v2-timestamp-1 MESSAGE_IMPRINT archive-v2 1"],
    "77": ["1 archive-v2-timestamp-1 CERT_VALIDITY TS A3"],
    "79": ["1 archive-v2-timestamp-1 CERT_REVOKED TS A5"],
    "81": ["1 archive-v2-timestamp-1 CHAIN_ANCHOR Root B"],
    "85": ["1 archive-v2-timestamp-1 CHAIN_ANCHOR TS C1"],
    "93_p": ["1 signature CERT_REVOKED QC A1 11"],
    "93_s": ["1 signature CERT_REVOKED QC A1 11"],
}
UNDECIDED = {
    "83": ["1 archive-v2-timestamp-1 STATUS_MISSING TS C2"],
    # nothing embedded says anything about the newest archive timestamp when the only CRL was taken out
    "A59": ["1 archive-v2-timestamp-1 STATUS_MISSING TS A1"],
}
PROFILES = {"p4": "P4", "p4_a": "P4-A"}

trust = functools.cache(TrustStore.folder)


def judge(case: Case, profile: str | None = None) -> SignatureReport:
    return validate(case.file, trust=trust(case.roots), profile=profile or PROFILES[case.suite])


def reasons(report: SignatureReport, outcome: str) -> list[str]:
    return [
        f"{one['signer']} {one['where']} {one['code']} {one.get('name', '')}".strip()
        for one in report.findings()
        if one["outcome"] == outcome and not (one["code"] == "TIMESTAMP" and one["where"] == "signature")
    ]


@needs_cases
@pytest.mark.parametrize("profile", [None, "auto"], ids=["named", "auto"])
@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_right_answer_for_the_right_reason(case: Case, profile: str | None) -> None:
    report = judge(case, profile)
    number = re.sub("^P4_A?", "", case.name)
    expected = Indication.TOTAL_PASSED if case.expected == "valid" else Indication.TOTAL_FAILED
    if not case.offline:
        expected = Indication.INDETERMINATE
    assert report.indication is expected
    assert reasons(report, "failed") == REASONS.get(number, [])
    undecided = UNDECIDED.get(number, []) + UNDECIDED.get(case.name.removeprefix("P4_"), [])
    assert reasons(report, "indeterminate") == undecided
    assert (report.indication is Indication.TOTAL_PASSED) == (case.expected == "valid")


@needs_cases
def test_every_number_has_a_case() -> None:
    numbers = {re.sub("^P4_A?", "", case.name) for case in cases()}
    assert set(REASONS) <= numbers


@needs_cases
@pytest.mark.parametrize("name", ["P4_93_p", "P4_93_s", "P4_A93_p", "P4_A93_s"])
def test_exactly_one_of_two_signers_fails(name: str) -> None:
    case = next(one for one in cases() if one.name == name)
    report = judge(case)
    assert [one.place for one in report.signers] == (["1", "2"] if name.endswith("p") else ["1", "1.1"])
    assert [one.passed for one in report.signers] == [False, True]
    assert report.indication is Indication.TOTAL_FAILED


@needs_cases
def test_no_roots_is_no_result() -> None:
    report = validate(cases()[0].file, trust=TrustStore())
    assert report.indication is Indication.NOT_CONFIGURED
    assert not report.passed
    assert report.signers == ()


@needs_cases
def test_embedded_content_must_equal_the_given_content(tmp_path: Path) -> None:
    case = cases()[0]
    embedded = judge(case).content
    assert embedded is not None
    same = validate(case.file, embedded, trust=trust(case.roots))
    assert same.passed
    other = validate(case.file, embedded + b" ", trust=trust(case.roots))
    assert (other.indication, other.sub_indication) == (Indication.TOTAL_FAILED, "HASH_FAILURE")
    assert other.codes() == ["CONTENT"]
