"""The KAYSİS/DETSİS service: all operations of the contract, answered from the registry."""

from hub.services.detsis.room import Caller, Room, SignatoryRule
from hub.services.detsis.service import WSDL, Detsis

__all__ = ["WSDL", "Caller", "Detsis", "Room", "SignatoryRule"]
