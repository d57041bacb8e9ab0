"""A decision in words: a sentence for each reason, Turkish and English, and the record behind it as plain data.

The pages in ``docs/reasons.md`` and ``docs/reasons.tr.md`` have the same reasons; a test holds them together.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from hub.clock import written
from hub.iyem.decision import Decision, DutyRecord, Named, Outcome, Reason

OUTCOMES: Final[Mapping[Outcome, str]] = {
    Outcome.YES: "EVET",
    Outcome.NO: "HAYIR",
    Outcome.INDETERMINATE: "BELİRSİZ",
}

SENTENCES: Final[Mapping[Reason, tuple[str, str]]] = {
    # Turkish, English
    Reason.OWNER: ("Kişi bu birimin asil yöneticisidir.", "The person holds the post."),
    Reason.DEPUTY: (
        "Kişi, dolu kadronun yöneticisine vekâlet etmektedir.",
        "The person acts for the holder of the post.",
    ),
    Reason.ACTING_HEAD: (
        "Kişi, boş bulunan görevi vekâleten yürütmektedir.",
        "The person heads the unit while its post is vacant.",
    ),
    Reason.UNIT_UNKNOWN: ("Bu numarada bir birim DETSİS'te yoktur.", "No unit in DETSİS has this number."),
    Reason.UNIT_NOT_YET: ("Birim bu tarihte henüz kurulmamıştı.", "The unit was founded after this time."),
    Reason.UNIT_CLOSED: ("Birim bu tarihte kapatılmıştı.", "The unit was closed at this time."),
    Reason.PERSON_UNKNOWN: (
        "İYEM'de bu kodla ya da kimlik numarasıyla kayıtlı kimse yoktur.",
        "İYEM knows nobody with this code or identity number.",
    ),
    Reason.CODE_OF_ANOTHER: (
        "T.C. Yönetici Kodu başka bir kişiye aittir.",
        "The code belongs to another person than the identity number.",
    ),
    Reason.NO_DUTY_HERE: (
        "Kişinin bu birimde kayıtlı bir görevi yoktur.",
        "The person has no duty in this unit on record.",
    ),
    Reason.OTHER_UNIT: (
        "Kişi bu tarihte başka bir birimde görevliydi.",
        "The person held another unit at this time, not this one.",
    ),
    Reason.NOT_STARTED: ("Kişinin bu birimdeki görevi daha sonra başlamıştır.", "The duty in this unit began later."),
    Reason.ENDED: ("Kişinin bu birimdeki görevi sona ermişti.", "The duty in this unit had ended."),
    Reason.NOT_RECORDED_YET: (
        "Kişi görevdeydi, ama İYEM'e daha sonra kaydedilmiştir; kayıttan önce imza atılamaz.",
        "In office, but recorded in İYEM only later; nobody signs before the recording.",
    ),
    Reason.RECORDING_TIME_UNKNOWN: (
        "Kişi görevdeydi, ama kayıt başka bir kaynaktan alınmıştır ve ne zaman yapıldığı bilinmemektedir.",
        "In office, but the record was taken over from elsewhere and does not say when it was made.",
    ),
    Reason.DEPUTY_WITHOUT_OWNER: (
        "Vekâlet edilen asil yöneticinin kaydı bu tarihi kapsamıyor.",
        "The record of the owner acted for does not cover this time.",
    ),
    Reason.TIME_AHEAD: ("Sorulan zaman henüz gelmemiştir.", "The time asked about lies ahead."),
    Reason.REGISTRY_DATA_MISSING: (
        "Kayıtlarda bu tarihe ait yönetici bilgisi yoktur.",
        "The register holds nothing about managers at that time.",
    ),
    Reason.REGISTRY_STALE: (
        "Kayıtların bu kopyası sorulan tarihten önce güncellenmiştir.",
        "This copy of the register was brought up to date before that time.",
    ),
}


def sentence(decision: Decision, language: str = "tr") -> str:
    """The reason in one sentence, ``tr`` or ``en``."""
    return SENTENCES[decision.reason][language == "en"]


def plain(decision: Decision) -> dict[str, Any]:
    """The decision as JSON-ready data; instants in Türkiye's time with their offset. Names, but no identity number."""
    return {
        "outcome": decision.outcome.value,
        "reason": decision.reason.value,
        "text": {"tr": sentence(decision, "tr"), "en": sentence(decision, "en")},
        "unit": decision.unit_no,
        "unit_name": decision.unit_name,
        "successor": decision.successor_no,
        "at": iso(decision.at),
        "known": iso(decision.known),
        "serial": decision.serial,
        "person": _named(decision.person),
        "record": _record(decision.record),
        "deputy_for": _named(decision.deputy_for),
        "holds_until": iso(decision.holds_until),
    }


def iso(instant: datetime | None) -> str | None:
    """``instant`` in ISO 8601, Türkiye's time with its offset."""
    return None if instant is None else written(instant)


def _named(person: Named | None) -> dict[str, Any] | None:
    return None if person is None else {"code": person.code, "name": person.name}


def _record(duty: DutyRecord | None) -> dict[str, Any] | None:
    if duty is None:
        return None
    return {
        "duty": duty.duty_no,
        "unit": duty.unit_no,
        "kind": duty.kind.value,
        "title": duty.title,
        "start": iso(duty.start),
        "end": iso(duty.end),
        "recorded_at": iso(duty.recorded_at),
        "closed_at": iso(duty.closed_at),
        "known_from": iso(duty.known_from),
        "known_to": iso(duty.known_to),
        "serial": duty.serial,
    }
