"""Writing one source: one transaction, every refusal reported, what vanished closed or held for an operator."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import insert, select

from hub import limits
from hub.mirror.dated import keep_dated
from hub.mirror.duties import PostHeldError, put_duties
from hub.mirror.people import keep_sealed
from hub.mirror.source import Facts, Plan, Refusal, Row, Source, Vanishing
from hub.mirror.superiors import refused_superiors
from hub.registry import held
from hub.registry.moment import parts
from hub.store import schema
from hub.store.change import Change, Counts
from hub.store.database import Database
from hub.store.errors import StoreError
from hub.store.personal import Keys
from hub.store.schema import Fact, table_of
from hub.store.scope import current

ORIGIN: Final = "import"
_TWICE: Final = "Bu kayıt dosyada ikinci kez geçiyor."
_DUTY_KEY: Final = ("detsis_no", "code", "valid_from")
_NO_UNIT: Final = "Bu numaralı birim kayıtlı değil."

Progress = Callable[[int], None]


@dataclass(slots=True)
class Report:
    """What became of one source."""

    label: str
    opened: int = 0
    altered: int = 0
    closed: int = 0
    unchanged: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    refused: int = 0
    """All that were refused; :attr:`refusals` keeps the first ones only."""
    held: int | None = None
    """Number under which the change waits for an operator's word; then nothing was written."""
    would_close: int = 0
    total: int = 0
    """Of how many, where a change is held."""
    spared: int = 0
    """What would have closed but for refused rows: who they are about was named, if not rightly."""
    going: list[str] = field(default_factory=list)
    """The first of what would close: keys, and the name where there is one."""
    first_serial: int | None = None
    last_serial: int | None = None

    @property
    def changed(self) -> bool:
        """Whether the file changed anything in the registry."""
        return self.last_serial is not None


def fingerprint(source: Source) -> str:
    """SHA-256 of the file's bytes and of what is read from it, in hexadecimal."""
    total = sha256(source.label.encode() + b"\0")
    with source.path.open("rb") as file:
        while block := file.read(limits.IMPORT_BLOCK):
            total.update(block)
    return total.hexdigest()


def apply(
    database: Database,
    keys: Keys,
    source: Source,
    *,
    actor: str,
    share: float = limits.IMPORT_CLOSE_SHARE,
    said: Mapping[str, Any] = MappingProxyType({}),
    progress: Progress = lambda count: None,
    report_refusal: Callable[[Refusal], None] = lambda refusal: None,
) -> Report:
    """Write ``source`` in one transaction and tell what became of it.

    Where more than ``share`` (0–1) of what the source should list would vanish, nothing is written and the whole change
    is held, unless an operator has approved this very file; ``said`` of how it is to be read is kept with it. Raises
    :class:`~hub.mirror.source.ImportFileError` for a file that cannot be read to its end; nothing of it is kept then.
    """
    report = Report(source.label)
    mark = fingerprint(source)
    with database.write(actor=actor, origin=f"{ORIGIN}:{source.path.name}"[:200]) as change:
        before = change.serial
        job = _Job(change, keys, source, report, report_refusal)
        job.survey(progress)
        if not held.approved(change.connection, source.label, mark):
            job.hold(mark, share, said)
        if report.held is None:
            job.write(progress)
            job.close()
            change.flush()
            if change.serial != before:
                report.first_serial, report.last_serial = before + 1, change.serial
        _log(change, source, mark, report)
    return report


class _Job:
    def __init__(
        self,
        change: Change,
        keys: Keys,
        source: Source,
        report: Report,
        report_refusal: Callable[[Refusal], None],
    ) -> None:
        self._change = change
        self._keys = keys
        self._source = source
        self._report = report
        self._tell = report_refusal
        self._named: dict[type[Fact], set[int]] = defaultdict(set)
        self._repeated: dict[type[Fact], set[int]] = defaultdict(set)
        self._owners: dict[type[Fact], set[int]] = defaultdict(set)
        self._spared: set[int | None] = set()
        """Whom refused rows are about; None among them: of some it cannot be told, so nothing closes."""
        self._links: dict[int, int] = {}
        self._refused_units: dict[int, str] = {}
        self._known: set[int] = set()
        """Units that rows belong to; after the survey those of them that the registry has."""
        self._again: list[Row] | None = []
        """Duties that did not fit: the one in their way may end with a later row. None: this is their second time."""
        self._going: list[tuple[Vanishing, list[Facts]]] = []
        self._plan = Plan()

    # The first reading ---------------------------------------------------------------------------------------------

    def survey(self, progress: Progress) -> None:
        """Read the source through: what it names, how its units hang together, what would vanish."""
        for row in self._source.rows(progress):
            if isinstance(row, Refusal):
                self._spared.add(row.owner)
                continue
            mark = _key_hash(row.kind, row.facts)
            (self._repeated if mark in self._named[row.kind] else self._named)[row.kind].add(mark)
            if len(row.kind.key) > 1 and row.kind is not schema.Duty:
                self._owners[row.kind].add(row.facts[row.kind.key[0]])
            if row.kind is schema.Unit and "parent_no" in row.facts:
                self._links.setdefault(row.facts["detsis_no"], row.facts["parent_no"])
            elif row.kind.unit_column is not None:
                self._known.add(row.facts[row.kind.unit_column])
        self._plan = self._source.plan()
        self._known = {*self._superiors_of(self._known)}
        above: dict[int, int] = {}
        wanted = {*self._links.values()}
        while wanted := wanted - above.keys() - self._links.keys():  # up to the top, a level a question
            found = self._superiors_of(wanted)
            above.update(found)
            wanted = {*found.values()}
        self._refused_units = refused_superiors(self._links, above, orphans=self._plan.orphans)
        self._going = [(way, self._vanished(way)) for way in self._plan.vanishing]

    def _superiors_of(self, numbers: Iterable[int]) -> dict[int, int]:
        """Those of ``numbers`` that the registry has, each with its superior. Only they are asked for: answers about
        single units come in by the thousand."""
        kind = schema.Unit
        found: dict[int, int] = {}
        for part in parts(numbers):
            statement = select(kind.detsis_no, kind.parent_no).where(kind.detsis_no.in_(part), current(kind))
            found.update((row.detsis_no, row.parent_no) for row in self._change.connection.execute(statement))
        return found

    def _vanished(self, way: Vanishing) -> list[Facts]:
        named, owners = self._named[way.kind], self._owners[way.kind]
        found = []
        for key in self._held_keys(way):
            if way.listed_owners and key[way.kind.key[0]] not in owners:
                continue
            if _key_hash(way.kind, key) in named:
                continue
            if None in self._spared or key[way.kind.key[0]] in self._spared:
                self._report.spared += 1
            else:
                found.append(key)
        return found

    def _held_keys(self, way: Vanishing) -> Iterator[Facts]:
        table = table_of(way.kind)
        columns = [table.c[name] for name in way.kind.key]
        statement = select(*columns).where(current(way.kind), *way.scope).execution_options(yield_per=limits.BULK_ROWS)
        for row in self._change.connection.execute(statement):
            yield dict(zip(way.kind.key, row, strict=True))

    # Holding -------------------------------------------------------------------------------------------------------

    def hold(self, mark: str, share: float, said: Mapping[str, Any]) -> None:
        """Hold the whole change where too much of a list would vanish."""
        for way, going in self._going:
            if len(going) <= way.few:
                continue
            total = sum(
                1
                for key in self._held_keys(way)
                if not way.listed_owners or key[way.kind.key[0]] in self._owners[way.kind]
            )
            if held.too_much(len(going), total, share):
                self._report.would_close, self._report.total = len(going), total
                self._report.going = [self._named_key(way.kind, key) for key in going[: limits.IMPORT_GOING_SHOWN]]
                self._report.held = held.hold(
                    self._change,
                    subject=self._source.label,
                    would_close=len(going),
                    total=total,
                    share=share,
                    fingerprint=mark,
                    payload=json.dumps({**said, "path": str(self._source.path.resolve())}).encode(),
                )
                return

    def _named_key(self, kind: type[Fact], key: Facts) -> str:
        """What an operator knows a fact by."""
        table = table_of(kind)
        texts = [str(value) for value in key.values()]
        if "name" in table.c:
            which = (table.c[name] == value for name, value in key.items())
            texts += self._change.connection.execute(select(table.c.name).where(current(kind), *which)).scalars()
        return " ".join(texts)

    # The second reading --------------------------------------------------------------------------------------------

    def write(self, progress: Progress) -> None:
        """Write the rows in bulk, those of one kind together."""
        seen: dict[type[Fact], set[int]] = defaultdict(set)
        waiting: dict[type[Fact], list[Row]] = defaultdict(list)
        for row in self._source.rows(progress):
            if isinstance(row, Refusal):
                self._refuse(row)
                continue
            reason = self._reason_against(row)
            repeated = self._repeated[row.kind]
            mark = _key_hash(row.kind, row.facts) if repeated else 0
            if reason is None and mark in seen[row.kind]:
                if row.implied:
                    continue
                reason = _TWICE
            if reason is not None:
                if not row.implied:
                    self._refuse(Refusal(row.line, row.place, reason))
                continue
            if mark in repeated:
                seen[row.kind].add(mark)
            waiting[row.kind].append(row)
            if len(waiting[row.kind]) >= limits.BULK_ROWS:
                if row.kind is schema.Duty and schema.Person in waiting:  # who holds them comes first
                    self._put(schema.Person, waiting.pop(schema.Person))
                self._put(row.kind, waiting.pop(row.kind))
        for kind, rows in waiting.items():
            self._put(kind, rows)
        again, self._again = self._again or [], None
        for start in range(0, len(again), limits.BULK_ROWS):
            self._put(schema.Duty, again[start : start + limits.BULK_ROWS])

    def _reason_against(self, row: Row) -> str | None:
        if row.kind is schema.Unit and "parent_no" in row.facts:
            return self._refused_units.get(row.facts["detsis_no"])
        column = row.kind.unit_column
        if column is None:
            return None
        number = row.facts[column]
        if number in self._refused_units or (number not in self._known and number not in self._links):
            return _NO_UNIT
        return None

    def _put(self, kind: type[Fact], rows: list[Row]) -> None:
        places = {_key(kind, row.facts): row for row in rows}

        def refused(facts: Any, error: StoreError) -> None:
            row = places[_key(kind, facts)]
            again = self._again if isinstance(error, PostHeldError) else None
            if again is not None and len(again) < limits.IMPORT_DUTIES_AGAIN:
                again.append(row)
            else:
                self._refuse(Refusal(row.line, row.place, error.message))

        ready: Iterable[Facts] = (row.facts for row in rows)
        if kind is schema.Duty:
            self._count(put_duties(self._change, list(ready), refused))
            return
        if kind is schema.Person:
            ready = keep_sealed(self._change.connection, self._keys, ready, refused)
        elif kind is schema.Certificate:
            ready = keep_dated(self._change, ready)
        came = {"recorded_at": self._change.at} if kind in (schema.Type1, schema.Type2) else {}
        counts = self._change.put_many(kind, ready, first=came, refused=refused)
        if all(row.implied for row in rows):  # said on the way: only what it changed is told
            counts.unchanged = 0
        self._count(counts)

    def _count(self, counts: Counts) -> None:
        self._report.opened += counts.opened
        self._report.altered += counts.altered
        self._report.unchanged += counts.unchanged

    def _refuse(self, refusal: Refusal) -> None:
        self._report.refused += 1
        if len(self._report.refusals) < limits.IMPORT_REFUSALS_KEPT:
            self._report.refusals.append(refusal)
        self._tell(refusal)

    def close(self) -> None:
        """Close what vanished."""
        for way, going in self._going:
            if way.facts is None:
                self._report.closed += self._change.end_many(way.kind, going, action="vanish")
            else:
                dated = {"updated_at": self._change.at} if way.kind is schema.Certificate else {}
                facts = {**way.facts, **dated}
                self._report.closed += self._change.alter_many(way.kind, going, facts, action="vanish")


def _key(kind: type[Fact], facts: Mapping[str, Any]) -> tuple[Any, ...]:
    """What tells rows of ``kind`` apart in a file: the key, or what a duty is recognised by."""
    return tuple(facts[name] for name in (_DUTY_KEY if kind is schema.Duty else kind.key))


def _key_hash(kind: type[Fact], facts: Mapping[str, Any]) -> int:
    """64 bits of :func:`_key`: enough to tell tens of millions of rows apart, and flat in memory."""
    text = "\x1f".join(map(str, _key(kind, facts)))
    return int.from_bytes(sha256(text.encode()).digest()[:8], "big")


def _log(change: Change, source: Source, mark: str, report: Report) -> None:
    values = {
        "at": change.at,
        "actor": change.actor,
        "source": str(source.path),
        "fingerprint": mark,
        "kind": source.label,
        "state": "held" if report.held is not None else "done",
        "opened": report.opened,
        "changed": report.altered,
        "closed": report.closed,
        "unchanged": report.unchanged,
        "refused": report.refused,
        "first_serial": report.first_serial,
        "last_serial": report.last_serial,
    }
    change.connection.execute(insert(schema.ImportBatch).values(**values))
