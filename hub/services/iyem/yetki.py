"""The service ``YetkiServis``: whether somebody may sign in a unit's name, plain or with a signed receipt.

Any institution with access may ask about any code: whoever receives a letter must be able to check its signatory.
Asking by T.C. kimlik no about another institution's unit needs the right to see personal data, and is written to the
audit trail.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from hub import clock
from hub.access.door import Caller
from hub.config import Settings
from hub.contract import Call, Contract, Endpoint
from hub.contract.call import Observe
from hub.contract.profile import STRICT
from hub.errors import ConfigError
from hub.iyem import words
from hub.iyem.decision import Decision, InvalidQuestionError, Outcome, Who, may_sign
from hub.iyem.filed import Filed
from hub.iyem.prefetch import Prefetch
from hub.iyem.reading import StoredRegister
from hub.iyem.ready import Ready
from hub.iyem.records import NotFiledError
from hub.registry import managers
from hub.services.callers import Check, caller_of
from hub.services.faults import typed
from hub.services.iyem import common, discreet
from hub.services.iyem.written import Decisions
from hub.services.receipt_signer import ReceiptSigner
from hub.signing import receipts
from hub.store.database import Database
from hub.store.freshness import Freshness
from hub.store.keyed import Keyed
from hub.store.personal import Keys, Tckn

WSDL: Final = "YetkiServis.wsdl"

_RECEIPT_OUTCOMES: Final = {
    Outcome.YES: receipts.Outcome.PASSED,
    Outcome.NO: receipts.Outcome.FAILED,
    Outcome.INDETERMINATE: receipts.Outcome.INDETERMINATE,
}


class NoReceiptKeyError(ConfigError):
    """No key to sign receipts with is configured."""

    code = "RECEIPT_KEY"


class YetkiServis:
    """The operations of ``YetkiServis.wsdl``."""

    def __init__(
        self,
        database: Database,
        check: Check[Caller],
        keyed: Keyed,
        filed: Filed | None,
        keys: Keys | None,
        settings: Settings,
        sign: Callable[[], ReceiptSigner | None],
        write: Decisions,
    ) -> None:
        self._write = write
        self._database = database
        self._check = check
        self._keys = keys
        self._settings = settings
        self._sign = sign
        self._prefetch = Prefetch(keyed, keys)
        self._filed = filed

    def authenticate(self, header: Any, call: Call) -> Caller:
        """The caller whom the header proves."""
        return caller_of(self._check, header, call)

    def ImzaYetkisiSorgula(self, call: Call, *, Soru: list[Any]) -> Any:
        """Decide each question, in the order they were asked, over one state of the register."""
        found = self._decide(call.caller, Soru, ready=True)
        return call.result(Karar=[self._write(one) for one in found])

    def ImzaYetkisiTutanagi(self, call: Call, *, Soru: Any) -> Any:
        """Decide one question and sign what was decided. Raises :class:`NoReceiptKeyError`."""
        signer = self._sign()
        if signer is None:
            raise NoReceiptKeyError("Tutanak imzalayacak anahtar tanımlanmamış.")
        found = self._decide(call.caller, [Soru], ready=False)[0]
        assert isinstance(found, Decision)
        signed = signer.sign(self._receipt(found))
        return call.result(Karar=common.decision(call.types, found), Tutanak=signed)

    def _decide(self, caller: Caller, questions: list[Any], *, ready: bool) -> list[Decision | Ready]:
        """The decisions; with ``ready`` what stands ready in the file where it does."""
        asked = [(_who(question), question.BirimNo) for question in questions]
        people = [unit_no for who, unit_no in asked if who.tckn is not None]
        home = self._check_people(caller, people) if people else caller.detsis_no
        for question in questions:
            if question.BilgiZamani is not None:
                with self._database.read() as connection:
                    found = self._as_known(connection, asked, questions)
                break
        else:
            found = self._as_known_now(asked, questions, ready)
        if not people or caller.may_see_personal_data:
            return found
        return [  # what stands ready is about duties in the very unit, which the caller may know of
            self._reduced(one, who, home) if isinstance(one, Decision) else one
            for one, (who, _) in zip(found, asked, strict=True)
        ]

    def _as_known_now(self, asked: list[tuple[Who, int]], questions: list[Any], ready: bool) -> list[Decision | Ready]:
        """The decisions from the file where it holds all that is needed, else from the database."""
        now = clock.now()
        if self._filed is not None:
            try:
                return _from_file(self._filed, asked, questions, now, ready)
            except NotFiledError:
                pass
        registers = self._prefetch.registers(asked)
        return [
            may_sign(register, who, unit_no, question.Zaman or now)
            for register, (who, unit_no), question in zip(registers, asked, questions, strict=True)
        ]

    def _as_known(
        self, connection: Connection, asked: list[tuple[Who, int]], questions: list[Any]
    ) -> list[Decision | Ready]:
        """The decisions where some ask for what was known at another moment."""
        now = clock.now()
        registers: dict[datetime | None, StoredRegister] = {}
        found: list[Decision | Ready] = []
        for (who, unit_no), question in zip(asked, questions, strict=True):
            known = _instant(question.BilgiZamani)
            register = registers.setdefault(known, StoredRegister(connection, self._keys, known))
            found.append(may_sign(register, who, unit_no, _instant(question.Zaman) or known or now, known=known))
        return found

    def _check_people(self, caller: Caller, numbers: list[int]) -> int:
        """The caller's institution. ``numbers`` are the units that are asked about by identity number: those of others
        need the right to personal data, and are noted."""
        mains = self._institutions({caller.detsis_no, *numbers})
        return discreet.check_people(self._database, caller, numbers, mains)

    def _institutions(self, numbers: set[int]) -> dict[int, int]:
        """The main institution of each of these units that exists."""
        if self._filed is not None:
            try:
                return self._filed.view().institutions(numbers)
            except NotFiledError:
                pass
        return self._prefetch.institutions(numbers)

    def _reduced(self, found: Decision, who: Who, home: int) -> Decision:
        """What a caller without the right to personal data is told."""
        return discreet.reduced(
            found,
            who,
            at_home=lambda unit_no: home in self._institutions({unit_no}).values(),
            serves=lambda code: self._serves(code, home),
        )

    def _serves(self, code: int, home: int) -> bool:
        """Whether the person with this code has or had a duty in the institution."""
        with self._database.read() as connection:
            held = {duty.detsis_no for duty in managers.duties_of(connection, code)}
        return home in self._institutions(held).values()

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
            issuer=receipts.Issuer(name="e-Yazışma merkezi", url=self._settings.public_url or None),
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


def contract() -> Contract:
    """The contract of the service."""
    return Contract.load(WSDL, times="utc")


def filed(database: Database, freshness: Freshness, folder: Path, keys: Keys | None, contract: Contract) -> Filed:
    """The file that the service answers out of, in ``folder``."""
    return Filed(database, freshness, folder, keys, Decisions(contract).form())


def endpoint(
    database: Database,
    check: Check[Caller],
    *,
    keyed: Keyed,
    filed: Filed | None,
    keys: Keys | None,
    settings: Settings,
    sign: Callable[[], ReceiptSigner | None],
    observe: Observe | None = None,
    contract: Contract | None = None,
) -> Endpoint:
    """The service as a WSGI application; ``filed`` and ``keyed`` read what decisions need, ``sign`` gives the key for
    receipts, None where there is none. ``contract`` is the one that ``filed`` was made with."""
    served = Contract.load(WSDL, times="utc") if contract is None else contract
    service = YetkiServis(database, check, keyed, filed, keys, settings, sign, Decisions(served))
    return Endpoint(
        served,
        {name: getattr(service, name) for name in served.operations},
        authenticate=service.authenticate,
        observe=observe,
        fault=typed("YetkiHatasi"),
        profile=STRICT,
        settings=settings,
    )


def _from_file(
    filed: Filed, asked: list[tuple[Who, int]], questions: list[Any], now: datetime, ready: bool
) -> list[Decision | Ready]:
    view, until = filed.view(), filed.current_until()
    found: list[Decision | Ready] = []
    for (who, unit_no), question in zip(asked, questions, strict=True):
        at = question.Zaman or now
        one = view.ready(who, unit_no, at, now) if ready and until is None else None
        found.append(one or may_sign(view.register(), who, unit_no, at, current_until=until))
    return found


def _who(question: Any) -> Who:
    code, tckn = question.YoneticiKodu, None
    if question.TCKimlikNo is not None:
        try:
            tckn = Tckn(question.TCKimlikNo)
        except ValueError:
            raise InvalidQuestionError("T.C. kimlik no geçersiz.") from None
    elif code is None:
        raise InvalidQuestionError("T.C. Yönetici Kodu ya da T.C. kimlik no verilmeli.")
    return Who(code, tckn)


def _instant(value: datetime | None) -> datetime | None:
    return None if value is None else clock.from_local(value)
