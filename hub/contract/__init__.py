"""The contract engine: a service out of a WSDL file, with requests, answers, faults, ``?WSDL`` and pages.

It knows no domain. A service loads a :class:`Contract`, registers one function an operation with an
:class:`Endpoint`, and mounts that as a WSGI application; ``docs/architecture.md`` shows how.
"""

from hub.contract.address import Address
from hub.contract.answer import Measured, Prepared
from hub.contract.call import Call
from hub.contract.contract import Contract, RowWriter
from hub.contract.endpoint import Endpoint
from hub.contract.errors import ContractError, Refused, SoapFault, ValueMisfit
from hub.contract.profile import ASMX, STRICT, Limits, Profile
from hub.contract.writer import Rendered

__all__ = [
    "ASMX",
    "STRICT",
    "Address",
    "Call",
    "Contract",
    "ContractError",
    "Endpoint",
    "Limits",
    "Measured",
    "Prepared",
    "Profile",
    "Refused",
    "Rendered",
    "RowWriter",
    "SoapFault",
    "ValueMisfit",
]
