"""``eyhub package show``: what a package is and holds, without judging it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from hub.errors import HubError
from hub.package.describe import describe
from hub.package.errors import printable
from hub.package.reader import read_package


class UnreadableFileError(HubError):
    """The file cannot be read."""

    code = "FILE"


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def show(file: Path, as_json: bool) -> None:
    """Show what a package is and holds. It is not judged: eyhub package validate does that."""
    try:
        with read_package(file) as package:
            data = describe(package)
    except OSError as error:
        raise UnreadableFileError(f"{file}: {error.strerror or type(error).__name__}") from None
    if as_json:
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
        return
    for line in _lines(data):
        click.echo(line)


def _lines(data: dict[str, Any], indent: str = "") -> list[str]:
    lines: list[str] = []
    for key, value in data.items():
        if isinstance(value, dict):
            lines += [f"{indent}{key}:", *_lines(value, indent + "  ")]
        elif isinstance(value, list):
            if value:
                lines.append(f"{indent}{key}:")
            for item in value:
                shown = ", ".join(f"{k}={v}" for k, v in item.items() if v != "") if isinstance(item, dict) else item
                lines.append(f"{indent}  - {printable(str(shown), 500)}")
        elif value != "":
            lines.append(f"{indent}{key}: {printable(str(value), 500)}")
    return lines
