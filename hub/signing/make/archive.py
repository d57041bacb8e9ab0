"""What an archive timestamp is taken over.

Version 2 (the national P4 profile's): ETSI TS 101 733 section 6.4.1, with the unsigned attributes under their ``[1]``
header. Version 3: ETSI EN 319 122-1 section 5.5.3, with an ats-hash-index-v3 inside the token.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.signing import algorithms, der, oids
from hub.signing.cms import CERTIFICATES_TAG, CRLS_TAG
from hub.signing.make import asn1
from hub.signing.make.envelope import Envelope, Signer
from hub.signing.make.errors import ContentMissingError
from hub.signing.make.identifiers import digest_identifier
from hub.signing.make.timestamps import Token, Tsa


def imprint_v2(envelope: Envelope, signer: Signer, content: bytes | None) -> bytes:
    """The octets that an archive-time-stamp-v2 over everything there is now is taken over.

    ``content`` is the detached content and is ignored when the content is inside. Raises
    :class:`~hub.signing.make.errors.ContentMissingError`.
    """
    detached = b""
    if envelope.content is None:
        if content is None:
            raise ContentMissingError("İmza içeriği taşımıyor; imzalanan dosya da verilmeli.")
        detached = content
    unsigned = asn1.context(1, *signer.unsigned) if signer.unsigned else b""
    return b"".join(
        (
            envelope.encapsulated,
            detached,
            envelope.bag(CERTIFICATES_TAG),
            envelope.bag(CRLS_TAG),
            signer.head,
            unsigned,
        )
    )


@dataclass(frozen=True, slots=True)
class HashIndex:
    """An ats-hash-index-v3: digests of every certificate, revocation item and unsigned attribute value."""

    value: bytes
    """DER of ATSHashIndexV3."""

    @classmethod
    def over(cls, envelope: Envelope, signer: Signer, digest: str) -> HashIndex:
        """The index of everything there is now."""

        def indexed(items: list[bytes]) -> bytes:
            return asn1.sequence(*(asn1.octet_string(algorithms.digest(digest, item)) for item in items))

        values: list[bytes] = []
        for raw in signer.unsigned:
            name, members = der.parse(raw).sequence()
            values.extend(name.raw + member.raw for member in members.children())
        return cls(
            asn1.sequence(
                digest_identifier(digest),
                indexed(envelope.certificates),
                indexed(envelope.crls),
                indexed(values),
            )
        )


def imprint_v3(envelope: Envelope, signer: Signer, content: bytes | None, index: HashIndex, digest: str) -> bytes:
    """The octets that an archive-time-stamp-v3 is taken over. Raises
    :class:`~hub.signing.make.errors.ContentMissingError`."""
    signed = envelope.content if envelope.content is not None else content
    if signed is None:
        raise ContentMissingError("İmza içeriği taşımıyor; imzalanan dosya da verilmeli.")
    content_type = der.parse(envelope.encapsulated).sequence()[0].raw
    return b"".join((content_type, algorithms.digest(digest, signed), signer.head, index.value))


def timestamp(envelope: Envelope, signer: Signer, content: bytes | None, tsa: Tsa, version: str) -> Token:
    """Ask for an archive timestamp and append it to ``signer``; the token is given for its evidence."""
    if version == "v3":
        index = HashIndex.over(envelope, signer, tsa.digest)
        token = tsa.timestamp(imprint_v3(envelope, signer, content, index, tsa.digest))
        token.envelope.signers[0].unsigned.append(asn1.attribute(oids.ATS_HASH_INDEX_V3, index.value))
        return token
    return tsa.timestamp(imprint_v2(envelope, signer, content))
