"""The package service for a server process: two known callers, the trust store of ``HUB_DATA``, no registry."""

from __future__ import annotations

import os
from pathlib import Path

from hub.access.credentials import Right
from hub.access.door import Caller
from hub.access.errors import AccessDeniedError
from hub.config import Settings
from hub.edge.front import Front
from hub.services.paket import paket
from hub.signing.trust import TrustKeeper

CALLERS = {
    ("24301050", "gizli"): Caller(1, "24301050", 24301050, frozenset()),
    ("82223362", "gizli"): Caller(2, "82223362", 82223362, frozenset()),
    ("24301050", "yetkili"): Caller(3, "24301050", 24301050, frozenset({Right.PERSONAL})),
}


def check(kurum_id: str, password: str, address: str) -> Caller:
    try:
        return CALLERS[kurum_id, password]
    except KeyError:
        raise AccessDeniedError from None


def application() -> Front:
    """The service behind the hub's front, as in production."""
    roots = TrustKeeper(Path(os.environ["HUB_DATA"]))
    endpoint = paket(None, check, trust=roots.store, settings=Settings())
    return Front({"/PaketServis": endpoint}, open_paths={})
