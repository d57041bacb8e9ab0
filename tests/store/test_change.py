"""Facts in time: against a simple model on both axes, and one by one what is refused."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from parts.databases import KEYS
from sqlalchemy import select

from hub.registry import serials
from hub.store import schema, verify
from hub.store.database import Database
from hub.store.errors import NoSuchFactError, StoreError, TimeOrderError
from hub.store.schema import JournalEntry, Type3
from hub.store.scope import as_of, current, known_at

BASE = datetime(2020, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
DAYS = 12

Period = tuple[datetime, datetime | None, str]


@dataclass
class Model:
    """What is known, and what was known at each instant: for each key its periods."""

    now: dict[int, list[Period]] = field(default_factory=dict)
    past: list[tuple[datetime, dict[int, list[Period]]]] = field(default_factory=list)

    def remember(self, at: datetime) -> None:
        self.past.append((at, {key: list(periods) for key, periods in self.now.items()}))

    def known(self, at: datetime) -> dict[int, list[Period]]:
        found: dict[int, list[Period]] = {}
        for since, state in self.past:
            if since <= at:
                found = state
        return found

    @staticmethod
    def so(state: Mapping[int, list[Period]], at: datetime) -> dict[int, str]:
        return {
            key: name
            for key, periods in state.items()
            for start, end, name in periods
            if start <= at and (end is None or at < end)
        }


def overlap(one: Period, other: Period) -> bool:
    far = datetime(9999, 1, 1, tzinfo=UTC)
    return one[0] < (other[1] or far) and other[0] < (one[1] or far)


days = st.integers(0, DAYS)
names = st.sampled_from(["A", "B", "C"])
keys = st.integers(1, 3)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("open"), keys, names, days, st.none() | days),
        st.tuples(st.just("alter"), keys, names, days, st.none()),
        st.tuples(st.just("end"), keys, names, days, st.none()),
        st.tuples(st.just("put"), keys, names, days, st.none()),
        st.tuples(st.just("correct"), keys, names, days, st.none() | days),
        st.tuples(st.just("retract"), keys, names, days, st.none()),
    ),
    max_size=14,
)
examples = itertools.count(1)


def expected(model: Model, step: str, key: int, name: str, at: datetime, end: datetime | None) -> list[Period] | None:
    """The periods of ``key`` after the step, or None where it must be refused."""
    periods = sorted(model.now.get(key, []))
    still = next((period for period in periods if period[1] is None), None)
    if step == "put" and still is None:
        step, end = "open", None
    if step == "open":
        new = (at, end, name)
        if (end is not None and end <= at) or any(overlap(new, other) for other in periods):
            return None
        return [*periods, new]
    if step == "correct":
        if not periods:
            return None
        new = (at, end, name)
        others = periods[1:]
        if (end is not None and end <= at) or any(overlap(new, other) for other in others):
            return None
        return [*others, new]
    if step == "retract":
        return periods[1:] if periods else None
    if still is None:
        return None
    others = [period for period in periods if period is not still]
    if step == "end":
        return None if at <= still[0] else [*others, (still[0], at, still[2])]
    if still[2] == name:
        return periods
    if at < still[0]:
        return None
    return [*others, (at, None, name)] if at == still[0] else [*others, (still[0], at, still[2]), (at, None, name)]


def act(database: Database, step: str, key: int, name: str, at: datetime, end: datetime | None) -> datetime:
    with database.write(actor="model", origin="test") as change:
        if step == "open":
            change.open(Type3, {"type3_id": key, "name": name}, valid_from=at, valid_to=end)
        elif step == "alter":
            change.alter(Type3, {"type3_id": key}, {"name": name}, at=at)
        elif step == "end":
            change.end(Type3, {"type3_id": key}, at=at)
        elif step == "put":
            change.put_many(Type3, [{"type3_id": key, "name": name}], at=at)
        else:
            change.flush()
            known = select(Type3).where(Type3.type3_id == key, known_at(Type3))
            if not change.connection.execute(known).all():
                raise NoSuchFactError("nothing")
            first = change.connection.execute(
                select(Type3.id)
                .where(Type3.type3_id == key, Type3.known_to.is_(None))
                .order_by(Type3.valid_from)
                .limit(1)
            ).scalar_one()
            if step == "correct":
                change.correct(Type3, first, {"name": name, "valid_from": at, "valid_to": end})
            else:
                change.retract(Type3, first)
    return change.at


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(steps=steps)
def test_random_writes_agree_with_a_simple_model_on_both_axes(
    database: Database, steps: list[tuple[str, int, str, int, int | None]]
) -> None:
    model, shift = Model(), 10 * next(examples)
    started = datetime.now(UTC)
    for step, key, name, day, last in steps:
        at, end = BASE + DAY * day, None if last is None else BASE + DAY * last
        wanted = expected(model, step, key, name, at, end)
        before = database.serial()
        try:
            written = act(database, step, key + shift, name, at, end)
        except (TimeOrderError, NoSuchFactError):
            assert wanted is None, (step, key, name, day, last)
            assert database.serial() == before
            continue
        assert wanted is not None, (step, key, name, day, last)
        model.now[key] = wanted
        model.remember(written)
    with database.read() as connection:
        mine = (Type3.type3_id > shift, Type3.type3_id < shift + 10)
        for known in [started, *(at for at, _ in model.past), *(at - timedelta.resolution for at, _ in model.past)]:
            for day in range(-1, DAYS + 2):
                valid = BASE + DAY * day
                rows = connection.execute(select(Type3.type3_id, Type3.name).where(as_of(Type3, valid, known), *mine))
                found = {row.type3_id - shift: row.name for row in rows}
                assert found == Model.so(model.known(known), valid)
        rows = connection.execute(select(Type3.type3_id, Type3.name).where(current(Type3), *mine))
        far = BASE + DAY * 1000
        assert {row.type3_id - shift: row.name for row in rows} == Model.so(model.now, far)
        assert verify.verify(connection, KEYS).outcome == "passed"


def kinds(rows: list[tuple[int, str]]) -> list[dict[str, Any]]:
    return [{"type3_id": number, "name": name, "valid_from": BASE} for number, name in rows]


def test_serials_have_no_gap_after_a_rollback_and_a_bulk_takes_a_run(database: Database) -> None:
    with database.write(actor="a", origin="b") as change:
        change.open_many(Type3, kinds([(number, "x") for number in range(1, 5001)]))
    assert database.serial() == 5000

    def fail() -> None:
        with database.write(actor="a", origin="b") as change:
            change.open_many(Type3, kinds([(number, "x") for number in range(6000, 9000)]))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with database.write(actor="a", origin="b") as change:
        counts = change.put_many(Type3, kinds([(1, "x"), (2, "y"), (7000, "z"), (2, "w")]), at=BASE)
    assert (counts.opened, counts.altered, counts.unchanged) == (1, 2, 1)
    assert database.serial() == 5003
    with database.read() as connection:
        found = [entry.serial for entry in serials.entries(connection, 0)]
        assert found == list(range(1, 5004))
        assert [entry.serial for entry in serials.entries(connection, 4990, 3)] == [4991, 4992, 4993]


def test_a_refused_row_of_many_is_handed_back_and_the_rest_is_written(database: Database) -> None:
    refused: list[tuple[Any, str]] = []
    rows = [*kinds([(1, "a"), (1, "b"), (2, "c")]), {"type3_id": 3}, {"type3_id": 4, "name": "d", "colour": 1}]
    with database.write(actor="a", origin="b") as change:
        counts = change.open_many(Type3, rows, refused=lambda row, error: refused.append((row, error.code)))
    assert (counts.opened, counts.refused) == (2, 3)
    assert {id(row): code for row, code in refused} == {
        id(rows[1]): "STORE_TIME",
        id(rows[3]): "STORE",
        id(rows[4]): "STORE",
    }
    assert database.serial() == 2


@pytest.mark.parametrize(
    "facts",
    [
        {"name": None},
        {"name": 5},
        {"name": "a\0b"},
        {"name": "\ud800"},
        {"active": 1},
        {"type3_id": True},
        {"type3_id": 1 << 31},
        {"valid_from": datetime(2020, 1, 1)},
        {"colour": "red"},
    ],
)
def test_a_fact_that_would_not_come_back_as_written_is_refused(database: Database, facts: dict[str, Any]) -> None:
    row = {**kinds([(1, "a")])[0], **facts}
    with pytest.raises(StoreError), database.write(actor="a", origin="b") as change:
        change.open_many(Type3, [row])
    with pytest.raises(StoreError), database.write(actor="a", origin="b") as change:
        change.put_many(Type3, [row])
    assert database.serial() == 0


def test_time_never_runs_backward_even_if_the_clock_does(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with database.write(actor="a", origin="b") as first:
        first.open(Type3, {"type3_id": 1, "name": "a"}, valid_from=BASE)
    monkeypatch.setattr("hub.clock.now", lambda: datetime(2021, 1, 1, tzinfo=UTC))
    with database.write(actor="a", origin="b") as second:
        second.alter(Type3, {"type3_id": 1}, {"name": "b"})
    assert second.at > first.at
    with database.read() as connection:
        assert serials.first_serial_since(connection, second.at) == 2
        assert serials.first_serial_since(connection, first.at) == 1
        assert serials.first_serial_since(connection, second.at + DAY) == 3
        assert serials.serial_at(connection, first.at) == 1
        assert serials.serial_at(connection, BASE) == 0
        assert serials.serial_at(connection, datetime.max.replace(tzinfo=UTC)) == 2


def test_a_reader_keeps_its_snapshot_while_others_write(database: Database) -> None:
    with database.write(actor="a", origin="b") as change:
        change.open(Type3, {"type3_id": 1, "name": "a"}, valid_from=BASE)
    question = select(Type3.name).where(current(Type3))
    with database.read() as connection:
        with database.write(actor="a", origin="b") as change:
            change.alter(Type3, {"type3_id": 1}, {"name": "b"})
        assert connection.execute(question).scalar_one() == "a"
        assert serials.serial(connection) == 1
    with database.read() as connection:
        assert connection.execute(question).scalar_one() == "b"
        with pytest.raises(Exception, match=r"(?i)read.?only"):
            connection.execute(JournalEntry.__table__.delete())  # type: ignore[attr-defined]


def test_future_facts_are_for_duties_only(database: Database) -> None:
    ahead = datetime.now(UTC) + DAY
    duty = {"duty_no": 1, "detsis_no": 24308110, "code": 5, "kind": "owner", "recorded_at": BASE}
    with database.write(actor="a", origin="b") as change:
        change.open(schema.Duty, duty, valid_from=BASE, valid_to=ahead)
    with pytest.raises(TimeOrderError, match="ileri"), database.write(actor="a", origin="b") as change:
        change.open(Type3, {"type3_id": 1, "name": "a"}, valid_from=ahead)
    with pytest.raises(TimeOrderError, match="ileri"), database.write(actor="a", origin="b") as change:
        change.open(Type3, {"type3_id": 1, "name": "a"}, valid_from=BASE, valid_to=ahead)
