"""Signature profiles as data: BTK's P1 to P4 ("Elektronik İmza Kullanım Profilleri"), P4 with archive, and plain CAdES.

The policy identifiers of P2, P3 and P4 follow each other in BTK's document; P1, the profile without a timestamp, has no
policy. Only P4's policy digest is known here. The others can be given by the caller; while one is not, a signature
under that policy is INDETERMINATE (SIGNATURE_POLICY_NOT_AVAILABLE), never passed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from hub.errors import HubError
from hub.signing.revocation import BOTH

LEVELS: Final = ("BES", "T", "C", "X", "X-LONG", "A")
"""CAdES levels, each with what the one before it has."""

_BTK: Final = "2.16.792.1.61.0.1.5070.3."


class ProfileError(HubError):
    """A profile that does not exist was asked for."""

    code = "PROFILE"


@dataclass(frozen=True, slots=True)
class Profile:
    """What one profile demands of a signature."""

    name: str
    level: str = "BES"
    """The least CAdES level."""
    policy: str = ""
    """The signature policy's OID, or empty when none is demanded."""
    policy_digest: str = ""
    """SHA-256 of the policy document in hexadecimal, or empty when it is not known."""
    status: frozenset[str] = BOTH
    """What may show the signer's own status: ``ocsp``, ``crl``."""
    national: bool = True
    """Does the profile demand signing-certificate-v2 with a strong hash and signing-time near the timestamp?"""
    complete: bool = False
    """Must certificate-values hold the whole path, root counted, and revocation-values every status?"""
    qualified: bool = True
    """Must the signer's certificate be a qualified one under Law 5070?"""
    trusted_time: bool = True
    """Does the profile rest on a trusted time? Only P1 does not."""


SIGNING_TIME_BEFORE: Final = timedelta(seconds=7200)
"""The signing-time attribute may lie this much before the signature timestamp."""
SIGNING_TIME_AFTER: Final = timedelta(seconds=300)
"""… and this much after it (clocks differ)."""

NONE: Final = Profile("none", national=False)

PROFILES: Final[Mapping[str, Profile]] = {
    profile.name: profile
    for profile in (
        NONE,
        Profile("P1", trusted_time=False),
        Profile("P2", "T", _BTK + "1.1"),
        Profile("P3", "X-LONG", _BTK + "2.1", complete=True),
        Profile(
            "P4",
            "X-LONG",
            _BTK + "3.1",
            "ff39bd29463383f69b2052ac47439e06ce7c3b8646e888b6e5ae3e46ba08117a",
            status=frozenset({"ocsp"}),
            complete=True,
        ),
        Profile(
            "P4-A",
            "A",
            _BTK + "3.1",
            "ff39bd29463383f69b2052ac47439e06ce7c3b8646e888b6e5ae3e46ba08117a",
            status=frozenset({"ocsp"}),
            complete=True,
        ),
    )
}

CHOICES: Final = ("auto", *PROFILES)


def by_name(name: str) -> Profile | None:
    """The profile called ``name``; None for ``auto``. Raises :class:`ProfileError`."""
    if name == "auto":
        return None
    if name not in PROFILES:
        raise ProfileError(f"profil bilinmiyor: {name}; seçenekler: {', '.join(CHOICES)}")
    return PROFILES[name]


def by_policy(oid: str, *, archived: bool) -> Profile | None:
    """The profile whose policy this is (P4-A instead of P4 for an archived signature); None when there is none."""
    if not oid:
        return NONE
    found = next((one for one in PROFILES.values() if one.policy == oid), None)
    return PROFILES["P4-A"] if found is not None and found.name == "P4" and archived else found
