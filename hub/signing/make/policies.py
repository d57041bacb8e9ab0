"""A signature policy from its written form, as an operator gives it."""

from __future__ import annotations

import re
from typing import Final

from hub.signing.make.attributes import P4, Policy
from hub.signing.make.errors import LevelRefusedError
from hub.signing.make.identifiers import DIGESTS

_OID: Final = re.compile(r"[0-2](\.(0|[1-9][0-9]*))+")
_SIZES: Final = {"sha256": 64, "sha384": 96, "sha512": 128}


def read(text: str) -> Policy | None:
    """``none``, ``P4``, or ``OID:ALGORITHM:HEX-DIGEST[:URI]``; raises :class:`LevelRefusedError` for anything else."""
    if text.lower() == "none":
        return None
    if text.upper() == "P4":
        return P4
    oid, _, rest = text.partition(":")
    algorithm, _, rest = rest.partition(":")
    digest, _, uri = rest.partition(":")
    fits = algorithm in DIGESTS and re.fullmatch(r"[0-9a-fA-F]*", digest) and len(digest) == _SIZES[algorithm]
    if not _OID.fullmatch(oid) or not fits or not uri.isascii():
        raise LevelRefusedError("İmza politikası none, P4 ya da OID:sha256:özet[:adres] biçiminde olmalı.")
    return Policy(oid, bytes.fromhex(digest), algorithm, uri or None)
