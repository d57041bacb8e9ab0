"""At which revision a database's tables are, and which is needed. What changes them is :mod:`hub.store.migrate`.

Apart from it because every command and server asks, and the tool that migrates takes half a second to load.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from sqlalchemy import inspect, text

from hub.store.database import Database, translated
from hub.store.errors import SchemaMismatchError

_VERSIONS: Final = Path(__file__).with_name("migrations") / "versions"
_HEADER: Final = re.compile(r"^(down_)?revision = (?:\"(\w+)\"|None)$", re.MULTILINE)


LATER: Final = "Veritabanı, bu sürümden daha yeni bir sürümle hazırlanmış."


@cache
def _followed() -> dict[str, str]:
    """The revisions of this version of the hub, each with the one that it follows (the first: none)."""
    found = [dict(_HEADER.findall(file.read_text("utf-8"))) for file in _VERSIONS.glob("*.py")]
    return {names[""]: names["down_"] for names in found if names}


@cache
def head() -> str:
    """The revision that this version of the hub needs: the one of its migrations that no other follows."""
    (found,) = _followed().keys() - {*_followed().values()}
    return found


def revision(database: Database) -> str | None:
    """The revision the database is at; None for one that was never migrated. Asking makes no file."""
    if database.embedded and not Path(database.url.database or "").exists():
        return None
    with translated(), database.reader.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def check(database: Database) -> None:
    """Raise :class:`~hub.store.errors.SchemaMismatchError` unless the database is at the revision that is needed."""
    at = revision(database)
    if at is not None and at not in _followed():
        raise SchemaMismatchError(LATER)
    if at != head():
        state = "hiç hazırlanmamış" if at is None else f"{at} sürümünde"
        raise SchemaMismatchError(f"Veritabanı {state}, {head()} gerekiyor: eyhub migrate")
