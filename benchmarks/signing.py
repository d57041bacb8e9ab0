"""Validations a second, beside the bare cryptography of the same file in the same run.

``bare`` is what no validator can do without, written straight with ``cryptography``, with every octet string that it
needs cut out of the file beforehand: load each certificate, CRL and OCSP response once, verify the signature, each
link of each path, the responder, the CRLs and the timestamp tokens, and digest content and imprints. It judges nothing:
no time, no status, no profile.

``straight`` is the same from the file's octets on: it also cuts the strings out of the file, with the hub's own reader
(the fastest at hand). That is what a program written straight with ``cryptography`` would cost, as it has to read the
file; ``bare`` is the lower bound that no program can reach.

Two figures for the hub: ``warm`` as a server runs (authorities' certificates and CRLs recur and are remembered) and
``cold`` with every memory emptied before each validation. The files are those beside the repository; without them the
benchmark says so.

    python -m benchmarks.signing
"""

from __future__ import annotations

import functools
import gc
import hashlib
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from hub.signing import TrustStore, algorithms, attributes, certificates, cms, imprint, oids, status, validate

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "imza"
ROUNDS = 15
REPEAT = 20

HASHES = {"sha1": hashes.SHA1(), "sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}
Step = Callable[[], None]


def bare(raw: bytes, roots: list[bytes]) -> Step:
    """The bare verifications of one file as one function."""
    data = cms.signed_data(raw)
    by_name = {certificates.load(one).subject: one for one in roots}
    checks: list[tuple[bytes, bytes, bytes, str]] = []  # certificate of the key, signature, data, digest
    loads: set[bytes] = set()
    digests: list[tuple[str, list[bytes]]] = []

    def signed(info: cms.SignerInfo, bag: list[bytes]) -> bytes:
        raw_certificate = next(one for one in bag if certificates.load(one).names_it(info.issuer, info.serial))
        how = algorithms.method(info.signature_algorithm, info.digest_oid)
        checks.append((raw_certificate, info.signature, info.signed_bytes(), how.digest))
        return raw_certificate

    def listed(crl: bytes, issuer: bytes) -> None:
        # cryptography refuses to load these CRLs: one of their two algorithm fields lacks its NULL parameters
        one = status.load_crl(crl)
        loads.add(issuer)
        checks.append((issuer, one.signature, one.tbs, algorithms.method(one.algorithm).digest))

    def chain(leaf: bytes, bag: list[bytes]) -> None:
        one = certificates.load(leaf)
        loads.add(leaf)
        while one.subject != one.issuer:
            above = by_name.get(one.issuer) or next(c for c in bag if certificates.load(c).subject == one.issuer)
            loads.add(above)
            checks.append((above, one.signature, one.tbs, algorithms.method(one.algorithm).digest))
            one = certificates.load(above)

    for info in data.signers:
        values = [c for v in info.values(oids.CERTIFICATE_VALUES) for c in attributes.certificate_values(v)]
        bag = [*data.certificates, *values]
        digests.append((algorithms.digest_name(info.digest_oid), [data.content or b""]))
        chain(signed(info, bag), bag)
        for value in info.values(oids.REVOCATION_VALUES):
            held = attributes.revocation_values(value)
            for crl in held.crls:
                issuer = next(c for c in bag if certificates.load(c).subject == status.load_crl(crl).issuer)
                listed(crl, issuer)
            for basic in held.ocsps:
                answer = status.load_ocsp(basic)
                responder = next(c for c in answer.certificates if answer.answered_by(certificates.load(c)))
                checks.append((responder, answer.signature, answer.tbs, algorithms.method(answer.algorithm).digest))
                chain(responder, bag)
        stamps = [t for a in info.signed if a.oid == oids.CONTENT_TIMESTAMP for t in a.values]
        archive = info.values(oids.ARCHIVE_TIMESTAMP_V2)
        for stamp in stamps + info.values(oids.SIGNATURE_TIMESTAMP) + archive:
            token = attributes.token(stamp)
            held_certs = list(token.cms.certificates)
            chain(signed(token.signer, [*held_certs, *bag]), held_certs)
            digests.append((algorithms.digest_name(token.signer.digest_oid), [token.cms.content or b""]))
            for crl in token.cms.crls:
                listed(crl, by_name[status.load_crl(crl).issuer])
            over: list[bytes] = [info.signature]
            if stamp in archive:
                newer = frozenset(t for t in archive if attributes.token(t).time >= token.time)
                over = imprint.archive_v2(data, info, None, newer)[0]
            digests.append((algorithms.digest_name(token.imprint.oid), over))

    def run() -> None:
        keys = {}
        for raw_certificate in loads:
            keys[raw_certificate] = x509.load_der_x509_certificate(raw_certificate).public_key()
        for name, parts in digests:
            state = hashlib.new(name)
            for part in parts:
                state.update(part)
            state.digest()
        for holder, signature, over, name in checks:
            key = keys[holder]
            assert isinstance(key, rsa.RSAPublicKey)
            key.verify(signature, over, padding.PKCS1v15(), HASHES[name])

    return run


def forget() -> None:
    """Empty every memory of the validator."""
    for name, module in list(sys.modules.items()):
        if name.startswith("hub.signing"):
            for remembered in vars(module).values():
                if isinstance(remembered, functools._lru_cache_wrapper):
                    remembered.cache_clear()


def seconds(steps: list[Step]) -> list[float]:
    """Processor seconds of one run of each step: the steps in turn, so that what the host does meanwhile meets all of
    them; of each the least of a few timings, as noise only ever adds."""
    best = [float("inf")] * len(steps)
    for _ in range(REPEAT):
        for place, step in enumerate(steps):
            started = time.process_time()
            step()
            best[place] = min(best[place], time.process_time() - started)
    return best


def start_up() -> float:
    """Importing the validate command, as a ratio to importing pyHanko's validation: processor seconds of a process
    that does nothing else, the interpreter's own start taken off both."""

    def spent() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    def best(code: str) -> float:
        times = []
        for _ in range(7):
            before = spent()
            subprocess.run([sys.executable, "-c", code], check=True)
            times.append(spent() - before)
        return min(times)

    empty = best("pass")
    ours = best("import hub.cli, hub.commands.signature_validate") - empty
    theirs = best("import pyhanko.sign.validation") - empty
    return ours / theirs


def main() -> None:
    """Print ratios and figures as JSON lines."""
    if not FOLDER.is_dir():
        print(json.dumps({"skipped": f"no signature cases at {FOLDER}"}))
        return
    roots = [file.read_bytes() for file in sorted((FOLDER / "roots" / "valid_root").iterdir())]
    roots = [one for one in roots if certificates.load(one).self_signed]
    trust = TrustStore.of(roots)
    cases = json.loads((FOLDER / "dev_cases.json").read_text("utf-8"))
    gc.collect()
    gc.disable()
    for suite, profile in (("p4", "P4"), ("p4_a", "P4-A")):
        files = [
            (FOLDER / "files" / case["file"]).read_bytes()
            for case in cases
            if case["suite"] == suite and case["expected"] == "valid"
        ]
        bares = [bare(raw, roots) for raw in files]

        def ours(files: list[bytes] = files, profile: str = profile) -> None:
            for raw in files:
                assert validate(raw, trust=trust, profile=profile).passed

        def cold(files: list[bytes] = files, profile: str = profile) -> None:
            for raw in files:
                forget()
                assert validate(raw, trust=trust, profile=profile).passed

        def theirs(bares: list[Step] = bares) -> None:
            for step in bares:
                step()

        def straight(files: list[bytes] = files) -> None:
            for raw in files:
                bare(raw, roots)()

        ours()
        rows = [seconds([theirs, ours, straight]) for _ in range(ROUNDS)]
        colds = [seconds([theirs, cold]) for _ in range(ROUNDS)]
        print(
            json.dumps(
                {
                    "profile": profile,
                    "files": len(files),
                    "validations_per_second": round(len(files) / statistics.median(row[1] for row in rows)),
                    "warm_over_bare": round(statistics.median(row[1] / row[0] for row in rows), 2),
                    "warm_over_straight": round(statistics.median(row[1] / row[2] for row in rows), 2),
                    "cold_over_bare": round(statistics.median(row[1] / row[0] for row in colds), 2),
                    "bare_ms": round(1000 * statistics.median(row[0] for row in rows) / len(files), 3),
                }
            )
        )
    print(json.dumps({"start_up_over_pyhanko_import": round(start_up(), 2)}))


if __name__ == "__main__":
    main()
