"""Whether the units of a list hang together: what is imported must not close a ring, nor hang on nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_BENEATH: Final = "Üst birimi kabul edilmedi; önce onun satırı düzeltilmeli."


def refused_superiors(links: Mapping[int, int], known: Mapping[int, int], *, orphans: bool = False) -> dict[int, str]:
    """Which units of a list cannot be taken because of their superiors, each with the reason.

    ``links`` has each unit of the list and its superior (0: none), ``known`` the same for units already in the
    registry. Refused are units in a ring, units whose superior is in neither, unless ``orphans`` lets these stand as
    roots, and units beneath refused ones.
    """
    refused: dict[int, str] = {}
    good: set[int] = set()
    for start in links:
        path: list[int] = []
        passed: set[int] = set()
        number = start
        reason = ""
        while number and number not in good and not reason:
            if number in passed:
                reason = "Üst birim zinciri bir halka oluşturuyor."
                ring = path[path.index(number) :]
                refused.update(dict.fromkeys((unit for unit in ring if unit in links), reason))
            elif number in refused:
                reason = _BENEATH
            elif number not in links and number not in known:
                if orphans or path[-1] not in links:
                    break
                reason = "Üst birim kayıtlı değil; önce o alınmalı ya da --orphans verilmeli."
                refused[path[-1]] = reason
            else:
                passed.add(number)
                path.append(number)
                number = links[number] if number in links else known[number]
        if reason:
            for unit in path:
                if unit in links:
                    refused.setdefault(unit, _BENEATH)
        else:
            good.update(path)
    return refused
