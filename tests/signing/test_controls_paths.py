"""Own controls: the signer's certificate and the authorities above it, each rule broken and kept."""

from __future__ import annotations

import pytest
from cryptography import x509

from hub.signing import oids

from .controls import EARLY, OLD, ST, SUB2, Control, F, check, values
from .forge import CA_USAGE, POLICY, QC, T0, Forge, Spec, attribute, minutes, seq

CONTROLS = [
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
]


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.name)
def test_control(control: Control) -> None:
    check(control)
