# ruff: noqa: E501
"""Digest documents, signature and seal parts."""

from __future__ import annotations

from tests.package import factory as f
from tests.package.factory import ALGORITHMS, Draft
from tests.package.mutations.tools import K29, TWICE, add_part, after, both, cut, double, m, move, refs, sub

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


def _id_of_digits(d: Draft) -> None:
    """An identity that begins with a digit, as most do: no xsd:ID, and nobody's fault."""
    d.file_name = d.file_name.replace("A1B2", "11B2")
    for name in ("ustveri", "core", "parafozeti", "paketozeti", "nihaiozet"):
        d.sub(name, f.BELGE_ID, f.BELGE_ID.replace("A1B2", "11B2"))


m("EYP-XSD-DIGEST-ID", _id_of_digits)

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
