"""The report of a package: data only. JSON, XML, HTML and text are views of it (:mod:`hub.package.views`).

Nothing in it depends on when or where it was made: the same package, registry serial, policy and trust give the same
report.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from hub.package.catalogue import Layer, Mode, Severity
from hub.package.errors import Words
from hub.package.parts import Generation, Kind
from hub.package.reader import Evidence
from hub.package.rules.base import Outcome

MAX_FINDINGS: Final = 100
"""Findings of one rule that are written out; the rest are counted."""

FORMAT: Final = "1"
"""Version of the report's form; it grows only by optional members."""


class Language(StrEnum):
    """Languages of a report."""

    TR = "tr"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach of one rule, and where."""

    rule: str
    official: str | None
    layer: Layer
    component: str
    outcome: Outcome
    """``failed`` or ``warning``, by the catalogue."""
    severity: Severity
    accepted_severity: Severity | Literal["off"]
    """The same under the policy."""
    policy_why: Words | None
    """Why the policy weighs it otherwise; None when it does not."""
    disputed: bool
    """Implementations judge this differently."""
    schema_fault: bool
    """The published schema is at fault, not the package."""
    code: str
    part: str
    line: int
    column: int
    path: str
    found: str
    expected: str
    message: Words
    note: Words | None = None

    @property
    def docs(self) -> str:
        """The rule's page in the documentation."""
        return f"docs/rules.md#{self.rule.lower()}"


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A rule that could not run or did not come to a decision, and why."""

    rule: str
    official: str | None
    layer: Layer
    outcome: Outcome
    why: Words


@dataclass(frozen=True, slots=True)
class LayerResult:
    """One layer of judgement."""

    layer: Layer
    outcome: Outcome
    why: Words | None
    """Why it was not checked, or not completely."""
    passed: tuple[str, ...]
    """Rules that were checked and kept."""
    failed: int
    warnings: int
    unchecked: int
    more: int = 0
    """Findings beyond :data:`MAX_FINDINGS` of a rule, not written out."""


@dataclass(frozen=True, slots=True)
class PartInfo:
    """One part of the package."""

    name: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True)
class DutyInfo:
    """The duty record that decides; of a refusal the nearest one. Instants as ISO 8601 in UTC, empty: open."""

    number: int
    unit_no: int
    kind: str
    """``owner``, ``deputy`` (for a filled post) or ``acting`` (head of a vacant one)."""
    title: str
    start: str
    end: str
    recorded_at: str
    """When İYEM first had it; nobody signs before."""
    closed_at: str
    known_from: str
    """Since when the register says it as it stands here; later than ``recorded_at`` after a correction."""
    serial: int


@dataclass(frozen=True, slots=True)
class ThenInfo:
    """What the register answered at the time itself, where that is not what it answers now."""

    outcome: Outcome
    reason: str
    why: Words
    serial: int
    """Serial of the last change that was known then."""


@dataclass(frozen=True, slots=True)
class SignatoryInfo:
    """What İYEM says of one signature of Paket Özeti, or of one intended signer. The T.C. kimlik no is masked."""

    place: str
    """The signer's place in the signature file, from ``1`` (a counter-signer's: ``1.1``); of intended signers the
    place in the question."""
    outcome: Outcome
    """``passed``, ``failed`` or ``indeterminate``; of an intended signer whom nobody could ask about also
    ``not checked`` and ``not configured``."""
    name: str
    """The name in the certificate; an intended signer's is İYEM's."""
    tckn: str
    time: str
    """The signature timestamp (ISO 8601, UTC); empty when there is none that can be relied on. Of intended signers
    the instant asked about."""
    unit_no: int | None
    """The unit that the letter is from."""
    code: int | None
    """The T.C. Yönetici Kodu that İYEM knows the person by."""
    person: str
    """The person's name in İYEM."""
    reason: str
    """Code of the decision (docs/reasons.md); empty when none could be made."""
    why: Words
    signed_for: int | None
    """The unit whose duty decides: a superior's where the head of a superior unit signed."""
    signed_for_name: str
    """What that unit was called then."""
    title: str
    deputy_for: str
    """Whose post a deputy signed for."""
    listed_code: str
    """``TCYK`` as the package gives it (1.3)."""
    deputy_for_code: int | None = None
    """Code of the person in :attr:`deputy_for`."""
    record: DutyInfo | None = None
    holds_until: str = ""
    """Until when the decision holds if nothing is recorded (ISO 8601, UTC); empty: open, or there is no decision."""
    serial: int | None = None
    """Serial of the register's last change that the decision knows."""
    then: ThenInfo | None = None
    """The answer as known at the time, where a later correction changed it."""


@dataclass(frozen=True, slots=True)
class BeforeSigning:
    """Whether a package may be signed now by those who mean to. That it is not signed yet is no fault here."""

    outcome: Outcome
    """``passed`` when both halves are, ``failed`` when one is, else ``indeterminate``."""
    package: Outcome
    """Whether the package is fit to be signed as it stands: rules on what signing adds are left out."""
    package_why: Words | None
    """Why it is not; None when it is, or when the findings say it."""
    signers: Outcome
    """Whether all who mean to sign may, and the package names them rightly."""
    at: str
    """The instant asked about (ISO 8601, UTC)."""
    intended: tuple[SignatoryInfo, ...]
    """The answer on each, in the order of the question."""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that is said of one package."""

    name: str
    kind: Kind | None
    """None when the archive could not be opened."""
    generation: Generation | None
    version: str
    evidence: tuple[Evidence, ...]
    belge_id: str
    belge_no: str
    tarih: str
    konu: str
    policy: str
    mode: Mode
    scope: tuple[Layer, ...]
    """The layers that were asked about; what was left out or is not asked offline is not among them."""
    registry_serial: int | None
    valid: Outcome
    """What the engine found, by the catalogue: ``passed``, ``failed`` or ``indeterminate``. A layer that was not
    checked, for whatever reason, leaves it ``indeterminate``."""
    accepted: Outcome
    """What the policy makes of it."""
    asked: Outcome
    """The same of the layers in :attr:`scope` alone; equal to :attr:`accepted` when all were asked for. With intended
    signers the question is another: the outcome of :attr:`before_signing`."""
    layers: tuple[LayerResult, ...]
    findings: tuple[Finding, ...]
    unchecked: tuple[Unchecked, ...]
    parts: tuple[PartInfo, ...]
    inner: Report | None = None
    inner_missing: Words | None = None
    signatories: tuple[SignatoryInfo, ...] = ()
    """Of this package's own signatures; those of a nested one are in :attr:`inner`."""
    before_signing: BeforeSigning | None = None
    """The answer to who may sign now, where that was asked."""

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Findings that make the package invalid."""
        return tuple(finding for finding in self.findings if finding.outcome is Outcome.FAILED)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Findings that do not."""
        return tuple(finding for finding in self.findings if finding.outcome is Outcome.WARNING)
