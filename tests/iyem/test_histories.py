"""Histories at the edges of the rules: movements, corrections and closings whose answers follow from the principles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from iyem import conftest as c
from iyem.conftest import CENTRE, appoint, local, tckn
from iyem.test_corrections import close
from iyem.test_principles import GOREVLI, YETKILI, acting, grant
from iyem.test_time_model import ask
from parts.databases import KEYS
from sqlalchemy import select

from hub.iyem import Outcome, Reason, Who, chart, may_sign, officers, queue, register
from hub.iyem.errors import CodeChoiceError, CvError, GrantError, LinkError, OverlapError
from hub.iyem.queue import Task
from hub.iyem.reading import StoredRegister
from hub.iyem.register import Manager, Post
from hub.mirror.duties import put_duties
from hub.registry import managers
from hub.registry.managers import person_row
from hub.store import schema
from hub.store.database import Database
from hub.store.personal import Tckn
from hub.store.schema import DutyKind
from hub.store.scope import current

Clock = Callable[[str], None]


def end(database: Database, duty_no: int, when: str) -> register.Recorded:
    with database.write(actor="test", origin="test") as change:
        return register.end(change, CENTRE, duty_no, datetime.fromisoformat(when))


def correct(database: Database, duty_no: int, **changes: object) -> register.Recorded:
    with database.write(actor="test", origin="test") as change:
        return register.correct(change, CENTRE, duty_no, changes)


# Time --------------------------------------------------------------------------------------------------------------


def test_a_successor_takes_over_in_the_very_instant(iyem: Database, at: Clock) -> None:
    """Half-open: at the instant of the change one signs, not two and not none."""
    first = appoint(iyem, 1, c.GENERAL, "2016-03-10T09:00").duty
    at("2016-03-20T00:00")
    end(iyem, first.duty_no, "2016-03-21T00:00")
    second = appoint(iyem, 2, c.GENERAL, "2016-03-21T00:00").duty
    at("2016-04-01T00:00")
    edge = local("2016-03-21T00:00")
    with iyem.read() as connection:
        stored = StoredRegister(connection, KEYS)
        for when, holder in ((edge - timedelta(microseconds=1), first), (edge, second)):
            assert [may_sign(stored, Who(d.code), c.GENERAL, when).yes for d in (first, second)] == [
                holder is first,
                holder is second,
            ]


@pytest.mark.parametrize("wall", ["2016-03-27T03:00", "2016-03-27T03:30", "2016-03-27T03:59:59"])
def test_a_wall_clock_time_that_never_was_means_the_instant_after_the_gap(wall: str) -> None:
    """On 27 March 2016 Türkiye's clocks went from 03:00 to 04:00."""
    since = datetime.fromisoformat(wall) - datetime(2016, 3, 27, 3)
    assert register.instant(datetime.fromisoformat(wall)) == datetime(2016, 3, 27, 1, tzinfo=UTC) + since


def test_the_repeated_hour_of_an_older_autumn_and_the_one_that_was_not(iyem: Database, at: Clock) -> None:
    """8 November 2015 had 03:30 twice (the earlier is meant); 30 October 2016 had it once."""
    assert register.instant(datetime(2015, 11, 8, 3, 30)) == datetime(2015, 11, 8, 0, 30, tzinfo=UTC)
    assert register.instant(datetime(2015, 11, 8, 3, 30, fold=1)) == datetime(2015, 11, 8, 1, 30, tzinfo=UTC)
    assert register.instant(datetime(2016, 10, 30, 3, 30, fold=1)) == datetime(2016, 10, 30, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("recorded", "start", "late"),
    [
        ("2016-03-10T23:59", "2016-03-10T00:00", False),
        ("2016-03-11T00:00", "2016-03-10T23:59", True),
        ("2016-10-30T23:59", "2016-10-30T00:00", False),
        ("2016-10-31T00:00", "2016-10-30T23:59", True),
        ("2016-03-27T23:59", "2016-03-27T00:00", False),
        ("2016-03-10T11:00", "2016-03-12T00:00", False),
    ],
)
def test_late_is_by_the_calendar_day(iyem: Database, at: Clock, recorded: str, start: str, late: bool) -> None:
    at(recorded)
    assert appoint(iyem, 1, c.GENERAL, start).late is late


def test_lateness_follows_a_correction(iyem: Database, at: Clock) -> None:
    at("2016-03-10T11:00")
    duty = appoint(iyem, 1, c.GENERAL, "2016-03-10T09:00")
    assert not duty.late
    at("2016-03-10T12:00")
    assert not correct(iyem, duty.duty.duty_no, title="Genel Müdür").late
    assert correct(iyem, duty.duty.duty_no, start=datetime(2016, 3, 9, 9)).late  # recorded a day after that start
    other = appoint(iyem, 2, c.BRANCH, "2016-03-10T09:00").duty
    at("2016-03-15T09:00")
    assert correct(iyem, other.duty_no, end=datetime(2016, 3, 14, 17)).late


def test_an_earlier_start_does_not_let_anybody_sign_earlier(iyem: Database, at: Clock) -> None:
    duty = appoint(iyem, 1, c.GENERAL, "2016-03-10T09:00").duty  # recorded at 11:00
    at("2016-03-12T09:00")
    correct(iyem, duty.duty_no, start=datetime(2016, 3, 1, 9))
    found = ask(iyem, duty.code, c.GENERAL, "2016-03-10T10:00")
    assert (found.outcome, found.reason) == (Outcome.NO, Reason.NOT_RECORDED_YET)
    assert ask(iyem, duty.code, c.GENERAL, "2016-03-10T11:00").yes


def test_a_retracted_record_made_again_signs_from_the_second_recording(iyem: Database, at: Clock) -> None:
    duty = appoint(iyem, 1, c.GENERAL, "2016-03-10T09:00").duty
    at("2016-03-12T09:00")
    with iyem.write(actor="test", origin="test") as change:
        register.retract(change, CENTRE, duty.duty_no)
    at("2016-03-12T10:00")
    again = appoint(iyem, 1, c.GENERAL, "2016-03-10T09:00").duty
    assert again.code == duty.code
    assert again.duty_no != duty.duty_no
    at("2016-04-01T00:00")
    assert ask(iyem, duty.code, c.GENERAL, "2016-03-11T09:00").reason is Reason.NOT_RECORDED_YET
    then = ask(iyem, duty.code, c.GENERAL, "2016-03-11T09:00", "2016-03-11T09:00")
    assert (then.yes, then.record and then.record.duty_no) == (True, duty.duty_no)


# Owners and deputies -----------------------------------------------------------------------------------------------


def test_a_deputation_dies_with_the_owner_and_the_next_owner_has_none(iyem: Database, at: Clock) -> None:
    owner = appoint(iyem, 1, c.GENERAL, "2016-03-10T09:00").duty
    deputy = appoint(iyem, 2, c.GENERAL, "2016-03-12T09:00", "2016-03-20T09:00", kind=DutyKind.DEPUTY).duty
    at("2016-03-15T09:00")
    end(iyem, owner.duty_no, "2016-03-15T09:00")
    successor = appoint(iyem, 3, c.GENERAL, "2016-03-15T09:00").duty
    at("2016-04-01T00:00")
    before = ask(iyem, deputy.code, c.GENERAL, "2016-03-15T08:59")
    assert (before.yes, before.holds_until) == (True, local("2016-03-15T09:00"))
    assert ask(iyem, deputy.code, c.GENERAL, "2016-03-15T09:00").reason is Reason.DEPUTY_WITHOUT_OWNER
    assert ask(iyem, successor.code, c.GENERAL, "2016-03-15T09:01").yes
    then = ask(iyem, deputy.code, c.GENERAL, "2016-03-15T08:00", "2016-03-15T08:00")
    assert (then.yes, then.holds_until) == (True, local("2016-03-20T09:00"))  # nobody knew of the leaving yet


def test_an_owners_end_that_was_wrong_revives_the_deputy(iyem: Database, at: Clock) -> None:
    owner = appoint(iyem, 1, c.GENERAL, "2016-03-10T09:00").duty
    deputy = appoint(iyem, 2, c.GENERAL, "2016-03-12T09:00", "2016-03-20T09:00", kind=DutyKind.DEPUTY).duty
    at("2016-03-13T09:00")
    end(iyem, owner.duty_no, "2016-03-13T09:00")
    at("2016-03-16T09:00")
    correct(iyem, owner.duty_no, end=None)
    at("2016-04-01T00:00")
    assert ask(iyem, deputy.code, c.GENERAL, "2016-03-14T09:00").yes
    assert not ask(iyem, deputy.code, c.GENERAL, "2016-03-14T09:00", "2016-03-14T09:00").yes


def test_one_person_in_several_units_at_once(iyem: Database, at: Clock) -> None:
    """Owner here, acting head there, deputy elsewhere: each unit by its own record, one code."""
    appoint(iyem, 9, c.MISSION, "2016-03-10T09:00")
    found = [
        appoint(iyem, 1, c.GENERAL, "2016-03-10T09:00").duty,
        appoint(iyem, 1, c.BRANCH, "2016-03-10T09:00", kind=DutyKind.ACTING).duty,
        appoint(iyem, 1, c.MISSION, "2016-03-10T09:00", "2016-03-20T09:00", kind=DutyKind.DEPUTY).duty,
    ]
    assert len({duty.code for duty in found}) == 1
    at("2016-03-20T09:00")
    end(iyem, found[0].duty_no, "2016-03-15T09:00")
    code = found[0].code
    assert [
        ask(iyem, code, unit, "2016-03-15T09:00").reason for unit in (c.GENERAL, c.BRANCH, c.MISSION, c.MINISTRY)
    ] == [
        Reason.ENDED,
        Reason.ACTING_HEAD,
        Reason.DEPUTY,
        Reason.OTHER_UNIT,
    ]


def test_a_deputys_code_for_the_unit_above_or_beneath_is_none(iyem: Database, at: Clock) -> None:
    code = appoint(iyem, 1, c.GENERAL, "2016-03-10T09:00").duty.code
    at("2016-04-01T00:00")
    assert {ask(iyem, code, unit, "2016-03-20T09:00").reason for unit in (c.MINISTRY, c.BRANCH)} == {Reason.OTHER_UNIT}


# Units -------------------------------------------------------------------------------------------------------------


def test_a_deputy_of_a_post_whose_unit_was_closed(iyem: Database, at: Clock) -> None:
    owner = appoint(iyem, 1, c.BRANCH, "2016-03-10T09:00").duty
    deputy = appoint(iyem, 2, c.BRANCH, "2016-03-12T09:00", "2016-03-20T09:00", kind=DutyKind.DEPUTY).duty
    at("2016-03-16T09:00")
    close(iyem, c.BRANCH, "2016-03-15T12:00")
    for followed in (False, True):  # the answer does not wait for the records to follow
        if followed:
            with iyem.write(actor="test", origin="test") as change:
                assert register.follow_closures(change) == [owner.duty_no, deputy.duty_no]
        at("2016-04-01T00:00")
        for code in (owner.code, deputy.code):
            assert ask(iyem, code, c.BRANCH, "2016-03-15T11:59:59").yes
            assert ask(iyem, code, c.BRANCH, "2016-03-15T12:00").reason is Reason.UNIT_CLOSED
            then = ask(iyem, code, c.BRANCH, "2016-03-15T13:00", "2016-03-15T13:00")
            assert then.yes  # the closing was recorded on the 16th
        at("2016-03-16T09:00")


def test_a_unit_that_merged_names_its_successor_and_passes_nothing_on(iyem: Database, at: Clock) -> None:
    code = appoint(iyem, 1, c.BRANCH, "2016-03-10T09:00").duty.code
    at("2016-06-01T00:00")
    with iyem.write(actor="test", origin="test") as change:
        merged = {"active": False, "operating": False, "external": False, "successor_no": c.GENERAL}
        change.alter(schema.Unit, {"detsis_no": c.BRANCH}, merged, at=local("2016-05-01T00:00"))
    before, after = (ask(iyem, code, c.BRANCH, when) for when in ("2016-04-30T23:59", "2016-05-01T00:00"))
    assert (before.yes, before.successor_no, before.unit_name) == (True, c.GENERAL, "YAZILIM ŞUBE MÜDÜRLÜĞÜ")
    assert (after.reason, after.successor_no) == (Reason.UNIT_CLOSED, c.GENERAL)
    assert not ask(iyem, code, c.GENERAL, "2016-05-01T00:00").yes


def test_a_unit_is_called_as_it_was_called_then(iyem: Database, at: Clock) -> None:
    code = appoint(iyem, 1, c.BRANCH, "2016-03-10T09:00").duty.code
    at("2016-06-01T00:00")
    with iyem.write(actor="test", origin="test") as change:
        change.alter(schema.Unit, {"detsis_no": c.BRANCH}, {"name": "YENİ ŞUBE"}, at=local("2016-05-01T00:00"))
    names = [ask(iyem, code, c.BRANCH, when).unit_name for when in ("2016-04-30T23:59", "2016-05-01T00:00")]
    assert names == ["YAZILIM ŞUBE MÜDÜRLÜĞÜ", "YENİ ŞUBE"]


def test_the_closing_of_a_unit_is_told_to_its_officer_for_some_time(iyem: Database, at: Clock) -> None:
    central = grant(iyem, YETKILI, c.PERSONNEL, 1)
    appoint(iyem, 1, c.BRANCH, "2016-03-10T09:00")
    at("2016-04-01T00:00")
    close(iyem, c.BRANCH, "2016-03-31T12:00")
    close(iyem, c.REGION, "2016-03-31T12:00")  # nobody held it

    def told() -> list[tuple[int, datetime | None]]:
        with iyem.read() as connection:
            items = queue.work_queue(connection, central)
        return [(item.unit_no, item.since) for item in items if item.task is Task.UNIT_CLOSED]

    assert told() == [(c.BRANCH, local("2016-03-31T12:00"))]
    with iyem.write(actor="test", origin="test") as change:
        assert len(register.follow_closures(change)) == 1
    assert told() == [(c.BRANCH, local("2016-03-31T12:00"))]
    at("2016-05-01T00:00")
    assert told() == []


def test_principle_5_a_move_of_the_unit_changes_who_coordinates(iyem: Database) -> None:
    governorate = acting(grant(iyem, YETKILI, c.REGISTRY_OFFICE, 1))
    central = acting(grant(iyem, YETKILI, c.PERSONNEL, 2))
    found = [grant(iyem, GOREVLI, c.PROVINCIAL, number, governorate).officer_no for number in (3, 4, 5)]
    with iyem.write(actor="test", origin="test") as change:
        place = {"second_parent_no": 0, "type1_id": 303}  # no longer of the civil administration
        change.alter(schema.Unit, {"detsis_no": c.PROVINCIAL}, place)
    with iyem.read() as connection:
        assert {officers.officer(connection, number).coordinator_no for number in found} == {c.MINISTRY}
        assert {one.coordinator_no for one in officers.officers_at(connection, c.PROVINCIAL)} == {c.MINISTRY}
    with pytest.raises(GrantError), iyem.write(actor="test", origin="test") as change:
        officers.withdraw(change, governorate, found[0])
    with pytest.raises(GrantError):
        grant(iyem, GOREVLI, c.PROVINCIAL, 6, governorate)
    with iyem.write(actor="test", origin="test") as change:
        officers.withdraw(change, central, found[0])


def test_principle_4_who_never_had_an_officer_is_named(iyem: Database) -> None:
    with iyem.read() as connection:
        assert queue.unserved(connection) == [c.MINISTRY, c.GOVERNOR, 23, c.MUNICIPALITY, c.UNIVERSITY]
    grant(iyem, YETKILI, c.PERSONNEL, 1)
    grant(iyem, GOREVLI, c.DISTRICT_OFFICE, 2)  # a Görevli is no Yetkili
    with iyem.read() as connection:
        assert queue.unserved(connection) == [c.GOVERNOR, 23, c.MUNICIPALITY, c.UNIVERSITY]


# Codes -------------------------------------------------------------------------------------------------------------


def test_principle_15_a_code_is_not_given_again_after_everything_of_it_was_retracted(iyem: Database) -> None:
    duty = appoint(iyem, 1, c.GENERAL, "2016-03-10T09:00").duty
    with iyem.write(actor="test", origin="test") as change:
        register.retract(change, CENTRE, duty.duty_no)
        change.end(schema.Person, {"code": duty.code})
    assert appoint(iyem, 2, c.GENERAL, "2016-03-10T09:00").duty.code != duty.code


def test_principle_15_the_highest_number_taken_leaves_the_gaps(iyem: Database) -> None:
    """Codes come from other registers too, up to the last that fits."""
    with iyem.write(actor="test", origin="test") as change:
        for code in (1, 2, register.CODES):
            change.open(schema.Person, person_row(KEYS, code=code, given_name="Ad", surname="Başka"))
    codes = [
        appoint(iyem, number, unit, "2016-03-10T09:00").duty.code for number, unit in ((1, c.GENERAL), (2, c.BRANCH))
    ]
    assert codes == [3, 4]


def test_principle_15_somebody_known_without_identity_number_gets_no_second_code(iyem: Database, at: Clock) -> None:
    with iyem.write(actor="test", origin="import:cevap.xml") as change:
        change.open(schema.Person, person_row(KEYS, code=500, given_name="Ayşe", surname="Işık"))
        change.open(schema.Person, person_row(KEYS, code=501, given_name="Ali", surname="Öz", tckn=Tckn(tckn(7))))

    def record(manager: Manager, unit: int) -> int:
        with iyem.write(actor="test", origin="test") as change:
            return register.record(change, KEYS, CENTRE, manager, Post(unit), datetime(2016, 3, 10, 9)).duty.code

    for other in (
        Manager(500, tckn(1), "Fatma", "Işık"),  # another name
        Manager(501, tckn(1), "Ali", "Öz"),  # whose number is another
    ):
        with pytest.raises(CodeChoiceError):
            record(other, c.GENERAL)
    assert record(Manager(500, tckn(1), "AYŞE", "IŞIK"), c.GENERAL) == 500
    assert record(Manager(tckn=tckn(1)), c.BRANCH) == 500
    at("2016-04-01T00:00")
    with iyem.read() as connection:
        assert managers.code_of(connection, KEYS, Tckn(tckn(1))) == 500
        stored = StoredRegister(connection, KEYS)
        assert may_sign(stored, Who(tckn=Tckn(tckn(1))), c.GENERAL, local("2016-03-20T09:00")).yes


# Beside duties -----------------------------------------------------------------------------------------------------


def test_principle_11_managers_taken_over_remove_the_old_names_once(iyem: Database) -> None:
    legacy = schema.table_of(schema.LegacyManager)
    with iyem.write(actor="test", origin="test") as change:
        for unit in (c.MUNICIPALITY, 31, c.GENERAL):
            change.open(schema.LegacyManager, {"detsis_no": unit, "full_name": f"Eski {unit}", "title": None})
        change.open(schema.Person, person_row(KEYS, code=500, given_name="Ayşe", surname="Işık"))
    row = {"detsis_no": 31, "code": 500, "kind": "owner", "valid_from": local("2016-03-01T09:00"), "valid_to": None}
    with iyem.write(actor="test", origin="import:cevap.xml") as change:
        put_duties(change, [row], lambda *_: pytest.fail("refused"))
    with iyem.read() as connection:
        left = connection.execute(select(legacy.c.detsis_no).where(current(schema.LegacyManager))).scalars().all()
    assert left == [c.GENERAL]  # another institution's


def test_principle_14_only_deputies_of_an_institution_or_governorate(iyem: Database) -> None:
    code = appoint(iyem, 1, c.GENERAL, "2016-03-10T09:00").duty.code
    with pytest.raises(LinkError), iyem.write(actor="test", origin="test") as change:
        chart.link(change, CENTRE, c.BRANCH, c.GENERAL, code)


def test_principle_18_who_left_is_no_longer_theirs_to_write_about(iyem: Database, at: Clock) -> None:
    central = acting(grant(iyem, YETKILI, c.PERSONNEL, 1))
    rector = acting(grant(iyem, YETKILI, c.UNIVERSITY, 2))
    left = appoint(iyem, 3, c.GENERAL, "2016-03-10T09:00").duty

    def write(actor: officers.Actor) -> None:
        with iyem.write(actor=actor.name, origin="test") as change:
            chart.set_cv(change, actor, left.code, "1970'te doğdu.")

    write(central)
    at("2016-04-01T00:00")
    end(iyem, left.duty_no, "2016-03-31T17:00")
    with pytest.raises(CvError):
        write(central)
    appoint(iyem, 3, c.UNIVERSITY, "2016-03-31T17:00")
    with pytest.raises(officers.OutsideAreaError):
        write(central)
    write(rector)


def test_a_person_does_not_hold_one_post_twice_at_once(iyem: Database) -> None:
    appoint(iyem, 1, c.GENERAL, "2016-03-10T09:00", "2016-03-20T09:00")
    appoint(iyem, 1, c.GENERAL, "2016-03-20T09:00")  # again, from the very end
    with pytest.raises(OverlapError):
        appoint(iyem, 1, c.GENERAL, "2016-03-19T09:00", "2016-03-19T10:00", kind=DutyKind.ACTING)
