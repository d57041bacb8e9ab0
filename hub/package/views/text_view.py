"""The report as text for a terminal, plain or coloured by the caller's console."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rich.text import Text as Line

from hub.package.errors import printable
from hub.package.report import BeforeSigning, Finding, Language, Report, SignatoryInfo
from hub.package.rules.base import Outcome
from hub.package.views.words import ACCEPTED, BEFORE, LAYERS, OUTCOMES, SEVERITIES, VALID, facts, label, local, say

STYLES: Final = {
    Outcome.PASSED: "green",
    Outcome.FAILED: "bold red",
    Outcome.WARNING: "yellow",
    Outcome.INDETERMINATE: "magenta",
    Outcome.NOT_CHECKED: "magenta",
    Outcome.NOT_CONFIGURED: "magenta",
}


def to_lines(report: Report, language: Language = Language.TR, indent: str = "") -> Iterator[Line]:
    """The report line by line; ``str(line)`` is the plain text."""
    name = printable(report.name) or label("inner", language)
    kind = f"{report.kind} {report.version or report.generation}" if report.kind else label("unopened", language)
    yield Line.assemble(indent, (name, "bold"), f"  [{kind}]  {printable(report.konu)}".rstrip())
    if report.before_signing:
        yield from _before(report.before_signing, language, f"{indent}  ")
    for outcome, table in ((report.valid, VALID), (report.accepted, ACCEPTED)):
        extra = f" ({report.policy})" if table is ACCEPTED else ""
        yield Line.assemble(f"{indent}  ", (say(table[outcome], language) + extra, STYLES[outcome]))
    if len(report.scope) < len(report.layers):
        shown = f"{label('partial', language)}: {say(OUTCOMES[report.asked], language)}"
        yield Line.assemble(f"{indent}  ", (shown, STYLES[report.asked]))
    for item in report.layers:
        words = LAYERS[item.layer]
        counts = ", ".join(
            f"{label(key, language)}: {count}"
            for key, count in (
                ("n_errors", item.failed),
                ("n_warnings", item.warnings),
                ("n_unchecked", item.unchecked),
            )
            if count
        )
        why = f": {say(item.why, language)}" if item.why else ""
        yield Line.assemble(
            f"{indent}  {say(words, language):<22} ",
            (say(OUTCOMES[item.outcome], language), STYLES[item.outcome]),
            f"{why}{f'  ({counts})' if counts else ''}",
        )
    for signatory in report.signatories:
        yield from _signatory(signatory, language, f"{indent}  ")
    for finding in (*report.errors, *report.warnings):
        yield from _finding(finding, language, f"{indent}  ")
    if report.inner_missing and not report.inner:
        yield Line(f"{indent}  {label('inner', language)}: {say(report.inner_missing, language)}")
    if report.inner:
        yield Line(f"{indent}  {label('inner', language)}:")
        yield from to_lines(report.inner, language, indent + "    ")


def _signatory(item: SignatoryInfo, language: Language, indent: str, key: str = "signatory") -> Iterator[Line]:
    who = " ".join(text for text in (printable(item.name), item.tckn) if text)
    yield Line.assemble(
        f"{indent}{label(key, language)} {item.place}: {who}  ",
        (say(OUTCOMES[item.outcome], language), STYLES[item.outcome]),
        f": {say(item.why, language)}{f' ({item.reason})' if item.reason else ''}",
    )
    shown = "; ".join(f"{key}: {printable(value)}" for key, value in facts(item, language))
    yield Line(f"{indent}    {shown}", style="dim")


def _before(item: BeforeSigning, language: Language, indent: str) -> Iterator[Line]:
    yield Line.assemble(indent, (say(BEFORE[item.outcome], language), STYLES[item.outcome]), f" ({local(item.at)})")
    for key, outcome, why in (("fit", item.package, item.package_why), ("who_signs", item.signers, None)):
        yield Line.assemble(
            f"{indent}  {label(key, language)}: ",
            (say(OUTCOMES[outcome], language), STYLES[outcome]),
            f": {say(why, language)}" if why else "",
        )
    for one in item.intended:
        yield from _signatory(one, language, f"{indent}  ", "intended")


def _finding(item: Finding, language: Language, indent: str) -> Iterator[Line]:
    number = f" ({item.official})" if item.official else ""
    yield Line.assemble(
        indent,
        (say(OUTCOMES[item.outcome], language), STYLES[item.outcome]),
        (f" {item.rule}{number}", "bold"),
        f" {say(item.message, language)}",
        f" {say(item.note, language)}" if item.note else "",
    )
    place = item.part + (f":{item.line}:{item.column}" if item.line else "")
    if place or item.path:
        yield Line(f"{indent}    {' '.join(text for text in (place, item.path) if text)}", style="dim")
    shown = [
        f"{label(key, language)}: {value}"
        for key, value in (("found", item.found), ("expected", item.expected))
        if value
    ]
    if shown:
        yield Line(f"{indent}    {'; '.join(shown)}", style="dim")
    if item.accepted_severity != item.severity and item.policy_why:
        words = [say(SEVERITIES[key], language) for key in (item.severity, item.accepted_severity)]
        weighed = f"{words[0]} → {words[1]}: {say(item.policy_why, language)}"
        yield Line(f"{indent}    {label('weighed', language)}: {weighed}", style="dim")
    if item.disputed:
        yield Line(f"{indent}    {label('disputed', language)}", style="dim")
    if item.schema_fault:
        yield Line(f"{indent}    {label('schema_fault', language)}", style="dim")
    yield Line(f"{indent}    {item.docs}", style="dim")
