"""The hostile packages as files, each with its outcome at the end of its name.

They lie in ``tests/hostile/package/``; ``python -m tests.hostile.corpus`` writes those that are missing there, and with
a folder's name all of them into that folder. What each one is, is said where it is made: ``test_container`` (rows B1 to
B5) and ``test_package`` (B6 to B15).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.hostile import test_container, test_package

FOLDER = Path(__file__).with_name("package")


def cases() -> Iterator[tuple[str, Callable[[], bytes]]]:
    """File names and what makes them."""
    for name, make in (test_container.CASES | test_container.STREAMED).items():
        yield f"{name}.eyp", make
    for name, (draft, _) in test_package.CASES.items():
        yield f"{name}.{draft().kind}", lambda name=name: test_package.build(name)  # type: ignore[misc]
    for name, make in test_package.SEALED.items():
        yield f"{name}.eyps", make


def write(folder: Path = FOLDER) -> list[Path]:
    """Make the files that are not there yet; their signatures differ each time, so those that are stay."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [(folder / name, make) for name, make in cases() if not (folder / name).exists()]
    for target, make in missing:
        target.write_bytes(make())
    return [target for target, _ in missing]


def outcome(name: str) -> str:
    """What must be said of a file, by its name: a rule's id, or a code."""
    stem = name.rpartition(".")[0]
    rule = stem.find("-EYP")
    return stem[rule + 1 :] if rule >= 0 else stem.rpartition("-")[2]


if __name__ == "__main__":
    print(len(write(*(Path(name) for name in sys.argv[1:2]))))
