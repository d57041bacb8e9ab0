"""Fetching: it only adds evidence, asks nobody it may not ask, and keeps nothing it cannot read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography import x509

from hub.signing import Indication, fetch
from hub.signing.der import wrap
from hub.signing.fetch import BREAKER_FAILURES, Fetcher, FetchPolicy, validate_online
from hub.signing.make.errors import FetchFailedError

from .forge import T0, Forge, octets, oid, seq

CRL_URL = "http://depo.example.org/tsroot.crl"
OCSP_URL = "http://ocsp.example.org/"
ISSUER_URL = "http://depo.example.org/sub.crt"


@dataclass
class Wire:
    """A transport that answers from a dictionary and remembers what was asked."""

    answers: dict[str, bytes]
    asked: list[str] = field(default_factory=list)

    def get(self, url: str) -> bytes:
        self.asked.append(url)
        if url not in self.answers:
            raise FetchFailedError(f"{url} yok")
        return self.answers[url]

    def post(self, url: str, body: bytes, content_type: str, headers: Mapping[str, str] | None = None) -> bytes:
        assert content_type == "application/ocsp-request"
        return self.get(url)


def archived() -> tuple[Forge, bytes]:
    """A file whose newest archive timestamp's status is nowhere in it, but at an address."""
    forge = Forge(
        certs={"tsa2": {"urls": (CRL_URL,)}},
        hooks={"token.archive1": lambda found: found | {"tsa": "tsa2", "certs": ["tsa2", "tsroot"], "crls": []}},
    )
    return forge, forge.build(archives=1)


def test_a_fetched_crl_decides_what_was_open() -> None:
    forge, data = archived()
    for revoked, expected in (
        ({}, Indication.TOTAL_PASSED),
        ({"tsa2": T0}, Indication.TOTAL_FAILED),
    ):
        wire = Wire({CRL_URL: forge.crl("tsroot", revoked=revoked)})
        report = validate_online(data, trust=forge.trust(), profile="P4-A", fetcher=Fetcher(transport=wire))
        assert report.indication is expected
        assert report.online
        assert wire.asked == [CRL_URL]


@pytest.mark.parametrize(
    "answer", [None, b"<html>hello</html>", b"", b"\x30\x80"], ids=["none", "html", "empty", "broken"]
)
def test_what_cannot_be_fetched_leaves_the_offline_answer(answer: bytes | None) -> None:
    forge, data = archived()
    wire = Wire({CRL_URL: answer} if answer is not None else {})
    report = validate_online(data, trust=forge.trust(), profile="P4-A", fetcher=Fetcher(transport=wire))
    assert (report.indication, report.sub_indication) == (Indication.INDETERMINATE, "TRY_LATER")


def test_a_stale_or_forged_fetched_crl_does_not_pass() -> None:
    forge, data = archived()
    for crl in (forge.crl("tsroot", until=T0), forge.crl("tsroot", forged=True), forge.crl("root")):
        wire = Wire({CRL_URL: crl})
        report = validate_online(data, trust=forge.trust(), profile="P4-A", fetcher=Fetcher(transport=wire))
        assert report.indication is Indication.INDETERMINATE


def test_nothing_is_asked_when_the_file_decides() -> None:
    forge = Forge()
    wire = Wire({})
    report = validate_online(forge.build(), trust=forge.trust(), fetcher=Fetcher(transport=wire))
    assert report.passed
    assert not report.online
    assert wire.asked == []


def test_issuer_and_status_are_fetched_for_a_bare_timestamped_signature() -> None:
    access = x509.AuthorityInformationAccess(
        [
            x509.AccessDescription(x509.AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(OCSP_URL)),
            x509.AccessDescription(
                x509.AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(ISSUER_URL)
            ),
        ]
    )
    forge = Forge(certs={"signer": {"extra": ((access, False),)}, "sub": {"urls": (CRL_URL,)}})
    answer = forge.ocsp("signer")
    response = seq(wrap(0x0A, b"\0"), wrap(0xA0, seq(oid("1.3.6.1.5.5.7.48.1.1"), octets(answer))))
    wire = Wire({ISSUER_URL: forge.der("sub"), OCSP_URL: response, CRL_URL: forge.crl("root")})
    data = forge.build(level="t")
    assert not validate_online(data, trust=forge.trust(), profile="none", fetcher=Fetcher(transport=Wire({}))).passed
    report = validate_online(data, trust=forge.trust(), profile="none", fetcher=Fetcher(transport=wire))
    assert report.passed
    assert wire.asked == [ISSUER_URL, OCSP_URL, CRL_URL]
    named = validate_online(data, trust=forge.trust(), profile="P4", fetcher=Fetcher(transport=wire))
    assert named.indication is Indication.TOTAL_FAILED, "fetched evidence does not make up for what P4 wants embedded"


def test_an_answer_to_another_question_is_not_used() -> None:
    """Another nonce than the one that was sent."""
    access = x509.AuthorityInformationAccess(
        [x509.AccessDescription(x509.AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(OCSP_URL))]
    )
    forge = Forge(certs={"signer": {"extra": ((access, False),)}})
    plain = forge.ocsp("signer")
    wire = Wire({OCSP_URL: plain})
    hooks = {"bag": lambda bag: [*bag, forge.der("sub")], "bag.crls": lambda _: [forge.crl("root")]}
    data = Forge(hooks, forge.certs).build(level="t")
    assert validate_online(data, trust=forge.trust(), profile="none", fetcher=Fetcher(transport=wire)).passed
    spoiled = _with_nonce(forge, plain)
    wire = Wire({OCSP_URL: spoiled})
    report = validate_online(data, trust=forge.trust(), profile="none", fetcher=Fetcher(transport=wire))
    assert report.indication is Indication.INDETERMINATE


def _with_nonce(forge: Forge, raw: bytes) -> bytes:
    from hub.signing.der import parse

    from .forge import sign

    outer = parse(raw).children()
    extension = seq(oid("1.3.6.1.5.5.7.48.1.2"), octets(octets(b"0123456789abcdef")))
    tbs = seq(outer[0].content, wrap(0xA1, seq(extension)))
    algorithm, value = sign(forge.key("responder"), tbs)
    return seq(tbs, algorithm, wrap(0x03, b"\0", value), outer[3].raw)


def test_hosts_that_are_not_listed_are_not_asked() -> None:
    policy = FetchPolicy(hosts=("ocsp.kamu.example", ".depo.example"))
    assert [policy.admits(host) for host in ("ocsp.kamu.example", "OCSP.kamu.example.", "a.depo.example")] == [True] * 3
    assert not any(policy.admits(host) for host in ("depo.example", "evil.example", "xdepo.example", ""))
    wire = Wire({CRL_URL: b"x"})
    with pytest.raises(FetchFailedError):
        Fetcher(policy, wire).get(CRL_URL)
    assert wire.asked == []


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:1/x", "http://10.0.0.1/x", "http://169.254.169.254/x", "http://[::1]/x", "file:///etc/passwd"],
)
def test_private_addresses_are_refused(url: str) -> None:
    with pytest.raises(FetchFailedError):
        Fetcher().get(url)


def test_a_host_that_fails_is_left_alone_for_a_while() -> None:
    now = 1000.0
    wire = Wire({})
    fetcher = Fetcher(transport=wire, clock=lambda: now)
    for _ in range(BREAKER_FAILURES + 3):
        with pytest.raises(FetchFailedError):
            fetcher.get(CRL_URL)
    assert len(wire.asked) == BREAKER_FAILURES
    now += fetch.BREAKER_SECONDS + 1
    wire.answers[CRL_URL] = b"there again"
    assert fetcher.get(CRL_URL) == b"there again"


def test_answers_are_kept_for_their_age(tmp_path: Path) -> None:
    forge, data = archived()
    now = 1_700_000_000.0
    wire = Wire({CRL_URL: forge.crl("tsroot")})
    fetcher = Fetcher(FetchPolicy(cache=tmp_path, max_age=60), wire, clock=lambda: now)

    def passed() -> bool:
        return validate_online(data, trust=forge.trust(), profile="P4-A", fetcher=fetcher).passed

    assert passed()
    assert passed()
    assert wire.asked == [CRL_URL]
    now += 61
    assert passed()
    assert wire.asked == [CRL_URL] * 2
    wire.answers[CRL_URL] = b"garbage"
    now += 61
    assert not passed()
    assert len(os.listdir(tmp_path)) == 1, "garbage is not kept"


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    forge, data = archived()
    wire = Wire({CRL_URL: forge.crl("tsroot")})
    fetcher = Fetcher(FetchPolicy(cache=tmp_path / "file"), wire)
    assert validate_online(data, trust=forge.trust(), profile="P4-A", fetcher=fetcher).passed
