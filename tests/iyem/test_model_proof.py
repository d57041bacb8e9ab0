"""The model test can fail: each mutation below breaks one rule of the register, and a short history finds it.

The histories are made of the model test's own rules and are judged by its own comparison; without a mutation every one
of them holds. They are written by hand, so that what is shown takes seconds and is the same in every run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from iyem.conftest import BRANCH, GENERAL
from iyem.test_model import ACTING, DEPUTY, OWNER, Machine, template
from sqlalchemy import delete, update

from hub import clock
from hub.errors import HubError
from hub.iyem import decision, reading, register
from hub.iyem.decision import DutyRecord
from hub.iyem.prefetch import Prefetched
from hub.store import schema
from hub.store.change import Change
from hub.store.database import Database
from hub.store.schema import table_of

__all__ = ["template"]

Patch = pytest.MonkeyPatch
Story = Callable[[Machine], None]
DUTY = table_of(schema.Duty)


class Mutation(NamedTuple):
    """A rule that is broken, and a history in which it shows."""

    breaks: Callable[[Patch], None]
    story: Story


@contextmanager
def told(template: Path) -> Iterator[Machine]:
    """The model test's machine; the clock is as it was afterwards, whatever was found."""
    Machine.template = template
    machine = Machine()
    before = clock.now
    machine.begin()
    try:
        yield machine
        machine.both_say_the_same_now()
    finally:
        try:
            machine.teardown()
        finally:
            assert clock.now is before


def head(machine: Machine, person: int = 1, unit: int = GENERAL, ahead: int = 0, length: int | None = None) -> None:
    machine.record(person, unit, OWNER, ahead, length)


# What is broken, and where it shows -----------------------------------------------------------------------------------


def heads_may_overlap(patch: Patch) -> None:
    patch.setattr(register, "_check_free", lambda *_: None)


def two_heads(machine: Machine) -> None:
    head(machine)
    machine.record(2, GENERAL, ACTING, 1, None)


def overlaps_of_a_day_are_allowed(patch: Patch) -> None:
    before = register._overlap
    patch.setattr(register, "_overlap", lambda duty, begins, ends: before(duty, begins + timedelta(hours=24), ends))


def a_short_overlap(machine: Machine) -> None:
    head(machine, length=10)
    head(machine, 2, ahead=5, length=10)


def corrections_need_no_room(patch: Patch) -> None:
    patch.setattr(register, "_moved", lambda *_: {})


def a_correction_into_anothers_time(machine: Machine) -> None:
    head(machine, length=5)
    head(machine, 2, ahead=6)
    machine.correct(0, 0, 10)


def ends_put_off_need_no_room(patch: Patch) -> None:
    before = register._check_free

    def only_of_new_ones(others: list[DutyRecord], begins: datetime, ends: datetime | None) -> None:
        if begins >= clock.now() - timedelta(hours=2):
            before(others, begins, ends)

    patch.setattr(register, "_check_free", only_of_new_ones)


def an_end_put_off_into_anothers_time(machine: Machine) -> None:
    head(machine, length=8)
    head(machine, 2, ahead=9)
    machine.wait(5)
    machine.end(0, 24)


def one_person_twice_in_a_post(patch: Patch) -> None:
    patch.setattr(register, "_check_own", lambda *_: None)


def the_same_deputy_twice(machine: Machine) -> None:
    head(machine)
    machine.deputise(0, 2, 0, 48)
    machine.deputise(0, 2, 6, 48)


def deputies_without_end(patch: Patch) -> None:
    before = register._owner_for
    patch.setattr(
        register,
        "_owner_for",
        lambda others, code, begins, ends: before(others, code, begins, ends or begins + timedelta(hours=1)),
    )


def an_open_deputation(machine: Machine) -> None:
    head(machine)
    machine.record(2, GENERAL, DEPUTY, 1, None)


def deputies_without_owner(patch: Patch) -> None:
    before = register._owner_for

    def anyone(others: list[DutyRecord], code: int | None, begins: datetime, ends: datetime | None) -> int | None:
        try:
            return before(others, code, begins, ends)
        except register.DeputyError:
            return None

    patch.setattr(register, "_owner_for", anyone)


def a_deputy_of_nobody(machine: Machine) -> None:
    machine.record(2, GENERAL, DEPUTY, 0, 5)


def deputies_of_oneself(patch: Patch) -> None:
    before = register._owner_for
    patch.setattr(register, "_owner_for", lambda others, code, begins, ends: before(others, None, begins, ends))


def an_owner_as_own_deputy(machine: Machine) -> None:
    head(machine)
    machine.deputise(0, 1, 0, 5)


def deputies_of_an_acting_head(patch: Patch) -> None:
    before = register._owner_for

    def any_head(others: list[DutyRecord], code: int | None, begins: datetime, ends: datetime | None) -> int:
        heads = [duty._replace(kind=OWNER) if duty.kind is ACTING else duty for duty in others]
        return before(heads, code, begins, ends)

    patch.setattr(register, "_owner_for", any_head)


def a_deputy_of_an_acting_head(machine: Machine) -> None:
    machine.record(1, GENERAL, ACTING, 0, None)
    machine.deputise(0, 2, 0, 5)


def a_second_code_for_the_same_person(patch: Patch) -> None:
    patch.setattr(register, "_known_code", lambda *_: None)


def one_person_in_two_units(machine: Machine) -> None:
    head(machine)
    head(machine, unit=BRANCH)


def the_code_of_another(patch: Patch) -> None:
    patch.setattr(register, "_unused_code", lambda _: 1)


def two_people(machine: Machine) -> None:
    head(machine)
    head(machine, 2, BRANCH)


def signing_before_the_recording(patch: Patch) -> None:
    patch.setattr(DutyRecord, "recorded_at", property(lambda duty: duty.start))


def a_late_record(machine: Machine) -> None:
    head(machine, ahead=-24)
    machine.ask(5, 0)


def signing_from_the_recording_only_by_the_hour(patch: Patch) -> None:
    before = DutyRecord.recorded_at

    def begun(duty: DutyRecord) -> datetime:
        return before.__get__(duty).replace(minute=0)

    patch.setattr(DutyRecord, "recorded_at", property(begun))


def the_minute_before_the_recording(machine: Machine) -> None:
    head(machine, ahead=-24)
    machine.agree(machine.now - timedelta(seconds=1), 0)


def signing_at_the_very_end(patch: Patch) -> None:
    patch.setattr(DutyRecord, "in_office", lambda duty, at: duty.start <= at and (duty.end is None or at <= duty.end))


def the_instant_of_the_end(machine: Machine) -> None:
    head(machine, length=5)
    machine.wait(10)
    machine.ask_at_an_edge(0, "end")


def not_yet_at_the_very_start(patch: Patch) -> None:
    patch.setattr(DutyRecord, "in_office", lambda duty, at: duty.start < at and (duty.end is None or at < duty.end))


def the_instant_of_the_start(machine: Machine) -> None:
    head(machine, ahead=5)
    machine.wait(10)
    machine.ask_at_an_edge(0, "start")


def deputies_sign_for_nobody(patch: Patch) -> None:
    before = decision._Question._by_duty

    def by_duty(question: Any, states: Any, person: Any, duty: DutyRecord, here: Any) -> Any:
        return before(question, states, person, duty._replace(for_duty_no=None), here)

    patch.setattr(decision._Question, "_by_duty", by_duty)


def a_deputy_whose_owner_left(machine: Machine) -> None:
    head(machine)
    machine.deputise(0, 2, 0, 48)
    machine.end(0, 2)
    machine.wait(5)


def deputies_stay_without_owner(patch: Patch) -> None:
    patch.setattr(register, "find_owners", lambda *_: 0)


def the_right_owner_is_recorded_later(machine: Machine) -> None:
    head(machine)
    machine.deputise(0, 2, 0, 48)
    machine.retract(0)
    machine.wait(1)
    head(machine, person=3, ahead=-2)
    machine.wait(5)


def a_retraction_that_does_nothing(patch: Patch) -> None:
    patch.setattr(Change, "retract", lambda change, *_, **__: change.serial)


def a_record_taken_back(machine: Machine) -> None:
    head(machine)
    machine.retract(0)


def an_end_that_is_lost(patch: Patch) -> None:
    before = Change.correct

    def correct(change: Change, kind: Any, row_id: int, changes: Any, *, action: str = "correct") -> int:
        return before(change, kind, row_id, {} if action == "end" else changes, action=action)

    patch.setattr(Change, "correct", correct)


def somebody_leaves(machine: Machine) -> None:
    head(machine)
    machine.wait(5)
    machine.end(0, -1)


def a_successor_beside_the_one_who_stays(patch: Patch) -> None:
    patch.setattr(register, "end", lambda *_, **__: None)


def a_succession(machine: Machine) -> None:
    head(machine)
    machine.succeed(2, GENERAL, 5)


def a_correction_that_records_anew(patch: Patch) -> None:
    before = Change.correct

    def correct(change: Change, kind: Any, row_id: int, changes: Any, **more: Any) -> int:
        return before(change, kind, row_id, {**changes, "recorded_at": change.at}, **more)

    patch.setattr(Change, "correct", correct)


def a_corrected_start(machine: Machine) -> None:
    head(machine)
    machine.wait(10)
    machine.correct(0, -1, None)
    machine.ask(5, 0)


def history_is_overwritten(patch: Patch) -> None:
    def correct(change: Change, kind: Any, row_id: int, changes: Any, **_: Any) -> int:
        change.flush()
        change.connection.execute(update(table_of(kind)).where(table_of(kind).c.id == row_id).values(**changes))
        return change.serial

    patch.setattr(Change, "correct", correct)


def history_is_deleted(patch: Patch) -> None:
    def retract(change: Change, kind: Any, row_id: int, **_: Any) -> int:
        change.flush()
        change.connection.execute(delete(table_of(kind)).where(table_of(kind).c.id == row_id))
        return change.serial

    patch.setattr(Change, "retract", retract)


def what_was_known_before(machine: Machine) -> None:
    head(machine)
    machine.wait(20)
    machine.correct(0, 10, None)
    machine.ask(15, 0)


def what_was_known_before_it_was_taken_back(machine: Machine) -> None:
    head(machine)
    machine.wait(20)
    machine.retract(0)
    machine.ask(15, 0)


def the_past_is_answered_as_known_now(patch: Patch) -> None:
    before = reading.known_at
    patch.setattr(reading, "known_at", lambda kind, known=None: before(kind, None))


def the_keyed_read_forgets_posts(patch: Patch) -> None:
    patch.setattr(Prefetched, "duty", lambda *_: None)


def a_deputy(machine: Machine) -> None:
    head(machine)
    machine.deputise(0, 2, 0, 48)
    machine.wait(5)


def the_trail_is_cut(patch: Patch) -> None:
    before = Database.write
    journal = table_of(schema.JournalEntry)

    @contextmanager
    def write(database: Database, **given: Any) -> Iterator[Change]:
        with before(database, **given) as change:
            yield change
            change.flush()
            change.connection.execute(delete(journal).where(journal.c.serial == change.serial))

    patch.setattr(Database, "write", write)


MUTATIONS = (
    Mutation(heads_may_overlap, two_heads),
    Mutation(overlaps_of_a_day_are_allowed, a_short_overlap),
    Mutation(corrections_need_no_room, a_correction_into_anothers_time),
    Mutation(ends_put_off_need_no_room, an_end_put_off_into_anothers_time),
    Mutation(one_person_twice_in_a_post, the_same_deputy_twice),
    Mutation(deputies_without_end, an_open_deputation),
    Mutation(deputies_without_owner, a_deputy_of_nobody),
    Mutation(deputies_of_oneself, an_owner_as_own_deputy),
    Mutation(deputies_of_an_acting_head, a_deputy_of_an_acting_head),
    Mutation(a_second_code_for_the_same_person, one_person_in_two_units),
    Mutation(the_code_of_another, two_people),
    Mutation(signing_before_the_recording, a_late_record),
    Mutation(signing_from_the_recording_only_by_the_hour, the_minute_before_the_recording),
    Mutation(signing_at_the_very_end, the_instant_of_the_end),
    Mutation(not_yet_at_the_very_start, the_instant_of_the_start),
    Mutation(deputies_sign_for_nobody, a_deputy_whose_owner_left),
    Mutation(deputies_stay_without_owner, the_right_owner_is_recorded_later),
    Mutation(a_retraction_that_does_nothing, a_record_taken_back),
    Mutation(an_end_that_is_lost, somebody_leaves),
    Mutation(a_successor_beside_the_one_who_stays, a_succession),
    Mutation(a_correction_that_records_anew, a_corrected_start),
    Mutation(history_is_overwritten, what_was_known_before),
    Mutation(history_is_deleted, what_was_known_before_it_was_taken_back),
    Mutation(the_past_is_answered_as_known_now, what_was_known_before_it_was_taken_back),
    Mutation(the_keyed_read_forgets_posts, a_deputy),
    Mutation(the_trail_is_cut, somebody_leaves),
)
NAMED = {"argvalues": MUTATIONS, "ids": [mutation.breaks.__name__ for mutation in MUTATIONS]}


@pytest.mark.parametrize("mutation", **NAMED)
def test_a_broken_rule_is_found(template: Path, mutation: Mutation, monkeypatch: pytest.MonkeyPatch) -> None:
    with told(template) as machine:  # nothing is broken yet, and the history holds
        mutation.story(machine)
        machine.both_say_the_same_now()
    mutation.breaks(monkeypatch)
    with pytest.raises((AssertionError, HubError)), told(template) as machine:
        mutation.story(machine)
