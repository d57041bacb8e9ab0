# ruff: noqa: E501
"""Judging packages: packages a second, megabytes a second beside openssl, and a folder on all cores.

``python benchmarks/package.py [--big MB] [--folder N]``. Figures are ratios within one run: absolute ones depend on the
machine. The hub is run as users run it, and hashing with ``openssl dgst`` of the same bytes is the peer.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from hub.package.judge import judge
from tests.package import factory

MEASURE = """
import resource, sys
from pathlib import Path
from hub.package import schemas
from hub.package.judge import judge
schemas.preload()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
judge(Path(sys.argv[1]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
"""In a process of its own, because the peak of this one is that of making the package."""


def draft_of(letter: int, signed: int, unsigned: int) -> factory.Draft:
    """A good package with a letter and attachments of these sizes."""
    draft, source = factory.eyp2(), random.Random(7)
    draft.files["/UstYazi/yazi.pdf"] = factory.PDF + source.randbytes(letter)
    draft.files["/Ekler/birinci.pdf"] = b"".join(
        source.randbytes(1 << 16) for _ in range(signed >> 16)
    ) or source.randbytes(signed)
    draft.files["/ImzasizEkler/ikinci.txt"] = source.randbytes(unsigned)
    return draft


def best(work: Callable[[], object], rounds: int = 3) -> float:
    """The shortest of some rounds, in seconds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def small() -> None:
    data = draft_of(400_000, 300_000, 300_000).build()
    judge(data)
    start = time.process_time()
    for _ in range(30):
        judge(data)
    each = (time.process_time() - start) / 30
    print(f"1 MB, 3 attachments, one core: {1 / each:.0f} packages a second ({each * 1000:.1f} ms)")


def big(megabytes: int, folder: Path, method: int) -> None:
    draft = draft_of(100_000, megabytes << 20, 1000)
    draft.archive.append(lambda entries: [setattr(item, "method", method) for item in entries] and None)
    file = folder / "big.eyp"
    file.write_bytes(draft.build())
    content = folder / "content"
    content.write_bytes(draft.files["/Ekler/birinci.pdf"])
    del draft
    dgst = {
        name: best(
            lambda name=name: subprocess.run(["openssl", "dgst", f"-{name}", content], check=True, capture_output=True)
        )  # type: ignore[misc]
        for name in ("sha384", "sha512")
    }
    ours = best(lambda: judge(file))
    measured = subprocess.run([sys.executable, "-c", MEASURE, file], check=True, capture_output=True, text=True)
    grown = int(measured.stdout) / 1024
    once = sum(dgst.values())
    kind = "stored" if method == 0 else "deflated"
    print(
        f"{megabytes} MB {kind}: {megabytes / ours:.0f} MB/s; {ours / once:.2f} × hashing once with SHA-384 and SHA-512 "
        f"(openssl, {megabytes / dgst['sha512']:.0f} MB/s with SHA-512); memory + {grown:.0f} MB"
    )
    file.unlink()


def folder_of(count: int, folder: Path) -> None:
    data = draft_of(20_000, 10_000, 10_000).build()
    target = folder / "many"
    target.mkdir()
    for number in range(count):
        (target / f"{number:05}.eyp").write_bytes(data)
    command = [sys.executable, "-m", "hub.cli", "package", "validate", str(target), "--json"]
    times = {}
    for jobs in sorted({1, os.cpu_count() or 1}):
        start = time.perf_counter()
        subprocess.run([*command, "--jobs", str(jobs)], check=False, stdout=subprocess.DEVNULL)
        times[jobs] = time.perf_counter() - start
    for jobs, taken in times.items():
        print(
            f"folder of {count}, {jobs} processes: {count / taken:.0f} packages a second, {times[1] / taken:.2f} × one"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--big", type=int, default=500, help="MB of the large attachment")
    parser.add_argument("--folder", type=int, default=1000, help="packages in the folder")
    options = parser.parse_args()
    small()
    with tempfile.TemporaryDirectory() as name:
        for method in (0, 8):
            big(options.big, Path(name), method)
        folder_of(options.folder, Path(name))


if __name__ == "__main__":
    main()
