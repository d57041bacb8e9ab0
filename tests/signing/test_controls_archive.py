"""Own controls: archive timestamps, and plain CAdES without a national profile."""

from __future__ import annotations

import pytest

from hub.signing import oids

from .controls import A1, ARCHIVED, OLD, TWICE, UNSURE, Control, F, change, check, drop, without_header
from .forge import P4_DIGEST, T0, attribute, minutes, octets, oid, policy, seq

CONTROLS = [
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
        hooks={"archive1.imprinted": lambda data: without_header(data)},
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
]


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.name)
def test_control(control: Control) -> None:
    check(control)
