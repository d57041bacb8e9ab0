"""The algorithms that receipts are signed with, which are also the only ones accepted."""

from __future__ import annotations

from typing import Final

from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod

from hub.signing.make.identifiers import Scheme

C14N: Final = CanonicalizationMethod.CANONICAL_XML_1_0
"""Inclusive C14N: what a reference without transforms is canonicalised with (XMLDSig 4.4.3.2), as signxml writes
the references to the signed properties and the key."""

METHODS: Final = {
    (Scheme.PKCS1, "sha256"): SignatureMethod.RSA_SHA256,
    (Scheme.PKCS1, "sha384"): SignatureMethod.RSA_SHA384,
    (Scheme.PKCS1, "sha512"): SignatureMethod.RSA_SHA512,
    (Scheme.PSS, "sha256"): SignatureMethod.SHA256_RSA_MGF1,
    (Scheme.PSS, "sha384"): SignatureMethod.SHA384_RSA_MGF1,
    (Scheme.PSS, "sha512"): SignatureMethod.SHA512_RSA_MGF1,
    (Scheme.ECDSA, "sha256"): SignatureMethod.ECDSA_SHA256,
    (Scheme.ECDSA, "sha384"): SignatureMethod.ECDSA_SHA384,
    (Scheme.ECDSA, "sha512"): SignatureMethod.ECDSA_SHA512,
}
"""Signature methods that receipts are made with and accepted in."""

DIGESTS: Final = {
    "sha256": DigestAlgorithm.SHA256,
    "sha384": DigestAlgorithm.SHA384,
    "sha512": DigestAlgorithm.SHA512,
}
