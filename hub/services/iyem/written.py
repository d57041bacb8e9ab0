"""Decisions as YetkiServis writes them: from their values, or from what stands ready in the file.

Only three fields of a decision are the question's own: the instant asked about, the moment of knowledge and the serial.
They stand together in the contract, so whatever else a decision says is written when the file is made
(:mod:`hub.iyem.ready`), as the text before them and the text after them. The bytes are those of the same decision
written from its values, which a test holds.
"""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from hub.contract import Contract, ContractError, Rendered
from hub.iyem.decision import Decision, DutyRecord, Named, Outcome, Reason
from hub.iyem.ready import Form, Ready
from hub.services.iyem import common
from hub.store.schema import DutyKind

_ASKED: Final = common.DECISION.index(common.ASKED[0])
"""Where a row has them."""
_DAY: Final = datetime(2000, 1, 2, 3, 4, 5, 678900, UTC)
_DUTY: Final = DutyRecord(1, 2, 3, DutyKind.DEPUTY, _DAY, _DAY, _DAY, _DAY, _DAY, _DAY, 4, "Müdür & Vekil", 5)
_LEAST: Final = DutyRecord(1, 2, 3, DutyKind.OWNER, _DAY, None, _DAY, None, _DAY, None, 4)
_ALL: Final = (Named(3, "Ad"), _DUTY, Named(6, "Ad"), "Birim & Co", 7, _DAY)
_SAMPLES: Final = (
    *(Decision(outcome, reason, 1, _DAY, _DAY, 2, *_ALL) for outcome in Outcome for reason in Reason),
    Decision(Outcome.NO, Reason.ENDED, 1, _DAY, _DAY, 2, None, _LEAST),
)
"""Decisions with everything, of every reason, and one with as little as there may be."""


class Decisions:
    """Writes decisions as items of a list of ``Karar``."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._row = contract.row_writer("Karar", common.DECISION)
        self._rest = contract.row_writer("Karar", [one for one in common.DECISION if one not in common.ASKED])
        own = [contract.field_writer("Karar", name) for name in common.ASKED]
        self._at, self._known, self._serial = own
        self._not_asked = "".join(write(None) for write in own).encode()

    def __call__(self, found: Decision | Ready) -> Rendered:
        """One decision."""
        if isinstance(found, Decision):
            return self._row(common.decision_row(found))
        before, after, at, known, serial = found
        return Rendered(b"".join((before, self._asked(at, known, serial), after)))

    def form(self) -> Form:
        """How the file keeps decisions; its version is a digest of the contract and of some decisions.

        Raises :class:`~hub.contract.ContractError` where the fields that are the question's own are apart from another.
        """
        digest = sha256(self._contract.description.source)
        for sample in _SAMPLES:
            digest.update(b"\0".join(self._around(sample)))
        return Form(digest.hexdigest()[:12], self._around)

    def _around(self, found: Decision) -> tuple[bytes, bytes]:
        row = common.decision_row(found)
        before, between, after = self._rest((*row[:_ASKED], *row[_ASKED + len(common.ASKED) :])).partition(
            self._not_asked
        )
        if not between:
            raise ContractError("Karar: Zaman, BilgiZamani ve SeriNo yan yana değil")
        return before, after

    def _asked(self, at: datetime, known: datetime, serial: int) -> bytes:
        return f"{self._at(at)}{self._known(known)}{self._serial(serial)}".encode()
