"""Status evidence read in place: certificate revocation lists (RFC 5280 5) and basic OCSP responses (RFC 6960 4.2)."""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

from hub import limits
from hub.signing import algorithms, certificates, der, oids, parts
from hub.signing.algorithms import AlgorithmId, algorithm_id, algorithm_of, same_algorithm
from hub.signing.certificates import Certificate, Extension
from hub.signing.der import DerError, Node
from hub.signing.parts import Part, inside

HOLD: Final = "certificateHold"
"""The one reason of a revocation that may be taken back."""

REASONS: Final = {
    0: "unspecified",
    1: "keyCompromise",
    2: "cACompromise",
    3: "affiliationChanged",
    4: "superseded",
    5: "cessationOfOperation",
    6: HOLD,
    8: "removeFromCRL",
    9: "privilegeWithdrawn",
    10: "aACompromise",
}


class Revocation(NamedTuple):
    """When and why a certificate was revoked."""

    at: datetime
    reason: str


def _extensions(node: Node) -> dict[str, Extension]:
    found: dict[str, Extension] = {}
    for item in node.sequence():
        fields = item.sequence()
        if not 2 <= len(fields) <= 3:
            raise DerError("uzantı bozuk")
        name = der.oid(fields[0])
        if name in found:
            raise DerError(f"uzantı yinelenmiş: {name}")
        found[name] = Extension(len(fields) == 3 and der.boolean(fields[1]), der.octets(fields[-1]))
    return found


class Crl:
    """One complete or partial CRL. Raises :class:`~hub.signing.der.DerError` when the bytes are not one."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self._digests: dict[str, bytes] = {}
        self._said: dict[bytes, tuple[Revocation | None, bool]] = {}
        outer = der.parse(raw).sequence()
        if len(outer) != 3:
            raise DerError("SİL bozuk")
        self.tbs = outer[0].raw
        self.algorithm: AlgorithmId = algorithm_id(outer[1])
        self.signature = der.bit_octets(outer[2])
        fields = outer[0].sequence()
        if fields and fields[0].tag == der.INTEGER:
            fields.pop(0)
        if len(fields) < 3 or not same_algorithm(algorithm_id(fields[0]), self.algorithm):
            raise DerError("SİL bozuk")
        self.issuer = fields[1].expect(der.SEQUENCE).raw
        self.this_update: datetime = der.time(fields[2])
        rest = fields[3:]
        self.next_update: datetime | None = None
        if rest and rest[0].tag in (der.UTC_TIME, der.GENERALIZED_TIME):
            self.next_update = der.time(rest.pop(0))
        self._entries = rest.pop(0) if rest and rest[0].tag == der.SEQUENCE else None
        self.extensions: dict[str, Extension] = {}
        if rest and rest[0].tag == 0xA0:
            self.extensions = _extensions(rest.pop(0).only())
        if rest:
            raise DerError("SİL bozuk")

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the list's DER octets."""
        return hashlib.sha256(self.raw).hexdigest()

    def digest(self, name: str) -> bytes:
        """The digest of the whole list by hashlib's ``name``."""
        found = self._digests.get(name)
        if found is None:
            found = self._digests[name] = algorithms.digest(name, self.raw)
        return found

    @property
    def issued(self) -> tuple[datetime, str]:
        """When it was issued, and what reports call its kind."""
        return self.this_update, "crl"

    @cached_property
    def number(self) -> int | None:
        """The CRL number, or None."""
        found = self.extensions.get(oids.CRL_NUMBER)
        return None if found is None else der.integer(der.parse(found.value))

    def signed_by(self, issuer: Certificate) -> bool:
        """Does the issuer's key verify the list's signature?"""
        if len(self.raw) > limits.CRL_REMEMBERED:
            return certificates.verified.__wrapped__(self.tbs, self.algorithm, self.signature, issuer.spki)
        return certificates.verified(self.tbs, self.algorithm, self.signature, issuer.spki)

    def unusable_for(self, certificate: Certificate, *, delta: bool = False) -> str:
        """Why this list cannot speak for ``certificate`` (Turkish), or an empty string. RFC 5280 5.2, 6.3.3.

        ``delta``: it is read together with the complete list that it changes.
        """
        for name, extension in self.extensions.items():
            if name == oids.DELTA_CRL and not delta:
                return "fark (delta) SİL tek başına yetmez"
            if name == oids.ISSUING_DISTRIBUTION_POINT:
                if why := _distribution_point(der.parse(extension.value), certificate):
                    return why
            elif extension.critical and name not in (oids.CRL_NUMBER, oids.AUTHORITY_KEY_ID, oids.DELTA_CRL):
                return f"bilinmeyen kritik SİL uzantısı {name}"
        return ""

    @cached_property
    def _odd_entries(self) -> bool:
        """Has any entry a critical extension that is not understood? Then nothing in the list may be relied on
        (RFC 5280 5.3). Only a list in which the octets of a critical mark occur is read for it."""
        node = self._entries
        if node is None or node.data.find(b"\x01\x01\xff", node.body, node.end) < 0:
            return False
        for entry in node.children():
            fields = entry.sequence()
            found = _extensions(fields[2]) if len(fields) == 3 else {}
            if any(one.critical and name not in _ENTRY_EXTENSIONS for name, one in found.items()):
                return True
        return False

    @cached_property
    def base(self) -> int | None:
        """The number of the complete list that this delta list changes, or None for a complete one."""
        found = self.extensions.get(oids.DELTA_CRL)
        return None if found is None else der.integer(der.parse(found.value))

    @cached_property
    def indirect(self) -> bool:
        """May the list hold entries of other authorities (issuingDistributionPoint, indirectCRL)?"""
        found = self.extensions.get(oids.ISSUING_DISTRIBUTION_POINT)
        fields = der.parse(found.value).sequence() if found is not None else []
        return any(part.tag == 0x84 and part.content not in (b"\0", b"") for part in fields)

    def changes(self, complete: Crl) -> bool:
        """Is this a delta list that may be read together with the ``complete`` one (RFC 5280 5.2.4)?"""
        if self.base is None or complete.base is not None or self.number is None or complete.number is None:
            return False
        same_scope = all(
            one == other or (one is not None and other is not None and one.value == other.value)
            for one, other in (
                (self.extensions.get(name), complete.extensions.get(name))
                for name in (oids.ISSUING_DISTRIBUTION_POINT, oids.AUTHORITY_KEY_ID)
            )
        )
        return same_scope and self.base <= complete.number < self.number

    def revocation(self, certificate: Certificate, complete: Crl | None = None) -> Revocation | None:
        """What the list says of the certificate; None: not revoked. Of a delta list, with its ``complete`` one.

        Authorities' certificates are asked about again and again, so the last answers are remembered.
        """
        known = certificate.serial_der
        if known in self._said:
            said, there = self._said[known]
        else:
            entry = self._entry_of(certificate)
            there = entry is not None
            said = None if entry is None else _entry(entry, indirect=self.indirect)
            if len(self._said) >= limits.ANSWERS_REMEMBERED:
                self._said.clear()
            if not self.indirect:  # there the serial number alone does not say whose entry it is
                self._said[known] = said, there
        return said if there or complete is None else complete.revocation(certificate)

    def _entry_of(self, certificate: Certificate) -> Node | None:
        """The entry with the certificate's serial number, or None.

        The encoded serial number is looked for in the list's octets first: when it does not occur there is no entry,
        and a list of a million entries costs one memory scan. In an indirect list an entry is its issuer's, and that
        of the entries after it, until another is named (RFC 5280 5.3.3).
        """
        if self._entries is None:
            return None
        if self._odd_entries:
            raise DerError("SİL kaydında bilinmeyen kritik uzantı")
        node, sought = self._entries, certificate.serial_der
        if node.data.find(sought, node.body, node.end) < 0:
            return None
        position, issuer = node.body, self.issuer
        while position < node.end:
            entry = der.read(node.data, position, node.end)
            position = entry.end
            if self.indirect:
                issuer = _entry_issuer(entry) or issuer
            if node.data.startswith(sought, entry.body) and (
                not self.indirect or certificates.same_name(issuer, certificate.issuer)
            ):
                return entry
        return None


_ENTRY_EXTENSIONS: Final = frozenset({"2.5.29.21", "2.5.29.23", "2.5.29.24", oids.CERTIFICATE_ISSUER})
"""Reason, hold instruction, invalidity date; and the issuer's name of an indirect list."""


def _entry_issuer(entry: Node) -> bytes:
    """The Name of certificateIssuer, or empty when the entry has none."""
    fields = entry.sequence()
    found = _extensions(fields[2]).get(oids.CERTIFICATE_ISSUER) if len(fields) == 3 else None
    if found is None:
        return b""
    names = [name.only().raw for name in der.parse(found.value).sequence() if name.tag == 0xA4]
    if len(names) != 1:
        raise DerError("dolaylı SİL kaydının makamı okunamadı")
    return names[0]


def _entry(node: Node, *, indirect: bool) -> Revocation | None:
    fields = node.sequence()
    if not 2 <= len(fields) <= 3:
        raise DerError("SİL kaydı bozuk")
    reason = ""
    for name, extension in (_extensions(fields[2]) if len(fields) == 3 else {}).items():
        if name == "2.5.29.21":
            code = der.integer(der.parse(extension.value))
            if code == 8:  # removeFromCRL: a certificate taken off hold
                return None
            reason = REASONS.get(code, str(code))
        elif name == oids.CERTIFICATE_ISSUER and not indirect:
            raise DerError("dolaylı olmayan SİL'de başka makamın kaydı")
    return Revocation(der.time(fields[1]), reason)


def _distribution_point(node: Node, certificate: Certificate) -> str:
    """issuingDistributionPoint, RFC 5280 5.2.5: scope of the list against what the certificate is."""
    is_ca = certificate.basic_constraints[0]
    for part in node.sequence():
        number = part.tag & 0x1F
        flag = number != 0 and number != 3 and part.content not in (b"\0", b"")
        if number == 1 and flag and is_ca:
            return "SİL yalnız son kullanıcı sertifikaları için"
        if number == 2 and flag and not is_ca:
            return "SİL yalnız üst makam sertifikaları için"
        if number == 3:
            return "SİL yalnız bazı iptal nedenlerini kapsıyor"
        if number == 5 and flag:
            return "SİL yalnız öznitelik sertifikaları için"
        if number == 0:
            own = [name.content for name in _full_names(part)]
            points = certificate.urls(oids.CRL_DISTRIBUTION_POINTS)
            if own and points and not any(point.encode() in own for point in points):
                return "SİL başka bir dağıtım noktasının"
    return ""


def _full_names(node: Node) -> list[Node]:
    inner = node.only()
    return [name for name in inner.children() if name.tag == 0x86] if inner.tag == 0xA0 else []


class SingleResponse(NamedTuple):
    """One certificate's answer in an OCSP response."""

    digest_oid: str
    issuer_name_hash: bytes
    issuer_key_hash: bytes
    serial: int
    status: str
    """``good``, ``revoked`` or ``unknown``."""
    revocation: Revocation | None
    this_update: datetime
    next_update: datetime | None

    def names_it(self, certificate: Certificate, issuer: Certificate) -> bool:
        """Is the answer about ``certificate`` of ``issuer``? Serial, issuer name and issuer key must all agree."""
        if self.serial != certificate.serial:
            return False
        name = algorithms.DIGESTS.get(self.digest_oid)
        if name is None or name in algorithms.REFUSED:
            return False
        return issuer.key_digest(name) == self.issuer_key_hash and self.issuer_name_hash in (
            issuer.subject_digest(name),
            algorithms.digest(name, certificate.issuer) if certificate.issuer != issuer.subject else b"",
        )


class Ocsp:
    """One BasicOCSPResponse. ``raw`` is its DER, without the OCSPResponse around it; ``outer`` are its fields. Raises
    :class:`~hub.signing.der.DerError`."""

    def __init__(self, raw: bytes, outer: list[Part]) -> None:
        self.raw = raw
        if not 3 <= len(outer) <= 4:
            raise DerError("ÇİSDuP yanıtı bozuk")
        self.tbs = parts.raw(raw, outer[0])
        self.algorithm: AlgorithmId = algorithm_of(parts.raw(raw, outer[1]))
        self.signature = parts.bit_octets(raw, outer[2])
        bag = inside(raw, parts.only(raw, outer[3], 0xA0), der.SEQUENCE) if len(outer) == 4 else []
        if len(bag) > limits.CERTIFICATES:
            raise DerError("ÇİSDuP yanıtında çok fazla sertifika")
        self.certificates: tuple[bytes, ...] = tuple([parts.raw(raw, one) for one in bag])
        fields = inside(raw, outer[0], der.SEQUENCE)
        if fields and fields[0][0] == 0xA0:
            fields.pop(0)
        if not 3 <= len(fields) <= 4:
            raise DerError("ÇİSDuP yanıtı bozuk")
        self.responder_raw = parts.raw(raw, fields[0])
        responder = parts.only(raw, fields[0])
        self.responder_name = parts.raw(raw, responder) if fields[0][0] == 0xA1 else b""
        self.responder_key = parts.octets(raw, responder) if fields[0][0] == 0xA2 else b""
        if not self.responder_name and not self.responder_key:
            raise DerError("ÇİSDuP yanıtlayıcısı belirtilmemiş")
        self.produced_at: datetime = parts.time(raw, fields[1])
        answers = inside(raw, fields[2], der.SEQUENCE)
        self.responses: tuple[SingleResponse, ...] = tuple([_single(raw, one) for one in answers])
        self.extensions = _extensions(_node(raw, fields[3], 0xA1).only()) if len(fields) == 4 else {}

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the response's DER octets."""
        return hashlib.sha256(self.raw).hexdigest()

    def digest(self, name: str) -> bytes:
        """The digest of the whole response by hashlib's ``name``."""
        return algorithms.digest(name, self.raw)

    @property
    def issued(self) -> tuple[datetime, str]:
        """When it was issued, and what reports call its kind."""
        return self.produced_at, "ocsp"

    def answered_by(self, certificate: Certificate) -> bool:
        """Is ``certificate`` the responder that the response names?"""
        if self.responder_name:
            return certificates.same_name(self.responder_name, certificate.subject)
        return certificate.key_digest("sha1") == self.responder_key

    def signed_by(self, responder: Certificate) -> bool:
        """Does the responder's key verify the signature?"""
        try:
            how = algorithms.method(self.algorithm)
            return algorithms.verify(responder.key, how, self.signature, self.tbs)
        except DerError:
            return False


def _node(data: bytes, part: Part, tag: int = 0) -> Node:
    node = Node(data, *part)
    return node.expect(tag) if tag else node


def _single(data: bytes, part: Part) -> SingleResponse:
    fields = inside(data, part, der.SEQUENCE)
    if not 3 <= len(fields) <= 5:
        raise DerError("ÇİSDuP yanıtı bozuk")
    identity = inside(data, fields[0], der.SEQUENCE)
    if len(identity) != 4:
        raise DerError("ÇİSDuP CertID bozuk")
    status, revocation = "unknown", None
    if fields[1][0] == 0x80:
        status = "good"
    elif fields[1][0] == 0xA1:
        status = "revoked"
        info = _node(data, fields[1]).children()
        if not info:
            raise DerError("ÇİSDuP iptal bilgisi bozuk")
        code = der.integer(info[1].only()) if len(info) > 1 else None
        revocation = Revocation(der.time(info[0]), "" if code is None else REASONS.get(code, str(code)))
    elif fields[1][0] not in (0x82, 0xA2):
        raise DerError("ÇİSDuP durum bilgisi bozuk")
    next_update = None
    for extra in [_node(data, one) for one in fields[3:]]:
        if extra.tag == 0xA0:
            next_update = der.time(extra.only())
        elif extra.tag == 0xA1:
            if any(one.critical for one in _extensions(extra.only()).values()):
                status, revocation = "unknown", None  # an answer under a condition that is not understood
        else:
            raise DerError("ÇİSDuP yanıtı bozuk")
    return SingleResponse(
        digest_oid=algorithm_of(parts.raw(data, identity[0])).oid,
        issuer_name_hash=parts.octets(data, identity[1]),
        issuer_key_hash=parts.octets(data, identity[2]),
        serial=parts.integer(data, identity[3]),
        status=status,
        revocation=revocation,
        this_update=parts.time(data, fields[2]),
        next_update=next_update,
    )


_load_crl = lru_cache(maxsize=128)(Crl)


def load_crl(raw: bytes) -> Crl:
    """The CRL that ``raw`` (DER) is. Raises :class:`~hub.signing.der.DerError`."""
    return _load_crl(raw) if len(raw) <= limits.CRL_REMEMBERED else Crl(raw)


def load_ocsp(raw: bytes) -> Ocsp:
    """The basic response in ``raw``: a BasicOCSPResponse or a successful OCSPResponse around one (both DER).

    Raises :class:`~hub.signing.der.DerError`, also for an OCSPResponse that reports an error.
    """
    outer = inside(raw, parts.whole(raw), der.SEQUENCE)
    if outer and outer[0][0] == der.ENUMERATED:
        if der.integer(_node(raw, outer[0])) != 0 or len(outer) != 2:
            raise DerError("ÇİSDuP sunucusu hata bildirmiş")
        inner = _node(raw, outer[1], 0xA0).only().sequence()
        if len(inner) != 2 or der.oid(inner[0]) != oids.OCSP_BASIC:
            raise DerError("ÇİSDuP yanıtının türü bilinmiyor")
        raw = der.octets(inner[1])
        outer = inside(raw, parts.whole(raw), der.SEQUENCE)
    return Ocsp(raw, outer)
