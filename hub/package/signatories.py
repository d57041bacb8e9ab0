"""Who signed a package, for which unit, and whether İYEM let them: one answer for each signature of Paket Özeti.

The person is the one in the certificate (subject serialNumber), the time the signature timestamp's, the unit the
sender's. The unit itself is asked about first, then each superior up to the main institution or the authority that it
serves under: the head of a superior unit signs its letters, too. What is not proven is never a yes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol

from sqlalchemy import Connection, select

from hub.iyem.decision import Decision, DutyRecord, Named, Outcome, Reason, Who, may_sign
from hub.iyem.reading import StoredRegister
from hub.iyem.words import SENTENCES
from hub.letter.units import Chart
from hub.letter.units import Unit as LetterUnit
from hub.package.errors import Words
from hub.package.model import GercekSahis, Imza
from hub.package.people import folded_name, is_listed, masked, tckn_of
from hub.package.reader import Package
from hub.registry import serials, units
from hub.registry.moment import Moment
from hub.signing import SignerReport
from hub.store import schema
from hub.store.personal import Keys, Tckn
from hub.store.schema import DutyKind
from hub.store.scope import known_at
from hub.turkish import fold, valid_tckn

NO_TIME: Final = Words(
    "Güvenilir imza zaman damgası yok; imzacının beyan ettiği zamana dayanılmaz.",
    "There is no reliable signature timestamp; the time that the signer claims is not relied on.",
)
NOT_PROVEN: Final = Words(
    "İmza doğrulanamadı; kimin imzaladığı kesin değil.",
    "The signature is not validated, so who signed is not certain.",
)
NO_IDENTITY: Final = Words(
    "Sertifikada geçerli bir T.C. kimlik no yok.", "The certificate names no valid T.C. kimlik no."
)
NO_UNIT: Final = Words(
    "Belgeyi oluşturan birimin DETSİS numarası okunamadı.", "The DETSİS number of the sending unit cannot be read."
)
UNIT_LATER: Final = Words(
    "Birim kayıtta daha sonra başlıyor; imza tarihine ait bilgi yok.",
    "The registry's data on the unit begins later than the signature.",
)
IDENTITIES_MISSING: Final = Words(
    "Bu birimlerin kayıtlı yöneticilerinden bazılarının T.C. kimlik no kayıtta yok; kişi bulunamadı.",
    "The register lacks the identity numbers of some managers of these units, so the person could not be found.",
)

_NUMBER: Final = re.compile(r"[1-9][0-9]{7}")
_ELEVEN: Final = re.compile(r"(?<![0-9])[0-9]{11}(?![0-9])")
_SPECIFIC: Final = (
    Reason.NOT_RECORDED_YET, Reason.DEPUTY_WITHOUT_OWNER, Reason.ENDED, Reason.NOT_STARTED, Reason.OTHER_UNIT,
    Reason.NO_DUTY_HERE,
)  # fmt: skip
"""Refusals by how near they are to a yes: of several units the nearest refusal is told."""
_FINAL: Final = frozenset(
    {Reason.UNIT_UNKNOWN, Reason.UNIT_CLOSED, Reason.UNIT_NOT_YET, Reason.PERSON_UNKNOWN, Reason.CODE_OF_ANOTHER,
     Reason.TIME_AHEAD, Reason.REGISTRY_DATA_MISSING, Reason.REGISTRY_STALE}
)  # fmt: skip
"""Answers that another unit's would not change: about the sender, the person, or the register as a whole."""


class Signatories(Protocol):
    """İYEM as the package report asks it. Unit numbers are DETSİS numbers, instants are aware."""

    @property
    def serial(self) -> int:
        """Serial of the last change that these answers know."""

    def line(self, unit_no: int, at: datetime, known: datetime | None = None) -> Sequence[int]:
        """The unit, then its superiors as they were at ``at``, nearest first, up to the main institution or authority;
        the unit alone where the registry does not know it. ``known`` as in :meth:`decide`."""

    def decide(self, who: Who, unit_no: int, at: datetime, known: datetime | None = None) -> Decision:
        """Whether the person could sign for this very unit at ``at``; ``known``: as the register knew it then."""

    def code_of(self, tckn: Tckn) -> int | None:
        """The T.C. Yönetici Kodu of the person with this identity number; None when İYEM finds nobody."""

    def identities_missing(self, unit_nos: Sequence[int]) -> bool:
        """Whether the register lacks the identity number of a manager of these units."""

    def deputed_by(self, code: int, unit_nos: Sequence[int], at: datetime) -> Sequence[Named]:
        """The owners of these units for whom this manager was a valid deputy, recorded as such, at ``at``."""

    def heads(self, unit_nos: Sequence[int], at: datetime) -> Sequence[Named]:
        """Who was in office in these units, and recorded, at ``at``."""


class SignatoriesIn:
    """The hub's own register over one read connection. ``keys`` find people by identity number. Its methods are those
    of :class:`Signatories`."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys
        self._register = StoredRegister(connection, keys)
        self.serial: int = serials.serial(connection)

    def line(self, unit_no: int, at: datetime, known: datetime | None = None) -> Sequence[int]:
        moment = Moment(at, known)
        wanted = [unit_no, *units.superiors(self._connection, unit_no, moment)]
        found = [
            LetterUnit(
                number=row.detsis_no,
                name=row.name,
                parent=row.parent_no,
                parent2=row.second_parent_no,
                main=row.main_no,
                category=row.type1_id,
            )
            for row in units.units(self._connection, wanted, moment)
        ]
        chart = Chart(found)
        unit = chart.get(unit_no)
        return [unit_no] if unit is None else [one.number for one in chart.signing_line(unit)]

    def decide(self, who: Who, unit_no: int, at: datetime, known: datetime | None = None) -> Decision:
        if known is None:
            return may_sign(self._register, who, unit_no, at)
        return may_sign(StoredRegister(self._connection, self._keys, known), who, unit_no, at, known=known)

    def code_of(self, tckn: Tckn) -> int | None:
        return self._register.code_of(tckn)

    def identities_missing(self, unit_nos: Sequence[int]) -> bool:
        duty, person = schema.table_of(schema.Duty), schema.table_of(schema.Person)
        statement = (
            select(duty.c.id)
            .join(person, person.c.code == duty.c.code)
            .where(duty.c.detsis_no.in_(unit_nos), known_at(schema.Duty), known_at(schema.Person))
            .where(person.c.tckn_lookup.is_(None))
        )
        return self._connection.execute(statement.limit(1)).first() is not None

    def deputed_by(self, code: int, unit_nos: Sequence[int], at: datetime) -> Sequence[Named]:
        found = []
        for duty in self._register.duties_of(code):
            if duty.kind is not DutyKind.DEPUTY or duty.unit_no not in unit_nos:
                continue
            owner = self._acted_for(duty, at)
            valid = duty.in_office(at) and at >= duty.recorded_at and owner is not None and owner.in_office(at)
            person = self._register.person(owner.code) if owner and valid else None
            if person is not None:
                found.append(person)
        return found

    def _acted_for(self, deputy: DutyRecord, at: datetime) -> DutyRecord | None:
        """The owner's record; where the deputy's does not say whose (it came from elsewhere), the unit's owner then."""
        if deputy.for_duty_no is not None:
            return self._register.duty(deputy.for_duty_no)
        owners = (duty for duty in self._register.duties_in(deputy.unit_no) if duty.kind is DutyKind.OWNER)
        return next((duty for duty in owners if duty.in_office(at) and duty.code != deputy.code), None)

    def heads(self, unit_nos: Sequence[int], at: datetime) -> Sequence[Named]:
        duties = [duty for number in unit_nos for duty in self._register.duties_in(number)]
        codes = dict.fromkeys(duty.code for duty in duties if duty.in_office(at) and at >= duty.recorded_at)
        return [person for person in map(self._register.person, codes) if person is not None]


@dataclass(frozen=True, slots=True)
class Signatory:
    """What is known of one signature of Paket Özeti, or of one who means to sign."""

    place: str
    """``1``, ``2`` …: the signer's place in the signature file, or an intended signer's in the question."""
    name: str
    """The name in the certificate; İYEM's of an intended signer."""
    tckn: Tckn | None
    """The T.C. kimlik no in the certificate, or the one asked about."""
    time: datetime | None
    """The trusted time; None: there is none. Of an intended signer the instant asked about."""
    unit_no: int | None
    """The unit signed for."""
    line: tuple[int, ...] = ()
    """The unit and its superiors, whose heads may sign its letters."""
    code: int | None = None
    """The person's T.C. Yönetici Kodu by İYEM."""
    decision: Decision | None = None
    """The decision of the unit that decides; its ``unit_no`` says which."""
    unsure: Words | None = None
    """Why it is not decided; then nothing that :attr:`decision` says is a yes or a no."""
    astray: Words | None = None
    """Why the decision does not matter: it is about a unit that has nothing to do with the letter."""
    then: Decision | None = None
    """The decision as the register knew things at that time, where it is another than :attr:`decision`."""
    listed: Imza | None = None
    """Where the package's own metadata names this signer."""
    deputed_by: tuple[Named, ...] = ()
    """For whom İYEM knows the person as a valid deputy at that time."""
    deputy_holds: bool | None = None
    """Whether ``VekaletVeren`` is one of them; None where the package names nobody or nothing can be said."""
    delegation_holds: bool | None = None
    """Whether ``YetkiDevreden`` was in office in the unit or a superior; None likewise."""

    @property
    def entitled(self) -> bool:
        """Whether İYEM says yes to what is proven."""
        return self.unsure is None and self.astray is None and self.decision is not None and self.decision.yes


def sender_of(package: Package) -> int | None:
    """The DETSİS number of the unit that a letter is from: ``BirimKKK`` of Olusturan, ``KKK`` where there is none.

    None when it cannot be read; a unit that is written, but not as a DETSİS number, is not replaced by its institution.
    """
    ustveri = package.ustveri
    sender = ustveri.olusturan.kurum_kurulus if ustveri and ustveri.olusturan else None
    if sender is None:
        return None
    text = (sender.birim_kkk or "").strip() or (sender.kkk or "").strip()
    return int(text) if _NUMBER.fullmatch(text) else None


def decide(
    register: Signatories, who: Who, unit_no: int, at: datetime, known: datetime | None = None
) -> tuple[Decision, tuple[int, ...]]:
    """The decision on a letter of ``unit_no``, by the unit or by a superior, and the units asked about.

    A yes of the nearest unit; else what is undecided; else the refusal that is nearest to a yes. ``known`` as in
    :meth:`Signatories.decide`.
    """
    line = tuple(register.line(unit_no, at, known))
    refusals: list[Decision] = []
    for number in line:
        found = register.decide(who, number, at, known)
        if found.yes or (not refusals and found.reason in _FINAL):
            return found, line
        refusals.append(found)
    undecided = [item for item in refusals if item.outcome is Outcome.INDETERMINATE]
    return (undecided or sorted(refusals, key=_distance))[0], line


def _distance(found: Decision) -> int:
    return _SPECIFIC.index(found.reason) if found.reason in _SPECIFIC else len(_SPECIFIC)


def assess(package: Package, signers: Sequence[SignerReport], register: Signatories) -> tuple[Signatory, ...]:
    """What İYEM says of every signer of a package: whoever countersigned signed, too."""
    unit_no = sender_of(package)
    return tuple(_assess(package, signer, unit_no, register) for signer in signers)


def _assess(package: Package, signer: SignerReport, unit_no: int | None, register: Signatories) -> Signatory:
    name = _ELEVEN.sub(lambda found: masked(found[0]), signer.certificate.name) if signer.certificate else ""
    number = tckn_of(signer)
    tckn = Tckn(number) if number else None
    listed = next((entry for entry in package.signers if is_listed(entry, signer)), None)
    known = Signatory(signer.place, name, tckn, signer.time, unit_no, listed=listed)
    code = None if tckn is None else register.code_of(tckn)
    if signer.time is None or tckn is None or unit_no is None:
        why = NO_TIME if signer.time is None else NO_IDENTITY if tckn is None else NO_UNIT
        return replace(known, code=code, unsure=why)
    decision, line = decide(register, Who(tckn=tckn), unit_no, signer.time)
    unsure = undecided(decision, line, register) if signer.passed else NOT_PROVEN
    found = replace(known, code=code, line=line, decision=decision, unsure=unsure)
    return replace(compared(found, register), then=_as_known_then(found, Who(tckn=tckn), register))


def compared(item: Signatory, register: Signatories) -> Signatory:
    """``item`` with what İYEM says of the deputation and the delegation that the package names for it."""
    if item.time is None:
        return item
    deputed = () if item.code is None else tuple(register.deputed_by(item.code, item.line, item.time))
    listed = item.listed
    deputy = item.decision.record if item.decision is not None and item.decision.reason is Reason.DEPUTY else None
    unsaid = deputy is not None and deputy.for_duty_no is None and not deputed  # a deputy, and nobody knows whose
    delegator = listed.yetki_devreden if listed else None
    return replace(
        item,
        deputed_by=deputed,
        deputy_holds=None if unsaid else _is_among(listed.vekalet_veren if listed else None, deputed, register),
        delegation_holds=None
        if delegator is None
        else _is_among(delegator, register.heads(item.line, item.time), register),
    )


def _as_known_then(item: Signatory, who: Who, register: Signatories) -> Decision | None:
    """What the register answered at the time of the signature itself; None where that is the answer of today.

    A refusal for other reasons is the same answer: nobody signed because of it.
    """
    if item.unsure is not None or item.decision is None or item.time is None or item.unit_no is None:
        return None
    then, _ = decide(register, who, item.unit_no, item.time, item.time)
    now = item.decision
    same = then.outcome is now.outcome and (not now.yes or (then.reason, then.unit_no) == (now.reason, now.unit_no))
    return None if same else then


def _is_among(person: GercekSahis | None, people: Sequence[Named], register: Signatories) -> bool | None:
    """Whether a person whom the package names is one of İYEM's: by T.C. kimlik no, by name where there is none."""
    if person is None:
        return None
    number = (person.tckn or "").strip()
    if not number:
        return folded_name(person) in {fold(one.name) for one in people}
    code = register.code_of(Tckn(number)) if valid_tckn(number) else None
    return code is not None and code in {one.code for one in people}


def undecided(decision: Decision, line: Sequence[int], register: Signatories) -> Words | None:
    """Why a decision about a person found by T.C. kimlik no is neither yes nor no; None where it is one."""
    if decision.reason is Reason.UNIT_NOT_YET:
        return UNIT_LATER
    if decision.outcome is Outcome.NO and decision.unit_name is None and decision.reason in _SPECIFIC:
        return UNIT_LATER  # the registry does not know under whom the unit stood, so it may be that a superior signed
    if decision.reason is Reason.PERSON_UNKNOWN and register.identities_missing(line):
        return IDENTITIES_MISSING
    if decision.outcome is Outcome.INDETERMINATE:
        return said(decision)
    return None


def said(decision: Decision) -> Words:
    """The decision's reason in a sentence."""
    return Words(*SENTENCES[decision.reason])
