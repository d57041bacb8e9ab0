"""Keys from PKCS#12 files and from a PKCS#11 token (SoftHSM): what opens, what signs, what is refused."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from parts import softhsm as parts_softhsm
from pki.server import Pki
from signing_make.profile_p4 import check_p4
from signing_make.short_key import short_key

from hub.signing import keys, make
from hub.signing.make import errors
from hub.signing.trust import TrustStore
from hub.signing.validate import validate

PIN = "4711"


@dataclass(frozen=True)
class SoftHsm:
    """A SoftHSM token, ``EYHUB``, with the keys and certificates of some labels of the test PKI."""

    module: str
    config: Path


@pytest.fixture(scope="session")
def softhsm(pki: Pki, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoftHsm]:
    module = parts_softhsm.module()
    assert module, "only tests marked part(softhsm) take this fixture"
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    config = folder / "softhsm2.conf"
    config.write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(config)

    def run(*arguments: str) -> None:
        subprocess.run(["softhsm2-util", *arguments], check=True, capture_output=True)

    for token in ("EYHUB", "BAŞKA"):
        run("--init-token", "--free", "--label", token, "--pin", PIN, "--so-pin", "12345678")
    import pkcs11
    from pkcs11 import Attribute, CertificateType, ObjectClass

    for number, label in enumerate(("imzaci", "ucuncu"), 1):
        (folder / "key.pem").write_bytes(
            pki.key(label).private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        run(
            *("--import", str(folder / "key.pem"), "--token", "EYHUB", "--label", label),
            *("--id", f"{number:02x}", "--pin", PIN),
        )
    token = pkcs11.lib(module).get_token(token_label="EYHUB")
    with token.open(user_pin=PIN, rw=True) as session:
        for number, label in enumerate(("imzaci", "ucuncu"), 1):
            certificate = pki.asn1_cert(label)
            session.create_object(
                {
                    Attribute.CLASS: ObjectClass.CERTIFICATE,
                    Attribute.CERTIFICATE_TYPE: CertificateType.X_509,
                    Attribute.TOKEN: True,
                    Attribute.LABEL: label,
                    Attribute.ID: bytes([number]),
                    Attribute.SUBJECT: certificate.subject.dump(),
                    Attribute.VALUE: certificate.dump(),
                }
            )
    yield SoftHsm(module, config)
    if before is None:
        del os.environ["SOFTHSM2_CONF"]
    else:
        os.environ["SOFTHSM2_CONF"] = before


@pytest.mark.part("softhsm")
@pytest.mark.parametrize(("label", "pss"), [("imzaci", False), ("imzaci", True), ("ucuncu", False)])
def test_token_signs_p4(pki: Pki, softhsm: SoftHsm, label: str, pss: bool) -> None:
    services = make.Services(make.Tsa(pki.tsa_url()), make.HttpTransport(allow_private=True))
    with keys.open_token(softhsm.module, PIN, token_label="EYHUB", key_label=label, pss=pss) as key:
        check_p4(make.sign(b"belge", key, services), b"belge")


@pytest.mark.part("softhsm")
def test_token_that_hashes_itself(pki: Pki, softhsm: SoftHsm) -> None:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    with keys.open_token(softhsm.module, PIN, token_label="EYHUB", key_label="imzaci") as key:
        value = replace(key, mechanisms=frozenset()).sign(b"veri", "sha384")
    public = pki.cert("imzaci").public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    public.verify(value, b"veri", padding.PKCS1v15(), hashes.SHA384())


@pytest.mark.part("softhsm")
@pytest.mark.parametrize(("label", "pss"), [("imzaci", True), ("ucuncu", False)])
def test_token_taken_out_and_put_back(pki: Pki, softhsm: SoftHsm, label: str, pss: bool) -> None:
    """The session is gone while the timestamp is fetched; the next signature logs in anew, and says so if it cannot."""
    services = make.Services(make.Tsa(pki.tsa_url()), make.HttpTransport(allow_private=True))
    with keys.open_token(softhsm.module, PIN, token_label="EYHUB", key_label=label, pss=pss) as key:
        first = make.sign(b"belge", key, services)
        key.private.session.close()
        check_p4(make.sign(b"ikinci belge", key, services), b"ikinci belge")
        assert validated(pki, first)


@pytest.mark.part("softhsm")
def test_token_that_does_not_come_back(pki: Pki, softhsm: SoftHsm, monkeypatch: pytest.MonkeyPatch) -> None:
    import pkcs11

    with keys.open_token(softhsm.module, PIN, token_label="EYHUB", key_label="imzaci") as key:
        key.private.session.close()
        for gone, says in ((pkcs11.TokenNotPresent, "takılı değil"), (pkcs11.PinLocked, "kilitlenmiş")):

            def refused(*_: object, error: type[Exception] = gone) -> None:
                raise error

            broken = replace(key, again=refused)
            with pytest.raises(errors.KeyUnusableError) as caught:
                make.sign(b"belge", broken, options=make.Options(level=make.Level.BES))
            assert says in caught.value.message
            assert "\n" not in caught.value.message
            assert PIN not in caught.value.message


@pytest.mark.part("softhsm")
def test_another_token_in_its_place(pki: Pki, softhsm: SoftHsm, monkeypatch: pytest.MonkeyPatch) -> None:
    with keys.open_token(softhsm.module, PIN, token_label="EYHUB", key_label="imzaci") as key:
        key.private.session.close()
        real = keys._find

        def other(session: object, label: str | None, key_id: bytes | None) -> tuple[object, bytes, list[bytes]]:
            found, _, others = real(session, label, key_id)
            return found, pki.der("ucuncu"), others

        monkeypatch.setattr(keys, "_find", other)
        with pytest.raises(errors.KeyUnusableError, match="değişmiş"):
            key.sign(b"veri", "sha256")


@pytest.mark.part("softhsm")
def test_locked_token(softhsm: SoftHsm, monkeypatch: pytest.MonkeyPatch) -> None:
    """SoftHSM never locks a PIN, so its refusal is put in the token's mouth."""
    import pkcs11

    class Locked:
        def __init__(self, real: object) -> None:
            self.slot = real.slot  # type: ignore[attr-defined]

        def open(self, **_: object) -> None:
            raise pkcs11.PinLocked

    chosen = keys._one_token
    monkeypatch.setattr(keys, "_one_token", lambda module, label: Locked(chosen(module, label)))
    with (
        pytest.raises(errors.KeyUnusableError, match="kilitlenmiş"),
        keys.open_token(softhsm.module, PIN, token_label="EYHUB", key_label="imzaci"),
    ):
        pass


def validated(pki: Pki, data: bytes) -> bool:
    return validate(data, trust=TrustStore.of([pki.der(label) for label in ("kok-a", "kok-b", "kok-c")])).passed


@pytest.mark.part("softhsm")
@pytest.mark.parametrize(
    ("options", "pin", "says"),
    [
        ({"token_label": "EYHUB", "key_label": "imzaci"}, "0000", "PIN yanlış (PinIncorrect)"),
        ({"token_label": "YOK"}, PIN, "yok"),
        ({}, PIN, "BAŞKA, EYHUB"),
        ({"token_label": "EYHUB"}, PIN, "imzaci, ucuncu"),
        ({"token_label": "EYHUB", "key_id": b"\x77"}, PIN, "imzaci, ucuncu"),
    ],
)
def test_token_refusals(softhsm: SoftHsm, options: dict[str, object], pin: str, says: str) -> None:
    with (
        pytest.raises(errors.KeyUnusableError) as caught,
        keys.open_token(softhsm.module, pin, **options),  # type: ignore[arg-type]
    ):
        pass
    assert says in caught.value.message
    assert pin not in caught.value.message


def test_no_module() -> None:
    with pytest.raises(errors.KeyUnusableError), keys.open_token("/nowhere/module.so", PIN):
        pass


def test_pfx_refusals(pki: Pki) -> None:
    data = pki.pfx("imzaci", "doğru parola")
    assert keys.load_pfx(data, "doğru parola").certificate == pki.der("imzaci")
    for damaged, password in ((data, "yanlış"), (data[:100], "doğru parola"), (b"", "")):
        with pytest.raises(errors.KeyUnusableError) as caught:
            keys.load_pfx(damaged, password)
        assert "yanlış" not in caught.value.message.replace("parola yanlış ya da", "")
    only = pkcs12.serialize_key_and_certificates(
        None, None, pki.cert("imzaci"), None, serialization.BestAvailableEncryption(b"x")
    )
    with pytest.raises(errors.KeyUnusableError):
        keys.load_pfx(only, "x")


def test_key_of_another_certificate(pki: Pki) -> None:
    with pytest.raises(errors.KeyUnusableError):
        keys.SoftwareKey(pki.key("imzaci"), pki.der("ikinci"))


def test_short_rsa_key() -> None:
    private, certificate = short_key()
    with pytest.raises(errors.KeyUnusableError):
        keys.SoftwareKey(private, certificate.public_bytes(serialization.Encoding.DER))
