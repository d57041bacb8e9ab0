"""The short way through known shapes against the full way: whatever the request, both do the same."""

from __future__ import annotations

import os
import random
from typing import Any

import pytest

from hub.contract.shapes import LARGEST
from tests.contract.sample_service import (
    HEADER,
    NS,
    SOAP11,
    SOAP12,
    Answer,
    Observed,
    endpoint,
    envelope,
    operation,
    post,
)

ROUNDS = int(os.environ.get("HUB_TEST_FUZZ_ROUNDS", "20000"))
UNIT = "<DETSISNo>12345678</DETSISNo>"

# As the clients of the field write them: .NET, PHP, zeep, Savon, a hand-made one with everything unusual in it.
REQUESTS: list[tuple[bytes, dict[str, Any]]] = [
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
TEXTS = [b"", b" ", b"5", b" 5 ", b"+5", b"-1", b"0005", b"2147483648", b"1_0", b"x", b"\t5", b"5\r\n", b"\x0b5",
         b"\x1f", b"&amp;", b"&#53;", b"<b/>", b"<!-- -->5", b"<![CDATA[5]]>", b"]]>", b"a>b", b"\xc4\xb1", b"\xff",
         b"\xc2\x85",
         b"\x7f", b"2024-02-30", b"2024-02-29", b"'", b'"', b".", b"A" * 300, b"\xd9\xa3", b"1.0", b"%",
         b"\\"]  # fmt: skip


class Two:
    """The same service twice, once without shapes; each remembers what its functions were called with."""

    def __init__(self) -> None:
        self.calls: list[list[Any]] = [[], []]
        self.codes: list[list[str]] = [[], []]
        self.served = []
        for at in (0, 1):
            functions = {name: self._function(at) for name in endpoint().contract.operations}
            self.served.append(endpoint(functions, observe=self._observer(at)))
        self.served[1]._reader.shapes = None
        self.shapes = self.served[0]._reader.shapes

    def _function(self, at: int) -> Any:
        def function(call: Any, **arguments: Any) -> Any:
            self.calls[at].append((call.operation.name, call.version, call.caller, arguments, len(call.headers)))
            return call.result(SonucHatali=False)

        return function

    def _observer(self, at: int) -> Any:
        def observe(seen: Observed) -> None:
            self.codes[at].append(f"{seen.operation} {seen.version} {seen.status} {seen.code}")

        return observe

    def compare(self, body: bytes, options: dict[str, Any]) -> Answer:
        first, second = (post(served, body, HTTP_X_CORRELATION_ID="a", **options) for served in self.served)
        assert first == second, body
        assert self.calls[0] == self.calls[1], body
        assert self.codes[0] == self.codes[1], body
        for kept in (*self.calls, *self.codes):
            kept.clear()
        return first


@pytest.mark.parametrize("number", range(len(REQUESTS)))
def test_a_request_that_comes_again_takes_the_short_way(number: int) -> None:
    two = Two()
    assert two.shapes is not None
    body, options = REQUESTS[number]
    for _ in range(3):
        assert two.compare(body, options).status == 200
    assert two.shapes.hits == 2


def test_another_number_takes_the_short_way_and_is_read() -> None:
    two = Two()
    assert two.shapes is not None
    body, options = REQUESTS[0]
    for number in range(10):
        two.compare(body.replace(b"12345678", b"%d" % number), options)
    assert two.shapes.hits == 9


def test_nothing_is_learned_from_strangers() -> None:
    two = Two()
    assert two.shapes is not None
    body, options = REQUESTS[0]
    for _ in range(3):
        two.compare(body.replace(b"gizli", b"yanlis"), options)
    assert not two.shapes._known
    two.compare(body, options)
    wrong = two.compare(body.replace(b"gizli", b"yanlis"), options)  # a known shape with a wrong password
    assert b"<SonucHatali>true" in wrong.body
    assert two.shapes.hits == 1


def test_shapes_are_bounded() -> None:
    two = Two()
    assert two.shapes is not None
    body, options = REQUESTS[0]
    for number in range(300):
        two.compare(body.replace(b"<s:Body>", b"<s:Body id='%d'>" % number), options)
        two.compare(body, {**options, "kind": f"text/xml; charset=utf-8; x={number}"})
    assert len(two.shapes._known) <= 128
    assert max(len(shapes) for shapes in two.shapes._known.values()) <= 4
    assert two.compare(body + b" " * LARGEST, options).status == 200


def test_lists_and_unknown_wrappers_take_the_full_way() -> None:
    two = Two()
    assert two.shapes is not None
    listed = envelope(operation("KEPAdresleriniGetir", "<DetsisIDs><int>1</int></DetsisIDs>"))
    other = envelope('<Baska xmlns="urn:x"><DETSISNo>1</DETSISNo></Baska>')
    for _ in range(2):
        two.compare(listed, {})
        two.compare(other, {"action": f"{NS}DETSISNoKurumBirimWs"})
    assert two.shapes.hits == 0


def test_header_blocks_can_still_be_seen() -> None:
    two = Two()
    body, options = REQUESTS[4]
    for _ in range(2):
        two.compare(body, options)  # the sample functions count call.headers


def test_damaged_requests_are_read_the_same_both_ways() -> None:
    two = Two()
    assert two.shapes is not None
    dice = random.Random(20)
    for body, options in REQUESTS:
        two.compare(body, options)
    for turn in range(ROUNDS):
        body, options = dice.choice(REQUESTS)
        other, others = dice.choice(REQUESTS)
        if turn % 3:
            body = _other_text(body, dice)
        if turn % 3 != 1:
            body = _damaged(body, other, dice)
        two.compare(body, others if dice.random() < 0.05 else options)
    assert two.shapes.hits > ROUNDS // 10


def _other_text(body: bytes, dice: random.Random) -> bytes:
    """``body`` with the text of one to three leaves replaced."""
    parts = body.split(b">")
    for _ in range(dice.randint(1, 3)):
        at = dice.randrange(1, len(parts))
        text, mark, rest = parts[at].partition(b"<")
        if mark and rest.startswith(b"/") and text:
            parts[at] = dice.choice(TEXTS) + mark + rest
    return b">".join(parts)


def _damaged(body: bytes, other: bytes, dice: random.Random) -> bytes:
    made = bytearray(body)
    for _ in range(dice.randint(1, 3)):
        at = dice.randrange(len(made))
        match dice.randrange(6):
            case 0:
                made[at] = dice.randrange(256)
            case 1:
                del made[at : at + dice.randint(1, 12)]
            case 2:
                made[at:at] = dice.choice(TEXTS)
            case 3:
                start = dice.randrange(len(other))
                made[at:at] = other[start : start + dice.randint(1, 60)]
            case 4:
                made[at] = made[at] ^ 0x20
            case _:
                made[at : at + 1] = bytes(made[at : at + 1]) * 2
    return bytes(made)


def test_the_header_of_the_sample_is_what_the_fuzz_relies_on() -> None:
    assert HEADER.encode() in REQUESTS[0][0]
