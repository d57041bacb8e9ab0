"""What both İYEM services share: who calls, and duties and decisions in the contracts' terms."""

from __future__ import annotations

from typing import Any, Final

from hub.errors import HubError
from hub.iyem.decision import Decision, DutyRecord, Outcome, Reason
from hub.iyem.words import SENTENCES
from hub.store.schema import DutyKind

OUTCOMES: Final = {Outcome.YES: "EVET", Outcome.NO: "HAYIR", Outcome.INDETERMINATE: "BELIRSIZ"}
KINDS: Final = {DutyKind.OWNER: "ASIL", DutyKind.DEPUTY: "VEKIL", DutyKind.ACTING: "YURUTEN"}
KIND_OF: Final = {text: kind for kind, text in KINDS.items()}


class RightError(HubError):
    """The caller's credential does not allow this."""

    code = "ACCESS_RIGHT"


PERSON: Final = ("YoneticiKodu", "AdSoyad")
"""Fields of a ``Kisi``, in the order of :class:`~hub.iyem.decision.Named`."""
DUTY: Final = (
    "GorevNo",
    "BirimNo",
    "YoneticiKodu",
    "Tur",
    "Baslama",
    "Bitis",
    "KayitZamani",
    "KapanisZamani",
    "BilinmeBaslangici",
    "BilinmeSonu",
    "SeriNo",
    "Unvan",
)
"""Fields of a ``Gorev``, in the order of the first fields of :class:`~hub.iyem.decision.DutyRecord`."""
DECISION: Final[tuple[str | tuple[str, tuple[str, ...]], ...]] = (
    "Sonuc",
    "Gerekce",
    "Aciklama",
    "BirimNo",
    "BirimAdi",
    "HalefBirimNo",
    "Zaman",
    "BilgiZamani",
    "SeriNo",
    ("Yonetici", PERSON),
    ("Gorev", DUTY),
    ("VekaletEdilen", PERSON),
    "GecerlilikSonu",
)
"""What :func:`decision_row` gives, for a row writer of ``Karar``."""
ASKED: Final = ("Zaman", "BilgiZamani", "SeriNo")
"""Those of :data:`DECISION` that are the question's own; everything else may stand ready before it is asked."""


def said(outcome: Outcome, reason: Reason) -> tuple[str, str, str]:
    """The first three values of :data:`DECISION`."""
    return OUTCOMES[outcome], reason.value, SENTENCES[reason][0]


def duty_row(record: DutyRecord) -> tuple[Any, ...]:
    """The values of :data:`DUTY`."""
    return (*record[:3], KINDS[record.kind], *record[4 : len(DUTY)])


def decision_row(found: Decision) -> tuple[Any, ...]:
    """The values of :data:`DECISION`."""
    record = found.record
    return (
        *said(found.outcome, found.reason),
        found.unit_no,
        found.unit_name,
        found.successor_no,
        found.at,
        found.known,
        found.serial,
        found.person,
        None if record is None else duty_row(record),
        found.deputy_for,
        found.holds_until,
    )


def duty(types: Any, record: DutyRecord | None) -> Any:
    """A ``Gorev``."""
    return None if record is None else types.Gorev(**dict(zip(DUTY, duty_row(record), strict=True)))


def decision(types: Any, found: Decision) -> Any:
    """A ``Karar``."""
    fields: dict[str, Any] = {}
    for column, value in zip(DECISION, decision_row(found), strict=True):
        if isinstance(column, str):
            fields[column] = value
        elif value is not None:
            name, inside = column
            made = types.Gorev if inside is DUTY else types.Kisi
            fields[name] = made(**dict(zip(inside, value, strict=True)))
    return types.Karar(**fields)
