"""A package judged in layers, one step each; what a step could not look at is said with the reason.

``judge(file)`` → :class:`~hub.package.report.Report`. It raises only ``OSError`` when the file cannot be read at all:
an archive that is refused is a report, too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal, cast

from hub import clock
from hub.package import schemas
from hub.package.answers import signatory_info, unasked, utc
from hub.package.catalogue import Layer, Mode, Rule, Severity, catalogue
from hub.package.container import Container
from hub.package.envelope import EnvelopeError, decrypt
from hub.package.errors import ContainerError, DecryptError, PackageError, Words
from hub.package.intended import NOT_YET, assess_intended, before_signing, pending
from hub.package.options import DEFAULTS
from hub.package.options import Options as Options
from hub.package.parts import COMPONENTS, Generation, Kind
from hub.package.reader import Package, read_package
from hub.package.report import MAX_FINDINGS, BeforeSigning, Finding, LayerResult, PartInfo, Report, Unchecked
from hub.package.rules import RULES, run
from hub.package.rules.base import Bag, NotCheckedError, Outcome, Problem
from hub.package.rules.trust import known_signers
from hub.package.signatories import assess
from hub.package.signatures import signature_facts, validated
from hub.package.source import Source
from hub.package.values import as_datetime
from hub.package.xml import Position

_ON_INNER: Final = frozenset({"EYP-EYPS-INNER-KIND", "EYP-EYPG-ORIGINAL-VALID"})
"""Rules that say of the nested package what its own report says."""

NO_TRUST: Final = Words("Güvenilen kök sertifika yok.", "No trust anchors are configured.")
NO_IYEM: Final = Words("İYEM kayıtları bağlı değil.", "İYEM is not connected.")
NO_REGISTRY: Final = Words("DETSİS kayıtları bağlı değil.", "No registry is connected.")
OFFLINE: Final = Words("Çevrimdışı istendi.", "Asked to stay offline.")
NOT_ASKED: Final = Words("Bu katman istenmedi.", "This layer was not asked for.")
NOT_OPENED: Final = Words("Paket açılamadı.", "The package could not be opened.")
NO_KEY: Final = Words("Şifre çözme anahtarı verilmedi.", "No decryption key was given.")
NO_DATE: Final = Words("Belge tarihi okunamadı.", "The letter's date cannot be read.")


def judge(file: Path | bytes | Source, name: str = "", options: Options = DEFAULTS) -> Report:
    """Judge one package. ``name`` is the file name when ``file`` is not a path.

    Raises ``OSError`` when the file cannot be read.
    """
    if isinstance(file, Path):
        name = name or file.name
    with ExitStack() as stack:
        return _Judgement(options, name).run(lambda: Container.open(file), stack)


@dataclass(frozen=True, slots=True)
class _Inner:
    """A nested package that was judged."""

    report: Report
    package: Package | None

    @property
    def failed(self) -> bool:
        return self.report.valid is Outcome.FAILED

    @property
    def incomplete(self) -> bool:
        return self.report.asked is not Outcome.PASSED


class _Judgement:
    """One package on its way through the layers."""

    def __init__(self, options: Options, name: str, *, enclosed: bool = False) -> None:
        self.options = options
        self.mode: Mode = options.mode or options.policy.mode
        self.now = options.now or clock.now()
        self.bag = Bag(None, self.mode, name, options.receiver, enclosed, now=utc(self.now.replace(microsecond=0)))
        self.skipped: dict[Layer, NotCheckedError] = {}
        self.layers: list[LayerResult] = []
        self.findings: list[Finding] = []
        self.unchecked: list[Unchecked] = []
        self.waiting: list[Unchecked] = []
        """Rules left out because the package is not signed yet."""
        self.inside: dict[Layer, LayerResult] = {}

    def run(self, open_container: Callable[[], Container], stack: ExitStack) -> Report:
        self._open(open_container, stack)
        for layer, prepare in STEPS:
            if layer not in self.options.layers:
                self.skipped.setdefault(layer, NotCheckedError(NOT_ASKED))
            elif self.bag.package is None and layer is not Layer.CONTAINER:
                self.skipped.setdefault(layer, NotCheckedError(NOT_OPENED))
            else:
                try:
                    prepare(self)
                except NotCheckedError as error:
                    self.skipped[layer] = error
            self._layer(layer)
        return self._report()

    def _open(self, open_container: Callable[[], Container], stack: ExitStack) -> None:
        try:
            container = open_container()
            self.bag.package = stack.enter_context(
                read_package(container, self.bag.file_name, scanner=self.options.scanner)
            )
        except ContainerError as error:
            self.bag.refusals = (error, *error.others)
        except PackageError as error:
            refusal = ContainerError(error.message, entry=error.entry, found=error.found, rule=error.rule_id)
            self.bag.refusals = (refusal,)

    # Steps ------------------------------------------------------------------------------------------------------------

    def nothing(self) -> None:
        """The layer's rules need no preparation."""

    def xml(self) -> None:
        """Compare every XML component with its schema."""
        package = self.bag.p
        found: dict[str, list[schemas.SchemaFinding]] = {}
        for component in COMPONENTS.values():
            part = package.part(component.name)
            xml = package.xml.get(part) if part else None
            roots = component.roots or {}
            for generation, root in roots.items():
                # a component of the other generation is held against its own schema; that it is there is a mixture
                if xml is not None and (xml.name, xml.namespace) == root:
                    found[component.name] = schemas.check(component.name.lower(), generation.value, xml)
                    break
        self.bag.schema = found

    def rules(self) -> None:
        """Open and judge the nested package before the rules that compare with it run."""
        self.bag.signatures = signature_facts(self.bag.p)
        if self.bag.p.kind is Kind.EYPG:
            self._original()
        elif self.bag.p.kind is Kind.EYPS:
            self._encrypted()

    def _original(self) -> None:
        package = self.bag.p
        part = package.part("orijinalpaket")
        if part is None or part in package.damaged:
            self.bag.inner_missing = Words("Orijinal paket yok.", "There is no original package.")
            return
        self._inner(lambda: package.container.nested(package.opc.parts[part]), enclosed=False)

    def _encrypted(self) -> None:
        package = self.bag.p
        part = package.part("sifreliicerik")
        if part is None or part in package.damaged:
            self.bag.inner_missing = Words("Şifreli içerik yok.", "There is no encrypted content.")
            return
        entry = package.opc.parts[part]
        if package.facts[part].head.startswith(b"PK\x03\x04"):
            # not encrypted at all, which is a finding; what lies there in the open can be judged all the same
            self._inner(lambda: package.container.nested(entry), enclosed=True)
            return
        if not self.options.keys:
            self.bag.inner_missing = NO_KEY
            return
        try:
            source = decrypt(package.container.spool(entry), self.options.keys)
        except DecryptError as error:
            self.bag.decrypted = False
            self.bag.inner_missing = Words(error.message, "The content does not open with the key that was given.")
            return
        except EnvelopeError as error:
            self.bag.inner_missing = error.why
            return
        self.bag.decrypted = True
        depth, budget = package.container.depth + 1, package.container.budget
        self._inner(lambda: Container.open(source, depth=depth, budget=budget), enclosed=True)

    def _inner(self, open_container: Callable[[], Container], *, enclosed: bool) -> None:
        stack = ExitStack()
        judgement = _Judgement(replace(self.options, intended=()), "", enclosed=enclosed)
        report = judgement.run(open_container, stack)
        self.bag.p.keep_open(stack)
        self.bag.inner = _Inner(report, judgement.bag.package)
        if judgement.bag.package is None:
            self.bag.inner_missing = Words("İç paket açılamadı.", "The nested package could not be opened.")

    def signatures(self) -> None:
        """Have the signatures validated. An encrypted package has none of its own."""
        if self.bag.p.kind is Kind.EYPS:
            self._as_inside(Layer.SIGNATURES)
        self._validate()

    def _validate(self) -> None:
        self.bag.signatures = self.bag.signatures or signature_facts(self.bag.p)  # where the rules were not asked for
        trust = self.options.trust
        if trust is None or not trust.configured:
            self.bag.no_verdicts = NotCheckedError(NO_TRUST, Outcome.NOT_CONFIGURED)
            return
        self.bag.verdicts = validated(self.bag.p, self.bag.signatures, trust, self.now)

    def signatories(self) -> None:
        """Whether who signed was entitled, and who means to sign is. The decision is İYEM's; who signed an encrypted
        or update package is known inside only."""
        register = None if self.options.offline else self.options.signatories
        eyp = self.bag.p.kind is Kind.EYP
        if register and self.options.intended:
            inner = self.bag.inner.package if self.bag.inner else None
            letter = self.bag.p if eyp else inner
            asked = self.options.intended_from or register
            self.bag.intended = assess_intended(letter, self.options.intended, asked, self.now)
        if not eyp:
            self._as_inside(Layer.SIGNATORIES)
            return
        if self.options.offline:
            raise NotCheckedError(OFFLINE)
        if register is None:
            raise NotCheckedError(NO_IYEM, Outcome.NOT_CONFIGURED)
        if self.options.intended and self.bag.p.part("imzacades") is None:
            self.bag.signatories = ()  # nobody has signed yet
            return
        if Layer.SIGNATURES not in self.options.layers:
            self._validate()
        try:
            signers = known_signers(self.bag, serial=True)
        except NotCheckedError as error:
            self.bag.no_signatories = error
        else:
            self.bag.signatories = assess(self.bag.p, signers, register)

    def _as_inside(self, layer: Layer) -> None:
        """Let the layer say what the nested package says of it, because it is about what stands there."""
        inner = cast("_Inner | None", self.bag.inner)
        if inner is None or inner.package is None:
            why = self.bag.inner_missing or NO_KEY
            self.inside[layer] = LayerResult(layer, Outcome.NOT_CHECKED, why, (), 0, 0, 0)
        else:
            self.inside[layer] = next(item for item in inner.report.layers if item.layer is layer)

    def registry(self) -> None:
        """Ask the registry, as of the letter's date."""
        if self.bag.p.kind is Kind.EYPG:
            self._as_inside(Layer.REGISTRY)
            return
        if self.options.offline:
            raise NotCheckedError(OFFLINE)
        if self.options.register_on is None:
            raise NotCheckedError(NO_REGISTRY, Outcome.NOT_CONFIGURED)
        package = self.bag.p
        inner = self.bag.inner.package if self.bag.inner else None
        date = as_datetime(package.tarih) or as_datetime(inner.tarih if inner else None)
        if date is None and package.core:
            date = as_datetime(package.core.created)
        if date is None:
            raise NotCheckedError(NO_DATE)
        self.bag.register = self.options.register_on(date)

    # Rules ------------------------------------------------------------------------------------------------------------

    def _layer(self, layer: Layer) -> None:
        if layer in self.skipped:
            error = self.skipped[layer]
            self.layers.append(LayerResult(layer, error.outcome, error.why, (), 0, 0, 0))
            return
        start, more = len(self.findings), 0
        passed: list[str] = []
        unchecked: list[Unchecked] = []
        waiting: list[Unchecked] = []
        for rule in self._applicable(layer):
            if self.options.intended and pending(rule.id, self.bag):
                waiting.append(Unchecked(rule.id, rule.official, layer, Outcome.NOT_CHECKED, NOT_YET))
                continue
            try:
                problems = run(rule.id, self.bag)
            except NotCheckedError as error:
                unchecked.append(Unchecked(rule.id, rule.official, layer, error.outcome, error.why))
                continue
            if problems:
                self.findings += [self._finding(rule, problem) for problem in problems[:MAX_FINDINGS]]
                more += max(0, len(problems) - MAX_FINDINGS)
            elif problems is not None:
                passed.append(rule.id)
        self.unchecked += unchecked
        self.waiting += waiting
        unchecked += waiting
        found = self.findings[start:]
        failed = sum(item.outcome is Outcome.FAILED for item in found)
        outcome, why = Outcome.PASSED, None
        inside = self.inside.get(layer)
        if failed:
            outcome = Outcome.FAILED
        elif inside and inside.outcome is not Outcome.PASSED:
            outcome, why = inside.outcome, inside.why or Words("İç pakette.", "In the nested package.")
        elif unchecked:
            outcomes = {item.outcome for item in unchecked}
            # a layer of which nothing was checked says so; one that was checked in part is undecided
            outcome = outcomes.pop() if not passed and not found and len(outcomes) == 1 else Outcome.INDETERMINATE
            why = unchecked[0].why
        elif not passed and not found and not inside:
            outcome, why = Outcome.NOT_CHECKED, Words("Denetlenecek kural yok.", "There is no rule to check.")
        self.layers.append(
            LayerResult(layer, outcome, why, tuple(passed), failed, len(found) - failed, len(unchecked), more)
        )

    def _applicable(self, layer: Layer) -> list[Rule]:
        package = self.bag.package
        rules = [rule for rule in catalogue().values() if rule.layer is layer and rule.id in RULES]
        if package is None:
            return rules
        return [
            rule
            for rule in rules
            if (layer is Layer.CONTAINER or rule.applies(package.generation, package.kind))
            and (self.options.advice or not rule.advisory)
        ]

    def _finding(self, rule: Rule, problem: Problem) -> Finding:
        package = self.bag.package
        severity: Severity = problem.severity or rule.severity_for(
            self.mode,
            package.generation if package else Generation.TWO,
            package.kind if package else Kind.EYP,
            crypto=bool(self.bag.verdicts),
        )
        accepted: Severity | Literal["off"] = severity
        why = None
        if problem.severity is None and not problem.schema_fault:
            accepted, why = self.options.policy.weigh(rule, severity)
        inner = cast("_Inner | None", self.bag.inner)
        if rule.id in _ON_INNER and inner and inner.failed and inner.report.accepted is not Outcome.FAILED:
            accepted, why = (
                "warning",
                Words("İç paket bu politikayla kabul edildi.", "The policy accepts what is inside."),
            )
        place = self._place(problem)
        return Finding(
            rule=rule.id,
            official=rule.official,
            layer=rule.layer,
            component=rule.component,
            outcome=Outcome.FAILED if severity == "error" else Outcome.WARNING,
            severity=severity,
            accepted_severity=accepted,
            policy_why=why,
            disputed=rule.disputed,
            schema_fault=problem.schema_fault,
            code=problem.code,
            part=problem.part,
            line=place.line,
            column=place.column,
            path=place.path,
            found=problem.found,
            expected=problem.expected,
            message=Words(rule.message_tr, f"Required: {rule.check}"),
            note=problem.note,
        )

    def _place(self, problem: Problem) -> Position:
        if problem.line or problem.at < 0 or self.bag.package is None:
            return Position(problem.line, problem.column, problem.path)
        package = self.bag.package
        xml = package.xml.get(problem.part) or package.opc.rels_parts.get(problem.part)
        if xml is None and problem.part == "[Content_Types].xml":
            xml = package.opc.types
        return xml.position(problem.at) if xml else Position()

    # Report -----------------------------------------------------------------------------------------------------------

    def _verdict(self, layers: Sequence[Layer], *, accepted: bool) -> Outcome:
        bad = any(
            (item.accepted_severity == "error") if accepted else item.outcome is Outcome.FAILED
            for item in self.findings
        )
        if bad:
            return Outcome.FAILED
        asked = [item for item in self.layers if item.layer in layers]
        complete = all(
            item.outcome is Outcome.PASSED or (item.outcome is Outcome.FAILED and accepted) for item in asked
        )
        return Outcome.PASSED if complete and asked else Outcome.INDETERMINATE

    def _report(self) -> Report:
        package = self.bag.package
        ustveri = package.ustveri if package else None
        inner = cast("_Inner | None", self.bag.inner)
        asked = self.bag.register or (self.options.signatories if self.bag.signatories is not None else None)
        before = self._before_signing() if self.options.intended else None
        return Report(
            name=self.bag.file_name,
            kind=package.kind if package else None,
            generation=package.generation if package else None,
            version=package.version if package else "",
            evidence=package.evidence if package else (),
            belge_id=(ustveri.belge_id or "").strip() if ustveri else "",
            belge_no=((package.belge_no if package else None) or "").strip(),
            tarih=((package.tarih if package else None) or "").strip(),
            konu=" ".join((ustveri.konu or "").split()) if ustveri else "",
            policy=self.options.policy.name,
            mode=self.mode,
            scope=self.options.scope,
            registry_serial=asked.serial if asked else None,
            valid=self._verdict(tuple(Layer), accepted=False),
            accepted=self._verdict(tuple(Layer), accepted=True),
            asked=before.outcome if before else self._verdict(self.options.scope, accepted=True),
            layers=tuple(self.layers),
            findings=tuple(self.findings),
            unchecked=(*self.unchecked, *self.waiting),
            parts=_parts(package) if package else (),
            inner=inner.report if inner else None,
            inner_missing=self.bag.inner_missing,
            signatories=tuple(signatory_info(item) for item in self.bag.signatories or ()),
            before_signing=before,
        )

    def _before_signing(self) -> BeforeSigning:
        layers = [item for item in self.layers if item.layer in self.options.scope]
        if self.bag.intended is not None:
            people = [signatory_info(item) for item in self.bag.intended]
        else:
            error = self.skipped.get(Layer.SIGNATORIES) or self._not_asked()
            people = [
                unasked(str(number), one.who, one.unit_no, error) for number, one in enumerate(self.options.intended, 1)
            ]
        return before_signing(self.bag, self.bag.now, people, layers, self.findings, self.unchecked)

    def _not_asked(self) -> NotCheckedError:
        """Why İYEM was asked nothing about an encrypted or update package."""
        return NotCheckedError(OFFLINE) if self.options.offline else NotCheckedError(NO_IYEM, Outcome.NOT_CONFIGURED)


def _parts(package: Package) -> tuple[PartInfo, ...]:
    return tuple(
        PartInfo(name, package.opc.content_type(name) or "", entry.size)
        for name, entry in sorted(package.opc.parts.items())
    )


STEPS: Final[tuple[tuple[Layer, Callable[[_Judgement], None]], ...]] = (
    (Layer.CONTAINER, _Judgement.nothing),
    (Layer.OPC, _Judgement.nothing),
    (Layer.XML, _Judgement.xml),
    (Layer.RULES, _Judgement.rules),
    (Layer.DIGESTS, _Judgement.nothing),
    (Layer.SIGNATURES, _Judgement.signatures),
    (Layer.SIGNATORIES, _Judgement.signatories),
    (Layer.REGISTRY, _Judgement.registry),
)
"""The layers in their order, each with what must be done before its rules run."""
