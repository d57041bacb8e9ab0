"""``eYazismaPaketi`` over the wire."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from letter import chart as c

from hub.services.detsis import Detsis

from .conftest import NS, Client, fields, text
from .state import ACTING, CLOSED, DEPUTY, GOVERNOR, MANAGER, MINISTER


def package(client: Client, sender: int, addressees: list[int] | None = None) -> dict[str, Any]:
    arguments: dict[str, Any] = {"gonderenDetsisID": sender}
    if addressees is not None:
        arguments["muhatapDetsisIDs"] = addressees
    result = client.result("eYazismaPaketi", **arguments)
    assert text(result, "SonucHatali") == "false", text(result, "HataMsj")
    found = result.find(f"{{{NS}}}Sonuclar")
    assert found is not None
    return fields(found)


def test_a_letter_to_one_addressee(client: Client) -> None:
    made = package(client, c.ATAMA, [c.ANKARA_HEALTH])
    signatories = made.pop("ImzaYetkilileri")
    assert [(one["TCYoneticiKodu"], one["DetsisNo"], one.get("VekaletTuru")) for one in signatories] == [
        (str(MANAGER), str(c.PERSONNEL), None),
        (str(DEPUTY), str(c.PERSONNEL), "Vekaleten"),
        (str(MINISTER), str(c.INTERIOR), None),
    ], "the head of the sender itself is recorded from tomorrow on, and does not sign before"
    assert list(signatories[1]) == ["TCYoneticiKodu", "YoneticiAd", "YoneticiSoyad", "VekaletTuru", "Unvan", "DetsisNo"]
    assert made == {
        "MuhatapBilgi": [
            {
                "MuhatapKepAdresi": "ankara.valiligi@hs01.kep.tr",
                "MuhatapSifrelemeSertifikasi": base64.b64encode(b"valilik").decode(),
                "KurumID": str(c.ANKARA_HEALTH),
                "MuhatapAd": "ANKARA VALİLİĞİNE\n(Ankara İl Sağlık Müdürlüğü)",
            }
        ],
        "Antet": "T.C.\nİÇİŞLERİ BAKANLIĞI\nAtama ve Nakil Dairesi Başkanlığı",
        "MuhatapAd": "ANKARA VALİLİĞİNE\n(Ankara İl Sağlık Müdürlüğü)",
        "RYSayiDetsisNo": str(c.ATAMA),
        "ArzRica": "Rica ederim.",
        "GonderenTelefonNumarasi": "0312 000 00 02",
        "GonderenFaksNumarasi": "0312 000 00 03",
        "GonderenInternetSitesiAdresi": "www.ornek.gov.tr",
    }


def test_a_letter_to_many(client: Client) -> None:
    made = package(client, c.INTERIOR, [c.HEALTH, c.UNIVERSITY, c.ANKARA, c.IZMIR])
    assert made["MuhatapAd"] == "DAĞITIM YERLERİNE"
    assert made["ArzRica"] == "Arz ve rica ederim."
    assert made["DagitimListesi"].split("\n") == [
        "Sağlık Bakanlığına",
        "Örnek Üniversitesi Rektörlüğüne",
        "Ankara Valiliğine",
        "İzmir Valiliğine",
    ]
    assert made["GonderenTelefonNumarasi"] == "0312 000 00 00", "the preferred one"
    assert made["GonderenAdresi"] == "Örnek Cad. No: 1 Çankaya/ANKARA"
    keps = {one["KurumID"]: one.get("MuhatapKepAdresi") for one in made["MuhatapBilgi"]}
    assert keps == {
        str(c.HEALTH): "Saglik@HS01.kep.tr",
        str(c.UNIVERSITY): None,
        str(c.ANKARA): "ankara.valiligi@hs01.kep.tr",
        str(c.IZMIR): "icisleri@hs02.kep.tr",
    }
    certificates = {one["KurumID"]: one.get("MuhatapSifrelemeSertifikasi") for one in made["MuhatapBilgi"]}
    assert certificates[str(c.HEALTH)] == base64.b64encode(b"saglik").decode()
    assert certificates[str(c.IZMIR)] is None, "its only certificate has expired"


def test_who_signs_for_a_provincial_unit(client: Client) -> None:
    made = package(client, c.ANKARA_HEALTH)
    signing = [(one["TCYoneticiKodu"], one.get("VekaletTuru")) for one in made["ImzaYetkilileri"]]
    assert signing == [(str(ACTING), "Vekaleten"), (str(GOVERNOR), None)]


@pytest.mark.parametrize("addressees", [None, []])
def test_without_addressees_only_the_senders_part_is_there(client: Client, addressees: list[int] | None) -> None:
    made = package(client, c.INTERIOR, addressees)
    assert made["Antet"] == "T.C.\nİÇİŞLERİ BAKANLIĞI"
    assert not {"MuhatapBilgi", "MuhatapAd", "ArzRica", "DagitimListesi"} & made.keys()


def test_unknown_and_closed_parties_are_refused_by_number(client: Client) -> None:
    def refused(sender: int, *addressees: int) -> str:
        return client.refusal("eYazismaPaketi", gonderenDetsisID=sender, muhatapDetsisIDs=list(addressees))

    assert refused(99999999, c.HEALTH) == "Gönderen birim DETSİS'te bulunamadı: 99999999"
    assert refused(c.INTERIOR, c.HEALTH, 99999998) == "Muhatap DETSİS'te bulunamadı: 99999998"
    assert refused(c.INTERIOR, c.HEALTH, CLOSED) == f"Muhatap kapatılmıştır: {CLOSED}"
    assert refused(CLOSED, c.HEALTH) == f"Gönderen birim kapatılmıştır: {CLOSED}"
    assert client.refusal("eYazismaPaketi") == "Gönderen birim DETSİS'te bulunamadı: 0"


def test_too_many_addressees_are_refused(client: Client) -> None:
    addressees = [c.HEALTH] * 5_001
    message = client.refusal("eYazismaPaketi", gonderenDetsisID=c.INTERIOR, muhatapDetsisIDs=addressees)
    assert "en fazla 5000" in message


def test_the_decision_on_signatories_can_be_replaced(service: Detsis) -> None:
    from dataclasses import replace

    from hub.contract import Endpoint
    from hub.letter import Signatory
    from hub.services.detsis.service import functions

    room = replace(service.room, signatories=lambda connection, units, at: [Signatory(7, "A", "B", "C", units[0])])
    other = Endpoint(room.contract, functions(room))
    service.endpoint, before = other, service.endpoint
    try:
        made = package(Client(service), c.INTERIOR)
    finally:
        service.endpoint = before
    assert [one["TCYoneticiKodu"] for one in made["ImzaYetkilileri"]] == ["7"]
