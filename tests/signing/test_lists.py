"""Delta and indirect CRLs: read together with the list that they change, entry by entry for whom it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from hub.signing import certificates, revocation
from hub.signing.evidence import Pool
from hub.signing.report import Code, Outcome

from .forge import T0, Forge, x509_name

F = Forge()

DAY = timedelta(days=1)
HOLD, KEY, OFF = x509.ReasonFlags.certificate_hold, x509.ReasonFlags.key_compromise, x509.ReasonFlags.remove_from_crl

Entry = tuple[int, datetime, x509.ReasonFlags | None, str]
"""Serial number, time, reason, and the authority whose certificate it is where that is named."""


def listed(
    number: int,
    *entries: Entry,
    base: int | None = None,
    indirect: bool = False,
    until: datetime = T0 + 30 * DAY,
    by: str = "sub",
    point: str = "",
) -> bytes:
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(F.cert("sub").subject)
        .last_update(T0 - DAY + timedelta(minutes=number))
        .next_update(until)
        .add_extension(x509.CRLNumber(number), critical=False)
    )
    if base is not None:
        builder = builder.add_extension(x509.DeltaCRLIndicator(base), critical=True)
    if indirect or point:
        names = [x509.UniformResourceIdentifier(point)] if point else None
        scope = x509.IssuingDistributionPoint(names, None, False, False, None, indirect, False)
        builder = builder.add_extension(scope, critical=True)
    for serial, time, reason, issuer in entries:
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(time)
        if reason is not None:
            entry = entry.add_extension(x509.CRLReason(reason), critical=False)
        if issuer:
            named = x509.CertificateIssuer([x509.DirectoryName(x509_name(issuer))])
            entry = entry.add_extension(named, critical=True)
        builder = builder.add_revoked_certificate(entry.build())
    out = builder.sign(F.key(by), hashes.SHA256())  # type: ignore[arg-type]
    return out.public_bytes(serialization.Encoding.DER)


MINE = F.serial("signer")
BEFORE, AFTER = T0 - timedelta(hours=1), T0 + timedelta(hours=1)
PLAIN = listed(7)

CASES: list[tuple[str, list[bytes], Code | None]] = [
    ("complete", [PLAIN], None),
    ("revoked in the delta", [PLAIN, listed(8, (MINE, BEFORE, KEY, ""), base=7)], Code.CERT_REVOKED),
    ("the delta stands first", [listed(8, (MINE, BEFORE, KEY, ""), base=7), PLAIN], Code.CERT_REVOKED),
    ("revoked in the delta, later", [PLAIN, listed(8, (MINE, AFTER, KEY, ""), base=7)], None),
    ("taken off hold", [listed(7, (MINE, BEFORE, HOLD, "")), listed(8, (MINE, BEFORE, OFF, ""), base=7)], None),
    ("still on hold", [listed(7, (MINE, BEFORE, HOLD, "")), listed(8, base=7)], Code.CERT_REVOKED),
    (
        "newest delta counts",
        [
            PLAIN,
            listed(9, (MINE, BEFORE, OFF, ""), base=7),
            listed(8, (MINE, BEFORE, HOLD, ""), base=7),
        ],
        None,
    ),
    ("delta of an older list", [PLAIN, listed(8, (MINE, BEFORE, KEY, ""), base=5)], Code.CERT_REVOKED),
    ("delta of a later list", [PLAIN, listed(9, (MINE, BEFORE, KEY, ""), base=8)], None),
    ("delta older than the list", [PLAIN, listed(6, (MINE, BEFORE, KEY, ""), base=5)], None),
    ("delta that has run out", [PLAIN, listed(8, (MINE, BEFORE, KEY, ""), base=7, until=T0 - DAY / 2)], None),
    ("delta signed by another", [PLAIN, listed(8, (MINE, BEFORE, KEY, ""), base=7, by="root")], None),
    ("delta of another point", [PLAIN, listed(8, (MINE, BEFORE, KEY, ""), base=7, point="http://x.example/")], None),
    ("delta alone", [listed(8, base=7)], Code.CRL_SCOPE),
    ("indirect, empty", [listed(7, indirect=True)], None),
    ("indirect, own entry", [listed(7, (MINE, BEFORE, KEY, ""), indirect=True)], Code.CERT_REVOKED),
    ("indirect, own entry named", [listed(7, (MINE, BEFORE, KEY, "sub"), indirect=True)], Code.CERT_REVOKED),
    ("indirect, another's entry", [listed(7, (MINE, BEFORE, KEY, "root"), indirect=True)], None),
    (
        "indirect, after another's entry",
        [listed(7, (5, BEFORE, KEY, "root"), (MINE, BEFORE, KEY, ""), indirect=True)],
        None,
    ),
    (
        "indirect, back to its own",
        [listed(7, (5, BEFORE, KEY, "root"), (MINE, BEFORE, KEY, "sub"), indirect=True)],
        Code.CERT_REVOKED,
    ),
    ("another's entry in a direct list", [listed(7, (MINE, BEFORE, KEY, "root"))], Code.CRL_SCOPE),
]


def answer(lists: Sequence[bytes]) -> tuple[Code, Outcome]:
    pool = Pool()
    pool.add("signature", (), lists)
    assert not pool.unreadable
    signer, issuer = certificates.load(F.der("signer")), certificates.load(F.der("sub"))
    question = revocation.Question(signer, issuer, T0, "signer")
    verdict = revocation.judge(question, [(pool, revocation.hear(question, pool))])
    return verdict.checks[0].code, verdict.checks[0].outcome


@pytest.mark.parametrize(("what", "lists", "fails"), CASES, ids=[case[0] for case in CASES])
def test_lists(what: str, lists: list[bytes], fails: Code | None) -> None:
    expected = (Code.CERT_REVOKED, Outcome.PASSED) if fails is None else (fails, Outcome.FAILED)
    assert answer(lists) == expected
