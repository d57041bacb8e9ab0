"""Rules on who signed: entitled by İYEM at the time of the signature timestamp, and named rightly by the package.

The signatory step has İYEM answer for each signature (:mod:`hub.package.signatories`); here the answers are sorted
under the rules of the catalogue. Each refusal falls under exactly one of them; what no other claims belongs to
``EYP-YETKI-IMZACI``. While an answer is undecided, no rule that rests on it is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from hub import turkish
from hub.clock import written
from hub.iyem.decision import Reason
from hub.package.errors import Words
from hub.package.parts import Generation
from hub.package.people import folded_name, masked
from hub.package.rules.base import ABSENT, Bag, NotApplicableError, NotCheckedError, Outcome, Problem, at, blank, rule
from hub.package.signatories import Signatory, said
from hub.store.schema import DutyKind

NOT_ASKED: Final = Words("İmzacılar İYEM'e sorulmadı.", "İYEM was not asked about the signers.")
IN_OWN_RIGHT: Final = Words(
    "İmzacı kendi göreviyle yetkilidir; vekâlet İYEM'de kayıtlı değil.",
    "The signer is entitled by a duty of his own; İYEM knows no such deputation.",
)
NO_DEPUTATION: Final = Words(
    "Pakette adı geçen kişi için geçerli vekâlet kayıtlı değil.",
    "No valid deputation for the person named in the package is on record.",
)
DEPUTY_UNNAMED: Final = Words(
    "İmza vekâleten atılmış, VekaletVeren yazılmamış.", "Signed as a deputy, but VekaletVeren is not given."
)
DELEGATOR: Final = Words(
    "YetkiDevreden o anda bu birimde ya da üst birimlerinde görevli değil.",
    "YetkiDevreden was not in office in this unit or a superior of it at that time.",
)
THEN: Final = Words("Kayıtlar sonradan değişti; imza anında bilinen:", "Corrected since; as known at the signature:")
NOT_LISTED: Final = Words("İmzacı Belge İmza içinde yer almıyor.", "The signer is not listed in Belge İmza.")
OTHER_NAME: Final = Words("Yazılan ad farklı.", "The name written is another.")

_ABOUT_SENDER_OR_PERSON: Final = frozenset(
    {Reason.UNIT_UNKNOWN, Reason.UNIT_CLOSED, Reason.UNIT_NOT_YET, Reason.PERSON_UNKNOWN, Reason.CODE_OF_ANOTHER}
)


def _known(bag: Bag) -> tuple[Signatory, ...]:
    """Who signed, and who means to."""
    if bag.signatories is None:
        raise bag.no_signatories or NotCheckedError(NOT_ASKED)
    return (*bag.signatories, *(bag.intended or ()))


def rule_of(item: Signatory) -> str | None:
    """The rule that a refusal falls under; None where İYEM did not refuse."""
    if item.unsure is not None or item.decision is None:
        return None
    if item.astray:
        return "EYP-YETKI-IMZACI"
    if item.decision.yes:
        return None
    reason, record = item.decision.reason, item.decision.record
    if reason in _ABOUT_SENDER_OR_PERSON:
        return "EYP-YETKI-IMZACI"
    if reason is Reason.NOT_RECORDED_YET:
        return "EYP-YETKI-KAYIT-ONCESI"
    deputy = record is not None and record.kind is DutyKind.DEPUTY and reason is not Reason.OTHER_UNIT
    if deputy or item.deputy_holds is False or reason is Reason.DEPUTY_WITHOUT_OWNER:
        return "EYP-YETKI-VEKALET"
    return "EYP-YETKI-SONA-ERMIS" if reason is Reason.ENDED else "EYP-YETKI-IMZACI"


def _shown(item: Signatory) -> str:
    number = masked(item.tckn.number) if item.tckn else ""
    time = written(item.time) if item.time else ""
    code = "" if item.code is None else f"T.C. Yönetici Kodu {item.code}"
    return ", ".join(text for text in (f"{item.name} {number}".strip(), code, time) if text)


def _refused(bag: Bag, item: Signatory) -> Problem:
    assert item.decision
    return Problem(
        bag.p.part("imzacades") or "",
        found=_shown(item),
        expected=", ".join(str(number) for number in item.line),
        note=item.astray or _said(item),
        code="" if item.astray else item.decision.reason.value,
    )


def _said(item: Signatory) -> Words | None:
    """The reason, and that the register said otherwise then."""
    if item.decision is None:
        return None
    if item.then is None:
        return said(item.decision)
    now, then = said(item.decision), said(item.then)
    return Words(f"{now.tr} {THEN.tr} {then.tr}", f"{now.en} {THEN.en} {then.en}")


def _decided(problems: Iterable[Problem], items: Iterable[Signatory]) -> list[Problem]:
    """The problems; without any, an undecided answer leaves the rule undecided."""
    found = list(problems)
    why = next((item.unsure for item in items if item.unsure is not None), None)
    if not found and why is not None:
        raise NotCheckedError(why, Outcome.INDETERMINATE)
    return found


def _refusals(rule_id: str) -> Callable[[Bag], list[Problem]]:
    def check(bag: Bag) -> list[Problem]:
        items = _known(bag)
        return _decided((_refused(bag, item) for item in items if rule_of(item) == rule_id), items)

    return check


for _id in ("EYP-YETKI-IMZACI", "EYP-YETKI-SONA-ERMIS", "EYP-YETKI-KAYIT-ONCESI"):
    rule(_id)(_refusals(_id))


@rule("EYP-YETKI-VEKALET")
def deputies(bag: Bag) -> list[Problem]:
    items = _known(bag)

    def problems() -> Iterator[Problem]:
        for item in items:
            if rule_of(item) == "EYP-YETKI-VEKALET":
                yield _refused(bag, item)
            elif item.entitled and item.deputy_holds is False and item.decision and item.listed:
                own = item.decision.reason is not Reason.DEPUTY
                expected = ", ".join(one.name for one in item.deputed_by) or ABSENT
                yield at(
                    _list_part(bag),
                    item.listed.vekalet_veren,
                    _name(item.listed.vekalet_veren),
                    expected,
                    note=IN_OWN_RIGHT if own else NO_DEPUTATION,
                    severity="warning" if own else None,
                )

    return _decided(problems(), items)


@rule("EYP-YETKI-BEYAN")
def declared(bag: Bag) -> list[Problem]:
    items = _known(bag)

    def problems() -> Iterator[Problem]:
        for item in items:
            if not item.entitled or item.listed is None or item.decision is None:
                continue
            if item.decision.reason is Reason.DEPUTY and item.listed.vekalet_veren is None:
                name = item.decision.deputy_for.name if item.decision.deputy_for else ABSENT
                yield at(_list_part(bag), item.listed, ABSENT, name, note=DEPUTY_UNNAMED)
            if item.delegation_holds is False:
                person = item.listed.yetki_devreden
                yield at(_list_part(bag), person, _name(person), note=DELEGATOR)

    return _decided(problems(), items)


@rule("EYP-YETKI-KOD-YOK")
def code_given(bag: Bag) -> Iterator[Problem]:
    if bag.p.version != "1.3":
        raise NotApplicableError
    _known(bag)
    for entry in bag.p.signers:
        if blank(entry.tcyk):
            yield at(_list_part(bag), entry, entry.tcyk, "TCYK")


@rule("EYP-YETKI-KOD-BASKA")
def code_is_his(bag: Bag) -> list[Problem]:
    if bag.p.version != "1.3":
        raise NotApplicableError
    items = _known(bag)

    def problems() -> Iterator[Problem]:
        for item in items:
            given = "" if item.listed is None else (item.listed.tcyk or "").strip()
            # a person whom İYEM cannot find for sure has no code to compare with
            if not given or item.listed is None or (item.code is None and item.unsure is not None):
                continue
            if not (given.isascii() and given.isdigit() and item.code is not None and int(given) == item.code):
                yield at(_list_part(bag), item.listed.tcyk, given, ABSENT if item.code is None else str(item.code))

    return _decided(problems(), items)


@rule("EYP-YETKI-IMZALAYAN")
def named(bag: Bag) -> Iterator[Problem]:
    for item in _known(bag):
        person = item.listed.imzalayan if item.listed else None
        if person is None:
            if bag.p.generation is Generation.ONE:
                shown = f"{item.name} {masked(item.tckn.number) if item.tckn else ''}".strip()
                yield Problem(_list_part(bag), found=ABSENT, expected=shown, note=NOT_LISTED)
            continue
        recorded = item.decision.person if item.decision else None
        names = list(dict.fromkeys(name for name in (item.name, recorded.name if recorded else "") if name))
        if not names:
            continue  # nobody knows who this is; the refusal says so
        if folded_name(person) not in {turkish.fold(name) for name in names}:
            yield at(_list_part(bag), person, _name(person), " / ".join(names), note=OTHER_NAME, severity="warning")


def _list_part(bag: Bag) -> str:
    """The part that lists the signers."""
    return bag.p.part("nihaiustveri" if bag.p.nihai_ustveri else "belgeimza") or ""


def _name(person: object) -> str:
    kisi = getattr(person, "kisi", None)
    return kisi.full_name if kisi else ABSENT
