"""The package service for a server process: one known caller, no registry, the trust store of ``HUB_DATA``."""

from __future__ import annotations

import os
from pathlib import Path

from hub.access.errors import AccessDeniedError
from hub.config import Settings
from hub.edge.front import Front
from hub.services.paket import paket
from hub.signing.trust import TrustKeeper


def check(kurum_id: str, password: str, address: str) -> str:
    if (kurum_id, password) != ("24301050", "gizli"):
        raise AccessDeniedError
    return kurum_id


def application() -> Front:
    """The service behind the hub's front, as in production."""
    folder = Path(os.environ["HUB_DATA"])
    endpoint = paket(None, check, trust=TrustKeeper(folder).store, settings=Settings())
    return Front({"/PaketServis": endpoint}, open_paths={})
