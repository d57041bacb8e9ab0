"""Envelopes made by OpenSSL open with keys from PFX files and tokens: key transports, ciphers, BER forms."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from parts import softhsm

from hub.commands.package import package
from hub.package.container import Container
from hub.package.envelope import EnvelopeError, decrypt, peek
from hub.package.errors import DecryptError
from hub.package.keys import CertifiedKey, KeyFileError, _Soft, load_pfx
from hub.package.source import BytesSource, FileSource
from tests.package import factory

PLAIN = factory.eyp2().build()


def openssl(folder: Path, certificate: bytes, *options: str, after: tuple[str, ...] = ()) -> bytes:
    (folder / "c.pem").write_bytes(certificate)
    (folder / "plain").write_bytes(PLAIN)
    command = ["openssl", "cms", "-encrypt", "-binary", "-outform", "DER", "-in", "plain", "-out", "out", *options]
    subprocess.run([*command, "-recip", "c.pem", *after], cwd=folder, check=True, capture_output=True)
    return (folder / "out").read_bytes()


def opened(data: bytes, key: CertifiedKey) -> bytes:
    source = decrypt(BytesSource(data), [key])
    try:
        return source.read_at(0, source.size)
    finally:
        source.close()


@pytest.mark.part("openssl")
@pytest.mark.parametrize(
    ("options", "after"),
    [
        (("-aes128",), ()),
        (("-aes192",), ()),
        (("-aes256",), ()),
        (("-aes256", "-stream"), ()),
        (("-aes256",), ("-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha256")),
        (("-aes-256-gcm",), ()),
    ],
)
def test_rsa(tmp_path: Path, options: tuple[str, ...], after: tuple[str, ...]) -> None:
    key, certificate = factory.receiver()
    data = openssl(tmp_path, certificate.public_bytes(serialization.Encoding.PEM), *options, after=after)
    assert peek(data[:4096])
    assert opened(data, CertifiedKey(certificate, _Soft(key))) == PLAIN


@pytest.mark.part("openssl")
@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1()])
@pytest.mark.parametrize("digest", ["sha1", "sha256", "sha384"])
def test_ec(tmp_path: Path, curve: ec.EllipticCurve, digest: str) -> None:
    key = ec.generate_private_key(curve)
    certificate = factory._certificate(key)
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    data = openssl(tmp_path, pem, "-aes256", after=("-keyopt", f"ecdh_kdf_md:{digest}"))
    assert opened(data, CertifiedKey(certificate, _Soft(key))) == PLAIN
    stranger = ec.generate_private_key(curve)
    with pytest.raises(DecryptError):
        opened(data, CertifiedKey(certificate, _Soft(stranger)))


@pytest.mark.part("openssl")
def test_an_unknown_cipher_is_said(tmp_path: Path) -> None:
    key, certificate = factory.receiver()
    data = openssl(tmp_path, certificate.public_bytes(serialization.Encoding.PEM), "-camellia256")
    with pytest.raises(EnvelopeError, match="desteklenmiyor"):
        opened(data, CertifiedKey(certificate, _Soft(key)))


@pytest.mark.part("openssl")
def test_gcm_content_is_not_given_out_when_changed(tmp_path: Path) -> None:
    key, certificate = factory.receiver()
    data = openssl(tmp_path, certificate.public_bytes(serialization.Encoding.PEM), "-aes-256-gcm")
    with pytest.raises(DecryptError):
        opened(data[:-40] + bytes(1) + data[-39:], CertifiedKey(certificate, _Soft(key)))


def test_pfx_on_the_command_line(tmp_path: Path) -> None:
    sealed, pfx = tmp_path / "p.eyps", tmp_path / "k.pfx"
    sealed.write_bytes(factory.eyps2().build())
    pfx.write_bytes(factory.receiver_pfx("parola"))
    out = tmp_path / "out"
    arguments = ["extract", str(sealed), "--to", str(out), "--key", str(pfx)]
    result = CliRunner().invoke(package, arguments, env={"HUB_KEY_PASSWORD": "parola"})
    assert result.exit_code == 0
    with Container.open(FileSource(out / "icerik.eyp")) as inner:
        assert inner.get("UstYazi/yazi.pdf")
    with pytest.raises(KeyFileError):
        load_pfx(pfx, "yanlış")
    with pytest.raises(KeyFileError):
        load_pfx(tmp_path / "none.pfx", "")


IMPORT = """
import sys, pkcs11
from pkcs11 import Attribute, CertificateType, ObjectClass
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
certificate = x509.load_pem_x509_certificate(open("c.pem", "rb").read())
with pkcs11.lib(sys.argv[1]).get_token(token_label="PAKET").open(user_pin="4711", rw=True) as session:
    session.create_object({
        Attribute.CLASS: ObjectClass.CERTIFICATE, Attribute.CERTIFICATE_TYPE: CertificateType.X_509,
        Attribute.TOKEN: True, Attribute.ID: b"\\x01", Attribute.LABEL: "alici",
        Attribute.SUBJECT: certificate.subject.public_bytes(), Attribute.VALUE: certificate.public_bytes(Encoding.DER),
    })
"""


@pytest.mark.part("softhsm")
def test_token(tmp_path: Path) -> None:
    """In processes of their own: a PKCS#11 library reads its configuration once a process."""
    module = softhsm.module()
    assert module, "the mark sees to it"
    key, certificate = factory.receiver()
    sealed = factory.eyps2().build()
    (tmp_path / "tokens").mkdir()
    config = tmp_path / "softhsm2.conf"
    config.write_text(f"directories.tokendir = {tmp_path / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n")
    environment = {**os.environ, "SOFTHSM2_CONF": str(config), "HUB_TOKEN_PIN": "4711", "HUB_DATA": str(tmp_path)}
    (tmp_path / "k.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (tmp_path / "c.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "p.eyps").write_bytes(sealed)
    for command in (
        ["softhsm2-util", "--init-token", "--free", "--label", "PAKET", "--pin", "4711", "--so-pin", "12345678"],
        ["softhsm2-util", "--import", "k.pem", "--token", "PAKET", "--label", "alici", "--id", "01", "--pin", "4711"],
        [sys.executable, "-c", IMPORT, module],
        [sys.executable, "-m", "hub.cli", "package", "extract", "p.eyps", "--to", "parts", "--pkcs11", module,
         "--token", "PAKET"],
    ):  # fmt: skip
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (command[:3], done.stderr)
    assert (tmp_path / "parts" / "icerik.eyp").read_bytes()[:2] == b"PK"
