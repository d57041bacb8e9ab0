"""TLS of the server itself: what clients in the field offer is taken."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPSConnection
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from parts.waiting import HUNG

from tests.edge.test_server_process import Server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = make_certificate(folder)
    made = Server(folder, "--tls-certificate", str(certificate), "--tls-key", str(key))
    yield made
    made.process.terminate()
    made.process.wait(HUNG)


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of its own for 127.0.0.1, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, private


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_versions_of_tls(version: ssl.TLSVersion, server: Server) -> None:
    """.NET Framework offers TLS 1.2 and nothing newer; the address in the WSDL is the one that was asked."""
    context = ssl.create_default_context(cafile=str(server.log.parent / "certificate.pem"))
    context.minimum_version = context.maximum_version = version
    connection = HTTPSConnection("127.0.0.1", server.port, timeout=HUNG, context=context)
    connection.request("GET", "/DETSISServis.asmx?WSDL")
    answer = connection.getresponse()
    assert answer.status == 200
    assert answer.read().count(f'location="https://127.0.0.1:{server.port}/DETSISServis.asmx"'.encode()) == 2
    connection.close()
