"""A certification authority in a drawer, for demo mode only: signer and seal certificates, OCSP, CRLs, timestamps.

Everything happens in this process; no address is ever connected to. Its root carries the mark by which the trust
store knows test roots, so nothing signed with it passes outside demo mode.
"""

from __future__ import annotations

from hub.signing.demo_pki.authority import DemoPki, DemoRefusedError
from hub.signing.demo_pki.services import DemoTransport

__all__ = ["DemoPki", "DemoRefusedError", "DemoTransport"]
