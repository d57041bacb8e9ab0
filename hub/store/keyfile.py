"""The key file beside a database: made for a new one, never for one that another key has sealed, or may have."""

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
    what is missing. So would one beside a database that cannot be asked now. Raises
    :class:`~hub.store.errors.KeyUnusableError`, and then has written nothing.
    """
    if not path.exists():
        try:
            sealed = _sealed(database)
        except DatabaseUnavailableError:
            raise KeyUnusableError(
                "Anahtar dosyası yok, veritabanı da yanıt vermiyor;"
                f" dosyayı geri koyun ya da veritabanını çalıştırın: {path}"
            ) from None
        if sealed:
            raise KeyUnusableError(
                f"Anahtar dosyası yok, veritabanı ise bir anahtarla mühürlü; yedekten geri koyun: {path}"
            )
    return Keys.load(path)


def _sealed(database: Database) -> bool:
    """Whether anything in the database was sealed with a key. Raises
    :class:`~hub.store.errors.DatabaseUnavailableError`."""
    if revision.revision(database) is None:
        return False
    with database.read() as connection:
        return connection.execute(select(Counter.name).where(Counter.seal.is_not(None))).first() is not None
