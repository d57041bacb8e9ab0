"""Archive timestamps of the first form (RFC 3126): judged where a reading of the standard gives their imprint, and else
indeterminate; they never make an archived signature."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from hub.signing import der, oids, validate
from hub.signing.report import Code, Indication, Sub

from .forge import CONTENT, T0, Forge, attribute, minutes, signature_of


@dataclass
class First(Forge):
    """Adds archive timestamps of the first form; ``part`` says what of each attribute they digest."""

    part: Callable[[bytes], bytes] = field(default=lambda raw: der.parse(raw).content)
    times: tuple[float, ...] = (10,)

    def one(self, name: str, content: bytes, **options: Any) -> dict[str, Any]:
        piece = super().one(name, content, **options)
        signed = b"".join(sorted(piece["signed"]))
        for minute in self.times:
            over = content + signed + signature_of(piece["bare"]) + b"".join(map(self.part, piece["unsigned"]))
            token = self.token("first", over, time=T0 + minutes(minute))
            piece["unsigned"] = [*piece["unsigned"], attribute(oids.ARCHIVE_TIMESTAMP_V1, token)]
        return piece


def values(raw: bytes) -> bytes:
    return der.parse(raw).children()[1].content


@pytest.mark.parametrize("part", [lambda raw: der.parse(raw).content, lambda raw: raw, values])
@pytest.mark.parametrize("attached", [True, False])
def test_known_readings(part: Callable[[bytes], bytes], attached: bool) -> None:
    forge = First(part=part, times=(10, 20))
    data = forge.build(attached=attached)
    report = validate(data, None if attached else CONTENT, trust=forge.trust(), profile="P4")
    assert report.passed
    assert [one.kind for one in report.signers[0].timestamps] == ["signature", "archive-v1", "archive-v1"]
    assert report.signers[0].level == "X-LONG"
    assert validate(data, CONTENT, trust=forge.trust(), profile="auto").signers[0].profile == "P4"


def test_unknown_reading_proves_nothing() -> None:
    forge = First(part=lambda raw: raw[:-1])
    report = validate(forge.build(), trust=forge.trust(), profile="P4")
    assert (report.indication, report.sub_indication) == (Indication.INDETERMINATE, Sub.NO_POE)
    stamp = report.signers[0].timestamps[1]
    assert [one.code for one in stamp.checks if one.sub] == [Code.MESSAGE_IMPRINT]


@pytest.mark.parametrize(
    ("hooks", "certs", "code"),
    [
        ({"token.first": lambda options: options | {"forged": True}}, {}, Code.SIGNATURE_VALUE),
        ({}, {"tsa": {"purposes": ()}}, Code.TSA_USAGE),
    ],
)
def test_broken_tokens_fail(hooks: dict[str, Any], certs: dict[str, Any], code: Code) -> None:
    forge = First(hooks, certs)
    report = validate(forge.build(), trust=forge.trust(), profile="P4")
    assert report.indication is Indication.TOTAL_FAILED
    assert code in report.codes()


def test_earlier_than_the_signature_timestamp() -> None:
    forge = First(times=(0,))
    report = validate(forge.build(), trust=forge.trust(), profile="P4")
    assert Code.TIMESTAMP_ORDER in report.codes()


def test_no_archived_profile() -> None:
    forge = First()
    report = validate(forge.build(), trust=forge.trust(), profile="P4-A")
    assert report.codes() == [Code.LEVEL]
