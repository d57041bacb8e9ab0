"""What commands on packages share: decryption keys from the command line, and finding packages."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from hub.package.keys import RecipientKey, load_pfx, load_pkcs11

F = TypeVar("F", bound=Callable[..., Any])

SUFFIXES: Final = frozenset({".eyp", ".eyps", ".eypg"})


def key_options(command: F) -> F:
    """Add the options that name a decryption key. Secrets come from the environment or a prompt, never from here."""
    pfx = click.option(
        "--key",
        "pfx",
        type=click.Path(path_type=Path, dir_okay=False),
        help="PFX file whose key opens encrypted packages; its password is in HUB_KEY_PASSWORD or asked for.",
    )
    module = click.option("--pkcs11", "module", help="PKCS#11 library of the token whose key opens encrypted packages.")
    token = click.option("--token", help="Label of that token; its PIN is in HUB_TOKEN_PIN or asked for.")
    return pfx(module(token(command)))


def load_keys(pfx: Path | None, module: str | None, token: str | None) -> tuple[RecipientKey, ...]:
    """The keys that the options name. Raises :class:`~hub.package.keys.KeyFileError` and click's usage error."""
    if (module is None) != (token is None):
        raise click.UsageError("--pkcs11 and --token belong together")
    keys: list[RecipientKey] = []
    if pfx:
        keys.append(load_pfx(pfx, _secret("HUB_KEY_PASSWORD", "Password of the key file")))
    if module and token:
        keys.extend(load_pkcs11(module, token, _secret("HUB_TOKEN_PIN", "PIN of the token")))
    return tuple(keys)


def _secret(variable: str, question: str) -> str:
    if (value := os.environ.get(variable)) is not None:
        return value
    return str(click.prompt(question, hide_input=True, default="", show_default=False, err=True))


def find_packages(names: Iterable[str]) -> Iterator[Path]:
    """The files that the arguments mean: files as they are, folders searched for packages, patterns expanded.

    Raises click's usage error for an argument that means nothing.
    """
    for name in names:
        path = Path(name)
        if path.is_dir():
            found = sorted(item for item in path.rglob("*") if item.suffix.lower() in SUFFIXES and item.is_file())
        elif path.exists() or not glob.has_magic(name):
            found = [path]  # one that does not exist is reported when it is opened
        else:
            found = sorted(Path(item) for item in glob.glob(name, recursive=True) if Path(item).is_file())
        if not found:
            raise click.UsageError(f"no package there: {name}")
        yield from found
