"""Timestamps, made a second time: tokens in legal shapes, authorities, references, archives; rules kept and broken."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from hub.signing import Indication, Sub, TrustStore, validate

from . import mint
from .mint import CA, CONTENT, Party, crl, ext, issue, num, seq, tlv, usage
from .mint_letter import (
    DATA,
    READINGS,
    SMIME,
    TSA,
    Letter,
    Row,
    Stamp,
    attribute,
    ess,
    judge,
    letter,
    token,
    usual,
    world,
)

W = world()
USUAL = usual().stamps[0]
FIRST = replace(USUAL, time=200)
NEWEST = Stamp(W.tsa, time=300)
CRITICAL = ext("1.2.3", tlv(5), critical=True)


def stamped(name: str, code: str, **options: Any) -> Row:
    return Row("token " + name, code, lambda: usual(stamps=[replace(USUAL, **options)]))


ELSEWHERE = seq(seq(tlv(0xA4, W.signer.issuer)), num(W.tsa.serial))
EVERYTHING = (
    seq(num(1), tlv(0x80, b"\5"), tlv(0x81, b"\5"))
    + tlv(1, b"\xff")
    + num(1 << 63)
    + tlv(0xA0, tlv(0xA4, W.tsa.subject))
)

TOKENS = [
    *(stamped("fraction " + one, "", fraction=one) for one in (".5", ".123456", ".1234567891", ".000")),
    *(stamped("imprint by " + one, "", digest=one) for one in ("sha1", "sha224", "sha384", "sha512", "sha3_256")),
    *(stamped("signed by " + one, "", signed_digest=one) for one in ("sha1", "sha384", "sha512")),
    stamped("accuracy", "", after=seq(num(1))),
    stamped("every field", "", after=EVERYTHING),
    stamped("extension", "", after=tlv(0xA1, ext("1.2.3", tlv(5)))),
    stamped("critical extension", "FORMAT", after=tlv(0xA1, CRITICAL)),
    stamped("version 2", "TIMESTAMP", version=2),
    stamped("NULL parameters", "", null=True),
    stamped("imprint by MD5", "MESSAGE_IMPRINT", digest="md5"),
    stamped("wrong imprint", "MESSAGE_IMPRINT", wrong=True),
    stamped("forged", "SIGNATURE_VALUE", forged=True),
    stamped("BER", "", ber=True),
    stamped("signer by key identifier", "", by_key_id=True),
    stamped("ESS of the first version", "", ess=ess(W.tsa, v1=True)),
    stamped("both versions of ESS", "", ess=ess(W.tsa, v1=True) + ess(W.tsa)),
    stamped("no ESS", "SIGNING_CERTIFICATE", ess=b""),
    stamped("another's ESS", "SIGNING_CERTIFICATE", ess=ess(W.signer)),
    stamped("ESS without issuerSerial", "", ess=ess(W.tsa, where=b"")),
    stamped("ESS of another issuer", "SIGNING_CERTIFICATE", ess=ess(W.tsa, where=ELSEWHERE)),
    stamped("one of two ESS wrong", "SIGNING_CERTIFICATE", ess=ess(W.signer, v1=True) + ess(W.tsa)),
    stamped("ESS by MD5", "SIGNING_CERTIFICATE", ess=ess(W.tsa, "md5")),
    stamped("content type", "CONTENT_TYPE", content_type=DATA),
    stamped("no certificate but its own", "", certs=()),
    Row("two tokens", "", lambda: usual(stamps=[USUAL, replace(USUAL, time=60)])),
    Row("two tokens, one wrong", "MESSAGE_IMPRINT", lambda: usual(stamps=[USUAL, replace(USUAL, time=60, wrong=True)])),
]

TIMES = [
    Row(f"signed {seconds} s from the timestamp", code, lambda of=seconds: usual(signing_time=of))  # type: ignore[misc]
    for seconds, code in ((-7200, ""), (-7201, "SIGNING_TIME"), (300, ""), (301, "SIGNING_TIME"), (0, ""))
]


# Authorities -------------------------------------------------------------------------------------------------------


def authority(name: str, code: str, *extensions: bytes, **options: Any) -> Row:
    def make() -> Letter:
        one = issue("Damgaci " + name, W.root, *(extensions or TSA), **options)
        return usual(stamps=[Stamp(one, (W.root.cert,), (crl(W.root),))])

    return Row("TSA " + name, code, make)


STAMPING = mint.purpose(mint.TIMESTAMPING)
T = issue("Damgaci iptalli", W.root, *TSA)
UPPER = issue("Damga makami", W.root, *CA)
LOWER = issue("Damgaci, makamli", UPPER, *TSA)


def listed(
    name: str, code: str, *crls: bytes, values: Sequence[bytes] | None = None, tsa: Party = T, **more: Any
) -> Row:
    certs = more.get("certs", (W.root.cert,))
    held = {"crls": list(values)} if values is not None else {}
    return Row("TSA " + name, code, lambda: usual(stamps=[Stamp(tsa, certs, crls)], **held))


BOTH = (UPPER.cert, W.root.cert)

AUTHORITIES = [
    authority("purpose not critical", "", usage(0), mint.purpose(mint.TIMESTAMPING, critical=False)),
    authority("purpose not alone", "", usage(0), mint.purpose(mint.TIMESTAMPING, "1.3.6.1.5.5.7.3.4")),
    authority("without purpose", "TSA_USAGE", usage(0)),
    authority("any purpose", "TSA_USAGE", usage(0), mint.purpose("2.5.29.37.0")),
    authority("without key usage", "", STAMPING),
    authority("encipherment only", "TSA_USAGE", usage(2), STAMPING),
    authority("to the very second", "", until=0),
    authority("expired", "CERT_VALIDITY", until=-1),
    authority("from the very second", "", since=0),
    authority("not yet valid", "CERT_VALIDITY", since=1),
    authority("forged", "CERT_SIGNATURE", forged=True),
    authority("critical unknown extension", "CERT_EXTENSIONS", *TSA, CRITICAL),
    *(authority(kind, "", kind=kind) for kind in ("rsa2048", "p384", "p521")),
    listed("not revoked", "", crl(W.root)),
    listed("revoked before", "CERT_REVOKED", crl(W.root, (T, -1))),
    listed("revoked at the time", "CERT_REVOKED", crl(W.root, (T, 0))),
    listed("revoked later", "", crl(W.root, (T, 1))),
    listed("CRL stale", "CRL_FRESHNESS", crl(W.root, until=-1)),
    listed("CRL forged", "CRL_SIGNATURE", crl(W.root, forged=True)),
    listed("status only in the values", ""),
    listed("revoked by the values", "CERT_REVOKED", values=[crl(W.root, (T, -5))]),
    listed("the token's word before the values'", "", crl(W.root, (T, 5)), values=[crl(W.root, (T, -5))]),
    listed("the token's word against the values'", "CERT_REVOKED", crl(W.root, (T, -5)), values=[crl(W.root)]),
    listed("below an authority", "", crl(UPPER), crl(W.root), tsa=LOWER, certs=BOTH),
    listed("below one not there", "CHAIN_ANCHOR", crl(UPPER), crl(W.root), tsa=LOWER),
    listed("below one, no status", "STATUS_MISSING", crl(W.root), tsa=LOWER, certs=BOTH),
    listed("below a revoked one", "CERT_REVOKED", crl(UPPER), crl(W.root, (UPPER, -5)), tsa=LOWER, certs=BOTH),
]


# Timestamps over references ----------------------------------------------------------------------------------------

NO_POLICY = {"policy": b""}


def referenced(name: str, code: str, reading: str = "type and values", **options: Any) -> Row:
    one = replace(Stamp(W.tsa, (W.root.cert,), time=60), **options)
    made = partial(usual, signed=NO_POLICY, stamps=[replace(USUAL, fraction=".9")], references=[(reading, one)])
    return Row("references " + name, code, made, {"profile": "none"})


EXPIRED = issue("Damgaci, suresi dolan", W.root, *TSA, until=250)
STRANGER = issue("Damgaci, yabanci", issue("Kok yabanci", None, *CA), *TSA)

REFERENCES = [
    *(referenced(f"read as {reading}", "", reading) for reading in READINGS),
    referenced("wrong imprint", "MESSAGE_IMPRINT", wrong=True),
    referenced("forged", "SIGNATURE_VALUE", forged=True),
    referenced("before the signature's", "TIMESTAMP_ORDER", time=-1),
    referenced("in the signature's second, without its fraction", "", time=0),
    referenced("own CRL", "", crls=(crl(W.root),)),
    referenced("revoked", "CERT_REVOKED", crls=(crl(W.root, (W.tsa, 30)),)),
    referenced("revoked later", "", crls=(crl(W.root, (W.tsa, 90)),)),
    referenced("CRL stale", "CRL_FRESHNESS", crls=(crl(W.root, until=5),)),
    referenced("authority expired", "CERT_VALIDITY", tsa=EXPIRED, time=260),
    referenced("unknown root", "CHAIN_ANCHOR", tsa=STRANGER),
    *(
        Row(
            f"references read as {reading}, token in BER",
            "",
            lambda of=reading: usual(  # type: ignore[misc]
                signed=NO_POLICY, stamps=[replace(USUAL, ber=True)], references=[(of, replace(FIRST, time=60))]
            ),
            {"profile": "none"},
        )
        for reading in ("type and values", "whole", "values")
    ),
]


# Archives ----------------------------------------------------------------------------------------------------------


def archived(name: str, code: str, *stamps: Stamp, v3: bool = False, **options: Any) -> Row:
    form = "third" if v3 else "second"
    made = partial(usual, archives=list(stamps), v3=v3)
    return Row(f"archive of the {form} form, {name}", code, made, {"profile": "P4-A"} | options)


KC = issue("Kok C", None, *CA)
TC = issue("Damgaci C", KC, *TSA)
TRUST_C = {"trust": TrustStore.of([W.root.cert, KC.cert])}
C_NEWEST = replace(NEWEST, tsa=TC, certs=(KC.cert,))


def forms(v3: bool) -> list[Row]:
    row = partial(archived, v3=v3)
    return [
        row("one", "", NEWEST),
        row("three", "", FIRST, replace(FIRST, time=250), NEWEST),
        row("wrong", "MESSAGE_IMPRINT", replace(NEWEST, wrong=True)),
        row("first wrong", "MESSAGE_IMPRINT", replace(FIRST, wrong=True), NEWEST),
        row("before the signature's", "TIMESTAMP_ORDER", replace(NEWEST, time=-5)),
        row("two of one second", "", replace(FIRST, time=300), NEWEST),
        row("a fraction before whole seconds", "", replace(FIRST, time=300, fraction=".731"), NEWEST),
        row("whole seconds before a fraction", "", replace(FIRST, time=300), replace(NEWEST, fraction=".731")),
        row("three of one second", "", *itertools.repeat(replace(FIRST, time=300), 3)),
        row("first whose root is trusted only", "", replace(FIRST, certs=()), NEWEST),
        row("first revoked", "CERT_REVOKED", replace(FIRST, crls=(crl(W.root, (W.tsa, 150)),)), NEWEST),
        row("first revoked between", "", replace(FIRST, crls=(crl(W.root, (W.tsa, 250)),)), NEWEST),
        row("newest revoked", "CERT_REVOKED", FIRST, replace(NEWEST, crls=(crl(W.root, (W.tsa, 250)),))),
        row("newest CRL stale", "CRL_FRESHNESS", replace(NEWEST, crls=(crl(W.root, until=250),))),
        row("newest brings a CRL", "", replace(NEWEST, crls=(crl(W.root, this=290),))),
        *(row(one, "", replace(NEWEST, digest=one, signed_digest=one)) for one in ("sha1", "sha512")),
        row("authority expires between", "", replace(FIRST, tsa=EXPIRED), NEWEST),
        row("authority expired", "CERT_VALIDITY", replace(NEWEST, tsa=EXPIRED)),
        row("untrusted root", "CHAIN_ANCHOR", C_NEWEST),
        row("another root", "", replace(C_NEWEST, crls=(crl(KC),)), **TRUST_C),
        row("another root, no status", "STATUS_MISSING", C_NEWEST, **TRUST_C),
        row("newest in BER", "", FIRST, replace(NEWEST, ber=True)),
    ]


def ordered(name: str, code: str, order: Callable[[list[bytes]], list[bytes]]) -> Row:
    made = partial(usual, archives=[FIRST, NEWEST], digest_order=order)
    return Row(f"archive that digests the attributes {name}", code, made, {"profile": "P4-A"})


BER_STAMP = [replace(USUAL, ber=True)]

ARCHIVES = [
    *forms(v3=False),
    *forms(v3=True),
    ordered("in DER's order", "", sorted),
    ordered("in no known order", "MESSAGE_IMPRINT", lambda found: [*found[1:], found[0]]),
    ordered("but one", "MESSAGE_IMPRINT", lambda found: found[1:]),
    archived("first without CRL", "STATUS_MISSING", replace(FIRST, crls=()), NEWEST),
    archived("all tokens in BER", "", replace(FIRST, ber=True), replace(NEWEST, ber=True)),
    Row("signature's token in BER", "", lambda: usual(stamps=BER_STAMP, archives=[NEWEST]), {"profile": "P4-A"}),
    Row(
        "file and tokens in BER",
        "",
        lambda: usual(stamps=BER_STAMP, archives=[replace(FIRST, ber=True), NEWEST]),
        {"profile": "P4-A", "file": {"ber": True}},
    ),
]


@pytest.mark.parametrize("row", [*TOKENS, *TIMES, *AUTHORITIES, *REFERENCES, *ARCHIVES], ids=lambda row: row.name)
def test_timestamps(row: Row) -> None:
    judge(row)


@pytest.mark.parametrize("v3", [False, True], ids=["second form", "third form"])
def test_an_archive_over_content_that_is_not_given_is_undecided(v3: bool) -> None:
    data = letter(usual(archives=[FIRST, NEWEST], v3=v3), attached=False)
    report = validate(data, trust=W.trust, profile="P4-A")
    assert (report.indication, report.sub_indication) == (Indication.INDETERMINATE, Sub.SIGNED_DATA_NOT_FOUND)
    assert validate(data, CONTENT, trust=W.trust, profile="P4-A").passed
    other = validate(data, CONTENT + b" ", trust=W.trust, profile="P4-A")
    assert (other.indication, other.sub_indication) == (Indication.TOTAL_FAILED, Sub.HASH_FAILURE)


@pytest.mark.parametrize(
    ("time", "over", "code"), [(-5, CONTENT, ""), (-5, b"else", "MESSAGE_IMPRINT"), (5, CONTENT, "TIMESTAMP_ORDER")]
)
def test_content_timestamps(time: float, over: bytes, code: str) -> None:
    made = attribute(SMIME + "20", token(replace(USUAL, time=time), over))
    judge(Row("content timestamp", code, lambda: usual(signed={"content timestamp": made})))
    detached = letter(usual(signed={"content timestamp": made}), attached=False)
    assert validate(detached, CONTENT, trust=W.trust, profile="P4").passed == (not code)
    assert not validate(detached, trust=W.trust, profile="P4").passed
