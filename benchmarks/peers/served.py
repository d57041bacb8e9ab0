"""Serve one of the Python peers: ``python -m benchmarks.peers.served MODULE PORT THREADS``."""

from __future__ import annotations

import sys

from granian import Granian
from granian.constants import Interfaces


def main() -> None:
    module, port, threads = sys.argv[1:]
    Granian(
        f"benchmarks.peers.{module}:application",
        factory=True,
        port=int(port),
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=int(threads),
        websockets=False,
        log_enabled=False,
    ).serve()


if __name__ == "__main__":
    main()
