"""A group of commands whose modules are imported only when one of them is named."""

from __future__ import annotations

import importlib
from collections.abc import Mapping

import click


class Lazy(click.Group):
    """``modules`` maps a command's name to (``module:attribute``, one line of help)."""

    def __init__(self, name: str, modules: Mapping[str, tuple[str, str]], help: str) -> None:  # noqa: A002 - click's word
        super().__init__(name, help=help)
        self.modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(self.modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.modules:
            return None
        module, _, attribute = self.modules[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, self.modules[name][1]) for name in self.list_commands(ctx)])
