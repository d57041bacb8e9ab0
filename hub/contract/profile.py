"""Profiles: how strictly an endpoint reads and in which words it refuses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from hub import limits


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one endpoint's requests; reasons stand in :mod:`hub.limits`."""

    body: int = limits.SOAP_BODY
    depth: int = limits.XML_DEPTH
    attributes: int = limits.XML_ATTRIBUTES
    name: int = limits.XML_NAME
    text: int = limits.XML_TEXT
    elements: int = limits.XML_ELEMENTS


@dataclass(frozen=True, slots=True)
class Profile:
    """How an endpoint behaves where SOAP and the WSDL leave room."""

    strict: bool
    """Strict: the body must be valid against the schema, the body element must be the operation's, and a malformed
    body is a fault. Otherwise the original platform's leniency holds: missing, unknown and reordered elements are
    no error, an unknown body element leaves every argument at its initial value."""

    malformed_is_bare: bool
    """A malformed body (and a DOCTYPE) gets status 400 with an empty body instead of a fault."""

    limits: Limits = field(default_factory=Limits)

    xop: bool = False
    """Binary inputs may come beside the envelope (MTOM); see :mod:`hub.contract.mtom`."""


ASMX: Final = Profile(strict=False, malformed_is_bare=True)
"""The KAYSİS contract: what a classic ASP.NET service does, which is what its clients were written against."""

STRICT: Final = Profile(strict=True, malformed_is_bare=False)
"""The hub's own contracts."""
