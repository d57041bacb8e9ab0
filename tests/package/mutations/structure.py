# ruff: noqa: E501
"""The archive, the parts and their relationships, core properties."""

from __future__ import annotations

from tests.package import factory as f
from tests.package.factory import EK1, EK2, REL, Draft, Rel
from tests.package.forge import Forged
from tests.package.mutations.tools import (
    K85,
    TWICE,
    add_entry,
    add_part,
    add_rel,
    both,
    cut,
    double,
    m,
    move,
    rel,
    sub,
    zip_entry,
)

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
