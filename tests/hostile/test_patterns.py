"""Expressions over what strangers send must not take another way again and again: a few bytes would hold a worker."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from hub.contract import endpoint, guard
from hub.iyem import chart, officers
from hub.package.rules import parties

LONG = 60_000


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Of this process's own processor time, so that other work on the machine does not count."""

    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


@pytest.mark.parametrize(
    ("match", "text"),
    [
        (guard._PROLOG_DTD.match, b" " * LONG + b"<a/>"),
        (guard._PROLOG_DTD.match, b"<!-- -->" * LONG + b"<a/>"),
        (guard._PROLOG_DTD.match, b"<? ?>" * LONG + b"<a/>"),
        (endpoint._GZIP.search, "gzip" + " " * LONG + "x"),
        (endpoint._GZIP.search, "gzip;q=1" + " " * LONG + "x"),
        (parties._WEB.fullmatch, "a.bb" + "?" * LONG + " x"),
        (parties._WEB.fullmatch, "aa.bb?" * LONG + " x"),
        (parties._MAIL.fullmatch, "a@" + "aa." * LONG + " x"),
        (officers._MAIL.fullmatch, "a@" + "." * LONG + " x"),
        (chart._CONTACT.search, "a." * LONG),
        (chart._CONTACT.search, "a@" + "b" * LONG),
        (chart._CONTACT.search, "+90" * LONG),
    ],
    ids=lambda value: value[:6] if isinstance(value, str | bytes) else None,
)
def test_a_long_text_is_looked_through_once(match: Callable[[str | bytes], object], text: str | bytes) -> None:
    with within(5):
        assert match(text) is None
