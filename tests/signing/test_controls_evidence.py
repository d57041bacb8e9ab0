"""Own controls: status evidence, the signature timestamp, references and values."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from hub.signing import oids

from .controls import EARLY, OLD, ST, Control, F, check, drop, stamp, values
from .forge import T0, attribute, minutes, octets, oid, seq

CONTROLS = [
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
]


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.name)
def test_control(control: Control) -> None:
    check(control)
