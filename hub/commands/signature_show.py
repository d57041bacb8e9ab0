"""``eyhub signature show``: what is in a signature file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from hub.signing.describe import describe
from hub.signing.validate import read


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="JSON instead of an outline.")
def show(file: Path, as_json: bool) -> None:
    """Show what is in a signature file, without judging it. Exit code 2: it cannot be read."""
    data = describe(read(file))
    if as_json:
        click.echo(json.dumps(data, ensure_ascii=False))
        return
    for line in outline(data):
        click.echo(line)


def outline(data: Any, depth: int = 0) -> Iterator[str]:
    """Nested data as indented lines."""
    pad = "  " * depth
    for key, value in data.items() if isinstance(data, dict) else enumerate(data, 1):
        if isinstance(value, dict | list) and value:
            label = value["name"] if isinstance(value, dict) and "name" in value and isinstance(key, int) else key
            rest = (
                {k: v for k, v in value.items() if k != "name"} if isinstance(value, dict) and label != key else value
            )
            yield f"{pad}{label}:"
            yield from outline(rest, depth + 1)
        elif value not in (None, [], {}):
            yield f"{pad}{key}: {value}"
