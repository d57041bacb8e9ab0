"""How units are reached: contacts, KEP addresses, encryption certificates, package versions, notification numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import Connection, or_, select

from hub.registry.moment import NOW, Moment, holds, numbers, parts, stream
from hub.registry.serials import first_serial_since
from hub.store import schema
from hub.turkish import ascii_fold


class Contact(NamedTuple):
    """One contact entry; ``kind`` is 1 web site, 2 e-mail, 4 telephone, 5 fax."""

    detsis_no: int
    kind: int
    value: str
    label: str | None


class Kep(NamedTuple):
    """One KEP address of a unit."""

    detsis_no: int
    address: str
    active: bool
    status: str | None
    kind: str | None


class Certificate(NamedTuple):
    """One encryption certificate of an institution; ``der`` is the certificate itself."""

    detsis_no: int
    fingerprint: str
    der: bytes
    uploaded_at: datetime
    updated_at: datetime
    not_before: datetime
    not_after: datetime
    active: bool


class Ownership(NamedTuple):
    """Unit ``detsis_no`` receives with the certificate of ``owner_no``."""

    detsis_no: int
    owner_no: int


_CONTACT = schema.table_of(schema.Contact)
_KEP = schema.table_of(schema.KepAddress)
_CERTIFICATE = schema.table_of(schema.Certificate)
_KEP_COLUMNS = tuple(_KEP.c[name] for name in Kep._fields)


# Contacts ----------------------------------------------------------------------------------------------------------


def contacts(connection: Connection, detsis_nos: Iterable[int], moment: Moment = NOW) -> Iterator[Contact]:
    """The entries of the units, in the order of ``detsis_nos``, then by kind; the preferred entry of a kind is the
    last of it, because clients let a later entry overwrite an earlier one."""
    for part in parts(detsis_nos):
        statement = (
            select(*(_CONTACT.c[name] for name in Contact._fields))
            .where(_CONTACT.c.detsis_no.in_(part), holds(schema.Contact, moment))
            .order_by(_CONTACT.c.kind, _CONTACT.c.rank, _CONTACT.c.value)
        )
        found: dict[int, list[Contact]] = {}
        for row in connection.execute(statement):
            found.setdefault(row.detsis_no, []).append(Contact(*row))
        for number in part:
            yield from found.get(number, ())


# KEP addresses -----------------------------------------------------------------------------------------------------


def kep_of(connection: Connection, detsis_nos: Iterable[int], moment: Moment = NOW) -> list[Kep]:
    """The addresses of the units, by number; of one unit the active addresses come first."""
    found: list[Kep] = []
    for part in parts(sorted(set(detsis_nos))):
        statement = (
            select(*_KEP_COLUMNS)
            .where(_KEP.c.detsis_no.in_(part), holds(schema.KepAddress, moment))
            .order_by(_KEP.c.detsis_no, _KEP.c.active.desc(), _KEP.c.folded_address)
        )
        found += [Kep(*row) for row in connection.execute(statement)]
    return found


def kep_owner(connection: Connection, address: str, moment: Moment = NOW) -> Kep | None:
    """Whose this address is, compared without regard to the case of A–Z; an active holder wins over others."""
    statement = (
        select(*_KEP_COLUMNS)
        .where(_KEP.c.folded_address == ascii_fold(address), holds(schema.KepAddress, moment))
        .order_by(_KEP.c.active.desc(), _KEP.c.detsis_no)
        .limit(1)
    )
    row = connection.execute(statement).one_or_none()
    return None if row is None else Kep(*row)


def active_kep(connection: Connection, moment: Moment = NOW, *, of: Sequence[int] | None = None) -> Iterator[Kep]:
    """All active addresses by number, piece by piece; with ``of`` those of these few units."""
    statement = select(*_KEP_COLUMNS).where(_KEP.c.active, holds(schema.KepAddress, moment))
    if of is not None:
        statement = statement.where(_KEP.c.detsis_no.in_(of))
    return map(Kep._make, stream(connection, statement.order_by(_KEP.c.detsis_no, _KEP.c.folded_address)))


# Certificates ------------------------------------------------------------------------------------------------------


def certificates(connection: Connection, detsis_no: int, moment: Moment = NOW) -> list[Certificate]:
    """The certificates of one institution; the active ones first, of these the latest first."""
    statement = (
        select(*(_CERTIFICATE.c[name] for name in Certificate._fields))
        .where(_CERTIFICATE.c.detsis_no == detsis_no, holds(schema.Certificate, moment))
        .order_by(_CERTIFICATE.c.active.desc(), _CERTIFICATE.c.not_before.desc(), _CERTIFICATE.c.fingerprint)
    )
    return [Certificate(*row) for row in connection.execute(statement)]


def certificates_since(connection: Connection, since: datetime) -> Iterator[Certificate]:
    """Certificates uploaded or updated at or after the instant ``since``, by number, piece by piece."""
    later = or_(_CERTIFICATE.c.uploaded_at >= since, _CERTIFICATE.c.updated_at >= since)
    statement = (
        select(*(_CERTIFICATE.c[name] for name in Certificate._fields))
        .where(later, holds(schema.Certificate))
        .order_by(_CERTIFICATE.c.detsis_no, _CERTIFICATE.c.uploaded_at, _CERTIFICATE.c.fingerprint)
    )
    for row in stream(connection, statement):
        yield Certificate(*row)


def ownerships_since(connection: Connection, since: datetime) -> list[Ownership]:
    """Units whose certificate owner changed at or after the instant ``since``, by number; a unit whose record ended
    receives with its own certificate again."""
    kind = schema.CertificateOwnership
    journal = schema.JournalEntry
    changed = (
        select(journal.unit)
        .where(journal.subject == kind.subject, journal.serial >= first_serial_since(connection, since))
        .distinct()
    )
    found: list[Ownership] = []
    for part in parts(sorted(numbers(connection, changed))):
        statement = select(kind.detsis_no, kind.owner_no).where(kind.detsis_no.in_(part), holds(kind))
        owners = {row.detsis_no: row.owner_no for row in connection.execute(statement)}
        found += [Ownership(number, owners.get(number, number)) for number in part]
    return found


def certificate_owner(connection: Connection, detsis_no: int, moment: Moment = NOW) -> int:
    """The institution with whose certificate the unit receives; the unit itself where none is recorded."""
    kind = schema.CertificateOwnership
    statement = select(kind.owner_no).where(kind.detsis_no == detsis_no, holds(kind, moment))
    return connection.execute(statement).scalar_one_or_none() or detsis_no


def certificate_owners(connection: Connection, detsis_nos: Iterable[int], moment: Moment = NOW) -> dict[int, int]:
    """The institutions with whose certificates these units receive, by unit; units without a record are left out."""
    kind = schema.CertificateOwnership
    found: dict[int, int] = {}
    for part in parts(detsis_nos):
        statement = select(kind.detsis_no, kind.owner_no).where(kind.detsis_no.in_(part), holds(kind, moment))
        found.update((row.detsis_no, row.owner_no) for row in connection.execute(statement))
    return found


def certificates_of(connection: Connection, detsis_nos: Iterable[int], moment: Moment = NOW) -> Iterator[Certificate]:
    """The certificates of these institutions, in no particular order."""
    for part in parts(detsis_nos):
        statement = select(*(_CERTIFICATE.c[name] for name in Certificate._fields)).where(
            _CERTIFICATE.c.detsis_no.in_(part), holds(schema.Certificate, moment)
        )
        for row in connection.execute(statement):
            yield Certificate(*row)


def encryption_certificate(connection: Connection, detsis_no: int, at: datetime) -> Certificate | None:
    """The certificate to encrypt with for the unit at the instant ``at``: active, within its validity, of the owner
    that the ownership record names; the latest where there are several."""
    owner = certificate_owner(connection, detsis_no)
    usable = (c for c in certificates(connection, owner) if c.active and c.not_before <= at <= c.not_after)
    return next(usable, None)


# Package versions and notification numbers -------------------------------------------------------------------------


def package_version(connection: Connection, detsis_no: int, moment: Moment = NOW) -> str | None:
    """The package version the institution works with, such as ``1.3``; None where none is recorded."""
    kind = schema.PackageVersion
    statement = select(kind.version).where(kind.detsis_no == detsis_no, holds(kind, moment))
    return connection.execute(statement).scalar_one_or_none()


def moved_to_another_version(connection: Connection) -> list[int]:
    """The institutions on the new package version, by number: those on 2 or later, and those whose version is newer
    than one they worked with before. Who went back to an older one is not among them: they could not open the new."""
    kind = schema.PackageVersion
    statement = select(kind.detsis_no, kind.version, kind.valid_to).where(kind.known_to.is_(None))
    former: dict[int, list[tuple[int, ...]]] = {}
    current: dict[int, tuple[int, ...]] = {}
    for number, version, until in connection.execute(statement):
        if until is None:
            current[number] = _release(version)
        else:
            former.setdefault(number, []).append(_release(version))
    return sorted(
        number
        for number, version in current.items()
        if version >= _NEW_RELEASE or any(version > before for before in former.get(number, ()))
    )


_NEW_RELEASE: Final = (2,)


def _release(version: str) -> tuple[int, ...]:
    """The numbers of a version such as ``1.3``, so that it can be compared; of a text without any, nothing."""
    return tuple(int(part) for part in re.findall(r"[0-9]+", version))


def notification_number(connection: Connection, detsis_no: int, moment: Moment = NOW) -> str | None:
    """The electronic notification (UETS) number; None where none is recorded."""
    kind = schema.NotificationNumber
    statement = select(kind.number).where(kind.detsis_no == detsis_no, holds(kind, moment))
    return connection.execute(statement).scalar_one_or_none()
