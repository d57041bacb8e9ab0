"""Encryption certificates of the sample's institutions: real X.509, made on the spot, trusted by nobody.

They are issued by a throw-away authority whose key exists only while they are made. Making RSA keys is slow, so a few
keys are shared by all; nothing secret is ever sealed for them. Keys, serial numbers and signatures are new in every
run: the certificates are the one part of a sample that differs between two runs.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from hub.sample.draw import draw

_KEYS: Final = 4
_YEARS: Final = 3


class Authority:
    """A throw-away certification authority."""

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(65537, 2048)
        self._keys = [rsa.generate_private_key(65537, 2048).public_key() for _ in range(_KEYS)]
        self._name = x509.Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, "TR"),
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Örnek Veri"),
                x509.NameAttribute(NameOID.COMMON_NAME, "Örnek Şifreleme Sertifikası Makamı (geçersizdir)"),
            ]
        )

    def certificate(self, number: int, name: str, uploaded: datetime, *, active: bool) -> dict[str, Any]:
        """The facts of an encryption certificate of institution ``number``, uploaded at ``uploaded``."""
        start = uploaded - timedelta(days=1)
        end = start + timedelta(days=365 * _YEARS)
        subject = [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "TR"),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, str(number)),
            x509.NameAttribute(NameOID.COMMON_NAME, name.encode()[:64].decode(errors="ignore")),
        ]
        usage = x509.KeyUsage(
            digital_signature=False,
            content_commitment=False,
            key_encipherment=True,
            data_encipherment=True,
            key_agreement=False,
            key_cert_sign=False,
            crl_sign=False,
            encipher_only=False,
            decipher_only=False,
        )
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name(subject))
            .issuer_name(self._name)
            .public_key(self._keys[draw(number, 81) % _KEYS])
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(end)
            .add_extension(usage, critical=True)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        )
        der = builder.sign(self._key, SHA256()).public_bytes(Encoding.DER)
        return {
            "detsis_no": number,
            "fingerprint": sha256(der).hexdigest(),
            "der": der,
            "uploaded_at": uploaded,
            "updated_at": uploaded,
            "not_before": start.replace(microsecond=0),
            "not_after": end.replace(microsecond=0),
            "active": active,
        }
