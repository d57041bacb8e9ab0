"""Stock spyne: its own models, protocol, schema validation (lxml) and WSGI gateway, SQLAlchemy in each request.

The models are spyne's, made from the fields of the WSDL; nothing else of the hub is used but the shim that lets spyne
load on Python 3.12 and later. ``PEER_ROWS``, ``PEER_KURUM_ID`` and ``PEER_PASSWORD`` come from the environment.
"""

from __future__ import annotations

import hmac
import logging
import os
from typing import Any

from sqlalchemy import ForeignKey, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

from hub.contract import _spyne, wsdl
from hub.contract.contract import WSDL_FOLDER
from hub.contract.schema import Complex, Simple

_PRIMITIVES = {
    "int": _spyne.primitive.Integer32,
    "boolean": _spyne.primitive.Boolean,
    "string": _spyne.primitive.Unicode,
}


class Base(DeclarativeBase):
    pass


class Unit(Base):
    __tablename__ = "unit"
    DETSISNo: Mapped[int] = mapped_column(primary_key=True)
    Ad: Mapped[str]
    ParentIdareKimlikKodu: Mapped[int]
    AnaKurumIdareKimlikKodu: Mapped[int]
    Fk_BulunduguYerID: Mapped[int]
    Fk_KurumBirimTipID1: Mapped[int]
    Fk_KurumBirimTipID2: Mapped[int]
    KurumHiyerarsik: Mapped[str]
    Aktifmi: Mapped[str]
    ParentIdareKimlikKodu2: Mapped[int]
    FaalOlupOlmadigi: Mapped[bool]
    Seviye: Mapped[int]
    DisYazismaMuhatabiOlupOlmadigi: Mapped[bool]
    Adres: Mapped[str | None]
    YerAdi: Mapped[str]
    types3: Mapped[list[Type3]] = relationship(lazy="selectin")


class Type3(Base):
    __tablename__ = "type3"
    ID: Mapped[int] = mapped_column(primary_key=True)
    DETSISNo: Mapped[int] = mapped_column(ForeignKey("unit.DETSISNo"))
    Fk_KurumBirimTip3ID: Mapped[int]
    TipAdi: Mapped[str]


class Kep(Base):
    __tablename__ = "kep"
    ID: Mapped[int] = mapped_column(primary_key=True)
    KurumDetsisNo: Mapped[int]
    KepAdresi: Mapped[str]
    Aktifmi: Mapped[bool]
    Durum: Mapped[str | None]


class Models:
    """Stock spyne models of the contract's types, by name."""

    def __init__(self, description: wsdl.Description) -> None:
        self._made: dict[str, Any] = {}
        self.description = description

    def of(self, kind: Complex) -> Any:
        if kind.name not in self._made:
            fields = [(field.name, self._member(field)) for field in kind.fields]
            body = {"__namespace__": kind.namespace, "_type_info": fields, "__module__": __name__}
            self._made[kind.name] = _spyne.ComplexModelMeta(kind.name, (_spyne.ComplexModel,), body)
        return self._made[kind.name]

    def _member(self, field: Any) -> Any:
        occurs = {"min_occurs": field.min, "nillable": field.nillable or field.min == 0}
        if isinstance(field.type, Simple):
            return _PRIMITIVES[field.type.builtin].customize(**occurs)
        item = field.type.item
        if item is None:
            return self.of(field.type)
        inner = _PRIMITIVES[item.type.builtin] if isinstance(item.type, Simple) else self.of(item.type)
        return _spyne.complex.Array(inner).customize(**occurs)


def application() -> Any:
    """The WSGI application."""
    logging.getLogger("spyne").setLevel(logging.ERROR)
    import spyne.const
    from spyne.server.wsgi import WsgiApplication

    spyne.const.MIN_GC_INTERVAL = 1.0  # spyne's own default, which the shim switches off

    engine = create_engine(f"sqlite:///file:{os.environ['PEER_ROWS']}?mode=ro&uri=true")
    caller = f"{os.environ['PEER_KURUM_ID']}\0{os.environ['PEER_PASSWORD']}".encode()
    description = wsdl.read(WSDL_FOLDER / "DETSISServis.wsdl")
    models = Models(description)
    single, whole = description.operations["DETSISNoKurumBirimWs"], description.operations["AktifKEPAdresleriniGetir"]

    def model(operation: Any) -> Any:
        return models.of(operation.result.type)

    def named(name: str) -> Any:
        return models._made[name]

    number = _PRIMITIVES["int"].customize(min_occurs=1, nillable=False)
    declared = single.headers[0].type
    assert isinstance(declared, Complex)
    header, units, keps = models.of(declared), model(single), model(whole)

    def allowed(context: Any) -> bool:
        given = context.in_header
        text = f"{given.KurumID}\0{given.Password}".encode() if given else b""
        return hmac.compare_digest(caller, text)

    class DETSISServis(_spyne.ServiceBase):  # type: ignore[misc]
        __in_header__ = header

        @_spyne.rpc(number, _returns=units)  # type: ignore[untyped-decorator]
        def DETSISNoKurumBirimWs(ctx: Any, DETSISNo: int) -> Any:  # noqa: N805
            if not allowed(ctx):
                return units(SonucHatali=True, HataMsj="Kimlik doğrulanamadı.")
            with Session(engine) as session:
                found = [_unit(row, named) for row in session.scalars(select(Unit).where(Unit.DETSISNo == DETSISNo))]
            return units(SonucHatali=False, Sonuclar=found)

        @_spyne.rpc(_returns=keps)  # type: ignore[untyped-decorator]
        def AktifKEPAdresleriniGetir(ctx: Any) -> Any:  # noqa: N805
            if not allowed(ctx):
                return keps(SonucHatali=True, HataMsj="Kimlik doğrulanamadı.")
            made = named("KepBilgileriWs")
            with Session(engine) as session:
                found = [made(**_values(row, made)) for row in session.scalars(select(Kep).order_by(Kep.ID))]
            return keps(SonucHatali=False, Sonuclar=found)

    return WsgiApplication(
        _spyne.Application(
            [DETSISServis],
            tns=description.namespace,
            in_protocol=_spyne.Soap11(validator="lxml"),
            out_protocol=_spyne.Soap11(),
        )
    )


def _values(row: Any, made: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in made._type_info if hasattr(row, name)}


def _unit(row: Unit, named: Any) -> Any:
    entry = named("KurumBirimTip3WS")
    unit = named("KurumBirimWS")
    return unit(**_values(row, unit), KurumBirimTip3ler=[entry(**_values(each, entry)) for each in row.types3])
