"""What the engine refuses before a service is asked, told in the typed fault that the service's WSDL declares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from hub.contract.errors import ActionMismatch, BadEnvelope, Refused, SchemaInvalid, UnknownAction, Unreadable

TEXTS: Final[Mapping[str, str]] = {
    SchemaInvalid.code: "İstek, hizmetin şemasına uymuyor: {}",
    Unreadable.code: "İstekte okunamayan bir değer var: {}",
    BadEnvelope.code: "İstek, tek bir çağrı taşıyan bir SOAP zarfı değil.",
    UnknownAction.code: "İstek, hizmetin hiçbir işlemini göstermiyor; işlemler ?WSDL adresindedir.",
    ActionMismatch.code: "SOAPAction ile gövdenin gösterdiği işlemler farklı; hiçbir işlem yapılmadı.",
}
"""For refusals whose own message is the protocol's English; ``{}`` is that message."""


def detail_of(fault: str) -> Callable[[Any, Refused], Any]:
    """For :class:`~hub.contract.Endpoint`: the detail, of the contract's type ``fault``, that tells of a refusal by its
    code and a Turkish message."""

    def detail(types: Any, error: Refused) -> Any:
        return getattr(types, fault)(Kod=error.code, Mesaj=TEXTS.get(error.code, "{}").format(error.message))

    return detail
