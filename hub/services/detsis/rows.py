"""Registry rows as the contract writes them. The only place that knows both names of a field."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from hub import clock
from hub.registry import codes, delivery, inventory, managers
from hub.registry.units import Type3Entry, Unit
from hub.services.detsis.signatories import VEKALETEN
from hub.store.schema import DutyKind

GENERAL_PLACE: Final = codes.Place(
    place_id=codes.GENERAL_PLACE_ID,
    place_code=0,
    name="BELİRTİLMEMİŞ",
    province_code=0,
    province_name=None,
    kind_id=0,
    kind=None,
    phone_code=None,
    active=True,
)
"""Place of units whose place is not known. Clients in the field read the place's number without a test and stop on a
row that has none, so every unit has one, and the list of places holds this row."""

UNPUBLISHED: Final = datetime(1, 1, 1)  # noqa: DTZ001 - the platform's empty date, not a moment
"""``RGTarih`` of legislation that the Official Gazette never published: the field cannot be null."""

CONTACT_KINDS: Final = {1: "İnternet Sitesi", 2: "E-Posta", 4: "Telefon", 5: "Faks"}


def flag(value: bool) -> str:
    """A truth value in a text field, as the platform prints it."""
    return "True" if value else "False"


def unit(types: Any, row: Unit) -> Any:
    """A ``KurumBirimWS``; a unit without a place carries :data:`GENERAL_PLACE`."""
    return types.KurumBirimWS(
        DETSISNo=row.detsis_no,
        Ad=row.name,
        ParentIdareKimlikKodu=row.parent_no,
        AnaKurumIdareKimlikKodu=row.main_no,
        Fk_BulunduguYerID=GENERAL_PLACE.place_id if row.place_id is None else row.place_id,
        Fk_KurumBirimTipID1=row.type1_id,
        Fk_KurumBirimTipID2=row.type2_id,
        KurumHiyerarsik=row.hierarchy,
        Aktifmi=flag(row.active),
        KurumBirimTip3ler=[type3_entry(types, entry) for entry in row.types3],
        ParentIdareKimlikKodu2=row.second_parent_no,
        FaalOlupOlmadigi=row.operating,
        Seviye=row.level,
        DisYazismaMuhatabiOlupOlmadigi=row.external,
        Adres=row.address,
        YerAdi=GENERAL_PLACE.name if row.place_id is None and row.place_name is None else row.place_name,
    )


def type3_entry(types: Any, row: Type3Entry) -> Any:
    """A ``KurumBirimTip3WS``: one kind of a unit."""
    return types.KurumBirimTip3WS(
        ID=row.entry_id, DETSISNo=row.detsis_no, Fk_KurumBirimTip3ID=row.type3_id, TipAdi=row.name
    )


def register_entry(types: Any, row: Unit) -> Any:
    """A ``DevletTeskilatiKutukWs``: a unit with its register (kütük) number."""
    return types.DevletTeskilatiKutukWs(
        DETSISNo=row.detsis_no,
        Ad=row.name,
        DevletTeskilatiKutukNo=row.register_no,
        AnaKurumDetsisNo=row.main_no,
        KurumHiyerarsik=row.hierarchy,
        Aktifmi=flag(row.active),
    )


def type1(types: Any, row: codes.Type1) -> Any:
    """A ``ResKurumBirimTipleri1``: a category."""
    return types.ResKurumBirimTipleri1(
        ID=row.type1_id,
        KurumBirimTipi1=row.name,
        KurumBirimTipi1ParentID=row.parent_id,
        AcilacakTip2ID=row.opens_type2_id,
        KurumBirimTipi1CogulAdi=row.plural,
        KayitTarihi=row.recorded_at,
        Aktifmi=row.active,
    )


def type2(types: Any, row: codes.Type2) -> Any:
    """A ``ResKurumBirimTipleri2``: a status."""
    return types.ResKurumBirimTipleri2(
        ID=row.type2_id,
        KurumBirimTipi2=row.name,
        KurumBirimTipi2ParentID=row.parent_id,
        KurumBirimTipi2CogulAdi=row.plural,
        ResmiYaziEklenecekMuhatapBolumu=row.addressee_add,
        ResmiYaziKesilecekMuhatapBolumu=row.addressee_cut,
        KayitTarihi=row.recorded_at,
        Used=row.used,
        Aktifmi=row.active,
    )


def place(types: Any, row: codes.Place) -> Any:
    """A ``ResYerKodlari``."""
    return types.ResYerKodlari(
        ID=row.place_id,
        IlKodu=row.province_code,
        YerAdi=row.name,
        YerKodu=row.place_code,
        IlAdi=row.province_name,
        Fk_YerTipiID=row.kind_id,
        Aktifmi=row.active,
        TelefonAlanKodu=row.phone_code,
        YerTipi=row.kind,
    )


def contact(types: Any, row: delivery.Contact) -> Any:
    """An ``IletisimBilgileriWS``; an entry without a label of its own gets its kind's."""
    return types.IletisimBilgileriWS(
        DetsisNo=row.detsis_no,
        Iletisim=row.value,
        IletisimTip=row.kind,
        IletisimAdi=row.label or CONTACT_KINDS.get(row.kind),
    )


def unit_contact(types: Any, row: delivery.Contact, of: Unit) -> Any:
    """A ``KurumBirimIletisim``: an entry beside its unit, as the caller's own units are listed."""
    return types.KurumBirimIletisim(
        KurumBirimId=row.detsis_no,
        KurumBirimAdi=of.name,
        KurumBirimHiyerarsi=of.hierarchy,
        IletisimTipId=row.kind,
        IletisimTip=CONTACT_KINDS.get(row.kind) or row.label,
        IletisimBilgisi=row.value,
    )


def kep(types: Any, row: delivery.Kep) -> Any:
    """A ``KepBilgileriWs``."""
    return types.KepBilgileriWs(
        KurumDetsisNo=row.detsis_no, KepAdresi=row.address, Aktifmi=row.active, Durum=row.status
    )


def certificate(types: Any, row: delivery.Certificate) -> Any:
    """A ``Sertifika``; the date until which it is valid is text."""
    return types.Sertifika(
        DetsisId=row.detsis_no,
        SertifikaDosya=row.der,
        KayitTarihi=row.uploaded_at,
        SonGuncellemeTarihi=row.updated_at,
        GecerlilikTarihi=moment_text(row.not_after),
        Aktifmi=row.active,
    )


def ownership(types: Any, row: delivery.Ownership) -> Any:
    """An ``EYazismaSertifikaSahipligi``: whose certificate a unit's letters are encrypted with."""
    return types.EYazismaSertifikaSahipligi(KurumBirimId=row.detsis_no, SertifikaSahibiKurumId=row.owner_no)


def budget(types: Any, of: Unit, row: managers.Budget) -> Any:
    """An ``AnaKurumlarButceTurleri``: one kind of budget of a main institution."""
    return types.AnaKurumlarButceTurleri(
        DETSISNo=of.detsis_no,
        Ad=of.name,
        ParentIdareKimlikKodu=of.parent_no,
        AnaKurumIdareKimlikKodu=of.main_no,
        ParentIdareKimlikKodu2=of.second_parent_no,
        ButceTuruID=row.budget_kind_id,
        ButceTuru=row.budget_kind,
        Fk_TuzelKisilikID=row.legal_personality_id,
        TuzelKisilik=row.legal_personality,
    )


def file_plan_code(types: Any, row: inventory.FilePlanCode) -> Any:
    """A ``KodlarWsObj``: one code of the file plan."""
    return types.KodlarWsObj(
        ID=row.code_id,
        AnaKod=row.main_code,
        AltKod1=row.sub_code1,
        AltKod2=row.sub_code2,
        AltKod3=row.sub_code3,
        KonuAdi=row.topic,
        SaklamaSuresi=row.retention_period,
        SaklamaZaman=row.retention_time,
        SaklamaKodu=row.retention_code,
        DipNot=row.footnote,
        Aciklama=row.note,
        Aktifmi=row.active,
        Tip=row.kind,
        GrupBaslangici=row.group_start,
        GrupBitisi=row.group_end,
        Kod=row.code,
        Seviye=row.level,
    )


def service(types: Any, row: inventory.Service, of: Unit | None) -> Any:
    """A ``GetHizmetListesiWs``; ``of`` is the unit that serves, None where it is not known."""
    return types.GetHizmetListesiWs(
        HizmetAd=row.name, HizmetId=row.service_id, KurumHiyerarsik=None if of is None else of.hierarchy
    )


def document(types: Any, row: inventory.Document) -> Any:
    """A ``GetBelgeListesiWs``."""
    return types.GetBelgeListesiWs(
        BelgeBeyanID=row.document_id, BelgeBeyanAdi=row.name, BelgeTur=row.kind, Istenenmi=flag(row.requested)
    )


def legislation(types: Any, row: inventory.Legislation) -> Any:
    """A ``GetMevzuatListesiWs``; what was not in the gazette carries :data:`UNPUBLISHED`."""
    return types.GetMevzuatListesiWs(
        MevzuatId=row.legislation_id,
        TurId=row.kind_id,
        Sayi=row.number,
        Ad=row.name,
        RGSayi=row.gazette_number,
        RGTarih=row.gazette_date or UNPUBLISHED,
        Tur=row.kind,
    )


def legislation_found(types: Any, row: inventory.Legislation) -> Any:
    """A ``MevzuatSorgula``; without a date of its own the gazette's is shown, as ``dd/MM/yyyy``."""
    dated = row.dated or row.gazette_date
    return types.MevzuatSorgula(
        MevzuatAdi=row.name, MevzuatSayisi=row.number, MevzuatTarihi=None if dated is None else day_text(dated)
    )


def officer(types: Any, row: managers.Officer) -> Any:
    """A ``DetsisKullanici``: an officer of DETSİS, not of İYEM."""
    return types.DetsisKullanici(
        Adi=row.given_name, Soyadi=row.surname, Telefon=row.phone, Email=row.email, Yetkisi=row.role
    )


def duty(types: Any, row: managers.Duty, of: Unit, person: managers.Person, born: date | None, at: datetime) -> Any:
    """``born`` is None where the caller may not see it; then the age is left out too. ``at`` is the current instant."""
    return types.IyemYoneticiObj(
        ID=of.detsis_no,
        Ad=of.name,
        KurumHiyerarsik=of.hierarchy,
        ParentIdareKimlikKodu=str(of.parent_no),
        UnvanAdi=row.title,
        YoneticiKodu=row.code,
        YoneticiAdiSoyadi=f"{person.given_name} {person.surname}",
        DogumTarihi=born,
        Yasi=0 if born is None else age(born, at),
        HukukiDayanak=row.legal_basis,
        GorevTuru=row.kind_text or duty_kind(row),
        GorevBaslamaTarihi=row.starts_at,
        GorevBitisTarihi=row.ends_at,
        Aktifmi=row.starts_at <= at and (row.ends_at is None or at < row.ends_at),
    )


def duty_kind(row: managers.Duty) -> str | None:
    """``GorevTuru`` of a duty of which nobody said it in words: none for the owner of the post, and for others what
    tells them from the owner, and an acting head of a vacant post from a deputy."""
    if row.kind == DutyKind.OWNER:
        return None
    said = row.deputy_text or VEKALETEN
    return f"{said} (boş kadro)" if row.kind == DutyKind.ACTING else said


def age(born: date, at: datetime) -> int:
    """Full years on the local day of ``at``."""
    today = clock.to_local(at).date()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def day_text(day: date) -> str:
    """A day in a text field: ``dd/MM/yyyy``."""
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def moment_text(instant: datetime) -> str:
    """An instant in a text field: Türkiye's wall clock, as dateTime fields are written."""
    return clock.to_local(instant).replace(microsecond=0).isoformat()
