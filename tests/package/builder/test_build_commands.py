"""The commands, as the documentation shows them, and the registry behind them."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from parts import softhsm
from parts.registry import set_contacts, set_kep
from pki.server import Pki

from hub.cli import main
from hub.package.build.description import prepare
from hub.package.build.encrypted import build_encrypted
from hub.package.build.from_registry import RegistryDirectory
from hub.package.build.problems import DescriptionError
from hub.package.build.steps import Step, build
from hub.package.catalogue import Layer
from hub.package.judge import Options, judge
from hub.registry.rows import certificate as certificate_row
from hub.signing import keys
from hub.store import schema
from hub.store.database import Database
from hub.turkish import fold
from package.builder.making import BELGE_ID, PDF, PlainSigner, certificate, full, last_step, minimal

DOC = Path(__file__).parents[3] / "docs" / "package-build.md"
LAYERS = (Layer.CONTAINER, Layer.OPC, Layer.XML, Layer.RULES, Layer.DIGESTS)


class Done(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


def eyhub(folder: Path, *arguments: str, **environ: str) -> Done:
    """Run the command as its entry point does, in this process."""
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(folder),
        mock.patch.dict(os.environ, environ),
        mock.patch.object(sys, "argv", ["eyhub", *arguments]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
    return Done(code, out.getvalue(), err.getvalue())


def rules(file: Path) -> set[str]:
    report = judge(file, options=Options(mode="build", layers=LAYERS))
    return {finding.rule for finding in report.findings if not finding.schema_fault}


def examples() -> dict[str, str]:
    pattern = r"<!-- example: (\S+) -->\n```(?:toml)?\n(.*?)```"
    return dict(re.findall(pattern, DOC.read_text("utf-8"), re.DOTALL))


def test_the_example_of_the_documentation(folder: Path, signer: PlainSigner) -> None:
    found = examples()
    assert set(found) == {"belge.toml", "commands", "sifreli.toml", "guncelleme.toml"}
    for name in ("gündem.pdf", "tutanak.docx"):
        (folder / name).write_bytes(PDF)
    for name, text in found.items():
        (folder / name).write_text(text, "utf-8")
    text = found["belge.toml"].replace("[NihaiUstveri]", "[NihaiUstveri]\nTarih = 2026-03-02T10:00:00+03:00")
    (folder / "belge.toml").write_text(text, "utf-8")  # the test's signature has no timestamp
    for line in found["commands"].splitlines():
        if made := re.fullmatch(r"  \((?:sign|seal) (\S+): (\S+)\)", line):
            signature = signer.sign(Step.IMZA, (folder / made[1]).read_bytes())
            assert signature is not None
            (folder / made[2]).write_bytes(signature)
        else:
            done = eyhub(folder, *line.split()[1:])
            assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert rules(folder / "belge.eyp") <= {"EYP2-K66"}, "the example's file is not named by its BelgeId"
    key = rsa.generate_private_key(65537, 2048)
    (folder / "kurum.cer").write_bytes(certificate(key, key_encipherment=True).public_bytes(serialization.Encoding.DER))
    for name, out in (("sifreli.toml", "belge.eyps"), ("guncelleme.toml", "belge.eypg")):
        done = eyhub(folder, "package", "build", name, "--out", out)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert rules(folder / "belge.eyps") == set()
    assert {"EYP-MUHUR-ONE"} <= rules(folder / "belge.eypg"), "it waits for its seal"


def test_every_code_is_documented() -> None:
    sources = (Path(prepare.__code__.co_filename).parent).glob("*.py")
    codes = {code for source in sources for code in re.findall(r'"(BUILD_[A-Z]+)"', source.read_text("utf-8"))}
    documented = set(re.findall(r"`(BUILD_[A-Z]+)`", DOC.read_text("utf-8")))
    assert codes - {"BUILD_FAILED", "BUILD_DESCRIPTION"} == documented


def test_mistakes_are_listed_and_nothing_is_written(folder: Path) -> None:
    data = full()
    data["Ustveri"]["Dil"] = "TR"
    data["Ustveri"]["Konuu"] = "x"
    (folder / "a.json").write_text(json.dumps(data), "utf-8")
    done = eyhub(folder, "package", "build", "a.json", "--out", "a.eyp")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "2 hata" in done.stderr
    assert "Ustveri.Dil: BUILD_VALUE" in done.stdout
    assert "[EYP-USTVERI-DIL]" in done.stdout
    rows = eyhub(folder, "package", "build", "a.json", "--out", "a.eyp", "--json").stdout.splitlines()
    assert {json.loads(row)["code"] for row in rows} == {"BUILD_VALUE", "BUILD_UNKNOWN"}
    assert not (folder / "a.eyp").exists()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("yok.toml", "--out", "a.eyp"), "does not exist"),
        (("a.json", "--out", "nowhere/a.eyp"), "not a folder"),
        (("a.json", "--out", "here.eyp"), "--force"),
        (("a.json", "--out", "a.eyp", "--until", "muhur"), "BUILD_STEP"),
        (("a.json", "--out", "a.eyp", "--signature", "imza"), "STEP=FILE"),
        (("a.json", "--out", "a.eyp", "--signature", "imza=yok.imz"), "yok.imz"),
        (("a.json", "--out", "a.eyp", "--resume", "here.eyp"), "ZIP"),
        (("bad.toml", "--out", "a.eyp"), "BUILD_FAILED"),
    ],
)
def test_misuse_is_one_line(arguments: tuple[str, ...], word: str, folder: Path) -> None:
    (folder / "a.json").write_text(json.dumps(minimal()), "utf-8")
    (folder / "bad.toml").write_text("a = = 1\n\n")
    (folder / "here.eyp").write_bytes(b"not a package")
    done = eyhub(folder, "package", "build", *arguments)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert word in done.stderr
    assert not (folder / "a.eyp").exists()
    assert (folder / "here.eyp").read_bytes() == b"not a package"


def test_sign_add_refuses_what_does_not_fit(folder: Path, signer: PlainSigner) -> None:
    build(prepare(minimal(), folder), folder / "a.eyp")
    before = (folder / "a.eyp").read_bytes()
    wrong = signer.sign(Step.IMZA, b"something else")
    assert wrong is not None
    (folder / "w.imz").write_bytes(wrong)
    for extra in ((), ("--step", "imza"), ("--step", "muhur")):
        done = eyhub(folder, "package", "sign-add", "a.eyp", "--signature", "w.imz", *extra)
        assert done.returncode == 2
        assert "BUILD_" in done.stderr
    assert (folder / "a.eyp").read_bytes() == before


def test_copy_command(folder: Path, signer: PlainSigner) -> None:
    build(prepare(full(), folder), folder / "a.eyp", signer=signer)
    done = eyhub(folder, "package", "copy", "a.eyp", "--receiver", "24301050", "--out", "b.eyp")
    assert done.returncode == 0
    assert "/Ekler/gizli.bin" in done.stdout
    with zipfile.ZipFile(folder / "b.eyp") as archive:
        assert "Ekler/gizli.bin" not in archive.namelist()


def test_built_and_signed_in_one_command(folder: Path, pki: Pki) -> None:
    data = minimal()
    del data["NihaiUstveri"]["Tarih"]
    (folder / "a.json").write_text(json.dumps(data), "utf-8")
    for label in ("imzaci", "muhur"):
        (folder / f"{label}.pfx").write_bytes(pki.pfx(label))
    done = eyhub(
        folder, "package", "build", "a.json", "--out", f"{BELGE_ID}.eyp", "--json", "--allow-private",
        "--imza-pfx", "imzaci.pfx", "--muhur-pfx", "muhur.pfx", "--tsa", pki.tsa_url(),
        HUB_PFX_PASSWORD="parola", HUB_SEAL_PASSWORD="parola",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {"file": f"{BELGE_ID}.eyp", "done": "muhur", "waiting": None, "notes": []}
    assert rules(folder / f"{BELGE_ID}.eyp") == set()


@pytest.mark.part("softhsm")
def test_built_and_signed_with_a_token(folder: Path, pki: Pki) -> None:
    """Signer's and seal's keys in one token: it is opened for each step, as one that is open refuses a second login."""
    data = full() | {"paraf": True}
    del data["NihaiUstveri"]["Tarih"]
    (folder / "a.json").write_text(json.dumps(data), "utf-8")
    labels = ("imzaci", "muhur")
    made = {label: (pki.key(label), x509.load_der_x509_certificate(pki.asn1_cert(label).dump())) for label in labels}
    environment = softhsm.token(folder, "KURUM", "4711", made) | {"HUB_TOKEN_PIN": "4711", "HUB_SEAL_PIN": "4711"}
    (folder / "issuers").mkdir()
    for number, der in enumerate(keys.load_pfx(pki.pfx("imzaci"), "parola").chain):
        (folder / "issuers" / f"{number}.cer").write_bytes(der)
    command = [sys.executable, "-m", "hub.cli", "package", "build", "a.json", "--out", f"{BELGE_ID}.eyp"]
    command += ["--pkcs11", str(softhsm.module()), "--imza-token", "KURUM:imzaci", "--paraf-token", "KURUM:imzaci"]
    command += ["--muhur-token", "KURUM:muhur", "--tsa", pki.tsa_url(), "--allow-private", "--certificates", "issuers"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert rules(folder / f"{BELGE_ID}.eyp") == set()
    assert last_step(folder / f"{BELGE_ID}.eyp") is Step.MUHUR


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--imza-token", "KART"), "--pkcs11"),
        (("--pkcs11", "a.json"), "--imza-token"),
        (("--pkcs11", "a.json", "--muhur-token", "KART", "--muhur-pfx", "a.json"), "--muhur-pfx"),
    ],
)
def test_token_options_that_do_not_go_together(options: tuple[str, ...], word: str, folder: Path) -> None:
    (folder / "a.json").write_text(json.dumps(full()), "utf-8")
    done = eyhub(folder, "package", "build", "a.json", "--out", "a.eyp", *options, HUB_SEAL_PASSWORD="x")
    assert done.returncode == 2
    assert word in done.stderr
    assert not (folder / "a.eyp").exists()


# The registry --------------------------------------------------------------------------------------------------------

START = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def registry(database: Database) -> Database:
    """An institution with a unit, contact data, KEP addresses, a certificate, a file plan code and a service."""

    def unit(number: int, name: str, parent: int, level: int) -> dict[str, object]:
        return {
            "detsis_no": number, "name": name, "folded_name": fold(name), "parent_no": parent, "main_no": 24301050,
            "level": level, "type1_id": 1, "type2_id": 1, "place_id": 6, "external": True, "valid_from": START,
        }  # fmt: skip

    key = rsa.generate_private_key(65537, 2048)
    made = certificate(key, key_encipherment=True)
    with database.write(actor="test", origin="test") as change:
        change.open_many(
            schema.Unit, [unit(24301050, "ÖRNEK BAKANLIĞI", 0, 0), unit(24301051, "BİLGİ DAİRESİ", 24301050, 1)]
        )
        set_contacts(change, 24301050, [(1, "www.ornek.gov.tr", None), (4, "03120000000", None)])
        set_contacts(change, 24301051, [(4, "03121111111", None)])
        set_kep(change, 24301050, "ornek@hs01.kep.tr")
        set_kep(change, 24301051, "eski@hs01.kep.tr", active=False)
        der = made.public_bytes(serialization.Encoding.DER)
        change.put_many(schema.Certificate, [certificate_row(detsis_no=24301050, der=der, uploaded_at=change.at)])
        change.open(
            schema.Service, {"detsis_no": 24301050, "service_id": "123456", "name": "Örnek Hizmet"}, valid_from=START
        )
    return database


def asked() -> dict[str, object]:
    data = minimal()
    del data["olusturma"]
    data["kayittan"] = True
    data["Ustveri"]["DagitimListesi"][0]["KurumKurulus"] = {"birim": "24301051"}
    data["Ustveri"]["Olusturan"] = {"KurumKurulus": {"KKK": "24301050"}}
    data["Ustveri"]["HeyskListesi"] = [{"Kod": 123456}]
    return data


def test_registry_gives_names_contacts_and_codes(registry: Database, folder: Path) -> None:
    about = prepare(asked(), folder, directory=RegistryDirectory(registry))
    kurum = about.ustveri.find("{*}DagitimListesi/{*}Dagitim/{*}KurumKurulus")
    assert kurum is not None
    texts = {str(e.tag).rpartition("}")[2]: e.text for e in kurum.iter() if not len(e)}
    assert texts == {
        "KKK": "24301050", "Adi": "ÖRNEK BAKANLIĞI", "Telefon": "03121111111", "KepAdresi": "ornek@hs01.kep.tr",
        "WebAdresi": "www.ornek.gov.tr", "BirimKKK": "24301051",
    }  # fmt: skip
    assert about.creator == "ÖRNEK BAKANLIĞI/24301050"
    assert about.ustveri.findtext("{*}HeyskListesi/{*}Heysk/{*}Ad") == "Örnek Hizmet"


def test_registry_refuses_what_it_does_not_have(registry: Database, folder: Path) -> None:
    data = asked()
    ustveri = data["Ustveri"]
    assert isinstance(ustveri, dict)
    ustveri["DagitimListesi"][0]["KurumKurulus"] = {"KKK": "24301051"}
    ustveri["Olusturan"] = {"KurumKurulus": {"birim": "99999999"}}
    ustveri["HeyskListesi"] = [{"Kod": 7}]
    ustveri["SdpBilgisi"] = {"AnaSdp": {"Kod": "010.06"}}
    with pytest.raises(DescriptionError) as caught:
        prepare(data, folder, directory=RegistryDirectory(registry))
    assert {(p.code, p.path) for p in caught.value.problems} == {
        ("BUILD_REGISTRY", "Ustveri.DagitimListesi[1].KurumKurulus.KKK"),
        ("BUILD_REGISTRY", "Ustveri.Olusturan.KurumKurulus.birim"),
        ("BUILD_REGISTRY", "Ustveri.HeyskListesi[1].Kod"),
        ("BUILD_REGISTRY", "Ustveri.SdpBilgisi.AnaSdp.Kod"),
    }


def test_encrypted_to_the_certificate_of_the_registry(registry: Database, folder: Path, signer: PlainSigner) -> None:
    build(prepare(full(), folder), folder / "a.eyp", signer=signer)
    data = {"paket": "eyps", "icerik": "a.eyp", "kayittan": True, "alicilar": [{"muhatap": "24301050"}]}
    build_encrypted(data, folder, folder / "a.eyps", directory=RegistryDirectory(registry))
    assert rules(folder / "a.eyps") == set()
    wanted = {"KKK": "24301051"}
    changed = full()
    changed["Ustveri"]["DagitimListesi"][0]["KurumKurulus"] = wanted
    build(prepare(changed, folder), folder / "b.eyp", signer=signer)
    data = {"paket": "eyps", "icerik": "b.eyp", "kayittan": True, "alicilar": [{"muhatap": "24301051"}]}
    with pytest.raises(DescriptionError, match="BUILD_REGISTRY"):
        build_encrypted(data, folder, folder / "b.eyps", directory=RegistryDirectory(registry))
