"""Where SoftHSM's PKCS#11 module is."""

from __future__ import annotations

import glob
import shutil

_PLACES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/*/softhsm/libsofthsm2.so", "/usr/lib/*/libsofthsm2.so")


def module() -> str | None:
    """The path of the module; None unless both it and ``softhsm2-util`` are there."""
    if shutil.which("softhsm2-util") is None:
        return None
    return next((path for place in _PLACES for path in sorted(glob.glob(place))), None)
