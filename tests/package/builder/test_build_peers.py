"""What is built, beside what the official library wrote, and in the hands of .NET's own XML reader."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree

from hub.package.build.description import plain, prepare
from hub.package.build.encrypted import build_encrypted
from hub.package.build.steps import build
from hub.package.build.update import build_update
from hub.package.reader import read_package
from package.builder.making import PlainSigner, certificate, full, new_secrecy, write_files
from package.test_samples import SAMPLES

XSD = Path(__file__).parents[3] / "hub" / "xsd"
TCKN = "10000000146"
DIGEST = "DigestValue"
UPDATE = new_secrecy("YOK")

Rows = list[tuple[int, str, str, list[tuple[str, str]]]]


@pytest.fixture(scope="module")
def signer() -> PlainSigner:
    return PlainSigner()


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A folder with the official sample's files."""
    if not SAMPLES.is_dir():
        pytest.skip("the samples are not at hand (../shared is absent)")
    with zipfile.ZipFile(SAMPLES / "official-2.0.eyp") as archive:
        for name in archive.namelist():
            if name.split("/")[0] in ("UstYazi", "Ekler", "ImzasizEkler"):
                (tmp_path / Path(name).name).write_bytes(archive.read(name))
    return tmp_path


def rewritten(folder: Path, signer: PlainSigner) -> Path:
    """The official ``eyp``, described as it was read and built again."""
    with read_package(SAMPLES / "official-2.0.eyp") as package:
        ustveri, nihai = mended(plain(package.ustveri)), mended(plain(package.nihai_ustveri))
    for ek in ustveri["Ekler"]["Ek"]:
        if ek["Tur"] == "DED":
            ek["dosya"] = ek["DosyaAdi"]
    data = {
        "ustyazi": "ustyazi.pdf",
        "paraf": True,
        "Ustveri": ustveri,
        "NihaiUstveri": nihai,
        "olusturma": "2025-05-12T11:23:13.5551251Z",
    }
    return build(prepare(data, folder), folder / "a.eyp", signer=signer).file


def mended(value: Any) -> Any:
    """What the builder refuses to write and the sample has: identity numbers with wrong check digits, empty texts."""
    if isinstance(value, dict):
        return {key: TCKN if key == "TCKN" else mended(item) for key, item in value.items() if item != ""}
    return [mended(item) for item in value] if isinstance(value, list) else value


def rows(data: bytes) -> Rows:
    """Every element in order with depth, text and attributes, apart from prefixes and from what must differ."""
    found: Rows = []

    def walk(element: etree._Element, depth: int) -> None:
        name = etree.QName(element)
        text = (element.text or "").strip()
        if not (len(element) or text or element.attrib):
            return
        text = TCKN if name.localname == "TCKN" else re.sub(r"\.\d+(?=Z$)", "", text)
        # the references have no offset there; the builder writes Türkiye's
        text = re.sub(r"(?<=T00:00:00)\+0[23]:00$", "", text)
        if name.localname not in (DIGEST, "revision"):
            values = [(key, re.sub("[0-9a-f]{32}", "#", str(item))) for key, item in element.attrib.items()]
            values = [(key, "R#") if re.fullmatch("R[0-9a-f]{16}", item) else (key, item) for key, item in values]
            found.append((depth, str(element.tag), text, sorted(values)))
        for child in element:
            walk(child, depth + 1)

    walk(etree.fromstring(data), 0)
    return found


def parts(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as archive:
        return {re.sub("[0-9a-f]{32}|[0-9A-F-]{36}", "#", name): archive.read(name) for name in archive.namelist()}


def assert_same(ours: Path, theirs: Path) -> None:
    one, two = parts(ours), parts(theirs)
    assert set(one) == set(two)
    for name, data in two.items():
        if name.endswith((".rels", ".psmdcp")) or name == "[Content_Types].xml":
            assert sorted(rows(one[name])) == sorted(rows(data)), name  # their order is free
        elif name.endswith(".xml"):
            assert rows(one[name]) == rows(data), name
            assert one[name].startswith(b"\xef\xbb\xbf<?xml version=") is data.startswith(b"\xef\xbb\xbf<?xml version=")
        elif not name.endswith(".imz") and not name.startswith(("OrijinalPaket/", "SifreliIcerik/")):
            assert one[name] == data, name


def test_the_official_eyp_is_written_again(sample: Path, signer: PlainSigner) -> None:
    """Part by part: names, relationships, content types, core properties, order and namespaces of every element."""
    assert_same(rewritten(sample, signer), SAMPLES / "official-2.0.eyp")


def test_the_official_eypg_is_written_again(sample: Path, signer: PlainSigner) -> None:
    rewritten(sample, signer)
    with read_package(SAMPLES / "official-2.1.eypg") as package:
        data = {
            "paket": "eypg",
            "orijinal": "a.eyp",
            "kimlik": package.core.identifier if package.core else None,
            "olusturma": "2025-05-12T11:23:18Z",
            "GuncellemeBilgisi": mended(plain(package.guncelleme_bilgisi))["Guncellemeler"],
        }
    assert_same(build_update(data, sample, sample / "a.eypg", signer=signer).file, SAMPLES / "official-2.1.eypg")


def test_the_official_eyps_is_written_again(sample: Path, signer: PlainSigner) -> None:
    """But for what the sample lacks (created) and what is no identifier (an empty Id)."""
    encrypt(rewritten(sample, signer), sample)
    one, two = parts(sample / "a.eyps"), parts(SAMPLES / "official-2.0.eyps")
    assert set(one) == set(two)
    for name in ("NihaiOzet/NihaiOzet.xml", "BelgeHedef/BelgeHedef.xml"):
        assert rows(one[name]) == rows(two[name])
    note = "SifreliIcerikBilgisi/SifreliIcerikBilgisi.xml"
    (first, *_), (theirs, *_) = rows(one[note]), rows(two[note])
    assert first[3] == [item for item in theirs[3] if item != ("Id", "")]
    assert rows(one[note])[1:] == rows(two[note])[1:]
    for name in ("[Content_Types].xml", "_rels/.rels"):
        assert len({re.sub("[0-9A-F-]{36}", "#", str(sorted(rows(item[name])))) for item in (one, two)}) == 1


def encrypt(inner: Path, folder: Path) -> Path:
    key = rsa.generate_private_key(65537, 2048)
    made = certificate(key, key_encipherment=True).public_bytes(serialization.Encoding.PEM)
    (folder / "kurum.pem").write_bytes(made)
    data = {
        "paket": "eyps",
        "icerik": inner.name,
        "alicilar": [{"muhatap": "24301050", "sertifika": "kurum.pem"}],
        "olusturma": "2026-03-02T09:30:00+03:00",
    }
    build_encrypted(data, folder, inner.with_suffix(".eyps"))
    return inner.with_suffix(".eyps")


@pytest.mark.part("mono")
@pytest.mark.parametrize("generation", [1, 2])
def test_xml_serializer_reads_every_part(generation: int, tmp_path: Path, signer: PlainSigner) -> None:
    """.NET reads parts with XmlSerializer: what is out of order or in another namespace gets lost."""
    write_files(tmp_path)
    versions = ["1.3"] if generation == 1 else ["2.0"]
    files = []
    for version in versions:
        data = full(version) | ({"paraf": True} if generation == 2 else {})
        files.append(build(prepare(data, tmp_path), tmp_path / "a.eyp", signer=signer).file)
        files.append(encrypt(files[0], tmp_path))
    if generation == 2:
        update = {"paket": "eypg", "orijinal": "a.eyp", "GuncellemeBilgisi": [UPDATE]}
        files.append(build_update(update, tmp_path, tmp_path / "a.eypg", signer=signer).file)
    wanted = []
    for file in files:
        with zipfile.ZipFile(file) as archive:
            for name in archive.namelist():
                if name.endswith(".xml") and not name.startswith("["):
                    wanted.append(Path(archive.extract(name, tmp_path / file.suffix)))
    schemas = [shutil.copy(file, tmp_path) for file in (XSD / f"eyp{generation}").glob("*.xsd")]
    done = subprocess.run(["xsd", *schemas, "/classes"], cwd=tmp_path, capture_output=True, text=True, check=True)
    (classes,) = tmp_path.glob("*.cs")
    program = Path(__file__).with_name("serializer.cs")
    subprocess.run(["mcs", "-out:x.exe", classes, program], cwd=tmp_path, capture_output=True, check=True)
    names = "".join(f"{file}\n" for file in wanted)
    done = subprocess.run(["mono", "x.exe"], cwd=tmp_path, input=names, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [f"{file}\tok" for file in wanted]
    assert len(wanted) == (8 if generation == 1 else 10)
