"""A look at the files themselves: malware, programs, macros, archive bombs (what a gate would ask before opening)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from hub import limits
from hub.package.opc import fold
from hub.package.reader import EICAR, VBA, VBA_OLE, archive_ratio
from hub.package.rules.base import Bag, Problem, rule

_PROGRAMS: Final = (
    (b"MZ", "Windows"), (b"\x7fELF", "ELF"), (b"\xcf\xfa\xed\xfe", "Mach-O"), (b"\xca\xfe\xba\xbe", "Java/Mach-O"),
    (b"#!", "script"), (b"dex\n", "Android"),
)  # fmt: skip
_EXTENSIONS: Final = frozenset(
    {"exe", "dll", "scr", "com", "bat", "cmd", "ps1", "psm1", "vbs", "vbe", "js", "jse", "wsf", "wsh", "hta", "msi",
     "msp", "msc", "cpl", "jar", "lnk", "reg", "sh", "iso", "img", "vhd"}
)  # fmt: skip
_MACRO_EXTENSIONS: Final = frozenset({"docm", "dotm", "xlsm", "xltm", "xlam", "pptm", "potm", "ppam", "ppsm", "sldm"})


def _attachments(bag: Bag) -> Iterator[str]:
    for part in bag.p.opc.parts:
        if fold(part).startswith(("/ekler/", "/imzasizekler/")):
            yield part


def _extension(part: str) -> str:
    return fold(part).rpartition(".")[2]


@rule("EYP-TARAMA-ZARARLI")
def malware(bag: Bag) -> Iterator[Problem]:
    for part, facts in bag.p.facts.items():
        if facts.flagged:
            yield Problem(part, found=facts.flagged)
        elif EICAR in facts.marks:
            yield Problem(part, found="EICAR")


@rule("EYP-TARAMA-PROGRAM")
def programs(bag: Bag) -> Iterator[Problem]:
    for part in _attachments(bag):
        facts = bag.p.facts.get(part)
        kind = next((name for magic, name in _PROGRAMS if facts and facts.head.startswith(magic)), "")
        if kind or _extension(part) in _EXTENSIONS:
            yield Problem(part, found=kind or f".{_extension(part)}")


@rule("EYP-TARAMA-MAKRO")
def macros(bag: Bag) -> Iterator[Problem]:
    for part in _attachments(bag):
        facts = bag.p.facts.get(part)
        marked = facts and (VBA in facts.marks or VBA_OLE in facts.marks)
        if marked or _extension(part) in _MACRO_EXTENSIONS:
            yield Problem(part, found="VBA" if marked else f".{_extension(part)}")


@rule("EYP-TARAMA-ARSIV")
def archives(bag: Bag) -> Iterator[Problem]:
    for part in _attachments(bag):
        facts = bag.p.facts.get(part)
        sizes = archive_ratio(facts) if facts and facts.tail else None
        if sizes is None:
            continue
        packed, whole = sizes
        if whole > limits.ZIP_TOTAL_BYTES or (
            whole > limits.ZIP_RATIO_FLOOR and whole > limits.ZIP_RATIO * max(packed, 1)
        ):
            yield Problem(part, found=f"{whole} B / {packed} B", expected=f"≤ {limits.ZIP_RATIO} : 1", code="ZIP_BOMB")
