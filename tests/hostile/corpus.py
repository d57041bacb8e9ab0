"""Writes the hostile packages into a folder, each with its outcome at the end of its name: ``python -m tests.hostile.corpus DIR``."""  # noqa: E501

from __future__ import annotations

import sys
from pathlib import Path

from tests.hostile import test_container, test_package


def write(folder: Path) -> list[Path]:
    """Every case as a file; what they are is said in the modules that hold them."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {name: make() for name, make in (test_container.CASES | test_container.STREAMED).items()}
    files |= {name: test_package.build(name) for name in test_package.CASES}
    written = []
    for name, data in files.items():
        kind = test_package.CASES[name][0]().kind if name in test_package.CASES else "eyp"
        target = folder / f"{name}.{kind}"
        target.write_bytes(data)
        written.append(target)
    return written


if __name__ == "__main__":
    print(len(write(Path(sys.argv[1]))))
