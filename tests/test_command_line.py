"""The command line as a stranger meets it: misuse is one line and exit code 2, the TAB key completes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.types import IntParamType
from parts.command_tree import commands

PROGRAM = str(Path(sys.executable).with_name("eyhub"))
COMPLETE = """
eval "$(_EYHUB_COMPLETE=bash_source eyhub)"
COMP_WORDS=({words} ""); COMP_CWORD=$(({count})); _eyhub_completion eyhub; echo "${{COMPREPLY[*]}}"
"""


def test_every_number_is_bounded() -> None:
    """What no column of numbers can hold would end in the driver's trace."""
    parameters = [(f"{name} {one.name}", one.type) for name, command in commands() for one in command.params]
    numbers = [one for one in parameters if isinstance(one[1], IntParamType)]
    own_words = {"eyhub demo units"}  # the sample says itself how many it can have
    numbers = [one for one in numbers if one[0] not in own_words]
    unbounded = [name for name, kind in numbers if not isinstance(kind, click.IntRange) or kind.max is None]
    assert len(numbers) > 10
    assert unbounded == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "eyhub: name a command; eyhub --help lists them"),
        (("credential",), "eyhub: name a command; eyhub credential --help lists them"),
        (("nosuch",), "eyhub: No such command 'nosuch'."),
        (("credential", "revoke", "9" * 20), "eyhub: Invalid value for 'NUMBER': " + "9" * 20),
        (("serve", "--port", "0"), "eyhub: Invalid value for '--port': 0"),
        (("import", "x.csv", "--share", "-1"), "eyhub: Invalid value for '--share': -1"),
        (("migrate", "--database", "mysql://x"), "eyhub: STORE_UNAVAILABLE: "),
    ],
)
def test_misuse_is_one_line_and_exit_code_2(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    run = subprocess.run([PROGRAM, *words], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1), run.stderr
    assert run.stderr.startswith(said)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.part("bash")
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("eyhub credential", "add list revoke"),
        ("eyhub package validate --lang", "tr en"),
    ],
)
def test_bash_completes(words: str, offered: str) -> None:
    script = COMPLETE.format(words=words, count=len(words.split()))
    path = f"{Path(PROGRAM).parent}:/usr/bin:/bin"
    run = subprocess.run(["bash", "-c", script], env={"PATH": path}, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == offered


@pytest.mark.part("zsh")
def test_zsh_completes() -> None:
    script = 'autoload -Uz compinit; compinit -D -u; eval "$(_EYHUB_COMPLETE=zsh_source eyhub)"; print $_comps[eyhub]\n'
    script += 'COMP_WORDS="eyhub credential " COMP_CWORD=2 _EYHUB_COMPLETE=zsh_complete eyhub'
    path = f"{Path(PROGRAM).parent}:/usr/bin:/bin"
    run = subprocess.run(["zsh", "-f", "-c", script], env={"PATH": path}, capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[0] == "_eyhub_completion"
    assert {"add", "list", "revoke"} <= set(run.stdout.splitlines())
