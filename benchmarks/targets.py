"""Servers of a run: the hub, the hub that keeps nothing from call to call, and the peers that are installed."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.peers import gsoap
from hub.contract.contract import WSDL_FOLDER

PEERS = Path(__file__).parent / "peers"
REPOSITORY = Path(__file__).parents[1]
SOAP_PACKAGE = "soap@1"
FULL = "hub, nothing kept"
"""The hub with every request parsed in full and every list built for its request."""


@dataclass
class Target:
    """A server that can be started."""

    name: str
    command: list[str]
    environ: dict[str, str] = field(default_factory=dict)
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def pids(self) -> list[int]:
        """The processes of this server, its root first."""
        assert self.process is not None
        return tree(self.process.pid)

    @property
    def rss(self) -> float:
        """Resident memory of the largest process, in MB: a worker, where there is a parent besides."""
        return max(_status(pid, "VmRSS") for pid in self.pids)

    @property
    def peak(self) -> float:
        """Like :attr:`rss`, the most since :meth:`forget_peak`."""
        return max(_status(pid, "VmHWM") for pid in self.pids)

    def forget_peak(self) -> None:
        for pid in self.pids:
            with contextlib.suppress(OSError):
                Path(f"/proc/{pid}/clear_refs").write_text("5")


def tree(root: int) -> list[int]:
    found = [root]
    for pid in found:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{pid}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
    return found


def cpu(target: Target) -> float:
    """Seconds of processor time that ``target`` has used."""
    ticks = 0
    for pid in target.pids:
        with contextlib.suppress(OSError):
            ticks += sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _status(pid: int, name: str) -> float:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1]) / 1024
    return 0.0


def targets(data: Path, database_url: str, rows: Path, kurum_id: str, password: str, modules: Path) -> list[Target]:
    """All targets whose parts are there; what is missing is said on stderr."""
    alone = _same_files(data, rows.with_name("alone"))
    hub = {"HUB_DATABASE_URL": database_url, "HUB_WORKERS": "1"}
    peer = {
        "PEER_ROWS": str(rows),
        "PEER_LINES": str(rows.with_suffix(".jsonl")),
        "PEER_WSDL": str(WSDL_FOLDER / "DETSISServis.wsdl"),
        "PEER_KURUM_ID": kurum_id,
        "PEER_PASSWORD": password,
        "PEER_MODULES": str(modules / "node_modules"),
    }
    command = [sys.executable, "-m", "hub.cli", "serve", "--port", "{port}"]
    found = [
        Target("hub", command, hub | {"HUB_DATA": str(data)}),
        Target(FULL, [sys.executable, "-m", "benchmarks.peers.hub_built", "{port}"], hub | {"HUB_DATA": str(alone)}),
        Target("stock spyne", [sys.executable, "-m", "benchmarks.peers.served", "{port}"], peer),
    ]
    if _gsoap():
        found.append(Target("gSOAP (C)", [sys.executable, "-m", "benchmarks.peers.gsoap", "{port}"], peer))
    else:
        print("gSOAP (wsdl2h, soapcpp2, its library) or a C compiler is not installed: left out", file=sys.stderr)
    if _php():
        found.append(Target("PHP SoapServer", ["php", "-S", "127.0.0.1:{port}", str(PEERS / "soap.php")], peer))
    else:
        print("PHP with its soap and pdo_sqlite modules is not installed: left out", file=sys.stderr)
    if _node(modules):
        found.append(Target("Node soap", ["node", str(PEERS / "soap.js")], peer | {"PEER_PORT": "{port}"}))
    else:
        print("Node, npm or its package soap could not be had: left out", file=sys.stderr)
    return found


def _same_files(data: Path, folder: Path) -> Path:
    """``folder``, with the files of ``data`` and locks and metrics of its own.

    Two servers of one folder share its cores among them: the second one's workers get none, and run as workers do that
    outnumber the cores. Each that is measured has to run as a server that is alone.
    """
    folder.mkdir()
    for path in data.iterdir():
        if path.is_file() and path.suffix != ".lock":
            (folder / path.name).symlink_to(path.resolve())
    return folder


def _gsoap() -> bool:
    return all(map(shutil.which, gsoap.TOOLS)) and gsoap.HEADER.exists()


def _php() -> bool:
    if shutil.which("php") is None:
        return False
    modules = subprocess.run(["php", "-m"], capture_output=True, text=True, check=False).stdout.split()
    return {"soap", "pdo_sqlite"} <= {name.lower() for name in modules}


def _node(modules: Path) -> bool:
    if shutil.which("node") is None or shutil.which("npm") is None:
        return False
    if not (modules / "node_modules" / "soap").exists():
        modules.mkdir(parents=True, exist_ok=True)
        install = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error", SOAP_PACKAGE]
        subprocess.run(install, cwd=modules, check=False, stdout=subprocess.DEVNULL)
    return (modules / "node_modules" / "soap").exists()


@contextlib.contextmanager
def running(found: list[Target], core: int | None, log: Path) -> Iterator[list[Target]]:
    """Start ``found``, pinned to ``core``, and stop them at the end. Raises RuntimeError if one does not come up."""
    try:
        for target in found:
            _start(target, core, log)
        yield found
    finally:
        for target in found:
            if target.process is not None:
                target.process.send_signal(signal.SIGTERM)
        for target in found:
            if target.process is not None:
                try:
                    target.process.wait(timeout=15)
                except subprocess.TimeoutExpired:
                    for pid in target.pids:
                        os.kill(pid, signal.SIGKILL)


def _start(target: Target, core: int | None, log: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        target.port = free.getsockname()[1]
    command = [part.format(port=target.port) for part in target.command]
    environ = os.environ | {name: value.format(port=target.port) for name, value in target.environ.items()}
    own = os.sched_getaffinity(0)
    if core is not None:
        os.sched_setaffinity(0, {core})  # what is started inherits it
    try:
        with log.open("ab") as out:
            target.process = subprocess.Popen(command, env=environ, cwd=REPOSITORY, stdout=out, stderr=out)
    finally:
        os.sched_setaffinity(0, own)
    for _ in range(3600):  # half an hour: the first start with a million units makes its files for minutes
        if target.process.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", target.port), timeout=1):
            return
        time.sleep(0.5)
    raise RuntimeError(f"{target.name} did not come up; its output is in {log}")
