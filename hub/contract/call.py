"""What a service sees of a request, and what an observer is told about it afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hub.contract.wsdl import Operation, Version

if TYPE_CHECKING:
    from hub.contract.contract import Contract


@dataclass(slots=True, eq=False)
class Call:
    """One request on its way through a service."""

    contract: Contract
    operation: Operation
    version: Version
    """SOAP version of the request's envelope, and so of the answer's."""

    correlation: str
    """Id of this request in logs and in the ``X-Correlation-ID`` header of the answer."""

    environ: Mapping[str, Any]
    """The WSGI environment of the request (client address and the like)."""

    caller: Any = None
    """Whatever ``authenticate`` returned."""

    added: tuple[tuple[str, str], ...] = ()
    """HTTP headers that a service adds to its answer. Clients of the contract look at none of them."""

    def __repr__(self) -> str:  # the environment may hold secrets
        return f"<Call {self.correlation} {self.operation.name}>"

    @property
    def types(self) -> Any:
        """The contract's model classes."""
        return self.contract.types

    def result(self, **fields: Any) -> Any:
        """A result of this call's operation: ``call.result(SonucHatali=True, HataMsj="…")``. Raises TypeError for a
        name that is no field of it."""
        made = self.contract.result_class(self.operation)
        if made is None:
            raise TypeError(f"{self.operation.name} has a simple result")
        return made(**fields)


Authenticate = Callable[[Any, Call], Any]
OnError = Callable[[Call, Exception], Any]
Observe = Callable[[str, str, float], None]
"""Told of a finished request: its operation (empty where it named none that exists, so that a client cannot invent
label values), ``ok`` or the code of its refusal or error, and the seconds from its arrival until it was answered."""
