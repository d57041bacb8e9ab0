"""Refusals and failures in the typed fault that a service's WSDL declares: a code and a message."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from hub.access.errors import AccessBusyError
from hub.contract.errors import ActionMismatch, BadEnvelope, SchemaInvalid, SoapFault, UnknownAction, Unreadable
from hub.errors import ConfigError, HubError
from hub.signing.make import SigningError
from hub.signing.trust import NotConfiguredError, TrustError
from hub.store.errors import DatabaseUnavailableError, KeyUnusableError

TEXTS: Final[Mapping[str, str]] = {
    SchemaInvalid.code: "İstek, servisin şemasına uymuyor: {}",
    Unreadable.code: "İstekte okunamayan bir değer var: {}",
    BadEnvelope.code: "İstek, tek bir çağrı taşıyan bir SOAP zarfı değil.",
    UnknownAction.code: "İstek, servisin hiçbir işlemini göstermiyor; işlemler ?WSDL adresindedir.",
    ActionMismatch.code: "SOAPAction ile gövdenin gösterdiği işlemler farklı; hiçbir işlem yapılmadı.",
}
"""For refusals of the engine whose own message is the protocol's English; ``{}`` is that message."""

OURS: Final = (
    AccessBusyError,
    ConfigError,
    DatabaseUnavailableError,
    KeyUnusableError,
    NotConfiguredError,
    SigningError,
    TrustError,
)
"""Troubles of the hub, not of the caller's request."""


def typed(fault: str) -> Callable[[Any, HubError], SoapFault]:
    """For :class:`~hub.contract.Endpoint`: how an error is told in the contract's type ``fault``, which has a ``Kod``
    and a ``Mesaj``."""

    def told(types: Any, error: HubError) -> SoapFault:
        message = TEXTS.get(error.code, "{}").format(error.message)
        detail = getattr(types, fault)(Kod=error.code, Mesaj=message)
        return SoapFault(message, side="server" if isinstance(error, OURS) else "client", detail=detail)

    return told
