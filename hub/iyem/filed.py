"""What decisions need of the register as it is known now, from a file: a record by T.C. Yönetici Kodu, one by unit.

A decision out of it costs no statement. It shows the register at one serial; people and units that changed since are
known by number (:mod:`hub.registry.live`), and whoever asks about one of them, or about what the file does not hold
(the past as it was known then), is told so by :class:`NotFiledError` and asks the database. The decision itself is
:func:`hub.iyem.decision.may_sign`, over this as over any other register.

Names and duties stand in the file as they do in the database; of identity numbers only the keyed digests. What may be
asked of the time in which somebody holds a unit stands there decided and written (:mod:`hub.iyem.ready`), in the form
of whoever serves it (:class:`~hub.iyem.ready.Form`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, select

from hub import clock
from hub.iyem import filing, ready
from hub.iyem.decision import Who
from hub.iyem.ready import Form, Ready
from hub.iyem.records import ANY_DUTY, NO_NUMBER, UNIT_HEAD, FiledRegister, NotFiledError, Records, Section, unit_place
from hub.registry.live import File, Live
from hub.registry.moment import numbers, parts
from hub.registry.snapshot import Snapshot, Writer
from hub.store import schema
from hub.store.database import Database
from hub.store.freshness import Freshness
from hub.store.personal import Keys
from hub.store.types import to_microseconds

_DUTY: Final = schema.table_of(schema.Duty)
_JOURNAL: Final = schema.table_of(schema.JournalEntry)


class _Opened(File):
    """An open file."""

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__(snapshot)
        self.records = Records(snapshot)
        self._ready = Section(snapshot, "ready").find

    def ready(self, code: int, unit_no: int, at: datetime) -> tuple[int, bytes, bytes] | None:
        """What stands ready of the person's time in the unit (:func:`hub.iyem.ready.find`)."""
        place = self._ready(unit_no)
        return None if place is None else ready.find(self.snapshot.map, place, code, to_microseconds(at))


class View:
    """The file with what changed since, as of one moment: everything read of one view is of one state."""

    __slots__ = ("_file", "_keys", "_touched", "serial")

    def __init__(self, file: _Opened, touched: frozenset[int], serial: int, keys: Keys | None) -> None:
        self._file, self._touched, self.serial, self._keys = file, touched, serial, keys

    def register(self) -> FiledRegister:
        """What one question is decided over."""
        return FiledRegister(self._file.records, self._touched, self.serial, self._keys)

    def ready(self, who: Who, unit_no: int, at: datetime, known: datetime) -> Ready | None:
        """What :func:`~hub.iyem.decision.may_sign` says at ``known``, where it stands ready in the file; None where
        the question must be decided. Raises :class:`NotFiledError` for an identity number that the file does not hold.
        """
        code, tckn = who
        if tckn is not None:
            found = self.register().code_of(tckn)
            if code not in (None, found):
                return None
            code = found
        if code is None or at > known:
            return None
        segment = self._file.ready(code, unit_no, at)
        if segment is None:
            return None
        deputised, before, after = segment
        touched = self._touched
        if touched and (unit_no in touched or -code in touched or -deputised in touched):
            return None
        return Ready(before, after, at, known, self.serial)

    def institutions(self, numbers: Iterable[int]) -> dict[int, int]:
        """The main institution of each of these units as it is now; numbers that do not exist are left out. Raises
        :class:`NotFiledError` for units that changed since."""
        found = {}
        for number in numbers:
            place = unit_place(self._file.records, self._touched, number)
            if place is not None:
                main, _ = UNIT_HEAD.unpack_from(self._file.records.map, place)
                if main != NO_NUMBER:
                    found[number] = main
        return found


class Filed(Live[_Opened, None]):
    """The file of one process; threads may share it."""

    subjects = (schema.Unit.subject, schema.Person.subject, schema.Duty.subject)

    def __init__(
        self,
        database: Database,
        freshness: Freshness,
        folder: Path,
        keys: Keys | None = None,
        form: Form | None = None,
    ) -> None:
        """``keys`` find people by identity number; without them such a question is the database's."""
        self._keys = keys
        self._form = form
        version = filing.VERSION if form is None else f"{filing.VERSION}.{form.version}"
        super().__init__(database, freshness, folder, f"decisions.{version}")

    def view(self) -> View:
        """What was committed before the call.

        Raises :class:`NotFiledError` where there is no file yet, or too much changed since.
        """
        state = self.state()
        if state.file is None or state.touched is None:
            raise NotFiledError
        return View(state.file, state.touched, state.seen, self._keys)

    def current_until(self) -> datetime | None:
        """Until when the state shown is known to be the last one: None for now, else when the database was heard of
        last."""
        away = self._freshness.away()
        return None if away is None else clock.now() - timedelta(seconds=away)

    def _changed_after(self, connection: Connection, after: int) -> frozenset[int]:
        """Units by their number, people by their code with a minus before it, :data:`ANY_DUTY` for all duties."""
        found: set[int] = set()
        duties: set[int] = set()
        entries = select(_JOURNAL.c.subject, _JOURNAL.c.key).where(
            _JOURNAL.c.serial > after, _JOURNAL.c.subject.in_(self.subjects)
        )
        for subject, key in connection.execute(entries):
            if subject == schema.Unit.subject:
                found.add(int(key))
            elif subject == schema.Person.subject:
                found.add(-int(key))
            else:
                duties.add(int(key))
        if duties:
            found.add(ANY_DUTY)
        for part in parts(sorted(duties)):
            statement = select(_DUTY.c.code).where(_DUTY.c.duty_no.in_(part)).distinct()
            found.update(-code for code in numbers(connection, statement))
        return frozenset(found)

    def _open(self, snapshot: Snapshot) -> _Opened:
        return _Opened(snapshot)

    def _write(self, connection: Connection, writer: Writer) -> None:
        filing.write(connection, writer, self._form)
