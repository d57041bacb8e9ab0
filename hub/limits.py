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

# The store ---------------------------------------------------------------------------------------------------------

DATABASE_WAIT: Final = 60
"""Seconds to wait for the one writer's turn or for a free connection: the largest import commits in about that time."""

DATABASE_CONNECT: Final = 5
"""Seconds to wait for a PostgreSQL server to answer."""

DATABASE_POOL: Final = 8
"""Connections kept open by one worker, and as many again under load."""

SQLITE_CACHE: Final = 16 * 1024 * 1024
"""Bytes of page cache of one SQLite connection; the operating system caches the rest for all workers together."""

BULK_ROWS: Final = 2_000
"""Rows written or fetched at once when many go through: enough to be fast, too few to fill memory."""
