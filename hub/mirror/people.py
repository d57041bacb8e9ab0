"""People in imports: personal data sealed, and left as they are where the same data are sealed already.

Sealing the same number twice gives other bytes; without this care each import of an unchanged file would change every
person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

from sqlalchemy import Connection

from hub.mirror.source import Facts
from hub.registry import managers
from hub.registry.managers import BIRTH_PURPOSE, person_row
from hub.store.errors import ConflictError, StoreError
from hub.store.personal import Keys, Tckn

_SEALED = ("tckn_sealed", "tckn_lookup", "birth_sealed")


def person(
    keys: Keys, *, code: int, given_name: str, surname: str, tckn: Tckn | None = None, birth: date | None = None
) -> Facts:
    """The facts of a manager; data that the source does not have are left out, so that what is known stays."""
    made: dict[str, Any] = person_row(keys, code=code, given_name=given_name, surname=surname, tckn=tckn, birth=birth)
    return {name: value for name, value in made.items() if name not in _SEALED or value is not None}


def split_name(full_name: str) -> tuple[str, str]:
    """Given name and surname of a name written in one: the last word is the surname."""
    given, _, surname = full_name.strip().rpartition(" ")
    return given.strip(), surname


def keep_sealed(
    connection: Connection, keys: Keys, rows: Iterable[Facts], refused: Callable[[Facts, StoreError], None]
) -> Iterator[Facts]:
    """``rows`` without the sealed data that are already recorded, and without a name that only was split otherwise.

    Handed to ``refused`` is a row that would give a T.C. Yönetici Kodu to another person, or a person a second one:
    codes are unique and do not change (İYEM principle 15), whichever way somebody comes in.
    """
    waiting = list(rows)
    known = managers.persons(connection, [row["code"] for row in waiting])
    holders = managers.codes_of(connection, {row["tckn_lookup"] for row in waiting if "tckn_lookup" in row})
    for row in waiting:
        before, lookup = known.get(row["code"]), row.get("tckn_lookup")
        number = None if before is None else managers.tckn(keys, before)
        same = number is not None and lookup == keys.lookup(number.number, managers.TCKN_PURPOSE)
        if row["code"] <= 0:
            refused(row, ConflictError("T.C. Yönetici Kodu sıfırdan büyük olmalı."))
            continue
        if lookup is not None and number is not None and not same:
            refused(row, ConflictError("Bu T.C. Yönetici Kodu başka bir kişinin."))
            continue
        if lookup is not None and holders.setdefault(lookup, row["code"]) != row["code"]:
            refused(row, ConflictError("Bu T.C. kimlik no başka bir T.C. Yönetici Kodu ile kayıtlı."))
            continue
        if before is None:
            yield row
            continue
        kept = dict(row)
        if f"{before.given_name} {before.surname}" == f"{row['given_name']} {row['surname']}":
            kept |= {"given_name": before.given_name, "surname": before.surname}
        if same:
            del kept["tckn_lookup"], kept["tckn_sealed"]
        born = managers.birth_date(keys, before)
        sealed = kept.get("birth_sealed")
        if sealed is not None and born is not None and keys.unseal(sealed, BIRTH_PURPOSE) == born.isoformat():
            del kept["birth_sealed"]
        yield kept
