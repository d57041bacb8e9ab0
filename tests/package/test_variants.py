"""What other implementations write in another way passes; what is wrong beside it is found, and nothing more."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

import pytest

from hub.package.catalogue import Layer
from hub.package.judge import Options, judge
from hub.package.report import Report
from hub.package.rules.base import Outcome
from tests.package import factory
from tests.package.variants import VARIANTS, Variant

DECIDED = (Layer.CONTAINER, Layer.OPC, Layer.XML, Layer.DIGESTS)


def report_of(data: bytes, name: str) -> Report:
    return judge(data, name, Options(keys=(factory.receiver_key(),)))


@cache
def usual(base: str) -> frozenset[str]:
    """What is said of the good package itself."""
    draft: factory.Draft = getattr(factory, base)()
    return frozenset(item.rule for item in report_of(draft.build(), draft.file_name).findings)


@pytest.mark.parametrize("name", VARIANTS)
def test_variant(name: str) -> None:
    variant: Variant = VARIANTS[name]
    report = report_of(*variant.build())
    found = {item.rule for item in report.findings}
    expected = usual(variant.base.__name__) | variant.found
    # an attachment that was withheld may be there after all
    assert found - {"EYP2-K23-WITHHELD"} == expected - {"EYP2-K23-WITHHELD"}, [
        (item.rule, item.part, item.found, item.expected) for item in report.findings if item.rule not in expected
    ]
    for layer in report.layers:
        if layer.layer in DECIDED:
            assert layer.outcome in (Outcome.PASSED, Outcome.FAILED), (layer.layer, layer.why)


def test_there_are_many() -> None:
    assert len(VARIANTS) >= 90


@pytest.mark.part("mono")
@pytest.mark.parametrize("kind", ["eyp2", "eyp1", "eyps2", "eypg"])
def test_written_by_system_io_packaging(kind: str, tmp_path: Path) -> None:
    """The same parts in a container that .NET's library writes, deflated and stored."""
    draft: factory.Draft = getattr(factory, kind)()
    (tmp_path / "a").write_bytes(draft.build())
    program = Path(__file__).with_name("copy.cs")
    subprocess.run(["mcs", "-r:WindowsBase", "-out:copy.exe", program], cwd=tmp_path, check=True, capture_output=True)
    for method in ("deflated", "stored"):
        command = ["mono", "copy.exe", "a", f"b-{method}", method]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
        report = report_of((tmp_path / f"b-{method}").read_bytes(), draft.file_name)
        assert {item.rule for item in report.findings} == usual(kind), report.findings
