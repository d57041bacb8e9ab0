"""``start_response`` (PEP 3333) as an object that keeps what it was told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Started:
    """The ``start_response`` of one request: :attr:`code` and :attr:`headers` of the answer, once it was called.

    ``then`` is another ``start_response`` to tell as well, where the server has one of its own.
    """

    __slots__ = ("code", "headers", "then")

    def __init__(self, then: Callable[..., Any] | None = None) -> None:
        self.then = then
        self.code = 500
        self.headers: list[tuple[str, str]] = []

    def __call__(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
        self.code = int(status[:3])
        self.headers = headers
        if self.then is not None:
            told: Callable[[bytes], object] = self.then(status, headers)
            return told
        return _no_write


def _no_write(_: bytes) -> object:
    raise TypeError("an application of the hub returns its answer")
