"""Decisions as YetkiServis writes them: what recurs in answers is written once, by the contract's own writers.

A decision out of the file (:mod:`hub.iyem.filed`) brings the text of its duty with it; the sentence of a reason is
written when the service starts. The bytes are those of a row written from its values, which a test holds.
"""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from hub.contract import Contract, Ready, Rendered, Written
from hub.iyem.decision import Decision, DutyRecord, Outcome, Reason
from hub.iyem.filed import FiledDuty
from hub.iyem.filing import Form
from hub.services.iyem import common
from hub.store.schema import DutyKind

_DUTY: Final = "Gorev"
_SAID: Final = common.DECISION[:3]
"""What follows from outcome and reason alone."""

_DAY: Final = datetime(2000, 1, 2, 3, 4, 5, 678900, UTC)
_SAMPLES: Final = (
    DutyRecord(1, 2, 3, DutyKind.DEPUTY, _DAY, _DAY, _DAY, _DAY, _DAY, _DAY, 4, "Müdür & Vekil", 5),
    DutyRecord(1, 2, 3, DutyKind.OWNER, _DAY, None, _DAY, None, _DAY, None, 4),
)
"""A duty with everything and one with as little as there may be."""


class Decisions:
    """Writes decisions as items of a list of ``Karar``."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        ready = {*_SAID, _DUTY}
        names = [column if isinstance(column, str) else column[0] for column in common.DECISION]
        columns = [Ready(name) if name in ready else one for name, one in zip(names, common.DECISION, strict=True)]
        self._row = contract.row_writer("Karar", columns)
        self._duty = contract.field_writer("Karar", _DUTY, common.DUTY)
        write = [contract.field_writer("Karar", str(name)) for name in _SAID]
        self._said = {
            (outcome, reason): tuple(one(value) for one, value in zip(write, common.said(outcome, reason), strict=True))
            for outcome in Outcome
            for reason in Reason
        }

    def __call__(self, found: Decision) -> Rendered:
        """One decision."""
        outcome, reason, unit_no, at, known, serial, person, record, deputised, name, successor, until = found
        duty = None
        if record.__class__ is FiledDuty and (text := record.written()):
            duty = Written(text, "utf-8")
        elif record is not None:
            duty = self._duty(common.duty_row(record))
        return self._row(
            (
                *self._said[outcome, reason],
                unit_no,
                name,
                successor,
                at,
                known,
                serial,
                person,
                duty,
                deputised,
                until,
            )
        )

    def form(self) -> Form:
        """How the file keeps duties; its version is a digest of the contract and of two duties."""
        digest = sha256(self._contract.description.source)
        for record in _SAMPLES:
            digest.update(self._bytes(record))
        return Form(digest.hexdigest()[:12], self._bytes)

    def _bytes(self, record: DutyRecord) -> bytes:
        return self._duty(common.duty_row(record)).encode()
