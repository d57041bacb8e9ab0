"""What a signer's signature and a timestamp token's have in common: attributes, value, certificate, path, status."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from hub.signing import algorithms, attributes, der, oids, path, revocation
from hub.signing.algorithms import AgePolicy, AlgorithmError, digest_name
from hub.signing.attributes import EssCertId
from hub.signing.certificates import Certificate, same_name
from hub.signing.cms import SignerInfo
from hub.signing.der import DerError
from hub.signing.evidence import Pool
from hub.signing.path import Budget, Path
from hub.signing.report import (
    About,
    Check,
    Code,
    Outcome,
    Sub,
    failed,
    passed,
    warning,
)
from hub.signing.revocation import Question
from hub.signing.status import Crl, Ocsp
from hub.signing.trust import TrustStore

_new = tuple.__new__  # a NamedTuple's own constructor costs three times as much
_AGAINST: Final = (Outcome.FAILED, Outcome.INDETERMINATE)


class MissingIssuer(NamedTuple):
    """Who issued this certificate? Nothing at hand says."""

    certificate: Certificate


@dataclass(slots=True)
class Context:
    """What holds for one validation of one file."""

    trust: TrustStore
    at: datetime
    ages: AgePolicy = field(default_factory=AgePolicy)
    outside: Pool = field(default_factory=Pool)
    """Evidence from outside the file."""
    budget: Budget = field(default_factory=Budget)
    wanted: list[Question | MissingIssuer] = field(default_factory=list)
    """Questions that nothing at hand could answer: what fetching may try."""


def find_certificate(signer: SignerInfo, pools: Sequence[Iterable[Certificate]]) -> Certificate | None:
    """The certificate that the SignerInfo names; among look-alikes the one that the ESS attribute digests."""
    found = [
        one
        for pool in pools
        for one in pool
        if (one.names_it(signer.issuer, signer.serial) if signer.issuer else one.subject_key_id == signer.key_id)
    ]
    if len(found) > 1:
        for identifier in ess_identifiers(signer):
            for one in found:
                try:
                    if identifier.digest.matches(one.raw):
                        return one
                except AlgorithmError:
                    continue
    return found[0] if found else None


def ess_identifiers(signer: SignerInfo) -> Iterator[EssCertId]:
    """The first certificate identifier of each ESS attribute that can be read."""
    for oid in (oids.SIGNING_CERTIFICATE_V2, oids.SIGNING_CERTIFICATE):
        for attribute in signer.all_signed(oid):
            try:
                yield attributes.signing_certificate(attribute.values[0], v2=oid == oids.SIGNING_CERTIFICATE_V2)[0]
            except DerError:
                continue


SINGLE = frozenset(
    {
        oids.CONTENT_TYPE,
        oids.MESSAGE_DIGEST,
        oids.SIGNING_TIME,
        oids.SIGNING_CERTIFICATE,
        oids.SIGNING_CERTIFICATE_V2,
        oids.SIGNATURE_POLICY,
    }
)
"""Signed attributes that may stand once, with one value (RFC 5652 11, RFC 5035 5.4, RFC 5126 5.8)."""


def check_attributes(signer: SignerInfo, of: About) -> Iterator[Check]:
    """Are there signed attributes, each once and with one value where the standards say so?"""
    if not signer.signed:
        yield failed(Code.ATTRIBUTES, of, "imzalı öznitelik yok", Sub.FORMAT_FAILURE)
        return
    if len(signer.signed_by_oid) == len(signer.signed) and all(len(one.values) == 1 for one in signer.signed):
        return
    seen: set[str] = set()
    for attribute in signer.signed:
        if attribute.oid in SINGLE and (attribute.oid in seen or len(attribute.values) != 1):
            yield failed(Code.ATTRIBUTES, of, f"imzalı öznitelik birden çok: {attribute.oid}", Sub.FORMAT_FAILURE)
        seen.add(attribute.oid)


def one_signed(signer: SignerInfo, oid: str) -> bytes | None:
    """The value of a signed attribute, or None when it is absent."""
    found = signer.all_signed(oid)
    return found[0].values[0] if found else None


_USUAL: Final = {
    bytes.fromhex("06092a864886f70d010701"): oids.DATA,
    bytes.fromhex("060b2a864886f70d0109100104"): oids.TST_INFO,
}
"""The content types that nearly every file has, by their DER."""


def check_content_type(signer: SignerInfo, expected: str | None, of: About) -> Check:
    """content-type equals the content's type; ``expected`` None is a counter-signature, which has none."""
    value = one_signed(signer, oids.CONTENT_TYPE)
    if expected is None:
        if value is None:
            return passed(Code.CONTENT_TYPE, of)
        return warning(Code.CONTENT_TYPE, of, "karşı imzada content-type özniteliği olmamalı")
    if value is None:
        return failed(Code.CONTENT_TYPE, of, "content-type özniteliği yok", Sub.FORMAT_FAILURE)
    if _USUAL.get(value) == expected:
        return passed(Code.CONTENT_TYPE, of)
    try:
        found = der.oid(der.parse(value))
    except DerError as error:
        return failed(Code.CONTENT_TYPE, of, error.message, Sub.FORMAT_FAILURE)
    if found != expected:
        return failed(Code.CONTENT_TYPE, of, f"{found}, içeriğin türü {expected}", Sub.FORMAT_FAILURE)
    return passed(Code.CONTENT_TYPE, of)


def check_digest(signer: SignerInfo, content: bytes, of: About) -> Check:
    """message-digest equals the digest of ``content``."""
    value = one_signed(signer, oids.MESSAGE_DIGEST)
    if value is None:
        return failed(Code.MESSAGE_DIGEST, of, "message-digest özniteliği yok", Sub.FORMAT_FAILURE)
    try:
        stated = der.octets(der.parse(value))
        name = digest_name(signer.digest_oid)
    except AlgorithmError as error:
        return failed(Code.MESSAGE_DIGEST, of, error.message, Sub.CRYPTO_CONSTRAINTS_FAILURE)
    except DerError as error:
        return failed(Code.MESSAGE_DIGEST, of, error.message, Sub.FORMAT_FAILURE)
    if algorithms.digest(name, content) != stated:
        return failed(Code.MESSAGE_DIGEST, of, f"içeriğin {name} özeti farklı", Sub.HASH_FAILURE)
    return passed(Code.MESSAGE_DIGEST, of, name)


def check_protection(signer: SignerInfo, of: About) -> Iterator[Check]:
    """CMSAlgorithmProtection, where it is: the signer meant the algorithms that the SignerInfo names (RFC 6211)."""
    value = one_signed(signer, oids.ALGORITHM_PROTECTION)
    if value is None:
        return
    try:
        digest, *rest = der.parse(value).sequence()
        meant = [der.oid(der.read(der.wrap(der.SEQUENCE, one.content)).first()) for one in rest if one.tag == 0xA1]
        same = algorithms.algorithm_id(digest).oid == signer.digest_oid and meant == [signer.signature_algorithm.oid]
    except (DerError, ValueError):
        same = False
    if not same:
        found = "algoritmalar imzalı özniteliktekinden (CMSAlgorithmProtection) farklı"
        yield failed(Code.SIGNATURE_ALGORITHM, of, found, Sub.SIG_CONSTRAINTS_FAILURE)


def check_value(signer: SignerInfo, certificate: Certificate, of: About, ctx: Context, at: datetime) -> Iterator[Check]:
    """The signature value over the signed attributes' DER, and the age of its algorithms at ``at``."""
    try:
        how = algorithms.method(signer.signature_algorithm, signer.digest_oid)
        key = certificate.key
    except DerError as error:
        yield failed(Code.SIGNATURE_ALGORITHM, of, error.message, Sub.CRYPTO_CONSTRAINTS_FAILURE)
        return
    ok = algorithms.verify(key, how, signer.signature, signer.signed_bytes())
    if not ok and (ordered := signer.signed_sorted()) != signer.signed_bytes():
        ok = algorithms.verify(key, how, signer.signature, ordered)
    if not ok:
        yield failed(Code.SIGNATURE_VALUE, of, f"{how.text} imzası doğrulanmıyor", Sub.SIG_CRYPTO_FAILURE)
        return
    yield passed(Code.SIGNATURE_VALUE, of, how.text)
    digest = algorithms.DIGESTS.get(signer.digest_oid, "")
    yield from check_protection(signer, of)
    first = ctx.ages.aged(how, key, at)
    second = ctx.ages.aged(how._replace(digest=digest), None, at) if digest != how.digest else ""
    if first:
        yield path.aged(ctx.ages, of, first)
    if second and second != first:
        yield path.aged(ctx.ages, of, second)


def check_ess(
    signer: SignerInfo, certificate: Certificate, of: About, *, needs_v2: bool = False, needs_strong: bool = False
) -> Iterator[Check]:
    """signing-certificate and signing-certificate-v2: present, and each that is there names ``certificate``."""
    v1, v2 = one_signed(signer, oids.SIGNING_CERTIFICATE), one_signed(signer, oids.SIGNING_CERTIFICATE_V2)
    if v2 is None and (needs_v2 or v1 is None):
        found = "signing-certificate-v2 özniteliği yok" + (", yalnız SHA-1'li birinci sürümü var" if v1 else "")
        yield failed(Code.SIGNING_CERTIFICATE, of, found, Sub.SIG_CONSTRAINTS_FAILURE)
    for value, second in ((v1, False), (v2, True)):
        if value is None:
            continue
        try:
            identifier = attributes.signing_certificate(value, v2=second)[0]
            matches = certificate.digest(digest_name(identifier.digest.oid)) == identifier.digest.value
        except AlgorithmError as error:
            yield failed(Code.SIGNING_CERTIFICATE, of, error.message, Sub.CRYPTO_CONSTRAINTS_FAILURE)
            continue
        except DerError as error:
            yield failed(Code.SIGNING_CERTIFICATE, of, error.message, Sub.FORMAT_FAILURE)
            continue
        name = algorithms.DIGESTS[identifier.digest.oid]
        if not matches:
            found = f"sertifikanın {name} özeti özniteliktekinden farklı"
            yield failed(Code.SIGNING_CERTIFICATE, of, found, Sub.SIG_CONSTRAINTS_FAILURE)
        elif identifier.serial is not None and not (
            identifier.serial == certificate.serial
            and (not identifier.issuer or same_name(identifier.issuer, certificate.issuer))
        ):
            found = "özniteliğin gösterdiği makam ya da seri numarası sertifikanınki değil"
            yield failed(Code.SIGNING_CERTIFICATE, of, found, Sub.SIG_CONSTRAINTS_FAILURE)
        elif second and needs_strong and name == "sha1":
            found = "signing-certificate-v2 özniteliğinin özeti SHA-1"
            yield failed(Code.SIGNING_CERTIFICATE, of, found, Sub.SIG_CONSTRAINTS_FAILURE)
        else:
            yield passed(Code.SIGNING_CERTIFICATE, of, name)


def _evidence_age(ages: AgePolicy, evidence: Crl | Ocsp) -> list[Check]:
    """Was the evidence that a good status rests on signed with an algorithm past its date?"""
    issued, of = evidence.issued
    why = ages.aged(algorithms.method(evidence.algorithm), None, issued)
    return [path.aged(ages, About(of, "", evidence.sha256), why)] if why else []


class Chain(NamedTuple):
    """A checked path with the evidence that each of its certificates' status rests on."""

    path: Path
    checks: list[Check]
    status: dict[Certificate, Crl | Ocsp]
    """What each certificate's good status rests on."""
    unanswered: frozenset[Certificate]
    """Certificates about which nothing says anything."""


def check_chain(
    ctx: Context,
    leaf: Certificate,
    kind: str,
    at: datetime,
    pools: Sequence[Pool],
    *,
    leaf_kinds: frozenset[str] = revocation.BOTH,
    demanded: bool = True,
) -> Chain:
    """Path, and status of every certificate but the anchor, at ``at``.

    Paths are built from all ``pools``. The first that holds in everything is taken; when none does, the first says
    what is wrong (EN 319 102-1 5.2.6.4 goes to the next path in the same way).
    """
    certificates = [one for pool in (*pools, ctx.outside) for one in pool.certificates]
    first: tuple[Chain, list[Question | MissingIssuer]] | None = None
    for found in path.find(leaf, certificates, ctx.trust, at, ctx.budget, kind):
        chain, wanted = _walk(ctx, found, kind, at, pools, leaf_kinds=leaf_kinds, demanded=demanded)
        if not any(check.outcome in _AGAINST for check in chain.checks):
            return chain
        first = first or (chain, wanted)
    assert first is not None  # find() yields at least one path
    ctx.wanted += first[1]
    return first[0]


def _walk(
    ctx: Context,
    found: Path,
    kind: str,
    at: datetime,
    pools: Sequence[Pool],
    *,
    leaf_kinds: frozenset[str],
    demanded: bool,
) -> tuple[Chain, list[Question | MissingIssuer]]:
    """One path checked, and what nothing at hand could answer about it.

    Status is asked of the first pool that says anything about a certificate (usable or not), so that evidence which
    came in a better place is not overruled, and of the evidence from outside when the file's does not do.
    """
    checks = path.check(found, at, kind, ctx.ages)
    wanted: list[Question | MissingIssuer] = []
    if not found.anchored:
        wanted.append(MissingIssuer(found.certificates[-1]))
    status: dict[Certificate, Crl | Ocsp] = {}
    unanswered: set[Certificate] = set()
    for place, one in enumerate(found.certificates[:-1]):
        kinds = leaf_kinds if place == 0 else revocation.BOTH
        role = kind if place == 0 else "ca"
        question = _new(Question, (one, found.certificates[place + 1], at, role, kinds, demanded, 0))
        asked = revocation.first_to_speak(question, pools)
        heard = [] if asked is None else [asked]
        if ctx.outside.crls or ctx.outside.ocsps:
            heard.append((ctx.outside, revocation.hear(question, ctx.outside)))
        verdict = revocation.judge(question, heard)
        checks += verdict.checks
        if verdict.evidence is not None:
            status[one] = verdict.evidence
            checks += _evidence_age(ctx.ages, verdict.evidence)
            continue
        silent = (Code.STATUS_MISSING, Code.OCSP_CERT_ID)
        if any(check.code in silent and check.about.kind != "responder" for check in verdict.checks):
            unanswered.add(one)
        if not any(check.code is Code.CERT_REVOKED for check in verdict.checks):
            wanted.append(question)
    return _new(Chain, (found, checks, status, frozenset(unanswered))), wanted
