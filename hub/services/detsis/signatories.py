"""Who may sign a letter: those of whom the İYEM room says so now, in the terms of a letter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from hub.iyem.decision import Who, may_sign
from hub.iyem.reading import StoredRegister
from hub.letter import Signatory
from hub.registry import managers
from hub.registry.moment import Moment
from hub.store.schema import DutyKind

VEKALETEN: Final = "Vekaleten"
"""``VekaletTuru`` of who is not the owner of the post, where the record does not say it in other words."""


def may_sign_now(connection: Connection, units: Sequence[int], at: datetime) -> Iterator[Signatory]:
    """The managers who may sign for each of ``units`` at ``at``, by İYEM's principles 13, 16 and 17.

    Being in office is not enough: a record made later than the duty began lets nobody sign before. ``at`` is now, to
    the accuracy of the clock; a decision about a past letter is asked of :mod:`hub.iyem` itself.
    """
    register = StoredRegister(connection, None)
    duties = [duty for unit in units for duty in managers.duties_at(connection, unit, Moment(valid=at))]
    people = managers.persons(connection, (duty.code for duty in duties))
    for duty in duties:
        decision = may_sign(register, Who(code=duty.code), duty.detsis_no, at)
        if not decision.yes or decision.record is None or decision.record.duty_no != duty.duty_no:
            continue
        person = people[duty.code]
        yield Signatory(
            yonetici_kodu=duty.code,
            name=person.given_name,
            surname=person.surname,
            title=duty.title,
            unit=duty.detsis_no,
            vekalet=None if duty.kind == DutyKind.OWNER else duty.deputy_text or VEKALETEN,
        )
