"""The demo authority: what it signs passes in demo mode, and nowhere else."""

from __future__ import annotations

import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hub import clock
from hub.config import Settings
from hub.signing import make
from hub.signing.demo_pki import DemoPki, DemoRefusedError
from hub.signing.make import errors
from hub.signing.trust import TrustStore, trust_folder
from hub.signing.validate import validate


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, demo=True)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("the demo authority opened a connection")

    monkeypatch.setattr(socket, "create_connection", refuse)


def test_signature_and_seal_pass_in_demo_mode_only(settings: Settings) -> None:
    pki = DemoPki.open(settings)
    signature = make.sign(b"ozet", pki.signer("Ayşe Örnek", "10000000146"), pki.services())
    signature = make.add_signer(signature, pki.signer("Ali Deneme", "10000000214"), pki.services())
    seal = make.sign(
        b"nihai", pki.seal("Örnek Bakanlığı", "24308110"), pki.services(), make.Options(level=make.Level.ARCHIVE)
    )
    folder = trust_folder(settings.data)
    demo, real = TrustStore.kept(folder, demo=True), TrustStore.kept(folder, demo=False)
    assert validate(signature, trust=demo, profile="P4").indication.value == "TOTAL-PASSED"
    assert validate(seal, trust=demo, profile="P4-A").indication.value == "TOTAL-PASSED"
    for data in (signature, seal):
        assert validate(data, trust=real).indication.value != "TOTAL-PASSED"
    assert dict(validate(signature, trust=demo).signers[0].certificate.attributes)["2.5.4.5"] == "10000000146"  # type: ignore[union-attr]


def test_the_same_root_again(settings: Settings) -> None:
    first, second = DemoPki.open(settings), DemoPki.open(settings)
    assert first.root.certificate == second.root.certificate
    assert (settings.data / "demo-pki.pem").stat().st_mode & 0o077 == 0
    seal = make.sign(b"x", second.seal("Örnek", "24308110"), second.services())
    trust = TrustStore.kept(trust_folder(settings.data), demo=True)
    assert validate(seal, trust=trust).indication.value == "TOTAL-PASSED"


def test_revoked(settings: Settings) -> None:
    pki = DemoPki.open(settings)
    key = pki.signer("Ayşe Örnek", "10000000146")
    pki.revoke(key, clock.now() - timedelta(minutes=1))
    with pytest.raises(errors.CertificateRevokedError):
        make.sign(b"x", key, pki.services())


def test_another_authoritys_certificate_is_unknown(settings: Settings, tmp_path: Path) -> None:
    other = DemoPki.open(Settings(data=tmp_path / "other", demo=True))
    with pytest.raises(errors.EvidenceMissingError):
        make.sign(b"x", other.signer("Ayşe Örnek", "10000000146"), DemoPki.open(settings).services())


def test_refused_outside_demo_mode(tmp_path: Path) -> None:
    with pytest.raises(DemoRefusedError):
        DemoPki.open(Settings(data=tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_damaged_file(settings: Settings) -> None:
    DemoPki.open(settings)
    file = settings.data / "demo-pki.pem"
    for data in (b"", file.read_bytes()[:500], b"\xff" * 100):
        file.write_bytes(data)
        with pytest.raises(DemoRefusedError):
            DemoPki.open(settings)


def test_nothing_else_is_fetched(settings: Settings) -> None:
    transport = DemoPki.open(settings).services().transport
    for url in ("http://example.org/root.crl", "http://demo-pki.invalid/other.crl", "http://demo-pki.invalid/root"):
        with pytest.raises(errors.FetchFailedError):
            transport.get(url)
        with pytest.raises(errors.FetchFailedError):
            transport.post(url, b"", "application/ocsp-request")
    for url in ("http://demo-pki.invalid/tsa", "http://demo-pki.invalid/ocsp"):
        for body in (b"", b"0\x00", b"\xff" * 20):
            with pytest.raises(errors.FetchFailedError):
                transport.post(url, body, "application/timestamp-query")
