"""Making CAdES signatures: :func:`sign`, :func:`add_signer`, :func:`countersign` and :func:`extend`.

A key comes from :mod:`hub.signing.keys`; :class:`Services` says where timestamps and evidence come from and
:class:`Options` what is made. Everything refused is a :class:`SigningError` with a stable code.
"""

from __future__ import annotations

from hub.signing.make.attributes import P4, Policy
from hub.signing.make.cades import Level, Options, Services, add_signer, countersign, extend, sign
from hub.signing.make.errors import SigningError
from hub.signing.make.timestamps import Token, Tsa
from hub.signing.make.transport import HttpTransport, Transport

__all__ = [
    "P4",
    "HttpTransport",
    "Level",
    "Options",
    "Policy",
    "Services",
    "SigningError",
    "Token",
    "Transport",
    "Tsa",
    "add_signer",
    "countersign",
    "extend",
    "sign",
]
