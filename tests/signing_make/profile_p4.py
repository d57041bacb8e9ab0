"""The P4 rules read off a file with asn1crypto and cryptography only: an independent second opinion for the makers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from asn1crypto import cms, core, ocsp, parser, tsp, x509
from cryptography import x509 as cx509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

REFS = "1.2.840.113549.1.9.16.2.21"
REVOCATION_REFS = "1.2.840.113549.1.9.16.2.22"
VALUES = "1.2.840.113549.1.9.16.2.23"
REVOCATION_VALUES = "1.2.840.113549.1.9.16.2.24"
TIMESTAMP = "1.2.840.113549.1.9.16.2.14"
ARCHIVE_V2 = "1.2.840.113549.1.9.16.2.48"
ARCHIVE_V3 = "0.4.0.1733.2.4"
POLICY = "1.2.840.113549.1.9.16.2.15"
P4_DIGEST = "ff39bd29463383f69b2052ac47439e06ce7c3b8646e888b6e5ae3e46ba08117a"


def attributes(signer: cms.SignerInfo, which: str) -> dict[str, list[Any]]:
    """Attribute values by dotted OID."""
    found: dict[str, list[Any]] = {}
    for item in signer[which]:
        found.setdefault(item["type"].dotted, []).extend(item["values"])
    return found


def raw(value: Any) -> bytes:
    data = value.dump()
    assert isinstance(data, bytes)
    return data


@dataclass(frozen=True)
class Part:
    """One element, read without a specification."""

    tag: int
    content: bytes
    der: bytes


def children(data: bytes) -> list[Part]:
    """The members of a constructed element."""
    found: list[Part] = []
    rest = parser.parse(data)[4]
    while rest:
        _, _, tag, header, content, trailer = parser.parse(rest, strict=False)
        whole = header + content + trailer
        found.append(Part(tag, content, whole))
        rest = rest[len(whole) :]
    return found


def check_signature(certificate: x509.Certificate, signer: cms.SignerInfo, content: bytes) -> None:
    """Message digest, signature value, reference to the certificate."""
    name = signer["digest_algorithm"]["algorithm"].native
    signed = attributes(signer, "signed_attrs")
    assert signed["1.2.840.113549.1.9.4"][0].native == hashlib.new(name, content).digest()
    protected = b"\x31" + raw(signer["signed_attrs"])[1:]
    key = cx509.load_der_x509_certificate(certificate.dump()).public_key()
    chosen = {"sha1": hashes.SHA1(), "sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}[
        name
    ]
    value = signer["signature"].native
    if isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(value, protected, ec.ECDSA(chosen))
    else:
        assert isinstance(key, rsa.RSAPublicKey)
        pss = signer["signature_algorithm"]["algorithm"].native == "rsassa_pss"
        scheme: Any = padding.PSS(padding.MGF1(chosen), chosen.digest_size) if pss else padding.PKCS1v15()
        key.verify(value, protected, scheme, chosen)


def check_token(token: cms.ContentInfo, imprinted: bytes) -> Any:
    """A token's imprint, signature and embedded status; gives its genTime."""
    data = token["content"]
    info = tsp.TSTInfo.load(
        data["encap_content_info"]["content"].native and data["encap_content_info"]["content"].contents
    )
    name = info["message_imprint"]["hash_algorithm"]["algorithm"].native
    assert info["message_imprint"]["hashed_message"].native == hashlib.new(name, imprinted).digest()
    signer = data["signer_infos"][0]
    certificates = [item.chosen for item in data["certificates"]]
    certificate = next(
        item for item in certificates if item.serial_number == signer["sid"].chosen["serial_number"].native
    )
    check_signature(certificate, signer, data["encap_content_info"]["content"].contents)
    assert any(item.issuer == item.subject for item in certificates), "the root is not in the token"
    crls = [item.chosen for item in data["crls"]]
    assert [crl for crl in crls if crl.issuer == certificate.issuer], "no CRL of the authority in the token"
    time = info["gen_time"].native
    for crl in crls:
        assert time <= crl["tbs_cert_list"]["next_update"].native
    return time


def check_p4(data: bytes, content: bytes, *, archives: int = 0, signers: int = 1) -> list[Any]:
    """Every rule of the profile that a good file must keep; gives the times of each signer's signature timestamp."""
    info = cms.ContentInfo.load(data, strict=True)
    signed_data = info["content"]
    embedded = signed_data["encap_content_info"]["content"]
    if embedded.native is not None:
        assert embedded.native == content
    assert len(signed_data["signer_infos"]) == signers
    bag = [item.chosen for item in signed_data["certificates"]]
    return [_check_signer(signed_data, signer, content, bag, archives) for signer in signed_data["signer_infos"]]


def _check_signer(signed_data: Any, signer: Any, content: bytes, bag: list[Any], archives: int) -> Any:
    certificate = next(
        item
        for item in bag
        if item.serial_number == signer["sid"].chosen["serial_number"].native
        and item.issuer == signer["sid"].chosen["issuer"]
    )
    check_signature(certificate, signer, content)
    signed = attributes(signer, "signed_attrs")
    for members in signed.values():
        assert len(members) == 1
    parts = children(raw(signed[POLICY][0]))
    assert core.ObjectIdentifier.load(parts[0].der).native == "2.16.792.1.61.0.1.5070.3.3.1"
    assert children(parts[1].der)[1].content.hex() == P4_DIGEST
    reference = tsp.SigningCertificateV2.load(raw(signed["1.2.840.113549.1.9.16.2.47"][0]))["certs"][0]
    name = reference["hash_algorithm"]["algorithm"].native
    assert name != "sha1"
    assert reference["cert_hash"].native == hashlib.new(name, certificate.dump()).digest()
    assert reference["issuer_serial"]["serial_number"].native == certificate.serial_number
    unsigned = attributes(signer, "unsigned_attrs")
    token = cms.ContentInfo.load(raw(unsigned[TIMESTAMP][0]))
    time = check_token(token, signer["signature"].native)
    gap = (time - signed["1.2.840.113549.1.9.5"][0].native).total_seconds()
    assert -300 <= gap <= 7200
    _check_long_term(unsigned, certificate, time)
    tokens = [cms.ContentInfo.load(raw(value)) for value in unsigned.get(ARCHIVE_V2, [])]
    assert len(tokens) == archives
    newest = time
    for position, archive in enumerate(tokens):
        genuine = check_token(archive, imprint_v2(signed_data, signer, content, position))
        assert genuine >= newest
        newest = genuine
    return time


def _check_long_term(unsigned: dict[str, list[Any]], certificate: Any, time: Any) -> None:
    values = [x509.Certificate.load(item.der) for item in children(raw(unsigned[VALUES][0]))]
    refs = children(raw(unsigned[REFS][0]))
    hashed = [children(children(ref.der)[0].der)[1].content for ref in refs]
    assert hashed == [hashlib.sha256(item.dump()).digest() for item in values]
    assert any(item.subject == certificate.issuer for item in values), "subordinate authority missing"
    assert any(item.subject == item.issuer for item in values), "root missing"
    revocation = {
        part.tag: children(children(part.der)[0].der) for part in children(raw(unsigned[REVOCATION_VALUES][0]))
    }
    answers = [ocsp.BasicOCSPResponse.load(item.der) for item in revocation.get(1, [])]
    crls = [item.der for item in revocation.get(0, [])]
    single = answers[0]["tbs_response_data"]["responses"][0]
    assert single["cert_id"]["serial_number"].native == certificate.serial_number
    produced = answers[0]["tbs_response_data"]["produced_at"].native
    assert (time - produced).total_seconds() <= 600
    referenced: dict[int, list[bytes]] = {0: [], 1: []}
    entries = children(raw(unsigned[REVOCATION_REFS][0]))
    assert len(entries) == len(values) + 1
    for entry in entries:
        for kind in children(entry.der):
            for identifier in children(children(children(kind.der)[0].der)[0].der):
                # CrlValidatedID begins with the digest, OcspResponsesID with the responder
                digest = children(identifier.der)[0 if kind.tag == 0 else 1]
                referenced[kind.tag].append(children(digest.der)[1].content)
    assert referenced[0] == [hashlib.sha256(item).digest() for item in crls]
    assert referenced[1] == [hashlib.sha256(item.dump()).digest() for item in answers]


def imprint_v2(signed_data: Any, signer: Any, content: bytes, position: int) -> bytes:
    """What archive timestamp number ``position`` of a signer is taken over."""
    detached = content if signed_data["encap_content_info"]["content"].native is None else b""
    parts = [raw(signed_data["encap_content_info"]), detached, raw(signed_data["certificates"])]
    if signed_data["crls"].contents is not None:
        parts.append(raw(signed_data["crls"]))
    for name in ("version", "sid", "digest_algorithm", "signed_attrs", "signature_algorithm", "signature"):
        parts.append(raw(signer[name]))
    kept, seen = b"", 0
    for item in signer["unsigned_attrs"]:
        if item["type"].dotted == ARCHIVE_V2:
            seen += 1
            if seen > position:
                continue
        kept += raw(item)
    size = len(kept)
    length = (
        bytes([size])
        if size < 0x80
        else bytes([0x80 | (size.bit_length() + 7) // 8]) + size.to_bytes((size.bit_length() + 7) // 8)
    )
    return b"".join(parts) + b"\xa1" + length + kept
