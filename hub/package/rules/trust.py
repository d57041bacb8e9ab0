"""Rules that need the signatures validated: level, value, certificate, time; who signed, and in which order.

The signature step has :mod:`hub.signing` judge each signature part; here its checks are sorted under the rules of the
catalogue. Every failed or undecided check falls under some rule: what no other claims belongs to the rule on validity.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from hub import turkish
from hub.clock import written
from hub.package.errors import Words
from hub.package.parts import Generation
from hub.package.people import is_listed, masked, tckn_of
from hub.package.rules.base import ABSENT, Bag, NotCheckedError, Outcome, Problem, at, rule
from hub.package.rules.seals import NOT_CMS, PLACEHOLDER
from hub.package.values import as_datetime
from hub.signing import Check, Code, Indication, SignatureReport, SignerReport, oids
from hub.signing import Outcome as Result

NOT_VALIDATED: Final = Words("İmzalar doğrulanmadı.", "The signatures were not validated.")

_TIME: Final = frozenset(
    {Code.TRUSTED_TIME, Code.MESSAGE_IMPRINT, Code.TIMESTAMP, Code.TIMESTAMP_ORDER, Code.TIMESTAMP_FUTURE,
     Code.HASH_INDEX, Code.TSA_USAGE}
)  # fmt: skip
_CERTIFICATE: Final = frozenset(
    {Code.CHAIN_ANCHOR, Code.CERT_SIGNATURE, Code.CERT_VALIDITY, Code.CERT_EXTENSIONS, Code.CERT_KEY,
     Code.CA_CONSTRAINTS, Code.PATH_LENGTH, Code.CA_KEY_USAGE, Code.NAME_CONSTRAINTS, Code.POLICY_CONSTRAINTS,
     Code.KEY_USAGE, Code.CERTIFICATE_POLICY, Code.QC_STATEMENTS, Code.CERT_REVOKED, Code.STATUS_MISSING,
     Code.OCSP_CERT_ID, Code.OCSP_SIGNATURE, Code.OCSP_RESPONDER, Code.OCSP_FRESHNESS, Code.OCSP_UNKNOWN,
     Code.CRL_SIGNATURE, Code.CRL_ISSUER, Code.CRL_FRESHNESS, Code.CRL_SCOPE, Code.SIGNER_CERTIFICATE}
)  # fmt: skip
_LEVEL: Final = frozenset(
    {Code.LEVEL, Code.CERTIFICATE_REFS, Code.REVOCATION_REFS, Code.CERTIFICATE_VALUES, Code.REVOCATION_VALUES}
)

TIME_TOLERANCE: Final = timedelta(seconds=1)
"""How far the letter's date may lie from its newest timestamp: writers cut or round fractions of a second."""

_GIVEN_NAME: Final = "2.5.4.42"
_SURNAME: Final = "2.5.4.4"
_ORGANIZATION_ID: Final = "2.5.4.97"


def _report(bag: Bag, component: str) -> SignatureReport:
    found = bag.verdicts.get(component)
    facts = bag.signatures.get(component)
    if facts and facts.error:
        raise NotCheckedError(PLACEHOLDER if facts.is_placeholder else NOT_CMS)
    if found is None:
        raise bag.no_verdicts or NotCheckedError(NOT_VALIDATED)
    if found.indication is Indication.NOT_CONFIGURED:
        raise NotCheckedError(
            Words("Güvenilen kök sertifika yok.", "There is no trust anchor."), Outcome.NOT_CONFIGURED
        )
    return found


def _checks(report: SignatureReport) -> Iterator[tuple[str, Check, bool]]:
    """Every check with where it was made, and whether it is about a timestamp token."""
    for check in report.checks:
        yield "", check, False
    for signer in report.signers:
        name = signer.certificate.name if signer.certificate else signer.place
        for check in signer.checks:
            yield name, check, False
        for stamp in signer.timestamps:
            for check in stamp.checks:
                yield f"{name}, {stamp.kind} {stamp.number}", check, True


def _sorted(bag: Bag, component: str) -> Iterator[tuple[str, str, Check]]:
    """Every check with the group it falls under: ``time``, ``certificate``, ``level`` or ``value``."""
    for where, check, of_stamp in _checks(_report(bag, component)):
        if of_stamp or check.code in _TIME:
            yield "time", where, check
        elif check.code in _CERTIFICATE:
            yield "certificate", where, check
        else:
            yield "level" if check.code in _LEVEL else "value", where, check


def _judged(bag: Bag, component: str, groups: Collection[str]) -> Iterator[Problem]:
    report, part = _report(bag, component), bag.signatures[component].part
    undecided: list[str] = []
    for group, where, check in _sorted(bag, component):
        if group not in groups:
            continue
        shown = ": ".join(text for text in (where, check.found or check.code.value) if text)
        if check.outcome is Result.FAILED:
            code = f"{check.code.value}{f'/{check.sub.value}' if check.sub else ''}"
            yield Problem(part, found=shown, code=code)
        elif check.outcome not in (Result.PASSED, Result.WARNING):
            undecided.append(shown)
    if undecided:
        text = "; ".join(undecided[:3])
        raise NotCheckedError(Words(f"Kesin değil: {text}", f"Undecided: {text}"), Outcome.INDETERMINATE)
    if "value" in groups and not any(True for _ in report.signers):
        yield Problem(part, found="0", expected="≥ 1", code=report.indication.value)


def _rule_of(component: str, *groups: str) -> Callable[[Bag], list[Problem]]:
    def check(bag: Bag) -> list[Problem]:
        claimed = set(groups)
        if "value" in claimed and bag.p.generation is Generation.ONE:
            claimed |= {"time", "level"}  # generation 1 has no rules of their own for these
        return _decided(_judged(bag, component, claimed))

    return check


def _decided(problems: Iterator[Problem], known: Collection[Problem] = ()) -> list[Problem]:
    """The problems, after those ``known`` already; what is undecided matters only where nothing failed."""
    found: list[Problem] = list(known)
    try:
        found.extend(problems)
    except NotCheckedError:
        if not found:
            raise
    return found


rule("EYP-IMZA-VALID", when="imzacades")(_rule_of("imzacades", "value"))
rule("EYP-IMZA-CERT", when="imzacades")(_rule_of("imzacades", "certificate"))
rule("EYP-IMZA-TIMESTAMP", when="imzacades")(_rule_of("imzacades", "time"))


def _signers(report: SignatureReport) -> tuple[SignerReport, ...]:
    """The parallel signers, counter-signers left out."""
    return tuple(signer for signer in report.signers if "." not in signer.place)


def _level(component: str, levels: Collection[str], profiles: Collection[str]) -> Callable[[Bag], list[Problem]]:
    def check(bag: Bag) -> list[Problem]:
        report, part = _report(bag, component), bag.signatures[component].part
        found = [
            Problem(part, found=f"{signer.profile} {signer.level}", expected=f"{'/'.join(profiles)} {min(levels)}")
            for signer in _signers(report)
            if signer.level not in levels or signer.profile.split("-")[0] not in profiles
        ]
        return found or _decided(_judged(bag, component, ("level",)))

    return check


rule("EYP-IMZA-LEVEL", when="imzacades")(_level("imzacades", ("X-LONG", "A"), ("P4",)))
rule("EYP-MUHUR-LEVEL", when="muhurcades")(_level("muhurcades", ("A",), ("P4",)))
rule("EYP-EYPG-MUHUR-LEVEL", when="muhurcades")(_level("muhurcades", ("A",), ("P3", "P4")))


@rule("EYP-PARAF-LEVEL", when="parafimzacades")
def paraf_valid(bag: Bag) -> Iterable[Problem]:
    found = _level("parafimzacades", ("X-LONG", "A"), ("P4",))(bag)
    return _decided(_judged(bag, "parafimzacades", ("value", "certificate", "time")), found)


@rule("EYP-MUHUR-VALID", when="muhurcades")
def seal_valid(bag: Bag) -> Iterable[Problem]:
    part = bag.signatures["muhurcades"].part if "muhurcades" in bag.signatures else ""
    groups = ["value", "certificate", "time"]
    if bag.p.generation is Generation.ONE:
        groups.append("level")
    found = [
        Problem(
            part, found=signer.certificate.name, note=Words("Mühür kişi sertifikasıyla atılmış.", "A person's seal.")
        )
        for signer in _signers(_report(bag, "muhurcades"))
        if signer.certificate and is_personal(signer)
    ]
    return _decided(_judged(bag, "muhurcades", groups), found)


def _attributes(signer: SignerReport) -> dict[str, str]:
    return dict(signer.certificate.attributes) if signer.certificate else {}


def is_personal(signer: SignerReport) -> bool:
    """Whether a certificate is a natural person's: it names one, or carries a T.C. kimlik no."""
    return bool({_GIVEN_NAME, _SURNAME} & _attributes(signer).keys()) or bool(tckn_of(signer))


@rule("EYP-MUHUR-OWNER", when="muhurcades")
def seal_owner(bag: Bag) -> Iterable[Problem]:
    signers = _signers(_report(bag, "muhurcades"))
    # an update package names no creator: its original does
    package = bag.inner.package if bag.p.ustveri is None and bag.inner and bag.inner.package else bag.p
    creator = package.ustveri.olusturan.kurum_kurulus if package.ustveri and package.ustveri.olusturan else None
    if creator is None:
        raise NotCheckedError(Words("Oluşturan kurum bilinmiyor.", "The creating institution is not known."))
    wanted = {turkish.fold(creator.adi or "")} - {""}
    numbers = {(creator.kkk or "").strip(), (creator.birim_kkk or "").strip()} - {""}
    for signer in signers:
        names = {
            turkish.fold(text) for oid, text in _attributes(signer).items() if oid in (oids.ORGANIZATION, "2.5.4.3")
        }
        ids = " ".join(_attributes(signer).get(oid, "") for oid in (oids.SERIAL_NUMBER, _ORGANIZATION_ID))
        if not names & wanted and not any(re.search(rf"(?<![0-9]){number}(?![0-9])", ids) for number in numbers):
            shown = signer.certificate.name if signer.certificate else ABSENT
            yield Problem(bag.signatures["muhurcades"].part, found=shown, expected=creator.adi or creator.kkk or "")


# Signers and times ----------------------------------------------------------------------------------------------------


def known_signers(bag: Bag, *, serial: bool = False) -> tuple[SignerReport, ...]:
    """The parallel signers of the electronic signature, with ``serial`` also those who countersigned.

    Raises :class:`NotCheckedError` when one is not known.
    """
    report = _report(bag, "imzacades")
    signers = tuple(report.signers) if serial else _signers(report)
    if not signers or any(signer.certificate is None for signer in signers):
        raise NotCheckedError(Words("İmzacı sertifikası yok.", "There is no signer certificate."))
    return signers


@rule("EYP-NIHAIUSTVERI-SIGNERS", when="imzacades", needs="nihaiustveri")
def signers_listed(bag: Bag) -> Iterator[Problem]:
    final = bag.p.nihai_ustveri
    for signer in known_signers(bag):
        if final and not any(is_listed(entry, signer) for entry in final.imzalar):
            shown = " ".join(text for text in (signer.certificate.name, masked(tckn_of(signer))) if text) if (
                signer.certificate
            ) else ABSENT  # fmt: skip
            yield at(bag.p.part("nihaiustveri"), final.belge_imzalar or final, ABSENT, shown)


@rule("EYP-NIHAIUSTVERI-EXTRA", when="imzacades", needs="nihaiustveri")
def listed_signed(bag: Bag) -> Iterator[Problem]:
    final, signers = bag.p.nihai_ustveri, known_signers(bag, serial=True)
    for entry in final.imzalar if final else ():
        if not any(is_listed(entry, signer) for signer in signers):
            person = entry.imzalayan
            name = person.kisi.full_name if person and person.kisi else ABSENT
            yield at(bag.p.part("nihaiustveri"), entry, name)


def _times(bag: Bag, component: str) -> list[datetime]:
    """The signature timestamps of every parallel signer. Raises when one has none that can be relied on."""
    times = [signer.time for signer in _signers(_report(bag, component))]
    if not times or any(time is None for time in times):
        raise NotCheckedError(
            Words("Güvenilir zaman damgası yok.", "There is no reliable timestamp."), Outcome.INDETERMINATE
        )
    return [time for time in times if time is not None]


@rule("EYP-NIHAIUSTVERI-TARIH-TS", when="imzacades", needs="nihaiustveri")
def date_is_stamp(bag: Bag) -> Iterator[Problem]:
    final = bag.p.nihai_ustveri
    newest = max(_times(bag, "imzacades"))
    stated = as_datetime(final.tarih) if final else None
    if final and stated and abs(stated - newest) > TIME_TOLERANCE:
        yield at(bag.p.part("nihaiustveri"), final.tarih, final.tarih, written(newest))


@rule("EYP-ORDER-TIME", when=("imzacades", "muhurcades"))
def order_of_times(bag: Bag) -> Iterator[Problem]:
    signed, sealed = _times(bag, "imzacades"), _times(bag, "muhurcades")
    if "parafimzacades" in bag.signatures:
        initialled = _times(bag, "parafimzacades")
        if max(initialled) > min(signed):
            yield Problem(
                bag.signatures["imzacades"].part,
                found=written(min(signed)),
                expected=f"≥ {written(max(initialled))}",
            )
    if max(signed) > min(sealed):
        yield Problem(
            bag.signatures["muhurcades"].part, found=written(min(sealed)), expected=f"≥ {written(max(signed))}"
        )


# Decryption -----------------------------------------------------------------------------------------------------------


@rule("EYP-EYPS-RECIPIENT", when="sifreliicerik")
def recipient(bag: Bag) -> Iterator[Problem]:
    if bag.decrypted is None:
        raise NotCheckedError(bag.inner_missing or Words("Anahtar verilmedi.", "No key was given."))
    if not bag.decrypted:
        yield Problem(bag.p.part("sifreliicerik") or "", note=bag.inner_missing)
