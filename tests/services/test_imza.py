"""The signature service with a real SOAP client over real HTTP: results, typed faults, limits."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import zeep
import zeep.exceptions
from lxml import etree
from parts.serving import serving_here
from parts.waiting import HUNG
from pki.server import Pki
from zeep.transports import Transport

from hub import limits
from hub.config import Settings
from hub.contract import Contract
from hub.services import imza
from hub.signing import keys, make, receipts
from hub.signing.profiles import CHOICES
from hub.signing.trust import TrustKeeper

NS = "urn:eyazisma-hub:imza:1"
CONTENT = b"Paket ozeti"


@pytest.fixture(scope="module")
def folder(pki: Pki, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trust folder whose provenance says where the test roots come from."""
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
    with serving_here(imza.endpoint(Settings(), keeper)) as port:
        yield f"http://127.0.0.1:{port}/ImzaServis"


def client(url: str) -> Any:
    return zeep.Client(f"{url}?WSDL", transport=Transport(timeout=HUNG, operation_timeout=HUNG)).service


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


def envelope(operation: str, inner: str) -> bytes:
    return (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<{operation} xmlns="{NS}">{inner}</{operation}></s:Body></s:Envelope>'
    ).encode()


def mtom(url: str, operation: str, **files: bytes) -> etree._Element:
    """The answer to a message whose files come beside the envelope."""
    include = '<{0}><xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:{0}@x"/></{0}>'
    root = envelope(operation, "".join(include.format(name) for name in files))
    rows = [b'Content-Type: application/xop+xml; charset=UTF-8; type="text/xml"\r\nContent-ID: <root@x>\r\n\r\n' + root]
    for name, content in files.items():
        rows.append(f"Content-Type: application/octet-stream\r\nContent-ID: <{name}@x>\r\n\r\n".encode() + content)
    headers = {
        "Content-Type": 'multipart/related; type="application/xop+xml"; start="<root@x>"; boundary=sinir',
        "SOAPAction": f'"{NS}/{operation}"',
    }
    body = b"".join(b"--sinir\r\n" + row + b"\r\n" for row in rows) + b"--sinir--\r\n"
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=HUNG) as answer:
            return etree.fromstring(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return etree.fromstring(error.read())


def test_files_beside_the_envelope(url: str, signature: bytes, tutanak: bytes) -> None:
    def told(tag: str, operation: str, **files: bytes) -> str | None:
        return mtom(url, operation, **files).findtext(f".//{{{NS}}}{tag}")

    assert told("Sonuc", "ImzaDogrula", Imza=signature, Icerik=CONTENT) == "TOTAL-PASSED"
    assert told("AltSonuc", "ImzaDogrula", Imza=signature, Icerik=CONTENT + b" ") == "HASH_FAILURE"
    assert told("AltSonuc", "ImzaDogrula", Imza=signature) == "SIGNED_DATA_NOT_FOUND"
    assert told("AltSonuc", "ImzaDogrula", Imza=signature[:-1], Icerik=CONTENT) == "FORMAT_FAILURE"
    assert told("Gecerli", "TutanakDogrula", Tutanak=tutanak) == "true"
    assert told("Kod", "TutanakDogrula", Tutanak=tutanak.replace(b"KALDI", b"GECTI")) == "RECEIPT_SIGNATURE"
    for files in ({"Imza": b""}, {"Imza": signature, "Icerik": bytes(limits.IMZA_FILE + 1)}):
        assert told("Kod", "ImzaDogrula", **files) == "UNREADABLE"
    assert told("Kod", "TutanakDogrula", Tutanak=bytes(limits.RECEIPT_BYTES + 1)) == "RECEIPT_FORM"


def test_the_stated_limits_hold() -> None:
    contract = Contract.load(imza.WSDL, times="utc")
    numbers = set(re.findall(r"\d+", contract.description.documentation))
    assert {str(limits.IMZA_FILE), str(limits.IMZA_BODY)} <= numbers
    held = (Path(imza.__file__).parents[1] / "wsdl" / imza.WSDL).read_text("utf-8")
    assert f'<xsd:maxLength value="{limits.IMZA_FILE}"/>' in held
    assert f'<xsd:maxLength value="{limits.RECEIPT_BYTES}"/>' in held


PHP = """
$job = json_decode(stream_get_contents(STDIN), true);
$client = new SoapClient($job['wsdl'], ['soap_version' => $job['version'] === 2 ? SOAP_1_2 : SOAP_1_1,
    'cache_wsdl' => WSDL_CACHE_NONE, 'exceptions' => true]);
$answers = [];
foreach ($job['calls'] as [$operation, $input]) {
    foreach ($input as $name => $value) { $input[$name] = base64_decode($value); }
    try {
        $answer = $client->__soapCall($operation, [$input])->{$operation . 'Result'};
        $answers[] = [$answer->Sonuc ?? $answer->Gecerli, $answer->AltSonuc ?? $answer->Kod ?? null];
    } catch (SoapFault $fault) {
        $answers[] = ['fault', $fault->detail->ImzaHatasi->Kod ?? null];
    }
}
echo json_encode($answers);
"""


@pytest.mark.part("php")
@pytest.mark.parametrize("version", [1, 2])
def test_php(url: str, signature: bytes, tutanak: bytes, version: int) -> None:
    calls = [
        ("ImzaDogrula", {"Imza": signature, "Icerik": CONTENT, "Profil": b"P4"}),
        ("ImzaDogrula", {"Imza": signature, "Icerik": b"other"}),
        ("ImzaDogrula", {"Imza": signature}),
        ("ImzaDogrula", {"Imza": b"garbage"}),
        ("TutanakDogrula", {"Tutanak": tutanak}),
        ("TutanakDogrula", {"Tutanak": tutanak.replace(b"KALDI", b"GECTI")}),
        ("TutanakDogrula", {"Tutanak": b"<a/>"}),
    ]
    job = {
        "wsdl": f"{url}?WSDL",
        "version": version,
        "calls": [(name, {key: base64.b64encode(one).decode() for key, one in given.items()}) for name, given in calls],
    }
    done = subprocess.run(["php", "-r", PHP], input=json.dumps(job), capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [
        ["TOTAL-PASSED", None],
        ["TOTAL-FAILED", "HASH_FAILURE"],
        ["INDETERMINATE", "SIGNED_DATA_NOT_FOUND"],
        ["TOTAL-FAILED", "FORMAT_FAILURE"],
        [True, None],
        [False, "RECEIPT_SIGNATURE"],
        ["fault", "RECEIPT_FORM"],
    ]


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
    [(b"<a/>", "RECEIPT_FORM"), (b"<!DOCTYPE a><a/>", "XML_DTD_FORBIDDEN"), (b"\x01", "XML_MALFORMED")],
)
def test_no_receipt_is_a_typed_fault(url: str, data: bytes, code: str) -> None:
    with pytest.raises(zeep.exceptions.Fault) as caught:
        client(url).TutanakDogrula(Tutanak=data)
    (detail,) = caught.value.detail
    assert detail.tag == f"{{{NS}}}ImzaHatasi"
    assert detail.findtext(f"{{{NS}}}Kod") == code


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
