"""The report as plain data, for JSON: members in a fixed order, empty ones left out, text in one language."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from hub.package.errors import Words
from hub.package.report import FORMAT, BeforeSigning, Finding, Language, LayerResult, Report, SignatoryInfo, Unchecked
from hub.package.views.words import ACCEPTED, BEFORE, VALID, say


def report_data(report: Report, language: Language = Language.TR) -> dict[str, Any]:
    """The whole report."""

    def words(value: Words | None) -> str | None:
        return None if value is None else say(value, language)

    def finding(item: Finding) -> dict[str, Any]:
        return _full(
            {
                "rule": item.rule,
                "official": item.official,
                "layer": item.layer.value,
                "component": item.component,
                "outcome": item.outcome.value,
                "severity": item.severity,
                "accepted_severity": item.accepted_severity,
                "policy_why": words(item.policy_why),
                "disputed": item.disputed or None,
                "schema_fault": item.schema_fault or None,
                "code": item.code,
                "message": words(item.message),
                "note": words(item.note),
                "part": item.part,
                "line": item.line or None,
                "column": item.column or None,
                "path": item.path,
                "found": item.found,
                "expected": item.expected,
                "docs": item.docs,
            }
        )

    def layer(item: LayerResult) -> dict[str, Any]:
        return _full(
            {
                "layer": item.layer.value,
                "outcome": item.outcome.value,
                "why": words(item.why),
                "failed": item.failed,
                "warnings": item.warnings,
                "unchecked": item.unchecked,
                "more": item.more or None,
                "passed": list(item.passed),
            }
        )

    def signatory(item: SignatoryInfo) -> dict[str, Any]:
        then = item.then
        return _full(
            {
                **asdict(item),
                "outcome": item.outcome.value,
                "why": words(item.why),
                "record": _full(asdict(item.record)) if item.record else None,
                "then": then and {**asdict(then), "outcome": then.outcome.value, "why": words(then.why)},
            }
        )

    def before(item: BeforeSigning) -> dict[str, Any]:
        return _full(
            {
                "outcome": item.outcome.value,
                "verdict": say(BEFORE[item.outcome], language),
                "at": item.at,
                "package": item.package.value,
                "package_why": words(item.package_why),
                "signers": item.signers.value,
                "intended": [signatory(one) for one in item.intended],
            }
        )

    def unchecked(item: Unchecked) -> dict[str, Any]:
        return _full(
            {
                "rule": item.rule,
                "official": item.official,
                "layer": item.layer.value,
                "outcome": item.outcome.value,
                "why": words(item.why),
            }
        )

    return _full(
        {
            "format": FORMAT,
            "language": language.value,
            "file": report.name,
            "valid": report.valid.value,
            "accepted": report.accepted.value,
            "asked": report.asked.value,
            "verdict": say(VALID[report.valid], language),
            "acceptance": say(ACCEPTED[report.accepted], language),
            "policy": report.policy,
            "mode": report.mode,
            "scope": [item.value for item in report.scope],
            "registry_serial": report.registry_serial,
            "kind": report.kind.value if report.kind else None,
            "generation": report.generation.value if report.generation else None,
            "version": report.version,
            "belge_id": report.belge_id,
            "belge_no": report.belge_no,
            "tarih": report.tarih,
            "konu": report.konu,
            "evidence": [
                {"about": item.about, "place": item.place, "value": item.value, "says": str(item.says)}
                for item in report.evidence
            ],
            "layers": [layer(item) for item in report.layers],
            "findings": [finding(item) for item in report.findings],
            "unchecked": [unchecked(item) for item in report.unchecked],
            "before_signing": before(report.before_signing) if report.before_signing else None,
            "signatories": [signatory(item) for item in report.signatories] or None,
            "parts": [_full({"name": p.name, "content_type": p.content_type, "size": p.size}) for p in report.parts],
            "inner_missing": words(report.inner_missing),
            "inner": report_data(report.inner, language) if report.inner else None,
        }
    )


def to_json(report: Report, language: Language = Language.TR) -> str:
    """The report as one line of JSON."""
    return json.dumps(report_data(report, language), ensure_ascii=False, separators=(",", ":"))


def _full(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value is not None and value != ""}
