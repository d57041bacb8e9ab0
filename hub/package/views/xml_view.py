"""The report as XML, valid against ``hub/xsd/rapor/PaketRaporu.xsd``."""

from __future__ import annotations

from typing import Final, cast

from lxml import etree

from hub.package.errors import printable
from hub.package.report import FORMAT, BeforeSigning, Finding, Language, Report, SignatoryInfo
from hub.package.views.words import ACCEPTED, BEFORE, VALID, say

NS: Final = "urn:eyazisma-hub:xsd:rapor:1"


def to_xml(report: Report, language: Language = Language.TR) -> bytes:
    """The report as a UTF-8 document."""
    root = etree.Element(f"{{{NS}}}Rapor", nsmap=cast("dict[str, str]", {None: NS}))
    _fill(root, report, language)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _fill(root: etree._Element, report: Report, language: Language) -> None:
    root.set("bicim", FORMAT)
    root.set("dil", language.value)
    _text(root, "Dosya", report.name)
    for name, outcome, table in (("Gecerlilik", report.valid, VALID), ("Kabul", report.accepted, ACCEPTED)):
        _child(root, name, say(table[outcome], language), sonuc=outcome.value)
    _child(root, "Politika", report.policy)
    _child(root, "Kip", report.mode)
    scope = _child(root, "Kapsam", " ".join(item.value for item in report.scope))
    scope.set("sonuc", report.asked.value)
    if report.registry_serial is not None:
        _child(root, "KayitSiraNo", str(report.registry_serial))
    _package(root, report)
    layers = _child(root, "Katmanlar")
    for item in report.layers:
        layer = _child(
            layers, "Katman", ad=item.layer.value, sonuc=item.outcome.value, hata=str(item.failed),
            uyari=str(item.warnings), denetlenemeyen=str(item.unchecked), yazilmayan=str(item.more or ""),
        )  # fmt: skip
        _text(layer, "Neden", say(item.why, language) if item.why else "")
        _child(layer, "UyulanKurallar", " ".join(item.passed))
    findings = _child(root, "Bulgular")
    for finding in report.findings:
        _finding(findings, finding, language)
    unchecked = _child(root, "Denetlenemeyenler")
    for rule in report.unchecked:
        _child(
            unchecked, "Kural", say(rule.why, language), kural=rule.rule, resmiNo=rule.official or "",
            katman=rule.layer.value, sonuc=rule.outcome.value,
        )  # fmt: skip
    parts = _child(root, "Bilesenler")
    for part in report.parts:
        _child(parts, "Bilesen", ad=part.name, icerikTuru=part.content_type, boyut=str(part.size))
    if report.inner:
        _fill(_child(root, "IcPaket"), report.inner, language)
    else:
        _text(root, "IcPaketYok", say(report.inner_missing, language) if report.inner_missing else "")
    if report.signatories:
        signers = _child(root, "Imzacilar")
        for signatory in report.signatories:
            _signatory(signers, signatory, language)
    if report.before_signing:
        _before(_child(root, "ImzaOncesi"), report.before_signing, language)


def _package(root: etree._Element, report: Report) -> None:
    if report.kind is None or report.generation is None:
        return
    package = _child(root, "Paket", tur=report.kind.value, nesil=report.generation.value, surum=report.version)
    for name, value in (
        ("BelgeId", report.belge_id), ("BelgeNo", report.belge_no), ("Tarih", report.tarih), ("Konu", report.konu),
    ):  # fmt: skip
        _text(package, name, value)
    for item in report.evidence:
        sign = _child(package, "Dayanak", konu=item.about, yer=item.place, anlam=str(item.says))
        sign.set("deger", printable(item.value))


def _finding(parent: etree._Element, item: Finding, language: Language) -> None:
    bulgu = _child(
        parent, "Bulgu", kural=item.rule, resmiNo=item.official or "", katman=item.layer.value, konu=item.component,
        sonuc=item.outcome.value, onem=item.severity, politikaOnemi=item.accepted_severity,
        tartismali="true" if item.disputed else "", semaKusuru="true" if item.schema_fault else "", kod=item.code,
        satir=str(item.line or ""), sutun=str(item.column or ""),
    )  # fmt: skip
    _child(bulgu, "Mesaj", say(item.message, language))
    _text(bulgu, "Aciklama", say(item.note, language) if item.note else "")
    _text(bulgu, "Bilesen", item.part)
    _text(bulgu, "Yol", item.path)
    _text(bulgu, "Bulunan", item.found)
    _text(bulgu, "Beklenen", item.expected)
    _text(bulgu, "PolitikaGerekcesi", say(item.policy_why, language) if item.policy_why else "")
    _child(bulgu, "Belge", item.docs)


def _signatory(parent: etree._Element, item: SignatoryInfo, language: Language) -> None:
    child = _child(
        parent, "Imzaci", yer=item.place, sonuc=item.outcome.value, zaman=item.time,
        yoneticiKodu="" if item.code is None else str(item.code), pakettekiKod=item.listed_code,
        birim="" if item.unit_no is None else str(item.unit_no),
        yetkiBirimi="" if item.signed_for is None else str(item.signed_for), gerekce=item.reason,
    )  # fmt: skip
    _child(child, "Ad", item.name)
    _text(child, "KimlikNo", item.tckn)
    _text(child, "KayittakiAd", item.person)
    _text(child, "YetkiBirimiAdi", item.signed_for_name)
    _text(child, "Unvan", item.title)
    _text(child, "VekaletEdilen", item.deputy_for)
    _child(child, "Aciklama", say(item.why, language))
    if item.deputy_for_code is not None:
        child.set("vekaletEdilenKod", str(item.deputy_for_code))
    if item.serial is not None:
        child.set("seriNo", str(item.serial))
    if item.holds_until:
        child.set("gecerlilikSonu", item.holds_until)
    if (duty := item.record) is not None:
        _child(
            child, "Gorev", gorevNo=str(duty.number), birim=str(duty.unit_no), tur=duty.kind, baslama=duty.start,
            bitis=duty.end, kayitZamani=duty.recorded_at, kapanisZamani=duty.closed_at,
            bilinmeBaslangici=duty.known_from, seriNo=str(duty.serial),
        )  # fmt: skip
    if (then := item.then) is not None:
        _child(
            child, "OZamankiYanit", say(then.why, language), sonuc=then.outcome.value, gerekce=then.reason,
            seriNo=str(then.serial),
        )  # fmt: skip


def _before(parent: etree._Element, item: BeforeSigning, language: Language) -> None:
    parent.set("sonuc", item.outcome.value)
    parent.set("zaman", item.at)
    _child(parent, "Karar", say(BEFORE[item.outcome], language))
    _child(parent, "Paket", say(item.package_why, language) if item.package_why else "", sonuc=item.package.value)
    signers = _child(parent, "Imzalayacaklar", sonuc=item.signers.value)
    for one in item.intended:
        _signatory(signers, one, language)


def _child(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    child = etree.SubElement(parent, f"{{{NS}}}{name}")
    if text:
        child.text = printable(text, 10_000)
    for key, value in attributes.items():
        if value:
            child.set(key, printable(value, 10_000))
    return child


def _text(parent: etree._Element, name: str, text: str) -> None:
    if text:
        _child(parent, name, text)
