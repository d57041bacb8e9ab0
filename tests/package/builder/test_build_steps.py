"""Building an eyp: what stands in it, stopping and going on at every step, determinism, other readers."""

from __future__ import annotations

import base64
import hashlib
import html
import re
import string
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import xmlschema
from lxml import etree

from hub.package import schemas
from hub.package.build import zipwriter
from hub.package.build.copies import copy_for
from hub.package.build.description import Description, prepare
from hub.package.build.problems import BuildError, ChangedError, SignatureRefusedError, StepError
from hub.package.build.steps import SIGNED, Step, add_signature, build, done_steps, plan
from hub.package.build.zipwriter import ZipWriter
from hub.package.container import Container
from hub.package.parts import COMPONENTS, Generation, Kind
from hub.package.reader import Package, read_package
from package.builder.making import BELGE_ID, PDF, PlainSigner, full, minimal

XSD = Path(schemas.__file__).parent.parent / "xsd"
URIS = {
    "http://www.w3.org/2001/04/xmlenc#sha256": "sha256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384": "sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
}
VERSIONS = ["2.0", "2.0 paraf", "1.3"]


def described(version: str, folder: Path, **more: Any) -> Description:
    data = full(version.partition(" ")[0]) | more
    if "paraf" in version:
        data["paraf"] = True
    return prepare(data, folder)


def references(data: bytes) -> dict[str, list[tuple[str, bytes]]]:
    """URI → algorithm and value of each digest, read without the hub."""
    found = {}
    for reference in etree.fromstring(data).iterchildren("{*}Reference"):
        methods = [item.get("Algorithm", "") for item in reference.iter("{*}DigestMethod")]
        values = [base64.b64decode(item.text or "") for item in reference.iter("{*}DigestValue")]
        found[reference.get("URI", "")] = list(zip(methods, values, strict=True))
    return found


@pytest.mark.parametrize("version", VERSIONS)
def test_every_xml_part_is_valid_without_deviation(version: str, folder: Path, signer: PlainSigner) -> None:
    out = build(described(version, folder), folder / "a.eyp", signer=signer).file
    generation = "1.x" if version == "1.3" else "2.x"
    checked = []
    with zipfile.ZipFile(out) as archive:
        for name, component in COMPONENTS.items():
            part = component.path.lstrip("/")
            if part.endswith(".xml") and part in archive.namelist():
                data = archive.read(part)
                assert data.startswith(b"\xef\xbb\xbf<?xml")
                assert [f for f in schemas.check(name, generation, data) if f.fault == "package"] == []  # type: ignore[arg-type]
                file, _ = schemas.ROOTS[generation, name]  # type: ignore[index]
                xmlschema.XMLSchema10(XSD / file).validate(data.decode("utf-8-sig"))
                checked.append(name)
    assert {"ustveri", "paketozeti", "nihaiozet"} < set(checked)


EXPECTED = {
    ("2.0", "paketozeti"): {"/Ustveri/Ustveri.xml", "/UstYazi/ustyazi.pdf", "/Ekler/ekbir.pdf", "/Ekler/gizli.bin"},
    ("2.0 paraf", "parafozeti"): {
        "/Ustveri/Ustveri.xml", "/UstYazi/ustyazi.pdf", "/Ekler/ekbir.pdf", "/Ekler/gizli.bin",
    },
    ("2.0 paraf", "paketozeti"): {
        "/Ustveri/Ustveri.xml", "/UstYazi/ustyazi.pdf", "/Ekler/ekbir.pdf", "/Ekler/gizli.bin",
        "/ParafOzeti/ParafOzeti.xml", "/Paraflar/ParafImzaCades.imz",
    },
    ("2.0 paraf", "nihaiozet"): {
        "/Ustveri/Ustveri.xml", "/UstYazi/ustyazi.pdf", "/Ekler/ekbir.pdf", "/Ekler/gizli.bin",
        "/ParafOzeti/ParafOzeti.xml", "/Paraflar/ParafImzaCades.imz", "/PaketOzeti/PaketOzeti.xml",
        "/Imzalar/ImzaCades.imz", "/NihaiUstveri/NihaiUstveri.xml", "core",
    },
    ("1.3", "paketozeti"): {
        "/Ustveri/Ustveri.xml", "/UstYazi/ustyazi.pdf", "/Ekler/ekbir.pdf", "/Ekler/gizli.bin",
        "/BelgeHedef/BelgeHedef.xml",
    },
    ("1.3", "nihaiozet"): {
        "/Ustveri/Ustveri.xml", "/UstYazi/ustyazi.pdf", "/Ekler/ekbir.pdf", "/Ekler/gizli.bin",
        "/BelgeHedef/BelgeHedef.xml", "/Imzalar/BelgeImza.xml", "/PaketOzeti/PaketOzeti.xml",
        "/Imzalar/ImzaCades.imz", "core",
    },
}  # fmt: skip


@pytest.mark.parametrize(("version", "name"), EXPECTED)
def test_digests_cover_what_the_format_says_and_are_right(
    version: str, name: str, folder: Path, signer: PlainSigner
) -> None:
    out = build(described(version, folder), folder / "a.eyp", signer=signer).file
    with zipfile.ZipFile(out) as archive:
        names = ["/" + n for n in archive.namelist()]
        core = next(n for n in names if n.endswith(".psmdcp"))
        data = archive.read(COMPONENTS[name].path.lstrip("/"))
        assert etree.fromstring(data).get("Id") == BELGE_ID
        found = references(data)
        assert set(found) == {core if part == "core" else part for part in EXPECTED[version, name]}
        for part, digests in found.items():
            algorithms = [URIS[uri] for uri, _ in digests]
            assert algorithms == (["sha256"] if version == "1.3" else ["sha384", "sha512"])
            for algorithm, (_, value) in zip(algorithms, digests, strict=True):
                assert hashlib.new(algorithm, archive.read(part.lstrip("/"))).digest() == value


@pytest.mark.parametrize("version", VERSIONS)
def test_reader_finds_everything_again(version: str, folder: Path, signer: PlainSigner) -> None:
    out = build(described(version, folder), folder / f"{BELGE_ID}.eyp", signer=signer).file
    with read_package(out) as package:
        assert package.kind is Kind.EYP
        assert package.generation is (Generation.ONE if version == "1.3" else Generation.TWO)
        assert not package.refused
        assert not package.damaged
        check_model(package, two=version != "1.3")


def check_model(package: Package, *, two: bool) -> None:
    ustveri, core = package.ustveri, package.core
    assert ustveri is not None
    assert core is not None
    assert (core.identifier, core.category, core.content_type) == (BELGE_ID, "RESMIYAZISMA", "application/eyazisma")
    assert (core.version, core.creator) == ("2.0" if two else "1.3", "Deneme Kurumu/82223362")
    assert core.subject == ustveri.konu == "Şifre & <deneme> konusu"
    assert core.created == "2026-03-02T06:30:00Z"
    assert ustveri.guvenlik_kodu_gecerlilik_tarihi is not None
    assert ustveri.guvenlik_kodu_gecerlilik_tarihi.nil
    assert [e.dosya_adi for e in ustveri.ek_listesi] == ["ekbir.pdf", None, None, "cizim.docx", "gizli.bin"]
    assert [e.sira_no for e in ustveri.ek_listesi] == ["1", "2", "3", "4", "5"]
    assert [e.imzali_mi for e in ustveri.ek_listesi] == ["true", "false", "false", "false", "true"]
    assert [i.etiket for i in ustveri.ilgi_listesi] == ["a", "b"]
    assert ustveri.ilgi_listesi[0].tarih == "2026-01-05T00:00:00+03:00"
    assert ustveri.ilgi_listesi[0].ek_id == ustveri.ek_listesi[0].ek_id
    assert [k.ek_id for k in ustveri.dagitimlar[0].konulmamis] == [ustveri.ek_listesi[4].ek_id]
    digest = ustveri.ek_listesi[1].ozet
    assert digest is not None
    assert base64.b64decode(digest.ozet_degeri or "") == hashlib.sha256(PDF * 3).digest()
    assert package.belge_no == "E-82223362-010.06.01-17"
    (signer,) = package.signers
    assert signer.tcyk == (None if two else "12345678")
    assert signer.imzalayan is not None
    assert signer.imzalayan.kisi is not None
    assert signer.imzalayan.kisi.full_name == "Dr. Ayşe Işıl Örnek"


def test_relationships_types_and_places(folder: Path, signer: PlainSigner) -> None:
    out = build(described("2.0 paraf", folder), folder / "a.eyp", signer=signer).file
    with read_package(out) as package:
        found = {item.id: item for item in package.opc.relationships}
        for name in ("ustveri", "nihaiustveri", "paketozeti", "parafozeti", "nihaiozet"):
            component = COMPONENTS[name]
            assert found[component.relationship_id].target == component.path
            assert found[component.relationship_id].type == f"http://eyazisma.dpt/iliskiler/{name}"
        assert found["IdImzaCades"].target == "../Imzalar/ImzaCades.imz"
        assert found["IdImzaCades"].source == "/PaketOzeti/PaketOzeti.xml"
        assert found["IdMuhurCades"].target == "../Muhur/MuhurCades.imz"
        assert found["IdParafImzaCades"].target == "../Paraflar/ParafImzaCades.imz"
        ustveri = package.ustveri
        assert ustveri is not None
        unsigned = ustveri.ek_listesi[3].ek_id
        assert found[f"IdImzasizEk_{unsigned}"].type == "http://eyazisma.dpt/iliskiler/imzasizEk"
        assert package.opc.content_type("/ImzasizEkler/cizim.docx") == ustveri.ek_listesi[3].mime_turu
        assert package.opc.content_type("/Imzalar/ImzaCades.imz") == "application/octet-stream"


def test_attachment_with_a_type_of_its_own_gets_an_override(folder: Path, signer: PlainSigner) -> None:
    (folder / "veri.xml").write_bytes(b"<a/>")
    data = minimal()
    data["Ustveri"]["Ekler"] = [
        {"Tur": "DED", "dosya": "veri.xml", "MimeTuru": "text/x-veri"},
        {"Tur": "DED", "dosya": "ek bir.pdf", "MimeTuru": "application/x-baska"},
    ]
    out = build(prepare(data, folder), folder / "a.eyp", signer=signer).file
    with read_package(out) as package:
        assert package.opc.content_type("/Ekler/veri.xml") == "text/x-veri"
        assert package.opc.content_type("/Ekler/ekbir.pdf") == "application/x-baska"
        assert package.opc.content_type("/UstYazi/ustyazi.pdf") == "application/pdf"
        assert package.opc.content_type("/Ustveri/Ustveri.xml") == "application/xml"


# Steps ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_resumed_at_each_step_it_is_the_same_package(version: str, folder: Path, signer: PlainSigner) -> None:
    description = described(version, folder)
    whole = build(description, folder / "whole.eyp", signer=signer)
    assert whole.done is Step.MUHUR
    assert whole.waiting is None
    for step in plan(description.generation, paraf=description.paraf):
        part = build(description, folder / "part.eyp", until=step, signer=signer)
        assert part.done is step
        assert done_steps(part.file)[-1] is step
        again = build(description, part.file, base=part.file, signer=signer)
        assert again.done is Step.MUHUR
        assert part.file.read_bytes() == whole.file.read_bytes(), step
    assert sorted(p.name for p in folder.glob(".*")) == []


def test_waits_where_a_signature_is_missing_and_goes_on_with_one_from_elsewhere(
    folder: Path, signer: PlainSigner
) -> None:
    description = described("2.0 paraf", folder)
    out = folder / "a.eyp"
    state = build(description, out)
    steps = []
    while state.waiting:
        steps.append(state.waiting)
        signature = signer.sign(state.waiting, state.to_sign)
        assert signature is not None
        with zipfile.ZipFile(out) as archive:
            assert archive.read(COMPONENTS[SIGNED[state.waiting][1]].path.lstrip("/")) == state.to_sign
        add_signature(out, out, state.waiting, signature)
        if done_steps(out)[-1] is Step.MUHUR:
            break
        state = build(description, out, base=out)
    assert steps == [Step.PARAF, Step.IMZA, Step.MUHUR]
    assert out.read_bytes() == build(description, folder / "b.eyp", signer=signer).file.read_bytes()


def test_further_signer_replaces_the_signature_and_redoes_what_follows(folder: Path, signer: PlainSigner) -> None:
    description = described("2.0", folder)
    out = build(description, folder / "a.eyp", signer=signer).file
    other = PlainSigner()
    with zipfile.ZipFile(out) as archive:
        content = archive.read("PaketOzeti/PaketOzeti.xml")
    signature = other.sign(Step.IMZA, content)
    assert signature is not None
    with pytest.raises(StepError, match="nihaiustveri"):
        add_signature(out, out, Step.IMZA, signature)
    again = build(description, out, base=out, signatures={Step.IMZA: signature})
    assert again.waiting is Step.MUHUR
    with zipfile.ZipFile(out) as archive:
        assert archive.read("Imzalar/ImzaCades.imz") == signature
        assert len(archive.namelist()) == len(set(archive.namelist()))
        digests = references(archive.read("NihaiOzet/NihaiOzet.xml"))["/Imzalar/ImzaCades.imz"]
        assert digests[1][1] == hashlib.sha512(signature).digest()


def test_signature_of_something_else_is_refused(folder: Path, signer: PlainSigner) -> None:
    description = described("2.0", folder)
    waiting = build(description, folder / "a.eyp")
    before = waiting.file.read_bytes()
    wrong = signer.sign(Step.IMZA, b"other bytes")
    assert wrong is not None
    for signature in (wrong, b"", b"\x30\x00", b"no signature at all"):
        with pytest.raises(SignatureRefusedError):
            add_signature(waiting.file, waiting.file, Step.IMZA, signature)
        with pytest.raises(SignatureRefusedError):
            build(description, waiting.file, base=waiting.file, signatures={Step.IMZA: signature})
    with pytest.raises(StepError):
        add_signature(waiting.file, waiting.file, Step.MUHUR, wrong)
    assert waiting.file.read_bytes() == before
    assert sorted(p.name for p in folder.glob(".*")) == []


def test_changed_description_or_part_is_noticed(folder: Path, signer: PlainSigner) -> None:
    out = build(described("2.0", folder), folder / "a.eyp", until=Step.IMZA, signer=signer).file
    data = full()
    data["Ustveri"]["Konu"] = "Başka konu"
    with pytest.raises(ChangedError, match="Üstveri"):
        build(prepare(data, folder), out, base=out, signer=signer)
    forged = folder / "forged.eyp"
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(forged, "w") as new:
        for name in old.namelist():
            new.writestr(name, b"%PDF-1.7 forged" if name == "Ekler/ekbir.pdf" else old.read(name))
    with pytest.raises(ChangedError, match="ekbir"):
        build(described("2.0", folder), folder / "b.eyp", base=forged, signer=signer)
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(forged, "w") as new:
        for name in old.namelist():
            data_ = old.read(name)
            new.writestr(
                name, re.sub(rb"<DigestValue>.", b"<DigestValue>", data_) if "PaketOzeti.xml" in name else data_
            )
    with pytest.raises(ChangedError):
        build(described("2.0", folder), folder / "b.eyp", base=forged, signer=signer)
    assert not (folder / "b.eyp").exists()


def test_until_a_step_that_cannot_be_reached(folder: Path) -> None:
    with pytest.raises(StepError, match="imza"):
        build(described("2.0", folder), folder / "a.eyp", until=Step.MUHUR)
    with pytest.raises(StepError, match="parafozeti"):
        build(described("1.3", folder), folder / "a.eyp", until=Step.PARAF_OZETI)
    assert not (folder / "a.eyp").exists()


def test_same_description_gives_the_same_bytes(folder: Path, signer: PlainSigner) -> None:
    one = build(described("2.0 paraf", folder), folder / "one.eyp", signer=signer).file.read_bytes()
    two = build(described("2.0 paraf", folder), folder / "two.eyp", signer=signer).file.read_bytes()
    assert one == two


def test_only_stated_fields_differ_when_left_out(folder: Path, signer: PlainSigner) -> None:
    """Without BelgeId and olusturma two builds differ in identifiers derived from BelgeId and in dcterms:created."""
    data = minimal()
    del data["Ustveri"]["BelgeId"], data["olusturma"]
    first, second = (prepare(data, folder) for _ in range(2))
    assert first.belge_id != second.belge_id
    assert abs((datetime.now(UTC) - first.created).total_seconds()) < 60
    again = prepare(data, folder, belge_id=first.belge_id)
    assert etree.tostring(again.ustveri) == etree.tostring(first.ustveri)


# The archive --------------------------------------------------------------------------------------------------------


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
