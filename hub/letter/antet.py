"""The letterhead (antet), art. 10."""

from __future__ import annotations

from typing import Final

from hub import turkish
from hub.letter.units import BAGLI, ILGILI, Chart, Unit

REPUBLIC: Final = "T.C."

_CENTRAL_ENDS: Final = ("GENEL MÜDÜRLÜĞÜ", "DAİRESİ BAŞKANLIĞI", "DAİRE BAŞKANLIĞI")
_LOCAL_ENDS: Final = ("MÜDÜRLÜĞÜ", "BAŞKANLIĞI")


def antet(sender: Unit, chart: Chart) -> str:
    """The lines above a letter of ``sender``, joined with line feeds.

    ``T.C.``, the administration in capitals, then what the sender's kind asks for with first letters capital: the unit,
    for a unit of an attached (bağlı) or related (ilgili) institution that institution and the unit, for a unit within a
    regional or provincial directorate that is attached straight to the centre the directorate and the unit.
    """
    lines = [REPUBLIC, *_lines(sender, chart)]
    return "\n".join([lines[0], turkish.upper(lines[1]), *(turkish.first_letters(line) for line in lines[2:])])


def _lines(sender: Unit, chart: Chart) -> list[str]:
    idare = chart.idare(sender)
    top = _without_republic(idare.name)
    if sender.number == idare.number:
        return [top]
    if idare.is_authority:
        return [top, sender.name]
    directorate = _directorate(sender, idare, chart)
    if directorate is not None and directorate.number != sender.number:
        return [top, _regional_name(directorate), sender.name]
    above = _parent_institution(idare, chart)
    if above is not None:
        return [_without_republic(above.name), idare.name, _regional_name(sender)]
    return [top, _regional_name(sender)]


def _parent_institution(idare: Unit, chart: Chart) -> Unit | None:
    """The institution that a bağlı or ilgili institution belongs to; other kinds write without it."""
    if idare.category not in (BAGLI, ILGILI):
        return None
    parent = chart.get(idare.parent)
    if parent is None:
        return None
    return chart.get(parent.main) or parent


def _directorate(sender: Unit, idare: Unit, chart: Chart) -> Unit | None:
    """The regional or provincial directorate, straight under its centre, that the sender is or belongs to."""
    for unit in chart.line(sender):
        if unit.number == idare.number:
            return None
        if _is_local(unit, idare):
            return unit
    return None


def _is_local(unit: Unit, idare: Unit) -> bool:
    """Whether the name is that of a directorate outside the centre: it says so, or begins with the place where it is.

    The register has no field for it. Departments of the centre may have the words, too ("… İl Özel İdareleri Dairesi
    Başkanlığı"), and the whole institution may bear the name of its place; both are none.
    """
    name, place = turkish.upper(unit.name), turkish.upper(unit.place)
    if {"BÖLGE", "İL", "İLÇE"} & set(name.split()):
        return not name.endswith(_CENTRAL_ENDS)
    named_for_place = bool(place) and name.startswith(f"{place} ") and name.endswith(_LOCAL_ENDS)
    return named_for_place and not turkish.upper(idare.name).startswith(place)


def _regional_name(unit: Unit) -> str:
    """The unit's name; a regional directorate's that does not say which region gains the name of its place."""
    words = turkish.upper(unit.name).split()
    if words[:1] == ["BÖLGE"] and unit.place:
        return f"{turkish.upper(unit.place)} {unit.name}"
    return unit.name


def _without_republic(name: str) -> str:
    """A recorded name that begins with ``T.C.`` must not say it twice under the first line."""
    words = name.split()
    return " ".join(words[1:]) if len(words) > 1 and turkish.upper(words[0]) == REPUBLIC else name
