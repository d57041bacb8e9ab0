"""Each labelled case fails because of its own fault: with that one check turned off at its source, the file passes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from hub.signing import TrustStore, certificates, evidence, imprint, path, references, revocation, signer, status
from hub.signing.report import Code, passed

from .shared import Case, cases, needs_cases
from .test_labelled_cases import PROFILES, validate

Change = tuple[Any, str, Any]


def nothing(*_: object, **__: object) -> Iterator[Any]:
    return iter(())


def always(*_: object) -> bool:
    return True


POLICY: Change = (signer, "_judge_policy", nothing)
ESS: Change = (signer, "check_ess", nothing)
DISTANCE: Change = (signer, "_distance", nothing)
FITNESS: Change = (signer, "_fitness", nothing)
ISSUED: Change = (certificates, "signed_by", always)
REVOKED: Change = (status.SingleResponse, "revocation", None)
LISTED: Change = (status.Crl, "revocation", lambda *_: None)
ANSWERED: Change = (status.Ocsp, "signed_by", always)
IMPRINT: Change = (imprint, "matches", lambda *_: 0)
PERIOD: Change = (path, "_validity", lambda _, of, __: passed(Code.CERT_VALIDITY, of))
LIST: Change = (revocation, "_crl_problem", lambda *_: (None, ""))
MATCH: Change = (references, "_result", lambda code, *_: passed(code))
HELD: Change = (signer.references, "check_complete", nothing)

OFF: dict[str, tuple[Change, ...]] = {
    "5": (POLICY,),
    "7": (ESS,),
    "9": (DISTANCE,),
    "13": (ESS,),
    "17": (FITNESS,),
    "19": (FITNESS,),
    "23": (ISSUED,),
    "24": (REVOKED,),
    "27": (ANSWERED,),
    "29": (ISSUED,),
    "35": (ISSUED,),
    "37": (IMPRINT,),
    "39": (PERIOD,),
    "41": (LISTED,),
    "43": (ISSUED,),
    "45": (LIST,),
    "47": (MATCH,),
    "49": (MATCH,),
    "51": (MATCH,),
    "53": (MATCH,),
    "55": (MATCH, HELD),
    "75": (IMPRINT,),
    "77": (PERIOD,),
    "79": (LISTED,),
    "93_p": (REVOKED,),
    "93_s": (REVOKED,),
}
"""What to turn off, by number. 11, 36 and 85 fail for want of a root, 57, 59 and 61 for want of a value, and no check
can stand in for it; 81 would stay undecided, because nothing embedded tells the status of its authority."""


def number(case: Case) -> str:
    return re.sub("^P4_A?", "", case.name)


@pytest.fixture
def fresh() -> Iterator[Callable[[], None]]:
    """Certificates and paths that are remembered carry the verdict of an earlier judgment."""

    def clear() -> None:
        for remembered in (certificates._load, certificates.verified, evidence._bag, path._timeless, signer_fitness):
            remembered.cache_clear()

    signer_fitness = signer._fitness
    clear()
    yield clear
    clear()


@needs_cases
@pytest.mark.parametrize("case", [case for case in cases() if number(case) in OFF], ids=lambda case: case.name)
def test_with_its_check_off_the_case_passes(
    case: Case, monkeypatch: pytest.MonkeyPatch, fresh: Callable[[], None]
) -> None:
    profile = PROFILES[case.suite]
    assert not validate(case.file, trust=TrustStore.folder(case.roots), profile=profile).passed
    fresh()
    for target, name, replacement in OFF[number(case)]:
        monkeypatch.setattr(target, name, replacement)
    report = validate(case.file, trust=TrustStore.folder(case.roots), profile=profile)
    assert report.passed, report.findings()
