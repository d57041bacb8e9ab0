"""What the peers answer from: the registry's rows as the contract shows them, taken out of the hub's own database.

The peers get them ready made, one table a row type and nothing to join but the type-3 entries: their figures are those
of the SOAP stack, not of a registry that they do not have.
"""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from hub.registry import delivery, units
from hub.services.detsis import rows
from hub.store.database import Database

_TABLES = """
CREATE TABLE unit (
    DETSISNo INTEGER PRIMARY KEY, Ad TEXT, ParentIdareKimlikKodu INTEGER, AnaKurumIdareKimlikKodu INTEGER,
    Fk_BulunduguYerID INTEGER, Fk_KurumBirimTipID1 INTEGER, Fk_KurumBirimTipID2 INTEGER, KurumHiyerarsik TEXT,
    Aktifmi TEXT, ParentIdareKimlikKodu2 INTEGER, FaalOlupOlmadigi INTEGER, Seviye INTEGER,
    DisYazismaMuhatabiOlupOlmadigi INTEGER, Adres TEXT, YerAdi TEXT);
CREATE TABLE type3 (ID INTEGER PRIMARY KEY, DETSISNo INTEGER, Fk_KurumBirimTip3ID INTEGER, TipAdi TEXT);
CREATE TABLE kep (ID INTEGER PRIMARY KEY, KurumDetsisNo INTEGER, KepAdresi TEXT, Aktifmi INTEGER, Durum TEXT);
"""


def export(database_url: str, path: Path) -> None:
    """Write the rows to the SQLite file ``path`` and, for a peer without SQLite, as JSON lines beside it."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    database = Database.open(database_url)
    target = sqlite3.connect(draft)
    target.executescript(_TABLES)
    with database.read() as connection, path.with_suffix(".jsonl").open("w", encoding="utf-8") as lines:
        for unit in units.units(connection, units.all_numbers(connection)):
            absent = unit.place_id is None
            row = {
                "DETSISNo": unit.detsis_no,
                "Ad": unit.name,
                "ParentIdareKimlikKodu": unit.parent_no,
                "AnaKurumIdareKimlikKodu": unit.main_no,
                "Fk_BulunduguYerID": rows.GENERAL_PLACE.place_id if absent else unit.place_id,
                "Fk_KurumBirimTipID1": unit.type1_id,
                "Fk_KurumBirimTipID2": unit.type2_id,
                "KurumHiyerarsik": unit.hierarchy,
                "Aktifmi": rows.flag(unit.active),
                "ParentIdareKimlikKodu2": unit.second_parent_no,
                "FaalOlupOlmadigi": unit.operating,
                "Seviye": unit.level,
                "DisYazismaMuhatabiOlupOlmadigi": unit.external,
                "Adres": unit.address,
                "YerAdi": rows.GENERAL_PLACE.name if absent else unit.place_name,
            }
            target.execute(f"INSERT INTO unit VALUES ({', '.join(f':{name}' for name in row)})", row)
            entries = [
                {
                    "ID": entry.entry_id,
                    "DETSISNo": entry.detsis_no,
                    "Fk_KurumBirimTip3ID": entry.type3_id,
                    "TipAdi": entry.name,
                }
                for entry in unit.types3
            ]
            target.executemany("INSERT INTO type3 VALUES (:ID, :DETSISNo, :Fk_KurumBirimTip3ID, :TipAdi)", entries)
            lines.write(json.dumps({"unit": row, "types3": entries}, ensure_ascii=False) + "\n")
        for kep in delivery.active_kep(connection):
            found = tuple(kep[:4])
            target.execute("INSERT INTO kep VALUES (NULL, ?, ?, ?, ?)", found)
            lines.write(json.dumps({"kep": found}, ensure_ascii=False) + "\n")
    target.execute("CREATE INDEX type3_by_unit ON type3 (DETSISNo)")
    target.commit()
    target.close()
    database.close()
    draft.replace(path)
