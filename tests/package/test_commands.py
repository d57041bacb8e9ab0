"""``eyhub package …``: exit codes, a line of JSON a file, report files, nothing overwritten or written outside."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from lxml import etree, html

from hub.cli import eyhub
from hub.commands.package import package
from hub.commands.package_extract import ExtractError
from hub.config import Settings
from hub.errors import HubError
from hub.limits import DESCRIPTION
from hub.package.build.description import load
from hub.package.build.problems import BuildError
from hub.signing.demo_pki import DemoPki
from tests.package import factory
from tests.package.forge import Forged, forge
from tests.package.test_samples import SAMPLES

XSD = Path(__file__).parents[2] / "hub" / "xsd" / "rapor" / "PaketRaporu.xsd"


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    if not SAMPLES.is_dir():
        pytest.skip("the samples are not at hand (../shared is absent)")
    return Path(shutil.copy(SAMPLES / "official-2.0.eyp", tmp_path / "ornek.eyp"))


def run(*arguments: object, data: Path) -> Result:
    environment = {"HUB_DATA": str(data), "HUB_DATABASE_URL": "", "HUB_DEMO": ""}
    return CliRunner().invoke(package, [str(item) for item in arguments], env=environment)


def test_json_is_one_line_a_file_in_order(sample: Path, tmp_path: Path) -> None:
    other = tmp_path / "not-zip.eyp"
    other.write_bytes(b"hello")
    result = run("validate", other, sample, "--json", data=tmp_path)
    assert result.exit_code == 2
    assert [line.split(": ")[:3] for line in result.stderr.splitlines()] == [["eyhub", str(other), "ZIP_BAD"]]
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["file"] for line in lines] == ["not-zip.eyp", "ornek.eyp"]
    assert lines[0]["findings"][0]["code"] == "ZIP_BAD"
    assert [line["valid"] for line in lines] == ["failed", "failed"]


def test_many_files_use_processes_and_keep_order(tmp_path: Path) -> None:
    for number in range(12):
        (tmp_path / f"{number:02}.eyp").write_bytes(forge([Forged(f"{number}", b"x")]))
    result = run("validate", tmp_path, "--json", "--jobs", 2, data=tmp_path)
    assert result.exit_code == 1
    assert [json.loads(line)["file"] for line in result.stdout.splitlines()] == [f"{n:02}.eyp" for n in range(12)]


def test_exit_codes(sample: Path, tmp_path: Path) -> None:
    assert run("validate", sample, "--layers", "container,opc,xml,digests", data=tmp_path).exit_code == 0
    assert run("validate", sample, "--layers", "signatories", data=tmp_path).exit_code == 1
    assert run("validate", sample, data=tmp_path).exit_code == 1
    missing = run("validate", sample, tmp_path / "none.eyp", data=tmp_path)
    assert missing.exit_code == 2
    assert len(missing.stderr.splitlines()) == 1
    assert run("validate", tmp_path / "*.nothing", data=tmp_path).exit_code == 2
    cut = tmp_path / "cut.eyp"
    cut.write_bytes(sample.read_bytes()[:-5])
    assert run("validate", cut, data=tmp_path).exit_code == 2
    bad = tmp_path / "refused.eyp"
    bad.write_bytes(forge([Forged("../a", b"x")]))
    assert run("validate", bad, data=tmp_path).exit_code == 1
    assert run("validate", bad, cut, data=tmp_path).exit_code == 2
    assert run("validate", sample, "--layers", "nonsense", data=tmp_path).exit_code == 2
    assert isinstance(run("validate", sample, "--policy", "nonsense", data=tmp_path).exception, HubError)


def test_a_smaller_question_never_reads_as_valid(sample: Path, tmp_path: Path) -> None:
    result = run("validate", sample, "--layers", "container", "--json", data=tmp_path)
    report = json.loads(result.stdout)
    assert (report["valid"], report["accepted"], report["asked"]) == ("indeterminate", "indeterminate", "passed")
    assert "not checked" in {layer["outcome"] for layer in report["layers"]}


def test_offline_alone_is_no_question(sample: Path, tmp_path: Path) -> None:
    result = run("validate", sample, "--offline", "--json", "--layers", "registry", data=tmp_path)
    assert result.exit_code == 1
    assert json.loads(result.stdout)["layers"][-1]["outcome"] == "not checked"


def test_way_to_an_answer_is_said(tmp_path: Path) -> None:
    """A vendor without roots, registry and key learns what to give; what is refused anyhow needs no hint."""
    (tmp_path / "a.eyp").write_bytes(factory.eyp2().build())
    (tmp_path / "b.eyps").write_bytes(factory.eyps2().build())
    for name, words in (("a.eyp", ["--roots", "--offline"]), ("b.eyps", ["--key"])):
        result = run("validate", tmp_path / name, data=tmp_path / "none")
        assert result.exit_code == 1
        assert all(word in result.stderr for word in words), result.stderr
        assert all(line.startswith("eyhub: ") for line in result.stderr.splitlines())
    broken = tmp_path / "c.eyp"
    broken.write_bytes(forge([Forged("../a", b"x")]))
    assert run("validate", broken, data=tmp_path / "none").stderr == ""


@pytest.mark.parametrize("language", ["tr", "en"])
def test_report_files(sample: Path, tmp_path: Path, language: str) -> None:
    made, xml = tmp_path / "r.html", tmp_path / "r.xml"
    arguments = ("validate", sample, "--html", made, "--xml", xml, "--lang", language)
    assert run(*arguments, data=tmp_path).exit_code == 1
    first = made.read_bytes(), xml.read_bytes()
    etree.XMLSchema(etree.parse(str(XSD))).assertValid(etree.parse(str(xml)))
    page = made.read_text()
    assert f'<html lang="{language}">' in page
    assert "<script" not in page
    assert "http://" not in page.split("</style>")[0]
    again = run(*arguments, data=tmp_path)
    assert again.exit_code == 2
    assert "--force" in again.stderr
    assert run(*arguments, "--force", data=tmp_path).exit_code == 1
    assert (made.read_bytes(), xml.read_bytes()) == first, "the same package gives the same bytes"
    assert not list(tmp_path.glob(".*.part"))


def test_page_says_once_what_is_said_of_several_places(sample: Path, tmp_path: Path) -> None:
    """Every finding is on the page; the sentence once, what is the published schemas' fault last."""
    run("validate", sample, "--html", tmp_path / "r.html", "--layers", "xml,rules", data=tmp_path)
    report = json.loads(run("validate", sample, "--json", "--layers", "xml,rules", data=tmp_path).stdout)
    page = html.fromstring((tmp_path / "r.html").read_text())
    boxes = page.xpath("//section[contains(@class, 'finding')]")
    sentences = [box.find("h3").text_content() for box in boxes]
    assert len(sentences) == len(set(sentences)) < len(report["findings"])
    for finding in report["findings"]:
        (box,) = [box for box in boxes if finding["message"] in box.text_content()]
        assert finding.get("part", "") in box.text_content()
        assert f"satır {finding.get('line', '')}" in box.text_content() or "line" not in finding
        assert box.xpath("string(.//a/@href)") == finding["docs"]
    faults = [finding["message"] for finding in report["findings"] if finding.get("schema_fault")]
    (heading,) = page.xpath("//p[@class='faults']")
    assert f"({len(faults)})" in heading.text_content()
    after = [box.find("h3").text_content() for box in heading.itersiblings("section")]
    assert {text for text in sentences if any(fault in text for fault in faults)} == set(after)
    assert "12.05.2025 14:23" in page.text_content()


@pytest.mark.part("chromium")
def test_page_prints_on_a4(sample: Path, tmp_path: Path) -> None:
    run("validate", sample, "--html", tmp_path / "r.html", data=tmp_path)
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}"]
    command += ["--no-pdf-header-footer", f"--print-to-pdf={tmp_path / 'r.pdf'}", str(tmp_path / "r.html")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    pages = re.findall(rb"/MediaBox ?\[ ?0 0 ([0-9.]+) ([0-9.]+) ?\]", (tmp_path / "r.pdf").read_bytes())
    assert pages
    assert {(round(float(wide)), round(float(high))) for wide, high in pages} == {(595, 842)}
    assert len(pages) <= 6


def test_what_comes_from_a_package_is_escaped(tmp_path: Path) -> None:
    bad = tmp_path / "a.eyp"
    bad.write_bytes(forge([Forged("../<script>alert(1)</script>", b"x")]))
    run("validate", bad, "--html", tmp_path / "r.html", data=tmp_path)
    page = (tmp_path / "r.html").read_text()
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_show_masks_identity_numbers(sample: Path, tmp_path: Path) -> None:
    result = run("show", sample, data=tmp_path)
    assert result.exit_code == 0
    assert "12345678902" not in result.stdout
    assert "12*******02" in result.stdout
    assert json.loads(run("show", sample, "--json", data=tmp_path).stdout)["kind"] == "eyp"


def test_extract(sample: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run("extract", sample, "--to", out, data=tmp_path).exit_code == 0
    letter = out / "UstYazi" / "ustyazi.pdf"
    assert letter.stat().st_size == 81969
    letter.write_bytes(b"mine")
    assert isinstance(run("extract", sample, "--to", out, data=tmp_path).exception, ExtractError)
    assert letter.read_bytes() == b"mine"
    assert run("extract", sample, "--to", out, "--part", "ustyazi/USTYAZI.pdf", "--force", data=tmp_path).exit_code == 0
    assert letter.stat().st_size == 81969
    assert not list(out.rglob("*.part"))


def test_extract_stays_inside(sample: Path, tmp_path: Path) -> None:
    out, outside = tmp_path / "out", tmp_path / "outside"
    out.mkdir()
    outside.mkdir()
    os.symlink(outside, out / "UstYazi")
    result = run("extract", sample, "--to", out, "--part", "/UstYazi/ustyazi.pdf", data=tmp_path)
    assert isinstance(result.exception, ExtractError)
    assert not list(outside.iterdir())


def test_extract_leaves_no_damaged_file(tmp_path: Path) -> None:
    bad = tmp_path / "a.eyp"
    bad.write_bytes(forge([Forged("Ekler/a.bin", b"hello" * 1000, crc=1)]))
    result = run("extract", bad, "--to", tmp_path / "out", data=tmp_path)
    assert isinstance(result.exception, HubError)
    assert not [item for item in (tmp_path / "out").rglob("*") if item.is_file()]


def test_trust_store_of_another_folder(tmp_path: Path) -> None:
    DemoPki.open(Settings.load(data=tmp_path / "a", demo=True))
    for folder, code in (("a", 0), ("b", 1)):
        result = CliRunner().invoke(eyhub, ["trust", "check", "--data", str(tmp_path / folder)], env={"HUB_DEMO": "1"})
        assert result.exit_code == code, result.output


def test_description_too_large_to_be_one(tmp_path: Path) -> None:
    file = tmp_path / "belge.toml"
    with file.open("wb") as out:
        out.truncate(DESCRIPTION + 1)
    with pytest.raises(BuildError, match="büyük"):
        load(file)
