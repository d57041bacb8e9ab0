"""Own controls for what the labelled cases lack: what is allowed, and the signature itself, broken and kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub.signing import oids
from hub.signing.algorithms import AgePolicy

from .controls import ARCHIVED, SUB2, TWICE, Control, F, change, check, drop, stamp, values
from .forge import P4_DIGEST, POLICY, QC, SIGNER_USAGE, T0, Forge, Spec, attribute, minutes, octets, oid, policy, utc

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


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.name)
def test_control(control: Control) -> None:
    check(control)
