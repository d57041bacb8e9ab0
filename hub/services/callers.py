"""Who calls: the caller that a request's authentication header proves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from hub.access.errors import AccessDeniedError
from hub.contract import Call

C = TypeVar("C")
Check = Callable[[str, str, str], C]
"""KurumID, password and client address to the caller that they prove: :meth:`hub.access.door.Door.check`."""


def caller_of(check: Check[C], header: Any, call: Call) -> C:
    """The caller whom ``header`` (a ``KurumID`` and a ``Password``, or None) proves. Raises
    :class:`~hub.access.errors.AccessDeniedError`, and what ``check`` raises."""
    if header is None:
        raise AccessDeniedError
    client = call.environ.get("hub.client") or call.environ.get("REMOTE_ADDR", "")
    return check(header.KurumID or "", header.Password or "", client)
