"""The server as a process: how it starts where it cannot, and how it ends."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from parts.waiting import HUNG, until

from hub.cli import eyhub
from hub.edge.server import check_address
from hub.errors import ConfigError

EYHUB = [sys.executable, "-m", "hub.cli"]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


class Server:
    """``eyhub serve`` in a group of processes of its own, as a terminal starts it."""

    def __init__(self, data: Path, *options: str, **environ: str) -> None:
        self.port = free_port()
        self.scheme = "https" if "--tls-key" in options else "http"
        self.log = data / "stdout.txt"
        self.errors = data / "stderr.txt"
        with self.log.open("w") as out, self.errors.open("w") as errors:
            self.process = subprocess.Popen(
                [*EYHUB, "serve", "--data", str(data), "--port", str(self.port), *options],
                stdout=out,
                stderr=errors,
                start_new_session=True,
                env={**os.environ, **environ},
            )
        until(lambda: self.answers() or self.process.poll() is not None)
        assert self.process.poll() is None, self.errors.read_text()

    @property
    def _trusting(self) -> ssl.SSLContext | None:
        if self.scheme == "http":
            return None
        return ssl.create_default_context(cafile=str(self.log.parent / "certificate.pem"))

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(
            f"{self.scheme}://127.0.0.1:{self.port}{path}", timeout=HUNG, context=self._trusting
        ) as answer:
            body: bytes = answer.read()
        return body

    def answers(self) -> bool:
        try:
            return self.get("/health/live") != b""
        except OSError:
            return False


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    assert CliRunner().invoke(eyhub, ["migrate", "--data", str(tmp_path)]).exit_code == 0
    made = Server(tmp_path)
    try:
        yield made
    finally:
        if made.process.poll() is None:
            os.killpg(made.process.pid, signal.SIGKILL)
            made.process.wait(HUNG)


def test_ctrl_c_ends_it_at_once_and_loses_no_line_of_the_log(server: Server) -> None:
    server.get("/DETSISServis.asmx?WSDL")
    os.killpg(server.process.pid, signal.SIGINT)
    assert server.process.wait(15) == 0, "granian's workers hang for 35 s when they are told twice"
    assert '"path": "/DETSISServis.asmx"' in server.log.read_text()


def test_workers_end_with_a_main_process_that_was_killed(server: Server) -> None:
    server.process.kill()
    server.process.wait(HUNG)
    until(lambda: not server.answers())


def test_a_worker_keeps_to_one_core_and_its_threads_let_each_other_finish(server: Server) -> None:
    server.get("/DETSISServis.asmx?WSDL")
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
    workers = [Path(f"/proc/{child}") for child in children if b"-m" in Path(f"/proc/{child}/cmdline").read_bytes()]
    threads = [int(task.name) for worker in workers for task in (worker / "task").iterdir()]
    assert len(threads) > 2
    assert all(len(os.sched_getaffinity(thread)) == 1 for thread in threads)
    assert {os.sched_getscheduler(thread) for thread in threads} == {os.SCHED_BATCH}


def test_addresses_that_cannot_be_listened_on() -> None:
    with pytest.raises(ConfigError, match="böyle bir adresi yok"):
        check_address("192.0.2.1", 8080)
    with pytest.raises(ConfigError, match="bulunamadı"):
        check_address("300.1.1.1", 8080)
    assert check_address("localhost", free_port()) in {"127.0.0.1", "::1"}


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("HUB_TRUSTED_PROXIES", "somewhere", "CONFIG: HUB_TRUSTED_PROXIES"),
        ("HUB_DATABASE_URL", "mysql://host/name", "STORE_UNAVAILABLE: "),
        ("HUB_RECEIPT_KEY", "/nowhere.pfx", "CONFIG: Tutanak anahtarı"),
        ("HUB_KEY_FILE", "/dev/null/hub.key", "STORE_KEY: "),
    ],
)
def test_what_no_worker_could_start_with_is_told_in_one_line(
    tmp_path: Path, setting: str, value: str, told: str
) -> None:
    environ = {**os.environ, "HUB_DATA": str(tmp_path), setting: value}
    command = [*EYHUB, "serve", "--port", str(free_port())]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=HUNG, env=environ)
    assert ended.returncode == 2
    assert ended.stdout == ""
    (line,) = ended.stderr.splitlines()
    assert told in line
