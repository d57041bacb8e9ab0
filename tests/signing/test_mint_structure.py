"""Attributes, references, CMS shapes, several signers and profiles, made a second time; kept and broken."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from hub.signing import validate

from . import mint
from .mint import CONTENT, algorithm, crl, hashed, octets, oid, seq, set_of, tlv, untlv, utime
from .mint_letter import (
    ATTRIBUTE,
    DATA,
    P4,
    P4_DIGEST,
    SMIME,
    Letter,
    Row,
    Stamp,
    answer,
    attribute,
    cert_ref,
    content_info,
    crl_ref,
    encap,
    ess,
    issuer_serial,
    judge,
    letter,
    ocsp_ref,
    other_hash,
    policy,
    rev_refs,
    usual,
    world,
)

W = world()


def signed(name: str, code: str, **attributes: bytes) -> Row:
    return Row("attributes, " + name, code, lambda: usual(signed=attributes))


def ids(*identifiers: bytes) -> bytes:
    return attribute(SMIME + "47", seq(seq(*identifiers)))


OWN = seq(octets(hashed("sha256", W.signer.cert)), issuer_serial(W.signer))
UPPER = seq(octets(hashed("sha256", W.sub.cert)))
EXPLICIT = seq(algorithm("sha256", null=True), octets(hashed("sha256", W.signer.cert)), issuer_serial(W.signer))
URI = seq(oid(ATTRIBUTE + "16.5.1"), tlv(0x16, b"http://a.invalid"))
USER_NOTICE = seq(oid(ATTRIBUTE + "16.5.2"), seq(tlv(0x0C, b"not")))
NULL_POLICY = attribute(
    SMIME + "15", seq(oid(P4), seq(algorithm("sha256", null=True), octets(bytes.fromhex(P4_DIGEST))))
)
OPTIONAL = {
    "commitment": attribute(SMIME + "16", seq(oid(ATTRIBUTE + "16.6.1"))),
    "location": attribute(SMIME + "17", seq(tlv(0xA0, tlv(0x0C, b"TR")))),
    "hints": attribute(SMIME + "4", seq(tlv(0x0C, b"yazi"), oid(DATA))),
    "mime": attribute("0.4.0.1733.2.1", tlv(0x0C, b"application/pdf")),
    "signer": attribute(SMIME + "18", seq(tlv(0xA0, seq(seq(oid("2.5.4.72"), set_of(tlv(0x0C, b"Daire Bsk."))))))),
    "identifier": attribute(SMIME + "7", octets(b"17")),
    "capabilities": attribute(ATTRIBUTE + "15", seq()),
    "unknown": attribute("1.2.3.4", tlv(5)),
}


def protection(digest: str, method: str) -> bytes:
    return attribute(ATTRIBUTE + "52", seq(algorithm(digest), tlv(0xA1, oid(method))))


ATTRIBUTES = [
    signed("ESS by SHA-384", "", ess=ess(W.signer, "sha384")),
    signed("ESS by SHA-1", "SIGNING_CERTIFICATE", ess=ess(W.signer, "sha1")),
    signed("ESS without issuerSerial", "", ess=ess(W.signer, where=b"")),
    signed("ESS that names SHA-256", "", ess=ids(EXPLICIT)),
    signed("ESS of the path", "", ess=ids(OWN, UPPER)),
    signed("ESS with the signer second", "SIGNING_CERTIFICATE", ess=ids(UPPER, OWN)),
    signed("ESS with policies", "", ess=attribute(SMIME + "47", seq(seq(OWN), seq(seq(oid("1.2.3")))))),
    signed("empty ESS", "SIGNING_CERTIFICATE", ess=ids()),
    signed("altered ESS", "SIGNING_CERTIFICATE", ess=ess(W.signer, value=b"x" * 32)),
    signed("ESS of the first version only", "SIGNING_CERTIFICATE", ess=ess(W.signer, v1=True)),
    signed("both versions", "", v1=ess(W.signer, v1=True)),
    signed(
        "first version altered beside the second", "SIGNING_CERTIFICATE", v1=ess(W.signer, v1=True, value=b"x" * 20)
    ),
    signed("two ESS", "ATTRIBUTES", more=ess(W.signer, "sha512")),
    signed("policy of another", "SIGNATURE_POLICY", policy=policy("1.2.3")),
    signed("policy digest altered", "SIGNATURE_POLICY", policy=policy(digest="00" * 32)),
    signed("policy digest by SHA-1", "SIGNATURE_POLICY", policy=policy(digest="00" * 20, name="sha1")),
    signed("policy digest that claims SHA-512", "SIGNATURE_POLICY", policy=policy(name="sha512")),
    signed("policy with both qualifiers", "", policy=policy(P4, P4_DIGEST, "sha256", URI, USER_NOTICE)),
    signed("policy with NULL parameters", "", policy=NULL_POLICY),
    signed("everything optional", "", **OPTIONAL),
    signed(
        "two commitments", "", one=OPTIONAL["commitment"], two=attribute(SMIME + "16", seq(oid(ATTRIBUTE + "16.6.5")))
    ),
    signed("digest of another", "MESSAGE_DIGEST", digest=attribute(ATTRIBUTE + "4", octets(b"x" * 32))),
    signed("no digest", "MESSAGE_DIGEST", digest=b""),
    signed("two digests", "ATTRIBUTES", more=attribute(ATTRIBUTE + "4", octets(b"x" * 32))),
    signed("no content type", "CONTENT_TYPE", type=b""),
    signed("another content type", "CONTENT_TYPE", type=attribute(ATTRIBUTE + "3", oid("1.2.3"))),
    signed("no time", "SIGNING_TIME", time=b""),
    signed("two times", "ATTRIBUTES", more=attribute(ATTRIBUTE + "5", utime(mint.at(-10)))),
    signed("GeneralizedTime", "", time=attribute(ATTRIBUTE + "5", mint.gtime(mint.at(-5), ".25"))),
    signed("time that cannot be read", "SIGNING_TIME", time=attribute(ATTRIBUTE + "5", tlv(0x17, b"20"))),
    signed("algorithm protection", "", more=protection("sha256", "1.2.840.10045.4.3.2")),
    signed("other digest protected", "SIGNATURE_ALGORITHM", more=protection("sha512", "1.2.840.10045.4.3.2")),
    signed("other method protected", "SIGNATURE_ALGORITHM", more=protection("sha256", "1.2.840.10045.4.3.4")),
]


# References and values ---------------------------------------------------------------------------------------------

BASE = usual()
CERTS = [cert_ref(one) for one in BASE.certs]
LISTS, ANSWERS = [crl_ref(one) for one in BASE.crls], [ocsp_ref(one) for one in BASE.ocsps]
ELSEWHERE = seq(other_hash(W.root.cert, "sha256"), issuer_serial(W.signer))


def references(name: str, code: str, kind: str, made: bytes) -> Row:
    return Row("references, " + name, code, lambda: replace(BASE, refs={kind: made}))


def to_certs(name: str, code: str, *refs: bytes) -> Row:
    return references("certificates, " + name, code, "21", attribute(SMIME + "21", seq(*refs)))


def to_status(name: str, code: str, crls: list[bytes], ocsps: list[bytes]) -> Row:
    return references("status, " + name, code, "22", rev_refs(crls, ocsps))


def status_rows(*rows: bytes) -> bytes:
    return attribute(SMIME + "22", seq(*rows))


OCSP_ROW, CRL_ROW = tlv(0xA1, seq(seq(*ANSWERS))), tlv(0xA0, seq(seq(*LISTS)))
ALTERED = seq(untlv(untlv(ANSWERS[0])[0][1])[0][2], other_hash(b"else", "sha256"))

REFERENCES = [
    to_certs("in another order", "", *reversed(CERTS)),
    to_certs("one twice", "", *CERTS, CERTS[0]),
    to_certs("one missing", "CERTIFICATE_REFS", *CERTS[:-1]),
    to_certs("one too many", "CERTIFICATE_REFS", *CERTS, cert_ref(W.signer.cert)),
    to_certs("none", "CERTIFICATE_REFS"),
    to_certs("digest of another", "CERTIFICATE_REFS", *CERTS[:-1], seq(other_hash(b"else", "sha256"))),
    to_certs("issuer and serial of another", "CERTIFICATE_REFS", *CERTS[:-1], ELSEWHERE),
    to_certs("by MD5", "CERTIFICATE_REFS", *(cert_ref(one, "md5") for one in BASE.certs)),
    *(
        to_certs("by " + name, "", *(cert_ref(one, name) for one in BASE.certs))
        for name in ("sha1", "sha384", "sha512")
    ),
    to_certs("digests only", "", *(cert_ref(one, place=False) for one in BASE.certs)),
    *(
        references(f"no attribute {kind}", code, kind, b"")
        for kind, code in (
            ("21", "CERTIFICATE_REFS"),
            ("22", "REVOCATION_REFS"),
            ("23", "CERTIFICATE_VALUES"),
            ("24", "REVOCATION_VALUES"),
        )
    ),
    to_status("CRL missing", "REVOCATION_REFS", [], ANSWERS),
    to_status("OCSP missing", "REVOCATION_REFS", LISTS, []),
    to_status("CRL too many", "REVOCATION_REFS", [*LISTS, crl_ref(crl(W.sub))], ANSWERS),
    to_status("OCSP too many", "REVOCATION_REFS", LISTS, [*ANSWERS, ocsp_ref(answer(W, produced=9))]),
    to_status("CRL without number", "", [crl_ref(BASE.crls[0], number=None)], ANSWERS),
    to_status("CRL of another number", "REVOCATION_REFS", [crl_ref(BASE.crls[0], number=9)], ANSWERS),
    to_status("OCSP of another digest", "REVOCATION_REFS", LISTS, [ALTERED]),
    to_status("barest", "", [crl_ref(BASE.crls[0], place=False)], [ocsp_ref(BASE.ocsps[0], hashed_=False)]),
    references("status, both kinds in one entry", "", "22", status_rows(seq(CRL_ROW, OCSP_ROW))),
    references("status, an empty entry for the root", "", "22", status_rows(seq(OCSP_ROW), seq(CRL_ROW), seq())),
    Row("values with the signer", "", lambda: usual(certs=[W.signer.cert, *BASE.certs])),
    Row("values with the TSA", "", lambda: usual(certs=[*BASE.certs, W.tsa.cert])),
    Row("values without the responder, which the response has", "", lambda: usual(certs=[W.sub.cert, W.root.cert])),
    Row("values without the root", "CERTIFICATE_VALUES", lambda: usual(certs=[W.responder.cert, W.sub.cert])),
]


# Shapes of the file ------------------------------------------------------------------------------------------------

NEWEST = [Stamp(W.tsa, time=300)]
ARCHIVE = {"profile": "P4-A"}


def shaped(name: str, code: str, made: Letter | None = None, **file: Any) -> Row:
    options = ARCHIVE if made and made.archives else {}
    return Row("file, " + name, code, lambda: made or usual(), {"file": file, **options})


SHAPES = [
    shaped("BER", "", ber=True),
    shaped("BER, content in pieces", "", ber=True, chunks=3),
    shaped("content in pieces", "", chunks=2),
    shaped("BER, archived", "", usual(archives=NEWEST), ber=True),
    shaped("BER, content in pieces, archived", "", usual(archives=NEWEST), ber=True, chunks=3),
    *(shaped(f"version {number}", "", version=number) for number in (1, 3, 4, 5)),
    shaped("version 2", "FORMAT", version=2),
    shaped("another content type", "", usual(kind="1.2.840.113549.1.7.5"), version=3),
    shaped("empty content", "", content=b""),
    shaped("signer by key identifier", "", usual(how={"by_key_id": True})),
    shaped("forged", "SIGNATURE_VALUE", usual(how={"forged": True})),
    Row("file, detached", "", usual, {"file": {"attached": False}, "content": CONTENT}),
    Row("file, detached, empty", "", usual, {"file": {"attached": False, "content": b""}, "content": b""}),
    Row("file, detached, other content", "MESSAGE_DIGEST", usual, {"file": {"attached": False}, "content": b"else"}),
    Row("file, detached, not given", "CONTENT", usual, {"file": {"attached": False}}),
    Row("file, attached, the same given", "", usual, {"content": CONTENT}),
    Row("file, attached, another given", "CONTENT", usual, {"content": b"else"}),
    Row("file, no signers", "SIGNERS", lambda: content_info([], [W.signer.cert], [], encap(CONTENT))),
    Row("file, octets after it", "FORMAT", lambda: letter(usual()) + b"\n"),
]


# Several signers ---------------------------------------------------------------------------------------------------


def gone() -> Letter:
    revoked = mint.single(mint.cert_id(W.signer, W.sub), mint.revoked_at(-9))
    return usual(ocsps=[mint.ocsp(W.responder, revoked)])


def countersigned(name: str, code: str, *counters: Letter, **options: Any) -> Row:
    more = {"archives": options.pop("archives")} if "archives" in options else {}
    return Row("counter-signature, " + name, code, lambda: usual(counters=list(counters), **more), options)


def several(name: str, code: str, *signers: Letter, **options: Any) -> Row:
    return Row("signers, " + name, code, lambda: letter(*signers), options)


CONTENT_TYPE = {"type": attribute(ATTRIBUTE + "3", oid(DATA))}
OTHER_DIGEST = {"digest": attribute(ATTRIBUTE + "4", octets(b"x" * 32))}

SIGNERS = [
    several("two", "", usual(), usual()),
    several("first revoked", "CERT_REVOKED", gone(), usual()),
    several("second revoked", "CERT_REVOKED", usual(), gone()),
    several("two, archived", "", usual(archives=NEWEST), usual(archives=NEWEST), **ARCHIVE),
    several("one of two archived", "LEVEL", usual(archives=NEWEST), usual(), **ARCHIVE),
    several("each by its own profile", "", usual(archives=NEWEST), usual(), profile="auto"),
    countersigned("one", "", usual()),
    countersigned("two", "", usual(), usual()),
    countersigned("of a counter-signature", "", usual(counters=[usual()])),
    countersigned("archived with its parent", "", usual(), archives=NEWEST, **ARCHIVE),
    countersigned("with a content type", "", usual(signed=CONTENT_TYPE)),
    countersigned("revoked", "CERT_REVOKED", gone()),
    countersigned("forged", "SIGNATURE_VALUE", usual(how={"forged": True})),
    countersigned("over something else", "MESSAGE_DIGEST", usual(signed=OTHER_DIGEST)),
    countersigned("without timestamp", "LEVEL", usual(stamps=[])),
]


# Profiles ----------------------------------------------------------------------------------------------------------

NO_POLICY = {"policy": b""}


def profiled(profile: str, code: str, name: str, **changes: Any) -> Row:
    return Row(f"{name} as {profile}", code, lambda: usual(**changes), {"profile": profile})


def by_crl(*revoked: tuple[mint.Party, float], **changes: Any) -> dict[str, Any]:
    """What a signature without policy brings when CRLs show every status."""
    of_sub = crl(W.sub, *revoked, **changes)
    return {"signed": NO_POLICY, "ocsps": [], "crls": [crl(W.root), of_sub], "certs": [W.sub.cert, W.root.cert]}


BARE = {"signed": NO_POLICY, "certs": [], "crls": [], "ocsps": []}
BAGS = {"bag_crls": [crl(W.root), crl(W.sub)], "bag": [W.sub.cert]}
FALLEN_BACK = {"ocsps": [answer(W, forged=True)], "crls": [crl(W.root), crl(W.sub)]}
MISSING = by_crl() | {"crls": [crl(W.root)]}

PROFILES = [
    *(profiled(one, code, "no policy", signed=NO_POLICY) for one, code in (("none", ""), ("auto", ""), ("P1", ""))),
    *(profiled(one, "SIGNATURE_POLICY", "no policy", signed=NO_POLICY) for one in ("P2", "P3", "P4", "P4-A")),
    *(profiled(one, "", "P4") for one in ("P4", "auto", "none")),
    *(profiled(one, "SIGNATURE_POLICY", "P4") for one in ("P2", "P3")),
    profiled("P4-A", "LEVEL", "P4"),
    *(profiled(one, "", "P4 archive", archives=NEWEST) for one in ("P4", "P4-A", "auto")),
    profiled("auto", "SIGNATURE_POLICY", "unknown policy", signed={"policy": policy("1.2.3")}),
    profiled("none", "", "CRL for everyone", **by_crl()),
    profiled("none", "", "CRL for everyone, archive", **by_crl(), archives=NEWEST),
    profiled("none", "CERT_REVOKED", "CRL, revoked before", **by_crl((W.signer, -5))),
    profiled("none", "", "CRL, revoked later", **by_crl((W.signer, 5))),
    profiled("none", "CRL_FRESHNESS", "CRL, stale", **by_crl(until=-5)),
    profiled("none", "CRL_SIGNATURE", "CRL, forged", **by_crl(forged=True)),
    profiled("none", "STATUS_MISSING", "CRL, missing", **MISSING),
    profiled("none", "", "CRL beside a forged OCSP", signed=NO_POLICY, **FALLEN_BACK),
    profiled("P4", "OCSP_SIGNATURE", "CRL beside a forged OCSP", **FALLEN_BACK),
    profiled("none", "CHAIN_ANCHOR", "T, no authority", **BARE),
    profiled("none", "", "T, evidence in the bags", **BARE, **BAGS),
    profiled("none", "", "signed long before", signed=NO_POLICY, signing_time=-99999),
    profiled("none", "", "no signing time", signed={**NO_POLICY, "time": b""}),
    profiled("none", "", "ESS of the first version", signed={**NO_POLICY, "ess": ess(W.signer, v1=True)}),
    profiled(
        "none", "CERTIFICATE_REFS", "no reference to the root", refs={"21": attribute(SMIME + "21", seq(*CERTS[:-1]))}
    ),
]


@pytest.mark.parametrize("row", [*ATTRIBUTES, *REFERENCES, *SHAPES, *SIGNERS, *PROFILES], ids=lambda row: row.name)
def test_structure(row: Row) -> None:
    judge(row)


@pytest.mark.parametrize(
    ("at", "passes"), [(mint.at(-86400), False), (mint.at(100), True), (mint.at(50 * mint.YEAR), True)]
)
def test_validation_time(at: datetime, passes: bool) -> None:
    assert validate(letter(usual()), trust=W.trust, profile="P4", at=at).passed == passes
