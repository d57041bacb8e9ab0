"""What the operations share: the registry, the keys of personal data, the clock, and who decides on signatories."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Protocol, TypeVar

from sqlalchemy import Connection

from hub import clock
from hub.contract import Call, Contract
from hub.letter import Signatory
from hub.registry.fragments import Fragments
from hub.registry.names import Names
from hub.services.detsis.refusals import ListTooLongError
from hub.services.detsis.signatories import may_sign_now
from hub.services.detsis.whole import WholeLists
from hub.store.database import Database
from hub.store.freshness import Freshness
from hub.store.personal import Keys

Row = TypeVar("Row")

SignatoryRule = Callable[[Connection, Sequence[int], datetime], Iterable[Signatory]]
"""Who may sign for the units with these numbers at this instant."""

BEGINNING: Final = datetime(1, 1, 2, tzinfo=UTC)
"""The instant of a date too early to have one: the platform's empty date, which means "from the beginning"."""


class Caller(Protocol):
    """Who calls: an institution that has been granted access."""

    @property
    def detsis_no(self) -> int:
        """The caller's DETSİS number; it decides what "own" means."""

    @property
    def may_see_personal_data(self) -> bool:
        """Whether managers may be looked up by T.C. kimlik no and their dates of birth shown."""


@dataclass(frozen=True, slots=True)
class Room:
    """One service's surroundings."""

    contract: Contract
    database: Database
    fragments: Fragments
    """Units as the contract writes them."""
    names: Names
    whole: WholeLists
    freshness: Freshness
    keys: Keys | None = None
    """Of personal data; without them nobody is found by a T.C. kimlik no and no date of birth is shown."""
    signatories: SignatoryRule = may_sign_now
    now: Callable[[], datetime] = clock.now

    def stream(self, rows: Callable[[Connection], Iterable[Row]]) -> Iterator[Row]:
        """``rows`` of one snapshot, made while the answer is written; the connection goes back at its end."""
        with self.database.read() as connection:
            yield from rows(connection)

    def listed(self, rows: Callable[[Connection], Iterable[Row]]) -> list[Row]:
        """:meth:`stream` for what is short."""
        return list(self.stream(rows))

    def shown(self, call: Call, make: Callable[[Any, Row], Any], rows: Callable[[Connection], Iterable[Row]]) -> Any:
        """The result of success with what ``make`` (of :mod:`~hub.services.detsis.rows`) makes of each of the few
        ``rows`` of one snapshot."""
        return found(call, self.listed(lambda connection: (make(call.types, row) for row in rows(connection))))


def found(call: Call, rows: Iterable[Any]) -> Any:
    """The result envelope of success: rows, or an empty list; no message, because clients take any for a failure."""
    return call.result(SonucHatali=False, Sonuclar=rows)


def within(given: Sized | None, most: int) -> None:
    """Refuse a list that is longer than one call may ask for. Raises
    :class:`~hub.services.detsis.refusals.ListTooLongError`."""
    if given is not None and len(given) > most:
        raise ListTooLongError(len(given), most)


def instant(local: datetime) -> datetime:
    """The instant of a dateTime argument, which is Türkiye's wall clock."""
    try:
        return clock.from_local(local)
    except ValueError:
        return BEGINNING
