"""``tests/install-parts.sh`` on a machine that has nothing yet, with stand-ins for ``apt-get`` and ``sudo``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from parts.waiting import HUNG

SCRIPT = Path(__file__).with_name("install-parts.sh")
APT = """#!/bin/sh
echo "$*" >>"$0.calls"
for word in "$@"; do [ "$word" = "$NEVER" ] && exit 100; done
[ "$(grep -c . "$0.calls")" -gt "$FAILS" ] || exit 100
"""
TOOLS = ("env", "grep", "ls", "mktemp", "rm", "tail")


@dataclass(frozen=True)
class Done:
    code: int
    said: str
    calls: list[str]


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """What is in PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in TOOLS:
        (folder / name).symlink_to(str(shutil.which(name)))
    for name, text in (("apt-get", APT), ("sleep", "#!/bin/sh\n"), ("id", '#!/bin/sh\necho "$USER_ID"\n')):
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    return folder


def install(bare: Path, *, user: int = 0, fails: int = 0, never: str = "", required: bool = False) -> Done:
    """``fails``: how many calls of apt-get fail at first; ``never``: a package that cannot be had."""
    told = {"USER_ID": str(user), "FAILS": str(fails), "NEVER": never, "HUB_TEST_REQUIRE_PARTS": str(int(required))}
    environ = {**os.environ, "PATH": str(bare), "PYTHON": sys.executable, **told}
    run = subprocess.run(["/bin/sh", str(SCRIPT)], capture_output=True, text=True, timeout=HUNG, env=environ)
    assert run.stderr == ""
    calls = bare / "apt-get.calls"
    return Done(run.returncode, run.stdout, calls.read_text().splitlines() if calls.exists() else [])


@pytest.mark.parametrize("fails", [0, 1, 2])
def test_a_mirror_that_fails_for_a_moment_is_asked_again(bare: Path, fails: int) -> None:
    done = install(bare, fails=fails, required=True)
    assert done.code == 0
    assert len(done.calls) == fails + 2
    assert done.calls[-2].endswith(" update")
    assert {"make", "php-cli", "php-soap", "nodejs", "mono-devel", "zsh"} < set(done.calls[-1].split())


@pytest.mark.parametrize("required", [False, True])
def test_what_cannot_be_had_keeps_nothing_else_away(bare: Path, required: bool) -> None:
    done = install(bare, never="jaxws", required=required)
    assert done.code == int(required)
    assert done.said.splitlines()[-1] == "(on Debian: sudo apt-get install jaxws)"
    assert any(call.endswith(" install -y --no-install-recommends php-cli") for call in done.calls)


@pytest.mark.parametrize("required", [False, True])
def test_who_may_not_install_is_told_what_is_missing(bare: Path, required: bool) -> None:
    done = install(bare, user=1000, required=required)
    assert (done.code, done.calls) == (int(required), [])
    assert " php-cli " in done.said


def test_sudo_that_asks_nothing_is_used(bare: Path) -> None:
    sudo = bare / "sudo"
    sudo.write_text('#!/bin/sh\n[ "$1" = -n ] && shift && exec "$@"\n')
    sudo.chmod(0o755)
    (bare / "true").symlink_to(str(shutil.which("true")))
    done = install(bare, user=1000, required=True)
    assert (done.code, len(done.calls)) == (0, 2)
