"""Fetching evidence that a file lacks: a separate step that only ever adds to what a validation may ask.

Addresses come out of certificates, so whoever made the file may have chosen them. Private, loopback and link-local
addresses are refused unless allowed, other hosts than the allowed ones are never asked when a list is given, answers
are bounded in size and time, and nothing is kept that does not read as what was asked for. A host that fails
:data:`BREAKER_FAILURES` times in a row is left alone for :data:`BREAKER_SECONDS`.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import secrets
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from hub import limits
from hub.config import Settings
from hub.signing import der, oids, status
from hub.signing.algorithms import AgePolicy
from hub.signing.certificates import Certificate
from hub.signing.core import MissingIssuer
from hub.signing.der import DerError
from hub.signing.evidence import Pool
from hub.signing.make.errors import FetchFailedError
from hub.signing.make.evidence import ocsp_request
from hub.signing.make.transport import HttpTransport, Transport
from hub.signing.report import SignatureReport
from hub.signing.revocation import Question
from hub.signing.trust import TrustError, TrustStore, read_certificates
from hub.signing.validate import read, validate

BREAKER_FAILURES: Final = 3
BREAKER_SECONDS: Final = 60.0
_NONCE: Final = "1.3.6.1.5.5.7.48.1.2"


@dataclass(frozen=True, slots=True)
class FetchPolicy:
    """Who may be asked, and for how long an answer is good."""

    hosts: tuple[str, ...] = ()
    """Host names that may be asked; ``.example.org`` means every host below it. Empty: any public one."""
    allow_private: bool = False
    """May private, loopback and link-local addresses be connected to?"""
    cache: Path | None = None
    """Folder for answers; None keeps nothing."""
    max_age: float = 3600.0
    """Seconds for which a kept CRL or OCSP response is used instead of asking again."""
    max_age_certificate: float = 30 * 86400.0
    """The same for issuers' certificates, which do not change."""

    @classmethod
    def of(cls, settings: Settings) -> FetchPolicy:
        """The policy that the hub's settings state."""
        return cls(settings.fetch_hosts, settings.fetch_private, settings.data / "evidence")

    def admits(self, host: str) -> bool:
        """May this host be asked?"""
        name = host.casefold().rstrip(".")
        return not self.hosts or any(
            name == entry or (entry.startswith(".") and name.endswith(entry))
            for entry in (one.casefold() for one in self.hosts)
        )


@dataclass(slots=True)
class Fetcher:
    """A transport with an allow-list, a breaker and a disk cache; also usable by the makers of signatures."""

    policy: FetchPolicy = field(default_factory=FetchPolicy)
    transport: Transport | None = None
    """What really connects; default: HTTP from the standard library."""
    clock: Callable[[], float] = time.time
    _failures: dict[str, tuple[int, float]] = field(default_factory=dict)

    def get(self, url: str) -> bytes:
        """The body at ``url``. Raises :class:`~hub.signing.make.errors.FetchFailedError`."""
        return self._guarded(url, lambda transport: transport.get(url))

    def post(self, url: str, body: bytes, content_type: str, headers: Mapping[str, str] | None = None) -> bytes:
        """The body answered to a POST. Raises :class:`~hub.signing.make.errors.FetchFailedError`."""
        return self._guarded(url, lambda transport: transport.post(url, body, content_type, headers))

    def kept(self, key: str, max_age: float) -> bytes | None:
        """A kept answer that is not older than ``max_age`` seconds."""
        if self.policy.cache is None:
            return None
        file = self.policy.cache / hashlib.sha256(key.encode()).hexdigest()
        try:
            age = self.clock() - file.stat().st_mtime
            return file.read_bytes() if 0 <= age <= max_age else None
        except OSError:
            return None

    def keep(self, key: str, data: bytes) -> None:
        """Keep an answer that has been found readable. A cache that cannot be written is no error."""
        folder = self.policy.cache
        if folder is None:
            return
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=folder, prefix=".new-")
            with os.fdopen(handle, "wb") as out:
                out.write(data)
            now = self.clock()
            os.utime(temporary, (now, now))
            os.replace(temporary, folder / hashlib.sha256(key.encode()).hexdigest())
            _prune(folder)

    def _guarded(self, url: str, ask: Callable[[Transport], bytes]) -> bytes:
        host = urlsplit(url).hostname or ""
        if not self.policy.admits(host):
            raise FetchFailedError(f"{host} izin verilen sunucular arasında değil.")
        count, until = self._failures.get(host, (0, 0.0))
        if count >= BREAKER_FAILURES and self.clock() < until:
            raise FetchFailedError(f"{host} yanıt vermediği için bir süre sorulmayacak.")
        transport = self.transport or HttpTransport(allow_private=self.policy.allow_private)
        try:
            data = ask(transport)
        except FetchFailedError:
            self._failures[host] = (count + 1, self.clock() + BREAKER_SECONDS)
            raise
        self._failures.pop(host, None)
        return data


def _prune(folder: Path) -> None:
    """Keep the cache within :data:`hub.limits.EVIDENCE_CACHE` files, oldest out first."""
    files = [entry for entry in os.scandir(folder) if entry.is_file()]
    surplus = len(files) - limits.EVIDENCE_CACHE
    if surplus > 0:
        for entry in sorted(files, key=lambda one: one.stat().st_mtime)[:surplus]:
            os.unlink(entry.path)


def gather(question: Question | MissingIssuer, fetcher: Fetcher, into: Pool) -> int:
    """Try to fetch what answers ``question``; returns how many items were added to ``into``."""
    before = len(into.certificates) + len(into.crls) + len(into.ocsps)
    if isinstance(question, MissingIssuer):
        _issuer(question.certificate, fetcher, into)
    else:
        if "ocsp" in question.kinds:
            _ocsp(question, fetcher, into)
        if "crl" in question.kinds and len(into.ocsps) + len(into.crls) + len(into.certificates) == before:
            _crl(question, fetcher, into)
    return len(into.certificates) + len(into.crls) + len(into.ocsps) - before


def _issuer(certificate: Certificate, fetcher: Fetcher, into: Pool) -> None:
    for url in certificate.urls(oids.AUTHORITY_INFO_ACCESS, oids.AD_CA_ISSUERS):
        data = fetcher.kept(url, fetcher.policy.max_age_certificate)
        try:
            found = read_certificates(data if data is not None else fetcher.get(url), url)
        except (FetchFailedError, TrustError):
            continue
        new = [one for one in found if one not in into.certificates]
        if data is None:
            fetcher.keep(url, b"".join(_pem(one) for one in found))
        into.certificates += new
        return


def _pem(one: Certificate) -> bytes:
    return b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(one.raw) + b"-----END CERTIFICATE-----\n"


def _crl(question: Question, fetcher: Fetcher, into: Pool) -> None:
    for url in question.certificate.urls(oids.CRL_DISTRIBUTION_POINTS):
        data = fetcher.kept(url, fetcher.policy.max_age)
        try:
            fresh = data if data is not None else fetcher.get(url)
            crl = status.load_crl(fresh)
        except (FetchFailedError, DerError):
            continue
        if data is None:
            fetcher.keep(url, fresh)
        into.crls.append(crl)
        return


def _ocsp(question: Question, fetcher: Fetcher, into: Pool) -> None:
    for url in question.certificate.urls(oids.AUTHORITY_INFO_ACCESS, oids.AD_OCSP):
        key = f"{url} {question.issuer.sha256} {question.certificate.serial:x}"
        data = fetcher.kept(key, fetcher.policy.max_age)
        nonce = secrets.token_bytes(16)
        try:
            request = ocsp_request(question.certificate, question.issuer, nonce)
            answer = status.load_ocsp(data or fetcher.post(url, request, "application/ocsp-request"))
            if data is None and not _same_nonce(answer, nonce):
                continue
        except (FetchFailedError, DerError):
            continue
        if data is None:
            fetcher.keep(key, answer.raw)
        into.ocsps.append(answer)
        return


def _same_nonce(answer: status.Ocsp, nonce: bytes) -> bool:
    """A responder may leave the nonce out (RFC 5019), but may not answer with another."""
    returned = answer.extensions.get(_NONCE)
    return returned is None or der.octets(der.parse(returned.value)) == nonce


def validate_online(
    data: bytes | Path,
    content: bytes | Path | None = None,
    *,
    trust: TrustStore,
    fetcher: Fetcher,
    profile: str = "auto",
    at: datetime | None = None,
    ages: AgePolicy | None = None,
    policy_digests: Mapping[str, str] | None = None,
    qualified: bool = True,
) -> SignatureReport:
    """:func:`hub.signing.validate.validate`, fetching what it could not answer and judging again, a few times.

    What cannot be fetched stays as it was: the answer is then the offline one.
    """
    raw = read(data)
    inner = None if content is None else read(content)
    pool = Pool()
    asked: set[object] = set()
    while True:
        report = validate(
            raw,
            inner,
            trust=trust,
            profile=profile,
            at=at,
            outside=pool,
            ages=ages,
            policy_digests=policy_digests,
            qualified=qualified,
        )
        new = [one for one in report.questions if one not in asked]
        asked.update(new)
        if len(asked) > limits.EVIDENCE_QUESTIONS or not sum(gather(one, fetcher, pool) for one in new):
            return report
