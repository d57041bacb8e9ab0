"""The signature layer with real CAdES signatures of the tests' own PKI: what passes, and what each fault is called."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from asn1crypto import cms
from pki.server import Pki

from hub.package.catalogue import Layer
from hub.package.judge import Options, judge
from hub.package.report import Report
from hub.package.rules.base import Outcome
from hub.signing import TrustStore, keys, make, validate
from tests.package import factory
from tests.package.factory import Draft

Sign = Callable[[bytes], bytes]


class Signing:
    """Signs at chosen times, and trusts the roots of the PKI."""

    def __init__(self, pki: Pki) -> None:
        self.pki = pki
        self.services = make.Services(make.Tsa(pki.tsa_url()), make.HttpTransport(allow_private=True))
        self.trust = TrustStore.of([pki.der(label) for label in ("kok-a", "kok-b", "kok-c")])
        self.made: dict[tuple[object, ...], bytes] = {}
        self.stamp = ""

    def __call__(self, label: str, level: make.Level, content: bytes) -> bytes:
        known = (label, level, content)
        if known not in self.made:
            key = keys.load_pfx(self.pki.pfx(label), "parola")
            options = make.Options(level=level, strict=not label.startswith("kisi-"))
            self.made[known] = make.sign(content, key, self.services, options)
        return self.made[known]

    def using(self, label: str, level: make.Level) -> Sign:
        return partial(self, label, level)

    def dated(self, signature: bytes) -> bytes:
        """Let the letter bear the date of this signature's timestamp."""
        self.stamp = self.time(signature)
        return signature

    def time(self, data: bytes) -> str:
        stamp = validate(data, trust=self.trust).signers[0].time
        assert stamp is not None
        return stamp.isoformat()


@pytest.fixture(scope="module")
def signing(pki: Pki) -> Signing:
    return Signing(pki)


def letter(signing: Signing, make_draft: Callable[[], Draft] = factory.eyp2) -> Draft:
    """A package with valid signatures and seal, its date that of the newest timestamp."""
    draft = make_draft()
    draft.signed = {
        "parafimzacades": signing.using("ikinci", make.Level.XLONG),
        "imzacades": signing.using("imzaci", make.Level.XLONG),
        "muhurcades": signing.using("muhur", make.Level.ARCHIVE),
    }
    for component in ("ustveri", "core"):
        draft.edits.setdefault(component, []).append(
            lambda text: text.replace("Gönderen Kurum", "Örnek Bakanlığı").replace("82223362", "24308110")
        )
    make_imza = draft.signed["imzacades"]
    draft.signed["imzacades"] = lambda content: signing.dated(make_imza(content))
    draft.edits["nihaiustveri"] = [lambda text: text.replace("2025-05-12T14:23:13+03:00", signing.stamp)]
    return draft


def judged(signing: Signing, draft: Draft, trust: TrustStore | None = None) -> Report:
    return judge(draft.build(), draft.file_name, Options(trust=trust or signing.trust))


def outcome(report: Report, layer: Layer = Layer.SIGNATURES) -> Outcome:
    return next(item.outcome for item in report.layers if item.layer is layer)


def found(report: Report) -> set[str]:
    return {item.rule for item in report.findings if item.layer is Layer.SIGNATURES}


def test_good(signing: Signing) -> None:
    report = judged(signing, letter(signing))
    assert found(report) == set(), report.findings
    assert outcome(report) is Outcome.PASSED, report.unchecked
    passed = next(item.passed for item in report.layers if item.layer is Layer.SIGNATURES)
    assert {"EYP-IMZA-VALID", "EYP-MUHUR-OWNER", "EYP-ORDER-TIME", "EYP-NIHAIUSTVERI-TARIH-TS"} <= set(passed)


def test_update_package(signing: Signing) -> None:
    draft = factory.eypg()
    draft.inner = letter(signing)
    draft.signed = {"muhurcades": signing.using("muhur", make.Level.ARCHIVE)}
    report = judged(signing, draft)
    assert outcome(report) is Outcome.PASSED, (report.findings, report.unchecked)
    draft.signed = {"muhurcades": signing.using("muhur", make.Level.XLONG)}
    assert found(judged(signing, draft)) == {"EYP-EYPG-MUHUR-LEVEL"}


def test_without_trust_nothing_is_said(signing: Signing) -> None:
    report = judge(letter(signing).build(), options=Options(trust=TrustStore.of([])))
    assert outcome(report) not in (Outcome.PASSED, Outcome.FAILED)
    assert {item.outcome for item in report.unchecked if item.layer is Layer.SIGNATURES} == {Outcome.NOT_CONFIGURED}
    assert report.valid is Outcome.INDETERMINATE


def test_unknown_roots_never_pass(signing: Signing, pki: Pki) -> None:
    report = judged(signing, letter(signing), TrustStore.of([pki.der("kok-yabanci")]))
    assert outcome(report) in (Outcome.FAILED, Outcome.INDETERMINATE)
    passed = next(item.passed for item in report.layers if item.layer is Layer.SIGNATURES)
    assert not {"EYP-IMZA-CERT", "EYP-MUHUR-VALID", "EYP-PARAF-LEVEL"} & set(passed)


CASES: dict[str, tuple[Callable[[Signing, Draft], object], set[str]]] = {
    "seal-by-a-person": (
        lambda s, d: d.signed.update(muhurcades=s.using("imzaci", make.Level.ARCHIVE)),
        {"EYP-MUHUR-VALID", "EYP-MUHUR-OWNER"},
    ),
    "signature-without-timestamp": (
        lambda s, d: d.signed.update(imzacades=s.using("imzaci", make.Level.BES)),
        {"EYP-IMZA-LEVEL"},
    ),
    "signed-content-exchanged": (
        lambda s, d: d.signed.update(imzacades=lambda data: exchanged(s, data)),
        {"EYP-IMZA-VALID"},
    ),
    "signer-without-qualification": (
        lambda s, d: (
            d.signed.update(imzacades=lambda data: s.dated(s("kisi-niteliksiz", make.Level.XLONG, data))),
            d.sub("nihaiustveri", "10000000146", "10000000450"),
        ),
        {"EYP-IMZA-CERT"},
    ),
    "timestamp-broken": (
        lambda s, d: d.signed.update(imzacades=lambda data: without_time(s("imzaci", make.Level.XLONG, data))),
        {"EYP-IMZA-TIMESTAMP"},
    ),
    "paraf-without-timestamp": (
        lambda s, d: d.signed.update(parafimzacades=s.using("ikinci", make.Level.BES)),
        {"EYP-PARAF-LEVEL"},
    ),
    "seal-not-archived": (
        lambda s, d: d.signed.update(muhurcades=s.using("muhur", make.Level.XLONG)),
        {"EYP-MUHUR-LEVEL"},
    ),
    "another-signer": (
        lambda s, d: d.sub("nihaiustveri", "10000000146", "10000000382"),
        {"EYP-NIHAIUSTVERI-SIGNERS", "EYP-NIHAIUSTVERI-EXTRA"},
    ),
    "another-date": (
        lambda s, d: d.edits["nihaiustveri"].append(
            lambda text: text.replace("<t:Tarih>20", "<t:Tarih>19"),
        ),
        {"EYP-NIHAIUSTVERI-TARIH-TS"},
    ),
    "another-institution": (
        lambda s, d: d.edits["ustveri"].append(
            lambda text: text.replace("24308110", "24309000").replace("Örnek Bakanlığı", "Başka Kurum")
        ),
        {"EYP-MUHUR-OWNER"},
    ),
    "signed-other-content": (
        lambda s, d: d.signed.update(muhurcades=lambda data: s("muhur", make.Level.ARCHIVE, data + b" ")),
        {"EYP2-K100"},
    ),
    "signature-value-broken": (
        lambda s, d: d.signed.update(parafimzacades=lambda data: spoil(s("ikinci", make.Level.XLONG, data))),
        {"EYP-PARAF-LEVEL"},
    ),
}


def spoil(data: bytes) -> bytes:
    """One bit of the signature value changed, wherever it stands."""
    return _flipped(data, cms.ContentInfo.load(data)["content"])


def _flipped(data: bytes, signed: cms.SignedData) -> bytes:
    value = signed["signer_infos"][0]["signature"].native
    assert value in data
    return data.replace(value, value[:-1] + bytes([value[-1] ^ 1]))


def without_time(data: bytes) -> bytes:
    """One bit of the signature timestamp's own signature changed."""
    signer = cms.ContentInfo.load(data)["content"]["signer_infos"][0]
    stamp = next(item for item in signer["unsigned_attrs"] if item["type"].native == "signature_time_stamp_token")
    return _flipped(data, stamp["values"][0]["content"])


def exchanged(signing: Signing, content: bytes) -> bytes:
    """Another content is signed, and this one put in its place."""
    other = content[:-1] + b"\n"
    return signing.dated(signing("imzaci", make.Level.XLONG, other)).replace(other, content)


@pytest.mark.parametrize("name", CASES)
def test_fault(signing: Signing, name: str) -> None:
    change, expected = CASES[name]
    draft = letter(signing)
    change(signing, draft)
    report = judged(signing, draft)
    assert expected <= found(report), (found(report), report.unchecked)
    if name != "signature-without-timestamp":
        assert found(report) == expected
    assert outcome(report) is not Outcome.PASSED or all(
        item.severity == "warning" for item in report.findings if item.layer is Layer.SIGNATURES
    )


def test_signature_and_seal_swapped(signing: Signing) -> None:
    draft = letter(signing)
    draft.after.append(
        lambda parts: parts.update(
            {
                "/Imzalar/ImzaCades.imz": parts["/Muhur/MuhurCades.imz"],
                "/Muhur/MuhurCades.imz": parts["/Imzalar/ImzaCades.imz"],
            }
        )
    )
    report = judged(signing, draft)
    assert {"EYP2-K81", "EYP2-K100", "EYP-MUHUR-VALID", "EYP-NIHAIUSTVERI-SIGNERS"} <= found(report)
    assert report.valid is Outcome.FAILED


def test_sealed_before_signed(signing: Signing, pki: Pki) -> None:
    draft = letter(signing)

    def early(content: bytes) -> bytes:
        now = datetime.now(UTC)
        signing.made.pop(("muhur", make.Level.ARCHIVE, content), None)
        with pki.clock(now - timedelta(minutes=4)):
            return signing("muhur", make.Level.ARCHIVE, content)

    draft.signed["muhurcades"] = early
    assert "EYP-ORDER-TIME" in found(judged(signing, draft))
