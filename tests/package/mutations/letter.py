# ruff: noqa: E501
"""What the letter's own documents say: Üstveri, Nihai Üstveri, Belge Hedef, Belge İmza."""

from __future__ import annotations

from tests.package import factory as f
from tests.package.factory import ALGORITHMS, EK1, EK2, EK3, EK4, ILGI1, REL, Rel
from tests.package.mutations.tools import K19, K85, TWICE, add_rel, both, cut, double, drop, m, move, refs, sub, ustveri

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
# neither withheld nor made unique: both would lie at one place
m(
    "EYP-EK-DUPLICATE-NAME",
    both(
        sub("ustveri", "dorduncu.txt", "BİRİNCİ.pdf"),
        cut("ustveri", "<t:KonulmamisEkListesi>", "</t:KonulmamisEkListesi>"),
    ),
)
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
