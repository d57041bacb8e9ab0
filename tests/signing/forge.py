"""Signature files with chosen faults: a complete P4 file is built stage by stage, and a test may change any stage.

Independent of the product's own makers: certificates, CRLs and OCSP responses come from ``cryptography``, CMS and
timestamps are written here element by element. :class:`Forge` takes hooks by stage name; a hook gets the stage's value
and returns the one to use.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from hub.signing import TrustStore, oids
from hub.signing.der import wrap

from .forge_parts import (
    ANSWERED,
    CA_USAGE,
    CONTENT,
    HASHES,
    P4_DIGEST,
    POLICY,
    QC,
    SIGNER_USAGE,
    T0,
    USAGES,
    Hook,
    Key,
    Spec,
    attribute,
    cert_ref,
    crl_ref,
    digest_algorithm,
    encap_info,
    generalized,
    hash_index,
    inside,
    integer,
    key,
    minutes,
    ocsp_ref,
    octets,
    oid,
    plan,
    policy,
    seq,
    sign,
    signature_of,
    signed_data,
    subject_key_bits,
    utc,
    with_unsigned,
    x509_name,
)

__all__ = [
    "CA_USAGE", "CONTENT", "P4_DIGEST", "POLICY", "QC", "SIGNER_USAGE", "T0", "Forge", "Spec",
    "attribute", "integer", "minutes", "octets", "oid", "policy", "seq", "sign", "signature_of",
    "utc", "wrap", "x509_name",
]  # fmt: skip


_ISSUED: dict[tuple[str, ...], x509.Certificate] = {}
"""Certificates by what they were made from: two forges share those that neither changed."""


@dataclass
class Forge:
    """Builds the file. ``hooks`` change stages by name; ``certs`` change certificate specs by name."""

    hooks: dict[str, Hook] = field(default_factory=dict)
    certs: dict[str, dict[str, Any]] = field(default_factory=dict)
    more: tuple[Spec, ...] = ()
    """Further certificates."""
    issued: dict[str, x509.Certificate] = field(default_factory=dict)

    def stage(self, name: str, value: Any) -> Any:
        hook = self.hooks.get(name)
        return value if hook is None else hook(value)

    # certificates

    def spec(self, name: str) -> Spec:
        specs = plan() | {one.name: one for one in self.more}
        one = specs[name]
        for attribute_name, value in self.certs.get(name, {}).items():
            setattr(one, attribute_name, value)
        return one

    def key(self, name: str) -> Key:
        return key(name, self.spec(name).kind)

    def cert(self, name: str) -> x509.Certificate:
        if name not in self.issued:
            one = self.spec(name)
            above = self.spec(one.issuer)
            key_ = (repr(one), above.name, above.kind, above.subject, above.unit)
            if key_ not in _ISSUED:
                _ISSUED[key_] = self._issue(one)
            self.issued[name] = _ISSUED[key_]
        return self.issued[name]

    def der(self, name: str) -> bytes:
        out = self.cert(name).public_bytes(serialization.Encoding.DER)
        one = self.spec(name)
        return out[:-1] + bytes([out[-1] ^ 1]) if one.forged else out

    def serial(self, name: str) -> int:
        return self.spec(name).serial or int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") >> 1

    def _issue(self, one: Spec) -> x509.Certificate:
        issuer = self.spec(one.issuer)
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509_name(one.subject or one.name, one.unit))
            .issuer_name(x509_name(issuer.subject or issuer.name, issuer.unit))
            .public_key(self.key(one.name).public_key())
            .serial_number(self.serial(one.name))
            .not_valid_before(one.not_before)
            .not_valid_after(one.not_after)
            .add_extension(x509.BasicConstraints(one.ca, one.path_length), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.key(one.name).public_key()), critical=False)
        )
        if one.usage:
            flags = {usage: usage in one.usage for usage in USAGES}
            builder = builder.add_extension(x509.KeyUsage(**flags), critical=True)
        if one.purposes:
            builder = builder.add_extension(x509.ExtendedKeyUsage(one.purposes), critical=one.purposes_critical)
        if one.policies:
            builder = builder.add_extension(x509.CertificatePolicies(one.policies), critical=False)
        if one.statements:
            value = seq(*(seq(oid(statement)) for statement in one.statements))
            unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier(oids.QC_STATEMENTS), value)
            builder = builder.add_extension(unknown, critical=False)
        if one.nocheck:
            builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
        if one.urls:
            points = [x509.DistributionPoint([x509.UniformResourceIdentifier(u)], None, None, None) for u in one.urls]
            builder = builder.add_extension(x509.CRLDistributionPoints(points), critical=False)
        for extension, critical in one.extra:
            builder = builder.add_extension(extension, critical=critical)
        return builder.sign(self.key(one.issuer), HASHES[one.digest])  # type: ignore[arg-type]

    def trust(self, *names: str) -> TrustStore:
        return TrustStore.of([self.der(name) for name in names or ("root", "tsroot")])

    def crl(
        self,
        issuer: str,
        *,
        revoked: dict[str, datetime] | None = None,
        this: datetime = T0 - timedelta(days=1),
        until: datetime = T0 + timedelta(days=30),
        by: str = "",
        forged: bool = False,
        extra: Iterable[tuple[x509.ExtensionType, bool]] = (),
    ) -> bytes:
        """A CRL of ``issuer``; ``by`` signs it with another's key."""
        one = self.spec(issuer)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(x509_name(one.subject or one.name, one.unit))
            .last_update(this)
            .next_update(until)
            .add_extension(x509.CRLNumber(7), critical=False)
        )
        for extension, critical in extra:
            builder = builder.add_extension(extension, critical=critical)
        for name, time in (revoked or {}).items():
            entry = x509.RevokedCertificateBuilder().serial_number(self.serial(name)).revocation_date(time).build()
            builder = builder.add_revoked_certificate(entry)
        out = builder.sign(self.key(by or issuer), hashes.SHA256()).public_bytes(  # type: ignore[arg-type]
            serialization.Encoding.DER
        )
        return out[:-1] + bytes([out[-1] ^ 1]) if forged else out

    def ocsp(
        self,
        name: str,
        *,
        responder: str = "responder",
        produced: datetime = ANSWERED,
        this: datetime | None = None,
        until: datetime | None = None,
        revoked: datetime | None = None,
        unknown: bool = False,
        forged: bool = False,
        bag: tuple[str, ...] | None = None,
        issuer: str = "",
        by_name: bool = False,
        digest: str = "sha1",
    ) -> bytes:
        """A BasicOCSPResponse about ``name``. Written here because ``cryptography`` fixes producedAt to now."""
        one = self.spec(name)
        above = self.cert(issuer or one.issuer)
        public = above.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        key_bits = subject_key_bits(public)
        cert_id = seq(
            digest_algorithm(digest),
            octets(hashlib.new(digest, above.subject.public_bytes()).digest()),
            octets(hashlib.new(digest, key_bits).digest()),
            integer(self.serial(name)),
        )
        status = wrap(0x80)
        if revoked is not None:
            status = wrap(0xA1, generalized(revoked))
        elif unknown:
            status = wrap(0x82)
        parts = [cert_id, status, generalized(this or produced)]
        if until is not None:
            parts.append(wrap(0xA0, generalized(until)))
        own = self.cert(responder)
        own_bits = subject_key_bits(
            own.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        )
        who = wrap(0xA2, octets(hashlib.sha1(own_bits).digest()))
        if by_name:
            who = wrap(0xA1, own.subject.public_bytes())
        tbs = seq(who, generalized(produced), seq(seq(*parts)))
        algorithm, value = sign(self.key(responder), tbs)
        if forged:
            value = value[:-1] + bytes([value[-1] ^ 1])
        held = (responder,) if bag is None else bag
        certs = [wrap(0xA0, seq(*(self.der(one) for one in held)))] if held else []
        return seq(tbs, algorithm, wrap(0x03, b"\0", value), *certs)

    # CMS

    def ess(self, name: str, digest: str = "sha256", *, v1: bool = False, issuer: str = "", serial: int = 0) -> bytes:
        """signing-certificate-v2 (or, with ``v1``, the first version)."""
        one = self.spec(name)
        directory = wrap(0xA4, self.cert(issuer or one.issuer).subject.public_bytes())
        where = seq(seq(directory), integer(serial or self.serial(name)))
        hashed = octets(hashlib.new("sha1" if v1 else digest, self.der(name)).digest())
        algorithm = b"" if v1 or digest == "sha256" else digest_algorithm(digest)
        kind = oids.SIGNING_CERTIFICATE if v1 else oids.SIGNING_CERTIFICATE_V2
        return attribute(kind, seq(seq(seq(algorithm, hashed, where))))

    def token(self, kind: str, imprinted: bytes, **options: Any) -> bytes:
        """A timestamp token; stage ``token.<kind>`` may change its options."""
        default: dict[str, Any] = {
            "tsa": "tsa",
            "time": T0 + minutes(1),
            "certs": ["tsa", "root"],
            "crls": [self.crl("root")],
            "ocsps": [],
            "digest": "sha256",
            "spoil": False,
            "forged": False,
            "ess": True,
            "unsigned": [],
            "scheme": "",
            "extra": b"",
        }
        chosen = self.stage(f"token.{kind}", default | options)
        tsa, digest = chosen["tsa"], chosen["digest"]
        value = hashlib.new(digest, imprinted).digest()
        if chosen["spoil"]:
            value = bytes([value[0] ^ 1]) + value[1:]
        info = seq(
            integer(1),
            oid("2.16.792.1.2.1.1.5.7.3.1"),
            seq(digest_algorithm(digest), octets(value)),
            integer(42),
            generalized(chosen["time"]),
            chosen["extra"],
        )
        signed = [
            attribute(oids.CONTENT_TYPE, oid(oids.TST_INFO)),
            attribute(oids.MESSAGE_DIGEST, octets(hashlib.sha256(info).digest())),
        ]
        if chosen["ess"]:
            signed.append(self.ess(tsa))
        signed = self.stage(f"token.{kind}.signed", signed)
        info_der = self.signer_info(
            tsa, signed, unsigned=chosen["unsigned"], forged=chosen["forged"], scheme=chosen["scheme"]
        )
        others = [
            wrap(
                0xA1,
                oid(oids.OCSP_RESPONSE_INFO),
                seq(wrap(0x0A, b"\0"), wrap(0xA0, seq(oid(oids.OCSP_BASIC), octets(one)))),
            )
            for one in chosen["ocsps"]
        ]
        return signed_data(
            [info_der],
            [self.der(name) if isinstance(name, str) else name for name in chosen["certs"]],
            [*chosen["crls"], *others],
            content=info,
            content_type=oids.TST_INFO,
        )

    def signer_info(
        self,
        name: str,
        signed: list[bytes],
        *,
        unsigned: Iterable[bytes] = (),
        digest: str = "sha256",
        scheme: str = "",
        forged: bool = False,
        by_key_id: bool = False,
        sort: bool = True,
    ) -> bytes:
        """A SignerInfo by ``name`` over ``signed`` attributes."""
        body = b"".join(sorted(signed) if sort else signed)
        algorithm, value = sign(self.key(name), wrap(0x31, body), digest, scheme)
        if forged:
            value = value[:-1] + bytes([value[-1] ^ 1])
        if by_key_id:
            identifier = wrap(0x80, x509.SubjectKeyIdentifier.from_public_key(self.key(name).public_key()).digest)
        else:
            identifier = seq(self.cert(name).issuer.public_bytes(), integer(self.serial(name)))
        parts = [integer(3 if by_key_id else 1), identifier, digest_algorithm(digest)]
        parts += [wrap(0xA0, body), algorithm, octets(value)]
        extra = list(unsigned)
        if extra:
            parts.append(wrap(0xA1, *extra))
        return seq(*parts)

    def signed_attributes(
        self, name: str, content: bytes, *, digest: str = "sha256", counter: bool = False
    ) -> list[bytes]:
        found: dict[str, bytes] = {
            "digest": attribute(oids.MESSAGE_DIGEST, octets(hashlib.new(digest, content).digest())),
            "time": attribute(oids.SIGNING_TIME, utc(T0)),
            "ess": self.ess(name),
            "policy": attribute(oids.SIGNATURE_POLICY, policy()),
        }
        if not counter:
            found["type"] = attribute(oids.CONTENT_TYPE, oid(oids.DATA))
        found = self.stage("signed", found)
        return [one for one in found.values() if one]

    def values(self, name: str) -> dict[str, list[bytes]]:
        """What goes into the references and values of a signer."""
        default = {
            "certs": [self.der("responder"), self.der("sub"), self.der("root")],
            "crls": [self.crl("root")],
            "ocsps": [self.ocsp(name)],
        }
        found: dict[str, list[bytes]] = self.stage("values", default)
        return found

    def long_term(self, name: str) -> list[bytes]:
        """The four attributes of X-Long; stages ``values``, ``refs`` and ``long`` may change them."""
        values = self.values(name)
        refs = self.stage("refs", {kind: list(items) for kind, items in values.items()})
        options = self.stage("refs.options", {"digest": "sha256", "bare": False})
        built = {
            "cert_refs": attribute(oids.CERTIFICATE_REFS, seq(*(cert_ref(one, **options) for one in refs["certs"]))),
            "rev_refs": attribute(
                oids.REVOCATION_REFS,
                seq(
                    *(seq(wrap(0xA1, seq(seq(ocsp_ref(one, **options))))) for one in refs["ocsps"]),
                    *(seq(wrap(0xA0, seq(seq(crl_ref(one, **options))))) for one in refs["crls"]),
                ),
            ),
            "cert_values": attribute(oids.CERTIFICATE_VALUES, seq(*values["certs"])),
            "rev_values": attribute(
                oids.REVOCATION_VALUES,
                seq(
                    *([wrap(0xA0, seq(*values["crls"]))] if values["crls"] else []),
                    *([wrap(0xA1, seq(*values["ocsps"]))] if values["ocsps"] else []),
                ),
            ),
        }
        return [one for one in self.stage("long", built).values() if one]

    def one(
        self,
        name: str,
        content: bytes,
        *,
        counter: bool = False,
        level: str = "xl",
        countersigners: tuple[str, ...] = (),
    ) -> dict[str, Any]:
        """The pieces of one signer before any archive timestamp."""
        options = self.stage(
            "sign", {"digest": "sha256", "scheme": "", "forged": False, "by_key_id": False, "sort": True}
        )
        signed = self.signed_attributes(name, content, digest=options["digest"], counter=counter)
        bare = self.signer_info(name, signed, **options)
        value = signature_of(bare)
        unsigned: list[bytes] = []
        if level != "bes":
            unsigned.append(attribute(oids.SIGNATURE_TIMESTAMP, self.token("signature", value)))
        if level in ("c", "xl"):
            long = self.long_term(name)
            unsigned += long if level == "xl" else long[:2]
        for other in countersigners:
            inner = self.one(other, value, counter=True)
            unsigned.append(attribute(oids.COUNTER_SIGNATURE, self.finish(inner)))
        unsigned = self.stage("unsigned", unsigned)
        return {"name": name, "signed": signed, "options": options, "unsigned": unsigned, "bare": bare}

    def finish(self, piece: dict[str, Any]) -> bytes:
        return with_unsigned(piece["bare"], piece["unsigned"])

    def build(
        self,
        *,
        content: bytes = CONTENT,
        attached: bool = True,
        archives: int = 0,
        v3: bool = False,
        level: str = "xl",
        signers: tuple[str, ...] = ("signer",),
        countersigners: tuple[str, ...] = (),
    ) -> bytes:
        """The file. ``archives`` archive timestamps are put on every signer; ``v3`` makes them of the third form."""
        certs = [self.der(name) for name in (*signers, *countersigners)]
        certs = self.stage("bag", certs)
        crls: list[bytes] = self.stage("bag.crls", [])
        pieces = [self.one(name, content, level=level, countersigners=countersigners) for name in signers]
        encap = content if attached else None
        for number in range(1, archives + 1):
            for piece in pieces:
                self._archive(
                    piece,
                    number,
                    newest=number == archives,
                    certs=certs,
                    crls=crls,
                    content=content,
                    encap=encap,
                    v3=v3,
                )
        infos = [self.finish(piece) for piece in pieces]
        return self.stage("file", signed_data(infos, certs, crls, content=encap))

    def _archive(
        self,
        piece: dict[str, Any],
        number: int,
        *,
        newest: bool,
        certs: list[bytes],
        crls: list[bytes],
        content: bytes,
        encap: bytes | None,
        v3: bool,
    ) -> None:
        options: dict[str, Any] = {"time": T0 + minutes(10 * number)}
        if newest:
            options |= {"certs": ["tsa"], "crls": []}
        if v3:
            index = hash_index(certs, crls, piece["unsigned"])
            index = self.stage("index", index)
            imprinted = oid(oids.DATA) + hashlib.sha256(content).digest() + inside(piece["bare"]) + index
            options["unsigned"] = [seq(oid(oids.ATS_HASH_INDEX_V3), wrap(0x31, index))]
            token = self.token(f"archive{number}", imprinted, **options)
            piece["unsigned"].append(attribute(oids.ARCHIVE_TIMESTAMP_V3, token))
            return
        imprinted = encap_info(encap) + (b"" if encap is not None else content)
        imprinted += wrap(0xA0, *certs) + (wrap(0xA1, *crls) if crls else b"")
        imprinted += inside(piece["bare"]) + wrap(0xA1, *piece["unsigned"])
        imprinted = self.stage(f"archive{number}.imprinted", imprinted)
        token = self.token(f"archive{number}", imprinted, **options)
        piece["unsigned"].append(attribute(oids.ARCHIVE_TIMESTAMP_V2, token))
