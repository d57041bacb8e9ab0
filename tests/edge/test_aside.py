"""Work that is done aside: soon, again and again, and never in the thread that answers."""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Callable

import pytest
from parts.waiting import until

from hub.edge import aside
from hub.edge.access_log import AccessLog
from hub.edge.aside import Aside


class Work:
    """Takes what is waiting, and keeps who took it."""

    def __init__(self) -> None:
        self.waiting: list[int] = []
        self.done: list[int] = []
        self.threads: set[str] = set()
        self.fails = 0

    def __call__(self) -> bool:
        if self.fails:
            self.fails -= 1
            raise OSError("no room")
        took, self.waiting = self.waiting, []
        self.done += took
        if took:
            self.threads.add(threading.current_thread().name)
        return bool(took)


def note_one_by_one(work: Work, count: int, pause: Callable[[int], float] = lambda _: 0.0) -> None:
    """Each is done before the next is noted, and some time passes after it."""
    made = Aside("test-aside", work)
    for number in range(count):
        work.waiting.append(number)
        made.noted()
        until(lambda number=number: number in work.done)  # type: ignore[misc]
        time.sleep(pause(number))


def test_what_was_noted_is_done_by_a_thread_of_its_own() -> None:
    work = Work()
    note_one_by_one(work, 3)
    assert work.done == [0, 1, 2]
    assert work.threads == {"test-aside"}


def test_after_a_rest_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aside, "_REST", 2)
    monkeypatch.setattr(aside, "_LOOK_SECONDS", 3600)
    work = Work()
    note_one_by_one(work, 20, lambda number: aside.PORTION_SECONDS * (number % 5))  # shorter and longer than its rest
    assert work.done == list(range(20))


def test_work_that_nobody_noted_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aside, "_REST", 1)
    monkeypatch.setattr(aside, "_LOOK_SECONDS", 0.05)
    work = Work()
    made = Aside("test-aside", work)
    made.noted()
    time.sleep(0.2)
    work.waiting.append(1)
    until(lambda: work.done == [1])


def test_work_that_fails_is_tried_again_and_logged_without_its_words(caplog: pytest.LogCaptureFixture) -> None:
    work = Work()
    work.fails = 2
    work.waiting.append(1)
    Aside("test-aside", work).noted()
    until(lambda: work.done == [1])
    assert caplog.text.count("test-aside") == 2
    assert "no room" not in caplog.text


def test_lines_of_the_access_log_are_json_and_mask_what_may_be_an_identity_number() -> None:
    stream = io.StringIO()
    log = AccessLog(stream)
    log.add("192.0.2.1", "POST", "/DETSISServis.asmx", 200, 0.01234, "id-1 Op ok")
    log.add("192.0.2.1", 'P"ST', "/kisi/10000000146/ı", 500, 0.0)
    until(lambda: stream.getvalue().count("\n") == 2)
    one, two = map(json.loads, stream.getvalue().splitlines())
    assert one | {"time": ""} == {
        "time": "",
        "client": "192.0.2.1",
        "method": "POST",
        "path": "/DETSISServis.asmx",
        "status": 200,
        "ms": 12.34,
        "about": "id-1 Op ok",
    }
    assert (two["method"], two["path"], two["ms"]) == ('P"ST', "/kisi/***********/ı", 0.0)
