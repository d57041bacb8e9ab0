"""Time: instants are aware and in UTC inside the hub; the contract speaks Türkiye's local time without a zone.

Türkiye observed daylight saving until 2016-09-07 and has kept +03:00 since; the zone database knows, so nothing here
assumes a fixed offset.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

TURKIYE: Final = ZoneInfo("Europe/Istanbul")


def now() -> datetime:
    """The current instant, aware, in UTC."""
    return datetime.now(UTC)


def to_local(instant: datetime) -> datetime:
    """Türkiye's wall-clock time of an aware ``instant``, returned naive as the contract writes it."""
    return _here(instant).replace(tzinfo=None)


def written(instant: datetime) -> str:
    """An aware ``instant`` for people to read: ISO 8601, Türkiye's wall clock with its offset."""
    return _here(instant).isoformat()


def _here(instant: datetime) -> datetime:
    """In the last three hours of the calendar UTC stands: certificates without an end name its last second (RFC 5280
    4.1.2.5), for which Türkiye has no date."""
    try:
        return instant.astimezone(TURKIYE)
    except OverflowError:
        return instant.astimezone(UTC)


def from_local(wall: datetime) -> datetime:
    """The UTC instant of a Türkiye wall-clock time.

    A naive ``wall`` is local time; an aware one is converted as it is. In the hour that an autumn change repeats, the
    earlier instant is meant unless ``wall.fold`` is 1 (PEP 495). Raises :class:`ValueError` in the first and last hours
    of the calendar, where UTC has no such instant: .NET writes its first one where nothing was given.
    """
    if wall.tzinfo is None:
        wall = wall.replace(tzinfo=TURKIYE)
    try:
        return wall.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"outside the calendar in UTC: {wall.isoformat()}") from None
