"""Verifying a receipt: pinned trust, one place for the signature, and nothing used but the signed octets.

What a receipt's signature may look like is stated here and checked before any cryptography: everything else that
XMLDSig allows (other references and transforms, keys by value, HMAC, signatures elsewhere) is refused unseen. The
attacks by moved and wrapped elements live in that freedom.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from lxml import etree
from signxml.exceptions import SignXMLException
from signxml.xades.xades import XAdESSignatureConfiguration, XAdESVerifier

from hub import clock, limits
from hub.contract.guard import Guard
from hub.contract.profile import Limits
from hub.signing import certificates, path
from hub.signing.algorithms import AgePolicy
from hub.signing.certificates import DIGITAL_SIGNATURE, NON_REPUDIATION, Certificate
from hub.signing.der import DerError
from hub.signing.receipts import allowed, document, lasting
from hub.signing.receipts.document import NAMESPACE, Receipt
from hub.signing.receipts.errors import (
    AlgorithmNotAllowedError,
    ReceiptFormError,
    ReceiptSignatureError,
    ReceiptTrustError,
)
from hub.signing.report import Outcome
from hub.signing.trust import NotConfiguredError, TrustStore

_DS: Final = "{http://www.w3.org/2000/09/xmldsig#}"
_XADES: Final = "{http://uri.etsi.org/01903/v1.3.2#}"
_ENVELOPED: Final = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
_C14N: Final = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
_PROPERTIES: Final = "http://uri.etsi.org/01903#SignedProperties"
_IDS: Final = ("Id", "ID", "id", "{http://www.w3.org/XML/1998/namespace}id")

_SKEW: Final = timedelta(minutes=5)
"""Clocks differ: the receipt's own time may lie this much after its timestamp's."""

_RSA_BITS: Final = 2048
_EC_BITS: Final = 256

_PARTS: Final = [f"{_DS}{name}" for name in ("SignedInfo", "SignatureValue", "KeyInfo", "Object")]

_limits = Limits(body=limits.RECEIPT_BYTES, text=limits.RECEIPT_BYTES, elements=limits.RECEIPT_ELEMENTS)


@dataclass(frozen=True, slots=True)
class Verified:
    """A receipt whose signature holds."""

    receipt: Receipt
    """What was signed, and nothing else of the document."""
    signer: Certificate
    chain: tuple[Certificate, ...]
    """From the signer to the trusted root."""
    signed: bytes
    """The canonical octets that the signature covers."""
    at: datetime
    """The time at which the certificates were judged: the timestamp's where there is one."""
    time: datetime | None
    """When the receipt existed, proved by its timestamp; None when it has none. Only then is revocation judged, by the
    evidence that the receipt brings."""

    @property
    def revocation(self) -> Outcome:
        """What is known of the revocation of the signer's certificate and of those above it."""
        return Outcome.NOT_CHECKED if self.time is None else Outcome.PASSED


def verify(data: bytes, trust: TrustStore, at: datetime | None = None) -> Verified:
    """Check a signed receipt and give what it states.

    ``trust`` holds the roots that may stand behind a receipt and its timestamp. A receipt with a timestamp is judged at
    that time, one without at ``at`` (aware; default now). Raises :class:`~hub.signing.trust.NotConfiguredError` when
    there are no roots, :class:`ReceiptFormError`, :class:`ReceiptSignatureError`, :class:`AlgorithmNotAllowedError` or
    :class:`ReceiptTrustError`; for XML that is refused unread, an error of :mod:`hub.contract.errors`.
    """
    if not trust.configured:
        raise NotConfiguredError("güvenilen kök sertifika tanımlanmamış")
    root = _root(data)
    signature = _signature(root)
    unsigned = _check_shape(root, signature)
    _check_algorithms(signature, unsigned)
    pool = _certificates(signature)
    proof = None if unsigned is None else lasting.read(signature, unsigned)
    now = at or clock.now()
    when = now if proof is None else proof.token.time
    signed = _check_signature(root, pool[0], when)
    chain = _path(pool, trust, when) if proof is None else lasting.judge(proof, pool[0], pool[1:], trust, now)
    _check_keys(chain)
    receipt = document.from_xml(signed)
    if proof is not None and receipt.issued_at > when + _SKEW:
        raise ReceiptTrustError("Tutanak, düzenlendiğini söylediği zamandan önce damgalanmış.")
    return Verified(receipt, pool[0], chain, signed, when, None if proof is None else when)


def read_unverified(data: bytes) -> Receipt:
    """What a document states, its signature neither demanded nor looked at: never act on it.

    Raises :class:`ReceiptFormError`, or an error of :mod:`hub.contract.errors`.
    """
    root = _root(data)
    for signature in root.findall(f"{_DS}Signature"):
        root.remove(signature)
    return document.from_xml(etree.tostring(root))


def _root(data: bytes) -> etree._Element:
    if len(data) > limits.RECEIPT_BYTES:
        raise ReceiptFormError(f"Tutanak {limits.RECEIPT_BYTES >> 10} KB'tan büyük.")
    root = Guard(_limits).parse(data)
    if root.tag != f"{{{NAMESPACE}}}Tutanak":
        raise ReceiptFormError("Belge bir tutanak değil.")
    return root


def _signature(root: etree._Element) -> etree._Element:
    found = list(root.iter(f"{_DS}Signature"))
    if not found:
        raise ReceiptSignatureError("Tutanak imzalanmamış.")
    if len(found) != 1 or found[0] is not root[-1]:
        raise ReceiptSignatureError("İmza, tutanağın son öğesi ve tek olmalı.")
    return found[0]


def _check_shape(root: etree._Element, signature: etree._Element) -> etree._Element | None:
    """Refuse what a receipt's signature never looks like; the unsigned properties, where there are any."""
    ids = [element.get(name) for element in root.iter() for name in _IDS if element.get(name) is not None]
    if len(ids) != len(set(ids)):
        raise ReceiptSignatureError("Belgede aynı kimlik (Id) birden çok kez geçiyor.")
    if [child.tag for child in signature] != [
        f"{_DS}{n}" for n in ("SignedInfo", "SignatureValue", "KeyInfo", "Object")
    ]:
        raise ReceiptSignatureError("İmzanın yapısı bir tutanak imzası değil.")
    info, _, key_info, holder = signature
    references = info.findall(f"{_DS}Reference")
    if len(references) != 3 or len(info) != 5:
        raise ReceiptSignatureError("Tutanak imzasında üç başvuru olmalı: belge, imza özellikleri, sertifika.")
    whole, properties, key = references
    transforms = [item.get("Algorithm") for item in whole.iterfind(f"{_DS}Transforms/{_DS}Transform")]
    if whole.get("URI") != "" or transforms != [_ENVELOPED, _C14N]:
        raise ReceiptSignatureError("İmza tutanağın bütününü kapsamıyor.")
    if properties.get("Type") != _PROPERTIES or any(
        item.find(f"{_DS}Transforms") is not None for item in (properties, key)
    ):
        raise ReceiptSignatureError("İmzanın başvuruları bir tutanak imzasınınki gibi değil.")
    qualifying = list(holder)
    if len(qualifying) != 1 or qualifying[0].tag != f"{_XADES}QualifyingProperties" or len(qualifying[0]) not in (1, 2):
        raise ReceiptSignatureError("İmzanın yapısı bir tutanak imzası değil.")
    signed = qualifying[0][0]
    if signed.tag != f"{_XADES}SignedProperties" or properties.get("URI") != f"#{signed.get('Id')}":
        raise ReceiptSignatureError("İmza özellikleri imzalanmamış.")
    if key.get("URI") != f"#{key_info.get('Id')}":
        raise ReceiptSignatureError("Sertifika bilgisi imzalanmamış.")
    if [child.tag for child in key_info] != [f"{_DS}X509Data"]:
        raise ReceiptSignatureError("İmzanın anahtarı sertifikayla gösterilmeli.")
    return qualifying[0][1] if len(qualifying[0]) == 2 else None


def _check_algorithms(signature: etree._Element, unsigned: etree._Element | None) -> None:
    apart = set() if unsigned is None else set(unsigned.iter())  # judged where it is read
    methods = {method.value for method in allowed.METHODS.values()}
    digests = {digest.value for digest in allowed.DIGESTS.values()}
    for name, fine in (("SignatureMethod", methods), ("DigestMethod", digests), ("CanonicalizationMethod", {_C14N})):
        for element in signature.iter(f"{_DS}{name}"):
            if element not in apart and (element.get("Algorithm") not in fine or len(element)):
                shown = str(element.get("Algorithm"))[:100]
                raise AlgorithmNotAllowedError(f"Algoritma kabul edilmiyor: {shown}")


def _certificates(signature: etree._Element) -> list[Certificate]:
    """The certificates of KeyInfo, the signer's first."""
    found: list[Certificate] = []
    for element in signature.iterfind(f"{_DS}KeyInfo/{_DS}X509Data/*"):
        if element.tag != f"{_DS}X509Certificate" or len(found) >= limits.CHAIN:
            raise ReceiptSignatureError("İmzanın anahtarı sertifikayla gösterilmeli.")
        try:
            found.append(certificates.load(base64.b64decode("".join((element.text or "").split()), validate=True)))
        except (DerError, ValueError) as error:
            raise ReceiptSignatureError("İmzadaki bir sertifika okunamadı.") from error
    if not found:
        raise ReceiptSignatureError("İmza, imzacının sertifikasını taşımıyor.")
    return found


def _check_signature(root: etree._Element, signer: Certificate, at: datetime) -> bytes:
    """The octets that the reference to the whole document covers."""
    if not signer.not_before <= at <= signer.not_after:
        raise ReceiptTrustError("Tutanağı imzalayan sertifika denetim zamanında geçerli değil.")
    configuration = XAdESSignatureConfiguration(
        require_x509=True,
        location="./",
        expect_references=3,
        signature_methods=frozenset(allowed.METHODS.values()),
        digest_algorithms=frozenset(allowed.DIGESTS.values()),
        verification_time=at,
        default_reference_c14n_method=allowed.C14N,
    )
    try:
        results: list[Any] = XAdESVerifier().verify(
            root, x509_cert=x509.load_der_x509_certificate(signer.raw), expect_config=configuration
        )
    except (SignXMLException, etree.LxmlError, ValueError, TypeError, AttributeError) as error:
        raise ReceiptSignatureError("Tutanağın imzası doğrulanmıyor.") from error
    covered = results[0]
    if covered.signed_xml is None or covered.signed_xml.tag != root.tag:
        raise ReceiptSignatureError("İmza tutanağın bütününü kapsamıyor.")
    data: bytes = covered.signed_data
    return data


def _path(pool: list[Certificate], trust: TrustStore, at: datetime) -> tuple[Certificate, ...]:
    found = next(path.find(pool[0], pool[1:], trust, at, path.Budget(), "signer"))
    for check in path.check(found, at, "signer", AgePolicy(strict=True)):
        if check.outcome in (Outcome.FAILED, Outcome.INDETERMINATE):
            raise ReceiptTrustError(f"Tutanağı imzalayana güvenilmiyor: {check.found or check.code.value}.")
    if not found.anchored:
        raise ReceiptTrustError("Tutanağı imzalayanın sertifikası güvenilen bir köke ulaşmıyor.")
    return found.certificates


def _check_keys(chain: tuple[Certificate, ...]) -> None:
    usage = chain[0].key_usage
    if usage is not None and not usage & {DIGITAL_SIGNATURE, NON_REPUDIATION}:
        raise ReceiptTrustError("Tutanağı imzalayan sertifika imza için verilmemiş.")
    for weak in _weak(chain):
        raise AlgorithmNotAllowedError(f"Anahtar çok kısa: {weak}")


def _weak(chain: tuple[Certificate, ...]) -> Iterator[str]:
    for one in chain:
        try:
            key = one.key
        except DerError:
            yield one.name
            continue
        if isinstance(key, rsa.RSAPublicKey) and key.key_size < _RSA_BITS:
            yield f"{one.name}, RSA {key.key_size} bit"
        elif isinstance(key, ec.EllipticCurvePublicKey) and key.key_size < _EC_BITS:
            yield f"{one.name}, EC {key.key_size} bit"
        elif not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
            yield one.name
