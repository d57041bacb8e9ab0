"""Own controls for what the labelled cases lack: each rule of the profile in each place, broken and kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from hub.signing import Indication, SignatureReport, oids, validate
from hub.signing.algorithms import AgePolicy

from .forge import (
    CA_USAGE,
    CONTENT,
    P4_DIGEST,
    POLICY,
    QC,
    SIGNER_USAGE,
    T0,
    Forge,
    Spec,
    attribute,
    minutes,
    octets,
    oid,
    policy,
    seq,
    utc,
)

PASSED = Indication.TOTAL_PASSED
FAILED = Indication.TOTAL_FAILED
UNSURE = Indication.INDETERMINATE


@dataclass
class Control:
    """One file and what must come out."""

    name: str
    fails: list[str] = field(default_factory=list)
    """``where CODE`` of each failed or indeterminate check, signer 1 unless a number stands before it."""
    expected: Indication | None = None
    hooks: dict[str, Callable[[Any], Any]] = field(default_factory=dict)
    certs: dict[str, dict[str, Any]] = field(default_factory=dict)
    more: tuple[Spec, ...] = ()
    build: dict[str, Any] = field(default_factory=dict)
    profile: str = "P4"
    options: dict[str, Any] = field(default_factory=dict)
    trust: tuple[str, ...] = ("root", "tsroot")

    @property
    def indication(self) -> Indication:
        return self.expected or (FAILED if self.fails else PASSED)


def change(**values: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A hook that overrides members of a dictionary."""
    return lambda found: found | values


def drop(*names: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda found: {name: value for name, value in found.items() if name not in names}


F = Forge()
"""The default certificates, for evidence that a row makes by hand."""

OLD = {"not_after": T0 - minutes(10)}
EARLY = {"not_before": T0 + minutes(60), "not_after": T0 + timedelta(days=365)}


def values(**lists: list[bytes]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return change(**lists)


def stamp(**options: Any) -> dict[str, Callable[[Any], Any]]:
    return {"token.signature": change(**options)}


ST = "signature-timestamp-1"
A1, A2 = "archive-v2-timestamp-1", "archive-v2-timestamp-2"
ARCHIVED: dict[str, Any] = {"archives": 1}
TWICE: dict[str, Any] = {"archives": 2}

SUB2 = Spec("sub2", "sub", ca=True, usage=CA_USAGE)

CONTROLS = [
    # the default and its allowed variations
    Control("plain"),
    Control("auto", profile="auto"),
    Control(
        "without optional policy qualifier",
        hooks={"signed": change(policy=attribute(oids.SIGNATURE_POLICY, policy(uri=False)))},
    ),
    Control("archive", profile="P4-A", build=ARCHIVED),
    Control("renewed archive", profile="P4-A", build=TWICE),
    Control("archive of the third form", profile="P4-A", build={"archives": 1, "v3": True}),
    Control("renewed archive of the third form", profile="P4-A", build={"archives": 2, "v3": True}),
    Control("detached", build={"attached": False}),
    Control("detached archive", profile="P4-A", build={"attached": False, **ARCHIVED}),
    Control("detached archive of the third form", profile="P4-A", build={"attached": False, "archives": 1, "v3": True}),
    Control("parallel signers", build={"signers": ("signer", "second")}),
    Control("parallel archived signers", profile="P4-A", build={"signers": ("signer", "second"), **ARCHIVED}),
    Control("counter-signature", build={"countersigners": ("second",)}),
    Control("archived counter-signature", profile="P4-A", build={"countersigners": ("second",), **ARCHIVED}),
    Control("counter-signature, detached", build={"countersigners": ("second",), "attached": False}),
    *(
        Control(
            f"{kind} {digest} {scheme}".strip(),
            certs={name: {"kind": kind} for name in ("signer", "tsa", "responder")},
            hooks={"sign": change(digest=digest, scheme=scheme)},
        )
        for kind, digest, scheme in (
            ("rsa2048", "sha256", ""),
            ("rsa2048", "sha384", "pss"),
            ("rsa2048", "sha512", "bare"),
            ("rsa2048", "sha1", ""),
            ("ec", "sha512", ""),
            ("ec384", "sha384", ""),
            ("ec", "sha256", "bare"),
        )
    ),
    Control("timestamp signed with PSS", certs={"tsa": {"kind": "rsa2048"}}, hooks=stamp(scheme="pss")),
    Control("SHA-512 imprint", hooks=stamp(digest="sha512")),
    Control("signer named by key identifier", hooks={"sign": change(by_key_id=True)}),
    Control("signed attributes stored unsorted", hooks={"sign": change(sort=False)}),
    Control("timestamp by another root", hooks=stamp(tsa="tsa2", certs=["tsa2", "tsroot"], crls=[F.crl("tsroot")])),
    Control("timestamp whose root is trusted only", hooks=stamp(certs=["tsa"])),
    Control("timestamp that brings no CRL; the values hold one of its authority", hooks=stamp(crls=[])),
    Control(
        "timestamp with an OCSP response of its authority",
        hooks=stamp(crls=[], ocsps=[F.ocsp("tsa", responder="root", issuer="root")]),
    ),
    Control("two signature timestamps", hooks={"unsigned": lambda found: [*found, found[0]]}),
    Control(
        "CA status by OCSP",
        hooks={"values": lambda v: v | {"crls": [], "ocsps": [*v["ocsps"], F.ocsp("sub", responder="root")]}},
    ),
    Control(
        "OCSP by the CA itself",
        hooks={"values": values(ocsps=[F.ocsp("signer", responder="sub")], certs=[F.der("sub"), F.der("root")])},
    ),
    Control("OCSP that names its responder", hooks={"values": values(ocsps=[F.ocsp("signer", by_name=True)])}),
    Control("OCSP without certificates inside", hooks={"values": values(ocsps=[F.ocsp("signer", bag=())])}),
    Control("OCSP with a SHA-256 CertID", hooks={"values": values(ocsps=[F.ocsp("signer", digest="sha256")])}),
    Control("OCSP nine minutes early", hooks={"values": values(ocsps=[F.ocsp("signer", produced=T0 - minutes(8))])}),
    Control("OCSP hours later", hooks={"values": values(ocsps=[F.ocsp("signer", produced=T0 + minutes(600))])}),
    Control(
        "OCSP early but with nextUpdate",
        hooks={"values": values(ocsps=[F.ocsp("signer", produced=T0 - minutes(60), until=T0 + minutes(60))])},
    ),
    Control("CRL issued later", hooks={"values": values(crls=[F.crl("root", this=T0 + timedelta(days=2))])}),
    Control("CRL runs out at the very second", hooks={"values": values(crls=[F.crl("root", until=T0 + minutes(1))])}),
    Control(
        "revoked a second after",
        hooks={
            "values": values(
                ocsps=[F.ocsp("signer", produced=T0 + minutes(300), revoked=T0 + minutes(1) + timedelta(seconds=1))]
            )
        },
    ),
    Control("CA revoked after", hooks={"values": values(crls=[F.crl("root", revoked={"sub": T0 + minutes(2)})])}),
    Control("TSA revoked after", hooks=stamp(crls=[F.crl("root", revoked={"tsa": T0 + minutes(2)})])),
    Control("TSA certificate expired since", certs={"tsa": {"not_after": T0 + minutes(5)}}),
    Control("signer certificate expired since", certs={"signer": {"not_after": T0 + minutes(5)}}),
    Control(
        "everything expired since",
        certs={name: {"not_after": T0 + minutes(45)} for name in ("root", "sub", "signer", "tsa", "responder")},
        profile="P4-A",
        build=ARCHIVED,
    ),
    Control(
        "signed 299 seconds after the timestamp",
        hooks={"signed": change(time=attribute(oids.SIGNING_TIME, utc(T0 + minutes(1) + timedelta(seconds=299))))},
    ),
    Control(
        "signed two hours before the timestamp",
        hooks={"signed": change(time=attribute(oids.SIGNING_TIME, utc(T0 + minutes(1) - timedelta(seconds=7200))))},
    ),
    Control("strong ESS digest", hooks={"signed": change(ess=F.ess("signer", "sha512"))}),
    Control("both ESS versions", hooks={"signed": lambda s: s | {"v1": F.ess("signer", v1=True)}}),
    Control("references with SHA-1", hooks={"refs.options": change(digest="sha1")}),
    Control("references with SHA-512", hooks={"refs.options": change(digest="sha512")}),
    Control("references without identifiers", hooks={"refs.options": change(bare=True)}),
    Control("the seal's statement", certs={"signer": {"statements": (QC[0], "2.16.792.1.61.0.1.5070.2.1")}}),
    Control(
        "responder with a status of its own",
        certs={"responder": {"nocheck": False}},
        hooks={"values": lambda v: v | {"crls": [*v["crls"], F.crl("sub")]}},
    ),
    Control(
        "responder revoked after",
        certs={"responder": {"nocheck": False}},
        hooks={"values": lambda v: v | {"crls": [*v["crls"], F.crl("sub", revoked={"responder": T0 + minutes(30)})]}},
    ),
    Control(
        "CRL in the timestamp is the newer word",
        hooks={
            "values": values(crls=[F.crl("root", revoked={"tsa": T0 - minutes(60)})]),
            **stamp(crls=[F.crl("root", revoked={"tsa": T0 + minutes(60)})]),
        },
    ),
    Control(
        "longer path",
        more=(Spec("deep", "sub2", usage=SIGNER_USAGE, policies=(POLICY,), statements=QC), SUB2),
        certs={"sub": {"path_length": 1}, "signer": {"issuer": "sub2"}, "responder": {"issuer": "sub2"}},
        hooks={
            "values": lambda v: (
                v
                | {
                    "certs": [*v["certs"], Forge(more=(SUB2,), certs={"sub": {"path_length": 1}}).der("sub2")],
                    "crls": [*v["crls"], F.crl("sub")],
                }
            )
        },
    ),
    # the signature
    Control("forged value", ["signature SIGNATURE_VALUE"], hooks={"sign": change(forged=True)}),
    Control(
        "other content",
        ["signature MESSAGE_DIGEST"],
        hooks={"signed": change(digest=attribute(oids.MESSAGE_DIGEST, octets(b"\0" * 32)))},
    ),
    Control(
        "wrong content type",
        ["signature CONTENT_TYPE"],
        hooks={"signed": change(type=attribute(oids.CONTENT_TYPE, oid(oids.TST_INFO)))},
    ),
    Control("no content type", ["signature CONTENT_TYPE"], hooks={"signed": drop("type")}),
    Control("no message digest", ["signature MESSAGE_DIGEST"], hooks={"signed": drop("digest")}),
    Control("digest twice", ["signature ATTRIBUTES"], hooks={"signed": lambda s: s | {"again": s["digest"]}}),
    Control(
        "two values in one attribute",
        ["signature ATTRIBUTES"],
        hooks={"signed": change(time=attribute(oids.SIGNING_TIME, utc(T0), utc(T0 + minutes(1))))},
    ),
    Control("certificate not there", ["signature SIGNER_CERTIFICATE"], hooks={"bag": lambda _: []}),
    # signed attributes
    Control("no ESS", ["signature SIGNING_CERTIFICATE"], hooks={"signed": drop("ess")}),
    Control(
        "ESS version 1 only", ["signature SIGNING_CERTIFICATE"], hooks={"signed": change(ess=F.ess("signer", v1=True))}
    ),
    Control(
        "ESS version 2 with SHA-1",
        ["signature SIGNING_CERTIFICATE"],
        hooks={"signed": change(ess=F.ess("signer", "sha1"))},
    ),
    Control(
        "ESS of another certificate", ["signature SIGNING_CERTIFICATE"], hooks={"signed": change(ess=F.ess("second"))}
    ),
    Control(
        "ESS with another serial",
        ["signature SIGNING_CERTIFICATE"],
        hooks={"signed": change(ess=F.ess("signer", serial=5))},
    ),
    Control(
        "ESS with another issuer",
        ["signature SIGNING_CERTIFICATE"],
        hooks={"signed": change(ess=F.ess("signer", issuer="root"))},
    ),
    Control("no signing time", ["signature SIGNING_TIME"], hooks={"signed": drop("time")}),
    Control(
        "signing time too early",
        ["signature SIGNING_TIME"],
        hooks={"signed": change(time=attribute(oids.SIGNING_TIME, utc(T0 + minutes(1) - timedelta(seconds=7201))))},
    ),
    Control(
        "signing time too late",
        ["signature SIGNING_TIME"],
        hooks={"signed": change(time=attribute(oids.SIGNING_TIME, utc(T0 + minutes(1) + timedelta(seconds=301))))},
    ),
    Control("no policy", ["signature SIGNATURE_POLICY"], hooks={"signed": drop("policy")}),
    Control(
        "another policy",
        ["signature SIGNATURE_POLICY"],
        hooks={"signed": change(policy=attribute(oids.SIGNATURE_POLICY, policy("2.16.792.1.61.0.1.5070.3.2.1")))},
    ),
    Control(
        "policy digest altered",
        ["signature SIGNATURE_POLICY"],
        hooks={"signed": change(policy=attribute(oids.SIGNATURE_POLICY, policy(digest=P4_DIGEST[::-1])))},
    ),
    Control(
        "policy digest by another algorithm",
        ["signature SIGNATURE_POLICY"],
        hooks={"signed": change(policy=attribute(oids.SIGNATURE_POLICY, policy(name="sha1")))},
    ),
    Control(
        "implied policy",
        ["signature SIGNATURE_POLICY"],
        hooks={"signed": change(policy=attribute(oids.SIGNATURE_POLICY, b"\5\0"))},
    ),
    # the signer's certificate
    Control("signer expired", ["signature CERT_VALIDITY"], certs={"signer": OLD}),
    Control("signer not yet valid", ["signature CERT_VALIDITY"], certs={"signer": EARLY}),
    Control("signer forged", ["signature CERT_SIGNATURE"], certs={"signer": {"forged": True}}),
    Control(
        "signer revoked at the very second",
        ["signature CERT_REVOKED"],
        hooks={"values": values(ocsps=[F.ocsp("signer", revoked=T0 + minutes(1))])},
    ),
    Control(
        "no non-repudiation", ["signature KEY_USAGE"], certs={"signer": {"usage": frozenset({"digital_signature"})}}
    ),
    Control("no key usage", ["signature KEY_USAGE"], certs={"signer": {"usage": frozenset()}}),
    Control("no policy in the certificate", ["signature CERTIFICATE_POLICY"], certs={"signer": {"policies": ()}}),
    Control(
        "policy without user notice",
        ["signature CERTIFICATE_POLICY"],
        certs={"signer": {"policies": (x509.PolicyInformation(POLICY.policy_identifier, None),)}},
    ),
    Control(
        "policy with an address only",
        ["signature CERTIFICATE_POLICY"],
        certs={"signer": {"policies": (x509.PolicyInformation(POLICY.policy_identifier, ["http://example.invalid"]),)}},
    ),
    Control("no statements", ["signature QC_STATEMENTS"], certs={"signer": {"statements": ()}}),
    Control("no ETSI statement", ["signature QC_STATEMENTS"], certs={"signer": {"statements": QC[1:]}}),
    Control("no national statement", ["signature QC_STATEMENTS"], certs={"signer": {"statements": QC[:1]}}),
    Control(
        "unknown critical extension",
        ["signature CERT_EXTENSIONS"],
        certs={"signer": {"extra": ((x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\5\0"), True),)}},
    ),
    # the subordinate authority
    Control("CA expired", ["signature CERT_VALIDITY"], certs={"sub": OLD}),
    Control("CA not yet valid", ["signature CERT_VALIDITY"], certs={"sub": EARLY}),
    Control("CA forged", ["signature CERT_SIGNATURE"], certs={"sub": {"forged": True}}),
    Control(
        "CA revoked", ["signature CERT_REVOKED"], hooks={"values": values(crls=[F.crl("root", revoked={"sub": T0})])}
    ),
    Control(
        "CA revoked, says OCSP",
        ["signature CERT_REVOKED"],
        hooks={
            "values": lambda v: v | {"crls": [], "ocsps": [*v["ocsps"], F.ocsp("sub", responder="root", revoked=T0)]}
        },
    ),
    Control(
        "CA without CA constraint", ["signature CA_CONSTRAINTS"], certs={"sub": {"ca": False, "path_length": None}}
    ),
    Control(
        "CA without keyCertSign",
        ["signature CA_KEY_USAGE"],
        certs={"sub": {"usage": frozenset({"crl_sign", "digital_signature"})}},
    ),
    Control(
        "path too long",
        ["signature PATH_LENGTH"],
        more=(SUB2,),
        certs={"signer": {"issuer": "sub2"}, "responder": {"issuer": "sub2"}},
        hooks={
            "values": lambda v: (
                v | {"certs": [*v["certs"], Forge(more=(SUB2,)).der("sub2")], "crls": [*v["crls"], F.crl("sub")]}
            )
        },
    ),
    Control("root's path too long", ["signature PATH_LENGTH"], certs={"root": {"path_length": 0}}),
    Control(
        "name not permitted",
        ["signature NAME_CONSTRAINTS"],
        certs={
            "sub": {
                "extra": (
                    (
                        x509.NameConstraints(
                            [x509.DirectoryName(x509.Name([x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "DE")]))], None
                        ),
                        True,
                    ),
                )
            }
        },
    ),
    Control(
        "policy lost on the way",
        ["signature POLICY_CONSTRAINTS"],
        certs={
            "sub": {
                "policies": (x509.PolicyInformation(x509.ObjectIdentifier("1.2.3.5"), None),),
                "extra": ((x509.PolicyConstraints(0, None), True),),
            }
        },
    ),
    Control(
        "look-alike root",
        ["signature CERT_SIGNATURE"],
        more=(Spec("fake", "fake", subject="root", ca=True, usage=CA_USAGE),),
        certs={"sub": {"issuer": "fake"}},
    ),
    Control(
        "issuer not in the values",
        ["signature CHAIN_ANCHOR", "signature CERTIFICATE_REFS"],
        hooks={
            "values": lambda v: v,
            "long": lambda found: (
                found | {"cert_values": attribute(oids.CERTIFICATE_VALUES, seq(F.der("responder"), F.der("root")))}
            ),
        },
    ),
    Control("root not trusted", ["signature CHAIN_ANCHOR", f"{ST} CHAIN_ANCHOR"], trust=("tsroot",)),
    Control("root out of its period", ["signature CHAIN_ANCHOR", f"{ST} CHAIN_ANCHOR"], certs={"root": OLD}),
    # status evidence of the signer
    Control(
        "OCSP forged", ["signature OCSP_SIGNATURE"], hooks={"values": values(ocsps=[F.ocsp("signer", forged=True)])}
    ),
    Control(
        "OCSP unknown", ["signature OCSP_UNKNOWN"], hooks={"values": values(ocsps=[F.ocsp("signer", unknown=True)])}
    ),
    Control(
        "OCSP too early",
        ["signature OCSP_FRESHNESS"],
        hooks={"values": values(ocsps=[F.ocsp("signer", produced=T0 - minutes(10))])},
    ),
    Control(
        "OCSP about old news",
        ["signature OCSP_FRESHNESS"],
        hooks={"values": values(ocsps=[F.ocsp("signer", this=T0 - minutes(60))])},
    ),
    Control(
        "OCSP about another",
        ["signature OCSP_CERT_ID", "signature REVOCATION_VALUES"],
        hooks={"values": values(ocsps=[F.ocsp("second")])},
    ),
    Control(
        "OCSP by a stranger",
        ["signature OCSP_RESPONDER"],
        hooks={"values": values(ocsps=[F.ocsp("signer", responder="tsa")])},
    ),
    Control("OCSP responder without its purpose", ["signature OCSP_RESPONDER"], certs={"responder": {"purposes": ()}}),
    Control(
        "OCSP responder's certificate missing",
        ["signature OCSP_RESPONDER"],
        hooks={"values": values(ocsps=[F.ocsp("signer", bag=())], certs=[F.der("sub"), F.der("root")])},
    ),
    Control("OCSP responder forged", ["signature CERT_SIGNATURE"], certs={"responder": {"forged": True}}),
    Control("OCSP responder expired", ["signature CERT_VALIDITY"], certs={"responder": OLD}),
    Control("OCSP responder of another CA", ["signature OCSP_RESPONDER"], certs={"responder": {"issuer": "root"}}),
    Control(
        "OCSP responder revoked",
        ["signature CERT_REVOKED"],
        certs={"responder": {"nocheck": False}},
        hooks={"values": lambda v: v | {"crls": [*v["crls"], F.crl("sub", revoked={"responder": T0})]}},
    ),
    Control("OCSP responder of unknown status", ["signature STATUS_MISSING"], certs={"responder": {"nocheck": False}}),
    Control(
        "CRL instead of OCSP",
        ["signature STATUS_MISSING", "signature REVOCATION_VALUES"],
        hooks={"values": lambda v: v | {"ocsps": [], "crls": [*v["crls"], F.crl("sub")]}},
    ),
    Control(
        "CRL beside a bad OCSP",
        ["signature OCSP_SIGNATURE"],
        hooks={"values": lambda v: v | {"ocsps": [F.ocsp("signer", forged=True)], "crls": [*v["crls"], F.crl("sub")]}},
    ),
    # status evidence of the subordinate authority
    Control("CRL forged", ["signature CRL_SIGNATURE"], hooks={"values": values(crls=[F.crl("root", forged=True)])}),
    Control(
        "CRL by another key", ["signature CRL_SIGNATURE"], hooks={"values": values(crls=[F.crl("root", by="tsroot")])}
    ),
    Control("CRL run out", ["signature CRL_FRESHNESS"], hooks={"values": values(crls=[F.crl("root", until=T0)])}),
    Control(
        "CRL of a CA without cRLSign",
        ["signature CRL_ISSUER", f"{ST} CRL_ISSUER"],
        certs={"root": {"usage": frozenset({"key_cert_sign"})}},
    ),
    Control(
        "CRL for users only",
        ["signature CRL_SCOPE"],
        hooks={
            "values": values(
                crls=[
                    F.crl(
                        "root",
                        extra=[(x509.IssuingDistributionPoint(None, None, True, False, None, False, False), True)],
                    )
                ]
            )
        },
    ),
    Control(
        "delta CRL",
        ["signature CRL_SCOPE"],
        hooks={"values": values(crls=[F.crl("root", extra=[(x509.DeltaCRLIndicator(3), True)])])},
    ),
    # the signature timestamp
    Control(
        "timestamp missing",
        ["signature LEVEL", "signature TRUSTED_TIME"],
        hooks={"unsigned": lambda found: found[1:]},
        options={"at": T0 + minutes(1)},
    ),
    Control("timestamp imprint", [f"{ST} MESSAGE_IMPRINT"], hooks=stamp(spoil=True)),
    Control("timestamp forged", [f"{ST} SIGNATURE_VALUE"], hooks=stamp(forged=True)),
    Control("timestamp without ESS", [f"{ST} SIGNING_CERTIFICATE"], hooks=stamp(ess=False)),
    Control(
        "timestamp with another's ESS",
        [f"{ST} SIGNING_CERTIFICATE"],
        hooks={"token.signature.signed": lambda found: [*found[:2], F.ess("tsa2")]},
    ),
    Control(
        "timestamp content type",
        [f"{ST} CONTENT_TYPE"],
        hooks={"token.signature.signed": lambda found: [attribute(oids.CONTENT_TYPE, oid(oids.DATA)), *found[1:]]},
    ),
    Control(
        "timestamp message digest",
        [f"{ST} MESSAGE_DIGEST"],
        hooks={
            "token.signature.signed": lambda found: [
                found[0],
                attribute(oids.MESSAGE_DIGEST, octets(b"\1" * 32)),
                found[2],
            ]
        },
    ),
    Control("timestamp with SHA-1", [], hooks=stamp(digest="sha1")),
    Control("timestamp with MD5", [f"{ST} MESSAGE_IMPRINT"], hooks=stamp(digest="md5")),
    Control("TSA without its purpose", [f"{ST} TSA_USAGE"], certs={"tsa": {"purposes": ()}}),
    Control(
        "TSA with another purpose",
        [f"{ST} TSA_USAGE"],
        certs={"tsa": {"purposes": (ExtendedKeyUsageOID.OCSP_SIGNING,)}},
    ),
    Control("TSA expired", [f"{ST} CERT_VALIDITY"], certs={"tsa": OLD}),
    Control("TSA not yet valid", [f"{ST} CERT_VALIDITY"], certs={"tsa": EARLY}),
    Control("TSA forged", [f"{ST} CERT_SIGNATURE"], certs={"tsa": {"forged": True}}),
    Control("TSA revoked", [f"{ST} CERT_REVOKED"], hooks=stamp(crls=[F.crl("root", revoked={"tsa": T0})])),
    Control(
        "TSA revoked at the very second",
        [f"{ST} CERT_REVOKED"],
        hooks=stamp(crls=[F.crl("root", revoked={"tsa": T0 + minutes(1)})]),
    ),
    Control("TSA not there", [f"{ST} SIGNER_CERTIFICATE"], hooks=stamp(certs=["root"])),
    Control(
        "TSA of an unknown root",
        [f"{ST} CHAIN_ANCHOR"],
        hooks=stamp(tsa="tsa2", certs=["tsa2", "tsroot"], crls=[F.crl("tsroot")]),
        trust=("root",),
    ),
    Control("TSA without status", [f"{ST} STATUS_MISSING"], hooks=stamp(tsa="tsa2", certs=["tsa2", "tsroot"], crls=[])),
    Control(
        "TSA with a stale CRL, though the values hold a fresh one",
        [f"{ST} CRL_FRESHNESS"],
        hooks=stamp(crls=[F.crl("root", until=T0 - minutes(5))]),
    ),
    Control(
        "TSA with a forged CRL, though the values hold a good one",
        [f"{ST} CRL_SIGNATURE"],
        hooks=stamp(crls=[F.crl("root", forged=True)]),
    ),
    Control(
        "TSA root without CA constraint",
        [f"{ST} CA_CONSTRAINTS"],
        certs={"tsroot": {"ca": False}},
        hooks=stamp(tsa="tsa2", certs=["tsa2", "tsroot"], crls=[F.crl("tsroot")]),
    ),
    Control(
        "second timestamp bad",
        ["signature-timestamp-2 MESSAGE_IMPRINT"],
        hooks={
            "unsigned": lambda found: [
                *found,
                attribute(oids.SIGNATURE_TIMESTAMP, F.token("other", b"x", time=T0 + minutes(3))),
            ]
        },
    ),
    Control(
        "critical timestamp extension",
        [f"{ST} FORMAT"],
        hooks=stamp(extra=b"\xa1\x0c" + seq(oid("1.2.3.4"), b"\1\1\xff", b"\4\0")),
    ),
    # references and values
    *(
        Control(f"{what} missing", [*(f"signature {code}" for code in codes)], hooks={"long": drop(what)})
        for what, codes in {
            "cert_refs": ["CERTIFICATE_REFS", "LEVEL"],
            "rev_refs": ["REVOCATION_REFS", "LEVEL"],
            "rev_values": ["STATUS_MISSING", "STATUS_MISSING", "REVOCATION_VALUES", "REVOCATION_VALUES", "LEVEL"],
            "cert_values": ["CHAIN_ANCHOR", "CERTIFICATE_VALUES", "LEVEL"],
        }.items()
    ),
    Control(
        "surplus certificate reference",
        ["signature CERTIFICATE_REFS"],
        hooks={"refs": lambda v: v | {"certs": [*v["certs"], F.der("tsroot")]}},
    ),
    Control(
        "surplus certificate value",
        ["signature CERTIFICATE_REFS"],
        hooks={"refs": lambda v: v | {"certs": v["certs"][1:]}},
    ),
    Control(
        "surplus CRL reference",
        ["signature REVOCATION_REFS"],
        hooks={"refs": lambda v: v | {"crls": [*v["crls"], F.crl("tsroot")]}},
    ),
    Control(
        "surplus OCSP reference",
        ["signature REVOCATION_REFS"],
        hooks={"refs": lambda v: v | {"ocsps": [*v["ocsps"], F.ocsp("second")]}},
    ),
    Control(
        "wrong CRL reference",
        ["signature REVOCATION_REFS"],
        hooks={"refs": lambda v: v | {"crls": [F.crl("root", this=T0 - timedelta(days=2))]}},
    ),
    Control(
        "wrong OCSP reference",
        ["signature REVOCATION_REFS"],
        hooks={"refs": lambda v: v | {"ocsps": [F.ocsp("signer", produced=T0 + minutes(3))]}},
    ),
    Control(
        "root missing in references and values",
        ["signature CERTIFICATE_VALUES"],
        hooks={"values": lambda v: v | {"certs": v["certs"][:2]}},
    ),
    Control(
        "CA missing, though in the bag",
        ["signature CERTIFICATE_VALUES"],
        hooks={
            "values": lambda v: v | {"certs": [v["certs"][0], v["certs"][2]]},
            "bag": lambda bag: [*bag, F.der("sub")],
        },
    ),
    Control(
        "CRL only in the bag",
        ["signature REVOCATION_VALUES"],
        hooks={"values": lambda v: v | {"crls": []}, "bag.crls": lambda _: [F.crl("root")]},
    ),
    # archive
    Control("archive demanded, not there", ["signature LEVEL"], profile="P4-A"),
    Control(
        "archive imprint",
        [f"{A1} MESSAGE_IMPRINT"],
        profile="P4-A",
        build=ARCHIVED,
        hooks={"token.archive1": change(spoil=True)},
    ),
    Control(
        "first of two archives is bad",
        [f"{A1} MESSAGE_IMPRINT"],
        profile="P4-A",
        build=TWICE,
        hooks={"token.archive1": change(spoil=True)},
    ),
    Control(
        "archive forged",
        [f"{A1} SIGNATURE_VALUE"],
        profile="P4-A",
        build=ARCHIVED,
        hooks={"token.archive1": change(forged=True)},
    ),
    Control(
        "archive before the timestamp",
        ["signature TIMESTAMP_ORDER"],
        profile="P4-A",
        build=ARCHIVED,
        hooks={"token.archive1": change(time=T0)},
    ),
    Control(
        "archive TSA expired",
        [f"{A1} CERT_VALIDITY"],
        profile="P4-A",
        build=ARCHIVED,
        certs={"tsa2": OLD},
        hooks={"token.archive1": change(tsa="tsa2", certs=["tsa2", "tsroot"], crls=[F.crl("tsroot")])},
    ),
    Control(
        "archive TSA revoked",
        [f"{A1} CERT_REVOKED"],
        profile="P4-A",
        build=ARCHIVED,
        hooks={
            "token.archive1": change(tsa="tsa2", certs=["tsa2", "tsroot"], crls=[F.crl("tsroot", revoked={"tsa2": T0})])
        },
    ),
    Control(
        "newest archive without status",
        [f"{A1} STATUS_MISSING"],
        UNSURE,
        profile="P4-A",
        build=ARCHIVED,
        hooks={"token.archive1": change(tsa="tsa2", certs=["tsa2", "tsroot"], crls=[])},
    ),
    Control(
        "newest archive with a stale CRL",
        [f"{A1} CRL_FRESHNESS"],
        UNSURE,
        profile="P4-A",
        build=ARCHIVED,
        hooks={"token.archive1": change(tsa="tsa2", certs=["tsa2", "tsroot"], crls=[F.crl("tsroot", until=T0)])},
    ),
    Control(
        "older archive without status",
        [f"{A1} STATUS_MISSING"],
        profile="P4-A",
        build=TWICE,
        hooks={"token.archive1": change(crls=[])},
    ),
    Control(
        "older archive, root trusted only", profile="P4-A", build=TWICE, hooks={"token.archive1": change(certs=["tsa"])}
    ),
    Control(
        "archive of an unknown root",
        [f"{A1} CHAIN_ANCHOR"],
        profile="P4-A",
        build=TWICE,
        trust=("root",),
        hooks={"token.archive1": change(tsa="tsa2", certs=["tsa2", "tsroot"], crls=[F.crl("tsroot")])},
    ),
    Control(
        "archive TSA without its purpose",
        [f"{A1} TSA_USAGE"],
        profile="P4-A",
        build=ARCHIVED,
        certs={"tsa2": {"purposes": ()}},
        hooks={"token.archive1": change(tsa="tsa2", certs=["tsa2", "tsroot"], crls=[F.crl("tsroot")])},
    ),
    Control(
        "archive over attributes without their header",
        profile="P4-A",
        build=ARCHIVED,
        hooks={"archive1.imprinted": lambda data: _without_header(data)},
    ),
    Control(
        "archive over something else",
        [f"{A1} MESSAGE_IMPRINT"],
        profile="P4-A",
        build=ARCHIVED,
        hooks={"archive1.imprinted": lambda data: data[:-1]},
    ),
    Control(
        "hash index with a stranger",
        ["archive-v3-timestamp-1 HASH_INDEX"],
        profile="P4-A",
        build={"archives": 1, "v3": True},
        hooks={"index": lambda _: seq(seq(oid("2.16.840.1.101.3.4.2.1")), seq(octets(b"\0" * 32)), seq(), seq())},
    ),
    Control(
        "hash index without the timestamp",
        ["archive-v3-timestamp-1 HASH_INDEX"],
        profile="P4-A",
        build={"archives": 1, "v3": True},
        hooks={"index": lambda _: seq(seq(oid("2.16.840.1.101.3.4.2.1")), seq(), seq(), seq())},
    ),
    Control(
        "archive of the third form, imprint",
        ["archive-v3-timestamp-1 MESSAGE_IMPRINT"],
        profile="P4-A",
        build={"archives": 1, "v3": True},
        hooks={"token.archive1": change(spoil=True)},
    ),
    # several signers
    Control(
        "second signer of a revoked certificate",
        ["2 signature CERT_REVOKED"],
        build={"signers": ("signer", "second")},
        hooks={"values": lambda v: v | {"ocsps": [F.ocsp("signer"), F.ocsp("second", revoked=T0)]}},
    ),
    Control(
        "counter-signer of a revoked certificate",
        ["1.1 signature CERT_REVOKED"],
        build={"countersigners": ("second",)},
        hooks={"values": lambda v: v | {"ocsps": [F.ocsp("signer"), F.ocsp("second", revoked=T0)]}},
    ),
    # plain CAdES
    Control("no policy, X-Long", profile="none", hooks={"signed": drop("policy")}),
    Control("no policy, auto", profile="auto", hooks={"signed": drop("policy")}),
    Control("no policy, archive", profile="none", build=ARCHIVED, hooks={"signed": drop("policy")}),
    Control("no policy, no signing time", profile="none", hooks={"signed": drop("policy", "time")}),
    Control(
        "no policy, ESS version 1",
        profile="none",
        hooks={"signed": lambda s: drop("policy")(s) | {"ess": F.ess("signer", v1=True)}},
    ),
    Control(
        "no policy, CRL for the signer",
        profile="none",
        hooks={"signed": drop("policy"), "values": lambda v: v | {"ocsps": [], "crls": [*v["crls"], F.crl("sub")]}},
    ),
    Control(
        "no policy, no ESS", ["signature SIGNING_CERTIFICATE"], profile="none", hooks={"signed": drop("policy", "ess")}
    ),
    Control(
        "no policy, revoked",
        ["signature CERT_REVOKED"],
        profile="none",
        hooks={
            "signed": drop("policy"),
            "values": lambda v: v | {"ocsps": [], "crls": [*v["crls"], F.crl("sub", revoked={"signer": T0})]},
        },
    ),
    Control(
        "no policy, unqualified",
        ["signature QC_STATEMENTS"],
        profile="none",
        hooks={"signed": drop("policy")},
        certs={"signer": {"statements": ()}},
    ),
    Control(
        "no policy, unqualified allowed",
        profile="none",
        hooks={"signed": drop("policy")},
        certs={"signer": {"statements": ()}},
        options={"qualified": False},
    ),
    Control(
        "unknown policy",
        ["signature SIGNATURE_POLICY"],
        UNSURE,
        profile="auto",
        hooks={"signed": change(policy=attribute(oids.SIGNATURE_POLICY, policy("1.2.3.4")))},
    ),
    Control(
        "BES",
        ["signature CHAIN_ANCHOR", "signature TRUSTED_TIME"],
        profile="none",
        build={"level": "bes"},
        options={"at": T0},
    ),
    Control(
        "BES, no trusted time",
        ["signature STATUS_MISSING", "signature STATUS_MISSING", "signature TRUSTED_TIME"],
        UNSURE,
        profile="none",
        build={"level": "bes"},
        hooks={"bag": lambda bag: [*bag, F.der("sub")]},
        options={"at": T0},
    ),
    Control(
        "T without evidence",
        ["signature STATUS_MISSING", "signature STATUS_MISSING"],
        UNSURE,
        profile="none",
        build={"level": "t"},
        hooks={"bag": lambda bag: [*bag, F.der("sub")]},
    ),
    Control(
        "T, evidence in the file's own fields",
        profile="none",
        build={"level": "t"},
        hooks={"bag": lambda bag: [*bag, F.der("sub")], "bag.crls": lambda _: [F.crl("root"), F.crl("sub")]},
    ),
    Control(
        "T where X-Long is demanded",
        [
            "signature STATUS_MISSING",
            "signature STATUS_MISSING",
            "signature CERTIFICATE_REFS",
            "signature CERTIFICATE_VALUES",
            "signature REVOCATION_REFS",
            "signature REVOCATION_VALUES",
            "signature CERTIFICATE_VALUES",
            "signature REVOCATION_VALUES",
            "signature LEVEL",
        ],
        build={"level": "t"},
        hooks={"bag": lambda bag: [*bag, F.der("sub")]},
    ),
    Control(
        "P2, document unknown",
        ["signature SIGNATURE_POLICY"],
        UNSURE,
        profile="auto",
        build={"level": "t"},
        hooks={
            "signed": change(policy=attribute(oids.SIGNATURE_POLICY, policy("2.16.792.1.61.0.1.5070.3.1.1"))),
            "bag": lambda bag: [*bag, F.der("sub")],
            "bag.crls": lambda _: [F.crl("root"), F.crl("sub")],
        },
    ),
    Control(
        "P2, document given",
        profile="auto",
        build={"level": "t"},
        hooks={
            "signed": change(policy=attribute(oids.SIGNATURE_POLICY, policy("2.16.792.1.61.0.1.5070.3.1.1"))),
            "bag": lambda bag: [*bag, F.der("sub")],
            "bag.crls": lambda _: [F.crl("root"), F.crl("sub")],
        },
        options={"policy_digests": {"2.16.792.1.61.0.1.5070.3.1.1": P4_DIGEST.hex()}},
    ),
    Control(
        "P3, CRL for the signer",
        profile="P3",
        hooks={
            "signed": change(policy=attribute(oids.SIGNATURE_POLICY, policy("2.16.792.1.61.0.1.5070.3.2.1"))),
            "values": lambda v: v | {"ocsps": [], "crls": [*v["crls"], F.crl("sub")]},
        },
        options={"policy_digests": {"2.16.792.1.61.0.1.5070.3.2.1": P4_DIGEST.hex()}},
    ),
    Control(
        "P1 at the time of validation",
        profile="P1",
        build={"level": "bes"},
        hooks={
            "signed": drop("policy"),
            "bag": lambda bag: [*bag, F.der("sub")],
            "bag.crls": lambda _: [F.crl("root"), F.crl("sub")],
        },
        options={"at": T0 + minutes(1)},
    ),
    # algorithms
    Control(
        "aged algorithm under a strict policy",
        ["signature ALGORITHM_AGE"],
        certs={"signer": {"kind": "rsa2048"}},
        hooks={"sign": change(digest="sha1")},
        options={"ages": AgePolicy(strict=True)},
    ),
    Control("key of 1024 bits warns", certs={"signer": {"kind": "rsa1024"}}),
]


def _without_header(data: bytes) -> bytes:
    """An archive imprint's octets without the header of the unsigned attributes, which come last."""
    for place in range(len(data) - 4):
        if (
            data[place] == 0xA1
            and data[place + 1] == 0x82
            and place + 4 + int.from_bytes(data[place + 2 : place + 4], "big") == len(data)
        ):
            return data[:place] + data[place + 4 :]
    raise AssertionError("no header")


def judged(control: Control) -> SignatureReport:
    forge = Forge(control.hooks, control.certs, control.more)
    detached = control.build.get("attached") is False
    return validate(
        forge.build(**control.build),
        CONTENT if detached else None,
        trust=forge.trust(*control.trust),
        profile=control.profile,
        **control.options,
    )


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.name)
def test_control(control: Control) -> None:
    report = judged(control)
    found = [
        ("" if one["signer"] in ("1", None) else f"{one['signer']} ") + f"{one['where']} {one['code']}"
        for one in report.findings()
        if one["outcome"] in ("failed", "indeterminate")
        and not (one["code"] == "TIMESTAMP" and one["where"] == "signature")
    ]
    assert sorted(found) == sorted(control.fails)
    assert report.indication is control.indication
