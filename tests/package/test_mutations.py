"""Every decidable rule is broken by a named change of a good package, and by nothing else than that change."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from hub.package.catalogue import Layer, catalogue
from hub.package.judge import Options, judge
from hub.package.report import Report
from hub.package.rules.base import Outcome
from tests.package import factory, test_signature_layer
from tests.package.factory import Draft
from tests.package.mutations import MUTATIONS, Mutation

BASES = (factory.eyp2, factory.eyp1, factory.eyps2, factory.eyps1, factory.eypg)
GOOD = {"EYP-XSD-ANCHORS", "EYP-XSD-KKK", "EYP2-K23-WITHHELD"}
"""What is said of a good package, too: the published schemas' own faults, and the attachment withheld on purpose."""


def report_of(draft: Draft, *, advice: bool = False) -> Report:
    data = draft.build()
    return judge(data, draft.file_name, Options(keys=(factory.receiver_key(),), advice=advice))


@cache
def baseline(name: str, advice: bool) -> frozenset[str]:
    draft: Draft = getattr(factory, name)()
    return frozenset(item.rule for item in report_of(draft, advice=advice).findings)


@pytest.mark.parametrize("make", BASES, ids=lambda make: make.__name__)
def test_good(make: object) -> None:
    report = report_of(make())  # type: ignore[operator]
    assert {item.rule for item in report.findings} <= GOOD, report.findings
    assert report.valid is Outcome.INDETERMINATE


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.id)
def test_broken(mutation: Mutation) -> None:
    draft = mutation.base()
    mutation.change(draft)
    report = report_of(draft, advice=mutation.advice)
    found = {item.rule for item in report.findings}
    if mutation.rule == "EYP-ZIP-NESTING":
        while report.inner:
            report = report.inner
            found |= {item.rule for item in report.findings}
    usual = baseline(mutation.base.__name__, mutation.advice) - {mutation.rule}
    assert mutation.rule in found, found - usual
    allowed = {rule for rule in mutation.also if not rule.startswith("-")}
    assert found - usual - GOOD - {mutation.rule} <= allowed, found - usual - GOOD - {mutation.rule} - allowed


def _sources(pattern: str) -> str:
    return "\n".join(file.read_text() for file in sorted(Path(__file__).parent.glob(pattern)))


def test_no_rule_is_left_out() -> None:
    """Each rule is broken here or, where it takes valid signatures, a registry or İYEM, by a case of those tests."""
    told = {mutation.rule for mutation in MUTATIONS}
    always = set().union(*(baseline(make.__name__, False) for make in BASES)) & GOOD
    signed = set().union(*(rules for _, rules in test_signature_layer.CASES.values()))
    other = {
        Layer.SIGNATURES: _sources("test_signature_layer.py"),
        Layer.REGISTRY: _sources("test_registry_layer.py"),
        Layer.SIGNATORIES: _sources("test_signator*.py"),
    }
    left = [
        rule.id
        for rule in catalogue().values()
        if rule.id not in told | always | signed and f'"{rule.id}"' not in other.get(rule.layer, "")
    ]
    assert left == []
    # what is found in every package is the published schemas' doing, but for the one that each example withholds
    assert always == GOOD
