"""Which texts are certainly valid against a simple type, without asking the schema's validator.

Where a request's markup was validated before (:mod:`hub.contract.shapes`), only its texts can make it invalid. The
readers made here take the texts that clients usually send, in their canonical or nearly canonical form, and refuse
whatever is not obviously valid; what is refused goes to the validator after all. So they may refuse what is valid, and
never take what is not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from hub.contract.schema import Simple
from hub.contract.values import Kind

Convert = Callable[[str], Any]

AS_IS: Final[Convert] = str
"""The text is the value, whatever it is."""

_DATE: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_FORMS: Final = {
    "boolean": re.compile(r"true|false|1|0"),
    "date": re.compile(_DATE),
    "dateTime": re.compile(
        _DATE + r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?"
        r"(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9])?"
    ),
}
"""Forms of which every text that the reader takes is valid: the reader knows the calendar, the form the rest."""

_DIGITS: Final = 19
_PART: Final = r"(?:[A-Za-z0-9]|\[(?:[A-Za-z0-9](?:-[A-Za-z0-9])?)+\])(?:\{[0-9]{1,3}(?:,[0-9]{1,3})?\}|[?*+])?"
_SAME_PATTERN: Final = re.compile(f"(?:{_PART})*")
"""Patterns that mean the same in XML Schema and in Python: letters, digits, their classes, and how often they come."""


def certain(kind: Simple, how: Kind) -> Convert | None:
    """A reader of texts of printable ASCII that are certainly valid against ``kind``; raises ValueError for others.

    ``how`` reads the type that ``kind`` comes down to. None where the type has a facet that is not known here.
    """
    if kind.builtin == "string":
        return _string(kind)
    if kind.enumeration is not None:
        return None
    if kind.builtin in _FORMS:
        return None if kind.facets else _formed(_FORMS[kind.builtin], how.read)
    if how.write == "{v}:d":
        return _whole(kind, how)
    return None


def _string(kind: Simple) -> Convert | None:
    allowed = kind.enumeration
    least, most = 0, None
    patterns = []
    for name, value in kind.facets:
        if name == "pattern" and _SAME_PATTERN.fullmatch(value):
            patterns.append(re.compile(value).fullmatch)
        elif name in {"length", "minLength", "maxLength"} and value.isdigit():
            least = least if name == "maxLength" else max(least, int(value))
            most = most if name == "minLength" else int(value) if most is None else min(most, int(value))
        else:
            return None
    if allowed is None and not kind.facets:
        return AS_IS

    def read(text: str) -> str:
        if (
            (allowed is not None and text not in allowed)
            or len(text) < least
            or (most is not None and len(text) > most)
        ):
            raise ValueError(kind.name)
        for matches in patterns:
            if not matches(text):
                raise ValueError(kind.name)
        return text

    return read


def _formed(form: re.Pattern[str], convert: Convert) -> Convert:
    matches = form.fullmatch

    def read(text: str) -> Any:
        if not matches(text):
            raise ValueError
        return convert(text)

    return read


def _whole(kind: Simple, how: Kind) -> Convert | None:
    low = 0 if how.low is None or how.low < 0 else how.low
    high = 10**_DIGITS if how.high is None else how.high
    for name, value in kind.facets:
        try:
            bound = int(value)
        except ValueError:
            return None
        match name:
            case "minInclusive":
                low = max(low, bound)
            case "minExclusive":
                low = max(low, bound + 1)
            case "maxInclusive":
                high = min(high, bound)
            case "maxExclusive":
                high = min(high, bound - 1)
            case _:
                return None

    def read(text: str) -> int:
        if text.isdigit() and len(text) <= _DIGITS and low <= (value := int(text)) <= high:
            return value
        raise ValueError(kind.name)

    return read
