"""The one way to say which time a question is about."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_

from hub.store.schema import Fact


def current(kind: type[Fact]) -> ColumnElement[bool]:
    """What is so now and is known now. Served by the partial indexes.

    For facts that may lie in the future (:attr:`~hub.store.schema.Fact.future`) ask :func:`as_of` instead.
    """
    return and_(kind.known_to.is_(None), kind.valid_to.is_(None))


def as_of(kind: type[Fact], valid: datetime, known: datetime | None = None) -> ColumnElement[bool]:
    """What was so at ``valid``, as was known at ``known`` (None: as is known now). Periods are half-open."""
    so = and_(kind.valid_from <= valid, or_(kind.valid_to.is_(None), kind.valid_to > valid))
    return and_(so, known_at(kind, known))


def known_at(kind: type[Fact], known: datetime | None = None) -> ColumnElement[bool]:
    """What was known at ``known`` (None: is known now), of any time."""
    if known is None:
        return kind.known_to.is_(None)
    return and_(kind.known_from <= known, or_(kind.known_to.is_(None), kind.known_to > known))
