"""The schemas of packages, against the vocabulary, both checkers and what real packages hold."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
import xmlschema
from lxml import etree

from hub.package import schemas, xsd

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "eyp"
XSD = ROOT / "hub" / "xsd"
FILES = sorted(XSD.glob("eyp?/*.xsd"))
P = "urn:dpt:eyazisma:schema:xsd:"
needs_facts = pytest.mark.skipif(not SHARED.is_dir(), reason="the folder of facts is not beside the repository")

KINDS = {
    "Ustveri": "ustveri",
    "NihaiUstveri": "nihaiustveri",
    "BelgeHedef": "belgehedef",
    "PaketOzeti": "paketozeti",
    "NihaiOzet": "nihaiozet",
    "ParafOzeti": "parafozeti",
    "SifreliIcerikBilgisi": "sifreliicerikbilgisi",
    "GuncellemeBilgisi": "guncellemebilgisi",
}


def sample_parts() -> list[tuple[str, str, bytes]]:
    found = []
    for package in sorted(SHARED.glob("samples/*")):
        with zipfile.ZipFile(package) as archive:
            for name in archive.namelist():
                kind = KINDS.get(Path(name).stem)
                if kind and name.endswith(".xml"):
                    found.append((f"{package.name}!{name}", kind, archive.read(name)))
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_loads_as_it_is_in_both_checkers(file: Path) -> None:
    etree.XMLSchema(file=str(file))
    xmlschema.XMLSchema10(file)


def test_folders_are_flat_and_share_the_types_of_un_cefact() -> None:
    assert {file.parent.name for file in FILES} == {"eyp1", "eyp2"}
    for file in FILES:
        for location in re.findall(r'schemaLocation="([^"]*)"', file.read_text("utf-8")):
            assert "/" not in location
            assert (file.parent / location).is_file()
    one, two = ((XSD / folder / "UnqualifiedDataTypes.xsd").read_bytes() for folder in ("eyp1", "eyp2"))
    assert one == two


@needs_facts
@pytest.mark.parametrize("generation", ["1.x", "2.x"])
def test_says_what_the_vocabulary_says(generation: str) -> None:
    """Every element, type, order, occurrence, code and attribute, with the marked deviations taken back."""
    vocabulary = json.loads((SHARED / "vocabulary.json").read_text("utf-8"))[generation]
    folder = "eyp1" if generation == "1.x" else "eyp2"
    seen = set()
    for namespace, facts in vocabulary.items():
        name = "UnqualifiedDataTypes" if namespace.startswith("urn:un:") else namespace.removeprefix(P)
        file = f"{folder}/{name}.xsd"
        seen.add(f"{name}.xsd")
        schema = xmlschema.XMLSchema10(XSD / file)
        assert schema.target_namespace == namespace
        assert {q for q in schema.maps.elements if q.startswith(f"{{{namespace}}}")} == {
            f"{{{namespace}}}{e}" for e in facts["elements"]
        }
        for element, said in facts["elements"].items():
            declared = schema.maps.elements[f"{{{namespace}}}{element}"]
            assert declared.nillable == said["nillable"]
            assert clark(declared.type.name) == said["type"]
        for code, said in facts["enums"].items():
            assert schema.types[code].enumeration == said["values"]
        for type_name, said in facts["types"].items():
            compare_type(schema.types[type_name], said)
    assert seen == {file.name for file in (XSD / folder).iterdir()}


def clark(name: str) -> str:
    return name.replace("{http://www.w3.org/2001/XMLSchema}", "xsd:")


RELAXED = {
    # (element, published type or minimum): what the hub's schema has
    ("Miat", "xsd:duration"),
    ("BirimKKK", "{urn:dpt:eyazisma:schema:xsd:Tipler-2}ST_KKK"),
}


def compare_type(declared: Any, said: dict[str, Any]) -> None:
    attributes = {a["name"]: a for a in said.get("attributes", [])}
    assert set(declared.attributes) == set(attributes)
    for name, attribute in attributes.items():
        assert declared.attributes[name].use == attribute["use"]
        marked = declared.attributes[name].elem.get(f"{xsd.DEV}type")
        name_ = clark(declared.attributes[name].type.name)
        assert (marked.replace("xs:", "xsd:") if marked else name_) == attribute["type"]
    if said["content"] == "simple":
        assert clark(declared.content.name) == said["base"]
        return
    fields = [] if said["content"] == "empty" else list(declared.content.iter_elements())
    assert len(fields) == len(said.get("fields", []))
    assert declared.mixed == said["mixed"]
    for have, want in zip(fields, said.get("fields", []), strict=True):
        if want["name"] == "*":
            assert have.namespace == ["##other"] or "##other" in str(have.namespace)
            continue
        assert have.name == f"{{{want['namespace']}}}{want['name']}"
        minimum = have.elem.get(f"{xsd.DEV}minOccurs")
        assert (int(minimum) if minimum else have.min_occurs) == want["min"]
        assert have.max_occurs == (None if want["max"] == "unbounded" else want["max"])
        if (want["name"], want["type"]) in RELAXED:
            assert have.elem.get(f"{xsd.DEV}id")
        else:
            assert clark(have.type.name) == want["type"]


@needs_facts
@pytest.mark.parametrize(("name", "kind", "data"), sample_parts(), ids=lambda v: v if isinstance(v, str) else "")
def test_samples_are_valid_and_their_deviations_named(name: str, kind: str, data: bytes) -> None:
    file, _ = schemas.ROOTS["2.x", kind]
    assert xmlschema.XMLSchema10(XSD / file).is_valid(data.decode("utf-8-sig"))
    found = schemas.check(kind, "2.x", data)
    assert {finding.severity for finding in found} <= {"warning"}
    expected = {
        "ustveri": {"EYP-XSD-ANCHORS", "EYP-XSD-KKK"},
        "nihaiustveri": {"EYP-XSD-ANCHORS"},
        "belgehedef": {"EYP-XSD-KKK"},
        "paketozeti": {"EYP-XSD-DIGEST-ID"},
        "parafozeti": {"EYP-XSD-DIGEST-ID"},
        "nihaiozet": {"EYP-XSD-DIGEST-ID"},
        "sifreliicerikbilgisi": {"EYP-XSD-SIFRELI-ID"},
        "guncellemebilgisi": set(),
    }[kind]
    assert {finding.rule for finding in found} == expected
    for finding in found:
        assert finding.fault == ("package" if finding.rule == "EYP-XSD-SIFRELI-ID" else "schema")


USTVERI = """<?xml version="1.0" encoding="utf-8"?>
<UstVeri xmlns="urn:dpt:eyazisma:schema:xsd:Ustveri-2" xmlns:t="urn:dpt:eyazisma:schema:xsd:Tipler-2">
  <t:BelgeId>0F9E2E9B-F4E6-4428-8F99-2E0A0D1D42D9</t:BelgeId>
  <t:Konu languageID="TR">Deneme</t:Konu>
  <t:GuvenlikKodu>YOK</t:GuvenlikKodu>
  <t:MimeTuru>application/pdf</t:MimeTuru>
  <t:DagitimListesi>
    <t:Dagitim>
      <t:KurumKurulus><t:KKK>24301050</t:KKK></t:KurumKurulus>
      <t:Ivedilik>GNL</t:Ivedilik><t:DagitimTuru>GRG</t:DagitimTuru>
      <t:Miat>P3D</t:Miat>
    </t:Dagitim>
  </t:DagitimListesi>
  <t:Olusturan>
    <t:KurumKurulus><t:KKK>82223362</t:KKK><t:BirimKKK>12345678</t:BirimKKK></t:KurumKurulus>
  </t:Olusturan>
  <t:DosyaAdi>ustyazi.pdf</t:DosyaAdi>
  <t:DogrulamaBilgisi><t:DogrulamaAdresi/></t:DogrulamaBilgisi>
</UstVeri>"""
ALWAYS = {"EYP-XSD-ANCHORS", "EYP-XSD-KKK"}


def changed(old: str, new: str) -> bytes:
    assert old in USTVERI
    return USTVERI.replace(old, new, 1).encode()


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("<t:Miat>P3D</t:Miat>", "<t:Miat>0</t:Miat>", "EYP-DAGITIM-MIAT"),
        ("<t:MimeTuru>application/pdf</t:MimeTuru>", "", "EYP-USTVERI-MIME"),
        (">12345678<", ">1234<", "EYP-KKK-BIRIM-FORMAT"),
        (">12345678<", "><", "EYP-TEXT-BLANK"),
        ("  <t:Olusturan>", "  <t:Ekler/>\n  <t:Olusturan>", "EYP-USTVERI-EMPTYLIST"),
        ("  <t:MimeTuru>", "<t:GuvenlikKoduGecerlilikTarihi/><t:MimeTuru>", "EYP-USTVERI-GECERLILIK-NIL"),
        ("<t:Miat>P3D</t:Miat>", "<t:Miat></t:Miat>", "EYP-TEXT-BLANK"),
    ],
)
def test_deviation_is_a_named_warning(old: str, new: str, rule: str) -> None:
    found = {finding.rule: finding for finding in schemas.check("ustveri", "2.x", changed(old, new))}
    assert set(found) == ALWAYS | {rule}
    assert found[rule].severity == "warning"
    assert found[rule].fault == "package"
    assert found[rule].line > 1


@pytest.mark.parametrize(
    ("old", "new", "where", "word"),
    [
        ("<t:Miat>P3D", "<t:Miat>yarın", "/UstVeri/DagitimListesi/Dagitim/Miat", "yarın"),
        ("<t:GuvenlikKodu>YOK", "<t:GuvenlikKodu>TSD", "/UstVeri/GuvenlikKodu", "TSD"),
        ("<t:KKK>24301050", "<t:KKK>04301050", "/UstVeri/DagitimListesi/Dagitim/KurumKurulus/KKK", "04301050"),
        ("<t:Konu languageID", "<t:Konu dil", "/UstVeri/Konu", "dil"),
        ("<t:DagitimTuru>GRG</t:DagitimTuru>", "", "/UstVeri/DagitimListesi/Dagitim/Miat", "DagitimTuru"),
        ("<t:DosyaAdi>ustyazi.pdf</t:DosyaAdi>", "<t:Ad/>", "/UstVeri/Ad", "DosyaAdi"),
        ("<t:BelgeId>0F9E2E9B", "<t:BelgeId>0G9E2E9B", "/UstVeri/BelgeId", "0G9E2E9B"),
    ],
)
def test_error_has_place_and_turkish_words(old: str, new: str, where: str, word: str) -> None:
    first = schemas.check("ustveri", "2.x", changed(old, new))[0]
    assert (first.rule, first.severity, first.xpath) == ("EYP-XML-SCHEMA", "error", where)
    assert word in first.message_tr
    assert not re.search(r"\{[a-z]", first.message_tr)
    line = changed(old, new).decode().splitlines()[first.line - 1]
    assert line[first.column - 1 :].startswith(f"<t:{where.rpartition('/')[2]}")


def test_deviations_come_out_beside_errors() -> None:
    data = changed("<t:Miat>P3D", "<t:Miat>0").replace(b"YOK", b"TSD")
    assert {f.rule for f in schemas.check("ustveri", "2.x", data)} == ALWAYS | {"EYP-XML-SCHEMA", "EYP-DAGITIM-MIAT"}


def test_same_deviation_is_counted_not_repeated() -> None:
    kkk = next(f for f in schemas.check("ustveri", "2.x", USTVERI.encode()) if f.rule == "EYP-XSD-KKK")
    assert kkk.count == 2
    assert kkk.found == "24301050"


def test_mark_of_byte_order_is_accepted() -> None:
    assert schemas.check("ustveri", "2.x", b"\xef\xbb\xbf" + USTVERI.encode())


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"<UstVeri", "EYP-XML-WELLFORMED"),
        (b"", "EYP-XML-WELLFORMED"),
        (b'<?xml version="1.0" encoding="nonesuch"?><a/>', "EYP-XML-WELLFORMED"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "EYP-XML-DTD"),
        (b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>', "EYP-XML-DTD"),
        (b"<a>" * 100 + b"</a>" * 100, "EYP-XML-LIMITS"),
        (b"<" + b"a" * 300 + b"/>", "EYP-XML-LIMITS"),
        (b"<a " + b" ".join(b'a%d="1"' % i for i in range(300)) + b"/>", "EYP-XML-LIMITS"),
        (b"<a/>", "EYP-XML-ROOT"),
        (b'<Ustveri xmlns="urn:dpt:eyazisma:schema:xsd:Ustveri-1"/>', "EYP-XML-ROOT"),
    ],
)
def test_what_is_not_even_looked_at(data: bytes, rule: str) -> None:
    (finding,) = schemas.check("ustveri", "2.x", data)
    assert (finding.rule, finding.severity) == (rule, "error")


def test_generation_1_knows_the_manager_code_and_generation_2_does_not() -> None:
    imza = (
        '<BelgeImza xmlns="urn:dpt:eyazisma:schema:xsd:BelgeImza-1" xmlns:t="urn:dpt:eyazisma:schema:xsd:Tipler-1">'
        "<t:ImzaListesi><t:Imza><t:Imzalayan><t:Kisi><t:IlkAdi>Ali</t:IlkAdi><t:Soyadi>Can</t:Soyadi></t:Kisi>"
        "</t:Imzalayan><t:TCYK>12345678</t:TCYK></t:Imza></t:ImzaListesi></BelgeImza>"
    )
    assert schemas.check("belgeimza", "1.x", imza.encode()) == []
    nihai = (
        '<NihaiUstVeri xmlns="urn:dpt:eyazisma:schema:xsd:NihaiUstveri-2" '
        'xmlns:t="urn:dpt:eyazisma:schema:xsd:Tipler-2">'
        "<t:Tarih>2026-01-02T03:04:05Z</t:Tarih><t:BelgeNo>1</t:BelgeNo><t:BelgeImzalar><t:Imza><t:Imzalayan><t:Kisi>"
        "<t:IlkAdi>Ali</t:IlkAdi><t:Soyadi>Can</t:Soyadi></t:Kisi></t:Imzalayan><t:TCYK>12345678</t:TCYK></t:Imza>"
        "</t:BelgeImzalar></NihaiUstVeri>"
    )
    (finding,) = schemas.check("nihaiustveri", "2.x", nihai.encode())
    assert "TCYK" in finding.message_tr


def test_many_errors_stay_bounded() -> None:
    data = changed("<t:Ivedilik>GNL</t:Ivedilik>", "<t:Ivedilik>GNL</t:Ivedilik>" + "<t:X/>" * 20_000)
    assert len(schemas.check("ustveri", "2.x", data)) <= schemas.MAX_ERRORS + 10
    many = "<t:Ek><t:Id Value='x'/></t:Ek>" * 5_000
    data = changed("  <t:Olusturan>", f"<t:Ekler>{many}</t:Ekler><t:Olusturan>")
    assert len(schemas.check("ustveri", "2.x", data)) <= schemas.MAX_ERRORS + 10


def test_a_hostile_value_is_cut_in_the_message() -> None:
    value = "' is not accepted by the pattern '" * 2_000
    first = schemas.check("ustveri", "2.x", changed("<t:KKK>24301050", f"<t:KKK>{value}"))[0]
    assert first.rule == "EYP-XML-SCHEMA"
    assert len(first.message_en) <= schemas.MAX_MESSAGE + 1
    long = schemas.check("ustveri", "2.x", changed("<t:KKK>24301050", f"<t:KKK>{'9' * 60_000}"))[0]
    assert "desene uymuyor: [1-9][0-9]{7}." in long.message_tr


def test_blank_elements_are_tried_as_long_as_there_is_work_left(monkeypatch: pytest.MonkeyPatch) -> None:
    part = changed("  <t:Olusturan>", "  <t:Ekler/>\n  <t:Olusturan>")
    monkeypatch.setattr(schemas, "BLANK_WORK", len(part))
    assert "EYP-USTVERI-EMPTYLIST" in {finding.rule for finding in schemas.check("ustveri", "2.x", part)}
    monkeypatch.setattr(schemas, "BLANK_WORK", len(part) - 1)
    found = {finding.rule for finding in schemas.check("ustveri", "2.x", part)}
    assert "EYP-XML-SCHEMA" in found
    assert "EYP-USTVERI-EMPTYLIST" not in found
