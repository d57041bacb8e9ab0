"""The lexical side of the built-in types: text to value, value to text.

Reading follows what the .NET reader of the original service takes (blanks around numbers, signs, leading zeros, dates
with and without a zone) and refuses what it would refuse. A reader raises :class:`ValueError` whose message is the
last part of the fault text.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import MINYEAR, UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from hub import clock

NUMBER_FORMAT: Final = "Input string was not in a correct format."

_BLANKS: Final = " \t\r\n"
_INTEGER: Final = re.compile(r"[+-]?[0-9]+")
_DECIMAL: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_FLOAT: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|-?INF|NaN")
_ZONE: Final = r"(Z|[+-][0-9]{2}:[0-9]{2})?"
_DATE_TIME: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?)?" + _ZONE
)
_USUAL_TIME: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9])?"
)
"""What Python reads by itself as it is meant here."""
_TIME: Final = re.compile(r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?" + _ZONE)
_FIRST: Final = datetime.min  # noqa: DTZ901 - of the wall clock, which has no zone in the contract
_LAST: Final = datetime.max  # noqa: DTZ901 - likewise
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MARKUP: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"})

Reader = Callable[[str], Any]


# Writing -----------------------------------------------------------------------------------------------------------


def escape(text: str) -> str:
    """``text`` as element content: markup escaped, characters that XML 1.0 cannot carry dropped.

    A carriage return is written as a reference; raw, every reader would turn it into a line feed.
    """
    if text.isprintable() and "&" not in text and "<" not in text and ">" not in text:
        return text
    return _NOT_XML.sub("", text).translate(_MARKUP)


def boolean_text(value: object) -> str:
    """``true`` or ``false``; anything but a boolean, 0 or 1 is a :class:`TypeError`."""
    if value is True or (value.__class__ is int and value == 1):
        return "true"
    if value is False or (value.__class__ is int and value == 0):
        return "false"
    raise TypeError("not a boolean")


_TWO: Final = tuple(f"{number:02}" for number in range(60))


def _instant(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - the contract's wall-clock time
    raise TypeError("not a date and time")


def local_text(value: object) -> str:
    """A dateTime in Türkiye's wall-clock time without zone; the fraction only where there is one.

    An aware ``datetime`` is converted, a naive one is local already, a ``date`` means its first moment.
    """
    moment = _instant(value)
    if moment.tzinfo is not None:
        moment = clock.to_local(moment)
    text = moment.isoformat()
    return text.rstrip("0") if moment.microsecond else text


def utc_text(value: object) -> str:
    """A dateTime in UTC with ``Z``. Raises TypeError for a naive value: it would not say which moment it means."""
    moment = value if isinstance(value, datetime) else _instant(value)
    if moment.tzinfo is None:
        raise TypeError("a naive datetime in a contract whose times are UTC")
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    two = _TWO  # a third of the time that isoformat takes, and answers have up to seven instants
    year = moment.year if moment.year > 999 else f"{moment.year:04}"
    text = f"{year}-{two[moment.month]}-{two[moment.day]}T{two[moment.hour]}:{two[moment.minute]}:{two[moment.second]}"
    return f"{text}.{moment.microsecond:06}".rstrip("0") + "Z" if moment.microsecond else text + "Z"


def date_text(value: object) -> str:
    """A date without zone. Raises TypeError for what is none, and for a ``datetime``, because whose day it means
    would be a guess."""
    if isinstance(value, datetime) or not isinstance(value, date):
        raise TypeError("not a date")
    return value.isoformat()


def time_text(value: object) -> str:
    """A time of day without zone. Raises TypeError for what is none."""
    if not isinstance(value, time) or value.tzinfo is not None:
        raise TypeError("not a time without zone")
    text = value.isoformat()
    return text.rstrip("0") if value.microsecond else text


def base64_text(value: object) -> str:
    """Base64 in one line. Raises TypeError for what are no bytes."""
    if not isinstance(value, bytes | bytearray | memoryview):
        raise TypeError("not bytes")
    return base64.b64encode(value).decode("ascii")


def decimal_text(value: object) -> str:
    """A decimal without exponent. Raises TypeError for what is no number."""
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise TypeError("not a decimal")
    made = Decimal(value)
    if not made.is_finite():
        raise TypeError("not a finite decimal")
    return f"{made:f}"


def float_text(value: object) -> str:
    """A float with the fewest digits that read back equal. Raises TypeError for what is no number."""
    if isinstance(value, bool) or not isinstance(value, float | int):
        raise TypeError("not a number")
    made = float(value)
    if made != made:
        return "NaN"
    if made in {float("inf"), float("-inf")}:
        return "INF" if made > 0 else "-INF"
    return repr(made)


# Reading -----------------------------------------------------------------------------------------------------------


def integer_reader(low: int | None, high: int | None) -> Reader:
    """A reader of whole numbers from ``low`` to ``high`` (None: without that end). The reader raises ValueError for a
    text that is none."""

    short = low is not None and high is not None and low <= 0 and high >= 999_999_999

    def read(text: str) -> int:
        if short and len(text) < 10 and text.isascii() and text.isdigit():
            return int(text)
        text = text.strip(_BLANKS)
        if not _INTEGER.fullmatch(text) or len(text) > 4000:
            raise ValueError(NUMBER_FORMAT)
        value = int(text)
        if (low is not None and value < low) or (high is not None and value > high):
            raise ValueError(NUMBER_FORMAT)
        return value

    return read


def read_boolean(text: str) -> bool:
    """An xsd:boolean: true, 1, false or 0. Raises :class:`ValueError` with the platform's words."""
    text = text.strip(_BLANKS)
    if text in {"true", "1"}:
        return True
    if text in {"false", "0"}:
        return False
    raise ValueError(f"The string '{_short(text)}' is not a valid Boolean value.")


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    if text == "Z":
        return UTC
    hours, minutes = int(text[1:3]), int(text[4:6])
    if hours > 14 or minutes > 59 or (hours == 14 and minutes):
        raise ValueError("zone")
    shift = timedelta(hours=hours, minutes=minutes)
    return timezone(-shift if text[0] == "-" else shift)


def _moment(text: str) -> datetime:
    """The date and time that ``text`` says, aware where it has a zone. A bare date means its first moment."""
    if _USUAL_TIME.fullmatch(text):
        return datetime.fromisoformat(text)
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        raise ValueError("form")
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    midnight = hour == "24"
    if midnight and (int(minute), int(second), int(fraction or 0)) != (0, 0, 0):
        raise ValueError("hour")
    made = datetime(  # noqa: DTZ001 - the zone, where there is one, is put on below
        int(year),
        int(month),
        int(day),
        0 if midnight or hour is None else int(hour),
        int(minute or 0),
        int(second or 0),
        int((fraction or "0")[:6].ljust(6, "0")),
    )
    return (made + timedelta(days=midnight)).replace(tzinfo=_zone(zone))


def read_local(text: str) -> datetime:
    """A naive ``datetime`` in Türkiye's wall-clock time; an offset in ``text`` is converted.

    Where the offset leads out of the calendar, the first or the last moment there is counts, as on the original
    platform: .NET writes a date that was never set as ``0001-01-01T00:00:00+03:00`` if it takes it for a local one.
    Raises ValueError for a text that is no dateTime.
    """
    try:
        moment = _moment(text.strip(_BLANKS))
    except (ValueError, OverflowError):
        raise ValueError(f"The string '{_short(text)}' is not a valid AllXsd value.") from None
    if moment.tzinfo is None:
        return moment
    try:
        return moment.astimezone(clock.TURKIYE).replace(tzinfo=None)
    except OverflowError:
        return _FIRST if moment.year == MINYEAR else _LAST


def read_utc(text: str) -> datetime:
    """An aware ``datetime`` in UTC; a text without offset is Türkiye's wall-clock time. Raises ValueError for a text
    that is no dateTime."""
    try:
        moment = _moment(text.strip(_BLANKS))
        return clock.from_local(moment) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"The string '{_short(text)}' is not a valid AllXsd value.") from None


def read_date(text: str) -> date:
    """An xsd:date; an offset is checked and dropped, because a day has none here. Raises :class:`ValueError`."""
    try:
        match = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})" + _ZONE, text.strip(_BLANKS))
        if match is None:
            raise ValueError("form")
        _zone(match[4])
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise ValueError(f"The string '{_short(text)}' is not a valid AllXsd value.") from None


def read_time(text: str) -> time:
    """A naive xsd:time, cut at microseconds; one with an offset is refused. Raises :class:`ValueError`."""
    try:
        match = _TIME.fullmatch(text.strip(_BLANKS))
        if match is None or match[5]:
            raise ValueError("form")
        return time(int(match[1]), int(match[2]), int(match[3]), int((match[4] or "0")[:6].ljust(6, "0")))
    except ValueError:
        raise ValueError(f"The string '{_short(text)}' is not a valid AllXsd value.") from None


def read_base64(text: str) -> bytes:
    """The octets of an xsd:base64Binary, blanks inside it allowed. Raises :class:`ValueError`."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("The input is not a valid Base-64 string.") from None


def read_decimal(text: str) -> Decimal:
    """An xsd:decimal of up to 4,000 characters. Raises :class:`ValueError`."""
    text = text.strip(_BLANKS)
    if not _DECIMAL.fullmatch(text) or len(text) > 4000:
        raise ValueError(NUMBER_FORMAT)
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(NUMBER_FORMAT) from None


def read_float(text: str) -> float:
    """An xsd:double or xsd:float, INF, -INF and NaN among them. Raises :class:`ValueError`."""
    text = text.strip(_BLANKS)
    if not _FLOAT.fullmatch(text) or len(text) > 4000:
        raise ValueError(NUMBER_FORMAT)
    return float(text.replace("INF", "inf"))


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:80] + "…"


# The table ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kind:
    """How one built-in type is read and written."""

    read: Reader
    write: str
    """Expression of the text of ``{v}``, for the writer's source; the names in it are attributes of this module."""
    default: str | None = None
    """What a required value that was not set is written as (value types); None where it must be set."""
    initial: Any = None
    """What a function gets for a required input that is missing (value types)."""
    empty: bool = False
    """Whether a value's text may be empty."""
    low: int | None = None
    high: int | None = None


def _whole(low: int | None, high: int | None) -> Kind:
    return Kind(integer_reader(low, high), "{v}:d", "0", 0, low=low, high=high)


_STRING: Final = Kind(lambda text: text, "escape({v})", empty=True)
_BYTES: Final = Kind(read_base64, "base64_text({v})", empty=True)
_TOKEN: Final = Kind(lambda text: " ".join(text.split()), "escape({v})", empty=True)
_FLOATING: Final = Kind(read_float, "float_text({v})", "0", 0.0)
_MIN: Final = "0001-01-01T00:00:00"

KINDS: Final[dict[str, Kind]] = {
    "boolean": Kind(
        read_boolean, "'true' if {v} is True else 'false' if {v} is False else boolean_text({v})", "false", False
    ),
    "byte": _whole(-(2**7), 2**7 - 1),
    "short": _whole(-(2**15), 2**15 - 1),
    "int": _whole(-(2**31), 2**31 - 1),
    "long": _whole(-(2**63), 2**63 - 1),
    "unsignedByte": _whole(0, 2**8 - 1),
    "unsignedShort": _whole(0, 2**16 - 1),
    "unsignedInt": _whole(0, 2**32 - 1),
    "unsignedLong": _whole(0, 2**64 - 1),
    "integer": _whole(None, None),
    "nonNegativeInteger": _whole(0, None),
    "positiveInteger": Kind(integer_reader(1, None), "{v}:d", low=1),
    "decimal": Kind(read_decimal, "decimal_text({v})", "0", Decimal(0)),
    "double": _FLOATING,
    "float": _FLOATING,
    "date": Kind(read_date, "date_text({v})", _MIN[:10], date.min),
    "time": Kind(read_time, "time_text({v})", _MIN[11:], time.min),
    "base64Binary": _BYTES,
    "string": _STRING,
    "normalizedString": _STRING,
    **dict.fromkeys(("token", "anyURI", "language", "NMTOKEN", "Name", "NCName", "ID", "IDREF"), _TOKEN),
}

LOCAL_TIME: Final = Kind(read_local, "local_text({v})", _MIN, datetime.min)  # noqa: DTZ901
"""``dateTime`` of the KAYSİS contract: Türkiye's wall clock without zone."""

UTC_TIME: Final = Kind(read_utc, "utc_text({v})", _MIN + "Z", datetime.min.replace(tzinfo=UTC))
"""``dateTime`` of the hub's own contracts: UTC with ``Z``."""
