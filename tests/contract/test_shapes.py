"""The short way through known shapes against the full way: whatever the request, both do the same."""

from __future__ import annotations

import random
from typing import Any

import pytest

from hub.contract import shapes
from hub.contract.shapes import LARGEST
from tests.contract.sample_service import (
    CONTRACT,
    HEADER,
    NS,
    SOAP11,
    SOAP12,
    endpoint,
    envelope,
    operation,
    post,
)
from tests.contract.twice import ROUNDS, TEXTS, Request, Two, differ

UNIT = "<DETSISNo>12345678</DETSISNo>"

# As the clients of the field write them: .NET, PHP, zeep, Savon, a hand-made one with everything unusual in it.
REQUESTS: list[Request] = [
    (envelope(operation("DETSISNoKurumBirimWs", UNIT)), {"action": f'"{NS}DETSISNoKurumBirimWs"'}),
    (envelope(operation("DETSISNoKurumBirimWs", UNIT), version="1.2"),
     {"kind": f'application/soap+xml; charset=utf-8; action="{NS}DETSISNoKurumBirimWs"'}),
    (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<SOAP-ENV:Envelope xmlns:SOAP-ENV="{SOAP11}" xmlns:ns1="{NS}">'
        "<SOAP-ENV:Header><ns1:BbServiceAuthentication><ns1:KurumID>10000000</ns1:KurumID>"
        "<ns1:Password>gizli</ns1:Password></ns1:BbServiceAuthentication></SOAP-ENV:Header><SOAP-ENV:Body>"
        "<ns1:AdaGoreKurumBirimSorgulaWs><ns1:ad>belediye</ns1:ad><ns1:anaKurumIdareKimlikKodu>0"
        "</ns1:anaKurumIdareKimlikKodu></ns1:AdaGoreKurumBirimSorgulaWs></SOAP-ENV:Body></SOAP-ENV:Envelope>\n".encode(),
        {"action": f'"{NS}AdaGoreKurumBirimSorgulaWs"'},
    ),
    (
        f"<?xml version='1.0' encoding='utf-8'?>\n<soap-env:Envelope xmlns:soap-env='{SOAP12}'><soap-env:Header>"
        f"<ns0:BbServiceAuthentication xmlns:ns0='{NS}'><ns0:KurumID>10000000</ns0:KurumID><ns0:Password>gizli"
        f"</ns0:Password></ns0:BbServiceAuthentication></soap-env:Header><soap-env:Body>"
        f"<ns0:IYEMKurumYoneticisiGetirWs xmlns:ns0='{NS}'><ns0:KurumID>10000001</ns0:KurumID>"
        "<ns0:Tarih>2024-05-01T10:00:00</ns0:Tarih></ns0:IYEMKurumYoneticisiGetirWs></soap-env:Body>"
        "</soap-env:Envelope>".encode(),
        {"kind": "application/soap+xml", "action": f'"{NS}IYEMKurumYoneticisiGetirWs"'},
    ),
    (
        f'<env:Envelope xmlns:env="{SOAP11}" xmlns:tns="{NS}" xmlns:kay="{NS}"><env:Header>'
        '<x:id xmlns:x="urn:x">7</x:id>'
        "<kay:BbServiceAuthentication><kay:KurumID>10000000</kay:KurumID><kay:Password>gizli</kay:Password>"
        "</kay:BbServiceAuthentication></env:Header><env:Body><tns:MevzuatSorgula><!-- y -->\n"
        "<tns:MevzuatAdi>Kanun</tns:MevzuatAdi><tns:MevzuatAdi>ikinci</tns:MevzuatAdi><z/><tns:MevzuatSayisi/>"
        "<MevzuatSayisi>3</MevzuatSayisi><tns:MevzuatSayisi>657</tns:MevzuatSayisi></tns:MevzuatSorgula></env:Body>"
        "</env:Envelope>".encode(),
        {"action": None},
    ),
]  # fmt: skip
LISTED = '<DetsisIDs><int>1</int><int>22</int><int xsi:nil="0">3</int>\n<Int>4</Int><int> +5</int></DetsisIDs>'
NUMBERS = (
    "<kutukNoList><string>16.1</string><string/><string xsi:nil='true'/><string>a<!-- --></string></kutukNoList>"
    "<kutukNoList><string>2</string></kutukNoList>"
)
LISTS: list[Request] = [
    (envelope(operation("KEPAdresleriniGetir", LISTED)), {"action": f'"{NS}KEPAdresleriniGetir"'}),
    (envelope(operation("KutukNodanDetsisNoGetir", NUMBERS)), {"action": f'"{NS}KutukNodanDetsisNoGetir"'}),
    (envelope(operation("KEPAdresleriniGetir", "<DetsisIDs>7</DetsisIDs>")), {}),
]


def sample() -> Two:
    """The sample service, twice."""
    return Two(
        lambda functions, observe: endpoint(functions, observe=observe),
        list(CONTRACT.operations),
        "/DETSISServis.asmx",
        lambda call: call.result(SonucHatali=False),
    )


@pytest.mark.parametrize("number", range(len(REQUESTS)))
def test_a_request_that_comes_again_takes_the_short_way(number: int) -> None:
    two = sample()
    body, options = REQUESTS[number]
    for _ in range(3):
        assert two.compare(body, options).status == 200
    assert two.shapes.hits == 2


def test_another_number_takes_the_short_way_and_is_read() -> None:
    two = sample()
    body, options = REQUESTS[0]
    for number in range(10):
        two.compare(body.replace(b"12345678", b"%d" % number), options)
    assert two.shapes.hits == 9


@pytest.mark.parametrize("text", ["xmlns=" * 300, " xmlns:" + "a" * 300, ">" + " a='" * 300])
def test_a_text_may_look_like_markup(text: str) -> None:
    """Neither way takes it for the attributes that may be so many, or so long."""
    two = sample()
    for said in ("abcde", text):
        body = envelope(operation("AdaGoreKurumBirimSorgulaWs", f"<ad>{said}</ad>"))
        assert two.compare(body, {}).status == 200
    damaged = body.replace(b"</s:Header>", b"</s:Header> ")  # the same text, of a shape that is not known
    assert two.compare(damaged, {}).status == 200


def test_nothing_is_learned_from_strangers() -> None:
    two = sample()
    body, options = REQUESTS[0]
    for _ in range(3):
        two.compare(body.replace(b"gizli", b"yanlis"), options)
    assert not two.shapes._known
    two.compare(body, options)
    wrong = two.compare(body.replace(b"gizli", b"yanlis"), options)  # a known shape with a wrong password
    assert b"<SonucHatali>true" in wrong.body
    assert two.shapes.hits == 1


def test_shapes_are_bounded() -> None:
    two = sample()
    body, options = REQUESTS[0]
    for number in range(300):
        two.compare(body.replace(b"<s:Body>", b"<s:Body id='%d'>" % number), options)
        two.compare(body, {**options, "kind": f"text/xml; charset=utf-8; x={number}"})
    assert len(two.shapes._known) <= 128
    assert max(len(shapes) for shapes in two.shapes._known.values()) <= 4
    assert two.compare(body + b" " * LARGEST, options).status == 200


def test_the_least_used_pair_is_forgotten_and_the_longest_unused_shape() -> None:
    two = sample()
    body, options = REQUESTS[0]
    for number in range(300):
        two.compare(body, options)
        two.compare(body, {**options, "kind": f"text/xml; charset=utf-8; x={number}"})
    for number in range(20):
        two.compare(body.replace(b"<s:Body>", b"<s:Body id='%d'>" % number), options)
        before = two.shapes.hits
        two.compare(body, options)
        assert two.shapes.hits == before + 1


def test_who_sends_another_markup_each_time_is_not_learned_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    two = sample()
    two.shapes._left = 2
    monkeypatch.setattr(shapes.time, "monotonic", lambda: two.shapes._since)
    body, options = REQUESTS[0]
    for number in range(5):
        two.compare(body.replace(b"<s:Body>", b"<s:Body id='%d'>" % number), options)
    assert [len(known) for known in two.shapes._known.values()] == [2]
    monkeypatch.setattr(shapes.time, "monotonic", lambda: two.shapes._since + 1)
    two.compare(body, options)
    assert [len(known) for known in two.shapes._known.values()] == [3]


def test_lists_are_read_by_shape_and_unknown_wrappers_are_not() -> None:
    two = sample()
    other = envelope('<Baska xmlns="urn:x"><DETSISNo>1</DETSISNo></Baska>')
    for number in range(3):
        for body, options in LISTS:
            two.compare(body.replace(b"22", b"%d" % number).replace(b"16.1", b"%d" % number), options)
        two.compare(other, {"action": f"{NS}DETSISNoKurumBirimWs"})
    assert two.shapes.hits == 2 * len(LISTS)


def test_what_a_function_does_with_its_arguments_is_not_remembered() -> None:
    def careless(call: Any, *, DetsisIDs: list[int]) -> Any:
        seen.append(list(DetsisIDs))
        DetsisIDs.append(0)
        return call.result(SonucHatali=False)

    seen: list[list[int]] = []
    served = endpoint({"KEPAdresleriniGetir": careless})
    inside = "<DetsisIDs><int>1</int><int><![CDATA[2]]></int></DetsisIDs>"
    for _ in range(3):
        post(served, envelope(operation("KEPAdresleriniGetir", inside)))
    assert served._reader.shapes is not None
    assert served._reader.shapes.hits == 2
    assert seen == [[1, 2]] * 3


def test_damaged_requests_are_read_the_same_both_ways() -> None:
    two = sample()
    differ(two, REQUESTS + LISTS, TEXTS, random.Random(20), ROUNDS)
    assert two.shapes.hits > ROUNDS // 10


def test_the_header_of_the_sample_is_what_the_fuzz_relies_on() -> None:
    assert HEADER.encode() in REQUESTS[0][0]
