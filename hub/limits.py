"""Every limit of the hub with its reason, in one place.

Sizes are bytes, times are seconds, counts are counts. A limit that an operator may need to change is also a setting
in :mod:`hub.config`; the figure here is then its default.
"""

from __future__ import annotations

from typing import Final

# The SOAP edge -----------------------------------------------------------------------------------------------------

XML_DEPTH: Final = 64
"""Elements within elements. The deepest honest request of any contract here has fewer than ten."""

XML_ATTRIBUTES: Final = 256
"""Attributes of one element."""

XML_NAME: Final = 256
"""Characters of one element or attribute name."""
