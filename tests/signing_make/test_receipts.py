"""Receipts: issued, verified by the hub and by xmlsec1, and every way of being fooled that the hostile rows name."""

from __future__ import annotations

import copy
import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives import hashes, hmac, serialization
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from pki.server import Pki
from signing_make.short_key import short_key
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
from signxml.xades.xades import XAdESSigner

from hub.commands.receipt import receipt as group
from hub.errors import HubError
from hub.signing import keys, receipts
from hub.signing.receipts import document
from hub.signing.trust import NotConfiguredError, TrustStore

DS = "{http://www.w3.org/2000/09/xmldsig#}"
T = f"{{{document.NAMESPACE}}}"


def key(pki: Pki, label: str, pss: bool = False) -> keys.SoftwareKey:
    return keys.load_pfx(pki.pfx(label), "parola", pss=pss)


def stated() -> receipts.Receipt:
    now = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
    return receipts.Receipt(
        id=receipts.new_id(),
        kind=receipts.Kind.DECISION,
        issuer=receipts.Issuer("Örnek Hub İşletmesi", "24308110", "https://hub.example/", "eyazisma-hub 1"),
        issued_at=now,
        subject=(("YoneticiKodu", "12345678"), ("DETSISNo", "24308228")),
        outcome=receipts.Outcome.FAILED,
        texts={"tr": "Görevi <sona> ermiş & imzalayamaz.", "en": "May not sign."},
        inputs=(receipts.Input("belge.eyp", {"SHA-256": bytes(32), "SHA-512": bytes(64)}, 1234),),
        valid_at=now - timedelta(days=1),
        known_at=now,
        serial=4711,
        reasons=(receipts.Reason("IYEM_ENDED", receipts.Outcome.FAILED, {"tr": "Görev bitmiş."}),),
        valid_until=now + timedelta(days=2),
    )


@pytest.fixture(scope="module")
def trust(pki: Pki) -> TrustStore:
    return TrustStore.of([pki.der(label) for label in ("kok-a", "kok-b", "kok-c")])


@pytest.fixture(scope="module")
def signed(pki: Pki) -> bytes:
    return receipts.issue(stated(), key(pki, "tutanak"))


@pytest.mark.parametrize(
    ("label", "pss"),
    [("tutanak", False), ("tutanak", True), ("tutanak-ec", False), ("imzaci", False), ("ucuncu", False)],
)
def test_round_trip(pki: Pki, trust: TrustStore, label: str, pss: bool) -> None:
    receipt = stated()
    found = receipts.verify(receipts.issue(receipt, key(pki, label, pss)), trust)
    assert found.receipt == receipt
    assert found.signer.raw == pki.der(label)
    assert found.chain[-1].raw in (pki.der("kok-a"), pki.der("kok-b"))


def test_the_least_receipt(pki: Pki, trust: TrustStore) -> None:
    least = receipts.Receipt(
        receipts.new_id(),
        receipts.Kind.VALIDATION,
        receipts.Issuer("Hub"),
        datetime.now(UTC),
        (("BelgeId", "x"),),
        receipts.Outcome.NOT_CHECKED,
        {"tr": "Denetlenmedi."},
        reasons=(receipts.Reason("RULES_MISSING", receipts.Outcome.NOT_CONFIGURED),),
    )
    assert receipts.verify(receipts.issue(least, key(pki, "tutanak-ec")), trust).receipt == least


@pytest.mark.part("xmlsec1")
@pytest.mark.parametrize("label", ["tutanak", "tutanak-ec", "imzaci", "ucuncu"])
def test_xmlsec1_verifies(pki: Pki, tmp_path: Path, label: str) -> None:
    def run(data: bytes, root: str) -> int:
        (tmp_path / "t.xml").write_bytes(data)
        (tmp_path / "ca.pem").write_bytes(pki.cert(root).public_bytes(Encoding.PEM))
        command = ["xmlsec1", "--verify", "--id-attr:Id", "SignedProperties", "--id-attr:Id", "KeyInfo"]
        done = subprocess.run([*command, "--trusted-pem", "ca.pem", "t.xml"], cwd=tmp_path, capture_output=True)
        return done.returncode

    data = receipts.issue(stated(), key(pki, label))
    root = "kok-b" if label == "ucuncu" else "kok-a"
    assert run(data, root) == 0
    assert run(data.replace(b"4711", b"4712"), root) != 0
    assert run(data, "kok-c") != 0


@pytest.mark.parametrize(
    "change",
    [
        {"id": "no-guid"},
        {"subject": ()},
        {"texts": {}},
        {"texts": {"tr": ""}},
        {"texts": {"turkish": "x"}},
        {"serial": -1},
        {"issued_at": datetime(2026, 1, 1)},
        {"issuer": receipts.Issuer("x", "123")},
        {"inputs": (receipts.Input("a", {"MD5": b"x"}),)},
        {"subject": (("Kişi No", "1"),)},
    ],
)
def test_what_the_schema_does_not_allow_is_not_issued(pki: Pki, change: dict[str, Any]) -> None:
    with pytest.raises(receipts.ReceiptFormError):
        receipts.issue(replace(stated(), **change), key(pki, "tutanak-ec"))


# Wrapping and moving (rows A10) --------------------------------------------------------------------------------------

Attack = Callable[[etree._Element], etree._Element]


def forged(root: etree._Element) -> etree._Element:
    """The document as the attacker would like it, without a signature."""
    other = copy.deepcopy(root)
    other.remove(other[-1])
    other.find(f"{T}Sonuc").text = "GECTI"  # type: ignore[union-attr]
    return other


def xsw1(root: etree._Element) -> etree._Element:
    other = forged(root)
    other.append(root)
    return other


def xsw2(root: etree._Element) -> etree._Element:
    other = forged(root)
    signature = root[-1]
    other.append(signature)
    holder = etree.SubElement(signature, f"{DS}Object")
    holder.append(root)
    return other


def xsw3(root: etree._Element) -> etree._Element:
    other = forged(root)
    root[-1].addprevious(other)
    return root


def xsw4(root: etree._Element) -> etree._Element:
    other = forged(root)
    other.append(copy.deepcopy(root[-1]))
    other.append(root)
    return other


def xsw5(root: etree._Element) -> etree._Element:
    root.find(f"{T}Sonuc").text = "GECTI"  # type: ignore[union-attr]
    root.append(copy.deepcopy(root[-1]))
    return root


def xsw6(root: etree._Element) -> etree._Element:
    other = forged(root)
    signature = root[-1]
    other.append(signature)
    properties = signature.find(".//{*}QualifyingProperties")
    assert properties is not None
    unsigned = etree.SubElement(properties, "{http://uri.etsi.org/01903/v1.3.2#}UnsignedProperties")
    unsigned.append(root)
    return other


def xsw7(root: etree._Element) -> etree._Element:
    other = forged(root)
    issuer = other.find(f"{T}Duzenleyen")
    assert issuer is not None
    issuer.append(root[-1])
    other.append(root)
    return other


def xsw8(root: etree._Element) -> etree._Element:
    """The first reference points to the original, which stands in a second Object under an Id."""
    other = forged(root)
    signature = root[-1]
    other.append(signature)
    root.set("Id", "asil")
    signature.find(f".//{DS}Reference").set("URI", "#asil")  # type: ignore[union-attr]
    etree.SubElement(signature, f"{DS}Object").append(root)
    return other


def changed(root: etree._Element) -> etree._Element:
    root.find(f"{T}Sonuc").text = "GECTI"  # type: ignore[union-attr]
    return root


def unsigned(root: etree._Element) -> etree._Element:
    return forged(root)


def signature_first(root: etree._Element) -> etree._Element:
    root.insert(0, root[-1])
    return root


def double_id(root: etree._Element) -> etree._Element:
    properties = root.find(".//{*}SignedProperties")
    assert properties is not None
    root.find(f"{T}Konu").set("Id", str(properties.get("Id")))  # type: ignore[union-attr]
    return root


def other_properties(root: etree._Element) -> etree._Element:
    properties = root.find(".//{*}SigningTime")
    assert properties is not None
    properties.text = "2001-01-01T00:00:00+00:00"
    return root


def no_properties(root: etree._Element) -> etree._Element:
    reference = root.findall(f".//{DS}Reference")[1]
    reference.getparent().remove(reference)  # type: ignore[union-attr]
    return root


def key_by_value(root: etree._Element) -> etree._Element:
    info = root.find(f".//{DS}KeyInfo")
    assert info is not None
    for child in list(info):
        info.remove(child)
    etree.SubElement(etree.SubElement(info, f"{DS}KeyValue"), f"{DS}RSAKeyValue")
    return root


def transform(root: etree._Element) -> etree._Element:
    """An XPath transform that leaves the outcome out of the digest."""
    transforms = root.find(f".//{DS}Transforms")
    assert transforms is not None
    added = etree.SubElement(transforms, f"{DS}Transform", Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116")
    etree.SubElement(added, f"{DS}XPath").text = "not(self::Sonuc)"
    return root


def remote_reference(root: etree._Element) -> etree._Element:
    root.find(f".//{DS}Reference").set("URI", "http://127.0.0.1:1/other.xml")  # type: ignore[union-attr]
    return root


ATTACKS: list[Attack] = [
    *(xsw1, xsw2, xsw3, xsw4, xsw5, xsw6, xsw7, xsw8),
    *(changed, unsigned, signature_first, double_id, other_properties, no_properties),
    *(key_by_value, transform, remote_reference),
]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: f"A10-{attack.__name__}")
def test_moved_and_wrapped(trust: TrustStore, signed: bytes, attack: Attack) -> None:
    data = etree.tostring(attack(etree.fromstring(signed)))
    with pytest.raises(receipts.ReceiptSignatureError):
        receipts.verify(data, trust)


def test_a_comment_does_not_cut_a_value(trust: TrustStore, signed: bytes) -> None:
    data = signed.replace(b"24308110", b"24308<!-- x -->110").replace(b">KALDI<", b">KA<!-- GECTI -->LDI<")
    found = receipts.verify(data, trust).receipt
    assert found.issuer.detsis_no == "24308110"
    assert found.outcome is receipts.Outcome.FAILED


# Algorithms and trust (rows A12) -------------------------------------------------------------------------------------


class _Weak(XAdESSigner):
    def check_deprecated_methods(self) -> None:
        """Sign as an attacker or an old program would."""


def weakly(pki: Pki, method: SignatureMethod, digest: DigestAlgorithm, c14n: str | None = None) -> bytes:
    signer = _Weak(
        signature_algorithm=method,
        digest_algorithm=digest,
        c14n_algorithm=CanonicalizationMethod(c14n) if c14n else CanonicalizationMethod.CANONICAL_XML_1_0,
    )
    private = pki.key("tutanak")
    root = signer.sign(document.to_xml(stated()), key=private, cert=[pki.cert("tutanak")], always_add_key_value=False)
    return etree.tostring(root)


@pytest.mark.parametrize(
    ("method", "digest"),
    [
        (SignatureMethod.RSA_SHA1, DigestAlgorithm.SHA256),
        (SignatureMethod.RSA_SHA256, DigestAlgorithm.SHA1),
        (SignatureMethod.RSA_SHA224, DigestAlgorithm.SHA256),
        (SignatureMethod.RSA_SHA256, DigestAlgorithm.SHA224),
    ],
    ids=["A12-rsa-sha1", "A12-digest-sha1", "A12-rsa-sha224", "A12-digest-sha224"],
)
@pytest.mark.filterwarnings("ignore")
def test_weak_algorithms(pki: Pki, trust: TrustStore, method: SignatureMethod, digest: DigestAlgorithm) -> None:
    with pytest.raises(receipts.AlgorithmNotAllowedError):
        receipts.verify(weakly(pki, method, digest), trust)


def test_hmac_with_the_public_key(pki: Pki, trust: TrustStore, signed: bytes) -> None:
    """A12: the method is changed to HMAC and the value made with the certificate's public key as the secret."""
    root = etree.fromstring(signed)
    method = root.find(f".//{DS}SignatureMethod")
    value = root.find(f".//{DS}SignatureValue")
    info = root.find(f".//{DS}SignedInfo")
    assert method is not None
    assert value is not None
    assert info is not None
    method.set("Algorithm", SignatureMethod.HMAC_SHA256.value)
    public = pki.cert("tutanak").public_key()
    secret = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    mac = hmac.HMAC(secret, hashes.SHA256())
    mac.update(etree.tostring(info, method="c14n"))
    import base64

    value.text = base64.b64encode(mac.finalize()).decode()
    with pytest.raises(receipts.AlgorithmNotAllowedError):
        receipts.verify(etree.tostring(root), trust)


@pytest.mark.parametrize(
    "algorithm",
    ["", "urn:unknown", "http://www.w3.org/2000/09/xmldsig#dsa-sha1", "http://www.w3.org/2000/09/xmldsig#hmac-sha1"],
)
def test_unknown_method(trust: TrustStore, signed: bytes, algorithm: str) -> None:
    root = etree.fromstring(signed)
    root.find(f".//{DS}SignatureMethod").set("Algorithm", algorithm)  # type: ignore[union-attr]
    with pytest.raises(receipts.AlgorithmNotAllowedError):
        receipts.verify(etree.tostring(root), trust)


def test_truncated_hmac_and_other_c14n(pki: Pki, trust: TrustStore, signed: bytes) -> None:
    root = etree.fromstring(signed)
    method = root.find(f".//{DS}SignatureMethod")
    assert method is not None
    etree.SubElement(method, f"{DS}HMACOutputLength").text = "1"
    with pytest.raises(receipts.AlgorithmNotAllowedError):
        receipts.verify(etree.tostring(root), trust)
    other = weakly(
        pki, SignatureMethod.RSA_SHA256, DigestAlgorithm.SHA256, "http://www.w3.org/2001/10/xml-exc-c14n#WithComments"
    )
    with pytest.raises(receipts.ReceiptError):
        receipts.verify(other, trust)


def test_short_rsa_key(trust: TrustStore) -> None:
    private, certificate = short_key()
    signer = XAdESSigner(c14n_algorithm=CanonicalizationMethod.CANONICAL_XML_1_0)
    root = signer.sign(document.to_xml(stated()), key=private, cert=[certificate], always_add_key_value=False)
    with pytest.raises((receipts.AlgorithmNotAllowedError, receipts.ReceiptTrustError)):
        receipts.verify(etree.tostring(root), TrustStore.of([certificate.public_bytes(Encoding.DER)]))


def test_trust(pki: Pki, trust: TrustStore, signed: bytes) -> None:
    with pytest.raises(NotConfiguredError):
        receipts.verify(signed, TrustStore())
    for roots in (["kok-c"], ["kok-yabanci"], ["kok-dolmus"]):
        with pytest.raises(receipts.ReceiptTrustError):
            receipts.verify(signed, TrustStore.of([pki.der(label) for label in roots]))
    for label in ("tutanak-yabanci", "tutanak-dolmus"):
        with pytest.raises(receipts.ReceiptTrustError):
            receipts.verify(receipts.issue(stated(), key(pki, label)), trust)
    with pytest.raises(receipts.ReceiptTrustError):
        receipts.verify(signed, trust, datetime(2050, 1, 1, tzinfo=UTC))
    old = receipts.issue(stated(), key(pki, "tutanak-dolmus"))
    assert receipts.verify(old, trust, datetime(2022, 1, 1, tzinfo=UTC)).receipt.serial == 4711


def test_another_certificate_of_the_same_key(pki: Pki, trust: TrustStore) -> None:
    """tutanak and tutanak-dolmus share a key: the signed reference to the certificate tells them apart."""
    import base64

    old = receipts.issue(stated(), key(pki, "tutanak-dolmus"))
    root = etree.fromstring(old)
    shown = root.find(f".//{DS}X509Certificate")
    assert shown is not None
    shown.text = base64.b64encode(pki.der("tutanak")).decode()
    with pytest.raises(receipts.ReceiptSignatureError):
        receipts.verify(etree.tostring(root), trust)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\xff",
        b"<a/>",
        b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>',
        b"<Tutanak xmlns='urn:eyazisma-hub:tutanak:2'/>",
        b"x" * (1024 * 1024 + 1),
        b"<a>" * 100,
    ],
    ids=["empty", "binary", "other", "A1-doctype", "other-version", "large", "deep"],
)
def test_no_receipt_at_all(trust: TrustStore, data: bytes) -> None:
    with pytest.raises(HubError) as caught:
        receipts.verify(data, trust)
    assert not isinstance(caught.value, receipts.ReceiptSignatureError)


def test_flipped_and_cut(trust: TrustStore, signed: bytes) -> None:
    """Nothing but an expected refusal, and never another content than the one signed."""
    import random

    original = receipts.verify(signed, trust).receipt
    chooser = random.Random(1)
    for _ in range(300):
        at, bit = chooser.randrange(len(signed)), 1 << chooser.randrange(8)
        data = signed[:at] + bytes([signed[at] ^ bit]) + signed[at + 1 :]
        try:
            assert receipts.verify(data, trust).receipt == original
        except HubError:
            continue
    for cut in range(0, len(signed) - 1, 211):
        with pytest.raises(HubError):
            receipts.verify(signed[:cut], trust)


# The command ---------------------------------------------------------------------------------------------------------


def test_command(pki: Pki, tmp_path: Path, signed: bytes) -> None:
    roots = str(pki.write_roots(tmp_path / "roots"))
    good, bad, none = tmp_path / "good.xml", tmp_path / "bad.xml", tmp_path / "none.xml"
    good.write_bytes(signed)
    bad.write_bytes(signed.replace(b"4711", b"4712"))
    none.write_bytes(b"<a/>")

    def run(*arguments: str) -> tuple[int, str, str]:
        result = CliRunner().invoke(group, list(arguments))
        return result.exit_code, result.stdout, result.stderr

    code, out, _ = run("verify", str(good), "--roots", roots)
    assert code == 0
    assert "imza geçerli" in out
    assert "Görevi <sona> ermiş & imzalayamaz." in out
    assert "08:06:07" in out, "times are shown in Türkiye's time"
    code, out, err = run("verify", str(good), str(bad), "--roots", roots, "--json")
    assert code == 1
    lines = [json.loads(line) for line in out.splitlines()]
    assert [line["valid"] for line in lines] == [True, False]
    assert lines[0]["receipt"]["KayitSeriNo"] == 4711
    assert err.count("\n") == 1
    assert run("verify", str(good), str(bad), str(none), "--roots", roots)[0] == 2
    assert run("verify", str(tmp_path / "absent"), "--roots", roots)[0] in (1, 2)
    assert run("verify", str(good), "--roots", roots, "--at", "2050-01-01T00:00")[0] == 1
    assert run("verify", str(good), "--roots", roots, "--at", "soon")[0] == 2
    code, out, _ = run("show", str(bad))
    assert (code, "İMZA DENETLENMEDİ" in out, "4712" in out) == (0, True, True)
    for time in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        odd = re.sub(rb"(<DuzenlemeZamani>)[^<]*", rb"\g<1>" + time.encode(), good.read_bytes())
        with pytest.raises(receipts.ReceiptFormError, match="bir zaman okunamadı"):
            receipts.read_unverified(odd)
