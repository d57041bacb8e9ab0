"""How the file that decisions are made out of (:mod:`hub.iyem.filed`) is written.

Five sections: people, units and the decisions that stand ready, by unit (:mod:`hub.iyem.ready`), each sorted by number
with its places beside it; the keyed digests of identity numbers; and the register's beginning.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any, Final

from sqlalchemy import Connection, select

from hub.iyem import ready
from hub.iyem.reading import beginning, taken_over
from hub.iyem.ready import Form
from hub.iyem.records import HEAD, KINDS, NO_NUMBER, NO_TIME, POST, STATE, UNIT_HEAD, FiledRegister, Records, mark
from hub.registry.moment import stream
from hub.registry.snapshot import Writer
from hub.store import schema
from hub.store.scope import current, known_at
from hub.store.types import to_microseconds

VERSION: Final = "3"
"""Another whenever a record is laid out differently."""

_DUTY: Final = schema.table_of(schema.Duty)
_PERSON: Final = schema.table_of(schema.Person)
_UNIT: Final = schema.table_of(schema.Unit)
_COLUMNS: Final = (
    _DUTY.c.duty_no,
    _DUTY.c.detsis_no,
    _DUTY.c.code,
    _DUTY.c.kind,
    _DUTY.c.valid_from,
    _DUTY.c.valid_to,
    _DUTY.c.recorded_at,
    _DUTY.c.closed_at,
    _DUTY.c.known_from,
    _DUTY.c.serial,
    _DUTY.c.title,
    _DUTY.c.for_duty_no,
    _DUTY.c.recorder,
)
"""What :data:`~hub.iyem.records.POST` and what stands beside it are made of."""


def write(connection: Connection, writer: Writer, form: Form | None) -> None:
    """Write all sections, of the state that ``connection`` sees; without a ``form`` no decisions stand ready."""
    _section(writer, "people", _people(connection))
    _section(writer, "units", _units(connection))
    _lookups(connection, writer)
    begins = connection.execute(beginning()).scalar_one_or_none()
    writer.numbers("begins", array("q", [] if begins is None else [to_microseconds(begins)]))
    _section(writer, "ready", () if form is None else _ready(Records(writer.so_far()), form))


def _section(writer: Writer, name: str, records: Iterable[tuple[int, bytes]]) -> None:
    keys, offsets = array("i"), array("Q")

    def body() -> Iterator[bytes]:
        at = 0
        for number, data in records:
            keys.append(number)
            offsets.append(at)
            at += len(data)
            yield data

    writer.stream(name, body())
    writer.numbers(f"{name}-keys", keys)
    writer.numbers(f"{name}-offsets", offsets)


def _people(connection: Connection) -> Iterator[tuple[int, bytes]]:
    """Each person with all duties, by code."""
    held = _DUTY.alias("held")
    deputised = (held.c.duty_no == _DUTY.c.for_duty_no) & held.c.known_to.is_(None)
    statement = (
        select(*_COLUMNS, held.c.code.label("holder"))
        .outerjoin(held, deputised)
        .where(known_at(schema.Duty))
        .order_by(_DUTY.c.code, _DUTY.c.valid_from, _DUTY.c.id)
    )
    duties = groupby(stream(connection, statement), key=attrgetter("code"))
    code, own = next(duties, (None, iter(())))
    people = select(_PERSON.c.code, _PERSON.c.given_name, _PERSON.c.surname).where(current(schema.Person))
    for number, given, surname in stream(connection, people.order_by(_PERSON.c.code)):
        while code is not None and code < number:  # duties of nobody that is known
            code, own = next(duties, (None, iter(())))
        yield number, _person(f"{given} {surname}", own if code == number else ())
    deque(duties, maxlen=0)  # those of nobody that is known, too, so that their cursor is closed


def _person(name: str, duties: Iterable[Any]) -> bytes:
    units, numbers, posts, titles = array("i"), array("i"), [], []
    title_at = 0
    for number, unit_no, _, kind, start, end, recorded, closed, known, serial, named, acted, recorder, holder in duties:
        title = None if named is None else named.encode()
        units.append(unit_no)
        numbers.append(number)
        posts.append(
            POST.pack(
                to_microseconds(start),
                _time_form(end),
                KINDS.index(kind),
                taken_over(recorder),
                to_microseconds(recorded),
                _time_form(closed),
                to_microseconds(known),
                serial,
                number,
                NO_NUMBER if acted is None else acted,
                NO_NUMBER if holder is None else holder,
                title_at,
                -1 if title is None else len(title),
            )
        )
        titles.append(title or b"")
        title_at += len(titles[-1])
    called = name.encode()
    return b"".join((HEAD.pack(len(posts), len(called)), units.tobytes(), numbers.tobytes(), *posts, called, *titles))


def _ready(file: Records, form: Form) -> Iterator[tuple[int, bytes]]:
    """The decisions that stand ready of each unit where somebody holds or held a duty, by number, made out of the
    sections that are written."""
    pairs = sorted((unit_no, code) for code in file.codes for unit_no in set(_over(file).units_of(code)))
    for unit_no, own in groupby(pairs, key=itemgetter(0)):
        states = _over(file).unit(unit_no)
        if states:
            people = [_held(file, code, unit_no) for _, code in own]
            yield unit_no, ready.pack(ready.segments(unit_no, states, people), form)


def _held(file: Records, code: int, unit_no: int) -> ready.Held:
    register = _over(file)
    person = register.person(code)
    assert person is not None  # who is in no file has no duties in it
    return ready.Held(person, register.duties(code, unit_no))


def _over(file: Records) -> FiledRegister:
    return FiledRegister(file, frozenset(), 0, None)


def _units(connection: Connection) -> Iterator[tuple[int, bytes]]:
    """Each unit with all its states, by number."""
    c = _UNIT.c
    statement = select(c.detsis_no, c.active, c.parent_no, c.successor_no, c.valid_from, c.valid_to, c.main_no, c.name)
    statement = statement.where(known_at(schema.Unit)).order_by(c.detsis_no, c.valid_from)
    for number, states in groupby(stream(connection, statement), key=itemgetter(0)):
        data, count, institution = [], 0, NO_NUMBER
        for _, active, parent, successor, start, end, main, name in states:
            called = name.encode()
            follows = NO_NUMBER if successor is None else successor
            data += [STATE.pack(active, parent, follows, to_microseconds(start), _time_form(end), len(called)), called]
            count += 1
            if end is None:
                institution = main
        yield number, b"".join((UNIT_HEAD.pack(institution, count), *data))


def _lookups(connection: Connection, writer: Writer) -> None:
    """Keyed digests of identity numbers, ascending, and whose they are."""
    digest, code = _PERSON.c.tckn_lookup, _PERSON.c.code
    statement = select(digest, code).where(current(schema.Person), digest.is_not(None)).order_by(digest)
    marks, codes = array("Q"), array("i")

    def body() -> Iterator[bytes]:
        for found, whose in stream(connection, statement):
            marks.append(mark(found))
            codes.append(whose)
            yield bytes(found)

    writer.stream("lookups", body())
    writer.numbers("lookups-marks", marks)
    writer.numbers("lookups-codes", codes)


def _time_form(value: datetime | None) -> int:
    return NO_TIME if value is None else to_microseconds(value)
