"""The key file beside a database: made for a new one, never for one that another key has sealed."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from hub.store import revision
from hub.store.database import Database
from hub.store.errors import DatabaseUnavailableError, KeyUnusableError
from hub.store.personal import Keys
from hub.store.schema import Counter


def keys_for(database: Database, path: Path) -> Keys:
    """The keys of the file at ``path``; made there if there is none and nothing in ``database`` was sealed with one.

    A new key beside an old database (a folder restored without its ``hub.key``) could open nothing and would only hide
    what is missing. A database that cannot be asked now is taken for a new one, as at the first start of both; whether
    the key is its own is looked at again before anything is served or written. Raises
    :class:`~hub.store.errors.KeyUnusableError`, and then has written nothing.
    """
    if not path.exists() and _sealed(database):
        raise KeyUnusableError(
            f"Anahtar dosyası yok, veritabanı ise bir anahtarla mühürlü; yedekten geri koyun: {path}"
        )
    return Keys.load(path)


def _sealed(database: Database) -> bool:
    try:
        if revision.revision(database) is None:
            return False
        with database.read() as connection:
            return connection.execute(select(Counter.name).where(Counter.seal.is_not(None))).first() is not None
    except DatabaseUnavailableError:
        return False
