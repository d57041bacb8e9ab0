"""The report as one self-contained page: no script, no outside resource, fit for printing."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from itertools import groupby

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape

from hub.package.errors import Words
from hub.package.report import Finding, Language, Report
from hub.package.views.words import (
    ACCEPTED,
    BEFORE,
    LABELS,
    LAYERS,
    OUTCOMES,
    PACKAGES,
    SEVERITIES,
    VALID,
    day,
    facts,
    local,
    say,
)


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("hub.package"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html")


def _alike(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Findings that say the same of different places, together: a reader wants the sentence once."""
    return [
        list(items)
        for _, items in groupby(
            findings,
            lambda f: (f.rule, f.code, f.outcome, f.message, f.note, f.accepted_severity, f.policy_why, f.schema_fault),
        )
    ]


def to_html(report: Report, language: Language = Language.TR) -> str:
    """The page. Everything that comes from the package is escaped."""

    def words(value: Words) -> str:
        return say(value, language)

    labels = {key: words(value) for key, value in LABELS.items()}
    return _template().render(
        report=report,
        lang=language.value,
        say=words,
        label=labels,
        layers=LAYERS,
        outcomes=OUTCOMES,
        severities=SEVERITIES,
        valid=VALID,
        accepted=ACCEPTED,
        before=BEFORE,
        packages=PACKAGES,
        alike=_alike,
        local=local,
        day=day,
        facts=lambda item: facts(item, language),
    )
