"""The only door to spyne, and what it needs to run on the Pythons that the hub supports.

Spyne 2.14 carries a copy of ``six`` whose lazy modules no longer load on Python 3.12, and it imports ``cgi``, which
Python 3.13 dropped (the package ``legacy-cgi`` brings it back, see ``setup.cfg``). Only two names of the copy are
used by the part of spyne that the hub needs, so the installed ``six`` stands in for it.

Nothing outside :mod:`hub.contract` imports spyne.
"""

from __future__ import annotations

import operator
import sys
import warnings
from types import ModuleType

import six  # type: ignore[import-untyped]


def _stand_in_for_six() -> None:
    """Register the installed ``six`` as ``spyne.util.six`` with the one helper that spyne added to its copy."""
    shim = ModuleType("spyne.util.six")
    shim.__dict__.update({name: getattr(six, name) for name in dir(six) if not name.startswith("__")})
    shim.__dict__["get_function_name"] = operator.attrgetter("__name__")
    shim.__path__ = []  # a package, so that ``spyne.util.six.moves`` may be imported from it
    moves = six.moves
    sys.modules["spyne.util.six"] = shim
    sys.modules["spyne.util.six.moves"] = moves
    for name in ("collections_abc", "http_cookies", "urllib", "urllib.parse", "urllib.request", "urllib.error"):
        full = f"six.moves.{name}"
        __import__(full)
        sys.modules[f"spyne.util.six.moves.{name}"] = sys.modules[full]


_stand_in_for_six()

with warnings.catch_warnings():
    # spyne's own regular expressions and ``cgi`` warn when compiled; the hub's code is held to warnings as errors.
    warnings.simplefilter("ignore")
    import spyne.const
    from spyne import Application, ComplexModel, ServiceBase, rpc
    from spyne.model import binary, complex, primitive  # noqa: A004
    from spyne.model.complex import ComplexModelMeta
    from spyne.protocol.soap import Soap11
    from spyne.service import ServiceBaseMeta

# Spyne would call gc.collect() about once a second while it serves, 25 ms each.
spyne.const.MIN_GC_INTERVAL = float("inf")

__all__ = [
    "Application",
    "ComplexModel",
    "ComplexModelMeta",
    "ServiceBase",
    "ServiceBaseMeta",
    "Soap11",
    "binary",
    "complex",
    "primitive",
    "rpc",
]
