"""Everything in a package, typed and immutable.

One class a complex type of the vocabularies, named as in the schemas without ``CT_``; a field is the wire name in
lower case with underscores (``BelgeId`` → ``belge_id``), or the name in ``wire()`` where that does not fit. Which
children come in which order and how often is stated by the schemas in ``hub/xsd/eyp1`` and ``hub/xsd/eyp2`` only: here
every single child may be None and every repeated one empty, so that a malformed package can be held and judged too.

Leaves hold the text as written. A leaf that was read from a package is a :class:`~hub.package.node.Text` and knows
where it stood (:attr:`~hub.package.node.Text.at`); a leaf given by a caller may be a plain ``str``.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.package.node import Identifier, Node, Text, many, wire
from hub.package.values import as_bool


@dataclass(frozen=True, slots=True)
class Id(Node):
    """Identity of an attachment or reference: a GUID, and whether it is that of another e-Yazışma package."""

    value: str | None = wire("Value", attribute=True)
    e_yazisma_id_mi: str | None = wire("EYazismaIdMi", attribute=True)


@dataclass(frozen=True, slots=True)
class IletisimBilgisi(Node):
    """How a party is reached; ``kep_adresi`` (2.x) is its registered electronic mail."""

    telefon: str | None = None
    telefon_diger: str | None = None
    e_posta: str | None = wire("EPosta")
    kep_adresi: str | None = None
    faks: str | None = None
    web_adresi: str | None = None
    adres: str | None = None
    il: str | None = None
    ilce: str | None = None
    ulke: str | None = None


@dataclass(frozen=True, slots=True)
class KurumKurulus(Node):
    """An institution; ``kkk`` is its DETSİS number, ``birim_kkk`` (2.x) that of the unit inside it."""

    kkk: str | None = wire("KKK")
    byk: str | None = wire("BYK")
    adi: str | None = None
    iletisim_bilgisi: IletisimBilgisi | None = None
    birim_kkk: str | None = wire("BirimKKK")


@dataclass(frozen=True, slots=True)
class TuzelSahis(Node):
    """A legal person; the scheme of ``id`` names the register (MERSIS, VKN …)."""

    id: Identifier | None = None
    adi: str | None = None
    iletisim_bilgisi: IletisimBilgisi | None = None


@dataclass(frozen=True, slots=True)
class Kisi(Node):
    """The names of a person."""

    ilk_adi: str | None = None
    soyadi: str | None = None
    ikinci_adi: str | None = None
    unvan: str | None = None
    on_ek: str | None = None

    @property
    def full_name(self) -> str:
        """Title and names as the core property ``creator`` writes them, joined by blanks."""
        parts = (self.on_ek, self.unvan, self.ilk_adi, self.ikinci_adi, self.soyadi)
        return " ".join(part.strip() for part in parts if part and part.strip())


@dataclass(frozen=True, slots=True)
class GercekSahis(Node):
    """A natural person; ``tckn`` is the T.C. kimlik no, personal data."""

    kisi: Kisi | None = None
    tckn: str | None = wire("TCKN")
    gorev: str | None = None
    iletisim_bilgisi: IletisimBilgisi | None = None


@dataclass(frozen=True, slots=True)
class Taraf(Node):
    """A party: one of three. ``CT_Olusturan``, ``CT_Ilgili`` and ``CT_Hedef``."""

    kurum_kurulus: KurumKurulus | None = None
    gercek_sahis: GercekSahis | None = None
    tuzel_sahis: TuzelSahis | None = None

    @property
    def parties(self) -> tuple[KurumKurulus | GercekSahis | TuzelSahis, ...]:
        """The parties written; exactly one when all is well."""
        return tuple(p for p in (self.kurum_kurulus, self.gercek_sahis, self.tuzel_sahis) if p is not None)

    @property
    def key(self) -> str:
        """What identifies the party: KKK, TCKN or identifier of the legal person; empty when it has none."""
        if self.kurum_kurulus:
            return f"KKK:{(self.kurum_kurulus.kkk or '').strip()}"
        if self.gercek_sahis and (self.gercek_sahis.tckn or "").strip():
            return f"TCKN:{(self.gercek_sahis.tckn or '').strip()}"
        if self.tuzel_sahis and self.tuzel_sahis.id:
            return f"{self.tuzel_sahis.id.scheme_id}:{self.tuzel_sahis.id.strip()}"
        return ""


@dataclass(frozen=True, slots=True)
class KonulmamisEk(Node):
    """An attachment withheld from one receiver, by the identifier of the attachment."""

    ek_id: str | None = None


@dataclass(frozen=True, slots=True)
class KonulmamisEkListesi(Node):
    """What is withheld from one receiver."""

    konulmamis_ek: tuple[KonulmamisEk, ...] = many()


@dataclass(frozen=True, slots=True)
class Dagitim(Taraf):
    """One addressee: urgency, purpose (for action or information), the term of an urgent letter (xsd:duration)."""

    ivedilik: str | None = None
    dagitim_turu: str | None = None
    miat: str | None = None
    konulmamis_ek_listesi: KonulmamisEkListesi | None = None

    @property
    def konulmamis(self) -> tuple[KonulmamisEk, ...]:
        """Attachments withheld from this receiver."""
        return self.konulmamis_ek_listesi.konulmamis_ek if self.konulmamis_ek_listesi else ()


@dataclass(frozen=True, slots=True)
class DagitimListesi(Node):
    """All addressees of the letter."""

    dagitim: tuple[Dagitim, ...] = many()


@dataclass(frozen=True, slots=True)
class OzetAlgoritmasi(Node):
    """The digest algorithm of a file elsewhere, as URI."""

    algorithm: str | None = wire("Algorithm", attribute=True)


@dataclass(frozen=True, slots=True)
class Ozet(Node):
    """The digest of a file elsewhere (HRF); ``ozet_degeri`` is base64."""

    ozet_algoritmasi: OzetAlgoritmasi | None = None
    ozet_degeri: str | None = None


@dataclass(frozen=True, slots=True)
class Ek(Node):
    """An attachment."""

    id: Id | None = None
    belge_no: str | None = None
    tur: str | None = None
    dosya_adi: str | None = None
    mime_turu: str | None = None
    ad: str | None = None
    sira_no: str | None = None
    aciklama: str | None = None
    referans: str | None = None
    oz_id: Identifier | None = None
    imzali_mi: str | None = None
    ozet: Ozet | None = None

    @property
    def ek_id(self) -> str:
        """The GUID in upper case; empty when absent."""
        return ((self.id.value if self.id else None) or "").strip().upper()

    @property
    def imzali(self) -> bool:
        """Whether the attachment is signed; a DED attachment without ``ImzaliMi`` counts as signed."""
        value = as_bool(self.imzali_mi)
        return (self.tur or "").strip() == "DED" if value is None else value


@dataclass(frozen=True, slots=True)
class Ekler(Node):
    """All attachments."""

    ek: tuple[Ek, ...] = many()


@dataclass(frozen=True, slots=True)
class Ilgi(Node):
    """A reference to another document."""

    id: Id | None = None
    belge_no: str | None = None
    tarih: str | None = None
    etiket: str | None = None
    ek_id: str | None = None
    ad: str | None = None
    aciklama: str | None = None
    oz_id: Identifier | None = None


@dataclass(frozen=True, slots=True)
class Ilgiler(Node):
    """All references."""

    ilgi: tuple[Ilgi, ...] = many()


@dataclass(frozen=True, slots=True)
class IlgiliListesi(Node):
    """Whom to ask about the letter."""

    ilgili: tuple[Taraf, ...] = many()


@dataclass(frozen=True, slots=True)
class Sdp(Node):
    """A code of the standard file plan."""

    kod: str | None = None
    ad: str | None = None
    aciklama: str | None = None


@dataclass(frozen=True, slots=True)
class SdpListesi(Node):
    """Codes of the file plan besides the main one."""

    sdp_listesi: tuple[Sdp, ...] = many()


@dataclass(frozen=True, slots=True)
class SdpBilgisi(Node):
    """The codes of the file plan that the letter is filed under."""

    ana_sdp: Sdp | None = None
    diger_sdpler: SdpListesi | None = None

    @property
    def codes(self) -> tuple[Sdp, ...]:
        """The main code and the others."""
        others = self.diger_sdpler.sdp_listesi if self.diger_sdpler else ()
        return ((self.ana_sdp,) if self.ana_sdp else ()) + others


@dataclass(frozen=True, slots=True)
class Heysk(Node):
    """A code of the public service inventory."""

    kod: str | None = None
    ad: str | None = None
    tanim: str | None = None


@dataclass(frozen=True, slots=True)
class HeyskListesi(Node):
    """Codes of the public service inventory."""

    heysk: tuple[Heysk, ...] = many()


@dataclass(frozen=True, slots=True)
class DogrulamaBilgisi(Node):
    """Where the letter can be verified, an address."""

    dogrulama_adresi: str | None = None


@dataclass(frozen=True, slots=True)
class Ustveri(Node):
    """Metadata of the letter, both generations: ``tarih`` and ``belge_no`` stand here in 1.x only."""

    belge_id: str | None = None
    konu: Text | None = None
    tarih: str | None = None
    belge_no: str | None = None
    guvenlik_kodu: str | None = None
    guvenlik_kodu_gecerlilik_tarihi: Text | None = None
    mime_turu: str | None = None
    oz_id: Identifier | None = None
    dagitim_listesi: DagitimListesi | None = None
    ekler: Ekler | None = None
    ilgiler: Ilgiler | None = None
    dil: str | None = None
    olusturan: Taraf | None = None
    ilgili_listesi: IlgiliListesi | None = None
    dosya_adi: str | None = None
    sdp_bilgisi: SdpBilgisi | None = None
    heysk_listesi: HeyskListesi | None = None
    dogrulama_bilgisi: DogrulamaBilgisi | None = None

    @property
    def dagitimlar(self) -> tuple[Dagitim, ...]:
        """The addressees; empty where there is no list."""
        return self.dagitim_listesi.dagitim if self.dagitim_listesi else ()

    @property
    def ek_listesi(self) -> tuple[Ek, ...]:
        """The attachments; empty where there is no list."""
        return self.ekler.ek if self.ekler else ()

    @property
    def ilgi_listesi(self) -> tuple[Ilgi, ...]:
        """The references; empty where there is no list."""
        return self.ilgiler.ilgi if self.ilgiler else ()


@dataclass(frozen=True, slots=True)
class Imza(Node):
    """One signer as the metadata lists him; ``tcyk`` (T.C. Yönetici Kodu) exists in 1.3 only."""

    imzalayan: GercekSahis | None = None
    yetki_devreden: GercekSahis | None = None
    vekalet_veren: GercekSahis | None = None
    makam: str | None = None
    amac: str | None = None
    aciklama: str | None = None
    tarih: str | None = None
    tcyk: str | None = wire("TCYK")


@dataclass(frozen=True, slots=True)
class ImzaListesi(Node):
    """What the package says of its signatures."""

    imza: tuple[Imza, ...] = many()


@dataclass(frozen=True, slots=True)
class NihaiUstveri(Node):
    """2.x: what is known only once everybody has signed."""

    tarih: str | None = None
    belge_no: str | None = None
    belge_imzalar: ImzaListesi | None = None

    @property
    def imzalar(self) -> tuple[Imza, ...]:
        """What it says of the signatures; empty where there is no list."""
        return self.belge_imzalar.imza if self.belge_imzalar else ()


@dataclass(frozen=True, slots=True)
class BelgeImza(Node):
    """1.x: the list of signers."""

    imza_listesi: ImzaListesi | None = None

    @property
    def imzalar(self) -> tuple[Imza, ...]:
        """What it says of the signatures; empty where there is no list."""
        return self.imza_listesi.imza if self.imza_listesi else ()


@dataclass(frozen=True, slots=True)
class HedefListesi(Node):
    """The parties that the package is meant for."""

    hedef: tuple[Taraf, ...] = many()


@dataclass(frozen=True, slots=True)
class BelgeHedef(Node):
    """1.x and encrypted packages: for whom the package is meant."""

    hedef_listesi: HedefListesi | None = None

    @property
    def hedefler(self) -> tuple[Taraf, ...]:
        """The parties; empty where there is no list."""
        return self.hedef_listesi.hedef if self.hedef_listesi else ()


@dataclass(frozen=True, slots=True)
class DigestMethod(Node):
    """The algorithm of a digest, as URI."""

    algorithm: str | None = wire("Algorithm", attribute=True)


@dataclass(frozen=True, slots=True)
class DigestItem(Node):
    """One digest of a component; ``digest_value`` is base64."""

    digest_method: DigestMethod | None = None
    digest_value: str | None = None

    @property
    def algorithm(self) -> str:
        """The algorithm's URI; empty when absent."""
        return (self.digest_method.algorithm if self.digest_method else None) or ""


@dataclass(frozen=True, slots=True)
class Reference(Node):
    """One digested component; 1.x has one digest directly, 2.x two ``DigestItem``."""

    id: str | None = wire("Id", attribute=True)
    uri: str | None = wire("URI", attribute=True)
    type: str | None = wire("Type", attribute=True)
    digest_item: tuple[DigestItem, ...] = many()
    digest_method: DigestMethod | None = None
    digest_value: str | None = None

    @property
    def digests(self) -> tuple[DigestItem, ...]:
        """All digests, wherever they are written."""
        if self.digest_method is None and self.digest_value is None:
            return self.digest_item
        return (DigestItem(self.digest_method, self.digest_value, at=self.at), *self.digest_item)


@dataclass(frozen=True, slots=True)
class OzetBelgesi(Node):
    """Paket Özeti, Nihai Özet or Paraf Özeti."""

    id: str | None = wire("Id", attribute=True)
    reference: tuple[Reference, ...] = many()


@dataclass(frozen=True, slots=True)
class SifreliIcerikBilgisi(Node):
    """What an encrypted package says of its content: method and place."""

    id: str | None = wire("Id", attribute=True)
    version: str | None = wire("Version", attribute=True)
    yontem: str | None = wire("Yontem", attribute=True)
    uri: tuple[str, ...] = many("URI")


@dataclass(frozen=True, slots=True)
class GuvenlikKoduDegisiklikBilgisi(Node):
    """A change of the letter's security code: to what, when, and by which commission's decision."""

    yeni_gizlilik_derecesi: str | None = None
    degistirme_tarihi: str | None = None
    aciklama: str | None = None
    komisyon_karari_belge_no: str | None = None
    komisyon_karari_belge_id: str | None = None


@dataclass(frozen=True, slots=True)
class Guncelleme(Node):
    """One update, with its kind."""

    guncelleme_turu: str | None = None
    guvenlik_kodu_degisiklik_bilgisi: tuple[GuvenlikKoduDegisiklikBilgisi, ...] = many()


@dataclass(frozen=True, slots=True)
class GuncellemeBilgisi(Node):
    """2.x: what an update package changes."""

    guncellemeler: tuple[Guncelleme, ...] = many()


@dataclass(frozen=True, slots=True)
class Core(Node):
    """OPC core properties; names as in their namespaces, None when absent."""

    identifier: str | None = wire("identifier")
    created: str | None = wire("created")
    creator: str | None = wire("creator")
    subject: str | None = wire("subject")
    category: str | None = wire("category")
    content_type: str | None = wire("contentType")
    version: str | None = wire("version")
    revision: str | None = wire("revision")
    description: str | None = wire("description")
    keywords: str | None = wire("keywords")
    title: str | None = wire("title")
    language: str | None = wire("language")
    modified: str | None = wire("modified")
    last_modified_by: str | None = wire("lastModifiedBy")
    last_printed: str | None = wire("lastPrinted")
    content_status: str | None = wire("contentStatus")
