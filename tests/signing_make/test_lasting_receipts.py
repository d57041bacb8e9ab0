"""Receipts with a timestamp and revocation evidence: checked offline years later, and every part of that broken."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from pki.server import Pki
from signing_make.test_receipts import ATTACKS, DS, Attack, T, key, stated

from hub.commands.receipt import receipt as group
from hub.signing import make, receipts
from hub.signing.receipts import lasting
from hub.signing.report import Outcome
from hub.signing.trust import TrustStore

HTTP = make.HttpTransport(allow_private=True)
XADES = lasting.XADES


def now_stated() -> receipts.Receipt:
    return replace(stated(), issued_at=datetime.now(UTC).replace(microsecond=0))


@pytest.fixture(scope="module")
def trust(pki: Pki) -> TrustStore:
    return TrustStore.of([pki.der(label) for label in ("kok-a", "kok-b", "kok-c")])


@pytest.fixture(scope="module")
def services(pki: Pki) -> make.Services:
    return make.Services(make.Tsa(pki.tsa_url()), HTTP)


@pytest.fixture(scope="module")
def signed(pki: Pki, services: make.Services) -> bytes:
    return receipts.issue(now_stated(), key(pki, "tutanak"), services)


def test_years_later(pki: Pki, trust: TrustStore, signed: bytes) -> None:
    found = receipts.verify(signed, trust, datetime(2060, 1, 1, tzinfo=UTC))
    assert found.time is not None
    assert abs(found.time - datetime.now(UTC)) < timedelta(minutes=10)
    assert (found.at, found.revocation) == (found.time, Outcome.PASSED)
    assert found.chain[-1].raw == pki.der("kok-a")
    plain = receipts.verify(receipts.issue(now_stated(), key(pki, "tutanak")), trust)
    assert (plain.time, plain.revocation) == (None, Outcome.NOT_CHECKED)


@pytest.mark.parametrize(
    ("label", "pss", "tsa"), [("tutanak", True, "zd-c"), ("tutanak-ec", False, "zd-b"), ("ucuncu", False, "zd-c")]
)
def test_keys_and_authorities(pki: Pki, trust: TrustStore, label: str, pss: bool, tsa: str) -> None:
    services = make.Services(make.Tsa(pki.tsa_url(tsa), digest="sha384"), HTTP)
    data = receipts.issue(now_stated(), key(pki, label, pss), services)
    assert receipts.verify(data, trust, datetime(2060, 1, 1, tzinfo=UTC)).revocation is Outcome.PASSED


@pytest.mark.part("xmlsec1")
def test_xmlsec1_still_verifies(pki: Pki, tmp_path: Path, signed: bytes) -> None:
    (tmp_path / "ca.pem").write_bytes(pki.cert("kok-a").public_bytes(Encoding.PEM))
    command = ["xmlsec1", "--verify", "--id-attr:Id", "SignedProperties", "--id-attr:Id", "KeyInfo"]
    for data, code in ((signed, 0), (signed.replace(b"4711", b"4712"), 1)):
        (tmp_path / "t.xml").write_bytes(data)
        done = subprocess.run([*command, "--trusted-pem", "ca.pem", "t.xml"], cwd=tmp_path, capture_output=True)
        assert (done.returncode != 0) == code


@pytest.mark.part("openssl")
def test_openssl_verifies_the_timestamp(pki: Pki, tmp_path: Path, signed: bytes) -> None:
    """The token is over the exclusive canonical form, written here by another program."""
    root = etree.fromstring(signed)
    value = root.find(f".//{DS}SignatureValue")
    token = root.find(f".//{XADES}EncapsulatedTimeStamp")
    assert value is not None
    assert token is not None
    over = f'<ds:SignatureValue xmlns:ds="{DS[1:-1]}">{value.text}</ds:SignatureValue>'
    (tmp_path / "over").write_bytes(over.encode())
    (tmp_path / "token").write_bytes(base64.b64decode(str(token.text)))
    (tmp_path / "ca.pem").write_bytes(b"".join(pki.cert(one).public_bytes(Encoding.PEM) for one in ("kok-a", "kok-c")))
    done = subprocess.run(
        ["openssl", "ts", "-verify", "-data", "over", "-in", "token", "-token_in", "-CAfile", "ca.pem"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert b"Verification: OK" in done.stdout + done.stderr, done.stderr


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: f"A10-{attack.__name__}")
def test_moved_and_wrapped(trust: TrustStore, signed: bytes, attack: Attack) -> None:
    with pytest.raises(receipts.ReceiptSignatureError):
        receipts.verify(etree.tostring(attack(etree.fromstring(signed))), trust)


# The unsigned properties ---------------------------------------------------------------------------------------------

Change = Callable[[etree._Element], None]


def part(name: str) -> Callable[[etree._Element], etree._Element]:
    def find(root: etree._Element) -> etree._Element:
        found = root.find(f".//{XADES}{name}")
        assert found is not None
        return found

    return find


def away(name: str) -> Change:
    def change(root: etree._Element) -> None:
        one = part(name)(root)
        one.getparent().remove(one)  # type: ignore[union-attr]

    return change


def twice(name: str) -> Change:
    def change(root: etree._Element) -> None:
        one = part(name)(root)
        one.addnext(etree.fromstring(etree.tostring(one)))

    return change


def text(name: str, value: str) -> Change:
    def change(root: etree._Element) -> None:
        part(name)(root).text = value

    return change


def hidden(root: etree._Element) -> None:
    """The forged outcome hides beside the evidence."""
    outcome = etree.SubElement(part("RevocationValues")(root), f"{T}Sonuc")
    outcome.text = "GECTI"


def inclusive(root: etree._Element) -> None:
    method = part("SignatureTimeStamp")(root)[0]
    method.set("Algorithm", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315")


FORM: dict[str, Change] = {
    "no timestamp": away("SignatureTimeStamp"),
    "two timestamps": twice("SignatureTimeStamp"),
    "no certificates": away("CertificateValues"),
    "no status": away("RevocationValues"),
    "two unsigned properties": twice("UnsignedProperties"),
    "no base64": text("EncapsulatedTimeStamp", "%%%"),
    "no token": text("EncapsulatedTimeStamp", base64.b64encode(b"\x30\x00").decode()),
    "no certificate": text("EncapsulatedX509Certificate", base64.b64encode(b"\x30\x00").decode()),
    "no list": text("EncapsulatedCRLValue", base64.b64encode(b"\x30\x00").decode()),
    "hidden": hidden,
    "another canonical form": inclusive,
}


@pytest.mark.parametrize("what", FORM)
def test_odd_form(trust: TrustStore, signed: bytes, what: str) -> None:
    root = etree.fromstring(signed)
    FORM[what](root)
    with pytest.raises(receipts.ReceiptSignatureError):
        receipts.verify(etree.tostring(root), trust)


def test_evidence_taken_away(trust: TrustStore, signed: bytes) -> None:
    for name in ("EncapsulatedOCSPValue", "EncapsulatedCRLValue", "OCSPValues", "CRLValues"):
        root = etree.fromstring(signed)
        if root.find(f".//{XADES}{name}") is None:
            continue
        away(name)(root)  # an empty group is against XAdES's schema, a missing one leaves a status unanswered
        with pytest.raises((receipts.ReceiptTrustError, receipts.ReceiptSignatureError)):
            receipts.verify(etree.tostring(root), trust)
    root = etree.fromstring(signed)
    away("UnsignedProperties")(root)
    stripped = receipts.verify(etree.tostring(root), trust)
    assert (stripped.time, stripped.revocation) == (None, Outcome.NOT_CHECKED)


def test_another_timestamp(pki: Pki, trust: TrustStore, services: make.Services, signed: bytes) -> None:
    """A timestamp over something else, and that of another receipt."""
    other = receipts.issue(now_stated(), key(pki, "tutanak"), services)
    taken = part("EncapsulatedTimeStamp")(etree.fromstring(other)).text
    assert services.tsa is not None
    for value in (taken, base64.b64encode(services.tsa.timestamp(b"baska").dump()).decode()):
        root = etree.fromstring(signed)
        text("EncapsulatedTimeStamp", str(value))(root)
        with pytest.raises(receipts.ReceiptTrustError, match="MESSAGE_IMPRINT"):
            receipts.verify(etree.tostring(root), trust)


def test_trust_and_times(pki: Pki, trust: TrustStore, services: make.Services) -> None:
    signer = key(pki, "tutanak")
    apart = receipts.issue(now_stated(), signer, make.Services(make.Tsa(pki.tsa_url("zd-c")), HTTP))
    assert receipts.verify(apart, trust).time is not None
    with pytest.raises(receipts.ReceiptTrustError, match="zaman damgası"):
        receipts.verify(apart, TrustStore.of([pki.der("kok-a")]))
    late = replace(now_stated(), issued_at=datetime.now(UTC) + timedelta(minutes=30))
    with pytest.raises(receipts.ReceiptTrustError, match="önce damgalanmış"):
        receipts.verify(receipts.issue(late, signer, services), trust)
    with pytest.raises(receipts.ReceiptTrustError, match="TIMESTAMP_FUTURE"):
        receipts.verify(apart, trust, datetime.now(UTC) - timedelta(days=1))


def test_nothing_is_issued_without_what_was_asked(pki: Pki) -> None:
    signer = key(pki, "tutanak")
    with pytest.raises(make.SigningError):
        receipts.issue(now_stated(), signer, make.Services(None, HTTP))
    with pytest.raises(make.SigningError):
        receipts.issue(now_stated(), signer, make.Services(make.Tsa("http://127.0.0.1:9/"), HTTP))
    with pytest.raises(make.SigningError):
        receipts.issue(now_stated(), key(pki, "kisi-iptal-once"), make.Services(make.Tsa(pki.tsa_url()), HTTP))


def test_flipped(trust: TrustStore, signed: bytes) -> None:
    import random

    from hub.errors import HubError

    original = receipts.verify(signed, trust)
    chooser = random.Random(2)
    for _ in range(200):
        at, bit = chooser.randrange(len(signed)), 1 << chooser.randrange(8)
        data = signed[:at] + bytes([signed[at] ^ bit]) + signed[at + 1 :]
        try:
            found = receipts.verify(data, trust)
        except HubError:
            continue
        assert found.receipt == original.receipt
        assert found.time in (original.time, None)


def test_command(pki: Pki, tmp_path: Path, signed: bytes) -> None:
    roots = str(pki.write_roots(tmp_path / "roots"))
    lasts, plain = tmp_path / "lasts.xml", tmp_path / "plain.xml"
    lasts.write_bytes(signed)
    plain.write_bytes(receipts.issue(now_stated(), key(pki, "tutanak")))

    def run(*arguments: str) -> tuple[int, str, str]:
        result = CliRunner().invoke(group, ["verify", *arguments, "--roots", roots])
        return result.exit_code, result.stdout, result.stderr

    assert run(str(lasts), str(plain))[0] == 0
    assert "iptal durumu denetlendi" in run(str(lasts), "--at", "2060-01-01T00:00Z")[1]
    code, out, err = run(str(lasts), str(plain), "--proved", "--json")
    lines = [json.loads(line) for line in out.splitlines()]
    assert (code, [line["valid"] for line in lines], err.count("\n")) == (1, [True, False], 1)
    assert lines[0]["revocation"] == "passed"
    assert lines[0]["time"].endswith("Z")
