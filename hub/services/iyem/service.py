"""The service ``IyemServis``: an EBYS records deputies, an institution's officers keep managers, queues and CVs.

Every call proves its institution; a call for an officer names the officer, who must work in that institution (or in
the civil authority that calls) and hold a grant in force, and says how the officer entered there; the institution
vouches for that, and it goes to the audit trail, as does every call that is refused for want of a right. Each call
looks at the grant and the right anew: what was withdrawn opens nothing from the next call on. Writing needs the right
``record``. What is recorded is checked by :mod:`hub.iyem`; here requests become its terms and answers the contract's.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from hub.access.credentials import Right
from hub.access.door import Caller
from hub.config import Settings
from hub.contract import Call, Contract, Endpoint
from hub.contract.call import Observe
from hub.contract.profile import STRICT
from hub.errors import HubError
from hub.iyem import chart, officers, queue, register, trail
from hub.iyem.decision import DutyRecord
from hub.iyem.errors import (
    DeputyError,
    EntryMethodError,
    GrantError,
    LinkError,
    LocalGovernmentError,
    NoGrantError,
    NoSuchRecordError,
    OutsideAreaError,
)
from hub.iyem.officers import Actor, Contact
from hub.iyem.once import once
from hub.iyem.queue import Item, Task
from hub.iyem.reading import StoredRegister
from hub.iyem.register import Manager, Post, Recorded
from hub.registry import units
from hub.registry.moment import Moment
from hub.services.callers import Check, caller_of
from hub.services.faults import typed
from hub.services.iyem import common
from hub.services.iyem.common import KIND_OF, RightError
from hub.store.change import Change
from hub.store.database import Database
from hub.store.personal import Keys
from hub.store.schema import DutyKind, OfficerRole

WSDL: Final = "IyemServis.wsdl"
ORIGIN: Final = "soap:IyemServis"

Do = Callable[[Change, Actor], dict[str, Any]]
"""What a write does inside its transaction; what it gives is kept as the answer."""

_TASKS: Final = {Task.UPDATE: "GUNCELLEME", Task.UNIT_CLOSED: "BIRIM_KAPANDI", Task.FIRST_RECORD: "ILK_KAYIT"}
_NOT_ALLOWED: Final = (
    RightError,
    NoGrantError,
    EntryMethodError,
    GrantError,
    LocalGovernmentError,
    OutsideAreaError,
    LinkError,
    DeputyError,
)
"""Refusals that say, or may say, that this caller or officer may not do it."""
_ROLES: Final = {OfficerRole.YETKILI: "YETKILI", OfficerRole.GOREVLI: "GOREVLI"}


class Asking(NamedTuple):
    """Who calls: the institution's credential and, where named, the officer."""

    caller: Caller
    officer_no: int | None
    method: officers.Method | None
    """How the officer entered at the institution (principle 10)."""

    @property
    def name(self) -> str:
        """For the journal and for idempotency keys."""
        return f"kurum {self.caller.kurum_id}" + (f" görevli {self.officer_no}" if self.officer_no else "")


class IyemServis:
    """The operations of ``IyemServis.wsdl``."""

    def __init__(self, database: Database, check: Check[Caller], keys: Keys) -> None:
        self._database = database
        self._check = check
        self._keys = keys

    def authenticate(self, header: Any, call: Call) -> Asking:
        """The institution that the header proves, and the officer it names."""
        caller = caller_of(self._check, header, call)
        if header.GorevliNo is None:
            return Asking(caller, None, None)
        try:
            return Asking(caller, header.GorevliNo, officers.method_of(header.GirisYontemi or ""))
        except EntryMethodError as refusal:
            self._note(call, Asking(caller, header.GorevliNo, None), refusal)
            raise

    # Duties --------------------------------------------------------------------------------------------------------

    def VekaletKaydet(
        self,
        call: Call,
        *,
        IstekNo: str,
        Yonetici: Any,
        BirimNo: int,
        Baslama: datetime,
        Bitis: datetime,
        Unvan: str | None,
        HukukiDayanak: str | None,
        VekaletTuru: str | None,
    ) -> Any:
        """Record a deputy for a filled post (principle 17)."""
        post = Post(BirimNo, DutyKind.DEPUTY, Unvan, HukukiDayanak, None, VekaletTuru)
        return self._record(call, IstekNo, Yonetici, post, Baslama, Bitis)

    def GorevKaydet(
        self,
        call: Call,
        *,
        IstekNo: str,
        Yonetici: Any,
        BirimNo: int,
        Tur: str,
        Baslama: datetime,
        Bitis: datetime | None,
        Unvan: str | None,
        HukukiDayanak: str | None,
    ) -> Any:
        """Record a manager (principle 13)."""
        post = Post(BirimNo, KIND_OF[Tur], Unvan, HukukiDayanak)
        return self._record(call, IstekNo, Yonetici, post, Baslama, Bitis)

    def GorevSonlandir(
        self, call: Call, *, IstekNo: str, GorevNo: int, Bitis: datetime, BeklenenSeriNo: int | None
    ) -> Any:
        """Record the end of a duty or deputation."""

        def do(change: Change, actor: Actor) -> dict[str, Any]:
            on_screen = actor.officer is not None
            done = register.end(change, actor, GorevNo, Bitis, expected_serial=BeklenenSeriNo, on_screen=on_screen)
            return _recorded(done)

        return self._duty_written(call, IstekNo, [GorevNo, Bitis, BeklenenSeriNo], do, duty=GorevNo)

    def GorevDuzelt(
        self,
        call: Call,
        *,
        IstekNo: str,
        GorevNo: int,
        Baslama: datetime | None,
        Bitis: datetime | None,
        Unvan: str | None,
        HukukiDayanak: str | None,
        BeklenenSeriNo: int | None,
    ) -> Any:
        """Correct what was recorded wrongly; what is left out stays."""
        given = {"start": Baslama, "end": Bitis, "title": Unvan, "legal_basis": HukukiDayanak}
        changes = {name: value for name, value in given.items() if value is not None}

        def do(change: Change, actor: Actor) -> dict[str, Any]:
            return _recorded(register.correct(change, actor, GorevNo, changes, expected_serial=BeklenenSeriNo))

        return self._duty_written(call, IstekNo, [GorevNo, changes, BeklenenSeriNo], do, duty=GorevNo)

    def GorevGeriAl(self, call: Call, *, IstekNo: str, GorevNo: int, BeklenenSeriNo: int | None) -> Any:
        """Take a record back that should never have been made."""

        def do(change: Change, actor: Actor) -> dict[str, Any]:
            register.retract(change, actor, GorevNo, expected_serial=BeklenenSeriNo)
            return {"serial": change.serial}

        return self._done(call, IstekNo, [GorevNo, BeklenenSeriNo], do, duty=GorevNo)

    def BirimGorevleri(self, call: Call, *, BirimNo: int) -> Any:
        """All duties recorded in one unit of the caller's."""
        with self._noted(call, unit=BirimNo), self._database.read() as connection:
            self._own(connection, call.caller, BirimNo)
            found = StoredRegister(connection, None).duties_in(BirimNo)
        return call.result(Gorev=[common.duty(call.types, duty) for duty in found])

    # Queues --------------------------------------------------------------------------------------------------------

    def IsListesi(self, call: Call) -> Any:
        """The officer's work queue. Raises :class:`~hub.iyem.errors.NoGrantError` without ``GorevliNo``."""
        with self._noted(call), self._database.read() as connection:
            actor = self._actor(connection, call.caller)
            if actor.officer is None:
                raise NoGrantError("İş listesi bir İYEM yetkilisi ya da görevlisi içindir.")
            found = queue.work_queue(connection, actor.officer)
        self._database.audit(call.caller.name, *_entry(actor.officer), **_how(call))
        return call.result(Is=[_item(call.types, item) for item in found])

    def EksikBirimler(self, call: Call) -> Any:
        """The institution's units without a manager."""
        with self._noted(call), self._database.read() as connection:
            found = queue.missing_units(connection, self._main(connection, call.caller))
        return call.result(Is=[_item(call.types, item) for item in found])

    # CVs and links -------------------------------------------------------------------------------------------------

    def OzgecmisKaydet(self, call: Call, *, IstekNo: str, YoneticiKodu: int, Metin: str) -> Any:
        """Record a CV for publication."""

        def do(change: Change, actor: Actor) -> dict[str, Any]:
            return {"serial": chart.set_cv(change, actor, YoneticiKodu, Metin) or change.serial}

        return self._done(call, IstekNo, [YoneticiKodu, Metin], do, code=YoneticiKodu)

    def OzgecmisGetir(self, call: Call, *, YoneticiKodu: int, BirimNo: int) -> Any:
        """The published CV of a manager in office."""
        with self._noted(call), self._database.read() as connection:
            return call.result(Metin=chart.published_cv(connection, YoneticiKodu, BirimNo))

    def YardimciIliskilendir(
        self, call: Call, *, IstekNo: str, BirimNo: int, UstBirimNo: int, YoneticiKodu: int
    ) -> Any:
        """Link a first-level unit with the deputy head it reports to."""

        def do(change: Change, actor: Actor) -> dict[str, Any]:
            return {"serial": chart.link(change, actor, BirimNo, UstBirimNo, YoneticiKodu) or change.serial}

        return self._done(call, IstekNo, [BirimNo, UstBirimNo, YoneticiKodu], do, unit=BirimNo, code=YoneticiKodu)

    # Officers ------------------------------------------------------------------------------------------------------

    def GorevliYetkilendir(self, call: Call, *, IstekNo: str, BirimNo: int, AlanNo: int | None, Gorevli: Any) -> Any:
        """A Yetkili grants a Görevli access."""
        contact = _contact(Gorevli)

        def do(change: Change, actor: Actor) -> dict[str, Any]:
            role = OfficerRole.GOREVLI
            return {
                "officer": officers.grant(change, self._keys, actor, role, BirimNo, contact, area_no=AlanNo).officer_no
            }

        with self._noted(call, unit=BirimNo):
            answer = self._write(call, IstekNo, [BirimNo, AlanNo, contact], do)
            with self._database.read() as connection:
                return _officer(call, officers.officer(connection, answer["officer"], Moment(None, _at(answer))))

    def GorevliKaldir(self, call: Call, *, IstekNo: str, GorevliNo: int, Yerine: Any) -> Any:
        """A Yetkili withdraws a Görevli's access, with a replacement where fewer than two would be left."""
        contact = None if Yerine is None else _contact(Yerine)

        def do(change: Change, actor: Actor) -> dict[str, Any]:
            replacement = None
            if contact is not None:
                gone = officers.officer(change.connection, GorevliNo)
                replacement = officers.grant(
                    change, self._keys, actor, gone.role, gone.place_no, contact, area_no=gone.area_no
                )
            officers.withdraw(change, actor, GorevliNo, replacement=replacement)
            return {"serial": change.serial}

        return self._done(call, IstekNo, [GorevliNo, contact], do, officer=GorevliNo)

    def Gorevliler(self, call: Call, *, BirimNo: int) -> Any:
        """The officers in force in one unit of the caller's."""
        with self._noted(call, unit=BirimNo), self._database.read() as connection:
            self._own(connection, call.caller, BirimNo)
            found = officers.officers_at(connection, BirimNo)
        return call.result(Gorevli=[_officer_row(call.types, officer) for officer in found])

    # Pieces --------------------------------------------------------------------------------------------------------

    def _record(self, call: Call, key: str, manager: Any, post: Post, start: datetime, end: datetime | None) -> Any:
        person = Manager(
            manager.YoneticiKodu, manager.TCKimlikNo, manager.Ad or "", manager.Soyad or "", _date(manager.DogumTarihi)
        )

        def do(change: Change, actor: Actor) -> dict[str, Any]:
            on_screen = actor.officer is not None
            return _recorded(register.record(change, self._keys, actor, person, post, start, end, on_screen=on_screen))

        asked = [person, post, start, end]
        return self._duty_written(call, key, asked, do, unit=post.unit_no, code=person.code)

    def _duty_written(self, call: Call, key: str, asked: list[Any], do: Do, **about: int | None) -> Any:
        with self._noted(call, **about):
            answer = self._write(call, key, asked, do)
            found = self._duty(answer)
        types = call.types
        return call.result(Gorev=common.duty(types, found), Gec=answer["late"], SilinenEskiAd=answer["legacy"])

    def _done(self, call: Call, key: str, asked: list[Any], do: Do, **about: int | None) -> Any:
        with self._noted(call, **about):
            return call.result(SeriNo=self._write(call, key, asked, do)["serial"])

    @contextlib.contextmanager
    def _noted(self, call: Call, **about: int | None) -> Iterator[None]:
        """Whoever is refused for want of a right is in the audit trail with the refusal's code and with what the call
        was about (as :mod:`hub.iyem.trail` reads it)."""
        try:
            yield
        except _NOT_ALLOWED as refusal:  # what was begun is rolled back by now
            self._note(call, call.caller, refusal, **about)
            raise

    def _note(self, call: Call, asking: Asking, refusal: HubError, **about: int | None) -> None:
        who = f"kurum {asking.caller.kurum_id}" if asking.officer_no is None else f"officer {asking.officer_no}"
        said = {"operation": call.operation.name, "reason": refusal.code, **about}
        self._database.audit(asking.name, trail.REFUSED, who, **said)

    def _write(self, call: Call, key: str, asked: list[Any], do: Do) -> dict[str, Any]:
        """One transaction: who may, whether it was done before, and the doing."""
        asking: Asking = call.caller
        if Right.RECORD not in asking.caller.rights:
            raise RightError("Bu kurumun İYEM'e kayıt yapma yetkisi yok.")
        content: Mapping[str, Any] = {"operation": call.operation.name, "input": [repr(value) for value in asked]}
        with self._database.write(actor=asking.name, origin=ORIGIN) as change:
            actor = self._actor(change.connection, asking)

            def entered() -> dict[str, Any]:
                if actor.officer is not None:
                    change.audit(*_entry(actor.officer), **_how(call))
                return {**do(change, actor), "at": change.at.isoformat()}

            return once(change, self._keys, asking.name, key, content, entered)

    def _actor(self, connection: Connection, asking: Asking) -> Actor:
        main = self._main(connection, asking)
        if asking.officer_no is None:
            return Actor(asking.name, ebys_of=main)
        officer = officers.acting_officer(connection, asking.officer_no)
        row = units.unit(connection, officer.place_no)
        if row is None or main not in (row.main_no, officer.area_no, officer.coordinator_no):
            raise NoGrantError("Bu kişiye verilmiş geçerli bir İYEM yetkisi yok.")
        return Actor(asking.name, officer)

    @staticmethod
    def _main(connection: Connection, asking: Asking) -> int:
        row = units.unit(connection, asking.caller.detsis_no)
        return asking.caller.detsis_no if row is None else row.main_no

    def _own(self, connection: Connection, asking: Asking, number: int) -> None:
        """Refuse another institution's inner records; a unit that does not exist reads the same."""
        row = units.unit(connection, number)
        main = self._main(connection, asking)
        if row is None or (row.main_no != main and main not in units.superiors(connection, number)):
            raise RightError("Yalnızca kendi birimlerinizin kayıtlarını görebilirsiniz.")

    def _duty(self, answer: Mapping[str, Any]) -> DutyRecord:
        """The record as the write left it: the same request is answered alike, whatever became of the record since."""
        with self._database.read() as connection:
            found = StoredRegister(connection, None, _at(answer)).duty(answer["duty"])
        if found is None:
            raise NoSuchRecordError("Kayıt sonradan geri alınmış.")
        return found._replace(known_to=None)


def endpoint(
    database: Database, check: Check[Caller], *, keys: Keys, settings: Settings, observe: Observe | None = None
) -> Endpoint:
    """The service as a WSGI application."""
    contract = Contract.load(WSDL, times="utc")
    service = IyemServis(database, check, keys)
    return Endpoint(
        contract,
        {name: getattr(service, name) for name in contract.operations},
        authenticate=service.authenticate,
        observe=observe,
        fault=typed("IyemHatasi"),
        profile=STRICT,
        settings=settings,
    )


def _entry(officer: officers.Officer) -> tuple[str, str]:
    """The audit trail's words for a call in an officer's name."""
    return trail.ACTED, f"officer {officer.officer_no}"


def _how(call: Call) -> dict[str, str]:
    return {"method": str(call.caller.method), "operation": call.operation.name}


def _at(answer: Mapping[str, Any]) -> datetime | None:
    """When what is answered was written; None for what an earlier version of the hub wrote."""
    return datetime.fromisoformat(answer["at"]) if "at" in answer else None


def _recorded(done: Recorded) -> dict[str, Any]:
    return {"duty": done.duty.duty_no, "late": done.late, "legacy": done.legacy_removed}


def _item(types: Any, item: Item) -> Any:
    return types.Is(Tur=_TASKS[item.task], BirimNo=item.unit_no, BirimAdi=item.unit_name, BosalmaZamani=item.since)


def _contact(given: Any) -> Contact:
    return Contact(given.TCKimlikNo, given.Ad, given.Soyad, given.IsTelefonu, given.CepTelefonu, given.EPosta)


def _officer(call: Call, officer: officers.Officer) -> Any:
    return call.result(**_officer_fields(officer))


def _officer_row(types: Any, officer: officers.Officer) -> Any:
    return types.Gorevli(**_officer_fields(officer))


def _officer_fields(officer: officers.Officer) -> dict[str, Any]:
    return {
        "GorevliNo": officer.officer_no,
        "Rol": _ROLES[officer.role],
        "BirimNo": officer.place_no,
        "AlanNo": officer.area_no,
        "KoordineEdenNo": officer.coordinator_no,
        "Ad": officer.given_name,
        "Soyad": officer.surname,
    }


def _date(value: date | datetime | None) -> date | None:
    return value.date() if isinstance(value, datetime) else value
