"""Units of the state organisation and the code lists that describe them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from hub.store.schema.base import DERIVED, Fact, now_index


class Unit(Fact):
    """An institution or unit. A closed unit stays, with its flags false: its number is never used again."""

    __tablename__ = "unit"
    subject = "unit"
    key = ("detsis_no",)
    unit_column = "detsis_no"

    detsis_no: Mapped[int]
    """T.C. Devlet Teşkilatı Numarası, eight digits."""
    name: Mapped[str]
    folded_name: Mapped[str] = mapped_column(info=DERIVED)
    """``hub.turkish.fold(name)``; filled by whoever writes the name."""
    parent_no: Mapped[int]
    """Superior's number, 0 at a root."""
    second_parent_no: Mapped[int] = mapped_column(default=0)
    """Superior of the second kind: a provincial unit's governorate, say; 0 if none."""
    main_no: Mapped[int]
    """DETSİS number of the main institution that it belongs to; its own where it is one."""
    place_id: Mapped[int | None]
    type1_id: Mapped[int]
    """Category (kategori)."""
    type2_id: Mapped[int]
    """Status (statü)."""
    level: Mapped[int]
    """Depth, 0 at a root."""
    active: Mapped[bool] = mapped_column(default=True)
    operating: Mapped[bool] = mapped_column(default=True)
    external: Mapped[bool] = mapped_column(default=False)
    """May be addressed from outside (dış yazışma muhatabı)."""
    address: Mapped[str | None]
    register_no: Mapped[str | None]
    """Devlet teşkilatı kütük numarası."""
    successor_no: Mapped[int | None]
    """The unit that took over when this one was closed or merged."""

    @classmethod
    def more_args(cls) -> tuple[Any, ...]:
        return (
            now_index("ix_unit_now_parent", "parent_no", "detsis_no"),
            now_index("ix_unit_now_second_parent", "second_parent_no", "detsis_no"),
            now_index("ix_unit_now_main", "main_no", "detsis_no"),
            now_index("ix_unit_now_place", "place_id", "detsis_no"),
            now_index("ix_unit_now_type1", "type1_id", "detsis_no"),
            now_index("ix_unit_now_type2", "type2_id", "detsis_no"),
            now_index("ix_unit_now_register_no", "register_no"),
        )


class UnitType3(Fact):
    """One type-3 entry of a unit (tür: school, hospital, museum…)."""

    __tablename__ = "unit_type3"
    subject = "unit_type3"
    key = ("detsis_no", "type3_id")
    unit_column = "detsis_no"

    detsis_no: Mapped[int]
    type3_id: Mapped[int]
    entry_id: Mapped[int]
    """The entry's own number (``KurumBirimTip3WS.ID``)."""


class Type1(Fact):
    """Category (kategori)."""

    __tablename__ = "type1"
    subject = "type1"
    key = ("type1_id",)

    type1_id: Mapped[int]
    name: Mapped[str]
    plural: Mapped[str | None]
    parent_id: Mapped[int] = mapped_column(default=0)
    opens_type2_id: Mapped[int] = mapped_column(default=0)
    """The status group offered under it (``AcilacakTip2ID``)."""
    recorded_at: Mapped[datetime]
    active: Mapped[bool] = mapped_column(default=True)


class Type2(Fact):
    """Status (statü), with the two pieces that word an addressee."""

    __tablename__ = "type2"
    subject = "type2"
    key = ("type2_id",)

    type2_id: Mapped[int]
    name: Mapped[str]
    plural: Mapped[str | None]
    parent_id: Mapped[int] = mapped_column(default=0)
    addressee_add: Mapped[str | None]
    """``ResmiYaziEklenecekMuhatapBolumu``."""
    addressee_cut: Mapped[str | None]
    """``ResmiYaziKesilecekMuhatapBolumu``."""
    recorded_at: Mapped[datetime]
    used: Mapped[bool] = mapped_column(default=True)
    active: Mapped[bool] = mapped_column(default=True)


class Type3(Fact):
    """A kind (tür) that units may carry."""

    __tablename__ = "type3"
    subject = "type3"
    key = ("type3_id",)

    type3_id: Mapped[int]
    name: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)


class Place(Fact):
    """A province, district or other place."""

    __tablename__ = "place"
    subject = "place"
    key = ("place_id",)

    place_id: Mapped[int]
    """``Fk_BulunduguYerID`` points here."""
    place_code: Mapped[int]
    """What the detail search takes (``YerKodu``)."""
    name: Mapped[str]
    province_code: Mapped[int]
    """1–81; 0 outside the provinces."""
    province_name: Mapped[str | None]
    kind_id: Mapped[int]
    kind: Mapped[str | None]
    phone_code: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)

    @classmethod
    def more_args(cls) -> tuple[Any, ...]:
        return (now_index("ix_place_now_code", "place_code"), now_index("ix_place_now_province", "province_code"))


class Budget(Fact):
    """Budget kind and legal personality of a main institution."""

    __tablename__ = "budget"
    subject = "budget"
    key = ("detsis_no",)
    unit_column = "detsis_no"

    detsis_no: Mapped[int]
    budget_kind_id: Mapped[int]
    budget_kind: Mapped[str | None]
    legal_personality_id: Mapped[int]
    legal_personality: Mapped[str | None]
