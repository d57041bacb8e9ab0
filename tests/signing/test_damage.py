"""Damaged files: every truncation and ten thousand changed octets of valid files never pass, save where nothing is
protected; what passes is explained place by place."""

from __future__ import annotations

import functools
import random

import pytest

from hub.signing import TrustStore, der, oids, validate
from hub.signing.der import DerError, Node

from .forge import CONTENT, Forge
from .shared import cases, needs_cases
from .timely import timely

FLIPS = 10_000
SEED = 20260531

BOOKKEEPING = "version numbers and the digestAlgorithms list: not digested by any signature, and warned about"
NAMES = "letter case or string type of a name that only points at a certificate or CRL; it still names the same"
SPARE = "a certificate of a timestamp token that no path uses: the trusted root itself is used instead"
REPLACED = "issuer of a CRL in a timestamp token: the signer's values hold a CRL of the same authority"


def valid_files() -> list[tuple[str, bytes, bytes | None, TrustStore, str]]:
    """(name, octets, detached content, roots, profile) of files that pass."""
    found = [
        (case.name, case.file.read_bytes(), None, _trust(case.roots), "P4-A" if case.suite == "p4_a" else "P4")
        for case in cases()
        if case.expected == "valid"
    ]
    forge = Forge()
    found += [
        ("made, plain", forge.build(), None, forge.trust(), "P4"),
        ("made, archive renewed", forge.build(archives=2), None, forge.trust(), "P4-A"),
        ("made, third form", forge.build(archives=1, v3=True), None, forge.trust(), "P4-A"),
        ("made, detached", forge.build(archives=1, attached=False), CONTENT, forge.trust(), "P4-A"),
    ]
    return found


_trust = functools.cache(TrustStore.folder)


def steps(data: bytes, position: int) -> list[Node]:
    """The elements around ``position``, outermost first."""
    node = der.parse(data)
    found = [node]
    while position >= node.body and node.tag & 0x20:
        node = next(one for one in node.children() if one.start <= position < one.end)
        found.append(node)
    return found


def explain(data: bytes, position: int) -> str:
    """Why a change at ``position`` may go unnoticed; empty when it may not."""
    around = steps(data, position)
    token = False
    for depth, node in enumerate(around):
        if node.tag != der.SEQUENCE or not _is_signed_data(node) or depth + 2 >= len(around):
            continue
        fields = around[depth + 2].children()
        if depth + 3 >= len(around):
            continue
        place = fields.index(_same(fields, around[depth + 3]))
        inner = around[depth + 3]
        if place in (0, 1):
            return BOOKKEEPING
        if token and inner.tag == 0xA0:
            certificate = around[depth + 4].children()[0].children() if depth + 4 < len(around) else []
            if certificate and certificate[3].raw == certificate[5].raw:  # issuer equals subject
                return SPARE
        if token and inner.tag == 0xA1 and len(around) > depth + 6:
            tbs = around[depth + 5].children()
            if _same(tbs, around[depth + 6]) is tbs[2]:
                return REPLACED
        if place == len(fields) - 1 and len(around) > depth + 5:
            parts = around[depth + 4].children()
            if _same(parts, around[depth + 5]) is parts[0]:
                return BOOKKEEPING
        token = True
    texts = {0x0C, 0x13, 0x14, 0x16, 0x1E}
    if around[-1].tag in texts or (around[-1].tag | 0x20) in {0x30, 0x31, 0xA4}:
        return NAMES
    return ""


def _same(nodes: list[Node], wanted: Node) -> Node:
    return next(one for one in nodes if one.start == wanted.start)


def _is_signed_data(node: Node) -> bool:
    try:
        parts = node.children()
        return len(parts) == 2 and parts[0].tag == der.OID and der.oid(parts[0]) == oids.SIGNED_DATA
    except DerError:
        return False


@needs_cases
@pytest.mark.slow
def test_changed_octets_never_pass_unexplained() -> None:
    chance = random.Random(SEED)
    files = valid_files()
    reasons: dict[str, int] = {}
    for number in range(FLIPS):
        name, data, content, trust, profile = files[number % len(files)]
        position = chance.randrange(len(data))
        changed = bytearray(data)
        changed[position] ^= chance.randrange(1, 256)
        report = timely(functools.partial(validate, bytes(changed), content, trust=trust, profile=profile))
        if report.passed:
            why = explain(data, position)
            assert why, f"{name}: octet {position} became {changed[position]:#x} and the file still passes"
            reasons[why] = reasons.get(why, 0) + 1
    assert sum(reasons.values()) < FLIPS // 100, reasons


@needs_cases
@pytest.mark.slow
def test_no_truncation_passes() -> None:
    for name, data, content, trust, profile in valid_files():
        for size in range(len(data)):
            report = validate(data[:size], content, trust=trust, profile=profile)
            assert not report.passed, f"{name} cut to {size}"
            assert report.codes() == ["FORMAT"]


@needs_cases
def test_the_unchanged_files_pass() -> None:
    for name, data, content, trust, profile in valid_files():
        assert validate(data, content, trust=trust, profile=profile).passed, name


@needs_cases
def test_trailing_octets_are_refused() -> None:
    for name, data, content, trust, profile in valid_files():
        report = validate(data + b"\0", content, trust=trust, profile=profile)
        assert report.codes() == ["FORMAT"], name
