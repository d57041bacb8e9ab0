"""A manager's new name, and what was recorded wrongly of a person: both axes of time, and no second code."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from iyem import conftest as state
from iyem.conftest import BRANCH, CENTRE, GENERAL, PERSONNEL, REGION, REGION_BRANCH, appoint, local, tckn
from iyem.test_iyem_command import folder, opened, run
from iyem.test_work_command import WHO, grant, numbers
from parts.databases import KEYS
from parts.registry import rebuild

from hub.commands.authority import authority
from hub.iyem import Decision, Reason, Who, may_sign, officers, people, register
from hub.iyem.errors import CodeChoiceError, IyemError, NoSuchRecordError, OutsideAreaError
from hub.iyem.filed import Filed, NotFiledError
from hub.iyem.officers import Actor, Contact
from hub.iyem.prefetch import Prefetch
from hub.iyem.reading import StoredRegister
from hub.registry import managers
from hub.store import verify
from hub.store.database import Database
from hub.store.freshness import Freshness
from hub.store.keyed import Keyed
from hub.store.personal import Tckn
from hub.store.schema import DutyKind, OfficerRole

__all__ = ["folder"]
Clock = Callable[[str], None]


def correct(database: Database, code: int, actor: Actor = CENTRE, **new: Any) -> int | None:
    with database.write(actor=actor.name, origin="test") as change:
        return people.correct_person(change, KEYS, actor, code, **new)


def rename(database: Database, code: int, actor: Actor = CENTRE, **new: Any) -> int | None:
    with database.write(actor=actor.name, origin="test") as change:
        return people.rename(change, actor, code, **new)


def ask(database: Database, number: str, at: str, known: str | None = None) -> Decision:
    then = None if known is None else local(known)
    with database.read() as connection:
        return may_sign(StoredRegister(connection, KEYS, then), Who(None, Tckn(number)), GENERAL, local(at), known=then)


def test_a_wrong_identity_number_is_corrected_and_stays_known(iyem: Database, at: Clock) -> None:
    duty = appoint(iyem, 1, GENERAL, "2016-03-10T09:00").duty
    at("2016-04-01T09:00")
    assert correct(iyem, duty.code, tckn=tckn(2)) is not None
    at("2016-05-01T09:00")
    signed = "2016-03-20T12:00"
    assert ask(iyem, tckn(1), signed).reason is Reason.PERSON_UNKNOWN
    right = ask(iyem, tckn(2), signed)
    assert (right.reason, right.person and right.person.code) == (Reason.OWNER, duty.code)
    assert right.record is not None
    assert right.record.recorded_at == duty.recorded_at  # nobody signs earlier, or later, for a corrected number
    assert ask(iyem, tckn(1), signed, known=signed).reason is Reason.OWNER
    assert ask(iyem, tckn(2), signed, known=signed).reason is Reason.PERSON_UNKNOWN
    assert correct(iyem, duty.code, tckn=tckn(2)) is None
    assert appoint(iyem, 2, BRANCH, "2016-05-01T08:00").duty.code == duty.code
    assert appoint(iyem, 1, REGION, "2016-05-01T08:00").duty.code != duty.code  # whose number it is gets an own code
    with iyem.read() as connection:
        assert verify.verify(connection, KEYS).findings == []


def test_no_number_has_two_codes_and_none_is_invalid(iyem: Database) -> None:
    one = appoint(iyem, 1, GENERAL, "2016-03-10T09:00").duty.code
    appoint(iyem, 2, BRANCH, "2016-03-10T09:00")
    before = iyem.serial()
    for number in (tckn(2), "12345678901", "", "abc"):
        with pytest.raises(CodeChoiceError) as caught:
            correct(iyem, one, tckn=number)
        assert number not in str(caught.value) or not number
    with pytest.raises(NoSuchRecordError):
        correct(iyem, 99, tckn=tckn(3))
    assert iyem.serial() == before


def test_the_number_is_corrected_at_all_times_that_the_person_had_another_name(iyem: Database, at: Clock) -> None:
    code = appoint(iyem, 1, GENERAL, "2016-03-10T09:00").duty.code
    at("2016-04-01T09:00")
    assert rename(iyem, code, surname="Yeni") is not None
    at("2016-05-01T09:00")
    correct(iyem, code, tckn=tckn(2), given_name="Doğru")
    with iyem.read() as connection:
        found = {
            when: managers.person(connection, code, managers.Moment(valid=local(when)))
            for when in ("2016-03-20T09:00", "2016-04-20T09:00")
        }
    names = [(person.given_name, person.surname) for person in found.values() if person is not None]
    assert names == [("Ad1", "Soyad1"), ("Doğru", "Yeni")]
    assert [person and managers.tckn(KEYS, person) for person in found.values()] == [Tckn(tckn(2))] * 2


def test_a_name_changes_from_now_on_and_is_known_as_it_was(iyem: Database, at: Clock) -> None:
    code = appoint(iyem, 1, GENERAL, "2016-03-10T09:00").duty.code
    at("2016-04-01T09:00")
    assert rename(iyem, code, surname=" Yeni  Soyad ") is not None
    assert rename(iyem, code, surname="Yeni Soyad") is None
    at("2016-05-01T09:00")
    now, then = (ask(iyem, tckn(1), "2016-03-20T12:00", known) for known in (None, "2016-03-20T12:00"))
    assert [found.person and found.person.name for found in (now, then)] == ["Ad1 Yeni Soyad", "Ad1 Soyad1"]


def test_a_date_of_birth(iyem: Database) -> None:
    code = appoint(iyem, 1, GENERAL, "2016-03-10T09:00").duty.code
    assert correct(iyem, code, birth=date(1970, 1, 31)) is not None
    assert correct(iyem, code, birth=date(1970, 1, 31)) is None
    with iyem.read() as connection:
        person = managers.person(connection, code)
        assert person is not None
        assert managers.birth_date(KEYS, person) == date(1970, 1, 31)
    before = iyem.serial()
    with pytest.raises(CodeChoiceError, match="ileri bir tarih"):
        correct(iyem, code, birth=date(2100, 1, 1))
    unborn = register.Manager(tckn=tckn(2), given_name="Ad", surname="Soyad", birth=date(2100, 1, 1))
    with pytest.raises(CodeChoiceError, match="ileri bir tarih"), iyem.write(actor="a", origin="b") as change:
        register.record(change, KEYS, CENTRE, unborn, register.Post(BRANCH), local("2016-03-10T09:00"))
    assert iyem.serial() == before


def test_who_may_write_about_a_person(iyem: Database, at: Clock) -> None:
    """A name may an officer of a unit that the person holds; number and birth the centre alone."""
    here = appoint(iyem, 1, REGION_BRANCH, "2016-03-10T09:00").duty
    gone = appoint(iyem, 2, REGION, "2016-03-10T09:00", "2016-03-10T10:00").duty
    contact = [
        Contact(tckn(number), "Ali", "Görevli", "0312 000 00 00", "0500 000 00 00", "a@b.example") for number in (8, 9)
    ]
    with iyem.write(actor="merkez", origin="test") as change:
        region = officers.grant(change, KEYS, CENTRE, OfficerRole.GOREVLI, REGION, contact[0])
        central = officers.grant(change, KEYS, CENTRE, OfficerRole.YETKILI, PERSONNEL, contact[1])
    local_one, central_one = Actor("görevli", region), Actor("yetkili", central)
    assert rename(iyem, here.code, local_one, surname="Yeni") is not None
    assert correct(iyem, here.code, local_one, given_name="Ayşe") is not None
    other = appoint(iyem, 3, GENERAL, "2016-03-10T09:00").duty
    refused: list[tuple[type[IyemError], Callable[[], object]]] = [
        (OutsideAreaError, lambda: rename(iyem, other.code, local_one, surname="Yeni")),
        (NoSuchRecordError, lambda: rename(iyem, gone.code, local_one, surname="Yeni")),
        (OutsideAreaError, lambda: rename(iyem, here.code, Actor("kurum 10", ebys_of=10), surname="Yeni")),
        (CodeChoiceError, lambda: correct(iyem, here.code, local_one, tckn=tckn(4))),
        (CodeChoiceError, lambda: correct(iyem, other.code, central_one, tckn=tckn(4))),
        (CodeChoiceError, lambda: correct(iyem, here.code, local_one, birth=date(1970, 1, 1))),
    ]
    before = iyem.serial()
    for error, attempt in refused:
        with pytest.raises(error):
            attempt()
    assert iyem.serial() == before
    assert rename(iyem, other.code, central_one, surname="Yeni") is not None


def test_the_file_of_decisions_hears_of_it(iyem: Database, at: Clock, tmp_path: Path) -> None:
    code = appoint(iyem, 1, GENERAL, "2016-03-10T09:00").duty.code
    at("2016-04-01T09:00")
    freshness, keyed = Freshness(iyem), Keyed(iyem)
    filed = Filed(iyem, freshness, tmp_path, KEYS)
    rebuild(filed)

    def found(number: str) -> Reason:
        who = Who(None, Tckn(number))
        try:
            return may_sign(filed.view().register(), who, GENERAL).reason
        except NotFiledError:
            return may_sign(Prefetch(keyed, KEYS).registers([(who, GENERAL)])[0], who, GENERAL).reason

    assert (found(tckn(1)), found(tckn(2))) == (Reason.OWNER, Reason.PERSON_UNKNOWN)
    correct(iyem, code, tckn=tckn(2))
    for _ in range(2):
        assert (found(tckn(1)), found(tckn(2))) == (Reason.PERSON_UNKNOWN, Reason.OWNER)
        rebuild(filed)
    assert may_sign(filed.view().register(), Who(None, Tckn(tckn(2))), GENERAL).reason is Reason.OWNER
    filed.close()
    freshness.close()
    keyed.close()


def test_a_filed_deputation_hears_of_its_owner(iyem: Database, at: Clock, tmp_path: Path) -> None:
    """The owner gets another name, is taken back, and another one is recorded: before and after the file is made."""
    owner = appoint(iyem, 1, GENERAL, "2016-03-10T09:00").duty
    deputy = appoint(iyem, 2, GENERAL, "2016-03-10T11:00", "2016-03-20T18:00", kind=DutyKind.DEPUTY).duty
    at("2016-03-12T09:00")
    freshness, keyed = Freshness(iyem), Keyed(iyem)
    filed = Filed(iyem, freshness, tmp_path, KEYS)
    rebuild(filed)

    def found() -> tuple[Reason, str | None]:
        who = Who(deputy.code)
        try:
            said = may_sign(filed.view().register(), who, GENERAL)
        except NotFiledError:
            said = may_sign(Prefetch(keyed, KEYS).registers([(who, GENERAL)])[0], who, GENERAL)
        return said.reason, said.deputy_for and said.deputy_for.name

    def retract() -> None:
        with iyem.write(actor="test", origin="test") as change:
            register.retract(change, CENTRE, owner.duty_no)

    steps: list[tuple[Callable[[], object], tuple[Reason, str | None]]] = [
        (lambda: None, (Reason.DEPUTY, "Ad1 Soyad1")),
        (lambda: rename(iyem, owner.code, surname="Yeni"), (Reason.DEPUTY, "Ad1 Yeni")),
        (retract, (Reason.DEPUTY_WITHOUT_OWNER, None)),
        (lambda: appoint(iyem, 3, GENERAL, "2016-03-10T09:00"), (Reason.DEPUTY, "Ad3 Soyad3")),
    ]
    for step, expected in steps:
        step()
        assert found() == expected
        rebuild(filed)
        assert found() == expected
    filed.close()
    freshness.close()
    keyed.close()


def test_on_the_command_line(folder: Path, at: Clock) -> None:
    at("2016-05-02T09:00")
    _, code, _ = numbers(run(folder, "record", "15", *WHO, "--start", "2016-05-02T08:30"))
    region = ("--officer", grant(folder, "gorevli", 14, 71), "--method", "e-imza")
    at("2016-05-03T09:00")
    wrong = run(folder, "correct-person", code, "--tckn", "-", given=f"{state.tckn(62)}\n")
    assert (wrong.exit_code, wrong.stdout[:5]) == (0, "kayıt")
    assert run(folder, "correct-person", code, "--tckn", state.tckn(62)).stdout == "değişiklik yok\n"
    refused = run(folder, "correct-person", code, "--tckn", state.tckn(63), *region)
    assert (refused.exit_code, refused.stderr[:20]) == (1, "eyhub: IYEM_15_CODE:")
    assert run(folder, "rename", code, "--surname", "Yeni", *region).exit_code == 0
    assert run(folder, "correct-person", code, "--birth", "1970-01-31", "--given-name", "Aysel").exit_code == 0
    for misuse in (("rename", code), ("correct-person", code), ("correct-person", code, "--birth", "dün")):
        assert run(folder, *misuse).exit_code == 2
    assert run(folder, "rename", "99", "--surname", "Yeni").exit_code == 1
    exits = []
    for number in (61, 62):
        asked = ["check", "--tckn", state.tckn(number), "--unit", "15", "--json", "--data", str(folder)]
        done = CliRunner().invoke(authority, asked)
        exits.append(done.exit_code)
        name = json.loads(done.stdout)["person"]
        assert name is None or name["name"] == "Aysel Yeni"
    assert exits == [1, 0]
    with opened(folder) as database, database.read() as connection:
        person = managers.person(connection, int(code))
        assert person is not None
        assert managers.birth_date(database.keys, person) == datetime(1970, 1, 31).date()
    trail = run(folder, "trail", "--code", code)
    assert "person:rename" in trail.stdout
    assert all(state.tckn(number) not in trail.stdout for number in (61, 62, 63))
