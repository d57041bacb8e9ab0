"""Was a certificate revoked at a time? Judged from OCSP responses and CRLs that are themselves checked first.

The time model: revoked strictly after the judged time is no obstacle, at or before it is fatal, whichever kind of
evidence says so. A CRL must not have run out by the judged time; an OCSP response without nextUpdate must not be older
than :data:`OCSP_EARLY` before it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from hub.signing import algorithms, certificates, oids
from hub.signing.certificates import CRL_SIGN, DIGITAL_SIGNATURE, NON_REPUDIATION, UNDERSTOOD, Certificate
from hub.signing.der import DerError
from hub.signing.evidence import Pool
from hub.signing.report import About, Check, Code, Outcome, Sub, about, failed, passed, unsure
from hub.signing.status import HOLD, Crl, Ocsp, Revocation, SingleResponse

OCSP_EARLY: Final = timedelta(minutes=10)
"""How much older than the judged time an OCSP response without nextUpdate may be: it was asked for while signing,
before the timestamp came back, on clocks that may differ."""

RESPONDER_DEPTH: Final = 2
"""A responder's own status may rest on another responder, but not on a chain of them."""

BOTH: Final = frozenset({"crl", "ocsp"})

_new = tuple.__new__  # a NamedTuple's own constructor costs three times as much


class Answer(NamedTuple):
    """What one piece of evidence says about a certificate."""

    issued: datetime
    revocation: Revocation | None
    problem: Check | None
    """Why the evidence cannot be used; ``revocation`` means nothing then."""
    evidence: Crl | Ocsp


class Question(NamedTuple):
    """Whose status, issued by whom, at which time, and what becomes of a missing answer."""

    certificate: Certificate
    issuer: Certificate
    at: datetime
    kind: str
    """The certificate's part: ``signer``, ``ca``, ``responder`` or ``tsa``."""
    kinds: frozenset[str] = BOTH
    """Which evidence may answer."""
    demanded: bool = True
    """True: missing or unusable evidence is a failure. False: it is indeterminate, as it may yet be fetched."""
    depth: int = 0


class Verdict(NamedTuple):
    """The checks that answer a question, and the evidence that the answer rests on when it is a pass."""

    checks: list[Check]
    evidence: Crl | Ocsp | None


class Heard(NamedTuple):
    """What a pool has, usable or not, that is about a question's certificate."""

    crls: list[Crl]
    named: list[tuple[Ocsp, SingleResponse]]
    """OCSP responses, each with its newest answer about the certificate."""


def hear(question: Question, pool: Pool) -> Heard:
    """Everything in the pool that is about the question's certificate."""
    named = [(one, single) for one in pool.ocsps if (single := _single(question, one)) is not None]
    return _new(Heard, (_crls(question, pool), named))


def first_to_speak(question: Question, pools: Sequence[Pool]) -> tuple[Pool, Heard] | None:
    """The first pool that has anything about the question's certificate, else the first; None when there is none."""
    first: tuple[Pool, Heard] | None = None
    for pool in pools:
        heard = hear(question, pool)
        if heard.crls or heard.named:
            return pool, heard
        first = first or (pool, heard)
    return first


def judge(question: Question, pools: Sequence[tuple[Pool, Heard]]) -> Verdict:
    """Answer from the first pool that has a usable answer; a pool that has none is passed over to the next. Each pool
    comes with what :func:`hear` found in it.

    Within a pool the newest usable answer of each kind counts (:func:`_standing`), and one that says "revoked in time"
    is fatal whatever another kind says, also a CRL where only OCSP may show that a certificate is good.
    """
    subject = about(question.kind, question.certificate)
    problems: list[Check] = []
    for pool, heard in pools:
        answers = _answers(question, pool, heard)
        if heard.crls and "crl" not in question.kinds:
            answers += [one for one in _against(question, heard.crls) if _fatal(one, question)]
        usable = [answer for answer in answers if answer.problem is None]
        if not usable:
            problems += [answer.problem for answer in answers if answer.problem is not None]
            continue
        newest = usable if len(usable) == 1 else _standing(usable)
        for answer in newest:
            gone = answer.revocation
            if gone is not None and gone.at <= question.at:
                found = f"{gone.at:%Y-%m-%d %H:%M:%SZ} tarihinde iptal edilmiş"
                sub = Sub.REVOKED_CA_NO_POE if question.kind == "ca" else Sub.REVOKED
                return Verdict([failed(Code.CERT_REVOKED, subject, found, sub)], None)
        answer = newest[0] if len(newest) == 1 else max(newest, key=lambda one: one.issued)
        found = "ÇİSDuP" if isinstance(answer.evidence, Ocsp) else "SİL"
        if answer.revocation is not None:
            found += f"; sonradan, {answer.revocation.at:%Y-%m-%d %H:%M:%SZ} tarihinde iptal edilmiş"
        return _new(Verdict, ([passed(Code.CERT_REVOKED, subject, found)], answer.evidence))
    if not problems:
        wanted = "ÇİSDuP yanıtı" if question.kinds == {"ocsp"} else "SİL ya da ÇİSDuP yanıtı"
        problems = [unsure(Code.STATUS_MISSING, subject, f"iptal durumu için {wanted} yok", Sub.TRY_LATER)]
    return Verdict([_weighed(problem, question) for problem in dict.fromkeys(problems)], None)


def _standing(usable: list[Answer]) -> list[Answer]:
    """The answer of each kind that stands: the newest, save that silence takes back no revocation but a hold.

    RFC 5280 5.3.1 and 3.3: a hold may end, any other revocation is for good, and an entry may be left out of the lists
    issued after the certificate ran out.
    """
    kinds: dict[type, Answer] = {}
    for one in sorted(usable, key=lambda one: one.issued):
        before = kinds.get(type(one.evidence))
        if before is None or not _silenced(before.revocation, one.revocation):
            kinds[type(one.evidence)] = one
    return list(kinds.values())


def _silenced(before: Revocation | None, now: Revocation | None) -> bool:
    """Does a newer answer say nothing more of a revocation that cannot end?"""
    return now is None and before is not None and before.reason != HOLD


def _against(question: Question, lists: list[Crl]) -> list[Answer]:
    """The usable CRLs' word on a certificate whose status must come from OCSP."""
    return _standing([one for one in _by_crls(question, lists) if one.problem is None])


def _fatal(answer: Answer, question: Question) -> bool:
    return answer.revocation is not None and answer.revocation.at <= question.at


def _weighed(problem: Check, question: Question) -> Check:
    outcome = Outcome.FAILED if question.demanded else Outcome.INDETERMINATE
    sub = problem.sub
    if question.demanded and sub is Sub.TRY_LATER:
        sub = Sub.CERTIFICATE_CHAIN_GENERAL_FAILURE
    return Check(problem.code, outcome, problem.about, problem.found, sub)


def _answers(question: Question, pool: Pool, heard: Heard) -> list[Answer]:
    answers = _by_crls(question, heard.crls) if heard.crls and "crl" in question.kinds else []
    if "ocsp" in question.kinds:
        answers += [_by_ocsp(question, one, single, pool) for one, single in heard.named]
        if not heard.named and not answers and pool.ocsps and question.kinds == {"ocsp"}:
            answers += [_stray(question, one) for one in pool.ocsps]
    return answers


# CRL ---------------------------------------------------------------------------------------------------------------


def _crls(question: Question, pool: Pool) -> list[Crl]:
    name = question.certificate.issuer
    return [crl for crl in pool.crls if crl.issuer == name or certificates.same_name(crl.issuer, name)]


def _by_crls(question: Question, lists: list[Crl]) -> list[Answer]:
    """Each list's word; a complete list's together with the newest usable delta list that changes it."""
    if len(lists) == 1 or not any(crl.extensions.get(oids.DELTA_CRL) for crl in lists):
        return [_by_crl(question, crl) for crl in lists]
    return [_by_crl(question, crl, _delta(question, crl, lists)) for crl in lists]


def _delta(question: Question, complete: Crl, lists: list[Crl]) -> Crl | None:
    """The newest usable delta list that changes ``complete``, or None. One that cannot be used is passed over: nobody
    has to use delta lists (RFC 5280 5.2.4)."""
    found: Crl | None = None
    for crl in lists:
        with contextlib.suppress(DerError):
            fits = crl.changes(complete) and _crl_problem(question, crl, delta=True)[0] is None
            if fits and (found is None or (crl.number or 0) > (found.number or 0)):
                found = crl
    return found


def _by_crl(question: Question, crl: Crl, delta: Crl | None = None) -> Answer:
    issued = crl.this_update if delta is None else delta.this_update
    try:
        code, found = _crl_problem(question, crl)
        said = crl if delta is None else delta
        revocation = None if code else said.revocation(question.certificate, None if delta is None else crl)
    except DerError as error:
        code, found, revocation = Code.CRL_SCOPE, error.message, None
    if code is None:
        return _new(Answer, (issued, revocation, None, crl))
    of = About("crl", certificates.short_name(crl.issuer), crl.sha256)
    return Answer(issued, None, failed(code, of, found, Sub.TRY_LATER), crl)


def _crl_problem(question: Question, crl: Crl, *, delta: bool = False) -> tuple[Code | None, str]:
    usage = question.issuer.key_usage
    if not crl.signed_by(question.issuer):
        return Code.CRL_SIGNATURE, "SİL imzası doğrulanmıyor"
    if usage is not None and CRL_SIGN not in usage:
        return Code.CRL_ISSUER, "makamın anahtar kullanımında cRLSign yok"
    if why := crl.unusable_for(question.certificate, delta=delta):
        return Code.CRL_SCOPE, why
    if crl.next_update is None or question.at > crl.next_update:
        until = f"{crl.next_update:%Y-%m-%d %H:%M:%SZ}" if crl.next_update else "belirtilmemiş"
        return Code.CRL_FRESHNESS, f"SİL geçerliliğinin sonu: {until}"
    return None, ""


# OCSP --------------------------------------------------------------------------------------------------------------


def _single(question: Question, response: Ocsp) -> SingleResponse | None:
    """The answer in ``response`` about the certificate; of several the one that stands, as in :func:`_standing`."""
    serial = question.certificate.serial
    found = [one for one in response.responses if one.serial == serial]
    found = [one for one in found if one.names_it(question.certificate, question.issuer)]
    if len(found) < 2:
        return found[0] if found else None
    found.sort(key=lambda one: one.this_update)
    stands = found[0]
    for one in found[1:]:
        if not _silenced(stands.revocation, one.revocation):
            stands = one
    return stands


def _about(response: Ocsp) -> About:
    return About("ocsp", certificates.short_name(response.responder_name), response.sha256)


def _stray(question: Question, response: Ocsp) -> Answer:
    found = "ÇİSDuP yanıtı bu sertifika için değil"
    problem = failed(Code.OCSP_CERT_ID, _about(response), found, Sub.TRY_LATER)
    return Answer(response.produced_at, None, problem, response)


def _by_ocsp(question: Question, response: Ocsp, single: SingleResponse, pool: Pool) -> Answer:
    problem: Check | None = None
    try:
        problem = _unknown_extension(response) or _responder_problem(question, response, pool)
        if problem is None and single.status == "unknown":
            found = "ÇİSDuP yanıtı: durumu bilinmiyor"
            problem = unsure(Code.OCSP_UNKNOWN, _about(response), found, Sub.TRY_LATER)
        if problem is None:
            problem = _stale(question, response, single)
    except DerError as error:
        problem = failed(Code.OCSP_RESPONDER, _about(response), error.message, Sub.TRY_LATER)
    return _new(Answer, (response.produced_at, single.revocation, problem, response))


def _unknown_extension(response: Ocsp) -> Check | None:
    unknown = [name for name, one in response.extensions.items() if one.critical and name not in oids.OCSP_EXTENSIONS]
    if not unknown:
        return None
    found = f"yanıtta bilinmeyen kritik uzantı {unknown[0]}"
    return failed(Code.OCSP_UNKNOWN, _about(response), found, Sub.TRY_LATER)


def _stale(question: Question, response: Ocsp, single: SingleResponse) -> Check | None:
    if single.next_update is not None and question.at <= single.next_update:
        return None
    if single.revocation is not None and single.revocation.at <= question.at:
        return None  # a revocation does not go stale
    oldest = min(response.produced_at, single.this_update)
    if single.next_update is None and oldest >= question.at - OCSP_EARLY:
        return None
    found = f"yanıt {oldest:%Y-%m-%d %H:%M:%SZ} tarihli, {question.at:%Y-%m-%d %H:%M:%SZ} için eski"
    return failed(Code.OCSP_FRESHNESS, _about(response), found, Sub.TRY_LATER)


def _responder_problem(question: Question, response: Ocsp, pool: Pool) -> Check | None:
    """Who answered, may they, does the signature verify, and were they good at the time (RFC 6960 4.2.2.2)."""
    own = [question.issuer] if response.answered_by(question.issuer) else []
    for raw in response.certificates:
        own.append(certificates.load(raw))
    candidates = [one for one in dict.fromkeys(own + pool.certificates) if response.answered_by(one)]
    if not candidates:
        found = "yanıtlayıcının sertifikası dosyada yok"
        return failed(Code.OCSP_RESPONDER, _about(response), found, Sub.TRY_LATER)
    first: Check | None = None
    for responder in candidates:
        problem = _one_responder(question, response, responder, pool)
        if problem is None:
            return None
        first = first or problem
    return first


def _one_responder(question: Question, response: Ocsp, responder: Certificate, pool: Pool) -> Check | None:
    of = about("responder", responder)
    if not response.signed_by(responder):
        return failed(Code.OCSP_SIGNATURE, _about(response), "yanıtın imzası doğrulanmıyor", Sub.TRY_LATER)
    if responder == question.certificate:
        return failed(Code.OCSP_RESPONDER, of, "yanıtlayıcı kendi durumunu kendisi bildiriyor", Sub.TRY_LATER)
    if responder == question.issuer or (
        responder.spki == question.issuer.spki and responder.subject == question.issuer.subject
    ):
        return None
    if not certificates.same_name(responder.issuer, question.issuer.subject):
        found = "yanıtlayıcının sertifikasını aynı makam vermemiş"
        return failed(Code.OCSP_RESPONDER, of, found, Sub.TRY_LATER)
    if not certificates.signed_by(responder, question.issuer):
        found = "yanıtlayıcının sertifikasındaki makam imzası doğrulanmıyor"
        return failed(Code.CERT_SIGNATURE, of, found, Sub.CERTIFICATE_CHAIN_GENERAL_FAILURE)
    if oids.EKU_OCSP_SIGNING not in (responder.extended_usage or ()):
        found = "yanıtlayıcının sertifikasında OCSPSigning kullanımı yok"
        return failed(Code.OCSP_RESPONDER, of, found, Sub.CHAIN_CONSTRAINTS_FAILURE)
    unknown = [name for name, one in responder.extensions.items() if one.critical and name not in UNDERSTOOD]
    if unknown:
        found = f"yanıtlayıcının sertifikasında bilinmeyen kritik uzantı {unknown[0]}"
        return failed(Code.CERT_EXTENSIONS, of, found, Sub.CHAIN_CONSTRAINTS_FAILURE)
    if why := algorithms.too_weak(responder.key):
        return failed(Code.CERT_KEY, of, why, Sub.CRYPTO_CONSTRAINTS_FAILURE)
    usage = responder.key_usage
    if usage is not None and not usage & {DIGITAL_SIGNATURE, NON_REPUDIATION}:
        found = "yanıtlayıcının anahtar kullanımında imza yok"
        return failed(Code.OCSP_RESPONDER, of, found, Sub.CHAIN_CONSTRAINTS_FAILURE)
    times = [question.at] + ([response.produced_at] if response.produced_at > question.at else [])
    judged = next((time for time in times if responder.not_before <= time <= responder.not_after), None)
    if judged is None:
        found = f"geçerliliği {responder.not_before:%Y-%m-%d %H:%M:%SZ} – {responder.not_after:%Y-%m-%d %H:%M:%SZ}"
        return failed(Code.CERT_VALIDITY, of, found, Sub.EXPIRED)
    if responder.nocheck:
        return None
    return _responder_status(question, responder, judged, pool)


def _responder_status(question: Question, responder: Certificate, at: datetime, pool: Pool) -> Check | None:
    if question.depth >= RESPONDER_DEPTH:
        found = "yanıtlayıcının durumu bir zincir boyunca başka yanıtlayıcılara dayanıyor"
        return failed(Code.OCSP_RESPONDER, about("responder", responder), found, Sub.TRY_LATER)
    inner = Question(responder, question.issuer, at, "responder", demanded=question.demanded, depth=question.depth + 1)
    checks = judge(inner, [(pool, hear(inner, pool))]).checks
    return next((check for check in checks if check.outcome is not Outcome.PASSED), None)
