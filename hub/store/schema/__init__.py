"""The tables, by subject. :data:`FACTS` lists every fact in time by the journal's word for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hub.store.schema.base import Base, Fact, table_of
from hub.store.schema.book import (
    AuditEvent,
    ChangeSet,
    Counter,
    Credential,
    HeldChange,
    ImportBatch,
    JournalEntry,
)
from hub.store.schema.delivery import (
    Certificate,
    CertificateOwnership,
    Contact,
    KepAddress,
    NotificationNumber,
    PackageVersion,
)
from hub.store.schema.inventory import Document, FilePlanCode, Legislation, Service
from hub.store.schema.iyem import Cv, DeputyHeadLink, IyemOfficer, OfficerRole, WriteReceipt
from hub.store.schema.people import TAKEN_OVER, DetsisOfficer, Duty, DutyKind, LegacyManager, Person
from hub.store.schema.units import Budget, Place, Type1, Type2, Type3, Unit, UnitType3


def _facts(kind: type[Fact]) -> list[type[Fact]]:
    found = []
    for below in kind.__subclasses__():
        found += [below, *_facts(below)]
    return found


FACTS: Final[Mapping[str, type[Fact]]] = {kind.subject: kind for kind in _facts(Fact)}

__all__ = [
    "FACTS",
    "TAKEN_OVER",
    "AuditEvent",
    "Base",
    "Budget",
    "Certificate",
    "CertificateOwnership",
    "ChangeSet",
    "Contact",
    "Counter",
    "Credential",
    "Cv",
    "DeputyHeadLink",
    "DetsisOfficer",
    "Document",
    "Duty",
    "DutyKind",
    "Fact",
    "FilePlanCode",
    "HeldChange",
    "ImportBatch",
    "IyemOfficer",
    "JournalEntry",
    "KepAddress",
    "LegacyManager",
    "Legislation",
    "NotificationNumber",
    "OfficerRole",
    "PackageVersion",
    "Person",
    "Place",
    "Service",
    "Type1",
    "Type2",
    "Type3",
    "Unit",
    "UnitType3",
    "WriteReceipt",
    "table_of",
]
