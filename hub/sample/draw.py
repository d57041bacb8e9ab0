"""Chance that is not: every choice of the sample follows from a number by arithmetic, never from a random source.

So one unit's facts do not depend on how many units are made before it, and every machine makes the same registry.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeVar

T = TypeVar("T")

_MASK: Final = (1 << 64) - 1


def draw(number: int, salt: int) -> int:
    """A number between 0 and 2**64 - 1 that looks random and follows from ``number`` and ``salt`` (SplitMix64)."""
    x = (number * 0x9E3779B97F4A7C15 + salt * 0xD1B54A32D192ED03 + 0x632BE59BD9B4E019) & _MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & _MASK
    return x ^ (x >> 31)


def choose(items: Sequence[T], number: int, salt: int) -> T:
    """One of ``items``, by :func:`draw`."""
    return items[draw(number, salt) % len(items)]


def chance(number: int, salt: int, of_thousand: int) -> bool:
    """True for about ``of_thousand`` of a thousand numbers."""
    return draw(number, salt) % 1000 < of_thousand


def share(total: int, limits: Sequence[int], weights: Sequence[int]) -> list[int]:
    """``total`` divided in proportion to ``weights``, no part above its limit; what limits cut off goes to the others.

    ``total`` is at most the sum of ``limits``, weights are positive. Only whole-number arithmetic.
    """
    parts = [0] * len(limits)
    open_ones = [index for index, limit in enumerate(limits) if limit > 0]
    left = total
    while open_ones:
        weight = sum(weights[index] for index in open_ones)
        full = [index for index in open_ones if left * weights[index] >= limits[index] * weight]
        if not full:
            break
        for index in full:
            parts[index] = limits[index]
            left -= limits[index]
        kept = set(full)
        open_ones = [index for index in open_ones if index not in kept]
    weight, summed, given = sum(weights[index] for index in open_ones), 0, 0
    for index in open_ones:
        summed += weights[index]
        parts[index] = left * summed // weight - given
        given += parts[index]
    return parts
