"""``eyhub signature`` and ``eyhub trust`` as an operator meets them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hub import limits
from hub.signing import NotConfiguredError, TrustError, TrustKeeper, TrustStore
from hub.signing.trust import PROVENANCE
from hub.signing.validate import UnreadableError, read

from .shared import FOLDER, needs_cases

ROOTS = FOLDER / "roots" / "valid_root"


def eyhub(*args: str | Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hub.cli", *map(str, args)],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "PYTHONUTF8": "1", **environ},
        cwd=Path(__file__).parents[2],
    )


def case(name: str) -> Path:
    return FOLDER / "files" / f"{name}.pdf.p7s"


@needs_cases
def test_several_files_are_judged_in_one_process() -> None:
    done = eyhub("signature", "validate", "--json", "--roots", ROOTS, case("P4_1"), case("P4_A83"), case("P4_A24"))
    assert done.returncode == 1
    assert done.stderr == ""
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["indication"] for row in rows] == ["TOTAL-PASSED", "INDETERMINATE", "TOTAL-FAILED"]
    assert [row["failed"] for row in rows] == [[], [], ["CERT_REVOKED"]]
    assert rows[1]["indeterminate"] == ["TIMESTAMP", "STATUS_MISSING"]
    assert "11111111111" not in done.stdout, "the T.C. kimlik no of a signer stays out of reports"


@needs_cases
def test_folders_and_patterns(tmp_path: Path) -> None:
    inner = tmp_path / "klasör" / "iç"
    inner.mkdir(parents=True)
    for place, name in ((inner, "P4_1"), (inner.parent, "P4_25")):
        (place / f"{name}.p7s").write_bytes(case(name).read_bytes())
    (inner / "not.txt").write_text("not a signature")
    for given in (inner.parent, inner.parent / "**" / "*.p7s"):
        done = eyhub("signature", "validate", "--json", "--roots", ROOTS, given)
        assert (done.returncode, done.stderr) == (0, "")
        assert sorted(Path(json.loads(line)["file"]).name for line in done.stdout.splitlines()) == [
            "P4_1.p7s",
            "P4_25.p7s",
        ]
    for nothing in (tmp_path / "boş", tmp_path / "*.p7s"):
        if nothing.name == "boş":
            nothing.mkdir()
        done = eyhub("signature", "validate", "--roots", ROOTS, nothing)
        assert done.returncode == 2
        assert done.stderr.count("\n") == 1
        assert "UNREADABLE" in done.stderr


@needs_cases
def test_all_passed_is_exit_code_0() -> None:
    done = eyhub("signature", "validate", "--roots", ROOTS, case("P4_1"), case("P4_25"))
    assert done.returncode == 0
    assert done.stdout.count("GEÇERLİ (TOTAL-PASSED)") == 4


@needs_cases
@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--roots", ROOTS, "/no/such/file"], "UNREADABLE"),
        (["--roots", "/no/such/folder", case("P4_1")], "TRUST"),
        (["--roots", ROOTS, "--profile", "P9", case("P4_1")], "P9"),
        (["--roots", ROOTS, "--at", "yesterday", case("P4_1")], "yesterday"),
        (["--roots", ROOTS, "--policy-digest", "1.2.3", case("P4_1")], "1.2.3"),
        (["--roots", ROOTS], "FILE"),
        ([case("P4_1")], "NOT_CONFIGURED"),
    ],
)
def test_misuse_is_one_line_and_exit_code_2(args: list[str | Path], message: str, tmp_path: Path) -> None:
    done = eyhub("signature", "validate", *args, HUB_DATA=str(tmp_path))
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert message in done.stderr


@needs_cases
def test_an_unreadable_file_does_not_hide_the_others(tmp_path: Path) -> None:
    done = eyhub("signature", "validate", "--json", "--roots", ROOTS, tmp_path / "none", case("P4_1"))
    assert done.returncode == 2
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert first["error"]["code"] == "UNREADABLE"
    assert second["indication"] == "TOTAL-PASSED"


def test_a_file_without_an_end_is_unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SIGNATURE_FILE", 1 << 20)
    with pytest.raises(UnreadableError, match="çok büyük; sınır 1 MB"):
        read(Path("/dev/zero"))


@needs_cases
def test_a_dead_link_in_a_folder_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "a.p7s").symlink_to(tmp_path / "gone")
    (tmp_path / "b.p7s").write_bytes(case("P4_1").read_bytes())
    done = eyhub("signature", "validate", "--json", "--roots", ROOTS, tmp_path)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert [json.loads(line).get("indication") for line in done.stdout.splitlines()] == [None, "TOTAL-PASSED"]


@needs_cases
def test_what_is_no_signature_fails(tmp_path: Path) -> None:
    (tmp_path / "letter.pdf").write_bytes(b"%PDF-1.4 not a signature")
    done = eyhub("signature", "validate", "--json", "--roots", ROOTS, tmp_path / "letter.pdf")
    assert done.returncode == 1
    assert json.loads(done.stdout)["failed"] == ["FORMAT"]


@needs_cases
def test_validation_time_before_the_timestamp_is_not_a_pass() -> None:
    done = eyhub("signature", "validate", "--json", "--roots", ROOTS, "--at", "2020-01-01T00:00", case("P4_1"))
    assert done.returncode == 1
    assert "TIMESTAMP_FUTURE" in json.loads(done.stdout)["indeterminate"]


@needs_cases
def test_show() -> None:
    done = eyhub("signature", "show", case("P4_A1"))
    assert done.returncode == 0
    for word in ("signature-policy-identifier", "archive-time-stamp-v2", "QC A1 2", "2.16.792.1.61.0.1.5070.3.3.1"):
        assert word in done.stdout
    data = json.loads(eyhub("signature", "show", "--json", case("P4_A1")).stdout)
    assert [one["name"] for one in data["signers"][0]["unsigned"]][-1] == "archive-time-stamp-v2"
    broken = eyhub("signature", "show", ROOTS / "RootA.crt")
    assert (broken.returncode, len(broken.stderr.splitlines())) == (2, 1)


@needs_cases
def test_trust_is_kept_with_its_source(tmp_path: Path) -> None:
    here = {"HUB_DATA": str(tmp_path)}
    demo = {**here, "HUB_DEMO": "1"}
    assert eyhub("trust", "check", **here).returncode == 1
    refused = eyhub("trust", "add", ROOTS / "RootA.crt", "--source", "suite", **here)
    assert (refused.returncode, "deneme kökü" in refused.stderr) == (2, True)
    forged = eyhub("trust", "add", ROOTS / "RootB.crt", "--source", "suite", **demo)
    assert (forged.returncode, "imzası doğrulanmıyor" in forged.stderr) == (2, True)
    assert eyhub("trust", "add", ROOTS / "RootA.crt", "--source", "suite", **demo).returncode == 0
    row = json.loads(eyhub("trust", "list", "--json", **demo).stdout)
    assert (row["name"], row["source"], row["test"], row["unusable"]) == ("Root A", "suite", True, "")
    assert eyhub("trust", "check", **demo).returncode == 0
    assert eyhub("trust", "check", **here).returncode == 1, "a test root is no anchor outside demo mode"
    assert eyhub("signature", "validate", case("P4_1"), **demo).returncode == 0
    assert eyhub("signature", "validate", case("P4_1"), **here).returncode == 1
    assert eyhub("trust", "remove", "00000000", **demo).returncode == 2
    assert eyhub("trust", "remove", row["sha256"][:12], **demo).returncode == 0
    assert eyhub("trust", "list", **demo).stdout == ""


@needs_cases
def test_a_certificate_without_provenance_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "RootA.crt").write_bytes((ROOTS / "RootA.crt").read_bytes())
    (anchor,) = TrustStore.kept(tmp_path, demo=True).anchors
    assert "provenance" in anchor.refused


def test_a_failed_load_holds_nothing_of_the_calls_that_it_refuses(tmp_path: Path) -> None:
    keeper = TrustKeeper(tmp_path)
    lengths = set()
    for _ in range(5):
        with pytest.raises(NotConfiguredError) as caught:
            keeper.store()
        lengths.add(len(caught.traceback))
    assert max(lengths) == 2


@needs_cases
def test_a_failed_load_is_not_ready_and_heals_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import UTC, datetime, timedelta

    from hub import clock
    from hub.signing import trust

    now = datetime(2024, 1, 1, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: now)
    keeper = TrustKeeper(tmp_path, demo=True)
    with pytest.raises(NotConfiguredError):
        keeper.store()
    trust.add(tmp_path, (ROOTS / "RootA.crt").read_bytes(), "suite", demo=True)
    with pytest.raises(NotConfiguredError):  # not asked again before the pause is over
        keeper.store()
    now += timedelta(seconds=2)
    kept = keeper.store()
    assert keeper.store() is kept
    (tmp_path / PROVENANCE).write_text("not json", "utf-8")
    with pytest.raises(TrustError):
        keeper.store()
    trust_file = tmp_path / PROVENANCE
    trust_file.unlink()
    trust.add(tmp_path, (ROOTS / "RootC.crt").read_bytes(), "suite", demo=True)
    now += timedelta(seconds=120)
    assert [one.certificate.name for one in keeper.store().anchors if not one.refused] == ["Root C"]
