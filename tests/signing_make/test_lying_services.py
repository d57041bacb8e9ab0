"""Authorities that are down or lie: one clear line in Turkish, in time, and no file half-made or left behind."""

from __future__ import annotations

import http.server
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.x509 import ocsp
from parts.waiting import HUNG
from pki.server import Pki

from hub.commands import signing_make
from hub.errors import HubError
from hub.signing import der, keys, make
from hub.signing.make import asn1

CONTENT = b"Paket ozeti"
HTTP = make.HttpTransport(allow_private=True)

Lie = Callable[[str, bytes], tuple[int, bytes]]
"""Address of the true service and the request in; HTTP status and body out."""


def honest(url: str, body: bytes) -> tuple[int, bytes]:
    kind = "application/ocsp-request" if "ocsp" in url else "application/timestamp-query"
    return 200, HTTP.post(url, body, kind)


def altered(imprint: bool) -> Lie:
    """The true authority's token for another imprint, or another nonce, than was asked."""

    def lie(url: str, body: bytes) -> tuple[int, bytes]:
        version, hashed, *rest = der.parse(body).sequence()
        algorithm, value = hashed.sequence()
        digest = bytes(32) if imprint else der.octets(value)
        nonce = next(one for one in rest if one.tag == der.INTEGER)
        fresh = nonce.raw if imprint else asn1.integer(der.integer(nonce) ^ 1)
        rest_raw = [fresh if one is nonce else one.raw for one in rest]
        return honest(
            url, asn1.sequence(version.raw, asn1.sequence(algorithm.raw, asn1.octet_string(digest)), *rest_raw)
        )

    return lie


def cut(url: str, body: bytes) -> tuple[int, bytes]:
    return 200, honest(url, body)[1][:-40]


def flipped(url: str, body: bytes) -> tuple[int, bytes]:
    """The last octets of an answer are of the signature, or of a certificate's."""
    data = bytearray(honest(url, body)[1])
    data[-20] ^= 1
    return 200, bytes(data)


def without_nonce(url: str, body: bytes) -> tuple[int, bytes]:
    parts = [one.raw for one in der.parse(body).sequence() if one.tag != der.INTEGER or der.integer(one) == 1]
    return honest(url, asn1.sequence(*parts))


def rejected(url: str, body: bytes) -> tuple[int, bytes]:
    return 200, asn1.sequence(asn1.sequence(asn1.integer(2)))


ENDED = threading.Event()
"""Nobody asks the server between any more."""


def slow(url: str, body: bytes) -> tuple[int, bytes]:
    ENDED.wait(HUNG)
    return 200, b""


TSA_LIES: dict[str, Lie] = {
    "500": lambda *_: (500, b"error"),
    "HTML with 200": lambda *_: (200, b"<html><body>Bakim</body></html>"),
    "nothing": lambda *_: (200, b""),
    "rejected": rejected,
    "cut": cut,
    "flipped": flipped,
    "another nonce": altered(imprint=False),
    "no nonce": without_nonce,
    "another imprint": altered(imprint=True),
    "slow": slow,
}


@dataclass
class Between:
    """A server between the maker and the true authority."""

    url: str
    true: str = ""
    lie: Lie = honest


@pytest.fixture(scope="module")
def between() -> Iterator[Between]:
    found = Between("")

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, answer = found.lie(found.true, body)
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)
            except OSError:
                return

        def log_message(self, *_: object) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found.url = f"http://127.0.0.1:{server.server_port}/"
    yield found
    ENDED.set()
    server.shutdown()
    server.server_close()


def clear(error: HubError) -> None:
    """One line that a person can read, in Turkish, with nothing of the machinery in it."""
    assert error.message
    assert "\n" not in error.message
    assert "Traceback" not in error.message
    assert error.message[-1] == "."


@pytest.mark.parametrize("lie", TSA_LIES, ids=lambda name: f"D5-{name}")
def test_time_stamping(pki: Pki, between: Between, lie: str) -> None:
    between.true, between.lie = pki.tsa_url(), TSA_LIES[lie]
    tsa = make.Tsa(between.url, transport=replace(HTTP, timeout=1.0))
    started = time.monotonic()
    with pytest.raises(make.SigningError) as caught:
        make.sign(CONTENT, keys.load_pfx(pki.pfx("imzaci"), "parola"), make.Services(tsa, HTTP))
    assert caught.value.code == "TIMESTAMP"
    assert time.monotonic() - started < 15, "it gave up by itself"
    clear(caught.value)


def test_the_server_between_can_be_honest(pki: Pki, between: Between) -> None:
    """The control: what the other rows refuse is the lie, not the server."""
    between.true, between.lie = pki.tsa_url(), honest
    key = keys.load_pfx(pki.pfx("imzaci"), "parola")
    assert make.sign(CONTENT, key, make.Services(make.Tsa(between.url), HTTP))
    assert make.sign(CONTENT, key, make.Services(make.Tsa(pki.tsa_url()), Status(honest)))


@dataclass(frozen=True)
class Status:
    """Answers OCSP by ``lie``, everything else truly."""

    lie: Lie

    def get(self, url: str) -> bytes:
        return HTTP.get(url)

    def post(self, url: str, body: bytes, content_type: str, headers: Mapping[str, str] | None = None) -> bytes:
        status, answer = self.lie(url, body)
        if status != 200:
            raise make.errors.FetchFailedError(f"{url} adresi {status} durumuyla yanıtladı.")
        return answer


def other_nonce(url: str, body: bytes) -> tuple[int, bytes]:
    at = body.rindex(b"\x04\x10") + 2
    return honest(url, body[:at] + bytes(16) + body[at + 16 :])


def another_certificate(pki: Pki) -> Lie:
    request = (
        ocsp.OCSPRequestBuilder().add_certificate(pki.cert("ikinci"), pki.cert("alt-a"), _SHA1).build()
        if pki.cert("ikinci").issuer == pki.cert("alt-a").subject
        else ocsp.OCSPRequestBuilder().add_certificate(pki.cert("muhur"), pki.cert("alt-a"), _SHA1).build()
    )
    from cryptography.hazmat.primitives.serialization import Encoding

    return lambda url, _: honest(url, request.public_bytes(Encoding.DER))


_SHA1 = x509.ocsp.hashes.SHA1()


def refusal(status: int) -> Lie:
    return lambda *_: (200, asn1.sequence(der.wrap(der.ENUMERATED, bytes([status]))))


OCSP_LIES: dict[str, Callable[[Pki], Lie]] = {
    "500": lambda _: lambda *_: (500, b""),
    "HTML with 200": lambda _: lambda *_: (200, b"<html/>"),
    "tryLater": lambda _: refusal(3),
    "unauthorized": lambda _: refusal(6),
    "cut": lambda _: cut,
    "another nonce": lambda _: other_nonce,
    "another certificate": another_certificate,
}


@pytest.mark.parametrize("lie", OCSP_LIES, ids=lambda name: f"C8-{name}")
def test_status(pki: Pki, lie: str) -> None:
    services = make.Services(make.Tsa(pki.tsa_url()), Status(OCSP_LIES[lie](pki)))
    with pytest.raises(make.SigningError) as caught:
        make.sign(CONTENT, keys.load_pfx(pki.pfx("imzaci"), "parola"), services)
    assert caught.value.code == "EVIDENCE_MISSING"
    clear(caught.value)


@pytest.mark.parametrize("what", ["sign", "extend"])
def test_no_file_is_left_behind(
    pki: Pki, between: Between, what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HUB_PFX_PASSWORD", "parola")
    Path("ozet.xml").write_bytes(CONTENT)
    Path("imzaci.pfx").write_bytes(pki.pfx("imzaci"))
    between.true, between.lie = pki.tsa_url(), TSA_LIES["500"]
    bes = make.sign(CONTENT, keys.load_pfx(pki.pfx("imzaci"), "parola"), options=make.Options(level=make.Level.BES))
    Path("var.imz").write_bytes(bes)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    where = ["--tsa", between.url, "--allow-private"]
    if what == "sign":
        done = CliRunner().invoke(signing_make.sign, ["ozet.xml", "--pfx", "imzaci.pfx", *where])
    else:
        done = CliRunner().invoke(signing_make.extend, ["var.imz", "--in-place", *where])
    assert done.exit_code == 1
    assert isinstance(done.exception, HubError)
    clear(done.exception)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_an_archive_is_renewed_when_its_algorithm_ages(pki: Pki) -> None:
    """A seal whose archive timestamp has a short digest gets a stronger one on top, and both are judged."""
    from hub.signing.report import Outcome
    from hub.signing.trust import TrustStore
    from hub.signing.validate import validate

    weak = make.Services(make.Tsa(pki.tsa_url("zd-b")), HTTP)
    strong = make.Services(make.Tsa(pki.tsa_url("zd-c"), digest="sha512"), HTTP)
    key = keys.load_pfx(pki.pfx("muhur"), "parola")
    sealed = make.sign(CONTENT, key, weak, make.Options(level=make.Level.ARCHIVE))
    renewed = make.extend(sealed, make.Level.ARCHIVE, strong)
    trust = TrustStore.of([pki.der(label) for label in ("kok-a", "kok-b", "kok-c")])
    report = validate(renewed, trust=trust, profile="P4-A")
    assert report.passed, report.codes() + report.codes(Outcome.INDETERMINATE)
    stamps = [one for one in report.signers[0].timestamps if one.kind == "archive-v2"]
    assert len(stamps) == 2
    assert stamps[0].authority is not None
    assert stamps[1].authority is not None
    assert stamps[0].authority.name != stamps[1].authority.name
