"""Samples of other implementations, reported truthfully: dummy signatures and deviations named, digests right."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.package.catalogue import Layer, catalogue
from hub.package.judge import judge
from hub.package.report import Report
from hub.package.rules import RULES
from hub.package.rules.base import Outcome

SAMPLES = Path(__file__).parents[2].parent / "shared" / "eyp" / "samples"
DUMMIES = {"EYP-IMZA-DER", "EYP-PARAF-DER", "EYP-MUHUR-DER"}


def report_of(name: str) -> Report:
    if not (SAMPLES / name).is_file():
        pytest.skip(f"the sample {name} is not at hand (../shared is absent)")
    return judge(SAMPLES / name)


def outcomes(report: Report) -> dict[Layer, Outcome]:
    return {item.layer: item.outcome for item in report.layers}


def failed(report: Report) -> set[str]:
    return {item.rule for item in report.errors}


def check_letter(report: Report) -> None:
    assert (report.kind, report.generation, report.version) == ("eyp", "2.x", "2.0")
    assert failed(report) == DUMMIES
    assert all("yer tutucu" in item.note.tr for item in report.errors if item.note)
    found = outcomes(report)
    assert found[Layer.DIGESTS] is Outcome.PASSED
    assert found[Layer.SIGNATURES] is Outcome.FAILED
    assert found[Layer.REGISTRY] is Outcome.NOT_CONFIGURED
    deviations = {item.rule for item in report.warnings if item.schema_fault}
    assert deviations == {"EYP-XSD-ANCHORS", "EYP-XSD-KKK", "EYP-XSD-DIGEST-ID"}
    named = {item.rule for item in report.warnings if not item.schema_fault} - {"EYP2-K66"}
    assert named == {"EYP2-K6", "EYP-TCKN-CHECKSUM", "EYP-TEXT-BLANK", "EYP-TARAMA-MAKRO"}
    assert all(item.line and item.column and item.path for item in report.findings if item.rule == "EYP-TCKN-CHECKSUM")
    assert not any("12345678902" in item.found for item in report.findings)


def test_plain() -> None:
    report = report_of("official-2.0.eyp")
    check_letter(report)
    assert report.valid is Outcome.FAILED


def test_encrypted() -> None:
    report = report_of("official-2.0.eyps")
    assert (report.kind, report.version) == ("eyps", "2.0")
    assert failed(report) == {"EYP-EYPS-CMS", "EYP-EYPS-INNER-KIND"}
    assert any("şifrelenmemiş" in item.note.tr for item in report.errors if item.note)
    assert report.inner is not None
    check_letter(report.inner)


def test_update() -> None:
    report = report_of("official-2.1.eypg")
    assert (report.kind, report.version) == ("eypg", "2.1")
    assert failed(report) == {"EYP-MUHUR-DER", "EYP-EYPG-ORIGINAL-VALID"}
    assert {item.rule for item in report.warnings} == {"EYP-XSD-DIGEST-ID", "EYP-EYPG-TARIH-ORDER"}
    assert report.inner is not None
    check_letter(report.inner)


def test_every_rule_has_a_function() -> None:
    assert set(catalogue()) == set(RULES)
