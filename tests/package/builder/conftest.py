"""Who signs in these tests, and a folder with the files of a description."""

from __future__ import annotations

from pathlib import Path

import pytest

from package.builder.making import PlainSigner, write_files


@pytest.fixture(scope="module")
def signer() -> PlainSigner:
    return PlainSigner()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_files(tmp_path)
