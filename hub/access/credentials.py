"""Credentials: given, listed and taken back. Passwords are kept as argon2id hashes only.

A caller may hold two credentials at once, so that a password can be changed without a moment in which none works.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from argon2 import PasswordHasher
from sqlalchemy import Connection, insert, select, update

from hub import limits
from hub.access.errors import CredentialError
from hub.registry.units import exists
from hub.store.change import Change
from hub.store.schema import Credential, table_of
from hub.turkish import clean

HASHER: Final = PasswordHasher(
    time_cost=limits.ARGON2_TIME, memory_cost=limits.ARGON2_MEMORY // 1024, parallelism=1, hash_len=32, salt_len=16
)


class Right(StrEnum):
    """What a credential allows beyond asking the registry."""

    PERSONAL = "personal"
    """See personal data: managers by T.C. kimlik no, dates of birth."""
    RECORD = "record"
    """Record managers and deputies of the own institution in İYEM."""


class Given(NamedTuple):
    """A credential as it was given. The password is nowhere else."""

    id: int
    kurum_id: str
    password: str


class Listed(NamedTuple):
    """A credential as an operator sees it."""

    id: int
    kurum_id: str
    detsis_no: int
    rights: frozenset[Right]
    label: str
    created_at: datetime
    created_by: str
    revoked_at: datetime | None
    revoked_by: str | None


_TABLE = table_of(Credential)


def give(
    change: Change,
    detsis_no: int,
    *,
    password: str | None = None,
    rights: Iterable[Right] = (),
    label: str = "",
) -> Given:
    """Give the institution ``detsis_no`` a credential; a password is made up where none is given.

    The caller names itself (``KurumID``) with that number. Raises :class:`~hub.access.errors.CredentialError` for an
    unknown institution, a third credential, or a password that is too short or too long.
    """
    change.flush()
    if not exists(change.connection, [detsis_no]):
        raise CredentialError(f"{detsis_no} numaralı birim kayıtlı değil.")
    name = str(detsis_no)
    password = secrets.token_urlsafe(24) if password is None else password
    if not limits.PASSWORD_LEAST <= len(password) <= limits.PASSWORD_MOST:
        raise CredentialError(f"Parola {limits.PASSWORD_LEAST}–{limits.PASSWORD_MOST} karakter olmalı.")
    held = select(_TABLE.c.id).where(_TABLE.c.kurum_id == name, _TABLE.c.revoked_at.is_(None))
    if len(change.connection.execute(held).all()) >= limits.CREDENTIALS_EACH:
        raise CredentialError("Bu kurumun zaten iki geçerli parolası var; önce biri iptal edilmeli.")
    allowed = frozenset(Right(right) for right in rights)
    values = {
        "kurum_id": name,
        "detsis_no": detsis_no,
        "hash": HASHER.hash(password),
        "rights": " ".join(sorted(allowed)),
        "label": clean(label),
        "created_at": change.at,
        "created_by": change.actor,
    }
    number = int(change.connection.execute(insert(_TABLE).values(**values).returning(_TABLE.c.id)).scalar_one())
    change.audit("credential:add", str(number), detsis_no=detsis_no, rights=values["rights"])
    change.credentials_changed()
    return Given(number, name, password)


def revoke(change: Change, number: int) -> None:
    """Take a credential back; its next call is refused. Raises :class:`~hub.access.errors.CredentialError`."""
    statement = (
        update(_TABLE)
        .where(_TABLE.c.id == number, _TABLE.c.revoked_at.is_(None))
        .values(revoked_at=change.at, revoked_by=change.actor)
        .returning(_TABLE.c.detsis_no)
    )
    detsis_no = change.connection.execute(statement).scalar_one_or_none()
    if detsis_no is None:
        raise CredentialError("Bu numarayla geçerli bir parola yok.")
    change.audit("credential:revoke", str(number), detsis_no=detsis_no)
    change.credentials_changed()


def listed(connection: Connection, *, revoked: bool = False) -> list[Listed]:
    """The credentials in the order they were given; with ``revoked`` also those taken back."""
    statement = select(*(_TABLE.c[name] for name in Listed._fields)).order_by(_TABLE.c.id)
    if not revoked:
        statement = statement.where(_TABLE.c.revoked_at.is_(None))
    return [Listed(*row)._replace(rights=read_rights(row.rights)) for row in connection.execute(statement)]


def read_rights(text: str) -> frozenset[Right]:
    """Rights as they are stored."""
    return frozenset(map(Right, text.split()))
