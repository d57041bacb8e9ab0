"""The demonstration's packages: a letter accepted, and the same refused because its signatory's duty had ended.

The printed command says the same again.
"""

from __future__ import annotations

import json
import shlex
from datetime import datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result

from hub.cli import eyhub
from hub.commands.demo import packages_page
from hub.commands.demo_letters import Letter, letters
from hub.config import Settings
from hub.package.catalogue import Layer
from hub.package.rules.base import Outcome
from hub.sample.demo import Demo, make
from hub.signing.trust import trust_folder


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Demo]:
    settings = Settings.load(data=tmp_path_factory.mktemp("demo"), database_url="", demo=True)
    return settings, make(settings, 2_000)[0]


@pytest.fixture(scope="module")
def pair(demo: tuple[Settings, Demo]) -> tuple[Letter, Letter]:
    return letters(*demo)


def test_one_is_accepted_in_every_layer(pair: tuple[Letter, Letter]) -> None:
    report = pair[0].report
    assert (report.valid, report.accepted, report.asked) == (Outcome.PASSED,) * 3
    assert [item.layer for item in report.layers if item.outcome is Outcome.PASSED] == list(Layer)
    (signer,) = report.signatories
    assert (signer.reason, signer.then) == ("OWNER", None)


def test_the_other_is_refused_for_the_ended_duty_alone(pair: tuple[Letter, Letter]) -> None:
    accepted, refused = (one.report for one in pair)
    assert (refused.valid, refused.accepted) == (Outcome.FAILED, Outcome.FAILED)
    assert [(item.rule, item.code) for item in refused.errors] == [("EYP-YETKI-SONA-ERMIS", "ENDED")]
    (signer,) = refused.signatories
    assert signer.record is not None
    left = datetime.fromisoformat(signer.time) - datetime.fromisoformat(signer.record.end)
    assert timedelta(hours=1) <= left < timedelta(hours=1, minutes=5)
    assert (refused.belge_id, refused.belge_no, refused.konu) == (
        accepted.belge_id,
        accepted.belge_no,
        accepted.konu,
    )


def test_a_later_run_shows_the_same_packages(demo: tuple[Settings, Demo], pair: tuple[Letter, Letter]) -> None:
    before = [(one.file, one.file.read_bytes(), one.report.accepted) for one in pair]
    assert [(one.file, one.file.read_bytes(), one.report.accepted) for one in letters(*demo)] == before


def run(command: list[str], **environ: str) -> Result:
    return CliRunner().invoke(eyhub, command, env={"HUB_DATA": "", "HUB_DATABASE_URL": "", "HUB_DEMO": "", **environ})


@pytest.fixture
def printed(demo: tuple[Settings, Demo]) -> list[str]:
    page = packages_page(*demo)
    (line,) = (line for line in page.splitlines() if line.startswith("HUB_DEMO=1 "))
    words = shlex.split(line)
    assert words[:2] == ["HUB_DEMO=1", "eyhub"]
    return words[2:]


def verdicts(result: Result) -> list[tuple[Any, ...]]:
    reports = [json.loads(line) for line in result.stdout.splitlines()]
    return [(one["valid"], one["accepted"], [item["rule"] for item in one["findings"] if item["outcome"] == "failed"])
            for one in reports]  # fmt: skip


def test_printed_command_gives_the_same(printed: list[str], pair: tuple[Letter, Letter]) -> None:
    result = run([*printed, "--json"], HUB_DEMO="1")
    assert result.exit_code == 1
    assert verdicts(result) == [("passed", "passed", []), ("failed", "failed", ["EYP-YETKI-SONA-ERMIS"])]
    assert run([word for word in printed if word != str(pair[1].file)], HUB_DEMO="1").exit_code == 0


def test_page_says_who_and_why(demo: tuple[Settings, Demo], pair: tuple[Letter, Letter]) -> None:
    page = packages_page(*demo)
    (new,), (old,) = pair[0].report.signatories, pair[1].report.signatories
    for text in (new.person, old.person, str(new.code), "Accepted under the policy", "(ENDED; EYP-YETKI-SONA-ERMIS)"):
        assert text in page
    assert str(pair[0].file) in page
    assert "80*****" not in page


def test_nothing_of_it_counts_outside_demo_mode(printed: list[str]) -> None:
    result = run([*printed, "--json"])
    assert result.exit_code == 1
    assert all(valid != "passed" for valid, _, _ in verdicts(result))


def test_what_the_user_left_out_does_not_count(printed: list[str], pair: tuple[Letter, Letter]) -> None:
    """Without a registry a good package is a 0 with --offline, and with nothing said a 1 that says how."""
    command = [
        "package",
        "validate",
        str(pair[0].file),
        "--json",
        "--roots",
        str(trust_folder(pair[0].file.parents[2])),
    ]
    offline = run([*command, "--offline", "--data", "/nowhere"], HUB_DEMO="1")
    report = json.loads(offline.stdout)
    assert (offline.exit_code, report["asked"], report["valid"]) == (0, "passed", "indeterminate")
    assert report["scope"] == [item.value for item in Layer if item not in (Layer.SIGNATORIES, Layer.REGISTRY)]
    outcomes = {item["layer"]: item["outcome"] for item in report["layers"]}
    assert (outcomes["signatories"], outcomes["registry"]) == ("not checked", "not checked")
    alone = run([*command, "--data", "/nowhere"], HUB_DEMO="1")
    assert alone.exit_code == 1
    assert "--offline" in alone.stderr
    rootless = run(["package", "validate", str(pair[0].file), "--offline", "--data", "/nowhere"])
    assert rootless.exit_code == 1
    assert "--roots" in rootless.stderr
