"""What the registry knows already that an answer's row leaves unsaid: whose, under which number, in which version."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from hub.registry import delivery, managers, units
from hub.store import schema
from hub.store.database import Database
from hub.store.scope import current
from hub.turkish import clean, fold


class Known:
    """Answers from the registry as it stood when they were first asked, so that a file reads the same twice."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._hierarchies: dict[int, dict[str, int]] = {}
        self._officers: dict[int, dict[tuple[str, str, str], int]] = {}
        self._versions: dict[int, str | None] = {}

    def by_hierarchy(self, institution: int, text: str | None) -> int | None:
        """The unit at or beneath ``institution`` whose hierarchy is ``text``; the institution for no text."""
        if not text:
            return institution
        if institution not in self._hierarchies:
            with self._database.read() as connection:
                below = units.subtree(connection, institution, itself=True, closed=True)
                found = {_path(row.hierarchy): row.detsis_no for row in units.units(connection, below)}
            self._hierarchies[institution] = found
        return self._hierarchies[institution].get(_path(text))

    def officer_id(self, institution: int, given_name: str, surname: str, role: str | None) -> int:
        """The number of this officer of the institution; a new one for a new officer."""
        if institution not in self._officers:
            with self._database.read() as connection:
                rows = managers.officers(connection, institution)
            self._officers[institution] = {(r.given_name, r.surname, r.role or ""): r.officer_id for r in rows}
        numbers = self._officers[institution]
        return numbers.setdefault((given_name, surname, clean(role or "")), max(numbers.values(), default=0) + 1)

    def package_version(self, number: int) -> str | None:
        """The package version recorded for an institution."""
        if number not in self._versions:
            with self._database.read() as connection:
                self._versions[number] = delivery.package_version(connection, number)
        return self._versions[number]

    def legislation(self, name: str, number: str | None) -> list[tuple[int, int, date | None]]:
        """Institution, id and date of each piece of legislation recorded under this title and number."""
        kind = schema.Legislation
        statement = select(kind.detsis_no, kind.legislation_id, kind.dated).where(
            kind.folded_name == fold(clean(name)), current(kind)
        )
        if number:
            statement = statement.where(kind.number == clean(number))
        with self._database.read() as connection:
            return [(row[0], row[1], row[2]) for row in connection.execute(statement)]


def _path(hierarchy: str) -> str:
    return " > ".join(clean(name) for name in hierarchy.split(">"))
