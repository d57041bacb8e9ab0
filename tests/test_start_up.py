"""Commands load what they need: a signature is judged without the store, the services or the server."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from parts.waiting import HUNG

HEAVY = {"alembic", "granian", "openpyxl", "psycopg", "spyne", "sqlalchemy", "xmlschema"}


def loaded(command: str) -> set[str]:
    code = f"import json, sys, hub.commands.{command}; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True, timeout=HUNG)
    return HEAVY & set(json.loads(done.stdout))


@pytest.mark.parametrize("command", ["signature_validate", "receipt_check", "trust"])
def test_commands_on_files_load_no_store(command: str) -> None:
    assert loaded(command) == set()


def test_judging_packages_loads_nothing_that_migrates_or_serves() -> None:
    """The registry is read, when there is one; its tables are not changed."""
    assert loaded("package_validate") <= {"psycopg", "sqlalchemy", "xmlschema"}
