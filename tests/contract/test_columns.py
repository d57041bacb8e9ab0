"""Rows written by column against rows written one by one; answers of a known length, written while they are sent."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.contract import ContractError, Measured, Rendered, ValueMisfit
from hub.contract.columns import FEWEST
from hub.contract.errors import AnswerBroken
from tests.contract.sample_service import CONTRACT, Answer, endpoint, envelope, operation, post

COLUMNS = ("KurumDetsisNo", "KepAdresi", "Aktifmi", "Durum")
KEP = CONTRACT.row_writer("KepBilgileriWs", COLUMNS)
UNIT_COLUMNS = ("Aktifmi", "DETSISNo", "KurumBirimTip3ler", "Ad", "FaalOlupOlmadigi")
UNIT = CONTRACT.row_writer("KurumBirimWS", UNIT_COLUMNS)
LIST = "AktifKEPAdresleriniGetir"

NUMBERS = st.one_of(st.none(), st.integers(-(1 << 31), (1 << 31) - 1), st.just(1 << 31), st.booleans(), st.just("5"))
TEXTS = st.one_of(
    st.none(),
    st.text(max_size=6),
    st.sampled_from(["a@b", "", "&<>", "ğİ'\"{}\\", "\x0b", "\r\n", "\ud800"]),
    st.just(5),
)
FLAGS = st.one_of(st.none(), st.booleans(), st.sampled_from([0, 1, 2, 1.0, "true", ""]))


def columns(*kinds: st.SearchStrategy[Any]) -> st.SearchStrategy[list[tuple[Any, ...]]]:
    """Rows whose columns are each of one kind, alike in all rows, or anything."""
    plain = (st.integers(0, 10_000_000), st.text("abcç. @", min_size=1, max_size=8), st.booleans(), st.just("Aktif"))

    def rows(chosen: list[int]) -> st.SearchStrategy[list[tuple[Any, ...]]]:
        made = [plain[at] if one else kinds[at] for at, one in enumerate(chosen)]
        return st.lists(st.tuples(*made), min_size=FEWEST, max_size=FEWEST + 6)

    return st.lists(st.integers(0, 1), min_size=4, max_size=4).flatmap(rows)


def one_by_one(write: Any, rows: list[Any]) -> bytes | str:
    try:
        return b"".join(map(write, rows))
    except ValueMisfit as error:
        return error.message


def together(write: Any, rows: list[Any]) -> bytes | str:
    try:
        return bytes(write.block(rows))
    except ValueMisfit as error:
        return str(error.message)


def test_a_field_by_itself_is_written_as_in_its_row() -> None:
    write = CONTRACT.field_writer("KepBilgileriWs", "KepAdresi")
    for address in ("a&b", None):
        assert write(address).encode() in KEP((1, address, True, "x"))
    with pytest.raises(ContractError, match="Yok"):
        CONTRACT.field_writer("KepBilgileriWs", "Yok")


@settings(max_examples=400, deadline=None)
@given(columns(NUMBERS, TEXTS, FLAGS, TEXTS))
def test_rows_by_column_are_the_rows_one_by_one(rows: list[tuple[Any, ...]]) -> None:
    assert together(KEP, rows) == one_by_one(KEP, rows)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(TEXTS, NUMBERS, st.none(), TEXTS, FLAGS), min_size=FEWEST, max_size=FEWEST + 2))
def test_columns_in_another_order_and_fields_without_one(rows: list[tuple[Any, ...]]) -> None:
    assert together(UNIT, rows) == one_by_one(UNIT, rows)


def test_ragged_rows_and_other_types_are_refused_as_before() -> None:
    good = (1, "a", True, None)
    for bad in ((1, "a", True), (1, "a", True, None, 5), None, (1, ["a"], True, None), (1 << 31, "a", True, None)):
        rows = [good] * FEWEST + [bad]
        with pytest.raises(ValueMisfit) as raised:
            KEP.block(rows)
        assert raised.value.message == one_by_one(KEP, rows)


ROWS = [(n, f"a{n}@hs01.kep.tr", n % 7 > 0, None if n % 5 else "Aktif & <") for n in range(10_000_000, 10_003_000)]


def blocks(rows: list[Any]) -> Iterator[Rendered]:
    for at in range(0, len(rows), 1_000):
        yield KEP.block(rows[at : at + 1_000])


def asked(items: Any, **environ: str) -> Answer:
    functions = {LIST: lambda call: call.result(SonucHatali=False, Sonuclar=items)}
    return post(endpoint(functions), envelope(operation(LIST)), **environ)


def test_a_list_of_known_length_is_the_same_answer() -> None:
    size = sum(map(len, blocks(ROWS)))
    assert asked(Measured(blocks(ROWS), size)).body == asked(KEP.many(ROWS)).body
    assert asked(Measured(iter(()), 0)).body == asked([]).body
    packed = asked(Measured(blocks(ROWS), 1), HTTP_ACCEPT_ENCODING="gzip")
    assert packed.headers["content-encoding"] == "gzip"


def test_nothing_is_made_before_it_is_sent() -> None:
    made: list[int] = []

    def items() -> Iterator[Rendered]:
        for block in blocks(ROWS):
            made.append(len(block))
            yield block

    size = sum(map(len, blocks(ROWS)))
    served = endpoint({LIST: lambda call: call.result(SonucHatali=False, Sonuclar=Measured(items(), size))})
    body = envelope(operation(LIST))
    sent = iter(_raw(served, body)[1])
    next(sent)
    assert not made
    next(sent)
    assert len(made) == 1


@pytest.mark.parametrize("off", [-1, 1, -200_000])
def test_another_length_than_stated_breaks_the_answer_off(off: int) -> None:
    size = sum(map(len, blocks(ROWS))) + off
    served = endpoint({LIST: lambda call: call.result(SonucHatali=False, Sonuclar=Measured(blocks(ROWS), size))})
    stated, sent = _raw(served, envelope(operation(LIST)))
    got: list[bytes] = []
    with pytest.raises(AnswerBroken):
        got.extend(sent)
    assert sum(map(len, got)) < stated
    assert b"</soap:Envelope>" not in b"".join(got)


def test_a_failure_in_the_middle_tells_nobody_its_text(caplog: pytest.LogCaptureFixture) -> None:
    def items() -> Iterator[Rendered]:
        yield from blocks(ROWS[:1_000])
        raise RuntimeError("gizli iç bilgi")

    size = sum(map(len, blocks(ROWS)))
    served = endpoint({LIST: lambda call: call.result(SonucHatali=False, Sonuclar=Measured(items(), size))})
    with pytest.raises(AnswerBroken) as raised:
        list(_raw(served, envelope(operation(LIST)))[1])
    assert raised.value.__suppress_context__
    assert "RuntimeError" in caplog.text
    assert "gizli" not in caplog.text + str(raised.value)


ITEM = KEP((10_000_001, "a@hs01.kep.tr", True, None))


@pytest.mark.parametrize(
    "said",
    [
        {"SonucHatali": False}, {"SonucHatali": True}, {"SonucHatali": 0}, {"SonucHatali": None},
        {"SonucHatali": False, "HataMsj": "a & b"}, {"SonucHatali": False, "HataMsj": ""},
    ],
)  # fmt: skip
@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_one_item_in_a_remembered_frame_is_the_same_answer(said: dict[str, Any], version: str) -> None:
    items: list[Any] = [[ITEM], [ITEM], [ITEM, ITEM], (item for item in [ITEM]), [], None]
    functions = {LIST: lambda call: call.result(**said, Sonuclar=items.pop(0))}
    served = endpoint(functions)
    body = envelope(operation(LIST), version=version)
    kind = {"1.1": "text/xml", "1.2": "application/soap+xml"}[version]
    first, again, two, streamed, empty, none = (post(served, body, kind=kind).body for _ in range(6))
    assert first == again == streamed
    assert two == first.replace(ITEM, ITEM * 2)
    assert len({first, empty, none}) == 3


def test_a_remembered_frame_is_of_its_class_and_type() -> None:
    said: list[Any] = [False, 0.0, 1, True]
    results = [{"SonucHatali": value, "Sonuclar": [ITEM]} for value in said]
    served = endpoint({LIST: lambda call: call.result(**results.pop(0))})
    answers = [post(served, envelope(operation(LIST))) for _ in said]
    assert [ITEM in found.body for found in answers] == [True, False, True, True]
    assert answers[2].body == answers[3].body != answers[0].body

    class Other:
        SonucHatali, HataMsj, Sonuclar = False, None, [ITEM]

    given: list[Any] = [CONTRACT.result_class(CONTRACT.operations[LIST])(SonucHatali=False, Sonuclar=[ITEM]), Other()]
    served = endpoint({LIST: lambda call: given.pop(0)})
    assert [ITEM in post(served, envelope(operation(LIST))).body for _ in range(2)] == [True, False]


def _raw(served: Any, body: bytes) -> tuple[int, Any]:
    """The length that an answer states, and what is sent."""
    started: list[Any] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/DETSISServis.asmx",
        "CONTENT_TYPE": "text/xml",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    sent = served(environ, lambda *given: started.extend(given))
    return int(dict(started[1])["Content-Length"]), sent
