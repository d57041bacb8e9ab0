"""Settings: what an operator may choose, each with its name in the environment, its default and a sentence of help.

The command line's options win over the environment, the environment over the defaults.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from hub.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Settings:
    """One server's or command's settings."""

    data: Path = field(default=Path("data"), metadata={"env": "HUB_DATA"})
    """Folder of everything the hub keeps: the embedded database, keys, prepared answers, trust store."""

    database_url: str = field(default="", metadata={"env": "HUB_DATABASE_URL"})
    """SQLAlchemy URL; empty means the embedded SQLite file ``hub.sqlite`` in :attr:`data`."""

    public_url: str = field(default="", metadata={"env": "HUB_PUBLIC_URL"})
    """Scheme, host and path prefix under which clients reach the hub, for example ``https://kaysis.example.gov.tr``.
    Empty: taken from a trusted proxy's headers, else from the request's host when it is an allowed one."""

    allowed_hosts: tuple[str, ...] = field(
        default=("localhost", "127.0.0.1", "[::1]"), metadata={"env": "HUB_ALLOWED_HOSTS"}
    )
    """Host names that ``?WSDL`` may print when :attr:`public_url` is empty; comma-separated in the environment."""

    trusted_proxies: tuple[str, ...] = field(default=(), metadata={"env": "HUB_TRUSTED_PROXIES"})
    """Addresses or networks (CIDR) whose ``X-Forwarded-For``, ``-Proto`` and ``-Host`` are believed."""

    key_file: str = field(default="", metadata={"env": "HUB_KEY_FILE"})
    """File with the key that encrypts personal data; empty means ``hub.key`` in :attr:`data`, made on first use."""

    receipt_key: str = field(default="", metadata={"env": "HUB_RECEIPT_KEY"})
    """PFX file with the key that signs receipts (tutanak). Empty: none are issued; in demo mode a test key does it."""

    receipt_password_file: str = field(default="", metadata={"env": "HUB_RECEIPT_PASSWORD_FILE"})
    """File whose first line is that PFX file's password."""

    tsa_url: str = field(default="", metadata={"env": "HUB_TSA_URL"})
    """Address of the time-stamping authority (RFC 3161) for receipts. Empty: receipts bring neither a timestamp nor
    revocation evidence; in demo mode a test authority gives them."""

    tsa_user: str = field(default="", metadata={"env": "HUB_TSA_USER"})
    """User name for that authority (HTTP Basic), where it wants one."""

    tsa_password_file: str = field(default="", metadata={"env": "HUB_TSA_PASSWORD_FILE"})
    """File whose first line is the password for it."""

    fetch_hosts: tuple[str, ...] = field(default=(), metadata={"env": "HUB_FETCH_HOSTS"})
    """Hosts that may be asked for OCSP responses, CRLs and issuers' certificates (``.example.org``: every host below
    it). Empty: any public one. Only commands and services that are told to go online ask at all."""

    fetch_private: bool = field(default=False, metadata={"env": "HUB_FETCH_PRIVATE"})
    """May private, loopback and link-local addresses be asked too?"""

    stale_seconds: int = field(default=900, metadata={"env": "HUB_STALE_SECONDS"})
    """For how many seconds look-ups go on being answered from memory and prepared files, as the registry was last
    seen, when the database does not answer. 0: not at all."""

    demo: bool = field(default=False, metadata={"env": "HUB_DEMO"})
    """Demo mode: sample data and test certificates are accepted."""

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None, **chosen: Any) -> Settings:
        """Settings from ``environ`` (default: the process's), overridden by every ``chosen`` value that is not None.

        Raises :class:`~hub.errors.ConfigError` for a value that cannot be read.
        """
        environ = os.environ if environ is None else environ
        values: dict[str, Any] = {}
        for item in fields(cls):
            name = item.metadata["env"]
            raw = environ.get(name, "")
            if raw:
                values[item.name] = _read(name, raw, item.default)
        values.update({name: value for name, value in chosen.items() if value is not None})
        return cls(**values)

    def environ(self) -> dict[str, str]:
        """These settings as environment variables, as a server hands them to its worker processes."""
        return {item.metadata["env"]: _write(getattr(self, item.name)) for item in fields(self)}

    @property
    def database(self) -> str:
        """The database URL in force."""
        return self.database_url or f"sqlite:///{(self.data / 'hub.sqlite').resolve()}"

    @property
    def key_path(self) -> Path:
        """The key file in force."""
        return Path(self.key_file) if self.key_file else self.data / "hub.key"


def _read(name: str, raw: str, default: object) -> object:
    if isinstance(default, bool):
        if raw.lower() not in {"0", "1", "true", "false", "yes", "no"}:
            raise ConfigError(f"{name}: 0 ya da 1 olmalı")
        return raw.lower() in {"1", "true", "yes"}
    if isinstance(default, int):
        if not raw.isascii() or not raw.isdecimal():
            raise ConfigError(f"{name}: sıfır ya da daha büyük bir tam sayı olmalı")
        return int(raw)
    if isinstance(default, tuple):
        return tuple(part.strip() for part in raw.split(",") if part.strip())
    if isinstance(default, Path):
        return Path(raw)
    return raw


def _write(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return ",".join(value) if isinstance(value, tuple) else str(value)
