"""The labelled cases beside the repository, when they are there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "imza"

needs_cases = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the labelled signature cases are not at {FOLDER}")


@dataclass(frozen=True)
class Case:
    """One labelled file: suite, file name without ending, expected answer, folder of roots."""

    suite: str
    name: str
    file: Path
    expected: str
    roots: Path
    offline: bool
    why: str


def cases() -> list[Case]:
    if not FOLDER.is_dir():
        return []
    return [
        Case(
            suite=one["suite"],
            name=one["file"].partition(".")[0],
            file=FOLDER / "files" / one["file"],
            expected=one["expected"],
            roots=FOLDER / "roots" / one["roots"],
            offline=one["offline"],
            why=one["why"],
        )
        for one in json.loads((FOLDER / "dev_cases.json").read_text("utf-8"))
    ]
