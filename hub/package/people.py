"""People as packages and certificates name them: masked, found, compared."""

from __future__ import annotations

import re

from hub.package.model import GercekSahis, Imza
from hub.signing import SignerReport, oids
from hub.turkish import fold, valid_tckn


def masked(tckn: str | None) -> str:
    """A T.C. kimlik no as reports show it: enough to find it in the file, not enough to be it."""
    value = (tckn or "").strip()
    return f"{value[:2]}*******{value[-2:]}" if len(value) >= 8 else "*" * len(value)


def tckn_of(signer: SignerReport) -> str:
    """The T.C. kimlik no in a signer's certificate (subject serialNumber); empty when there is none."""
    attributes = dict(signer.certificate.attributes) if signer.certificate else {}
    digits = re.sub(r"[^0-9]", "", attributes.get(oids.SERIAL_NUMBER, ""))
    return digits if valid_tckn(digits) else ""


def is_listed(entry: Imza, signer: SignerReport) -> bool:
    """Whether a listed signer is the certificate's: by T.C. kimlik no, by name where the list has none."""
    person = entry.imzalayan
    if person is None:
        return False
    number = (person.tckn or "").strip()
    if number:
        return number == tckn_of(signer)
    return folded_name(person) == fold(signer.certificate.name if signer.certificate else "")


def folded_name(person: GercekSahis) -> str:
    """All names of a person, folded for comparing; empty when there is none."""
    kisi = person.kisi
    names = (kisi.ilk_adi, kisi.ikinci_adi, kisi.soyadi) if kisi else ()
    return fold(" ".join(name.strip() for name in names if name and name.strip()))
