"""Personal data at rest: sealed with a key that the database does not hold, found by a keyed digest, shown masked.

A value is sealed with AES-256-GCM under a fresh nonce and bound to its purpose, so that a sealed birth date cannot be
passed off as an identity number. The lookup is HMAC-SHA-256 under a second key. Both keys, and the one that seals the
chains, come from the one secret in the key file by HKDF (RFC 5869).
"""

from __future__ import annotations

import contextlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hub.store.errors import KeyUnusableError
from hub.turkish import valid_tckn

_HEADER: Final = "eyhub-key-1:"
_NONCE: Final = 12


@dataclass(frozen=True, slots=True)
class Keys:
    """The hub's keys. Never printed: ``repr`` shows nothing of them."""

    _sealing: bytes = field(repr=False)
    _lookup: bytes = field(repr=False)
    _chain: bytes = field(repr=False)

    @classmethod
    def derive(cls, secret: bytes) -> Keys:
        """The keys that follow from a 32-byte ``secret``. Raises :class:`~hub.store.errors.KeyUnusableError` for one of
        another length."""
        if len(secret) != 32:
            raise KeyUnusableError("Anahtar dosyası bozuk.")

        def key(purpose: bytes) -> bytes:
            return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"eyhub/" + purpose).derive(secret)

        return cls(key(b"sealing"), key(b"lookup"), key(b"chain"))

    @classmethod
    def load(cls, path: Path, *, create: bool = True) -> Keys:
        """The keys of the file at ``path``, made there, readable by its owner only, if there is none yet and
        ``create`` is set.

        Two processes that start at once end up with the same file. Raises :class:`~hub.store.errors.KeyUnusableError`.
        """
        try:
            if create and not path.exists():
                _make(path)
            if os.name == "posix" and path.stat().st_mode & 0o077:
                raise KeyUnusableError("Anahtar dosyasını yalnızca sahibi okuyabilmeli (chmod 600).")
            text = path.read_text(encoding="ascii").strip()
            if not text.startswith(_HEADER):
                raise KeyUnusableError("Anahtar dosyası bozuk.")
            return cls.derive(bytes.fromhex(text.removeprefix(_HEADER)))
        except FileNotFoundError:
            raise KeyUnusableError("Anahtar dosyası yok.") from None
        except (OSError, ValueError):
            raise KeyUnusableError("Anahtar dosyası okunamıyor.") from None

    def seal(self, text: str, purpose: str) -> bytes:
        """``text`` encrypted for ``purpose``; every call gives other bytes."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + AESGCM(self._sealing).encrypt(nonce, text.encode(), purpose.encode())

    def unseal(self, sealed: bytes, purpose: str) -> str:
        """What :meth:`seal` was given.

        Raises :class:`~hub.store.errors.KeyUnusableError` for another key, another purpose or altered bytes.
        """
        try:
            return AESGCM(self._sealing).decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode()).decode()
        except (InvalidTag, ValueError):
            raise KeyUnusableError("Kişisel veri bu anahtarla açılamıyor.") from None

    def lookup(self, text: str, purpose: str) -> bytes:
        """The keyed digest by which ``text`` is found; 32 bytes, the same for the same text."""
        return hmac.digest(self._lookup, purpose.encode() + b"\0" + text.encode(), "sha256")

    def chain_seal(self, chain: str, serial: int, head: bytes) -> bytes:
        """The seal over the end of a chain."""
        return hmac.digest(self._chain, f"{chain}:{serial}:".encode() + head, "sha256")

    def fingerprint(self) -> str:
        """Tells two key files apart without telling anything of the keys."""
        return sha256(self._lookup).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Tckn:
    """A valid T.C. kimlik no, masked wherever it is printed or formatted; ``number`` is the number itself."""

    number: str = field(repr=False)

    def __post_init__(self) -> None:
        if not valid_tckn(self.number):
            raise ValueError("not a T.C. kimlik no")

    def __repr__(self) -> str:
        return f"Tckn({mask(self.number)})"

    __str__ = __repr__


def mask(number: str) -> str:
    """``12345678901`` as ``123******01``: enough to recognise one's own, too little to use."""
    return number if len(number) < 6 else f"{number[:3]}{'*' * (len(number) - 5)}{number[-2:]}"


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{_HEADER}{secrets.token_hex(32)}\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)  # unlike a rename, it never replaces a key that another process made first
    finally:
        temporary.unlink()
