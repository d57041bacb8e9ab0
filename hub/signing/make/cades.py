"""CAdES signatures made, extended, joined and renewed.

Each function takes and gives whole files as bytes and never changes what is already protected: an existing SignerInfo,
its attributes and the bags under an archive timestamp are copied, not encoded again. Every step checks what it builds
on, so a signature that would not verify, or evidence that says no, ends in an error and not in a file.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, Final, Literal

from hub import clock
from hub.signing import algorithms, certificates, cms, der, oids
from hub.signing import attributes as reading
from hub.signing.certificates import NON_REPUDIATION, Certificate
from hub.signing.make import archive, asn1, attributes, envelope, identifiers, judge
from hub.signing.make.attributes import P4, Policy
from hub.signing.make.envelope import Envelope, Signer
from hub.signing.make.errors import ContentMissingError, LevelRefusedError, SignatureBrokenError
from hub.signing.make.evidence import OCSP_FIRST, OCSP_ONLY, Collector
from hub.signing.make.timestamps import Token, Tsa
from hub.signing.make.transport import HttpTransport, Transport

if TYPE_CHECKING:
    from hub.signing.keys import SigningKey


class Level(IntEnum):
    """How far a signature is carried; each holds all before it."""

    BES = 1
    """Signed, with nothing to prove when."""
    T = 2
    """With a timestamp over the signature value."""
    XLONG = 3
    """With references and values of every certificate and status it rests on."""
    ARCHIVE = 4
    """With an archive timestamp over all of it."""


EARLIEST: Final = timedelta(seconds=-300)
LATEST: Final = timedelta(seconds=7200)
"""How far a signature timestamp may be from the claimed signing time under P4."""

_TICK: Final = 1.1
"""Seconds after which an authority whose clock shows whole seconds gives another time."""

_ARCHIVES: Final = (oids.ARCHIVE_TIMESTAMP_V1, oids.ARCHIVE_TIMESTAMP_V2, oids.ARCHIVE_TIMESTAMP_V3)
_BAG_ARCHIVES: Final = (oids.ARCHIVE_TIMESTAMP_V1, oids.ARCHIVE_TIMESTAMP_V2)
"""Archive timestamps that cover the certificate and revocation bags as a whole."""
_LONG_TERM: Final = (oids.CERTIFICATE_REFS, oids.REVOCATION_REFS, oids.CERTIFICATE_VALUES, oids.REVOCATION_VALUES)
_REFERENCE_TIMESTAMPS: Final = (oids.ESC_TIMESTAMP, oids.CERT_CRL_TIMESTAMP)


@dataclass(frozen=True, slots=True)
class Services:
    """Where timestamps and evidence come from."""

    tsa: Tsa | None = None
    """Needed from level T on."""
    transport: Transport = field(default_factory=HttpTransport)
    """For OCSP, CRLs and issuers' certificates."""
    certificates: tuple[bytes, ...] = ()
    """DER of issuers (roots and authorities) that neither the key nor the file brings."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a new signature is made."""

    level: Level = Level.XLONG
    policy: Policy | None = P4
    detached: bool = False
    digest: str | None = None
    """sha256, sha384 or sha512; None chooses what fits the key."""
    signing_time: datetime | None = None
    """Claimed time, aware; None means now."""
    mime_type: str | None = None
    """Written as the mime-type attribute when given."""
    archive: Literal["v2", "v3"] = "v2"
    """Which archive timestamp; the national profile uses version 2."""
    strict: bool = True
    """Refuse a certificate that the profile would not accept. Off only to make files that test a validator."""


DEFAULTS: Final = Options()


def sign(content: bytes, key: SigningKey, services: Services | None = None, options: Options = DEFAULTS) -> bytes:
    """A CAdES signature over ``content``: the DER of a CMS ContentInfo.

    Raises a :class:`~hub.signing.make.errors.SigningError`; nothing is half-made.
    """
    shell = Envelope(1, [], envelope.encapsulate(None if options.detached else content))
    _join(shell, _new_signer(content, key, options), key)
    _raise_level(shell, shell.signers[0], content, services or Services(), options, key.chain)
    return shell.dump()


def add_signer(
    signature: bytes,
    key: SigningKey,
    services: Services | None = None,
    options: Options = DEFAULTS,
    content: bytes | None = None,
) -> bytes:
    """``signature`` with one more parallel signer over the same content.

    ``content`` is needed when the file is detached. Refused (:class:`LevelRefusedError`) when a signer has an archive
    timestamp that covers the certificate bag, unless the new signer's certificates are in it already.
    """
    shell = envelope.parse(signature)
    signed = _content_of(shell, content)
    for other in shell.signers:
        _verify(shell, other, signed)
    new = _new_signer(signed, key, options, shell.content_type)
    _join(shell, new, key)
    _raise_level(shell, new, signed, services or Services(), options, key.chain)
    return shell.dump()


def countersign(
    signature: bytes,
    key: SigningKey,
    services: Services | None = None,
    options: Options = DEFAULTS,
    parent: int = 0,
    content: bytes | None = None,
) -> bytes:
    """``signature`` with a serial signature over the signature value of signer number ``parent``.

    The countersignature has its own timestamp and evidence, up to X-Long; an archive timestamp of the parent covers it
    later. Raises :class:`~hub.signing.make.errors.LevelRefusedError` for a parent that is archived or not there.
    """
    shell = envelope.parse(signature)
    if not 0 <= parent < len(shell.signers):
        raise LevelRefusedError(f"{parent + 1}. imzacı yok; dosyada {len(shell.signers)} imzacı var.")
    target = shell.signers[parent]
    _verify(shell, target, _content_of(shell, content))
    if _has(target, _ARCHIVES):
        raise LevelRefusedError("İmza arşiv zaman damgası taşıyor; seri imza eklemek damgayı bozar.")
    options = replace(options, level=min(options.level, Level.XLONG))
    new = _new_signer(target.signature, key, options, None)
    _add_certificates(shell, _bag_of(key))
    _raise_level(shell, new, target.signature, services or Services(), options, key.chain)
    target.unsigned.append(asn1.attribute(oids.COUNTER_SIGNATURE, new.dump()))
    return shell.dump()


def extend(
    signature: bytes,
    level: Level,
    services: Services,
    content: bytes | None = None,
    archive_version: Literal["v2", "v3"] = "v2",
) -> bytes:
    """``signature`` with every signer, countersigners included, carried to ``level``.

    A signer that is there already stays as it is, except at :attr:`Level.ARCHIVE`, where one more archive timestamp is
    added: this renews it, after the evidence of the one before is completed. ``content`` is needed when the file is
    detached.

    Raises :class:`~hub.signing.make.errors.LevelRefusedError`, ``SignatureBrokenError``, and what the services raise.
    """
    shell = envelope.parse(signature)
    signed = _content_of(shell, content)
    if not shell.signers:
        raise SignatureBrokenError("Dosyada imzacı yok.")
    archived = any(_has(signer, _ARCHIVES) for signer in shell.signers)
    if shell.rewritten and archived:
        raise LevelRefusedError("Arşiv zaman damgalı dosya DER değil; yeniden yazmak damgayı bozar.")
    for signer in shell.signers:
        _verify(shell, signer, signed)
        policy = P4 if _policy_oid(signer) == P4.oid else None
        options = Options(level=min(level, Level.XLONG), policy=policy, archive=archive_version)
        if not _has(signer, _ARCHIVES):
            _extend_countersigners(shell, signer, services, options)
        _raise_level(shell, signer, signed, services, options, ())
    if level >= Level.ARCHIVE:
        judge.check_sound(shell.dump(), signed, services.certificates)
        for signer in shell.signers:
            _raise_level(shell, signer, signed, services, Options(level=level, archive=archive_version), ())
    return shell.dump()


# Steps -------------------------------------------------------------------------------------------------------------


def _new_signer(content: bytes, key: SigningKey, options: Options, content_type: str | None = oids.DATA) -> Signer:
    certificate = certificates.load(key.certificate)
    digest = options.digest or key.default_digest
    if digest not in identifiers.DIGESTS:
        raise LevelRefusedError(f"Yeni imza için özet algoritması kabul edilmiyor: {digest}")
    at = options.signing_time or clock.now()
    if options.strict:
        if not certificate.not_before <= at <= certificate.not_after:
            raise LevelRefusedError(f"“{certificate.name}” sertifikası imza zamanında geçerli değil.")
        if options.policy == P4:
            _check_qualified(certificate)
    signed = attributes.signed(
        certificate,
        algorithms.digest(digest, content),
        digest,
        at,
        options.policy,
        content_type,
        options.mime_type if content_type is not None else None,
    )
    value = key.sign(der.wrap(der.SET, signed), digest)
    fields = (
        asn1.integer(1),
        asn1.sequence(certificate.issuer, asn1.integer(certificate.serial)),
        identifiers.digest_identifier(digest),
        asn1.context(0, signed),
        identifiers.signature_identifier(key.scheme, digest),
        asn1.octet_string(value),
    )
    return envelope.parse_signer(der.parse(asn1.sequence(*fields)))


def _check_qualified(certificate: Certificate) -> None:
    """What P4 demands of a signer's certificate."""
    lacks: list[str] = []
    if NON_REPUDIATION not in (certificate.key_usage or ()):
        lacks.append("inkâr edilemezlik (nonRepudiation) kullanımı")
    if not any(oids.USER_NOTICE in policy.qualifiers for policy in certificate.policies):
        lacks.append("kullanıcı notu olan sertifika ilkesi")
    statements = certificate.qc_statements
    if oids.QC_COMPLIANCE not in statements or not statements & oids.QC_TURKEY:
        lacks.append("nitelikli sertifika beyanları (QCStatements)")
    if lacks:
        raise LevelRefusedError(f"“{certificate.name}” sertifikası P4 imzaya uygun değil; eksik: {', '.join(lacks)}.")


def _bag_of(key: SigningKey) -> list[bytes]:
    """The signer's certificate and the authorities that came with it, roots left out."""
    return [key.certificate, *(item for item in key.chain if not certificates.load(item).self_signed)]


def _join(shell: Envelope, signer: Signer, key: SigningKey) -> None:
    _add_certificates(shell, _bag_of(key))
    algorithm = signer.info.head[2]
    if algorithm not in shell.digest_algorithms:
        shell.digest_algorithms.append(algorithm)
    shell.signers.append(signer)


def _add_certificates(shell: Envelope, certificates: list[bytes]) -> None:
    """Append what is missing, unless an archive timestamp covers the bag."""
    if any(_has(signer, _BAG_ARCHIVES) for signer in shell.signers):
        certificates = certificates[:1]
        if certificates[0] not in shell.certificates or shell.rewritten:
            raise LevelRefusedError("Dosyadaki arşiv zaman damgası sertifika eklenmesine izin vermiyor.")
    shell.add_certificates(certificates)


def _raise_level(
    shell: Envelope,
    signer: Signer,
    content: bytes,
    services: Services,
    options: Options,
    known: tuple[bytes, ...],
) -> None:
    """Carry one signer to ``options.level``."""
    if options.level >= Level.T and services.tsa is None:
        raise LevelRefusedError("Bu düzey için zaman damgası makamının adresi gerekir.")
    info = cms.signer_info(der.parse(signer.dump()))
    brought = judge.certificates_of(info)
    collector = Collector(
        services.transport,
        (*shell.certificates, *brought, *known, *services.certificates),
        (*shell.crls, *judge.crls_of(info)),
    )
    if not _has(signer, _ARCHIVES):
        if options.level >= Level.T:
            _timestamp(signer, services, options)
        if options.level >= Level.XLONG:
            _long_term(shell, signer, collector, options)
    if options.level >= Level.ARCHIVE:
        _archive(shell, signer, content, services, collector, options)


def _timestamp(signer: Signer, services: Services, options: Options) -> None:
    if signer.unsigned_values(oids.SIGNATURE_TIMESTAMP):
        return
    assert services.tsa is not None
    token = services.tsa.timestamp(signer.signature)
    if options.policy == P4 and options.strict:
        claimed = signer.signed_attribute(oids.SIGNING_TIME)
        if claimed is None or not EARLIEST <= token.time - der.time(der.parse(claimed)) <= LATEST:
            raise LevelRefusedError("P4: zaman damgası, imzada beyan edilen zamandan çok uzak.")
    signer.unsigned.append(asn1.attribute(oids.SIGNATURE_TIMESTAMP, token.dump()))


def _long_term(shell: Envelope, signer: Signer, collector: Collector, options: Options) -> None:
    if all(signer.unsigned_values(oid) for oid in _LONG_TERM):
        return
    if _has(signer, _REFERENCE_TIMESTAMPS):
        raise LevelRefusedError("Referanslar damgalanmış ama değerler eksik; aynı değerler artık toplanamaz.")
    times: list[datetime] = []

    def completed(raw: bytes) -> bytes:
        token = Token.parse(raw)
        token.check(signer.signature)
        token.complete(collector)
        times.append(token.time)
        return token.dump()

    signer.replace_unsigned(oids.SIGNATURE_TIMESTAMP, completed)
    ways = OCSP_ONLY if options.policy == P4 else OCSP_FIRST
    proofs = collector.prove(_certificate_of(shell, signer), min(times), ways)
    # Incomplete references are replaced: nothing protects them yet, and an OCSP answer cannot be had a second time.
    signer.unsigned = [raw for raw in signer.unsigned if der.oid(der.parse(raw).sequence()[0]) not in _LONG_TERM]
    signer.unsigned += attributes.long_term(proofs)


def _archive(
    shell: Envelope, signer: Signer, content: bytes, services: Services, collector: Collector, options: Options
) -> None:
    if options.archive == "v2" and signer.unsigned_values(oids.ARCHIVE_TIMESTAMP_V3):
        raise LevelRefusedError("Üçüncü sürüm arşiv zaman damgasından sonra ikinci sürümü eklenmez.")
    _complete_newest(signer, collector)
    assert services.tsa is not None
    tsa = services.tsa
    token = archive.timestamp(shell, signer, content, tsa, options.archive)
    archived = _latest(signer, _ARCHIVES)
    if archived is not None and token.time == archived:
        # Validators order archive timestamps by time; two of one instant could not be told apart.
        time.sleep(_TICK)
        token = archive.timestamp(shell, signer, content, tsa, options.archive)
    stamped = _latest(signer, (oids.SIGNATURE_TIMESTAMP,))
    if (archived is not None and token.time <= archived) or (stamped is not None and token.time < stamped):
        raise LevelRefusedError("Arşiv zaman damgası öncekinden eski; makamın saati geri kalmış.")
    token.complete(collector)
    name = oids.ARCHIVE_TIMESTAMP_V3 if options.archive == "v3" else oids.ARCHIVE_TIMESTAMP_V2
    signer.unsigned.append(asn1.attribute(name, token.dump()))


def _complete_newest(signer: Signer, collector: Collector) -> None:
    """Give the newest archive timestamp what it lacks, before another one covers it."""
    tokens = [(Token.parse(raw), raw, oid) for oid in _ARCHIVES for raw in signer.unsigned_values(oid)]
    if tokens:
        newest, before, oid = max(tokens, key=lambda found: found[0].time)
        newest.complete(collector)
        signer.replace_unsigned(oid, lambda raw: newest.dump() if raw == before else raw)


def _latest(signer: Signer, names: tuple[str, ...]) -> datetime | None:
    """The newest time that timestamps of these kinds prove."""
    return max((Token.parse(raw).time for oid in names for raw in signer.unsigned_values(oid)), default=None)


def _extend_countersigners(shell: Envelope, parent: Signer, services: Services, options: Options) -> None:
    def carried(raw: bytes) -> bytes:
        inner = envelope.parse_signer(der.parse(raw))
        _verify(shell, inner, parent.signature)
        _extend_countersigners(shell, inner, services, options)
        policy = P4 if _policy_oid(inner) == P4.oid else None
        chosen = replace(options, level=min(options.level, Level.XLONG), policy=policy)
        _raise_level(shell, inner, parent.signature, services, chosen, ())
        return inner.dump()

    parent.replace_unsigned(oids.COUNTER_SIGNATURE, carried)


# Looking at what is there ------------------------------------------------------------------------------------------


def _content_of(shell: Envelope, given: bytes | None) -> bytes:
    inside = shell.content
    if inside is None:
        if given is None:
            raise ContentMissingError("İmza içeriği taşımıyor; imzalanan dosya da verilmeli.")
        return given
    if given is not None and given != inside:
        raise ContentMissingError("Verilen içerik, imzanın taşıdığı içerikten farklı.")
    return inside


def _verify(shell: Envelope, signer: Signer, content: bytes) -> None:
    """Message digest, signature value and reference to the certificate; raises :class:`SignatureBrokenError`."""
    info = signer.info
    stated = signer.signed_attribute(oids.MESSAGE_DIGEST)
    if stated is None:
        raise SignatureBrokenError("İmza, CAdES'in istediği imzalı öznitelikleri taşımıyor.")
    name = algorithms.digest_name(info.digest_oid)
    if der.octets(der.parse(stated)) != algorithms.digest(name, content):
        raise SignatureBrokenError("İmza bu içerik üzerinde değil: özet tutmuyor.")
    certificate = _certificate_of(shell, signer)
    how = algorithms.method(info.signature_algorithm, info.digest_oid)
    if not any(
        algorithms.verify(certificate.key, how, info.signature, protected)
        for protected in (info.signed_bytes(), info.signed_sorted())
    ):
        raise SignatureBrokenError("İmza değeri doğrulanmıyor.")
    for oid, v2 in ((oids.SIGNING_CERTIFICATE_V2, True), (oids.SIGNING_CERTIFICATE, False)):
        named = signer.signed_attribute(oid)
        if named is not None:
            first = reading.signing_certificate(named, v2=v2)[:1]
            if not first or not first[0].digest.matches(certificate.raw):
                raise SignatureBrokenError("İmza başka bir sertifikayı gösteriyor.")


def _certificate_of(shell: Envelope, signer: Signer) -> Certificate:
    info = signer.info
    for raw in shell.certificates:
        if raw[0] != der.SEQUENCE:
            continue
        certificate = certificates.load(raw)
        if info.issuer and certificate.names_it(info.issuer, info.serial):
            return certificate
        if info.key_id and certificate.subject_key_id == info.key_id:
            return certificate
    raise SignatureBrokenError("Dosya, imzacının sertifikasını taşımıyor.")


def _policy_oid(signer: Signer) -> str | None:
    value = signer.signed_attribute(oids.SIGNATURE_POLICY)
    return reading.signature_policy(value).oid if value is not None else None


def _has(signer: Signer, names: tuple[str, ...]) -> bool:
    return any(signer.unsigned_values(oid) for oid in names)
