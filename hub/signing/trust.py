"""Trust anchors: which roots the hub believes, why, and since when.

A folder of certificates (DER or PEM, one or more in a file). The hub's own trust store adds ``provenance.json``, which
says for each anchor where it came from and who put it there; an anchor without provenance is not used there. A folder
that a caller names on the command line is the caller's own statement and needs none.

An anchor whose own signature is wrong, or that is out of its period at the time in question, is none.

Test roots are marked in one of three ways: ``"test": true`` in the provenance, an organizational unit
:data:`TEST_MARK` in the subject, or a fingerprint in :data:`KNOWN_TEST_ROOTS`. The hub's own store refuses them
outside demo mode.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
import os
import re
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from hub import clock, limits
from hub.errors import HubError
from hub.signing import certificates, oids
from hub.signing.certificates import Certificate
from hub.signing.der import DerError

PROVENANCE: Final = "provenance.json"
SUFFIXES: Final = frozenset({".cer", ".crt", ".der", ".pem"})
TEST_MARK: Final = "EYHUB TEST"
"""Organizational unit (OU) of every root that the hub's demo and tests make."""

KNOWN_TEST_ROOTS: Final = frozenset(
    {
        # the national CA's public validation suite: Root A, Root B (forged), Root C, Root D, Root A (forged)
        "79bdd8b2482ea5961acafa5e6439957510b167c401673ba3b909064d61709ff8",
        "9b4a60489c612deb1e8fdd5dea1d1a5976d1181fc42c5a847e2d2bf3e94b594f",
        "782c04fe612be9950f9601a73b13e51b49364b409ef1d0beecf4b49a408ad391",
        "d22a9277a7f22713166243d64c4bdec0f696680b78795df1a2e18b620605afd3",
        "5909eeff92e6c07d6a6e9659c468e37fd0cd811291b0dc7e5fc95af90962b470",
    }
)
"""SHA-256 of published roots that exist for tests only."""

_PEM: Final = re.compile(rb"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", re.DOTALL)


def trust_folder(data: Path) -> Path:
    """The hub's own trust store inside its data folder."""
    return data / "trust"


class TrustError(HubError):
    """The trust store cannot be read or written, or an anchor is not accepted into it."""

    code = "TRUST"


class NotConfiguredError(HubError):
    """There are no trust anchors at all: nothing can be said about any signature."""

    code = "NOT_CONFIGURED"


@dataclass(frozen=True, slots=True)
class Anchor:
    """One certificate of the trust store."""

    certificate: Certificate
    file: str
    source: str = ""
    """Where it was taken from (address, document, person); empty without provenance."""
    added: str = ""
    """When it was added, ISO 8601."""
    test: bool = False
    refused: str = ""
    """Why it is never used (Turkish), or empty."""

    def unusable(self, at: datetime) -> str:
        """Why the anchor cannot be used at ``at`` (Turkish), or an empty string."""
        if self.refused:
            return self.refused
        if at < self.certificate.not_before:
            return "kök sertifikanın geçerliliği henüz başlamamış"
        if at > self.certificate.not_after:
            return "kök sertifikanın süresi dolmuş"
        return ""


class TrustStore:
    """The anchors that a validation believes.

    ``anchors`` are all that were found, also unusable ones, so that a report can say why a path ends nowhere.
    """

    def __init__(self, anchors: tuple[Anchor, ...] = (), name: str = "") -> None:
        self.anchors = anchors
        self.name = name
        self._by_subject: dict[tuple[tuple[str, str], ...], list[Anchor]] = {}
        for anchor in anchors:
            self._by_subject.setdefault(certificates.folded(anchor.certificate.subject), []).append(anchor)

    @property
    def configured(self) -> bool:
        """Is there any anchor, usable or not?"""
        return bool(self.anchors)

    def named(self, name: bytes) -> list[Anchor]:
        """The anchors whose subject is this Name (DER)."""
        try:
            return self._by_subject.get(certificates.folded(name), [])
        except DerError:
            return []

    @classmethod
    def of(cls, roots: list[bytes], name: str = "") -> TrustStore:
        """A store of DER certificates in memory."""
        return cls(tuple(_anchor(certificates.load(raw), "") for raw in roots), name)

    @classmethod
    def folder(cls, folder: Path) -> TrustStore:
        """The certificates of a folder (or one file) that the caller names. Raises :class:`TrustError`."""
        return cls(tuple(_anchor(one, name) for one, name in _read(folder)), str(folder))

    @classmethod
    def kept(cls, folder: Path, *, demo: bool = False) -> TrustStore:
        """The hub's own store: provenance is demanded, test roots are refused unless ``demo``.

        An absent folder is an empty store. Raises :class:`TrustError` when what is there cannot be read.
        """
        if not folder.exists():
            return cls((), str(folder))
        notes = _provenance(folder)
        found = []
        for one, name in _read(folder):
            note = notes.get(one.sha256)
            test = is_test_root(one) or bool(note and note.get("test"))
            refused = "" if note else "kaynağı (provenance) kayıtlı değil"
            if test and not demo:
                refused = "deneme kökü; yalnız gösterim kipinde kullanılır"
            source, added = (str(note.get("source", "")), str(note.get("added", ""))) if note else ("", "")
            found.append(_anchor(one, name, source=source, added=added, test=test, refused=refused))
        return cls(tuple(found), str(folder))


def is_test_root(certificate: Certificate) -> bool:
    """Does the certificate bear a mark of a test root?"""
    return certificate.sha256 in KNOWN_TEST_ROOTS or (oids.ORGANIZATIONAL_UNIT, TEST_MARK) in certificate.attributes


def _anchor(
    certificate: Certificate, file: str, *, source: str = "", added: str = "", test: bool = False, refused: str = ""
) -> Anchor:
    if not refused:
        if not certificate.self_issued:
            refused = "kök sertifika değil (kendi adına verilmemiş)"
        elif not certificate.self_signed:
            refused = "kök sertifikanın kendi imzası doğrulanmıyor"
    return Anchor(certificate, file, source, added, test or is_test_root(certificate), refused)


def _read(folder: Path) -> list[tuple[Certificate, str]]:
    try:
        files = [folder] if folder.is_file() else sorted(p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES)
        found = [(one, file.name) for file in files for one in read_certificates(file.read_bytes(), file.name)]
    except OSError as error:
        raise TrustError(f"kök sertifikalar okunamadı: {folder}: {error.strerror}") from None
    unique: dict[str, tuple[Certificate, str]] = {}
    for one, name in found:
        unique.setdefault(one.sha256, (one, name))
    return list(unique.values())


def read_certificates(data: bytes, name: str) -> list[Certificate]:
    """The certificates of a DER or PEM file. Raises :class:`TrustError` when there is none or one cannot be read."""
    if len(data) > limits.CERTIFICATE * limits.CERTIFICATES:
        raise TrustError(f"{name}: dosya çok büyük")
    try:
        blocks = [base64.b64decode(b"".join(block.split()), validate=True) for block in _PEM.findall(data)]
        found = [certificates.load(block) for block in blocks or [data]]
        for one in found:
            _ = one.self_signed, one.attributes, one.basic_constraints, one.key_usage
    except (DerError, binascii.Error):
        raise TrustError(f"{name}: sertifika okunamadı") from None
    return found


# The hub's own store -----------------------------------------------------------------------------------------------


def _provenance(folder: Path) -> dict[str, dict[str, Any]]:
    file = folder / PROVENANCE
    if not file.exists():
        return {}
    try:
        notes = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        raise TrustError(f"{file}: okunamadı") from None
    if not isinstance(notes, dict) or not all(isinstance(note, dict) for note in notes.values()):
        raise TrustError(f"{file}: beklenen yapıda değil")
    return notes


def add(folder: Path, data: bytes, source: str, *, demo: bool = False, test: bool = False) -> list[Anchor]:
    """Put the certificates of a DER or PEM file into the store at ``folder`` with their ``source``.

    Raises :class:`TrustError` for a certificate that is not a self-signed root, is out of its period, or is a test
    root while ``demo`` is false; nothing is stored then.
    """
    if not source.strip():
        raise TrustError("kök sertifikanın kaynağı belirtilmeli")
    now = clock.now()
    anchors = [
        _anchor(one, f"{one.sha256}.crt", source=source.strip(), added=now.isoformat(timespec="seconds"), test=test)
        for one in read_certificates(data, "sertifika")
    ]
    for anchor in anchors:
        if why := anchor.unusable(now):
            raise TrustError(f"{anchor.certificate.name}: {why}")
        if anchor.test and not demo:
            raise TrustError(f"{anchor.certificate.name}: deneme kökü; yalnız gösterim kipinde eklenebilir")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        notes = _provenance(folder)
        for anchor in anchors:
            notes[anchor.certificate.sha256] = {
                "name": anchor.certificate.name,
                "source": anchor.source,
                "added": anchor.added,
                "test": anchor.test,
            }
            _write(folder / anchor.file, anchor.certificate.raw)
        _write(folder / PROVENANCE, json.dumps(notes, ensure_ascii=False, indent=1, sort_keys=True).encode())
    except OSError as error:
        raise TrustError(f"kök deposuna yazılamadı: {error.strerror}") from None
    return anchors


def remove(folder: Path, fingerprint: str) -> Anchor:
    """Take the one anchor whose SHA-256 begins with ``fingerprint`` out of the store. Raises :class:`TrustError`."""
    wanted = fingerprint.lower().replace(":", "")
    store = TrustStore.kept(folder, demo=True)
    found = [anchor for anchor in store.anchors if len(wanted) >= 8 and anchor.certificate.sha256.startswith(wanted)]
    if not found:
        raise TrustError(f"{fingerprint}: böyle bir kök sertifika yok (parmak izinin en az ilk 8 hanesi gerekir)")
    if len(found) > 1:
        raise TrustError(f"{fingerprint}: birden çok kök sertifikaya uyuyor")
    gone = found[0]
    try:
        data = (folder / gone.file).read_bytes()
        rest = [one for one in read_certificates(data, gone.file) if one != gone.certificate]
        notes = _provenance(folder)
        notes.pop(gone.certificate.sha256, None)
        _write(folder / PROVENANCE, json.dumps(notes, ensure_ascii=False, indent=1, sort_keys=True).encode())
        for one in rest:
            _write(folder / f"{one.sha256}.crt", one.raw)
        (folder / gone.file).unlink()
    except OSError as error:
        raise TrustError(f"kök deposuna yazılamadı: {error.strerror}") from None
    return gone


def _write(file: Path, data: bytes) -> None:
    """Replace ``file`` whole or not at all."""
    handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        os.replace(temporary, file)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


class TrustKeeper:
    """The hub's own store in a running server: loaded when first asked for, again when it changes, and again after a
    failure, with growing pauses.

    While nothing usable is loaded :meth:`store` raises; no restart is needed to recover.
    """

    PAUSES: Final = (1.0, 2.0, 5.0, 15.0, 60.0)

    def __init__(self, folder: Path, *, demo: bool = False) -> None:
        self.folder = folder
        self.demo = demo
        self._store: TrustStore | None = None
        self._mark: object = None
        self._failures = 0
        self._retry_at = 0.0
        self._why: tuple[type[HubError], str] | None = None

    def store(self) -> TrustStore:
        """The store in force. Raises :class:`TrustError` or :class:`NotConfiguredError`."""
        now = clock.now().timestamp()
        if self._store is not None and self._mark == self._state():
            return self._store
        if self._why is not None and now < self._retry_at:
            kind, message = self._why
            raise kind(message)  # anew: one that is raised again keeps the frames, and so the files, of every call
        try:
            mark = self._state()
            store = TrustStore.kept(self.folder, demo=self.demo)
            if not any(not anchor.unusable(clock.now()) for anchor in store.anchors):
                raise NotConfiguredError("kullanılabilir kök sertifika yok; eyhub trust add ile ekleyin")
        except HubError as error:
            self._store = None
            self._why = type(error), error.message
            self._retry_at = now + self.PAUSES[min(self._failures, len(self.PAUSES) - 1)]
            self._failures += 1
            raise
        self._store, self._mark, self._why, self._failures = store, mark, None, 0
        return store

    def _state(self) -> object:
        try:
            return tuple(sorted((e.name, e.stat().st_mtime_ns, e.stat().st_size) for e in os.scandir(self.folder)))
        except OSError:
            return None
