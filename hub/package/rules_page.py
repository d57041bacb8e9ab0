"""The page ``docs/rules.md``, made from the catalogue: ``python -m hub.package.rules_page > docs/rules.md``."""

from __future__ import annotations

import json
from collections.abc import Iterator

from hub.package.catalogue import Layer, Rule, catalogue
from hub.package.policy import BUILT_IN, load_policy
from hub.package.views.words import LAYERS

HEAD = """# Rules on e-Yazışma packages

Made from `hub/package/catalogue.json` and the policies by `python -m hub.package.rules_page`; do not edit.

A rule's number in the official guide is given where it is known (K.n). Severity is that of reading a package; what
differs when a package is built, or under a policy, is listed with the rule. *Disputed* rules are judged differently by
other implementations.
"""


def rules_page() -> str:
    """The whole page as Markdown."""
    return "\n".join([HEAD, *_sections()])


def _sections() -> Iterator[str]:
    for layer in Layer:
        yield f"## {LAYERS[layer].tr} ({layer.value})\n"
        for rule in catalogue().values():
            if rule.layer is layer:
                yield from _rule(rule)


def _rule(rule: Rule) -> Iterator[str]:
    yield f"### {rule.id}\n"
    yield f"{rule.message_tr}  "
    yield f"{rule.check}\n"
    facts = [
        rule.official or "",
        rule.severity,
        "generations " + ", ".join(sorted(rule.generations)),
        "kinds " + ", ".join(sorted(rule.kinds)),
        f"component {rule.component}",
        "hint, only with --advice" if rule.advisory else "",
        "needs validated signatures" if rule.requires_crypto else "",
        "needs the decryption key" if rule.requires_decryption else "",
        "disputed" if rule.disputed else "",
        "rule of this project" if rule.origin == "hub" else "",
    ]
    yield f"- {'; '.join(fact for fact in facts if fact)}"
    for override in rule.overrides:
        when = ", ".join(f"{key} = {json.dumps(value)}" for key, value in override["when"].items())
        yield f"- {override['severity']} when {when}"
    if rule.params:
        yield f"- values: `{json.dumps(dict(rule.params), ensure_ascii=False)}`"
    for name in BUILT_IN:
        if choice := load_policy(name).choices.get(rule.id):
            yield f"- policy {name}: {choice.severity} – {choice.why.en}"
    yield ""


if __name__ == "__main__":
    print(rules_page(), end="")
