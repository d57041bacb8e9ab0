"""What is built passes the hub's own rules in build mode: every kind, every generation, with real signatures too."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from lxml import etree
from pki.server import Pki

from hub.package.build.copies import copy_for
from hub.package.build.description import prepare
from hub.package.build.encrypted import build_encrypted
from hub.package.build.problems import DescriptionError, RecipientError, StepError
from hub.package.build.signature import newest_timestamp
from hub.package.build.signers import ProfileSigner
from hub.package.build.steps import Step, add_signature, build
from hub.package.build.update import build_update
from hub.package.catalogue import Layer
from hub.package.judge import Options, judge
from hub.package.keys import load_pfx
from hub.package.parts import Kind
from hub.package.reader import read_package
from hub.package.rules.base import Outcome
from hub.package.values import as_datetime
from hub.signing import keys, make
from package.builder.making import BELGE_ID, PlainSigner, certificate, full, last_step, minimal, new_secrecy

LAYERS = (Layer.CONTAINER, Layer.OPC, Layer.XML, Layer.RULES, Layer.DIGESTS)


def findings(file: Path, **options: Any) -> list[str]:
    """Everything that build mode finds wrong, apart from faults of the published schemas."""
    report = judge(file, options=Options(mode="build", layers=LAYERS, **options))
    assert all(
        layer.outcome is Outcome.PASSED for layer in report.layers if layer.layer in LAYERS and layer.why is None
    ), [str(f) for f in report.findings]
    return [f"{f.rule} {f.part} {f.found}" for f in report.findings if not f.schema_fault]


@pytest.fixture(params=["2.0", "2.0 paraf", "1.3"])
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def built(version: str, folder: Path, signer: Any, name: str = f"{BELGE_ID}.eyp") -> Path:
    data = full(version[:3]) | ({"paraf": True} if "paraf" in version else {})
    return build(prepare(data, folder), folder / name, signer=signer).file


def test_eyp(version: str, folder: Path, signer: PlainSigner) -> None:
    assert findings(built(version, folder, signer)) == []


def test_copy_for_a_receiver(folder: Path, signer: PlainSigner) -> None:
    (folder / "copies").mkdir()
    copy = folder / "copies" / f"{BELGE_ID}.eyp"
    copy_for(built("2.0", folder, signer), "24301050", copy)
    assert {f.split()[0] for f in findings(copy, receiver="24301050")} <= {"EYP2-K23-WITHHELD"}


# Encrypted -----------------------------------------------------------------------------------------------------------


def write_key(folder: Path, name: str, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, **usage: bool) -> None:
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / f"{name}.key").write_bytes(key.private_bytes(*form))
    made = certificate(key, **usage)
    (folder / f"{name}.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / f"{name}.cer").write_bytes(made.public_bytes(serialization.Encoding.DER))
    locked = serialization.BestAvailableEncryption(b"parola")
    (folder / f"{name}.pfx").write_bytes(pkcs12.serialize_key_and_certificates(b"x", key, made, None, locked))


@pytest.fixture
def recipients(folder: Path) -> list[dict[str, str]]:
    write_key(folder, "kurum", rsa.generate_private_key(65537, 2048), key_encipherment=True)
    write_key(folder, "sirket", ec.generate_private_key(ec.SECP384R1()), key_agreement=True)
    return [
        {"muhatap": "24301050", "sertifika": "kurum.pem"},
        {"muhatap": "0123456789012345", "sertifika": "sirket.cer"},
    ]


def hidden_part(file: Path) -> bytes:
    with zipfile.ZipFile(file) as archive:
        (name,) = [n for n in archive.namelist() if n.startswith("SifreliIcerik/")]
        assert name == name.upper().replace("SIFRELIICERIK", "SifreliIcerik").replace(".EYP", ".eyp")
        return archive.read(name)


@pytest.mark.part("openssl")
def test_eyps(version: str, folder: Path, signer: PlainSigner, recipients: list[dict[str, str]]) -> None:
    inner = built(version, folder, signer)
    out = folder / "a.eyps"
    data = {"paket": "eyps", "surum": version[:3], "icerik": inner.name, "alicilar": recipients}
    assert build_encrypted(data, folder, out) == ()
    (folder / "content.der").write_bytes(hidden_part(out))
    for name in ("kurum", "sirket"):
        command = ["openssl", "cms", "-decrypt", "-inform", "DER", "-in", "content.der", "-binary"]
        command += ["-inkey", f"{name}.key", "-recip", f"{name}.pem"]
        done = subprocess.run(command, cwd=folder, capture_output=True, check=True)
        assert done.stdout == inner.read_bytes()
        assert findings(out, keys=(load_pfx(folder / f"{name}.pfx", "parola"),)) == []
    with zipfile.ZipFile(inner) as before, zipfile.ZipFile(out) as after:
        digest = "PaketOzeti/PaketOzeti.xml" if version == "1.3" else "NihaiOzet/NihaiOzet.xml"
        assert before.read(digest) == after.read(digest)
        hedef = etree.fromstring(after.read("BelgeHedef/BelgeHedef.xml"))
        if version == "1.3":
            assert after.read("BelgeHedef/BelgeHedef.xml") == before.read("BelgeHedef/BelgeHedef.xml")
        else:
            assert [e.text for e in hedef.iter("{*}KKK", "{*}Id")] == ["24301050", "0123456789012345"]
    with read_package(out) as package:
        assert package.kind is Kind.EYPS
        assert package.core is not None
        assert package.core.subject is None
        assert package.core.identifier != BELGE_ID


def test_two_encryptions_share_no_key(folder: Path, signer: PlainSigner, recipients: list[dict[str, str]]) -> None:
    data = {"paket": "eyps", "icerik": built("2.0", folder, signer).name, "alicilar": recipients}
    build_encrypted(data, folder, folder / "a.eyps")
    build_encrypted(data, folder, folder / "b.eyps")
    assert hidden_part(folder / "a.eyps")[-64:] != hidden_part(folder / "b.eyps")[-64:]


def test_eyps_mistakes(folder: Path, signer: PlainSigner, recipients: list[dict[str, str]]) -> None:
    inner = built("2.0", folder, signer).name
    out = folder / "a.eyps"
    (folder / "no.pem").write_bytes(b"no certificate")
    bad = [{"muhatap": "11111111", "sertifika": "no.pem"}, {"muhatap": "24301050"}, {"sertifikaa": "x"}]
    with pytest.raises(DescriptionError) as caught:
        build_encrypted({"paket": "eyps", "icerik": inner, "alicilar": bad, "kimlik": "x"}, folder, out)
    assert [(p.code, p.path) for p in caught.value.problems] == [
        ("BUILD_VALUE", "kimlik"),
        ("BUILD_REFERENCE", "alicilar[1].muhatap"),
        ("BUILD_FILE", "alicilar[1].sertifika"),
        ("BUILD_MISSING", "alicilar[2].sertifika"),
        ("BUILD_UNKNOWN", "alicilar[3].sertifikaa"),
        ("BUILD_REFERENCE", "alicilar[3].muhatap"),
        ("BUILD_MISSING", "alicilar[3].sertifika"),
    ]
    write_key(folder, "imza", rsa.generate_private_key(65537, 2048), digital_signature=True)
    wrong = [{"muhatap": "24301050", "sertifika": "imza.pem"}]
    with pytest.raises(RecipientError, match="keyEncipherment"):
        build_encrypted({"paket": "eyps", "icerik": inner, "alicilar": wrong}, folder, out)
    half = build(prepare(full(), folder), folder / "half.eyp", until=Step.PAKET_OZETI).file.name
    with pytest.raises(StepError, match="imzacades"):
        build_encrypted({"paket": "eyps", "icerik": half, "alicilar": recipients}, folder, out)
    assert not out.exists()
    assert sorted(p.name for p in folder.glob(".*")) == []


# Updates -------------------------------------------------------------------------------------------------------------


def update(original: str, code: str = "YOK") -> dict[str, Any]:
    return {
        "paket": "eypg",
        "olusturma": "2026-03-05T00:00:00+03:00",
        "orijinal": original,
        "GuncellemeBilgisi": [new_secrecy(code)],
    }


def test_eypg_and_an_update_of_it(folder: Path, signer: PlainSigner) -> None:
    original = built("2.0 paraf", folder, signer)
    first = build_update(update(original.name), folder, folder / "a.eypg", signer=signer)
    assert (first.done, first.waiting, first.notes) == (Step.MUHUR, None, ())
    assert findings(first.file) == []
    again = build_update(update("a.eypg"), folder, folder / "b.eypg", signer=signer)
    assert "yürürlüktekiyle aynı" in "".join(again.notes)
    assert {f.split()[0] for f in findings(again.file)} <= {"EYP-EYPG-KOD-CHANGE"}
    with zipfile.ZipFile(again.file) as outer:
        assert outer.read("OrijinalPaket/OrijinalPaket.eypg") == first.file.read_bytes()
    with zipfile.ZipFile(first.file) as outer:
        assert outer.read("OrijinalPaket/OrijinalPaket.eyp") == original.read_bytes()
        assert b"85E65A34-F460-4590-8BFA-A2DDB07E1B1D" in outer.read("GuncellemeBilgisi/GuncellemeBilgisi.xml")


def test_eypg_is_sealed_later(folder: Path, signer: PlainSigner) -> None:
    built("2.0", folder, signer, "o.eyp")
    state = build_update(update("o.eyp"), folder, folder / "a.eypg")
    assert state.waiting is Step.MUHUR
    seal = signer.sign(Step.MUHUR, state.to_sign)
    assert seal is not None
    add_signature(state.file, state.file, Step.MUHUR, seal)
    assert last_step(state.file) is Step.MUHUR
    assert findings(state.file) == []


def test_eypg_mistakes(folder: Path, signer: PlainSigner, recipients: list[dict[str, str]]) -> None:
    built("2.0", folder, signer, "o.eyp")
    built("1.3", folder, signer, "bir.eyp")
    build_encrypted({"paket": "eyps", "icerik": "o.eyp", "alicilar": recipients}, folder, folder / "s.eyps")
    out = folder / "a.eypg"
    with pytest.raises(StepError, match="eyps"):
        build_update(update("s.eyps"), folder, out)
    with pytest.raises(StepError, match=r"2\.x"):
        build_update(update("bir.eyp"), folder, out)
    bad = update("yok.eyp", "OZL")
    del bad["GuncellemeBilgisi"][0]["GuvenlikKoduDegisiklikBilgisi"]["Aciklama"]
    with pytest.raises(DescriptionError) as caught:
        build_update(bad, folder, out)
    assert {(p.code, p.path.rpartition(".")[2]) for p in caught.value.problems} == {
        ("BUILD_RULE", "YeniGizlilikDerecesi"),
        ("BUILD_MISSING", "Aciklama"),
        ("BUILD_FILE", "orijinal"),
    }
    with pytest.raises(DescriptionError):
        build_update({"paket": "eypg", "orijinal": "o.eyp"}, folder, out)
    assert not out.exists()


# With the hub's own signatures ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def profile(pki: Pki) -> ProfileSigner:
    """Two people and an institution's seal from the test PKI, with timestamps."""
    services = make.Services(make.Tsa(pki.tsa_url()), make.HttpTransport(allow_private=True))

    def key(label: str) -> keys.SoftwareKey:
        return keys.load_pfx(pki.pfx(label), "parola")

    return ProfileSigner((key("imzaci"), key("ikinci")), key("ikinci"), key("muhur"), services)


def test_dated_by_the_newest_timestamp(folder: Path, profile: ProfileSigner) -> None:
    data = minimal()
    del data["NihaiUstveri"]["Tarih"]
    data["paraf"] = True
    out = build(prepare(data, folder), folder / f"{BELGE_ID}.eyp", signer=profile)
    assert out.done is Step.MUHUR
    assert findings(out.file) == []
    with read_package(out.file) as package:
        stamp = newest_timestamp(package.small["/Imzalar/ImzaCades.imz"])
        assert stamp is not None
        assert package.nihai_ustveri is not None
        assert package.nihai_ustveri.tarih is not None
        assert package.nihai_ustveri.tarih.endswith("+03:00")
        assert as_datetime(package.nihai_ustveri.tarih) == stamp
        assert package.small["/Imzalar/ImzaCades.imz"] != package.small["/Paraflar/ParafImzaCades.imz"]


def test_without_timestamp_the_date_must_be_given(folder: Path, signer: PlainSigner) -> None:
    data = minimal()
    del data["NihaiUstveri"]["Tarih"]
    with pytest.raises(DescriptionError, match="BUILD_TIMESTAMP"):
        build(prepare(data, folder), folder / "a.eyp", signer=signer)
    del data["NihaiUstveri"]
    with pytest.raises(DescriptionError, match="NihaiUstveri"):
        build(prepare(data, folder), folder / "a.eyp", signer=signer)
    assert not (folder / "a.eyp").exists()
