"""What all tests share: real parts are found or the test is skipped with the reason, except in CI, where it fails; and
how tests are dealt out to several processes."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import pytest
from parts import postgres, softhsm
from xdist.scheduler import LoadFileScheduling

pytest_plugins = ["pki.fixtures", "parts.databases"]

REQUIRED = os.environ.get("HUB_TEST_REQUIRE_PARTS") == "1"


@cache
def _runs(*command: str) -> bool:
    return shutil.which(command[0]) is not None and subprocess.run(command, capture_output=True).returncode == 0


PARTS: Mapping[str, Callable[[], bool]] = {
    "php": lambda: _runs("php", "-r", "exit(extension_loaded('soap') ? 0 : 1);"),
    "node": lambda: shutil.which("node") is not None and shutil.which("npm") is not None,
    "mono": lambda: shutil.which("mcs") is not None and shutil.which("mono") is not None,
    "java": lambda: (
        all(map(shutil.which, ("java", "javac", "wsimport"))) and os.path.exists("/usr/share/java/axis.jar")
    ),
    "ruby": lambda: _runs("ruby", "-e", "require 'nokogiri'"),
    "chromium": lambda: shutil.which("chromium") is not None,
    "postgres": lambda: postgres.binaries() is not None,  # of the server: Debian's client has a folder there, too
    "softhsm": lambda: softhsm.module() is not None,
    "curl": lambda: shutil.which("curl") is not None,
    "bash": lambda: shutil.which("bash") is not None,
    "zsh": lambda: shutil.which("zsh") is not None,
    "xmlsec1": lambda: shutil.which("xmlsec1") is not None,
    "openssl": lambda: shutil.which("openssl") is not None,
    "unzip": lambda: shutil.which("unzip") is not None,
}


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("part"):
        for name in mark.args:
            if not PARTS[name]():
                reason = f"needs {name}, which is not installed (make parts installs it)"
                if REQUIRED:
                    pytest.fail(reason, pytrace=False)
                pytest.skip(reason)


class Dealt(LoadFileScheduling):
    """Deals out whole files, in their order, to the processes of ``pytest -n``: what a module makes is made once. The
    files of ``clients`` go to one process, because they share a server and what was compiled for it."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return "clients" if "/clients/" in file else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Dealt:
    config.option.loadscopereorder = False  # the longest files are not those of most tests
    return Dealt(config, log)
