"""Hostile receipts as files: each is refused with the code in its name, the good one is read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.errors import HubError
from hub.signing import receipts
from hub.signing.trust import TrustStore

FOLDER = Path(__file__).with_name("receipts")
FILES = sorted(FOLDER.glob("*.xml"))
AT = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_receipt(file: Path) -> None:
    trust = TrustStore.of([(FOLDER / "root.crt").read_bytes()])
    code = file.stem.rpartition(".")[2]
    if code == "OK":
        assert receipts.verify(file.read_bytes(), trust, AT).receipt.outcome is receipts.Outcome.FAILED
        return
    with pytest.raises(HubError) as caught:
        receipts.verify(file.read_bytes(), trust, AT)
    assert caught.value.code == code


def test_there_is_a_file_for_each_row() -> None:
    assert {file.name.partition("-")[0] for file in FILES} == {"A1", "A10", "A12", "C9"}
