"""What the rows of each operation's answer mean for the registry. The only place that knows it.

Fields that an answer does not have are left as they are. The texts that clients are shown but that follow from other
facts (hierarchy, names of places and kinds of contacts) are not stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from hub import clock, limits
from hub.mirror import people
from hub.mirror.known import Known
from hub.mirror.source import Facts
from hub.registry import rows
from hub.registry.rows import line
from hub.store import schema
from hub.store.personal import Keys, Tckn
from hub.store.schema import Fact
from hub.turkish import fold


class Unusable(Exception):  # noqa: N818 - the name says what it is
    """A row that cannot become facts; the message says why, in Turkish."""


class Made(NamedTuple):
    """Facts of one kind that a row says."""

    kind: type[Fact]
    facts: Facts
    implied: bool = False


class Meaning:
    """Turns rows of one operation's answer into facts. ``number`` or ``tckn`` is what was asked."""

    def __init__(self, operation: str, number: int | None, keys: Keys, known: Known, tckn: Tckn | None = None) -> None:
        self._make = _MAKERS[operation]
        self._order: dict[tuple[int, int], int] = {}
        self.number = number
        self.keys = keys
        self.known = known
        self.tckn = tckn

    def facts(self, row: Any) -> Iterator[Made]:
        """The facts that ``row`` says. Raises :class:`Unusable` and :class:`~hub.registry.rows.RefusedError`."""
        return self._make(self, row)

    def rank(self, number: int, kind: int) -> int:
        """The next place of a contact entry among the unit's entries of its kind; the last is the preferred one."""
        place = self._order[number, kind] = self._order.get((number, kind), -1) + 1
        return place

    @property
    def asked(self) -> int:
        """The number that was asked for; only for operations whose answer needs one, which are not read without it."""
        assert self.number is not None
        return self.number


def _truth(text: str | None) -> bool:
    if (text or "").strip().lower() in {"true", "1", "evet", "aktif"}:
        return True
    if (text or "").strip().lower() in {"false", "0", "hayır", "pasif"}:
        return False
    raise Unusable("Aktifmi alanı True ya da False değil.")


def _utc(value: datetime | None) -> datetime | None:
    if value is None or value.year == 1:
        return None
    try:
        return clock.from_local(value)
    except ValueError:
        raise Unusable("Tarih geçerli aralıkta değil.") from None


def _recorded(value: datetime | None) -> dict[str, datetime]:
    """Left out where the answer has none, or .NET's 0001-01-01 for it, so that what is known stays."""
    return {} if (instant := _utc(value)) is None else {"recorded_at": instant}


def _needed(value: datetime | None, what: str) -> datetime:
    if (found := _utc(value)) is None:
        raise Unusable(f"{what} yok.")
    return found


# Units -------------------------------------------------------------------------------------------------------------


def _unit(meaning: Meaning, row: Any) -> Iterator[Made]:
    facts = rows.unit(
        detsis_no=row.DETSISNo,
        name=row.Ad or "",
        parent_no=row.ParentIdareKimlikKodu,
        second_parent_no=row.ParentIdareKimlikKodu2,
        main_no=row.AnaKurumIdareKimlikKodu,
        place_id=row.Fk_BulunduguYerID or None,
        type1_id=row.Fk_KurumBirimTipID1,
        type2_id=row.Fk_KurumBirimTipID2,
        level=row.Seviye,
        active=_truth(row.Aktifmi),
        operating=row.FaalOlupOlmadigi,
        external=row.DisYazismaMuhatabiOlupOlmadigi,
        address=row.Adres,
    )
    del facts["register_no"], facts["successor_no"]
    yield Made(schema.Unit, facts)
    for entry in row.KurumBirimTip3ler or ():
        if entry is None:
            continue
        kind, number = entry.Fk_KurumBirimTip3ID, row.DETSISNo
        if entry.TipAdi:
            name = line(entry.TipAdi, limits.REGISTRY_NAME)
            yield Made(schema.Type3, {"type3_id": kind, "name": name, "active": True}, implied=True)
        yield Made(schema.UnitType3, {"detsis_no": number, "type3_id": kind, "entry_id": entry.ID}, implied=True)


def _register(meaning: Meaning, row: Any) -> Iterator[Made]:
    number = line(row.DevletTeskilatiKutukNo, limits.REGISTRY_NAME)
    if number is None:
        raise Unusable("Kütük numarası boş.")
    yield Made(schema.Unit, {"detsis_no": rows.detsis_number(row.DETSISNo), "register_no": number})


def _budget(meaning: Meaning, row: Any) -> Iterator[Made]:
    facts = {
        "detsis_no": row.DETSISNo,
        "budget_kind_id": row.ButceTuruID,
        "budget_kind": line(row.ButceTuru, limits.REGISTRY_NAME),
        "legal_personality_id": row.Fk_TuzelKisilikID,
        "legal_personality": line(row.TuzelKisilik, limits.REGISTRY_NAME),
    }
    yield Made(schema.Budget, facts)


# Code lists --------------------------------------------------------------------------------------------------------


def _type1(meaning: Meaning, row: Any) -> Iterator[Made]:
    facts = {
        "type1_id": row.ID,
        "name": rows.unit_name(row.KurumBirimTipi1 or ""),
        "plural": line(row.KurumBirimTipi1CogulAdi, limits.REGISTRY_NAME),
        "parent_id": row.KurumBirimTipi1ParentID,
        "opens_type2_id": row.AcilacakTip2ID,
        **_recorded(row.KayitTarihi),
        "active": row.Aktifmi,
    }
    yield Made(schema.Type1, facts)


def _type2(meaning: Meaning, row: Any) -> Iterator[Made]:
    facts = {
        "type2_id": row.ID,
        "name": rows.unit_name(row.KurumBirimTipi2 or ""),
        "plural": line(row.KurumBirimTipi2CogulAdi, limits.REGISTRY_NAME),
        "parent_id": row.KurumBirimTipi2ParentID,
        "addressee_add": line(row.ResmiYaziEklenecekMuhatapBolumu, limits.REGISTRY_NAME),
        "addressee_cut": line(row.ResmiYaziKesilecekMuhatapBolumu, limits.REGISTRY_NAME),
        **_recorded(row.KayitTarihi),
        "used": row.Used,
        "active": row.Aktifmi,
    }
    yield Made(schema.Type2, facts)


def _place(meaning: Meaning, row: Any) -> Iterator[Made]:
    facts = {
        "place_id": row.ID,
        "place_code": row.YerKodu,
        "name": rows.unit_name(row.YerAdi or ""),
        "province_code": row.IlKodu,
        "province_name": line(row.IlAdi, limits.REGISTRY_NAME),
        "kind_id": row.Fk_YerTipiID,
        "kind": line(row.YerTipi, limits.REGISTRY_NAME),
        "phone_code": line(row.TelefonAlanKodu, limits.REGISTRY_NAME),
        "active": row.Aktifmi,
    }
    yield Made(schema.Place, facts)


# Delivery ----------------------------------------------------------------------------------------------------------


def _contact(meaning: Meaning, row: Any) -> Iterator[Made]:
    number, kind = row.DetsisNo, row.IletisimTip
    rank = meaning.rank(number, kind)
    facts = rows.contact(detsis_no=number, kind=kind, value=row.Iletisim or "", label=row.IletisimAdi, rank=rank)
    yield Made(schema.Contact, facts)


def _unit_contact(meaning: Meaning, row: Any) -> Iterator[Made]:
    number, kind = row.KurumBirimId, row.IletisimTipId
    rank = meaning.rank(number, kind)
    facts = rows.contact(detsis_no=number, kind=kind, value=row.IletisimBilgisi or "", rank=rank)
    del facts["label"]  # this answer has the kind's name only
    yield Made(schema.Contact, facts)


def _kep(meaning: Meaning, row: Any) -> Iterator[Made]:
    if row.KurumDetsisNo == 0 and not row.KepAdresi:  # the record that means "not found"
        return
    facts = rows.kep(detsis_no=row.KurumDetsisNo, address=row.KepAdresi or "", active=row.Aktifmi, status=row.Durum)
    del facts["kind"]
    yield Made(schema.KepAddress, facts)


def _certificate(meaning: Meaning, row: Any) -> Iterator[Made]:
    uploaded = _needed(row.KayitTarihi, "KayitTarihi")
    facts = rows.certificate(
        detsis_no=row.DetsisId,
        der=row.SertifikaDosya or b"",
        uploaded_at=uploaded,
        updated_at=_utc(row.SonGuncellemeTarihi),
        active=row.Aktifmi,
    )
    yield Made(schema.Certificate, facts)


def _ownership(meaning: Meaning, row: Any) -> Iterator[Made]:
    facts = {"detsis_no": row.KurumBirimId, "owner_no": rows.detsis_number(row.SertifikaSahibiKurumId)}
    yield Made(schema.CertificateOwnership, facts)


def _version(meaning: Meaning, row: Any) -> Iterator[Made]:
    version = line(row.Versiyon, 16)
    if version is None:
        raise Unusable("Paket sürümü boş.")
    yield Made(schema.PackageVersion, {"detsis_no": meaning.asked, "version": version})


def _notification(meaning: Meaning, row: Any) -> Iterator[Made]:
    number = line(row.TebligatNo, 64)
    if number is None:
        raise Unusable("Tebligat numarası boş.")
    yield Made(schema.NotificationNumber, {"detsis_no": meaning.asked, "number": number})


# Inventories -------------------------------------------------------------------------------------------------------


def _service(meaning: Meaning, row: Any) -> Iterator[Made]:
    number, name = line(row.HizmetId, limits.REGISTRY_NAME), line(row.HizmetAd, limits.REGISTRY_TEXT)
    if number is None or name is None:
        raise Unusable("Hizmet numarası ya da adı boş.")
    unit = meaning.known.by_hierarchy(meaning.asked, row.KurumHiyerarsik)
    if unit is None:
        raise Unusable("Hizmeti veren birim (KurumHiyerarsik) kayıtlı değil.")
    yield Made(schema.Service, {"detsis_no": unit, "service_id": number, "name": name})


def _document(meaning: Meaning, row: Any) -> Iterator[Made]:
    name = line(row.BelgeBeyanAdi, limits.REGISTRY_TEXT)
    if name is None:
        raise Unusable("Belge adı boş.")
    facts = {
        "detsis_no": meaning.asked,
        "document_id": row.BelgeBeyanID,
        "name": name,
        "kind": line(row.BelgeTur, limits.REGISTRY_NAME),
        "requested": _truth(row.Istenenmi),
    }
    yield Made(schema.Document, facts)


def _legislation(meaning: Meaning, row: Any) -> Iterator[Made]:
    gazette: date | None = None if row.RGTarih is None or row.RGTarih.year == 1 else row.RGTarih.date()
    facts = rows.legislation(
        detsis_no=meaning.asked,
        legislation_id=row.MevzuatId,
        name=row.Ad or "",
        kind_id=row.TurId,
        kind=row.Tur,
        number=row.Sayi,
        gazette_number=row.RGSayi,
        gazette_date=gazette,
    )
    del facts["dated"]
    yield Made(schema.Legislation, facts)


def _file_plan(meaning: Meaning, row: Any) -> Iterator[Made]:
    parts = [line(part, 16) for part in (row.AnaKod, row.AltKod1, row.AltKod2, row.AltKod3)]
    code = line(row.Kod, 64) or ".".join(part for part in parts if part)
    topic = line(row.KonuAdi, limits.REGISTRY_TEXT)
    if not code or topic is None:
        raise Unusable("Dosya planı kodu ya da konusu boş.")
    facts = {
        "detsis_no": meaning.asked,
        "code": code,
        "code_id": row.ID,
        "main_code": parts[0] or code.partition(".")[0],
        "sub_code1": parts[1],
        "sub_code2": parts[2],
        "sub_code3": parts[3],
        "topic": topic,
        "retention_period": line(row.SaklamaSuresi, limits.REGISTRY_NAME),
        "retention_time": line(row.SaklamaZaman, limits.REGISTRY_NAME),
        "retention_code": line(row.SaklamaKodu, limits.REGISTRY_NAME),
        "footnote": line(row.DipNot, limits.REGISTRY_TEXT),
        "note": line(row.Aciklama, limits.REGISTRY_TEXT),
        "active": row.Aktifmi,
        "kind": row.Tip,
        "group_start": line(row.GrupBaslangici, limits.REGISTRY_NAME),
        "group_end": line(row.GrupBitisi, limits.REGISTRY_NAME),
        "level": line(row.Seviye, limits.REGISTRY_NAME),
    }
    yield Made(schema.FilePlanCode, facts)


def _legislation_found(meaning: Meaning, row: Any) -> Iterator[Made]:
    """Title, number and date only: the date goes to the legislation that is recorded under that title and number."""
    try:
        dated = datetime.strptime((row.MevzuatTarihi or "").strip(), "%d/%m/%Y").date()  # noqa: DTZ007 - a day
    except ValueError:
        raise Unusable("MevzuatTarihi gün/ay/yıl biçiminde bir tarih değil.") from None
    found = meaning.known.legislation(row.MevzuatAdi or "", row.MevzuatSayisi)
    if not found:
        raise Unusable("Bu ad ve sayıyla kayıtlı mevzuat yok; önce GetMevzuatListesi yanıtı alınmalı.")
    for number, identity, recorded in found:
        if recorded in (None, dated):  # texts of one title and number, each with its own date, cannot be told apart
            yield Made(schema.Legislation, {"detsis_no": number, "legislation_id": identity, "dated": dated}, True)


# Versions of many, people, letters ---------------------------------------------------------------------------------


def _moved(meaning: Meaning, row: Any) -> Iterator[Made]:
    """The answer names no version, only that it is the new one: who is not known to be on 2.x is now on 2.0."""
    for number in row.DetsisIds or ():
        recorded = meaning.known.package_version(number)
        version = recorded if recorded is not None and not recorded.startswith("1") else _NEW_VERSION
        yield Made(schema.PackageVersion, {"detsis_no": number, "version": version})


def _officer(meaning: Meaning, row: Any) -> Iterator[Made]:
    given, surname = line(row.Adi, limits.REGISTRY_NAME), line(row.Soyadi, limits.REGISTRY_NAME)
    if given is None or surname is None:
        raise Unusable("Yetkilinin adı ya da soyadı boş.")
    facts = {
        "detsis_no": meaning.asked,
        "officer_id": meaning.known.officer_id(meaning.asked, given, surname, row.Yetkisi),
        "given_name": given,
        "surname": surname,
        "phone": line(row.Telefon, limits.REGISTRY_NAME),
        "email": line(row.Email, limits.REGISTRY_NAME),
        "role": line(row.Yetkisi, limits.REGISTRY_NAME),
    }
    yield Made(schema.DetsisOfficer, facts)


def _duty(meaning: Meaning, row: Any) -> Iterator[Made]:
    given, surname = people.split_name(row.YoneticiAdiSoyadi or "")
    if not given or row.YoneticiKodu <= 0:
        raise Unusable("Yöneticinin kodu ya da adı ve soyadı yok.")
    birth = None if row.DogumTarihi is None or row.DogumTarihi.year == 1 else row.DogumTarihi.date()
    person = people.person(
        meaning.keys, code=row.YoneticiKodu, given_name=given, surname=surname, tckn=meaning.tckn, birth=birth
    )
    yield Made(schema.Person, person, implied=True)
    starts, ends = _needed(row.GorevBaslamaTarihi, "GorevBaslamaTarihi"), _utc(row.GorevBitisTarihi)
    facts = {
        "detsis_no": rows.detsis_number(row.ID),
        "code": row.YoneticiKodu,
        "kind": _duty_kind(row.GorevTuru, ends),
        "title": line(row.UnvanAdi, limits.REGISTRY_NAME),
        "legal_basis": line(row.HukukiDayanak, limits.REGISTRY_NAME),
        "kind_text": line(row.GorevTuru, limits.REGISTRY_NAME),
        "valid_from": starts,
        "valid_to": ends,
    }
    yield Made(schema.Duty, facts)


def _duty_kind(text: str | None, ends: datetime | None) -> str:
    """Owner unless the text says deputation; that of a vacant post, or without an end, is an acting head's."""
    said = fold(text or "")
    if "veka" not in said and "vekil" not in said:
        return schema.DutyKind.OWNER
    return schema.DutyKind.ACTING if ends is None or "bos" in said else schema.DutyKind.DEPUTY


def _letter(meaning: Meaning, row: Any) -> Iterator[Made]:
    """A composed letter repeats facts of several units without saying whose they are; only its signatories' codes and
    names are facts of their own."""
    for signer in row.ImzaYetkilileri or ():
        if signer is not None and signer.YoneticiAd and signer.YoneticiSoyad:
            person = people.person(
                meaning.keys, code=signer.TCYoneticiKodu, given_name=signer.YoneticiAd, surname=signer.YoneticiSoyad
            )
            yield Made(schema.Person, person, implied=True)


# Operations --------------------------------------------------------------------------------------------------------

_NEW_VERSION: Final = "2.0"

_MAKERS: Final[Mapping[str, Callable[[Meaning, Any], Iterator[Made]]]] = {
    "YeniDisYazismaYapanlariGetirWs": _unit,
    "TumTip1KodlariGetirWs": _type1,
    "TumTip2KodlariGetirWs": _type2,
    "TumYerKodlariGetirWs": _place,
    "KurumBirimIletisimBilgileriGetirWs": _contact,
    "AnakurumIletisimBilgileriWs": _contact,
    "AnaKurumlarButceTurleriGetirWs": _budget,
    "KurumSDPKodlariGetirWs": _file_plan,
    "DETSISNoKurumBirimWs": _unit,
    "KendiTumBirimleriGetirWs": _unit,
    "BirimleriminIletisimBilgileriniGetir": _unit_contact,
    "HiyerarsiGetirKurumBirimWs": _unit,
    "AdaGoreKurumBirimSorgulaWs": _unit,
    "AnaKurumlariGetirKurumBirimWs": _unit,
    "DetayBilgilereGoreSorgulaKurumBirimWs": _unit,
    "KEPAdresiKontrolEt": _kep,
    "KEPAdresleriniGetir": _kep,
    "KurumSertifikaBilgileriniGetir": _certificate,
    "KurumEypVersiyonuGetir": _version,
    "TebligatNumarasiGetir": _notification,
    "GetHizmetListesi": _service,
    "MevzuatSorgula": _legislation_found,
    "GetBelgeListesi": _document,
    "GetMevzuatListesi": _legislation,
    "EypGuncellenenleriGetir": _moved,
    "AktifKEPAdresleriniGetir": _kep,
    "eYazismaPaketi": _letter,
    "KutukNodanDetsisNoGetir": _register,
    "DetsisIslemYetkilisiBilgileriWs": _officer,
    "AltKurulusBirimleriListele": _unit,
    "IYEMTCdenGorevListesiGetirWs": _duty,
    "IYEMYoneticiIDdenGorevListesiGetirWs": _duty,
    "IYEMKurumYoneticisiGetirWs": _duty,
    "IYEMTumYoneticileriGetirWs": _duty,
    "SertifikalariGetir": _certificate,
    "SertifikaSahiplikleriniGetir": _ownership,
}

_NEEDS_NUMBER: Final = frozenset(
    {
        "KurumSDPKodlariGetirWs",
        "KurumEypVersiyonuGetir",
        "TebligatNumarasiGetir",
        "GetHizmetListesi",
        "GetBelgeListesi",
        "GetMevzuatListesi",
        "DetsisIslemYetkilisiBilgileriWs",
    }
)
_CALLERS: Final = frozenset(
    {"KendiTumBirimleriGetirWs", "BirimleriminIletisimBilgileriniGetir", "DetsisIslemYetkilisiBilgileriWs"}
)
ORDER: Final = (
    ("TumTip1KodlariGetirWs", "TumTip2KodlariGetirWs", "TumYerKodlariGetirWs"),
    ("AnaKurumlariGetirKurumBirimWs",),
    tuple(name for name, make in _MAKERS.items() if make is _unit and name != "AnaKurumlariGetirKurumBirimWs"),
)
"""What is taken before the rest when several files are imported together: codes, institutions, units."""


def rank(operation: str) -> int:
    """The operation's place in :data:`ORDER`; ``MevzuatSorgula``, which adds to other answers, comes last."""
    for place, names in enumerate(ORDER):
        if operation in names:
            return place
    return len(ORDER) + (operation == "MevzuatSorgula")


def needs_number(operation: str) -> bool:
    """Whether the answer's rows do not say whose they are."""
    return operation in _NEEDS_NUMBER


def is_callers(operation: str) -> bool:
    """Whether the operation answers for the caller's own institution."""
    return operation in _CALLERS
