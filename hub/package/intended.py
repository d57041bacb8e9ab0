"""Who means to sign a package: İYEM asked about each before the signature is made, and the answer in one place.

Two things are said apart: whether those people may sign now, and whether the package is fit to be signed. That it has
no signature, no seal and no Nihai Özet yet is what signing adds, and no fault.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from hub.iyem.decision import Who
from hub.package.catalogue import Layer
from hub.package.errors import Words
from hub.package.model import Imza
from hub.package.parts import Kind
from hub.package.people import folded_name
from hub.package.reader import Package
from hub.package.report import BeforeSigning, Finding, LayerResult, SignatoryInfo, Unchecked
from hub.package.rules.base import RULES, Bag, Outcome
from hub.package.signatories import NO_UNIT, Signatories, Signatory, compared, decide, sender_of, undecided
from hub.store.personal import Tckn
from hub.turkish import fold, valid_tckn

NOT_YET: Final = Words(
    "Paket henüz imzalanmadı; bu, imzayla eklenir.", "Not signed yet; this comes with the signature."
)
ASTRAY: Final = Words(
    "Sorulan birim ne yazıyı oluşturan birim ne de onun yazısını imzalayabilecek bir üst birim.",
    "The unit asked about is neither the sender of the letter nor a superior that may sign its letters.",
)
NO_SUMMARY: Final = Words("Paket Özeti yok; imzalanacak bir şey yok.", "There is no Paket Özeti, so nothing to sign.")
SEALED: Final = Words(
    "Nihai Özet yazılmış; paket tamamlanmış, yeni imza eklenemez.",
    "Nihai Özet is written: the package is complete and takes no further signature.",
)
NOT_SIGNED_ITSELF: Final = Words(
    "Şifreli paket ve güncelleme paketi imzalanmaz; içindeki paket imzalanır.",
    "Encrypted and update packages are not signed; the package inside is.",
)
NOT_OPENED: Final = Words("Paket açılamadı.", "The package could not be opened.")

_ADDED: Final = ("imzacades", "nihaiustveri", "nihaiozet", "muhurcades")
"""Components that come with signing or after it."""
_PRESENCE: Final = {
    "EYP2-K26": "paketozeti", "EYP-IMZA-ONE": "imzacades", "EYP2-K82": "nihaiustveri", "EYP2-K98": "nihaiozet",
    "EYP-MUHUR-ONE": "muhurcades",
}  # fmt: skip
"""Rules that demand a component which an unsigned package may still lack."""


@dataclass(frozen=True, slots=True)
class Intended:
    """One who means to sign."""

    who: Who
    unit_no: int | None = None
    """DETSİS number of the unit signed for; None: the sender of the letter."""


def pending(rule_id: str, bag: Bag) -> bool:
    """Whether a rule asks for something that the package gets only by being signed."""
    if bag.package is None or bag.p.kind is not Kind.EYP:
        return False
    if rule_id in _PRESENCE:
        return _absent(bag.p, _PRESENCE[rule_id])
    return any(name in _ADDED and _absent(bag.p, name) for name in RULES[rule_id].needs)


def _absent(package: Package, name: str) -> bool:
    return package.part(name) is None and not package.opc.related(name)


def assess_intended(
    package: Package | None, people: Sequence[Intended], register: Signatories, at: datetime
) -> tuple[Signatory, ...]:
    """What İYEM says of each of ``people`` at ``at`` (aware). ``package`` names the sender; None: it is not known."""
    sender = sender_of(package) if package else None
    return tuple(_assess(str(n), person, package, sender, register, at) for n, person in enumerate(people, 1))


def _assess(
    place: str, person: Intended, package: Package | None, sender: int | None, register: Signatories, at: datetime
) -> Signatory:
    who = person.who
    code = who.code if who.code is not None or who.tckn is None else register.code_of(who.tckn)
    unit_no = person.unit_no or sender
    known = Signatory(place, "", who.tckn, at, unit_no, code=code)
    if unit_no is None:
        return replace(known, unsure=NO_UNIT)
    decision, line = decide(register, who, unit_no, at)
    name = decision.person.name if decision.person else ""
    listed = _listed(package, who, code, name, register) if package else None
    stray = sender is not None and unit_no != sender and unit_no not in register.line(sender, at)
    found = replace(
        known,
        name=name,
        line=line,
        decision=decision,
        listed=listed,
        astray=ASTRAY if stray else None,
        unsure=undecided(decision, line if who.tckn else (), register),
    )
    return compared(found, register)


def _listed(package: Package, who: Who, code: int | None, name: str, register: Signatories) -> Imza | None:
    """Where the package names the person: by T.C. kimlik no, by name where it gives none, or by code."""
    by_name = by_code = None
    for entry in package.signers:
        number = ((entry.imzalayan.tckn if entry.imzalayan else None) or "").strip()
        if valid_tckn(number) and _same(Tckn(number), who, code, register):
            return entry
        if not number and name and entry.imzalayan and folded_name(entry.imzalayan) == fold(name):
            by_name = by_name or entry
        if code is not None and (entry.tcyk or "").strip() == str(code):
            by_code = by_code or entry
    return by_name or by_code


def _same(number: Tckn, who: Who, code: int | None, register: Signatories) -> bool:
    if who.tckn is not None:
        return number.number == who.tckn.number
    return code is not None and register.code_of(number) == code


def before_signing(
    bag: Bag,
    at: str,
    intended: Sequence[SignatoryInfo],
    layers: Sequence[LayerResult],
    findings: Sequence[Finding],
    unchecked: Collection[Unchecked],
) -> BeforeSigning:
    """Both halves of the answer, from the results of the layers that were asked for.

    ``unchecked`` are the rules that could not run, those left out as :func:`pending` not among them.
    """
    package, why = _fit(bag, layers, findings, {item.layer for item in unchecked})
    signers = _together(item.outcome for item in intended)
    if _refused(finding for finding in findings if finding.layer is Layer.SIGNATORIES):
        signers = Outcome.FAILED
    return BeforeSigning(_together((package, signers)), package, why, signers, at, tuple(intended))


def _fit(
    bag: Bag, layers: Sequence[LayerResult], findings: Sequence[Finding], undecided_layers: Collection[Layer]
) -> tuple[Outcome, Words | None]:
    """Whether the package may be signed as it stands, whoever signs."""
    if bag.package is None:
        return Outcome.FAILED, NOT_OPENED
    if bag.p.kind is not Kind.EYP:
        return Outcome.FAILED, NOT_SIGNED_ITSELF
    if not _absent(bag.p, "nihaiozet") or not _absent(bag.p, "muhurcades"):
        return Outcome.FAILED, SEALED
    if _refused(finding for finding in findings if finding.layer is not Layer.SIGNATORIES):
        return Outcome.FAILED, None
    if _absent(bag.p, "paketozeti"):
        return Outcome.INDETERMINATE, NO_SUMMARY
    unsigned = _absent(bag.p, "imzacades") and _absent(bag.p, "parafimzacades")
    for item in layers:
        if item.layer is Layer.SIGNATORIES or (item.layer is Layer.SIGNATURES and unsigned):
            continue
        skipped = item.outcome not in (Outcome.PASSED, Outcome.FAILED) and not item.unchecked
        if skipped or item.layer in undecided_layers:
            return Outcome.INDETERMINATE, item.why
    return Outcome.PASSED, None


def _refused(findings: Iterable[Finding]) -> bool:
    return any(item.accepted_severity == "error" for item in findings)


def _together(outcomes: Iterable[Outcome]) -> Outcome:
    found = set(outcomes)
    if Outcome.FAILED in found:
        return Outcome.FAILED
    return Outcome.PASSED if found == {Outcome.PASSED} else Outcome.INDETERMINATE
