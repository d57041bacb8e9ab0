"""What both İYEM services share: who calls, typed faults, and duties and decisions in the contracts' terms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from hub.access.door import Caller
from hub.access.errors import AccessDeniedError
from hub.contract import Call
from hub.contract.errors import SoapFault
from hub.errors import HubError
from hub.iyem import words
from hub.iyem.decision import Decision, DutyRecord, Named, Outcome
from hub.signing.make import SigningError
from hub.store.errors import DatabaseUnavailableError, KeyUnusableError
from hub.store.schema import DutyKind

Check = Callable[[str, str, str], Caller]
"""KurumID, password and client address to the caller that they prove: :meth:`hub.access.door.Door.check`."""

OUTCOMES: Final = {Outcome.YES: "EVET", Outcome.NO: "HAYIR", Outcome.INDETERMINATE: "BELIRSIZ"}
KINDS: Final = {DutyKind.OWNER: "ASIL", DutyKind.DEPUTY: "VEKIL", DutyKind.ACTING: "YURUTEN"}
KIND_OF: Final = {text: kind for kind, text in KINDS.items()}

_OURS: Final = (DatabaseUnavailableError, KeyUnusableError, SigningError)
"""Troubles of the hub, not of the caller's request."""


class RightError(HubError):
    """The caller's credential does not allow this."""

    code = "ACCESS_RIGHT"


def authenticate(check: Check, header: Any, call: Call) -> Caller:
    """The caller whom the header proves; raises :class:`~hub.access.errors.AccessDeniedError`."""
    if header is None:
        raise AccessDeniedError
    client = call.environ.get("hub.client") or call.environ.get("REMOTE_ADDR", "")
    return check(header.KurumID or "", header.Password or "", client)


class Faults:
    """Turns an expected error into the contract's typed fault (``fault`` is its type's name)."""

    def __init__(self, call: Call, fault: str) -> None:
        self._call = call
        self._fault = fault

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, HubError) and not isinstance(error, SoapFault):
            raise typed(self._call, self._fault, error) from error


def typed(call: Call, name: str, error: HubError) -> Exception:
    """The typed fault of ``error``."""
    detail = getattr(call.types, name)(Kod=error.code, Mesaj=error.message)
    fault = call.fault(error.message, detail=detail, side="server" if isinstance(error, _OURS) else "client")
    fault.code = error.code  # type: ignore[misc] # the log and the metrics name the reason, not the fault
    return fault


def person(types: Any, who: Named | None) -> Any:
    """A ``Kisi``."""
    return None if who is None else types.Kisi(YoneticiKodu=who.code, AdSoyad=who.name)


def duty(types: Any, record: DutyRecord | None) -> Any:
    """A ``Gorev``."""
    if record is None:
        return None
    return types.Gorev(
        GorevNo=record.duty_no,
        BirimNo=record.unit_no,
        YoneticiKodu=record.code,
        Tur=KINDS[record.kind],
        Baslama=record.start,
        Bitis=record.end,
        KayitZamani=record.recorded_at,
        KapanisZamani=record.closed_at,
        BilinmeBaslangici=record.known_from,
        BilinmeSonu=record.known_to,
        Unvan=record.title,
        SeriNo=record.serial,
    )


def decision(types: Any, found: Decision) -> Any:
    """A ``Karar``."""
    return types.Karar(
        Sonuc=OUTCOMES[found.outcome],
        Gerekce=found.reason.value,
        Aciklama=words.sentence(found),
        BirimNo=found.unit_no,
        BirimAdi=found.unit_name,
        HalefBirimNo=found.successor_no,
        Zaman=found.at,
        BilgiZamani=found.known,
        SeriNo=found.serial,
        Yonetici=person(types, found.person),
        Gorev=duty(types, found.record),
        VekaletEdilen=person(types, found.deputy_for),
        GecerlilikSonu=found.holds_until,
    )
