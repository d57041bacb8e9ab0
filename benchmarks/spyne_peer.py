"""The peer to measure against: two operations of the contract on stock spyne, as its documentation shows it.

Spyne's own models, protocol, XML Schema validation and WSGI gateway, and SQLAlchemy's object mapping in each request;
nothing of the hub but the shim that lets spyne load on Python 3.12 and later. ``DETSISNoKurumBirimWs`` is the single
look-up (W1), ``AktifKEPAdresleriniGetir`` the whole list (W2).

    python -m benchmarks.spyne_peer --port 8090 --units 200000 --keps 100000 --data /tmp/peer

The database is made on the first start. Units are numbered from 10000000 without gaps; every call is checked against
the caller ``10000000`` with the password ``Par0la-0000`` (``KURUM_ID`` and ``PASSWORD`` in the environment change it).
"""

# ruff: noqa: RUF012 # spyne's way of declaring fields
from __future__ import annotations

import argparse
import hashlib
import hmac
import logging
import os
from pathlib import Path
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from sqlalchemy import ForeignKey, create_engine, insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

from hub.contract import _spyne

NS = "http://kaysis.gov.tr/"
FIRST = 10_000_000


class Base(DeclarativeBase):
    pass


class UnitRow(Base):
    __tablename__ = "unit"
    number: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    parent: Mapped[int]
    main: Mapped[int]
    place: Mapped[int]
    category: Mapped[int]
    status: Mapped[int]
    hierarchy: Mapped[str]
    level: Mapped[int]
    address: Mapped[str]
    place_name: Mapped[str]
    kinds: Mapped[list[KindRow]] = relationship(lazy="selectin")


class KindRow(Base):
    __tablename__ = "kind"
    id: Mapped[int] = mapped_column(primary_key=True)
    unit: Mapped[int] = mapped_column(ForeignKey("unit.number"), index=True)
    kind: Mapped[int]
    name: Mapped[str]


class KepRow(Base):
    __tablename__ = "kep"
    id: Mapped[int] = mapped_column(primary_key=True)
    unit: Mapped[int]
    address: Mapped[str]


def database(folder: Path, units: int, keps: int) -> Any:
    """An engine on the peer's database in ``folder``, made there if it is not there yet."""
    path = folder / f"peer-{units}-{keps}.sqlite"
    fresh = not path.exists()
    engine = create_engine(f"sqlite:///{path}")
    if fresh:
        folder.mkdir(parents=True, exist_ok=True)
        Base.metadata.create_all(engine)
        with engine.begin() as connection:
            for start in range(0, units, 10_000):
                numbers = range(FIRST + start, FIRST + min(units, start + 10_000))
                connection.execute(insert(UnitRow), [_unit(number) for number in numbers])
                connection.execute(
                    insert(KindRow), [{"unit": n, "kind": n % 40, "name": "Bölge Müdürlüğü"} for n in numbers]
                )
            for start in range(0, keps, 10_000):
                numbers = range(FIRST + start, FIRST + min(keps, start + 10_000))
                connection.execute(insert(KepRow), [{"unit": n, "address": f"birim{n}@hs01.kep.tr"} for n in numbers])
    return engine


def _unit(number: int) -> dict[str, Any]:
    return {
        "number": number,
        "name": f"{number} SAYILI BÖLGE MÜDÜRLÜĞÜ",
        "parent": FIRST,
        "main": FIRST,
        "place": number % 81,
        "category": 17,
        "status": 3,
        "hierarchy": f"CUMHURBAŞKANLIĞI > ÖRNEK BAKANLIĞI > {number} SAYILI BÖLGE MÜDÜRLÜĞÜ",
        "level": 3,
        "address": f"Örnek Mahallesi {number % 500}. Sokak No: {number % 90} Çankaya / ANKARA",
        "place_name": "ANKARA",
    }


Integer, Text, Boolean = _spyne.primitive.Integer32, _spyne.primitive.Unicode, _spyne.primitive.Boolean
Array, Model = _spyne.complex.Array, _spyne.ComplexModel
REQUIRED = {"min_occurs": 1, "nillable": False}


class BbServiceAuthentication(Model):  # type: ignore[misc] # spyne is untyped
    __namespace__ = NS
    _type_info = [("KurumID", Text), ("Password", Text)]


class KurumBirimTip3WS(Model):  # type: ignore[misc]
    __namespace__ = NS
    _type_info = [
        ("ID", Integer(**REQUIRED)),
        ("DETSISNo", Integer(**REQUIRED)),
        ("Fk_KurumBirimTip3ID", Integer(**REQUIRED)),
        ("TipAdi", Text),
    ]


class KurumBirimWS(Model):  # type: ignore[misc]
    __namespace__ = NS
    _type_info = [
        ("DETSISNo", Integer(**REQUIRED)),
        ("Ad", Text),
        ("ParentIdareKimlikKodu", Integer(**REQUIRED)),
        ("AnaKurumIdareKimlikKodu", Integer(**REQUIRED)),
        ("Fk_BulunduguYerID", Integer(min_occurs=1, nillable=True)),
        ("Fk_KurumBirimTipID1", Integer(**REQUIRED)),
        ("Fk_KurumBirimTipID2", Integer(**REQUIRED)),
        ("KurumHiyerarsik", Text),
        ("Aktifmi", Text),
        ("KurumBirimTip3ler", Array(KurumBirimTip3WS)),
        ("ParentIdareKimlikKodu2", Integer(**REQUIRED)),
        ("FaalOlupOlmadigi", Boolean(**REQUIRED)),
        ("Seviye", Integer(**REQUIRED)),
        ("DisYazismaMuhatabiOlupOlmadigi", Boolean(**REQUIRED)),
        ("Adres", Text),
        ("YerAdi", Text),
    ]


class KepBilgileriWs(Model):  # type: ignore[misc]
    __namespace__ = NS
    _type_info = [
        ("KurumDetsisNo", Integer(**REQUIRED)),
        ("KepAdresi", Text),
        ("Aktifmi", Boolean(**REQUIRED)),
        ("Durum", Text),
    ]


class SonucO(Model):  # type: ignore[misc]
    __namespace__ = NS
    _type_info = [("SonucHatali", Boolean(**REQUIRED)), ("Sonuclar", Array(KurumBirimWS)), ("HataMsj", Text)]


class SonuclarOOfKepBilgileriWs(Model):  # type: ignore[misc]
    __namespace__ = NS
    _type_info = [("SonucHatali", Boolean(**REQUIRED)), ("Sonuclar", Array(KepBilgileriWs)), ("HataMsj", Text)]


def application() -> Any:
    """The WSGI application; the environment holds what :func:`main` was told."""
    logging.getLogger("spyne").setLevel(logging.ERROR)
    _spyne.spyne.const.MIN_GC_INTERVAL = 1.0  # spyne's own default, which the hub's shim switches off
    from spyne.server.wsgi import WsgiApplication

    engine = database(Path(os.environ["PEER_DATA"]), int(os.environ["PEER_UNITS"]), int(os.environ["PEER_KEPS"]))
    kurum_id, password = os.environ.get("KURUM_ID", "10000000"), os.environ.get("PASSWORD", "Par0la-0000")
    key = os.urandom(32)
    known = hmac.digest(key, f"{kurum_id}\0{password}".encode(), hashlib.sha256)

    def allowed(context: Any) -> bool:
        header = context.in_header
        given = f"{header.KurumID}\0{header.Password}".encode() if header else b""
        return hmac.compare_digest(known, hmac.digest(key, given, hashlib.sha256))

    class DETSISServis(_spyne.ServiceBase):  # type: ignore[misc]
        __in_header__ = BbServiceAuthentication

        @_spyne.rpc(Integer(**REQUIRED), _returns=SonucO)  # type: ignore[untyped-decorator]
        def DETSISNoKurumBirimWs(ctx, DETSISNo):  # type: ignore[no-untyped-def] # noqa: N805
            if not allowed(ctx):
                return SonucO(SonucHatali=True, HataMsj="Kurum numarası ya da parola hatalı.")
            with Session(engine) as session:
                rows = session.scalars(select(UnitRow).where(UnitRow.number == DETSISNo)).all()
                return SonucO(SonucHatali=False, Sonuclar=[_model(row) for row in rows])

        @_spyne.rpc(_returns=SonuclarOOfKepBilgileriWs)  # type: ignore[untyped-decorator]
        def AktifKEPAdresleriniGetir(ctx):  # type: ignore[no-untyped-def] # noqa: N805
            if not allowed(ctx):
                return SonuclarOOfKepBilgileriWs(SonucHatali=True, HataMsj="Kurum numarası ya da parola hatalı.")
            with Session(engine) as session:
                rows = session.scalars(select(KepRow).order_by(KepRow.unit)).all()
                found = [KepBilgileriWs(KurumDetsisNo=row.unit, KepAdresi=row.address, Aktifmi=True) for row in rows]
                return SonuclarOOfKepBilgileriWs(SonucHatali=False, Sonuclar=found)

    return WsgiApplication(
        _spyne.Application(
            [DETSISServis],
            tns=NS,
            in_protocol=_spyne.Soap11(validator="lxml"),
            out_protocol=_spyne.Soap11(),
        )
    )


def _model(row: UnitRow) -> Any:
    return KurumBirimWS(
        DETSISNo=row.number,
        Ad=row.name,
        ParentIdareKimlikKodu=row.parent,
        AnaKurumIdareKimlikKodu=row.main,
        Fk_BulunduguYerID=row.place,
        Fk_KurumBirimTipID1=row.category,
        Fk_KurumBirimTipID2=row.status,
        KurumHiyerarsik=row.hierarchy,
        Aktifmi="True",
        KurumBirimTip3ler=[
            KurumBirimTip3WS(ID=kind.id, DETSISNo=kind.unit, Fk_KurumBirimTip3ID=kind.kind, TipAdi=kind.name)
            for kind in row.kinds
        ],
        ParentIdareKimlikKodu2=0,
        FaalOlupOlmadigi=True,
        Seviye=row.level,
        DisYazismaMuhatabiOlupOlmadigi=True,
        Adres=row.address,
        YerAdi=row.place_name,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Serve the stock spyne peer.")
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--units", type=int, default=200_000)
    parser.add_argument("--keps", type=int, default=100_000)
    parser.add_argument("--data", type=Path, required=True)
    given = parser.parse_args()
    database(given.data, given.units, given.keps).dispose()
    os.environ.update(PEER_DATA=str(given.data), PEER_UNITS=str(given.units), PEER_KEPS=str(given.keps))
    Granian(
        "benchmarks.spyne_peer:application",
        factory=True,
        port=given.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=1,
        websockets=False,
        log_enabled=False,
    ).serve()


if __name__ == "__main__":
    main()
