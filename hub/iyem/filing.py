"""The file that decisions are made out of (:mod:`hub.iyem.filed`): how it is laid out, and how it is written.

Four sections: people and units, each sorted by number with its places beside it; the keyed digests of identity numbers;
and the register's beginning.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from struct import Struct
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, select

from hub.iyem.decision import DutyRecord
from hub.iyem.reading import beginning
from hub.registry.moment import stream
from hub.registry.snapshot import Writer
from hub.store import schema
from hub.store.schema import DutyKind
from hub.store.scope import current, known_at
from hub.store.types import to_microseconds

VERSION: Final = "2"
"""Another whenever a record is laid out differently."""

_DUTY: Final = schema.table_of(schema.Duty)
_PERSON: Final = schema.table_of(schema.Person)
_UNIT: Final = schema.table_of(schema.Unit)

HEAD: Final = Struct("<III")
"""A person: how many duties, bytes of the name, bytes of the titles. Then come the duties' units, their
numbers, the duties, the name, the titles, and the duties as answers have them."""
POST: Final = Struct("<qqBBqqqqiiiIiII")
"""A duty: start, end, kind, taken over, recorded, closed, known from, serial, number, the deputised duty and its
holder, place and length of the title, place and length of the text."""
PERIOD: Final = Struct("<qq")
"""Its beginning."""
UNIT_HEAD: Final = Struct("<iI")
"""A unit: the institution that it belongs to now, and how many states."""
STATE: Final = Struct("<Biiqqi")
"""A unit's state: active, superior, successor, start, end, bytes of the name that follows."""
DIGEST: Final = 32
NO_NUMBER: Final = -(2**31)
NO_TIME: Final = -(2**63)
KINDS: Final = tuple(DutyKind)


class Form(NamedTuple):
    """How a duty is written in answers. ``version`` is another whenever ``write`` would make other bytes of it."""

    version: str
    write: Callable[[DutyRecord], bytes]


def write(connection: Connection, writer: Writer, form: Form | None) -> None:
    """Write all sections, of the state that ``connection`` sees; without a ``form`` duties have no text."""
    _section(writer, "people", _people(connection, form))
    _section(writer, "units", _units(connection))
    _lookups(connection, writer)
    begins = connection.execute(beginning()).scalar_one_or_none()
    writer.numbers("begins", array("q", [] if begins is None else [to_microseconds(begins)]))


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


def _people(connection: Connection, form: Form | None) -> Iterator[tuple[int, bytes]]:
    """Each person with all duties, by code."""
    held = _DUTY.alias("held")
    columns = (
        _DUTY.c.code,
        _DUTY.c.duty_no,
        _DUTY.c.detsis_no,
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
        held.c.code.label("holder"),
    )
    deputised = (held.c.duty_no == _DUTY.c.for_duty_no) & held.c.known_to.is_(None)
    statement = (
        select(*columns)
        .outerjoin(held, deputised)
        .where(known_at(schema.Duty))
        .order_by(_DUTY.c.code, _DUTY.c.valid_from, _DUTY.c.id)
    )
    duties = groupby(stream(connection, statement), key=itemgetter(0))
    code, own = next(duties, (None, iter(())))
    people = select(_PERSON.c.code, _PERSON.c.given_name, _PERSON.c.surname).where(current(schema.Person))
    for number, given, surname in stream(connection, people.order_by(_PERSON.c.code)):
        while code is not None and code < number:  # duties of nobody that is known
            code, own = next(duties, (None, iter(())))
        yield number, _person(f"{given} {surname}", own if code == number else (), form)


def _person(name: str, duties: Iterable[Any], form: Form | None) -> bytes:
    units, numbers, posts, titles, texts = array("i"), array("i"), [], [], []
    title_at = text_at = 0
    for row in duties:
        code, number, unit_no, kind, start, end, recorded, closed, known, serial, said, acted, recorder, holder = row
        kind = DutyKind(kind)
        taken = recorder is not None and recorder.startswith(schema.TAKEN_OVER)
        text = b""
        if form is not None:
            axes = (start, end, recorded, closed, known, None)
            text = form.write(DutyRecord(number, unit_no, code, kind, *axes, serial, said, acted, taken))
        title = None if said is None else said.encode()
        units.append(unit_no)
        numbers.append(number)
        posts.append(
            POST.pack(
                to_microseconds(start),
                _time_form(end),
                KINDS.index(kind),
                taken,
                to_microseconds(recorded),
                _time_form(closed),
                to_microseconds(known),
                serial,
                number,
                NO_NUMBER if acted is None else acted,
                NO_NUMBER if holder is None else holder,
                title_at,
                -1 if title is None else len(title),
                text_at,
                len(text),
            )
        )
        titles.append(title or b"")
        texts.append(text)
        title_at += len(titles[-1])
        text_at += len(text)
    called = name.encode()
    head = HEAD.pack(len(posts), len(called), title_at), units.tobytes(), numbers.tobytes()
    return b"".join((*head, *posts, called, *titles, *texts))


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


def mark(digest: bytes) -> int:
    """The beginning of a digest, which hardly two share."""
    return int.from_bytes(digest[:8], "big")


def _time_form(value: datetime | None) -> int:
    return NO_TIME if value is None else to_microseconds(value)
