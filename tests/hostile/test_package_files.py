"""Rows B1 to B15 as files, through the command line and the service: each is named for what must be said of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zeep
import zeep.exceptions
from click.testing import CliRunner
from parts.serving import serving
from parts.waiting import HUNG
from zeep.transports import Transport

from hub.cli import eyhub
from hub.commands.package_validate import HINTS, UNREADABLE
from tests.hostile import corpus

FILES = sorted(corpus.FOLDER.iterdir())
HEADER = {"KurumID": "24301050", "Password": "gizli"}


def test_every_case_has_its_file() -> None:
    assert {file.name for file in FILES} == {name for name, _ in corpus.cases()}
    rows = {file.name.partition("-")[0] for file in FILES}
    assert rows == {f"b{number}" for number in range(1, 16)}


def check(name: str, report: dict[str, Any]) -> None:
    """What the file's name says is said, and nothing reads like a pass."""
    assert report["valid"] != "passed"
    assert report["accepted"] != "passed"
    assert report["asked"] != "passed"
    wanted = corpus.outcome(name)
    if wanted == "NOT_CHECKED":
        layers = {item["layer"]: item["outcome"] for item in report["layers"]}
        assert layers["signatures"] == layers["signatories"] == "not checked"
        assert "inner" not in report
        return
    assert wanted in said(report), (name, said(report))


def said(report: dict[str, Any]) -> set[str]:
    """Rules and codes of a report and of what is inside."""
    found = {item[key] for item in report["findings"] for key in ("rule", "code") if key in item}
    return found | (said(report["inner"]) if "inner" in report else set())


def test_through_the_command_line(tmp_path: Path) -> None:
    command = ["package", "validate", str(corpus.FOLDER), "--json", "--offline", "--data", str(tmp_path), "--jobs", "1"]
    done = CliRunner().invoke(eyhub, command)
    assert done.exit_code == 2, done.output[-500:]
    reports = {report["file"]: report for report in map(json.loads, done.stdout.splitlines())}
    assert set(reports) == {file.name for file in FILES}
    for name, report in reports.items():
        check(name, report)
    lines = done.stderr.splitlines()
    assert all(line.startswith("eyhub: ") for line in lines)
    named = {Path(line.split(": ")[1]).name for line in lines if line.startswith(f"eyhub: {corpus.FOLDER}")}
    assert named == {file.name for file in FILES if corpus.outcome(file.name) in UNREADABLE}
    assert len(lines) <= len(named) + len(HINTS), "one line for each that is no archive, and hints"
    assert list(tmp_path.iterdir()) == []


def test_one_by_one_none_is_accepted(tmp_path: Path) -> None:
    """The exit code of a single file is 1: something is wrong, or what is inside could not be seen; 2 of no archive."""
    for file in (FILES[0], FILES[-1], *(item for item in FILES if item.name.startswith(("b12", "b5")))):
        done = CliRunner().invoke(eyhub, ["package", "validate", str(file), "--data", str(tmp_path)])
        assert done.exit_code == 1 + (corpus.outcome(file.name) in UNREADABLE), (file, done.output[-500:])


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with serving("services.paket_app:application", HUB_DATA=str(tmp_path_factory.mktemp("data"))) as port:
        address = f"http://127.0.0.1:{port}/PaketServis?wsdl"
        client = zeep.Client(address, transport=Transport(timeout=HUNG, operation_timeout=HUNG))
        client.set_default_soapheaders({"KimlikDogrulama": HEADER})
        yield client.bind("PaketServis", "PaketServisSoap")


def test_through_the_service(service: Any) -> None:
    for file in FILES:
        data = file.read_bytes()
        if not data:
            with pytest.raises(zeep.exceptions.Fault, match="boş"):
                service.PaketDogrula(Paket=data)
            continue
        answer = service.PaketDogrula(Paket=data, DosyaAdi=file.name, Bicim="json")
        assert "passed" not in (answer.Gecerli, answer.Kabul)
        check(file.name, json.loads(answer.Rapor))


def test_what_is_in_it_through_the_service(service: Any) -> None:
    """PaketBilgisi tells what it can, or refuses with the typed fault; never anything else."""
    for file in FILES:
        try:
            service.PaketBilgisi(Paket=file.read_bytes(), DosyaAdi=file.name)
        except zeep.exceptions.Fault as fault:
            (detail,) = fault.detail
            assert detail.findtext("{*}Kod") in ("PAKET_OKUNAMADI", "PAKET_BOS"), file.name
