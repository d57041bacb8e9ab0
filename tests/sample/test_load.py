"""Writing the sample into a registry."""

from __future__ import annotations

import pytest
from parts.databases import KEYS
from sqlalchemy import func, select

from hub.registry import delivery, managers, units
from hub.registry.moment import Moment
from hub.sample import rounds
from hub.sample.load import NotEmptyError, load
from hub.sample.structure import FIRST_NUMBER
from hub.store import schema
from hub.store.database import Database
from hub.store.scope import current


def test_a_sample_is_written_whole(database: Database) -> None:
    told: list[int] = []
    sample = load(database, KEYS, 2_000, progress=told.append)
    ministry = sample.structure.by_name("ÇEVRE, ŞEHİRCİLİK VE İKLİM DEĞİŞİKLİĞİ BAKANLIĞI").number
    demo = sample.structure.by_name("MİLLÎ EĞİTİM BAKANLIĞI").number
    with database.read() as connection:
        assert sum(told) <= len(units.all_numbers(connection)) == 2_000
        assert units.all_numbers(connection)[0] == FIRST_NUMBER
        now = units.unit(connection, ministry)
        assert now is not None
        assert now.name.endswith("İKLİM DEĞİŞİKLİĞİ BAKANLIĞI")
        then = units.unit(connection, ministry, Moment(rounds.instant(20)))
        assert then is not None
        assert then.name == "ÇEVRE VE ŞEHİRCİLİK BAKANLIĞI"
        before_known = Moment(rounds.at(79, 12, 0, days_before=1), rounds.at(79, 12, 0, days_before=1))
        assert units.unit(connection, ministry, before_known) == then
        assert delivery.kep_of(connection, [demo])[0].active
        assert delivery.encryption_certificate(connection, demo, rounds.instant(rounds.LAST_ROUND)) is not None
        assert list(managers.duties_in(connection, [demo]))
        assert len(managers.officers(connection, demo)) == 2
        owner = managers.duties_at(connection, demo)[0]
        person = managers.person(connection, owner.code)
        assert person is not None
        number = managers.tckn(KEYS, person)
        assert number is not None
        assert number.number.startswith("80")
        entries = connection.execute(
            select(func.count()).select_from(schema.table_of(schema.JournalEntry))
        ).scalar_one()
        assert entries == database.serial()
        sealed = connection.execute(
            select(func.count()).where(schema.Person.tckn_sealed.is_(None), current(schema.Person))
        ).scalar_one()
        assert sealed == 0
    with pytest.raises(NotEmptyError):
        load(database, KEYS, 2_000)
