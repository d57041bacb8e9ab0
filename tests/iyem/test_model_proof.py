"""The model test finds broken rules: each mutation below breaks one, and the histories that hold otherwise must not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from iyem.test_model import Machine, template

from hub.errors import HubError
from hub.iyem import decision, register
from hub.iyem.decision import DutyRecord
from hub.store import schema
from hub.store.change import Change

__all__ = ["template"]

Patch = Callable[[pytest.MonkeyPatch], None]


def heads_may_overlap(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(register, "_check_free", lambda *_: None)


def overlaps_of_a_day_are_allowed(patch: pytest.MonkeyPatch) -> None:
    before = register._overlap
    patch.setattr(register, "_overlap", lambda duty, begins, ends: before(duty, begins + timedelta(hours=24), ends))


def one_person_twice_in_a_post(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(register, "_check_own", lambda *_: None)


def deputies_without_end(patch: pytest.MonkeyPatch) -> None:
    before = register._owner_for
    patch.setattr(
        register,
        "_owner_for",
        lambda others, code, begins, ends: before(others, code, begins, ends or begins + timedelta(hours=1)),
    )


def deputies_without_owner(patch: pytest.MonkeyPatch) -> None:
    before = register._owner_for

    def anyone(others: list[DutyRecord], code: int | None, begins: Any, ends: Any) -> int | None:
        try:
            return before(others, code, begins, ends)
        except register.DeputyError:
            return None

    patch.setattr(register, "_owner_for", anyone)


def deputies_of_oneself(patch: pytest.MonkeyPatch) -> None:
    before = register._owner_for
    patch.setattr(register, "_owner_for", lambda others, code, begins, ends: before(others, None, begins, ends))


def a_second_code_for_the_same_person(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(register, "_known_code", lambda *_: None)


def the_code_of_another(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(register, "_unused_code", lambda _: 1)


def signing_before_the_recording(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(DutyRecord, "recorded_at", property(lambda duty: duty.start))


def a_correction_that_records_anew(patch: pytest.MonkeyPatch) -> None:
    before = Change.correct

    def correct(change: Change, kind: Any, row_id: int, changes: Any, **more: Any) -> int:
        new = {**changes, "recorded_at": change.at} if kind is schema.Duty else changes
        return before(change, kind, row_id, new, **more)

    patch.setattr(Change, "correct", correct)


def signing_at_the_very_end(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(DutyRecord, "in_office", lambda duty, at: duty.start <= at and (duty.end is None or at <= duty.end))


def deputies_sign_for_nobody(patch: pytest.MonkeyPatch) -> None:
    before = decision._Question._by_duty

    def by_duty(question: Any, states: Any, person: Any, duty: DutyRecord, here: Any) -> Any:
        return before(question, states, person, duty._replace(for_duty_no=None), here)

    patch.setattr(decision._Question, "_by_duty", by_duty)


def a_retraction_that_does_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Change, "retract", lambda change, *_, **__: change.serial)


def an_end_that_is_lost(patch: pytest.MonkeyPatch) -> None:
    before = Change.correct

    def correct(change: Change, kind: Any, row_id: int, changes: Any, *, action: str = "correct") -> int:
        kept = {} if action == "end" else changes
        return before(change, kind, row_id, kept, action=action)

    patch.setattr(Change, "correct", correct)


MUTATIONS: tuple[Patch, ...] = (
    heads_may_overlap,
    overlaps_of_a_day_are_allowed,
    one_person_twice_in_a_post,
    deputies_without_end,
    deputies_without_owner,
    deputies_of_oneself,
    a_second_code_for_the_same_person,
    the_code_of_another,
    signing_before_the_recording,
    a_correction_that_records_anew,
    signing_at_the_very_end,
    deputies_sign_for_nobody,
    a_retraction_that_does_nothing,
    an_end_that_is_lost,
)


@pytest.mark.slow
@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_the_model_finds_it(template: Path, mutation: Patch, monkeypatch: pytest.MonkeyPatch) -> None:
    Machine.template = template
    mutation(monkeypatch)
    with pytest.raises((AssertionError, HubError)):  # the two registers differ, or the store refuses what came of it
        run_state_machine_as_test(
            Machine,
            settings=settings(
                max_examples=150,
                stateful_step_count=25,
                deadline=None,
                derandomize=True,
                database=None,
                report_multiple_bugs=False,
                phases=(Phase.generate,),
                suppress_health_check=list(HealthCheck),
            ),
        )
