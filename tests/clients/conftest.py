"""A running server with the sample registry, as a vendor has it after ``make demo``."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from clients.asked import WSDL, calls
from clients.harness import Access, Zeep
from parts.waiting import HUNG, until

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Access]:
    """``eyhub demo`` on a free port, with its institution's access."""
    folder = tmp_path_factory.mktemp("demo")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "hub.cli", "demo", "--units", "2000", "--data", str(folder), "--port", str(port)]
    log = (folder / "server.log").open("w")
    process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env=dict(os.environ))
    try:
        _wait(f"http://127.0.0.1:{port}/health/ready", process)
        facts = json.loads((folder / "demo.json").read_text())
        yield Access(f"http://127.0.0.1:{port}{facts['endpoint']}", facts["kurum_id"], facts["password"], facts)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(HUNG)
        log.close()


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    def ready() -> bool:
        assert process.poll() is None, "the server stopped"
        try:
            with urllib.request.urlopen(url, timeout=5):
                return True
        except OSError:
            return False

    until(ready)


@pytest.fixture(scope="session")
def facts(demo: Access) -> dict[str, Any]:
    path = demo.facts["database_url"].removeprefix("sqlite:///")
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        query = "SELECT register_no FROM unit WHERE register_no IS NOT NULL AND known_to IS NULL ORDER BY id LIMIT 3"
        numbers = [row[0] for row in database.execute(query)]
    return {**demo.facts, "register_numbers": numbers}


@pytest.fixture(scope="session")
def first(demo: Access, facts: dict[str, Any]) -> list[Any]:
    """What zeep reads, strictly: the measure for the others."""
    return Zeep(WSDL, 1).call(demo, calls(facts))
