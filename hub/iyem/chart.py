"""Which deputy head each first-level unit is linked to (principle 14), and managers' CVs (principle 18)."""

from __future__ import annotations

import re
from typing import Final

from sqlalchemy import Connection, select

from hub.iyem import places
from hub.iyem.errors import CvError, LinkError, OutsideAreaError
from hub.iyem.officers import Actor, acting_officer, check_may_record_one
from hub.iyem.places import Place, Standing
from hub.registry import managers
from hub.registry.moment import NOW, holds
from hub.store import schema
from hub.store.change import Change
from hub.store.schema import DutyKind, OfficerRole
from hub.store.scope import current
from hub.turkish import fold, valid_tckn, xml_text

CV_CHARACTERS: Final = 20_000
"""About eight pages."""

_NUMBER: Final = re.compile(r"(?<![0-9])[0-9](?:[ .\-]?[0-9]){10}(?![0-9])")
_CONTACT: Final = re.compile(
    r"[^@\s]@[^@\s]+\.[^@\s]"  # no more than proves an address: it is sought from each character on
    # a phone number: a mobile one in any writing, one of the fixed network with its leading 0 or +90
    r"|(?<![0-9])(?:(?:\+?90|0)?{sep}5|(?:\+?90|0){sep}[2-4])[0-9]{{2}}{sep}[0-9]{{3}}{sep}[0-9]{{2}}{sep}[0-9]{{2}}"
    r"(?![0-9])".format(sep=r"[ .\-/()]{0,3}")
)
_DEPUTY: Final = "yardimci"
"""As :func:`hub.turkish.fold` writes it."""
_DUTY: Final = schema.table_of(schema.Duty)
_UNIT: Final = schema.table_of(schema.Unit)


def link(change: Change, actor: Actor, unit_no: int, head_no: int, code: int) -> int | None:
    """A first-level unit reports to the deputy head with T.C. Yönetici Kodu ``code``; the serial, None if it did.

    A central unit is linked by its institution's Yetkili, a civil unit of a province by the governorate's; a Görevli
    and a district governorate's Yetkili may not. Raises :class:`~hub.iyem.errors.LinkError`.
    """
    change.flush()
    connection = change.connection
    at = places.standing(connection, unit_no)
    head = places.standing(connection, head_no)
    if at is None or head is None:
        raise LinkError("Birim DETSİS'te yok.")
    if head_no not in (at.unit.parent_no, at.unit.second_parent_no):
        raise LinkError("Yalnızca kuruma ya da valiliğe doğrudan bağlı birimler ilişkilendirilir.")
    if head_no != head.main_no and not places.is_authority(head.unit.name):
        raise LinkError("Yalnızca bir kurumun ya da valiliğin yardımcılarıyla ilişkilendirilir.")
    if actor.ebys_of is not None:
        raise LinkError("Bu ilişkilendirmeyi İYEM yetkilisi yapar.")
    if actor.officer is not None:
        acting = acting_officer(connection, actor.officer.officer_no)
        if acting.role is not OfficerRole.YETKILI:
            raise LinkError("Bu ilişkilendirmeyi İYEM görevlisi yapamaz.")
        if acting.area_no != head_no:
            raise LinkError("Bu ilişkilendirmeyi birimin bağlı olduğu yerin yetkilisi yapar.")
    if head.place is Place.CIVIL and not places.is_governorate(head.unit.name):
        raise LinkError("Vali yardımcısıyla ilişkilendirmeyi valilik yapar, kaymakamlık yapmaz.")
    if not is_linked_by(at, head):
        raise LinkError("Birimi, mülkî idareye bağlıysa valilik, değilse kendi kurumu ilişkilendirir.")
    if not deputy_heads(connection, head_no).get(code, set()) - {unit_no}:
        raise LinkError(
            "Bu kod, o kurumun ya da valiliğin görevdeki bir yardımcısının değil; bir yardımcının kodu verilmeli."
        )
    row = {"detsis_no": unit_no, "head_no": head_no, "code": code}
    counts = change.put_many(schema.DeputyHeadLink, [row])
    return change.serial if counts.opened or counts.altered else None


def is_linked_by(at: Standing, head: Standing) -> bool:
    """Whether the first-level unit ``at`` is linked with a deputy of ``head``: units of civil administration with one
    of the governorate's, others with one of their own institution's; local governments with nobody else's."""
    if head.place is Place.CIVIL:
        return at.place is Place.CIVIL
    return at.place is not Place.CIVIL and at.main_no == head.main_no


def deputy_heads(connection: Connection, head_no: int) -> dict[int, set[int]]:
    """Who may be a deputy head: the codes in office in the posts directly beneath an institution or authority, or as
    deputy in its own, and where. The head is none."""
    held = (_DUTY.c.detsis_no == head_no) & (_DUTY.c.kind == DutyKind.DEPUTY.value)
    beneath = select(_UNIT.c.detsis_no).where(current(schema.Unit), _UNIT.c.parent_no == head_no)
    statement = select(_DUTY.c.code, _DUTY.c.detsis_no).where(holds(schema.Duty), held | _DUTY.c.detsis_no.in_(beneath))
    found: dict[int, set[int]] = {}
    for code, number in connection.execute(statement):
        found.setdefault(code, set()).add(number)
    return found


def deputy_posts(connection: Connection, head_no: int) -> set[int]:
    """Units directly beneath that are a deputy head's own post. DETSİS does not say; the unit's name does, or the title
    of who heads it."""
    title = (_DUTY.c.detsis_no == _UNIT.c.detsis_no) & (_DUTY.c.kind != DutyKind.DEPUTY.value) & holds(schema.Duty)
    statement = (
        select(_UNIT.c.detsis_no, _UNIT.c.name, _DUTY.c.title)
        .outerjoin(_DUTY, title)
        .where(current(schema.Unit), _UNIT.c.parent_no == head_no)
    )
    return {
        number for number, *words in connection.execute(statement) if any(_DEPUTY in fold(word or "") for word in words)
    }


def linked(connection: Connection, head_no: int) -> dict[int, int]:
    """The links to deputy heads of an institution or authority: unit number to code."""
    table = schema.table_of(schema.DeputyHeadLink)
    statement = select(table.c.detsis_no, table.c.code).where(
        table.c.head_no == head_no, current(schema.DeputyHeadLink)
    )
    rows = connection.execute(statement.order_by(table.c.detsis_no))
    return {row.detsis_no: row.code for row in rows}


def set_cv(change: Change, actor: Actor, code: int, text: str) -> int | None:
    """Record a manager's CV; the serial, None if it was the same. An officer of a unit that the manager holds may.

    Raises :class:`~hub.iyem.errors.CvError` for a text with an identity number, a mobile phone or an e-mail address:
    what is recorded is published; and :class:`~hub.iyem.errors.OutsideAreaError` for an institution's EBYS.
    """
    change.flush()
    words = xml_text(text).strip()
    if not words or len(words) > CV_CHARACTERS:
        raise CvError(f"Özgeçmiş boş olamaz ve {CV_CHARACTERS} karakteri geçemez.")
    if any(valid_tckn(re.sub("[^0-9]", "", number)) for number in _NUMBER.findall(words)) or _CONTACT.search(words):
        raise CvError("Özgeçmişte T.C. kimlik no ya da kişisel iletişim bilgisi yayımlanmaz.")
    held = managers.held_from(change.connection, code, change.at)  # who left is no longer theirs to write about
    if not held:
        raise CvError("Bu T.C. Yönetici Kodu ile süren bir görev yok.")
    if actor.ebys_of is not None:
        raise OutsideAreaError("Özgeçmişi bir İYEM yetkilisi ya da görevlisi kaydeder.")
    check_may_record_one(change.connection, actor, held)
    counts = change.put_many(schema.Cv, [{"code": code, "text": words}])
    return change.serial if counts.opened or counts.altered else None


def published_cv(connection: Connection, code: int, unit_no: int) -> str | None:
    """The CV that the chart shows for the manager of ``unit_no``: only of somebody in office there."""
    if not any(duty.code == code for duty in managers.duties_at(connection, unit_no, NOW)):
        return None
    table = schema.table_of(schema.Cv)
    found: str | None = connection.execute(
        select(table.c.text).where(table.c.code == code, current(schema.Cv))
    ).scalar_one_or_none()
    return found
