"""The rule catalogue: what each rule asks, where it applies and how grave it is. Data in ``catalogue.json``.

The function that looks is found by the same id in :mod:`hub.package.rules`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from hub.package.parts import Generation, Kind

Severity = Literal["error", "warning"]
Mode = Literal["read", "lenient", "build"]


class Layer(StrEnum):
    """The layers of judgement, in their order."""

    CONTAINER = "container"
    OPC = "opc"
    XML = "xml"
    RULES = "rules"
    DIGESTS = "digests"
    SIGNATURES = "signatures"
    SIGNATORIES = "signatories"
    REGISTRY = "registry"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the catalogue."""

    id: str
    """Stable; ``EYP2-Kn…`` where the official guide's number is known."""
    official: str | None
    """Number in the official guide of 2.x (``K.68``), which may also apply to 1.x."""
    layer: Layer
    component: str
    generations: frozenset[Generation]
    kinds: frozenset[Kind]
    severity: Severity
    """When reading; :meth:`severity_for` has the rest."""
    check: str
    """What must be so, in English."""
    message_tr: str
    """What is wrong when it is not so, in Turkish."""
    overrides: tuple[Mapping[str, Any], ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)
    advisory: bool = False
    """A hint on completeness, off unless asked for."""
    requires_crypto: bool = False
    requires_decryption: bool = False
    disputed: bool = False
    """Other implementations judge differently; a policy may weigh it otherwise."""
    origin: str = ""
    """``hub`` for rules of this project."""

    def applies(self, generation: Generation, kind: Kind) -> bool:
        """Whether packages of this generation and kind are judged by it."""
        return generation in self.generations and kind in self.kinds

    def severity_for(self, mode: Mode, generation: Generation, kind: Kind, *, crypto: bool = False) -> Severity:
        """How grave a breach is: the base severity, changed by the last override that fits."""
        now: Mapping[str, Any] = {
            "mode": mode,
            "generation": generation,
            "package_kind": kind,
            "crypto_verification": crypto,
        }
        severity = self.severity
        for override in self.overrides:
            if all(now.get(key) == value for key, value in override["when"].items()):
                severity = override["severity"]
        return severity


@cache
def catalogue() -> Mapping[str, Rule]:
    """All rules by id, in the order of the catalogue."""
    data = json.loads(files("hub.package").joinpath("catalogue.json").read_text("utf-8"))
    rules = (
        Rule(
            id=item["id"],
            official=item["official"],
            layer=Layer(item["layer"]),
            component=item["component"],
            generations=frozenset(Generation(value) for value in item["generations"]),
            kinds=frozenset(Kind(value) for value in item["kinds"]),
            severity=item["severity"],
            check=item["check"],
            message_tr=item["message_tr"],
            overrides=tuple(item.get("overrides", ())),
            params=item.get("params", {}),
            advisory=item.get("advisory", False),
            requires_crypto=item.get("requires_crypto", False),
            requires_decryption=item.get("requires_decryption", False),
            disputed=item.get("disputed", False),
            origin=item.get("origin", ""),
        )
        for item in data
    )
    return {rule.id: rule for rule in rules}
