"""Status evidence, made a second time: OCSP responses, their responders, and CRLs, each rule kept and broken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from . import mint
from .mint import CA, NOCHECK, OCSP_SIGNING, Party, cert_id, ext, good, issue, num, revoked_at, single, tlv, unknown
from .mint_letter import RESPONDER, Letter, Row, answer, crl_ref, judge, ocsp_ref, rev_refs, usual, world

W = world()


def named(digest: str = "sha1", **options: Any) -> bytes:
    return cert_id(W.signer, W.sub, digest, **options)


def by(*singles: bytes, responder: Party = W.responder, **options: Any) -> Letter:
    """A letter whose only OCSP response has these answers."""
    return usual(ocsps=[mint.ocsp(responder, *singles, **options)])


def answered(name: str, code: str, *singles: bytes, **options: Any) -> Row:
    return Row("OCSP " + name, code, partial(by, *singles, **options))


CRITICAL = ext("1.2.3", tlv(5), critical=True)
NONCE = "1.3.6.1.5.5.7.48.1.2"
LATER = mint.ocsp(W.responder, single(named(), revoked_at(300), this=600), produced=600)
BACKDATED = mint.ocsp(W.responder, single(named(), revoked_at(-300), this=600), produced=600)
GONE = mint.ocsp(W.responder, single(named(), revoked_at(-300, 1), this=-60), produced=-60)
HELD = mint.ocsp(W.responder, single(named(), revoked_at(-300, 6), this=-60), produced=-60)

ANSWERS = [
    answered("CertID by SHA-256", "", single(named("sha256"), good())),
    answered("CertID by SHA-512, no NULL", "", single(named("sha512", null=False), good())),
    answered("CertID by MD5", "OCSP_CERT_ID", single(named("md5"), good())),
    answered("other serial", "OCSP_CERT_ID", single(named(serial=5), good())),
    answered("other issuer", "OCSP_CERT_ID", single(cert_id(W.signer, W.root), good())),
    answered("several answers", "", single(named(serial=5), revoked_at(-5)), single(named(), good())),
    answered(
        "two answers, the newer revoked", "CERT_REVOKED", single(named(), good(), 1), single(named(), revoked_at(-5))
    ),
    answered(
        "two answers, the newer silent on it",
        "CERT_REVOKED",
        single(named(), revoked_at(-5), 0),
        single(named(), good(), 1),
    ),
    answered("two answers, held and released", "", single(named(), revoked_at(-5, 6), 0), single(named(), good(), 1)),
    answered("nonce", "", single(named(), good()), extensions=ext(NONCE, tlv(4, b"12345678"))),
    answered("critical nonce", "", single(named(), good()), extensions=ext(NONCE, tlv(4, b"1"), critical=True)),
    answered("critical unknown extension", "OCSP_UNKNOWN", single(named(), good()), extensions=CRITICAL),
    answered("answer with critical unknown extension", "OCSP_UNKNOWN", single(named(), good(), extra=CRITICAL)),
    answered("archive cutoff", "", single(named(), good(), extra=ext("1.3.6.1.5.5.7.48.1.6", mint.gtime(mint.at(-9))))),
    answered("version written out", "", single(named(), good()), version=tlv(0xA0, num(0))),
    answered("responder by name", "", single(named(), good()), named=True),
    answered("revoked at the time", "CERT_REVOKED", single(named(), revoked_at(0))),
    answered("revoked a second later", "", single(named(), revoked_at(1))),
    answered("on hold before", "CERT_REVOKED", single(named(), revoked_at(-100, 6))),
    answered("on hold later", "", single(named(), revoked_at(100, 6), 200), produced=200),
    answered("superseded before", "CERT_REVOKED", single(named(), revoked_at(-100, 4))),
    answered("revoked, by an old answer", "CERT_REVOKED", single(named(), revoked_at(-86400), -86000), produced=-86000),
    answered("unknown", "OCSP_UNKNOWN", single(named(), unknown())),
    answered("ten minutes early", "", single(named(), good(), -600), produced=-600),
    answered("a second more", "OCSP_FRESHNESS", single(named(), good(), -601), produced=-601),
    answered("old thisUpdate", "OCSP_FRESHNESS", single(named(), good(), -7200), produced=0),
    answered("old, but with nextUpdate", "", single(named(), good(), -7200, 7200), produced=-7200),
    answered("nextUpdate passed", "OCSP_FRESHNESS", single(named(), good(), -60, -1), produced=-60),
    answered("half a year later", "", single(named(), good(), mint.YEAR / 2), produced=mint.YEAR / 2),
    answered("SHA-1 signature", "", single(named(), good()), digest="sha1"),
    answered("forged", "OCSP_SIGNATURE", single(named(), good()), forged=True),
    Row("OCSP two good answers", "", lambda: usual(ocsps=[answer(W), answer(W, produced=600)])),
    Row("OCSP the later one: revoked later", "", lambda: usual(ocsps=[answer(W), LATER])),
    Row("OCSP the later one: revoked before", "CERT_REVOKED", lambda: usual(ocsps=[answer(W), BACKDATED])),
    Row("OCSP revoked, then good", "CERT_REVOKED", lambda: usual(ocsps=[GONE, answer(W, produced=600)])),
    Row("OCSP held, then released", "", lambda: usual(ocsps=[HELD, answer(W)])),
    Row("OCSP one good, one forged", "", lambda: usual(ocsps=[answer(W), answer(W, forged=True, produced=5)])),
]


# Responders --------------------------------------------------------------------------------------------------------


def responder(name: str, code: str, *extensions: bytes, of: Party | None = W.sub, **options: Any) -> Row:
    """A good answer by a responder made for the row."""
    produced = options.pop("produced", 2)

    def make() -> Letter:
        one = issue("Yanitlayici " + name, of, *extensions, **options)
        held = usual(ocsps=[mint.ocsp(one, single(named(), good()), produced=produced)])
        held.certs = [one.cert, W.sub.cert, W.root.cert]
        return held

    return Row("responder " + name, code, make)


PURPOSE = mint.purpose(OCSP_SIGNING, critical=False)
OWN = issue("Yanitlayici kendi durumu", W.sub, *RESPONDER)


def with_status(crls: Sequence[bytes], *ocsps: bytes) -> Letter:
    """A good answer by a responder without nocheck."""
    held = usual(ocsps=[mint.ocsp(OWN, single(named(), good())), *ocsps], crls=[mint.crl(W.root), *crls])
    held.certs = [OWN.cert, W.sub.cert, W.root.cert]
    return held


def of_own(by_: Party) -> bytes:
    return mint.ocsp(by_, single(cert_id(OWN, W.sub), good()))


RESPONDERS = [
    Row("responder is the authority", "", lambda: by(single(named(), good()), responder=W.sub)),
    Row("responder is the root", "OCSP_RESPONDER", lambda: by(single(named(), good()), responder=W.root)),
    responder("self-signed", "OCSP_RESPONDER", PURPOSE, NOCHECK, of=None),
    responder("of the root", "OCSP_RESPONDER", *RESPONDER, NOCHECK, of=W.root),
    responder("without purpose", "OCSP_RESPONDER", mint.usage(0), NOCHECK),
    responder("any purpose", "OCSP_RESPONDER", mint.usage(0), mint.purpose("2.5.29.37.0"), NOCHECK),
    responder("two purposes", "", mint.usage(0), mint.purpose(OCSP_SIGNING, "1.3.6.1.5.5.7.3.2"), NOCHECK),
    responder("without key usage", "", PURPOSE, NOCHECK),
    responder("non-repudiation only", "", mint.usage(1), PURPOSE, NOCHECK),
    responder("keyCertSign only", "OCSP_RESPONDER", mint.usage(5), PURPOSE, NOCHECK),
    responder("expired", "CERT_VALIDITY", *RESPONDER, NOCHECK, until=-5),
    responder("not yet valid", "CERT_VALIDITY", *RESPONDER, NOCHECK, since=500),
    responder("valid when it answered", "", *RESPONDER, NOCHECK, since=500, produced=600),
    responder("expired before it answered", "", *RESPONDER, NOCHECK, until=300, produced=600),
    responder("forged", "CERT_SIGNATURE", *RESPONDER, NOCHECK, forged=True),
    responder("critical unknown extension", "CERT_EXTENSIONS", *RESPONDER, NOCHECK, CRITICAL),
    responder("RSA", "", *RESPONDER, NOCHECK, kind="rsa2048"),
    Row("responder's certificate only in the values", "", lambda: by(single(named(), good()), bag=[])),
    Row("whole chain in the response", "", lambda: by(single(named(), good()), bag=[W.responder, W.sub, W.root])),
    Row("responder good by CRL", "", lambda: with_status([mint.crl(W.sub)])),
    Row("responder without status", "STATUS_MISSING", lambda: with_status([])),
    Row("responder revoked before", "CERT_REVOKED", lambda: with_status([mint.crl(W.sub, (OWN, -60))])),
    Row("responder revoked at the time", "CERT_REVOKED", lambda: with_status([mint.crl(W.sub, (OWN, 0))])),
    Row("responder revoked later", "", lambda: with_status([mint.crl(W.sub, (OWN, 60))])),
    Row("responder's CRL stale", "CRL_FRESHNESS", lambda: with_status([mint.crl(W.sub, until=-60)])),
    Row("responder's CRL forged", "CRL_SIGNATURE", lambda: with_status([mint.crl(W.sub, forged=True)])),
    Row("responder good by OCSP of the authority", "", lambda: with_status([], of_own(W.sub))),
    Row("responder good by its own word", "OCSP_RESPONDER", lambda: with_status([], of_own(OWN))),
]


# CRLs --------------------------------------------------------------------------------------------------------------


def listed(name: str, code: str, *crls: bytes) -> Row:
    return Row("CRL " + name, code, lambda: usual(crls=list(crls)))


def point(*parts: bytes) -> list[bytes]:
    return [ext("2.5.29.20", num(3)), ext("2.5.29.28", mint.seq(*parts), critical=True)]


def number_and(*more: bytes) -> list[bytes]:
    return [ext("2.5.29.20", num(3)), *more]


def without_extensions() -> Letter:
    plain = mint.crl(W.root, extensions=())
    held = usual(crls=[plain])
    return replace(held, refs={"22": rev_refs([crl_ref(plain, number=None)], [ocsp_ref(held.ocsps[0])])})


R, S = W.root, W.sub
OTHERS = [(replace(S, serial=1000 + place), -60.0, mint.reason(1)) for place in range(50)]
FULL_NAME = tlv(0xA0, tlv(0xA0, tlv(0x86, b"http://a.invalid/x.crl")))

LISTS = [
    Row("CRL without extensions", "", without_extensions),
    listed("revoked before", "CERT_REVOKED", mint.crl(R, (S, -60))),
    listed("revoked later", "", mint.crl(R, (S, 60))),
    listed("on hold", "CERT_REVOKED", mint.crl(R, (S, -60, mint.reason(6)))),
    listed("others revoked", "", mint.crl(R, *OTHERS)),
    listed("among others", "CERT_REVOKED", mint.crl(R, *OTHERS, (S, -60, mint.reason(1)))),
    listed("to the very second", "", mint.crl(R, until=0)),
    listed("run out a second before", "CRL_FRESHNESS", mint.crl(R, until=-1)),
    listed("without nextUpdate", "CRL_FRESHNESS", mint.crl(R, until=None)),
    listed("issued later", "", mint.crl(R, this=86400)),
    listed("forged", "CRL_SIGNATURE", mint.crl(R, forged=True)),
    listed("of another", "STATUS_MISSING", mint.crl(S)),
    listed("by another key", "CRL_SIGNATURE", mint.crl(R, key_of=S)),
    listed("issuer in another string type", "", mint.crl(R, issuer=mint.name("Kok p256", 0x13))),
    listed("SHA-512", "", mint.crl(R, digest="sha512")),
    listed("SHA-1", "", mint.crl(R, digest="sha1")),
    listed("delta", "CRL_SCOPE", mint.crl(R, extensions=number_and(ext("2.5.29.27", num(1), critical=True)))),
    listed("critical unknown extension", "CRL_SCOPE", mint.crl(R, extensions=number_and(CRITICAL))),
    listed("authorities only", "", mint.crl(R, extensions=point(tlv(0x82, b"\xff")))),
    listed("users only", "CRL_SCOPE", mint.crl(R, extensions=point(tlv(0x81, b"\xff")))),
    listed("some reasons", "CRL_SCOPE", mint.crl(R, extensions=point(tlv(0x83, b"\x06\x40")))),
    listed("indirect, of the authority itself", "", mint.crl(R, extensions=point(tlv(0x84, b"\xff")))),
    listed("attribute certificates", "CRL_SCOPE", mint.crl(R, extensions=point(tlv(0x85, b"\xff")))),
    listed("named point, certificate without one", "", mint.crl(R, extensions=point(FULL_NAME))),
    listed("critical unknown entry extension", "CRL_SCOPE", mint.crl(R, (replace(S, serial=5), -60, CRITICAL))),
    listed("one stale, one good", "", mint.crl(R, until=-5), mint.crl(R, this=-60)),
    listed("the newer revokes", "CERT_REVOKED", mint.crl(R, this=-6000), mint.crl(R, (S, -60), this=-30)),
    listed("held, then released", "", mint.crl(R, (S, -600, mint.reason(6)), this=-600), mint.crl(R, this=-30)),
    listed("revoked, then silent", "CERT_REVOKED", mint.crl(R, (S, -600), this=-600), mint.crl(R, this=-30)),
    listed("revoked, then another date", "", mint.crl(R, (S, -600), this=-600), mint.crl(R, (S, 60), this=90)),
    listed("revoked later, then silent", "", mint.crl(R, (S, 60), this=90), mint.crl(R, this=600)),
    listed("a forged one revokes", "", mint.crl(R, (S, -600), forged=True), mint.crl(R, this=-30)),
    listed(
        "with expired certificates", "", mint.crl(R, extensions=number_and(ext("2.5.29.60", mint.gtime(mint.at(-9)))))
    ),
    Row(
        "CRL revokes what OCSP calls good",
        "CERT_REVOKED",
        lambda: usual(crls=[mint.crl(R), mint.crl(S, (W.signer, -60), this=60)]),
    ),
    Row("CRL revokes it later", "", lambda: usual(crls=[mint.crl(R), mint.crl(S, (W.signer, 60), this=90)])),
]


@pytest.mark.parametrize("row", [*ANSWERS, *RESPONDERS, *LISTS], ids=lambda row: row.name)
def test_status(row: Row) -> None:
    judge(row)


def test_aged_evidence_is_warned_about() -> None:
    from hub.signing import Outcome, validate
    from hub.signing.algorithms import AgePolicy

    from .mint_letter import letter

    data = letter(usual(crls=[mint.crl(R, digest="sha1")], ocsps=[answer(W, digest="sha1")]))
    report = validate(data, trust=W.trust, profile="P4")
    aged = [one for one in report.findings() if one["code"] == "ALGORITHM_AGE"]
    assert {one["kind"] for one in aged} == {"crl", "ocsp"}
    assert report.codes(Outcome.WARNING) == ["ALGORITHM_AGE"]
    assert validate(data, trust=W.trust, profile="P4", ages=AgePolicy(strict=True)).codes() == ["ALGORITHM_AGE"]


def test_nobody_answers_for_himself() -> None:
    """A signer whose certificate would also make a responder is no witness of his own status."""
    one = issue("Kendi yanitlayan", S, *mint.QUALIFIED, PURPOSE, NOCHECK)
    judge(Row("own witness", "OCSP_RESPONDER", lambda: usual(replace(W, signer=one, responder=one))))


def test_two_certificates_of_one_authority() -> None:
    """Revoked, the other certificate of the same name and key still carries the path."""
    gone = issue("Alt kok, iptal", R, *CA)
    kept = issue("Alt kok, duran", R, *CA, subject=gone.subject, same_key=gone)
    for order in ([gone, kept], [kept, gone]):
        signer = issue("Iki yollu", gone, *mint.QUALIFIED)
        answering = issue("Iki yollu yanit", gone, *RESPONDER, NOCHECK)
        held = usual(replace(W, sub=gone, signer=signer, responder=answering), crls=[mint.crl(R, (gone, -100))])
        held.certs = [answering.cert, *(one.cert for one in order), R.cert]
        judge(Row("two certificates", "", lambda made=held: made))  # type: ignore[misc]
        held.crls = [mint.crl(R, (gone, -100), (kept, -100))]
        judge(Row("both revoked", "CERT_REVOKED", lambda made=held: made))  # type: ignore[misc]
