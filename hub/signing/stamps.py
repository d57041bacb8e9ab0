"""All timestamps of one signature: which there are, in which order, what each is over and which evidence it may use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from hub import limits
from hub.signing import attributes, imprint, oids, timestamps
from hub.signing.algorithms import digest_name
from hub.signing.attributes import Token
from hub.signing.cms import SignedData, SignerInfo
from hub.signing.core import Context
from hub.signing.der import DerError
from hub.signing.evidence import Pool
from hub.signing.imprint import Reading
from hub.signing.report import (
    SIGNATURE,
    About,
    Check,
    Code,
    Sub,
    TimestampReport,
    failed,
    passed,
)

KINDS: Final = {
    oids.CONTENT_TIMESTAMP: "content",
    oids.SIGNATURE_TIMESTAMP: "signature",
    oids.ESC_TIMESTAMP: "references",
    oids.CERT_CRL_TIMESTAMP: "references",
    oids.ARCHIVE_TIMESTAMP_V1: "archive-v1",
    oids.ARCHIVE_TIMESTAMP_V2: "archive-v2",
    oids.ARCHIVE_TIMESTAMP_V3: "archive-v3",
}


@dataclass(slots=True)
class Stamps:
    """The tokens of one signature by kind, oldest first, and what could not be read."""

    content: list[Token] = field(default_factory=list)
    signature: list[Token] = field(default_factory=list)
    references: list[tuple[str, Token]] = field(default_factory=list)
    archive: list[tuple[str, Token]] = field(default_factory=list)
    """(attribute type, token) of the second and third form."""
    unreadable: list[TimestampReport] = field(default_factory=list)
    obsolete: list[Token] = field(default_factory=list)
    """Archive timestamps of the first form. They do not make an archived signature."""

    @property
    def archived(self) -> bool:
        """Whether there is an archive timestamp of the second or third form."""
        return bool(self.archive)

    @property
    def oldest_signature(self) -> datetime | None:
        """The time of the oldest signature timestamp."""
        return self.signature[0].time if self.signature else None


def read(signer: SignerInfo) -> Stamps:
    """Collect the timestamps of a signer's signed and unsigned attributes."""
    found = Stamps()
    counts: dict[str, int] = {}
    for oid, kind in KINDS.items():
        values = signer.values(oid)
        if oid == oids.CONTENT_TIMESTAMP:
            values = [value for attribute in signer.all_signed(oid) for value in attribute.values]
        for value in values:
            counts[kind] = counts.get(kind, 0) + 1
            if sum(counts.values()) > limits.TIMESTAMPS:
                error = DerError(f"çok fazla zaman damgası: sınır {limits.TIMESTAMPS}")
                found.unreadable.append(timestamps.unreadable(kind, counts[kind], error))
                return found
            try:
                _place(found, oid, attributes.token(value))
            except DerError as error:
                found.unreadable.append(timestamps.unreadable(kind, counts[kind], error))
    for tokens in (found.content, found.signature, found.obsolete):
        tokens.sort(key=lambda token: token.time)
    for pairs in (found.references, found.archive):
        pairs.sort(key=lambda pair: pair[1].time)
    return found


def _place(found: Stamps, oid: str, token: Token) -> None:
    if oid == oids.CONTENT_TIMESTAMP:
        found.content.append(token)
    elif oid == oids.SIGNATURE_TIMESTAMP:
        found.signature.append(token)
    elif oid in (oids.ESC_TIMESTAMP, oids.CERT_CRL_TIMESTAMP):
        found.references.append((oid, token))
    elif oid == oids.ARCHIVE_TIMESTAMP_V1:
        found.obsolete.append(token)
    else:
        found.archive.append((oid, token))


def judge(
    ctx: Context,
    found: Stamps,
    data: SignedData,
    signer: SignerInfo,
    content: bytes | None,
    file_content: bytes | None,
    pool: Pool,
    *,
    long_term: bool,
) -> list[TimestampReport]:
    """Judge every timestamp.

    ``content`` is what the signature is over, ``file_content`` the file's content (another for a counter-signature).
    ``pool`` is the signer's evidence. It serves a token that brings nothing of its own, except an archive timestamp
    that is not the newest: that one must be self-contained. The newest archive timestamp's missing status is
    indeterminate, as nothing embeds it until the archive is renewed; any other missing status is a failure when the
    signature is ``long_term``.
    """
    reports = list(found.unreadable)
    for number, token in enumerate(found.content, 1):
        readings = imprint.content_timestamp(content) if content is not None else []
        reports.append(timestamps.judge(ctx, "content", number, token, readings, [pool], demanded=long_term))
    for number, token in enumerate(found.signature, 1):
        readings = imprint.signature_timestamp(signer)
        reports.append(timestamps.judge(ctx, "signature", number, token, readings, [pool], demanded=long_term))
    for number, (oid, token) in enumerate(found.references, 1):
        readings = imprint.references_timestamp(signer, with_signature=oid == oids.ESC_TIMESTAMP)
        reports.append(timestamps.judge(ctx, "references", number, token, readings, [pool], demanded=long_term))
    for number, token in enumerate(found.obsolete, 1):
        readings = []
        if file_content is not None:
            later = frozenset(other.raw for other in found.obsolete if other.time >= token.time)
            readings = imprint.archive_v1(signer, file_content, later)
        reports.append(
            timestamps.judge(ctx, "archive-v1", number, token, readings, [pool], demanded=False, settled=False)
        )
    counts: dict[str, int] = {}
    for oid, token in found.archive:
        kind = KINDS[oid]
        counts[kind] = counts.get(kind, 0) + 1
        newest = _tied(token, found.archive[-1][1])
        archive_readings, extra = _archive_readings(found, oid, token, data, signer, file_content, kind, counts[kind])
        reports.append(
            timestamps.judge(
                ctx,
                kind,
                counts[kind],
                token,
                archive_readings,
                [pool] if newest or oid == oids.ARCHIVE_TIMESTAMP_V3 else [],
                demanded=not newest,
                issuers=pool.certificates,
                extra=extra,
            )
        )
    return reports


def _archive_readings(
    found: Stamps,
    oid: str,
    token: Token,
    data: SignedData,
    signer: SignerInfo,
    content: bytes | None,
    kind: str,
    number: int,
) -> tuple[list[Reading], list[Check]]:
    if data.content is None and content is None:
        return [], []
    if oid == oids.ARCHIVE_TIMESTAMP_V2:
        later = [other.raw for _, other in found.archive if _before(token, other)]
        groups = [imprint.archive_v2(data, signer, content, frozenset([*later, *tied])) for tied in _ties(found, token)]
        return [one for group in groups for one in group], []
    of = About("timestamp", f"{kind} {number}")
    try:
        index = attributes.hash_index(token)
        why, covered = imprint.index_misses(data, signer, index)
        readings = imprint.archive_v3(data, signer, content or b"", digest_name(token.imprint.oid), index)
    except DerError as error:
        return [], [failed(Code.HASH_INDEX, of, error.message, Sub.FORMAT_FAILURE)]
    if not why and found.signature and oids.SIGNATURE_TIMESTAMP not in covered:
        why = "imza zaman damgası dizinde yok"
    if why:
        return readings, [failed(Code.HASH_INDEX, of, why, Sub.HASH_FAILURE)]
    return readings, [passed(Code.HASH_INDEX, of)]


def _tied(one: Token, other: Token) -> bool:
    """Do the times leave open which came first: the same, or in one second that one gives no fraction of?"""
    if one.time == other.time:
        return True
    if one.time.replace(microsecond=0) != other.time.replace(microsecond=0):
        return False
    return not (one.time.microsecond and other.time.microsecond)


def _before(one: Token, other: Token) -> bool:
    return one.time < other.time and not _tied(one, other)


def _ties(found: Stamps, token: Token) -> list[list[bytes]]:
    """The archive timestamps tied with ``token``, itself counted, that may be the younger ones.

    Only the imprints tell which came first: neither is taken into the other, or the one that stands later is the
    younger, or the one that stands before.
    """
    same = [other.raw for _, other in found.archive if _tied(token, other)]
    if len(same) == 1:
        return [same]
    place = same.index(token.raw)
    return [same, same[place:], same[: place + 1]]


def order(found: Stamps) -> Iterator[Check]:
    """Content timestamps come before signature timestamps, those before archive timestamps (EN 319 102-1 5.6.2.4)."""
    if not (found.archive or found.content or found.references or found.obsolete):
        return
    references = [token for _, token in found.references]
    archive = [*found.obsolete, *(token for _, token in found.archive)]
    wrong = [token for token in found.content if found.signature and _before(found.signature[0], token)]
    wrong += [token for token in references if any(_before(token, other) for other in found.signature)]
    wrong += [token for token in archive if any(_before(token, other) for other in (*found.signature, *references))]
    if wrong:
        found_text = f"{wrong[0].time:%Y-%m-%d %H:%M:%SZ} zamanlı damga sıranın dışında"
        yield failed(Code.TIMESTAMP_ORDER, SIGNATURE, found_text, Sub.TIMESTAMP_ORDER_FAILURE)
    elif archive or found.content:
        yield passed(Code.TIMESTAMP_ORDER)
