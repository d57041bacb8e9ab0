"""What every table has in common, and what every fact has in common: two axes of time and the serial of its change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Final, cast

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, MetaData, Table, Text, text
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from hub.store.types import BigId, Instant

NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
}


class Base(DeclarativeBase):
    """The root of all tables; its metadata is what migrations are held against."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[Mapping[Any, Any]] = {datetime: Instant(), str: Text(), bytes: LargeBinary()}


NOW: Final = "known_to IS NULL AND valid_to IS NULL"
"""The condition of the partial indexes: what is so now, as far as is known now."""


def now_index(name: str, *columns: str, unique: bool = False) -> Index:
    """An index over the rows that hold now, the only ones that everyday questions read."""
    condition = text(NOW)
    return Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


DERIVED: Final = {"derived": True}
"""Marks a column computed from others: it is left out of a fact's digest."""


class Fact(Base):
    """A fact that was so from :attr:`valid_from` until :attr:`valid_to`, as the hub knew from :attr:`known_from` until
    :attr:`known_to`; both periods are half-open and ``None`` is "still".

    Rows are only added. The two columns that are ever set afterwards are ``known_to`` and ``closed_serial``, once,
    when another row takes over.

    A concrete fact names its ``subject`` (the journal's word for it), its ``key`` (the columns that say which one it
    is, the owner's number first), the column with the DETSİS number it touches, if any, and whether its period may end
    or begin in the future. Of what is known at one time, the periods of one key never overlap.
    """

    __abstract__ = True

    subject: ClassVar[str]
    key: ClassVar[tuple[str, ...]]
    former_key: ClassVar[tuple[str, ...]] = ()
    """The key that entries of the journal carry from before a migration made it longer; empty where none did."""
    unit_column: ClassVar[str | None] = None
    future: ClassVar[bool] = False

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True, sort_order=-1)
    valid_from: Mapped[datetime] = mapped_column(sort_order=90)
    valid_to: Mapped[datetime | None] = mapped_column(sort_order=91)
    known_from: Mapped[datetime] = mapped_column(sort_order=92)
    known_to: Mapped[datetime | None] = mapped_column(sort_order=93)
    serial: Mapped[int] = mapped_column(BigInteger, sort_order=94)
    closed_serial: Mapped[int | None] = mapped_column(BigInteger, sort_order=95)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805
        name = cls.__tablename__
        return (
            now_index(f"ix_{name}_now", *cls.key, unique=True),
            Index(f"ix_{name}_history", *cls.key, "valid_from"),
            Index(f"ix_{name}_serial", "serial"),
            CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="period"),
            CheckConstraint("(known_to IS NULL) = (closed_serial IS NULL)", name="closing"),
            *cls.more_args(),
        )

    @classmethod
    def more_args(cls) -> tuple[Any, ...]:
        """Further indexes and constraints of one table."""
        return ()


def table_of(kind: type[Base]) -> Table:
    """The table of a mapped class."""
    return cast(Table, kind.__table__)
