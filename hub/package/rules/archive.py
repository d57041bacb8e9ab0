"""Container rules: what the guard refused, and what it let pass with a remark."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hub.package.errors import Words
from hub.package.rules.base import Bag, Problem, rule

_GUARDED = (
    "EYP-ZIP-OPEN", "EYP-ZIP-ENCRYPTED", "EYP-ZIP-METHOD", "EYP-ZIP-PATH", "EYP-ZIP-DUPLICATE", "EYP-ZIP-SYMLINK",
    "EYP-ZIP-CRC", "EYP-ZIP-LOCALHEADER", "EYP-ZIP-SIZE", "EYP-ZIP-RATIO", "EYP-ZIP-COUNT",
)  # fmt: skip


def _guarded(rule_id: str) -> Callable[[Bag], Iterator[Problem]]:
    def check(bag: Bag) -> Iterator[Problem]:
        damaged = tuple(bag.package.damaged.values()) if bag.package else ()
        for error in (*bag.refusals, *damaged):
            if error.rule_id == rule_id:
                # an archive that was refused stays refused, however its rule is weighed elsewhere
                note = Words(error.message, error.__doc__.splitlines()[0] if error.__doc__ else error.code)
                yield Problem(
                    error.entry,
                    found=error.found,
                    expected=error.expected,
                    code=error.code,
                    note=note,
                    severity="error",
                )

    return check


for _id in _GUARDED:
    rule(_id)(_guarded(_id))


@rule("EYP-ZIP-TRAILING")
def trailing(bag: Bag) -> Iterator[Problem]:
    yield from _guarded("EYP-ZIP-TRAILING")(bag)
    if bag.package and bag.package.container.comment:
        yield Problem(found=f"{len(bag.package.container.comment)} B", expected="0 B")


@rule("EYP-ZIP-NESTING")
def nesting(bag: Bag) -> Iterator[Problem]:
    yield from _guarded("EYP-ZIP-NESTING")(bag)
