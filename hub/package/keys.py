"""Keys that open encrypted packages: from a PFX file, or kept in a PKCS#11 token that does the private operation."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Protocol

from asn1crypto import cms
from asn1crypto import keys as asn1_keys
from cryptography import x509
from cryptography.hazmat.primitives import hashes, keywrap
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.kdf.x963kdf import X963KDF
from cryptography.hazmat.primitives.serialization import pkcs12

from hub.errors import HubError

_HASHES: Final[dict[str, type[hashes.HashAlgorithm]]] = {
    "sha1": hashes.SHA1, "sha224": hashes.SHA224, "sha256": hashes.SHA256, "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}  # fmt: skip
_AGREEMENTS: Final[dict[str, type[hashes.HashAlgorithm]]] = {
    "1.3.133.16.840.63.0.2": hashes.SHA1,
    "1.3.132.1.11.0": hashes.SHA224,
    "1.3.132.1.11.1": hashes.SHA256,
    "1.3.132.1.11.2": hashes.SHA384,
    "1.3.132.1.11.3": hashes.SHA512,
}
"""dhSinglePass-stdDH-*kdf-scheme (RFC 5753)."""
_WRAPS: Final = {"2.16.840.1.101.3.4.1.5": 16, "2.16.840.1.101.3.4.1.25": 24, "2.16.840.1.101.3.4.1.45": 32}


class KeyFileError(HubError):
    """A key file or token that cannot be used: not there, wrong password, no private key in it."""

    code = "KEY"


class RecipientKey(Protocol):
    """A private key that may be one of the recipients'."""

    def content_key(self, recipient: cms.RecipientInfo) -> bytes | None:
        """The content-encryption key, when ``recipient`` is this key's certificate and unwraps; else None."""


class _Private(Protocol):
    """The private operations, wherever the key is."""

    def transport(self, wrapped: bytes, oaep: tuple[str, str] | None) -> bytes | None:
        """RSA decryption: PKCS#1 v1.5, or OAEP with (digest, MGF1 digest) names."""

    def agree(self, public: bytes) -> bytes | None:
        """ECDH with an uncompressed point."""


class CertifiedKey:
    """A private key with its certificate, by which recipients are named."""

    def __init__(self, certificate: x509.Certificate, private: _Private) -> None:
        self.certificate = certificate
        self._private = private

    def content_key(self, recipient: cms.RecipientInfo) -> bytes | None:
        """The content key that ``recipient`` carries (RFC 5652 6.2); None where this key does not open it."""
        try:
            if recipient.name == "ktri":
                return self._transported(recipient.chosen)
            if recipient.name == "kari":
                return self._agreed(recipient.chosen)
        except (ValueError, TypeError, KeyError, keywrap.InvalidUnwrap):
            return None  # one answer for every way in which it does not fit
        return None

    def _is_mine(self, named: Any) -> bool:
        if named.name == "issuer_and_serial_number":
            chosen = named.chosen
            same = chosen["serial_number"].native == self.certificate.serial_number
            return bool(same) and chosen["issuer"].dump() == self.certificate.issuer.public_bytes()
        try:
            mine = self.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
        except x509.ExtensionNotFound:
            return False
        theirs = named.chosen if named.name == "subject_key_identifier" else named.chosen["subject_key_identifier"]
        return bool(theirs.native == mine)

    def _transported(self, info: Any) -> bytes | None:
        if not self._is_mine(info["rid"]):
            return None
        algorithm = info["key_encryption_algorithm"]
        oaep = None
        if algorithm["algorithm"].native == "rsaes_oaep":
            parameters = algorithm["parameters"]
            mask = parameters["mask_gen_algorithm"]["parameters"]["algorithm"].native
            oaep = (parameters["hash_algorithm"]["algorithm"].native, mask)
        elif algorithm["algorithm"].native not in ("rsaes_pkcs1v15", "rsa"):
            return None
        return self._private.transport(info["encrypted_key"].native, oaep)

    def _agreed(self, info: Any) -> bytes | None:
        originator = info["originator"]
        algorithm = info["key_encryption_algorithm"]
        scheme = _AGREEMENTS.get(algorithm["algorithm"].dotted)
        if originator.name != "originator_key" or scheme is None:
            return None
        wrap = asn1_keys.PrivateKeyAlgorithm.load(algorithm["parameters"].dump())["algorithm"].dotted
        if wrap not in _WRAPS:
            return None
        for entry in info["recipient_encrypted_keys"]:
            if not self._is_mine(entry["rid"]):
                continue
            shared = self._private.agree(originator.chosen["public_key"].native)
            if shared is None:
                return None
            size = _WRAPS[wrap]
            shared_info = _shared_info(algorithm["parameters"].dump(), info["ukm"].native, size)
            kek = X963KDF(scheme(), size, shared_info).derive(shared)
            return keywrap.aes_key_unwrap(kek, entry["encrypted_key"].native)
        return None


def _shared_info(wrap: bytes, ukm: bytes | None, size: int) -> bytes:
    """ECC-CMS-SharedInfo (RFC 5753 7.2), DER."""
    from hub.signing import der

    parts = [wrap]
    if ukm:
        parts.append(der.wrap(0xA0, der.wrap(0x04, ukm)))
    parts.append(der.wrap(0xA2, der.wrap(0x04, (size * 8).to_bytes(4, "big"))))
    return der.wrap(der.SEQUENCE, *parts)


class _Soft:
    """A key in memory."""

    def __init__(self, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> None:
        self._key = key

    def transport(self, wrapped: bytes, oaep: tuple[str, str] | None) -> bytes | None:
        if not isinstance(self._key, rsa.RSAPrivateKey):
            return None
        scheme: padding.AsymmetricPadding = padding.PKCS1v15()
        if oaep:
            scheme = padding.OAEP(padding.MGF1(_HASHES[oaep[1]]()), _HASHES[oaep[0]](), None)
        return self._key.decrypt(wrapped, scheme)

    def agree(self, public: bytes) -> bytes | None:
        if not isinstance(self._key, ec.EllipticCurvePrivateKey):
            return None
        peer = ec.EllipticCurvePublicKey.from_encoded_point(self._key.curve, public)
        return self._key.exchange(ec.ECDH(), peer)


def load_pfx(file: Path, password: str) -> CertifiedKey:
    """The key and certificate of a PFX (PKCS#12) file.

    Raises :class:`KeyFileError` when the file cannot be read, the password is wrong or no RSA or EC key is in it.
    """
    try:
        key, certificate, _ = pkcs12.load_key_and_certificates(file.read_bytes(), password.encode() or None)
    except OSError as error:
        raise KeyFileError(f"Anahtar dosyası okunamadı: {error.strerror}") from None
    except ValueError:
        raise KeyFileError("Anahtar dosyası açılamadı: parola yanlış ya da dosya PFX değil.") from None
    if certificate is None or not isinstance(key, (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey)):
        raise KeyFileError("Anahtar dosyasında RSA ya da EC anahtarı ve sertifikası yok.")
    return CertifiedKey(certificate, _Soft(key))


class _Token:
    """A key in a PKCS#11 token; it never leaves it."""

    def __init__(self, key: Any, pkcs11: Any) -> None:
        self._key = key
        self._pkcs11 = pkcs11

    def transport(self, wrapped: bytes, oaep: tuple[str, str] | None) -> bytes | None:
        mechanism = self._pkcs11.Mechanism
        try:
            if oaep:
                digest = getattr(
                    mechanism, oaep[0].upper().replace("SHA", "SHA_") if oaep[0] == "sha1" else oaep[0].upper()
                )
                mask = getattr(self._pkcs11.MGF, oaep[1].upper())
                parameter = (digest, mask, None)
                return bytes(self._key.decrypt(wrapped, mechanism=mechanism.RSA_PKCS_OAEP, mechanism_param=parameter))
            return bytes(self._key.decrypt(wrapped, mechanism=mechanism.RSA_PKCS))
        except (self._pkcs11.exceptions.PKCS11Error, AttributeError):
            return None  # an EC key has no such operation

    def agree(self, public: bytes) -> bytes | None:
        parameter = (self._pkcs11.KDF.NULL, None, public)
        # the secret is for this one unwrapping: it is not kept in the token, and the key derivation is done here
        template = {self._pkcs11.Attribute.SENSITIVE: False, self._pkcs11.Attribute.EXTRACTABLE: True}
        try:
            secret = self._key.derive_key(
                self._pkcs11.KeyType.GENERIC_SECRET,
                (len(public) - 1) // 2 * 8,
                mechanism=self._pkcs11.Mechanism.ECDH1_DERIVE,
                mechanism_param=parameter,
                template=template,
            )
            return bytes(secret[self._pkcs11.Attribute.VALUE])
        except (self._pkcs11.exceptions.PKCS11Error, AttributeError):
            return None  # an RSA key has no such operation


def load_pkcs11(module: str, token: str, pin: str) -> Sequence[CertifiedKey]:
    """Every key pair with a certificate in the token labelled ``token``, for recipients by RSA and by ECDH.

    Raises :class:`KeyFileError` when python-pkcs11 is not installed (``pip install eyazisma-hub[pkcs11]``) or the
    token cannot be opened.
    """
    try:
        pkcs11 = importlib.import_module("pkcs11")
        importlib.import_module("pkcs11.exceptions")
    except ImportError:
        raise KeyFileError("PKCS#11 desteği kurulu değil: pip install 'eyazisma-hub[pkcs11]'") from None
    attribute, kinds = pkcs11.Attribute, pkcs11.ObjectClass
    try:
        session = pkcs11.lib(module).get_token(token_label=token).open(user_pin=pin)
        found: list[CertifiedKey] = []
        for item in list(session.get_objects({attribute.CLASS: kinds.CERTIFICATE})):  # one search at a time
            wanted = {attribute.CLASS: kinds.PRIVATE_KEY, attribute.ID: item[attribute.ID]}
            for key in list(session.get_objects(wanted)):
                certificate = x509.load_der_x509_certificate(bytes(item[attribute.VALUE]))
                found.append(CertifiedKey(certificate, _Token(key, pkcs11)))
    except (pkcs11.exceptions.PKCS11Error, RuntimeError, ValueError) as error:
        raise KeyFileError(f"PKCS#11 aracı (kart, HSM) açılamadı: {type(error).__name__}") from None
    if not found:
        raise KeyFileError("PKCS#11 aracında (kart, HSM) sertifikalı bir anahtar yok.")
    return found
