"""The service ``YetkiServis``: may this person sign for this unit at this time, plain or with a signed receipt.

Any institution with access may ask about any code: whoever receives a letter must be able to check its signatory.
Asking by T.C. kimlik no about another institution's unit needs the right to see personal data, and is written to the
audit trail.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from hub import clock
from hub.access.door import Caller
from hub.config import Settings
from hub.contract import Call, Contract, Endpoint
from hub.contract.call import Observe
from hub.contract.profile import STRICT
from hub.errors import HubError
from hub.iyem import words
from hub.iyem.decision import Decision, InvalidQuestionError, Outcome, Who, may_sign
from hub.iyem.reading import StoredRegister
from hub.registry import units
from hub.services.iyem import common
from hub.services.iyem.common import Check, Faults, RightError
from hub.signing import receipts
from hub.signing.keys import SigningKey
from hub.store.database import Database
from hub.store.personal import Keys, Tckn

WSDL: Final = "YetkiServis.wsdl"
FAULT: Final = "YetkiHatasi"

_RECEIPT_OUTCOMES: Final = {
    Outcome.YES: receipts.Outcome.PASSED,
    Outcome.NO: receipts.Outcome.FAILED,
    Outcome.INDETERMINATE: receipts.Outcome.INDETERMINATE,
}


class NoReceiptKeyError(HubError):
    """No key to sign receipts with is configured."""

    code = "RECEIPT_KEY"


class YetkiServis:
    """The operations of ``YetkiServis.wsdl``."""

    def __init__(
        self,
        database: Database,
        check: Check,
        keys: Keys | None,
        settings: Settings,
        sign: Callable[[], SigningKey | None],
    ) -> None:
        self._database = database
        self._check = check
        self._keys = keys
        self._settings = settings
        self._sign = sign

    def authenticate(self, header: Any, call: Call) -> Caller:
        """The caller whom the header proves."""
        with Faults(call, FAULT):
            return common.authenticate(self._check, header, call)

    def ImzaYetkisiSorgula(self, call: Call, *, Soru: list[Any]) -> Any:
        """Decide each question, in the order they were asked, over one state of the register."""
        with Faults(call, FAULT):
            found = self._decide(call.caller, Soru)
        return call.result(Karar=[common.decision(call.types, one) for one in found])

    def ImzaYetkisiTutanagi(self, call: Call, *, Soru: Any) -> Any:
        """Decide one question and sign what was decided."""
        with Faults(call, FAULT):
            key = self._sign()
            if key is None:
                raise NoReceiptKeyError("Tutanak imzalayacak anahtar tanımlanmamış.")
            found = self._decide(call.caller, [Soru])[0]
            signed = receipts.issue(self._receipt(found), key)
        return call.result(Karar=common.decision(call.types, found), Tutanak=signed)

    def _decide(self, caller: Caller, questions: list[Any]) -> list[Decision]:
        asked = [(question, _who(question)) for question in questions]
        strangers = [question.BirimNo for question, who in asked if who.tckn is not None]
        with self._database.read() as connection:
            foreign = self._foreign(connection, caller, strangers)
        if foreign:
            self._database.audit(
                caller.kurum_id,
                "personal:ask" if caller.may_see_personal_data else "personal:refuse",
                "iyem",
                units=" ".join(map(str, foreign)),
            )
            if not caller.may_see_personal_data:
                raise RightError("Başka kurumların birimleri için T.C. kimlik no ile sorgu yetkiniz yok.")
        now = clock.now()
        with self._database.read() as connection:
            registers: dict[datetime | None, StoredRegister] = {}
            found = []
            for question, who in asked:
                known = _instant(question.BilgiZamani)
                if known not in registers:
                    registers[known] = StoredRegister(connection, self._keys, known)
                at = _instant(question.Zaman) or known or now
                found.append(may_sign(registers[known], who, question.BirimNo, at, known=known))
            return found

    @staticmethod
    def _foreign(connection: Connection, caller: Caller, numbers: list[int]) -> list[int]:
        """Those of ``numbers`` that are not units of the caller's institution."""
        rows = {row.detsis_no: row.main_no for row in units.units(connection, sorted({*numbers, caller.detsis_no}))}
        home = rows.get(caller.detsis_no, caller.detsis_no)
        return sorted({number for number in numbers if rows.get(number) != home})

    def _receipt(self, found: Decision) -> receipts.Receipt:
        subject = [("DETSISNo", str(found.unit_no))]
        if found.person is not None:
            subject.append(("YoneticiKodu", str(found.person.code)))
        if found.record is not None:
            subject.append(("GorevNo", str(found.record.duty_no)))
        outcome = _RECEIPT_OUTCOMES[found.outcome]
        texts = {"tr": words.sentence(found, "tr"), "en": words.sentence(found, "en")}
        return receipts.Receipt(
            id=receipts.new_id(),
            kind=receipts.Kind.DECISION,
            issuer=receipts.Issuer(name="e-Yazışma hub", url=self._settings.public_url or None),
            issued_at=clock.now(),
            subject=tuple(subject),
            outcome=outcome,
            texts=texts,
            valid_at=found.at,
            known_at=found.known,
            serial=found.serial,
            reasons=(receipts.Reason(found.reason.value, outcome, texts),),
            valid_until=found.holds_until,
        )


def endpoint(
    database: Database,
    check: Check,
    *,
    keys: Keys | None,
    settings: Settings,
    sign: Callable[[], SigningKey | None],
    observe: Observe | None = None,
) -> Endpoint:
    """The service as a WSGI application; ``sign`` gives the key for receipts, None where there is none."""
    contract = Contract.load(WSDL, times="utc")
    service = YetkiServis(database, check, keys, settings, sign)
    return Endpoint(
        contract,
        {name: getattr(service, name) for name in contract.operations},
        authenticate=service.authenticate,
        observe=observe,
        profile=STRICT,
        settings=settings,
    )


def _who(question: Any) -> Who:
    tckn = None
    if question.TCKimlikNo is not None:
        try:
            tckn = Tckn(question.TCKimlikNo)
        except ValueError:
            raise InvalidQuestionError("T.C. kimlik no geçersiz.") from None
    if question.YoneticiKodu is None and tckn is None:
        raise InvalidQuestionError("T.C. Yönetici Kodu ya da T.C. kimlik no verilmeli.")
    return Who(question.YoneticiKodu, tckn)


def _instant(value: datetime | None) -> datetime | None:
    return None if value is None else clock.from_local(value)
