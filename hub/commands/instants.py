"""Instants as arguments of commands."""

from __future__ import annotations

from datetime import datetime

import click

from hub import clock


class Instant(click.ParamType[datetime]):
    """An ISO 8601 instant; without an offset it is Türkiye's time. Converts to an aware datetime in UTC."""

    name = "instant"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read one argument. Ends the command with click's usage error (exit code 2) where it is no instant."""
        return value if isinstance(value, datetime) else self.read(str(value), param, ctx)

    def read(self, text: str, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The instant that ``text`` says, in UTC; ends the command like :meth:`convert`."""
        try:
            return clock.from_local(datetime.fromisoformat(text))
        except ValueError:
            self.fail(f"{text!r} is not an ISO 8601 time; example: 2026-03-10T09:00", param, ctx)
