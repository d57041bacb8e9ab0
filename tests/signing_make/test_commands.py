"""``eyhub signature sign`` and ``extend``: results, exit codes, secrets, files that are whole or absent."""

from __future__ import annotations

import os
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from pki.server import Pki
from signing_make.profile_p4 import check_p4

from hub import limits
from hub.commands import signing_make
from hub.errors import HubError
from hub.signing.trust import TrustStore
from hub.signing.validate import validate

CONTENT = b"Paket ozeti"


@pytest.fixture
def folder(pki: Pki, tmp_path: Path) -> Path:
    (tmp_path / "ozet.xml").write_bytes(CONTENT)
    (tmp_path / "imzaci.pfx").write_bytes(pki.pfx("imzaci", "gizli-parola"))
    (tmp_path / "ikinci.pfx").write_bytes(pki.pfx("ikinci", "gizli-parola"))
    (tmp_path / "iptal.pfx").write_bytes(pki.pfx("kisi-iptal-once", "gizli-parola"))
    (tmp_path / "parola").write_text("gizli-parola\n")
    return tmp_path


def run(pki: Pki, folder: Path, *arguments: str, password: str | None = "gizli-parola") -> Result:
    command = signing_make.sign if arguments[0] == "sign" else signing_make.extend
    environment = {"HUB_TSA_URL": pki.tsa_url(), "HUB_PFX_PASSWORD": password}
    here = os.getcwd()
    os.chdir(folder)
    try:
        return CliRunner().invoke(command, [*arguments[1:], "--allow-private"], env=environment)
    finally:
        os.chdir(here)


def passes(pki: Pki, data: bytes, content: bytes | None = None) -> bool:
    trust = TrustStore.of([pki.der(label) for label in ("kok-a", "kok-b", "kok-c")])
    return validate(data, content, trust=trust).indication.value == "TOTAL-PASSED"


def test_sign_p4_next_to_the_file(pki: Pki, folder: Path) -> None:
    result = run(pki, folder, "sign", "ozet.xml", "--pfx", "imzaci.pfx")
    assert (result.exit_code, result.output) == (0, "ozet.xml.imz\n")
    check_p4((folder / "ozet.xml.imz").read_bytes(), CONTENT)
    assert passes(pki, (folder / "ozet.xml.imz").read_bytes())


def test_seal_detached_with_password_file(pki: Pki, folder: Path) -> None:
    arguments = ["--pfx", "imzaci.pfx", "--profile", "p4-a", "--detached", "-o", "x.p7s", "--password-file", "parola"]
    assert run(pki, folder, "sign", "ozet.xml", *arguments, password=None).exit_code == 0
    data = (folder / "x.p7s").read_bytes()
    check_p4(data, CONTENT, archives=1)
    assert run(pki, folder, "extend", "x.p7s", "--to", "A", "--in-place", "--content", "ozet.xml").exit_code == 0
    check_p4((folder / "x.p7s").read_bytes(), CONTENT, archives=2)
    assert passes(pki, (folder / "x.p7s").read_bytes(), CONTENT)


def test_step_by_step_and_second_signer_in_place(pki: Pki, folder: Path) -> None:
    sign = ["sign", "ozet.xml", "--pfx", "imzaci.pfx", "--profile", "BES", "--policy", "P4", "-o", "s.imz"]
    assert run(pki, folder, *sign).exit_code == 0
    os.chmod(folder / "s.imz", 0o640)
    assert run(pki, folder, "extend", "s.imz", "--in-place").exit_code == 0
    assert run(pki, folder, "sign", "s.imz", "--pfx", "ikinci.pfx", "--join", "--in-place").exit_code == 0
    check_p4((folder / "s.imz").read_bytes(), CONTENT, signers=2)
    assert (folder / "s.imz").stat().st_mode & 0o777 == 0o640
    arguments = ["--pfx", "ikinci.pfx", "--counter", "1", "-o", "c.imz"]
    assert run(pki, folder, "sign", "s.imz", *arguments).exit_code == 0
    assert passes(pki, (folder / "c.imz").read_bytes())
    assert {item.name for item in folder.iterdir() if item.name.startswith(".")} == set()


def test_a_revoked_certificate_is_the_answer_no(pki: Pki, folder: Path) -> None:
    result = run(pki, folder, "sign", "ozet.xml", "--pfx", "iptal.pfx")
    assert result.exit_code == 1
    assert result.stderr.startswith("eyhub: CERTIFICATE_REVOKED: ")
    assert result.stderr.count("\n") == 1
    assert not (folder / "ozet.xml.imz").exists()


def test_wrong_password_is_not_repeated(pki: Pki, folder: Path) -> None:
    result = run(pki, folder, "sign", "ozet.xml", "--pfx", "imzaci.pfx", password="yanlis-sir")
    assert isinstance(result.exception, HubError)
    assert "yanlis-sir" not in result.exception.message + result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ["sign", "ozet.xml"],
        ["sign", "ozet.xml", "--pfx", "imzaci.pfx", "--pkcs11", "imzaci.pfx"],
        ["sign", "ozet.xml", "--pfx", "imzaci.pfx", "--in-place"],
        ["sign", "ozet.xml", "--pfx", "imzaci.pfx", "--join"],
        ["sign", "ozet.xml", "--pfx", "imzaci.pfx", "--join", "--counter", "1", "-o", "x"],
        ["sign", "none.xml", "--pfx", "imzaci.pfx"],
        ["extend", "ozet.xml"],
        ["extend", "ozet.xml", "--in-place", "-o", "x"],
    ],
)
def test_misuse(pki: Pki, folder: Path, arguments: list[str]) -> None:
    assert run(pki, folder, *arguments).exit_code == 2
    assert (folder / "ozet.xml").read_bytes() == CONTENT


@pytest.mark.parametrize("policy", ["1.2.3", "1.2.3:md5:00", "1.2.3:sha256:zz", "x:sha256:" + "00" * 32, "P5"])
def test_policy_text(pki: Pki, folder: Path, policy: str) -> None:
    result = run(pki, folder, "sign", "ozet.xml", "--pfx", "imzaci.pfx", "--policy", policy)
    assert isinstance(result.exception, HubError)


def test_what_is_no_signature_stays_as_it_was(pki: Pki, folder: Path) -> None:
    result = run(pki, folder, "extend", "ozet.xml", "--in-place")
    assert isinstance(result.exception, HubError)
    assert (folder / "ozet.xml").read_bytes() == CONTENT


def test_a_file_without_an_end_is_not_signed(pki: Pki, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SIGNATURE_FILE", 1 << 20)
    result = run(pki, folder, "sign", "/dev/zero", "--pfx", "imzaci.pfx", "-o", "x.p7s")
    assert "larger than 1 MB" in result.output
    assert not (folder / "x.p7s").exists()


def test_write_whole_leaves_nothing_behind(folder: Path) -> None:
    (folder / "file").mkdir()
    with pytest.raises(click.FileError):
        signing_make.write_whole(folder / "file", b"x")
    with pytest.raises(click.FileError):
        signing_make.write_whole(folder / "none" / "file", b"x")
    assert not [item for item in folder.iterdir() if item.name.startswith(".")]
