"""What a rule function is made of: the bag it looks at, the problems it names, the table in which it is entered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from hub.outcome import Outcome as Outcome
from hub.package.catalogue import Mode, Severity
from hub.package.errors import ContainerError, Words, printable
from hub.package.node import Node, place
from hub.package.parts import COMPONENTS
from hub.package.reader import Package

if TYPE_CHECKING:
    from hub.package.register import Register
    from hub.package.schemas import SchemaFinding
    from hub.package.signatories import Signatory
    from hub.package.signatures import SignatureFacts
    from hub.signing import SignatureReport

ABSENT: Final = "–"
"""Shown where something is missing."""


class NotCheckedError(Exception):
    """A rule cannot run, or what is at hand does not decide it; ``why`` says what is missing."""

    def __init__(self, why: Words, outcome: Outcome = Outcome.NOT_CHECKED) -> None:
        super().__init__(why.en)
        self.why = why
        self.outcome = outcome


class NotApplicableError(Exception):
    """There is nothing for a rule to check."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One breach of a rule."""

    part: str = ""
    """Part or entry where it shows."""
    at: int = -1
    """Number of the element within the part."""
    found: str = ""
    expected: str = ""
    line: int = 0
    column: int = 0
    path: str = ""
    """XPath by local names; filled in from ``at`` when empty."""
    note: Words | None = None
    """What cannot be said by found and expected."""
    severity: Severity | None = None
    """Overrides the rule's own, for named deviations."""
    schema_fault: bool = False
    """The published schema is at fault, not the package."""
    code: str = ""
    """Stable code of a refusal (``ZIP_BOMB`` …)."""


class Inner(Protocol):
    """A nested package once it has been judged."""

    @property
    def failed(self) -> bool:
        """Whether some rule of its own is broken."""

    @property
    def incomplete(self) -> bool:
        """Whether something in it could not be checked."""

    @property
    def package(self) -> Package | None:
        """The nested package itself; None when it could not be opened."""


@dataclass(slots=True)
class Bag:
    """What is known of a package while it is judged. Rules read it and change nothing."""

    package: Package | None
    mode: Mode = "read"
    file_name: str = ""
    receiver: str = ""
    """KKK, TCKN or legal-person identifier of the one who judges; empty when unknown."""
    enclosed: bool = False
    """Whether this package came out of an encrypted one."""
    refusals: tuple[ContainerError, ...] = ()
    """Why the archive was not opened."""
    inner: Inner | None = None
    """The package in Orijinal Paket or, decrypted, in Şifreli İçerik."""
    inner_missing: Words | None = None
    """Why there is no :attr:`inner` although the package holds one."""
    schema: Mapping[str, list[SchemaFinding]] = field(default_factory=dict)
    """Component (relationship name) → differences from its schema."""
    signatures: Mapping[str, SignatureFacts] = field(default_factory=dict)
    """Component (``imzacades`` …) → what its CMS structure says."""
    verdicts: Mapping[str, SignatureReport] = field(default_factory=dict)
    """Component (``imzacades`` …) → what the signature validator says."""
    no_verdicts: NotCheckedError | None = None
    """Why nothing was validated."""
    register: Register | None = None
    """The registry, as of the letter's date."""
    no_register: NotCheckedError | None = None
    """Why the registry was not asked."""
    signatories: tuple[Signatory, ...] | None = None
    """What İYEM says of each signature of Paket Özeti."""
    intended: tuple[Signatory, ...] | None = None
    """The same of each who means to sign; None when nobody was asked about or nobody could be asked."""
    no_signatories: NotCheckedError | None = None
    """Why İYEM was not asked."""
    decrypted: bool | None = None
    """Whether a key that was given opened the envelope; None when none was given."""
    now: str = ""
    """The instant of judging (xsd:dateTime, UTC); empty when it shall not matter."""
    walked: Sequence[tuple[str, Node]] | None = None
    """Kept by :func:`hub.package.rules.parties.nodes`."""

    @property
    def p(self) -> Package:
        """The package. Raises :class:`NotCheckedError` when it could not be opened."""
        if self.package is None:
            raise NotCheckedError(Words("Paket açılamadı.", "The package could not be opened."))
        return self.package


RuleFunction = Callable[[Bag], Iterable[Problem]]


@dataclass(frozen=True, slots=True)
class Entry:
    """A rule's function and what it needs."""

    function: RuleFunction
    needs: tuple[str, ...]
    """Components without which it cannot run."""
    when: tuple[str, ...]
    """Components without which there is nothing to check."""


RULES: Final[dict[str, Entry]] = {}


def rule(
    *ids: str, needs: str | tuple[str, ...] = (), when: str | tuple[str, ...] = ()
) -> Callable[[RuleFunction], RuleFunction]:
    """Enter a function in the table of rules.

    ``needs``: components (relationship names, ``core``) whose absence leaves the rule unchecked; ``when``: components
    whose absence leaves nothing to check.
    """

    def enter(function: RuleFunction) -> RuleFunction:
        for rule_id in ids:
            assert rule_id not in RULES, rule_id
            RULES[rule_id] = Entry(function, _tuple(needs), _tuple(when))
        return function

    return enter


def _tuple(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def component_part(package: Package, name: str) -> str | None:
    """The part of a component, ``core`` included."""
    return package.core_part if name == "core" else package.part(name)


def require(package: Package, name: str) -> None:
    """Raise :class:`NotCheckedError` unless the component is there and could be read."""
    part = component_part(package, name)
    if part is None:
        raise NotCheckedError(Words(f"Bileşen yok: {name}", f"No such component: {name}"))
    if part in package.damaged or part in package.refused:
        raise NotCheckedError(Words(f"Bileşen okunamadı: {part}", f"The component cannot be read: {part}"))
    component = COMPONENTS.get(name)
    if (name == "core" or (component and component.model)) and part not in package.models:
        raise NotCheckedError(Words(f"Bileşen okunamadı: {part}", f"The component cannot be read: {part}"))


def run(rule_id: str, bag: Bag) -> list[Problem] | None:
    """The rule's problems, None when there is nothing to check. Raises :class:`NotCheckedError`."""
    entry = RULES[rule_id]
    if entry.when and any(component_part(bag.p, name) is None for name in entry.when):
        return None
    for name in (*entry.when, *entry.needs):
        require(bag.p, name)
    try:
        return list(entry.function(bag))
    except NotApplicableError:
        return None


# Helpers that most rules use ------------------------------------------------------------------------------------------


def blank(text: str | None) -> bool:
    """Whether a leaf is absent or has nothing but white space."""
    return not (text or "").strip()


def show(text: str | None) -> str:
    """A leaf's text as it is shown in a finding."""
    return ABSENT if text is None else "''" if not text.strip() else printable(text.strip())


def at(part: str | None, node: object, found: object = "", expected: str = "", **more: object) -> Problem:
    """A problem at a node or leaf of a part."""
    shown = show(found) if isinstance(found, str) or found is None else str(found)
    return Problem(part or "", place(node), shown, expected, **more)  # type: ignore[arg-type]
