"""The in-place readers beside asn1crypto's, on real files; DER's odd corners."""

from __future__ import annotations

import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from asn1crypto import cms as asn1_cms
from asn1crypto import core, tsp
from asn1crypto import crl as asn1_crl
from asn1crypto import ocsp as asn1_ocsp

from hub.signing import attributes, certificates, cms, der, imprint, oids, status
from hub.signing.der import DerError

from .shared import Case, cases, needs_cases

CASES = cases()


@needs_cases
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_reads_what_asn1crypto_reads(case: Case) -> None:
    raw = case.file.read_bytes()
    ours = cms.signed_data(raw)
    theirs = asn1_cms.ContentInfo.load(raw)["content"]
    assert ours.content == theirs["encap_content_info"]["content"].native
    assert [certificates.load(one).serial for one in ours.certificates] == [
        one.chosen.serial_number for one in theirs["certificates"]
    ]
    for mine, other in zip(ours.signers, theirs["signer_infos"], strict=True):
        assert mine.signature == other["signature"].native
        assert mine.signed_bytes() == other["signed_attrs"].untag().dump()
        assert mine.signed_sorted() == mine.signed_bytes()
        assert [one.oid for one in mine.unsigned] == [one["type"].dotted for one in other["unsigned_attrs"]]
        assert b"".join(mine.head) + other["unsigned_attrs"].dump() == other.contents
        for value in mine.values(oids.SIGNATURE_TIMESTAMP) + mine.values(oids.ARCHIVE_TIMESTAMP_V2):
            token = attributes.token(value)
            info = tsp.TSTInfo.load(
                asn1_cms.ContentInfo.load(value)["content"]["encap_content_info"]["content"].contents
            )
            assert token.time == info["gen_time"].native
            assert token.imprint.value == info["message_imprint"]["hashed_message"].native
        for value in mine.values(oids.CERTIFICATE_VALUES):
            for one in attributes.certificate_values(value):
                _same_certificate(one)
        for value in mine.values(oids.REVOCATION_VALUES):
            held = attributes.revocation_values(value)
            for one in held.crls:
                _same_crl(one)
            for one in held.ocsps:
                _same_ocsp(one)


def _same_certificate(raw: bytes) -> None:
    mine, other = certificates.load(raw), asn1_cms.Certificate.load(raw)
    assert (mine.serial, mine.subject, mine.issuer) == (other.serial_number, other.subject.dump(), other.issuer.dump())
    assert mine.not_before == other["tbs_certificate"]["validity"]["not_before"].native
    assert mine.not_after == other["tbs_certificate"]["validity"]["not_after"].native
    assert mine.subject_key_id == other.key_identifier
    assert mine.basic_constraints[0] == bool(other.ca)
    assert mine.name == other.subject.native["common_name"]
    usage = {"digital_signature": 0, "non_repudiation": 1, "key_cert_sign": 5, "crl_sign": 6}
    assert mine.key_usage is not None
    assert mine.key_usage == {usage[name] for name in other.key_usage_value.native}


def _same_crl(raw: bytes) -> None:
    mine, other = status.load_crl(raw), asn1_crl.CertificateList.load(raw)["tbs_cert_list"]
    assert mine.this_update == other["this_update"].native
    assert mine.next_update == other["next_update"].native
    for entry in other["revoked_certificates"]:
        found = mine.revocation(_numbered(entry["user_certificate"].native, mine.issuer))
        assert found is not None
        assert found.at == entry["revocation_date"].native
    assert mine.revocation(_numbered(1, mine.issuer)) is None


def _numbered(serial: int, issuer: bytes) -> Any:
    return SimpleNamespace(serial=serial, serial_der=core.Integer(serial).dump(), issuer=issuer)


def _same_ocsp(raw: bytes) -> None:
    mine, other = status.load_ocsp(raw), asn1_ocsp.BasicOCSPResponse.load(raw)["tbs_response_data"]
    assert mine.produced_at == other["produced_at"].native
    for one, two in zip(mine.responses, other["responses"], strict=True):
        assert one.serial == two["cert_id"]["serial_number"].native
        assert one.status == two["cert_status"].name
        assert one.this_update == two["this_update"].native


@needs_cases
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_imprints_are_over_the_files_own_octets(case: Case) -> None:
    data = cms.signed_data(case.file.read_bytes())
    for signer in data.signers:
        for value in signer.values(oids.SIGNATURE_TIMESTAMP):
            expected = None if case.name.endswith("37") else 0
            assert imprint.matches(attributes.token(value), imprint.signature_timestamp(signer)) == expected
        archive = [attributes.token(value) for value in signer.values(oids.ARCHIVE_TIMESTAMP_V2)]
        for token in archive:
            newer = frozenset(one.raw for one in archive if one.time >= token.time)
            expected = None if case.name == "P4_A75" else 0
            assert imprint.matches(token, imprint.archive_v2(data, signer, None, newer)) == expected


def test_ber_becomes_definite() -> None:
    definite = der.wrap(der.SEQUENCE, der.wrap(der.OCTET_STRING, b"abcd"), der.wrap(0xA0, der.wrap(der.INTEGER, b"\5")))
    indefinite = bytes.fromhex("3080 2480 04026162 04026364 0000 a080 020105 0000 0000")
    assert der.to_definite(indefinite) == definite
    assert der.to_definite(definite) == definite
    assert der.to_definite(b"\x30\x80\x00\x00") == b"\x30\x00"
    long_form = bytes.fromhex("30 820003 020105")
    assert der.to_definite(long_form) == long_form


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "30",
        "3080",
        "30800000 00",
        "0480 0000",
        "3002 0201",
        "30 88 ffffffffffffffff",
        "30 89 000000000000000001 00",
    ],
)
def test_broken_der_is_a_typed_refusal(wrong: str) -> None:
    with pytest.raises(DerError):
        der.parse(der.to_definite(bytes.fromhex(wrong)))


def test_ber_nesting_is_bounded() -> None:
    with pytest.raises(DerError, match="derin"):
        der.to_definite(b"\x30\x80" * 5000)


@pytest.mark.parametrize(
    ("tag", "text", "expected"),
    [
        (der.UTC_TIME, b"491231235959Z", datetime.datetime(2049, 12, 31, 23, 59, 59, tzinfo=datetime.UTC)),
        (der.UTC_TIME, b"500101000000Z", datetime.datetime(1950, 1, 1, tzinfo=datetime.UTC)),
        (
            der.GENERALIZED_TIME,
            b"20201012091905.731Z",
            datetime.datetime(2020, 10, 12, 9, 19, 5, 731000, tzinfo=datetime.UTC),
        ),
        (der.GENERALIZED_TIME, b"20161231235960Z", datetime.datetime(2017, 1, 1, tzinfo=datetime.UTC)),
    ],
)
def test_times(tag: int, text: bytes, expected: datetime.datetime) -> None:
    assert der.time(der.parse(der.wrap(tag, text))) == expected


@pytest.mark.parametrize(
    "text", [b"", b"Z", b"20201012091905", b"20201312091905Z", b"20201012091905.Z", b"2020101209190\xb9Z"]
)
def test_unreadable_times(text: bytes) -> None:
    with pytest.raises(DerError):
        der.time(der.parse(der.wrap(der.GENERALIZED_TIME, text)))


def test_huge_values_are_refused() -> None:
    with pytest.raises(DerError):
        der.integer(der.parse(der.wrap(der.INTEGER, b"\1" * 5000)))
    with pytest.raises(DerError):
        der.oid(der.parse(der.wrap(der.OID, b"\x81" * 5000 + b"\1")))


def test_object_identifiers_agree_with_asn1crypto() -> None:
    for dotted in (oids.SIGNED_DATA, oids.QC_COMPLIANCE, "2.999.1", "2.16.792.1.61.0.1.5070.3.3.1", "0.4.0.1733.2.5"):
        assert der.oid(der.parse(core.ObjectIdentifier(dotted).dump())) == dotted
