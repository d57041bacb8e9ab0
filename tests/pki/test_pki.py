"""The test PKI itself: what it serves is what the other tests believe it is."""

from __future__ import annotations

import hashlib
import http.client
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from asn1crypto import cms
from cryptography import x509
from cryptography.x509 import ocsp
from parts.waiting import HUNG

from pki.server import Pki


def _fetch(url: str) -> bytes:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=HUNG)
    try:
        connection.request("GET", parts.path)
        answer = connection.getresponse()
        assert answer.status == 200
        return answer.read()
    finally:
        connection.close()


def test_signer_chain_verifies(pki: Pki) -> None:
    for label in ("imzaci", "ucuncu", "muhur-b"):
        links = [pki.cert(label), *(x509.load_der_x509_certificate(der) for der in pki.chain(label))]
        assert len(links) == 3
        for lower, upper in zip(links, [*links[1:], links[-1]], strict=True):
            lower.verify_directly_issued_by(upper)


def test_crl_over_http(pki: Pki) -> None:
    crl = x509.load_der_x509_crl(_fetch(pki.crl_url("alt-a")))
    revoked = crl.get_revoked_certificate_by_serial_number(pki.cert("kisi-iptal-once").serial_number)
    assert revoked is not None
    assert revoked.revocation_date_utc == datetime(2022, 3, 1, tzinfo=UTC)
    assert pki.requests[-1].endswith("/crls/alt-a/latest.crl")


def test_ocsp_before_and_after_revocation(pki: Pki) -> None:
    before = ocsp.load_der_ocsp_response(pki.ocsp("kisi-iptal-sonra", at=datetime(2024, 2, 1, tzinfo=UTC)))
    after = ocsp.load_der_ocsp_response(pki.ocsp("kisi-iptal-sonra", at=datetime(2024, 4, 1, tzinfo=UTC)))
    assert before.certificate_status is ocsp.OCSPCertStatus.GOOD
    assert after.certificate_status is ocsp.OCSPCertStatus.REVOKED


def test_lookalike_root_shares_the_name_only(pki: Pki) -> None:
    assert pki.cert("kok-a").subject == pki.cert("kok-yabanci").subject
    assert pki.cert("kok-a").public_key() != pki.cert("kok-yabanci").public_key()


def test_timestamp_at_a_time(pki: Pki) -> None:
    at = datetime(2024, 5, 1, 12, tzinfo=UTC)
    token = cms.ContentInfo.load(pki.timestamp(hashlib.sha256(b"x").digest(), at=at))
    assert token["content"]["encap_content_info"]["content"].parsed["gen_time"].native == at


def test_roots_as_folder(pki: Pki, tmp_path: Path) -> None:
    assert sorted(path.name for path in pki.write_roots(tmp_path / "kok").iterdir()) == [
        "kok-a.crt",
        "kok-b.crt",
        "kok-c.crt",
    ]
