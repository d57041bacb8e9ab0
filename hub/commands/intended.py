"""``--intended-signer``: who means to sign, from the command line, a file or standard input.

A T.C. kimlik no is never taken as an argument: it would stay in the shell's history and in the list of processes.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import click

from hub.iyem.decision import Who
from hub.limits import INTENDED_SIGNERS
from hub.package.intended import Intended
from hub.store.personal import Tckn

OPTION: Final = "--intended-signer"
_ENTRY: Final = re.compile(r"([0-9]{1,11})(?::([1-9][0-9]{7}))?", re.ASCII)
_ELEVEN: Final = re.compile(r"[0-9]{11}", re.ASCII)
_LARGEST: Final = 2**31 - 1
_LONGEST: Final = 100_000
"""Characters of a file of signers; more is another file."""


def intended_signers(values: Iterable[str]) -> tuple[Intended, ...]:
    """The people whom the option's values name: ``CODE``, ``CODE:UNIT``, ``@FILE`` or ``@-``.

    A file has one a line; there a T.C. kimlik no may stand for the code, empty lines and what follows ``#`` are
    skipped. Raises click's usage error, in which no line of a file is quoted.
    """
    found: list[Intended] = []
    for value in values:
        if value.startswith("@"):
            found += _from_file(value[1:])
        elif _ELEVEN.search(value):
            raise _wrong("a T.C. kimlik no would stay in the shell's history; give it in a file: @FILE or @-")
        elif (one := _one(value)) is None:
            raise _wrong(f"{value!r} is neither CODE, CODE:UNIT nor @FILE")
        else:
            found.append(one)
    if len(found) > INTENDED_SIGNERS:
        raise _wrong(f"more than {INTENDED_SIGNERS} people")
    return tuple(found)


def _from_file(name: str) -> list[Intended]:
    found = []
    for number, line in enumerate(_text(name).splitlines(), 1):
        if not (entry := line.partition("#")[0].strip()):
            continue
        if (one := _one(entry)) is None:
            raise _wrong(f"{name}, line {number}: neither a T.C. Yönetici Kodu nor a valid T.C. kimlik no")
        found.append(one)
    if not found:
        raise _wrong(f"{name}: names nobody")
    return found


def _text(name: str) -> str:
    if not name:
        raise _wrong("@ needs a file name")
    try:
        if name == "-":
            text = sys.stdin.read(_LONGEST + 1)
        else:
            with Path(name).open(encoding="utf-8-sig") as file:
                text = file.read(_LONGEST + 1)
    except OSError as error:
        raise _wrong(f"{name}: {error.strerror or type(error).__name__}") from None
    except UnicodeDecodeError:
        raise _wrong(f"{name}: not a text file") from None
    if len(text) > _LONGEST:
        raise _wrong(f"{name}: too long for a list of signers")
    return text


def _one(entry: str) -> Intended | None:
    match = _ENTRY.fullmatch(entry)
    if match is None:
        return None
    number, unit = match[1], int(match[2]) if match[2] else None
    if len(number) == 11:
        try:
            return Intended(Who(tckn=Tckn(number)), unit)
        except ValueError:
            return None
    return Intended(Who(int(number)), unit) if 0 < int(number) <= _LARGEST else None


def _wrong(message: str) -> click.UsageError:
    return click.UsageError(f"{OPTION}: {message}")
