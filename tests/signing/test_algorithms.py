"""Each algorithm in every place of a file: signer, authorities, responder, lists, timestamps. A file whose every
signature is made with it passes, and with any one of them spoiled it fails for that one's reason."""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

import pytest

from hub.signing import Outcome, SignatureReport, TrustStore, validate

from . import mint
from .mint import CA, CONTENT, NOCHECK, QUALIFIED, issue
from .mint_letter import RESPONDER, TSA, Letter, Stamp, World, answer, letter


class Mix(NamedTuple):
    """Key, digest and scheme of every signature in a file."""

    kind: str
    digest: str
    scheme: str = ""

    @property
    def how(self) -> dict[str, Any]:
        return {"digest": self.digest, "scheme": self.scheme}


MIXES = [
    *(Mix("rsa2048", digest, scheme) for digest in ("sha256", "sha384", "sha512") for scheme in ("", "pss")),
    Mix("rsa4096", "sha256"),
    Mix("rsa4096", "sha512"),
    Mix("rsa4096", "sha384", "pss"),
    *(Mix(curve, digest) for curve in ("p256", "p384", "p521") for digest in ("sha256", "sha384", "sha512")),
]

SPOILED = {
    "root": "CHAIN_ANCHOR",
    "sub": "CERT_SIGNATURE",
    "certificate": "CERT_SIGNATURE",
    "responder": "CERT_SIGNATURE",
    "tsa": "CERT_SIGNATURE",
    "signature": "SIGNATURE_VALUE",
    "ocsp": "OCSP_SIGNATURE",
    "crl": "CRL_SIGNATURE",
    "token": "SIGNATURE_VALUE",
    "token crl": "CRL_SIGNATURE",
    "archive": "SIGNATURE_VALUE",
    "imprint": "MESSAGE_IMPRINT",
    "archive imprint": "MESSAGE_IMPRINT",
}
"""Each signature and digest of a file, and the check that must find it spoiled."""


@functools.cache
def world(mix: Mix, spoiled: str = "") -> World:
    def one(part: str, by: Any, *extensions: bytes) -> mint.Party:
        return issue(f"{part} {mix.kind}", by, *extensions, kind=mix.kind, forged=part == spoiled, **mix.how)

    root = one("root", None, *CA)
    sub = one("sub", root, mint.basic(True, 0), mint.usage(5, 6))
    return World(
        root,
        sub,
        one("certificate", sub, *QUALIFIED),
        one("responder", sub, *RESPONDER, NOCHECK),
        one("tsa", root, *TSA),
    )


def written(mix: Mix, spoiled: str = "") -> Letter:
    """A P4-A file of one algorithm with one thing spoiled."""
    of = world(mix, spoiled if spoiled in ("root", "sub", "certificate", "responder", "tsa") else "")
    token_crl = mint.crl(of.root, forged=spoiled == "token crl", **mix.how)
    used: dict[str, Any] = {"digest": mix.digest, "signed_digest": mix.digest, "scheme": mix.scheme}
    stamp = Stamp(of.tsa, (of.root.cert,), (token_crl,), forged=spoiled == "token", wrong=spoiled == "imprint", **used)
    archive = Stamp(
        of.tsa,
        (of.root.cert,),
        (mint.crl(of.root, **mix.how),),
        time=60,
        forged=spoiled == "archive",
        wrong=spoiled == "archive imprint",
        **used,
    )
    return Letter(
        of,
        [of.responder.cert, of.sub.cert, of.root.cert],
        [mint.crl(of.root, forged=spoiled == "crl", **mix.how)],
        [answer(of, forged=spoiled == "ocsp", **mix.how)],
        [stamp],
        [archive],
        how={**mix.how, "forged": spoiled == "signature"},
    )


def judged(*of: Letter, attached: bool = True) -> SignatureReport:
    trust = TrustStore.of([one.of.root.cert for one in of])
    data = letter(*of, attached=attached)
    return validate(data, None if attached else CONTENT, trust=trust, profile="P4-A")


@pytest.mark.parametrize("attached", [True, False], ids=["attached", "detached"])
@pytest.mark.parametrize("mix", MIXES, ids=" ".join)
def test_everything_by_one_algorithm_passes(mix: Mix, attached: bool) -> None:
    report = judged(written(mix), attached=attached)
    assert report.passed, report.findings()
    assert report.codes(Outcome.WARNING) == []


@pytest.mark.parametrize("spoiled", SPOILED)
@pytest.mark.parametrize("mix", MIXES, ids=" ".join)
def test_one_spoiled_signature_is_found(mix: Mix, spoiled: str) -> None:
    report = judged(written(mix, spoiled))
    assert not report.passed
    assert SPOILED[spoiled] in report.codes()


PAIRS = [(Mix("rsa4096", "sha256"), Mix("p256", "sha256")), (Mix("rsa2048", "sha512", "pss"), Mix("p521", "sha512"))]


@pytest.mark.parametrize("attached", [True, False], ids=["attached", "detached"])
@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: " and ".join(" ".join(mix) for mix in pair))
def test_two_signers_of_two_authorities(pair: tuple[Mix, Mix], attached: bool) -> None:
    first, second = pair
    both = judged(written(first), written(second), attached=attached)
    assert both.passed, both.findings()
    assert [one.passed for one in both.signers] == [True, True]
    one = judged(written(first), written(second, "ocsp"), attached=attached)
    assert [each.passed for each in one.signers] == [True, False]
    assert not one.passed


@pytest.mark.parametrize(
    "mix", [Mix("rsa2048", "sha256"), Mix("rsa2048", "sha256", "pss"), Mix("p384", "sha384")], ids=" ".join
)
def test_a_signature_under_another_name_fails(mix: Mix, monkeypatch: pytest.MonkeyPatch) -> None:
    """A value made with one scheme or digest, which the SignerInfo calls another."""
    other = {"": "pss", "pss": ""}[mix.scheme] if mix.kind == "rsa2048" else ""
    digest = mix.digest if mix.kind == "rsa2048" else "sha512"
    sign = mint.sign
    of = written(mix)

    def misnamed(private: Any, data: bytes, by: str = "sha256", scheme: str = "") -> tuple[bytes, bytes]:
        named, value = sign(private, data, by, scheme)
        return (named, sign(private, data, digest, other)[1]) if private is of.of.signer.private else (named, value)

    monkeypatch.setattr(mint, "sign", misnamed)
    assert "SIGNATURE_VALUE" in judged(of).codes()
