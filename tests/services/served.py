"""The KAYSİS service in a process of its own, for clients on a real socket. The test has filled the database."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from parts.databases import KEYS

from hub.config import Settings
from hub.contract import Contract
from hub.services.detsis import WSDL, Detsis
from hub.store.database import Database
from hub.store.freshness import Freshness
from services.conftest import check


def application() -> Any:
    """What granian calls."""
    database = Database.open(os.environ["SERVED_DATABASE"], KEYS)
    freshness = Freshness(database)
    folder = Path(os.environ["SERVED_FOLDER"])
    service = Detsis(Contract.load(WSDL), database, freshness, folder, check, keys=KEYS, settings=Settings.load())
    service.prepare()

    def mounted(environ: dict[str, Any], start_response: Any) -> Any:
        environ["SCRIPT_NAME"], environ["PATH_INFO"] = environ["PATH_INFO"], ""
        return service.endpoint(environ, start_response)

    return mounted
