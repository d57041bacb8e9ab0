"""Whether somebody may sign in a unit's name at an instant, and why.

The time model is that of İYEM principles 13, 15, 16 and 17: periods are half-open, a duty lets its holder sign from
the moment it was recorded, not from the moment it began, and until the moment it ends. All instants are aware; day
edges are nobody's business here, because periods are to the minute and Türkiye's wall clock is converted at the border.

The answer is given from what is known at one moment of knowledge (``known``): now, or, for the question "what would the
register have said then", the moment of signing itself. A correction that came later makes the two differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple, Protocol

from hub import clock
from hub.errors import HubError
from hub.store.personal import Tckn
from hub.store.schema import DutyKind


class Outcome(StrEnum):
    """The answer. Only ``yes`` is one."""

    YES = "yes"
    NO = "no"
    INDETERMINATE = "indeterminate"


class Reason(StrEnum):
    """Why; each has a page in ``docs/reasons/``."""

    OWNER = "OWNER"
    """Holds the post."""
    DEPUTY = "DEPUTY"
    """Acts for the holder of the post, within the deputation."""
    ACTING_HEAD = "ACTING_HEAD"
    """Heads the unit while its post is vacant."""
    UNIT_UNKNOWN = "UNIT_UNKNOWN"
    """No unit has this number in DETSİS."""
    UNIT_NOT_YET = "UNIT_NOT_YET"
    """The unit was founded after this time, and the register says when."""
    UNIT_CLOSED = "UNIT_CLOSED"
    """The unit was closed at this time."""
    PERSON_UNKNOWN = "PERSON_UNKNOWN"
    """İYEM knows nobody with this code or identity number."""
    CODE_OF_ANOTHER = "CODE_OF_ANOTHER"
    """The code belongs to another person than the identity number."""
    NO_DUTY_HERE = "NO_DUTY_HERE"
    """The person never held this unit, nor one above it, at this time."""
    OTHER_UNIT = "OTHER_UNIT"
    """The person held another unit at this time, not this one."""
    NOT_STARTED = "NOT_STARTED"
    """The duty in this unit began later."""
    ENDED = "ENDED"
    """The duty in this unit had ended."""
    NOT_RECORDED_YET = "NOT_RECORDED_YET"
    """In office, but recorded in İYEM only later (principle 16)."""
    RECORDING_TIME_UNKNOWN = "RECORDING_TIME_UNKNOWN"
    """In office, but the record was taken over from elsewhere later and does not say when it was made."""
    DEPUTY_WITHOUT_OWNER = "DEPUTY_WITHOUT_OWNER"
    """A deputy for a filled post whose owner's record does not cover this time (principle 17)."""
    TIME_AHEAD = "TIME_AHEAD"
    """The time lies ahead; what will be so then is not known."""
    REGISTRY_DATA_MISSING = "REGISTRY_DATA_MISSING"
    """The register holds nothing about managers at that time."""
    REGISTRY_STALE = "REGISTRY_STALE"
    """This copy of the register was brought up to date before that time."""


class InvalidQuestionError(HubError):
    """A question that says neither code nor identity number, or a time without a zone."""

    code = "IYEM_QUESTION"


class Who(NamedTuple):
    """The person asked about: a T.C. Yönetici Kodu, a T.C. kimlik no from a signer's certificate, or both."""

    code: int | None = None
    tckn: Tckn | None = None


class DutyRecord(NamedTuple):
    """One duty as it stands on both axes."""

    duty_no: int
    unit_no: int
    code: int
    kind: DutyKind
    start: datetime
    end: datetime | None
    recorded_at: datetime
    closed_at: datetime | None
    known_from: datetime
    """Since when the register says it as it stands here; later than ``recorded_at`` after a correction."""
    known_to: datetime | None
    serial: int
    title: str | None = None
    for_duty_no: int | None = None
    taken_over: bool = False
    """Copied from another register, which does not tell when the record was made."""

    def in_office(self, at: datetime) -> bool:
        """Whether the holder is in office at ``at``."""
        return self.start <= at and (self.end is None or at < self.end)


class UnitState(NamedTuple):
    """A unit as it was called and placed for one period."""

    number: int
    name: str
    active: bool
    parent_no: int
    successor_no: int | None
    start: datetime
    end: datetime | None


class Named(NamedTuple):
    """A manager's code and name."""

    code: int
    name: str


class Register(Protocol):
    """What the decision reads, all as was known at one moment of knowledge."""

    @property
    def serial(self) -> int:
        """Serial of the last change that the answers show."""

    def code_of(self, tckn: Tckn) -> int | None:
        """The code of the person with this identity number."""

    def person(self, code: int) -> Named | None:
        """The person with this code."""

    def duties(self, code: int, unit_no: int) -> Sequence[DutyRecord]:
        """All duties of this code in one unit, by start."""

    def elsewhere(self, code: int, unit_no: int, at: datetime) -> DutyRecord | None:
        """The duty of this code in another unit that began first of those in office at ``at``."""

    def duty(self, duty_no: int) -> DutyRecord | None:
        """One duty."""

    def unit(self, number: int) -> Sequence[UnitState]:
        """The states of this unit, oldest first; none for a number that does not exist."""

    def founded(self, number: int) -> bool:
        """Whether the first state of this unit begins when the unit was founded. A unit that was taken over from
        another register begins when it came in, and nobody here knows since when it was there."""

    def begins(self) -> datetime | None:
        """When the first duty was recorded; None for a register without any."""


class Decision(NamedTuple):
    """The answer with its evidence."""

    outcome: Outcome
    reason: Reason
    unit_no: int
    at: datetime
    known: datetime
    """The moment of knowledge that the answer rests on."""
    serial: int
    """Serial of the registry's last change at that moment."""
    person: Named | None = None
    record: DutyRecord | None = None
    """The duty that decides, the nearest one where the answer is no."""
    deputy_for: Named | None = None
    """A deputy's: whose post."""
    unit_name: str | None = None
    """What the unit was called at ``at``."""
    successor_no: int | None = None
    """The unit that took over since, if this one is closed."""
    holds_until: datetime | None = None
    """Until when this is the answer if nothing is recorded; None: open."""

    @property
    def yes(self) -> bool:
        """Whether the person may sign."""
        return self.outcome is Outcome.YES


_YES: Final = {DutyKind.OWNER: Reason.OWNER, DutyKind.DEPUTY: Reason.DEPUTY, DutyKind.ACTING: Reason.ACTING_HEAD}
_RANK: Final = {DutyKind.OWNER: 0, DutyKind.ACTING: 1, DutyKind.DEPUTY: 2}


def may_sign(
    register: Register,
    who: Who,
    unit_no: int,
    at: datetime | None = None,
    *,
    known: datetime | None = None,
    current_until: datetime | None = None,
) -> Decision:
    """Whether ``who`` may sign for the unit with DETSİS number ``unit_no`` at ``at`` (aware; None: ``known``, or now).

    ``register`` shows what was known at ``known`` (None: what is known now; never later than now). What lies after
    the moment of knowledge is not known. ``current_until`` is when a copy of the
    register was last brought up to date; None for the register itself. Only a duty in this very unit counts; whether
    the head of a superior unit may sign its letters is the letter's question, not İYEM's.

    Raises :class:`InvalidQuestionError`. Source: İYEM principles 13, 15, 16, 17.
    """
    now = clock.now()
    at = at or known or now
    if who.code is None and who.tckn is None:
        raise InvalidQuestionError("T.C. Yönetici Kodu ya da T.C. kimlik no verilmeli.")
    if at.tzinfo is None or (known is not None and known.tzinfo is None):
        raise InvalidQuestionError("Zamanın saat dilimi belli olmalı.")
    return _Question(register, unit_no, at, min(known or now, now), current_until).answer(who)


def judge(register: Register, who: Who, unit_no: int, at: datetime) -> Decision:
    """What :func:`may_sign` says about ``at`` to whoever asks then or later, if ``register`` stays as it is; ``known``
    of the decision is ``at``."""
    return _Question(register, unit_no, at, at, None).answer(who)


class _Question(NamedTuple):
    register: Register
    unit_no: int
    at: datetime
    known: datetime
    current_until: datetime | None

    def answer(self, who: Who) -> Decision:
        states = self.register.unit(self.unit_no)
        if self.at > self.known:
            return self._say(Outcome.INDETERMINATE, Reason.TIME_AHEAD, states, holds_until=self.at)
        if self.current_until is not None and self.at > self.current_until:
            return self._say(Outcome.INDETERMINATE, Reason.REGISTRY_STALE, states)
        if not states:
            known = self.register.begins() is not None  # a register that holds nobody knows of no unit either
            return self._say(Outcome.NO, Reason.UNIT_UNKNOWN, states) if known else self._missing(states, None)
        found = self._judge(who, states)
        told = found.record is not None and found.record.start <= self.at
        if told and (self.at >= states[0].start or found.reason is not Reason.OTHER_UNIT):
            return found  # the register holds something about that time: this very record
        begins = self.register.begins()
        if begins is None or self.at < begins:
            return self._missing(states, begins)
        if self.at < states[0].start and found.reason is not Reason.UNIT_NOT_YET:
            later = (found.holds_until, states[0].start)  # what it holds of this unit begins later
            return self._missing(states, _earliest(when for when in later if when is not None))
        return found

    def _missing(self, states: Sequence[UnitState], begins: datetime | None) -> Decision:
        return self._say(Outcome.INDETERMINATE, Reason.REGISTRY_DATA_MISSING, states, holds_until=begins)

    def _judge(self, who: Who, states: Sequence[UnitState]) -> Decision:
        state = _state_at(states, self.at)
        code = self._code(who)
        if isinstance(code, Reason):
            return self._say(Outcome.NO, code, states)
        person = self.register.person(code)
        if person is None:
            return self._say(Outcome.NO, Reason.PERSON_UNKNOWN, states)
        if state is None:
            if self.register.founded(self.unit_no):
                return self._say(Outcome.NO, Reason.UNIT_NOT_YET, states, person, holds_until=states[0].start)
            if not states[0].active:
                return self._missing(states, states[0].start)  # closed when it came in; since when is not known
        elif not state.active:
            return self._say(
                Outcome.NO, Reason.UNIT_CLOSED, states, person, holds_until=_next(states, self.at, active=True)
            )
        return self._by_duties(states, person)

    def _code(self, who: Who) -> int | Reason:
        if who.tckn is None:
            assert who.code is not None
            return who.code
        code = self.register.code_of(who.tckn)
        if code is None:
            return Reason.PERSON_UNKNOWN
        return code if who.code in (None, code) else Reason.CODE_OF_ANOTHER

    def _by_duties(self, states: Sequence[UnitState], person: Named) -> Decision:
        here = self.register.duties(person.code, self.unit_no)
        office = [duty for duty in here if duty.in_office(self.at)]
        if len(office) > 1:
            office.sort(key=lambda duty: (_RANK[duty.kind], duty.start))
        refusal: Decision | None = None
        for duty in office:
            found = self._by_duty(states, person, duty, here)
            if found.yes:
                return found
            refusal = refusal or found
        if refusal is not None:
            return refusal
        ahead = min((d for d in here if d.start > self.at), key=lambda duty: duty.start, default=None)
        past = max((d for d in here if d.start <= self.at), key=lambda duty: duty.start, default=None)
        until = _earliest(max(duty.start, duty.recorded_at) for duty in here if duty.start > self.at)
        if past is not None:
            return self._say(Outcome.NO, Reason.ENDED, states, person, past, holds_until=until)
        if ahead is not None:
            return self._say(Outcome.NO, Reason.NOT_STARTED, states, person, ahead, holds_until=until)
        elsewhere = self.register.elsewhere(person.code, self.unit_no, self.at)
        reason = Reason.NO_DUTY_HERE if elsewhere is None else Reason.OTHER_UNIT
        return self._say(Outcome.NO, reason, states, person, elsewhere)

    def _by_duty(
        self, states: Sequence[UnitState], person: Named, duty: DutyRecord, here: Iterable[DutyRecord]
    ) -> Decision:
        """The answer of one duty that is in office."""
        until = _earliest(end for end in (duty.end, _next(states, self.at, active=False)) if end is not None)
        if self.at < duty.recorded_at:
            first = duty.recorded_at if until is None else min(duty.recorded_at, until)
            if duty.taken_over:
                outcome, reason = Outcome.INDETERMINATE, Reason.RECORDING_TIME_UNKNOWN
            else:
                outcome, reason = Outcome.NO, Reason.NOT_RECORDED_YET
            return self._say(outcome, reason, states, person, duty, holds_until=first)
        deputy_for = None
        if duty.kind is DutyKind.DEPUTY and duty.for_duty_no is not None:
            owner = self.register.duty(duty.for_duty_no)
            if owner is not None and not _fills(owner, duty.unit_no):
                owner = None
            if owner is None or not owner.in_office(self.at):
                again = [max(other.start, other.recorded_at) for other in here if other.start > self.at]
                if owner is not None and self.at < owner.start and (duty.end is None or owner.start < duty.end):
                    again.append(owner.start)
                reason = Reason.DEPUTY_WITHOUT_OWNER
                return self._say(Outcome.NO, reason, states, person, duty, holds_until=_earliest(again))
            deputy_for = self.register.person(owner.code)
            until = _earliest(end for end in (until, owner.end) if end is not None)
        return self._say(Outcome.YES, _YES[duty.kind], states, person, duty, deputy_for, holds_until=until)

    def _say(
        self,
        outcome: Outcome,
        reason: Reason,
        states: Sequence[UnitState],
        person: Named | None = None,
        record: DutyRecord | None = None,
        deputy_for: Named | None = None,
        *,
        holds_until: datetime | None = None,
    ) -> Decision:
        state = _state_at(states, self.at)
        return Decision(
            outcome=outcome,
            reason=reason,
            unit_no=self.unit_no,
            at=self.at,
            known=self.known,
            serial=self.register.serial,
            person=person,
            record=record,
            deputy_for=deputy_for,
            unit_name=None if state is None else state.name,
            successor_no=states[-1].successor_no if states and not states[-1].active else None,
            holds_until=holds_until,
        )


def _state_at(states: Sequence[UnitState], at: datetime) -> UnitState | None:
    for state in states:
        if state.start <= at and (state.end is None or at < state.end):
            return state
    return None


def _earliest(instants: Iterable[datetime]) -> datetime | None:
    return min(instants, default=None)


def _fills(owner: DutyRecord, unit_no: int) -> bool:
    """Whether it is this unit's post that is held; a record that came in from elsewhere may name any duty."""
    return owner.kind is DutyKind.OWNER and owner.unit_no == unit_no


def _next(states: Sequence[UnitState], at: datetime, *, active: bool) -> datetime | None:
    """When the unit is closed (or operates again) next after ``at``, by what is known of it."""
    if len(states) == 1:
        return None
    return _earliest(state.start for state in states if state.start > at and state.active is active)
