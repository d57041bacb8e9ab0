"""What the builder asks a registry: names, contact data, codes and certificates.

:class:`hub.package.build.from_registry.RegistryDirectory` is the hub's own; another one only has to answer the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol


class Directory(Protocol):
    """What the builder asks a registry. Every ``at`` is aware."""

    def institution(self, detsis_no: str, at: datetime) -> Mapping[str, Any] | None:
        """What KurumKurulus says of a unit that is active at an instant, by wire name; None when there is no such unit.

        ``KKK`` is its institution, ``BirimKKK`` the unit where it is not the institution itself, ``Adi`` the
        institution's name, ``IletisimBilgisi`` the unit's contact data.
        """

    def encryption_certificate(self, detsis_no: str, at: datetime) -> bytes | None:
        """DER of the certificate to which packages for a unit are encrypted at an instant; None when it has none."""

    def file_plan_name(self, detsis_no: str, code: str, at: datetime) -> str | None:
        """Name of a code of the institution's file plan; None when it has no such code."""

    def service_name(self, code: int, at: datetime) -> str | None:
        """Name of a public service by its number in the inventory; None when there is none."""
