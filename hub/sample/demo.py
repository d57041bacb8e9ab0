"""A demonstration's data folder: the sample registry, a credential, and ``demo.json`` that says how to call.

Making it takes a while and may be interrupted: a marker in the folder says so, and the next run begins again. What
stands finished is used as it is.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, select

from hub.access import credentials
from hub.access.credentials import Right
from hub.config import Settings
from hub.errors import HubError
from hub.registry import managers, units
from hub.sample.load import ACTOR, NotEmptyError, Progress, load
from hub.sample.people import FIRST_CODE
from hub.sample.structure import DEMO_INSTITUTION, FIRST_NUMBER, LARGEST, SMALLEST
from hub.store import migrate, revision, schema
from hub.store.database import Database
from hub.store.keyfile import keys_for
from hub.store.personal import Keys
from hub.store.scope import current

ENDPOINT: Final = "/DETSISServis.asmx"
_ADDRESSEES: Final = ("ANKARA VALİLİĞİ", "İÇİŞLERİ BAKANLIĞI")
_SENDER: Final = "PERSONEL GENEL MÜDÜRLÜĞÜ"
_FILE, _MARKER = "demo.json", "demo.making"


class DemoError(HubError):
    """A demonstration cannot be made in this folder, or what stands there is another one."""

    code = "DEMO"


@dataclass(frozen=True, slots=True)
class Demo:
    """What ``demo.json`` holds. Numbers are DETSİS numbers; everyone and everything is invented."""

    endpoint: str
    """Path of the KAYSİS contract's service."""
    kurum_id: str
    password: str
    database_url: str
    units: int
    detsis_base: int
    """The units are numbered from here on without a gap."""
    sender: int
    addressees: list[int]
    """A letter of ``sender`` to these has everything that a letter may have."""
    yonetici_kodu: int
    """T.C. Yönetici Kodu of a manager who heads :attr:`sender`, or its institution, today."""
    tckn: str
    """That manager's (invented) T.C. kimlik no."""


def make(settings: Settings, count: int | None, progress: Progress | None = None) -> tuple[Demo, bool]:
    """The demonstration of ``settings``, made now if there is none; and whether it was made now.

    ``count`` None takes what is there, or 20,000 units. Raises :class:`DemoError` where a demonstration of another
    size stands, and :class:`~hub.sample.load.NotEmptyError` where the database holds anything else.
    """
    if count is not None and not SMALLEST <= count <= LARGEST:
        raise DemoError(f"Birim sayısı {SMALLEST} ile {LARGEST} arasında olmalı.")
    folder = settings.data
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (folder / _FILE).exists():
        return _standing(folder / _FILE, settings, count), False
    _clear_interrupted(folder, settings)
    database = Database.open(settings.database, lasting=False)
    try:
        if revision.revision(database) is not None and database.serial():
            raise NotEmptyError("Örnek veri yalnızca boş bir veritabanına yüklenir.")
        _write(folder / _MARKER, settings.database)
        migrate.upgrade(database)
        keys = keys_for(database, settings.key_path)
        database.keys = keys
        made = _fill(database, keys, settings.database, count or 20_000, progress)
        database.settle()  # before the marker goes: until then a machine that fails leaves what is made again
    finally:
        database.close()
    _write(folder / _FILE, json.dumps(asdict(made), ensure_ascii=False, indent=1) + "\n")
    (folder / _MARKER).unlink()
    return made, True


def _fill(database: Database, keys: Keys, url: str, count: int, progress: Progress | None) -> Demo:
    sample = load(database, keys, count, progress=progress)
    institution = sample.structure.by_name(DEMO_INSTITUTION).number
    with database.write(actor=ACTOR, origin="demo") as change:
        rights = (Right.PERSONAL, Right.RECORD)
        given = credentials.give(change, institution, rights=rights, label="demo")
    with database.read() as connection:
        sender = _named(connection, _SENDER, institution) or institution
        duties = managers.duties_at(connection, sender) or managers.duties_at(connection, institution)
        person = managers.person(connection, duties[0].code) if duties else None
        number = None if person is None else managers.tckn(keys, person)
    return Demo(
        endpoint=ENDPOINT,
        kurum_id=given.kurum_id,
        password=given.password,
        database_url=url,
        units=count,
        detsis_base=FIRST_NUMBER,
        sender=sender,
        addressees=[sample.structure.by_name(name).number for name in _ADDRESSEES],
        yonetici_kodu=duties[0].code if duties else FIRST_CODE,
        tckn="" if number is None else number.number,
    )


def _named(connection: Connection, name: str, institution: int) -> int | None:
    unit = schema.Unit
    statement = select(unit.detsis_no).where(unit.name == name, unit.main_no == institution, current(unit))
    return connection.execute(statement.order_by(unit.detsis_no)).scalars().first()


def _standing(file: Path, settings: Settings, count: int | None) -> Demo:
    try:
        held: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        found = Demo(**held)
    except (OSError, ValueError, TypeError):
        raise DemoError(f"{file} okunamıyor; silip yeniden deneyin.") from None
    if count is not None and count != found.units:
        raise DemoError(f"{file.parent} klasöründe {found.units} birimlik bir örnek var; başka bir --data verin.")
    if settings.database_url and settings.database_url != found.database_url:
        raise DemoError(f"{file.parent} klasöründeki örnek başka bir veritabanında; başka bir --data verin.")
    database = Database.open(found.database_url)
    try:
        migrate.upgrade(database)
        with database.read() as connection:
            if not units.exists(connection, [int(found.kurum_id)]):
                raise DemoError(f"{file.parent} klasöründeki örneğin veritabanı boş; klasörü silip yeniden deneyin.")
    finally:
        database.close()
    return found


def _clear_interrupted(folder: Path, settings: Settings) -> None:
    """Empty what an interrupted run left in the database that its marker names."""
    marker = folder / _MARKER
    if not marker.exists() or marker.read_text(encoding="utf-8") != settings.database:
        return
    database = Database.open(settings.database)
    try:
        if not database.embedded and revision.revision(database) is not None:
            migrate.downgrade(database, "base")
    finally:
        database.close()
    if database.embedded and database.url.database:
        for ending in ("", "-wal", "-shm"):
            Path(database.url.database + ending).unlink(missing_ok=True)


def _write(file: Path, text: str) -> None:
    """Write a file that its owner alone may read, whole or not at all."""
    temporary = file.with_name(f"{file.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(file)
