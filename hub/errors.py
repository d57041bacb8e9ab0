"""The root of every error that the hub raises on purpose, and the exit codes of its commands.

An error has a stable ``code`` (a page of its name stands in ``docs/errors.md``) and a message in Turkish for the
person who meets it; developers read the code and the English docstring of its class.
"""

from __future__ import annotations

import traceback
from typing import ClassVar, Final

EXIT_OK: Final = 0
EXIT_NO: Final = 1
"""The command ran and its answer is no (invalid, refused, failed)."""
EXIT_MISUSE: Final = 2
"""Input that cannot be read, or a command used wrongly; one line on standard error says which."""
EXIT_INDETERMINATE: Final = 3


class HubError(Exception):
    """An expected refusal.

    ``message`` is Turkish and may be shown to the caller as it is: it never holds a password, a T.C. kimlik no or
    anything of the hub's insides.
    """

    code: ClassVar[str] = "HUB_ERROR"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class ConfigError(HubError):
    """A setting is missing or unusable; the hub does not start."""

    code = "CONFIG"


def place(error: BaseException) -> str:
    """The class of an unexpected error and where it happened, a line each, for logs: never its text, which may hold
    names, identity numbers or secrets (parameters of a statement, say)."""
    frames = traceback.extract_tb(error.__traceback__)
    return type(error).__name__ + "".join(f"\n  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames)
