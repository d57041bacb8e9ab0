"""Instants on the command line: what is no instant, or lies outside the calendar, is misuse told in one line."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from hub.cli import eyhub
from hub.commands.instants import Instant

COMMANDS = [
    ("authority", "check", "--code", "1", "--unit", "1"),
    ("package", "validate", "setup.cfg"),
    ("signature", "validate", "setup.cfg"),
    ("receipt", "verify", "setup.cfg"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize("value", ["yesterday", "0001-01-01T00:00", "9999-12-31T23:59:59-05:00"])
def test_no_instant(command: tuple[str, ...], value: str) -> None:
    done = CliRunner().invoke(eyhub, [*command, "--at", value])
    assert (done.exit_code, value in done.output, "ISO 8601" in done.output) == (2, True, True)


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("2026-03-10T09:00", datetime(2026, 3, 10, 6, tzinfo=UTC)),
        ("2026-03-10T09:00Z", datetime(2026, 3, 10, 9, tzinfo=UTC)),
        ("2010-01-10T09:00", datetime(2010, 1, 10, 7, tzinfo=UTC)),
    ],
)
def test_an_instant_without_offset_is_turkiyes(value: str, meant: datetime) -> None:
    assert Instant().convert(value, None, None) == meant
