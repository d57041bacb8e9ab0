"""Decisions are written from rows; the bytes are those that the same answer would have as model instances."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from iyem.conftest import BRANCH, GENERAL, appoint, at, fill, local
from parts.databases import KEYS

from hub.contract import Contract, ContractError, ValueMisfit
from hub.iyem import Decision, Outcome, Reason, Who, may_sign
from hub.iyem.decision import DutyRecord
from hub.iyem.reading import StoredRegister
from hub.services.iyem import common
from hub.store.database import Database
from hub.store.schema import DutyKind

__all__ = ["at"]

CONTRACT = Contract.load("YetkiServis.wsdl", times="utc")
WRITE = CONTRACT.row_writer("Karar", common.DECISION)


def test_rows_and_instances_are_written_alike(database: Database, at: Callable[[str], None]) -> None:
    at("2015-01-01T00:00")
    fill(database)
    at("2016-03-10T11:00:00.123400")
    owner = appoint(database, 1, GENERAL, "2016-03-10T09:00").duty
    deputy = appoint(database, 2, GENERAL, "2016-03-10T09:00", "2016-03-20T09:00", kind=DutyKind.DEPUTY).duty
    at("2016-04-01T00:00")
    seen = set()
    with database.read() as connection:
        register = StoredRegister(connection, KEYS)
        for code in (owner.code, deputy.code, 99):
            for unit in (GENERAL, BRANCH, 98):
                for when in ("2016-03-09T00:00", "2016-03-10T10:00", "2016-03-15T09:00", "2016-03-20T09:00"):
                    found = may_sign(register, Who(code), unit, local(when))
                    seen.add(found.reason)
                    assert WRITE(common.decision_row(found)) == CONTRACT.render(
                        "Karar", common.decision(CONTRACT.types, found)
                    )
    assert {Reason.OWNER, Reason.DEPUTY, Reason.ENDED, Reason.OTHER_UNIT, Reason.UNIT_UNKNOWN} <= seen


def test_every_field_is_its_own() -> None:
    """A row in which no two values are the same, so that none stands in another's place."""
    times = [datetime(2016, 1, 1, tzinfo=UTC) + timedelta(days=day, seconds=day, microseconds=day) for day in range(9)]
    record = DutyRecord(
        101,
        102,
        103,
        DutyKind.ACTING,
        *times[:6],
        104,
        "Müdür & <Vekil>",
        105,
        False,
    )
    found = Decision(
        Outcome.YES, Reason.ACTING_HEAD, 106, times[6], times[7], 107, None, record, None, "Birim", 108, times[8]
    )
    text = WRITE(common.decision_row(found)).decode()
    duty = common.duty(CONTRACT.types, record)
    assert (duty.GorevNo, duty.BirimNo, duty.YoneticiKodu, duty.Tur, duty.SeriNo) == (101, 102, 103, "YURUTEN", 104)
    assert [duty.Baslama, duty.Bitis, duty.KayitZamani, duty.KapanisZamani] == times[:4]
    assert [duty.BilinmeBaslangici, duty.BilinmeSonu] == times[4:6]
    assert "<Unvan>Müdür &amp; &lt;Vekil&gt;</Unvan>" in text
    assert "<Gorev><GorevNo>101</GorevNo><BirimNo>102</BirimNo><YoneticiKodu>103</YoneticiKodu>" in text
    assert "<Zaman>2016-01-07T00:00:06.000006Z</Zaman>" in text
    assert "<HalefBirimNo>108</HalefBirimNo>" in text
    assert "<Yonetici>" not in text


def test_what_fits_no_field_is_refused() -> None:
    row = list(common.decision_row(Decision(Outcome.NO, Reason.ENDED, 1, local("2016-01-01"), local("2016-01-02"), 1)))
    assert WRITE(row)
    for place, value in ((0, "BELKİ"), (3, 2**31), (6, datetime(2016, 1, 1)), (9, (1,)), (10, ())):
        with pytest.raises(ValueMisfit):
            WRITE([*row[:place], value, *row[place + 1 :]])
    for columns in (
        (("Sonuc", ("X",)),),
        (("Gorev", ("Yok",)),),
        (("Yok", ("X",)),),
        ("Gorev", ("Gorev", ("GorevNo",))),
    ):
        with pytest.raises(ContractError):
            CONTRACT.row_writer("Karar", columns)
    assert len({WRITE([*row[:9], (code, "Ad"), *row[10:]]) for code in range(20)}) == 20
    many = [[*row[:9], None if code % 3 else (code, "Ad"), *row[10:]] for code in range(20)]
    assert WRITE.block(many) == b"".join(map(WRITE, many))
