"""The demonstration's folder: made once, made again after an interruption, and its printed call works."""

from __future__ import annotations

import io
import json
import re
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner
from lxml import etree

from hub.access.door import Door
from hub.commands.demo import demo as command
from hub.commands.demo import page
from hub.config import Settings
from hub.contract import Contract
from hub.sample.demo import DemoError, make
from hub.sample.load import NotEmptyError
from hub.services.detsis import WSDL, Detsis
from hub.store.database import Database
from hub.store.freshness import Freshness
from hub.store.personal import Keys
from hub.store.schema import Place

NS = "{http://kaysis.gov.tr/}"


def test_made_once_then_used_again(tmp_path: Path, database_url: str) -> None:
    settings = Settings(data=tmp_path, database_url=database_url, demo=True)
    first, made = make(settings, 2_000)
    assert made
    assert stat.S_IMODE((tmp_path / "demo.json").stat().st_mode) == 0o600
    assert not (tmp_path / "demo.making").exists()
    held = json.loads((tmp_path / "demo.json").read_text(encoding="utf-8"))
    assert {"endpoint", "kurum_id", "password", "database_url"} <= held.keys()
    assert make(settings, None) == (first, False)
    assert make(settings, 2_000) == (first, False)
    with pytest.raises(DemoError, match="2000 birimlik"):
        make(settings, 3_000)
    _the_printed_call_answers(first.database_url, tmp_path, page(first, "http://localhost/DETSISServis.asmx"))


def _the_printed_call_answers(url: str, folder: Path, printed: str) -> None:
    envelope = re.search(r"-d '(.*?)'\n", printed)
    assert envelope
    data = envelope[1].encode()
    keys = Keys.load(folder / "hub.key")
    database = Database.open(url, keys)
    freshness = Freshness(database)
    service = Detsis(
        Contract.load(WSDL), database, freshness, folder / "prepared", Door(database, freshness).check, keys=keys
    )
    try:
        service.prepare()
        environ = {
            "REQUEST_METHOD": "POST",
            "CONTENT_TYPE": "text/xml; charset=utf-8",
            "CONTENT_LENGTH": str(len(data)),
            "HTTP_SOAPACTION": '"http://kaysis.gov.tr/eYazismaPaketi"',
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.input": io.BytesIO(data),
        }
        answer = etree.fromstring(b"".join(service.endpoint(environ, lambda status, headers: None)))
    finally:
        service.close()
        freshness.close()
        database.close()
    assert answer.findtext(f".//{NS}SonucHatali") == "false"
    assert answer.findtext(f".//{NS}Antet") == "T.C.\nMİLLÎ EĞİTİM BAKANLIĞI\nPersonel Genel Müdürlüğü"
    names = [found.text for found in answer.iter(f"{NS}MuhatapAd")]
    assert "ANKARA VALİLİĞİNE" in names
    assert answer.findtext(f".//{NS}MuhatapKepAdresi", "").lower().endswith("@hs01.kep.tr")
    assert answer.find(f".//{NS}MuhatapSifrelemeSertifikasi") is not None
    assert answer.find(f".//{NS}TCYoneticiKodu") is not None
    assert answer.findtext(f".//{NS}GonderenTelefonNumarasi")


def test_an_interrupted_run_is_begun_again(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(data=tmp_path, database_url=database_url, demo=True)
    with monkeypatch.context() as patch:
        patch.setattr("hub.sample.demo.credentials.give", _interrupt)
        with pytest.raises(KeyboardInterrupt):
            make(settings, 2_000)
    assert (tmp_path / "demo.making").exists()
    assert not (tmp_path / "demo.json").exists()
    made, now = make(settings, 2_000)
    assert now
    assert made.units == 2_000


def _interrupt(*args: object, **more: object) -> None:
    raise KeyboardInterrupt


def test_a_registry_that_is_not_a_sample_is_left_alone(tmp_path: Path, database: Database) -> None:
    with database.write(actor="test", origin="test") as change:
        change.open_many(Place, [{"place_id": 1, "place_code": 1, "name": "X", "province_code": 0, "kind_id": 1}])
    with pytest.raises(NotEmptyError):
        make(Settings(data=tmp_path, database_url=database.url.render_as_string(hide_password=False)), 2_000)
    assert database.serial() == 1


@pytest.mark.parametrize("units", ["10", "1000001"])
def test_sizes_that_cannot_be_are_refused(tmp_path: Path, units: str) -> None:
    result = CliRunner().invoke(command, ["--units", units, "--data", str(tmp_path), "--no-serve"])
    assert isinstance(result.exception, DemoError)
    assert list(tmp_path.iterdir()) == []
