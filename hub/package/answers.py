"""İYEM's answers as the report carries them: masked, instants in UTC, nothing but data."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from hub.iyem.decision import Decision, DutyRecord, Who
from hub.iyem.decision import Outcome as Answer
from hub.package.errors import Words
from hub.package.people import masked
from hub.package.report import DutyInfo, SignatoryInfo, ThenInfo
from hub.package.rules.base import NotCheckedError, Outcome
from hub.package.signatories import Signatory, said

NOT_ASKED: Final = Words("İYEM'e sorulmadı.", "İYEM was not asked.")

OUTCOMES: Final = {
    Answer.YES: Outcome.PASSED, Answer.NO: Outcome.FAILED, Answer.INDETERMINATE: Outcome.INDETERMINATE,
}  # fmt: skip


def utc(instant: datetime | None) -> str:
    """ISO 8601 in UTC, ``Z`` at the end; empty for None."""
    return "" if instant is None else instant.isoformat().replace("+00:00", "Z")


def signatory_info(item: Signatory) -> SignatoryInfo:
    """What the report says of one signer."""
    decision = item.decision
    record = decision.record if decision else None
    outcome = Outcome.PASSED if item.entitled else Outcome.FAILED if item.unsure is None else Outcome.INDETERMINATE
    return SignatoryInfo(
        place=item.place,
        outcome=outcome,
        name=item.name,
        tckn=masked(item.tckn.number) if item.tckn else "",
        time=utc(item.time),
        unit_no=item.unit_no,
        code=item.code,
        person=decision.person.name if decision and decision.person else "",
        reason=decision.reason.value if decision and item.astray is None else "",
        why=item.unsure or item.astray or (said(decision) if decision else NOT_ASKED),
        signed_for=decision.unit_no if decision else None,
        signed_for_name=(decision.unit_name or "") if decision else "",
        title=(record.title or "") if record else "",
        deputy_for=decision.deputy_for.name if decision and decision.deputy_for else "",
        listed_code=(item.listed.tcyk or "").strip() if item.listed else "",
        deputy_for_code=decision.deputy_for.code if decision and decision.deputy_for else None,
        record=_duty(record) if record else None,
        holds_until=utc(decision.holds_until) if decision else "",
        serial=decision.serial if decision else None,
        then=_then(item.then) if item.then else None,
    )


def _duty(record: DutyRecord) -> DutyInfo:
    return DutyInfo(
        number=record.duty_no,
        unit_no=record.unit_no,
        kind=record.kind.value,
        title=record.title or "",
        start=utc(record.start),
        end=utc(record.end),
        recorded_at=utc(record.recorded_at),
        closed_at=utc(record.closed_at),
        known_from=utc(record.known_from),
        serial=record.serial,
    )


def _then(decision: Decision) -> ThenInfo:
    return ThenInfo(OUTCOMES[decision.outcome], decision.reason.value, said(decision), decision.serial)


def unasked(place: str, who: Who, unit_no: int | None, error: NotCheckedError) -> SignatoryInfo:
    """One who means to sign about whom nobody could be asked."""
    return SignatoryInfo(
        place=place, outcome=error.outcome, name="", tckn=masked(who.tckn.number) if who.tckn else "", time="",
        unit_no=unit_no, code=who.code, person="", reason="", why=error.why, signed_for=None, signed_for_name="",
        title="", deputy_for="", listed_code="",
    )  # fmt: skip
