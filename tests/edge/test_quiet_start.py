"""What the server does not say at its start, and that it says everything else."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import granian.server.common

from hub.edge.server import _unless_expected

ADVICE = "Python threads, which seems quite high"


def record(message: str) -> logging.LogRecord:
    return logging.LogRecord("_granian", logging.WARNING, __file__, 1, message, None, None)


def test_only_the_advice_on_threads_is_kept_back() -> None:
    assert not _unless_expected(record(f"Configuration allows spawning up to 256 {ADVICE} compared to"))
    assert _unless_expected(record("Configured number of workers appears to be higher than the amount of CPU cores"))
    assert _unless_expected(record("Worker-1 died unexpectedly"))


def test_granian_still_words_it_so() -> None:
    package = Path(granian.server.common.__file__).parent.parent
    text = "".join(file.read_text(encoding="utf-8") for file in package.rglob("*.py"))
    assert ADVICE in re.sub(r"""['"]\s+f?['"]""", "", text)  # adjacent literals joined
