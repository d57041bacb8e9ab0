"""The KAYSİS/DETSİS service: all operations of the contract, answered from the registry."""

from hub.services.detsis.room import Caller, Room, SignatoryRule
from hub.services.detsis.service import Check, Detsis, detsis

__all__ = ["Caller", "Check", "Detsis", "Room", "SignatoryRule", "detsis"]
