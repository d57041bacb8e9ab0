"""The package service over a socket: zeep with the package inline, MTOM by hand, typed faults, limits."""

from __future__ import annotations

import base64
import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import xmlschema
import zeep
import zeep.exceptions
from lxml import etree
from package.builder.making import BELGE_ID, TCKN, PlainSigner, full, write_files
from parts.serving import serving
from parts.waiting import HUNG
from zeep.transports import Transport

from hub import limits
from hub.contract import Contract
from hub.contract.contract import WSDL_FOLDER
from hub.contract.errors import NotUnderstood, Refused, VersionMismatch
from hub.errors import ConfigError
from hub.iyem.decision import InvalidQuestionError
from hub.package.build.description import prepare
from hub.package.build.steps import build
from hub.services.faults import OURS
from hub.services.iyem.common import RightError
from hub.signing.make import SigningError
from hub.signing.trust import NotConfiguredError

NS = "urn:eyazisma-hub:paket:1"
HEADER = {"KurumID": "24301050", "Password": "gizli"}
RAPOR = WSDL_FOLDER.parent / "xsd" / "rapor"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = write_files(tmp_path_factory.mktemp("paket"))
    return build(prepare(full("1.3"), folder), folder / "a.eyp", signer=PlainSigner()).file.read_bytes()


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("data")
    with serving("services.paket_app:application", HUB_DATA=str(folder)) as number:
        yield number


@pytest.fixture(scope="module", params=["PaketServisSoap", "PaketServisSoap12"])
def service(port: int, request: pytest.FixtureRequest) -> Any:
    client = zeep.Client(
        f"http://127.0.0.1:{port}/PaketServis?wsdl",
        transport=Transport(timeout=HUNG, operation_timeout=HUNG),
        settings=zeep.Settings(strict=True, forbid_external=True, forbid_dtd=True),  # type: ignore[call-arg]
    )
    client.set_default_soapheaders({"KimlikDogrulama": HEADER})
    return client.bind("PaketServis", request.param)


def test_judged(service: Any, package: bytes) -> None:
    answer = service.PaketDogrula(Paket=package, DosyaAdi=f"C:\\gelen\\{BELGE_ID}.eyp", Cevrimdisi=True)
    assert (answer.Tur, answer.Kusak, answer.Surum, answer.BelgeId) == ("eyp", "1.x", "1.3", BELGE_ID)
    assert (answer.Gecerli, answer.HataSayisi) == ("indeterminate", 0), "nothing unknown passes"
    outcomes = {layer.Ad: layer.Sonuc for layer in answer.Katmanlar.Katman}
    assert [outcomes[name] for name in ("container", "opc", "xml", "digests")] == ["passed"] * 4
    assert outcomes["registry"] == "not checked"
    (schema,) = RAPOR.glob("*.xsd")
    report = etree.fromstring(answer.Rapor.encode())
    xmlschema.XMLSchema(schema).validate(etree.tostring(report, encoding="unicode"))
    assert TCKN not in answer.Rapor


@pytest.mark.parametrize(
    ("form", "language", "starts"),
    [
        ("json", "tr", "{"),
        ("html", "en", "<!DOCTYPE html>"),
        ("metin", "tr", f"{BELGE_ID}.eyp"),
        ("xml", "en", "<?xml"),
    ],
)
def test_forms_and_languages(service: Any, package: bytes, form: str, language: str, starts: str) -> None:
    answer = service.PaketDogrula(
        Paket=package, DosyaAdi=f"{BELGE_ID}.eyp", Bicim=form, Dil=language, Politika="strict", Cevrimdisi=False
    )
    assert answer.Rapor.lstrip().lower().startswith(starts.lower())
    assert (answer.Politika, answer.Bicim) == ("strict", form)
    if form == "json":
        assert json.loads(answer.Rapor)["valid"] == answer.Gecerli


def test_broken_package_is_an_answer(service: Any, package: bytes) -> None:
    for content in (b"no package", package[: len(package) // 2], b"PK\x05\x06" + bytes(18)):
        answer = service.PaketDogrula(Paket=content)
        assert (answer.Gecerli, answer.Kabul) == ("failed", "failed")
        assert answer.HataSayisi > 0


def test_described(service: Any, package: bytes) -> None:
    answer = service.PaketBilgisi(Paket=package)
    assert (answer.Tur, answer.BelgeId, answer.BelgeNo) == ("eyp", BELGE_ID, "E-82223362-010.06.01-17")
    assert answer.Konu == "Şifre & <deneme> konusu"
    assert [item.Tur for item in answer.Ekler.EkBilgisi] == ["DED", "HRF", "FZK", "DED", "DED"]
    assert answer.Imzacilar.ImzaciBilgisi[0].YoneticiKodu == "12345678"
    assert [item.Ivedilik for item in answer.Dagitimlar.DagitimBilgisi] == ["NRM", "GNL", "IVD"]
    assert answer.Hedefler.string[0] == "Örnek Bakanlığı (24301050)"
    assert "/Ustveri/Ustveri.xml" in {item.Ad for item in answer.Bilesenler.BilesenBilgisi}
    assert TCKN not in str(answer)


def detail(error: zeep.exceptions.Fault) -> tuple[str, str]:
    found = error.detail
    assert isinstance(found, etree._Element)
    holder = found if found.tag == f"{{{NS}}}PaketHatasi" else found.find(f".//{{{NS}}}PaketHatasi")
    assert holder is not None
    return holder.findtext(f"{{{NS}}}Kod", ""), holder.findtext(f"{{{NS}}}Mesaj", "")


def test_typed_faults(service: Any, package: bytes) -> None:
    with pytest.raises(zeep.exceptions.Fault) as caught:
        service.PaketBilgisi(Paket=b"no package")
    assert detail(caught.value)[0] == "PAKET_OKUNAMADI"
    with pytest.raises(zeep.exceptions.Fault) as caught:
        service.PaketDogrula(Paket=b"")
    assert detail(caught.value)[0] == "PAKET_BOS"
    wrong = {"KimlikDogrulama": {**HEADER, "Password": "yanlış"}}
    with pytest.raises(zeep.exceptions.Fault) as caught:
        service.PaketDogrula(Paket=package, _soapheaders=wrong)
    assert detail(caught.value)[0] == "AUTH_HEADER"
    with pytest.raises(zeep.exceptions.Fault) as caught:
        service.PaketDogrula(Paket=package, Politika="../../etc/passwd.toml")
    assert "XML_SCHEMA" in caught.value.message


# MTOM ----------------------------------------------------------------------------------------------------------------


def envelope(inner: str, version: str = "1.1", operation: str = "PaketBilgisi") -> bytes:
    uri = "http://schemas.xmlsoap.org/soap/envelope/" if version == "1.1" else "http://www.w3.org/2003/05/soap-envelope"
    return (
        f'<s:Envelope xmlns:s="{uri}" xmlns="{NS}"><s:Header><KimlikDogrulama><KurumID>24301050</KurumID>'
        f"<Password>gizli</Password></KimlikDogrulama></s:Header><s:Body><{operation}>{inner}</{operation}></s:Body>"
        "</s:Envelope>"
    ).encode()


INCLUDE = '<Paket><xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:p%40x"/></Paket>'


def multipart(root: bytes, parts: list[tuple[str, bytes]], version: str = "1.1", encoding: str = "binary") -> bytes:
    kind = "text/xml" if version == "1.1" else f'application/soap+xml; action=\\"{NS}:PaketBilgisi\\"'
    rows = [
        b'--sinir\r\nContent-Type: application/xop+xml; charset=UTF-8; type="'
        + kind.encode()
        + b'"\r\nContent-Transfer-Encoding: 8bit\r\nContent-ID: <root@x>\r\n\r\n'
        + root
    ]
    rows += [
        f"--sinir\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: {encoding}\r\n"
        f"Content-ID: <{name}>\r\n\r\n".encode()
        + content
        for name, content in parts
    ]
    return b"\r\n".join([*rows, b"--sinir--\r\n"])


def post(port: int, body: bytes, version: str = "1.1", **changed: str) -> tuple[int, bytes]:
    info = "text/xml" if version == "1.1" else "application/soap+xml"
    headers = {
        "Content-Type": 'multipart/related; type="application/xop+xml"; start="<root@x>"; boundary=sinir; '
        f'start-info="{info}"',
    }
    if version == "1.1":
        headers["SOAPAction"] = f'"{NS}:PaketBilgisi"'
    headers |= {name.replace("_", "-"): value for name, value in changed.items()}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/PaketServis", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=HUNG) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_mtom(port: int, package: bytes, version: str) -> None:
    status, body = post(port, multipart(envelope(INCLUDE, version), [("p@x", package)], version), version)
    assert status == 200, body
    assert etree.fromstring(body).findtext(f".//{{{NS}}}BelgeId") == BELGE_ID


def test_mtom_takes_what_is_too_long_for_the_envelope(port: int) -> None:
    big = bytes(12 << 20)
    status, body = post(port, multipart(envelope(INCLUDE), [("p@x", big)]))
    assert (status, b"PAKET_OKUNAMADI" in body) == (500, True)
    inline = envelope(f"<Paket>{base64.b64encode(big).decode()}</Paket>")
    status, body = post(port, inline, Content_Type="text/xml; charset=utf-8")
    assert (status, b"XML_LIMIT" in body) == (500, True)


def test_inline_in_a_multipart_message(port: int, package: bytes) -> None:
    inline = envelope(f"<Paket>{base64.b64encode(package).decode()}</Paket>")
    status, body = post(port, multipart(inline, []))
    assert status == 200, body


@pytest.mark.parametrize(
    ("body", "status", "word"),
    [
        (multipart(envelope(INCLUDE), []), 500, "olmayan bir bölümü"),
        (multipart(envelope(INCLUDE), [("p@x", b"a")] * 2), 500, "iki kez"),
        (multipart(envelope(INCLUDE), [(f"p{n}", b"a") for n in range(20)]), 500, "XML_LIMIT"),
        (multipart(envelope(INCLUDE), [("p@x", b"YQ==")], encoding="base64"), 415, ""),
        (multipart(envelope(INCLUDE.replace("<xop", "x<xop")), [("p@x", b"a")]), 500, "tek başına"),
        (multipart(envelope(INCLUDE.replace("/></P", ">x</xop:Include></P")), [("p@x", b"a")]), 500, ""),
        (multipart(envelope(INCLUDE.replace("cid:", "http://127.0.0.1:9/")), [("p@x", b"a")]), 500, "olmayan"),
        (multipart(envelope("<Paket>YQ==</Paket><DosyaAdi>" + INCLUDE[7:-8] + "</DosyaAdi>"), [("p@x", b"a")]), 500,
         "burada"),
        (multipart(envelope(INCLUDE), [("p@x", b"a")])[:-20], 500, "yarım"),
        (multipart(b"<!DOCTYPE a []>" + envelope(INCLUDE), [("p@x", b"a")]), 500, "DTD"),
        (b"no parts at all", 500, "boundary"),
        (b"", 500, ""),
    ],
)  # fmt: skip
def test_broken_mtom_is_refused(port: int, body: bytes, status: int, word: str) -> None:
    found, answer = post(port, body)
    assert found == status, answer
    assert word in answer.decode()
    assert b"Traceback" not in answer


def test_body_over_the_limit(port: int) -> None:
    request = b"x" * 1024
    status, _ = post(port, request, Content_Length=str(limits.PAKET_BODY + 1))
    assert status == 413


# The contract --------------------------------------------------------------------------------------------------------


def test_wsdl_states_the_limits_that_hold() -> None:
    text = Contract.load("PaketServis.wsdl").description.documentation
    numbers = {int(number) for number in re.findall(r"\b\d+\b", text)}
    assert {limits.PAKET_BODY, limits.PAKET_TEXT, limits.MIME_PARTS, limits.ZIP_ENTRIES} <= numbers


def test_codes_of_faults_are_those_of_the_contract() -> None:
    contract = Contract.load("PaketServis.wsdl")
    source = Path(__file__).parents[2] / "hub" / "services" / "paket.py"
    raised = set(re.findall(r'"(PAKET_[A-Z]+)"', source.read_text("utf-8"))) | {
        "AUTH_HEADER", InvalidQuestionError.code, RightError.code,
    }  # fmt: skip
    raised |= {kind.code for kind in OURS} - {ConfigError.code, NotConfiguredError.code, SigningError.code}
    kinds: list[type[Refused]] = Refused.__subclasses__()
    for kind in kinds:
        kinds += kind.__subclasses__()
    refused = {kind.code for kind in kinds if not kind.code.startswith("HTTP_")}  # those have no fault
    refused -= {VersionMismatch.code, NotUnderstood.code}  # and these no detail
    simple = contract.description.schema.types[f"{{{NS}}}HataKodu"]
    assert raised | refused == set(simple.enumeration)  # type: ignore[union-attr,arg-type]
