"""When the sample's registry came to know things: a first load, then one round of changes a month.

Whatever is recorded in a round is known from the round's instant on, so the two axes of time differ as in life: a
ministry was renamed on 10 July, the registry knows since the 15th.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Final

from hub.clock import TURKIYE, from_local

FIRST_LOAD: Final = datetime(2015, 3, 2, 9, 0, tzinfo=TURKIYE).astimezone(UTC)
"""Round 0."""
BEGINNING: Final = datetime(2015, 1, 5, tzinfo=TURKIYE).astimezone(UTC)
"""From when on the first load's facts are so."""
_YEAR, _MONTH, _DAY, _HOUR = 2015, 4, 15, time(17, 30)
LAST_ROUND: Final = 130
"""January 2026."""
FIRST_DUTIES: Final = 11
"""The round of February 2016, in which institutions first recorded their managers in İYEM."""


@cache
def instant(number: int) -> datetime:
    """When round ``number`` was recorded."""
    if number == 0:
        return FIRST_LOAD
    return from_local(datetime.combine(day(number), _HOUR))


@cache
def day(number: int) -> date:
    """The day of round ``number`` (1 to :data:`LAST_ROUND`)."""
    months = _MONTH - 1 + number - 1
    return date(_YEAR + months // 12, months % 12 + 1, _DAY)


def at(number: int, hour: int, minute: int, days_before: int = 0) -> datetime:
    """A local time of day on the day of round ``number``, or ``days_before`` it."""
    return midnight(day(number) - timedelta(days=days_before)) + timedelta(hours=hour, minutes=minute)


@cache
def midnight(on: date) -> datetime:
    """The beginning of a day in Türkiye."""
    return from_local(datetime.combine(on, time()))


def after(on: date) -> int:
    """The first round whose day is not before ``on``."""
    number = (on.year - _YEAR) * 12 + on.month - _MONTH + 1
    return number if on.day <= _DAY else number + 1
