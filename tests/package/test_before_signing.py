"""Before signing: may this package be signed now by these people. The register is real, the package unsigned."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from lxml import etree

from hub import clock
from hub.cli import eyhub
from hub.iyem.decision import Who
from hub.package.catalogue import Layer
from hub.package.intended import Intended
from hub.package.judge import Options, judge
from hub.package.report import BeforeSigning, Language, Report
from hub.package.rules.base import Outcome
from hub.package.views.data import to_json
from hub.package.views.html_view import to_html
from hub.package.views.text_view import to_lines
from hub.package.views.xml_view import to_xml
from hub.signing import TrustStore
from hub.store.personal import _HEADER, Tckn
from hub.store.schema import DutyKind
from tests.package import factory
from tests.package import register as r
from tests.package.factory import Draft
from tests.package.register import State, acting_for, found, from_unit
from tests.package.test_signatories import XSD

PASSED, FAILED, OPEN = Outcome.PASSED, Outcome.FAILED, Outcome.INDETERMINATE
ALL_BUT_REGISTRY = tuple(item for item in Layer if item is not Layer.REGISTRY)
AFTER = ("imzacades", "nihaiustveri", "nihaiozet", "muhurcades")
PARAF = ("parafozeti", "parafimzacades")
"""Its signature in the factory's packages is nobody's whom the tests' roots know."""


def unsigned(change: Callable[[Draft], object] = lambda draft: None, generation: int = 2, *more: str) -> bytes:
    """A package as an EBYS has it before the signature: Paket Özeti is written, nothing after it is."""
    draft = factory.eyp2() if generation == 2 else factory.eyp1()
    change(draft)
    without(draft, *AFTER, *PARAF, *more)
    return draft.build()


def without(draft: Draft, *names: str) -> None:
    for name in names:
        if name in draft.places:
            draft.drop(name)


def ask(state: State, data: bytes, *people: Intended, **more: Any) -> Report:
    return state.judge(data, **{"layers": ALL_BUT_REGISTRY, "intended": people, **more})


def answer(report: Report) -> BeforeSigning:
    assert report.before_signing
    return report.before_signing


def outcomes(report: Report) -> tuple[Outcome, Outcome, Outcome]:
    found = answer(report)
    return found.outcome, found.package, found.signers


def code(state: State, tckn: str, unit: int | None = None) -> Intended:
    return Intended(Who(state.people[tckn]), unit)


def listed(state: State, tckn: str = r.AYSE) -> Callable[[Draft], None]:
    return lambda draft: draft.sub("belgeimza", "123456", str(state.people[tckn]))


@pytest.mark.parametrize("generation", [1, 2])
@pytest.mark.parametrize("by", ["code", "tckn", "both"])
def test_unsigned_package_may_be_signed(state: State, generation: int, by: str) -> None:
    state.appoint(r.AYSE)
    who = Who(None if by == "tckn" else state.people[r.AYSE], None if by == "code" else Tckn(r.AYSE))
    data = unsigned(listed(state) if generation == 1 else lambda draft: None, generation)
    report = ask(state, data, Intended(who))
    assert outcomes(report) == (PASSED, PASSED, PASSED), (report.findings, report.unchecked, report.before_signing)
    assert report.asked is PASSED
    assert (report.valid, report.accepted) == (OPEN, OPEN), "it is no valid package yet"
    (one,) = answer(report).intended
    assert (one.reason, one.code, one.person, one.unit_no) == ("OWNER", state.people[r.AYSE], "Ayşe Örnek", r.MAIN)
    assert one.record is not None
    assert (one.record.kind, one.record.end, one.holds_until, one.serial) == ("owner", "", "", report.registry_serial)
    assert report.signatories == ()


def test_without_the_question_the_missing_signature_is_a_fault(state: State) -> None:
    report = state.judge(unsigned(), layers=tuple(Layer))
    assert report.before_signing is None
    assert report.valid is FAILED
    assert {"EYP-IMZA-ONE", "EYP-MUHUR-ONE", "EYP2-K98"} <= {item.rule for item in report.errors}


def test_a_broken_package_and_a_rightful_signer_are_said_apart(state: State) -> None:
    state.appoint(r.AYSE)
    report = ask(state, unsigned(lambda draft: draft.drop("core")), code(state, r.AYSE))
    assert outcomes(report) == (FAILED, FAILED, PASSED)
    assert report.valid is FAILED


def test_nothing_to_sign_yet(state: State) -> None:
    state.appoint(r.AYSE)
    report = ask(state, unsigned(lambda draft: None, 2, "paketozeti"), code(state, r.AYSE))
    assert outcomes(report) == (OPEN, OPEN, PASSED)
    assert "Paket Özeti" in (answer(report).package_why or ("",))[0]


def test_a_finished_package_takes_no_further_signature(state: State) -> None:
    state.appoint(r.AYSE)
    report = ask(state, state.package(), code(state, r.AYSE))
    assert outcomes(report)[1:] == (FAILED, PASSED)


def test_second_signer_of_a_package_that_one_has_signed(state: State) -> None:
    state.appoint(r.AYSE)
    state.appoint(r.CAN, r.UNIT)

    def once(draft: Draft) -> None:
        from_unit(draft)
        without(draft, *AFTER[1:], *PARAF)

    data = state.package(once)
    report = ask(state, data, code(state, r.CAN))
    assert outcomes(report) == (PASSED, PASSED, PASSED), (report.findings, report.unchecked)
    assert [item.code for item in report.signatories] == [state.people[r.AYSE]]
    state.trust = TrustStore.of([])
    report = ask(state, data, code(state, r.CAN))
    assert outcomes(report)[:2] == (OPEN, OPEN), "the signature that is there could not be judged"
    assert answer(report).intended[0].outcome is PASSED


def test_every_refusal_has_its_rule(state: State) -> None:
    made = state.appoint(r.AYSE)
    state.appoint(r.CAN, r.UNIT)
    assert found(ask(state, unsigned(), code(state, r.EDA))) == {"EYP-YETKI-IMZACI": "OTHER_UNIT"}
    assert found(ask(state, unsigned(), code(state, r.CAN))) == {"EYP-YETKI-IMZACI": "OTHER_UNIT"}
    assert found(ask(state, unsigned(), Intended(Who(999)))) == {"EYP-YETKI-IMZACI": "PERSON_UNKNOWN"}
    both = Intended(Who(state.people[r.CAN], Tckn(r.AYSE)))
    assert found(ask(state, unsigned(), both)) == {"EYP-YETKI-IMZACI": "CODE_OF_ANOTHER"}
    state.end(made, clock.now() - timedelta(hours=1))
    report = ask(state, unsigned(), code(state, r.AYSE))
    assert found(report) == {"EYP-YETKI-SONA-ERMIS": "ENDED"}
    assert outcomes(report) == (FAILED, PASSED, FAILED)
    record = answer(report).intended[0].record
    assert record is not None
    assert record.end


def test_all_must_be_entitled(state: State) -> None:
    state.appoint(r.AYSE)
    report = ask(state, unsigned(), code(state, r.AYSE), code(state, r.EDA))
    assert [item.outcome for item in answer(report).intended] == [PASSED, FAILED]
    assert [item.place for item in answer(report).intended] == ["1", "2"]
    assert outcomes(report) == (FAILED, PASSED, FAILED)


def test_deputy_is_named_with_whom_he_acts_for_and_until_when(state: State) -> None:
    state.appoint(r.CAN)
    end = r.NOW + timedelta(days=2)
    state.appoint(r.AYSE, kind=DutyKind.DEPUTY, end=end)
    (one,) = answer(ask(state, unsigned(), code(state, r.AYSE))).intended
    assert (one.reason, one.deputy_for, one.deputy_for_code) == ("DEPUTY", "Can Deneme", state.people[r.CAN])
    assert one.record is not None
    assert one.record.kind == "deputy"
    assert one.holds_until == one.record.end == end.isoformat().replace("+00:00", "Z")


def test_unit_of_the_question(state: State) -> None:
    state.appoint(r.AYSE)
    state.appoint(r.CAN, r.UNIT)
    for person, unit, expected in (
        (r.AYSE, r.MAIN, PASSED),
        (r.AYSE, r.UNIT, PASSED),
        (r.CAN, r.UNIT, PASSED),
        (r.EDA, r.OTHER, FAILED),
    ):
        report = ask(state, unsigned(from_unit), code(state, person, unit))
        assert outcomes(report)[2] is expected, (person, unit)
    stray = ask(state, unsigned(), code(state, r.CAN, r.UNIT))
    assert outcomes(stray)[2] is FAILED, "a unit below does not sign the institution's letters"
    assert "ne de" in answer(stray).intended[0].why.tr
    assert found(stray) == {"EYP-YETKI-IMZACI": ""}


@pytest.mark.parametrize(
    ("written", "rules"),
    [("{own}", {}), ("{other}", {"EYP-YETKI-KOD-BASKA": ""}), ("", {"EYP-YETKI-KOD-YOK": ""})],
)
def test_what_one_three_says_of_its_signer(state: State, written: str, rules: dict[str, str]) -> None:
    state.appoint(r.AYSE)
    text = written.format(own=state.people[r.AYSE], other=state.people[r.EDA])
    for who in (Who(state.people[r.AYSE]), Who(tckn=Tckn(r.AYSE))):
        report = ask(state, unsigned(lambda draft: draft.sub("belgeimza", "123456", text), 1), Intended(who))
        assert found(report) == rules
        assert outcomes(report)[2] is (FAILED if rules else PASSED)


def test_one_three_lists_somebody_else(state: State) -> None:
    state.appoint(r.AYSE)
    state.appoint(r.CAN, r.UNIT)
    data = unsigned(lambda draft: (from_unit(draft), listed(state)(draft)), 1)
    assert "EYP-YETKI-IMZALAYAN" in found(ask(state, data, code(state, r.CAN)))


def test_claimed_deputation_that_nobody_recorded(state: State) -> None:
    state.appoint(r.CAN)
    state.appoint(r.AYSE, r.OTHER, DutyKind.DEPUTY, end=r.NOW + timedelta(days=2))

    def change(draft: Draft) -> None:
        listed(state)(draft)
        acting_for(r.CAN, draft, "belgeimza")

    assert found(ask(state, unsigned(change, 1), code(state, r.AYSE))) == {"EYP-YETKI-VEKALET": "OTHER_UNIT"}


def test_sender_that_cannot_be_read_decides_nothing_without_a_unit(state: State) -> None:
    state.appoint(r.AYSE)
    data = unsigned(lambda draft: draft.sub("ustveri", "<t:KKK>82223362", "<t:KKK>8222336"))
    assert answer(ask(state, data, code(state, r.AYSE))).intended[0].outcome is OPEN
    assert answer(ask(state, data, code(state, r.AYSE, r.MAIN))).intended[0].outcome is PASSED
    assert outcomes(ask(state, data, code(state, r.AYSE, r.MAIN)))[0] is not PASSED


def test_nobody_to_ask(state: State) -> None:
    person = Intended(Who(tckn=Tckn(r.AYSE)))
    for options, outcome in (
        (Options(intended=(person,)), Outcome.NOT_CONFIGURED),
        (Options(intended=(person,), offline=True), Outcome.NOT_CHECKED),
    ):
        for data in (unsigned(), factory.eyps2().build(), b"no package"):
            report = judge(data, options=options)
            assert answer(report).intended[0].outcome in (outcome, Outcome.NOT_CHECKED)
            assert answer(report).intended[0].tckn == "10*******46"
            assert report.asked is not PASSED


def test_encrypted_package_is_not_what_is_signed(state: State) -> None:
    state.appoint(r.AYSE)
    for data in (factory.eyps2().build(), factory.eypg().build()):
        report = ask(state, data, code(state, r.AYSE, r.MAIN))
        assert outcomes(report)[1:] == (FAILED, PASSED)


def test_registry_counts_unless_left_out(state: State) -> None:
    state.appoint(r.AYSE)
    report = ask(state, unsigned(), code(state, r.AYSE), layers=tuple(Layer))
    assert outcomes(report) == (OPEN, OPEN, PASSED), "no registry was given"


@pytest.mark.parametrize("language", list(Language))
def test_views(state: State, language: Language) -> None:
    state.appoint(r.CAN)
    state.appoint(r.AYSE, kind=DutyKind.DEPUTY, end=r.NOW + timedelta(days=2))
    report = ask(state, unsigned(), Intended(Who(tckn=Tckn(r.AYSE))), code(state, r.EDA))
    document = to_xml(report, language)
    etree.XMLSchema(etree.parse(str(XSD))).assertValid(etree.fromstring(document))
    text = "\n".join(str(line) for line in to_lines(report, language))
    for view in (to_json(report, language), to_html(report, language), text, document.decode()):
        assert r.AYSE not in view
        assert "10*******46" in view
        assert str(state.people[r.AYSE]) in view
        assert "Can Deneme" in view
    data = json.loads(to_json(report, language))["before_signing"]
    assert (data["outcome"], data["package"], data["signers"]) == ("failed", "passed", "failed")
    assert [item["reason"] for item in data["intended"]] == ["DEPUTY", "OTHER_UNIT"]


# The command ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def run(state: State, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("HUB_DATABASE_URL", database_url)
    monkeypatch.setenv("HUB_DATA", str(tmp_path))
    monkeypatch.setenv("HUB_DEMO", "1")
    key = tmp_path / "hub.key"
    key.touch(0o600)
    key.write_text(f"{_HEADER}{bytes(range(32)).hex()}\n")
    (tmp_path / "yazi.eyp").write_bytes(unsigned())

    def call(*arguments: str, stdin: str | None = None) -> Result:
        layers = "container,opc,xml,rules,digests,signatures,signatories"
        command = ["package", "validate", str(tmp_path / "yazi.eyp"), "--layers", layers, *arguments]
        return CliRunner().invoke(eyhub, command, input=stdin)

    return call


def test_command(state: State, run: Callable[..., Result], tmp_path: Path) -> None:
    made = state.appoint(r.AYSE)
    number = str(state.people[r.AYSE])
    assert run().exit_code == 1, "as a finished package it is none"
    for value in (number, f"{number}:{r.MAIN}"):
        result = run("--intended-signer", value)
        assert result.exit_code == 0, result.output
        assert "Şimdi bu kişilerce imzalanabilir" in result.output
    file = tmp_path / "imzacilar.txt"
    file.write_text(f"\ufeff# imzalayacaklar\n{r.AYSE}\n\n{number}:{r.MAIN}  # iki kez\n", "utf-8")
    for value, stdin in ((f"@{file}", None), ("@-", f"{r.AYSE}\n")):
        result = run("--intended-signer", value, stdin=stdin)
        assert result.exit_code == 0, result.output
        assert r.AYSE not in result.output
    assert run("--intended-signer", number, "--intended-signer", str(state.people[r.EDA])).exit_code == 1
    state.end(made, clock.now() - timedelta(hours=1))
    result = run("--intended-signer", number)
    assert result.exit_code == 1
    assert "ENDED" in result.output


@pytest.mark.parametrize(
    "value",
    [
        r.AYSE,
        f"{r.AYSE}:{r.MAIN}",
        "",
        "@",
        "abc",
        "0",
        "-5",
        "99999999999999",
        "4294967296",
        "12:5",
        "@none.txt",
        "@.",
        "1,2",
    ],
)  # fmt: skip
def test_misuse_is_one_line_without_the_number(run: Callable[..., Result], value: str) -> None:
    result = run(f"--intended-signer={value}")
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    assert result.stderr.strip().splitlines()[-1].startswith("Error: --intended-signer")
    assert r.AYSE not in result.output


@pytest.mark.parametrize(
    "content",
    [b"", b"# nobody\n", b"\x00\xff\xfe", b"12345678901\n", b"10000000146 \xc4\xb1\n", b"1\n" * 101, b"9" * 200_000],
)
def test_files_that_name_nobody(run: Callable[..., Result], tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "imzacilar.txt"
    file.write_bytes(content)
    result = run("--intended-signer", f"@{file}")
    assert result.exit_code == 2
    assert r.AYSE not in result.output
    assert "12345678901" not in result.output


def test_question_that_is_left_out_is_misuse(run: Callable[..., Result]) -> None:
    assert run("--intended-signer", "5", "--offline").exit_code == 2
    assert run("--intended-signer", "5", "--layers", "container").exit_code == 2
