# ruff: noqa: E501
"""Encrypted and update packages, and the files that a package carries."""

from __future__ import annotations

from tests.package import factory as f
from tests.package.factory import ILGI1, REL, Draft, Rel
from tests.package.forge import Forged
from tests.package.mutations.tools import (
    K39,
    TWICE,
    add_part,
    add_rel,
    both,
    cut,
    double,
    drop,
    inside,
    m,
    move,
    refs,
    sub,
)

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
    """Spoil the encrypted octets and leave the form. The octet decides on the last one of the padding, which has no
    high bit; other damage leaves one in 256 contents with a padding that looks right."""
    name = next(name for name in parts if name.startswith("/SifreliIcerik/"))
    octets = bytearray(parts[name])
    octets[-17] ^= 0x80
    parts[name] = bytes(octets)


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


def bomb(d: Draft) -> None:
    from tests.package.forge import forge

    d.files["/ImzasizEkler/ikinci.txt"] = forge([Forged("a", b"\0" * (4 << 20))])


m("EYP-TARAMA-ARSIV", bomb)
