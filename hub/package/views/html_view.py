"""The report as one self-contained page: no script, no outside resource, fit for printing."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape

from hub.package.errors import Words
from hub.package.report import Language, Report
from hub.package.views.words import ACCEPTED, BEFORE, LABELS, LAYERS, OUTCOMES, SEVERITIES, VALID, facts, local, say


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
        local=local,
        facts=lambda item: facts(item, language),
    )
