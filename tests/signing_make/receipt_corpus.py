"""Writes ``tests/hostile/receipts``: ``PYTHONPATH=tests python -m signing_make.receipt_corpus``.

Each file's name is row, case and the code it must be refused with. The certificates are valid from 2020 to 2044, and
the tests judge at a fixed day, so the files stay good; run this again only when the form of receipts changes.
"""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path

from lxml import etree
from pki.server import Pki
from signing_make.test_receipts import ATTACKS, DS, key, stated, weakly
from signxml.algorithms import DigestAlgorithm, SignatureMethod

from hub.signing import receipts

FOLDER = Path(__file__).resolve().parents[1] / "hostile" / "receipts"


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as keys:
        pki = Pki(Path(keys))
        good = receipts.issue(stated(), key(pki, "tutanak-ec"))
        (FOLDER / "root.crt").write_bytes(pki.der("kok-a"))
        _write("A10-good.OK", good)
        for attack in ATTACKS:
            name = f"A10-{attack.__name__.replace('_', '-')}.RECEIPT_SIGNATURE"
            _write(name, etree.tostring(attack(etree.fromstring(good)), xml_declaration=True, encoding="UTF-8"))
        methods = (SignatureMethod.HMAC_SHA256, SignatureMethod.HMAC_SHA1, SignatureMethod.ECDSA_SHA1)
        for method in methods:
            root = etree.fromstring(good)
            root.find(f".//{DS}SignatureMethod").set("Algorithm", method.value)  # type: ignore[union-attr]
            _write(f"A12-{method.name.lower().replace('_', '-')}.ALGORITHM_NOT_ALLOWED", etree.tostring(root))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            sha1 = weakly(pki, SignatureMethod.RSA_SHA1, DigestAlgorithm.SHA1)
        _write("A12-signed-with-sha1.ALGORITHM_NOT_ALLOWED", sha1)
        _write("C9-lookalike-root.RECEIPT_TRUST", receipts.issue(stated(), key(pki, "tutanak-yabanci")))
        doctype = b'<!DOCTYPE t [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
        _write("A1-doctype.XML_DTD_FORBIDDEN", good.replace(b"?>", b"?>" + doctype, 1))
        pki.close()


def _write(name: str, data: bytes) -> None:
    (FOLDER / f"{name}.xml").write_bytes(data)


if __name__ == "__main__":
    main()
