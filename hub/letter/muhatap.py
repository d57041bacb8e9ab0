"""The addressee's lines and the distribution list, art. 14 and 15."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from hub import turkish
from hub.letter.units import Chart, Unit

DAGITIM_YERLERINE: Final = "DAĞITIM YERLERİNE"
"""What stands in the addressee's place when a letter has more than one."""

_CASE_ENDS: Final = frozenset({"A", "E", "YA", "YE", "NA", "NE"})


def muhatap(addressee: Unit, sender: Unit, chart: Chart) -> str:
    """How a letter of ``sender`` names ``addressee``: one line, or two joined with a line feed.

    An institution: its name in capitals with the directional suffix. A unit: its administration so (the governorate for
    a provincial unit), and the unit in parentheses with first letters capital. Within one governorate, district
    governorate or mission the unit stands directly, as an institution does.
    """
    idare = chart.idare(addressee)
    if addressee.number == idare.number or is_written_directly(addressee, sender, chart):
        return institution_line(addressee)
    return f"{institution_line(idare)}\n({turkish.first_letters(addressee.name)})"


def is_written_directly(addressee: Unit, sender: Unit, chart: Chart) -> bool:
    """Whether both serve under the same civil authority or mission, so that its name is left out."""
    idare = chart.idare(addressee)
    return idare.is_authority and idare.number == chart.idare(sender).number


def institution_line(unit: Unit) -> str:
    """The name in capitals with the directional suffix, worded by the pieces of the unit's type-2 row.

    The piece to be cut goes from the end of the name if it is there, the piece to be added follows; names are compared
    in capitals with single blanks. What then does not end in the directional suffix gets it by vowel harmony.

    The contents of the two pieces are known by their names only. So both readings are served: a cut at a word's edge
    leaves the blank and adds a word, a cut inside a word adds an ending, and a bare suffix (``NA``) joins the name.
    """
    name = turkish.upper(turkish.clean(unit.name))
    cut = turkish.upper(turkish.clean(unit.cut))
    add = turkish.upper(turkish.clean(unit.add))
    rest, was_cut = name, False
    if cut and name.endswith(cut) and (add or name != cut):
        rest, was_cut = name[: -len(cut)], True
    if not add:
        return turkish.directional(rest.rstrip())
    joined = rest + add if was_cut and not rest.endswith(" ") else _join(rest.strip(), add, bare=not was_cut)
    if add in _CASE_ENDS or joined[-1] in "AE":
        return joined
    return turkish.directional(joined)


def _join(rest: str, add: str, *, bare: bool) -> str:
    return rest + add if bare and add in _CASE_ENDS else f"{rest} {add}"


def dagitim_listesi(names: Iterable[str]) -> str:
    """The distribution list: one addressee (as :func:`muhatap` words it) a line, first letters capital, no numbers."""
    return "\n".join(turkish.first_letters(name.replace("\n", " ")) for name in names)
