"""What can be wrong with a description, collected so that a person hears of all of it at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from hub.errors import HubError


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a description."""

    code: str
    """Stable name, ``BUILD_…``; see docs/package-build.md."""

    path: str
    """Where in the description, for example ``Ustveri.DagitimListesi[2].Ivedilik``; positions count from 1."""

    message: str
    """In Turkish, for the person who wrote the description."""

    rule: str = ""
    """The rule of the package catalogue that would be broken, where there is one."""

    def __str__(self) -> str:
        rule = f" [{self.rule}]" if self.rule else ""
        return f"{self.path or '(tanım)'}: {self.code}: {self.message}{rule}"


class Problems(list[Problem]):
    """A growing list of mistakes."""

    def add(self, code: str, path: str, message: str, rule: str = "") -> None:
        """Note a mistake; the same one found again at the same place is dropped."""
        if not any(known.code == code and known.path == path for known in self):
            self.append(Problem(code, path, message, rule))

    def stop_if_any(self) -> None:
        """Raise :class:`DescriptionError` when something was found."""
        if self:
            raise DescriptionError(self)


class BuildError(HubError):
    """A package cannot be built, continued, encrypted or updated as asked."""

    code: ClassVar[str] = "BUILD_FAILED"


class DescriptionError(BuildError):
    """The description has mistakes; ``problems`` lists all of them, in the order of the description."""

    code: ClassVar[str] = "BUILD_DESCRIPTION"

    def __init__(self, problems: Sequence[Problem]) -> None:
        first = problems[0]
        more = f" (ve {len(problems) - 1} hata daha)" if len(problems) > 1 else ""
        super().__init__(f"{first}{more}")
        self.problems = tuple(problems)


class StepError(BuildError):
    """A step cannot be taken in the state that the package is in."""

    code: ClassVar[str] = "BUILD_STEP"


class ChangedError(BuildError):
    """A part no longer has the bytes that an earlier digest covers."""

    code: ClassVar[str] = "BUILD_CHANGED"


class SignatureRefusedError(BuildError):
    """A signature that was to be added is no CMS signature of exactly the right part."""

    code: ClassVar[str] = "BUILD_SIGNATURE"


class RecipientError(BuildError):
    """A certificate to which a package cannot be encrypted."""

    code: ClassVar[str] = "BUILD_RECIPIENT"
