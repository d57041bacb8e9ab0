"""Where SoftHSM's PKCS#11 module is."""

from __future__ import annotations

import glob
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization

_PLACES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/*/softhsm/libsofthsm2.so", "/usr/lib/*/libsofthsm2.so")


def module() -> str | None:
    """The path of the module; None unless both it and ``softhsm2-util`` are there."""
    if shutil.which("softhsm2-util") is None:
        return None
    return next((path for place in _PLACES for path in sorted(glob.glob(place))), None)


_IMPORT = """
import sys, pkcs11
from pkcs11 import Attribute, CertificateType, KeyType, ObjectClass
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
module, token, pin, *labels = sys.argv[1:]
with pkcs11.lib(module).get_token(token_label=token).open(user_pin=pin, rw=True) as session:
    for number, label in enumerate(labels, 1):
        certificate = x509.load_pem_x509_certificate(open(label + ".crt", "rb").read())
        session.create_object({
            Attribute.CLASS: ObjectClass.CERTIFICATE, Attribute.CERTIFICATE_TYPE: CertificateType.X_509,
            Attribute.TOKEN: True, Attribute.ID: bytes([number]), Attribute.LABEL: label,
            Attribute.SUBJECT: certificate.subject.public_bytes(),
            Attribute.VALUE: certificate.public_bytes(Encoding.DER),
        })
    for key in list(session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY})):
        if key.key_type == KeyType.EC:
            key[Attribute.DERIVE] = True  # softhsm2-util imports keys for signing only
"""


def token(folder: Path, label: str, pin: str, keys: Mapping[str, tuple[Any, x509.Certificate]]) -> dict[str, str]:
    """Make a token of ``keys`` with their certificates under ``folder``; the environment in which it is found.

    In processes of their own: a PKCS#11 library reads its configuration once a process.
    """
    found = module()
    assert found, "the test's mark sees to it"
    (folder / "tokens").mkdir()
    config = folder / "softhsm2.conf"
    config.write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n")
    environment = {**os.environ, "SOFTHSM2_CONF": str(config)}
    commands = [["--init-token", "--free", "--label", label, "--pin", pin, "--so-pin", "12345678"]]
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    for number, (name, (key, certificate)) in enumerate(keys.items(), 1):
        (folder / f"{name}.key").write_bytes(key.private_bytes(*form))
        (folder / f"{name}.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        commands.append(
            ["--import", f"{name}.key", "--token", label, "--label", name, "--id", f"{number:02x}", "--pin", pin]
        )
    programs = [["softhsm2-util", *command] for command in commands]
    for program in [*programs, [sys.executable, "-c", _IMPORT, found, label, pin, *keys]]:
        subprocess.run(program, cwd=folder, env=environment, capture_output=True, check=True)
    return environment
