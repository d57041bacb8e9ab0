"""pyHanko beside the hub, as far as it goes: integrity and path of the first signer, imprint and path of its timestamp.

It judges one signer, reads no long-term attribute, and believes a forged root that lies in the trust folder; status is
left out because it does not take "revoked later" for good.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from typing import Any

import pytest
from asn1crypto import cms, x509

from hub.signing import Code, Outcome, SignatureReport, oids, validate

from .shared import Case, cases, needs_cases
from .test_labelled_cases import PROFILES, trust

CASES = [case for case in cases() if case.roots.name == "valid_root"]
PATH = {Code.CHAIN_ANCHOR, Code.CERT_SIGNATURE, Code.CERT_VALIDITY, Code.CA_CONSTRAINTS, Code.KEY_USAGE, Code.TSA_USAGE}
INTEGRITY = {Code.MESSAGE_DIGEST, Code.SIGNATURE_VALUE, Code.MESSAGE_IMPRINT}


def context(case: Case, signer: Any, moment: Any) -> Any:
    from pyhanko_certvalidator import ValidationContext

    roots = [x509.Certificate.load(file.read_bytes()) for file in case.roots.iterdir() if file.name != "RootB.crt"]
    held = [
        x509.Certificate.load(one.dump())
        for attribute in signer["unsigned_attrs"]
        if attribute["type"].dotted == oids.CERTIFICATE_VALUES
        for one in cms.CertificateSet.load(b"\x31" + attribute["values"][0].dump()[1:])
    ]
    return ValidationContext(
        trust_roots=roots,
        other_certs=held,
        moment=moment,
        allow_fetching=False,
        revocation_mode="soft-fail",
        weak_hash_algos=set(),
    )


@needs_cases
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_integrity_and_paths_agree(case: Case) -> None:
    from pyhanko.sign.validation.errors import SignatureValidationError
    from pyhanko.sign.validation.generic_cms import async_validate_cms_signature, validate_tst_signed_data

    logging.disable(logging.CRITICAL)
    try:
        report = validate(case.file, trust=trust(case.roots), profile=PROFILES[case.suite])
        stamp = next(one for one in report.signers[0].timestamps if one.kind == "signature")
        data = cms.ContentInfo.load(case.file.read_bytes())["content"]
        signer = data["signer_infos"][0]
        if len(data["signer_infos"]) == 1:
            checked = async_validate_cms_signature(data, validation_context=context(case, signer, stamp.time))
            if Code.SIGNING_CERTIFICATE.value in report.codes() and case.name.endswith("13"):
                with pytest.raises(SignatureValidationError, match="does not match"):
                    asyncio.run(checked)
            else:
                seen = asyncio.run(checked)
                assert (seen.intact and seen.valid) == (not _failed(report, "signature", INTEGRITY))
                assert seen.trusted == (not _failed(report, "signature", PATH, "responder"))
        token = next(
            attribute["values"][0]["content"]
            for attribute in signer["unsigned_attrs"]
            if attribute["type"].dotted == oids.SIGNATURE_TIMESTAMP
        )
        imprint = hashlib.sha256(signer["signature"].native).digest()
        found = asyncio.run(validate_tst_signed_data(token, context(case, signer, stamp.time), lambda _: imprint))
        assert (found["intact"] and found["valid"]) == (not _failed(report, "signature-timestamp-1", INTEGRITY))
        assert (found["trust_problem_indic"] is None) == (not _failed(report, "signature-timestamp-1", PATH))
    finally:
        logging.disable(logging.NOTSET)


def _failed(report: SignatureReport, where: str, codes: set[Code], without: str = "") -> bool:
    return any(
        check.outcome is Outcome.FAILED and check.code in codes and check.about.kind != without
        for place, check in report.signers[0].all_checks()
        if place == where
    )
