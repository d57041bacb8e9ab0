"""The validation of one signature file: read it, judge each signer and counter-signer, add up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from hub import clock, limits
from hub.errors import HubError
from hub.signing import cms, der, evidence, oids, profiles, signer
from hub.signing.algorithms import AgePolicy
from hub.signing.cms import SignedData, SignerInfo
from hub.signing.core import Context
from hub.signing.der import DerError
from hub.signing.evidence import Pool
from hub.signing.report import (
    FILE,
    Check,
    Code,
    Indication,
    Outcome,
    SignatureReport,
    SignerReport,
    Sub,
    conclude,
    failed,
    passed,
    warning,
)
from hub.signing.signer import File
from hub.signing.trust import TrustStore


class UnreadableError(HubError):
    """A file that cannot be opened or is larger than the limit."""

    code = "UNREADABLE"


def validate(
    data: bytes | Path,
    content: bytes | Path | None = None,
    *,
    trust: TrustStore,
    profile: str = "auto",
    at: datetime | None = None,
    outside: Pool | None = None,
    ages: AgePolicy | None = None,
    policy_digests: Mapping[str, str] | None = None,
    qualified: bool = True,
) -> SignatureReport:
    """Judge the signature file ``data`` (the DER or BER of a CMS SignedData, or its path).

    ``content`` is the signed content of a detached signature; given for an attached one, it must equal what is inside.
    ``trust`` are the anchors; with none at all the report says NOT_CONFIGURED. ``profile`` is one of
    :data:`hub.signing.profiles.CHOICES`; ``auto`` takes it from each signature's policy, and plain CAdES where there
    is none. ``at`` is the validation time (aware; default: now): it matters only where no timestamp gives the time.
    ``outside`` is evidence from outside the file, for instance from :mod:`hub.signing.fetch`; it is asked last.
    ``policy_digests`` are SHA-256 digests (hexadecimal) of policy documents by OID, for policies whose document the
    profiles do not know. ``qualified`` false: the signer's certificate need not be a qualified one.

    Raises :class:`UnreadableError` for a file that cannot be opened, :class:`~hub.signing.profiles.ProfileError` for
    an unknown profile. What is wrong *in* the file is never an exception but a report: a file that is not SignedData is
    TOTAL-FAILED with FORMAT_FAILURE.
    """
    chosen = profiles.by_name(profile)
    raw = read(data)
    given = None if content is None else read(content)
    ctx = Context(trust=trust, at=at or clock.now(), ages=ages or AgePolicy(), outside=outside or Pool())
    return _judge(ctx, raw, given, chosen, policy_digests or {}, qualified=qualified)


def read(source: bytes | Path) -> bytes:
    """The octets of ``source``. Raises :class:`UnreadableError`."""
    if isinstance(source, bytes):
        return source
    try:
        with source.open("rb") as file:
            found = file.read(limits.SIGNATURE_FILE + 1)  # not by its size, which devices and pipes do not have
    except FileNotFoundError:
        raise UnreadableError(f"{source}: dosya yok") from None
    except OSError:
        raise UnreadableError(f"{source}: okunamadı") from None
    if len(found) > limits.SIGNATURE_FILE:
        raise UnreadableError(f"{source}: dosya çok büyük; sınır {limits.SIGNATURE_FILE // 2**20} MB")
    return found


def _judge(
    ctx: Context,
    raw: bytes,
    given: bytes | None,
    profile: profiles.Profile | None,
    policy_digests: Mapping[str, str],
    *,
    qualified: bool,
) -> SignatureReport:
    if not ctx.trust.configured:
        text = "güvenilen kök sertifika tanımlanmamış"
        checks = (Check(Code.CHAIN_ANCHOR, Outcome.NOT_CONFIGURED, FILE, text),)
        return SignatureReport(Indication.NOT_CONFIGURED, None, ctx.at, checks)
    try:
        data = cms.signed_data(raw)
    except DerError as error:
        checks = (failed(Code.FORMAT, FILE, error.message, Sub.FORMAT_FAILURE),)
        return SignatureReport(*conclude(checks), ctx.at, checks)
    pool = evidence.of_file(data, "file")
    content = data.content if data.content is not None else given
    found = [*_file(data, given), *pool.unreadable]
    file = File(data, content, pool, profile, policy_digests, qualified)
    signers = list(_signers(ctx, file, found))
    indication, sub = conclude(found)
    for one in signers:
        if indication is Indication.TOTAL_FAILED:
            break
        if one.indication is Indication.TOTAL_FAILED or indication is Indication.TOTAL_PASSED:
            indication, sub = one.indication, one.sub_indication
    return SignatureReport(
        indication,
        sub,
        ctx.at,
        tuple(found),
        tuple(signers),
        content=content,
        attached=data.content is not None,
        online=bool(ctx.outside.certificates or ctx.outside.crls or ctx.outside.ocsps),
        questions=tuple(ctx.wanted),
    )


def _file(data: SignedData, given: bytes | None) -> Iterator[Check]:
    yield passed(Code.FORMAT, FILE)
    if data.ber:
        yield warning(Code.FORMAT, FILE, "dosya BER (belirsiz uzunluklu) yazılmış")
    if data.version not in (1, 3, 4, 5):
        yield failed(Code.FORMAT, FILE, f"SignedData sürümü {data.version}", Sub.FORMAT_FAILURE)
    if data.content is not None and given is not None and given != data.content:
        yield failed(Code.CONTENT, FILE, "imzanın içindeki içerik verilen içerikten farklı", Sub.HASH_FAILURE)
    if not data.signers:
        yield failed(Code.SIGNERS, FILE, "imzacı yok", Sub.FORMAT_FAILURE)


def _signers(ctx: Context, file: File, found: list[Check]) -> Iterator[SignerReport]:
    """Every signer with its counter-signers after it; findings about the file's structure go to ``found``."""
    count = 0
    waiting = [(info, str(place), file.content, False, False, 0) for place, info in enumerate(file.data.signers, 1)]
    while waiting:
        info, place, content, counter, covered, depth = waiting.pop(0)
        count += 1
        if count > limits.SIGNERS or depth > limits.COUNTERSIGNATURE_DEPTH:
            text = "çok fazla ya da çok derin karşı imza"
            found.append(failed(Code.COUNTER_SIGNATURE, FILE, text, Sub.FORMAT_FAILURE))
            return
        report = signer.judge(ctx, file, info, place, content, counter=counter, covered=covered)
        yield report
        inner: list[tuple[SignerInfo, str, bytes | None, bool, bool, int]] = []
        for number, value in enumerate(info.values(oids.COUNTER_SIGNATURE), 1):
            try:
                parsed = cms.signer_info(der.parse(value))
            except DerError as error:
                found.append(failed(Code.COUNTER_SIGNATURE, FILE, error.message, Sub.FORMAT_FAILURE))
                continue
            archived = covered or report.level == "A"
            inner.append((parsed, f"{place}.{number}", info.signature, True, archived, depth + 1))
        waiting[:0] = inner
