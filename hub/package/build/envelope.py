"""CMS EnvelopedData (RFC 5652 section 6) for any number of recipients, written as a stream.

The content is encrypted with AES-256-CBC under a key of its own. An RSA recipient gets that key with RSAES-PKCS1-v1_5
(RFC 3370 4.2.1: what every reader in the field opens), an EC recipient with ephemeral-static ECDH, the X9.63 KDF with
SHA-256 and AES-256 key wrap (RFC 5753). AuthEnvelopedData would also protect the content's integrity, but .NET's and
older Java readers do not know it; integrity comes from the signatures and the seal inside, and from the digest document
that stands beside the content.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Final

from asn1crypto import algos, cms, core, keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.kdf.x963kdf import X963KDF
from cryptography.hazmat.primitives.keywrap import aes_key_wrap
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hub.package.build.problems import RecipientError
from hub.package.build.zipwriter import Chunks

BLOCK: Final = 16
KEY: Final = 32
MIN_RSA_BITS: Final = 2048
_ECDH: Final = "1.3.132.1.11.1"
"""dhSinglePass-stdDH-sha256kdf-scheme, RFC 5753 7.1.4."""
_AES256_WRAP: Final = "2.16.840.1.101.3.4.1.45"


class Envelope:
    """One enveloped content, the same bytes each time it is streamed."""

    def __init__(self, recipients: Sequence[x509.Certificate], size: int, content: Chunks) -> None:
        """Encrypt ``size`` bytes from ``content`` to the certificates' keys.

        Raises :class:`~hub.package.build.problems.RecipientError` when a certificate is not for that.
        """
        if not recipients:
            raise RecipientError("Şifreleme için alıcı sertifikası verilmemiş.")
        self._content = content
        self._plain = size
        self._key, self._iv = os.urandom(KEY), os.urandom(BLOCK)
        self._head = self._headers([_recipient(certificate, self._key) for certificate in recipients])

    @property
    def size(self) -> int:
        """Bytes of the whole envelope."""
        return len(self._head) + self._encrypted

    def chunks(self) -> Iterator[bytes]:
        """The DER of a ContentInfo, piece by piece. Raises :class:`RecipientError` when the content changed size."""
        yield self._head
        encryptor = Cipher(AES(self._key), CBC(self._iv)).encryptor()
        count = 0
        for chunk in self._content():
            count += len(chunk)
            if out := encryptor.update(chunk):
                yield out
        if count != self._plain:
            raise RecipientError("Şifrelenecek dosya okunurken değişti.")
        pad = BLOCK - count % BLOCK
        yield encryptor.update(bytes([pad]) * pad) + encryptor.finalize()

    @property
    def _encrypted(self) -> int:
        return self._plain + BLOCK - self._plain % BLOCK

    def _headers(self, recipients: list[cms.RecipientInfo]) -> bytes:
        """Everything before the encrypted octets; they come last in the innermost of four nested elements."""
        infos = cms.RecipientInfos(recipients)
        # version 0 only when every recipient is a key transport named by issuer and serial (RFC 5652 6.1)
        version = 0 if all(item.name == "ktri" for item in recipients) else 2
        algorithm = algos.EncryptionAlgorithm({"algorithm": "aes256_cbc", "parameters": self._iv}).dump()
        encrypted = _header(0x80, self._encrypted)
        inner = core.ObjectIdentifier("1.2.840.113549.1.7.1").dump() + algorithm
        info = _header(0x30, len(inner) + len(encrypted) + self._encrypted) + inner + encrypted
        body = core.Integer(version).dump() + infos.dump() + info
        data = _header(0x30, len(body) + self._encrypted) + body
        explicit = _header(0xA0, len(data) + self._encrypted) + data
        outer = core.ObjectIdentifier("1.2.840.113549.1.7.3").dump() + explicit
        return _header(0x30, len(outer) + self._encrypted) + bytes(outer)


def _header(tag: int, length: int) -> bytes:
    if length < 0x80:
        return bytes((tag, length))
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets


def _recipient(certificate: x509.Certificate, key: bytes) -> cms.RecipientInfo:
    public = certificate.public_key()
    usage = _usage(certificate)
    name = certificate.subject.rfc4514_string()
    if isinstance(public, rsa.RSAPublicKey):
        if public.key_size < MIN_RSA_BITS:
            raise RecipientError(f"{name}: RSA anahtarı {public.key_size} bit; en az {MIN_RSA_BITS} olmalı.")
        if usage is not None and not usage.key_encipherment:
            raise RecipientError(f"{name}: sertifika anahtar şifreleme için değil (keyEncipherment yok).")
        return _transported(certificate, public, key)
    if isinstance(public, ec.EllipticCurvePublicKey):
        if usage is not None and not usage.key_agreement:
            raise RecipientError(f"{name}: sertifika anahtar anlaşması için değil (keyAgreement yok).")
        return _agreed(certificate, public, key)
    raise RecipientError(f"{name}: sertifikanın anahtarıyla şifreleme yapılamaz (RSA ya da EC olmalı).")


def _usage(certificate: x509.Certificate) -> x509.KeyUsage | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return None
    except ValueError as error:
        raise RecipientError("Alıcı sertifikasının uzantıları okunamıyor.") from error


def _issuer_and_serial(certificate: x509.Certificate) -> cms.IssuerAndSerialNumber:
    parsed = asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
    return cms.IssuerAndSerialNumber({"issuer": parsed.issuer, "serial_number": parsed.serial_number})


def _transported(certificate: x509.Certificate, public: rsa.RSAPublicKey, key: bytes) -> cms.RecipientInfo:
    info = cms.KeyTransRecipientInfo(
        {
            "version": "v0",
            "rid": cms.RecipientIdentifier("issuer_and_serial_number", _issuer_and_serial(certificate)),
            "key_encryption_algorithm": {"algorithm": "rsaes_pkcs1v15", "parameters": core.Null()},
            "encrypted_key": public.encrypt(key, padding.PKCS1v15()),
        }
    )
    return cms.RecipientInfo("ktri", info)


class _SharedInfo(core.Sequence):  # type: ignore[misc]  # asn1crypto has no type hints
    """ECC-CMS-SharedInfo, RFC 5753 7.2."""

    _fields = [  # noqa: RUF012 - asn1crypto's way of declaring
        ("key_info", algos.AlgorithmIdentifier),
        ("supp_pub_info", core.OctetString, {"explicit": 2}),
    ]


def _agreed(certificate: x509.Certificate, public: ec.EllipticCurvePublicKey, key: bytes) -> cms.RecipientInfo:
    ephemeral = ec.generate_private_key(public.curve)
    wrap = algos.AlgorithmIdentifier({"algorithm": _AES256_WRAP})
    shared = _SharedInfo({"key_info": wrap, "supp_pub_info": (KEY * 8).to_bytes(4, "big")}).dump()
    secret = ephemeral.exchange(ec.ECDH(), public)
    wrapping = X963KDF(hashes.SHA256(), KEY, shared).derive(secret)
    own = keys.PublicKeyInfo.load(ephemeral.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    encrypted = cms.RecipientEncryptedKey(
        {
            "rid": cms.KeyAgreementRecipientIdentifier("issuer_and_serial_number", _issuer_and_serial(certificate)),
            "encrypted_key": aes_key_wrap(wrapping, key),
        }
    )
    info = cms.KeyAgreeRecipientInfo(
        {
            "version": "v3",
            "originator": cms.OriginatorIdentifierOrKey("originator_key", own),
            "key_encryption_algorithm": {"algorithm": _ECDH, "parameters": wrap},
            "recipient_encrypted_keys": [encrypted],
        }
    )
    return cms.RecipientInfo("kari", info)
