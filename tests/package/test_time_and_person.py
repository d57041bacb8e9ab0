"""Signed packages that lean on a claimed time, on no time, or on somebody else's code; each test names its row."""

from __future__ import annotations

from datetime import timedelta

import pytest
from parts.databases import KEYS

from hub import clock
from hub.iyem import Outcome as Answer
from hub.iyem import Reason, Who, may_sign
from hub.iyem.reading import StoredRegister
from hub.mirror.duties import put_duties
from hub.package.rules.base import Outcome
from hub.registry.managers import person_row
from hub.signing import make
from hub.store import schema
from hub.store.errors import StoreError
from hub.store.personal import Tckn
from hub.store.schema import DutyKind
from tests.package import register as r
from tests.package.register import State, acting_for, found, layer, only, with_code

MINUTE = timedelta(minutes=1)


def test_c5_the_trusted_time_counts_and_not_the_claimed_one(state: State) -> None:
    """Claimed while in office, stamped after the end: refused."""
    made = state.appoint(r.AYSE)
    data = state.package(claimed=50 * MINUTE)
    assert layer(state.judge(data)) is Outcome.PASSED
    state.end(made, clock.now() - 30 * MINUTE)
    report = state.judge(data)
    assert found(report) == {"EYP-YETKI-SONA-ERMIS": "ENDED"}
    assert report.asked is Outcome.FAILED
    assert only(report).time >= r.NOW.isoformat()[:19], "the timestamp's time is shown and decides"


def test_c5_nor_does_a_claimed_time_before_the_recording_forbid_anything(state: State) -> None:
    now = clock.now()
    state.appoint(r.CAN, start=now - 30 * MINUTE, recorded=now - 20 * MINUTE)
    report = state.judge(state.package(signer=r.CAN, claimed=50 * MINUTE))
    assert layer(report) is Outcome.PASSED, (report.findings, report.unchecked)


@pytest.mark.parametrize("claimed", [None, 50 * MINUTE])
def test_c6_without_a_trusted_time_there_is_no_yes_and_no_no(state: State, claimed: timedelta | None) -> None:
    """Neither for who holds the post nor for who never did."""
    state.appoint(r.AYSE)
    for signer in (r.AYSE, r.CAN):
        report = state.judge(state.package(signer=signer, level=make.Level.BES, claimed=claimed))
        assert layer(report) is Outcome.INDETERMINATE
        assert found(report) == {}
        assert (only(report).outcome, only(report).time) == (Outcome.INDETERMINATE, "")
        assert report.asked is Outcome.INDETERMINATE


def test_c14_the_code_of_another_in_a_signed_package(state: State) -> None:
    """The certificate says who signed; the code that the package gives must be that person's, whoever else's it is."""
    state.appoint(r.AYSE)
    for other, code in ((r.EDA, state.people[r.EDA]), (r.AYSE, state.people[r.AYSE])):
        report = state.judge(state.package(with_code(state, other), generation=1))
        assert only(report).code == state.people[r.AYSE], "resolved from the certificate"
        assert only(report).listed_code == str(code)
        assert (set(found(report)) == {"EYP-YETKI-KOD-BASKA"}) is (other == r.EDA)
        assert (layer(report) is Outcome.PASSED) is (other == r.AYSE)


def test_c14_code_and_number_of_two_people_are_a_no_before_signing(state: State) -> None:
    state.appoint(r.AYSE)
    with state.database.read() as connection:
        register = StoredRegister(connection, KEYS)
        for code, tckn, reason in (
            (state.people[r.AYSE], r.AYSE, Reason.OWNER),
            (state.people[r.EDA], r.AYSE, Reason.CODE_OF_ANOTHER),
            (state.people[r.AYSE], r.EDA, Reason.CODE_OF_ANOTHER),
            (state.people[r.AYSE], r.CAN, Reason.PERSON_UNKNOWN),
        ):
            found = may_sign(register, Who(code, Tckn(tckn)), r.MAIN, clock.now())
            assert found.reason is reason
            assert found.outcome is (Answer.YES if reason is Reason.OWNER else Answer.NO)


def test_c14_one_identity_number_never_has_two_codes(state: State) -> None:
    """Whoever writes it, an import of another register included: the second code is refused and nothing is kept."""
    state.appoint(r.AYSE)
    before = state.database.serial()
    given, surname = r.NAMES[r.AYSE]
    row = person_row(KEYS, code=state.people[r.AYSE] + 900, given_name=given, surname=surname, tckn=Tckn(r.AYSE))
    with pytest.raises(StoreError), state.database.write(actor="import", origin="import:x") as change:
        change.put_many(schema.Person, [row])
    assert state.database.serial() == before


def taken_over(state: State, *kinds: tuple[str, DutyKind]) -> None:
    """Duties in the sender's unit as another registry tells of them: not for whom a deputy acts, nor when recorded."""
    rows = [
        {
            "detsis_no": r.MAIN,
            "code": state.people[tckn],
            "kind": kind.value,
            "valid_from": r.LONG_AGO,
            "valid_to": r.NOW + timedelta(days=2) if kind is DutyKind.DEPUTY else None,
        }
        for tckn, kind in kinds
    ]
    with (
        state.clock(r.LONG_AGO + timedelta(days=1)),
        state.database.write(actor="test", origin="import:cevap.xml") as change,
    ):
        put_duties(change, rows, lambda *_: pytest.fail("refused"))


def known(state: State) -> None:
    """Ayşe and Can have a post elsewhere, so that the register knows who they are."""
    state.appoint(r.AYSE, r.UNIT, end=r.NOW - timedelta(days=20))
    state.appoint(r.CAN, r.OTHER, start=r.LONG_AGO, kind=DutyKind.DEPUTY, end=r.NOW - timedelta(days=20))


@pytest.mark.parametrize("together", [True, False])
def test_a_deputy_who_was_taken_over_acts_for_the_owner_then(state: State, together: bool) -> None:
    """Another registry does not say for whom; in one import or the owner in a later one, who it was is found."""
    known(state)
    deputy, owner = (r.AYSE, DutyKind.DEPUTY), (r.CAN, DutyKind.OWNER)
    for part in [(deputy, owner)] if together else [(deputy,), (owner,)]:
        taken_over(state, *part)
    report = state.judge(state.package(lambda draft: acting_for(r.CAN, draft)))
    assert found(report) == {}
    assert only(report).reason == "DEPUTY"
    assert only(report).deputy_for == "Can Deneme"
    assert set(found(state.judge(state.package(lambda draft: acting_for(r.EDA, draft))))) == {"EYP-YETKI-VEKALET"}


def test_a_deputy_of_whom_nobody_knows_the_owner_contradicts_no_package(state: State) -> None:
    known(state)
    taken_over(state, (r.AYSE, DutyKind.DEPUTY))
    for named in (r.CAN, r.EDA):
        report = state.judge(state.package(lambda draft, named=named: acting_for(named, draft)))
        assert found(report) == {}
        assert (only(report).reason, only(report).deputy_for) == ("DEPUTY", "")
