"""Certification paths: from a certificate to a usable anchor, each link checked at one time (RFC 5280 6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from hub import limits
from hub.signing import algorithms, certificates, names, policies
from hub.signing.algorithms import AgePolicy
from hub.signing.certificates import KEY_CERT_SIGN, UNDERSTOOD, Certificate
from hub.signing.der import DerError
from hub.signing.report import About, Check, Code, Sub, about, failed, passed, warning
from hub.signing.trust import Anchor, TrustStore


class Path(NamedTuple):
    """A path as far as it was found: the certificate first, its anchor last when ``anchored``."""

    certificates: tuple[Certificate, ...]
    anchored: bool
    fault: Check | None
    """Why the path did not reach a usable anchor."""

    @property
    def issuer(self) -> Certificate | None:
        """The certificate that issued the first one, or None when it was not found. An anchor is its own issuer."""
        if len(self.certificates) > 1:
            return self.certificates[1]
        return self.certificates[0] if self.anchored else None


class Budget:
    """How many issuer candidates may still be tried for one file."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = limits.CHAIN_TRIES

    def spend(self) -> bool:
        """Count one candidate; whether it may still be tried."""
        self.left -= 1
        return self.left >= 0


def find(
    leaf: Certificate, pool: Sequence[Certificate], trust: TrustStore, at: datetime, budget: Budget, kind: str
) -> Iterator[Path]:
    """The paths from ``leaf`` to an anchor that is usable at ``at``, through certificates of ``pool``.

    Each is built when asked for; those whose certificates are all valid at ``at`` come first, then the other anchored
    ones. When none reaches an anchor, the one that got furthest comes alone and says why.
    """
    late: list[Path] = []
    best: Path | None = None
    any_valid = False
    for path in _paths((leaf,), pool, trust, at, budget, kind):
        if path.anchored and all(one.not_before <= at <= one.not_after for one in path.certificates):
            any_valid = True
            yield path
        elif path.anchored:
            late.append(path)
        elif best is None or len(path.certificates) > len(best.certificates):
            best = path
    yield from late
    if any_valid or late:
        return
    if best is None:
        fault = failed(Code.CHAIN_ANCHOR, about(kind, leaf), "sertifika yolu çok uzun", Sub.NO_CERTIFICATE_CHAIN_FOUND)
        best = Path((leaf,), anchored=False, fault=fault)
    yield best


def _paths(
    so_far: tuple[Certificate, ...],
    pool: Sequence[Certificate],
    trust: TrustStore,
    at: datetime,
    budget: Budget,
    kind: str,
) -> Iterator[Path]:
    last = so_far[-1]
    unusable = ""
    forged: Certificate | None = None
    for anchor, issuer in _candidates(last, pool, trust):
        if anchor is not None and anchor.certificate == last:
            if why := anchor.unusable(at):
                unusable = why
                continue
            yield Path(so_far, anchored=True, fault=None)
            return
        if issuer in so_far or not budget.spend():
            continue
        if not certificates.signed_by(last, issuer):
            forged = issuer
            continue
        if anchor is not None:
            if why := anchor.unusable(at):
                unusable = why
                continue
            yield Path((*so_far, issuer), anchored=True, fault=None)
        elif len(so_far) < limits.CHAIN - 1 and _climbs(issuer, pool, trust):
            yield from _paths((*so_far, issuer), pool, trust, at, budget, kind)
    place = _kind(so_far, kind)
    if unusable:
        root = About("root", certificates.short_name(last.issuer))
        fault = failed(Code.CHAIN_ANCHOR, root, unusable, Sub.NO_CERTIFICATE_CHAIN_FOUND)
    elif forged is not None:
        found = f"{forged.name} anahtarıyla doğrulanmıyor"
        fault = failed(Code.CERT_SIGNATURE, about(place, last), found, Sub.CERTIFICATE_CHAIN_GENERAL_FAILURE)
    else:
        found = f"veren makam ne dosyada ne güvenilen kökler arasında: {certificates.short_name(last.issuer)}"
        fault = failed(Code.CHAIN_ANCHOR, about(place, last), found, Sub.NO_CERTIFICATE_CHAIN_FOUND)
    yield Path(so_far, anchored=False, fault=fault)


def _climbs(issuer: Certificate, pool: Sequence[Certificate], trust: TrustStore) -> bool:
    """May a path go on above ``issuer``? Not above a root, genuine or forged."""
    if issuer.self_signed:
        return False
    others = [*pool, *(anchor.certificate for anchor in trust.named(issuer.issuer))]
    return not issuer.forged_root or certificates.vouched(issuer, others)


def _candidates(
    of: Certificate, pool: Sequence[Certificate], trust: TrustStore
) -> Iterator[tuple[Anchor | None, Certificate]]:
    for anchor in trust.named(of.issuer):
        yield anchor, anchor.certificate
    named = [one for one in pool if certificates.same_name(one.subject, of.issuer)]
    wanted = of.authority_key_id
    yield from ((None, one) for one in dict.fromkeys(sorted(named, key=lambda one: one.subject_key_id != wanted)))


def _kind(so_far: tuple[Certificate, ...], kind: str) -> str:
    return kind if len(so_far) == 1 else "ca"


def check(path: Path, at: datetime, kind: str, ages: AgePolicy) -> list[Check]:
    """Check every certificate of ``path`` at ``at``; ``kind`` says what the first one is (``signer``, ``tsa`` …)."""
    if path.fault is not None and not path.anchored:
        checks = [path.fault]
    else:
        checks = [passed(Code.CHAIN_ANCHOR, about("root", path.certificates[-1]))]
    last = len(path.certificates) - 1
    for place, one in enumerate(path.certificates):
        of = about(kind if place == 0 else "root" if path.anchored and place == last else "ca", one)
        within = one.not_before <= at <= one.not_after
        checks.append(passed(Code.CERT_VALIDITY, of) if within else _validity(one, of, at))
    checks += _timeless(path.certificates, path.anchored, kind, ages)
    return checks


def _validity(one: Certificate, of: About, at: datetime) -> Check:
    """What is wrong at ``at``, which is not in the certificate's period."""
    if at < one.not_before:
        found = f"{one.not_before:%Y-%m-%d %H:%M:%SZ} öncesinde geçersiz"
        return failed(Code.CERT_VALIDITY, of, found, Sub.NOT_YET_VALID)
    found = f"süresi {one.not_after:%Y-%m-%d %H:%M:%SZ} tarihinde dolmuş"
    return failed(Code.CERT_VALIDITY, of, found, Sub.EXPIRED)


@lru_cache(maxsize=256)
def _timeless(chain: tuple[Certificate, ...], anchored: bool, kind: str, ages: AgePolicy) -> tuple[Check, ...]:
    """What holds of a path at any time. The same authorities' paths recur, so the last ones are remembered."""
    checks: list[Check] = []
    below = 0
    last = len(chain) - 1
    for place, one in enumerate(chain):
        anchor = anchored and place == last
        of = about(kind if place == 0 else "root" if anchor else "ca", one)
        if place < last:
            checks.append(passed(Code.CERT_SIGNATURE, of))
        try:
            checks += _one(one, of, ages, anchor=anchor)
            if place > 0:
                checks += _authority(one, of, below, anchor=anchor)
        except DerError as error:
            checks.append(failed(Code.CERT_EXTENSIONS, of, error.message, Sub.CERTIFICATE_CHAIN_GENERAL_FAILURE))
        if place > 0 and not one.self_issued:
            below += 1
    try:
        checks += names.check(chain)
        if lost := policies.breach(chain[:-1] if anchored else chain):
            one, found = lost
            checks.append(failed(Code.POLICY_CONSTRAINTS, about("ca", one), found, Sub.CHAIN_CONSTRAINTS_FAILURE))
    except DerError as error:
        of = about(kind, chain[0])
        checks.append(failed(Code.CERT_EXTENSIONS, of, error.message, Sub.CERTIFICATE_CHAIN_GENERAL_FAILURE))
    return tuple(checks)


def _one(one: Certificate, of: About, ages: AgePolicy, *, anchor: bool) -> Iterator[Check]:
    unknown = [name for name, extension in one.extensions.items() if extension.critical and name not in UNDERSTOOD]
    if unknown:
        found = f"bilinmeyen kritik uzantı {unknown[0]}"
        yield failed(Code.CERT_EXTENSIONS, of, found, Sub.CHAIN_CONSTRAINTS_FAILURE)
    if why := algorithms.too_weak(one.key):
        yield failed(Code.CERT_KEY, of, why, Sub.CRYPTO_CONSTRAINTS_FAILURE)
    if not anchor:  # nobody relies on an anchor's signature over itself
        yield from age(ages, one, of)


def age(ages: AgePolicy, one: Certificate, of: About) -> Iterator[Check]:
    """Was the certificate's signature made with an algorithm past its date?"""
    try:
        why = ages.aged(algorithms.method(one.algorithm), None, one.not_before)
    except DerError as error:
        yield failed(Code.CERT_SIGNATURE, of, error.message, Sub.CRYPTO_CONSTRAINTS_FAILURE)
        return
    if why:
        yield aged(ages, of, why)


def aged(ages: AgePolicy, of: About, why: str) -> Check:
    """The check that reports an aged algorithm under this policy."""
    if ages.strict:
        return failed(Code.ALGORITHM_AGE, of, why, Sub.CRYPTO_CONSTRAINTS_FAILURE)
    return warning(Code.ALGORITHM_AGE, of, why)


def _authority(one: Certificate, of: About, below: int, *, anchor: bool) -> Iterator[Check]:
    is_ca, length = one.basic_constraints
    if not is_ca and not (anchor and not one.extensions):  # a version 1 root has no extensions to say so
        yield failed(Code.CA_CONSTRAINTS, of, "makam (CA) sertifikası değil", Sub.CHAIN_CONSTRAINTS_FAILURE)
    else:
        yield passed(Code.CA_CONSTRAINTS, of)
    if length is not None and below > length:
        found = f"yol uzunluğu {length} ile sınırlı, altında {below} makam var"
        yield failed(Code.PATH_LENGTH, of, found, Sub.CHAIN_CONSTRAINTS_FAILURE)
    usage = one.key_usage
    if usage is not None and KEY_CERT_SIGN not in usage:
        yield failed(Code.CA_KEY_USAGE, of, "anahtar kullanımında keyCertSign yok", Sub.CHAIN_CONSTRAINTS_FAILURE)
    else:
        yield passed(Code.CA_KEY_USAGE, of)
