"""The day of a .NET EBYS: its nightly batch from an old date, then its users' searches, each after the list of KEP
addresses. At its end every unit in the client's table must hold its own address and nobody else's.

The steps are those of the client that is known from the field: it loads the list of active addresses before each batch
and each search, takes the first address of a number, splits the hierarchy at ``>``, reads the place without asking
whether it is nil, and stops at the first surprise.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from clients.harness import Access, Dotnet, Invocation
from clients.wcf import Wcf
from parts.waiting import HUNG

WSDL = Path(__file__).parents[2] / "hub" / "wsdl" / "DETSISServis.wsdl"


class Ebys:
    """The client's own table, filled as it fills it."""

    def __init__(self, client: Dotnet, access: Access) -> None:
        self._client = client
        self._access = access
        self.table: dict[str, dict[str, Any]] = {}

    def ask(self, *calls: Invocation) -> list[list[dict[str, Any]]]:
        found = []
        for answer in self._client.call(self._access, calls):
            assert "HataMsj" not in answer, answer  # the batch takes any message for a failure
            found.append(answer.get("Sonuclar") or [])
        return found

    def take(self, units: list[dict[str, Any]], addresses: list[dict[str, Any]]) -> None:
        first: dict[str, str] = {}
        for row in addresses:
            assert row["Aktifmi"] == "true"
            first.setdefault(row["KurumDetsisNo"], row["KepAdresi"])
        for unit in units:
            self.table[unit["DETSISNo"]] = {
                "place": int(unit["Fk_BulunduguYerID"]),
                "names": [name.strip() for name in unit["KurumHiyerarsik"].split(">")],
                "external": unit["DisYazismaMuhatabiOlupOlmadigi"] == "true",
                "kep": first.get(unit["DETSISNo"]),
            }


@pytest.mark.part("mono")
@pytest.mark.parametrize("kind", [Dotnet, Wcf])
def test_the_day_of_a_dotnet_ebys(kind: type[Dotnet], demo: Access, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.getbasetemp() / f"client-{kind.kind}"
    folder.mkdir(exist_ok=True)
    ebys = Ebys(kind(WSDL, 1, folder), demo)
    active = Invocation("AktifKEPAdresleriniGetir", {})
    batch = Invocation("YeniDisYazismaYapanlariGetirWs", {"pGun": 1, "pAy": 1, "pYil": 2015})
    addresses, units = ebys.ask(active, batch)
    assert len(units) > 100
    ebys.take(units, addresses)
    loaded = len(ebys.table)
    for text in ("müdürlüğü", "BAŞKANLIĞI", "rektor", "valili", "universite"):
        addresses, units = ebys.ask(active, Invocation("AdaGoreKurumBirimSorgulaWs", _search(text)))
        assert units, text
        ebys.take(units, addresses)
    assert len(ebys.table) >= loaded
    numbers = sorted(ebys.table)
    own = ebys.ask(*(Invocation("KEPAdresleriniGetir", {"DetsisIDs": [int(number)]}) for number in numbers))
    for number, rows in zip(numbers, own, strict=True):
        current = [row["KepAdresi"] for row in rows if row["Aktifmi"] == "true"]
        assert ebys.table[number]["kep"] == (current[0] if current else None), number
        assert all(ebys.table[number]["names"])
    assert sum(1 for row in ebys.table.values() if row["kep"]) > 50
    look_up(ebys, demo)


def look_up(ebys: Ebys, demo: Access) -> None:
    """A user opens units one by one. The client reads the first row of each answer without asking whether there is one,
    shows the hierarchy of the first row as the unit's own, and keeps the last contact of each kind that it knows."""
    (places,) = ebys.ask(Invocation("TumYerKodlariGetirWs", {}))
    known = {row["ID"] for row in places}
    for number in [int(demo.kurum_id), demo.facts["sender"], *demo.facts["addressees"]]:
        addresses, units, above, contacts, notified, own = ebys.ask(
            Invocation("AktifKEPAdresleriniGetir", {}),
            Invocation("DETSISNoKurumBirimWs", {"DETSISNo": number}),
            Invocation("HiyerarsiGetirKurumBirimWs", {"DETSISNo": number}),
            Invocation("KurumBirimIletisimBilgileriGetirWs", {"detsisId": number}),
            Invocation("TebligatNumarasiGetir", {"DetsisId": number}),
            Invocation("KEPAdresleriniGetir", {"DetsisIDs": [number]}),
        )
        (unit,) = units
        assert unit["Fk_BulunduguYerID"] in known
        assert above[0] == unit
        names = [name.strip() for name in above[0]["KurumHiyerarsik"].split(">")]
        assert names[-len(above) :] == [row["Ad"] for row in reversed(above)]  # from the main institution down
        kinds = {row["IletisimTip"]: row for row in contacts}
        assert kinds
        assert set(kinds) <= {"1", "2", "4", "5"}
        assert len(notified) <= 1
        active = next((row["KepAdresi"] for row in addresses if row["KurumDetsisNo"] == str(number)), None)
        if active is not None:
            assert own[0]["KepAdresi"] == active
            assert own[0]["Aktifmi"] == "true"


def _search(text: str) -> dict[str, Any]:
    return {"ad": text, "anaKurumIdareKimlikKodu": 0}


@pytest.mark.part("mono")
def test_a_proxy_is_made_from_the_bare_address(demo: Access, tmp_path: Path) -> None:
    """As one types it into "Add Web Reference": the tool follows the page's link to the discovery document."""
    proxy = tmp_path / "Proxy.cs"
    done = subprocess.run(
        ["wsdl", "/nologo", f"/out:{proxy}", demo.url], capture_output=True, text=True, timeout=HUNG, check=False
    )
    assert done.returncode == 0, done.stdout
    assert "eYazismaPaketi" in proxy.read_text("utf-8")
