# ruff: noqa: E501
"""Packages made in memory, part by part, with hooks at every step: good ones, and ones that break one rule.

Not the hub's builder on purpose: what judges packages is tested against bytes that the builder had no part in.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from xml.sax.saxutils import escape, quoteattr

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs7, pkcs12
from cryptography.x509.oid import NameOID

from hub.package.keys import CertifiedKey, _Soft
from tests.package.forge import Forged, forge

NS = "urn:dpt:eyazisma:schema:xsd:"
REL = "http://eyazisma.dpt/iliskiler/"
CORE = "/package/services/metadata/core-properties/0123456789abcdef0123456789abcdef.psmdcp"
CORE_TYPE = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
BELGE_ID = "A1B2C3D4-0000-4000-8000-000000000001"
EK1, EK2, EK3, EK4 = (f"A1B2C3D4-0000-4000-8000-0000000000E{n}" for n in range(1, 5))
ILGI1, ILGI2 = (f"A1B2C3D4-0000-4000-8000-0000000000F{n}" for n in range(1, 3))
UPDATE_ID = "B1B2C3D4-0000-4000-8000-000000000009"
PDF = b"%PDF-1.7\n<?xpacket?><pdfaid:part>2</pdfaid:part>\n%%EOF\n"
ALGORITHMS = {
    "sha1": "http://www.w3.org/2000/09/xmldsig#sha1",
    "ripemd160": "http://www.w3.org/2001/04/xmlenc#ripemd160",
    "sha256": "http://www.w3.org/2001/04/xmlenc#sha256",
    "sha384": "http://www.w3.org/2001/04/xmldsig-more#sha384",
    "sha512": "http://www.w3.org/2001/04/xmlenc#sha512",
}

USTVERI_2 = f"""<?xml version="1.0" encoding="utf-8"?>
<UstVeri xmlns="{NS}Ustveri-2" xmlns:t="{NS}Tipler-2" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<t:BelgeId>{BELGE_ID}</t:BelgeId>
<t:Konu>Deneme yazısı</t:Konu>
<t:GuvenlikKodu>YOK</t:GuvenlikKodu>
<t:GuvenlikKoduGecerlilikTarihi xsi:nil="true"/>
<t:MimeTuru>application/pdf</t:MimeTuru>
<t:OzId schemeID="GUID">OZ-1</t:OzId>
<t:DagitimListesi>
<t:Dagitim><t:KurumKurulus><t:KKK>24301050</t:KKK><t:Adi>Birinci Kurum</t:Adi><t:IletisimBilgisi><t:Telefon>3120000000</t:Telefon><t:EPosta>bilgi@kurum.gov.tr</t:EPosta><t:KepAdresi>kurum@hs01.kep.tr</t:KepAdresi><t:Faks>3120000001</t:Faks><t:WebAdresi>https://kurum.gov.tr</t:WebAdresi><t:Adres>Kızılay</t:Adres><t:Il>Ankara</t:Il><t:Ilce>Çankaya</t:Ilce><t:Ulke>Türkiye</t:Ulke></t:IletisimBilgisi><t:BirimKKK>24301051</t:BirimKKK></t:KurumKurulus><t:Ivedilik>GNL</t:Ivedilik><t:DagitimTuru>GRG</t:DagitimTuru><t:Miat>P1D</t:Miat><t:KonulmamisEkListesi><t:KonulmamisEk><t:EkId>{EK4}</t:EkId></t:KonulmamisEk></t:KonulmamisEkListesi></t:Dagitim>
<t:Dagitim><t:TuzelSahis><t:Id schemeID="MERSIS">0123456789012345</t:Id><t:Adi>Bir Şirket</t:Adi></t:TuzelSahis><t:Ivedilik>NRM</t:Ivedilik><t:DagitimTuru>BLG</t:DagitimTuru></t:Dagitim>
</t:DagitimListesi>
<t:Ekler>
<t:Ek><t:Id Value="{EK1}"/><t:Tur>DED</t:Tur><t:DosyaAdi>birinci.pdf</t:DosyaAdi><t:MimeTuru>application/pdf</t:MimeTuru><t:Ad>Birinci</t:Ad><t:SiraNo>1</t:SiraNo><t:OzId schemeID="GUID">OZ-2</t:OzId><t:ImzaliMi>true</t:ImzaliMi></t:Ek>
<t:Ek><t:Id Value="{EK2}"/><t:Tur>DED</t:Tur><t:DosyaAdi>ikinci.txt</t:DosyaAdi><t:MimeTuru>text/plain</t:MimeTuru><t:Ad>İkinci</t:Ad><t:SiraNo>2</t:SiraNo><t:ImzaliMi>false</t:ImzaliMi></t:Ek>
<t:Ek><t:Id Value="{EK3}"/><t:Tur>HRF</t:Tur><t:Ad>Üçüncü</t:Ad><t:SiraNo>3</t:SiraNo><t:Referans>https://kurum.gov.tr/dosya</t:Referans><t:ImzaliMi>false</t:ImzaliMi><t:Ozet><t:OzetAlgoritmasi Algorithm="{ALGORITHMS["sha256"]}"/><t:OzetDegeri>YWJj</t:OzetDegeri></t:Ozet></t:Ek>
<t:Ek><t:Id Value="{EK4}"/><t:Tur>DED</t:Tur><t:DosyaAdi>dorduncu.txt</t:DosyaAdi><t:MimeTuru>text/plain</t:MimeTuru><t:Ad>Dördüncü</t:Ad><t:SiraNo>4</t:SiraNo><t:ImzaliMi>true</t:ImzaliMi></t:Ek>
</t:Ekler>
<t:Ilgiler>
<t:Ilgi><t:Id Value="{ILGI1}"/><t:Tarih>2024-01-02T00:00:00+03:00</t:Tarih><t:Etiket>a</t:Etiket><t:EkId>{EK1}</t:EkId><t:Ad>İlk</t:Ad></t:Ilgi>
<t:Ilgi><t:Id Value="{ILGI2}"/><t:Etiket>b</t:Etiket><t:Ad>Son</t:Ad></t:Ilgi>
</t:Ilgiler>
<t:Dil>tur</t:Dil>
<t:Olusturan><t:KurumKurulus><t:KKK>82223362</t:KKK><t:Adi>Gönderen Kurum</t:Adi></t:KurumKurulus></t:Olusturan>
<t:IlgiliListesi><t:Ilgili><t:GercekSahis><t:Kisi><t:IlkAdi>Ayşe</t:IlkAdi><t:Soyadi>Örnek</t:Soyadi><t:Unvan>Uzman</t:Unvan></t:Kisi><t:TCKN>10000000146</t:TCKN><t:Gorev>Uzman</t:Gorev></t:GercekSahis></t:Ilgili></t:IlgiliListesi>
<t:DosyaAdi>yazi.pdf</t:DosyaAdi>
<t:SdpBilgisi><t:AnaSdp><t:Kod>010.06.01</t:Kod><t:Ad>Genelgeler</t:Ad></t:AnaSdp></t:SdpBilgisi>
<t:HeyskListesi><t:Heysk><t:Kod>999999</t:Kod><t:Ad>Hizmet</t:Ad></t:Heysk></t:HeyskListesi>
<t:DogrulamaBilgisi><t:DogrulamaAdresi>https://www.turkiye.gov.tr/belge-dogrulama</t:DogrulamaAdresi></t:DogrulamaBilgisi>
</UstVeri>"""

USTVERI_1 = (
    USTVERI_2.replace("UstVeri", "Ustveri").replace("Ustveri-2", "Ustveri-1").replace("Tipler-2", "Tipler-1")
    .replace("<t:GuvenlikKodu>YOK", "<t:Tarih>2014-05-06T07:08:09+03:00</t:Tarih><t:BelgeNo>E-1</t:BelgeNo><t:GuvenlikKodu>TSD")
    .replace("<t:KepAdresi>kurum@hs01.kep.tr</t:KepAdresi>", "").replace("<t:BirimKKK>24301051</t:BirimKKK>", "")
    .split("<t:SdpBilgisi>")[0] + "</Ustveri>"
)  # fmt: skip

IMZA = (
    "<t:Imza><t:Imzalayan><t:Kisi><t:IlkAdi>Ayşe</t:IlkAdi><t:Soyadi>Örnek</t:Soyadi><t:Unvan>Müdür</t:Unvan></t:Kisi>"
    "<t:TCKN>10000000146</t:TCKN><t:Gorev>Müdür</t:Gorev></t:Imzalayan><t:Makam>Müdürlük</t:Makam>"
    "<t:Amac>Onay</t:Amac>{last}</t:Imza>"
)
NIHAI_USTVERI = f"""<NihaiUstVeri xmlns="{NS}NihaiUstveri-2" xmlns:t="{NS}Tipler-2">
<t:Tarih>2025-05-12T14:23:13+03:00</t:Tarih>
<t:BelgeNo>E-82223362-010.06.01-12</t:BelgeNo>
<t:BelgeImzalar>{IMZA.format(last="")}</t:BelgeImzalar>
</NihaiUstVeri>"""
BELGE_IMZA = (
    f'<BelgeImza xmlns="{NS}BelgeImza-1" xmlns:t="{NS}Tipler-1"><t:ImzaListesi>'
    f"{IMZA.format(last='<t:TCYK>123456</t:TCYK>')}</t:ImzaListesi></BelgeImza>"
)
BELGE_HEDEF = (
    f'<BelgeHedef xmlns="{NS}BelgeHedef-%d" xmlns:t="{NS}Tipler-%d"><t:HedefListesi><t:Hedef><t:KurumKurulus>'
    "<t:KKK>24301050</t:KKK></t:KurumKurulus></t:Hedef></t:HedefListesi></BelgeHedef>"
)
SIFRELI_BILGI = (
    f'<SifreliIcerikBilgisi xmlns="{NS}%s" Version="1.4" Yontem="Elektronik Belgeleri Açık Anahtar Altyapısı Kullanarak '
    'Güvenli İşleme Rehberi"><URI>http://www.kamusm.gov.tr/dokumanlar/belgeler</URI>'
    "<URI>http://www.e-yazisma.gov.tr/SitePages/dokumanlar.aspx</URI></SifreliIcerikBilgisi>"
)
GUNCELLEME = f"""<t:GuncellemeBilgisi xmlns:t="{NS}Tipler-2"><t:Guncellemeler><t:GuncellemeTuru>GuvenlikKodu</t:GuncellemeTuru>
<t:GuvenlikKoduDegisiklikBilgisi><t:YeniGizlilikDerecesi>HZO</t:YeniGizlilikDerecesi><t:DegistirmeTarihi>2025-06-01T00:00:00+03:00</t:DegistirmeTarihi><t:Aciklama>Karar</t:Aciklama><t:KomisyonKarariBelgeNo>E-1</t:KomisyonKarariBelgeNo><t:KomisyonKarariBelgeId>85E65A34-F460-4590-8BFA-A2DDB07E1B1D</t:KomisyonKarariBelgeId></t:GuvenlikKoduDegisiklikBilgisi>
</t:Guncellemeler></t:GuncellemeBilgisi>"""

Edit = Callable[[str], str]


@dataclass
class Rel:
    source: str
    id: str
    type: str
    target: str
    mode: str = ""


@dataclass
class Draft:
    """A package on its way: change what you like, then :meth:`build`."""

    generation: int = 2
    kind: str = "eyp"
    version: str = "2.0"
    edits: dict[str, list[Edit]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    overrides: dict[str, str] = field(default_factory=dict)
    rels: list[Rel] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    references: dict[str, list[str]] = field(default_factory=dict)
    algorithms: tuple[str, ...] = ("sha384", "sha512")
    after: list[Callable[[dict[str, bytes]], None]] = field(default_factory=list)
    archive: list[Callable[[list[Forged]], None]] = field(default_factory=list)
    zip_options: dict[str, object] = field(default_factory=dict)
    types_edit: list[Edit] = field(default_factory=list)
    rels_edit: list[Edit] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    signed: dict[str, Callable[[bytes], bytes]] = field(default_factory=dict)
    inner: Draft | None = None
    file_name: str = f"{BELGE_ID}.eyp"
    plain_inner: bool = False

    # Helpers for mutations ---------------------------------------------------------------------------------------------

    def sub(self, component: str, old: str, new: str, count: int = 1) -> None:
        def edit(text: str) -> str:
            assert old in text, f"{component} has no {old!r}"
            return text.replace(old, new, count)

        self.edits.setdefault(component, []).append(edit)

    def rel(self, target: str) -> Rel:
        return next(item for item in self.rels if item.target == target or item.id == target)

    def drop(self, component: str) -> None:
        """Take a component and its relationship out."""
        place = self.places.pop(component)
        self.rels = [item for item in self.rels if item.target != place]
        self.files.pop(place, None)
        for references in self.references.values():
            if place in references:
                references.remove(place)

    def move(self, component: str, place: str) -> None:
        old = self.places[component]
        self.places[component] = place
        for item in self.rels:
            item.target = place if item.target == old else item.target
            item.source = place if item.source == old else item.source
        for references in self.references.values():
            references[:] = [place if part == old else part for part in references]
        if old in self.files:
            self.files[place] = self.files.pop(old)

    # Building -------------------------------------------------------------------------------------------------------------

    def build(self) -> bytes:
        parts = dict(self.files)
        for component in ("ustveri", "belgehedef", "belgeimza", "sifreliicerikbilgisi", "guncellemebilgisi"):
            self._text(parts, component)
        if self.inner is not None:
            data = self.inner.build()
            if self.kind == "eyps":
                self.texts.setdefault("copy", "")
                inner_parts = self.inner.built
                name = "nihaiozet" if self.generation == 2 else "paketozeti"
                if name in self.places and self.inner.places.get(name) in inner_parts:
                    copied = inner_parts[self.inner.places[name]].decode()
                    self.texts[name] = self._edited(name, copied)
                    parts[self.places[name]] = self.texts[name].encode()
                data = data if self.plain_inner else encrypt(data)
            place = self.places.get("orijinalpaket") or self.places.get("sifreliicerik")
            if place:
                parts[place] = data
        if self.kind != "eyps":
            self._summary(parts, "parafozeti", "parafimzacades")
            self._summary(parts, "paketozeti", "imzacades")
            self._text(parts, "nihaiustveri")
        self._text(parts, "core")
        if self.kind != "eyps":
            self._summary(parts, "nihaiozet", "muhurcades")
        for change in self.after:
            change(parts)
        self.built = parts
        return self._zip(parts)

    def _edited(self, component: str, text: str) -> str:
        for edit in self.edits.get(component, ()):
            text = edit(text)
        return text

    def _text(self, parts: dict[str, bytes], component: str) -> None:
        if component in self.places and component in self.texts:
            parts[self.places[component]] = self._edited(component, self.texts[component]).encode()

    def _summary(self, parts: dict[str, bytes], name: str, signature: str) -> None:
        if name in self.places:
            generation = self.generation
            root = {"parafozeti": "ParafOzeti", "paketozeti": "PaketOzeti", "nihaiozet": "NihaiOzet"}[name]
            ident = UPDATE_ID if self.kind == "eypg" else BELGE_ID
            body = "".join(self._reference(part, parts.get(part, b"?")) for part in self.references[name])
            text = f'<{root} xmlns="{NS}{root}-{generation}" xmlns:p="{NS}PaketOzeti-{generation}" Id="{ident}">{body}</{root}>'
            if name == "paketozeti":
                text = text.replace("<PaketOzeti xmlns=", "<p:PaketOzeti xmlns:x=").replace("</Paket", "</p:Paket")
            parts[self.places[name]] = self._edited(name, text).encode()
        if signature in self.places and self.places.get(name) in parts:
            make = self.signed.get(signature, sign)
            parts[self.places[signature]] = make(parts[self.places[name]])

    def _reference(self, part: str, data: bytes) -> str:
        items = "".join(
            f"{'<p:DigestItem>' if self.generation == 2 else ''}<p:DigestMethod Algorithm={quoteattr(ALGORITHMS[name])}/>"
            f"<p:DigestValue>{base64.b64encode(hashlib.new(name, data).digest()).decode()}</p:DigestValue>"
            f"{'</p:DigestItem>' if self.generation == 2 else ''}"
            for name in self.algorithms
        )
        return f'<p:Reference URI={quoteattr(part)} Type="http://eyazisma.dpt/bilesen#dahili">{items}</p:Reference>'

    def _zip(self, parts: dict[str, bytes]) -> bytes:
        entries = [Forged("[Content_Types].xml", self._types().encode())]
        for source in sorted({item.source for item in self.rels}):
            folder, _, file = source.rpartition("/")
            name = f"{folder}/_rels/{file}.rels"
            entries.append(Forged(name[1:], self._rels(source).encode()))
        entries += [Forged(name[1:], data) for name, data in parts.items()]
        for change in self.archive:
            change(entries)
        return forge(entries, **self.zip_options)  # type: ignore[arg-type]

    def _types(self) -> str:
        defaults = "".join(
            f"<Default Extension={quoteattr(k)} ContentType={quoteattr(v)}/>" for k, v in self.types.items()
        )
        overrides = "".join(
            f"<Override PartName={quoteattr(k)} ContentType={quoteattr(v)}/>" for k, v in self.overrides.items()
        )
        text = (
            f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{defaults}{overrides}</Types>'
        )
        for edit in self.types_edit:
            text = edit(text)
        return text

    def _rels(self, source: str) -> str:
        items = "".join(
            f"<Relationship Id={quoteattr(r.id)} Type={quoteattr(r.type)} Target={quoteattr(r.target)}"
            f"{f' TargetMode={quoteattr(r.mode)}' if r.mode else ''}/>"
            for r in self.rels
            if r.source == source
        )
        text = (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">' + items
            + "</Relationships>"
        )  # fmt: skip
        if source == "/":
            for edit in self.rels_edit:
                text = edit(text)
        return text


def core_text(kind: str, version: str, identifier: str, subject: str) -> str:
    category = {"eyp": "", "eyps": "/SIFRELI", "eypg": "/GUNCELLEME"}[kind]
    shown = f"<dc:subject>{escape(subject)}</dc:subject>" if subject else ""
    return (
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:identifier>{identifier}</dc:identifier>"
        '<dcterms:created xsi:type="dcterms:W3CDTF">2025-05-12T11:23:13Z</dcterms:created>'
        f"<dc:creator>Gönderen Kurum/82223362</dc:creator>{shown}"
        f"<cp:category>RESMIYAZISMA{category}</cp:category><cp:contentType>application/eyazisma</cp:contentType>"
        f"<cp:version>{version}</cp:version><cp:revision>Test/1</cp:revision></cp:coreProperties>"
    )


TYPES = {
    "xml": "application/xml",
    "rels": "application/vnd.openxmlformats-package.relationships+xml",
    "psmdcp": "application/vnd.openxmlformats-package.core-properties+xml",
    "imz": "application/octet-stream",
    "pdf": "application/pdf",
    "txt": "text/plain",
    "eyp": "application/x-zip-compressed",
}
IDS = {
    "ustyazi": "IdUstYazi", "ustveri": "IdUstveri", "nihaiustveri": "IdNihaiUstveri", "belgehedef": "IdBelgeHedef",
    "belgeimza": "IdBelgeImza", "parafozeti": "IdParafOzeti", "parafimzacades": "IdParafImzaCades",
    "paketozeti": "IdPaketOzeti", "imzacades": "IdImzaCades", "nihaiozet": "IdNihaiOzet",
    "muhurcades": "IdMuhurCades", "sifreliicerik": "IdSifreliIcerik",
    "sifreliicerikbilgisi": "IdSifreliIcerikBilgisi", "guncellemebilgisi": "IdGuncellemeBilgisi",
    "orijinalpaket": "IdOrijinalPaket",
}  # fmt: skip
SOURCES = {"parafimzacades": "parafozeti", "imzacades": "paketozeti", "muhurcades": "nihaiozet"}


def _relate(draft: Draft, components: Iterable[str]) -> None:
    for name in components:
        source = draft.places[SOURCES[name]] if name in SOURCES else "/"
        draft.rels.append(Rel(source, IDS[name], REL + name, draft.places[name]))
    draft.rels.append(Rel("/", "rCore", CORE_TYPE, CORE))
    draft.places["core"] = CORE
    draft.types = dict(TYPES)


def _files(draft: Draft) -> None:
    draft.files = {"/UstYazi/yazi.pdf": PDF, "/Ekler/birinci.pdf": PDF + b"1", "/ImzasizEkler/ikinci.txt": b"metin"}
    draft.places |= {"ustyazi": "/UstYazi/yazi.pdf"}
    draft.rels += [
        Rel("/", f"IdEk_{EK1}", REL + "ek", "/Ekler/birinci.pdf"),
        Rel("/", f"IdImzasizEk_{EK2}", REL + "imzasizEk", "/ImzasizEkler/ikinci.txt"),
    ]


def eyp2() -> Draft:
    draft = Draft()
    _files(draft)
    draft.places |= {
        "ustveri": "/Ustveri/Ustveri.xml", "nihaiustveri": "/NihaiUstveri/NihaiUstveri.xml",
        "parafozeti": "/ParafOzeti/ParafOzeti.xml", "parafimzacades": "/Paraflar/ParafImzaCades.imz",
        "paketozeti": "/PaketOzeti/PaketOzeti.xml", "imzacades": "/Imzalar/ImzaCades.imz",
        "nihaiozet": "/NihaiOzet/NihaiOzet.xml", "muhurcades": "/Muhur/MuhurCades.imz",
    }  # fmt: skip
    _relate(draft, [name for name in draft.places if name != "core"])
    p = draft.places
    content = [p["ustveri"], p["ustyazi"], "/Ekler/birinci.pdf"]
    draft.references = {
        "parafozeti": list(content),
        "paketozeti": [*content, p["parafozeti"], p["parafimzacades"]],
        "nihaiozet": [*content, p["parafozeti"], p["parafimzacades"], p["paketozeti"], p["imzacades"],
                      p["nihaiustveri"], CORE],
    }  # fmt: skip
    draft.texts = {
        "ustveri": USTVERI_2,
        "nihaiustveri": NIHAI_USTVERI,
        "core": core_text("eyp", "2.0", BELGE_ID, "Deneme yazısı"),
    }
    return draft


def eyp1() -> Draft:
    draft = Draft(generation=1, version="1.3", algorithms=("sha256",))
    _files(draft)
    draft.places |= {
        "ustveri": "/Ustveri/Ustveri.xml", "belgehedef": "/BelgeHedef/BelgeHedef.xml",
        "belgeimza": "/Imzalar/BelgeImza.xml", "paketozeti": "/PaketOzeti/PaketOzeti.xml",
        "imzacades": "/Imzalar/ImzaCades.imz", "nihaiozet": "/NihaiOzet/NihaiOzet.xml",
        "muhurcades": "/Muhurler/MuhurCades.imz",
    }  # fmt: skip
    _relate(draft, [name for name in draft.places if name != "core"])
    p = draft.places
    content = [p["ustveri"], p["ustyazi"], "/Ekler/birinci.pdf", p["belgehedef"]]
    draft.references = {
        "paketozeti": list(content),
        "nihaiozet": [*content, p["belgeimza"], p["paketozeti"], p["imzacades"], CORE],
    }
    draft.texts = {
        "ustveri": USTVERI_1,
        "belgehedef": BELGE_HEDEF % (1, 1),
        "belgeimza": BELGE_IMZA,
        "core": core_text("eyp", "1.3", BELGE_ID, "Deneme yazısı"),
    }
    return draft


def _eyps(inner: Draft, generation: int) -> Draft:
    draft = Draft(generation=generation, kind="eyps", version=inner.version, inner=inner, file_name="p.eyps")
    summary = "nihaiozet" if generation == 2 else "paketozeti"
    content = "/SifreliIcerik/C1B2C3D4-0000-4000-8000-000000000003"
    draft.places = {
        "belgehedef": "/BelgeHedef/BelgeHedef.xml",
        "sifreliicerikbilgisi": "/SifreliIcerikBilgisi/SifreliIcerikBilgisi.xml",
        "sifreliicerik": content + ("" if generation == 2 else ".eyp"),
        summary: "/NihaiOzet/NihaiOzet.xml" if generation == 2 else "/PaketOzeti/PaketOzeti.xml",
    }
    _relate(draft, list(draft.places))
    draft.overrides = {draft.places["sifreliicerik"]: "application/pkcs7-mime"}
    draft.texts = {
        "belgehedef": BELGE_HEDEF % (generation, generation),
        "sifreliicerikbilgisi": SIFRELI_BILGI % ("Tipler-2" if generation == 2 else "SifreliIcerikBilgisi-1"),
        "core": core_text("eyps", inner.version, "D1B2C3D4-0000-4000-8000-000000000004", ""),
    }
    return draft


def eyps2() -> Draft:
    return _eyps(eyp2(), 2)


def eyps1() -> Draft:
    return _eyps(eyp1(), 1)


def eypg() -> Draft:
    draft = Draft(kind="eypg", version="2.1", inner=eyp2(), file_name="p.eypg")
    draft.places = {
        "guncellemebilgisi": "/GuncellemeBilgisi/GuncellemeBilgisi.xml",
        "orijinalpaket": "/OrijinalPaket/OrijinalPaket.eyp",
        "nihaiozet": "/NihaiOzet/NihaiOzet.xml",
        "muhurcades": "/Muhur/MuhurCades.imz",
    }
    _relate(draft, list(draft.places))
    p = draft.places
    draft.references = {"nihaiozet": [p["guncellemebilgisi"], p["orijinalpaket"], CORE]}
    draft.texts = {"guncellemebilgisi": GUNCELLEME, "core": core_text("eypg", "2.1", UPDATE_ID, "Değişiklik")}
    return draft


# Keys ---------------------------------------------------------------------------------------------------------------------


@cache
def _signing() -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    return key, _certificate(key)


def _certificate(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Deneme")])
    start = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(start).not_valid_after(start.replace(year=2044))
    return builder.sign(key, hashes.SHA256())


@cache
def receiver() -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    key = rsa.generate_private_key(65537, 2048)
    return key, _certificate(key)


def receiver_key() -> CertifiedKey:
    key, certificate = receiver()
    return CertifiedKey(certificate, _Soft(key))


def receiver_pfx(password: str) -> bytes:
    key, certificate = receiver()
    secret = serialization.BestAvailableEncryption(password.encode())
    return pkcs12.serialize_key_and_certificates(b"k", key, certificate, None, secret)


@cache
def sign(content: bytes) -> bytes:
    """An attached CMS SignedData over ``content``; nobody trusts its signer."""
    key, certificate = _signing()
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content).add_signer(certificate, key, hashes.SHA256())
    return builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])


def sign_twice(content: bytes) -> bytes:
    key, certificate = _signing()
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content)
    for _ in range(2):
        builder = builder.add_signer(certificate, key, hashes.SHA256())
    return builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])


def encrypt(content: bytes) -> bytes:
    _, certificate = receiver()
    builder = pkcs7.PKCS7EnvelopeBuilder().set_data(content).add_recipient(certificate)
    return builder.encrypt(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])
