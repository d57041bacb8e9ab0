"""Own controls: archive timestamps, and plain CAdES without a national profile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hub.signing import Indication, oids

from .controls import A1, ARCHIVED, OLD, TWICE, UNSURE, Control, F, change, check, drop, without_header
from .forge import P4_DIGEST, T0, attribute, minutes, octets, oid, policy, seq


def archived(
    name: str,
    *codes: str,
    expected: Indication | None = None,
    build: dict[str, Any] | None = None,
    specs: dict[str, dict[str, Any]] | None = None,
    trust: tuple[str, ...] = ("root", "tsroot"),
    **token: Any,
) -> Control:
    """A P4-A file whose first archive timestamp is made with ``token``; ``codes`` are that timestamp's."""
    how = ARCHIVED if build is None else build
    kind = "archive-v3-timestamp-1" if how.get("v3") else A1
    hooks = {"token.archive1": change(**token)}
    fails = [f"{kind} {code}" for code in codes]
    return Control(name, fails, expected, hooks, specs or {}, profile="P4-A", build=how, trust=trust)


def by_second(*crls: bytes) -> dict[str, Any]:
    """A token of the second authority, with its root and these lists."""
    return {"tsa": "tsa2", "certs": ["tsa2", "tsroot"], "crls": list(crls)}


def unarchived(name: str, *codes: str, hooks: dict[str, Any] | None = None, **rest: Any) -> Control:
    """A file without a policy, judged as plain CAdES; ``codes`` are the signature's."""
    fails = [f"signature {code}" for code in codes]
    return Control(name, fails, profile="none", hooks={"signed": drop("policy")} | (hooks or {}), **rest)


V3 = {"archives": 1, "v3": True}
SHA256 = seq(oid("2.16.840.1.101.3.4.2.1"))
P2, P3 = "2.16.792.1.61.0.1.5070.3.1.1", "2.16.792.1.61.0.1.5070.3.2.1"
FIELDS = {"bag": lambda bag: [*bag, F.der("sub")], "bag.crls": lambda _: [F.crl("root"), F.crl("sub")]}
"""Evidence in the file's own certificates and crls fields."""
PATH = {"bag": lambda bag: [*bag, F.der("sub")]}


def by_list(crl: bytes) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Values in which the signer's status comes from a list."""
    return lambda v: v | {"ocsps": [], "crls": [*v["crls"], crl]}


def under(number: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return change(policy=attribute(oids.SIGNATURE_POLICY, policy(number)))


def index(*groups: bytes) -> dict[str, Any]:
    return {"index": lambda _: seq(SHA256, *groups)}


CONTROLS = [
    # archive
    Control("archive demanded, not there", ["signature LEVEL"], profile="P4-A"),
    archived("archive imprint", "MESSAGE_IMPRINT", spoil=True),
    archived("first of two archives is bad", "MESSAGE_IMPRINT", build=TWICE, spoil=True),
    archived("archive forged", "SIGNATURE_VALUE", forged=True),
    Control(
        "archive before the timestamp",
        ["signature TIMESTAMP_ORDER"],
        profile="P4-A",
        build=ARCHIVED,
        hooks={"token.archive1": change(time=T0)},
    ),
    archived("archive TSA expired", "CERT_VALIDITY", specs={"tsa2": OLD}, **by_second(F.crl("tsroot"))),
    archived("archive TSA revoked", "CERT_REVOKED", **by_second(F.crl("tsroot", revoked={"tsa2": T0}))),
    archived("newest archive without status", "STATUS_MISSING", expected=UNSURE, **by_second()),
    archived(
        "newest archive with a stale CRL", "CRL_FRESHNESS", expected=UNSURE, **by_second(F.crl("tsroot", until=T0))
    ),
    archived("older archive without status", "STATUS_MISSING", build=TWICE, crls=[]),
    archived("older archive, root trusted only", build=TWICE, certs=["tsa"]),
    archived("archive of an unknown root", "CHAIN_ANCHOR", build=TWICE, trust=("root",), **by_second(F.crl("tsroot"))),
    archived(
        "archive TSA without its purpose", "TSA_USAGE", specs={"tsa2": {"purposes": ()}}, **by_second(F.crl("tsroot"))
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
        build=V3,
        hooks=index(seq(octets(b"\0" * 32)), seq(), seq()),
    ),
    Control(
        "hash index without the timestamp",
        ["archive-v3-timestamp-1 HASH_INDEX"],
        profile="P4-A",
        build=V3,
        hooks=index(seq(), seq(), seq()),
    ),
    archived("archive of the third form, imprint", "MESSAGE_IMPRINT", build=V3, spoil=True),
    # plain CAdES
    unarchived("no policy, X-Long"),
    Control("no policy, auto", profile="auto", hooks={"signed": drop("policy")}),
    unarchived("no policy, archive", build=ARCHIVED),
    unarchived("no policy, no signing time", hooks={"signed": drop("policy", "time")}),
    unarchived(
        "no policy, ESS version 1", hooks={"signed": lambda s: drop("policy")(s) | {"ess": F.ess("signer", v1=True)}}
    ),
    unarchived("no policy, CRL for the signer", hooks={"values": by_list(F.crl("sub"))}),
    unarchived("no policy, no ESS", "SIGNING_CERTIFICATE", hooks={"signed": drop("policy", "ess")}),
    unarchived("no policy, revoked", "CERT_REVOKED", hooks={"values": by_list(F.crl("sub", revoked={"signer": T0}))}),
    unarchived("no policy, unqualified", "QC_STATEMENTS", certs={"signer": {"statements": ()}}),
    unarchived("no policy, unqualified allowed", certs={"signer": {"statements": ()}}, options={"qualified": False}),
    Control(
        "unknown policy", ["signature SIGNATURE_POLICY"], UNSURE, profile="auto", hooks={"signed": under("1.2.3.4")}
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
        hooks=PATH,
        options={"at": T0},
    ),
    Control(
        "T without evidence",
        ["signature STATUS_MISSING", "signature STATUS_MISSING"],
        UNSURE,
        profile="none",
        build={"level": "t"},
        hooks=PATH,
    ),
    Control("T, evidence in the file's own fields", profile="none", build={"level": "t"}, hooks=FIELDS),
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
        hooks=PATH,
    ),
    Control(
        "P2, document unknown",
        ["signature SIGNATURE_POLICY"],
        UNSURE,
        profile="auto",
        build={"level": "t"},
        hooks=FIELDS | {"signed": under(P2)},
    ),
    Control(
        "P2, document given",
        profile="auto",
        build={"level": "t"},
        hooks=FIELDS | {"signed": under(P2)},
        options={"policy_digests": {P2: P4_DIGEST.hex()}},
    ),
    Control(
        "P3, CRL for the signer",
        profile="P3",
        hooks={"signed": under(P3), "values": by_list(F.crl("sub"))},
        options={"policy_digests": {P3: P4_DIGEST.hex()}},
    ),
    Control(
        "P1 at the time of validation",
        profile="P1",
        build={"level": "bes"},
        hooks=FIELDS | {"signed": drop("policy")},
        options={"at": T0 + minutes(1)},
    ),
]


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.name)
def test_control(control: Control) -> None:
    check(control)
