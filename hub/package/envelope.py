"""Encrypted content: CMS EnvelopedData (RFC 5652 section 6) and AuthEnvelopedData (RFC 5083), opened as a stream.

What stands before the encrypted octets is small and read whole; the octets themselves, definite or in BER pieces, go
through the cipher in chunks into an unnamed temporary file, so memory does not grow with the content.

No oracle: whatever fails after the envelope's form was read (not a recipient, wrong key, wrong padding, wrong tag)
ends in the same :class:`~hub.package.errors.DecryptError`, and a content key that does not come out right is replaced
by a random one, so that the work done is the same.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final, cast

from asn1crypto import cms
from asn1crypto import core as asn1
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from hub import limits
from hub.package.errors import DecryptError, PackageError, Words
from hub.package.keys import RecipientKey
from hub.package.source import BytesSource, FileSource, Source

ENVELOPED: Final = "1.2.840.113549.1.7.3"
AUTH_ENVELOPED: Final = "1.2.840.113549.1.9.16.1.23"
_FAILED: Final = "Şifreli içerik bu anahtarla açılamadı."
_CBC: Final = {"2.16.840.1.101.3.4.1.2": 16, "2.16.840.1.101.3.4.1.22": 24, "2.16.840.1.101.3.4.1.42": 32}
_GCM: Final = {"2.16.840.1.101.3.4.1.6": 16, "2.16.840.1.101.3.4.1.26": 24, "2.16.840.1.101.3.4.1.46": 32}


class EnvelopeError(PackageError):
    """Not a CMS envelope, or one of a form that is not read; ``why`` says so in both languages."""

    code = "ENVELOPE"
    rule = "EYP-EYPS-CMS"

    def __init__(self, why: Words) -> None:
        super().__init__(why.tr)
        self.why = why


_NOT_CMS = Words("CMS EnvelopedData yapısı değil.", "Not a CMS EnvelopedData structure.")
_UNSUPPORTED = Words("Şifreleme algoritması desteklenmiyor.", "The content-encryption algorithm is not supported.")


@dataclass(frozen=True, slots=True)
class _Header:
    tag: int
    body: int
    end: int | None
    """None for an indefinite length."""


class _Ber:
    """Just enough BER to walk from the outside to the encrypted octets."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def header(self, at: int) -> _Header:
        head = self.source.read_at(at, 12)
        if len(head) < 2 or head[0] & 0x1F == 0x1F:
            raise EnvelopeError(_NOT_CMS)
        length, body = head[1], at + 2
        if length == 0x80:
            if not head[0] & 0x20:
                raise EnvelopeError(_NOT_CMS)
            return _Header(head[0], body, None)
        if length & 0x80:
            size = length & 0x7F
            if size > 8 or len(head) < 2 + size:
                raise EnvelopeError(_NOT_CMS)
            length, body = int.from_bytes(head[2 : 2 + size], "big"), body + size
        return _Header(head[0], body, body + length)

    def inside(self, at: int, tag: int) -> _Header:
        found = self.header(at)
        if found.tag != tag:
            raise EnvelopeError(_NOT_CMS)
        return found

    def after(self, at: int, depth: int = 0) -> int:
        """Where the element at ``at`` ends, end-of-contents octets included."""
        found = self.header(at)
        if found.end is not None:
            return found.end
        if depth > 16:
            raise EnvelopeError(_NOT_CMS)
        at = found.body
        for _ in range(100_000):
            if self.source.read_at(at, 2) == b"\0\0":
                return at + 2
            at = self.after(at, depth + 1)
        raise EnvelopeError(_NOT_CMS)

    def element(self, at: int) -> tuple[bytes, int]:
        """The whole element at ``at`` (bounded), and where it ends."""
        end = self.after(at)
        if end - at > limits.CMS_HEADER_BYTES:
            raise EnvelopeError(Words("Alıcı bilgisi çok büyük.", "The recipients' part is too large."))
        return self.source.read_at(at, end - at), end

    def octets(self, at: int) -> Iterator[bytes]:
        """The content of an OCTET STRING, primitive or in pieces."""
        found = self.header(at)
        if not found.tag & 0x20:
            yield from self._plain(found)
            return
        at = found.body
        while at != found.end and not (found.end is None and self.source.read_at(at, 2) == b"\0\0"):
            piece = self.header(at)
            if piece.tag != 0x04 or piece.end is None:
                raise EnvelopeError(_NOT_CMS)
            yield from self._plain(piece)
            at = piece.end

    def _plain(self, found: _Header) -> Iterator[bytes]:
        at, end = found.body, cast(int, found.end)
        while at < end:
            chunk = self.source.read_at(at, min(limits.ZIP_CHUNK, end - at))
            if not chunk:
                raise EnvelopeError(_NOT_CMS)
            at += len(chunk)
            yield chunk


@dataclass(frozen=True, slots=True)
class Envelope:
    """A parsed envelope; the encrypted octets stay where they are."""

    authenticated: bool
    recipients: tuple[cms.RecipientInfo, ...]
    algorithm: str
    """OID of the content encryption."""
    parameters: bytes
    """DER of its parameters."""
    _ber: _Ber
    _octets: int
    _aad: bytes
    _mac: bytes

    @property
    def chunks(self) -> Iterator[bytes]:
        """The encrypted octets."""
        return self._ber.octets(self._octets)


def peek(head: bytes) -> str:
    """Which envelope starts with these bytes: :data:`ENVELOPED` or :data:`AUTH_ENVELOPED`.

    Raises :class:`EnvelopeError` when none does. Four kilobytes are plenty.
    """
    ber = _Ber(BytesSource(head))
    outer = ber.inside(0, 0x30)
    end = ber.inside(outer.body, 0x06).end or 0
    try:
        oid = asn1.ObjectIdentifier.load(head[outer.body : end]).dotted
    except ValueError:
        raise EnvelopeError(_NOT_CMS) from None
    if oid not in (ENVELOPED, AUTH_ENVELOPED):
        raise EnvelopeError(_NOT_CMS)
    return cast(str, oid)


def read_envelope(source: Source) -> Envelope:
    """Parse the envelope around the encrypted octets. Raises :class:`EnvelopeError`."""
    try:
        return _read(source)
    except (ValueError, TypeError, KeyError, IndexError):
        # what asn1crypto raises for structures that are not what they say
        raise EnvelopeError(_NOT_CMS) from None


def _read(source: Source) -> Envelope:
    authenticated = peek(source.read_at(0, 4096)) == AUTH_ENVELOPED
    ber = _Ber(source)
    outer = ber.inside(0, 0x30)
    at = ber.after(outer.body)
    inner = ber.inside(ber.inside(at, 0xA0).body, 0x30)
    at = ber.after(ber.inside(inner.body, 0x02).body - 2)
    if ber.header(at).tag == 0xA0:
        at = ber.after(at)
    ber.inside(at, 0x31)
    recipients, at = ber.element(at)
    content = ber.inside(at, 0x30)
    after_content = ber.after(at)
    at = ber.after(ber.inside(content.body, 0x06).body - 2)
    algorithm, at = ber.element(at)
    if ber.header(at).tag not in (0x80, 0xA0):
        raise EnvelopeError(_NOT_CMS)
    described = cms.EncryptionAlgorithm.load(algorithm)
    aad = mac = b""
    if authenticated:
        at = after_content
        if ber.header(at).tag == 0xA1:
            attributes, at = ber.element(at)
            aad = b"\x31" + attributes[1:]
        octets, _ = ber.element(at)
        mac = asn1.OctetString.load(octets).native
        at = content.body
        at = ber.after(ber.after(at))
    return Envelope(
        authenticated=authenticated,
        recipients=tuple(cms.RecipientInfos.load(recipients)),
        algorithm=described["algorithm"].dotted,
        parameters=described["parameters"].dump(),
        _ber=ber,
        _octets=at,
        _aad=aad,
        _mac=mac,
    )


def decrypt(source: Source, keys: Sequence[RecipientKey]) -> Source:
    """The content of an envelope, opened with whichever of ``keys`` is a recipient.

    Raises :class:`EnvelopeError` for a form that is not read and :class:`~hub.package.errors.DecryptError` when none
    of the keys opens it.
    """
    envelope = read_envelope(source)
    sizes = _GCM if envelope.authenticated else _CBC
    if envelope.algorithm not in sizes:
        raise EnvelopeError(_UNSUPPORTED)
    size = sizes[envelope.algorithm]
    secret = None
    for key in keys:
        for recipient in envelope.recipients:
            secret = secret or key.content_key(recipient)
    if secret is None or len(secret) != size:
        secret = os.urandom(size)
    file = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 — the source closes it
    try:
        _gcm(envelope, secret, file) if envelope.authenticated else _cbc(envelope, secret, file)
        file.flush()
    except (ValueError, InvalidTag):
        file.close()
        raise DecryptError(_FAILED) from None
    except BaseException:
        file.close()
        raise
    found = FileSource(file)
    if found.read_at(0, 2) != b"PK":
        # padding alone is right once in 256 tries with a random key; what comes out must be a package
        found.close()
        raise DecryptError(_FAILED)
    return found


def _write(file: BinaryIO, chunk: bytes, written: int) -> int:
    written += len(chunk)
    if written > limits.ZIP_ENTRY_BYTES:
        raise EnvelopeError(Words("Şifreli içerik çok büyük.", "The encrypted content is too large."))
    file.write(chunk)
    return written


def _cbc(envelope: Envelope, secret: bytes, file: BinaryIO) -> None:
    vector = asn1.OctetString.load(envelope.parameters).native
    machine = Cipher(algorithms.AES(secret), modes.CBC(vector)).decryptor()
    unpad = padding.PKCS7(128).unpadder()
    written = 0
    for chunk in envelope.chunks:
        written = _write(file, unpad.update(machine.update(chunk)), written)
    file.write(unpad.update(machine.finalize()) + unpad.finalize())


def _gcm(envelope: Envelope, secret: bytes, file: BinaryIO) -> None:
    parameters = asn1.Sequence.load(envelope.parameters)
    nonce = parameters[0].native
    machine = Cipher(algorithms.AES(secret), modes.GCM(nonce, envelope._mac, min_tag_length=12)).decryptor()
    machine.authenticate_additional_data(envelope._aad)
    written = 0
    for chunk in envelope.chunks:
        written = _write(file, machine.update(chunk), written)
    file.write(machine.finalize())
