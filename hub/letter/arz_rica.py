"""The closing of a letter by the rank of its addressees, art. 16 (12)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hub import turkish
from hub.letter.muhatap import is_written_directly
from hub.letter.units import BAKANLIK, CUMHURBASKANLIGI, Chart, Unit

ARZ: Final = "Arz ederim."
RICA: Final = "Rica ederim."
ARZ_VE_RICA: Final = "Arz ve rica ederim."


def arz_rica(sender: Unit, addressees: Sequence[Unit], chart: Chart, *, delegated_by: Unit | None = None) -> str:
    """The closing sentence for ``addressees`` (at least one), seen from ``sender``.

    Superiors and equals are written to with ``arz``, subordinates with ``rica``, a mixed distribution with both. A
    letter signed by delegation has the rank of the office that delegated (``delegated_by``).
    """
    writer = delegated_by or sender
    below = [_is_subordinate(addressee, writer, chart) for addressee in addressees]
    if all(below):
        return RICA
    return ARZ_VE_RICA if any(below) else ARZ


def _is_subordinate(addressee: Unit, writer: Unit, chart: Chart) -> bool:
    """Compare what stands on the addressee's first line, not the unit in parentheses: within one administration both
    are of equal rank, unless the unit stands on the first line itself."""
    if is_written_directly(addressee, writer, chart):
        return chart.is_above(writer, addressee)
    own, other = chart.idare(writer), chart.idare(addressee)
    if chart.is_above(own, other):
        return True
    return other.category == BAKANLIK and _is_administrative_affairs(writer, chart)


def _is_administrative_affairs(writer: Unit, chart: Chart) -> bool:
    """Whether the writer is, or prepares letters for, the Presidency's head of Administrative Affairs: these end in
    rica for ministries."""
    idare = chart.idare(writer)
    if idare.category != CUMHURBASKANLIGI and not turkish.fold(idare.name).startswith("cumhurbaskanligi"):
        return False
    return any(turkish.fold(unit.name).endswith("idari isler baskanligi") for unit in chart.line(writer))
