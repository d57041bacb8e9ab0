"""A CMS SignedData taken apart into the slices of its file, changed at its open places and put together again.

Open places are those that no signature protects: the certificate and revocation bags, the list of signers, and each
signer's unsigned attributes (unless an archive timestamp covers them). Source: RFC 5652 sections 3, 5 and 11.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hub.signing import cms, der, oids
from hub.signing.cms import CERTIFICATES_TAG, CRLS_TAG, SignerInfo
from hub.signing.der import DerError, IndefiniteLengthError, Node
from hub.signing.make import asn1


@dataclass(slots=True)
class Signer:
    """One SignerInfo. Everything but :attr:`unsigned` is fixed."""

    info: SignerInfo
    """The SignerInfo as it was read."""
    unsigned: list[bytes] = field(default_factory=list)
    """The unsigned attributes now, each as it stands."""

    @property
    def head(self) -> bytes:
        """The fields from version to signature, without the SEQUENCE around them."""
        return b"".join(self.info.head)

    @property
    def signature(self) -> bytes:
        """The signature value."""
        return self.info.signature

    def signed_attribute(self, oid: str) -> bytes | None:
        """DER of the first value of a signed attribute, or None."""
        found = self.info.all_signed(oid)
        return found[0].values[0] if found else None

    def unsigned_values(self, oid: str) -> list[bytes]:
        """Every value of an unsigned attribute, in the file's order."""
        found: list[bytes] = []
        for raw in self.unsigned:
            name, values = _attribute(der.parse(raw))
            if name == oid:
                found.extend(value.raw for value in values.children())
        return found

    def replace_unsigned(self, oid: str, change: Callable[[bytes], bytes]) -> None:
        """Change each value of an unsigned attribute; all others stay as they are."""
        for index, raw in enumerate(self.unsigned):
            name, values = _attribute(der.parse(raw))
            if name == oid:
                before = [value.raw for value in values.children()]
                after = [change(value) for value in before]
                if after != before:
                    self.unsigned[index] = asn1.attribute(oid, *after)

    def dump(self) -> bytes:
        """DER of the SignerInfo."""
        tail = asn1.context(1, *self.unsigned) if self.unsigned else b""
        return asn1.sequence(self.head, tail)


@dataclass(slots=True)
class Envelope:
    """A SignedData with its ContentInfo."""

    version: int
    digest_algorithms: list[bytes]
    encapsulated: bytes
    """DER of encapContentInfo, as it stands."""
    certificates: list[bytes] = field(default_factory=list)
    crls: list[bytes] = field(default_factory=list)
    signers: list[Signer] = field(default_factory=list)
    rewritten: bool = False
    """The file was not DER where DER is written now; no archive timestamp over it can be kept."""

    @property
    def content_type(self) -> str:
        """OID of the content."""
        return der.oid(der.parse(self.encapsulated).sequence()[0])

    @property
    def content(self) -> bytes | None:
        """The encapsulated content; None when detached."""
        parts = der.parse(self.encapsulated).sequence()
        if len(parts) == 1:
            return None
        inner = parts[1].only()
        if inner.tag == der.OCTET_STRING:
            return inner.content
        return b"".join(der.octets(part) for part in inner.children())

    def add_certificates(self, certificates: list[bytes]) -> None:
        """Append those that are not in the bag yet."""
        for certificate in certificates:
            if certificate not in self.certificates:
                self.certificates.append(certificate)

    def add_crls(self, crls: list[bytes]) -> None:
        """Append those that are not in the bag yet; anything but a CRL makes the version 5 (RFC 5652 section 5.1)."""
        for crl in crls:
            if crl not in self.crls:
                self.crls.append(crl)
                if crl[0] == 0xA1:
                    self.version = 5

    def bag(self, tag: int) -> bytes:
        """DER of the certificate (0xA0) or revocation (0xA1) bag; empty bytes when there is none."""
        items = self.certificates if tag == CERTIFICATES_TAG else self.crls
        return der.wrap(tag, *items) if items else b""

    def dump(self) -> bytes:
        """DER of the ContentInfo."""
        return asn1.sequence(
            asn1.oid(oids.SIGNED_DATA),
            asn1.context(
                0,
                asn1.sequence(
                    asn1.integer(self.version),
                    der.wrap(der.SET, *self.digest_algorithms),
                    self.encapsulated,
                    self.bag(CERTIFICATES_TAG),
                    self.bag(CRLS_TAG),
                    der.wrap(der.SET, *(signer.dump() for signer in self.signers)),
                ),
            ),
        )


def encapsulate(content: bytes | None, content_type: str = oids.DATA) -> bytes:
    """DER of an EncapsulatedContentInfo; ``None`` for detached content."""
    inner = b"" if content is None else asn1.context(0, asn1.octet_string(content))
    return asn1.sequence(asn1.oid(content_type), inner)


def parse(data: bytes) -> Envelope:
    """Take a ContentInfo apart; raises :class:`~hub.signing.der.DerError` unless it is one whole SignedData."""
    try:
        return _parse(data, ber=False)
    except IndefiniteLengthError:
        return _parse(der.to_definite(data), ber=True)


def _parse(data: bytes, *, ber: bool) -> Envelope:
    cms.signed_data(data)  # the reader's structure checks and limits hold here too
    fields = der.parse(data).sequence()[1].only().sequence()
    bags = {item.tag: [child.raw for child in item.children()] for item in fields[3:-1]}
    envelope = Envelope(
        version=der.integer(fields[0]),
        digest_algorithms=[item.raw for item in fields[1].children()],
        encapsulated=fields[2].raw,
        certificates=bags.get(CERTIFICATES_TAG, []),
        crls=bags.get(CRLS_TAG, []),
        signers=[parse_signer(item) for item in fields[-1].children()],
    )
    envelope.rewritten = ber or envelope.dump() != data
    return envelope


def parse_signer(element: Node) -> Signer:
    """Take a SignerInfo apart."""
    info = cms.signer_info(element)
    return Signer(info=info, unsigned=[item.raw for item in info.unsigned])


def _attribute(element: Node) -> tuple[str, Node]:
    parts = element.sequence()
    if len(parts) != 2:
        raise DerError("öznitelik bozuk")
    return der.oid(parts[0]), parts[1].expect(der.SET)
