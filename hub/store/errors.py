"""What the store refuses, each with a stable code."""

from __future__ import annotations

from hub.errors import HubError


class StoreError(HubError):
    """The root of the store's refusals."""

    code = "STORE"


class DatabaseUnavailableError(StoreError):
    """The database cannot be opened or reached."""

    code = "STORE_UNAVAILABLE"


class SchemaMismatchError(StoreError):
    """The database's tables are not those of this version of the hub; ``eyhub migrate`` brings them there."""

    code = "STORE_SCHEMA"


class NoSuchFactError(StoreError):
    """A fact that should be ended, altered or corrected is not there."""

    code = "STORE_NO_FACT"


class ConflictError(StoreError):
    """What must be unique is not: two people with one identity number, say."""

    code = "STORE_CONFLICT"


class TimeOrderError(StoreError):
    """A period ends before it begins, overlaps another of the same key, or lies in the future where it may not."""

    code = "STORE_TIME"


class KeyUnusableError(StoreError):
    """The key file is missing, unreadable or malformed, or not the one that the data were sealed with."""

    code = "STORE_KEY"
