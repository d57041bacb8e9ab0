"""Rows as they may be stored: texts cleaned, numbers in range, addresses well formed, derived columns filled.

Whoever writes many rows (an import) makes them here and hands them to :meth:`hub.store.change.Change.put_many`; each
function gives the row of one kind of fact, or raises :class:`RefusedError` with the reason in Turkish.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any, Final

from cryptography import x509

from hub import limits
from hub.errors import HubError
from hub.turkish import ascii_fold, clean, fold

Row = dict[str, Any]

_ADDRESS: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", re.ASCII)
CONTACT_KINDS: Final = {1: "web sitesi", 2: "e-posta", 4: "telefon", 5: "faks"}


class RefusedError(HubError):
    """A fact that the registry does not take, with the reason."""

    code = "REGISTRY_REFUSED"


def unit(
    *,
    detsis_no: int,
    name: str,
    parent_no: int,
    main_no: int,
    level: int,
    type1_id: int,
    type2_id: int,
    second_parent_no: int = 0,
    place_id: int | None = None,
    active: bool = True,
    operating: bool = True,
    external: bool = False,
    address: str | None = None,
    register_no: str | None = None,
    successor_no: int | None = None,
) -> Row:
    """The row of a :class:`~hub.store.schema.Unit`. ``main_no`` 0 means that the unit is a main institution. Raises
    :class:`RefusedError`."""
    cleaned = unit_name(name)
    if detsis_number(detsis_no) in {parent_no, second_parent_no}:
        raise RefusedError("Bir birim kendi üst birimi olamaz.")
    if not 0 <= level <= limits.HIERARCHY_DEPTH:
        raise RefusedError("Seviye 0 ile 64 arasında olmalı.")
    return {
        "detsis_no": detsis_number(detsis_no),
        "name": cleaned,
        "folded_name": fold(cleaned),
        "parent_no": parent_no and detsis_number(parent_no),
        "second_parent_no": second_parent_no and detsis_number(second_parent_no),
        "main_no": detsis_number(main_no or detsis_no),
        "place_id": place_id,
        "type1_id": type1_id,
        "type2_id": type2_id,
        "level": level,
        "active": active,
        "operating": operating,
        "external": external,
        "address": line(address, limits.REGISTRY_TEXT),
        "register_no": line(register_no, limits.REGISTRY_NAME),
        "successor_no": successor_no and detsis_number(successor_no),
    }


def contact(*, detsis_no: int, kind: int, value: str, label: str | None = None, rank: int = 0) -> Row:
    """The row of a :class:`~hub.store.schema.Contact`; the preferred entry of a kind has the highest ``rank``. Raises
    :class:`RefusedError`."""
    if kind not in CONTACT_KINDS:
        raise RefusedError("İletişim türü 1 (web sitesi), 2 (e-posta), 4 (telefon) ya da 5 (faks) olmalı.")
    text = line(value, limits.REGISTRY_NAME)
    if text is None:
        raise RefusedError("İletişim bilgisi boş.")
    return {
        "detsis_no": detsis_number(detsis_no),
        "kind": kind,
        "value": text,
        "label": line(label, limits.REGISTRY_NAME),
        "rank": rank,
    }


def kep(
    *, detsis_no: int, address: str, active: bool = True, status: str | None = None, kind: str | None = None
) -> Row:
    """The row of a :class:`~hub.store.schema.KepAddress`; the case of the address is kept, and not regarded. Raises
    :class:`RefusedError`."""
    text = address.strip()
    if len(text) > 254 or _ADDRESS.fullmatch(text) is None:
        raise RefusedError("KEP adresi geçersiz.")
    return {
        "detsis_no": detsis_number(detsis_no),
        "folded_address": ascii_fold(text),
        "address": text,
        "active": active,
        "status": line(status, limits.REGISTRY_NAME),
        "kind": line(kind, limits.REGISTRY_NAME),
    }


def certificate(
    *,
    detsis_no: int,
    der: bytes,
    uploaded_at: datetime,
    updated_at: datetime | None = None,
    active: bool = True,
) -> Row:
    """The row of a :class:`~hub.store.schema.Certificate`; ``der`` must be one X.509 certificate. Raises
    :class:`RefusedError`."""
    if len(der) > limits.REGISTRY_CERTIFICATE:
        raise RefusedError("Sertifika çok büyük.")
    try:
        read = x509.load_der_x509_certificate(der)
        not_before, not_after = read.not_valid_before_utc, read.not_valid_after_utc
    except (ValueError, x509.InvalidVersion):
        raise RefusedError("Sertifika okunamıyor.") from None
    return {
        "detsis_no": detsis_number(detsis_no),
        "fingerprint": sha256(der).hexdigest(),
        "der": der,
        "uploaded_at": uploaded_at.astimezone(UTC),
        "updated_at": (updated_at or uploaded_at).astimezone(UTC),
        "not_before": not_before,
        "not_after": not_after,
        "active": active,
    }


def legislation(
    *,
    detsis_no: int,
    legislation_id: int,
    name: str,
    kind_id: int,
    kind: str | None = None,
    number: str | None = None,
    dated: date | None = None,
    gazette_number: str | None = None,
    gazette_date: date | None = None,
) -> Row:
    """The row of a :class:`~hub.store.schema.Legislation`. Raises :class:`RefusedError`."""
    text = line(name, limits.REGISTRY_TEXT)
    if text is None:
        raise RefusedError("Mevzuat adı boş.")
    return {
        "detsis_no": detsis_number(detsis_no),
        "legislation_id": legislation_id,
        "name": text,
        "folded_name": fold(text),
        "kind_id": kind_id,
        "kind": line(kind, limits.REGISTRY_NAME),
        "number": line(number, limits.REGISTRY_NAME),
        "dated": dated,
        "gazette_number": line(gazette_number, limits.REGISTRY_NAME),
        "gazette_date": gazette_date,
    }


def unit_name(name: str) -> str:
    """``name`` as it is stored: no control characters, single blanks. Raises :class:`RefusedError`."""
    cleaned = line(name, limits.REGISTRY_NAME)
    if cleaned is None:
        raise RefusedError("Birim adı boş.")
    if ">" in cleaned:
        raise RefusedError("Birim adında “>” bulunamaz; hiyerarşi metni bu işaretle ayrılır.")
    return cleaned


def line(text: str | None, longest: int) -> str | None:
    """``text`` cleaned, None where nothing is left of it. Raises :class:`RefusedError` where it is too long."""
    cleaned = clean(text) if text is not None else ""
    if len(cleaned) > longest:
        raise RefusedError(f"Metin çok uzun: en çok {longest} karakter.")
    return cleaned or None


def detsis_number(number: int) -> int:
    """``number`` if it has the eight digits of a DETSİS number. Raises :class:`RefusedError`."""
    if not 10_000_000 <= number <= 99_999_999:
        raise RefusedError("DETSİS numarası sekiz basamaklı olmalı.")
    return number
