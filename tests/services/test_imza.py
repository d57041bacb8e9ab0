"""The signature service with a real SOAP client over real HTTP: results, typed faults, limits."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
import zeep
import zeep.exceptions
from lxml import etree
from pki.server import Pki
from zeep.transports import Transport

from hub.config import Settings
from hub.contract import Contract
from hub.services import imza
from hub.signing import keys, make, receipts
from hub.signing.profiles import CHOICES
from hub.signing.trust import TrustKeeper

NS = "urn:eyazisma-hub:imza:1"
CONTENT = b"Paket ozeti"


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Keep the tests' output free of access lines."""


@pytest.fixture(scope="module")
def folder(pki: Pki, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trust folder whose provenance says where the test roots come from."""
    import json

    place = pki.write_roots(tmp_path_factory.mktemp("imza") / "trust")
    notes = {
        pki.cert(label).fingerprint(_sha256()).hex(): {"source": "sınama", "test": True}
        for label in ("kok-a", "kok-b", "kok-c")
    }
    (place / "provenance.json").write_text(json.dumps(notes))
    return place


def _sha256() -> Any:
    from cryptography.hazmat.primitives import hashes

    return hashes.SHA256()


@pytest.fixture(scope="module")
def url(folder: Path) -> Iterator[str]:
    yield from serve(TrustKeeper(folder, demo=True))


@pytest.fixture
def unconfigured(tmp_path: Path) -> Iterator[str]:
    yield from serve(TrustKeeper(tmp_path / "none"))


def serve(keeper: TrustKeeper) -> Iterator[str]:
    served = imza.endpoint(Settings(), keeper)
    server = make_server("127.0.0.1", 0, served, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/ImzaServis"
    server.shutdown()
    thread.join()
    server.server_close()


def client(url: str) -> Any:
    return zeep.Client(f"{url}?WSDL", transport=Transport(timeout=20, operation_timeout=20)).service


@pytest.fixture(scope="module")
def signature(pki: Pki) -> bytes:
    services = make.Services(make.Tsa(pki.tsa_url()), make.HttpTransport(allow_private=True))
    return make.sign(CONTENT, keys.load_pfx(pki.pfx("imzaci"), "parola"), services, make.Options(detached=True))


@pytest.fixture(scope="module")
def tutanak(pki: Pki) -> bytes:
    receipt = receipts.Receipt(
        receipts.new_id(),
        receipts.Kind.DECISION,
        receipts.Issuer("Örnek Hub", "24308110"),
        datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC),
        (("YoneticiKodu", "12345678"),),
        receipts.Outcome.FAILED,
        {"tr": "İmzalayamaz."},
        serial=17,
        reasons=(receipts.Reason("IYEM_ENDED", receipts.Outcome.FAILED),),
    )
    return receipts.issue(receipt, keys.load_pfx(pki.pfx("tutanak"), "parola"))


def test_signature(url: str, signature: bytes) -> None:
    report = client(url).ImzaDogrula(Imza=signature, Icerik=CONTENT, Profil="P4")
    assert report.Sonuc == "TOTAL-PASSED"
    (signer,) = report.Imzaci
    assert (signer.Profil, signer.Duzey, signer.Sertifika.Ad) == ("P4", "X-LONG", "Ayşe Örnek")
    assert signer.ImzaZamani.tzinfo is not None
    assert signer.ZamanDamgasi[0].Makam.Ad == "Sınama Zaman Damgası A"
    assert "10000000146" not in str(report), "the identity number stays in the certificate"


def test_other_content_and_garbage(url: str, signature: bytes) -> None:
    service = client(url)
    wrong = service.ImzaDogrula(Imza=signature, Icerik=b"other")
    assert (wrong.Sonuc, wrong.AltSonuc) == ("TOTAL-FAILED", "HASH_FAILURE")
    assert "KALDI" in {check.Sonuc for signer in wrong.Imzaci for check in signer.Denetim}
    garbage = service.ImzaDogrula(Imza=b"garbage")
    assert (garbage.Sonuc, garbage.AltSonuc) == ("TOTAL-FAILED", "FORMAT_FAILURE")


def test_receipt(url: str, tutanak: bytes) -> None:
    service = client(url)
    found = service.TutanakDogrula(Tutanak=tutanak)
    assert (found.Gecerli, found.IptalDurumu) == (True, "DENETLENMEDI")
    stated = found.Bilgiler
    assert (stated.KayitSeriNo, stated.Sonuc, stated.Gerekce) == (17, "KALDI", ["IYEM_ENDED"])
    assert stated.DuzenlemeZamani == datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
    forged = service.TutanakDogrula(Tutanak=tutanak.replace(b"KALDI", b"GECTI"))
    assert (forged.Gecerli, forged.Kod, forged.Bilgiler) == (False, "RECEIPT_SIGNATURE", None)
    late = service.TutanakDogrula(Tutanak=tutanak, Zaman=datetime(2050, 1, 1, tzinfo=UTC))
    assert (late.Gecerli, late.Kod) == (False, "RECEIPT_TRUST")


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"<a/>", "RECEIPT_FORM"), (b"<!DOCTYPE a><a/>", "XML_DTD_FORBIDDEN"), (b"\x01", None)],
)
def test_no_receipt_is_a_typed_fault(url: str, data: bytes, code: str | None) -> None:
    with pytest.raises(zeep.exceptions.Fault) as caught:
        client(url).TutanakDogrula(Tutanak=data)
    (detail,) = caught.value.detail
    assert detail.tag == f"{{{NS}}}ImzaHatasi"
    assert code is None or detail.findtext(f"{{{NS}}}Kod") == code


def test_without_roots_there_is_no_result(unconfigured: str, signature: bytes, tutanak: bytes) -> None:
    service = client(unconfigured)
    for call in (lambda: service.ImzaDogrula(Imza=signature), lambda: service.TutanakDogrula(Tutanak=tutanak)):
        with pytest.raises(zeep.exceptions.Fault) as caught:
            call()
        assert caught.value.code.endswith("Server")
        assert caught.value.detail[0].findtext(f"{{{NS}}}Kod") == "NOT_CONFIGURED"


@pytest.mark.parametrize("arguments", [{"Profil": "P5"}, {"Imza": b""}, {"Imza": b"x" * (6291456 + 1)}])
def test_what_the_schema_refuses(url: str, signature: bytes, arguments: dict[str, Any]) -> None:
    with pytest.raises((zeep.exceptions.Fault, zeep.exceptions.TransportError)):
        client(url).ImzaDogrula(**{"Imza": signature, **arguments})


def test_profiles_are_those_of_the_validator() -> None:
    root = etree.parse(str(Path(imza.__file__).parents[1] / "wsdl" / imza.WSDL))
    space = {"x": "http://www.w3.org/2001/XMLSchema"}
    stated = root.xpath("//x:simpleType[@name='ST_Profil']//x:enumeration/@value", namespaces=space)
    assert set(stated) == set(CHOICES)
    assert set(Contract.load(imza.WSDL, times="utc").operations) == {"ImzaDogrula", "TutanakDogrula"}
