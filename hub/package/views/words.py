"""The fixed words of reports, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Final

from hub.clock import to_local
from hub.package.catalogue import Layer
from hub.package.errors import Words
from hub.package.parts import Kind
from hub.package.report import Language, SignatoryInfo
from hub.package.rules.base import Outcome
from hub.package.values import as_datetime

LAYERS: Final[Mapping[Layer, Words]] = {
    Layer.CONTAINER: Words("Arşiv", "Archive"),
    Layer.OPC: Words("Paket yapısı", "Package structure"),
    Layer.XML: Words("XML şemaları", "XML schemas"),
    Layer.RULES: Words("Kurallar", "Rules"),
    Layer.DIGESTS: Words("Özetler", "Digests"),
    Layer.SIGNATURES: Words("İmzalar ve mühür", "Signatures and seal"),
    Layer.SIGNATORIES: Words("İmza yetkisi", "Authority to sign"),
    Layer.REGISTRY: Words("DETSİS kayıtları", "Registry (DETSİS)"),
}

OUTCOMES: Final[Mapping[Outcome, Words]] = {
    Outcome.PASSED: Words("uygun", "passed"),
    Outcome.FAILED: Words("uygun değil", "failed"),
    Outcome.WARNING: Words("uyarı", "warning"),
    Outcome.INDETERMINATE: Words("belirsiz", "indeterminate"),
    Outcome.NOT_CHECKED: Words("denetlenmedi", "not checked"),
    Outcome.NOT_CONFIGURED: Words("yapılandırılmamış", "not configured"),
}

SEVERITIES: Final[Mapping[str, Words]] = {
    "error": Words("hata", "error"),
    "warning": Words("uyarı", "warning"),
    "off": Words("dikkate alınmaz", "ignored"),
}

VALID: Final[Mapping[Outcome, Words]] = {
    Outcome.PASSED: Words("Paket geçerli", "The package is valid"),
    Outcome.FAILED: Words("Paket geçersiz", "The package is not valid"),
    Outcome.INDETERMINATE: Words(
        "Geçerli olup olmadığı belirlenemedi: denetlenemeyen katmanlar var",
        "Validity is undecided: some layers could not be checked",
    ),
}

ACCEPTED: Final[Mapping[Outcome, Words]] = {
    Outcome.PASSED: Words("Politikaya göre kabul edilir", "Accepted under the policy"),
    Outcome.FAILED: Words("Politikaya göre kabul edilmez", "Not accepted under the policy"),
    Outcome.INDETERMINATE: Words("Politikaya göre karar verilemez", "Undecided under the policy"),
}

BEFORE: Final[Mapping[Outcome, Words]] = {
    Outcome.PASSED: Words("Şimdi bu kişilerce imzalanabilir", "May be signed now by these people"),
    Outcome.FAILED: Words("Şimdi bu kişilerce imzalanamaz", "May not be signed now by these people"),
    Outcome.INDETERMINATE: Words(
        "Şimdi bu kişilerce imzalanabileceği belirlenemedi", "Whether these people may sign now is undecided"
    ),
}

KINDS: Final[Mapping[str, Words]] = {
    "owner": Words("asil", "owner"),
    "deputy": Words("vekil", "deputy"),
    "acting": Words("yürüten", "acting head"),
}

PACKAGES: Final[Mapping[Kind, Words]] = {
    Kind.EYP: Words("imzalı ve mühürlü belge", "signed and sealed document"),
    Kind.EYPS: Words("şifreli paket", "encrypted package"),
    Kind.EYPG: Words("güncelleme paketi", "update package"),
}

LABELS: Final[Mapping[str, Words]] = {
    "report": Words("e-Yazışma paketi inceleme raporu", "Report on an e-Yazışma package"),
    "file": Words("Dosya", "File"),
    "kind": Words("Tür", "Kind"),
    "generation": Words("Sürüm", "Version"),
    "belge_id": Words("Belge kimliği", "Document id"),
    "belge_no": Words("Belge numarası", "Document number"),
    "tarih": Words("Belge tarihi", "Document date"),
    "konu": Words("Konu", "Subject"),
    "policy": Words("Politika", "Policy"),
    "serial": Words("Kayıt sıra numarası", "Registry serial"),
    "layers": Words("Katmanlar", "Layers"),
    "layer": Words("Katman", "Layer"),
    "outcome": Words("Sonuç", "Outcome"),
    "why": Words("Neden", "Why"),
    "errors": Words("Hatalar", "Errors"),
    "warnings": Words("Uyarılar", "Warnings"),
    "unchecked": Words("Denetlenemeyenler", "Not checked"),
    "evidence": Words("Tür ve sürümün dayanağı", "Evidence of kind and version"),
    "parts": Words("Bileşenler", "Parts"),
    "part": Words("Bileşen", "Part"),
    "size": Words("Boyut (bayt)", "Size (bytes)"),
    "content_type": Words("İçerik türü", "Content type"),
    "rule": Words("Kural", "Rule"),
    "place": Words("Yer", "Place"),
    "line": Words("satır", "line"),
    "column": Words("sütun", "column"),
    "found": Words("Bulunan", "Found"),
    "expected": Words("Beklenen", "Expected"),
    "weighed": Words("Politika", "Policy"),
    "disputed": Words("Uygulamalar bu kuralda ayrışıyor.", "Implementations differ on this rule."),
    "schema_faults": Words(
        "Yayımlanan şemanın kusurları: pakette düzeltilecek bir şey yok",
        "Faults of the published schema: nothing to be mended in the package",
    ),
    "value": Words("Değer", "Value"),
    "says": Words("Gösterdiği", "Shows"),
    "schema_fault": Words("Kusur pakette değil, yayımlanan şemada.", "The published schema is at fault, not this."),
    "signatories": Words("İmzacılar", "Signatories"),
    "signatory": Words("İmzacı", "Signatory"),
    "signatory_code": Words("T.C. Yönetici Kodu", "T.C. Yönetici Kodu"),
    "listed_code": Words("pakette yazan", "as given in the package"),
    "unit": Words("Birim", "Unit"),
    "signed_for": Words("Yetkinin dayandığı birim", "Unit that the authority rests on"),
    "time": Words("Zaman damgası", "Timestamp"),
    "deputy_for": Words("Vekâlet edilen", "Deputy for"),
    "title": Words("Görev", "Duty"),
    "period": Words("Görev süresi", "In office"),
    "recorded": Words("İYEM'e kayıt", "Recorded in İYEM"),
    "holds_until": Words("Bu yanıtın geçerlilik sonu", "This answer holds until"),
    "then": Words("İmza anındaki kayıtlara göre", "As the register knew it then"),
    "open": Words("sürüyor", "still"),
    "before": Words("İmzadan önce", "Before signing"),
    "fit": Words("Paket imzaya hazır", "The package is ready to be signed"),
    "who_signs": Words("İmzalayacaklar yetkili", "Those who mean to sign may"),
    "intended": Words("İmzalayacak", "Intended signer"),
    "asked_at": Words("Sorulan zaman", "Asked for"),
    "inner": Words("İçteki paket", "The package inside"),
    "none": Words("Yok", "None"),
    "more": Words("bulgu daha var", "more findings"),
    "passed_rules": Words("uyulan kural", "rules kept"),
    "unopened": Words("açılamadı", "could not be opened"),
    "partial": Words("Yalnızca istenen katmanlar", "Only the layers asked for"),
    "n_errors": Words("hata", "errors"),
    "n_warnings": Words("uyarı", "warnings"),
    "n_unchecked": Words("denetlenemeyen", "not checked"),
}  # fmt: skip


def local(instant: str) -> str:
    """An instant of the report (ISO 8601, UTC) as people in Türkiye read it: ``22.11.2026 14:05:00``."""
    return to_local(datetime.fromisoformat(instant)).strftime("%d.%m.%Y %H:%M:%S") if instant else ""


def day(text: str) -> str:
    """A date-time of a package as people in Türkiye read it, to the minute; as it is where it is none."""
    found = as_datetime(text)
    with suppress(OverflowError):  # the ends of the calendar have no local time
        return to_local(found).strftime("%d.%m.%Y %H:%M") if found else text
    return text


def facts(item: SignatoryInfo, language: Language) -> list[tuple[str, str]]:
    """What is shown of a signer besides name and outcome, labelled; what is not known is left out."""
    superior = item.signed_for if item.signed_for != item.unit_no else None
    record = item.record
    kind = say(KINDS[record.kind], language) if record else ""
    end = (local(record.end) or label("open", language)) if record else ""
    then = item.then
    shown = [
        ("signatory_code", str(item.code or "")),
        ("listed_code", item.listed_code),
        ("unit", str(item.unit_no or "")),
        ("signed_for", f"{superior} {item.signed_for_name}".strip() if superior else ""),
        ("title", f"{item.title or '–'} ({kind}), {record.unit_no}" if record else ""),
        ("period", f"{local(record.start)} – {end}" if record else ""),
        ("recorded", local(record.recorded_at) if record else ""),
        ("deputy_for", f"{item.deputy_for} ({item.deputy_for_code})" if item.deputy_for else ""),
        ("time", local(item.time)),
        ("holds_until", local(item.holds_until)),
        ("serial", str(item.serial or "")),
        ("then", f"{say(OUTCOMES[then.outcome], language)}: {say(then.why, language)}" if then else ""),
    ]
    return [(label(key, language), value) for key, value in shown if value]


def say(words: Words, language: Language) -> str:
    """The words in one language."""
    return words.tr if language is Language.TR else words.en


def label(key: str, language: Language) -> str:
    """A fixed label."""
    return say(LABELS[key], language)
