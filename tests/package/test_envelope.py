"""Envelopes made by OpenSSL open with keys from PFX files and tokens: key transports, ciphers, BER forms."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from parts import softhsm

from hub.commands.package import package
from hub.package.build.envelope import Envelope
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


@pytest.mark.part("softhsm")
@pytest.mark.parametrize("curve", [None, ec.SECP256R1(), ec.SECP384R1()], ids=["RSA", "P-256", "P-384"])
def test_token(curve: ec.EllipticCurve | None, tmp_path: Path) -> None:
    module = softhsm.module()
    assert module, "the mark sees to it"
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    key, certificate = factory.receiver()
    if curve is not None:
        key = ec.generate_private_key(curve)
        certificate = factory._certificate(key)
    envelope = b"".join(Envelope([certificate], len(PLAIN), lambda: iter((PLAIN,))).chunks())
    with (
        zipfile.ZipFile(io.BytesIO(factory.eyps2().build())) as before,
        zipfile.ZipFile(tmp_path / "p.eyps", "w") as after,
    ):
        for name in before.namelist():
            after.writestr(name, envelope if name.startswith("SifreliIcerik/") else before.read(name))
    environment = softhsm.token(tmp_path, "PAKET", "4711", {"alici": (key, certificate)})
    environment |= {"HUB_TOKEN_PIN": "4711", "HUB_DATA": str(tmp_path)}
    command = [sys.executable, "-m", "hub.cli", "package", "extract", "p.eyps", "--to", "parts", "--pkcs11", module]
    done = subprocess.run(
        [*command, "--token", "PAKET"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "parts" / "icerik.eyp").read_bytes() == PLAIN
