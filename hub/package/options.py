"""How a package is to be judged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from hub.package.catalogue import Layer, Mode
from hub.package.digest import Scanner
from hub.package.intended import Intended
from hub.package.keys import RecipientKey
from hub.package.policy import Policy, load_policy
from hub.package.register import Register
from hub.package.signatories import Signatories
from hub.signing import TrustStore

RegisterOn = Callable[[datetime], Register]
"""The registry as of an instant."""

ONLINE: Final = frozenset({Layer.SIGNATORIES, Layer.REGISTRY})
"""Layers that ask somebody."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to judge."""

    policy: Policy = field(default_factory=load_policy)
    mode: Mode | None = None
    """Overrides the policy's: ``build`` for a package about to be written."""
    layers: tuple[Layer, ...] = tuple(Layer)
    """What is asked; layers left out are ``not checked`` and do not count for :attr:`Report.asked`."""
    offline: bool = False
    """Neither registry nor İYEM is asked: both layers are ``not checked``, and not among those asked about."""
    advice: bool = False
    """Check completeness hints, too."""
    receiver: str = ""
    """KKK, TCKN or identifier of the receiver, to tell which withheld attachments are his."""
    keys: Sequence[RecipientKey] = ()
    trust: TrustStore | None = None
    """Trust anchors for signatures; without any the signature layer is ``not configured``."""
    register_on: RegisterOn | None = None
    signatories: Signatories | None = None
    """İYEM, asked who might sign; None: the signatory layer is ``not configured``."""
    intended: tuple[Intended, ...] = ()
    """Who means to sign. Then the question is whether the package may be signed now by all of them: rules on what
    signing adds are left out, and :attr:`Report.before_signing` and :attr:`Report.asked` give the answer."""
    intended_from: Signatories | None = None
    """İYEM as it answers on :attr:`intended`; None: :attr:`signatories` answers on them, too."""
    scanner: Scanner | None = None
    now: datetime | None = None
    """The instant of judging; None: the clock's."""

    @property
    def scope(self) -> tuple[Layer, ...]:
        """The layers asked about: what the caller left out by :attr:`layers` or :attr:`offline` is no part of the
        question, and is named in the report as not checked all the same."""
        return tuple(item for item in self.layers if not (self.offline and item in ONLINE))


DEFAULTS: Final = Options()
