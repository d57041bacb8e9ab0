"""What signs the hub's receipts: a key and, where a time-stamping authority is configured, what makes them last."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hub.config import Settings
from hub.errors import ConfigError
from hub.signing.demo_pki import DemoPki
from hub.signing.fetch import Fetcher, FetchPolicy
from hub.signing.keys import SigningKey, load_pfx
from hub.signing.make import HttpTransport, Services, Tsa
from hub.signing.receipts import Receipt, issue

TSA_SECONDS = 5.0
"""Whoever asks for a receipt waits for its timestamp; an authority answers within a second."""


@dataclass(frozen=True, slots=True)
class ReceiptSigner:
    """A key with the services that its receipts are timestamped by."""

    key: SigningKey
    services: Services | None = None

    def sign(self, receipt: Receipt) -> bytes:
        """The signed document. Raises a :class:`~hub.signing.make.SigningError` when the key, the authority or the
        evidence cannot be had: a receipt that lacks what was configured is not issued."""
        return issue(receipt, self.key, self.services)


def load(settings: Settings) -> ReceiptSigner | None:
    """What the settings name; None where there is no key. Raises :class:`~hub.errors.ConfigError`."""
    if settings.receipt_key:
        try:
            key = load_pfx(Path(settings.receipt_key).read_bytes(), _first_line(settings.receipt_password_file))
        except OSError as error:
            raise ConfigError(f"Tutanak anahtarı okunamadı: {error.strerror}") from error
        return ReceiptSigner(key, _services(settings))
    if settings.demo:
        pki = DemoPki.open(settings)
        return ReceiptSigner(pki.seal("e-Yazışma merkezi (gösterim)", "00000000"), pki.services())
    return None


def _services(settings: Settings) -> Services | None:
    if not settings.tsa_url:
        return None
    try:
        password = _first_line(settings.tsa_password_file)
    except OSError as error:
        raise ConfigError(f"Zaman damgası parolası okunamadı: {error.strerror}") from error
    transport = HttpTransport(timeout=TSA_SECONDS, allow_private=True)  # the operator names this address
    tsa = Tsa(settings.tsa_url, user=settings.tsa_user or None, password=password or None, transport=transport)
    return Services(tsa, Fetcher(FetchPolicy.of(settings)))


def _first_line(file: str) -> str:
    return Path(file).read_text(encoding="utf-8").partition("\n")[0] if file else ""
