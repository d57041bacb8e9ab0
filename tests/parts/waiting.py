"""Waiting for what another process or thread does."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from hub import limits

HUNG: Final = 120
"""Seconds after which what must come, whenever it does, is taken for hung."""


def until(question: Callable[[], object]) -> None:
    """Wait until it is so; what hangs fails the test."""
    end = time.monotonic() + HUNG
    while not question():
        assert time.monotonic() < end, "it never became so"
        time.sleep(0.01)


def soon(question: Callable[[], bool]) -> bool:
    """Whether it becomes so within the time that an announcement of the registry may take."""
    end = time.monotonic() + 3 * limits.FRESHNESS_POLL
    while not question():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True
