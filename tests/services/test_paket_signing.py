"""The package service before signing and after: typed answers on each signer, who may ask, both kinds of database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import zeep
import zeep.exceptions
from lxml import etree
from parts.serving import serving_here
from parts.waiting import HUNG
from sqlalchemy import text
from zeep.transports import Transport

from hub import clock
from hub.config import Settings
from hub.contract.contract import WSDL_FOLDER
from hub.limits import INTENDED_SIGNERS
from hub.services.paket import paket
from hub.signing.trust import TrustKeeper, trust_folder
from hub.store.database import Database
from hub.store.schema import DutyKind
from services.paket_app import check
from tests.package.register import AYSE, CAN, EDA, MAIN, NOW, OTHER, UNIT, State, begin, from_unit
from tests.package.test_before_signing import PARAF, unsigned, without
from tests.services.test_paket import detail

OWN = {"KurumID": str(MAIN), "Password": "gizli"}
STRANGER = {"KurumID": str(OTHER), "Password": "gizli"}
TRUSTED = {"KurumID": str(OTHER), "Password": "yetkili"}


@pytest.fixture
def state(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> State:
    return begin(database, tmp_path, monkeypatch)


@pytest.fixture
def service(state: State, tmp_path: Path) -> Iterator[Any]:
    roots = TrustKeeper(trust_folder(tmp_path), demo=True)
    with serving_here(paket(state.database, check, trust=roots.store, settings=Settings())) as port:
        client = zeep.Client(
            f"http://127.0.0.1:{port}/PaketServis?wsdl",
            transport=Transport(timeout=HUNG, operation_timeout=HUNG),
            settings=zeep.Settings(strict=True, forbid_external=True, forbid_dtd=True),  # type: ignore[call-arg]
        )
        client.set_default_soapheaders({"KimlikDogrulama": OWN})
        yield client.bind("PaketServis", "PaketServisSoap12")


def ask(service: Any, data: bytes, *people: dict[str, Any], **more: Any) -> Any:
    return service.PaketDogrula(Paket=data, Imzalayacaklar={"Imzalayacak": list(people)}, **more)


def test_before_signing(service: Any, state: State) -> None:
    state.appoint(CAN)
    end = NOW + timedelta(days=2)
    state.appoint(AYSE, kind=DutyKind.DEPUTY, end=end)
    answer = ask(service, unsigned(), {"YoneticiKodu": state.people[AYSE]}, {"TCKimlikNo": EDA})
    before = answer.ImzaOncesi
    assert (before.Sonuc, before.Imzacilar) == ("failed", "failed")
    assert before.Paket == "failed", "the addressees are not in this register"
    assert abs(before.Zaman - clock.now()) < timedelta(minutes=1)
    one, two = before.Yanitlar.ImzaYetkisi
    assert (one.Yer, one.Sonuc, one.Gerekce, one.AdSoyad) == ("1", "passed", "DEPUTY", "Ayşe Örnek")
    assert (one.YoneticiKodu, one.BirimNo, one.YetkiBirimNo) == (state.people[AYSE], MAIN, MAIN)
    assert (one.Gorev.Tur, one.Gorev.Unvan, one.Gorev.Bitis, one.GecerlilikSonu) == ("VEKIL", "Müdür", end, end)
    assert (one.VekaletEdilen.YoneticiKodu, one.VekaletEdilen.AdSoyad) == (state.people[CAN], "Can Deneme")
    assert (one.SeriNo, one.YetkiBirimAdi) == (answer.KayitSerisi, "GÖNDEREN KURUM")
    assert (two.Sonuc, two.Gerekce, two.TCKimlikNo) == ("failed", "NO_DUTY_HERE", "10*******82")
    assert (two.AdSoyad, two.YoneticiKodu, two.Gorev) == (None, None, None), "she is another institution's"
    assert EDA not in answer.Rapor
    assert "Eda" not in answer.Rapor
    assert answer.Imzacilar is None
    english = ask(service, unsigned(), {"YoneticiKodu": state.people[AYSE]}, Dil="en")
    assert english.ImzaOncesi.Yanitlar.ImzaYetkisi[0].Aciklama == "The person acts for the holder of the post."


def test_signed_by_one_and_offline(service: Any, state: State) -> None:
    state.appoint(AYSE)
    data = state.package(lambda draft: without(draft, *PARAF))
    answer = service.PaketDogrula(Paket=data)
    (one,) = answer.Imzacilar.ImzaYetkisi
    assert (one.Sonuc, one.Gerekce, one.YoneticiKodu) == ("passed", "OWNER", state.people[AYSE])
    assert answer.ImzaOncesi is None
    offline = ask(service, unsigned(), {"YoneticiKodu": state.people[AYSE]}, Cevrimdisi=True).ImzaOncesi
    assert (offline.Sonuc, offline.Yanitlar.ImzaYetkisi[0].Sonuc) == ("indeterminate", "not checked")


def test_who_may_ask_by_identity_number(service: Any, state: State) -> None:
    state.appoint(AYSE)
    own = unsigned()
    assert ask(service, own, {"TCKimlikNo": AYSE}).ImzaOncesi.Imzacilar == "passed"
    for header, data, person, code in (
        (STRANGER, own, {"TCKimlikNo": AYSE}, "ACCESS_RIGHT"),
        (STRANGER, b"no package", {"TCKimlikNo": AYSE}, "ACCESS_RIGHT"),
        (STRANGER, own, {"TCKimlikNo": EDA, "BirimNo": OTHER}, None),
        (STRANGER, own, {"YoneticiKodu": state.people[AYSE]}, None),
        (TRUSTED, own, {"TCKimlikNo": AYSE}, None),
        (TRUSTED, own, {"TCKimlikNo": EDA}, None),
    ):
        headers = {"KimlikDogrulama": header}
        if code is None:
            (one,) = ask(service, data, person, _soapheaders=headers).ImzaOncesi.Yanitlar.ImzaYetkisi
            assert one.AdSoyad
        else:
            with pytest.raises(zeep.exceptions.Fault) as caught:
                ask(service, data, person, _soapheaders=headers)
            assert detail(caught.value)[0] == code
    with state.database.read() as connection:
        events = connection.execute(text("select event from audit order by serial")).scalars().all()
    assert [event for event in events if event.startswith("personal:")] == ["personal:refuse"] * 2 + [
        "personal:ask"
    ] * 2


@pytest.mark.parametrize("person", [{}, {"BirimNo": UNIT}, {"TCKimlikNo": "12345678901"}])
def test_question_that_names_nobody(service: Any, person: dict[str, Any]) -> None:
    with pytest.raises(zeep.exceptions.Fault) as caught:
        ask(service, unsigned(), person)
    assert detail(caught.value)[0] == "IYEM_QUESTION"
    assert "12345678901" not in etree.tostring(caught.value.detail).decode()  # type: ignore[call-overload]


@pytest.mark.parametrize(
    "people",
    [[{"YoneticiKodu": 0}], [{"YoneticiKodu": 5, "BirimNo": -1}], [{"TCKimlikNo": "1"}]],
)
def test_question_against_the_contract(service: Any, people: list[dict[str, Any]]) -> None:
    with pytest.raises(zeep.exceptions.Fault) as caught:
        ask(service, unsigned(), *people)
    assert "XML_SCHEMA" in caught.value.message


def test_unit_below(service: Any, state: State) -> None:
    state.appoint(CAN, UNIT)
    data = unsigned(from_unit)
    assert ask(service, data, {"YoneticiKodu": state.people[CAN], "BirimNo": UNIT}).ImzaOncesi.Imzacilar == "passed"


def test_limit_of_the_contract() -> None:
    root = etree.parse(WSDL_FOLDER / "PaketServis.wsdl")
    (element,) = root.iterfind(".//{*}element[@name='Imzalayacak']")
    assert element.get("maxOccurs") == str(INTENDED_SIGNERS)
