"""The hub with what it keeps from call to call switched off: every request is parsed and read in full, whatever its
markup, and every list is written row by row for its request: ``python -m benchmarks.peers.hub_built PORT``."""

from __future__ import annotations

import sys
from typing import Any

from hub.app import Hub
from hub.config import Settings
from hub.edge import server
from hub.edge.access_log import AccessLog


def application() -> Any:
    """The WSGI application of one worker."""
    settings, access_log = Settings.load(), AccessLog(sys.stdout)
    server.enter_worker(access_log.flush)
    hub = Hub(settings, access_log=access_log)
    hub.prepare()
    hub.detsis.room.whole.keep = False
    hub.detsis.endpoint._reader.shapes = None
    server.settle(settings)
    return hub.front


if __name__ == "__main__":
    server.serve(
        Settings.load(),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        workers=1,
        certificate=None,
        key=None,
        application="benchmarks.peers.hub_built:application",
    )
