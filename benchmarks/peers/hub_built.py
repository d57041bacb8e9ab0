"""The hub with what it keeps from call to call switched off: every request is parsed and read in full, whatever its
markup, and every list is written row by row for its request."""

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
    hub.detsis.endpoint._reader.shapes = None
    server.settle(settings)
    return hub.front
