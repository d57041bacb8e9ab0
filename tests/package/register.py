"""A register, an authority and packages signed with it: what the tests of the signatory layer share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from parts.databases import KEYS

from hub import clock
from hub.config import Settings
from hub.iyem import register
from hub.iyem.officers import Actor
from hub.iyem.register import Manager, Post, Recorded
from hub.package.catalogue import Layer
from hub.package.judge import Options, judge
from hub.package.report import Report, SignatoryInfo
from hub.package.rules.base import Outcome
from hub.package.signatories import SignatoriesIn
from hub.signing import TrustStore, make
from hub.signing.demo_pki import DemoPki
from hub.signing.trust import trust_folder
from hub.store import schema
from hub.store.database import Database
from hub.store.schema import DutyKind
from hub.turkish import fold
from tests.package import factory
from tests.package.factory import Draft

MAIN, UNIT, OTHER = 82223362, 82223363, 24301050
AYSE, CAN, EDA = "10000000146", "10000000078", "10000000382"
NAMES = {AYSE: ("Ayşe", "Örnek"), CAN: ("Can", "Deneme"), EDA: ("Eda", "Numune")}
CENTRE = Actor("merkez")
NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(days=30)


@dataclass
class State:
    """A register, an authority, and what is signed with it."""

    database: Database
    pki: DemoPki
    trust: TrustStore
    monkeypatch: pytest.MonkeyPatch
    people: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def clock(self, at: datetime) -> Iterator[None]:
        with self.monkeypatch.context() as patch:
            patch.setattr(clock, "now", lambda: at)
            yield

    def appoint(
        self,
        tckn: str,
        unit: int = MAIN,
        kind: DutyKind = DutyKind.OWNER,
        *,
        start: datetime = LONG_AGO,
        end: datetime | None = None,
        recorded: datetime = LONG_AGO,
    ) -> Recorded:
        manager = Manager(tckn=tckn, given_name=NAMES[tckn][0], surname=NAMES[tckn][1])
        with self.clock(recorded), self.database.write(actor="merkez", origin="test") as change:
            made = register.record(change, KEYS, CENTRE, manager, Post(unit, kind, title="Müdür"), start, end)
        self.people[tckn] = made.duty.code
        return made

    def end(self, made: Recorded, at: datetime) -> None:
        with self.database.write(actor="merkez", origin="test") as change:
            register.end(change, CENTRE, made.duty.duty_no, at)

    def package(
        self,
        change: Callable[[Draft], object] = lambda draft: None,
        *,
        generation: int = 2,
        signer: str = AYSE,
        level: make.Level = make.Level.XLONG,
        claimed: timedelta | None = None,
    ) -> bytes:
        """A package that ``signer`` signs now; it says that it was so long ago as ``claimed``, or no time at all."""
        draft = factory.eyp2() if generation == 2 else factory.eyp1()
        change(draft)
        key = self.pki.signer(" ".join(NAMES[signer]), signer)
        said = None if claimed is None else clock.now() - claimed
        draft.signed["imzacades"] = lambda content: make.sign(
            content, key, self.pki.services(), make.Options(level=level, signing_time=said)
        )
        return draft.build()

    def judge(self, data: bytes, **more: Any) -> Report:
        with self.database.read() as connection:
            given: dict[str, Any] = {
                "trust": self.trust,
                "layers": (Layer.SIGNATORIES,),
                "signatories": SignatoriesIn(connection, KEYS),
            }
            return judge(data, options=Options(**{**given, **more}))


def begin(database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch) -> State:
    """An authority in ``folder``, and a register with three units and one manager elsewhere."""
    settings = Settings.load(data=folder, demo=True)
    made = State(database, DemoPki.open(settings), TrustStore.kept(trust_folder(folder), demo=True), monkeypatch)
    founded = LONG_AGO - timedelta(days=1000)
    with made.clock(founded), database.write(actor="test", origin="test") as change:
        for number, name, parent in ((MAIN, "GÖNDEREN KURUM", 0), (UNIT, "ŞUBE", MAIN), (OTHER, "BAŞKA", 0)):
            row = {
                "detsis_no": number, "name": name, "folded_name": fold(name), "parent_no": parent,
                "second_parent_no": 0, "main_no": parent or number, "level": 1 if parent else 0, "type1_id": 19,
                "type2_id": 1, "place_id": None,
            }  # fmt: skip
            change.open(schema.Unit, row, valid_from=founded)
    made.appoint(EDA, OTHER)  # so that the register holds something about managers
    return made


def found(report: Report) -> dict[str, str]:
    return {item.rule: item.code for item in report.findings if item.layer is Layer.SIGNATORIES}


def layer(report: Report) -> Outcome:
    return next(item.outcome for item in report.layers if item.layer is Layer.SIGNATORIES)


def only(report: Report) -> SignatoryInfo:
    (item,) = report.signatories
    return item


def from_unit(draft: Draft) -> None:
    sender = "<t:KKK>82223362</t:KKK><t:Adi>Gönderen Kurum</t:Adi>"
    draft.sub("ustveri", sender, f"{sender}<t:BirimKKK>{UNIT}</t:BirimKKK>")


def with_code(state: State, tckn: str = AYSE) -> Callable[[Draft], None]:
    return lambda draft: draft.sub("belgeimza", "123456", str(state.people[tckn]))


def acting_for(tckn: str, draft: Draft, component: str = "nihaiustveri") -> None:
    given, surname = NAMES[tckn]
    person = (
        f"<t:VekaletVeren><t:Kisi><t:IlkAdi>{given}</t:IlkAdi><t:Soyadi>{surname}</t:Soyadi></t:Kisi>"
        f"<t:TCKN>{tckn}</t:TCKN></t:VekaletVeren>"
    )
    draft.sub(component, "</t:Imzalayan>", f"</t:Imzalayan>{person}")
