"""İYEM's answers on signers, between the report of a package and ``PaketServis.wsdl``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from hub import clock
from hub.iyem.decision import InvalidQuestionError, Who
from hub.package.intended import Intended
from hub.package.report import BeforeSigning, DutyInfo, Language, SignatoryInfo
from hub.package.views.words import say
from hub.services.iyem.common import KINDS
from hub.store.personal import Tckn
from hub.store.schema import DutyKind


def intended(asked: Iterable[Any]) -> tuple[Intended, ...]:
    """The signers of ``Imzalayacaklar``. Raises :class:`~hub.iyem.decision.InvalidQuestionError`."""
    return tuple(Intended(_who(one), one.BirimNo) for one in asked)


def _who(one: Any) -> Who:
    if one.YoneticiKodu is None and one.TCKimlikNo is None:
        raise InvalidQuestionError("T.C. Yönetici Kodu ya da T.C. kimlik no verilmeli.")
    try:
        return Who(one.YoneticiKodu, None if one.TCKimlikNo is None else Tckn(one.TCKimlikNo))
    except ValueError:
        raise InvalidQuestionError("T.C. kimlik no geçersiz.") from None


def before_signing(types: Any, item: BeforeSigning | None, language: Language) -> Any:
    """An ``ImzaOncesi``; None where it was not asked for."""
    if item is None:
        return None
    return types.ImzaOncesi(
        Sonuc=item.outcome.value,
        Paket=item.package.value,
        PaketNeden=say(item.package_why, language) if item.package_why else None,
        Imzacilar=item.signers.value,
        Zaman=_instant(item.at),
        Yanitlar=[signatory(types, one, language) for one in item.intended],
    )


def signatory(types: Any, item: SignatoryInfo, language: Language) -> Any:
    """An ``ImzaYetkisi``."""
    then = item.then
    deputy_for = None
    if item.deputy_for_code is not None:
        deputy_for = types.Kisi(YoneticiKodu=item.deputy_for_code, AdSoyad=item.deputy_for)
    return types.ImzaYetkisi(
        Yer=item.place,
        Sonuc=item.outcome.value,
        Gerekce=item.reason or None,
        Aciklama=say(item.why, language),
        AdSoyad=item.person or item.name or None,
        TCKimlikNo=item.tckn or None,
        YoneticiKodu=item.code,
        PakettekiKod=item.listed_code or None,
        BirimNo=item.unit_no,
        YetkiBirimNo=item.signed_for,
        YetkiBirimAdi=item.signed_for_name or None,
        Zaman=_instant(item.time),
        Gorev=_duty(types, item.record) if item.record else None,
        VekaletEdilen=deputy_for,
        GecerlilikSonu=_instant(item.holds_until),
        SeriNo=item.serial,
        OZamankiYanit=None
        if then is None
        else types.OZamankiYanit(
            Sonuc=then.outcome.value, Gerekce=then.reason, Aciklama=say(then.why, language), SeriNo=then.serial
        ),
    )


def _duty(types: Any, record: DutyInfo) -> Any:
    return types.Gorev(
        GorevNo=record.number,
        BirimNo=record.unit_no,
        Tur=KINDS[DutyKind(record.kind)],
        Unvan=record.title or None,
        Baslama=_instant(record.start),
        Bitis=_instant(record.end),
        KayitZamani=_instant(record.recorded_at),
        KapanisZamani=_instant(record.closed_at),
        BilinmeBaslangici=_instant(record.known_from),
        SeriNo=record.serial,
    )


def _instant(text: str) -> datetime | None:
    return clock.from_local(datetime.fromisoformat(text)) if text else None
