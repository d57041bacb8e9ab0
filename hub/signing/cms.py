"""CMS SignedData read in place: RFC 5652 structures with the exact octets that signatures and timestamps digest.

Everything is a view of the file's own bytes. :func:`signed_data` is the way in; it takes a ContentInfo, rewrites BER
to definite lengths when it must, and raises :class:`~hub.signing.der.DerError` for anything that is not SignedData.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from hub import limits
from hub.signing import der, oids
from hub.signing.algorithms import AlgorithmId, algorithm_id
from hub.signing.der import DerError, IndefiniteLengthError, Node

CERTIFICATES_TAG: Final = 0xA0
CRLS_TAG: Final = 0xA1
SIGNED_ATTRS_TAG: Final = 0xA0
UNSIGNED_ATTRS_TAG: Final = 0xA1


_new = tuple.__new__  # a NamedTuple's own constructor costs three times as much


class Attribute(NamedTuple):
    """One attribute: its type, its values' own bytes, and its whole DER."""

    oid: str
    values: tuple[bytes, ...]
    raw: bytes


class SignerInfo(NamedTuple):
    """One SignerInfo (RFC 5652 5.3)."""

    version: int
    issuer: bytes
    """The issuer Name's DER, or empty when the certificate is named by key identifier."""
    serial: int
    key_id: bytes
    """The subject key identifier, or empty."""
    digest_oid: str
    signed: tuple[Attribute, ...]
    signed_raw: bytes
    """The ``[0]`` element of the signed attributes as it stands, or empty."""
    signature_algorithm: AlgorithmId
    signature: bytes
    unsigned: tuple[Attribute, ...]
    signed_by_oid: dict[str, list[Attribute]]
    unsigned_by_oid: dict[str, list[bytes]]
    """The values of the unsigned attributes by type."""
    head: tuple[bytes, ...]
    """The DER of every field from version to signature, in order: what an archive timestamp digests first."""
    raw: bytes

    def signed_bytes(self) -> bytes:
        """What the signature is over when there are signed attributes: their DER with the SET OF identifier."""
        return b"\x31" + self.signed_raw[1:]

    def signed_sorted(self) -> bytes:
        """:meth:`signed_bytes` with the attributes in DER's order, for writers that signed so but stored otherwise."""
        return der.wrap(der.SET, *sorted(attribute.raw for attribute in self.signed))

    def all_signed(self, oid: str) -> list[Attribute]:
        """The signed attributes of one type."""
        return self.signed_by_oid.get(oid, [])

    def values(self, oid: str) -> list[bytes]:
        """All values of the unsigned attributes of one type, in the file's order."""
        return self.unsigned_by_oid.get(oid, [])


class SignedData(NamedTuple):
    """One SignedData (RFC 5652 5.1)."""

    version: int
    digest_oids: tuple[str, ...]
    content_type: str
    content_type_raw: bytes
    content: bytes | None
    """The content octets, or None when the signature is detached."""
    encap_raw: bytes
    """The DER of encapContentInfo."""
    certificates: tuple[bytes, ...]
    certificates_raw: bytes
    """The ``[0]`` element as it stands, or empty."""
    crls: tuple[bytes, ...]
    ocsps: tuple[bytes, ...]
    """DER of the OCSPResponse or BasicOCSPResponse in the crls field's other formats (RFC 5940)."""
    crls_raw: bytes
    """The ``[1]`` element as it stands, or empty."""
    certificate_choices: tuple[bytes, ...]
    """Every member of ``certificates``, of whatever kind, as ATSHashIndex digests them."""
    revocation_choices: tuple[bytes, ...]
    """Every member of ``crls``, likewise."""
    signers: tuple[SignerInfo, ...]
    ber: bool
    """Were indefinite lengths rewritten?"""


def signed_data(data: bytes) -> SignedData:
    """Read a ContentInfo that holds SignedData. Raises :class:`~hub.signing.der.DerError`."""
    try:
        return _signed_data(data, ber=False)
    except IndefiniteLengthError:
        return _signed_data(der.to_definite(data), ber=True)


def _signed_data(data: bytes, *, ber: bool) -> SignedData:
    info = der.parse(data).sequence()
    if len(info) != 2 or der.oid(info[0]) != oids.SIGNED_DATA:
        raise DerError("CMS SignedData değil")
    fields = info[1].expect(0xA0).only().sequence()
    if not 4 <= len(fields) <= 6:
        raise DerError("CMS SignedData alanları eksik ya da fazla")
    version = der.integer(fields[0].expect(der.INTEGER))
    digests = _digest_oids(fields[1].expect(der.SET).raw)
    encap = fields[2].sequence()
    if not 1 <= len(encap) <= 2:
        raise DerError("encapContentInfo bozuk")
    content = _content(encap[1].expect(0xA0).only()) if len(encap) == 2 else None
    rest = fields[3:]
    bag = rest.pop(0) if rest[0].tag == CERTIFICATES_TAG else None
    status = rest.pop(0) if rest and rest[0].tag == CRLS_TAG else None
    if len(rest) != 1:
        raise DerError("CMS SignedData alanları eksik ya da fazla")
    certificates = bag.children() if bag else []
    revocations = status.children() if status else []
    signers = rest[0].expect(der.SET).children()
    for node in certificates:
        if node.tag not in (der.SEQUENCE, 0xA0, 0xA1, 0xA2, 0xA3):
            raise DerError("certificates alanında bilinmeyen öğe")
    for node in revocations:
        if node.tag not in (der.SEQUENCE, 0xA1):
            raise DerError("crls alanında bilinmeyen öğe")
    _bounded(certificates, limits.CERTIFICATES, "sertifika")
    _bounded(revocations, limits.REVOCATIONS, "iptal bilgisi")
    _bounded(signers, limits.SIGNERS, "imzacı")
    choices, plain = _choices(certificates)
    lists, plain_lists = _choices(revocations)
    return _new(  # in the order of the fields
        SignedData,
        (
            version,
            digests,
            der.oid(encap[0]),
            encap[0].raw,
            content,
            fields[2].raw,
            plain,
            bag.raw if bag else b"",
            plain_lists,
            () if lists is plain_lists else tuple([_other_ocsp(node) for node in revocations if _is_ocsp(node)]),
            status.raw if status else b"",
            choices,
            lists,
            tuple([signer_info(node) for node in signers]),
            ber,
        ),
    )


def _digest_oids(raw: bytes) -> tuple[str, ...]:
    """digestAlgorithms: the same few sets in nearly every file, which are read once."""
    return _digest_set(raw) if len(raw) <= limits.ALGORITHM else _digest_set.__wrapped__(raw)


@lru_cache(maxsize=128)
def _digest_set(raw: bytes) -> tuple[str, ...]:
    return tuple([algorithm_id(node).oid for node in der.parse(raw).children()])


def _choices(nodes: list[Node]) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """The members of a bag, and those that are certificates or CRLs: the same tuple where all are."""
    members = tuple([node.raw for node in nodes])
    if all(node.tag == der.SEQUENCE for node in nodes):
        return members, members
    return members, tuple([node.raw for node in nodes if node.tag == der.SEQUENCE])


def _bounded(nodes: list[Node], most: int, what: str) -> None:
    if len(nodes) > most:
        raise DerError(f"çok fazla {what}: {len(nodes)}, sınır {most}")


def _content(node: Node) -> bytes:
    if node.tag == der.OCTET_STRING | 0x20:  # segmented, though of definite length
        return b"".join(der.octets(part) for part in node.children())
    return der.octets(node)


def _is_ocsp(node: Node) -> bool:
    """Is a RevocationInfoChoice ``other [1]`` with an OCSP response?"""
    if node.tag != 0xA1:
        return False
    parts = node.children()
    return len(parts) == 2 and der.oid(parts[0]) in (oids.OCSP_RESPONSE_INFO, oids.OCSP_BASIC)


def _other_ocsp(node: Node) -> bytes:
    return node.children()[1].raw


def signer_info(node: Node) -> SignerInfo:
    """Read one SignerInfo (a member of ``signerInfos`` or the value of a countersignature attribute)."""
    fields = node.sequence()
    if not 5 <= len(fields) <= 7:
        raise DerError("SignerInfo alanları eksik ya da fazla")
    version, sid, digest_node, *rest = fields
    signed_node = rest.pop(0) if rest[0].tag == SIGNED_ATTRS_TAG else None
    if len(rest) not in (2, 3):
        raise DerError("SignerInfo alanları eksik ya da fazla")
    issuer, serial, key_id = b"", 0, b""
    if sid.tag == der.SEQUENCE:
        issuer, serial = _issuer_and_serial(sid.raw)
    else:
        key_id = sid.expect(0x80).content
        if not key_id:
            raise DerError("imzacı tanımlayıcısı boş")
    unsigned = attributes(rest[2].expect(UNSIGNED_ATTRS_TAG)) if len(rest) == 3 else ()
    head = fields[:-1] if len(rest) == 3 else fields
    signed = attributes(signed_node) if signed_node else ()
    signed_by_oid: dict[str, list[Attribute]] = {}
    for attribute in signed:
        signed_by_oid.setdefault(attribute.oid, []).append(attribute)
    unsigned_by_oid: dict[str, list[bytes]] = {}
    for attribute in unsigned:
        unsigned_by_oid.setdefault(attribute.oid, []).extend(attribute.values)
    return _new(  # in the order of the fields
        SignerInfo,
        (
            der.integer(version.expect(der.INTEGER)),
            issuer,
            serial,
            key_id,
            algorithm_id(digest_node).oid,
            signed,
            signed_node.raw if signed_node else b"",
            algorithm_id(rest[0]),
            der.octets(rest[1]),
            unsigned,
            signed_by_oid,
            unsigned_by_oid,
            tuple([field.raw for field in head]),
            node.raw,
        ),
    )


def _issuer_and_serial(raw: bytes) -> tuple[bytes, int]:
    """issuerAndSerialNumber: the authorities' recur from file to file."""
    return _named(raw) if len(raw) <= limits.ATTRIBUTE_REMEMBERED else _named.__wrapped__(raw)


@lru_cache(maxsize=512)
def _named(raw: bytes) -> tuple[bytes, int]:
    names = der.parse(raw).sequence()
    if len(names) != 2:
        raise DerError("issuerAndSerialNumber bozuk")
    return names[0].expect(der.SEQUENCE).raw, der.integer(names[1].expect(der.INTEGER))


def attributes(node: Node) -> tuple[Attribute, ...]:
    """The attributes of a ``[0]``/``[1]`` IMPLICIT SET OF Attribute.

    Half of a file's elements are in here, so the common attribute (one value, lengths in DER) is read without a node
    for each element; :func:`_attribute` reads every other one.
    """
    if not node.tag & 0x20:
        node.children()
    data, position, end = node.data, node.body, node.end
    span, dotted = der.span, der.dotted
    found = []
    while position < end:
        tag, body, after = span(data, position, end)
        if tag != der.SEQUENCE:
            raise DerError(f"ASN.1 etiketi 0x30 bekleniyordu, 0x{tag:02x} bulundu")
        name, start, values = span(data, body, after)
        kind, inner, last = span(data, values, after)
        try:
            _, _, only = span(data, inner, last)
        except IndefiniteLengthError:
            if data[body:values] not in der.TOKENS:
                raise
            only = der.end_of(data, inner, last)
        raw = data[position:after]
        if name == der.OID and kind == der.SET and last == after and only == last:
            found.append(_new(Attribute, (dotted(data[start:values]), (data[inner:last],), raw)))
        else:
            found.append(_attribute(der.parse(raw)))
        position = after
    if len(found) > limits.SIGNATURE_ATTRIBUTES:
        raise DerError("çok fazla öznitelik")
    return tuple(found)


def _attribute(node: Node) -> Attribute:
    parts = node.sequence()
    if len(parts) != 2:
        raise DerError("öznitelik bozuk")
    held = parts[1].expect(der.SET)
    values: list[bytes] = []
    if parts[0].raw in der.TOKENS:
        position = held.body
        while position < held.end:
            after = der.end_of(held.data, position, held.end)
            values.append(held.data[position:after])
            position = after
    else:
        values = [value.raw for value in held.children()]
    if not values:
        raise DerError("değeri olmayan öznitelik")
    return Attribute(der.oid(parts[0]), tuple(values), node.raw)
