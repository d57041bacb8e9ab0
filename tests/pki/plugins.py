"""Certificate profiles that certomancer lacks: what makes a Turkish qualified certificate qualified."""

from __future__ import annotations

from typing import Any, ClassVar

from asn1crypto import core, x509
from certomancer.registry import CertificateSpec, CertProfilePlugin, PKIArchitecture, cert_profile_plugin_registry
from certomancer.registry.issued.general import ExtensionSpec, IssuedItemSpec

QC_STATEMENTS = "1.3.6.1.5.5.7.1.3"
ETSI_QC = "0.4.0.1862.1.1"
BTK_SIGNATURE = "2.16.792.1.61.0.1.5070.1.1"
BTK_SEAL = "2.16.792.1.61.0.1.5070.2.1"


class _Statement(core.Sequence):
    _fields: ClassVar = [("id", core.ObjectIdentifier), ("info", core.Any, {"optional": True})]


class _Statements(core.SequenceOf):
    _child_spec = _Statement


class _Notice(core.Sequence):
    _fields: ClassVar = [("text", core.UTF8String)]


class _Qualifier(core.Sequence):
    _fields: ClassVar = [("id", core.ObjectIdentifier), ("notice", _Notice)]


class _Qualifiers(core.SequenceOf):
    _child_spec = _Qualifier


class _Policy(core.Sequence):
    _fields: ClassVar = [("id", core.ObjectIdentifier), ("qualifiers", _Qualifiers, {"optional": True})]


class _Policies(core.SequenceOf):
    _child_spec = _Policy


@cert_profile_plugin_registry.register
class Qualified(CertProfilePlugin):  # type: ignore[misc]
    """``qualified``: key usage, certificate policy and QCStatements of a signer or a seal.

    Parameters, all optional: ``statements`` (OIDs; default those of a signer), ``policy`` (OID), ``notice`` (text of
    the user notice; null leaves the policy without one), ``usage`` (key usage bits).
    """

    profile_label = "qualified"

    def extensions_for_self(self, arch: PKIArchitecture, profile_params: Any, spec: IssuedItemSpec) -> list[Any]:
        assert isinstance(spec, CertificateSpec)
        chosen = {
            "statements": [ETSI_QC, BTK_SIGNATURE],
            "policy": "2.16.792.1.2.1.1.5.7.1.1",
            "notice": "Bu sertifika yalnızca sınama içindir; hiçbir kişiye ait değildir.",
            "usage": ["digital_signature", "non_repudiation"],
        }
        chosen.update(profile_params or {})
        policy: dict[str, Any] = {"id": chosen["policy"]}
        if chosen["notice"] is not None:
            policy["qualifiers"] = [{"id": "1.3.6.1.5.5.7.2.2", "notice": {"text": chosen["notice"]}}]
        extensions = [
            ExtensionSpec(id="key_usage", critical=True, value=x509.KeyUsage(set(chosen["usage"]))),
            ExtensionSpec(id="basic_constraints", value={"ca": False}),
            ExtensionSpec(
                id="certificate_policies", value=core.ParsableOctetString(_Policies([_Policy(policy)]).dump())
            ),
        ]
        if chosen["statements"]:
            value = _Statements([_Statement({"id": oid}) for oid in chosen["statements"]])
            extensions.append(ExtensionSpec(id=QC_STATEMENTS, value=core.ParsableOctetString(value.dump())))
        return extensions


@cert_profile_plugin_registry.register
class Responder(CertProfilePlugin):  # type: ignore[misc]
    """``checked-responder``: an OCSP responder without ``ocsp-nocheck``, whose own status must be known."""

    profile_label = "checked-responder"

    def extensions_for_self(self, arch: PKIArchitecture, profile_params: Any, spec: IssuedItemSpec) -> list[Any]:
        return [
            ExtensionSpec(id="key_usage", critical=True, value=x509.KeyUsage({"digital_signature"})),
            ExtensionSpec(id="extended_key_usage", critical=True, value=["ocsp_signing"]),
        ]


@cert_profile_plugin_registry.register
class Timestamper(CertProfilePlugin):  # type: ignore[misc]
    """``timestamper``: a time-stamping authority."""

    profile_label = "timestamper"

    def extensions_for_self(self, arch: PKIArchitecture, profile_params: Any, spec: IssuedItemSpec) -> list[Any]:
        return [
            ExtensionSpec(id="key_usage", critical=True, value=x509.KeyUsage({"digital_signature", "non_repudiation"})),
            ExtensionSpec(id="extended_key_usage", critical=True, value=["time_stamping"]),
        ]
