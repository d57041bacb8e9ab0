"""``eyhub``: the root of the command line.

Commands live in :mod:`hub.commands`, one module a subject, and are imported only when they are asked for, so that a
short command starts fast.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from typing import Final

import click

from hub import __version__
from hub.errors import EXIT_MISUSE, HubError

COMMANDS: Final[Mapping[str, tuple[str, str]]] = {
    # name: (module:attribute, one line of help)
    "authority": ("hub.commands.authority:authority", "Ask İYEM whether somebody may sign."),
    "iyem": ("hub.commands.iyem:iyem", "Keep İYEM's register: duties, first records, officers, what is missing."),
    "serve": ("hub.commands.serve:serve", "Run the server."),
    "credential": ("hub.commands.credential:credential", "Give, list and take back credentials of callers."),
    "demo": ("hub.commands.demo:demo", "Make the sample registry if there is none, and serve it."),
    "journal": ("hub.commands.journal:journal", "Read the journal of changes and verify that it is whole."),
    "import": ("hub.commands.importing:importing", "Load saved answers, CSV and XLSX files into the registry."),
    "migrate": ("hub.commands.migrate:migrate", "Bring the database to the version of this hub."),
    "receipt": ("hub.commands.receipt:receipt", "Check and show receipts (tutanak)."),
    "signature": ("hub.commands.signature:signature", "Judge, show and make signatures."),
    "trust": ("hub.commands.trust:trust", "Keep the trusted roots."),
    "package": ("hub.commands.package:package", "Judge, show, take apart and build packages."),
}


_COMPLETION: Final = (
    'Completion by the TAB key: put  eval "$(_EYHUB_COMPLETE=bash_source eyhub)"  into ~/.bashrc, or the same with '
    "zsh_source into ~/.zshrc (after compinit)."
)


class LazyGroup(click.Group):
    """A group whose commands are imported when named; ``COMMANDS`` is what ``--help`` lists."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if rows := [(name, COMMANDS[name][1]) for name in self.list_commands(ctx)]:
            with formatter.section("Commands"):
                formatter.write_dl(rows)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]}, epilog=_COMPLETION)
@click.version_option(__version__, prog_name="eyhub")
def eyhub() -> None:
    """The e-Yazışma hub: serve the KAYSİS contract, keep the registry, judge packages and signatures."""


def main() -> None:
    """Run ``eyhub``; an expected error is one line on standard error and exit code 2."""
    try:
        code = eyhub(standalone_mode=False)
        if isinstance(code, int):  # what a command asked for with click's Exit comes back as a value
            sys.exit(code)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.Abort:
        sys.exit(130)
    except click.exceptions.NoArgsIsHelpError as error:
        command = error.ctx.command_path if error.ctx else "eyhub"
        click.echo(f"eyhub: name a command; {command} --help lists them", err=True)
        sys.exit(EXIT_MISUSE)
    except click.ClickException as error:
        click.echo(f"eyhub: {error.format_message()}".splitlines()[0], err=True)
        sys.exit(EXIT_MISUSE)
    except HubError as error:
        click.echo(f"eyhub: {error.code}: {error.message}".splitlines()[0], err=True)
        sys.exit(EXIT_MISUSE)
    except OSError as error:  # a folder that cannot be made, a full disk: the operator's to mend
        where = f": {error.filename}" if error.filename else ""
        click.echo(f"eyhub: {error.strerror or error}{where}".splitlines()[0], err=True)
        sys.exit(EXIT_MISUSE)


if __name__ == "__main__":
    main()
