"""Signing a receipt: XAdES (ETSI EN 319 132-1 baseline B; LT with a timestamp) by signxml, with a key from a file or a
token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from lxml import etree
from signxml.algorithms import SignatureConstructionMethod
from signxml.xades.xades import XAdESDataObjectFormat, XAdESSigner

from hub import limits
from hub.signing import certificates
from hub.signing.keys import SigningKey
from hub.signing.make import Services
from hub.signing.receipts import allowed, document, lasting
from hub.signing.receipts.document import Receipt
from hub.signing.receipts.errors import ReceiptFormError


@dataclass(frozen=True, slots=True)
class _Key:
    """A :class:`SigningKey` as signxml calls a key of cryptography's."""

    key: SigningKey
    digest: str

    @property
    def key_size(self) -> int:
        public = certificates.load(self.key.certificate).key
        assert isinstance(public, rsa.RSAPublicKey | ec.EllipticCurvePublicKey)
        return public.key_size

    def sign(self, data: bytes, **_: Any) -> bytes:
        return self.key.sign(data, self.digest)


def issue(receipt: Receipt, key: SigningKey, services: Services | None = None) -> bytes:
    """The signed document, UTF-8 with its XML declaration.

    The certificates that come with the key go with it, roots left out. With ``services`` it is timestamped, and the
    status of every certificate is embedded, so that it can be checked years later. Raises
    :class:`~hub.signing.receipts.errors.ReceiptFormError` when the schema does not allow what is stated,
    :class:`~hub.signing.make.errors.KeyUnusableError` when the key cannot sign, another
    :class:`~hub.signing.make.SigningError` when the timestamp or the evidence cannot be had.
    """
    root = document.to_xml(receipt)
    digest = key.default_digest
    chain = [key.certificate, *(item for item in key.chain if not certificates.load(item).self_signed)]
    signer = XAdESSigner(
        data_object_format=XAdESDataObjectFormat("Tutanak", "application/xml"),
        method=SignatureConstructionMethod.enveloped,
        signature_algorithm=allowed.METHODS[key.scheme, digest],
        digest_algorithm=allowed.DIGESTS[digest],
        c14n_algorithm=allowed.C14N,
    )
    signed = signer.sign(
        root,
        key=cast(rsa.RSAPrivateKey, _Key(key, digest)),
        cert=[x509.load_der_x509_certificate(item) for item in chain],
        always_add_key_value=False,
    )
    if services is not None:
        lasting.add(signed[-1], key.certificate, key.chain, services)
    data: bytes = etree.tostring(signed, xml_declaration=True, encoding="UTF-8")
    if len(data) > limits.RECEIPT_BYTES:
        raise ReceiptFormError(f"Tutanak {limits.RECEIPT_BYTES >> 10} KB'tan büyük olurdu.")
    return data
