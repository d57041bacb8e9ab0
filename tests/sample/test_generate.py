"""The rows of the sample: the same each time, in range, and nobody's."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from itertools import pairwise
from typing import Any

import pytest
from cryptography import x509

from hub.registry import rows
from hub.sample import people, rounds
from hub.sample.generate import CORRECT, OPEN, Sample, Step
from hub.sample.structure import FIRST_NUMBER
from hub.turkish import valid_tckn

MAKERS: dict[str, Any] = {"unit": rows.unit, "contact": rows.contact, "kep": rows.kep, "legislation": rows.legislation}


def every_step(sample: Sample) -> Iterator[tuple[datetime, Step]]:
    for step in sample.opening():
        yield rounds.FIRST_LOAD, step
    for at, steps in sample.later():
        for step in steps:
            yield at, step


def digest(count: int) -> str:
    total = sha256()
    for at, step in every_step(Sample(count, certificates=False)):
        total.update(json.dumps([at, step], default=str).encode())
    return total.hexdigest()


@pytest.fixture(scope="module")
def steps() -> list[tuple[datetime, Step]]:
    return list(every_step(Sample(6_000)))


def of(steps: list[tuple[datetime, Step]], subject: str, verb: str | None = None) -> list[dict[str, Any]]:
    return [step.facts for _, step in steps if step.subject == subject and verb in (None, step.verb)]


def test_the_same_number_of_units_gives_the_same_rows() -> None:
    assert digest(2_000) == digest(2_000)
    assert digest(2_000) != digest(2_001)


def test_the_rows_are_what_an_import_would_store(steps: list[tuple[datetime, Step]]) -> None:
    for _, step in steps:
        if step.subject in MAKERS:
            given = {name: value for name, value in step.facts.items() if name != "valid_from"}
            made = MAKERS[step.subject](**given)
            assert {name: made[name] for name in given} == given


def test_nothing_is_known_before_it_is_so_nor_far_ahead(steps: list[tuple[datetime, Step]]) -> None:
    for at, step in steps:
        assert step.facts["valid_from"] <= at, step
        assert step.facts["valid_from"].tzinfo is not None
    assert max(at for at, _ in steps).year == 2026


def test_identity_numbers_pass_the_checksum_and_come_from_the_reserved_range(
    steps: list[tuple[datetime, Step]],
) -> None:
    persons = of(steps, "person")
    assert len(persons) > 2_000
    assert all(valid_tckn(p["tckn"]) and p["tckn"].startswith(people.TCKN_PREFIX) for p in persons)
    assert len({p["tckn"] for p in persons}) == len({p["code"] for p in persons}) == len(persons)


def test_contacts_reach_nobody(steps: list[tuple[datetime, Step]]) -> None:
    kinds = Counter[int]()
    for contact in of(steps, "contact"):
        kinds[contact["kind"]] += 1
        value = contact["value"]
        if contact["kind"] in {4, 5}:
            assert value.startswith("+999 0") or value[value.index(")") :].startswith(") 0"), value
        else:
            assert value.partition("/")[0].endswith("example") or ".example" in value, value
    assert set(kinds) == {1, 2, 4, 5}


def test_a_unit_never_has_two_heads_at_once(steps: list[tuple[datetime, Step]]) -> None:
    final: dict[int, dict[str, Any]] = {}
    for _, step in steps:
        if step.subject == "duty":
            assert (step.verb == CORRECT) == (step.facts["duty_no"] in final)
            final[step.facts["duty_no"]] = step.facts
    by_unit = defaultdict(list)
    for duty in final.values():
        assert duty["valid_to"] is None or duty["valid_from"] < duty["valid_to"]
        if duty["kind"] == "deputy":
            assert final[duty["for_duty_no"]]["kind"] == "owner"
            assert duty["valid_to"] is not None
        else:
            by_unit[duty["detsis_no"]].append(duty)
    assert len(by_unit) > 2_000
    for duties in by_unit.values():
        duties.sort(key=lambda duty: duty["valid_from"])
        for before, after in pairwise(duties):
            assert before["valid_to"] is not None
            assert before["valid_to"] <= after["valid_from"]
    kinds = Counter(duty["kind"] for duty in final.values())
    assert kinds["owner"] > kinds["acting"] > 20
    assert kinds["deputy"] > 20
    assert sum(duty["late"] for duty in final.values()) > 20


def test_people_who_change_posts_keep_their_code(steps: list[tuple[datetime, Step]]) -> None:
    known: set[int] = set()
    units = defaultdict(set)
    for _, step in steps:
        if step.subject == "person":
            known.add(step.facts["code"])
        elif step.subject == "duty":
            assert step.facts["code"] in known
            units[step.facts["code"]].add(step.facts["detsis_no"])
    assert sum(len(held) > 1 for held in units.values()) > 20


def test_history_renames_moves_and_closes_units(steps: list[tuple[datetime, Step]]) -> None:
    first: dict[int, dict[str, Any]] = {}
    seen = Counter[str]()
    for _, step in steps:
        if step.subject != "unit":
            continue
        number = step.facts["detsis_no"]
        before = first.setdefault(number, step.facts)
        if step.verb == OPEN:
            seen["later"] += step.facts["valid_from"] != rounds.BEGINNING
            continue
        assert step.facts["valid_from"] > before["valid_from"]
        seen["renamed"] += before["name"] != step.facts["name"]
        seen["moved"] += before["parent_no"] != step.facts["parent_no"]
        seen["closed"] += before["active"] and not step.facts["active"]
    assert len(first) == 6_000
    assert min(seen[what] for what in ("later", "renamed", "moved", "closed")) > 3
    assert sum(step.subject == "kep" and step.facts["active"] is False for _, step in steps) > 10


def test_certificates_are_real(steps: list[tuple[datetime, Step]]) -> None:
    certificates = of(steps, "certificate")
    assert len(certificates) > 100
    read = x509.load_der_x509_certificate(certificates[0]["der"])
    assert read.not_valid_after_utc == certificates[0]["not_after"]
    assert read.extensions.get_extension_for_class(x509.KeyUsage).value.key_encipherment
    owners = {certificate["detsis_no"] for certificate in certificates}
    assert {ownership["owner_no"] for ownership in of(steps, "certificate_ownership")} <= owners


def test_the_demonstration_institution_has_something_of_everything(steps: list[tuple[datetime, Step]]) -> None:
    number = Sample(6_000, certificates=False).structure.by_name("MİLLÎ EĞİTİM BAKANLIĞI").number
    have = {step.subject for _, step in steps if step.facts.get("detsis_no") == number}
    assert have >= {
        "unit",
        "contact",
        "kep",
        "certificate",
        "package_version",
        "notification_number",
        "budget",
        "file_plan",
        "service",
        "document",
        "legislation",
        "detsis_officer",
        "duty",
    }
    assert number > FIRST_NUMBER
