"""The demonstration's two packages: one letter, signed by whoever heads the unit now, and by whoever did until an hour
before.

Everything is done as an institution would do it: the change of head is recorded in İYEM, the letter is built from the
registry, signed and sealed with certificates of the demonstration's authority, and judged by the validator.
"""

from __future__ import annotations

import shutil
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, select

from hub import clock
from hub.config import Settings
from hub.iyem import register
from hub.iyem.officers import Actor
from hub.iyem.register import Manager, Post
from hub.package.build.description import prepare
from hub.package.build.from_registry import RegistryDirectory
from hub.package.build.signers import ProfileSigner
from hub.package.build.steps import build
from hub.package.judge import Options, judge
from hub.package.register import RegisterAt
from hub.package.report import Report
from hub.package.signatories import SignatoriesIn
from hub.registry import delivery, managers, units
from hub.registry.moment import Moment
from hub.sample import people
from hub.sample.demo import Demo, DemoError
from hub.signing import TrustStore
from hub.signing.demo_pki import DemoPki
from hub.signing.trust import trust_folder
from hub.store import schema
from hub.store.database import Database
from hub.store.keyfile import keys_for
from hub.store.scope import current

FOLDER: Final = "packages"
KINDS: Final = ("accepted", "refused")
_NEW, _OLD = 9_999_998, 9_999_999
"""People whom no sample has: its numbers end at eight for each of a million units."""
_CODE: Final = "903.05.01"
_TEXT: Final = (
    "e-Yazisma hub: gosterim yazisi. Kisiler ve numaralar uydurmadir.",
    "A demonstration's letter. People and numbers are invented.",
)


@dataclass(frozen=True, slots=True)
class Letter:
    """One of the two packages, judged."""

    file: Path
    report: Report


def letters(settings: Settings, made: Demo) -> tuple[Letter, Letter]:
    """Both packages of the demonstration ``made`` in ``settings.data``, built now if they are not there, and what the
    validator says of each now. Raises :class:`~hub.errors.HubError`, ``OSError``."""
    database = Database.open(made.database_url)
    try:
        database.keys = keys_for(database, settings.key_path)
        folder = settings.data / FOLDER
        if not all(_files(folder / kind) for kind in KINDS):
            _build(settings, database, folder, made)
        trust = TrustStore.kept(trust_folder(settings.data), demo=settings.demo)
        files = [_files(folder / kind)[0] for kind in KINDS]
        accepted, refused = (Letter(file, _judged(database, trust, file)) for file in files)
        return accepted, refused
    finally:
        database.close()


def _files(folder: Path) -> Sequence[Path]:
    return sorted(folder.glob("*.eyp"))


def _judged(database: Database, trust: TrustStore, file: Path) -> Report:
    keys = database.keys
    assert keys is not None
    with database.read() as connection:
        options = Options(
            trust=trust,
            register_on=lambda day: RegisterAt(connection, day),
            signatories=SignatoriesIn(connection, keys),
        )
        return judge(file, options=options)


def _build(settings: Settings, database: Database, folder: Path, made: Demo) -> None:
    """Build both in a folder beside and rename it, so that a run which was interrupted leaves no half pair."""
    pki = DemoPki.open(settings)
    with database.read() as connection:
        unit, institution = _without_head(connection, int(made.kurum_id))
        receiver = _receiver(connection, made)
        name = _name(connection, institution)
    _change_of_head(database, unit)
    making = folder.with_name(f".{FOLDER}")
    shutil.rmtree(making, ignore_errors=True)
    identifier = str(uuid.uuid4()).upper()
    seal = pki.seal(name, str(institution))
    for kind, person in zip(KINDS, (_NEW, _OLD), strict=True):
        (making / kind).mkdir(parents=True)
        (making / "yazi.pdf").write_bytes(_pdf(_TEXT))
        given, surname = people.name(person)
        signer = pki.signer(f"{given} {surname}", people.tckn(person))
        description = prepare(
            _description(identifier, unit, receiver, person), making, directory=RegistryDirectory(database)
        )
        hands = ProfileSigner(people=(signer,), seal=seal, services=pki.services())
        build(description, making / kind / f"{identifier}.eyp", signer=hands)
    (making / "yazi.pdf").unlink()
    shutil.rmtree(folder, ignore_errors=True)
    making.rename(folder)


def _without_head(connection: Connection, institution: int) -> tuple[int, int]:
    """A unit that nobody heads, and its institution: the sample leaves some so. One of ``institution`` if it has any.

    Raises :class:`~hub.sample.demo.DemoError`.
    """
    unit = schema.Unit
    statement = select(unit.detsis_no, unit.main_no).where(unit.active, current(unit))
    own_first = statement.order_by(unit.main_no != institution, unit.detsis_no)
    for number, main in connection.execute(own_first):
        if number != main and not managers.duties_at(connection, number):
            return number, main
    raise DemoError("Örnekte yöneticisiz birim kalmamış; yeni bir --data klasörü verin.")


def _receiver(connection: Connection, made: Demo) -> int:
    """An addressee that takes packages of version 2.0."""
    for number in (*made.addressees, *units.main_institutions(connection)):
        if (delivery.package_version(connection, number, Moment()) or "").startswith("2"):
            return number
    return made.addressees[0]


def _name(connection: Connection, number: int) -> str:
    unit = schema.Unit
    name: str = connection.execute(select(unit.name).where(unit.detsis_no == number, current(unit))).scalar_one()
    return name


def _change_of_head(database: Database, unit: int) -> None:
    """Record that one head left an hour ago, and another took up then."""
    keys = database.keys
    assert keys is not None
    now = clock.now()
    handed_over = now.replace(second=0, microsecond=0) - timedelta(hours=1)
    centre = Actor("demo")
    with database.write(actor="demo", origin="demo") as change:
        old = register.record(
            change, keys, centre, _manager(_OLD), Post(unit, title="Müdür"), handed_over - timedelta(days=200)
        )
        register.end(change, centre, old.duty.duty_no, handed_over)
        register.record(change, keys, centre, _manager(_NEW), Post(unit, title="Müdür"), handed_over)
        recorded = change.at
    _wait_until(recorded.replace(microsecond=0) + timedelta(seconds=1))


def _wait_until(instant: datetime) -> None:
    """Timestamps show whole seconds, and nobody signs before the recording."""
    while (left := (instant - clock.now()).total_seconds()) > 0:
        time.sleep(left)


def _manager(person: int) -> Manager:
    given, surname = people.name(person)
    return Manager(tckn=people.tckn(person), given_name=given, surname=surname)


def _description(identifier: str, unit: int, receiver: int, person: int) -> dict[str, Any]:
    given, surname = people.name(person)
    return {
        "surum": "2.0",
        "kayittan": True,
        "ustyazi": "yazi.pdf",
        "Ustveri": {
            "BelgeId": identifier,
            "Konu": "Gösterim yazısı",
            "GuvenlikKodu": "YOK",
            "OzId": {"deger": identifier, "schemeID": "GUID"},
            "Dil": "tur",
            "DogrulamaBilgisi": "https://dogrulama.example",
            "SdpBilgisi": {"AnaSdp": {"Kod": _CODE}},
            "DagitimListesi": [
                {"KurumKurulus": {"birim": str(receiver)}, "Ivedilik": "NRM", "DagitimTuru": "GRG"},
            ],
            "Olusturan": {"KurumKurulus": {"birim": str(unit)}},
        },
        "NihaiUstveri": {
            "BelgeNo": f"E-{unit}-{_CODE}-1",
            "BelgeImzalar": [
                {
                    "Makam": "Müdür",
                    "Amac": "İmza",
                    "Imzalayan": {
                        "TCKN": people.tckn(person),
                        "Gorev": "Müdür",
                        "Kisi": {"IlkAdi": given, "Soyadi": surname},
                    },
                }
            ],
        },
    }


def _pdf(lines: Sequence[str]) -> bytes:
    """A page with a few lines of plain letters."""
    shown = " ".join(f"({line.replace(chr(92), '').replace('(', '').replace(')', '')}) Tj T*" for line in lines)
    content = f"BT /F1 12 Tf 72 770 Td 18 TL {shown} ET".encode("ascii")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<</Size %d/Root 1 0 R>>\n" % (
        len(objects) + 1, table, len(objects) + 1,
    )  # fmt: skip
    return bytes(out) + b"startxref\n%d\n%%%%EOF\n" % start
