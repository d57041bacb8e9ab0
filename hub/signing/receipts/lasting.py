"""What lets a receipt be checked years later: a timestamp over its signature, and the evidence of that time.

XAdES calls them SignatureTimeStamp, CertificateValues and RevocationValues (ETSI TS 101 903 7.3, 7.6); they stand in
the signature's UnsignedProperties, where nothing signed covers them and each proves itself: the timestamp is over the
signature value, certificates and status are signed by their authorities.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lxml import etree

from hub.signing import attributes, certificates, timestamps
from hub.signing.algorithms import AgePolicy
from hub.signing.attributes import Token
from hub.signing.certificates import Certificate
from hub.signing.core import Context, check_chain
from hub.signing.der import DerError
from hub.signing.evidence import Pool
from hub.signing.make import Services
from hub.signing.make.errors import LevelRefusedError
from hub.signing.make.evidence import OCSP_FIRST, Collector, ocsp_response
from hub.signing.receipts.errors import ReceiptSignatureError, ReceiptTrustError
from hub.signing.report import Check, Indication, Outcome
from hub.signing.trust import TrustStore

DS: Final = "{http://www.w3.org/2000/09/xmldsig#}"
XADES: Final = "{http://uri.etsi.org/01903/v1.3.2#}"
_C14N: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
"""Exclusive: what the timestamp is over does not depend on where the signature stands."""

_FORM: Final = ("SignatureTimeStamp", "CertificateValues", "RevocationValues")


@dataclass(frozen=True, slots=True)
class Lasting:
    """The unsigned properties of a receipt's signature, read and not yet judged."""

    token: Token
    over: bytes
    """What the timestamp must be over: the SignatureValue element in exclusive canonical form."""
    evidence: Pool


# Making ------------------------------------------------------------------------------------------------------------


def add(signature: etree._Element, certificate: bytes, chain: Iterable[bytes], services: Services) -> None:
    """Timestamp a signature and embed the status of every certificate that it and the timestamp rest on.

    Raises a :class:`~hub.signing.make.SigningError` when the authority or the evidence cannot be had, or says no.
    """
    if services.tsa is None:
        raise LevelRefusedError("Tutanağı damgalamak için zaman damgası makamının adresi gerekir.")
    collector = Collector(services.transport, (*chain, *services.certificates))
    token = services.tsa.timestamp(_canonical(signature))
    token.complete(collector)
    proofs = collector.prove(certificates.load(certificate), token.time, OCSP_FIRST)
    holder = signature.find(f"{DS}Object/{XADES}QualifyingProperties")
    assert holder is not None  # signxml has just written it
    place = etree.SubElement(
        etree.SubElement(holder, f"{XADES}UnsignedProperties"), f"{XADES}UnsignedSignatureProperties"
    )
    stamp = etree.SubElement(place, f"{XADES}SignatureTimeStamp")
    etree.SubElement(stamp, f"{DS}CanonicalizationMethod", Algorithm=_C14N)
    _put(stamp, "EncapsulatedTimeStamp", [token.dump()])
    held = etree.SubElement(place, f"{XADES}CertificateValues")
    _put(held, "EncapsulatedX509Certificate", [proof.certificate.raw for proof in proofs])
    values = etree.SubElement(place, f"{XADES}RevocationValues")
    crls = dict.fromkeys(crl for proof in proofs for crl in proof.crls)
    answers = dict.fromkeys(ocsp_response(basic) for proof in proofs for basic in proof.ocsp)
    if crls:
        _put(etree.SubElement(values, f"{XADES}CRLValues"), "EncapsulatedCRLValue", crls)
    if answers:
        _put(etree.SubElement(values, f"{XADES}OCSPValues"), "EncapsulatedOCSPValue", answers)


def _put(parent: etree._Element, name: str, items: Iterable[bytes]) -> None:
    for item in items:
        etree.SubElement(parent, f"{XADES}{name}").text = base64.b64encode(item).decode()


def _canonical(signature: etree._Element) -> bytes:
    value = signature.find(f"{DS}SignatureValue")
    assert value is not None
    return etree.tostring(value, method="c14n", exclusive=True, with_comments=False)


# Reading and judging -----------------------------------------------------------------------------------------------


def read(signature: etree._Element, unsigned: etree._Element) -> Lasting:
    """The unsigned properties of ``signature``. Raises :class:`ReceiptSignatureError` unless they have the one form
    that receipts are made in."""
    inner = list(unsigned)
    if unsigned.tag != f"{XADES}UnsignedProperties" or [one.tag for one in inner] != [
        f"{XADES}UnsignedSignatureProperties"
    ]:
        raise _odd()
    parts = list(inner[0])
    if [part.tag for part in parts] != [f"{XADES}{name}" for name in _FORM]:
        raise _odd()
    stamp, held, values = parts
    method = stamp[0] if len(stamp) == 2 else None
    if method is None or method.tag != f"{DS}CanonicalizationMethod" or method.get("Algorithm") != _C14N or len(method):
        raise _odd()
    evidence = Pool()
    lists: list[bytes] = []
    answers: list[bytes] = []
    for group in values:
        if group.tag == f"{XADES}CRLValues":
            lists += _take(list(group), "EncapsulatedCRLValue")
        elif group.tag == f"{XADES}OCSPValues":
            answers += _take(list(group), "EncapsulatedOCSPValue")
        else:
            raise _odd()
    evidence.add("signature", _take(list(held), "EncapsulatedX509Certificate"), lists, answers)
    if evidence.unreadable:
        raise ReceiptSignatureError("Tutanakla gelen sertifika ya da iptal bilgisi okunamadı.")
    try:
        token = attributes.token(_take([stamp[1]], "EncapsulatedTimeStamp")[0])
    except DerError as error:
        raise ReceiptSignatureError("Tutanağın zaman damgası okunamadı.") from error
    return Lasting(token, _canonical(signature), evidence)


def _take(elements: Sequence[etree._Element], name: str) -> list[bytes]:
    found = []
    for element in elements:
        if element.tag != f"{XADES}{name}" or len(element):
            raise _odd()
        try:
            found.append(base64.b64decode("".join((element.text or "").split()), validate=True))
        except (binascii.Error, ValueError):
            raise _odd() from None
    return found


def _odd() -> ReceiptSignatureError:
    return ReceiptSignatureError("İmzanın imzalanmamış özellikleri bir tutanak imzasınınki gibi değil.")


def judge(
    lasting: Lasting, signer: Certificate, pool: Sequence[Certificate], trust: TrustStore, at: datetime
) -> tuple[Certificate, ...]:
    """The signer's path, with the timestamp and the status of every certificate judged at the timestamp's time.

    ``pool`` are the certificates of the signature, ``at`` the time of validation, before which the timestamp must lie.
    Raises :class:`ReceiptTrustError`.
    """
    context = Context(trust, at, AgePolicy(strict=True))
    evidence = lasting.evidence
    report = timestamps.judge(context, "signature", 1, lasting.token, [[lasting.over]], [evidence])
    if report.indication is not Indication.TOTAL_PASSED:
        raise ReceiptTrustError(f"Tutanağın zaman damgası kabul edilmiyor: {_why(report.checks)}.")
    helpers = Pool(certificates=list(pool))
    chain = check_chain(context, signer, "signer", lasting.token.time, [evidence, helpers])
    if why := _why(chain.checks):
        raise ReceiptTrustError(f"Tutanağı imzalayana güvenilmiyor: {why}.")
    return chain.path.certificates


def _why(checks: Iterable[Check]) -> str:
    """The first finding against, in words; empty when there is none."""
    for check in checks:
        if check.outcome in (Outcome.FAILED, Outcome.INDETERMINATE):
            return f"{check.code.value}, {check.found}" if check.found else check.code.value
    return ""
