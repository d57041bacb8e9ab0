# ruff: noqa: E501
"""The same good package as other implementations would write it, and neighbours of it that break a rule.

Each variant names what must be found beyond what is said of the good package; nothing else may be.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from tests.package import factory as f
from tests.package.factory import BELGE_ID, EK1, EK4, REL, TYPES, UPDATE_ID, Draft, Rel
from tests.package.forge import Forged, deflate, forge
from tests.package.mutations.tools import Change, both, drop, move, sub

Items = list[tuple[str, bytes]]


@dataclass(frozen=True)
class Variant:
    base: Callable[[], Draft]
    change: Change
    found: frozenset[str] = frozenset()
    rezip: Callable[[Items], bytes] | None = None

    def build(self) -> tuple[bytes, str]:
        """The package and its file name."""
        draft = self.base()
        self.change(draft)
        data = draft.build()
        if self.rezip:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                data = self.rezip([(name, archive.read(name)) for name in archive.namelist()])
        return data, draft.file_name


VARIANTS: dict[str, Variant] = {}


def nothing(d: Draft) -> None:
    """The package as it is."""


def v(name: str, change: Change, *found: str, base: Callable[[], Draft] = f.eyp2) -> None:
    VARIANTS[name] = Variant(base, change, frozenset(found))


def z(name: str, rezip: Callable[[Items], bytes], *found: str, change: Change = nothing,
      base: Callable[[], Draft] = f.eyp2) -> None:  # fmt: skip
    VARIANTS[name] = Variant(base, change, frozenset(found), rezip)


def us(name: str, *pairs: str, found: str = "", base: Callable[[], Draft] = f.eyp2) -> None:
    """Üstveri with texts replaced everywhere, given as old, new, old, new."""

    def change(d: Draft) -> None:
        for old, new in zip(pairs[::2], pairs[1::2], strict=True):
            d.sub("ustveri", old, new, -1)

    v(f"ustveri: {name}", change, *found.split(), base=base)


def core(name: str, *pairs: str, found: str = "") -> None:
    def change(d: Draft) -> None:
        for old, new in zip(pairs[::2], pairs[1::2], strict=True):
            d.sub("core", old, new, -1)

    v(f"core: {name}", change, *found.split())


# The archive --------------------------------------------------------------------------------------------------------------


def _forged(change: Callable[[str, bytes], dict[str, object]]) -> Callable[[Items], bytes]:
    return lambda items: forge([Forged(name, data, **change(name, data)) for name, data in items])  # type: ignore[arg-type]


def _descriptor(form: str, signature: bytes) -> Callable[[Items], bytes]:
    def told(_: str, data: bytes) -> dict[str, object]:
        sizes = struct.pack(form, zlib.crc32(data), len(deflate(data)), len(data))
        return {"descriptor": signature + sizes}

    return _forged(told)


def _folders(items: Items) -> bytes:
    names = {name.rsplit("/", deep)[0] + "/" for name, _ in items for deep in range(1, name.count("/") + 1)}
    return forge([Forged(name, method=0, mode=0o040755) for name in sorted(names)] + [Forged(*item) for item in items])


def _zip64(items: Items) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in items:
            with archive.open(name, "w", force_zip64=True) as part:
                part.write(data)
    return out.getvalue()


def _growth_hint(items: Items) -> bytes:
    """Extra fields in the local headers only, as .NET Framework leaves room for growing."""
    out, central = bytearray(), bytearray()
    extra = struct.pack("<2H", 0xA220, 20) + bytes(20)
    for name, data in items:
        told, raw, offset = (zlib.crc32(data), len(deflate(data)), len(data)), name.encode(), len(out)
        out += struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 33, *told, len(raw), len(extra)) + raw + extra
        out += deflate(data)
        central += struct.pack("<4s6H3L5H2L", b"PK\1\2", 45, 20, 0, 8, 0, 33, *told, len(raw), 0, 0, 0, 0, 0, offset)
        central += raw
    count = len(items)
    return bytes(out + central + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(central), len(out), 0))


z("zip: stored", _forged(lambda *_: {"method": 0}))
z("zip: backwards", lambda items: forge([Forged(*item) for item in reversed(items)]))
z("zip: folders", _folders)
z("zip: names not marked as UTF-8", _forged(lambda *_: {"flags": 0}))
z("zip: descriptors", _descriptor("<3L", b"PK\7\x08"))
z("zip: descriptors without signature", _descriptor("<3L", b""))
z("zip: descriptors of ZIP64", _descriptor("<L2Q", b"PK\7\x08"))
z("zip: flag of a descriptor, complete header, no descriptor", _forged(lambda *_: {"flags": 8}))
z("zip: ZIP64 fields where none are needed", _zip64)
z("zip: room for growing", _growth_hint)
z("zip: comment", lambda items: forge([Forged(*item) for item in items], comment=b"made by"), "EYP-ZIP-TRAILING")


# Content types ------------------------------------------------------------------------------------------------------------


def _overrides_only(d: Draft) -> None:
    names = [*d.places.values(), *d.files]
    d.overrides = {name: TYPES[name.rsplit(".", 1)[1]] for name in names}
    d.types = {"rels": TYPES["rels"]}


def _types(edit: Callable[[str], str]) -> Change:
    return lambda d: d.types_edit.append(edit)


def _each_type(edit: Callable[[str, str], tuple[str, str]]) -> Change:
    return lambda d: setattr(d, "types", dict(edit(key, value) for key, value in d.types.items()))


v("types: overrides only", _overrides_only)
v("types: values in capitals", _each_type(lambda key, value: (key, value.upper())))
v("types: extensions in capitals", _each_type(lambda key, value: (key.upper(), value)))
v("types: part name in capitals", lambda d: d.overrides.update({"/USTVERI/USTVERI.XML": "application/xml"}))
v(
    "types: declaration, mark and comment",
    _types(lambda t: f'\ufeff<?xml version="1.0" standalone="yes"?>\r\n<!-- x -->{t}'),
)
v("types: prefix", _types(lambda t: re.sub(r"(</?)([A-Z])", r"\1c:\2", t).replace(" xmlns=", " xmlns:c=")))
v("types: unused", lambda d: d.types.update(jpeg="image/jpeg"))
v("types: text/xml", lambda d: d.types.update(xml="text/xml"), "EYP-OPC-CT-EXPECTED")


# Relationships and part names ---------------------------------------------------------------------------------------------


def _rels(edit: Callable[[Rel], None]) -> Change:
    def change(d: Draft) -> None:
        for item in d.rels:
            edit(item)

    return change


def _target(edit: Callable[[Rel], str]) -> Change:
    return _rels(lambda item: setattr(item, "target", edit(item)))


def _dressed(text: str) -> str:
    """Other order of attributes, other quotes, a prefix, a mark and a declaration."""
    text = re.sub(
        r'<Relationship Id="([^"]*)" Type="([^"]*)" Target="([^"]*)"/>',
        r"<r:Relationship Target='\3'   Type='\2'" + "\n\t" + r"Id='\1' ></r:Relationship>",
        text,
    )
    text = text.replace("<Relationships xmlns=", "<r:Relationships xmlns:r=").replace("</Rel", "</r:Rel")
    return f'\ufeff<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{text}'


def _thumbnail(d: Draft) -> None:
    d.files["/docProps/thumbnail.jpeg"] = b"\xff\xd8"
    d.types["jpeg"] = "image/jpeg"
    kind = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail"
    d.rels.append(Rel("/", "rId9", kind, "docProps/thumbnail.jpeg"))


def _letter(part: str, target: str, name: str) -> Change:
    def change(d: Draft) -> None:
        d.move("ustyazi", part)
        d.rel("IdUstYazi").target = target
        d.sub("ustveri", ">yazi.pdf<", f">{name}<")

    return change


def _uris(old: str, new: str) -> Change:
    def change(d: Draft) -> None:
        for name in d.references:
            d.sub(name, old, new)

    return change


def _only(edit: Callable[[str, bytes], tuple[str, bytes] | None]) -> Callable[[Items], bytes]:
    return lambda items: forge([Forged(*found) for item in items if (found := edit(*item)) is not None])


PARAF = ("Paraflar/ParafImzaCades.imz", "ParafOzeti/_rels/ParafOzeti.xml.rels")
EMPTY_RELS = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>'

v("rels: relative", _target(lambda r: r.target[1:] if r.source == "/" else f"..{r.target}"))
v("rels: dots", _target(lambda r: f".{r.target}" if r.source == "/" else f".././{r.target[1:]}"))
v("rels: capitals", _target(lambda r: r.target.upper()))
v("rels: internal said", _rels(lambda r: setattr(r, "mode", "Internal")))
v("rels: dressed otherwise", lambda d: d.rels_edit.append(_dressed))
v(
    "rels: attachment Ids in small letters",
    _rels(lambda r: setattr(r, "id", re.sub("_.*", lambda m: m[0].lower(), r.id))),
)
z("rels: folder in capitals", _only(lambda name, data: (name.replace("_rels/", "_RELS/"), data)))
z(
    "rels: none of a part",
    lambda items: forge([Forged(*i) for i in [*items, ("Ustveri/_rels/Ustveri.xml.rels", EMPTY_RELS)]]),
)
z(
    "rels: UTF-16",
    _only(lambda n, data: (n, data.decode().encode("utf-16") if n == "_rels/.rels" else data)),
    "EYP-XML-ENCODING",
)
v("parts: thumbnail", _thumbnail, "EYP-OPC-RELS-UNKNOWN", "EYP-OPC-UNDIGESTED")
v(
    "parts: blank in a name",
    _letter("/UstYazi/ya%20zi.pdf", "/UstYazi/ya%20zi.pdf", "ya zi.pdf"),
    "EYP-NAME-ENCODING",
    "EYP2-K5",
)
v(
    "parts: UTF-8 name, escaped target",
    _letter("/UstYazi/yazı.pdf", "/UstYazi/yaz%C4%B1.pdf", "yazı.pdf"),
    "EYP-NAME-ENCODING",
)
v(
    "parts: escaped name, plain target",
    _letter("/UstYazi/yaz%C4%B1.pdf", "/UstYazi/yazı.pdf", "yazı.pdf"),
    "EYP-NAME-ENCODING",
)
v("digests: capitals and escapes", _uris('URI="/UstYazi/yazi.pdf"', 'URI="/ustyazi/%79azi.PDF"'))
z("paraf taken out", _only(lambda name, data: None if name in PARAF else (name, data)), "EYP-PARAF-IMZA")


# Digests ------------------------------------------------------------------------------------------------------------------


def _documents(edit: Callable[[str], str]) -> Change:
    def change(d: Draft) -> None:
        for name in d.references:
            d.edits.setdefault(name, []).append(edit)

    return change


v(
    "digests: lines in base64",
    _documents(lambda t: re.sub("(<p:DigestValue>)(.{40})", r"\1" + "\n  " + r"\2" + "\r\n", t)),
)
v("digests: no type", _documents(lambda t: re.sub(' Type="[^"]*"', "", t)))
v("digests: SHA-256 and SHA-512", lambda d: setattr(d, "algorithms", ("sha256", "sha512")))
v("digests: SHA-512 first", lambda d: setattr(d, "algorithms", ("sha512", "sha384")))
v("digests: 1.x with SHA-512", lambda d: setattr(d, "algorithms", ("sha512",)), base=f.eyp1)


# Core properties ----------------------------------------------------------------------------------------------------------


def _java(d: Draft) -> None:
    d.move("core", "/docProps/core.xml")
    d.overrides["/docProps/core.xml"] = TYPES["psmdcp"]
    d.rel("rCore").id = "rId1"
    d.rel("/docProps/core.xml").target = "docProps/core.xml"


TERMS = "http://purl.org/dc/terms/"
CREATED = '<dcterms:created xsi:type="dcterms:W3CDTF">'
MORE = (
    "<dc:title>x</dc:title><dc:description>d</dc:description><dc:language>tr</dc:language><cp:lastModifiedBy>x"
    "</cp:lastModifiedBy><cp:lastPrinted>2025-01-01T00:00:00Z</cp:lastPrinted><cp:contentStatus>x</cp:contentStatus>"
    '<dcterms:modified xsi:type="dcterms:W3CDTF">2025-01-01T00:00:00Z</dcterms:modified>'
    '<cp:keywords xml:lang="tr">a <cp:value>b</cp:value><cp:value>c</cp:value></cp:keywords>'
)

v("core: docProps/core.xml", _java)
core("default namespace", "xmlns:cp=", "xmlns=", "<cp:", "<", "</cp:", "</")
core(
    "namespace on the element",
    CREATED,
    f'<created xmlns="{TERMS}" xsi:type="W3CDTF">',
    "</dcterms:created",
    "</created",
)
core("other prefix", "dcterms:", "q:", "xmlns:dcterms", "xmlns:q")
core("fraction", "11:23:13Z", "11:23:13.3515207Z")
core("no seconds", "11:23:13Z", "11:23Z")
core("a type of another namespace", '"dcterms:W3CDTF"', '"xsi:W3CDTF"', found="EYP-CORE-CREATED")
core("no type", CREATED, "<dcterms:created>", found="EYP-CORE-CREATED")
core("a day only", "T11:23:13Z", "", found="EYP-CORE-CREATED")
core("everything OPC has", "<cp:category>", MORE + "<cp:category>")
core("CDATA", "Deneme yazısı", "<![CDATA[Deneme yazısı]]>")
core("blanks", ">RESMIYAZISMA<", ">\n RESMIYAZISMA \n<")
core("small letters", BELGE_ID, BELGE_ID.lower(), found="EYP2-K80")
core("braces", BELGE_ID, f"{{{BELGE_ID}}}", found="EYP-CORE-IDENTIFIER-GUID EYP2-K68")


# Metadata -----------------------------------------------------------------------------------------------------------------

DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'
NIL = '<t:GuvenlikKoduGecerlilikTarihi xsi:nil="true"/>'
UNTIL = "<t:GuvenlikKoduGecerlilikTarihi>%s</t:GuvenlikKoduGecerlilikTarihi>"

us("byte order mark", "<?xml", "\ufeff<?xml")
us("no declaration", DECLARATION, "")
us("other declaration", DECLARATION, "<?xml version='1.0' encoding='UTF-8' standalone='no' ?>\r\n")
us("other prefix", "xmlns:t=", "xmlns:ns2=", "<t:", "<ns2:", "</t:", "</ns2:")
us("comments", "<t:Konu>Deneme", "<!-- k --><?p x?><t:Konu>Deneme<!-- c -->")
us("CDATA", "Deneme yazısı", "<![CDATA[Deneme]]> yazısı")
us("references to characters", "Deneme yazısı", "Deneme yaz&#x131;s&#305;")
us("schemaLocation", " xmlns:xsi=", ' xsi:schemaLocation="urn:x http://127.0.0.1:9/x.xsd" xmlns:xsi=')
us("more namespaces", " xmlns:xsi=", ' xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi=')
us("blanks around codes", ">GNL<", "> GNL\n<", ">1</t:SiraNo", "> 1 </t:SiraNo", "<t:ImzaliMi>false", "<t:ImzaliMi> 0 ")
us("blanks around a GUID", f"BelgeId>{BELGE_ID}", f"BelgeId>\n {BELGE_ID} ", found="EYP2-K19")
us("fractions, no offset", "00:00:00+03:00", "00:00:00.1234567")
us("an empty optional element", "Genelgeler</t:Ad>", "Genelgeler</t:Ad><t:Aciklama/>", found="EYP-TEXT-BLANK")
us("a term in ticks", "P1D", "864000000000", found="EYP-DAGITIM-MIAT")
us("no term", "P1D", "PT0S", found="EYP-DAGITIM-GNL-MIAT")
us("EYazismaIdMi said", f'Value="{EK1}"', f'Value="{EK1}" EYazismaIdMi="false"')
us("an empty term", "P1D", "", found="EYP-TEXT-BLANK EYP-DAGITIM-GNL-MIAT")
us("an empty identity number", "10000000146", "", found="EYP-TEXT-BLANK")
us("an empty unit", "24301051", "", found="EYP-TEXT-BLANK")
us("an empty language", ">tur<", "><", found="EYP-TEXT-BLANK")
us(
    "empty groups",
    "Bir Şirket</t:Adi>",
    "Bir Şirket</t:Adi><t:IletisimBilgisi/>",
    "</t:AnaSdp>",
    "</t:AnaSdp><t:DigerSdpler/>",
)
us("an empty list", "<t:DagitimTuru>BLG</t:DagitimTuru>", "<t:DagitimTuru>BLG</t:DagitimTuru><t:KonulmamisEkListesi/>",
   found="EYP-USTVERI-EMPTYLIST")  # fmt: skip
us("an institution's number of old", "24301050", "24301050ABCDEF", found="EYP2-K19 EYP-KKK-FORMAT EYP-KKK-LEGACY")
us("1.x: an institution's number of old", "82223362", "82223362ABCDEF", found="EYP-KKK-LEGACY EYP-CORE-CREATOR-MATCH",
   base=f.eyp1)  # fmt: skip
us("elements in another order", "<t:Ivedilik>NRM</t:Ivedilik><t:DagitimTuru>BLG</t:DagitimTuru>",
   "<t:DagitimTuru>BLG</t:DagitimTuru><t:Ivedilik>NRM</t:Ivedilik>", found="EYP2-K19")  # fmt: skip
us("an element outside the namespace", "<t:Dil>tur</t:Dil>", '<Dil xmlns="">tur</Dil>', found="EYP2-K19")
us("languageID", "<t:Konu>", '<t:Konu languageID="TR">')
us("no end of secrecy", NIL, "")
us("an end of secrecy", NIL, UNTIL % "2044-01-01T00:00:00")
us("the same day as the letter", NIL, UNTIL % "2014-05-06T00:00:00", base=f.eyp1)
us("the day before the letter", NIL, UNTIL % "2014-05-05T23:59:00", found="EYP-USTVERI-GECERLILIK", base=f.eyp1)
us("MIME types in capitals", "text/plain", "Text/Plain")
us("file name with capitals", ">birinci.pdf<", ">Birinci.PDF<")
us("file name before encoding", ">birinci.pdf<", ">bırıncı.pdf<")
us("another file name", ">birinci.pdf<", ">baska.pdf<", found="EYP-EK-DOSYAADI")
us("labels in capitals", "Etiket>a<", "Etiket>A<", "Etiket>b<", "Etiket>B<")
us("the name of a withheld attachment", ">dorduncu.txt<", ">birinci.pdf<", "Dördüncü", "Dört")
us("an unknown type", "<t:Konu>", '<t:Konu xsi:type="t:Yok">', found="EYP2-K19")
us("1.x: a term of no ticks", "P1D", "0", found="EYP-DAGITIM-MIAT EYP-DAGITIM-GNL-MIAT", base=f.eyp1)
us("1.x: empty BYK", "24301050</t:KKK>", "24301050</t:KKK><t:BYK/>", found="EYP-TEXT-BLANK", base=f.eyp1)
v("midnight", sub("nihaiustveri", "2025-05-12T14:23:13+03:00", "2025-05-12T24:00:00+03:00"))
v("other line ends", lambda d: d.edits.update(nihaiustveri=[lambda t: t.replace("\n", "\r\n") + "\r\n\r\n"]))


# Attachments --------------------------------------------------------------------------------------------------------------


def _attach(part: str, identifier: str) -> Change:
    def change(d: Draft) -> None:
        d.files[part] = b"x"
        d.types["txt"] = "text/plain"
        d.rels.append(Rel("/", f"IdEk_{identifier}", REL + "ek", part))
        for references in d.references.values():
            references.append(part)

    return change


def _blank_name(d: Draft) -> None:
    old, new = "/Ekler/birinci.pdf", "/Ekler/birinci%20ek.pdf"
    d.files[new] = d.files.pop(old)
    d.rel(old).target = new
    for references in d.references.values():
        references[:] = [new if part == old else part for part in references]
    d.sub("ustveri", ">birinci.pdf<", ">birinci ek.pdf<")


v("attachments: the withheld one is there", _attach("/Ekler/dorduncu.txt", EK4))
v("attachments: a blank in a name", _blank_name, "EYP-NAME-ENCODING")
v("attachments: names made unique", both(_attach("/Ekler/ikinci_2.txt", EK4), sub("ustveri", ">dorduncu.txt<", ">ikinci.txt<")),
  "EYP-EK-DOSYAADI")  # fmt: skip


# Kinds and generations ----------------------------------------------------------------------------------------------------


def _second_update(d: Draft) -> None:
    d.inner = f.eypg()
    d.move("orijinalpaket", "/OrijinalPaket/OrijinalPaket.eypg")
    d.types["eypg"] = TYPES["eyp"]
    for name in ("core", "nihaiozet"):
        d.sub(name, UPDATE_ID, "C1B2C3D4-0000-4000-8000-000000000019")
    d.sub("guncellemebilgisi", ">HZO<", ">GZL<")
    d.sub("guncellemebilgisi", "2025-06-01", "2025-06-02")


def _old(d: Draft) -> None:
    for name in ("nihaiozet", "muhurcades", "belgehedef", "belgeimza"):
        d.drop(name)
    del d.references["nihaiozet"]


v("1.x: neither Nihai Özet nor seal nor Belge Hedef", _old, "EYP-BELGEHEDEF-1X", base=f.eyp1)
v("1.x: seal at the place of 2.x", move("muhurcades", "/Muhur/MuhurCades.imz"), "EYP-MUHUR-URI-1X", base=f.eyp1)
v("1.x: no Belge İmza, sealed", drop("belgeimza"), "EYP-BELGEIMZA-REQUIRED", base=f.eyp1)
v(
    "eypg: on the letter's day",
    sub("guncellemebilgisi", "2025-06-01T00:00:00+03:00", "2025-05-12T00:00:00"),
    base=f.eypg,
)
v("eypg: the day before", sub("guncellemebilgisi", "2025-06-01T00:00:00+03:00", "2025-05-11T23:59:59"), "EYP-EYPG-TARIH-ORDER",
  base=f.eypg)  # fmt: skip
v("eypg: of an update", _second_update, base=f.eypg)
z("eypg: stored", _forged(lambda *_: {"method": 0}), base=f.eypg)
z("eyps: stored", _forged(lambda *_: {"method": 0}), base=f.eyps2)
z("eyps: 1.x", _folders, base=f.eyps1)
