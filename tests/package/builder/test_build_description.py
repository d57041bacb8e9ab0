"""Descriptions: what is filled in, and every mistake reported at once with its path."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from hub.package import model, schemas
from hub.package.build.description import creator, load, plain, prepare
from hub.package.build.names import encode, unique
from hub.package.build.problems import BuildError, DescriptionError
from hub.package.build.steps import Step, build
from hub.package.parts import COMPONENTS
from hub.package.reader import read_package
from package.builder.making import KISI, KURUM, PlainSigner, full, minimal, write_files


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_files(tmp_path_factory.mktemp("build"))


PARTS = {component.path: name for name, component in COMPONENTS.items() if ("2.x", name) in schemas.ROOTS}
SIGNER = PlainSigner()
Change = Callable[[dict[str, Any]], object]


def ek(data: dict[str, Any], number: int) -> dict[str, Any]:
    found: dict[str, Any] = data["Ustveri"]["Ekler"][number - 1]
    return found


def dagitim(data: dict[str, Any], number: int) -> dict[str, Any]:
    found: dict[str, Any] = data["Ustveri"]["DagitimListesi"][number - 1]
    return found


MISTAKES: list[tuple[str, str, str, Change]] = [
    # code, path, rule, what is done to the full description
    ("BUILD_UNKNOWN", "ustyzi", "", lambda d: d.update(ustyzi="x")),
    ("BUILD_UNKNOWN", "Ustveri.Konuu", "", lambda d: d["Ustveri"].update(Konuu="x")),
    ("BUILD_CODE", "surum", "", lambda d: d.update(surum="1.2")),
    ("BUILD_CODE", "ozet", "", lambda d: d.update(ozet="SHA-512")),
    ("BUILD_TYPE", "bom", "", lambda d: d.update(bom="evet")),
    ("BUILD_TYPE", "olusturma", "", lambda d: d.update(olusturma="dün")),
    ("BUILD_TYPE", "olusturma", "", lambda d: d.update(olusturma="0001-01-01T00:00:00")),
    ("BUILD_UNKNOWN", "core.creator", "", lambda d: d.update(core={"creator": "x"})),
    ("BUILD_FILE", "ustyazi", "EYP2-K2", lambda d: d.update(ustyazi="yok.pdf")),
    ("BUILD_MISSING", "ustyazi", "EYP2-K2", lambda d: d.pop("ustyazi")),
    ("BUILD_VALUE", "Ustveri.BelgeId", "EYP-ID-GUID", lambda d: d["Ustveri"].update(BelgeId="1234")),
    ("BUILD_RULE", "Ustveri.BelgeId", "EYP-USTVERI-BELGEID",
     lambda d: d["Ustveri"].update(BelgeId="00000000-0000-0000-0000-000000000000")),
    ("BUILD_BLANK", "Ustveri.Konu", "EYP-TEXT-BLANK", lambda d: d["Ustveri"].update(Konu=" ")),
    ("BUILD_MISSING", "Ustveri.GuvenlikKodu", "", lambda d: d["Ustveri"].pop("GuvenlikKodu")),
    ("BUILD_CODE", "Ustveri.GuvenlikKodu", "", lambda d: d["Ustveri"].update(GuvenlikKodu="TSD")),
    ("BUILD_RULE", "Ustveri.GuvenlikKodu", "EYP-USTVERI-GUVENLIK-OZL",
     lambda d: d["Ustveri"].update(GuvenlikKodu="OZL")),
    ("BUILD_VALUE", "Ustveri.Dil", "EYP-USTVERI-DIL", lambda d: d["Ustveri"].update(Dil="TR")),
    ("BUILD_MISSING", "Ustveri.OzId", "EYP2-K19-OZID", lambda d: d["Ustveri"].update(OzId="12")),
    ("BUILD_CHARACTER", "Ustveri.Konu", "", lambda d: d["Ustveri"].update(Konu="a\x0bb")),
    ("BUILD_NIL", "Ustveri.Konu", "", lambda d: d["Ustveri"].update(Konu=None)),
    ("BUILD_EMPTY", "Ustveri.DagitimListesi", "EYP-USTVERI-EMPTYLIST",
     lambda d: d["Ustveri"].update(DagitimListesi=[])),
    ("BUILD_CHOICE", "Ustveri.Olusturan", "", lambda d: d["Ustveri"].update(Olusturan={**KURUM, **KISI})),
    ("BUILD_CHOICE", "Ustveri.DagitimListesi[1]", "", lambda d: dagitim(d, 1).pop("KurumKurulus")),
    ("BUILD_RULE", "Ustveri.DagitimListesi[2].Miat", "EYP-DAGITIM-GNL-MIAT", lambda d: dagitim(d, 2).pop("Miat")),
    ("BUILD_RULE", "Ustveri.DagitimListesi[2].Miat", "EYP-DAGITIM-GNL-MIAT",
     lambda d: dagitim(d, 2).update(Miat="PT0S")),
    ("BUILD_VALUE", "Ustveri.DagitimListesi[2].Miat", "", lambda d: dagitim(d, 2).update(Miat="3 gün")),
    ("BUILD_TYPE", "Ustveri.DagitimListesi[2].Miat", "", lambda d: dagitim(d, 2).update(Miat=3)),
    ("BUILD_VALUE", "Ustveri.DagitimListesi[1].KurumKurulus.KKK", "EYP-KKK-FORMAT",
     lambda d: dagitim(d, 1).update(KurumKurulus={"KKK": "04301050"})),
    ("BUILD_VALUE", "Ustveri.DagitimListesi[2].GercekSahis.TCKN", "EYP-TCKN-CHECKSUM",
     lambda d: dagitim(d, 2)["GercekSahis"].update(TCKN="10000000145")),
    ("BUILD_MISSING", "Ustveri.DagitimListesi[3].TuzelSahis.Id", "EYP-TUZEL-ID",
     lambda d: dagitim(d, 3)["TuzelSahis"].update(Id="0123")),
    ("BUILD_REFERENCE", "Ustveri.DagitimListesi[1].KonulmamisEkListesi[1]", "EYP2-K19-KONULMAMIS",
     lambda d: dagitim(d, 1).update(KonulmamisEkListesi=["yok"])),
    ("BUILD_DUPLICATE", "Ustveri.DagitimListesi[1].KonulmamisEkListesi[2]", "EYP-DAGITIM-KONULMAMIS-DUP",
     lambda d: dagitim(d, 1).update(KonulmamisEkListesi=["gizli", "gizli"])),
    ("BUILD_FILE", "Ustveri.Ekler[1].dosya", "EYP2-K23", lambda d: ek(d, 1).update(dosya="yok.pdf")),
    ("BUILD_MISSING", "Ustveri.Ekler[1].dosya", "EYP2-K23", lambda d: ek(d, 1).pop("dosya")),
    ("BUILD_FILE", "Ustveri.Ekler[3].dosya", "EYP2-K24", lambda d: ek(d, 3).update(dosya="gizli.bin")),
    ("BUILD_MISSING", "Ustveri.Ekler[2].Referans", "EYP2-K19-HRF", lambda d: ek(d, 2).pop("Referans")),
    ("BUILD_RULE", "Ustveri.Ekler[3].ImzaliMi", "EYP-EK-HRF-IMZALI", lambda d: ek(d, 3).update(ImzaliMi=True)),
    ("BUILD_RULE", "Ustveri.Ekler[1].SiraNo", "EYP-EK-SIRANO",
     lambda d: [e.update(SiraNo=n) for n, e in enumerate(d["Ustveri"]["Ekler"])]),
    ("BUILD_DUPLICATE", "Ustveri.Ekler[2].SiraNo", "EYP-EK-SIRANO-UNIQUE",
     lambda d: [e.update(SiraNo=7) for e in d["Ustveri"]["Ekler"]]),
    ("BUILD_DUPLICATE", "Ustveri.Ekler[2].Id", "EYP2-K61",
     lambda d: ek(d, 2).update(Id=d["Ustveri"]["BelgeId"].lower())),
    ("BUILD_RULE", "Ustveri.Ekler[2].Ozet.OzetAlgoritmasi", "EYP-EK-OZET-ALG",
     lambda d: ek(d, 2).update(
         Ozet={"OzetAlgoritmasi": "http://www.w3.org/2000/09/xmldsig#sha1", "OzetDegeri": "AAAA"})),
    ("BUILD_REFERENCE", "Ustveri.Ilgiler[1].EkId", "EYP2-K25",
     lambda d: d["Ustveri"]["Ilgiler"][0].update(EkId="yok")),
    ("BUILD_DUPLICATE", "Ustveri.Ilgiler[2].Etiket", "EYP-ILGI-ETIKET-UNIQUE",
     lambda d: [i.update(Etiket="a") for i in d["Ustveri"]["Ilgiler"]]),
    ("BUILD_TYPE", "Ustveri.Ilgiler[1].Tarih", "", lambda d: d["Ustveri"]["Ilgiler"][0].update(Tarih="05.01.2026")),
    ("BUILD_RULE", "Ustveri.HeyskListesi[1].Kod", "EYP-HEYSK-KOD",
     lambda d: d["Ustveri"]["HeyskListesi"][0].update(Kod=0)),
    ("BUILD_RULE", "Ustveri.HeyskListesi[1].Kod", "EYP-HEYSK-KOD",
     lambda d: d["Ustveri"]["HeyskListesi"][0].update(Kod="0")),
    ("BUILD_VALUE", "Ustveri.HeyskListesi[1].Kod", "",
     lambda d: d["Ustveri"]["HeyskListesi"][0].update(Kod="9" * 5000)),
    ("BUILD_VALUE", "Ustveri.Ekler[1].SiraNo", "", lambda d: ek(d, 1).update(SiraNo="9" * 5000)),
    ("BUILD_RULE", "Ustveri.Ekler[1].SiraNo", "EYP-EK-SIRANO",
     lambda d: [e.update(SiraNo=str(n)) for n, e in enumerate(d["Ustveri"]["Ekler"])]),
    ("BUILD_RULE", "Ustveri.Ekler[3].ImzaliMi", "EYP-EK-HRF-IMZALI", lambda d: ek(d, 3).update(ImzaliMi="true")),
    ("BUILD_VALUE", "Ustveri.Ekler[1].MimeTuru", "EYP-EK-DED-MIME", lambda d: ek(d, 1).update(MimeTuru="pdf")),
    ("BUILD_VALUE", "Ustveri.MimeTuru", "EYP-USTVERI-MIME", lambda d: d["Ustveri"].update(MimeTuru="a b/c")),
    ("BUILD_VALUE", "Ustveri.MimeTuru", "EYP-USTVERI-MIME", lambda d: d["Ustveri"].update(MimeTuru={"nil": True})),
    ("BUILD_VALUE", "Ustveri.DagitimListesi[2].Miat", "", lambda d: dagitim(d, 2).update(Miat="-P3D")),
    ("BUILD_CHARACTER", "core.title", "", lambda d: d.update(core={"title": "a\x01"})),
    ("BUILD_BLANK", "core.keywords", "EYP-TEXT-BLANK", lambda d: d.update(core={"keywords": " "})),
    ("BUILD_MISSING", "NihaiUstveri.BelgeImzalar", "EYP2-K85-IMZA", lambda d: d["NihaiUstveri"].pop("BelgeImzalar")),
    ("BUILD_UNKNOWN", "NihaiUstveri.BelgeImzalar[1].TCYK", "",
     lambda d: d["NihaiUstveri"]["BelgeImzalar"][0].update(TCYK="12345678")),
    ("BUILD_GENERATION", "BelgeImza", "EYP-BELGEIMZA-2X", lambda d: d.update(BelgeImza=[])),
    ("BUILD_GENERATION", "BelgeHedef", "EYP-BELGEHEDEF-2X-EYP", lambda d: d.update(BelgeHedef=[])),
    ("BUILD_REGISTRY", "kayittan", "", lambda d: d.update(kayittan=True)),
]  # fmt: skip


@pytest.mark.parametrize(("code", "path", "rule", "change"), MISTAKES, ids=[f"{m[0]} {m[1]}" for m in MISTAKES])
def test_mistake_is_named(code: str, path: str, rule: str, change: Change, folder: Path) -> None:
    data = full()
    change(data)
    with pytest.raises(DescriptionError) as caught:
        prepare(data, folder)
    found = {(p.code, p.path): p for p in caught.value.problems}
    assert (code, path) in found, [str(p) for p in caught.value.problems]
    assert found[code, path].rule == rule
    assert "\n" not in caught.value.message


def test_all_mistakes_at_once(folder: Path) -> None:
    data = full()
    separate = [m for m in MISTAKES if m[1] in ("ozet", "bom", "Ustveri.Dil", "Ustveri.Ilgiler[1].Tarih", "ustyzi")]
    for mistake in separate:
        mistake[3](data)
    with pytest.raises(DescriptionError) as caught:
        prepare(data, folder)
    assert {p.path for p in caught.value.problems} == {m[1] for m in separate}
    assert "4 hata daha" in caught.value.message


def test_nothing_that_is_missing_is_left_unsaid(folder: Path) -> None:
    with pytest.raises(DescriptionError) as caught:
        prepare({"Ustveri": {}}, folder)
    assert {p.path for p in caught.value.problems} == {
        "ustyazi", "Ustveri.Konu", "Ustveri.GuvenlikKodu", "Ustveri.DagitimListesi", "Ustveri.Olusturan",
        "Ustveri.DogrulamaBilgisi",
    }  # fmt: skip


def test_identity_number_is_never_repeated(folder: Path) -> None:
    data = full()
    dagitim(data, 2)["GercekSahis"]["TCKN"] = "123456"
    with pytest.raises(DescriptionError) as caught:
        prepare(data, folder)
    assert "123456" not in "".join(str(p) for p in caught.value.problems)


GENERATION_1: list[tuple[str, str, Change]] = [
    ("BUILD_UNKNOWN", "Ustveri.DagitimListesi[1].KurumKurulus.IletisimBilgisi.KepAdresi",
     lambda d: dagitim(d, 1)["KurumKurulus"].update(IletisimBilgisi={"KepAdresi": "a@hs01.kep.tr"})),
    ("BUILD_RULE", "Ustveri.DagitimListesi[1].KurumKurulus.BYK",
     lambda d: dagitim(d, 1)["KurumKurulus"].update(BYK="1")),
    ("BUILD_RULE", "Ustveri.DagitimListesi[1].Ivedilik", lambda d: dagitim(d, 1).update(Ivedilik="CIV")),
    ("BUILD_CODE", "Ustveri.GuvenlikKodu", lambda d: d["Ustveri"].update(GuvenlikKodu="YOK")),
    ("BUILD_MISSING", "Ustveri.BelgeNo", lambda d: d["Ustveri"].pop("BelgeNo")),
    ("BUILD_UNKNOWN", "Ustveri.DogrulamaBilgisi", lambda d: d["Ustveri"].update(DogrulamaBilgisi="https://example.gov.tr")),
    ("BUILD_GENERATION", "paraf", lambda d: d.update(paraf=True)),
    ("BUILD_GENERATION", "NihaiUstveri", lambda d: d.update(NihaiUstveri={"BelgeNo": "1"})),
    ("BUILD_MISSING", "BelgeImza[1].Imzalayan.Kisi.Soyadi",
     lambda d: d["BelgeImza"][0].update(Imzalayan={"Kisi": {"IlkAdi": "Ali"}})),
    ("BUILD_MISSING", "BelgeHedef[1].KurumKurulus.KKK",
     lambda d: d.update(BelgeHedef=[{"KurumKurulus": {"Adi": "x"}}])),
    ("BUILD_CODE", "ozet", lambda d: d.update(ozet="SHA-384")),
]  # fmt: skip


@pytest.mark.parametrize(("code", "path", "change"), GENERATION_1, ids=[f"{m[0]} {m[1]}" for m in GENERATION_1])
def test_mistake_in_generation_1(code: str, path: str, change: Change, folder: Path) -> None:
    data = full("1.3")
    change(data)
    with pytest.raises(DescriptionError) as caught:
        prepare(data, folder)
    assert (code, path) in {(p.code, p.path) for p in caught.value.problems}


@pytest.mark.parametrize(
    ("version", "rule", "change"),
    [
        ("2.0", "EYP-USTVERI-DOGRULAMA-URL", lambda d: d["Ustveri"].update(DogrulamaBilgisi="www.example.gov.tr")),
        ("2.0", "EYP-SDP-KOD", lambda d: d["Ustveri"]["SdpBilgisi"]["DigerSdpler"][0].update(Kod="1.2")),
        ("1.3", "EYP-BELGEIMZA-REQUIRED", lambda d: d.pop("BelgeImza")),
    ],
)
def test_what_is_only_a_warning_is_noted(version: str, rule: str, change: Change, folder: Path) -> None:
    data = full(version)
    assert not any(rule in note for note in prepare(data, folder).notes)
    change(data)
    assert [note for note in prepare(data, folder).notes if rule in note]


def test_missing_manager_code_is_noted(folder: Path) -> None:
    data = full("1.3")
    assert prepare(data, folder).notes == ()
    del data["BelgeImza"][0]["TCYK"]
    assert "TCYK" in "".join(prepare(data, folder).notes)


# What is filled in ---------------------------------------------------------------------------------------------------


class Registry:
    """A directory of one institution."""

    def institution(self, detsis_no: str, at: datetime) -> Mapping[str, Any] | None:
        assert at.tzinfo is not None
        names = {"24301050": "Kayıttaki Ad", "82223362": "Diğer"}
        return {"KKK": detsis_no, "Adi": names[detsis_no]} if detsis_no in names else None

    def encryption_certificate(self, detsis_no: str, at: datetime) -> bytes | None:
        return None

    def file_plan_name(self, detsis_no: str, code: str, at: datetime) -> str | None:
        return None

    def service_name(self, code: int, at: datetime) -> str | None:
        return None


def test_registry_fills_what_is_left_out(folder: Path) -> None:
    data = minimal()
    data["kayittan"] = True
    description = prepare(data, folder, directory=Registry())
    names = [e.text for e in description.ustveri.iter("{*}Adi")]
    assert names == ["Kayıttaki Ad", "Deneme Kurumu"], "what the description says is kept"
    data["Ustveri"]["DagitimListesi"][0]["KurumKurulus"]["KKK"] = "11111111"
    with pytest.raises(DescriptionError, match="BUILD_REGISTRY"):
        prepare(data, folder, directory=Registry())


def test_same_file_names_are_told_apart(folder: Path) -> None:
    (folder / "ek_bir.pdf").write_bytes(b"%PDF-1")
    (folder / "EKBİR.pdf").write_bytes(b"%PDF-2")
    data = minimal()
    data["Ustveri"]["Ekler"] = [
        {"Tur": "DED", "dosya": "ek bir.pdf"},
        {"Tur": "DED", "dosya": "EKBİR.pdf", "ImzaliMi": False},
    ]
    description = prepare(data, folder)
    assert [a.name for a in description.attachments] == ["ekbir.pdf", "EKBIR_2.pdf"]
    assert len(description.notes) == 1


@pytest.mark.parametrize(
    ("party", "text"),
    [
        ({"KurumKurulus": {"KKK": "24301050", "Adi": "Ad"}}, "Ad/24301050"),
        ({"KurumKurulus": {"KKK": "24301050"}}, "24301050"),
        ({"TuzelSahis": {"Id": {"deger": "1", "schemeID": "MERSIS"}, "Adi": "A.Ş."}}, "A.Ş."),
        ({"TuzelSahis": {"Id": {"deger": "1", "schemeID": "MERSIS"}}}, "MERSIS:1"),
        (KISI, "10000000146,Daire Başkanı,Dr. Ayşe Işıl Örnek"),
        ({"GercekSahis": {"Kisi": {"IlkAdi": "Ali", "Soyadi": "Can", "OnEk": "Av."}}}, "Av. Ali Can"),
    ],
)
def test_creator_is_rendered_as_the_official_writer_does(party: dict[str, Any], text: str) -> None:
    assert creator(party) == text


def test_toml_and_json_say_the_same(folder: Path) -> None:
    (folder / "a.json").write_text(json.dumps(minimal()), "utf-8")
    (folder / "a.toml").write_text(
        """
        ustyazi = "üst yazı.pdf"
        olusturma = 2026-03-02T09:30:00+03:00
        [Ustveri]
        BelgeId = "3d5b2c1e-8f70-4b5a-9c3d-2e1f0a9b8c7d"
        Konu = "Deneme"
        GuvenlikKodu = "YOK"
        DogrulamaBilgisi = "https://dogrulama.example.gov.tr"
        Olusturan.KurumKurulus = { KKK = "82223362", Adi = "Deneme Kurumu" }
        [[Ustveri.DagitimListesi]]
        KurumKurulus.KKK = "24301050"
        Ivedilik = "NRM"
        DagitimTuru = "GRG"
        [NihaiUstveri]
        BelgeNo = "1"
        Tarih = 2026-03-02T10:00:00+03:00
        [[NihaiUstveri.BelgeImzalar]]
        Imzalayan.Kisi = { IlkAdi = "Ayşe", Soyadi = "Örnek" }
        """,
        "utf-8",
    )
    one, two = (prepare(load(folder / name), folder) for name in ("a.json", "a.toml"))
    assert etree.tostring(one.ustveri) == etree.tostring(two.ustveri)
    assert one.created == two.created
    for name, text in (("b.toml", "a = = 1"), ("b.json", "[1]"), ("c.json", "{")):
        (folder / name).write_text(text)
        with pytest.raises(BuildError):
            load(folder / name)


def test_a_package_that_was_read_can_be_described_again(folder: Path, tmp_path: Path) -> None:
    """The typed model is a description too: what was read, written again, is the same Üstveri."""
    out = build(prepare(full(), folder), tmp_path / "a.eyp", signer=PlainSigner()).file
    with read_package(out) as package:
        assert package.ustveri is not None
        ustveri = plain(package.ustveri)
        for item in ustveri["Ekler"]["Ek"]:
            if item["Tur"] == "DED":
                item["dosya"] = {"ekbir.pdf": "ek bir.pdf", "cizim.docx": "çizim.docx"}.get(
                    item["DosyaAdi"], item["DosyaAdi"]
                )
        again = prepare({"ustyazi": "üst yazı.pdf", "Ustveri": ustveri}, folder)
    assert etree.tostring(again.ustveri) == etree.tostring(prepare(full(), folder).ustveri)


def test_model_nodes_are_taken_as_they_are(folder: Path) -> None:
    data = minimal()
    data["Ustveri"]["Olusturan"] = model.Taraf(kurum_kurulus=model.KurumKurulus(kkk="82223362", adi="Deneme"))
    assert prepare(data, folder).creator == "Deneme/82223362"


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("2026-01-05T10:11:12.1234567+03:00", "2026-01-05T10:11:12.1234567+03:00"),
        ("2026-01-05", "2026-01-05T00:00:00+03:00"),
        ("2009-11-05T00:00:00", "2009-11-05T00:00:00+02:00"),
        ("20260105T101112Z", "2026-01-05T10:11:12Z"),
        ("1905-01-05", "1905-01-05T00:00:00+01:56"),
    ],
)
def test_date_times_keep_their_digits_and_get_an_offset(given: str, written: str, folder: Path) -> None:
    data = full()
    data["Ustveri"]["Ilgiler"][0]["Tarih"] = given
    assert [e.text for e in prepare(data, folder).ustveri.iter("{*}Tarih")] == [written]


@pytest.mark.parametrize("no", [False, "false", "0"])
def test_unsigned_is_unsigned_however_it_is_said(no: object, folder: Path) -> None:
    """A package that was read gives text; the attachment's place must be what Üstveri says."""
    data = full()
    data["Ustveri"]["Ekler"][3]["ImzaliMi"] = no
    about = prepare(data, folder)
    assert [item.signed for item in about.attachments] == [True, False, True]
    assert [e.text for e in about.ustveri.iter("{*}ImzaliMi")] == ["true", "false", "false", "false", "true"]


# File names ----------------------------------------------------------------------------------------------------------


@given(st.text(min_size=1, max_size=300))
def test_encoded_names_are_always_fit_for_a_part(name: str) -> None:
    encoded = encode(name)
    assert 0 < len(encoded) <= 200
    assert encoded.isascii()
    assert encoded.isprintable()
    assert not set(encoded) & set(' /\\%"<>|?*:#[]^`{}')
    assert not encoded.endswith(".")
    assert encode(encoded) == encoded


@given(st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=30))
def test_unique_names_are_unique(names: list[str]) -> None:
    taken: set[str] = set()
    found = [unique(encode(name), taken) for name in names]
    assert len({name.lower() for name in found}) == len(names)


# Any description -----------------------------------------------------------------------------------------------------

texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn"]), min_size=1, max_size=40).filter(
    lambda text: bool(text.strip())
)
kinds = st.sampled_from(["DED", "HRF", "FZK"])


@st.composite
def descriptions(draw: st.DrawFn) -> dict[str, Any]:
    data = minimal()
    ustveri = data["Ustveri"]
    ustveri["Konu"] = draw(texts)
    ustveri["GuvenlikKodu"] = draw(st.sampled_from(["YOK", "HZO"]))
    count = draw(st.integers(0, 4))
    ekler = []
    for number in range(count):
        kind = draw(kinds)
        item: dict[str, Any] = {"Tur": kind, "anahtar": f"k{number}"}
        if draw(st.booleans()):
            item["Ad"] = draw(texts)
        if kind == "DED":
            item |= {"dosya": draw(st.sampled_from(["ek bir.pdf", "çizim.docx"])), "ImzaliMi": draw(st.booleans())}
        if kind == "HRF":
            item["Referans"] = "https://example.gov.tr/x"
        ekler.append(item)
    if ekler:
        ustveri["Ekler"] = ekler
    withheld = [item["anahtar"] for item in ekler if item["Tur"] == "DED" and draw(st.booleans())]
    ustveri["DagitimListesi"] = [
        {**draw(st.sampled_from([KURUM, KISI])), "Ivedilik": "ACL", "DagitimTuru": "BLG"}
        for _ in range(draw(st.integers(1, 3)))
    ]
    if withheld:
        ustveri["DagitimListesi"][0]["KonulmamisEkListesi"] = withheld
    ilgiler = draw(st.integers(0, 3))
    if ilgiler:
        ustveri["Ilgiler"] = [{"Ad": draw(texts)} for _ in range(ilgiler)]
    if draw(st.booleans()):
        data["paraf"] = True
    return data


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=descriptions())
def test_whatever_is_described_is_read_again(data: dict[str, Any], folder: Path) -> None:
    out = build(prepare(data, folder), folder / "any.eyp", signer=SIGNER)
    assert out.done is Step.MUHUR
    with read_package(out.file) as package:
        assert not package.refused
        assert not package.damaged
        ustveri = package.ustveri
        assert ustveri is not None
        assert ustveri.konu is not None
        assert str(ustveri.konu) == data["Ustveri"]["Konu"]
        assert len(ustveri.ek_listesi) == len(data["Ustveri"].get("Ekler", []))
        deds = [e for e in ustveri.ek_listesi if e.tur == "DED"]
        attached = package.opc.related("ek") + package.opc.related("imzasizek")
        assert {item.id.rpartition("_")[2] for item in attached} == {e.ek_id for e in deds}
        for part, xml in package.xml.items():
            if part in PARTS:
                assert [f for f in schemas.check(PARTS[part], "2.x", xml) if f.fault == "package"] == []
