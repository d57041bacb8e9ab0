"""Serve stock spyne with the fastest that granian has for it: ``python -m benchmarks.peers.served PORT``."""

from __future__ import annotations

import sys

from granian import Granian
from granian.constants import Interfaces


def main() -> None:
    Granian(
        "benchmarks.peers.spyne_peer:application",
        factory=True,
        port=int(sys.argv[1]),
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=1,
        websockets=False,
        log_enabled=False,
    ).serve()


if __name__ == "__main__":
    main()
