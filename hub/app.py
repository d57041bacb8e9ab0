"""The hub put together: settings in, one WSGI application out.

Nothing here connects when it is made. A worker whose database is not there yet comes up, says so at ``/health/ready``,
and begins its work by itself once the database is there.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import os
import sys
import threading
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from wsgiref.types import StartResponse, WSGIApplication

from hub import clock
from hub.access.door import Door
from hub.access.refused import RefusedCalls
from hub.config import Settings
from hub.contract import Contract
from hub.edge import server
from hub.edge.access_log import AccessLog
from hub.edge.front import Front
from hub.edge.health import Health
from hub.edge.metrics import Metrics, State
from hub.errors import HubError
from hub.limits import HEALTH_SECONDS
from hub.registry import serials
from hub.services import imza, receipt_signer
from hub.services.detsis import WSDL, Detsis
from hub.services.iyem import service as iyem_service
from hub.services.iyem import yetki
from hub.services.paket import paket
from hub.services.receipt_signer import ReceiptSigner
from hub.signing.trust import TrustKeeper, trust_folder
from hub.store import revision
from hub.store.database import Database
from hub.store.errors import DatabaseUnavailableError
from hub.store.freshness import Freshness
from hub.store.keyed import Keyed
from hub.store.keyfile import keys_for
from hub.store.trail import check_key

log = logging.getLogger(__name__)

PATHS: Final = ("/DETSISServis.asmx", "/DETSISOzelSektor.asmx")
"""Where the KAYSİS contract is served; the second is what clients outside the public sector are configured with."""

IMZA_PATH: Final = "/ImzaServis"
"""Where signatures and receipts are judged. Without roots it answers with a typed fault; the registry's readiness
does not depend on it."""

PAKET_PATH: Final = "/PaketServis"
"""Where packages are judged and described. Without roots signatures are ``not configured`` in its answers."""

YETKI_PATH: Final = "/YetkiServis"
"""Where it is decided who may sign."""

IYEM_PATH: Final = "/IyemServis"
"""Where İYEM's register is kept."""

_RETRY_SECONDS: Final = (1, 2, 5, 10, 30)


class NotReadyError(Exception):
    """A readiness check found its dependency missing."""


class Hub:
    """One process's hub; :attr:`front` is its WSGI application."""

    def __init__(self, settings: Settings, *, access_log: AccessLog | None = None) -> None:
        """Raises :class:`~hub.errors.HubError` for settings or a key file that cannot be used."""
        self.settings = settings
        self.database = Database.open(settings.database)
        try:
            keys = self._keys = self.database.keys = keys_for(self.database, settings.key_path)
        except BaseException:
            self.database.close()
            raise
        self.freshness = Freshness(self.database, settings.stale_seconds)
        self._head: tuple[int, datetime] | None = None
        self._keyed = Keyed(self.database)
        self._yetki = yetki.contract()
        self._filed = yetki.filed(self.database, self.freshness, settings.data, keys, self._yetki)
        self.metrics = Metrics(
            self._serial,
            {
                "hub_overload_refusals": lambda: self.front.gate.refused,
                "hub_slow_clients_closed": lambda: self.front.watchdog.closed,
                "hub_stale_calls": lambda: self.detsis.stale,
            },
        )
        self._refused = RefusedCalls(self.database, Door(self.database, self.freshness).check)
        self._check = self._refused.check
        self._receipt_signers: list[ReceiptSigner | None] = []
        self.detsis = Detsis(
            Contract.load(WSDL),
            self.database,
            self.freshness,
            settings.data,
            self._check,
            keys=keys,
            settings=settings,
            observe=self.metrics.observe,
        )
        self._roots = TrustKeeper(trust_folder(settings.data), demo=settings.demo)
        self.paket = paket(
            self.database,
            self._check,
            trust=self._roots.store,
            settings=settings,
            observe=self.metrics.observe,
        )
        self._prepared = threading.Event()
        self._closing = threading.Event()
        self.health = Health(
            {"database": self._check_database, "migrations": self._check_migrations, "registry": self._check_registry},
            HEALTH_SECONDS,
        )
        self.front = Front(
            self._mounts(),
            open_paths={"/health/live": _live, "/health/ready": self._ready, "/metrics": self._metrics},
            access_log=access_log,
            trusted_proxies=settings.trusted_proxies,
        )

    def _mounts(self) -> dict[str, WSGIApplication]:
        settings, keys, observe = self.settings, self._keys, self.metrics.observe
        signatures = imza.endpoint(settings, self._roots, observe)
        return {
            **dict.fromkeys(PATHS, self.detsis.endpoint),
            IMZA_PATH: signatures,
            PAKET_PATH: self.paket,
            YETKI_PATH: yetki.endpoint(
                self.database,
                self._check,
                keyed=self._keyed,
                filed=self._filed,
                keys=keys,
                settings=settings,
                sign=self._receipt_signer,
                observe=observe,
                contract=self._yetki,
            ),
            IYEM_PATH: iyem_service.endpoint(self.database, self._check, keys=keys, settings=settings, observe=observe),
        }

    def _receipt_signer(self) -> ReceiptSigner | None:
        """What signs receipts, loaded when the first one is asked for; None where no key is configured."""
        if not self._receipt_signers:
            self._receipt_signers.append(receipt_signer.load(self.settings))
        return self._receipt_signers[0]

    def prepare(self) -> None:
        """Make what hot reads are answered from; raises where the database is not there, or not this key's."""
        with self.database.read() as connection:
            check_key(connection, self._keys)
        self.detsis.prepare()
        self._filed.prepare()
        self._serial()
        self._prepared.set()

    def prepare_when_possible(self) -> None:
        """:meth:`prepare`, at once if that can be done, else in a thread that tries again until it can."""
        if not self._try_prepare():
            threading.Thread(target=self._retry, name="prepare", daemon=True).start()

    def end(self) -> None:
        """Note what still waits to be noted: the process ends."""
        self._refused.close()

    def close(self) -> None:
        """Give up connections and threads."""
        self._closing.set()
        self.end()
        self.detsis.close()
        self._filed.close()
        self.freshness.close()
        self._keyed.close()
        self.database.close()

    def _try_prepare(self) -> bool:
        try:
            self.prepare()
        except Exception as error:
            why = f"{error.code}: {error.message}" if isinstance(error, HubError) else type(error).__name__
            log.error("the registry cannot be served yet: %s", why)
            return False
        return True

    def _retry(self) -> None:
        for seconds in itertools.chain(_RETRY_SECONDS, itertools.repeat(_RETRY_SECONDS[-1])):
            if self._closing.wait(seconds) or self._try_prepare():
                return

    # Health and metrics --------------------------------------------------------------------------------------------

    def _check_database(self) -> None:
        self.database.serial()

    def _check_migrations(self) -> None:
        revision.check(self.database)

    def _check_registry(self) -> None:
        if not self._prepared.is_set() or self.freshness.serial() == 0:
            raise NotReadyError

    def _ready(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        found = self.health.ready()
        status = "200 OK" if found.ready else "503 Service Unavailable"
        return _answer(start_response, status, "application/json", found.body())

    def _metrics(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        kind, body = self.metrics.render()
        return _answer(start_response, "200 OK", kind, body)

    def _serial(self) -> State | None:
        """The registry's state, while the database is away that of the last serial heard of; None where it could never
        be read."""
        if self.freshness.away() is None:
            try:
                with self.database.read() as connection:
                    number, at, _ = serials.head(connection)
                self._head = number, at
            except DatabaseUnavailableError:
                pass
        if self._head is None:
            return None
        number, at = self._head
        age, away = (clock.now() - at).total_seconds(), self.freshness.away() or 0.0
        heard = self.freshness.heard()["journal"]
        if heard > number:  # announced since the head was read, at the latest when the database went away
            number, age = heard, away
        return State(number, age, away)


def check(settings: Settings) -> None:
    """Raise the :class:`~hub.errors.HubError` or OSError on which a worker with these settings could not start."""
    Hub(settings).close()
    if settings.receipt_key:
        receipt_signer.load(settings)


def application() -> Front:
    """The application of one worker process, from the environment's settings; what granian calls."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    for chatty in ("spyne.application", "alembic.runtime.migration"):  # they tell of each start and of each look
        logging.getLogger(chatty).setLevel(logging.WARNING)
    access_log = AccessLog(sys.stdout)
    at_end = contextlib.ExitStack()
    at_end.callback(access_log.flush)
    if server.WORKERS in os.environ:
        server.enter_worker(at_end.close)
    settings = Settings.load()
    hub = Hub(settings, access_log=access_log)
    at_end.callback(hub.end)
    hub.prepare_when_possible()
    server.settle(settings)
    return hub.front


def _live(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    return _answer(start_response, "200 OK", "application/json", b'{"live": true}')


def _answer(start_response: StartResponse, status: str, kind: str, body: bytes) -> list[bytes]:
    start_response(status, [("Content-Type", kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")])
    return [body]
