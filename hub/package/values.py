"""The values of leaves: booleans, numbers, instants, durations, as the schemas' built-in types write them.

A leaf of a package is text as written; these read it, and answer None where it is not what it should be.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from hub.clock import from_local

_DATETIME = re.compile(r"(-?\d{4,})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_MINUTES = re.compile(r"^(\d{4}-\d\d-\d\dT\d\d:\d\d)(Z|[+-]\d\d:\d\d)$", re.ASCII)
_DURATION = re.compile(
    r"-?P(?=\d|T\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?", re.ASCII
)
GUID: Final = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", re.ASCII)


def as_bool(text: str | None) -> bool | None:
    """The value of an xsd:boolean; None when absent, blank or not one."""
    return {"true": True, "1": True, "false": False, "0": False}.get((text or "").strip())


def as_int(text: str | None) -> int | None:
    """The value of an xsd:int; None when absent or not one."""
    value = (text or "").strip()
    if not re.fullmatch(r"[+-]?[0-9]{1,10}", value):
        return None
    number = int(value)
    return number if -(1 << 31) <= number < 1 << 31 else None


def as_datetime(text: str | None) -> datetime | None:
    """The instant of an xsd:dateTime, aware and in UTC; None when absent or not one.

    Fractions are cut at microseconds (.NET writes seven digits); a time without an offset is Türkiye local time.
    """
    match = _DATETIME.fullmatch((text or "").strip())
    if not match:
        return None
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    midnight = (hour, minute, second, (fraction or "").strip("0")) == ("24", "00", "00", "")
    hour = "00" if midnight else hour
    stamp = f"{year}-{month}-{day}T{hour}:{minute}:{second}.{(fraction or '0')[:6]:0<6}"
    try:
        instant = from_local(datetime.fromisoformat(stamp + {"Z": "+00:00", None: ""}.get(offset, offset)))
        return instant + timedelta(days=midnight)  # 24:00 is the end of its day
    except (ValueError, OverflowError):
        return None


def as_w3cdtf(text: str | None) -> datetime | None:
    """The instant of a core property's W3CDTF: an xsd:dateTime whose seconds may be left out. None when not one."""
    value = (text or "").strip()
    return as_datetime(_MINUTES.sub(r"\1:00\2", value))


def has_offset(text: str | None) -> bool:
    """Whether a date-time says which zone it is in."""
    match = _DATETIME.fullmatch((text or "").strip())
    return bool(match and match.group(8))


def is_duration(text: str | None) -> bool:
    """Whether the text is an xsd:duration."""
    return bool(_DURATION.fullmatch((text or "").strip()))


def is_zero_duration(text: str | None) -> bool:
    """Whether a valid duration lasts no time at all, which means that no term was set."""
    match = _DURATION.fullmatch((text or "").strip())
    return bool(match) and not any(float(part) for part in match.groups() if part) if match else False
