"""Certificates and paths, made a second time: legal shapes that must pass, and each rule of the path broken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from hub.signing import TrustStore

from . import mint
from .mint import (
    CA,
    CPS,
    NOCHECK,
    NOTICE,
    QC,
    QUALIFIED,
    Party,
    basic,
    ext,
    issue,
    num,
    policies,
    seq,
    statements,
    tlv,
    usage,
)
from .mint_letter import RESPONDER, TSA, Letter, Row, Stamp, World, judge, usual, world

W = world()
CRITICAL = ext("1.2.3", tlv(5), critical=True)


def signer(name: str, code: str, *extensions: bytes, how: dict[str, Any] | None = None, **options: Any) -> Row:
    """A letter by a signer made for the row."""

    def make() -> Letter:
        one = issue("Imzaci " + name, W.sub, *(extensions or QUALIFIED), **options)
        return usual(replace(W, signer=one), how=how or {})

    return Row("signer, " + name, code, make)


def stated(*parts: bytes) -> bytes:
    return ext("1.3.6.1.5.5.7.1.3", seq(*parts), critical=True)


TWO_POLICIES = ext("2.5.29.32", seq(seq(mint.oid("1.2.3")), seq(mint.oid("1.2.4"), seq(CPS, NOTICE))))
LIMIT = seq(mint.oid("0.4.0.1862.1.2"), seq(tlv(0x13, b"TRY"), num(1), num(0)))
SEAL = stated(seq(mint.oid(QC[0])), LIMIT, seq(mint.oid("2.16.792.1.61.0.1.5070.2.1"), tlv(0x0C, b"beyan")))
POINTS = ext("2.5.29.31", seq(seq(tlv(0xA0, tlv(0xA0, tlv(0x86, b"http://a.invalid/x.crl"))))), critical=True)
RSA_SHAPES = ("", "pss", "bare", "no null")

SIGNERS = [
    *(
        signer(f"issuer's name as {kind}", "", issuer=mint.name("Alt kok p256", tag))
        for kind, tag in (
            ("PrintableString", 0x13),
            ("T61String", 0x14),
            ("BMPString", 0x1E),
            ("UniversalString", 0x1C),
        )
    ),
    signer("subject as T61String", "", subject=mint.name("Baran Uçar", 0x14)),
    signer("subject as BMPString", "", subject=mint.name("Şükrü Iğdır", 0x1E)),
    signer("issuer's name in other case", "", issuer=mint.name("ALT  KOK p256")),
    signer("issuer's name is another", "CHAIN_ANCHOR", issuer=mint.name("Baska")),
    signer("negative serial", "", serial=num(-5)),
    signer("serial zero", "", serial=num(0)),
    signer("serial of 20 octets", "", serial=num((1 << 158) + 3)),
    signer("serial of 40 octets", "", serial=num((1 << 318) + 3)),
    signer("until 2063", "", until=40 * mint.YEAR),
    signer("no key identifiers", "", ids=False),
    signer("another authority key identifier", "", authority=b"12345678901234567890"),
    signer("second policy has the notice", "", usage(0, 1), statements(*QC), TWO_POLICIES),
    signer("non-repudiation only", "", usage(1), policies(NOTICE), statements(*QC)),
    signer("every usage", "", usage(0, 1, 2, 3, 4), policies(NOTICE), statements(*QC)),
    signer("statements with values, critical", "", usage(1), policies(NOTICE), SEAL),
    signer("empty notice", "", usage(1), policies(seq(mint.oid("1.3.6.1.5.5.7.2.2"), seq())), statements(*QC)),
    signer("address without notice", "CERTIFICATE_POLICY", usage(1), policies(CPS), statements(*QC)),
    signer("policy without qualifier", "CERTIFICATE_POLICY", usage(1), policies(), statements(*QC)),
    signer("no policy", "CERTIFICATE_POLICY", usage(1), statements(*QC)),
    signer("no ETSI statement", "QC_STATEMENTS", usage(1), policies(NOTICE), statements(QC[1])),
    signer("no national statement", "QC_STATEMENTS", usage(1), policies(NOTICE), statements(QC[0])),
    signer("another statement", "QC_STATEMENTS", usage(1), policies(NOTICE), statements(QC[0], QC[1][:-3] + "3.1")),
    signer("no statement", "QC_STATEMENTS", usage(1), policies(NOTICE)),
    signer("no key usage", "KEY_USAGE", policies(NOTICE), statements(*QC)),
    signer("no non-repudiation", "KEY_USAGE", usage(0, 2), policies(NOTICE), statements(*QC)),
    signer("unknown extension", "", *QUALIFIED, ext("1.2.3", tlv(5))),
    signer("critical unknown extension", "CERT_EXTENSIONS", *QUALIFIED, CRITICAL),
    signer("critical distribution points", "", *QUALIFIED, POINTS),
    signer("purpose of e-mail", "", *QUALIFIED, mint.purpose("1.3.6.1.5.5.7.3.4")),
    signer("is an authority too", "", basic(True), *QUALIFIED),
    signer("version 1", "QC_STATEMENTS", usage(1), version=1),
    signer("to the very second", "", until=0),
    signer("expired", "CERT_VALIDITY", until=-1),
    signer("from the very second", "", since=0),
    signer("not yet valid", "CERT_VALIDITY", since=1),
    signer("forged", "CERT_SIGNATURE", forged=True),
    signer("issued with SHA-1", "", digest="sha1"),
    *(signer("key " + kind, "", kind=kind) for kind in ("rsa2048", "rsa3072", "p224", "p384", "p521", "bp256")),
    *(signer("key " + kind, "", kind=kind, how={"digest": "sha512"}) for kind in ("ed25519", "ed448")),
    *(
        signer(f"{kind} {scheme or 'plain'} {digest}", "", kind=kind, how={"digest": digest, "scheme": scheme})
        for kind, schemes in (("rsa2048", RSA_SHAPES), ("p256", ("", "bare")))
        for scheme in schemes
        for digest in ("sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256")
    ),
]


# Paths -------------------------------------------------------------------------------------------------------------


def below(root: Party, links: Sequence[tuple[tuple[bytes, ...], dict[str, Any]]], name: str) -> Letter:
    """A letter whose signer stands below ``links`` (extensions and options of each authority)."""
    chain = [root]
    for place, (extensions, options) in enumerate(links):
        chain.append(issue(f"{name} {place}", chain[-1], *extensions, **options))
    return by(replace(W, root=root), chain)


def by(of: World, chain: Sequence[Party], *more: Party) -> Letter:
    """A letter by a signer of the last of ``chain``, whose first is the root; ``more`` stand among the values too."""
    last = chain[-1]
    label = mint.hashed("sha256", *(one.cert for one in chain)).hex()
    made = issue("Imzaci " + label, last, *QUALIFIED)
    answering = issue("Yanitlayici " + label, last, *RESPONDER, NOCHECK)
    held = usual(replace(of, sub=last, signer=made, responder=answering))
    held.certs = [answering.cert, *(one.cert for one in (*more, *reversed(chain)))]
    held.crls = [mint.crl(one) for one in chain[:-1]] or [mint.crl(chain[0])]
    held.stamps = [Stamp(W.tsa, (W.root.cert,), (mint.crl(W.root),))]
    return held


def link(*more: bytes, length: int | None = None, **options: Any) -> tuple[tuple[bytes, ...], dict[str, Any]]:
    return (basic(True, length), usage(5, 6), *more), options


def path(name: str, code: str, *links: tuple[tuple[bytes, ...], dict[str, Any]]) -> Row:
    return Row("path, " + name, code, lambda: below(W.root, links, name))


PATHS = [
    path("signer of the root", ""),
    path("three authorities", "", link(), link(), link()),
    path("just long enough", "", link(length=1), link(length=0)),
    path("too long", "PATH_LENGTH", link(length=0), link()),
    path("too long by two", "PATH_LENGTH", link(length=1), link(), link()),
    path("no basic constraints", "CA_CONSTRAINTS", ((usage(5, 6),), {})),
    path("not an authority", "CA_CONSTRAINTS", ((basic(False), usage(5, 6)), {})),
    path("basic constraints not critical", "", ((basic(True, critical=False), usage(5, 6)), {})),
    path("no key usage", "", ((basic(True),), {})),
    path("no keyCertSign", "CA_KEY_USAGE", ((basic(True), usage(6)), {})),
    path("no cRLSign, no CRL of it", "", ((basic(True), usage(5)), {})),
    path("expired", "CERT_VALIDITY", link(until=-5)),
    path("not yet valid", "CERT_VALIDITY", link(since=5)),
    path("forged", "CERT_SIGNATURE", link(forged=True)),
    path("version 1", "CA_CONSTRAINTS", ((), {"version": 1, "ids": False})),
    path("critical unknown extension", "CERT_EXTENSIONS", link(CRITICAL)),
]


def anchored(name: str, code: str, *extensions: bytes, trusted: bool = True, **options: Any) -> Row:
    """A root made for the row above one authority."""
    root = issue("Kok " + name, None, *extensions, **options)
    trust = TrustStore.of([W.root.cert, *([root.cert] if trusted else [])])
    return Row("root, " + name, code, lambda: below(root, [link()], "Alt " + name), {"trust": trust})


ROOTS = [
    anchored("trusted", "", *CA),
    anchored("not trusted", "CHAIN_ANCHOR", *CA, trusted=False),
    anchored("forged", "CHAIN_ANCHOR", *CA, forged=True),
    anchored("expired", "CHAIN_ANCHOR", *CA, until=-5),
    anchored("not yet valid", "CHAIN_ANCHOR", *CA, since=5),
    anchored("version 1", "", version=1, ids=False),
    anchored("not an authority", "CA_CONSTRAINTS", usage(5, 6)),
    anchored("path length", "PATH_LENGTH", basic(True, 0), usage(5, 6)),
    anchored("P-384", "", *CA, kind="p384", digest="sha384"),
    anchored("RSA-PSS", "", *CA, kind="rsa2048", scheme="pss"),
    anchored("SHA-1", "", *CA, digest="sha1"),
    anchored("look-alike, trusted too", "", *CA, subject=W.root.subject),
    anchored("look-alike", "CERT_SIGNATURE", *CA, subject=W.root.subject, trusted=False),
]


@pytest.mark.parametrize("row", [*SIGNERS, *PATHS, *ROOTS], ids=lambda row: row.name)
def test_certificates(row: Row) -> None:
    judge(row)


def trusting(*roots: Party) -> dict[str, Any]:
    return {"trust": TrustStore.of([one.cert for one in roots])}


def test_a_root_renewed_with_its_key() -> None:
    renewed = issue("Kok yenilenen", None, *CA, subject=W.root.subject, same_key=W.root, serial=num(77))
    judge(Row("renewed root", "", usual, trusting(renewed)))


def test_a_root_that_changed_its_key() -> None:
    old = issue("Kok eski", None, *CA)
    new = issue("Kok yeni anahtar", old, *CA, subject=old.subject)
    judge(Row("key rollover", "", lambda: by(replace(W, root=old), [old, new]), trusting(old, W.root)))
    plain = issue("Kok yeni anahtar, kimliksiz", old, *CA, subject=old.subject, ids=False)
    judge(Row("key rollover", "", lambda: by(replace(W, root=old), [old, plain]), trusting(old, W.root)))


def test_cross_certificates() -> None:
    other = issue("Kok Y", None, *CA)
    cross = issue("Kok Y capraz", W.root, *CA, subject=other.subject, same_key=other)
    lower = issue("Alt Y", other, *CA)
    for chain, more in (
        ([W.root, cross, lower], []),
        ([W.root, cross, lower], [other]),
    ):
        judge(Row("cross-certificate", "", lambda c=chain, m=more: by(W, c, *m)))  # type: ignore[misc]
    both = by(W, [W.root, cross, lower], other)
    judge(Row("both roots trusted", "", lambda: both, trusting(W.root, other)))
    alone = by(W, [other, lower])
    judge(Row("its own root, not trusted", "CHAIN_ANCHOR", lambda: alone))


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize(
    ("name", "extensions", "options"),
    [
        ("expired", CA, {"until": -5}),
        ("not an authority", (basic(False), usage(5, 6)), {}),
        ("critical unknown extension", (*CA, CRITICAL), {}),
        ("too short a path", (basic(True), usage(6)), {}),
    ],
)
def test_the_other_certificate_of_an_authority(
    first: int, name: str, extensions: tuple[bytes, ...], options: dict[str, Any]
) -> None:
    """One certificate of the authority does not do, another of the same name and key does, in either order."""
    bad = issue("Alt " + name, W.root, *extensions, **options)
    kept = issue("Alt duran " + name, W.root, *CA, subject=bad.subject, same_key=bad)
    held = by(W, [W.root, kept])
    pair = [bad.cert, kept.cert] if first == 0 else [kept.cert, bad.cert]
    held.certs = [held.certs[0], *pair, W.root.cert]
    judge(Row(name, "", lambda: held))
    held.certs = [held.certs[0], bad.cert, W.root.cert]
    held.crls = [mint.crl(W.root)]
    with pytest.raises(AssertionError):
        judge(Row(name, "", lambda: held))


def test_an_authority_of_timestamps_reached_in_two_ways() -> None:
    old = issue("Damga makami, eski", W.root, *CA, until=-5)
    new = issue("Damga makami, yeni", W.root, *CA, subject=old.subject, same_key=old)
    stamping = issue("Damgaci, iki yollu", old, *TSA)
    stamp = Stamp(stamping, (old.cert, new.cert, W.root.cert), (mint.crl(old), mint.crl(W.root)))
    judge(Row("two ways", "", lambda: usual(stamps=[stamp])))
