"""Hostile input by number (C1 to C9, C15, C16) as far as a signature alone can carry it, and DER's oddities."""

from __future__ import annotations

import tracemalloc

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from hub.signing import Indication, Outcome, Sub, TrustStore, der, oids, validate
from hub.signing.report import SignatureReport

from .forge import CA_USAGE, CONTENT, POLICY, QC, SIGNER_USAGE, T0, Forge, Spec, attribute, integer, octets, seq, wrap
from .timely import timely


def judge(data: bytes, forge: Forge, content: bytes | None = None, profile: str = "P4") -> SignatureReport:
    """Judged in time, and again in 256 MB (keeping account of memory takes many times as long); without a connection,
    as conftest takes the socket away."""
    trust = forge.trust()
    report = timely(lambda: validate(data, content, trust=trust, profile=profile, at=T0))
    tracemalloc.start()
    try:
        validate(data, content, trust=trust, profile=profile, at=T0)
        assert tracemalloc.get_traced_memory()[1] < 256 * 2**20
    finally:
        tracemalloc.stop()
    return report


def test_c1_other_content() -> None:
    forge = Forge()
    report = judge(forge.build(attached=False), forge, CONTENT + b"!")
    assert (report.indication, report.sub_indication) == (Indication.TOTAL_FAILED, "HASH_FAILURE")


def test_detached_without_content_is_indeterminate() -> None:
    forge = Forge()
    report = judge(forge.build(attached=False), forge)
    assert (report.indication, report.sub_indication) == (Indication.INDETERMINATE, "SIGNED_DATA_NOT_FOUND")


def test_c3_no_signers() -> None:
    forge = Forge()
    report = judge(forge.build(signers=()), forge)
    assert report.codes() == ["SIGNERS"]


def test_c9_chain_of_forty() -> None:
    links = [Spec(f"link{n}", f"link{n + 1}" if n < 39 else "root", ca=True, usage=CA_USAGE) for n in range(40)]
    forge = Forge(
        certs={"signer": {"issuer": "link0"}, "responder": {"issuer": "link0"}, "root": {"path_length": None}},
        more=tuple(links),
    )
    forge.hooks["values"] = lambda found: found | {"certs": [*found["certs"], *(forge.der(one.name) for one in links)]}
    report = judge(forge.build(), forge)
    assert report.indication is Indication.TOTAL_FAILED
    assert "CHAIN_ANCHOR" in report.codes()


def test_c9_authorities_that_issue_each_other() -> None:
    """A dozen keys under one name, all cross-certified: the number of paths is exponential, the work is not."""
    names = [f"cross{n}" for n in range(12)]
    specs = [Spec(one, one, subject="maze", ca=True, usage=CA_USAGE) for one in names]
    crossed = [
        Spec(f"{one}-{other}", other, subject="maze", ca=True, usage=CA_USAGE, serial=1000 + n * 100 + m)
        for n, one in enumerate(names)
        for m, other in enumerate(names)
        if n != m
    ]
    forge = Forge(certs={"sub": {"issuer": "cross0"}}, more=(*specs, *crossed[:100]))
    forge.hooks["bag"] = lambda bag: [*bag, *(forge.der(one.name) for one in crossed[:100])]
    report = judge(forge.build(), forge)
    assert report.indication is Indication.TOTAL_FAILED


def test_c9_name_constraint_storm() -> None:
    storm = [x509.DirectoryName(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"n{n}")])) for n in range(400)]
    forge = Forge(certs={"sub": {"extra": ((x509.NameConstraints(None, storm), True),)}})
    report = judge(forge.build(), forge)
    assert report.indication is Indication.TOTAL_FAILED
    assert "CERT_EXTENSIONS" in report.codes()


def test_c15_timestamp_from_an_unknown_authority() -> None:
    forge = Forge(hooks={"token.signature": lambda found: found | {"tsa": "tsa2", "certs": ["tsa2", "tsroot"]}})
    report = validate(forge.build(), trust=forge.trust("root"), profile="P4")
    assert report.indication is Indication.TOTAL_FAILED
    assert report.signers[0].time is None, "a time that was not proved is not offered"


def test_c16_no_anchors() -> None:
    assert validate(Forge().build(), trust=TrustStore()).indication is Indication.NOT_CONFIGURED


def test_indefinite_lengths_are_read_as_definite() -> None:
    """The same file as a streaming writer stores it: BER outside, segmented content."""
    forge = Forge()
    plain = forge.build(archives=1)
    info = der.parse(plain).children()
    fields = info[1].only().children()
    halves = (octets(CONTENT[:10]), octets(CONTENT[10:]))

    def indefinite(tag: int, *parts: bytes) -> bytes:
        return bytes((tag, 0x80)) + b"".join(parts) + b"\0\0"

    kind = fields[2].children()[0].raw
    content = indefinite(0x30, kind, indefinite(0xA0, indefinite(0x24, *halves)))
    rest = [one.raw for one in fields]
    streamed = indefinite(0x30, info[0].raw, indefinite(0xA0, indefinite(0x30, *rest[:2], content, *rest[3:])))
    report = validate(streamed, trust=forge.trust(), profile="P4-A")
    assert report.passed
    assert report.codes() == []
    assert "FORMAT" in [row["code"] for row in report.findings()], "that it is BER is said"
    assert report.content == CONTENT


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        b"\x30",
        b"\x30\x80" * 60_000,
        b"\x30\x84\xff\xff\xff\xff",
        wrap(0x30, *[wrap(0x02, b"\1")] * 50_000),
        wrap(
            0x30,
            wrap(0x06, b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"),
            wrap(0xA0, wrap(0x30, b"\x02\x84\x7f\xff\xff\xff")),
        ),
        b"-----BEGIN CERTIFICATE-----",
        b"PK\x03\x04",
    ],
    ids=["empty", "null", "head", "deep", "long", "wide", "huge-integer", "pem", "zip"],
)
def test_what_is_no_signature(data: bytes) -> None:
    report = judge(data, Forge())
    assert (report.indication, report.sub_indication) == (Indication.TOTAL_FAILED, "FORMAT_FAILURE")
    assert report.codes() == ["FORMAT"]


def test_too_many_of_everything() -> None:
    forge = Forge()
    crowd = judge(forge.build(signers=("signer",) * 70), forge)
    assert crowd.codes() == ["FORMAT"]
    stamps = Forge(hooks={"unsigned": lambda found: [*found, *[found[0]] * 80]})
    assert "TIMESTAMP" in judge(stamps.build(), stamps).codes()
    many = Forge(hooks={"unsigned": lambda found: [*found, *[attribute("1.2.3.4", integer(1))] * 300]})
    assert judge(many.build(), many).codes() == ["FORMAT"]


def test_counter_signatures_without_end() -> None:
    forge = Forge()
    inner = forge.one("second", b"x", counter=True)
    for _ in range(8):
        info = forge.finish(inner)
        inner = forge.one("second", b"x", counter=True)
        inner["unsigned"].append(attribute(oids.COUNTER_SIGNATURE, info))
    forge.hooks["unsigned"] = lambda found: [*found, attribute(oids.COUNTER_SIGNATURE, forge.finish(inner))]
    assert "COUNTER_SIGNATURE" in judge(forge.build(), forge).codes()


def test_unknown_and_refused_algorithms() -> None:
    for scheme in ("1.2.3.4.5", "1.2.840.113549.1.1.4"):
        forge = Forge()
        data = forge.build()
        spoiled = data.replace(seq(_oid("1.2.840.10045.4.3.2")) + b"\x04", seq(_padded(scheme)) + b"\x04")
        report = validate(spoiled, trust=forge.trust(), profile="P4")
        assert report.indication is Indication.TOTAL_FAILED


def _oid(dotted: str) -> bytes:
    from .forge import oid

    return oid(dotted)


def _padded(dotted: str) -> bytes:
    """An OID element of the same length as ecdsa-with-SHA256's."""
    body = der.parse(_oid(dotted)).content[:8]
    return wrap(0x06, body.ljust(8, b"\1"))


def test_without_a_timestamp_the_reason_is_the_missing_proof_of_time() -> None:
    """Status may yet be fetched; a proof of when the signature existed may not."""
    forge = Forge()
    report = judge(forge.build(level="bes"), forge, profile="none")
    assert "CHAIN_ANCHOR" in report.codes()
    forge.hooks["bag"] = lambda bag: [*bag, forge.der("sub")]
    report = judge(forge.build(level="bes"), forge, profile="none")
    assert (report.indication, report.sub_indication) == (Indication.INDETERMINATE, Sub.NO_POE)
    assert report.codes(Outcome.INDETERMINATE) == ["TRUSTED_TIME", "STATUS_MISSING"]


def test_a_good_second_certificate_of_the_same_name_does_not_help() -> None:
    """The signer's revoked certificate stands beside a good one with the same key and name."""
    twin = Spec("twin", "sub", usage=SIGNER_USAGE, policies=(POLICY,), statements=QC, subject="signer", serial=77)
    forge = Forge(more=(twin,))
    forge.hooks["values"] = lambda found: found | {"ocsps": [forge.ocsp("signer", revoked=T0), forge.ocsp("twin")]}
    forge.hooks["bag"] = lambda bag: [*bag, forge.der("twin")]
    report = judge(forge.build(), forge)
    assert report.codes() == ["CERT_REVOKED"]
