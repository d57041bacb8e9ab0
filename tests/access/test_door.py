"""The check of every call: right, alike in failure, cheap when known, at once after a revocation."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher
from parts.waiting import HUNG, soon, until

from access.conftest import CHEAP, KURUM
from hub import limits
from hub.access import credentials, door
from hub.access.credentials import Right
from hub.access.door import Caller, Door
from hub.access.errors import AccessBusyError, AccessDeniedError
from hub.store.database import Database

SECRET = "doğru at pil zımba"


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hashes that were verified."""
    verified: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # noqa: A002
            verified.append(str(hash))
            return CHEAP.verify(hash, password)

    monkeypatch.setattr(door, "HASHER", Counting(time_cost=1, memory_cost=8, parallelism=1))
    return verified


def give(database: Database, password: str = SECRET, *rights: Right) -> int:
    with database.write(actor="operator", origin="test") as change:
        return credentials.give(change, KURUM, password=password, rights=rights).id


def revoke(database: Database, number: int) -> None:
    with database.write(actor="operator", origin="test") as change:
        credentials.revoke(change, number)


def refused(entrance: Door, name: str | None, password: str | None) -> bool:
    try:
        entrance.check(name, password)
    except AccessDeniedError:
        return True
    return False


def test_who_calls_and_with_what_rights(institution: Database, entrance: Door) -> None:
    number = give(institution, SECRET, Right.PERSONAL)
    caller = entrance.check(f" {KURUM} ", SECRET)
    assert caller == Caller(number, str(KURUM), KURUM, frozenset({Right.PERSONAL}))
    assert caller.may_see_personal_data
    assert entrance.check(str(KURUM), SECRET) == caller


@pytest.mark.parametrize(
    ("name", "password"),
    [
        (str(KURUM), "yanlış parola olsun"),
        ("99999999", SECRET),
        (None, None),
        ("", ""),
        (str(KURUM), None),
        (None, SECRET),
        (str(KURUM), "x" * 100_000),
        ("1" * 100_000, SECRET),
        (str(KURUM), "\ud800"),
        ("' OR 1=1 --", SECRET),
        (str(KURUM), SECRET.upper()),
    ],
)
def test_all_failures_are_alike(
    institution: Database, entrance: Door, counted: list[str], name: str | None, password: str | None
) -> None:
    give(institution)
    with pytest.raises(AccessDeniedError) as caught:
        entrance.check(name, password)
    assert caught.value.message == "Kullanıcı adı ya da parola hatalı."
    assert caught.value.__cause__ is None
    assert len(counted) == limits.CREDENTIALS_EACH


def test_a_known_password_is_not_verified_again(institution: Database, entrance: Door, counted: list[str]) -> None:
    give(institution)
    for _ in range(5):
        entrance.check(str(KURUM), SECRET)
    assert len(counted) == 1


def test_connections_of_a_new_client_wait_for_one_proof(
    institution: Database, entrance: Door, counted: list[str]
) -> None:
    give(institution)
    with ThreadPoolExecutor(12) as connections:
        callers = list(connections.map(lambda _: entrance.check(str(KURUM), SECRET), range(12)))
    assert {caller.detsis_no for caller in callers} == {KURUM}
    assert len(counted) <= limits.ARGON2_AT_ONCE


def test_a_revoked_credential_is_refused_at_the_next_call_and_looks_like_an_unknown_one(
    institution: Database, entrance: Door, counted: list[str]
) -> None:
    number = give(institution)
    entrance.check(str(KURUM), SECRET)
    revoke(institution, number)
    counted.clear()
    assert refused(entrance, str(KURUM), SECRET)
    assert len(counted) == limits.CREDENTIALS_EACH


def test_a_revocation_by_another_process_counts(institution: Database, entrance: Door) -> None:
    number = give(institution)
    entrance.check(str(KURUM), SECRET)
    code = (
        "import sys; from hub.store.database import Database; from hub.access import credentials\n"
        "with Database.open(sys.argv[1]).write(actor='a', origin='b') as change:\n"
        "    credentials.revoke(change, int(sys.argv[2]))"
    )
    url = institution.url.render_as_string(hide_password=False)
    subprocess.run([sys.executable, "-c", code, url, str(number)], check=True)
    if institution.embedded:
        assert refused(entrance, str(KURUM), SECRET)
    assert soon(lambda: refused(entrance, str(KURUM), SECRET))


def test_an_old_and_a_new_password_work_while_it_is_changed(
    institution: Database, entrance: Door, counted: list[str]
) -> None:
    old, new = give(institution, "eski parola 123"), give(institution, "yeni parola 456")
    assert entrance.check(str(KURUM), "eski parola 123").credential == old
    assert entrance.check(str(KURUM), "yeni parola 456").credential == new
    revoke(institution, old)
    counted.clear()
    assert entrance.check(str(KURUM), "yeni parola 456").credential == new
    assert counted == [], "a change elsewhere costs known callers no verification"
    assert refused(entrance, str(KURUM), "eski parola 123")


def test_after_some_failures_nothing_is_verified_for_a_while_but_known_callers_pass(
    institution: Database, entrance: Door, counted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    give(institution)
    entrance.check(str(KURUM), SECRET)
    counted.clear()
    for _ in range(limits.FAILURES + 5):
        assert refused(entrance, str(KURUM), "yanlış parola olsun")
        assert refused(entrance, "99999999", "yanlış parola olsun")
    assert len(counted) == 2 * limits.FAILURES * limits.CREDENTIALS_EACH
    assert entrance.check(str(KURUM), SECRET).detsis_no == KURUM
    with pytest.raises(AccessDeniedError):
        entrance.check(str(KURUM), "yanlış parola olsun", client="10.0.0.7")
    assert len(counted) == (2 * limits.FAILURES + 1) * limits.CREDENTIALS_EACH
    real = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: real() + limits.FAILURES_SECONDS + 1)
    counted.clear()
    assert refused(entrance, str(KURUM), "yanlış parola olsun")
    assert len(counted) == limits.CREDENTIALS_EACH


def test_failures_of_endless_names_do_not_fill_memory(
    institution: Database, entrance: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FAILURES_REMEMBERED", 5)
    for number in range(20):
        assert refused(entrance, str(number), "yanlış parola olsun")
    assert len(entrance._failures) == 5
    assert entrance._known == {}


def test_few_passwords_are_verified_at_once(
    institution: Database, entrance: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "ARGON2_WAIT", 0.05)
    give(institution)
    entrance.check(str(KURUM), SECRET)
    running, most, hold = 0, 0, threading.Event()

    def slowly(stored: str, secret: str) -> bool:
        nonlocal running, most
        running += 1
        most = max(most, running)
        hold.wait(HUNG)
        running -= 1
        return False

    monkeypatch.setattr(door, "_matches", slowly)
    outcomes: list[type[Exception]] = []

    def attempt() -> None:
        try:
            entrance.check("99999999", "yanlış parola olsun")
        except (AccessDeniedError, AccessBusyError) as error:
            outcomes.append(type(error))

    threads = [threading.Thread(target=attempt) for _ in range(limits.ARGON2_AT_ONCE + 4)]
    for thread in threads:
        thread.start()
    until(lambda: outcomes.count(AccessBusyError) == 4 and running == limits.ARGON2_AT_ONCE)
    assert entrance.check(str(KURUM), SECRET).detsis_no == KURUM
    hold.set()
    for thread in threads:
        thread.join()
    assert outcomes.count(AccessDeniedError) == limits.ARGON2_AT_ONCE
    assert most == limits.ARGON2_AT_ONCE


def test_nothing_secret_is_logged(institution: Database, entrance: Door, caplog: pytest.LogCaptureFixture) -> None:
    give(institution)
    with caplog.at_level(logging.DEBUG):
        entrance.check(str(KURUM), SECRET)
        refused(entrance, str(KURUM), "yanlış parola olsun")
        refused(entrance, "parolamı buraya yazdım\r\nsahte satır", "yanlış parola olsun")
    assert f"caller {KURUM}" in caplog.text
    assert "caller ?" in caplog.text
    for secret in (SECRET, "yanlış", "parolamı", "sahte"):
        assert secret not in caplog.text


@pytest.mark.real_hash
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_time_does_not_tell_whether_a_name_exists(institution: Database, entrance: Door) -> None:
    give(institution)
    spent: dict[str, list[float]] = {str(KURUM): [], "99999999": []}
    for turn in range(8):
        for name, times in spent.items():
            start = time.thread_time()
            with pytest.raises(AccessDeniedError):
                entrance.check(name, "yanlış parola olsun", client=str(turn))
            times.append(time.thread_time() - start)
    known, unknown = (min(times) for times in spent.values())
    assert 0.5 < known / unknown < 2
    assert min(known, unknown) > 0.002, "the slow hash was used for both"
