"""The hub with its prepared whole lists switched off: every list is written row by row for each request."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Connection

from hub.app import Hub
from hub.config import Settings
from hub.edge import server
from hub.services.detsis.whole import WholeLists


def application() -> Any:
    """The WSGI application of one worker."""
    settings = Settings.load()
    hub = Hub(settings)
    hub.prepare()
    room = hub.detsis.room

    def built(operation: str, subjects: tuple[str, ...], rows: Callable[[Connection], Iterable[Any]]) -> Any:
        described = room.contract.operations[operation]
        return room.contract.result_class(described)(SonucHatali=False, Sonuclar=room.stream(rows))

    assert isinstance(room.whole, WholeLists)
    room.whole.answer = built  # type: ignore[method-assign]
    server.settle(settings)
    return hub.front
