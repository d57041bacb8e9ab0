"""The demo authority: made on the spot, kept in a folder so that a later run goes on with the same root."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from hub import clock
from hub.config import Settings
from hub.errors import HubError
from hub.signing import trust
from hub.signing.demo_pki import issuing
from hub.signing.demo_pki.issuing import Pair
from hub.signing.demo_pki.services import TSA_URL, DemoTransport
from hub.signing.keys import SoftwareKey
from hub.signing.make import Services, Tsa
from hub.signing.trust import trust_folder

_FILE: Final = "demo-pki.pem"


class DemoRefusedError(HubError):
    """The demo authority was asked for outside demo mode, or its file cannot be used."""

    code = "DEMO_ONLY"


@dataclass(slots=True)
class DemoPki:
    """The authority with its helpers. ``issued`` and ``revoked`` are by serial number, for as long as this object
    lives: status is only asked while something is being signed."""

    root: Pair
    sub: Pair
    responder: Pair
    tsa: Pair
    issued: dict[int, x509.Certificate] = field(default_factory=dict)
    revoked: dict[int, datetime] = field(default_factory=dict)

    @classmethod
    def open(cls, settings: Settings) -> DemoPki:
        """The authority of ``settings.data``, made when there is none, its root put into the hub's trust store.

        Raises :class:`DemoRefusedError` unless ``settings.demo``.
        """
        if not settings.demo:
            raise DemoRefusedError("Gösterim sertifikaları yalnız gösterim kipinde kullanılır.")
        file = settings.data / _FILE
        pki = _load(file) if file.exists() else None
        if pki is None:
            root = issuing.root()
            sub = issuing.subordinate(root)
            pki = cls(root, sub, issuing.responder(sub), issuing.timestamper(root))
            _save(file, pki)
        trust.add(
            trust_folder(settings.data),
            pki.root.certificate.public_bytes(Encoding.DER),
            "gösterim kipinde bu makinede üretildi",
            demo=True,
            test=True,
        )
        return pki

    def signer(self, name: str, tckn: str) -> SoftwareKey:
        """A person's key with a qualified certificate; ``tckn`` stands in the subject's serialNumber."""
        return self._issue(issuing.name(name, serial=tckn), seal=False)

    def seal(self, institution: str, detsis_no: str) -> SoftwareKey:
        """An institution's seal key; the DETSİS number stands in the subject's serialNumber."""
        return self._issue(issuing.name(institution, institution, detsis_no), seal=True)

    def revoke(self, key: SoftwareKey, at: datetime | None = None) -> None:
        """Take a certificate back from ``at`` (aware; default now)."""
        certificate = x509.load_der_x509_certificate(key.certificate)
        self.revoked[certificate.serial_number] = (at or clock.now()).replace(microsecond=0)

    def services(self) -> Services:
        """Timestamps and evidence for :mod:`hub.signing.make`, from this authority."""
        transport = DemoTransport(self)
        return Services(Tsa(TSA_URL, transport=transport), transport, self._above())

    def _issue(self, subject: x509.Name, *, seal: bool) -> SoftwareKey:
        pair = issuing.holder(self.sub, subject, seal=seal)
        self.issued[pair.certificate.serial_number] = pair.certificate
        return SoftwareKey(pair.key, pair.certificate.public_bytes(Encoding.DER), self._above())

    def _above(self) -> tuple[bytes, ...]:
        return tuple(pair.certificate.public_bytes(Encoding.DER) for pair in (self.sub, self.root))


def _save(file: Path, pki: DemoPki) -> None:
    parts: list[bytes] = []
    for pair in (pki.root, pki.sub, pki.responder, pki.tsa):
        parts.append(pair.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        parts.append(pair.certificate.public_bytes(Encoding.PEM))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=".new-")
        with os.fdopen(handle, "wb") as out:
            out.write(b"".join(parts))
        os.replace(temporary, file)
    except OSError as error:
        raise DemoRefusedError(f"{file}: yazılamadı ({error.strerror}).") from error


def _load(file: Path) -> DemoPki | None:
    """The kept authority; None when it has run out and a new one is due."""
    try:
        data = file.read_bytes()
        found = x509.load_pem_x509_certificates(data)
        marks = data.split(b"-----BEGIN PRIVATE KEY-----")[1:]
        keys = [load_pem_private_key(b"-----BEGIN PRIVATE KEY-----" + part, None) for part in marks]
    except (OSError, ValueError) as error:
        raise DemoRefusedError(f"{file}: okunamadı; silinirse yenisi üretilir.") from error
    pairs = [
        Pair(certificate, key)
        for certificate, key in zip(found, keys, strict=False)
        if isinstance(key, ec.EllipticCurvePrivateKey) and key.public_key() == certificate.public_key()
    ]
    if len(pairs) != 4:
        raise DemoRefusedError(f"{file}: okunamadı; silinirse yenisi üretilir.")
    if min(pair.certificate.not_valid_after_utc for pair in pairs) <= clock.now():
        return None
    root, sub, responder, tsa = pairs
    return DemoPki(root, sub, responder, tsa)
