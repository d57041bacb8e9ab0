# ruff: noqa: E501
"""For every decidable rule one good package with one named change that breaks it.

``also`` names the rules that the same change cannot help breaking: nearly always the schema's, sometimes a rule that
says the same of another side. Rules that need validated signatures or the registry are tested with those.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hub.package.catalogue import Mode
from tests.package import factory as f
from tests.package.factory import ALGORITHMS, EK1, EK2, EK3, EK4, ILGI1, REL, Draft, Rel
from tests.package.forge import Forged

Change = Callable[[Draft], object]


@dataclass(frozen=True)
class Mutation:
    rule: str
    base: Callable[[], Draft]
    change: Change
    also: frozenset[str] = frozenset()
    advice: bool = False
    mode: Mode | None = None
    name: str = ""
    refused: bool = field(default=False)

    @property
    def id(self) -> str:
        return f"{self.rule}{'-' + self.name if self.name else ''}-{self.base.__name__}"


MUTATIONS: list[Mutation] = []
K19, K85, K29, K39 = "EYP2-K19", "EYP2-K85", "EYP2-K29", "EYP2-K39"
NO_BODY = "EYP-EYPS-INNER-KIND"


def m(
    rule: str,
    change: Change,
    *also: str,
    base: Callable[[], Draft] = f.eyp2,
    advice: bool = False,
    mode: Mode | None = None,
    name: str = "",
) -> None:
    MUTATIONS.append(Mutation(rule, base, change, frozenset(also), advice, mode, name))


def sub(component: str, old: str, new: str) -> Change:
    return lambda d: d.sub(component, old, new)


def cut(component: str, start: str, end: str) -> Change:
    """Take out everything from ``start`` to ``end``, both included."""

    def change(d: Draft) -> None:
        def edit(text: str) -> str:
            a = text.index(start)
            return text[:a] + text[text.index(end, a) + len(end) :]

        d.edits.setdefault(component, []).append(edit)

    return change


def ustveri(rule: str, old: str, new: str, *also: str, base: Callable[[], Draft] = f.eyp2, advice: bool = False,
            name: str = "") -> None:  # fmt: skip
    m(rule, sub("ustveri", old, new), *also, base=base, advice=advice, name=name)


def zip_entry(**values: object) -> Change:
    def change(d: Draft) -> None:
        def edit(entries: list[Forged]) -> None:
            item = next(e for e in entries if e.name == "ImzasizEkler/ikinci.txt")
            for key, value in values.items():
                setattr(item, key, value)

        d.archive.append(edit)

    return change


def add_entry(entry: Forged) -> Change:
    return lambda d: d.archive.append(lambda entries: entries.append(entry))


def add_part(name: str, data: bytes = b"x") -> Change:
    return lambda d: d.files.__setitem__(name, data)


def add_rel(*relations: Rel) -> Change:
    return lambda d: d.rels.extend(relations)


def both(*changes: Change) -> Change:
    def change(d: Draft) -> None:
        for one in changes:
            one(d)

    return change


def rel(which: str, /, **values: str) -> Change:
    def change(d: Draft) -> None:
        item = d.rel(which)
        for key, value in values.items():
            setattr(item, key, value)

    return change


def after(part: str, data: bytes | Callable[[bytes], bytes] | None) -> Change:
    """Change a part once all digests are made."""

    def change(d: Draft) -> None:
        def edit(parts: dict[str, bytes]) -> None:
            if data is None:
                del parts[part]
            else:
                parts[part] = data(parts[part]) if callable(data) else data

        d.after.append(edit)

    return change


def refs(document: str, *, drop: str = "", add: str = "") -> Change:
    def change(d: Draft) -> None:
        if drop:
            d.references[document].remove(drop)
        if add:
            d.references[document].append(add)

    return change


def drop(component: str) -> Change:
    return lambda d: d.drop(component)


def move(component: str, place: str) -> Change:
    return lambda d: d.move(component, place)


def inside(change: Change) -> Change:
    """The same change, made in the nested package."""
    return lambda d: change(d.inner) if d.inner else None


def double(component: str, at: str) -> Change:
    """A second relationship of the same kind, to a copy."""

    def change(d: Draft) -> None:
        item = d.rel(d.places[component])
        d.rels.append(Rel(item.source, item.id + "2", item.type, at))
        d.after.append(lambda parts: parts.__setitem__(at, parts[d.places[component]]))

    return change


TWICE = ("EYP-OPC-RELS-ID", "EYP-OPC-UNDIGESTED")

# Container
m("EYP-ZIP-OPEN", lambda d: d.zip_options.update(tail=b""))
m("EYP-ZIP-ENCRYPTED", zip_entry(flags=1 | 1 << 11))
m("EYP-ZIP-METHOD", zip_entry(method=12, payload=b"x"))
m("EYP-ZIP-PATH", add_entry(Forged("../x", b"x")))
m("EYP-ZIP-DUPLICATE", add_entry(Forged("imzasizekler/IKINCI.txt", b"x")))
m("EYP-ZIP-SYMLINK", zip_entry(mode=0o120777))
m("EYP-ZIP-CRC", zip_entry(crc=1))
m("EYP-ZIP-LOCALHEADER", zip_entry(local_name="ImzasizEkler/baska.txt"))
m("EYP-ZIP-SIZE", zip_entry(data=b"metin", size=2))
m("EYP-ZIP-RATIO", add_entry(Forged("Ekler/b.bin", b"\0" * (2 << 20))))
m("EYP-ZIP-COUNT", lambda d: d.archive.append(lambda e: e.extend(Forged(f"x/{n}", method=0) for n in range(10_001))))
m("EYP-ZIP-TRAILING", lambda d: d.zip_options.update(comment=b"note"))
m("EYP-ZIP-TRAILING", lambda d: d.zip_options.update(after=b"more"), name="after")


def _nest(d: Draft) -> None:
    data = f.eyp2().build()
    for _ in range(8):
        e = f.eypg()
        e.inner = None
        e.files[e.places["orijinalpaket"]] = data
        data = e.build()
    d.inner = None
    d.files[d.places["orijinalpaket"]] = data


m("EYP-ZIP-NESTING", _nest, "EYP-EYPG-ORIGINAL-VALID", "EYP-EYPG-ORIGINAL-URI", "EYP-EYPG-KOD-CHANGE",
  "EYP-EYPG-IDENTIFIER", base=f.eypg, name="deep")  # fmt: skip

# OPC
m("EYP-OPC-CT-PRESENT", lambda d: d.archive.append(lambda e: e.pop(0)), "EYP-OPC-CT-DECLARED")
m("EYP-OPC-CT-DECLARED", lambda d: d.types.pop("txt"))
m("EYP-OPC-CT-DUPLICATE", lambda d: d.types.update(PDF="application/pdf"))
m("EYP-OPC-CT-EXPECTED", lambda d: d.types.update(imz="application/pdf"))
m("EYP-OPC-PARTNAME", add_part("/ImzasizEkler/nokta."), "EYP-OPC-ORPHAN", "EYP-OPC-CT-DECLARED")
m("EYP-OPC-PARTNAME-EQUIV", add_part("/Muhur/MuhurCades.imz/x.txt"), "EYP-OPC-ORPHAN", "EYP-OPC-UNDIGESTED")
m("EYP-OPC-RELS-PRESENT", lambda d: d.rels_edit.append(lambda t: t.replace("<Relationships", "<Relationships <")),
  "EYP-XML-WELLFORMED", "EYP-OPC-ORPHAN", "EYP-CORE-ONE", "EYP2-K2", "EYP2-K16", "EYP2-K82", "EYP2-K26", "EYP2-K98",
  "EYP2-K23", "EYP2-K23-WITHHELD", "EYP-OPC-UNDIGESTED")  # fmt: skip
m("EYP-OPC-RELS-DUPID", add_rel(Rel("/", "IdUstveri", REL + "arsivozellikleri", "/Ustveri/Ustveri.xml")),
  "EYP-ARSIV-RESERVED")  # fmt: skip
m("EYP-OPC-RELS-TARGET", add_rel(Rel("/", "IdYok", REL + "arsivozellikleri", "/Yok.xml")), "EYP-ARSIV-RESERVED")
m("EYP-OPC-RELS-EXTERNAL", add_rel(Rel("/", "IdDis", CT := REL + "arsivozellikleri", "http://x.example/", "External")))
m("EYP-OPC-RELS-ESCAPE", add_rel(Rel("/", "IdUst", CT, "../../x")), "EYP-ARSIV-RESERVED")
m("EYP-OPC-RELS-SOURCE", rel("IdNihaiUstveri", source="/Ustveri/Ustveri.xml"))
m("EYP-OPC-RELS-ID", rel("IdUstveri", id="IdBaska"))
m("EYP-OPC-RELS-TYPE-CASE", rel("IdPaketOzeti", type=REL + "PaketOzeti"))
m("EYP-OPC-RELS-UNKNOWN", add_rel(Rel("/", "IdX", REL + "bilinmeyen", "/Ustveri/Ustveri.xml")))
m("EYP-OPC-ORPHAN", add_part("/ImzasizEkler/fazla.txt"))
m("EYP-OPC-UNDIGESTED", both(add_part("/Fazla/fazla.txt"), add_rel(Rel("/", "IdX", CT, "/Fazla/fazla.txt"))),
  "EYP-ARSIV-RESERVED")  # fmt: skip
m("EYP-ARSIV-RESERVED", add_rel(Rel("/", "IdArsiv", CT, "/Ustveri/Ustveri.xml")))

# XML, kind and generation
m("EYP-XML-WELLFORMED", sub("nihaiustveri", "</NihaiUstVeri>", ""))
m("EYP-XML-DTD", sub("nihaiustveri", "<NihaiUstVeri", '<!DOCTYPE x [<!ENTITY a "b">]><NihaiUstVeri'))
m("EYP-XML-LIMITS", sub("nihaiustveri", "</NihaiUstVeri>", "<a>" * 70 + "</a>" * 70 + "</NihaiUstVeri>"))
m("EYP-XML-ENCODING", lambda d: d.after.append(_utf16), "EYP2-K33-MISMATCH", "EYP2-K43-MISMATCH", "EYP-PARAF-DIGEST")
m("EYP-XML-ROOT", lambda d: d.edits.setdefault("nihaiustveri", []).append(lambda t: t.replace("NihaiUstVeri", "Nihai")))
m("EYP-XML-SCHEMA", sub("belgeimza", "<t:ImzaListesi>", "<t:Yabanci/><t:ImzaListesi>"), base=f.eyp1)
m("EYP-XML-GENMIX", sub("nihaiustveri", "<t:Makam>", f'<t:Makam xmlns:t="{f.NS}Tipler-1">'), K85)
m("EYP-GEN-VERSION", sub("core", "<cp:version>2.0</cp:version>", ""))
m("EYP-GEN-SUPPORTED", sub("core", ">2.0<", ">3.0<"))
m("EYP-GEN-CONSISTENT", sub("core", ">2.0<", ">1.3<"))
m("EYP-GEN-MINOR", sub("core", ">2.0<", ">2.5<"))
m("EYP-KIND-CATEGORY", sub("core", ">RESMIYAZISMA<", ">RESMIYAZISMA/SIFRELI<"), "EYP2-K71")
m("EYP-KIND-EXTENSION", lambda d: setattr(d, "file_name", f.BELGE_ID + ".zip"), "EYP2-K66")
m("EYP2-K66", lambda d: setattr(d, "file_name", "yazi.eyp"))


def _utf16(parts: dict[str, bytes]) -> None:
    parts["/Ustveri/Ustveri.xml"] = (
        parts["/Ustveri/Ustveri.xml"].decode().replace('"utf-8"', '"utf-16"').encode("utf-16")
    )


# Core properties
m("EYP-CORE-ONE", add_rel(Rel("/", "rCore2", f.CORE_TYPE, f.CORE)))
m("EYP-CORE-CT", lambda d: d.types.update(psmdcp="application/xml"))
m("EYP-CORE-NORELS", sub("core", "<cp:category>", "<cp:version>2.0</cp:version><cp:category>"))
m("EYP2-K68", sub("core", f.BELGE_ID, f.UPDATE_ID))
m("EYP-CORE-IDENTIFIER-GUID", sub("core", f.BELGE_ID, "1"), "EYP2-K68")
m("EYP-CORE-IDENTIFIER-GUID", cut("core", "<dc:identifier>", "</dc:identifier>"), base=f.eyps2)
m("EYP2-K69", sub("core", "Deneme yazısı", "Başka"))
m("EYP2-K71", sub("core", ">RESMIYAZISMA<", ">BASKA<"))
m("EYP-CORE-CATEGORY-EYPS", sub("core", "/SIFRELI", "/BASKA"), base=f.eyps2)
m("EYP-CORE-CATEGORY-EYPG", sub("core", "/GUNCELLEME", "/BASKA"), base=f.eypg)
m("EYP2-K73", sub("core", "application/eyazisma", "application/zip"))
m("EYP-CORE-CREATED", sub("core", "2025-05-12T", "dün"))
m("EYP-CORE-CREATED-UTC", sub("core", "11:23:13Z", "14:23:13+03:00"))
m("EYP-CORE-CREATOR", cut("core", "<dc:creator>", "</dc:creator>"))
m("EYP-CORE-CREATOR-MATCH", sub("core", "Gönderen Kurum/", "Başka/"))
m("EYP-CORE-REVISION", cut("core", "<cp:revision>", "</cp:revision>"), advice=True)

# Üst Yazı and attachments as parts
K_FILES = ("EYP2-K33-CONTENT", "EYP2-K43-CONTENT", "EYP-PARAF-CONTENT")
m("EYP2-K2", double("ustyazi", "/UstYazi/iki.pdf"), *TWICE)
m("EYP2-K4", move("ustyazi", "/UstYazi/alt/yazi.pdf"))
m("EYP2-K5", both(move("ustyazi", "/UstYazi/ya zi.pdf"), lambda d: d.rel("IdUstYazi").__setattr__("target", "/UstYazi/ya%20zi.pdf")),
  "EYP-NAME-ENCODING")  # fmt: skip
m("EYP2-K6", add_part("/UstYazi/yazi.pdf", b"%PDF-1.7 plain"))
m("EYP2-K6", add_part("/UstYazi/yazi.pdf", b"text"), name="not-pdf")
m("EYP-USTYAZI-NOTEMPTY", add_part("/UstYazi/yazi.pdf", b""))
m("EYP-USTYAZI-MIME", sub("ustveri", "<t:MimeTuru>application/pdf", "<t:MimeTuru>application/msword"))
m("EYP-USTYAZI-DOSYAADI", sub("ustveri", ">yazi.pdf<", ">baska.pdf<"))
m("EYP-NAME-ENCODING", both(move("ustyazi", "/UstYazi/yazı.pdf")))
m("EYP2-K12", both(sub("ustveri", "SiraNo>2</t:SiraNo><t:ImzaliMi>false", "SiraNo>2</t:SiraNo><t:ImzaliMi>true")))
m("EYP-EK-UNSIGNED-FOLDER", sub("ustveri", "OZ-2</t:OzId><t:ImzaliMi>true", "OZ-2</t:OzId><t:ImzaliMi>false"))
m("EYP-EK-REL-ID", rel(f"IdEk_{EK1}", id=f"IdEk_{f.UPDATE_ID}"))
m("EYP2-K23", cut("ustveri", "<t:KonulmamisEkListesi>", "</t:KonulmamisEkListesi>"), "-EYP2-K23-WITHHELD")
m("EYP2-K24", both(add_part("/ImzasizEkler/fazla.txt"), add_rel(Rel("/", f"IdImzasizEk_{f.UPDATE_ID}", REL + "imzasizEk",
  "/ImzasizEkler/fazla.txt"))))  # fmt: skip
m("EYP-EK-SINGLE-PART", both(add_part("/ImzasizEkler/iki.txt"), add_rel(Rel("/", f"IdImzasizEk_{EK2.lower()}",
  REL + "imzasizEk", "/ImzasizEkler/iki.txt"))))  # fmt: skip
m("EYP-EK-DOSYAADI", sub("ustveri", ">ikinci.txt<", ">farkli.txt<"))
m(
    "EYP-EK-MIME",
    sub("ustveri", "ikinci.txt</t:DosyaAdi><t:MimeTuru>text/plain", "ikinci.txt</t:DosyaAdi><t:MimeTuru>text/xml"),
)
m("EYP-EK-NOTEMPTY", add_part("/ImzasizEkler/ikinci.txt", b""))
m("EYP-EK-SINGLE-COPY", both(add_part("/ImzasizEkler/birinci.pdf"), add_rel(Rel("/", f"IdImzasizEk_{EK1}",
  REL + "imzasizEk", "/ImzasizEkler/birinci.pdf"))), "EYP2-K12")  # fmt: skip

# Üstveri
NEXT_ID = "A1B2C3D4-0000-4000-8000-0000000000E9"
m("EYP2-K16", double("ustveri", "/Ustveri/iki.xml"), *TWICE)
m("EYP2-K18", move("ustveri", "/Ustveri/Baska.xml"))
ustveri("EYP2-K19", "<t:GuvenlikKodu>", "<t:Yabanci/><t:GuvenlikKodu>")
m("EYP2-K19-DAGITIM", cut("ustveri", "<t:Dagitim>", "<t:DagitimTuru>BLG</t:DagitimTuru></t:Dagitim>"), K19, "EYP2-K23",
  "-EYP2-K23-WITHHELD")  # fmt: skip
ustveri("EYP2-K19-OZID", ' schemeID="GUID">OZ-1', ">OZ-1")
ustveri("EYP2-K19-DOGRULAMA", "https://www.turkiye.gov.tr/belge-dogrulama", "")
ustveri("EYP2-K19-HRF", "<t:Referans>https://kurum.gov.tr/dosya</t:Referans>", "")
ustveri(
    "EYP2-K19-KONULMAMIS",
    "</t:KonulmamisEk><",
    f"</t:KonulmamisEk><t:KonulmamisEk><t:EkId>{NEXT_ID}</t:EkId></t:KonulmamisEk><".replace("<<", "<"),
)
ustveri("EYP2-K61", ILGI1, EK2)
ustveri("EYP2-K80", ILGI1, ILGI1.lower())
ustveri("EYP-ID-GUID", ILGI1, "1", K19)
ustveri("EYP-USTVERI-BELGEID", f.BELGE_ID, "00000000-0000-0000-0000-000000000000", "EYP2-K68", "EYP2-K34", "EYP2-K44",
        "EYP-PARAF-ID", "EYP2-K66")  # fmt: skip
ustveri("EYP-USTVERI-KONU", "Deneme yazısı", "", "EYP2-K69")
ustveri("EYP-USTVERI-TARIH", "2014-05-06", "0001-01-01", base=f.eyp1)
ustveri("EYP-USTVERI-BELGENO", "<t:BelgeNo>E-1<", "<t:BelgeNo><", base=f.eyp1)
ustveri("EYP-USTVERI-NO-TARIH", "<t:GuvenlikKodu>", "<t:Tarih>2025-01-01T00:00:00Z</t:Tarih><t:GuvenlikKodu>", K19)
ustveri("EYP-USTVERI-GUVENLIK", ">YOK<", ">XXX<", K19)
ustveri("EYP-USTVERI-GUVENLIK", ">TSD<", ">YOK<", K19, base=f.eyp1)
ustveri("EYP-USTVERI-GUVENLIK-OZL", ">YOK<", ">OZL<")
ustveri("EYP-USTVERI-GECERLILIK", 'Tarihi xsi:nil="true"/>', "Tarihi>2010-01-01T00:00:00Z</t:GuvenlikKoduGecerlilikTarihi>",
        base=f.eyp1)  # fmt: skip
ustveri("EYP-USTVERI-GECERLILIK-NIL", ' xsi:nil="true"/>', "/>")
ustveri("EYP-USTVERI-MIME", "<t:MimeTuru>application/pdf</t:MimeTuru>\n<t:OzId", "<t:OzId")
ustveri("EYP-USTVERI-OZID-MISSING", '<t:OzId schemeID="GUID">OZ-1</t:OzId>', "", advice=True)
ustveri("EYP-USTVERI-DIL", ">tur<", ">Türkçe<")
ustveri("EYP-USTVERI-DOSYAADI", ">yazi.pdf<", "><")
OLUSTURAN = "<t:KurumKurulus><t:KKK>82223362</t:KKK><t:Adi>Gönderen Kurum</t:Adi></t:KurumKurulus>"
ustveri("EYP-USTVERI-OLUSTURAN", OLUSTURAN, "", K19)
m("EYP-USTVERI-ILGILI", cut("ustveri", "<t:GercekSahis>", "</t:GercekSahis>"), K19)
ustveri("EYP-USTVERI-EMPTYLIST", "<t:Heysk><t:Kod>999999</t:Kod><t:Ad>Hizmet</t:Ad></t:Heysk>", "")
ustveri("EYP-USTVERI-DATE-OFFSET", "2024-01-02T00:00:00+03:00", "2024-01-02T00:00:00", advice=True)
ustveri("EYP-USTVERI-DOGRULAMA-URL", "https://www.turkiye.gov.tr/belge-dogrulama", "e-devlet")
ustveri("EYP-SDP-KOD", "010.06.01", "10.6")
ustveri("EYP-SDP-REQUIRED", "<t:Ad>Genelgeler", "<t:Ad>")
ustveri("EYP-HEYSK-KOD", "999999", "0")
ustveri("EYP-HEYSK-AD", "<t:Ad>Hizmet", "<t:Ad>")
ustveri("EYP-EYPS-REQUIRED-GZL", ">YOK<", ">GZL<")

# Dağıtım
ustveri("EYP-DAGITIM-TARAF", '<t:TuzelSahis><t:Id schemeID="MERSIS">0123456789012345</t:Id><t:Adi>Bir Şirket</t:Adi></t:TuzelSahis>',
        "", K19)  # fmt: skip
ustveri("EYP-DAGITIM-IVEDILIK", ">NRM<", ">IVD<", K19)
ustveri("EYP-DAGITIM-CIV", ">NRM<", ">CIV<", base=f.eyp1)
ustveri("EYP-DAGITIM-TURU", ">BLG<", ">XXX<", K19)
ustveri("EYP-DAGITIM-MIAT", ">P1D<", ">bir gün<", K19)
ustveri("EYP-DAGITIM-MIAT", ">P1D<", ">864000000000<", name="ticks")
ustveri("EYP-DAGITIM-GNL-MIAT", "<t:Miat>P1D</t:Miat>", "")
ustveri(
    "EYP-DAGITIM-KONULMAMIS-ID",
    "</t:KonulmamisEk><",
    "</t:KonulmamisEk><t:KonulmamisEk><t:EkId/></t:KonulmamisEk><",
    K19,
)
ustveri(
    "EYP-DAGITIM-KONULMAMIS-DED",
    "</t:KonulmamisEk><",
    f"</t:KonulmamisEk><t:KonulmamisEk><t:EkId>{EK3}</t:EkId></t:KonulmamisEk><",
)
ustveri(
    "EYP-DAGITIM-KONULMAMIS-DUP",
    "</t:KonulmamisEk><",
    f"</t:KonulmamisEk><t:KonulmamisEk><t:EkId>{EK4}</t:EkId></t:KonulmamisEk><",
)

# Parties
ustveri("EYP-KKK-REQUIRED", "<t:KKK>24301050</t:KKK>", "<t:KKK></t:KKK>", K19)
ustveri("EYP-KKK-FORMAT", "24301050", "123", K19)
ustveri("EYP-KKK-FORMAT", "24301050", "123", "EYP-BELGEHEDEF-MATCH", base=f.eyp1)
ustveri("EYP-KKK-LEGACY", "24301050", "ABCDEF01234567", "EYP-BELGEHEDEF-MATCH", base=f.eyp1)
ustveri("EYP-KKK-BIRIM-FORMAT", "24301051", "1")
ustveri("EYP-KKK-BIRIM-MISSING", "<t:BirimKKK>24301051</t:BirimKKK>", "", advice=True)
ustveri("EYP-KKK-BYK", "<t:KKK>82223362</t:KKK>", "<t:KKK>82223362</t:KKK><t:BYK>1</t:BYK>", base=f.eyp1)
ustveri("EYP-TUZEL-ID", '<t:Id schemeID="MERSIS">', "<t:Id>")
ustveri("EYP-TUZEL-SCHEME", '"MERSIS"', '"BASKA"')
ustveri("EYP-KISI-AD", "<t:IlkAdi>Ayşe", "<t:IlkAdi>")
ustveri("EYP-TCKN-FORMAT", "10000000146", "123", K19)
ustveri("EYP-TCKN-CHECKSUM", "10000000146", "10000000147")
ustveri("EYP-TCKN-MISSING", "<t:TCKN>10000000146</t:TCKN>", "", advice=True)
ustveri("EYP-KEP-FORMAT", "kurum@hs01.kep.tr", "kurum")
ustveri("EYP-KEP-DOMAIN", "kurum@hs01.kep.tr", "kurum@ornek.gov.tr")
ustveri("EYP-KEP-1X", "<t:Faks>", "<t:KepAdresi>kurum@hs01.kep.tr</t:KepAdresi><t:Faks>", K19, base=f.eyp1)
ustveri("EYP-ILETISIM-EPOSTA", "bilgi@kurum.gov.tr", "bilgi")
ustveri("EYP-ILETISIM-TELEFON", ">3120000000<", ">yok<", advice=True)
ustveri("EYP-ILETISIM-WEB", "https://kurum.gov.tr<", "yok<", advice=True)
ustveri("EYP-ILETISIM-MISSING", "<t:Ulke>Türkiye</t:Ulke>", "", advice=True)
ustveri("EYP-TEXT-BLANK", "<t:Adres>Kızılay", "<t:Adres>")
ustveri("EYP-TEXT-LANGUAGE", "<t:Konu>", '<t:Konu languageID="tr_TR">', K19, advice=True)
ustveri("EYP-GERCEK-GOREV", "<t:Gorev>Uzman</t:Gorev>", "", advice=True)

# Ek and İlgi
m("EYP-EK-ID", sub("ustveri", f'<t:Id Value="{EK3}"/>', "<t:Id/>"))
ustveri("EYP-EK-TUR", "<t:Tur>HRF", "<t:Tur>XXX", K19, "EYP-DIGEST-HARICI")
ustveri("EYP-EK-DED-DOSYAADI", "<t:DosyaAdi>ikinci.txt</t:DosyaAdi>", "")
ustveri("EYP-EK-DED-MIME", "ikinci.txt</t:DosyaAdi><t:MimeTuru>text/plain</t:MimeTuru>", "ikinci.txt</t:DosyaAdi>")
ustveri("EYP-EK-HRF-URL", "https://kurum.gov.tr/dosya", "dosya")
ustveri("EYP-EK-HRF-IMZALI", "</t:Referans><t:ImzaliMi>false", "</t:Referans><t:ImzaliMi>true")
ustveri("EYP-EK-OZET", "YWJj", "")
ustveri("EYP-EK-OZET-ALG", ALGORITHMS["sha256"], ALGORITHMS["sha1"])
ustveri("EYP-EK-OZET-HRFONLY", "OZ-2</t:OzId><t:ImzaliMi>true</t:ImzaliMi>", "OZ-2</t:OzId><t:ImzaliMi>true</t:ImzaliMi>"
        f'<t:Ozet><t:OzetAlgoritmasi Algorithm="{ALGORITHMS["sha256"]}"/><t:OzetDegeri>YWJj</t:OzetDegeri></t:Ozet>')  # fmt: skip
ustveri("EYP-EK-SIRANO", "<t:SiraNo>3", "<t:SiraNo>0")
ustveri("EYP-EK-SIRANO-UNIQUE", "<t:SiraNo>3", "<t:SiraNo>2")
ustveri("EYP-EK-DUPLICATE-NAME", "dorduncu.txt", "BİRİNCİ.pdf")
ustveri("EYP-EK-AD", "<t:Ad>Birinci</t:Ad>", "", advice=True)
ustveri("EYP-EK-IMZALIMI", "OZ-2</t:OzId><t:ImzaliMi>true</t:ImzaliMi>", "OZ-2</t:OzId>")
m("EYP-ILGI-ID", sub("ustveri", f'<t:Id Value="{ILGI1}"/>', "<t:Id/>"))
ustveri("EYP-ILGI-ETIKET", "<t:Etiket>a", "<t:Etiket>")
ustveri("EYP-ILGI-ETIKET-UNIQUE", "<t:Etiket>b", "<t:Etiket>A")
ustveri("EYP-ILGI-ETIKET-LETTER", "<t:Etiket>b", "<t:Etiket>ab")
ustveri("EYP-ILGI-ETIKET-ORDER", "<t:Etiket>b", "<t:Etiket>ç")
ustveri("EYP2-K25", f"<t:EkId>{EK1}", f"<t:EkId>{NEXT_ID}")
ustveri("EYP-ILGI-AD", "<t:Ad>İlk</t:Ad>", "", advice=True)

# Nihai Üstveri and signers
m("EYP2-K82", double("nihaiustveri", "/NihaiUstveri/iki.xml"), *TWICE)
m("EYP2-K84", move("nihaiustveri", "/NihaiUstveri/Baska.xml"))
m("EYP2-K85", sub("nihaiustveri", "<t:BelgeNo>", "<t:Yabanci/><t:BelgeNo>"))
m("EYP2-K85-BELGENO", sub("nihaiustveri", "E-82223362-010.06.01-12", ""))
m("EYP2-K85-TARIH", sub("nihaiustveri", "2025-05-12", "0001-01-01"))
m("EYP2-K85-IMZA", cut("nihaiustveri", "<t:Imza>", "</t:Imza>"), K85)
m("EYP-NIHAIUSTVERI-1X", both(lambda d: d.texts.update(nihaiustveri=f.NIHAI_USTVERI), add_rel(Rel("/", "IdNihaiUstveri",
  REL + "nihaiustveri", "/NihaiUstveri/NihaiUstveri.xml")), lambda d: d.places.update(nihaiustveri="/NihaiUstveri/NihaiUstveri.xml"),
  refs("nihaiozet", add="/NihaiUstveri/NihaiUstveri.xml")), "EYP-XML-GENMIX", "EYP-GEN-CONSISTENT", base=f.eyp1)  # fmt: skip
m("EYP-IMZA-IMZALAYAN", cut("nihaiustveri", "<t:Kisi>", "</t:Kisi>"), K85, "EYP-KISI-AD")
m("EYP-IMZA-VEKALET", sub("nihaiustveri", "</t:Imzalayan>", "</t:Imzalayan><t:VekaletVeren><t:Kisi><t:IlkAdi>A</t:IlkAdi>"
  "<t:Soyadi></t:Soyadi></t:Kisi></t:VekaletVeren>"), "EYP-KISI-AD")  # fmt: skip
m("EYP-IMZA-AMAC", cut("nihaiustveri", "<t:Amac>", "</t:Amac>"), advice=True)
m("EYP-IMZA-TCYK-2X", sub("nihaiustveri", "</t:Amac>", "</t:Amac><t:TCYK>1</t:TCYK>"), K85)
m("EYP-IMZA-TCYK-1X", sub("core", ">1.3<", ">1.2<"), base=f.eyp1)

# Belge Hedef, Belge İmza
m("EYP-BELGEHEDEF-1X", drop("belgehedef"), base=f.eyp1)
m("EYP-BELGEHEDEF-MULTI", double("belgehedef", "/BelgeHedef/iki.xml"), *TWICE, base=f.eyp1)
m("EYP-BELGEHEDEF-URI", move("belgehedef", "/BelgeHedef/Baska.xml"), base=f.eyp1)
m("EYP-BELGEHEDEF-LIST", cut("belgehedef", "<t:KurumKurulus>", "</t:KurumKurulus>"), "EYP-XML-SCHEMA", base=f.eyp1)
m("EYP-BELGEHEDEF-MATCH", sub("belgehedef", "24301050", "24301059"), base=f.eyp1)
m("EYP-BELGEHEDEF-2X-EYP", both(lambda d: d.texts.update(belgehedef=f.BELGE_HEDEF % (2, 2)),
  lambda d: d.places.update(belgehedef="/BelgeHedef/BelgeHedef.xml"),
  add_rel(Rel("/", "IdBelgeHedef", REL + "belgehedef", "/BelgeHedef/BelgeHedef.xml"))))  # fmt: skip
m("EYP-BELGEIMZA-MULTI", move("belgeimza", "/Imzalar/Baska.xml"), base=f.eyp1)
m("EYP-BELGEIMZA-REQUIRED", drop("belgeimza"), base=f.eyp1)
m("EYP-BELGEIMZA-2X", both(lambda d: d.texts.update(belgeimza=f.BELGE_IMZA),
  lambda d: d.places.update(belgeimza="/Imzalar/BelgeImza.xml"),
  add_rel(Rel("/", "IdBelgeImza", REL + "belgeimza", "/Imzalar/BelgeImza.xml"))), "EYP-XML-GENMIX", "EYP-GEN-CONSISTENT",
  "EYP-IMZA-TCYK-2X")  # fmt: skip

# Digest documents
EK_PART, LETTER = "/Ekler/birinci.pdf", "/UstYazi/yazi.pdf"
m("EYP2-K26", double("paketozeti", "/PaketOzeti/iki.xml"), *TWICE)
m("EYP2-K28", move("paketozeti", "/PaketOzeti/Baska.xml"))
m("EYP2-K29", sub("paketozeti", "<p:Reference", "<p:Yabanci/><p:Reference"))
m("EYP2-K33-CONTENT", refs("paketozeti", drop=LETTER))
m("EYP2-K33-HEDEF", refs("paketozeti", drop="/BelgeHedef/BelgeHedef.xml"), base=f.eyp1)
m("EYP2-K33-EK", refs("paketozeti", drop=EK_PART))
m("EYP2-K33-PARAF", refs("paketozeti", drop="/ParafOzeti/ParafOzeti.xml"))
m("EYP2-K33-MISSING", refs("paketozeti", add="/Ekler/yok.pdf"))
m("EYP2-K33-UNSIGNED", refs("paketozeti", add="/ImzasizEkler/ikinci.txt"))
m("EYP2-K43-UNSIGNED", refs("nihaiozet", add="/ImzasizEkler/ikinci.txt"))
m("EYP-PAKETOZETI-LATE", refs("paketozeti", add="/NihaiUstveri/NihaiUstveri.xml"), "EYP2-K33-MISMATCH")
m("EYP2-K34", sub("paketozeti", f.BELGE_ID, f.UPDATE_ID))
m("EYP2-K98", double("nihaiozet", "/NihaiOzet/iki.xml"), *TWICE)
m("EYP-NIHAIOZET-1X", double("nihaiozet", "/NihaiOzet/iki.xml"), *TWICE, base=f.eyp1)
m("EYP2-K38", move("nihaiozet", "/NihaiOzet/Baska.xml"))
m("EYP2-K39", sub("nihaiozet", "<p:Reference", "<p:Yabanci/><p:Reference"))
m("EYP2-K43-CONTENT", refs("nihaiozet", drop=f.CORE))
m("EYP2-K43-CONTENT-1X", refs("nihaiozet", drop="/Imzalar/BelgeImza.xml"), base=f.eyp1)
m("EYP2-K43-EK", refs("nihaiozet", drop=EK_PART))
m("EYP2-K43-PARAF", refs("nihaiozet", drop="/Paraflar/ParafImzaCades.imz"))
m("EYP2-K43-MISMATCH", after("/NihaiUstveri/NihaiUstveri.xml", lambda data: data + b"\n"))
m("EYP2-K43-MISSING", refs("nihaiozet", add="/Ekler/yok.pdf"))
m("EYP-NIHAIOZET-SELF", refs("nihaiozet", add="/Muhur/MuhurCades.imz"), "EYP2-K43-MISMATCH")
m("EYP2-K44", sub("nihaiozet", f.BELGE_ID, f.UPDATE_ID))
EXTERNAL = '<p:Reference URI="https://kurum.gov.tr/dosya" Type="http://eyazisma.dpt/bilesen#harici">%s</p:Reference>'
ITEMS = "".join(
    f'<p:DigestItem><p:DigestMethod Algorithm="{ALGORITHMS[name]}"/><p:DigestValue>{"A" * size}</p:DigestValue></p:DigestItem>'
    for name, size in (("sha384", 64), ("sha512", 84))
).replace("A" * 84, "A" * 86 + "==")  # fmt: skip
m("EYP2-K45", sub("nihaiozet", "</NihaiOzet>", EXTERNAL % ITEMS + "</NihaiOzet>"))
m(
    "EYP-DIGEST-HARICI",
    sub("paketozeti", "</p:PaketOzeti>", (EXTERNAL % ITEMS).replace("/dosya", "/x") + "</p:PaketOzeti>"),
)
m("EYP-DIGEST-COUNT-2X", cut("paketozeti", "<p:DigestItem>", "</p:DigestItem>"), K29)
m("EYP-DIGEST-COUNT-1X", sub("paketozeti", "</p:DigestValue>", "</p:DigestValue><p:DigestItem/>"), K29, base=f.eyp1)
m("EYP-DIGEST-SHA512", lambda d: setattr(d, "algorithms", ("sha256", "sha384")))
m("EYP-DIGEST-DISTINCT", lambda d: setattr(d, "algorithms", ("sha512", "sha512")))
m("EYP-DIGEST-ALG-2X", lambda d: setattr(d, "algorithms", ("sha1", "sha512")))
m("EYP-DIGEST-ALG-1X", lambda d: setattr(d, "algorithms", ("sha384",)), base=f.eyp1)
m("EYP-DIGEST-WEAK-1X", lambda d: setattr(d, "algorithms", ("sha1",)), base=f.eyp1)
m("EYP-DIGEST-VALUE", sub("paketozeti", "<p:DigestValue>", "<p:DigestValue>AAAA"))
m("EYP-DIGEST-URI", sub("paketozeti", ' URI="/Ekler/birinci.pdf"', ""), "EYP2-K33-EK")
m("EYP-DIGEST-URI-ABS", sub("paketozeti", ' URI="/Ekler/birinci.pdf"', ' URI="Ekler/birinci.pdf"'))
m("EYP-DIGEST-URI-DUP", refs("paketozeti", add=LETTER))
m("EYP-DIGEST-TYPE", sub("paketozeti", "bilesen#dahili", "bilesen#baska"))


def _wrong_letter(d: Draft) -> None:
    """The letter is exchanged after everything is signed."""
    after(LETTER, f.PDF + b"2")(d)


m("EYP2-K33-MISMATCH", _wrong_letter, "EYP2-K43-MISMATCH", "EYP-PARAF-DIGEST")
m("EYP-PARAF-DIGEST", refs("parafozeti", add="/Ekler/yok.pdf"))

# B10: the relationship leads to another part than the digested one
m("EYP2-K33-CONTENT", both(add_part("/UstYazi/baska.pdf", f.PDF), lambda d: setattr(d.rel("IdUstYazi"), "target", "/UstYazi/baska.pdf")),
  "EYP2-K43-CONTENT", "EYP-PARAF-CONTENT", "EYP-OPC-ORPHAN", "EYP-USTYAZI-DOSYAADI", "EYP-OPC-UNDIGESTED",
  name="displayed-is-not-signed")  # fmt: skip

# Signature parts
m("EYP-IMZA-ONE", double("imzacades", "/Imzalar/iki.imz"), *TWICE)
m("EYP-IMZA-URI", move("imzacades", "/Imzalar/Baska.imz"))
m("EYP-IMZA-DER", lambda d: d.signed.update(imzacades=lambda data: b"\1\2\3"))
m("EYP2-K81", lambda d: d.signed.update(imzacades=lambda data: f.sign(data + b" ")))
m("EYP-PARAF-MULTI", double("parafozeti", "/ParafOzeti/iki.xml"), *TWICE)
m("EYP-PARAF-URI", move("parafozeti", "/ParafOzeti/Baska.xml"))
m("EYP-PARAF-SCHEMA", sub("parafozeti", "<p:Reference", "<p:Yabanci/><p:Reference"))
m("EYP-PARAF-ID", sub("parafozeti", f.BELGE_ID, f.UPDATE_ID))
m("EYP-PARAF-CONTENT", refs("parafozeti", drop=EK_PART))
m(
    "EYP-PARAF-IMZA",
    lambda d: (d.rels.remove(d.rel("IdParafImzaCades")), after("/Paraflar/ParafImzaCades.imz", None)(d)),
)
m("EYP-PARAF-IMZA-ALONE", lambda d: (d.rels.remove(d.rel("IdParafOzeti")), after("/ParafOzeti/ParafOzeti.xml", None)(d)),
  "EYP2-K33-MISSING", "EYP2-K43-MISSING", "EYP-OPC-RELS-SOURCE")  # fmt: skip
m("EYP-PARAF-DER", lambda d: d.signed.update(parafimzacades=lambda data: f.sign(data + b" ")))
m("EYP-MUHUR-ONE", double("muhurcades", "/Muhur/iki.imz"), *TWICE)
m("EYP-MUHUR-1X", double("muhurcades", "/Muhurler/iki.imz"), *TWICE, base=f.eyp1)
m("EYP-MUHUR-URI", move("muhurcades", "/Muhur/Baska.imz"))
m("EYP-MUHUR-URI-1X", move("muhurcades", "/Muhur/MuhurCades.imz"), base=f.eyp1)
m("EYP-MUHUR-DER", lambda d: d.signed.update(muhurcades=lambda data: b"\1\2\3"))
m("EYP2-K100", lambda d: d.signed.update(muhurcades=lambda data: f.sign(data + b" ")))

# Encrypted packages
m("EYP-EYPS-CORE", lambda d: d.drop("sifreliicerikbilgisi"), base=f.eyps2)
m("EYP-EYPS-NIHAIOZET", drop("nihaiozet"), "EYP2-K98", base=f.eyps2)
m("EYP-EYPS-PAKETOZETI", drop("paketozeti"), base=f.eyps1)
m("EYP-EYPS-BELGEHEDEF", drop("belgehedef"), base=f.eyps2)
m("EYP-EYPS-URI-2X", both(move("sifreliicerik", "/SifreliIcerik/icerik"),
  lambda d: d.overrides.update({"/SifreliIcerik/icerik": "application/pkcs7-mime"})), base=f.eyps2)  # fmt: skip
m("EYP-EYPS-URI-1X", both(move("sifreliicerik", "/SifreliIcerik/icerik"),
  lambda d: d.overrides.update({"/SifreliIcerik/icerik": "application/pkcs7-mime"})), base=f.eyps1)  # fmt: skip
m("EYP-EYPS-CT", lambda d: d.overrides.update({d.places["sifreliicerik"]: "application/zip"}), base=f.eyps2)
m("EYP-EYPS-CMS", lambda d: setattr(d, "plain_inner", True), base=f.eyps2)
m("EYP-EYPS-RECIPIENT", lambda d: d.after.append(_damage), base=f.eyps2)
m("EYP-EYPS-BILGI-URI", move("sifreliicerikbilgisi", "/SifreliIcerikBilgisi/Baska.xml"), base=f.eyps2)
m("EYP-EYPS-BILGI-SCHEMA", sub("sifreliicerikbilgisi", "<URI>", "<Yabanci/><URI>"), base=f.eyps2)
m("EYP-EYPS-BILGI-VALUES", sub("sifreliicerikbilgisi", '"1.4"', '"1.3"'), base=f.eyps2)
m("EYP-XSD-SIFRELI-ID", sub("sifreliicerikbilgisi", "Version=", 'Id="" Version='), base=f.eyps2)
m("EYP-EYPS-PLAINTEXT", both(add_part("/UstYazi/yazi.pdf", f.PDF), add_rel(Rel("/", "IdUstYazi", REL + "ustyazi", "/UstYazi/yazi.pdf"))),
  base=f.eyps2)  # fmt: skip
m("EYP-EYPS-SUBJECT", sub("core", "<cp:category>", "<dc:subject>Deneme yazısı</dc:subject><cp:category>"), base=f.eyps2)
m("EYP-EYPS-INNER-KIND", inside(sub("core", ">RESMIYAZISMA<", ">BASKA<")), base=f.eyps2)
m("EYP-EYPS-INNER-DIGEST", sub("nihaiozet", "</NihaiOzet>", "\n</NihaiOzet>"), base=f.eyps2)
m(
    "EYP-EYPS-INNER-BELGEID",
    sub("nihaiozet", f.BELGE_ID, f.UPDATE_ID),
    "EYP2-K44",
    "EYP-EYPS-INNER-DIGEST",
    base=f.eyps2,
)
m("EYP-EYPS-INNER-HEDEF", sub("belgehedef", "24301050", "24301059"), base=f.eyps2)


def _damage(parts: dict[str, bytes]) -> None:
    """Spoil the encrypted octets and leave the form."""
    name = next(name for name in parts if name.startswith("/SifreliIcerik/"))
    parts[name] = parts[name][:-32] + bytes(32)


# Update packages
m("EYP-EYPG-COMPONENTS", double("guncellemebilgisi", "/GuncellemeBilgisi/iki.xml"), *TWICE, base=f.eypg)
m("EYP-EYPG-ONLY", both(add_part("/UstYazi/yazi.pdf", f.PDF), add_rel(Rel("/", "IdUstYazi", REL + "ustyazi", "/UstYazi/yazi.pdf")),
  refs("nihaiozet", add="/UstYazi/yazi.pdf")), base=f.eypg)  # fmt: skip
m("EYP-EYPG-ORIGINAL-URI", move("orijinalpaket", "/OrijinalPaket/Baska.eyp"), base=f.eypg)
m("EYP-EYPG-ORIGINAL-CT", lambda d: d.types.update(eyp="application/zip"), base=f.eypg)
m("EYP-EYPG-ORIGINAL-PLAIN", lambda d: setattr(d, "inner", f.eyps2()), base=f.eypg)
m("EYP-EYPG-ORIGINAL-VALID", inside(sub("core", ">RESMIYAZISMA<", ">BASKA<")), base=f.eypg)
m("EYP-EYPG-BILGI-URI", move("guncellemebilgisi", "/GuncellemeBilgisi/Baska.xml"), base=f.eypg)
m(
    "EYP-EYPG-BILGI-LIST",
    cut("guncellemebilgisi", "<t:Guncellemeler>", "</t:Guncellemeler>"),
    "EYP-XML-SCHEMA",
    base=f.eypg,
)
m("EYP-EYPG-TUR", sub("guncellemebilgisi", ">GuvenlikKodu<", ">Baska<"), "EYP-XML-SCHEMA", base=f.eypg)
m("EYP-EYPG-TUR-BODY", cut("guncellemebilgisi", "<t:GuvenlikKoduDegisiklikBilgisi>", "</t:GuvenlikKoduDegisiklikBilgisi>"),
  "EYP-XML-SCHEMA", base=f.eypg)  # fmt: skip
m("EYP-EYPG-KOD", sub("guncellemebilgisi", ">HZO<", ">XXX<"), "EYP-XML-SCHEMA", base=f.eypg)
m("EYP-EYPG-KOD-OZL", sub("guncellemebilgisi", ">HZO<", ">OZL<"), base=f.eypg)
m("EYP-EYPG-KOD-CHANGE", sub("guncellemebilgisi", ">HZO<", ">YOK<"), base=f.eypg)
m("EYP-EYPG-TARIH", sub("guncellemebilgisi", "2025-06-01", "0001-01-01"), "EYP-EYPG-TARIH-ORDER", base=f.eypg)
m("EYP-EYPG-TARIH-ORDER", sub("guncellemebilgisi", "2025-06-01", "2024-06-01"), base=f.eypg)
m("EYP-EYPG-TARIH-ORDER", sub("guncellemebilgisi", "2025-06-01", "2999-06-01"), base=f.eypg, name="future")
m("EYP-EYPG-ACIKLAMA", sub("guncellemebilgisi", ">Karar<", "><"), base=f.eypg)
m("EYP-EYPG-KARARNO", sub("guncellemebilgisi", ">E-1<", "><"), base=f.eypg)
m("EYP-EYPG-KARARID", sub("guncellemebilgisi", ">85E65A34-F460-4590-8BFA-A2DDB07E1B1D<", "><"), base=f.eypg)
m("EYP-EYPG-KARARID-GUID", sub("guncellemebilgisi", "85E65A34-", ""), base=f.eypg)
m("EYP-EYPG-NIHAIOZET-CONTENT", refs("nihaiozet", drop=f.CORE), base=f.eypg)
m("EYP-EYPG-NIHAIOZET-ID", sub("nihaiozet", f.UPDATE_ID, ILGI1), base=f.eypg)
m(
    "EYP-EYPG-IDENTIFIER",
    both(sub("core", f.UPDATE_ID, f.BELGE_ID), sub("nihaiozet", f.UPDATE_ID, f.BELGE_ID)),
    base=f.eypg,
)
m("EYP-EYPG-MUHUR-SINGLE", lambda d: d.signed.update(muhurcades=f.sign_twice), base=f.eypg)
_one = lambda text: text.replace("-2", "-1")  # noqa: E731
m(
    "EYP-EYPG-GENERATION",
    both(
        sub("core", ">2.1<", ">1.3<"),
        lambda d: d.edits.update(guncellemebilgisi=[_one], nihaiozet=[_one]),
    ),
    "EYP-XML-ROOT",
    "EYP-DIGEST-COUNT-1X",
    K39,
    base=f.eypg,
)

# The files themselves
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
m("EYP-TARAMA-ZARARLI", add_part("/ImzasizEkler/ikinci.txt", EICAR))
m("EYP-TARAMA-PROGRAM", add_part("/ImzasizEkler/ikinci.txt", b"MZ\x90\0"))
m("EYP-TARAMA-MAKRO", add_part("/ImzasizEkler/ikinci.txt", b"PK\3\4 word/vbaProject.bin"))


def _bomb(d: Draft) -> None:
    from tests.package.forge import forge

    d.files["/ImzasizEkler/ikinci.txt"] = forge([Forged("a", b"\0" * (4 << 20))])


m("EYP-TARAMA-ARSIV", _bomb)
