"""Keys that sign: from a PKCS#12 (PFX) file or in a PKCS#11 token (smart card, HSM).

A key comes with its certificate and with whatever issuers its holder has; what is missing is fetched when a signature
is made. Passwords and PINs are arguments here and never end up in a message.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from hub.signing import algorithms
from hub.signing.make import asn1, identifiers
from hub.signing.make.errors import KeyUnusableError
from hub.signing.make.identifiers import Scheme

if TYPE_CHECKING:
    import pkcs11

MIN_RSA_BITS = 2048
"""Shorter RSA keys are not signed with (BTK's algorithm communiqué and every current profile agree)."""


class SigningKey(Protocol):
    """What the makers of signatures need of a key."""

    @property
    def certificate(self) -> bytes:
        """DER of the signer's certificate."""

    @property
    def chain(self) -> tuple[bytes, ...]:
        """DER of issuers that came with the key, in any order; may be empty."""

    @property
    def scheme(self) -> Scheme:
        """How the key signs."""

    @property
    def default_digest(self) -> str:
        """The digest that fits the key's strength."""

    def sign(self, data: bytes, digest: str) -> bytes:
        """The signature value over ``data``, hashed with ``digest``; ECDSA values are DER (RFC 5480)."""


@dataclass(frozen=True, slots=True)
class _CertifiedKey:
    """A private key, wherever it is, with its certificate: how it signs follows from the key in that."""

    private: Any
    certificate: bytes
    chain: tuple[bytes, ...] = ()
    pss: bool = False

    @property
    def scheme(self) -> Scheme:
        """How the key signs."""
        return _scheme(_public(self.certificate), self.pss)

    @property
    def default_digest(self) -> str:
        """The digest that fits the key's strength."""
        return _fitting(_public(self.certificate))


@dataclass(frozen=True, slots=True)
class SoftwareKey(_CertifiedKey):
    """A key in memory."""

    private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

    def __post_init__(self) -> None:
        public = _public(self.certificate)
        if self.private.public_key() != public:
            raise KeyUnusableError("Özel anahtar sertifikaya ait değil.")

    def sign(self, data: bytes, digest: str) -> bytes:
        """The signature value over ``data``."""
        chosen = identifiers.hash_of(digest)
        if isinstance(self.private, ec.EllipticCurvePrivateKey):
            return self.private.sign(data, ec.ECDSA(chosen))
        if self.pss:
            return self.private.sign(data, padding.PSS(padding.MGF1(chosen), chosen.digest_size), chosen)
        return self.private.sign(data, padding.PKCS1v15(), chosen)


@dataclass(frozen=True, slots=True)
class TokenKey(_CertifiedKey):
    """A key that never leaves its token; valid while the session of :func:`open_token` is open."""

    pin: str | None = field(default=None, repr=False)
    """Given to the key before each use when it demands that (CKA_ALWAYS_AUTHENTICATE)."""
    mechanisms: frozenset[int] = frozenset()
    again: Callable[[], Any] | None = None
    """Logs in anew and gives the same key, for a token that was taken out and put back."""

    def sign(self, data: bytes, digest: str) -> bytes:
        """The signature value over ``data``; the digest is computed here unless only the token can.

        Where the session is gone because the token was out for a moment, there is one more login. Raises
        :class:`KeyUnusableError`.
        """
        import pkcs11

        try:
            return self._sign(self.private, data, digest)
        except pkcs11.PKCS11Error as error:
            if self.again is None or type(error).__name__ not in _SESSION_GONE:
                raise KeyUnusableError(f"İmza aracı imzalamadı: {_why(error)}.") from error
        try:
            return self._sign(self.again(), data, digest)
        except pkcs11.PKCS11Error as error:
            raise KeyUnusableError(f"İmza aracı imzalamadı: {_why(error)}.") from error

    def _sign(self, private: Any, data: bytes, digest: str) -> bytes:
        from pkcs11 import MGF, Mechanism

        hashed = algorithms.digest(digest, data)
        pin = {"pin": self.pin} if self.pin is not None else {}
        if self.scheme is Scheme.ECDSA:
            value = private.sign(hashed, mechanism=Mechanism.ECDSA, **pin)
            half = len(value) // 2
            return utils.encode_dss_signature(int.from_bytes(value[:half]), int.from_bytes(value[half:]))
        if self.scheme is Scheme.PSS:
            parameters = (Mechanism[digest.upper()], MGF[digest.upper()], len(hashed))
            value = private.sign(hashed, mechanism=Mechanism.RSA_PKCS_PSS, mechanism_param=parameters, **pin)
        elif int(Mechanism.RSA_PKCS) in self.mechanisms:
            algorithm = identifiers.digest_identifier(digest, asn1.NULL)
            info = asn1.sequence(algorithm, asn1.octet_string(hashed))
            value = private.sign(info, mechanism=Mechanism.RSA_PKCS, **pin)
        else:
            value = private.sign(data, mechanism=Mechanism[f"{digest.upper()}_RSA_PKCS"], **pin)
        return bytes(value)


_SESSION_GONE: Final = frozenset(
    {"DeviceRemoved", "TokenNotPresent", "SessionClosed", "SessionHandleInvalid", "UserNotLoggedIn", "KeyHandleInvalid"}
)
"""What a token's module says when the token was taken out, or put back, since the login."""

_WHY: Final = {
    "PinIncorrect": "PIN yanlış",
    "PinInvalid": "PIN yanlış",
    "PinLenRange": "PIN uzunluğu uygun değil",
    "PinLocked": "PIN kilitlenmiş; PUK ile açılmalı",
    "PinExpired": "PIN'in süresi dolmuş",
    "UserPinNotInitialized": "PIN henüz belirlenmemiş",
    "TokenNotPresent": "araç takılı değil",
    "TokenNotRecognised": "araç tanınmadı",
    "DeviceRemoved": "araç çıkarılmış",
    "SessionClosed": "araçla oturum kapanmış",
    "SessionHandleInvalid": "araçla oturum kapanmış",
    "UserNotLoggedIn": "araçta oturum açılmamış",
    "MechanismInvalid": "araç bu imza algoritmasını bilmiyor",
}


def _why(error: BaseException) -> str:
    """A token's refusal in Turkish, with the standard's name of it."""
    name = type(error).__name__
    return f"{_WHY[name]} ({name})" if name in _WHY else name


def load_pfx(data: bytes, password: str, *, pss: bool = False) -> SoftwareKey:
    """The key of a PKCS#12 file.

    Raises :class:`KeyUnusableError` for a wrong password, a damaged file, or one without a key and its certificate.
    ``pss``: sign with RSASSA-PSS instead of PKCS #1 v1.5 (RSA keys only).
    """
    try:
        private, certificate, others = pkcs12.load_key_and_certificates(data, password.encode())
    except ValueError as error:
        raise KeyUnusableError("PFX dosyası açılamadı: parola yanlış ya da dosya bozuk.") from error
    if not isinstance(private, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) or certificate is None:
        raise KeyUnusableError("PFX dosyasında RSA ya da EC anahtarı ile sertifikası birlikte bulunmuyor.")
    chain = tuple(other.public_bytes(Encoding.DER) for other in others)
    return SoftwareKey(private, certificate.public_bytes(Encoding.DER), chain, pss)


@contextmanager
def open_token(
    library: str | Path,
    pin: str,
    *,
    token_label: str | None = None,
    key_label: str | None = None,
    key_id: bytes | None = None,
    pss: bool = False,
) -> Iterator[TokenKey]:
    """Log in to a PKCS#11 token and give its signing key; logs out at the end.

    ``library`` is the path of the vendor's PKCS#11 module. ``token_label`` is needed when several tokens are present,
    ``key_label`` or ``key_id`` (CKA_ID) when several certificates with a key are. Raises :class:`KeyUnusableError`.
    """
    try:
        import pkcs11
    except ImportError as error:
        raise KeyUnusableError("PKCS#11 desteği kurulu değil: pip install 'eyazisma-hub[pkcs11]'") from error
    try:
        module = pkcs11.lib(os.fspath(library))
        token = _one_token(module, token_label)
        mechanisms = frozenset(int(mechanism) for mechanism in token.slot.get_mechanisms())
        session = token.open(user_pin=pin)
    except pkcs11.PKCS11Error as error:
        raise KeyUnusableError(f"İmza aracı açılamadı: {_why(error)}.") from error
    except RuntimeError as error:
        raise KeyUnusableError("PKCS#11 kitaplığı yüklenemedi.") from error
    with ExitStack() as open_sessions:
        open_sessions.callback(_close, session)
        try:
            private, certificate, others = _find(session, key_label, key_id)
            asks = _asks_again(private)
        except pkcs11.PKCS11Error as error:
            raise KeyUnusableError(f"İmza aracındaki nesneler okunamadı: {_why(error)}.") from error

        def again() -> Any:
            """The same key in a new session: another token in the same slot has another certificate."""
            _close(session)
            fresh = _one_token(module, token_label).open(user_pin=pin)
            open_sessions.callback(_close, fresh)
            found, same, _ = _find(fresh, key_label, key_id)
            if same != certificate:
                raise KeyUnusableError("İmza aracı değişmiş; imza başlatıldığı anahtarla tamamlanamadı.")
            return found

        yield TokenKey(private, certificate, tuple(others), pss, pin if asks else None, mechanisms, again)


def _close(session: Any) -> None:
    """Close a session; one whose token is gone has nothing left to close."""
    import pkcs11

    with suppress(pkcs11.PKCS11Error):
        session.close()


def _asks_again(private: Any) -> bool:
    """Whether the key wants the PIN before each use; tokens that do not know the attribute do not."""
    from pkcs11 import Attribute, AttributeTypeInvalid

    try:
        return bool(private[Attribute.ALWAYS_AUTHENTICATE])
    except AttributeTypeInvalid:
        return False


def _one_token(module: Any, label: str | None) -> pkcs11.Token:
    tokens = [token for token in module.get_tokens() if label is None or token.label.strip() == label]
    if len(tokens) != 1:
        names = ", ".join(sorted(token.label.strip() for token in tokens)) or "yok"
        raise KeyUnusableError(f"Tek bir imza aracı seçilemedi; uyanlar: {names}.")
    found: pkcs11.Token = tokens[0]
    return found


def _find(session: Any, label: str | None, key_id: bytes | None) -> tuple[Any, bytes, list[bytes]]:
    """The private key, its certificate, and the token's other certificates."""
    from pkcs11 import Attribute, ObjectClass

    certificates = [
        (item[Attribute.ID], item[Attribute.LABEL], bytes(item[Attribute.VALUE]))
        for item in session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})
    ]
    keys = {key[Attribute.ID]: key for key in session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY})}
    fitting = [
        (keys[id_], value)
        for id_, name, value in certificates
        if id_ in keys
        and (key_id is None or id_ == key_id)
        and (label is None or label in (name, keys[id_][Attribute.LABEL]))
    ]
    if len(fitting) != 1:
        names = ", ".join(sorted(str(name) for id_, name, _ in certificates if id_ in keys)) or "yok"
        raise KeyUnusableError(f"İmza aracında tek bir anahtar ve sertifika seçilemedi; bulunanlar: {names}.")
    key, certificate = fitting[0]
    return key, certificate, [value for _, _, value in certificates if value != certificate]


def _public(certificate: bytes) -> rsa.RSAPublicKey | ec.EllipticCurvePublicKey:
    public = x509.load_der_x509_certificate(certificate).public_key()
    if not isinstance(public, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise KeyUnusableError("Yalnızca RSA ve EC anahtarlarıyla imzalanır.")
    if isinstance(public, rsa.RSAPublicKey) and public.key_size < MIN_RSA_BITS:
        raise KeyUnusableError(f"RSA anahtarı {MIN_RSA_BITS} bitten kısa.")
    return public


def _scheme(public: rsa.RSAPublicKey | ec.EllipticCurvePublicKey, pss: bool) -> Scheme:
    if isinstance(public, ec.EllipticCurvePublicKey):
        return Scheme.ECDSA
    return Scheme.PSS if pss else Scheme.PKCS1


def _fitting(public: rsa.RSAPublicKey | ec.EllipticCurvePublicKey) -> str:
    if isinstance(public, ec.EllipticCurvePublicKey):
        return "sha512" if public.key_size > 384 else "sha384" if public.key_size > 256 else "sha256"
    return "sha256"
