"""Invented people: names drawn from common first and last names, identity numbers from a range of their own.

A T.C. kimlik no of the sample begins with ``80``, then comes the person's number in seven digits, then the two check
digits, which are right. Numbers given to people are not known to begin so, and no number of the sample was taken from
anybody. A name that a living person bears too is chance.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from hub.sample.draw import choose, draw
from hub.sample.tables import names

TCKN_PREFIX: Final = "80"
FIRST_CODE: Final = 20_000_000
"""The T.C. Yönetici Kodu of the person with number 0."""

_FEMALE: Final = names("women")
_MALE: Final = names("men")
_SURNAMES: Final = names("surnames")


def tckn(person: int) -> str:
    """The invented T.C. kimlik no of ``person`` (0 to 9,999,999)."""
    nine = f"{TCKN_PREFIX}{person:07}"
    d = [int(c) for c in nine]
    tenth = (7 * (d[0] + d[2] + d[4] + d[6] + d[8]) - (d[1] + d[3] + d[5] + d[7])) % 10
    return f"{nine}{tenth}{(sum(d) + tenth) % 10}"


def name(person: int) -> tuple[str, str]:
    """Given name and surname, first letters capital."""
    given = choose(_FEMALE if draw(person, 31) % 3 == 0 else _MALE, person, 32)
    if draw(person, 33) % 6 == 0:
        second = choose(_FEMALE if given in _FEMALE else _MALE, person, 34)
        given = given if second == given else f"{given} {second}"
    surname = choose(_SURNAMES, person, 35)
    if draw(person, 36) % 25 == 0:
        surname = f"{surname} {choose(_SURNAMES, person, 37)}"
    return given, surname


def born(person: int) -> date:
    """Date of birth: between 1962 and 1989."""
    return date(1962, 1, 1) + timedelta(days=draw(person, 38) % 10_000)


def person_facts(person: int) -> dict[str, Any]:
    """Everything of ``person``, the identity number and date of birth in the clear: seal them before storing."""
    given, surname = name(person)
    return {
        "code": FIRST_CODE + person,
        "given_name": given,
        "surname": surname,
        "tckn": tckn(person),
        "birth": born(person),
    }
