"""Damage to files of the second maker, in the forms that the first one's files lack; other seeds, the same promise."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from hub.signing import TrustStore, der, oids, validate

from . import mint
from .mint import CONTENT, QUALIFIED, cert_id, crl, good, issue, single
from .mint_letter import RESPONDER, SMIME, TSA, Letter, Stamp, attribute, letter, token, usual, world
from .test_damage import explain, steps

FLIPS = 4_000
SEED = 20261122
W = world()
NO_POLICY = {"policy": b""}
STRIPPED = "type of an unsigned attribute that no timestamp digests: the file is judged as if it were not there"
LOOSE = {oids.ESC_TIMESTAMP, oids.ARCHIVE_TIMESTAMP_V2, oids.ARCHIVE_TIMESTAMP_V3}


def second() -> Letter:
    """A letter by another signer of the same authority."""
    other = replace(W, signer=issue("Ikinci imzaci", W.sub, *QUALIFIED))
    return usual(other)


def own_status() -> Letter:
    one = issue("Yanitlayici, durumu listede", W.sub, *RESPONDER)
    held = usual(ocsps=[mint.ocsp(one, single(cert_id(W.signer, W.sub), good()))], crls=[crl(W.root), crl(W.sub)])
    held.certs = [one.cert, W.sub.cert, W.root.cert]
    return held


def files() -> list[tuple[str, bytes, bytes | None, str]]:
    """(name, octets, detached content, profile) of files that pass."""
    stamp = usual().stamps[0]
    first, newest = replace(stamp, time=200), Stamp(W.tsa, time=300)
    by_crl = {"signed": NO_POLICY, "ocsps": [], "crls": [crl(W.root), crl(W.sub)], "certs": [W.sub.cert, W.root.cert]}
    before = attribute(SMIME + "20", token(replace(stamp, time=-5), CONTENT))
    referenced = [("type and values", Stamp(issue("Damgaci 2", W.root, *TSA), (W.root.cert,), time=60))]
    in_ber = usual(stamps=[replace(stamp, ber=True)], archives=[replace(first, ber=True), newest])
    return [
        ("two signers", letter(usual(), second()), None, "P4"),
        ("counter-signature", letter(usual(counters=[second()])), None, "P4"),
        ("archived counter-signature", letter(usual(counters=[second()], archives=[newest])), None, "P4-A"),
        ("timestamp over references", letter(usual(signed=NO_POLICY, references=referenced)), None, "none"),
        ("CRLs only", letter(usual(**by_crl)), None, "none"),
        ("responder with a status of its own", letter(own_status()), None, "P4"),
        ("third form", letter(usual(archives=[first, newest], v3=True), attached=False), CONTENT, "P4-A"),
        ("three archives", letter(usual(archives=[first, replace(first, time=250), newest])), None, "P4-A"),
        ("content timestamp", letter(usual(signed={"before": before})), None, "P4"),
        ("BER", letter(in_ber, ber=True, chunks=3), None, "P4-A"),
    ]


def reason(data: bytes, changed: bytes, position: int) -> str:
    """Why a change may go unnoticed; in BER, judged by what the change makes of the definite form."""
    if data[1] == 0x80:
        data, other = der.to_definite(data), der.to_definite(changed)
        places = [place for place, (one, two) in enumerate(zip(data, other, strict=False)) if one != two]
        if len(data) != len(other) or len(places) != 1:
            return ""
        position = places[0]
    around = steps(data, position)
    if around[-1].tag == der.OID and der.oid(around[-1]) in LOOSE:
        return STRIPPED
    return explain(data, position)


@pytest.mark.slow
def test_changed_octets_never_pass_unexplained() -> None:
    chance = random.Random(SEED)
    held = files()
    passed = 0
    for number in range(FLIPS):
        name, data, content, profile = held[number % len(held)]
        position = chance.randrange(len(data))
        changed = bytearray(data)
        changed[position] ^= chance.randrange(1, 256)
        if validate(bytes(changed), content, trust=W.trust, profile=profile).passed:
            passed += 1
            why = reason(data, bytes(changed), position)
            assert why, f"{name}: octet {position} became {changed[position]:#x} and the file still passes"
    assert passed < FLIPS // 25


@pytest.mark.slow
def test_cut_and_doubled_pieces_never_pass() -> None:
    """Cuts at random places, pieces taken out and pieces written twice."""
    chance = random.Random(SEED + 1)
    for name, data, content, profile in files():
        for _ in range(150):
            here, there = sorted(chance.sample(range(len(data)), 2))
            for changed in (data[:here], data[:here] + data[there:], data[:there] + data[here:]):
                assert not validate(changed, content, trust=W.trust, profile=profile).passed, (name, here, there)


def test_the_unchanged_files_pass() -> None:
    for name, data, content, profile in files():
        assert validate(data, content, trust=W.trust, profile=profile).passed, name
        assert not validate(data, content, trust=TrustStore.of([issue("Kok, baska", None, *mint.CA).cert])).passed
