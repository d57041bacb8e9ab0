"""Code lists: categories, statuses, places."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection

from hub.contract import Call
from hub.registry import codes
from hub.services.detsis import rows
from hub.services.detsis.room import Room
from hub.services.detsis.whole import Rows


class CodeOperations:
    """Operations without input; inactive rows are included with their flag."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def TumTip1KodlariGetirWs(self, call: Call) -> Any:
        """All categories (type 1)."""
        return self._whole(call, "type1", lambda c: (rows.type1(call.types, row) for row in codes.types1(c)))

    def TumTip2KodlariGetirWs(self, call: Call) -> Any:
        """All statuses (type 2)."""
        return self._whole(call, "type2", lambda c: (rows.type2(call.types, row) for row in codes.types2(c)))

    def TumYerKodlariGetirWs(self, call: Call) -> Any:
        """All places, the one that units without a place carry included."""
        return self._whole(call, "place", lambda c: (rows.place(call.types, row) for row in _places(c)))

    def _whole(self, call: Call, subject: str, made: Rows) -> Any:
        return self._room.whole.answer(call.operation.name, (subject,), made)


def _places(connection: Connection) -> Iterator[codes.Place]:
    """All places, and the one that units without a place carry, unless the registry has a row of its number."""
    taken = False
    for place in codes.places(connection):
        if not taken and place.place_id >= rows.GENERAL_PLACE.place_id:
            taken = True
            if place.place_id != rows.GENERAL_PLACE.place_id:
                yield rows.GENERAL_PLACE
        yield place
    if not taken:
        yield rows.GENERAL_PLACE
