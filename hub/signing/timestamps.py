"""Timestamp tokens: what one is over, who issued it, and whether that authority was good at the token's own time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Final

from hub.signing import evidence, imprint, oids
from hub.signing.algorithms import AlgorithmError
from hub.signing.attributes import Token
from hub.signing.certificates import DIGITAL_SIGNATURE, NON_REPUDIATION, Certificate
from hub.signing.core import (
    Context,
    check_attributes,
    check_chain,
    check_content_type,
    check_digest,
    check_ess,
    check_value,
    find_certificate,
)
from hub.signing.der import DerError
from hub.signing.evidence import Pool
from hub.signing.imprint import Reading
from hub.signing.report import (
    About,
    Check,
    Code,
    Sub,
    TimestampReport,
    about,
    conclude,
    failed,
    passed,
    unsure,
    warning,
)

CLOCK_SKEW: Final = timedelta(minutes=5)


def unreadable(kind: str, number: int, error: DerError) -> TimestampReport:
    """The report of a token that cannot be read at all."""
    checks = (failed(Code.FORMAT, About("timestamp", kind), error.message, Sub.FORMAT_FAILURE),)
    return TimestampReport(kind, number, None, None, *conclude(checks), checks)


def judge(
    ctx: Context,
    kind: str,
    number: int,
    token: Token,
    readings: list[Reading],
    fallback: Sequence[Pool],
    *,
    demanded: bool = True,
    issuers: Sequence[Certificate] = (),
    extra: Sequence[Check] = (),
    settled: bool = True,
) -> TimestampReport:
    """Judge one token.

    ``readings`` are what its imprint may be the digest of; none when the content that it is over was not given. Its own
    evidence is asked first; ``fallback`` pools are asked when it has nothing on a certificate. ``issuers`` are
    certificates that paths may use besides. ``demanded`` false: missing status is indeterminate instead of a failure.
    ``settled`` false: the standard does not settle what the imprint is over, so one that no reading gives proves
    nothing.
    """
    of = About("timestamp", f"{kind} {number}")
    own = evidence.of_token(token)
    checks: list[Check] = list(own.unreadable)
    checks += extra
    checks += _imprint(token, readings, of, settled=settled) if readings else [_unseen(of)]
    if token.time - ctx.at > CLOCK_SKEW:
        found = f"damganın zamanı {token.time:%Y-%m-%d %H:%M:%SZ}, doğrulama zamanından sonra"
        checks.append(unsure(Code.TIMESTAMP_FUTURE, of, found, Sub.NO_POE))
    if token.unknown_critical:
        found = f"bilinmeyen kritik uzantı {token.unknown_critical}"
        checks.append(failed(Code.FORMAT, of, found, Sub.FORMAT_FAILURE))
    helpers = Pool(certificates=list(issuers))
    pools = [own, *fallback, helpers]
    authority = find_certificate(token.signer, [pool.certificates for pool in pools])
    checks += _signature(ctx, token, authority, of)
    if authority is not None:
        checks += _usage(authority)
        checks += check_chain(ctx, authority, "tsa", token.time, pools, demanded=demanded).checks
    return TimestampReport(kind, number, token.time, authority, *conclude(checks), tuple(checks))


def _unseen(of: About) -> Check:
    found = "damgalanan içerik verilmedi"
    return unsure(Code.MESSAGE_IMPRINT, of, found, Sub.SIGNED_DATA_NOT_FOUND)


def _imprint(token: Token, readings: list[Reading], of: About, *, settled: bool) -> Iterator[Check]:
    try:
        place = imprint.matches(token, readings)
    except AlgorithmError as error:
        yield failed(Code.MESSAGE_IMPRINT, of, error.message, Sub.CRYPTO_CONSTRAINTS_FAILURE)
        return
    if place is None and not settled:
        found = "birinci biçim arşiv zaman damgası; neyin üzerinde olduğu anlaşılamadı"
        yield unsure(Code.MESSAGE_IMPRINT, of, found, Sub.NO_POE)
    elif place is None:
        yield failed(Code.MESSAGE_IMPRINT, of, "damgalanan özet hesaplanandan farklı", Sub.HASH_FAILURE)
    else:
        yield passed(Code.MESSAGE_IMPRINT, of, "" if place == 0 else f"{place + 1}. okuma biçimiyle")


def _signature(ctx: Context, token: Token, authority: Certificate | None, of: About) -> Iterator[Check]:
    signer = token.signer
    yield from check_attributes(signer, of)
    yield check_content_type(signer, oids.TST_INFO, of)
    yield check_digest(signer, token.cms.content or b"", of)
    if authority is None:
        found = "damga makamının sertifikası bulunamadı"
        yield failed(Code.SIGNER_CERTIFICATE, of, found, Sub.NO_SIGNING_CERTIFICATE_FOUND)
        return
    yield from check_value(signer, authority, of, ctx, token.time)
    yield from check_ess(signer, authority, of)


@lru_cache(maxsize=128)
def _usage(authority: Certificate) -> tuple[Check, ...]:
    return tuple(_purpose(authority))


def _purpose(authority: Certificate) -> Iterator[Check]:
    """id-kp-timeStamping, and a key that signs (RFC 3161 2.3)."""
    of = about("tsa", authority)
    try:
        purposes, usage = authority.extended_usage, authority.key_usage
    except DerError as error:
        yield failed(Code.TSA_USAGE, of, error.message, Sub.CHAIN_CONSTRAINTS_FAILURE)
        return
    if oids.EKU_TIMESTAMPING not in (purposes or ()):
        yield failed(Code.TSA_USAGE, of, "zaman damgası kullanımı (timeStamping) yok", Sub.CHAIN_CONSTRAINTS_FAILURE)
    elif usage is not None and not usage & {DIGITAL_SIGNATURE, NON_REPUDIATION}:
        yield failed(Code.TSA_USAGE, of, "anahtar kullanımında imza yok", Sub.CHAIN_CONSTRAINTS_FAILURE)
    elif len(purposes or ()) > 1 or not authority.extensions[oids.EXTENDED_KEY_USAGE].critical:
        yield warning(Code.TSA_USAGE, of, "zaman damgası kullanımı tek başına ve kritik değil")
    else:
        yield passed(Code.TSA_USAGE, of)
