"""The archive that is built: other readers open it, its size and memory, the copy for one receiver."""

from __future__ import annotations

import hashlib
import html
import string
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from hub.package.build import zipwriter
from hub.package.build.copies import copy_for
from hub.package.build.description import prepare
from hub.package.build.problems import BuildError, StepError
from hub.package.build.steps import Step, build
from hub.package.build.zipwriter import ZipWriter
from hub.package.container import Container
from hub.package.reader import read_package
from package.builder.making import BELGE_ID, VERSIONS, PlainSigner, described, minimal


def contents(file: Path) -> dict[str, str]:
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        return {name: hashlib.sha256(archive.read(name)).hexdigest().upper() for name in archive.namelist()}


@pytest.mark.part("unzip")
def test_unzip_agrees(folder: Path, signer: PlainSigner) -> None:
    out = build(described("2.0", folder), folder / "a.eyp", signer=signer).file
    done = subprocess.run(["unzip", "-tqq", str(out)], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    subprocess.run(["unzip", "-qq", str(out), "-d", str(folder / "x")], check=True)
    for name, digest in contents(out).items():
        assert hashlib.sha256((folder / "x" / name).read_bytes()).hexdigest().upper() == digest


def packaging(out: Path) -> list[list[str]]:
    """What System.IO.Packaging finds in a package: rows of core, parts and relationships."""
    program, folder = Path(__file__).with_name("opc.cs"), out.parent
    subprocess.run(["mcs", "-r:WindowsBase", "-out:opc.exe", program], cwd=folder, check=True, capture_output=True)
    done = subprocess.run(["mono", "opc.exe", str(out)], cwd=folder, check=True, capture_output=True, text=True)
    return [line.split("\t") for line in done.stdout.splitlines()]


@pytest.mark.part("mono")
def test_system_io_packaging_finds_every_name(folder: Path, signer: PlainSigner) -> None:
    data = minimal()
    given = [
        "Bakanlık'ın yazısı.pdf",
        *(f"a{sign}b.pdf" for sign in string.punctuation),
        "~$x.docx",
        "a&amp;b.pdf",
        "b",
    ]
    data["Ustveri"]["Ekler"] = [{"Tur": "DED", "dosya": "ek bir.pdf", "DosyaAdi": name} for name in given]
    about = prepare(data, folder)
    rows = packaging(build(about, folder / "a.eyp", signer=signer).file)
    names = {f"/Ekler/{item.name}" for item in about.attachments}
    assert "/Ekler/Bakanlik_inyazisi.pdf" in names
    assert names == {row[1] for row in rows if row[0] == "part" and row[1].startswith("/Ekler/")}
    assert names == {row[4] for row in rows if row[0] == "rel" and row[2].startswith("IdEk_") and row[5] == "True"}


@pytest.mark.part("mono")
@pytest.mark.parametrize("version", VERSIONS)
def test_system_io_packaging_opens_it(version: str, folder: Path, signer: PlainSigner) -> None:
    """The OPC library of .NET, on which the official package library stands."""
    out = build(described(version, folder), folder / "a.eyp", signer=signer).file
    rows = packaging(out)
    ((_, identifier, creator, category, content_type, number, _, subject, created),) = (
        row for row in rows if row[0] == "core"
    )
    assert (identifier, creator, category) == (BELGE_ID, "Deneme Kurumu/82223362", "RESMIYAZISMA")
    assert (content_type, number) == ("application/eyazisma", version[:3])
    # Mono, unlike .NET, hands the text out with its escapes
    assert (html.unescape(subject), created) == ("Şifre & <deneme> konusu", "2026-03-02T06:30:00")
    ours = contents(out)
    for _, uri, type_, digest in (row for row in rows if row[0] == "part"):
        assert ours[uri.lstrip("/")] == digest
        assert type_
    with read_package(out) as package:
        found = {(row[1], row[2], row[3], row[4]) for row in rows if row[0] == "rel"}
        assert found == {(r.source, r.id, r.type, r.resolved) for r in package.opc.relationships}
    assert all(row[5] == "True" for row in rows if row[0] == "rel")


@pytest.mark.parametrize("size", [110_000, 3 << 20])
def test_what_shrinks_like_a_bomb_is_stored(size: int, folder: Path, signer: PlainSigner) -> None:
    """Apache POI refuses more than a hundredfold from 100 kB on."""
    (folder / "boş sayfalar.txt").write_bytes(b"\0" * size)
    data = minimal()
    data["Ustveri"]["Ekler"] = [{"Tur": "DED", "dosya": "boş sayfalar.txt"}]
    out = build(prepare(data, folder), folder / "a.eyp", signer=signer).file
    with zipfile.ZipFile(out) as archive:
        assert archive.getinfo("Ekler/bossayfalar.txt").compress_type == zipfile.ZIP_STORED
    with read_package(out) as package:
        assert package.facts["/Ekler/bossayfalar.txt"].size == size


def test_created_has_whole_seconds(folder: Path, signer: PlainSigner) -> None:
    """Apache POI takes a fraction of six digits for milliseconds: minutes later than said."""
    about = described("2.0", folder, olusturma="2026-03-02T09:30:00.555125+03:00")
    with read_package(build(about, folder / "a.eyp", signer=signer).file) as package:
        assert package.core is not None
        assert package.core.created == "2026-03-02T06:30:00Z"


def test_odd_extension_gets_an_override(folder: Path, signer: PlainSigner) -> None:
    data = minimal()
    data["Ustveri"]["Ekler"] = [{"Tur": "DED", "dosya": "ek bir.pdf", "DosyaAdi": "a.p$df", "MimeTuru": "x/y"}]
    out = build(prepare(data, folder), folder / "a.eyp", signer=signer).file
    with zipfile.ZipFile(out) as archive:
        assert b'<Override PartName="/Ekler/a.p$df" ContentType="x/y" />' in archive.read("[Content_Types].xml")


def test_failing_write_leaves_the_old_file(folder: Path, signer: PlainSigner) -> None:
    out = folder / "a.eyp"
    out.write_bytes(b"old")

    class Failing:
        def sign(self, step: Step, content: bytes) -> bytes | None:
            raise BuildError("kart çekildi")

    with pytest.raises(BuildError, match="kart"):
        build(described("2.0", folder), out, signer=Failing())
    assert out.read_bytes() == b"old"
    assert sorted(p.name for p in folder.glob(".*")) == []


def test_copy_for_a_receiver_leaves_out_what_is_withheld(folder: Path, signer: PlainSigner) -> None:
    out = build(described("2.0 paraf", folder), folder / "a.eyp", signer=signer).file
    assert copy_for(out, "24301050", folder / "c.eyp", without_paraf=True) == (
        "/Ekler/gizli.bin",
        "/Paraflar/ParafImzaCades.imz",
    )
    with zipfile.ZipFile(out) as whole, zipfile.ZipFile(folder / "c.eyp") as copy:
        gone = set(whole.namelist()) - set(copy.namelist())
        assert gone == {"Ekler/gizli.bin", "Paraflar/ParafImzaCades.imz", "ParafOzeti/_rels/ParafOzeti.xml.rels"}
        for name in ("NihaiOzet/NihaiOzet.xml", "PaketOzeti/PaketOzeti.xml", "Muhur/MuhurCades.imz"):
            assert whole.read(name) == copy.read(name)
    with read_package(folder / "c.eyp") as package:
        assert "/Ekler/gizli.bin" not in package.opc.parts
        assert not any("gizli" in item.target for item in package.opc.relationships)
    assert copy_for(out, "0123456789012345", folder / "d.eyp") == ()
    with pytest.raises(StepError):
        copy_for(out, "99999999", folder / "e.eyp")


MEASURE = """
import resource, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from package.builder.making import PlainSigner, certificate, full, minimal, write_files
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hub.package.build.description import prepare
from hub.package.build.encrypted import build_encrypted
from hub.package.build.steps import Step, build

folder, signer = Path(sys.argv[1]), PlainSigner()
key = certificate(rsa.generate_private_key(65537, 2048), key_encipherment=True)
(folder / "k.cer").write_bytes(key.public_bytes(serialization.Encoding.DER))
sealed = {"paket": "eyps", "icerik": "small.eyp", "alicilar": [{"muhatap": "24301050", "sertifika": "k.cer"}]}
build(prepare(minimal(), folder), folder / "small.eyp", signer=signer)
build_encrypted(sealed, folder, folder / "small.eyps")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
data = minimal()
data["Ustveri"]["Ekler"] = [{"Tur": "DED", "dosya": "big.bin"}]
about = prepare(data, folder)
part = build(about, folder / "big.eyp", until=Step.IMZA, signer=signer).file
build(about, part, base=part, signer=signer)
build_encrypted({**sealed, "icerik": "big.eyp"}, folder, folder / "big.eyps")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_memory_does_not_grow_with_attachments(folder: Path) -> None:
    """128 MB attached, resumed and encrypted within 64 MB above what a small package needs."""
    block = hashlib.shake_256(b"seed").digest(1 << 20)
    with (folder / "big.bin").open("wb") as file:
        for number in range(128):
            file.write(bytes([number % 251]) + block[1:])
    command = [sys.executable, "-c", MEASURE, str(folder), str(Path(__file__).parents[2])]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 64 << 10, f"{done.stdout} KB"
    with read_package(folder / "big.eyp") as package:
        assert package.facts["/Ekler/big.bin"].size == 128 << 20
        assert not package.damaged


@pytest.mark.part("unzip")
def test_sizes_beyond_32_bits_go_into_zip64(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The records of entries and offsets over four gigabytes, made at one megabyte; other readers agree on them.

    With the real bound the same was done once by hand: 4 GB and 5 bytes, taken over into a second archive.
    """
    monkeypatch.setattr(zipwriter, "_SAFE", 1 << 20)
    block = hashlib.shake_256(b"seed").digest(3 << 20)
    out, again = tmp_path / "a.zip", tmp_path / "b.zip"
    with out.open("x+b") as target:
        writer = ZipWriter(target)
        writer.add("a.bin", len(block), lambda: iter((block,)), store=True)
        writer.add("b.txt", 5, lambda: iter((b"after",)))
        writer.close()
    with Container.open(out) as container, again.open("x+b") as target:
        writer = ZipWriter(target)
        for entry in container.entries:
            writer.take(entry, container.source)
        writer.close()
    assert out.read_bytes() == again.read_bytes()
    assert b"PK\x06\x06" in out.read_bytes()
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        assert archive.read("a.bin") == block
        assert archive.read("b.txt") == b"after"
    assert subprocess.run(["unzip", "-tqq", str(out)], check=False).returncode == 0
