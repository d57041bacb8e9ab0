"""Building an eyp: what stands in it, stopping and going on at every step, determinism, other readers."""

from __future__ import annotations

import base64
import hashlib
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
import xmlschema
from lxml import etree

from hub.package import schemas
from hub.package.build.description import prepare
from hub.package.build.problems import ChangedError, SignatureRefusedError, StepError
from hub.package.build.steps import SIGNED, Step, add_signature, build, plan
from hub.package.parts import COMPONENTS, Generation, Kind
from hub.package.reader import Package, read_package
from package.builder.making import BELGE_ID, PDF, VERSIONS, PlainSigner, described, full, last_step, minimal

XSD = Path(schemas.__file__).parent.parent / "xsd"
URIS = {
    "http://www.w3.org/2001/04/xmlenc#sha256": "sha256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384": "sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
}


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
        assert last_step(part.file) is step
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
        if last_step(out) is Step.MUHUR:
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
