"""Certificate policies along a path: what RFC 5280 6.1 says of each combination, on real certificates."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography import x509

from hub.signing import certificates, oids, policies
from signing.forge import CA_USAGE, Forge, Spec, integer, oid, seq

A, B, C, ANY = "1.2.3.1", "1.2.3.2", "1.2.3.3", oids.ANY_POLICY


def has(*names: str) -> dict[str, Any]:
    return {"policies": tuple(x509.PolicyInformation(x509.ObjectIdentifier(name), None) for name in names)}


def extra(*parts: x509.ExtensionType) -> dict[str, Any]:
    return {"extra": tuple((part, True) for part in parts)}


def mapped(*pairs: tuple[str, str]) -> x509.ExtensionType:
    value = seq(*(seq(oid(issuer), oid(subject)) for issuer, subject in pairs))
    return x509.UnrecognizedExtension(x509.ObjectIdentifier(oids.POLICY_MAPPINGS), value)


def constraints(required: int | None, inhibited: int | None = None) -> x509.ExtensionType:
    return x509.PolicyConstraints(required, inhibited)


def no_any(after: int) -> x509.ExtensionType:
    return x509.InhibitAnyPolicy(after)


REQUIRED = constraints(0)

CASES: list[tuple[str, list[dict[str, Any]], bool]] = [
    # from the authority below the anchor down to the leaf
    ("nothing required", [{}, {}, {}], True),
    ("nothing required, policies differ", [has(A), has(B), has(C)], True),
    ("one runs through", [has(A, B) | extra(REQUIRED), has(B), has(B, C)], True),
    ("lost at the leaf", [has(A) | extra(REQUIRED), has(A), has(B)], False),
    ("lost on the way", [has(A) | extra(REQUIRED), has(B), has(A)], False),
    ("none at the leaf", [has(A) | extra(REQUIRED), has(A), {}], False),
    ("any policy", [has(ANY) | extra(REQUIRED), has(ANY), has(C)], True),
    ("any policy at the leaf", [has(A) | extra(REQUIRED), has(A), has(ANY)], True),
    ("any policy inhibited at once", [has(A) | extra(REQUIRED, no_any(0)), has(ANY), has(A)], False),
    ("any policy inhibited later", [has(A) | extra(REQUIRED, no_any(1)), has(ANY), has(A)], True),
    ("any policy inhibited at the leaf", [has(A) | extra(REQUIRED, no_any(1)), has(A), has(ANY)], False),
    ("mapped", [has(A) | extra(REQUIRED, mapped((A, B))), has(B), has(B)], True),
    ("mapped away", [has(A) | extra(REQUIRED, mapped((A, B))), has(A), has(A)], False),
    ("mapped twice", [has(A) | extra(REQUIRED, mapped((A, B))), has(B) | extra(mapped((B, C))), has(C)], True),
    ("one mapped to two", [has(A) | extra(REQUIRED, mapped((A, B), (A, C))), has(C), has(C)], True),
    ("mapped from any policy", [has(ANY) | extra(REQUIRED, mapped((A, B))), has(B), has(B)], True),
    ("mapping inhibited", [has(A) | extra(constraints(0, 0)), has(A) | extra(mapped((A, B))), has(B)], False),
    ("mapping inhibited later", [has(A) | extra(constraints(0, 1), mapped((A, B))), has(B), has(B)], True),
    ("mapping to any policy", [has(A) | extra(mapped((A, ANY))), has(A), has(A)], False),
    ("required after one more", [has(A) | extra(constraints(1)), has(B), has(B)], False),
    ("required after two more", [has(A) | extra(constraints(2)), has(B), has(B)], False),
    ("required after the end", [has(A) | extra(constraints(3)), has(B), has(B)], True),
    ("required by the leaf itself", [has(A), has(B), has(B) | extra(REQUIRED)], False),
    ("demanded by the leaf of what follows", [has(A), has(B), has(B) | extra(constraints(1))], True),
]


@pytest.mark.parametrize(("what", "changes", "holds"), CASES, ids=[case[0] for case in CASES])
def test_policies(what: str, changes: list[dict[str, Any]], holds: bool) -> None:
    names = ("upper", "lower", "leaf")
    above = dict(zip(names, ("root", "upper", "lower"), strict=True))
    forge = Forge(
        certs=dict(zip(names, changes, strict=True)),
        more=tuple(Spec(name, above[name], ca=name != "leaf", usage=CA_USAGE) for name in names),
    )
    chain = [certificates.load(forge.der(name)) for name in reversed(names)]
    assert (policies.breach(chain) is None) is holds


def test_no_certificates() -> None:
    assert policies.breach([]) is None


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (oids.POLICY_MAPPINGS, seq(seq(oid(A)))),
        (oids.INHIBIT_ANY_POLICY, integer(-1)),
        (oids.POLICY_CONSTRAINTS, seq(b"\x80\x01\xff")),
        (oids.POLICY_CONSTRAINTS, seq(b"\x80\x00")),
    ],
)
def test_malformed(kind: str, value: bytes) -> None:
    part = x509.UnrecognizedExtension(x509.ObjectIdentifier(kind), value)
    forge = Forge(more=(Spec("odd", "root", extra=((part, True),)),))
    with pytest.raises(certificates.DerError):
        certificates.load(forge.der("odd"))
