"""Two endpoints that differ in nothing but shapes, and requests damaged at random: both must do the same."""

from __future__ import annotations

import logging
import os
import random
from collections.abc import Callable, Sequence
from typing import Any

from hub.contract import Endpoint
from tests.contract.sample_service import Answer, http

ROUNDS = int(os.environ.get("HUB_TEST_FUZZ_ROUNDS", "20000"))
Request = tuple[bytes, dict[str, Any]]
TEXTS = [b"", b" ", b"5", b" 5 ", b"+5", b"-1", b"0005", b"2147483648", b"1_0", b"x", b"\t5", b"5\r\n", b"\x0b5",
         b"\x1f", b"&amp;", b"&#53;", b"<b/>", b"<!-- -->5", b"<![CDATA[5]]>", b"]]>", b"a>b", b"\xc4\xb1", b"\xff",
         b"\xc2\x85",
         b"\x7f", b"2024-02-30", b"2024-02-29", b"'", b'"', b".", b"A" * 300, b"\xd9\xa3", b"1.0", b"%",
         b"\\"]  # fmt: skip


class Two:
    """The same service twice, once without shapes; each remembers what its functions were called with.

    ``make(functions, observe)`` makes one, which is called at ``path``; ``answer(call)`` is what its functions return.
    """

    def __init__(self, make: Callable[[Any, Any], Endpoint], names: Sequence[str], path: str, answer: Any) -> None:
        self.calls: list[list[Any]] = [[], []]
        self.codes: list[list[str]] = [[], []]
        self._path = path
        self._answer = answer
        self.served = [make(dict.fromkeys(names, self._function(at)), self._observer(at)) for at in (0, 1)]
        self.served[1]._reader.shapes = None
        shapes = self.served[0]._reader.shapes
        assert shapes is not None
        self.shapes = shapes
        self.shapes._left = float("inf")
        self.failures: list[str] = []
        log = logging.Handler(logging.ERROR)
        log.emit = lambda record: self.failures.append(record.getMessage())  # type: ignore[method-assign]
        logging.getLogger("hub.contract").addHandler(log)

    def _function(self, at: int) -> Any:
        def function(call: Any, **arguments: Any) -> Any:
            self.calls[at].append((call.operation.name, call.version, call.caller, arguments))
            return self._answer(call)

        return function

    def _observer(self, at: int) -> Any:
        def observe(operation: str, code: str, _: float) -> None:
            self.codes[at].append(f"{operation} {code}")

        return observe

    def compare(self, body: bytes, options: dict[str, Any]) -> Answer:
        given = {"CONTENT_TYPE": options.get("kind", "text/xml; charset=utf-8"), "HTTP_X_CORRELATION_ID": "a"}
        given |= {"HTTP_SOAPACTION": options.get("action")}
        first, second = (http(served, "POST", self._path, body, **given) for served in self.served)
        assert first == second, body
        assert not self.failures, body
        assert self.calls[0] == self.calls[1], body
        assert self.codes[0] == self.codes[1], body
        for kept in (*self.calls, *self.codes):
            kept.clear()
        return first


def differ(two: Two, requests: Sequence[Request], texts: Sequence[bytes], dice: random.Random, rounds: int) -> None:
    """Compare ``rounds`` damaged ``requests``, some of them with other ``texts`` in their leaves."""
    for body, options in requests:
        two.compare(body, options)
    for turn in range(rounds):
        body, options = dice.choice(requests)
        other, others = dice.choice(requests)
        if turn % 3:
            body = _other_text(body, texts, dice)
        if turn % 3 != 1:
            body = _damaged(body, other, texts, dice)
        two.compare(body, others if dice.random() < 0.05 else options)


def _other_text(body: bytes, texts: Sequence[bytes], dice: random.Random) -> bytes:
    """``body`` with the text of one to three leaves replaced."""
    parts = body.split(b">")
    for _ in range(dice.randint(1, 3)):
        at = dice.randrange(1, len(parts))
        text, mark, rest = parts[at].partition(b"<")
        if mark and rest.startswith(b"/") and text:
            parts[at] = dice.choice(texts) + mark + rest
    return b">".join(parts)


def _damaged(body: bytes, other: bytes, texts: Sequence[bytes], dice: random.Random) -> bytes:
    made = bytearray(body)
    for _ in range(dice.randint(1, 3)):
        at = dice.randrange(len(made))
        match dice.randrange(6):
            case 0:
                made[at] = dice.randrange(256)
            case 1:
                del made[at : at + dice.randint(1, 12)]
            case 2:
                made[at:at] = dice.choice(texts)
            case 3:
                start = dice.randrange(len(other))
                made[at:at] = other[start : start + dice.randint(1, 60)]
            case 4:
                made[at] = made[at] ^ 0x20
            case _:
                made[at : at + 1] = bytes(made[at : at + 1]) * 2
    return bytes(made)
