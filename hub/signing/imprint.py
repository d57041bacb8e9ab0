"""What each kind of timestamp is over, as lists of the file's own octets in the order in which they are digested.

A function returns one or more readings. Where the standard has been read in two ways that bind the same octets, both
are offered and a token is good for either; the first is the one that this project writes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from hub.signing import algorithms, der, oids
from hub.signing.algorithms import digest_name
from hub.signing.attributes import HashIndex, Token
from hub.signing.cms import UNSIGNED_ATTRS_TAG, Attribute, SignedData, SignerInfo

Reading = list[bytes]


def signature_timestamp(signer: SignerInfo) -> list[Reading]:
    """signature-time-stamp: the signature value (RFC 5126 6.1.1)."""
    return [[signer.signature]]


def content_timestamp(content: bytes) -> list[Reading]:
    """content-time-stamp: the content octets (RFC 5126 5.11.4)."""
    return [[content]]


def references_timestamp(signer: SignerInfo, *, with_signature: bool) -> list[Reading]:
    """CAdES-C-timestamp (``with_signature``) or the timestamp over references only (RFC 5126 6.3.5, 6.3.6).

    "The concatenated values, without the type or length encoding for that value" has been read in many ways. Readings:
    each attribute's type and values; each attribute whole; the set of values; the values; the values' contents. In each
    the attributes come in the order of the standard, or as they stand in the file.
    """
    kinds = [oids.CERTIFICATE_REFS, oids.REVOCATION_REFS]
    if with_signature:
        kinds.insert(0, oids.SIGNATURE_TIMESTAMP)
    ordered = [attribute for kind in kinds for attribute in signer.unsigned if attribute.oid == kind]
    head = [signer.signature] if with_signature else []
    standing = [attribute for attribute in signer.unsigned if attribute.oid in kinds]
    orders = [ordered] if ordered == standing else [ordered, standing]
    return [head + [part(attribute) for attribute in order] for part in _PARTS for order in orders]


_PARTS: Final[tuple[Callable[[Attribute], bytes], ...]] = (
    lambda attribute: der.contents(attribute.raw),
    lambda attribute: attribute.raw,
    lambda attribute: der.parse(attribute.raw).children()[1].raw,
    lambda attribute: b"".join(attribute.values),
    lambda attribute: b"".join([der.contents(value) for value in attribute.values]),
)
"""What of an attribute a timestamp over references may digest; each binds the same octets."""


def archive_v1(signer: SignerInfo, content: bytes, left_out: frozenset[bytes]) -> list[Reading]:
    """archive-time-stamp, the first form (RFC 3126 3.12.1): content, signed attributes, signature and the unsigned
    attributes of long-term signatures, "without the type or length encoding".

    The form was given up because it says too little; these are the readings of its words, as for
    :func:`references_timestamp`. ``left_out`` holds the timestamps of this form not older than the one in question.
    """
    signed = (der.parse(signer.signed_raw).content, signer.signed_bytes()) if signer.signed_raw else (b"",)
    kept = [one for one in signer.unsigned if left_out.isdisjoint(one.values)]
    ordered = [attribute for kind in _V1_ORDER for attribute in kept if attribute.oid == kind]
    return [
        [content, head, signer.signature, *(part(attribute) for attribute in ordered)]
        for head in signed
        for part in _PARTS
    ]


_V1_ORDER: Final = (
    oids.SIGNATURE_TIMESTAMP,
    oids.CERTIFICATE_REFS,
    oids.REVOCATION_REFS,
    oids.CERTIFICATE_VALUES,
    oids.REVOCATION_VALUES,
    oids.ESC_TIMESTAMP,
    oids.CERT_CRL_TIMESTAMP,
    oids.ARCHIVE_TIMESTAMP_V1,
)


def archive_v2(
    data: SignedData, signer: SignerInfo, content: bytes | None, left_out: frozenset[bytes] = frozenset()
) -> list[Reading]:
    """archive-time-stamp-v2 (ETSI TS 101 733 6.4.1), over everything but the attribute values ``left_out``.

    ``content`` is the detached content, or None when the content is in ``data``. ``left_out`` holds the archive
    timestamps not older than the one in question, itself counted. In the second reading the unsigned attributes stand
    without their ``[1]`` header; in the others they come in DER's order, for writers that digested them so but stored
    them otherwise.
    """
    before: Reading = [data.encap_raw]
    if data.content is None and content is not None:
        before.append(content)
    before += [part for part in (data.certificates_raw, data.crls_raw) if part]
    before += signer.head
    kept = list(_without(signer.unsigned, left_out))
    if not kept:
        return [before]
    header = der.header(UNSIGNED_ATTRS_TAG, sum(map(len, kept)))
    ordered = sorted(kept)
    orders = [kept] if ordered == kept else [kept, ordered]
    return [reading for order in orders for reading in ([*before, header, *order], [*before, *order])]


def _without(unsigned: tuple[Attribute, ...], left_out: frozenset[bytes]) -> Iterator[bytes]:
    for attribute in unsigned:
        if attribute.oid not in oids.ARCHIVE_TIMESTAMPS or left_out.isdisjoint(attribute.values):
            yield attribute.raw
        elif kept := [value for value in attribute.values if value not in left_out]:
            name = der.parse(attribute.raw).children()[0].raw
            yield der.wrap(der.SEQUENCE, name, der.wrap(der.SET, *kept))


def archive_v3(data: SignedData, signer: SignerInfo, content: bytes, digest: str, index: HashIndex) -> list[Reading]:
    """archive-time-stamp-v3 (EN 319 122-1 5.5.3): content type, digest of the content, signer's fields, hash index."""
    return [[data.content_type_raw, algorithms.digest(digest, content), *signer.head, index.raw]]


def index_misses(data: SignedData, signer: SignerInfo, index: HashIndex) -> tuple[str, frozenset[str]]:
    """Check a hash index against the file.

    Returns an empty string, or (Turkish) which entry has no counterpart in the file; and the types of the unsigned
    attributes that the index covers entirely. Raises :class:`~hub.signing.der.DerError` for an unknown digest.
    """
    name = digest_name(index.digest_oid)
    for what, listed, present in (
        ("sertifika", index.certificates, data.certificate_choices),
        ("iptal bilgisi", index.revocations, data.revocation_choices),
    ):
        if set(listed) - {algorithms.digest(name, one) for one in present}:
            return f"dizindeki bir {what} dosyada yok", frozenset()
    entries = set(index.attributes)
    covered: set[str] = set()
    seen: set[bytes] = set()
    for attribute in signer.unsigned:
        hashes = set(_attribute_hashes(attribute, name, index))
        if hashes and hashes <= entries:
            covered.add(attribute.oid)
        seen |= hashes
    if entries - seen:
        return "dizindeki bir öznitelik dosyada yok", frozenset()
    return "", frozenset(covered)


WHOLE: Final = frozenset({oids.ATS_HASH_INDEX})
"""Index kinds that digest each attribute whole; the later ones digest its type and each value."""


def _attribute_hashes(attribute: Attribute, digest: str, index: HashIndex) -> Iterator[bytes]:
    if index.oid in WHOLE:
        yield algorithms.digest(digest, attribute.raw)
        return
    name = der.parse(attribute.raw).children()[0].raw
    for value in attribute.values:
        yield algorithms.digest(digest, name, value)


def matches(token: Token, readings: list[Reading]) -> int | None:
    """Which reading the token's imprint is the digest of, counted from 0; None when none is."""
    name = digest_name(token.imprint.oid)
    for place, reading in enumerate(readings):
        if algorithms.digest(name, *reading) == token.imprint.value:
            return place
    return None
