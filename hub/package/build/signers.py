"""The hub's own signatures for the steps of a package: P4 X-Long for İmza and Paraf, P4 archive for the seal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Final

from hub.package.build.steps import Signer, Step
from hub.signing.keys import SigningKey
from hub.signing.make import Level, Options, Services, add_signer, sign
from hub.signing.make.cades import DEFAULTS

LEVELS: Final = {Step.PARAF: Level.XLONG, Step.IMZA: Level.XLONG, Step.MUHUR: Level.ARCHIVE}
"""The level that the national profile wants for each signature of a package (format, section 8)."""


@dataclass(frozen=True, slots=True)
class ProfileSigner:
    """Signs with keys at hand.

    ``people`` sign Paket Özeti, all in one file; ``paraf`` signs Paraf Özeti, ``seal`` Nihai Özet. A step without a key
    is left for somebody else.
    """

    people: tuple[SigningKey, ...] = ()
    paraf: SigningKey | None = None
    seal: SigningKey | None = None
    services: Services | None = None
    options: Options = DEFAULTS

    def sign(self, step: Step, content: bytes) -> bytes | None:
        """An attached signature of ``content`` by the step's keys, at the step's level.

        Raises :class:`~hub.signing.make.SigningError`.
        """
        keys = {
            Step.PARAF: (self.paraf,) if self.paraf else (),
            Step.IMZA: self.people,
            Step.MUHUR: (self.seal,) if self.seal else (),
        }[step]
        if not keys:
            return None
        options = replace(self.options, level=LEVELS[step])
        made = sign(content, keys[0], self.services, options)
        for key in keys[1:]:
            made = add_signer(made, key, self.services, options)
        return made


@dataclass(frozen=True, slots=True)
class TokenSigner:
    """Signs with keys in PKCS#11 tokens, each opened for its step and closed after it: a card may serve several."""

    tokens: Mapping[Step, Callable[[], AbstractContextManager[SigningKey]]]
    """How to open the key of a step (:func:`hub.signing.keys.open_token`)."""
    services: Services | None = None
    options: Options = DEFAULTS

    def sign(self, step: Step, content: bytes) -> bytes | None:
        """As :meth:`ProfileSigner.sign`; raises :class:`~hub.signing.keys.KeyUnusableError` as well."""
        if step not in self.tokens:
            return None
        with self.tokens[step]() as key:
            return ProfileSigner((key,), key, key, self.services, self.options).sign(step, content)


@dataclass(frozen=True, slots=True)
class FirstOf:
    """Several signers; the first that signs a step does."""

    signers: tuple[Signer, ...]

    def sign(self, step: Step, content: bytes) -> bytes | None:
        """The signature of the first signer that makes one for ``step``."""
        return next((made for signer in self.signers if (made := signer.sign(step, content)) is not None), None)
