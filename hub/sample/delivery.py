"""How the sample's units are reached: contacts, KEP addresses, package versions, notification numbers.

Nothing here reaches anybody. Telephone and fax numbers have a real area code and a subscriber number that begins with
0, which the numbering plan gives to no one; abroad they begin with +999, which is no country's. Hosts end in
``.example`` (RFC 2606). The part of a KEP address before the ``@`` holds the unit's invented number.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from hub.sample import places
from hub.sample.draw import chance, choose, draw
from hub.sample.structure import Unit
from hub.sample.tables import names
from hub.turkish import fold

WEB, MAIL, PHONE, FAX = 1, 2, 4, 5
_KEP_HOST: Final = "hs01.kep.tr"
_STREETS: Final = names("streets")
_QUARTERS: Final = names("quarters")
_BOXES: Final = ("bilgi", "iletisim", "ozelkalem", "evrak", "destek")


def address(unit: Unit) -> str:
    """The postal address: an invented number of a street that most towns have."""
    n = unit.number
    where = places.labels()[unit.place_id]
    return f"{choose(_QUARTERS, n, 41)} Mahallesi {choose(_STREETS, n, 42)} No: {draw(n, 43) % 240 + 1} {where}"


def contacts(unit: Unit) -> Iterator[dict[str, Any]]:
    """The unit's contact entries; the preferred one of each kind has the highest rank."""
    n = unit.number
    own = unit.institution.number == n
    if own:
        counts = {WEB: 1, MAIL: 2, PHONE: 3, FAX: 1}
    elif unit.external:
        counts = {WEB: int(chance(n, 44, 500)), MAIL: 1, PHONE: 1 + draw(n, 45) % 2, FAX: int(chance(n, 46, 700))}
    else:
        counts = {WEB: 0, MAIL: int(chance(n, 47, 300)), PHONE: int(chance(n, 48, 700)), FAX: 0}
    host = _host(unit)
    for kind, count in counts.items():
        for rank in range(count):
            if kind == WEB:
                value, label = f"https://{host}" + ("" if own else f"/{n}"), "İnternet Sitesi"
            elif kind == MAIL:
                box = choose(_BOXES, n + rank, 49) if own else f"birim{n}"
                value, label = f"{box}{rank or ''}@{host}", "E-posta"
            else:
                value, label = _telephone(unit, kind * 10 + rank), "Telefon" if kind == PHONE else "Belgegeçer"
            yield {"detsis_no": n, "kind": kind, "value": value, "label": label, "rank": rank}


def has_kep(unit: Unit) -> bool:
    """Whether the unit has a KEP address of its own; others receive at a superior's."""
    own = unit.institution.number == unit.number
    return (own and not unit.institution.closed) or (unit.external and not unit.leaf and chance(unit.number, 50, 600))


def kep(unit: Unit, generation: int = 0) -> dict[str, Any]:
    """The unit's KEP address; ``generation`` 1 is one that it gave up, 2 a further one."""
    n = unit.number
    local = f"{('', 'eski.', 'ek.')[generation]}{_slug(unit.name)}.{n}"
    text = f"{local}@{_KEP_HOST}"
    if chance(n, 51, 10):
        text = text.upper()
    return {"detsis_no": n, "address": text, "active": True, "status": "Aktif", "kind": "Kurumsal"}


def version(unit: Unit) -> str:
    """The e-Yazışma package version that an institution works with today."""
    return choose(("1.3", "2.0", "2.0", "2.0", "2.1"), unit.number, 52)


def notification_number(unit: Unit) -> str:
    """An electronic notification (UETS) number; those of the sample begin with ``00000``."""
    return f"00000-{unit.number % 100_000:05}-{draw(unit.number, 53) % 100_000:05}"


def _telephone(unit: Unit, salt: int) -> str:
    tail = draw(unit.number, 54 + salt) % 1_000_000
    code = places.phone_codes().get(unit.place_id)
    if code is None:
        return f"+999 0{tail // 10000:02} {tail // 100 % 100:02} {tail % 100:02}"
    return f"0 ({code}) 0{tail // 10000:02} {tail // 100 % 100:02} {tail % 100:02}"


def _host(unit: Unit) -> str:
    own = unit.institution
    if own.short in {"valilik", "kaymakamlik", "belediye", "ozelidare"}:
        kind = {"belediye": "bel", "ozelidare": "ozelidare"}.get(own.short, "gov")
        return f"{_slug(own.name)}.{kind}.example"
    return f"{own.short}.{'edu' if own.short.startswith('univ') else 'gov'}.example"


@cache
def _slug_of(name: str) -> str:
    letters = "".join(c for c in fold(name) if c.isascii() and c.isalnum())
    return letters[:28]


def _slug(name: str) -> str:
    return _slug_of(name)
