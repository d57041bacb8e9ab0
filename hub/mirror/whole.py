"""Which lists an answer is the whole of: what such an answer does not name is gone from the registry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, select

from hub import limits
from hub.mirror.source import Facts, Vanishing
from hub.store import schema
from hub.store.schema import Fact
from hub.store.scope import current

SHUT: Final[Facts] = {"active": False, "operating": False, "external": False}


def vanishing(operation: str, asked: int | None, since: bool) -> list[Vanishing]:
    """Which lists an answer is the whole of, so that what it does not name is gone."""
    if operation in _WHOLE:
        return list(_WHOLE[operation])
    few = limits.IMPORT_CLOSE_FEW
    if operation == "KEPAdresleriniGetir":
        return [Vanishing(schema.KepAddress, listed_owners=True, few=few)]
    if asked is None or since:
        return []
    if operation in {"KendiTumBirimleriGetirWs", "AltKurulusBirimleriListele"}:
        named = [schema.Unit.main_no == asked, schema.Unit.active.is_(True), schema.Unit.detsis_no != asked]
        if operation == "AltKurulusBirimleriListele":
            named.append(schema.Unit.detsis_no.in_(_beneath(asked)))
        return [Vanishing(schema.Unit, tuple(named), SHUT)]
    if operation == "BirimleriminIletisimBilgileriniGetir":
        return [Vanishing(schema.Contact, (schema.Contact.detsis_no.in_(_units_of(asked)),), few=few)]
    if operation == "GetHizmetListesi":
        return [Vanishing(schema.Service, (schema.Service.detsis_no.in_(_units_of(asked)),), few=few)]
    if operation == "KurumSertifikaBilgileriniGetir":
        kind = schema.Certificate
        return [Vanishing(kind, (kind.detsis_no == asked, kind.active.is_(True)), {"active": False}, few=few)]
    one = _OF_ONE.get(operation)
    if one is None:
        return []
    owner: ColumnElement[bool] = one.__table__.c.detsis_no == asked
    return [Vanishing(one, (owner,), few=few)]


def owner(operation: str, asked: int | None, text: Callable[[str], str | None]) -> int | None:
    """Whose entry a row is that could not be taken: ``text`` gives what stands in one of its fields."""
    field = _OWNER_FIELDS.get(operation)
    if field is None:
        return asked if operation in _OF_ONE else None
    try:
        return int(text(field) or "")
    except ValueError:
        return None


def _units_of(main_no: int) -> Any:
    return select(schema.Unit.detsis_no).where(schema.Unit.main_no == main_no, current(schema.Unit))


def _beneath(number: int) -> Any:
    """The unit and all beneath it by superiors. A list of these does not name units whose superior nobody knows."""
    start = select(schema.Unit.detsis_no.label("number")).where(schema.Unit.detsis_no == number, current(schema.Unit))
    tree = start.cte("beneath", recursive=True)
    below = select(schema.Unit.detsis_no).where(schema.Unit.parent_no == tree.c.number, current(schema.Unit))
    return select(tree.union(below).c.number)


_MAIN: Final = schema.Unit.main_no == schema.Unit.detsis_no
_WHOLE: Final[Mapping[str, tuple[Vanishing, ...]]] = {
    "TumTip1KodlariGetirWs": (Vanishing(schema.Type1),),
    "TumTip2KodlariGetirWs": (Vanishing(schema.Type2),),
    "TumYerKodlariGetirWs": (Vanishing(schema.Place),),
    "AnaKurumlariGetirKurumBirimWs": (Vanishing(schema.Unit, (_MAIN, schema.Unit.active.is_(True)), SHUT),),
    "AnaKurumlarButceTurleriGetirWs": (Vanishing(schema.Budget),),
    "AktifKEPAdresleriniGetir": (
        Vanishing(schema.KepAddress, (schema.KepAddress.active.is_(True),), {"active": False}),
    ),
    "AnakurumIletisimBilgileriWs": (
        Vanishing(
            schema.Contact,
            (schema.Contact.detsis_no.in_(select(schema.Unit.detsis_no).where(_MAIN, current(schema.Unit))),),
        ),
    ),
}
_OF_ONE: Final[Mapping[str, type[Fact]]] = {
    "KurumBirimIletisimBilgileriGetirWs": schema.Contact,
    "KurumEypVersiyonuGetir": schema.PackageVersion,
    "TebligatNumarasiGetir": schema.NotificationNumber,
    "GetBelgeListesi": schema.Document,
    "GetMevzuatListesi": schema.Legislation,
    "KurumSDPKodlariGetirWs": schema.FilePlanCode,
    "DetsisIslemYetkilisiBilgileriWs": schema.DetsisOfficer,
}
_OWNER_FIELDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("TumTip1KodlariGetirWs", "TumTip2KodlariGetirWs", "TumYerKodlariGetirWs"), "ID"),
    **dict.fromkeys(
        (
            "AnaKurumlariGetirKurumBirimWs",
            "AnaKurumlarButceTurleriGetirWs",
            "KendiTumBirimleriGetirWs",
            "AltKurulusBirimleriListele",
        ),
        "DETSISNo",
    ),
    **dict.fromkeys(("AktifKEPAdresleriniGetir", "KEPAdresleriniGetir"), "KurumDetsisNo"),
    **dict.fromkeys(("AnakurumIletisimBilgileriWs", "KurumBirimIletisimBilgileriGetirWs"), "DetsisNo"),
    "BirimleriminIletisimBilgileriniGetir": "KurumBirimId",
    "KurumSertifikaBilgileriniGetir": "DetsisId",
}
"""Where the rows of an operation that can close entries name the owner of each."""
