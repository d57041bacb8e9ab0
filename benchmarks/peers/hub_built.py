"""The hub with its prepared whole lists switched off: every list is written row by row for each request."""

from __future__ import annotations

import sys
from typing import Any

from hub.app import Hub
from hub.config import Settings
from hub.edge import server
from hub.edge.access_log import AccessLog


def application() -> Any:
    """The WSGI application of one worker."""
    settings = Settings.load()
    hub = Hub(settings, access_log=AccessLog(sys.stdout))
    hub.prepare()
    hub.detsis.room.whole.keep = False
    server.settle(settings)
    return hub.front
