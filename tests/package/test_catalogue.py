"""The catalogue, its functions, its page and the policies are in step."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.package.catalogue import catalogue
from hub.package.policy import BUILT_IN, PolicyError, load_policy
from hub.package.report import Language
from hub.package.rules import RULES
from hub.package.rules_page import rules_page
from hub.package.views.words import ACCEPTED, LABELS, LAYERS, OUTCOMES, VALID

DOCS = Path(__file__).parents[2] / "docs"


def test_every_rule_has_a_function_and_every_function_a_rule() -> None:
    assert set(catalogue()) == set(RULES)


def test_the_page_is_in_step() -> None:
    assert (DOCS / "rules.md").read_text() == rules_page()


def test_rules_speak_both_languages() -> None:
    for rule in catalogue().values():
        assert rule.message_tr
        assert rule.check
        assert rule.message_tr != rule.check
    for table in (ACCEPTED, LABELS, LAYERS, OUTCOMES, VALID):
        assert all(words.tr and words.en for words in table.values())
    assert set(Language) == {"tr", "en"}


def test_facts_of_the_project_are_all_there() -> None:
    facts = Path(__file__).parents[2].parent / "shared" / "eyp" / "rules.json"
    if not facts.is_file():
        pytest.skip("the facts are not at hand (../shared is absent)")
    import json

    for fact in json.loads(facts.read_text()):
        rule = catalogue()[fact["id"]]
        assert rule.severity == fact["severity"]
        assert rule.official == fact["official"]
        assert rule.generations == set(fact["generations"])
        assert rule.kinds == set(fact["package_kinds"])
        assert list(rule.overrides) == fact.get("overrides", [])


@pytest.mark.parametrize("name", BUILT_IN)
def test_built_in_policies(name: str) -> None:
    policy = load_policy(name)
    assert policy.name == name
    for rule_id, choice in policy.choices.items():
        assert choice.severity != catalogue()[rule_id].severity or catalogue()[rule_id].overrides
        assert choice.why.tr
        assert choice.why.en


def test_no_policy_forgives_a_wrong_digest_or_signature() -> None:
    for name in BUILT_IN:
        for rule_id, choice in load_policy(name).choices.items():
            if rule_id.endswith(("-MISMATCH", "-MISSING", "-VALID", "-CERT", "-TIMESTAMP", "-DER")):
                assert choice.severity == "error", (name, rule_id)


@pytest.mark.parametrize(
    "text",
    ["nonsense", 'about_tr="a"\nabout_en="b"\n[rules.NO-SUCH]\nseverity="off"\nwhy_tr="a"\nwhy_en="b"', "= ="],
)
def test_bad_policies_are_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "p.toml"
    file.write_text(text)
    with pytest.raises(PolicyError):
        load_policy(str(file))
