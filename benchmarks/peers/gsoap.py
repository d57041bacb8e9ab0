"""Build and run the gSOAP peer: ``python -m benchmarks.peers.gsoap PORT``.

Its code is generated from the hub's WSDL by gSOAP's own tools and compiled on the spot; the operations that are not
measured answer with a fault. ``PEER_LINES`` and ``PEER_WSDL`` come from the environment.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

OWN: Final = Path(__file__).with_name("soap.c")
TOOLS: Final = ("wsdl2h", "soapcpp2", "cc")
HEADER: Final = Path("/usr/include/stdsoap2.h")
_OPERATION: Final = re.compile(r"^\s*SOAP_FMAC5 int SOAP_FMAC6 (__ns\d__(\w+))\((struct soap\*), (.*)\);", re.MULTILINE)
_NAME: Final = re.compile(r"\b\w+$")
_UNIT: Final = (
    "DETSISNo", "Ad", "ParentIdareKimlikKodu", "AnaKurumIdareKimlikKodu", "Fk_BulunduguYerID", "Fk_KurumBirimTipID1",
    "Fk_KurumBirimTipID2", "KurumHiyerarsik", "Aktifmi", "ParentIdareKimlikKodu2", "FaalOlupOlmadigi", "Seviye",
    "DisYazismaMuhatabiOlupOlmadigi", "Adres", "YerAdi",
)  # fmt: skip
"""Columns of a unit in the file of rows, as ``soap.c`` reads them."""
_TYPE3: Final = ("ID", "DETSISNo", "Fk_KurumBirimTip3ID", "TipAdi")


def built(wsdl: Path, cache: Path) -> Path:
    """The compiled server, kept in ``cache`` for as long as the WSDL and its source are the same."""
    digest = hashlib.sha256(wsdl.read_bytes() + OWN.read_bytes()).hexdigest()[:12]
    folder = cache / f"gsoap-{digest}"
    if not folder.exists():
        cache.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix="gsoap-", dir=cache))
        build(wsdl, draft)
        draft.rename(folder)
    return folder / "peer"


def build(wsdl: Path, folder: Path) -> Path:
    """The compiled server, in ``folder``."""

    def run(*command: str) -> None:
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    run("wsdl2h", "-c", "-g", "-o", "detsis.h", str(wsdl))
    run("soapcpp2", "-c", "-S", "-x", "-w", "-L", "-1", "detsis.h")
    own = OWN.read_text()
    rest = ['#include "soapH.h"']
    for full, name, soap, arguments in _OPERATION.findall((folder / "soapStub.h").read_text()):
        if f"int {full}(" not in own:
            named = ", ".join(_NAME.sub(f"a{at}", each.strip()) for at, each in enumerate(arguments.split(",")))
            rest.append(f'int {full}({soap} soap, {named}) {{ return soap_sender_fault(soap, "{name}", NULL); }}')
    (folder / "rest.c").write_text("\n".join(rest) + "\n")
    parts = [str(OWN), "rest.c", "soapC.c", "soapServer.c"]
    run("cc", "-O2", "-w", "-I.", "-o", "peer", *parts, "-lgsoap", "-lpthread")
    return folder / "peer"


def write_rows(lines: Path, path: Path) -> None:
    """The peers' rows as lines of values between tabs."""
    with lines.open() as given:
        units = sum(line.startswith('{"unit"') for line in given)
    with lines.open() as given, path.open("w") as file:
        file.write(f"{units} {sum(1 for _ in given) - units}\n")
        given.seek(0)
        for line in given:
            row = json.loads(line)
            if "kep" in row:
                values = ["K", *map(_value, row["kep"])]
            else:
                values = ["U", *(_value(row["unit"][name]) for name in _UNIT), str(len(row["types3"]))]
                values += [_value(entry[name]) for entry in row["types3"] for name in _TYPE3]
            file.write("\t".join(values) + "\n")


def _value(value: Any) -> str:
    if value is None:
        return "\\N"
    return str(int(value)) if isinstance(value, bool) else str(value)


def main() -> None:
    lines = Path(os.environ["PEER_LINES"])
    rows = lines.with_suffix(".tsv")  # goes with the run's other files
    write_rows(lines, rows)
    server = built(Path(os.environ["PEER_WSDL"]), Path(os.environ["PEER_MODULES"]).parent)
    os.execv(server, [str(server), sys.argv[1], str(rows)])


if __name__ == "__main__":
    main()
