"""CMS SignedData read in place: RFC 5652 structures with the exact octets that signatures and timestamps digest.

Everything is a view of the file's own bytes. :func:`signed_data` is the way in; it takes a ContentInfo, rewrites BER
to definite lengths when it must, and raises :class:`~hub.signing.der.DerError` for anything that is not SignedData.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from hub import limits
from hub.signing import der, oids, parts
from hub.signing.algorithms import AlgorithmId, algorithm_id, algorithm_of
from hub.signing.der import DerError, IndefiniteLengthError, Node
from hub.signing.parts import Part, inside
from hub.signing.parts import raw as raw_of

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
    info = inside(data, parts.whole(data), der.SEQUENCE)
    if len(info) != 2 or parts.oid(data, info[0]) != oids.SIGNED_DATA:
        raise DerError("CMS SignedData değil")
    fields = inside(data, parts.only(data, info[1], 0xA0), der.SEQUENCE)
    if not 4 <= len(fields) <= 6:
        raise DerError("CMS SignedData alanları eksik ya da fazla")
    version = parts.integer(data, fields[0])
    if fields[1][0] != der.SET:
        raise DerError("digestAlgorithms bozuk")
    digests = _digest_oids(raw_of(data, fields[1]))
    encap = inside(data, fields[2], der.SEQUENCE)
    if not 1 <= len(encap) <= 2:
        raise DerError("encapContentInfo bozuk")
    content = _content(data, parts.only(data, encap[1], 0xA0)) if len(encap) == 2 else None
    rest = fields[3:]
    bag = rest.pop(0) if rest[0][0] == CERTIFICATES_TAG else None
    status = rest.pop(0) if rest and rest[0][0] == CRLS_TAG else None
    if len(rest) != 1:
        raise DerError("CMS SignedData alanları eksik ya da fazla")
    bag_raw, status_raw = raw_of(data, bag) if bag else b"", raw_of(data, status) if status else b""
    choices, plain = _bag(bag_raw) if bag else _EMPTY
    lists, plain_lists = _bag(status_raw) if status else _EMPTY
    signers = inside(data, rest[0], der.SET)
    _bounded(len(choices), limits.CERTIFICATES, "sertifika")
    _bounded(len(lists), limits.REVOCATIONS, "iptal bilgisi")
    _bounded(len(signers), limits.SIGNERS, "imzacı")
    return _new(  # in the order of the fields
        SignedData,
        (
            version,
            digests,
            parts.oid(data, encap[0]),
            raw_of(data, encap[0]),
            content,
            raw_of(data, fields[2]),
            plain,
            bag_raw,
            plain_lists,
            () if lists is plain_lists else tuple(_other_ocsps(lists)),
            status_raw,
            choices,
            lists,
            tuple([_signer_info(data, part) for part in signers]),
            ber,
        ),
    )


def _digest_oids(raw: bytes) -> tuple[str, ...]:
    """digestAlgorithms: the same few sets in nearly every file, which are read once."""
    return _digest_set(raw) if len(raw) <= limits.ALGORITHM else _digest_set.__wrapped__(raw)


@lru_cache(maxsize=128)
def _digest_set(raw: bytes) -> tuple[str, ...]:
    return tuple([algorithm_id(node).oid for node in der.parse(raw).children()])


_Members = tuple[tuple[bytes, ...], tuple[bytes, ...]]
_EMPTY: Final[_Members] = ((), ())
_MEMBERS: Final = {
    CERTIFICATES_TAG: (frozenset({der.SEQUENCE, 0xA0, 0xA1, 0xA2, 0xA3}), "certificates alanında bilinmeyen öğe"),
    CRLS_TAG: (frozenset({der.SEQUENCE, 0xA1}), "crls alanında bilinmeyen öğe"),
}
"""What may stand in each bag, and what to say of anything else."""


def _bag(raw: bytes) -> _Members:
    """The members of the ``[0]`` or ``[1]`` element ``raw``, and those that are certificates or CRLs: the same tuple
    where all are. The bags of timestamp authorities recur from file to file."""
    return _members(raw) if len(raw) <= limits.ATTRIBUTE_REMEMBERED else _members.__wrapped__(raw)


@lru_cache(maxsize=128)
def _members(raw: bytes) -> _Members:
    bag = inside(raw, parts.whole(raw))
    allowed, otherwise = _MEMBERS[raw[0]]
    if any(part[0] not in allowed for part in bag):
        raise DerError(otherwise)
    members = tuple([raw_of(raw, part) for part in bag])
    plain = tuple([one for one in members if one[0] == der.SEQUENCE])
    return members, members if len(plain) == len(members) else plain


def _bounded(count: int, most: int, what: str) -> None:
    if count > most:
        raise DerError(f"çok fazla {what}: {count}, sınır {most}")


def _content(data: bytes, part: Part) -> bytes:
    if part[0] == der.OCTET_STRING | 0x20:  # segmented, though of definite length
        return b"".join(parts.octets(data, one) for one in inside(data, part))
    return parts.octets(data, part)


def _other_ocsps(members: tuple[bytes, ...]) -> Iterator[bytes]:
    """The OCSP responses among RevocationInfoChoices of the kind ``other [1]``."""
    for one in members:
        if one[0] == 0xA1:
            both = inside(one, parts.whole(one))
            if len(both) == 2 and parts.oid(one, both[0]) in (oids.OCSP_RESPONSE_INFO, oids.OCSP_BASIC):
                yield raw_of(one, both[1])


def signer_info(node: Node) -> SignerInfo:
    """Read one SignerInfo (a member of ``signerInfos`` or the value of a countersignature attribute)."""
    return _signer_info(node.data, parts.of_node(node))


def _signer_info(data: bytes, part: Part) -> SignerInfo:
    fields = inside(data, part, der.SEQUENCE)
    if not 5 <= len(fields) <= 7:
        raise DerError("SignerInfo alanları eksik ya da fazla")
    version, sid, digest, *rest = fields
    signed_part = rest.pop(0) if rest[0][0] == SIGNED_ATTRS_TAG else None
    if len(rest) not in (2, 3):
        raise DerError("SignerInfo alanları eksik ya da fazla")
    issuer, serial, key_id = b"", 0, b""
    if sid[0] == der.SEQUENCE:
        issuer, serial = _issuer_and_serial(raw_of(data, sid))
    else:
        key_id = parts.content(data, sid, 0x80)
        if not key_id:
            raise DerError("imzacı tanımlayıcısı boş")
    unsigned: tuple[Attribute, ...] = ()
    head = fields
    if len(rest) == 3:
        if rest[2][0] != UNSIGNED_ATTRS_TAG:
            raise DerError("SignerInfo alanları eksik ya da fazla")
        unsigned = _attributes(data, rest[2])
        head = fields[:-1]
    signed = _attributes(data, signed_part) if signed_part else ()
    signed_by_oid: dict[str, list[Attribute]] = {}
    for attribute in signed:
        signed_by_oid.setdefault(attribute.oid, []).append(attribute)
    unsigned_by_oid: dict[str, list[bytes]] = {}
    for attribute in unsigned:
        unsigned_by_oid.setdefault(attribute.oid, []).extend(attribute.values)
    return _new(  # in the order of the fields
        SignerInfo,
        (
            parts.integer(data, version),
            issuer,
            serial,
            key_id,
            algorithm_of(raw_of(data, digest)).oid,
            signed,
            raw_of(data, signed_part) if signed_part else b"",
            algorithm_of(raw_of(data, rest[0])),
            parts.octets(data, rest[1]),
            unsigned,
            signed_by_oid,
            unsigned_by_oid,
            tuple([data[start:end] for _, start, _, end in head]),
            raw_of(data, part),
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


def _attributes(data: bytes, part: Part) -> tuple[Attribute, ...]:
    """The attributes of a ``[0]``/``[1]`` IMPLICIT SET OF Attribute.

    Half of a file's elements are in here, so the common attribute (one value, lengths in DER) is read in one go;
    :func:`_attribute` reads every other one.
    """
    found = []
    for _, start, body, end in inside(data, part):
        if data[start] != der.SEQUENCE:
            raise DerError(f"ASN.1 etiketi 0x30 bekleniyordu, 0x{data[start]:02x} bulundu")
        name = data[body + 1] if body + 2 < end and data[body] == der.OID else 0x80
        held = body + 2 + name  # where the SET begins, when the type has the common length
        one = None
        if name < 0x80 and held + 4 <= end and data[held] == der.SET:
            length = data[held + 1]
            first, last = (held + 2, held + 2 + length) if length < 0x80 else _contents(data, held, end)
            if last == end and first + 2 <= end and data[first + 1] != 0x80 and _contents(data, first, end)[1] == end:
                value = data[first:end]
                one = _new(Attribute, (der.dotted(data[body + 2 : held]), (value,), data[start:end]))
        found.append(one or _attribute(der.parse(data[start:end])))
    if len(found) > limits.SIGNATURE_ATTRIBUTES:
        raise DerError("çok fazla öznitelik")
    return tuple(found)


def _contents(data: bytes, position: int, limit: int) -> tuple[int, int]:
    """Where the content of the element at ``position`` begins and ends."""
    length = data[position + 1]
    if length < 0x80 and data[position] & 0x1F != 0x1F:
        return position + 2, position + 2 + length
    return der.span(data, position, limit)[1:]


def _attribute(node: Node) -> Attribute:
    both = node.sequence()
    if len(both) != 2:
        raise DerError("öznitelik bozuk")
    held = both[1].expect(der.SET)
    values: list[bytes] = []
    if both[0].raw in der.TOKENS:
        position = held.body
        while position < held.end:
            after = der.end_of(held.data, position, held.end)
            values.append(held.data[position:after])
            position = after
    else:
        values = [value.raw for value in held.children()]
    if not values:
        raise DerError("değeri olmayan öznitelik")
    return Attribute(der.oid(both[0]), tuple(values), node.raw)
