"""Contacts, KEP address, encryption certificate and signatories of a letter: chosen, not fetched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import TypeVar

from hub.letter.units import Chart, Unit

T = TypeVar("T")


class Contact(IntEnum):
    """Kinds of contact entries that clients read (``IletisimTip``)."""

    WEB = 1
    EMAIL = 2
    TELEPHONE = 4
    FAX = 5


@dataclass(frozen=True, slots=True)
class Certificate:
    """An encryption certificate of an institution."""

    der: bytes
    valid_until: datetime | None
    """End of validity, aware; None where the register does not know it."""
    added: datetime
    """When it came to the register, or was last changed there; aware."""


@dataclass(frozen=True, slots=True)
class Signatory:
    """A manager who may sign for ``unit`` now."""

    yonetici_kodu: int
    name: str
    surname: str
    title: str | None
    unit: int
    vekalet: str | None = None
    """Kind of deputation; None for the owner of the post."""


def nearest(unit: Unit, chart: Chart, values: Mapping[int, T]) -> T | None:
    """The unit's own value; where it has none, that of the first superior on the way up with one. Nothing is delivered
    to, or answered from, a closed unit: it is passed over."""
    for at in chart.superiors(unit):
        if at.active and at.number in values:
            return values[at.number]
    return None


def certificate(
    unit: int, owners: Mapping[int, int], certificates: Mapping[int, Iterable[Certificate]], at: datetime
) -> bytes | None:
    """The certificate to encrypt for ``unit`` with: of the owner recorded for it, else its own.

    Of several that are valid at ``at`` (aware) the one that came last; None if there is none.
    """
    owner = owners.get(unit, unit)
    valid = [c for c in certificates.get(owner, ()) if c.valid_until is None or at < c.valid_until]
    return max(valid, key=lambda c: c.added).der if valid else None


def signatories(sender: Unit, chart: Chart, known: Iterable[Signatory]) -> list[Signatory]:
    """Those of ``known`` who sign for the sender or a superior of it: nearest unit first, owners before deputies."""
    place = {unit.number: index for index, unit in enumerate(chart.signing_line(sender))}
    mine = [s for s in known if s.unit in place]
    return sorted(mine, key=lambda s: (place[s.unit], s.vekalet is not None, s.yonetici_kodu))
