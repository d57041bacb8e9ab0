"""One signer, judged: a list of steps over what the SignerInfo holds.

The order is the order of the report, so that the first failed check names the cause: attributes, content, certificate,
signature value, policy, times, path and status, certificate's fitness, level, archive.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from hub.signing import algorithms, attributes, der, evidence, oids, profiles, references, stamps
from hub.signing.attributes import SignaturePolicy
from hub.signing.certificates import NON_REPUDIATION, Certificate
from hub.signing.cms import SignedData, SignerInfo
from hub.signing.core import (
    Chain,
    Context,
    check_attributes,
    check_chain,
    check_content_type,
    check_digest,
    check_ess,
    check_value,
    find_certificate,
    one_signed,
)
from hub.signing.der import DerError
from hub.signing.evidence import Pool
from hub.signing.profiles import LEVELS, SIGNING_TIME_AFTER, SIGNING_TIME_BEFORE, Profile
from hub.signing.report import (
    SIGNATURE,
    About,
    Check,
    Code,
    Indication,
    SignerReport,
    Sub,
    TimestampReport,
    about,
    conclude,
    failed,
    passed,
    unsure,
    warning,
)


class File(NamedTuple):
    """What the signers of one file share."""

    data: SignedData
    content: bytes | None
    """The content, embedded or given; None when there is neither."""
    pool: Pool
    """The certificates and crls fields."""
    profile: Profile | None
    """The profile asked for, or None to take it from each signature."""
    policy_digests: Mapping[str, str]
    """SHA-256 digests of policy documents by OID, besides those that the profiles know."""
    qualified: bool


def judge(
    ctx: Context,
    file: File,
    signer: SignerInfo,
    place: str,
    content: bytes | None,
    *,
    counter: bool = False,
    covered: bool = False,
) -> SignerReport:
    """Judge one SignerInfo over ``content``.

    ``counter``: a counter-signature, whose content is the parent's signature value. ``covered``: an archive timestamp
    of the parent covers this signature too.
    """
    checks = list(check_attributes(signer, SIGNATURE))
    checks += _content(file, signer, content, counter=counter)
    policy, policy_checks = _policy(signer)
    profile = file.profile or _own_profile(signer, policy)
    asked = profile or profiles.NONE
    pool = Pool(list(file.pool.certificates), list(file.pool.crls), list(file.pool.ocsps))
    values = evidence.values_of(signer, pool, "signature")
    checks += pool.unreadable
    certificate = find_certificate(signer, [pool.certificates, ctx.outside.certificates])
    claimed, time_checks = _claimed(signer, asked)
    found = stamps.read(signer)
    level = _level(signer, found)
    archived = covered or found.archived
    long_term = asked.complete or level in ("X-LONG", "A")
    reports = stamps.judge(ctx, found, file.data, signer, content, file.content, pool, long_term=long_term)
    time = found.oldest_signature
    checks += _certificate(signer, certificate)
    checks.append(_trusted_time(asked, has_time=time is not None))
    chain: Chain | None = None
    if certificate is not None:
        judged = time or ctx.at
        checks += check_value(signer, certificate, SIGNATURE, ctx, judged)
        checks += check_ess(signer, certificate, SIGNATURE, needs_v2=asked.national, needs_strong=asked.national)
        checks += policy_checks
        checks += _judge_policy(policy, profile, file)
        checks += time_checks
        checks += _distance(claimed, time, asked)
        if file.qualified and asked.qualified:
            checks += _fitness(certificate)
        demanded = long_term and time is not None
        chain = check_chain(ctx, certificate, "signer", judged, [pool], leaf_kinds=asked.status, demanded=demanded)
        checks += chain.checks
    checks += references.check(signer, values, demanded=asked.complete)
    if asked.complete and chain is not None:
        checks += references.check_complete(values, chain)
    checks.append(_levels(level, asked, has_time=time is not None, archived=archived))
    checks += stamps.order(found)
    checks += [_summary(one) for one in reports]
    indication, sub = conclude(checks)
    good_time = all(one.indication is Indication.TOTAL_PASSED for one in reports if one.kind == "signature")
    return SignerReport(
        place=place,
        indication=indication,
        sub_indication=sub,
        profile=asked.name,
        level=level,
        policy=policy.oid if policy else "",
        certificate=certificate,
        chain=chain.path.certificates if chain else (),
        claimed_time=claimed,
        time=time if good_time else None,
        checks=tuple(checks),
        timestamps=tuple(reports),
    )


def _content(file: File, signer: SignerInfo, content: bytes | None, *, counter: bool) -> Iterator[Check]:
    yield check_content_type(signer, None if counter else file.data.content_type, SIGNATURE)
    if content is None:
        yield unsure(Code.CONTENT, SIGNATURE, "ayrık imza; imzalanan içerik verilmedi", Sub.SIGNED_DATA_NOT_FOUND)
    else:
        yield check_digest(signer, content, SIGNATURE)
    if not counter and signer.digest_oid not in file.data.digest_oids:
        found = "imzacının özet algoritması digestAlgorithms içinde yok"
        yield warning(Code.FORMAT, SIGNATURE, found)
    if signer.version != (1 if signer.issuer else 3):
        yield warning(Code.FORMAT, SIGNATURE, f"SignerInfo sürümü {signer.version}")


def _certificate(signer: SignerInfo, certificate: Certificate | None) -> Iterator[Check]:
    if certificate is None:
        found = f"imzacının sertifikası dosyada yok (seri {signer.serial:x})"
        yield failed(Code.SIGNER_CERTIFICATE, SIGNATURE, found, Sub.NO_SIGNING_CERTIFICATE_FOUND)
    else:
        yield passed(Code.SIGNER_CERTIFICATE, about("signer", certificate))


# Policy and profile ------------------------------------------------------------------------------------------------


def _policy(signer: SignerInfo) -> tuple[SignaturePolicy | None, list[Check]]:
    value = one_signed(signer, oids.SIGNATURE_POLICY)
    if value is None:
        return None, []
    try:
        return attributes.signature_policy(value), []
    except DerError as error:
        return None, [failed(Code.SIGNATURE_POLICY, SIGNATURE, error.message, Sub.FORMAT_FAILURE)]


def _own_profile(signer: SignerInfo, policy: SignaturePolicy | None) -> Profile | None:
    """The profile that a signature's own policy names; None for a policy that is not known."""
    archived = any(attribute.oid in oids.ARCHIVING for attribute in signer.unsigned)
    return profiles.by_policy(policy.oid if policy else "", archived=archived)


def _judge_policy(policy: SignaturePolicy | None, profile: Profile | None, file: File) -> Iterator[Check]:
    if profile is None:
        found = f"tanınmayan imza politikası {policy.oid if policy else ''}"
        yield unsure(Code.SIGNATURE_POLICY, SIGNATURE, found, Sub.SIGNATURE_POLICY_NOT_AVAILABLE)
        return
    if not profile.policy:
        if policy is not None and policy.oid:
            yield warning(Code.SIGNATURE_POLICY, SIGNATURE, f"imza politikasına bakılmadı: {policy.oid}")
        return
    if policy is None or not policy.oid:
        found = f"imza politikası yok, {profile.policy} olmalı"
        yield failed(Code.SIGNATURE_POLICY, SIGNATURE, found, Sub.SIG_CONSTRAINTS_FAILURE)
        return
    expected = profile.policy_digest or file.policy_digests.get(profile.policy, "")
    digest = policy.digest
    name = algorithms.DIGESTS.get(digest.oid, digest.oid) if digest else ""
    if policy.oid != profile.policy:
        found = f"imza politikası {policy.oid}, {profile.policy} olmalı"
        yield failed(Code.SIGNATURE_POLICY, SIGNATURE, found, Sub.SIG_CONSTRAINTS_FAILURE)
    elif digest is None or name != "sha256":
        found = f"politika özetinin algoritması {name}, sha256 olmalı"
        yield failed(Code.SIGNATURE_POLICY, SIGNATURE, found, Sub.SIG_CONSTRAINTS_FAILURE)
    elif not expected:
        found = f"{policy.oid} belgesinin özeti bilinmiyor, karşılaştırılamadı"
        yield unsure(Code.SIGNATURE_POLICY, SIGNATURE, found, Sub.SIGNATURE_POLICY_NOT_AVAILABLE)
    elif digest.value.hex() != expected:
        found = f"politika özeti {digest.value.hex()}, {expected} olmalı"
        yield failed(Code.SIGNATURE_POLICY, SIGNATURE, found, Sub.SIG_CONSTRAINTS_FAILURE)
    else:
        yield passed(Code.SIGNATURE_POLICY, SIGNATURE, policy.oid)


# Times -------------------------------------------------------------------------------------------------------------


def _claimed(signer: SignerInfo, profile: Profile) -> tuple[datetime | None, list[Check]]:
    value = one_signed(signer, oids.SIGNING_TIME)
    if value is None:
        if profile.national:
            found = "signing-time özniteliği yok"
            return None, [failed(Code.SIGNING_TIME, SIGNATURE, found, Sub.SIG_CONSTRAINTS_FAILURE)]
        return None, []
    try:
        return der.time(der.parse(value)), []
    except DerError as error:
        return None, [failed(Code.SIGNING_TIME, SIGNATURE, error.message, Sub.FORMAT_FAILURE)]


def _distance(claimed: datetime | None, time: datetime | None, profile: Profile) -> Iterator[Check]:
    if claimed is None or time is None:
        return
    distance = time - claimed
    if -SIGNING_TIME_AFTER <= distance <= SIGNING_TIME_BEFORE:
        yield passed(Code.SIGNING_TIME, SIGNATURE, claimed.isoformat())
        return
    side = "önce" if distance > timedelta(0) else "sonra"
    found = f"signing-time zaman damgasından {abs(int(distance.total_seconds()))} saniye {side}"
    if profile.national:
        yield failed(Code.SIGNING_TIME, SIGNATURE, found, Sub.SIG_CONSTRAINTS_FAILURE)
    else:
        yield warning(Code.SIGNING_TIME, SIGNATURE, found)


# The signer's certificate ------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _fitness(certificate: Certificate) -> tuple[Check, ...]:
    return tuple(_qualified(certificate))


def _qualified(certificate: Certificate) -> Iterator[Check]:
    """A qualified certificate: non-repudiation, a policy with a user notice, the qualified statements (Law 5070 9)."""
    of = about("signer", certificate)
    breach = Sub.CHAIN_CONSTRAINTS_FAILURE
    try:
        if NON_REPUDIATION in (certificate.key_usage or ()):
            yield passed(Code.KEY_USAGE, of)
        else:
            yield failed(Code.KEY_USAGE, of, "anahtar kullanımında inkâr edilemezlik (nonRepudiation) yok", breach)
        noticed = [policy.oid for policy in certificate.policies if oids.USER_NOTICE in policy.qualifiers]
        if noticed:
            yield passed(Code.CERTIFICATE_POLICY, of, noticed[0])
        else:
            found = "sertifika ilkelerinde kullanıcı notu yok" if certificate.policies else "sertifika ilkesi yok"
            yield failed(Code.CERTIFICATE_POLICY, of, found, breach)
        statements = certificate.qc_statements
        if oids.QC_COMPLIANCE not in statements:
            yield failed(Code.QC_STATEMENTS, of, f"nitelikli sertifika beyanı {oids.QC_COMPLIANCE} yok", breach)
        elif not statements & oids.QC_TURKEY:
            yield failed(Code.QC_STATEMENTS, of, "5070 sayılı Kanuna göre nitelikli sertifika beyanı yok", breach)
        else:
            yield passed(Code.QC_STATEMENTS, of)
    except DerError as error:
        yield failed(Code.CERT_EXTENSIONS, of, error.message, Sub.CERTIFICATE_CHAIN_GENERAL_FAILURE)


# The level ---------------------------------------------------------------------------------------------------------


def _level(signer: SignerInfo, found: stamps.Stamps) -> str:
    present = signer.unsigned_by_oid.keys()
    if found.archived:
        return "A"
    if not found.signature:
        return "BES"
    if not {oids.CERTIFICATE_REFS, oids.REVOCATION_REFS} <= present:
        return "T"
    if {oids.CERTIFICATE_VALUES, oids.REVOCATION_VALUES} <= present:
        return "X-LONG"
    return "X" if oids.ESC_TIMESTAMP in present or oids.CERT_CRL_TIMESTAMP in present else "C"


def _levels(level: str, profile: Profile, *, has_time: bool, archived: bool) -> Check:
    reached = "A" if archived and has_time else level
    if LEVELS.index(reached) < LEVELS.index(profile.level):
        found = f"CAdES düzeyi {level}, profil {profile.level} istiyor"
        return failed(Code.LEVEL, SIGNATURE, found, Sub.SIG_CONSTRAINTS_FAILURE)
    return passed(Code.LEVEL, SIGNATURE, level)


def _trusted_time(profile: Profile, *, has_time: bool) -> Check:
    """Is there a time that may be relied on? Asked before the path: status may yet be fetched, a proof of existence
    may not, so where both are missing this is the reason."""
    if has_time:
        return passed(Code.TRUSTED_TIME)
    if profile.trusted_time:
        found = "zaman damgası yok; imzanın ne zaman var olduğu kanıtlanamıyor"
        return unsure(Code.TRUSTED_TIME, SIGNATURE, found, Sub.NO_POE)
    return warning(Code.TRUSTED_TIME, SIGNATURE, "zaman damgası yok; doğrulama anına göre değerlendirildi")


def _summary(report: TimestampReport) -> Check:
    """A timestamp's own indication as one check of the signature."""
    of = About("timestamp", f"{report.kind} {report.number}")
    if report.indication is Indication.TOTAL_PASSED:
        return passed(Code.TIMESTAMP, of, report.time.isoformat() if report.time else "")
    found = f"{report.indication}" + (f" {report.sub_indication}" if report.sub_indication else "")
    if report.indication is Indication.INDETERMINATE:
        return unsure(Code.TIMESTAMP, of, found, report.sub_indication or Sub.NO_POE)
    return failed(Code.TIMESTAMP, of, found, Sub.NO_POE)
