"""The registry of operations and functions: spyne's application and interface, filled from the contract.

Every operation of the WSDL is registered with spyne under its wire name, with the model classes of its messages; the
endpoint takes its functions from there. What the WSDL has and the functions lack, or the other way round, is found
here, at start-up.
"""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Mapping
from typing import Any

from hub.contract import _spyne
from hub.contract.contract import Contract
from hub.contract.errors import ContractError
from hub.contract.wsdl import Operation

_NUMBERS = itertools.count(1)


class Registered:
    """A contract's operations with their functions, as spyne's interface holds them."""

    def __init__(self, application: Any) -> None:
        self.application = application

    def function(self, operation: Operation) -> Callable[..., Any]:
        """The registered function of ``operation``."""
        descriptors = self.application.interface.service_method_map[operation.input.qname]
        found: Callable[..., Any] = descriptors[0].function.of_service
        return found


def register(contract: Contract, functions: Mapping[str, Callable[..., Any]]) -> Registered:
    """Register ``functions`` (by operation name) for ``contract``.

    Raises :class:`~hub.contract.errors.ContractError` naming every operation that one side lacks, or the first whose
    function does not take the operation's inputs.
    """
    missing = [name for name in contract.operations if name not in functions]
    extra = sorted(functions.keys() - contract.operations.keys())
    if missing or extra:
        said = [f"işlevi olmayan işlem: {', '.join(missing)}"] if missing else []
        said += [f"sözleşmede olmayan işlem: {', '.join(extra)}"] if extra else []
        raise ContractError(f"{contract.description.path.name}: {'; '.join(said)}")
    methods: dict[str, Any] = {}
    for name, operation in contract.operations.items():
        _check_signature(contract, operation, functions[name])
        methods[name] = _method(contract, operation, functions[name])
    service = _spyne.ServiceBaseMeta(contract.name, (_spyne.ServiceBase,), methods)
    application = _spyne.Application(
        [service],
        tns=contract.namespace,
        name=f"{contract.name}-{next(_NUMBERS)}",  # spyne keeps a table of applications by name
        in_protocol=_spyne.Soap11(),
        out_protocol=_spyne.Soap11(),
    )
    return Registered(application)


def _check_signature(contract: Contract, operation: Operation, function: Callable[..., Any]) -> None:
    names = {field.name: None for field in operation.arguments}
    try:
        inspect.signature(function).bind(None, **names)
    except TypeError as error:
        raise ContractError(
            f"{contract.description.path.name}: {operation.name} işlevi sözleşmenin girdilerini almıyor ({error})"
        ) from None


def _method(contract: Contract, operation: Operation, function: Callable[..., Any]) -> Any:
    """``function`` as a spyne method with the contract's messages and header."""

    entry: Any  # what spyne would call; the endpoint calls the function itself, with the arguments by name
    if operation.arguments:

        def entry(call: Any, arguments: Any) -> Any:
            return function(call, **{field.name: getattr(arguments, field.name) for field in operation.arguments})

        message = [contract.classes[id(operation.input.type)]]
    else:  # spyne makes the message of an operation without inputs itself

        def entry(call: Any) -> Any:
            return function(call)

        message = []
    entry.__name__ = operation.name  # spyne's public name of the method
    entry.__dict__["of_service"] = function
    headers = [contract.classes[id(header.type)] for header in operation.headers if id(header.type) in contract.classes]
    return _spyne.rpc(
        *message,
        _returns=contract.classes[id(operation.output.type)],
        _body_style="bare" if message else "out_bare",
        _in_message_name=operation.input.qname,
        _out_message_name=operation.output.qname,
        _in_header=tuple(headers) or None,
    )(entry)
