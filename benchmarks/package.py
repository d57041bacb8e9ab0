# ruff: noqa: E501
"""Judging packages: packages a second, megabytes a second beside openssl, and folders on all cores.

``python benchmarks/package.py [--big MB,MB] [--folder N]``. Figures are ratios within one run: absolute ones depend on
the machine. The hub is run as users run it, and hashing with ``openssl dgst`` of the same bytes is the peer.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from hub.package.build.description import prepare
from hub.package.build.steps import build
from hub.package.judge import judge
from tests.package import factory
from tests.package.builder import making
from tests.package.factory import EK4, REL, Rel

MEASURE = """
import sys
from pathlib import Path
from hub.package import schemas
from hub.package.judge import judge

def status(name):
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith(name))

schemas.preload()
before = status("VmRSS")
Path("/proc/self/clear_refs").write_text("5")
judge(Path(sys.argv[1]))
print(status("VmHWM") - before)
"""
"""The peak while judging above what the process had before, in a process of its own. Linux only."""


def draft_of(letter: int, signed: int, unsigned: int) -> factory.Draft:
    """A good package with a letter and three attachments, two signed and one not, of these sizes together."""
    draft, source = factory.eyp2(), random.Random(7)
    draft.files["/UstYazi/yazi.pdf"] = factory.PDF + source.randbytes(letter)
    draft.files["/Ekler/birinci.pdf"] = source.randbytes(signed // 2)
    draft.files["/Ekler/dorduncu.txt"] = source.randbytes(signed // 2)
    draft.files["/ImzasizEkler/ikinci.txt"] = source.randbytes(unsigned)
    draft.rels.append(Rel("/", f"IdEk_{EK4}", REL + "ek", "/Ekler/dorduncu.txt"))
    for references in draft.references.values():
        references.append("/Ekler/dorduncu.txt")
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
    data = draft_of(400_000, 400_000, 200_000).build()
    judge(data)
    start = time.process_time()
    for _ in range(30):
        judge(data)
    each = (time.process_time() - start) / 30
    print(f"1 MB, 3 attachments, one core: {1 / each:.0f} packages a second ({each * 1000:.1f} ms)")


def large(megabytes: int, folder: Path) -> Path:
    """A finished package with one attachment of this size, written as a stream; the attachment beside it."""
    source = random.Random(megabytes)
    making.write_files(folder)
    content = folder / "icerik.bin"
    with content.open("wb") as stream:
        for _ in range(megabytes):
            stream.write(source.randbytes(1 << 20))
    data = making.minimal()
    data["Ustveri"]["Ekler"] = [{"Tur": "DED", "dosya": content.name, "Ad": "Büyük ek"}]
    return build(prepare(data, folder), folder / "stored.eyp", signer=making.PlainSigner()).file


def deflated(package: Path) -> Path:
    """The same parts, compressed."""
    out = package.with_name("deflated.eyp")
    with zipfile.ZipFile(package) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for name in old.namelist():
            with old.open(name) as source, new.open(name, "w", force_zip64=True) as target:
                shutil.copyfileobj(source, target, 1 << 20)
    return out


def big(megabytes: int, folder: Path) -> None:
    stored = large(megabytes, folder)
    content = folder / "icerik.bin"
    dgst = {
        name: best(
            lambda name=name: subprocess.run(["openssl", "dgst", f"-{name}", content], check=True, capture_output=True)
        )  # type: ignore[misc]
        for name in ("sha384", "sha512")
    }
    once = sum(dgst.values())
    for file in (stored, deflated(stored)):
        ours = best(lambda file=file: judge(file))  # type: ignore[misc]
        measured = subprocess.run([sys.executable, "-c", MEASURE, file], check=True, capture_output=True, text=True)
        print(
            f"{megabytes} MB {file.stem}: {ours / once:.2f} × hashing once with SHA-384 and SHA-512 (openssl); "
            f"{megabytes / ours:.0f} MB/s, openssl {megabytes / dgst['sha512']:.0f} MB/s with SHA-512 alone; "
            f"memory + {int(measured.stdout) / 1024:.0f} MB"
        )
        file.unlink()
    content.unlink()


def run_folder(count: int, jobs: int, folder: Path) -> tuple[float, float]:
    """Wall clock and processor time of judging a folder, start of the program included."""
    target = folder / f"many-{count}"
    command = [sys.executable, "-m", "hub.cli", "package", "validate", str(target), "--json", "--jobs", str(jobs)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run([*command, "--data", str(folder / "none")], check=False, stdout=subprocess.DEVNULL)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def folders(count: int, folder: Path) -> None:
    """A folder and one a tenth of it, by one process and by one a core: what one package costs in each."""
    data = draft_of(20_000, 10_000, 10_000).build()
    cores = os.cpu_count() or 1
    figures: dict[tuple[int, int], tuple[float, float]] = {}
    for number in (count // 10, count):
        target = folder / f"many-{number}"
        target.mkdir()
        for at in range(number):
            (target / f"{at:06}.eyp").write_bytes(data)
        for jobs in sorted({1, cores}):
            figures[number, jobs] = run_folder(number, jobs, folder)
    one = figures[count // 10, 1][0] / (count // 10)
    for (number, jobs), (wall, used) in figures.items():
        print(
            f"folder of {number}, {jobs} {'process' if jobs == 1 else 'processes'}: {number / wall:.0f} packages a second, "
            f"{one / (wall / number):.2f} × one process and a tenth of the folder; {used / number * 1000:.1f} ms of "
            f"processor time a package, {used / wall:.2f} cores in use"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--big", default="500", help="MB of the large attachment; several with commas; 0 for none")
    parser.add_argument("--folder", type=int, default=1000, help="packages in the larger folder; 0 for none")
    options = parser.parse_args()
    small()
    with tempfile.TemporaryDirectory() as name:
        for megabytes in [int(text) for text in options.big.split(",")]:
            if megabytes:
                big(megabytes, Path(name))
        if options.folder:
            folders(options.folder, Path(name))


if __name__ == "__main__":
    main()
