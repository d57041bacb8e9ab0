"""The hostile packages as files, each with its outcome at the end of its name.

They lie in ``tests/hostile/package/``; ``python -m tests.hostile.corpus`` writes those that are missing there, and with
a folder's name all of them into that folder. What each one is, is said where it is made: ``test_container`` (rows B1 to
B5) and ``test_package`` (B6 to B15). Those that only a register shows to be wrong lie beside them, in
``tests/hostile/package_registry/``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.hostile import test_container, test_package

FOLDER = Path(__file__).with_name("package")
REGISTRY_FOLDER = Path(__file__).with_name("package_registry")

Case = tuple[str, Callable[[], bytes]]


def cases() -> Iterator[Case]:
    """File names and what makes them."""
    for name, make in (test_container.CASES | test_container.STREAMED).items():
        yield f"{name}.eyp", make
    for name, (draft, _) in test_package.CASES.items():
        yield f"{name}.{draft().kind}", lambda name=name: test_package.build(name)  # type: ignore[misc]
    for name, make in test_package.SEALED.items():
        yield f"{name}.eyps", make


def registry_cases() -> Iterator[Case]:
    """The same for the packages that need a register to be found wrong."""
    for name, (draft, _) in test_package.REGISTERED.items():
        yield f"{name}.{draft().kind}", lambda name=name: test_package.build(name)  # type: ignore[misc]


def write(folder: Path = FOLDER, made: Callable[[], Iterator[Case]] = cases) -> list[Path]:
    """Make the files that are not there yet; their signatures differ each time, so those that are stay."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [(folder / name, make) for name, make in made() if not (folder / name).exists()]
    for target, make in missing:
        target.write_bytes(make())
    return [target for target, _ in missing]


def outcome(name: str) -> str:
    """What must be said of a file, by its name: a rule's id, or a code."""
    stem = name.rpartition(".")[0]
    rule = stem.find("-EYP")
    return stem[rule + 1 :] if rule >= 0 else stem.rpartition("-")[2]


if __name__ == "__main__":
    target = Path(sys.argv[1]) if sys.argv[1:] else None
    written = write(target or FOLDER) + write(target or REGISTRY_FOLDER, registry_cases)
    print(len(written))
