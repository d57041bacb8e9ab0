"""Signatures as made: every rule of the profile, read off with other code; OpenSSL and pyHanko agree."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from pki.server import Pki
from signing_make.profile_p4 import ARCHIVE_V2, ARCHIVE_V3, attributes, check_p4, check_signature, raw

from hub.errors import HubError
from hub.signing import keys, make
from hub.signing.make import envelope, errors
from hub.signing.trust import TrustStore
from hub.signing.validate import validate

CONTENT = "Sayın Örnek Bakanlığı, bilgilerinize arz ederim.\n".encode() * 40
ARCHIVE = make.Options(level=make.Level.ARCHIVE)


@pytest.fixture(scope="module")
def services(pki: Pki) -> make.Services:
    return make.Services(make.Tsa(pki.tsa_url()), make.HttpTransport(allow_private=True))


def key(pki: Pki, label: str, pss: bool = False) -> keys.SoftwareKey:
    return keys.load_pfx(pki.pfx(label), "parola", pss=pss)


def judged(pki: Pki, data: bytes, content: bytes | None = None, profile: str = "auto") -> str:
    """What the hub's own validator says, offline."""
    trust = TrustStore.of([pki.der(label) for label in ("kok-a", "kok-b", "kok-c")])
    return validate(data, content, trust=trust, profile=profile).indication.value


def openssl_verifies(pki: Pki, data: bytes, folder: Path, content: bytes | None = None) -> bool:
    (folder / "s.p7s").write_bytes(data)
    (folder / "ca.pem").write_bytes(
        b"".join(pki.cert(label).public_bytes(Encoding.PEM) for label in ("kok-a", "kok-b", "kok-c"))
    )
    command = ["openssl", "cms", "-verify", "-inform", "DER", "-in", "s.p7s", "-CAfile", "ca.pem", "-purpose", "any"]
    if content is not None:
        (folder / "content").write_bytes(content)
        command += ["-content", "content", "-binary"]
    done = subprocess.run([*command, "-out", "out"], cwd=folder, capture_output=True, check=False)
    return done.returncode == 0 and (folder / "out").read_bytes() == CONTENT


@pytest.mark.part("openssl")
@pytest.mark.parametrize("label", ["imzaci", "ikinci", "ucuncu", "muhur", "muhur-b", "kisi-denetimli"])
@pytest.mark.parametrize("detached", [False, True])
def test_p4_and_archive(pki: Pki, services: make.Services, tmp_path: Path, label: str, detached: bool) -> None:
    options = make.Options(detached=detached)
    data = make.sign(CONTENT, key(pki, label), services, options)
    check_p4(data, CONTENT)
    sealed = make.sign(CONTENT, key(pki, label), services, replace(options, level=make.Level.ARCHIVE))
    check_p4(sealed, CONTENT, archives=1)
    given = CONTENT if detached else None
    assert judged(pki, data, given, "P4") == judged(pki, sealed, given, "P4-A") == "TOTAL-PASSED"
    assert openssl_verifies(pki, sealed, tmp_path, CONTENT if detached else None)


@pytest.mark.part("openssl")
@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
@pytest.mark.parametrize(("label", "pss"), [("imzaci", False), ("imzaci", True), ("ikinci", False), ("ucuncu", False)])
def test_algorithms(pki: Pki, services: make.Services, tmp_path: Path, label: str, pss: bool, digest: str) -> None:
    tsa = make.Tsa(pki.tsa_url("zd-b" if pss else "zd-c"), digest=digest)
    data = make.sign(CONTENT, key(pki, label, pss), replace(services, tsa=tsa), replace(ARCHIVE, digest=digest))
    check_p4(data, CONTENT, archives=1)
    signer = cms.ContentInfo.load(data)["content"]["signer_infos"][0]
    assert signer["digest_algorithm"]["algorithm"].native == digest
    assert (signer["signature_algorithm"]["algorithm"].native == "rsassa_pss") == pss
    assert judged(pki, data) == "TOTAL-PASSED"
    assert openssl_verifies(pki, data, tmp_path)


def test_extend_step_by_step_keeps_what_is_signed(pki: Pki, services: make.Services) -> None:
    signing_key = key(pki, "imzaci")
    bes = make.sign(CONTENT, signing_key, options=make.Options(level=make.Level.BES))
    head = envelope.parse(bes).signers[0].head
    data = bes
    for level in (make.Level.T, make.Level.XLONG, make.Level.ARCHIVE):
        data = make.extend(data, level, replace(services, certificates=tuple(pki.chain("imzaci"))))
        assert envelope.parse(data).signers[0].head == head
    check_p4(data, CONTENT, archives=1)
    assert make.extend(data, make.Level.XLONG, services) == data, "nothing to add, nothing changed"


def test_issuers_are_found_through_aia(pki: Pki, services: make.Services) -> None:
    alone = keys.load_pfx(pki.pfx("ucuncu", chain=False), "parola")
    check_p4(make.sign(CONTENT, alone, services), CONTENT)


def test_renewed_archive_and_detached(pki: Pki, services: make.Services) -> None:
    data = make.sign(CONTENT, key(pki, "muhur"), services, replace(ARCHIVE, detached=True))
    with pytest.raises(errors.ContentMissingError):
        make.extend(data, make.Level.ARCHIVE, services)
    other = replace(services, tsa=make.Tsa(pki.tsa_url("zd-c"), digest="sha512"))
    renewed = make.extend(data, make.Level.ARCHIVE, other, CONTENT)
    check_p4(renewed, CONTENT, archives=2)
    thrice = make.extend(renewed, make.Level.ARCHIVE, services, CONTENT)
    check_p4(thrice, CONTENT, archives=3)
    assert judged(pki, thrice, CONTENT, "P4-A") == "TOTAL-PASSED"


def test_archive_without_evidence_is_completed_before_renewal(pki: Pki, services: make.Services) -> None:
    data = make.sign(CONTENT, key(pki, "muhur"), services, ARCHIVE)
    shell = envelope.parse(data)

    def stripped(value: bytes) -> bytes:
        token = make.Token.parse(value)
        token.envelope.crls.clear()
        token.envelope.certificates[:] = [token.signer.raw]
        return token.dump()

    shell.signers[0].replace_unsigned(ARCHIVE_V2, stripped)
    check_p4(make.extend(shell.dump(), make.Level.ARCHIVE, services), CONTENT, archives=2)


def test_archive_v3(pki: Pki, services: make.Services) -> None:
    import hashlib

    from asn1crypto import core, tsp
    from signing_make.profile_p4 import children

    v3 = replace(ARCHIVE, archive="v3")
    data = make.sign(CONTENT, key(pki, "ikinci"), services, v3)
    data = make.extend(data, make.Level.ARCHIVE, services, archive_version="v3")
    signed_data = cms.ContentInfo.load(data)["content"]
    signer = signed_data["signer_infos"][0]
    tokens = attributes(signer, "unsigned_attrs")[ARCHIVE_V3]
    assert len(tokens) == 2
    for value in tokens:
        token = cms.ContentInfo.load(raw(value))["content"]
        index = raw(attributes(token["signer_infos"][0], "unsigned_attrs")["0.4.0.19122.1.5"][0])
        _, certificates, crls, values = children(index)
        present = {hashlib.sha256(raw(item)).digest() for item in signed_data["certificates"]}
        assert {item.content for item in children(certificates.der)} == present
        assert children(crls.der) == []
        attrs = {
            hashlib.sha256(raw(item["type"]) + raw(member)).digest()
            for item in signer["unsigned_attrs"]
            for member in item["values"]
        }
        assert {item.content for item in children(values.der)} <= attrs
        info = tsp.TSTInfo.load(token["encap_content_info"]["content"].contents)
        head = b"".join(
            raw(signer[name])
            for name in ("version", "sid", "digest_algorithm", "signed_attrs", "signature_algorithm", "signature")
        )
        over = core.ObjectIdentifier("1.2.840.113549.1.7.1").dump() + hashlib.sha256(CONTENT).digest() + head + index
        assert info["message_imprint"]["hashed_message"].native == hashlib.sha256(over).digest()
    assert judged(pki, data) == "TOTAL-PASSED"
    with pytest.raises(errors.LevelRefusedError):
        make.extend(data, make.Level.ARCHIVE, services, archive_version="v2")


@pytest.mark.part("openssl")
def test_two_parallel_signers_then_archive(pki: Pki, services: make.Services, tmp_path: Path) -> None:
    first = make.sign(CONTENT, key(pki, "imzaci"), services)
    both = make.add_signer(first, key(pki, "ucuncu"), services)
    assert envelope.parse(both).signers[0].dump() == envelope.parse(first).signers[0].dump()
    check_p4(both, CONTENT, signers=2)
    archived = make.extend(both, make.Level.ARCHIVE, services)
    check_p4(archived, CONTENT, archives=1, signers=2)
    assert judged(pki, both) == judged(pki, archived) == "TOTAL-PASSED"
    assert openssl_verifies(pki, archived, tmp_path)
    with pytest.raises(errors.LevelRefusedError):
        make.add_signer(archived, key(pki, "ikinci"), services)


def test_countersignature(pki: Pki, services: make.Services) -> None:
    first = make.sign(CONTENT, key(pki, "imzaci"), services)
    data = make.countersign(first, key(pki, "ucuncu"), services)
    archived = make.extend(data, make.Level.ARCHIVE, services)
    check_p4(archived, CONTENT, archives=1)
    assert judged(pki, data) == judged(pki, archived) == "TOTAL-PASSED"
    signed_data = cms.ContentInfo.load(archived)["content"]
    parent = signed_data["signer_infos"][0]
    inner = attributes(parent, "unsigned_attrs")["1.2.840.113549.1.9.6"][0]
    counter = cms.SignerInfo.load(raw(inner))
    assert "1.2.840.113549.1.9.3" not in attributes(counter, "signed_attrs"), "RFC 5652 11.4: no content-type"
    check_signature(pki.asn1_cert("ucuncu"), counter, parent["signature"].native)
    with pytest.raises(errors.LevelRefusedError):
        make.countersign(archived, key(pki, "ikinci"), services)


def test_countersigner_is_extended_with_its_parent(pki: Pki, services: make.Services) -> None:
    bes = make.Options(level=make.Level.BES)
    data = make.sign(CONTENT, key(pki, "imzaci"), options=bes)
    data = make.countersign(data, key(pki, "ikinci"), options=bes)
    data = make.extend(data, make.Level.XLONG, replace(services, certificates=tuple(pki.chain("imzaci"))))
    inner = envelope.parse(data).signers[0].unsigned_values("1.2.840.113549.1.9.6")[0]
    names = {item["type"].dotted for item in cms.SignerInfo.load(inner)["unsigned_attrs"]}
    assert "1.2.840.113549.1.9.16.2.24" in names


@pytest.mark.parametrize(
    ("label", "error"),
    [
        ("kisi-iptal-once", errors.CertificateRevokedError),
        ("kisi-alt-iptal", errors.EvidenceMissingError),
        ("kisi-dolmus", errors.LevelRefusedError),
        ("kisi-niteliksiz", errors.LevelRefusedError),
        ("kisi-yalniz-etsi", errors.LevelRefusedError),
        ("kisi-yalniz-btk", errors.LevelRefusedError),
        ("kisi-bildirimsiz", errors.LevelRefusedError),
        ("kisi-inkar", errors.LevelRefusedError),
        ("kisi-ocspsiz", errors.EvidenceMissingError),
    ],
)
def test_no_p4_with_an_unfit_certificate(
    pki: Pki, services: make.Services, label: str, error: type[make.SigningError]
) -> None:
    with pytest.raises((error, errors.CertificateRevokedError) if label == "kisi-alt-iptal" else error):
        make.sign(CONTENT, key(pki, label), services)


def test_revoked_after_the_timestamp_is_fine(pki: Pki, services: make.Services) -> None:
    with pki.clock(datetime(2024, 2, 1, 9, 0, 5, tzinfo=UTC)):
        options = make.Options(level=make.Level.T, signing_time=datetime(2024, 2, 1, 9, tzinfo=UTC))
        stamped = make.sign(CONTENT, key(pki, "kisi-iptal-sonra"), services, options)
    with pki.clock(datetime(2024, 6, 1, tzinfo=UTC)):
        check_p4(make.extend(stamped, make.Level.XLONG, services), CONTENT)


def test_claimed_time_must_be_near_the_timestamp(pki: Pki, services: make.Services) -> None:
    early = make.Options(signing_time=datetime.now(UTC) - timedelta(hours=3))
    with pytest.raises(errors.LevelRefusedError):
        make.sign(CONTENT, key(pki, "imzaci"), services, early)


@pytest.mark.parametrize("tsa", ["zd-iptal", "zd-dolmus", "zd-kullanimsiz"])
def test_unfit_timestamp_authorities(pki: Pki, services: make.Services, tsa: str) -> None:
    with pytest.raises(make.SigningError) as caught:
        make.sign(CONTENT, key(pki, "imzaci"), replace(services, tsa=make.Tsa(pki.tsa_url(tsa))))
    assert caught.value.code in ("TIMESTAMP", "CERTIFICATE_REVOKED", "EVIDENCE_MISSING")


def test_a_signature_that_does_not_verify_is_not_extended(pki: Pki, services: make.Services) -> None:
    data = bytearray(make.sign(CONTENT, key(pki, "imzaci"), options=make.Options(level=make.Level.BES)))
    with pytest.raises(errors.SignatureBrokenError):
        make.extend(bytes(data).replace(b"arz ederim", b"rica eder:"), make.Level.T, services)
    signer = envelope.parse(bytes(data)).signers[0]
    at = bytes(data).index(signer.signature)
    data[at + 20] ^= 1
    with pytest.raises(errors.SignatureBrokenError):
        make.extend(bytes(data), make.Level.T, services)


def test_damaged_files_end_in_an_expected_error(pki: Pki, services: make.Services) -> None:
    data = make.sign(CONTENT, key(pki, "ikinci"), services, replace(ARCHIVE, detached=True))
    for cut in range(0, len(data) - 1, 97):
        with pytest.raises(HubError):
            make.extend(data[:cut], make.Level.XLONG, services, CONTENT)


@pytest.mark.part("openssl")
def test_openssl_streamed_ber_is_extended(pki: Pki, services: make.Services, tmp_path: Path) -> None:
    (tmp_path / "content").write_bytes(CONTENT)
    private = pki.key("imzaci")
    assert isinstance(private, rsa.RSAPrivateKey)
    from cryptography.hazmat.primitives import serialization as s

    (tmp_path / "key.pem").write_bytes(private.private_bytes(Encoding.PEM, s.PrivateFormat.PKCS8, s.NoEncryption()))
    (tmp_path / "cert.pem").write_bytes(pki.cert("imzaci").public_bytes(Encoding.PEM))
    (tmp_path / "alt.pem").write_bytes(pki.cert("alt-a").public_bytes(Encoding.PEM))
    subprocess.run(
        "openssl cms -sign -stream -nodetach -binary -cades -md sha256 -in content -signer cert.pem -inkey key.pem"
        " -certfile alt.pem -outform DER -out ber.p7s",
        shell=True,
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    data = (tmp_path / "ber.p7s").read_bytes()
    assert data[1] == 0x80, "openssl no longer streams indefinite lengths; the test has lost its subject"
    services = replace(services, certificates=tuple(pki.chain("imzaci")))
    extended = make.extend(data, make.Level.ARCHIVE, services)
    assert openssl_verifies(pki, extended, tmp_path)


def test_pyhanko_verifies_signature_and_timestamp(pki: Pki, services: make.Services) -> None:
    import asyncio

    from pyhanko.sign.validation import async_validate_cms_signature
    from pyhanko_certvalidator import ValidationContext

    data = make.sign(CONTENT, key(pki, "imzaci"), services, ARCHIVE)
    context = ValidationContext(
        trust_roots=[pki.asn1_cert("kok-a")], other_certs=[pki.asn1_cert("alt-a")], allow_fetching=False
    )
    signed_data = cms.ContentInfo.load(data)["content"]
    status = asyncio.run(async_validate_cms_signature(signed_data, validation_context=context))
    assert status.intact
    assert status.valid
    assert status.trusted


SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "imza"


@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared/imza, the labelled cases")
def test_labelled_cases_are_archived_or_refused(pki: Pki, services: make.Services) -> None:
    """Valid files of another producer stay valid under a new archive timestamp; an invalid one never becomes valid."""
    import json

    class Offline:
        def get(self, url: str) -> bytes:
            raise errors.FetchFailedError(url)

        def post(self, url: str, body: bytes, content_type: str, headers: object = None) -> bytes:
            raise errors.FetchFailedError(url)

    tsa = make.Tsa(pki.tsa_url("zd-c"))
    offline = make.Services(tsa, Local(pki, Offline()))
    for case in json.loads((SHARED / "dev_cases.json").read_text("utf-8")):
        roots = [path.read_bytes() for path in (SHARED / "roots" / case["roots"]).iterdir()]
        trust = TrustStore.of([*roots, pki.der("kok-c")])
        data = (SHARED / "files" / case["file"]).read_bytes()
        try:
            extended = make.extend(data, make.Level.ARCHIVE, offline)
        except HubError as error:
            if case["expected"] == "valid":
                pytest.fail(f"{case['file']}: {error.message}")
            continue
        passed = validate(extended, trust=trust).passed
        assert passed == (case["expected"] == "valid"), case["file"]
        for before, after in zip(envelope.parse(data).signers, envelope.parse(extended).signers, strict=True):
            assert before.head == after.head


class Local:
    """Fetches from the test PKI only; everything else is as if there were no network."""

    def __init__(self, pki: Pki, other: make.Transport) -> None:
        self.pki, self.other = pki, other

    def get(self, url: str) -> bytes:
        chosen = make.HttpTransport(allow_private=True) if url.startswith(self.pki.url) else self.other
        return chosen.get(url)

    def post(self, url: str, body: bytes, content_type: str, headers: object = None) -> bytes:
        return self.other.post(url, body, content_type)


def test_what_is_broken_gets_no_archive_timestamp(pki: Pki, services: make.Services) -> None:
    """Neither over values that do not match their references, nor over an archive timestamp that no longer holds."""
    shell = envelope.parse(make.sign(CONTENT, key(pki, "muhur"), services))
    other = pki.chain("ucuncu")[0]
    shell.signers[0].replace_unsigned("1.2.840.113549.1.9.16.2.23", lambda _: asn1_sequence(other))
    with pytest.raises(errors.SignatureBrokenError):
        make.extend(shell.dump(), make.Level.ARCHIVE, services)
    shell = envelope.parse(make.sign(CONTENT, key(pki, "muhur"), services, ARCHIVE))
    shell.certificates.append(other)
    with pytest.raises(errors.SignatureBrokenError):
        make.extend(shell.dump(), make.Level.ARCHIVE, services)


def asn1_sequence(*parts: bytes) -> bytes:
    from hub.signing.make import asn1

    return asn1.sequence(*parts)
