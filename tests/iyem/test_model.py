"""The register beside a plain model in memory: random histories, then who is in office and who may sign."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from iyem.conftest import BRANCH, CENTRE, GENERAL, fill, local, succeed, tckn
from iyem.test_concurrency import check_whole
from parts.databases import KEYS

from hub import clock
from hub.iyem import Outcome, Who, may_sign, register
from hub.iyem.errors import IyemError
from hub.iyem.prefetch import Prefetch
from hub.iyem.reading import StoredRegister
from hub.iyem.register import Manager, Post
from hub.registry import managers
from hub.registry.moment import Moment
from hub.store import migrate
from hub.store.database import Database
from hub.store.keyed import Keyed
from hub.store.schema import DutyKind

OWNER, DEPUTY, ACTING = DutyKind.OWNER, DutyKind.DEPUTY, DutyKind.ACTING
BEGIN = local("2016-03-10T09:00")
PEOPLE = st.integers(1, 4)
UNITS = st.sampled_from([GENERAL, BRANCH])
HOURS = st.integers(-24, 24)


@dataclass(frozen=True)
class Version:
    """What the model's register said of one duty between two moments of knowledge."""

    number: int
    unit: int
    person: int
    kind: DutyKind
    start: datetime
    end: datetime | None
    recorded: datetime
    owner: int | None
    since: datetime
    until: datetime | None = None

    def covers(self, at: datetime) -> bool:
        return self.start <= at and (self.end is None or at < self.end)

    def meets(self, start: datetime, end: datetime | None) -> bool:
        return (end is None or self.start < end) and (self.end is None or start < self.end)


class Refused(Exception):
    """The rules refuse it."""


class Model:
    """The rules of the regulation over a list, without a database."""

    def __init__(self) -> None:
        self.versions: list[Version] = []
        self.known_people: dict[int, datetime] = {}

    def known(self, at: datetime | None = None) -> list[Version]:
        if at is None:
            return [v for v in self.versions if v.until is None]
        return [v for v in self.versions if v.since <= at and (v.until is None or at < v.until)]

    def fits(self, new: Version) -> Version:
        """``new`` with the owner that a deputy acts for, if the others leave room."""
        if new.end is not None and new.end <= new.start:
            raise Refused
        others = [v for v in self.known() if v.unit == new.unit and v.number != new.number]
        if any(v.person == new.person and v.kind is new.kind and v.meets(new.start, new.end) for v in others):
            raise Refused
        if new.kind is not DEPUTY:
            if any(v.kind is not DEPUTY and v.meets(new.start, new.end) for v in others):
                raise Refused
            return new
        owners = [v for v in others if v.kind is OWNER and v.covers(new.start)]
        if new.end is None or not owners or owners[0].person == new.person:
            raise Refused
        return replace(new, owner=owners[0].number)

    def add(self, new: Version) -> None:
        self.versions.append(self.fits(new))
        self.known_people.setdefault(new.person, new.since)
        self.reattach(new, new.since)

    def reattach(self, owner: Version, now: datetime) -> None:
        """Deputies whose owner's record was taken back act for the right one as soon as that is recorded."""
        numbers = {v.number for v in self.known()}
        for v in self.known():
            lone = v.kind is DEPUTY and v.unit == owner.unit and v.owner not in numbers
            if lone and owner.kind is OWNER and owner.covers(v.start) and owner.person != v.person:
                self.put(v, replace(v, owner=owner.number), now)

    def put(self, old: Version, new: Version | None, now: datetime) -> None:
        self.versions[self.versions.index(old)] = replace(old, until=now)
        if new is not None:
            self.versions.append(replace(new, since=now))

    def end(self, old: Version, at: datetime, now: datetime) -> None:
        new = replace(old, end=at)
        if at <= old.start:
            raise Refused
        if old.end is not None and at > old.end:
            self.fits(new)
        self.put(old, new, now)

    def says(self, person: int, unit: int, at: datetime, known: datetime) -> Outcome:
        versions = self.known(known)
        if not any(v.start <= at for v in versions):
            return Outcome.INDETERMINATE
        by_number = {v.number: v for v in versions}
        for v in versions:
            if (v.person, v.unit) != (person, unit) or not v.covers(at) or at < v.recorded:
                continue
            owner = None if v.owner is None else by_number.get(v.owner)
            if v.kind is not DEPUTY or (owner is not None and owner.covers(at)):
                return Outcome.YES
        return Outcome.NO


class Machine(RuleBasedStateMachine):
    """Both registers, given the same work."""

    template: Path

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="iyem-model-"))
        shutil.copy(self.template, self.folder / "hub.sqlite")
        self.database = Database.open(f"sqlite:///{self.folder / 'hub.sqlite'}", KEYS)
        self.now = BEGIN
        self.keyed = Keyed(self.database)
        self.prefetch = Prefetch(self.keyed, KEYS)
        self.patch = mock.patch.object(clock, "now", side_effect=lambda: self.now)
        self.patch.start()
        self.model = Model()
        self.codes: dict[int, int] = {}
        self.next = 1

    def teardown(self) -> None:
        try:
            check_whole(self.database)
        finally:  # a broken register is found here, and later tests need the clock as it was
            self.patch.stop()
            self.keyed.close()
            self.database.close()
            shutil.rmtree(self.folder)

    def both(self, real: Any, modelled: Any) -> Any:
        """Do it in both; they agree on whether it is refused."""
        self.now += timedelta(minutes=1)
        kept = list(self.model.versions), dict(self.model.known_people)
        try:
            modelled()
            refused = False
        except Refused:
            self.model.versions, self.model.known_people = kept
            refused = True
        found, refusal = None, None
        try:
            with self.database.write(actor="test", origin="test") as change:
                found = real(change)
        except IyemError as error:
            refusal = error
        assert (refusal is not None) is refused, refusal
        return found

    def manager(self, person: int) -> Manager:
        return Manager(tckn=tckn(person), given_name="Ad", surname=f"Soyad{person}")

    def version(self, person: int, unit: int, kind: DutyKind, start: datetime, end: datetime | None) -> Version:
        return Version(self.next, unit, person, kind, start, end, self.now, None, self.now)

    def noted(self, person: int, found: register.Recorded | None) -> None:
        if found is not None:
            assert found.duty.duty_no == self.next
            assert self.codes.setdefault(person, found.duty.code) == found.duty.code
            assert len(set(self.codes.values())) == len(self.codes)
            self.next += 1

    def picked(self, place: int) -> Version:
        known = self.model.known()
        return known[place % len(known)]

    @rule(
        person=PEOPLE,
        unit=UNITS,
        kind=st.sampled_from([OWNER, OWNER, DEPUTY, ACTING]),
        ahead=HOURS,
        length=st.none() | st.integers(-2, 96),
    )
    def record(self, person: int, unit: int, kind: DutyKind, ahead: int, length: int | None) -> None:
        start = self.now + timedelta(hours=ahead)
        end = None if length is None else start + timedelta(hours=length)
        self.noted(
            person,
            self.both(
                lambda change: register.record(
                    change, KEYS, CENTRE, self.manager(person), Post(unit, kind), start, end
                ),
                lambda: self.model.add(self.version(person, unit, kind, start, end)),
            ),
        )

    @precondition(lambda self: self.model.known())
    @rule(place=st.integers(0, 20), person=PEOPLE, into=st.integers(0, 6), length=st.integers(1, 48))
    def deputise(self, place: int, person: int, into: int, length: int) -> None:
        old = self.picked(place)
        start = old.start + timedelta(hours=into)
        end = start + timedelta(hours=length)
        post = Post(old.unit, DEPUTY)
        self.noted(
            person,
            self.both(
                lambda change: register.record(change, KEYS, CENTRE, self.manager(person), post, start, end),
                lambda: self.model.add(self.version(person, old.unit, DEPUTY, start, end)),
            ),
        )

    @rule(person=PEOPLE, unit=UNITS, ahead=st.integers(-24, 24))
    def succeed(self, person: int, unit: int, ahead: int) -> None:
        start = self.now + timedelta(hours=ahead)

        def modelled() -> None:
            heads = [v for v in self.model.known() if v.unit == unit and v.kind is not DEPUTY]
            for old in heads:
                if old.covers(start) and old.start < start:
                    self.model.end(old, start, self.now)
            self.model.add(self.version(person, unit, OWNER, start, None))

        found = self.both(lambda change: succeed(change, self.manager(person), unit, start), modelled)
        self.noted(person, found)

    @precondition(lambda self: self.model.known())
    @rule(place=st.integers(0, 20), ahead=HOURS)
    def end(self, place: int, ahead: int) -> None:
        old, when = self.picked(place), self.now + timedelta(hours=ahead)
        self.both(
            lambda change: register.end(change, CENTRE, old.number, when),
            lambda: self.model.end(old, when, self.now),
        )

    @precondition(lambda self: self.model.known())
    @rule(place=st.integers(0, 20), start=st.integers(-48, 48), end=st.none() | st.integers(-48, 96))
    def correct(self, place: int, start: int, end: int | None) -> None:
        old = self.picked(place)
        starts = old.start + timedelta(hours=start)
        ends = None if end is None else starts + timedelta(hours=end)

        def modelled() -> None:
            new = replace(old, start=starts, end=ends)
            fitting = new if (starts, ends) == (old.start, old.end) else self.model.fits(new)
            self.model.put(old, fitting, self.now)
            self.model.reattach(fitting, self.now)

        self.both(lambda change: register.correct(change, CENTRE, old.number, {"start": starts, "end": ends}), modelled)

    @precondition(lambda self: self.model.known())
    @rule(place=st.integers(0, 20))
    def retract(self, place: int) -> None:
        old = self.picked(place)
        self.both(
            lambda change: register.retract(change, CENTRE, old.number),
            lambda: self.model.put(old, None, self.now),
        )

    @rule(hours=st.integers(1, 100))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(back=st.integers(0, 200), later=st.integers(0, 200))
    def ask(self, back: int, later: int) -> None:
        self.agree(self.now - timedelta(hours=back), later)

    @precondition(lambda self: self.model.known())
    @rule(place=st.integers(0, 20), edge=st.sampled_from(["start", "end", "recorded"]))
    def ask_at_an_edge(self, place: int, edge: str) -> None:
        when = getattr(self.picked(place), edge)
        if when is not None and when <= self.now:
            self.agree(when, 0)

    @invariant()
    def both_say_the_same_now(self) -> None:
        if hasattr(self, "model"):
            self.agree(self.now, 0)

    def agree(self, at: datetime, later: int) -> None:
        """Everybody, everywhere, at ``at``: as known now, as known then, and as known some hours later."""
        with self.database.read() as connection:
            for known in {None, at, min(self.now, at + timedelta(hours=later))}:
                stored = StoredRegister(connection, KEYS, known)
                versions = self.model.known(known)
                for unit in (GENERAL, BRANCH):
                    holders = {duty.duty_no for duty in managers.duties_at(connection, unit, Moment(at, known))}
                    assert holders == {v.number for v in versions if v.unit == unit and v.covers(at)}
                    for person, code in self.codes.items():
                        found = may_sign(stored, Who(code), unit, at, known=known)
                        said = self.model.says(person, unit, at, known or self.now)
                        assert found.outcome is said, (person, unit, at, known)
                        if known is None:  # the keyed read finds what the steps find
                            (fast,) = self.prefetch.registers([(Who(code), unit)])
                            assert may_sign(fast, Who(code), unit, at) == found


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "hub.sqlite"
    database = Database.open(f"sqlite:///{path}", KEYS)
    migrate.upgrade(database)
    with mock.patch.object(clock, "now", return_value=local("2015-01-01T00:00")):
        fill(database)
    database.close()  # the last connection brings everything into the one file
    return path


@pytest.mark.slow
def test_the_register_and_the_model_agree(template: Path) -> None:
    Machine.template = template
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
