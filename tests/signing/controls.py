"""A control: one file with a change, and what must come out of its validation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from hub.signing import Indication, SignatureReport, validate

from .forge import (
    CA_USAGE,
    CONTENT,
    T0,
    Forge,
    Spec,
    minutes,
)

PASSED = Indication.TOTAL_PASSED
FAILED = Indication.TOTAL_FAILED
UNSURE = Indication.INDETERMINATE


@dataclass
class Control:
    """One file and what must come out."""

    name: str
    fails: list[str] = field(default_factory=list)
    """``where CODE`` of each failed or indeterminate check, signer 1 unless a number stands before it."""
    expected: Indication | None = None
    hooks: dict[str, Callable[[Any], Any]] = field(default_factory=dict)
    certs: dict[str, dict[str, Any]] = field(default_factory=dict)
    more: tuple[Spec, ...] = ()
    build: dict[str, Any] = field(default_factory=dict)
    profile: str = "P4"
    options: dict[str, Any] = field(default_factory=dict)
    trust: tuple[str, ...] = ("root", "tsroot")

    @property
    def indication(self) -> Indication:
        return self.expected or (FAILED if self.fails else PASSED)


def change(**values: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A hook that overrides members of a dictionary."""
    return lambda found: found | values


def drop(*names: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda found: {name: value for name, value in found.items() if name not in names}


F = Forge()
"""The default certificates, for evidence that a row makes by hand."""

OLD = {"not_after": T0 - minutes(10)}
EARLY = {"not_before": T0 + minutes(60), "not_after": T0 + timedelta(days=365)}


def values(**lists: list[bytes]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return change(**lists)


def stamp(**options: Any) -> dict[str, Callable[[Any], Any]]:
    return {"token.signature": change(**options)}


ST = "signature-timestamp-1"
A1, A2 = "archive-v2-timestamp-1", "archive-v2-timestamp-2"
ARCHIVED: dict[str, Any] = {"archives": 1}
TWICE: dict[str, Any] = {"archives": 2}

SUB2 = Spec("sub2", "sub", ca=True, usage=CA_USAGE)


def without_header(data: bytes) -> bytes:
    """An archive imprint's octets without the header of the unsigned attributes, which come last."""
    for place in range(len(data) - 4):
        if (
            data[place] == 0xA1
            and data[place + 1] == 0x82
            and place + 4 + int.from_bytes(data[place + 2 : place + 4], "big") == len(data)
        ):
            return data[:place] + data[place + 4 :]
    raise AssertionError("no header")


def judged(control: Control) -> SignatureReport:
    forge = Forge(control.hooks, control.certs, control.more)
    detached = control.build.get("attached") is False
    return validate(
        forge.build(**control.build),
        CONTENT if detached else None,
        trust=forge.trust(*control.trust),
        profile=control.profile,
        **control.options,
    )


def check(control: Control) -> None:
    """Build, validate, compare."""
    report = judged(control)
    found = [
        ("" if one["signer"] in ("1", None) else f"{one['signer']} ") + f"{one['where']} {one['code']}"
        for one in report.findings()
        if one["outcome"] in ("failed", "indeterminate")
        and not (one["code"] == "TIMESTAMP" and one["where"] == "signature")
    ]
    assert sorted(found) == sorted(control.fails)
    assert report.indication is control.indication
