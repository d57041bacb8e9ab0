"""Policies: what is made of findings where implementations and the guide disagree. Data in ``policies/*.toml``.

What is *valid* follows the catalogue alone; a policy decides what is *accepted*. It may name rules whose breach it
weighs otherwise, each with its reason, which the report shows beside the finding.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal

from hub.errors import HubError
from hub.package.catalogue import Mode, Rule, Severity, catalogue
from hub.package.errors import Words

BUILT_IN: Final = ("strict", "field", "lenient")
DEFAULT: Final = "field"


class PolicyError(HubError):
    """A policy that does not exist or cannot be read."""

    code = "POLICY"


@dataclass(frozen=True, slots=True)
class Choice:
    """How one rule is weighed, and why."""

    severity: Severity | Literal["off"]
    why: Words


@dataclass(frozen=True, slots=True)
class Policy:
    """A named set of choices."""

    name: str
    mode: Mode
    about: Words
    choices: Mapping[str, Choice]

    def weigh(self, rule: Rule, severity: Severity) -> tuple[Severity | Literal["off"], Words | None]:
        """The severity under this policy of a rule whose own is ``severity``; the reason when it differs."""
        choice = self.choices.get(rule.id)
        if choice is None or choice.severity == severity:
            return severity, None
        return choice.severity, choice.why


@cache
def load_policy(name: str = DEFAULT) -> Policy:
    """A built-in policy by name, or one from a TOML file when ``name`` ends in ``.toml``.

    Raises :class:`PolicyError`.
    """
    try:
        if name in BUILT_IN:
            text = files("hub.package").joinpath(f"policies/{name}.toml").read_text("utf-8")
        elif name.endswith(".toml"):
            text = Path(name).read_text("utf-8")
        else:
            raise PolicyError(f"Böyle bir politika yok: {name} ({', '.join(BUILT_IN)} ya da bir .toml dosyası)")
        return _policy(tomllib.loads(text), name)
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(f"Politika dosyası okunamadı: {name} ({type(error).__name__})") from None
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise PolicyError(f"Politika dosyası geçersiz: {name} ({error})") from None


def _policy(data: dict[str, Any], name: str) -> Policy:
    choices: dict[str, Choice] = {}
    for rule_id, item in data.get("rules", {}).items():
        if rule_id not in catalogue():
            raise PolicyError(f"Politika bilinmeyen bir kuralı anıyor: {rule_id}")
        if item["severity"] not in ("error", "warning", "off"):
            raise PolicyError(f"Politikada geçersiz önem derecesi: {rule_id}")
        choices[rule_id] = Choice(item["severity"], Words(item["why_tr"], item["why_en"]))
    mode = data.get("mode", "read")
    if mode not in ("read", "lenient"):
        raise PolicyError(f"Politikada geçersiz kip: {mode}")
    return Policy(data.get("name", name), mode, Words(data["about_tr"], data["about_en"]), choices)
