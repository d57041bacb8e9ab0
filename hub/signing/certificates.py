"""An X.509 certificate, read in place: the fields that validation needs, with their own bytes.

:func:`load` keeps recently read certificates: in practice the same authorities' certificates come with every file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

from hub import limits
from hub.signing import algorithms, der, oids
from hub.signing.algorithms import AlgorithmId, algorithm_id, same_algorithm
from hub.signing.der import DerError, Node

DIGITAL_SIGNATURE: Final = 0
NON_REPUDIATION: Final = 1
KEY_CERT_SIGN: Final = 5
CRL_SIGN: Final = 6

UNDERSTOOD: Final = frozenset(
    {
        oids.SUBJECT_KEY_ID,
        oids.KEY_USAGE,
        oids.SUBJECT_ALT_NAME,
        "2.5.29.18",  # issuer alternative name
        oids.BASIC_CONSTRAINTS,
        oids.NAME_CONSTRAINTS,
        oids.CRL_DISTRIBUTION_POINTS,
        oids.CERTIFICATE_POLICIES,
        oids.POLICY_MAPPINGS,
        oids.POLICY_CONSTRAINTS,
        oids.INHIBIT_ANY_POLICY,
        oids.AUTHORITY_KEY_ID,
        oids.EXTENDED_KEY_USAGE,
        oids.QC_STATEMENTS,
        oids.OCSP_NOCHECK,
    }
)
"""Extensions that may be critical because the path checks process them; any other critical one fails the path."""


class Policy(NamedTuple):
    """One entry of certificatePolicies: the policy and the OIDs of its qualifiers."""

    oid: str
    qualifiers: frozenset[str]


class Extension(NamedTuple):
    """An extension's criticality and the octets of its value."""

    critical: bool
    value: bytes


class Certificate:
    """One certificate. Raises :class:`~hub.signing.der.DerError` when the bytes are not one."""

    def __init__(self, raw: bytes) -> None:
        if len(raw) > limits.CERTIFICATE:
            raise DerError(f"sertifika çok büyük: {len(raw)} bayt")
        self.raw = raw
        self._hash = hash(raw)
        self.abouts: dict[str, object] = {}
        """What reports call this certificate, by its part; kept here because the same authorities recur."""
        self._digests: dict[str, bytes] = {}
        outer = der.parse(raw).sequence()
        if len(outer) != 3:
            raise DerError("sertifika bozuk")
        self.tbs = outer[0].raw
        self.algorithm: AlgorithmId = algorithm_id(outer[1])
        self.signature = der.bit_octets(outer[2])
        fields = outer[0].sequence()
        version = 0
        if fields and fields[0].tag == 0xA0:
            version = der.integer(fields.pop(0).only())
        if len(fields) < 6 or version not in (0, 1, 2):
            raise DerError("sertifika bozuk")
        serial, inner, issuer, validity, subject, spki = fields[:6]
        if serial.expect(der.INTEGER).end - serial.body > limits.SERIAL_OCTETS:
            raise DerError("sertifika seri numarası çok uzun")
        self.serial = der.integer(serial)
        if not same_algorithm(algorithm_id(inner), self.algorithm):
            raise DerError("sertifikanın iki imza algoritması alanı farklı")
        self.issuer = issuer.expect(der.SEQUENCE).raw
        self.subject = subject.expect(der.SEQUENCE).raw
        dates = validity.sequence()
        if len(dates) != 2:
            raise DerError("sertifika geçerlilik süresi bozuk")
        self.not_before: datetime = der.time(dates[0])
        self.not_after: datetime = der.time(dates[1])
        self.spki = spki.expect(der.SEQUENCE).raw
        keys = spki.children()
        if len(keys) != 2:
            raise DerError("sertifikanın açık anahtarı bozuk")
        self.key_octets = der.bit_octets(keys[1])
        """The subjectPublicKey's octets: what key identifiers and OCSP's CertID digest."""
        self.extensions: dict[str, Extension] = {}
        for field in fields[6:]:
            if field.tag == 0xA3 and version == 2:
                self._read_extensions(field.only())
            elif field.tag not in (0x81, 0x82, 0xA1, 0xA2):  # unique identifiers: obsolete, ignored
                raise DerError("sertifika bozuk")
        self._decode()

    def _decode(self) -> None:
        """Decode every extension that validation reads, so that a malformed one is found here and not later."""
        _ = self.key_usage, self.extended_usage, self.basic_constraints, self.subject_key_id, self.authority_key_id
        _ = self.policies, self.qc_statements, self.policy_constraints, self.policy_mappings, self.inhibit_any_policy

    def _read_extensions(self, node: Node) -> None:
        for item in node.sequence():
            parts = item.sequence()
            if not 2 <= len(parts) <= 3:
                raise DerError("sertifika uzantısı bozuk")
            name = der.oid(parts[0])
            if name in self.extensions:
                raise DerError(f"sertifika uzantısı yinelenmiş: {name}")
            critical = len(parts) == 3 and der.boolean(parts[1])
            self.extensions[name] = Extension(critical, der.octets(parts[-1]))

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Certificate) and self.raw == other.raw)

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        return f"<Certificate {self.name} {self.serial:x}>"

    def digest(self, name: str) -> bytes:
        """The digest of the whole certificate by hashlib's ``name``."""
        found = self._digests.get(name)
        if found is None:
            found = self._digests[name] = algorithms.digest(name, self.raw)
        return found

    def key_digest(self, name: str) -> bytes:
        """The digest of the subjectPublicKey's octets: key identifiers, OCSP's CertID and ResponderID."""
        found = self._digests.get("key " + name)
        if found is None:
            found = self._digests["key " + name] = algorithms.digest(name, self.key_octets)
        return found

    def subject_digest(self, name: str) -> bytes:
        """The digest of the subject's DER, as in OCSP's CertID."""
        found = self._digests.get("subject " + name)
        if found is None:
            found = self._digests["subject " + name] = algorithms.digest(name, self.subject)
        return found

    def _extension(self, oid: str) -> Node | None:
        found = self.extensions.get(oid)
        return None if found is None else der.parse(found.value)

    @cached_property
    def key(self) -> PublicKeyTypes:
        """The public key; :class:`~hub.signing.algorithms.AlgorithmError` when it cannot be used."""
        return algorithms.load_key(self.spki)

    @cached_property
    def serial_der(self) -> bytes:
        """The serial number as DER, as lists of revoked certificates have it."""
        size = max(1, (self.serial.bit_length() + 8) // 8)
        return der.wrap(der.INTEGER, self.serial.to_bytes(size, "big", signed=True))

    @cached_property
    def sha256(self) -> str:
        """The fingerprint: SHA-256 of the whole certificate in hexadecimal."""
        return hashlib.sha256(self.raw).hexdigest()

    @cached_property
    def attributes(self) -> tuple[tuple[str, str], ...]:
        """The subject's attributes: (OID, text), in order."""
        return name_attributes(self.subject)

    @cached_property
    def name(self) -> str:
        """A short name for people: common name, else organisation, else the serial number of the certificate."""
        return short_name(self.subject) or f"seri {self.serial:x}"

    @cached_property
    def key_usage(self) -> frozenset[int] | None:
        """The key usage bits, or None when the extension is absent."""
        node = self._extension(oids.KEY_USAGE)
        return None if node is None else der.bit_flags(node)

    @cached_property
    def extended_usage(self) -> frozenset[str] | None:
        """The extended key usages, or None when the extension is absent."""
        node = self._extension(oids.EXTENDED_KEY_USAGE)
        return None if node is None else frozenset(der.oid(item) for item in node.sequence())

    @cached_property
    def basic_constraints(self) -> tuple[bool, int | None]:
        """(is a CA, path length or None). Absent means not a CA."""
        node = self._extension(oids.BASIC_CONSTRAINTS)
        if node is None:
            return False, None
        parts = node.sequence()
        ca = bool(parts) and parts[0].tag == 1 and der.boolean(parts.pop(0))
        return ca, der.integer(parts[0]) if parts else None

    @cached_property
    def subject_key_id(self) -> bytes:
        """Its subject key identifier (RFC 5280 4.2.1.2); empty where it has none."""
        node = self._extension(oids.SUBJECT_KEY_ID)
        return b"" if node is None else der.octets(node)

    @cached_property
    def authority_key_id(self) -> bytes:
        """The key identifier of its issuer (RFC 5280 4.2.1.1); empty where it names none."""
        node = self._extension(oids.AUTHORITY_KEY_ID)
        if node is None:
            return b""
        return next((part.content for part in node.sequence() if part.tag == 0x80), b"")

    @cached_property
    def policies(self) -> tuple[Policy, ...]:
        """The certificate policies with the OIDs of their qualifiers."""
        node = self._extension(oids.CERTIFICATE_POLICIES)
        return () if node is None else tuple(_policy(item) for item in node.sequence())

    @cached_property
    def qc_statements(self) -> frozenset[str]:
        """The OIDs of the qualified-certificate statements (RFC 3739 3.2.6)."""
        node = self._extension(oids.QC_STATEMENTS)
        return frozenset() if node is None else frozenset(der.oid(item.first()) for item in node.sequence())

    @cached_property
    def policy_constraints(self) -> tuple[int | None, int | None]:
        """(requireExplicitPolicy, inhibitPolicyMapping)."""
        node = self._extension(oids.POLICY_CONSTRAINTS)
        found: dict[int, int] = {}
        for part in node.sequence() if node is not None else []:
            found[part.tag] = _skip(part.content)
        return found.get(0x80), found.get(0x81)

    @cached_property
    def policy_mappings(self) -> tuple[tuple[str, str], ...]:
        """(policy of the issuer's domain, policy of the subject's domain) pairs. Raises
        :class:`~hub.signing.der.DerError`."""
        node = self._extension(oids.POLICY_MAPPINGS)
        found = []
        for pair in node.sequence() if node is not None else []:
            both = pair.sequence()
            if len(both) != 2:
                raise DerError("ilke eşlemesi bozuk")
            found.append((der.oid(both[0]), der.oid(both[1])))
        return tuple(found)

    @cached_property
    def inhibit_any_policy(self) -> int | None:
        """After how many certificates anyPolicy counts no more, or None."""
        node = self._extension(oids.INHIBIT_ANY_POLICY)
        return None if node is None else _skip(node.expect(der.INTEGER).content)

    @cached_property
    def nocheck(self) -> bool:
        """Has the responder certificate id-pkix-ocsp-nocheck (RFC 6960 4.2.2.2.1)?"""
        return oids.OCSP_NOCHECK in self.extensions

    @cached_property
    def self_issued(self) -> bool:
        """Whether issuer and subject are one name (RFC 5280 3.2); says nothing of the signature."""
        return self.issuer == self.subject

    @cached_property
    def self_signed(self) -> bool:
        """Does the certificate's own key verify its signature?"""
        return self.self_issued and signed_by(self, self)

    @cached_property
    def forged_root(self) -> bool:
        """Does it present itself as a root, though its own key does not verify it? (A root's key rollover
        certificate, self-issued but signed by the former key, names that key and does not.)"""
        claims = self.self_issued and self.authority_key_id in (b"", self.subject_key_id)
        return claims and not self.self_signed

    def urls(self, extension: str, method: str = "") -> tuple[str, ...]:
        """HTTP addresses of an authority information access ``method``, or of the CRL distribution points.

        An extension that cannot be read has none: it serves only to find evidence, never to judge.
        """
        try:
            return self._urls(extension, method)
        except DerError:
            return ()

    def _urls(self, extension: str, method: str) -> tuple[str, ...]:
        node = self._extension(extension)
        if node is None:
            return ()
        found: list[str] = []
        for item in node.sequence():
            parts = item.sequence()
            if extension == oids.AUTHORITY_INFO_ACCESS:
                if len(parts) == 2 and der.oid(parts[0]) == method and parts[1].tag == 0x86:
                    found.append(parts[1].content.decode("ascii", "replace"))
            elif parts and parts[0].tag == 0xA0 and (name := parts[0].only()).tag == 0xA0:
                found += [one.content.decode("ascii", "replace") for one in name.children() if one.tag == 0x86]
        return tuple(url for url in found if url.lower().startswith(("http://", "https://")))

    def names_it(self, issuer: bytes, serial: int) -> bool:
        """Is this the certificate that an issuerAndSerialNumber names?"""
        return self.serial == serial and same_name(self.issuer, issuer)


def _skip(content: bytes) -> int:
    """SkipCerts: a count of certificates."""
    if not content or len(content) > limits.INTEGER_OCTETS or content[0] & 0x80:
        raise DerError("ilke kısıtındaki sayı bozuk")
    return int.from_bytes(content, "big")


def _policy(node: Node) -> Policy:
    parts = node.sequence()
    qualifiers = parts[1].sequence() if len(parts) == 2 else []
    return Policy(der.oid(node.first()), frozenset(der.oid(item.first()) for item in qualifiers))


_load = lru_cache(maxsize=512)(Certificate)


def load(raw: bytes) -> Certificate:
    """The certificate that ``raw`` (DER) is. Raises :class:`~hub.signing.der.DerError`."""
    return _load(raw)


def signed_by(certificate: Certificate, issuer: Certificate) -> bool:
    """Does ``issuer``'s key verify the certificate's signature? With an unknown algorithm or key it does not."""
    return verified(certificate.tbs, certificate.algorithm, certificate.signature, issuer.spki)


def vouched(one: Certificate, others: Iterable[Certificate]) -> bool:
    """Did another key of the same authority sign ``one``? A key rollover certificate may lack the authority key
    identifier that says so, and then it looks like a forged root."""
    return any(other != one and other.subject == one.subject and signed_by(one, other) for other in others)


@lru_cache(maxsize=512)
def verified(data: bytes, algorithm: AlgorithmId, signature: bytes, spki: bytes) -> bool:
    """Does the key ``spki`` verify ``signature`` over ``data``? Remembered, for data that recurs from file to file
    (certificates of authorities, their CRLs)."""
    try:
        return algorithms.verify(algorithms.load_key(spki), algorithms.method(algorithm), signature, data)
    except DerError:
        return False


# Names -------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def name_attributes(name: bytes) -> tuple[tuple[str, str], ...]:
    """A Name's attributes as (OID, text), in order. Raises :class:`~hub.signing.der.DerError`."""
    if len(name) > limits.NAME:
        raise DerError("ad (Name) çok uzun")
    found: list[tuple[str, str]] = []
    for group in der.parse(name).sequence():
        for item in group.expect(der.SET).children():
            parts = item.sequence()
            if len(parts) != 2:
                raise DerError("ad (Name) bozuk")
            found.append((der.oid(parts[0]), _text(parts[1])))
    return tuple(found)


def _text(node: Node) -> str:
    encoding = {0x1E: "utf-16-be", 0x1C: "utf-32-be", 0x14: "latin-1"}.get(node.tag, "utf-8")
    return node.content.decode(encoding, "replace")


@lru_cache(maxsize=1024)
def folded(name: bytes) -> tuple[tuple[str, str], ...]:
    """A Name with case and runs of blanks folded, for comparison and as a key."""
    return tuple((oid, " ".join(text.split()).casefold()) for oid, text in name_attributes(name))


def same_name(one: bytes, other: bytes) -> bool:
    """Do two Names (DER) name the same entity, case and blanks folded (RFC 5280 7.1)?"""
    return one == other or _same_name(one, other)


@lru_cache(maxsize=2048)
def _same_name(one: bytes, other: bytes) -> bool:
    try:
        return folded(one) == folded(other)
    except DerError:
        return False


def short_name(name: bytes) -> str:
    """Common name, else organisation, of a Name (DER); empty when it has neither."""
    try:
        found = dict(reversed(name_attributes(name)))
    except DerError:
        return ""
    return found.get(oids.COMMON_NAME) or found.get(oids.ORGANIZATION) or ""
