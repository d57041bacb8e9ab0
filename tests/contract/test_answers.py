"""The bytes of answers: nil, omission, empty, defaults, order, dates; and long, prepared and compressed answers."""

from __future__ import annotations

import datetime
import gzip
import tracemalloc
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from hub.clock import TURKIYE
from hub.contract import ContractError, Prepared, Rendered, ValueMisfit
from hub.contract.answer import prepare
from hub.limits import SOAP_ANSWER_HELD
from tests.contract.sample_service import CONTRACT, SOAP11, SOAP12, T, endpoint, envelope, operation, post

HEAD = {
    uri: f'<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="{uri}" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>'
    for uri in (SOAP11, SOAP12)
}
TAIL = "</soap:Body></soap:Envelope>"


def answer(name: str, version: str = "1.1", **fields: Any) -> str:
    """What stands inside the body of the answer with a result of ``fields``."""

    def function(call: Any, **_: Any) -> Any:
        return call.result(**fields)

    got = post(endpoint({name: function}), envelope(operation(name), version=version))
    assert got.status == 200, got.text
    head = HEAD[SOAP11 if version == "1.1" else SOAP12]
    assert got.text.startswith(head)
    assert got.text.endswith(TAIL)
    etree.fromstring(got.body)
    return got.text[len(head) : -len(TAIL)]


def around(name: str, inner: str) -> str:
    return f'<{name}Response xmlns="http://kaysis.gov.tr/"><{name}Result>{inner}</{name}Result></{name}Response>'


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_the_whole_answer(version: str) -> None:
    unit = T.KurumBirimWS(
        DETSISNo=10000001,
        Ad="İÇİŞLERİ BAKANLIĞI",
        Fk_BulunduguYerID=6,
        KurumHiyerarsik="CUMHURBAŞKANLIĞI > İÇİŞLERİ BAKANLIĞI",
        Aktifmi="True",
        KurumBirimTip3ler=[T.KurumBirimTip3WS(ID=1, DETSISNo=10000001, Fk_KurumBirimTip3ID=2, TipAdi="Bakanlık")],
        FaalOlupOlmadigi=True,
        Seviye=1,
        DisYazismaMuhatabiOlupOlmadigi=True,
        Adres="",
    )
    assert answer("DETSISNoKurumBirimWs", version, SonucHatali=False, Sonuclar=[unit]) == around(
        "DETSISNoKurumBirimWs",
        "<SonucHatali>false</SonucHatali><Sonuclar><KurumBirimWS><DETSISNo>10000001</DETSISNo>"
        "<Ad>İÇİŞLERİ BAKANLIĞI</Ad><ParentIdareKimlikKodu>0</ParentIdareKimlikKodu>"
        "<AnaKurumIdareKimlikKodu>0</AnaKurumIdareKimlikKodu><Fk_BulunduguYerID>6</Fk_BulunduguYerID>"
        "<Fk_KurumBirimTipID1>0</Fk_KurumBirimTipID1><Fk_KurumBirimTipID2>0</Fk_KurumBirimTipID2>"
        "<KurumHiyerarsik>CUMHURBAŞKANLIĞI &gt; İÇİŞLERİ BAKANLIĞI</KurumHiyerarsik><Aktifmi>True</Aktifmi>"
        "<KurumBirimTip3ler><KurumBirimTip3WS><ID>1</ID><DETSISNo>10000001</DETSISNo>"
        "<Fk_KurumBirimTip3ID>2</Fk_KurumBirimTip3ID><TipAdi>Bakanlık</TipAdi></KurumBirimTip3WS></KurumBirimTip3ler>"
        "<ParentIdareKimlikKodu2>0</ParentIdareKimlikKodu2><FaalOlupOlmadigi>true</FaalOlupOlmadigi>"
        "<Seviye>1</Seviye><DisYazismaMuhatabiOlupOlmadigi>true</DisYazismaMuhatabiOlupOlmadigi><Adres />"
        "</KurumBirimWS></Sonuclar>",
    )


def test_empty_absent_and_nil() -> None:
    name = "DETSISNoKurumBirimWs"
    assert answer(name) == around(name, "<SonucHatali>false</SonucHatali>")
    assert answer(name, Sonuclar=[]) == around(name, "<SonucHatali>false</SonucHatali><Sonuclar />")
    assert answer(name, Sonuclar=iter(())) == around(name, "<SonucHatali>false</SonucHatali><Sonuclar />")
    assert answer(name, SonucHatali=True, HataMsj="Hata") == around(
        name, "<SonucHatali>true</SonucHatali><HataMsj>Hata</HataMsj>"
    )
    assert answer(name, Sonuclar=[None], HataMsj="") == around(
        name,
        '<SonucHatali>false</SonucHatali><Sonuclar><KurumBirimWS xsi:nil="true" /></Sonuclar><HataMsj />',
    )
    assert '<Fk_BulunduguYerID xsi:nil="true" />' in answer(name, Sonuclar=[T.KurumBirimWS()])
    assert "<KurumBirimTip3ler />" in answer(name, Sonuclar=[T.KurumBirimWS(KurumBirimTip3ler=())])


def test_an_answer_without_a_result_is_an_empty_wrapper() -> None:
    got = post(endpoint({"TumTip1KodlariGetirWs": lambda call: None}), envelope(operation("TumTip1KodlariGetirWs")))
    assert got.text == f'{HEAD[SOAP11]}<TumTip1KodlariGetirWsResponse xmlns="http://kaysis.gov.tr/" />{TAIL}'


def test_value_type_is_always_present() -> None:
    default = "<Sonuclar><KurumDetsisNo>0</KurumDetsisNo><Aktifmi>false</Aktifmi></Sonuclar>"
    name = "KEPAdresiKontrolEt"
    assert answer(name) == around(name, f"<SonucHatali>false</SonucHatali>{default}")
    assert answer(name, SonucHatali=True, HataMsj="x") == around(
        name, f"<SonucHatali>true</SonucHatali>{default}<HataMsj>x</HataMsj>"
    )
    found = T.KepBilgileriWs(KurumDetsisNo=1, KepAdresi="a@hs01.kep.tr", Aktifmi=True)
    assert "<Sonuclar><KurumDetsisNo>1</KurumDetsisNo><KepAdresi>a@hs01.kep.tr</KepAdresi>" in answer(
        name, Sonuclar=found
    )
    with pytest.raises(ValueMisfit):  # items of a value type are never nil
        CONTRACT.row_writer("KepBilgileriWs", ["KurumDetsisNo"]).many([(None,), None]).__next__()


def test_inherited_fields_come_first() -> None:
    who = T.EyazismaImzaYetkilisi(
        TCYoneticiKodu=1, YoneticiAd="A", YoneticiSoyad="B", VekaletTuru="V", Unvan="U", DetsisNo=2
    )
    text = answer("eYazismaPaketi", Sonuclar=T.eYazismaPaketi(ImzaYetkilileri=[who], Antet="T.C."))
    assert text == around(
        "eYazismaPaketi",
        "<SonucHatali>false</SonucHatali><Sonuclar><ImzaYetkilileri><EyazismaImzaYetkilisi>"
        "<TCYoneticiKodu>1</TCYoneticiKodu><YoneticiAd>A</YoneticiAd><YoneticiSoyad>B</YoneticiSoyad>"
        "<VekaletTuru>V</VekaletTuru><Unvan>U</Unvan><DetsisNo>2</DetsisNo></EyazismaImzaYetkilisi></ImzaYetkilileri>"
        "<Antet>T.C.</Antet></Sonuclar>",
    )
    assert "<Sonuclar />" in answer("eYazismaPaketi", Sonuclar=T.eYazismaPaketi())


def test_lists_of_simple_values() -> None:
    listed = T.YeniEYazismaVersiyonListe(DetsisIds=[1, 2])
    assert "<DetsisIds><int>1</int><int>2</int></DetsisIds>" in answer("EypGuncellenenleriGetir", Sonuclar=[listed])
    assert "<DetsisIds />" in answer("EypGuncellenenleriGetir", Sonuclar=[T.YeniEYazismaVersiyonListe(DetsisIds=[])])
    texts = answer("DETSISNoKurumBirimWs", TestSonuc=["a", "", None, "<"])
    assert '<TestSonuc><string>a</string><string /><string xsi:nil="true" /><string>&lt;</string></TestSonuc>' in texts


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime.datetime(2015, 3, 2, 14, 5, 9), "2015-03-02T14:05:09"),
        (datetime.datetime(2015, 3, 2, 14, 5, 9, 120000), "2015-03-02T14:05:09.12"),
        (datetime.datetime(2015, 3, 2, 14, 5, 9, 1), "2015-03-02T14:05:09.000001"),
        (datetime.date(2015, 3, 2), "2015-03-02T00:00:00"),
        (datetime.datetime(2015, 3, 2, 12, 0, tzinfo=datetime.UTC), "2015-03-02T14:00:00"),
        (datetime.datetime(2020, 3, 2, 12, 0, tzinfo=datetime.UTC), "2020-03-02T15:00:00"),
        (datetime.datetime(2020, 3, 2, 12, 0, tzinfo=TURKIYE), "2020-03-02T12:00:00"),
        (datetime.datetime(1, 1, 1), "0001-01-01T00:00:00"),
        (None, "0001-01-01T00:00:00"),
    ],
)
def test_date_time(value: Any, text: str) -> None:
    row = T.ResKurumBirimTipleri1(KayitTarihi=value)
    assert f"<KayitTarihi>{text}</KayitTarihi>" in answer("TumTip1KodlariGetirWs", Sonuclar=[row])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a&b<c>d", "<Ad>a&amp;b&lt;c&gt;d</Ad>"),
        ("\"'", "<Ad>\"'</Ad>"),
        ("a\x00b\x1fc\ufffe\ud800", "<Ad>abc</Ad>"),
        ("\x07", "<Ad />"),
        ("a\tb\nc", "<Ad>a\tb\nc</Ad>"),
        ("a\rb", "<Ad>a&#xD;b</Ad>"),
        ("\u0085\u00a0\u2028😀", "<Ad>\u0085\u00a0\u2028😀</Ad>"),
        ("]]>", "<Ad>]]&gt;</Ad>"),
    ],
)
def test_text(value: str, text: str) -> None:
    assert text in answer("DETSISNoKurumBirimWs", Sonuclar=[T.KurumBirimWS(Ad=value)])


def test_base64_is_one_line() -> None:
    row = T.Sertifika(SertifikaDosya=bytes(range(256)))
    found = answer("SertifikalariGetir", Sonuclar=[row])
    coded = found.partition("<SertifikaDosya>")[2].partition("<")[0]
    assert len(coded) == 344
    assert "<SertifikaDosya />" in answer("SertifikalariGetir", Sonuclar=[T.Sertifika(SertifikaDosya=b"")])


@pytest.mark.parametrize(
    "fields",
    [{"DETSISNo": "1"}, {"DETSISNo": 2**31}, {"DETSISNo": -(2**31) - 1}, {"DETSISNo": 1.0}, {"Ad": 5}, {"Ad": b"x"},
     {"FaalOlupOlmadigi": "False"}, {"FaalOlupOlmadigi": 2}, {"KurumBirimTip3ler": "abc"}, {"KurumBirimTip3ler": 5},
     {"KurumBirimTip3ler": [1]}, {"KurumBirimTip3ler": {"a": 1}}],
)  # fmt: skip
def test_values_that_do_not_fit(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueMisfit):
        CONTRACT.render("KurumBirimWS", T.KurumBirimWS(**fields))


def test_rendered_items_and_rows_are_the_same_bytes() -> None:
    rows = [(n, None if n % 3 == 0 else f"k{n}@<", n % 2 == 0) for n in range(2500)]
    columns = ["KurumDetsisNo", "KepAdresi", "Aktifmi"]
    models = [T.KepBilgileriWs(**dict(zip(columns, row, strict=True))) for row in rows]
    write = CONTRACT.row_writer("KepBilgileriWs", columns)
    name = "AktifKEPAdresleriniGetir"
    expected = answer(name, Sonuclar=models)
    assert answer(name, Sonuclar=[CONTRACT.render("KepBilgileriWs", model) for model in models]) == expected
    assert answer(name, Sonuclar=write.many(rows)) == expected
    assert answer(name, Sonuclar=[write(row) for row in rows]) == expected
    assert answer(name, Sonuclar=(model for model in models)) == expected
    assert answer(name, Sonuclar=[models[0], write(rows[1]), *write.many(rows[2:])]) == expected
    reordered = CONTRACT.row_writer("KepBilgileriWs", ["Aktifmi", "KurumDetsisNo"])
    assert (
        reordered((True, 5))
        == b"<KepBilgileriWs><KurumDetsisNo>5</KurumDetsisNo><Aktifmi>true</Aktifmi></KepBilgileriWs>"
    )
    with pytest.raises(ContractError, match="Yok"):
        CONTRACT.row_writer("KepBilgileriWs", ["Yok"])
    assert isinstance(write(rows[0]), Rendered)


# Long and prepared answers -----------------------------------------------------------------------------------------


def units(count: int) -> Iterator[Any]:
    for number in range(count):
        yield T.KurumBirimWS(DETSISNo=10_000_000 + number, Ad=f"BİRİM {number}", KurumHiyerarsik="A > B")


def served(count: int) -> Any:
    name = "AnaKurumlariGetirKurumBirimWs"
    return endpoint({name: lambda call: call.result(SonucHatali=False, Sonuclar=units(count))})


LIST = envelope(operation("AnaKurumlariGetirKurumBirimWs"))


@pytest.mark.parametrize("count", [0, 1, 100, 5_000])
def test_compressed_is_the_same(count: int) -> None:
    plain = post(served(count), LIST)
    packed = post(served(count), LIST, HTTP_ACCEPT_ENCODING="gzip, deflate")
    assert "content-encoding" not in plain.headers
    if count < 100:
        assert packed.body == plain.body
    else:
        assert packed.headers["content-encoding"] == "gzip"
        assert gzip.decompress(packed.body) == plain.body
    for refused in ("gzip;q=0", "deflate", "identity", "x-gzipx", "gzip;q=0.0, br"):
        assert "content-encoding" not in post(served(count), LIST, HTTP_ACCEPT_ENCODING=refused).headers


def test_memory_stays_flat() -> None:
    """A hundred thousand rows from a generator: neither they nor the answer are held."""
    one = served(100_000)
    tracemalloc.start()
    started: list[Any] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/DETSISServis.asmx",
        "CONTENT_TYPE": "text/xml",
        "CONTENT_LENGTH": str(len(LIST)),
        "wsgi.input": __import__("io").BytesIO(LIST),
    }
    blocks = one(environ, lambda *args: started.extend(args))
    size = sum(len(block) for block in blocks)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    blocks.close()
    assert size == int(dict(started[1])["Content-Length"]) > 40_000_000
    assert peak < 4_000_000


@pytest.mark.parametrize("count", [0, 3, 3_000])
@pytest.mark.parametrize("on_disk", [False, True])
@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_prepared_answers_are_the_same_bytes(count: int, on_disk: bool, version: str, tmp_path: Path) -> None:
    name = "AnaKurumlariGetirKurumBirimWs"
    request = envelope(operation(name), version=version)
    built = post(served(count), request)
    path = tmp_path / "liste.answer" if on_disk else None
    prepared = served(0).prepare(
        name, CONTRACT.result_class(CONTRACT.operations[name])(SonucHatali=False, Sonuclar=units(count)), path
    )
    for ready in [prepared] + ([Prepared.open(path)] if path else []):
        one = endpoint({name: lambda call, ready=ready: ready})
        assert post(one, request).body == built.body
        packed = post(one, request, HTTP_ACCEPT_ENCODING="gzip")
        if count == 3_000:
            assert packed.headers["content-encoding"] == "gzip"
            assert gzip.decompress(packed.body) == built.body
            assert zlib.decompress(packed.body, wbits=31) == built.body  # a single member, as every client reads it
        else:
            assert packed.body == built.body
    assert sorted(path.name for path in tmp_path.iterdir()) == (["liste.answer"] if on_disk else [])


def test_a_failed_preparation_leaves_the_former_answer(tmp_path: Path) -> None:
    path = tmp_path / "a"
    prepare([b"<a/>"], path)

    def torn() -> Iterator[bytes]:
        yield b"<b>"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        prepare(torn(), path)
    assert Prepared.open(path).size == 4
    assert [file.name for file in tmp_path.iterdir()] == ["a"]
    path.write_bytes(b"x" * 100)
    with pytest.raises(ValueError):
        Prepared.open(path)


def test_a_long_answer_that_fails_becomes_the_services_own_error() -> None:
    def rows() -> Iterator[Any]:
        yield from units(SOAP_ANSWER_HELD // 100)
        raise RuntimeError

    def told(call: Any, error: Exception) -> Any:
        return call.result(SonucHatali=True, HataMsj="Olmadı.")

    name = "AnaKurumlariGetirKurumBirimWs"
    one = endpoint({name: lambda call: call.result(SonucHatali=False, Sonuclar=rows())}, on_error=told)
    assert around(name, "<SonucHatali>true</SonucHatali><HataMsj>Olmadı.</HataMsj>") in post(one, LIST).text


@pytest.mark.parametrize("said", [None, [], ["a", "<b>"]])
def test_one_prepared_row_stands_among_whatever_else_the_result_says(said: Any) -> None:
    held = None if said is None else list(said)
    item = CONTRACT.render("KurumBirimWS", T.KurumBirimWS(DETSISNo=1, Ad="A"))
    name = "DETSISNoKurumBirimWs"
    alike = answer(name, SonucHatali=False, Sonuclar=iter([item]), TestSonuc=held)
    for given in (held, held and iter(held), held):
        assert answer(name, SonucHatali=False, Sonuclar=[item], TestSonuc=given) == alike
    assert (held is not None) == ("TestSonuc" in alike)
