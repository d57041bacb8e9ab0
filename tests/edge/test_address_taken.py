"""Misuse of the command line about the outside world ends in one line and exit code 2, before anything is touched."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

from parts.waiting import HUNG


def serve(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hub.cli", "serve", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=HUNG, check=False)


def test_a_port_that_is_taken_is_not_shared(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = serve("--data", str(data), "--port", str(port))
    assert done.returncode == 2
    assert done.stdout == ""
    why = "bu bağlantı noktasını (port) başka bir program kullanıyor"
    assert done.stderr == f"eyhub: CONFIG: 127.0.0.1:{port} adresi açılamadı: {why}.\n"
    assert not data.exists()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    done = serve("--data", str(file / "data"), "--port", "1")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("eyhub: ")
