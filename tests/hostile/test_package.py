# ruff: noqa: E501
"""Rows B6 to B15: packages that open and must not pass. The end of each case's name is the rule, code or outcome."""

from __future__ import annotations

import random
import time
import tracemalloc
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs7

from hub.package import envelope
from hub.package.errors import DecryptError
from hub.package.judge import Options, judge
from hub.package.keys import CertifiedKey, _Soft
from hub.package.reader import read_package
from hub.package.report import Report
from hub.package.rules.base import Outcome
from hub.package.source import BytesSource
from tests.package import factory
from tests.package.factory import REL, Draft, Rel, eyp1, eyp2, eypg, eyps2
from tests.package.forge import Forged, forge
from tests.package.mutations.kinds import EICAR, bomb
from tests.package.mutations.tools import add_part, add_rel, after, both, double, drop, refs, rel, sub

ONE_DIGEST = lambda d: setattr(d, "algorithms", ("sha512",))  # noqa: E731
LAUGHS = '<!ENTITY a0 "x">' + "".join(f'<!ENTITY a{n} "&a{n - 1};&a{n - 1};">' for n in range(1, 30))


def _downgrade(d: Draft) -> None:
    """2.x parts declared 1.3, to be judged by the weaker rules."""
    d.sub("core", ">2.0<", ">1.3<")


def _swap(d: Draft) -> None:
    """The displayed letter is not the digested one."""
    d.files["/UstYazi/sahte.pdf"] = factory.PDF
    d.rel("IdUstYazi").target = "/UstYazi/sahte.pdf"


def _loop(d: Draft) -> None:
    d.rels.append(Rel("/Ustveri/Ustveri.xml", "IdA", REL + "x", "/PaketOzeti/PaketOzeti.xml"))
    d.rels.append(Rel("/PaketOzeti/PaketOzeti.xml", "IdB", REL + "x", "/Ustveri/Ustveri.xml"))


CASES: dict[str, tuple[Callable[[], Draft], Callable[[Draft], object]]] = {
    "b6-no-content-types-EYP-OPC-CT-PRESENT": (eyp2, lambda d: d.archive.append(lambda e: e.pop(0))),
    "b6-lying-content-types-EYP-OPC-CT-EXPECTED": (eyp2, lambda d: d.types.update(imz="application/pdf")),
    "b6-part-without-type-EYP-OPC-CT-DECLARED": (eyp2, lambda d: d.types.pop("txt")),
    "b7-external-EYP-OPC-RELS-EXTERNAL": (eyp2, rel("IdUstYazi", target="http://127.0.0.1:9/x", mode="External")),
    "b7-loop-EYP-OPC-RELS-UNKNOWN": (eyp2, _loop),
    "b7-dangling-EYP-OPC-RELS-TARGET": (eyp2, rel("IdUstYazi", target="/UstYazi/yok.pdf")),
    "b7-two-targets-EYP2-K16": (eyp2, double("ustveri", "/Ustveri/iki.xml")),
    "b7-outside-EYP-OPC-RELS-ESCAPE": (eyp2, rel("IdUstYazi", target="../../../etc/passwd")),
    "b8-not-listed-EYP2-K33-EK": (eyp2, refs("paketozeti", drop="/Ekler/birinci.pdf")),
    "b8-not-listed-EYP2-K43-EK": (eyp2, refs("nihaiozet", drop="/Ekler/birinci.pdf")),
    "b8-listed-but-absent-EYP2-K33-MISSING": (eyp2, refs("paketozeti", add="/Ekler/yok.pdf")),
    "b8-wrong-digest-EYP2-K33-MISMATCH": (eyp2, after("/UstYazi/yazi.pdf", factory.PDF + b"!")),
    "b8-wrong-digest-EYP2-K43-MISMATCH": (eyp2, after("/NihaiUstveri/NihaiUstveri.xml", lambda data: data + b" ")),
    "b9-one-digest-EYP-DIGEST-COUNT-2X": (eyp2, ONE_DIGEST),
    "b9-no-sha512-EYP-DIGEST-SHA512": (eyp2, lambda d: setattr(d, "algorithms", ("sha256", "sha384"))),
    "b9-weak-EYP-DIGEST-ALG-2X": (eyp2, lambda d: setattr(d, "algorithms", ("sha1", "sha512"))),
    "b9-same-twice-EYP-DIGEST-DISTINCT": (eyp2, lambda d: setattr(d, "algorithms", ("sha512", "sha512"))),
    "b10-displayed-is-not-digested-EYP2-K33-CONTENT": (eyp2, _swap),
    "b10-displayed-is-not-digested-EYP2-K43-CONTENT": (eyp2, _swap),
    "b11-downgrade-EYP-GEN-CONSISTENT": (eyp2, _downgrade),
    "b11-upgrade-EYP-GEN-CONSISTENT": (eyp1, sub("core", ">1.3<", ">2.0<")),
    "b11-mixture-EYP-XML-GENMIX": (
        eyp2,
        lambda d: d.edits.update(nihaiustveri=[lambda t: t.replace("Tipler-2", "Tipler-1")]),
    ),
    "b11-eyps-said-eyp-EYP-KIND-CATEGORY": (eyps2, sub("core", "/SIFRELI", "")),
    "b11-eyp-said-eypg-EYP-KIND-CATEGORY": (eyp2, sub("core", ">RESMIYAZISMA<", ">RESMIYAZISMA/GUNCELLEME<")),
    "b11-both-at-once-EYP-KIND-CATEGORY": (
        eypg,
        both(
            add_part("/SifreliIcerik/x", b"x"),
            add_rel(Rel("/", "IdSifreliIcerik", REL + "sifreliicerik", "/SifreliIcerik/x")),
        ),
    ),
    "b13-doctype-XML_DTD_FORBIDDEN": (
        eyp2,
        sub("nihaiustveri", "<NihaiUstVeri", '<!DOCTYPE a SYSTEM "file:///etc/passwd"><NihaiUstVeri'),
    ),
    "b13-external-entity-XML_DTD_FORBIDDEN": (
        eyp2,
        sub("ustveri", "<UstVeri", '<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1:9/">]><UstVeri'),
    ),
    "b13-billion-laughs-XML_DTD_FORBIDDEN": (
        eyp2,
        sub("nihaiustveri", "<NihaiUstVeri", f"<!DOCTYPE a [{LAUGHS}]><NihaiUstVeri"),
    ),
    "b13-deep-XML_LIMIT": (
        eyp2,
        sub("nihaiustveri", "</NihaiUstVeri>", "<a>" * 5_000 + "</a>" * 5_000 + "</NihaiUstVeri>"),
    ),
    "b13-attributes-XML_LIMIT": (
        eyp2,
        sub("nihaiustveri", "</NihaiUstVeri>", "<a " + " ".join(f"a{n}='1'" for n in range(300)) + "/></NihaiUstVeri>"),
    ),
    "b13-long-name-XML_LIMIT": (eyp2, sub("nihaiustveri", "</NihaiUstVeri>", f"<{'a' * 300}/></NihaiUstVeri>")),
    "b13-siblings-EYP2-K85": (
        eyp2,
        sub("nihaiustveri", "</NihaiUstVeri>", "".join(f"<a{n}/>" for n in range(100_000)) + "</NihaiUstVeri>"),
    ),
    "b13-rels-doctype-XML_DTD_FORBIDDEN": (eyp2, lambda d: d.rels_edit.append(lambda t: "<!DOCTYPE a>" + t)),
    "b13-unknown-encoding-XML_NOT_WELLFORMED": (eyp2, sub("ustveri", '"utf-8"', '"utf-7"')),
    "b14-detsis-EYP-KKK-FORMAT": (eyp2, sub("ustveri", "24301050", "02430105")),
    "b14-date-EYP2-K85-TARIH": (eyp2, sub("nihaiustveri", "2025-05-12", "2025-13-45")),
    "b14-attachment-number-EYP-EK-SIRANO-UNIQUE": (eyp2, sub("ustveri", ">2</t:SiraNo", ">1</t:SiraNo")),
    "b14-kep-EYP-KEP-FORMAT": (eyp2, sub("ustveri", "kurum@hs01.kep.tr", "kurum.hs01.kep.tr")),
    "b14-date-order-EYP-EYPG-TARIH-ORDER": (eypg, sub("guncellemebilgisi", "2025-06-01", "2024-06-01")),
    "b14-attachments-EYP2-K23": (eyp2, lambda d: d.rels.remove(d.rel(f"IdEk_{factory.EK1}"))),
    "b15-eicar-EYP-TARAMA-ZARARLI": (eyp2, add_part("/ImzasizEkler/ikinci.txt", EICAR)),
    "b15-program-EYP-TARAMA-PROGRAM": (eyp2, add_part("/ImzasizEkler/ikinci.txt", b"\x7fELF")),
    "b15-macro-EYP-TARAMA-MAKRO": (eyp2, add_part("/ImzasizEkler/ikinci.txt", b"PK\3\4 word/vbaProject.bin")),
    "b1-nested-zip-ZIP_BOMB": (eyp2, bomb),
    "b1-nested-package-bomb-ZIP_BOMB": (
        eypg,
        lambda d: both(
            lambda e: setattr(e, "inner", None),
            add_part(d.places["orijinalpaket"], forge([Forged("a", bytes(4 << 20))])),
        )(d),
    ),
    "b8-no-summary-EYP2-K26": (eyp2, drop("paketozeti")),
}

# Only a register can tell what is wrong with these; the fields themselves are well formed. The register that does is in
# tests/package/test_registry_layer.py.
REGISTERED: dict[str, tuple[Callable[[], Draft], Callable[[Draft], object]]] = {
    "b14-kep-of-another-unit-EYP-KAYIT-KEP": (eyp2, sub("ustveri", "kurum@hs01", "baska@hs01")),
    "b14-unknown-addressee-EYP-KAYIT-MUHATAP": (eyp2, sub("ustveri", "24301050", "24301059")),
    "b14-unknown-sender-EYP-KAYIT-OLUSTURAN": (eyp2, sub("ustveri", "82223362", "82223369")),
    "b14-unit-of-another-institution-EYP-KAYIT-BIRIM": (eyp2, sub("ustveri", "24301051", "82223363")),
}


def build(name: str) -> bytes:
    make, change = (CASES | REGISTERED)[name]
    draft = make()
    change(draft)
    return draft.build()


def said(report: Report | None) -> set[str]:
    found: set[str] = set()
    while report:
        found |= {item.rule for item in report.findings} | {item.code for item in report.findings}
        report = report.inner
    return found


@pytest.mark.parametrize("name", CASES)
def test_named_and_never_passed(name: str) -> None:
    data = build(name)
    start = time.monotonic()
    report = judge(data, options=Options(keys=(factory.receiver_key(),)))
    assert time.monotonic() - start < 10, "the budget is 2 s on an idle machine"
    assert any(name.endswith("-" + item) for item in said(report) if item), said(report)
    assert report.valid is not Outcome.PASSED
    assert report.accepted is not Outcome.PASSED


def test_b10_shows_both_parts() -> None:
    report = judge(build("b10-displayed-is-not-digested-EYP2-K33-CONTENT"))
    finding = next(item for item in report.findings if item.rule == "EYP2-K33-CONTENT")
    assert finding.found == "/UstYazi/yazi.pdf"
    assert finding.expected == "/UstYazi/sahte.pdf"
    assert finding.line


def _for_another() -> bytes:
    """Encrypted to somebody else's certificate, which nobody here has the key of."""
    certificate = factory._certificate(rsa.generate_private_key(65537, 2048))
    envelope = pkcs7.PKCS7EnvelopeBuilder().set_data(eyp2().build()).add_recipient(certificate)
    sealed = envelope.encrypt(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])
    draft = eyps2()
    draft.after.append(lambda parts: parts.update({draft.places["sifreliicerik"]: sealed}))
    return draft.build()


SEALED: dict[str, Callable[[], bytes]] = {
    "b12-no-key-NOT_CHECKED": lambda: eyps2().build(),
    "b12-another-recipient-NOT_CHECKED": _for_another,
}


# B12: encrypted packages --------------------------------------------------------------------------------------------------


def test_b12_without_key_nothing_inside_is_passed() -> None:
    report = judge(eyps2().build())
    outcomes = {item.layer.value: item.outcome for item in report.layers}
    assert outcomes["signatures"] is outcomes["signatories"] is Outcome.NOT_CHECKED
    assert report.inner is None
    assert report.inner_missing
    assert report.valid is Outcome.INDETERMINATE
    passed = {rule for item in report.layers for rule in item.passed}
    assert not {rule for rule in passed if rule.startswith("EYP-EYPS-INNER")}


def test_b12_no_oracle() -> None:
    """Wrong key, spoiled key, spoiled content, content that is no package: one error, one text."""
    sealed = factory.encrypt(eyp2().build())
    key = factory.receiver_key()
    wrong = type(key)(key.certificate, _Wrong())
    wrapped = envelope.read_envelope(BytesSource(sealed)).recipients[0].chosen["encrypted_key"].native
    cases = {
        "wrong key": (sealed, wrong),
        "wrapped key": (sealed.replace(wrapped, bytes(len(wrapped))), key),
        "content": (sealed[:-16] + bytes(16), key),
        "no package": (factory.encrypt(b"hello"), key),
    }
    texts = set()
    for data, used in cases.values():
        with pytest.raises(DecryptError) as caught:
            envelope.decrypt(BytesSource(data), [used])
        texts.add((caught.value.code, caught.value.message, caught.value.found))
    with pytest.raises(DecryptError) as caught:
        envelope.decrypt(BytesSource(sealed), [])
    texts.add((caught.value.code, caught.value.message, caught.value.found))
    assert len(texts) == 1


class _Wrong:
    """The named recipient's key, but not the right one: what comes out is random, as implicit rejection gives it."""

    def transport(self, wrapped: bytes, oaep: tuple[str, str] | None) -> bytes:
        return bytes(16)

    def agree(self, public: bytes) -> None:
        return None


def test_b12_another_recipient() -> None:
    other = rsa.generate_private_key(65537, 2048)
    stranger = CertifiedKey(factory._certificate(other), _Soft(other))
    report = judge(eyps2().build(), options=Options(keys=(stranger,)))
    assert report.inner is None
    assert report.valid is not Outcome.PASSED


# Memory --------------------------------------------------------------------------------------------------------------------


def test_a_large_attachment_takes_little_memory() -> None:
    draft = eyp2()
    draft.files["/Ekler/birinci.pdf"] = random.Random(1).randbytes(24 << 20)
    draft.archive.append(lambda entries: [setattr(item, "method", 0) for item in entries] and None)
    data = draft.build()
    draft.files.clear()
    tracemalloc.start()
    try:
        with read_package(data) as package:
            assert package.facts["/Ekler/birinci.pdf"].size == 24 << 20
        assert tracemalloc.get_traced_memory()[1] < 12 << 20
    finally:
        tracemalloc.stop()
