"""The commands of ``eyhub``, as click knows them."""

from __future__ import annotations

from collections.abc import Iterator

import click

from hub.cli import eyhub


def commands(group: click.Group = eyhub, name: str = "eyhub") -> Iterator[tuple[str, click.Command]]:
    """Every command with the words that call it, groups themselves left out."""
    context = click.Context(group)
    for word in group.list_commands(context):
        command = group.get_command(context, word)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, f"{name} {word}")
        else:
            yield f"{name} {word}", command
