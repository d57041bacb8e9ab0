"""Copies of a finished package for its receivers: what is withheld from one is left out, no digest changes."""

from __future__ import annotations

from pathlib import Path

from hub.package.build.archive import Archive, Base
from hub.package.build.encrypted import identity
from hub.package.build.problems import StepError
from hub.package.build.steps import copy_parts
from hub.package.opc import fold
from hub.package.xml import parse


def copy_for(package: Path, muhatap: str, out: Path, *, without_paraf: bool = False) -> tuple[str, ...]:
    """Write the copy of a finished ``eyp`` for one receiver; the parts that were left out.

    ``muhatap`` is the receiver's KKK, T.C. kimlik no or legal person's identifier in the distribution. Attachments of
    its KonulmamisEkListesi are left out, and with ``without_paraf`` the paraf signature too; every digest document
    still names them, as the format wants it.

    Raises :class:`StepError` for an unfinished package or an unknown receiver,
    :class:`~hub.package.errors.PackageError`, ``OSError``.
    """
    with Base(package) as base, Archive(out, (), base) as archive:
        part = base.part("ustveri")
        if part is None or not base.part("muhurcades"):
            raise StepError("Paket tamamlanmamış; alıcıya göre kopya yalnız mühürlü paketten çıkarılır.")
        root = parse(base.read(part)).root
        entries = [item for item in root.iter("{*}Dagitim") if any(identity(child) == muhatap for child in item)]
        if not muhatap or not entries:
            raise StepError("Paketin dağıtımında böyle bir muhatap yok.")
        withheld = {
            (one.text or "").strip().upper()
            for entry in entries
            for one in entry.iterfind("{*}KonulmamisEkListesi/{*}KonulmamisEk/{*}EkId")
        }
        leave = {
            target
            for item in base.opc.relationships
            if item.name in ("ek", "imzasizek")
            and item.id.rpartition("_")[2].upper() in withheld
            and (target := base.opc.find(item.resolved))
        }
        paraf = base.part("parafimzacades")
        if without_paraf and paraf:
            leave.add(paraf)
        copy_parts(base, archive, leave)
    return tuple(sorted(leave, key=fold))
