"""The test PKI at work: keys made on demand, certomancer's responder, CRLs and time-stamping on a loopback port."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from asn1crypto import algos, tsp
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509
from certomancer.integrations.animator import Animator, AnimatorArchStore
from certomancer.registry import ArchLabel, CertLabel, CertomancerConfig, PKIArchitecture, ServiceLabel
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

DECLARATION = Path(__file__).with_name("pki.yml")
ARCHITECTURE = "eyazisma"

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class _Quiet(WSGIRequestHandler):
    def log(self, *args: Any) -> None:
        """Keep the tests' output free of access lines."""


def _make_keys(folder: Path, declaration: dict[str, Any]) -> None:
    for entry in declaration["keysets"]["sinama"]["keys"].values():
        kind = Path(entry["path"]).suffixes[-2].removeprefix(".")
        key: PrivateKey
        if kind.startswith("rsa"):
            key = rsa.generate_private_key(65537, int(kind.removeprefix("rsa")))
        else:
            key = ec.generate_private_key({"p256": ec.SECP256R1(), "p384": ec.SECP384R1()}[kind])
        (folder / entry["path"]).write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )


class _WholeSeconds(Animator):
    """An animator whose clock has no fractions of a second: DER forbids them in OCSP answers (RFC 5280 4.1.2.5.2)."""

    def at_time(self, request: Any) -> datetime:
        at = super().at_time(request)
        assert isinstance(at, datetime)
        return at.replace(microsecond=0)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


class Pki:
    """One running PKI; labels are those of ``pki.yml``."""

    def __init__(self, folder: Path) -> None:
        declaration = yaml.safe_load(DECLARATION.read_text(encoding="utf-8"))
        _make_keys(folder, declaration)
        self.requests: list[str] = []
        """Path of every request served, oldest first; a test may clear it."""
        self._server: BaseWSGIServer = make_server("127.0.0.1", 0, self._serve, threaded=True, request_handler=_Quiet)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        config = CertomancerConfig(declaration, key_search_dir=str(folder), external_url_prefix=self.url)
        self.arch: PKIArchitecture = config.get_pki_arch(ArchLabel(ARCHITECTURE))
        for _, specs in self.arch.enumerate_certs_by_issuer():
            for spec in specs:
                self.arch.get_cert(spec.label)  # made now: its cache is not meant for threads
        self._animator = _WholeSeconds(AnimatorArchStore(config.pki_archs), with_web_ui=False)
        self._thread = threading.Thread(target=self._server.serve_forever, name="test-pki", daemon=True)
        self._thread.start()

    def _serve(self, environ: dict[str, Any], start_response: Any) -> Any:
        self.requests.append(environ["PATH_INFO"])
        return self._animator(environ, start_response)

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    # Where the services are ------------------------------------------------------------------------------------------

    def tsa_url(self, label: str = "zd-a") -> str:
        """URL of a time-stamping authority."""
        return f"{self.url}/{ARCHITECTURE}/tsa/{label}"

    def ocsp_url(self, label: str = "alt-a") -> str:
        """URL of an OCSP responder."""
        return f"{self.url}/{ARCHITECTURE}/ocsp/{label}"

    def crl_url(self, label: str) -> str:
        """URL of the newest CRL of an authority."""
        return f"{self.url}/{ARCHITECTURE}/crls/{label}/latest.crl"

    @contextmanager
    def clock(self, at: datetime) -> Iterator[None]:
        """Inside, every service answers as if it were ``at`` (aware)."""
        assert at.tzinfo is not None
        before, self._animator.fixed_time = self._animator.fixed_time, at
        try:
            yield
        finally:
            self._animator.fixed_time = before

    # Certificates and keys -------------------------------------------------------------------------------------------

    def asn1_cert(self, label: str) -> asn1_x509.Certificate:
        """A certificate as asn1crypto's object."""
        return self.arch.get_cert(CertLabel(label))

    def der(self, label: str) -> bytes:
        """A certificate's DER."""
        data = self.asn1_cert(label).dump()
        assert isinstance(data, bytes)
        return data

    def cert(self, label: str) -> x509.Certificate:
        """A certificate as cryptography's object."""
        return x509.load_der_x509_certificate(self.der(label))

    def key(self, label: str) -> PrivateKey:
        """The private key of a certificate's subject."""
        spec = self.arch.get_cert_spec(CertLabel(label))
        info = self.arch.key_set.get_private_key(spec.subject_key)
        key = serialization.load_der_private_key(info.dump(), None)
        assert isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)
        return key

    def chain(self, label: str) -> list[bytes]:
        """DER of the authorities above a certificate, the nearest first, the root last."""
        above: list[bytes] = []
        spec = self.arch.get_cert_spec(CertLabel(label))
        while not spec.self_issued:
            spec = self.arch.get_cert_spec(spec.resolve_issuer_cert(self.arch))
            above.append(self.arch.get_cert(spec.label).dump())
        return above

    def pfx(self, label: str, password: str = "parola", chain: bool = True) -> bytes:
        """A PKCS#12 file of a certificate, its key and (``chain``) the authorities above it."""
        above = [x509.load_der_x509_certificate(link) for link in self.chain(label)] if chain else None
        return pkcs12.serialize_key_and_certificates(
            label.encode(),
            self.key(label),
            self.cert(label),
            above,
            serialization.BestAvailableEncryption(password.encode()),
        )

    def write_roots(self, folder: Path, *labels: str) -> Path:
        """Write roots (default: ``kok-a``, ``kok-b``, ``kok-c``) as DER files into ``folder``, which is returned."""
        folder.mkdir(parents=True, exist_ok=True)
        for label in labels or ("kok-a", "kok-b", "kok-c"):
            (folder / f"{label}.crt").write_bytes(self.der(label))
        return folder

    # Answers without HTTP, at any time -------------------------------------------------------------------------------

    def ocsp(self, label: str, responder: str = "alt-a", at: datetime | None = None) -> bytes:
        """DER of the OCSPResponse about a certificate, as ``responder`` gives it ``at`` a time."""
        spec = self.arch.get_cert_spec(CertLabel(label))
        issuer = self.arch.get_cert(spec.resolve_issuer_cert(self.arch))
        request = asn1_ocsp.OCSPRequest(
            {
                "tbs_request": {
                    "request_list": [
                        {
                            "req_cert": {
                                "hash_algorithm": {"algorithm": "sha1"},
                                "issuer_name_hash": issuer.subject.sha1,
                                "issuer_key_hash": issuer.public_key.sha1,
                                "serial_number": self.asn1_cert(label).serial_number,
                            }
                        }
                    ]
                }
            }
        )
        summoned = self.arch.service_registry.summon_responder(ServiceLabel(responder), at or _now())
        answer = summoned.build_ocsp_response(request).dump()
        assert isinstance(answer, bytes)
        return answer

    def crl(self, label: str, at: datetime | None = None) -> bytes:
        """DER of an authority's CRL in force ``at`` a time."""
        data = self.arch.service_registry.get_crl(ServiceLabel(label), at or _now()).dump()
        assert isinstance(data, bytes)
        return data

    def timestamp(
        self, digest: bytes, algorithm: str = "sha256", tsa: str = "zd-a", at: datetime | None = None
    ) -> bytes:
        """DER of a time-stamp token over ``digest``, as ``tsa`` gives it ``at`` a time."""
        imprint = {"hash_algorithm": algos.DigestAlgorithm({"algorithm": algorithm}), "hashed_message": digest}
        request = tsp.TimeStampReq({"version": "v1", "message_imprint": imprint, "cert_req": True})
        summoned = self.arch.service_registry.summon_timestamper(ServiceLabel(tsa), at or _now())
        token = summoned.request_tsa_response(request)["time_stamp_token"].dump()
        assert isinstance(token, bytes)
        return token
