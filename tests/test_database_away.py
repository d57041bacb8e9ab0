"""The database goes away while the hub serves (row D5 of the hostile catalogue): what is kept in memory and prepared
files is still answered, with its serial and age beside it; everything else says clearly that it cannot be now."""

from __future__ import annotations

import contextlib
import gc
import json
import logging
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from parts.postgres import Cluster
from parts.registry import describe_unit, rename_unit
from parts.waiting import until
from sqlalchemy import make_url
from test_app import CALL, PASSWORD, ask, fill

from hub.app import PATHS, Hub
from hub.config import Settings
from hub.store.database import Database
from hub.store.personal import Keys

pytestmark = [
    pytest.mark.part("postgres"),
    # a cursor that the server took away while it was read cannot be closed any more, and says so when it is collected
    pytest.mark.filterwarnings("ignore:.*ServerCursorMixin.*:pytest.PytestUnraisableExceptionWarning"),
]

LOOKUP = ("DETSISNoKurumBirimWs", "<DETSISNo>12345678</DETSISNo>")
SEARCH = "<ad>örnek bak</ad><anaKurumIdareKimlikKodu>0</anaKurumIdareKimlikKodu>"


class Lost:
    """A PostgreSQL database that can be taken away and brought back."""

    def __init__(self, cluster: Cluster, url: str) -> None:
        self.url = url
        self._cluster = cluster
        self._name = make_url(url).database

    def go(self) -> None:
        self._cluster.run(f"ALTER DATABASE {self._name} ALLOW_CONNECTIONS false")
        self._cluster.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self._name}'")

    def come_back(self) -> None:
        self._cluster.run(f"ALTER DATABASE {self._name} ALLOW_CONNECTIONS true")


@pytest.fixture
def lost(postgres_cluster: Cluster) -> Iterator[Lost]:
    with postgres_cluster.database() as name:
        made = Lost(postgres_cluster, postgres_cluster.url(name))
        yield made
        made.come_back()
        gc.collect()  # here, where what is left of lost connections is expected


@contextlib.contextmanager
def serving(lost: Lost, data: Path, stale_seconds: int) -> Iterator[Hub]:
    fill(lost.url, data)
    hub = Hub(Settings(data=data, database_url=lost.url, stale_seconds=stale_seconds))
    try:
        hub.prepare()
        call(hub, *LOOKUP)
        call(hub, "AdaGoreKurumBirimSorgulaWs", SEARCH)
        call(hub, "AktifKEPAdresleriniGetir")
        yield hub
    finally:
        hub.close()


def call(hub: Hub, operation: str, body: str = "", password: str = PASSWORD) -> tuple[dict[str, str], str]:
    head, _, tail = CALL.format(password=password).partition("<s:Body>")
    del tail
    text = f'{head}<s:Body><{operation} xmlns="http://kaysis.gov.tr/">{body}</{operation}></s:Body></s:Envelope>'
    began = time.monotonic()
    status, headers, answer = ask(hub, PATHS[0], "POST", text.encode(), CONTENT_TYPE="text/xml")
    assert status == "200 OK"
    assert time.monotonic() - began < 2, "it waited for a database that is away"
    return headers, answer.decode()


def noticed(hub: Hub) -> None:
    """Wait until the hub has found out."""

    def away() -> bool:
        with contextlib.suppress(Exception):
            hub.freshness.serial()
        return hub.freshness.away() is not None

    until(away)


def test_lookups_go_on_with_their_serial_and_age_and_the_rest_is_refused(
    lost: Lost, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with serving(lost, tmp_path, 900) as hub:
        fresh = call(hub, *LOOKUP)
        assert not {"Age", "X-Registry-Serial"} & fresh[0].keys()
        serial = hub.freshness.serial()
        lost.go()
        noticed(hub)
        for operation, body in (
            LOOKUP,
            ("AdaGoreKurumBirimSorgulaWs", SEARCH),
            ("AktifKEPAdresleriniGetir", ""),
        ):
            headers, answer = call(hub, operation, body)
            assert "<SonucHatali>false</SonucHatali>" in answer
            assert ("ÖRNEK BAKANLIĞI" in answer) is (operation != "AktifKEPAdresleriniGetir")
            assert headers["X-Registry-Serial"] == str(serial)
            assert 0 <= int(headers["Age"]) < 60
        assert f"asked of serial {serial}" in caplog.text
        for operation, body, password in (
            ("HiyerarsiGetirKurumBirimWs", "<DETSISNo>12345678</DETSISNo>", PASSWORD),
            ("KEPAdresiKontrolEt", "<KepAdresi>a@hs01.kep.tr</KepAdresi>", PASSWORD),
            (*LOOKUP, "baska-bir-parola"),
        ):
            headers, answer = call(hub, operation, body, password)
            assert "<SonucHatali>true</SonucHatali>" in answer
            assert "şu anda tamamlanamadı" in answer
            assert "Age" not in headers
        assert ask(hub, "/health/live")[0] == "200 OK"
        status, _, body = ask(hub, "/health/ready")
        assert status == "503 Service Unavailable"
        assert json.loads(body)["checks"]["database"] == "missing"
        status, _, metrics = ask(hub, "/metrics")
        assert status == "200 OK"
        assert f"hub_registry_serial {serial}.0".encode() in metrics
        assert b"hub_stale_calls_total 5.0" in metrics  # those that were let in, answered or not


def test_each_answer_is_of_the_serial_that_it_shows(lost: Lost, tmp_path: Path) -> None:
    """What was looked up since a change shows it, what was searched for before it does not."""
    with serving(lost, tmp_path, 900) as hub:
        before = hub.freshness.serial()
        database = Database.open(lost.url, Keys.load(tmp_path / "hub.key"))
        with database.write(actor="test", origin="test") as change:
            describe_unit(change, 12345678, address="YENİ ADRES")
        database.close()
        until(lambda: "YENİ ADRES" in call(hub, *LOOKUP)[1])
        lost.go()
        noticed(hub)
        headers, answer = call(hub, *LOOKUP)
        assert "YENİ ADRES" in answer
        assert headers["X-Registry-Serial"] == str(before + 1)
        metrics = ask(hub, "/metrics")[2].decode()
        assert f"hub_registry_serial {before + 1}.0" in metrics  # no scrape read it while the database was there
        shown = {name: float(value) for name, value in re.findall(r"^(hub_\w+_seconds) (\S+)$", metrics, re.MULTILINE)}
        assert 0 < shown["hub_registry_age_seconds"] <= shown["hub_database_away_seconds"]
        assert call(hub, "AdaGoreKurumBirimSorgulaWs", SEARCH)[0]["X-Registry-Serial"] == str(before)


def test_it_recovers_unaided_and_shows_what_changed_meanwhile(lost: Lost, tmp_path: Path) -> None:
    with serving(lost, tmp_path, 900) as hub:
        lost.go()
        noticed(hub)
        lost.come_back()
        database = Database.open(lost.url, Keys.load(tmp_path / "hub.key"))
        with database.write(actor="test", origin="test") as change:
            rename_unit(change, 12345678, "YENİ ADLI BAKANLIK")
        database.close()
        until(lambda: "YENİ ADLI BAKANLIK" in call(hub, *LOOKUP)[1])
        headers, _ = call(hub, *LOOKUP)
        assert "Age" not in headers
        assert ask(hub, "/health/ready")[0] == "200 OK"


@pytest.mark.parametrize("stale_seconds", [0, 1])
def test_beyond_the_allowed_age_nothing_is_answered(lost: Lost, tmp_path: Path, stale_seconds: int) -> None:
    with serving(lost, tmp_path, stale_seconds) as hub:
        lost.go()
        noticed(hub)
        time.sleep(stale_seconds + 0.1)
        _, answer = call(hub, *LOOKUP)
        assert "<SonucHatali>true</SonucHatali>" in answer
        assert "ÖRNEK BAKANLIĞI" not in answer
