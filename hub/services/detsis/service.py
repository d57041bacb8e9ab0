"""The service as the engine takes it: functions by operation name, who calls, and what an error becomes."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from hub.access.errors import AccessBusyError, AccessDeniedError
from hub.config import Settings
from hub.contract import Call, Contract, Endpoint
from hub.contract.call import Observe
from hub.errors import HubError
from hub.letter import LetterError
from hub.registry.fragments import Fragments
from hub.registry.names import Names
from hub.registry.units import InvalidFilterError, Type3Entry, Unit
from hub.services.callers import Check, caller_of
from hub.services.detsis import rows
from hub.services.detsis.codes import CodeOperations
from hub.services.detsis.contacts import ContactOperations
from hub.services.detsis.delivery import DeliveryOperations
from hub.services.detsis.inventory import InventoryOperations
from hub.services.detsis.letter import LetterOperations
from hub.services.detsis.people import PeopleOperations
from hub.services.detsis.refusals import FAILURE, ArgumentError, AuthenticationError, ListTooLongError, NoRightError
from hub.services.detsis.room import Caller, Room
from hub.services.detsis.units import UnitOperations
from hub.services.detsis.whole import WholeLists
from hub.store.database import Database
from hub.store.freshness import Freshness
from hub.store.personal import Keys

WSDL: Final = "DETSISServis.wsdl"

_log: Final = logging.getLogger("hub.services")

SEARCH: Final = "AdaGoreKurumBirimSorgulaWs"
"""The operation that reads the names, too, which may have been asked for last at an earlier serial."""

SUBJECTS: Final = (
    UnitOperations,
    CodeOperations,
    ContactOperations,
    DeliveryOperations,
    InventoryOperations,
    PeopleOperations,
    LetterOperations,
)

REFUSALS: Final = (
    AuthenticationError,
    AccessBusyError,
    NoRightError,
    ArgumentError,
    ListTooLongError,
    InvalidFilterError,
    LetterError,
)
"""Errors whose own words the caller gets in ``HataMsj``. Every other gets :data:`FAILURE`, whatever it says."""


class Detsis:
    """The KAYSİS service over the registry in ``database``: :attr:`endpoint` is its WSGI application.

    ``contract`` is :data:`WSDL`, loaded; prepared answers are kept in ``folder``.
    """

    def __init__(
        self,
        contract: Contract,
        database: Database,
        freshness: Freshness,
        folder: Path,
        check: Check[Caller],
        *,
        keys: Keys | None = None,
        settings: Settings | None = None,
        observe: Observe | None = None,
    ) -> None:
        version = _version(contract)
        types = contract.types
        fragments = Fragments(
            database,
            freshness,
            folder,
            "KurumBirimWS",
            version,
            lambda row: contract.render("KurumBirimWS", rows.unit(types, row)),
        )
        whole = WholeLists(contract, database, freshness, folder, version)
        self.room = Room(contract, database, fragments, Names(database, freshness, folder), whole, freshness, keys)
        self._check = check
        self._freshness = freshness
        self.stale = 0
        """Calls accepted while the database was away."""
        self.endpoint = Endpoint(
            contract,
            functions(self.room),
            authenticate=self._authenticate,
            on_error=_on_error,
            observe=observe,
            settings=settings,
        )

    def prepare(self) -> None:
        """Make what is answered from files, or adopt it where another process made it; call it before serving."""
        self.room.fragments.prepare()
        self.room.names.prepare()

    def close(self) -> None:
        """Wait for what is being written; call it before the database is closed."""
        self.room.fragments.close()
        self.room.names.close()
        self.room.whole.close()

    def _authenticate(self, header: Any, call: Call) -> Caller:
        """The caller whom the header proves. Runs before any argument is looked at by the service."""
        try:
            caller = caller_of(self._check, header, call)
        except AccessDeniedError:
            raise AuthenticationError from None
        away = self._freshness.away()
        if away is not None:
            self._tell_age(call, away)
        return caller

    def _tell_age(self, call: Call, away: float) -> None:
        """Say, where the contract leaves room for it, of which serial an answer is and how long that is unconfirmed."""
        serial = self.room.whole.seen(call.operation.name)
        if serial is None:
            serial = self.room.fragments.seen
            if call.operation.name == SEARCH:
                serial = min(serial, self.room.names.seen)
        call.added = (("Age", str(int(away))), ("X-Registry-Serial", str(serial)))
        self.stale += 1
        _log.info(
            "%s %s: no database for %d s, asked of serial %d", call.correlation, call.operation.name, away, serial
        )


def functions(room: Room) -> dict[str, Callable[..., Any]]:
    """A function for each operation of the contract, by wire name."""
    return {
        name: getattr(subject, name)
        for subject in (made(room) for made in SUBJECTS)
        for name in vars(type(subject))
        if not name.startswith("_")
    }


def _on_error(call: Call, error: Exception) -> Any:
    """Every refusal and every failure is a result with ``SonucHatali``: no client of the contract reads a fault."""
    if isinstance(error, REFUSALS):
        assert isinstance(error, HubError)
        return call.result(SonucHatali=True, HataMsj=error.message)
    return call.result(SonucHatali=True, HataMsj=FAILURE.format(correlation=call.correlation))


def _version(contract: Contract) -> str:
    """Another text whenever the same rows would become other bytes: a digest of the contract and of two rows."""
    full = Unit(1, "A", 2, 3, 4, 5, "P", 6, 7, 8, True, False, True, "Q", "R", 9, "S", (Type3Entry(1, 2, 3, "T"),))
    bare = full._replace(place_id=None, place_name=None, address=None, types3=(), active=False)
    digest = hashlib.sha256(contract.description.source)
    for row in (full, bare):
        digest.update(contract.render("KurumBirimWS", rows.unit(contract.types, row)))
    return digest.hexdigest()[:12]
