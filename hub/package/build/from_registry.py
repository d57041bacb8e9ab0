"""The hub's own registry as the builder asks it: as of the package's making."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from hub.registry import delivery, inventory, units
from hub.registry.moment import Moment
from hub.store.database import Database

_CONTACTS: Final = {1: "WebAdresi", 2: "EPosta", 4: "Telefon", 5: "Faks"}
"""Kind of a contact entry in the registry → element of IletisimBilgisi."""


class RegistryDirectory:
    """The hub's own registry as a :class:`~hub.package.build.directory.Directory`."""

    def __init__(self, database: Database) -> None:
        """``database`` is open and migrated; nothing is written to it."""
        self._database = database

    def institution(self, detsis_no: str, at: datetime) -> Mapping[str, Any] | None:
        """What KurumKurulus says of a unit; what it lacks of contact data is its institution's."""
        moment = Moment(valid=at)
        with self._database.read() as connection:
            unit = units.unit(connection, int(detsis_no), moment)
            main = unit if unit is None else units.unit(connection, unit.main_no, moment)
            if unit is None or main is None or not unit.active:
                return None
            numbers = [main.detsis_no, unit.detsis_no]
            contact: dict[str, str] = {}
            if address := unit.address or main.address:
                contact["Adres"] = address
            # the institution's entries come first, so that the unit's own take their place
            for entry in delivery.contacts(connection, numbers, moment):
                if entry.kind in _CONTACTS:
                    contact[_CONTACTS[entry.kind]] = entry.value
            for number in numbers:
                active = [kep.address for kep in delivery.kep_of(connection, [number], moment) if kep.active]
                if active:
                    contact["KepAdresi"] = active[0]
        found: dict[str, Any] = {"KKK": str(main.detsis_no), "Adi": main.name}
        if contact:
            found["IletisimBilgisi"] = contact
        if unit.detsis_no != main.detsis_no:
            found["BirimKKK"] = str(unit.detsis_no)
        return found

    def encryption_certificate(self, detsis_no: str, at: datetime) -> bytes | None:
        """DER of the certificate to encrypt with, of the owner that the registry names for the unit."""
        with self._database.read() as connection:
            found = delivery.encryption_certificate(connection, int(detsis_no), at)
        return found.der if found else None

    def file_plan_name(self, detsis_no: str, code: str, at: datetime) -> str | None:
        """Topic of a file plan code of a main institution."""
        with self._database.read() as connection:
            found = inventory.file_plan_code(connection, int(detsis_no), code, Moment(valid=at))
        return found.topic if found else None

    def service_name(self, code: int, at: datetime) -> str | None:
        """Name of a public service, whichever unit gives it."""
        with self._database.read() as connection:
            found = inventory.service(connection, str(code), Moment(valid=at))
        return found[0].name if found else None
