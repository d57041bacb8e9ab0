"""Inventories and certificates of many units at once."""

from __future__ import annotations

from datetime import UTC, datetime

from hub.registry import delivery, inventory
from hub.store import schema
from hub.store.database import Database
from hub.turkish import fold

from .conftest import BRANCH, FACULTY, GENERAL, MINISTRY, START, UNIVERSITY

END = datetime(2040, 1, 1, tzinfo=UTC)


def test_inventories_of_many_units(filled: Database) -> None:
    with filled.write(actor="test", origin="test") as change:
        service = {"name": "ÖRNEK HİZMET", "valid_from": START}
        for number, name in ((GENERAL, "2"), (GENERAL, "1"), (MINISTRY, "3"), (FACULTY, "4")):
            change.open(schema.Service, {**service, "detsis_no": number, "service_id": name})
        document = {"name": "ÖRNEK BELGE", "requested": True, "valid_from": START}
        change.open(schema.Document, {**document, "detsis_no": BRANCH, "document_id": 9})
        change.open(schema.Document, {**document, "detsis_no": GENERAL, "document_id": 10})
        law = {"name": "ÖRNEK", "folded_name": fold("ÖRNEK"), "kind_id": 1, "valid_from": START}
        change.open(schema.Legislation, {**law, "detsis_no": GENERAL, "legislation_id": 5})
    with filled.read() as connection:
        wanted = [GENERAL, MINISTRY, BRANCH]
        found = inventory.services_in(connection, wanted)
        assert [(row.detsis_no, row.service_id) for row in found] == [(MINISTRY, "3"), (GENERAL, "1"), (GENERAL, "2")]
        assert [row.document_id for row in inventory.documents_in(connection, wanted)] == [10, 9]
        assert [row.legislation_id for row in inventory.legislation_in(connection, wanted)] == [5]
        assert list(inventory.legislation_in(connection, [])) == []


def test_certificates_of_many_units(filled: Database) -> None:
    with filled.write(actor="test", origin="test") as change:
        row = {"der": b"x", "uploaded_at": START, "updated_at": START, "not_before": START, "not_after": END}
        for number in (MINISTRY, UNIVERSITY):
            facts = {**row, "detsis_no": number, "fingerprint": str(number), "valid_from": START}
            change.open(schema.Certificate, facts)
        link = {"detsis_no": FACULTY, "owner_no": UNIVERSITY, "valid_from": START}
        change.open(schema.CertificateOwnership, link)
    with filled.read() as connection:
        assert delivery.certificate_owners(connection, [FACULTY, MINISTRY]) == {FACULTY: UNIVERSITY}
        found = {row.detsis_no for row in delivery.certificates_of(connection, [MINISTRY, FACULTY, UNIVERSITY])}
        assert found == {MINISTRY, UNIVERSITY}
