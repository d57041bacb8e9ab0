"""The signatory layer: real signatures of the demo authority, a real register, each finding by its own case."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from lxml import etree
from parts.databases import KEYS

from hub import clock
from hub.cli import eyhub
from hub.config import Settings
from hub.iyem import register
from hub.iyem.register import Manager, Post
from hub.package.catalogue import Layer
from hub.package.judge import Options, judge
from hub.package.report import Language
from hub.package.rules.base import Outcome
from hub.package.views.data import to_json
from hub.package.views.html_view import to_html
from hub.package.views.text_view import to_lines
from hub.package.views.xml_view import to_xml
from hub.signing import TrustStore, make
from hub.signing.demo_pki import DemoPki
from hub.signing.trust import trust_folder
from hub.store import schema
from hub.store.personal import _HEADER
from hub.store.schema import DutyKind
from tests.package import factory
from tests.package import register as r
from tests.package.factory import Draft
from tests.package.register import State, acting_for, found, from_unit, layer, only, with_code

XSD = Path(__file__).parents[2] / "hub" / "xsd" / "rapor" / "PaketRaporu.xsd"


def test_owner_and_resolved_code(state: State) -> None:
    state.appoint(r.AYSE)
    report = state.judge(state.package())
    assert layer(report) is Outcome.PASSED, (report.findings, report.unchecked)
    item = only(report)
    assert (item.outcome, item.reason, item.code) == (Outcome.PASSED, "OWNER", state.people[r.AYSE])
    assert (item.unit_no, item.signed_for, item.person) == (r.MAIN, r.MAIN, "Ayşe Örnek")
    assert report.asked is Outcome.PASSED
    assert state.judge(state.package()).registry_serial == report.registry_serial


def test_head_of_a_superior_unit_passes_and_is_named(state: State) -> None:
    state.appoint(r.AYSE)
    report = state.judge(state.package(from_unit))
    assert layer(report) is Outcome.PASSED, (report.findings, report.unchecked)
    item = only(report)
    assert (item.unit_no, item.signed_for, item.signed_for_name) == (r.UNIT, r.MAIN, "GÖNDEREN KURUM")


def test_head_of_a_unit_below_does_not_sign_for_the_institution(state: State) -> None:
    state.appoint(r.AYSE, r.UNIT)
    assert layer(state.judge(state.package(from_unit))) is Outcome.PASSED
    report = state.judge(state.package())
    assert found(report) == {"EYP-YETKI-IMZACI": "OTHER_UNIT"}
    assert report.asked is Outcome.FAILED


def test_unknown_person(state: State) -> None:
    assert found(state.judge(state.package())) == {"EYP-YETKI-IMZACI": "PERSON_UNKNOWN"}


def test_unknown_unit(state: State) -> None:
    state.appoint(r.AYSE)
    data = state.package(lambda draft: draft.sub("ustveri", "<t:KKK>82223362", "<t:KKK>82223369"))
    assert found(state.judge(data)) == {"EYP-YETKI-IMZACI": "UNIT_UNKNOWN"}


@pytest.mark.parametrize("generation", [1, 2])
def test_ended_an_hour_before(state: State, generation: int) -> None:
    made = state.appoint(r.AYSE)
    change = with_code(state) if generation == 1 else lambda draft: None
    data = state.package(change, generation=generation)
    assert layer(state.judge(data)) is Outcome.PASSED
    state.end(made, clock.now() - timedelta(hours=1))
    assert found(state.judge(data)) == {"EYP-YETKI-SONA-ERMIS": "ENDED"}


@pytest.mark.parametrize("generation", [1, 2])
def test_signed_before_the_recording(state: State, generation: int) -> None:
    state.appoint(r.AYSE, start=r.NOW - timedelta(hours=2), recorded=datetime.now(UTC) + timedelta(minutes=5))
    change = with_code(state) if generation == 1 else lambda draft: None
    report = state.judge(state.package(change, generation=generation))
    assert found(report) == {"EYP-YETKI-KAYIT-ONCESI": "NOT_RECORDED_YET"}


def test_one_three_with_the_right_code(state: State) -> None:
    state.appoint(r.AYSE)
    report = state.judge(state.package(with_code(state), generation=1))
    assert layer(report) is Outcome.PASSED, (report.findings, report.unchecked)
    assert only(report).listed_code == str(state.people[r.AYSE])


@pytest.mark.parametrize("written", ["", "<t:TCYK></t:TCYK>"])
def test_one_three_without_a_code(state: State, written: str) -> None:
    state.appoint(r.AYSE)
    data = state.package(lambda draft: draft.sub("belgeimza", "<t:TCYK>123456</t:TCYK>", written), generation=1)
    assert set(found(state.judge(data))) == {"EYP-YETKI-KOD-YOK"}


@pytest.mark.parametrize("written", ["other", "nobody's", "no number"])
def test_one_three_with_anothers_code(state: State, written: str) -> None:
    state.appoint(r.AYSE)
    code = {"other": str(state.people[r.EDA]), "nobody's": "123456", "no number": "A-1"}[written]
    data = state.package(lambda draft: draft.sub("belgeimza", "123456", code), generation=1)
    report = state.judge(data)
    assert set(found(report)) == {"EYP-YETKI-KOD-BASKA"}
    (finding,) = (item for item in report.findings if item.layer is Layer.SIGNATORIES)
    assert (finding.found, finding.expected, finding.part) == (
        code,
        str(state.people[r.AYSE]),
        "/Imzalar/BelgeImza.xml",
    )
    assert finding.line


def test_older_than_one_three_has_no_code(state: State) -> None:
    state.appoint(r.AYSE)

    def older(draft: Draft) -> None:
        draft.sub("core", "<cp:version>1.3", "<cp:version>1.2")
        draft.sub("belgeimza", "<t:TCYK>123456</t:TCYK>", "")

    assert found(state.judge(state.package(older, generation=1))) == {}


def test_one_three_lists_somebody_else(state: State) -> None:
    state.appoint(r.AYSE)
    data = state.package(lambda draft: draft.sub("belgeimza", r.AYSE, r.EDA), generation=1)
    assert set(found(state.judge(data))) == {"EYP-YETKI-IMZALAYAN"}


def test_another_name_is_a_warning(state: State) -> None:
    state.appoint(r.AYSE)
    report = state.judge(state.package(lambda draft: draft.sub("nihaiustveri", "Ayşe", "Fatma")))
    (finding,) = (item for item in report.findings if item.layer is Layer.SIGNATORIES)
    assert (finding.rule, finding.outcome) == ("EYP-YETKI-IMZALAYAN", Outcome.WARNING)
    assert report.asked is Outcome.PASSED


def test_deputy(state: State) -> None:
    state.appoint(r.CAN)
    state.appoint(r.AYSE, kind=DutyKind.DEPUTY, end=r.NOW + timedelta(days=2))
    report = state.judge(state.package(lambda draft: acting_for(r.CAN, draft)))
    assert found(report) == {}
    assert (only(report).reason, only(report).deputy_for) == ("DEPUTY", "Can Deneme")
    unnamed = state.judge(state.package())
    assert set(found(unnamed)) == {"EYP-YETKI-BEYAN"}
    assert unnamed.asked is Outcome.PASSED
    assert set(found(state.judge(state.package(lambda draft: acting_for(r.EDA, draft))))) == {"EYP-YETKI-VEKALET"}


@pytest.mark.parametrize("generation", [1, 2])
def test_deputation_over(state: State, generation: int) -> None:
    state.appoint(r.CAN)
    state.appoint(r.AYSE, kind=DutyKind.DEPUTY, end=r.NOW - timedelta(hours=1))
    change = with_code(state) if generation == 1 else lambda draft: None
    assert found(state.judge(state.package(change, generation=generation))) == {"EYP-YETKI-VEKALET": "ENDED"}


def test_deputy_after_the_owner_has_left(state: State) -> None:
    owner = state.appoint(r.CAN)
    state.appoint(r.AYSE, kind=DutyKind.DEPUTY, end=r.NOW + timedelta(days=2))
    state.end(owner, clock.now() - timedelta(hours=1))
    assert found(state.judge(state.package())) == {"EYP-YETKI-VEKALET": "DEPUTY_WITHOUT_OWNER"}


def test_claims_a_deputation_that_nobody_recorded(state: State) -> None:
    state.appoint(r.CAN)
    state.appoint(r.AYSE, r.OTHER, DutyKind.DEPUTY, end=r.NOW + timedelta(days=2))
    report = state.judge(state.package(lambda draft: acting_for(r.CAN, draft)))
    assert found(report) == {"EYP-YETKI-VEKALET": "OTHER_UNIT"}


def test_owner_who_claims_to_be_a_deputy_is_warned(state: State) -> None:
    state.appoint(r.AYSE)
    report = state.judge(state.package(lambda draft: acting_for(r.EDA, draft)))
    (finding,) = (item for item in report.findings if item.layer is Layer.SIGNATORIES)
    assert (finding.rule, finding.outcome) == ("EYP-YETKI-VEKALET", Outcome.WARNING)


@pytest.mark.parametrize(("by", "rules"), [(r.CAN, set()), (r.EDA, {"EYP-YETKI-BEYAN"})])
def test_delegated_by(state: State, by: str, rules: set[str]) -> None:
    state.appoint(r.CAN)
    state.appoint(r.AYSE, r.UNIT)

    def delegated(draft: Draft) -> None:
        from_unit(draft)
        acting_for(by, draft)
        draft.edits["nihaiustveri"].append(lambda text: text.replace("VekaletVeren", "YetkiDevreden"))

    assert set(found(state.judge(state.package(delegated)))) == rules


def test_without_trusted_time_nothing_is_said(state: State) -> None:
    state.appoint(r.AYSE)
    report = state.judge(state.package(level=make.Level.BES))
    assert layer(report) is Outcome.INDETERMINATE
    assert found(report) == {}
    assert only(report).outcome is Outcome.INDETERMINATE
    assert only(report).time == ""
    assert report.asked is Outcome.INDETERMINATE


def test_signer_of_unknown_roots_is_nobody(state: State, tmp_path: Path) -> None:
    state.appoint(r.AYSE)
    data = state.package()
    other = tmp_path / "other"
    DemoPki.open(Settings.load(data=other, demo=True))
    state.trust = TrustStore.kept(trust_folder(other), demo=True)
    report = state.judge(data)
    assert layer(report) is Outcome.INDETERMINATE
    assert report.asked is not Outcome.PASSED
    assert only(report).outcome is Outcome.INDETERMINATE


def test_register_without_identity_numbers_is_undecided(state: State) -> None:
    with state.clock(r.LONG_AGO + timedelta(days=1)), state.database.write(actor="a", origin="test") as change:
        change.open(schema.Person, {"code": 77, "given_name": "Ayşe", "surname": "Örnek"})
    with state.clock(r.LONG_AGO + timedelta(days=2)), state.database.write(actor="a", origin="test") as change:
        register.record(change, KEYS, r.CENTRE, Manager(code=77), Post(r.MAIN), r.LONG_AGO)
    report = state.judge(state.package())
    assert layer(report) is Outcome.INDETERMINATE
    assert found(report) == {}


def test_not_asked_or_not_configured(state: State) -> None:
    state.appoint(r.AYSE)
    data = state.package()
    offline = state.judge(data, offline=True)
    assert layer(offline) is Outcome.NOT_CHECKED
    assert next(item.why for item in offline.layers if item.layer is Layer.SIGNATORIES)
    assert offline.asked is Outcome.INDETERMINATE
    alone = judge(data, options=Options(trust=state.trust))
    assert layer(alone) is Outcome.NOT_CONFIGURED
    assert alone.accepted is not Outcome.PASSED
    state.trust = TrustStore.of([])
    assert layer(state.judge(data)) is Outcome.NOT_CONFIGURED


@pytest.mark.parametrize("language", list(Language))
def test_views_show_the_code_and_never_the_identity_number(state: State, language: Language) -> None:
    state.appoint(r.AYSE, r.UNIT)
    for change in (lambda draft: None, from_unit):
        report = state.judge(state.package(change))
        document = to_xml(report, language)
        etree.XMLSchema(etree.parse(str(XSD))).assertValid(etree.fromstring(document))
        views = [
            to_json(report, language),
            to_html(report, language),
            "\n".join(str(line) for line in to_lines(report, language)),
            document.decode(),
        ]
        for text in views:
            assert r.AYSE not in text
            assert "10*******46" in text
            assert "T.C. Yönetici Kodu" in text or "yoneticiKodu" in text or '"code"' in text


def test_command_asks_with_the_key_file(
    state: State, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_DATABASE_URL", database_url)
    made = state.appoint(r.AYSE)
    file = tmp_path / "yazi.eyp"
    file.write_bytes(state.package())
    monkeypatch.setenv("HUB_DATA", str(tmp_path))
    monkeypatch.setenv("HUB_DEMO", "1")
    command = ["package", "validate", "--layers", "signatories", "--jobs", "1", str(file)]
    without = CliRunner().invoke(eyhub, command)
    assert without.exit_code == 1, "without the key file nobody is found by identity number, so nothing is said"
    assert "İYEM kayıtları bağlı değil." in without.output
    key = tmp_path / "hub.key"
    key.touch(0o600)
    key.write_text(f"{_HEADER}{bytes(range(32)).hex()}\n")
    accepted = CliRunner().invoke(eyhub, command)
    assert accepted.exit_code == 0, accepted.output
    assert f"T.C. Yönetici Kodu: {state.people[r.AYSE]}" in accepted.output
    assert CliRunner().invoke(eyhub, [*command, "--offline"]).exit_code == 1
    state.end(made, clock.now() - timedelta(hours=1))
    refused = CliRunner().invoke(eyhub, command)
    assert refused.exit_code == 1
    assert "EYP-YETKI-SONA-ERMIS" in refused.output
    assert r.AYSE not in refused.output


# Several signers, and what is nested ---------------------------------------------------------------------------------


@pytest.mark.parametrize("serial", [False, True])
@pytest.mark.parametrize("second", [r.CAN, r.EDA])
def test_every_signer_is_asked_about(state: State, serial: bool, second: str) -> None:
    state.appoint(r.AYSE)
    state.appoint(r.CAN, r.UNIT)

    draft = factory.eyp2()
    from_unit(draft)
    first, other = (state.pki.signer(" ".join(r.NAMES[tckn]), tckn) for tckn in (r.AYSE, second))
    services = state.pki.services()

    def sign(content: bytes) -> bytes:
        one = make.sign(content, first, services)
        return make.countersign(one, other, services) if serial else make.add_signer(one, other, services)

    draft.signed["imzacades"] = sign
    report = state.judge(draft.build())
    assert [item.code for item in report.signatories] == [state.people[r.AYSE], state.people[second]]
    assert report.signatories[1].place == ("1.1" if serial else "2")
    assert found(report) == ({} if second == r.CAN else {"EYP-YETKI-IMZACI": "OTHER_UNIT"})


def test_encrypted_and_update_packages_are_asked_about_inside(state: State) -> None:
    made = state.appoint(r.AYSE)
    key = state.pki.signer(" ".join(r.NAMES[r.AYSE]), r.AYSE)
    for outer in (factory.eyps2(), factory.eypg()):
        assert outer.inner is not None
        outer.inner.signed["imzacades"] = lambda content: make.sign(content, key, state.pki.services())
        data = outer.build()
        keys = (factory.receiver_key(),)
        report = state.judge(data, layers=(Layer.RULES, Layer.SIGNATORIES), keys=keys)
        assert report.inner is not None
        assert layer(report) is Outcome.PASSED, report.inner.findings
        (one,) = report.inner.signatories
        assert one.code == state.people[r.AYSE]
        if outer.kind == "eyps":
            locked = state.judge(data, layers=(Layer.RULES, Layer.SIGNATORIES))
            assert layer(locked) is Outcome.NOT_CHECKED
    state.end(made, clock.now() - timedelta(hours=1))
    report = state.judge(data, layers=(Layer.RULES, Layer.SIGNATORIES), keys=keys)
    assert layer(report) is Outcome.FAILED
    assert report.inner is not None
    assert found(report.inner) == {"EYP-YETKI-SONA-ERMIS": "ENDED"}


def test_answer_as_known_then_stands_beside_the_one_of_now(state: State) -> None:
    made = state.appoint(r.AYSE)
    data = state.package()
    assert only(state.judge(data)).then is None
    state.end(made, clock.now() - timedelta(hours=1))
    report = state.judge(data)
    item = only(report)
    assert (item.outcome, item.reason) == (Outcome.FAILED, "ENDED")
    assert item.then is not None
    assert (item.then.outcome, item.then.reason) == (Outcome.PASSED, "OWNER")
    assert item.serial is not None
    assert item.then.serial < item.serial
    (finding,) = (one for one in report.findings if one.layer is Layer.SIGNATORIES)
    assert finding.note is not None
    assert "imza anında bilinen" in finding.note.tr
    document = to_xml(report)
    etree.XMLSchema(etree.parse(str(XSD))).assertValid(etree.fromstring(document))
    for text in (to_html(report), "\n".join(map(str, to_lines(report)))):
        assert "İmza anındaki kayıtlara göre" in text
    assert b"OZamankiYanit" in document
    assert '"then":{"outcome":"passed"' in to_json(report)
