"""Writing a sample into an empty registry: one transaction for the first load, one for each round after it."""

from __future__ import annotations

import contextlib
import gc
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final

from hub import limits
from hub.errors import HubError
from hub.registry.managers import person_row
from hub.sample import rounds
from hub.sample.generate import CORRECT, PUT, Facts, Sample, Step
from hub.store.change import Change
from hub.store.database import Database
from hub.store.personal import Keys, Tckn
from hub.store.schema import FACTS
from hub.turkish import ascii_fold, fold

ACTOR: Final = "örnek"
ORIGIN: Final = "sample"

_BETWEEN_COLLECTIONS: Final = 100_000

Progress = Callable[[int], None]


class NotEmptyError(HubError):
    """A sample is written into an empty registry only: it would mix invented people with real ones."""

    code = "SAMPLE_NOT_EMPTY"


def load(database: Database, keys: Keys, units: int, *, progress: Progress | None = None) -> Sample:
    """Write a sample of ``units`` units into ``database``, whose tables stand and are empty.

    ``progress`` is told from time to time how many more units there are. Interrupted, the registry holds the rounds
    that were written whole; begin again with an empty one.

    Raises :class:`NotEmptyError`, and ``ValueError`` for a number of units that a sample cannot have.
    """
    sample = Sample(units)
    if database.serial() != 0:
        raise NotEmptyError("Örnek veri yalnızca boş bir veritabanına yüklenir.")
    with _seldom_collected():
        with database.write(actor=ACTOR, origin=ORIGIN, at=rounds.FIRST_LOAD) as change:
            _write(change, keys, sample.opening(), progress)
        for at, steps in sample.later():
            with database.write(actor=ACTOR, origin=ORIGIN, at=at) as change:
                _write(change, keys, steps, None)
    return sample


@contextlib.contextmanager
def _seldom_collected() -> Iterator[None]:
    """Rows are made and given up by the thousand and hold no rings, so looking for rings at each seven hundred finds
    nothing; it took a tenth of the time."""
    usual = gc.get_threshold()
    gc.set_threshold(_BETWEEN_COLLECTIONS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _write(change: Change, keys: Keys, steps: Iterator[Step], progress: Progress | None) -> None:
    """Write ``steps`` in bulk: those of one verb and subject together, in the order they came."""
    held: dict[tuple[str, str], list[Facts]] = defaultdict(list)
    for step in steps:
        waiting = held[step.verb, step.subject]
        waiting.append(_row(step.subject, step.facts, keys))
        if len(waiting) >= limits.BULK_ROWS:
            _send(change, step.verb, step.subject, waiting)
            if progress is not None and step.subject == "unit":
                progress(len(waiting))
            waiting.clear()
    for (verb, subject), waiting in held.items():
        _send(change, verb, subject, waiting)
        if progress is not None and subject == "unit":
            progress(len(waiting))


def _send(change: Change, verb: str, subject: str, waiting: list[Facts]) -> None:
    kind = FACTS[subject]
    if verb == CORRECT:
        change.correct_many(kind, waiting)
    elif verb == PUT:
        change.put_many(kind, waiting)
    else:
        change.open_many(kind, waiting)


def _row(subject: str, facts: Facts, keys: Keys) -> Facts:
    """``facts`` with the columns that follow from others, and personal data sealed. The sample's texts are clean and
    in range as they are made (a test holds them against :mod:`hub.registry.rows`), so they are not checked again."""
    if subject == "person":
        given = {name: value for name, value in facts.items() if name != "valid_from"}
        person = person_row(keys, **(given | {"tckn": Tckn(facts["tckn"])}))
        return {**person, "valid_from": facts["valid_from"]}
    if subject in {"unit", "legislation"}:
        return {**facts, "folded_name": _folded(facts["name"])}
    if subject == "kep":
        return {**facts, "folded_address": ascii_fold(facts["address"])}
    return facts


_folded = lru_cache(maxsize=20_000)(fold)
