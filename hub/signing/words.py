"""Reports in Turkish: what each indication, sub-indication and check is called, and a report as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from hub import clock
from hub.signing.report import Check, Code, Indication, Outcome, SignatureReport, SignerReport, Sub

INDICATIONS: Final[Mapping[Indication, str]] = {
    Indication.TOTAL_PASSED: "GEÇERLİ",
    Indication.TOTAL_FAILED: "GEÇERSİZ",
    Indication.INDETERMINATE: "BELİRSİZ",
    Indication.NOT_CONFIGURED: "DEĞERLENDİRİLEMEDİ",
}

SUBS: Final[Mapping[Sub, str]] = {
    Sub.FORMAT_FAILURE: "biçim bozuk",
    Sub.HASH_FAILURE: "özet tutmuyor",
    Sub.SIG_CRYPTO_FAILURE: "imza değeri doğrulanmıyor",
    Sub.REVOKED: "sertifika imza anında iptal edilmiş",
    Sub.EXPIRED: "sertifikanın süresi imza anında dolmuş",
    Sub.NOT_YET_VALID: "sertifika imza anında henüz geçerli değil",
    Sub.SIG_CONSTRAINTS_FAILURE: "imza profilin koşullarını sağlamıyor",
    Sub.CHAIN_CONSTRAINTS_FAILURE: "sertifika yolu koşulları sağlamıyor",
    Sub.CERTIFICATE_CHAIN_GENERAL_FAILURE: "sertifika yolu ya da iptal kanıtı doğrulanmıyor",
    Sub.CRYPTO_CONSTRAINTS_FAILURE: "algoritma ya da anahtar kabul edilmiyor",
    Sub.SIGNATURE_POLICY_NOT_AVAILABLE: "imza politikası elde değil",
    Sub.TIMESTAMP_ORDER_FAILURE: "zaman damgalarının sırası bozuk",
    Sub.NO_SIGNING_CERTIFICATE_FOUND: "imzacının sertifikası bulunamadı",
    Sub.NO_CERTIFICATE_CHAIN_FOUND: "güvenilen bir köke giden yol yok",
    Sub.REVOKED_CA_NO_POE: "üst makamın sertifikası iptal edilmiş",
    Sub.NO_POE: "imzanın zamanı kanıtlanamıyor",
    Sub.TRY_LATER: "iptal durumu eldeki kanıtla bilinemiyor",
    Sub.SIGNED_DATA_NOT_FOUND: "imzalanan içerik verilmedi",
}

CODES: Final[Mapping[Code, str]] = {
    Code.FORMAT: "dosyanın biçimi",
    Code.SIGNERS: "imzacılar",
    Code.EVIDENCE_READABLE: "gömülü kanıtların okunurluğu",
    Code.ATTRIBUTES: "imzalı öznitelikler",
    Code.CONTENT: "imzalanan içerik",
    Code.CONTENT_TYPE: "içerik türü özniteliği",
    Code.MESSAGE_DIGEST: "içeriğin özeti",
    Code.SIGNATURE_VALUE: "imza değeri",
    Code.SIGNATURE_ALGORITHM: "imza algoritması",
    Code.ALGORITHM_AGE: "algoritmanın yaşı",
    Code.SIGNER_CERTIFICATE: "imzacının sertifikası",
    Code.SIGNING_CERTIFICATE: "signing-certificate özniteliği",
    Code.SIGNING_TIME: "imza zamanı beyanı",
    Code.SIGNATURE_POLICY: "imza politikası",
    Code.CHAIN_ANCHOR: "güvenilen kök",
    Code.CERT_SIGNATURE: "sertifikadaki makam imzası",
    Code.CERT_VALIDITY: "sertifikanın geçerlilik süresi",
    Code.CERT_EXTENSIONS: "sertifika uzantıları",
    Code.CERT_KEY: "sertifikanın anahtarı",
    Code.CA_CONSTRAINTS: "makam (CA) niteliği",
    Code.PATH_LENGTH: "yol uzunluğu kısıtı",
    Code.CA_KEY_USAGE: "makamın anahtar kullanımı",
    Code.NAME_CONSTRAINTS: "ad kısıtları",
    Code.POLICY_CONSTRAINTS: "ilke kısıtları",
    Code.KEY_USAGE: "imzacının anahtar kullanımı",
    Code.CERTIFICATE_POLICY: "sertifika ilkesi ve kullanıcı notu",
    Code.QC_STATEMENTS: "nitelikli sertifika beyanları",
    Code.TSA_USAGE: "zaman damgası makamının kullanımı",
    Code.CERT_REVOKED: "iptal durumu",
    Code.STATUS_MISSING: "iptal kanıtı",
    Code.OCSP_CERT_ID: "ÇİSDuP yanıtının konusu",
    Code.OCSP_SIGNATURE: "ÇİSDuP yanıtının imzası",
    Code.OCSP_RESPONDER: "ÇİSDuP yanıtlayıcısının yetkisi",
    Code.OCSP_FRESHNESS: "ÇİSDuP yanıtının güncelliği",
    Code.OCSP_UNKNOWN: "ÇİSDuP yanıtı",
    Code.CRL_SIGNATURE: "SİL imzası",
    Code.CRL_ISSUER: "SİL'i veren makamın yetkisi",
    Code.CRL_FRESHNESS: "SİL'in güncelliği",
    Code.CRL_SCOPE: "SİL'in kapsamı",
    Code.TRUSTED_TIME: "güvenilir zaman",
    Code.MESSAGE_IMPRINT: "damgalanan özet",
    Code.TIMESTAMP: "zaman damgası",
    Code.TIMESTAMP_ORDER: "zaman damgalarının sırası",
    Code.TIMESTAMP_FUTURE: "damganın zamanı",
    Code.HASH_INDEX: "arşiv damgasının özet dizini",
    Code.LEVEL: "imzanın düzeyi",
    Code.CERTIFICATE_REFS: "sertifika referansları",
    Code.REVOCATION_REFS: "iptal bilgisi referansları",
    Code.CERTIFICATE_VALUES: "sertifika değerleri",
    Code.REVOCATION_VALUES: "iptal bilgisi değerleri",
    Code.COUNTER_SIGNATURE: "karşı imza",
}

MARKS: Final[Mapping[Outcome, str]] = {
    Outcome.FAILED: "hata",
    Outcome.INDETERMINATE: "belirsiz",
    Outcome.WARNING: "uyarı",
    Outcome.NOT_CHECKED: "denetlenmedi",
    Outcome.NOT_CONFIGURED: "yapılandırılmamış",
    Outcome.PASSED: "tamam",
}


def indication(value: Indication, sub: Sub | None) -> str:
    """An indication with its code and, when there is one, the reason."""
    reason = f" – {SUBS[sub]} ({sub})" if sub else ""
    return f"{INDICATIONS[value]} ({value}){reason}"


def instant(value: datetime | None) -> str:
    """An instant in Türkiye's time."""
    return f"{clock.to_local(value):%d.%m.%Y %H:%M:%S}" if value else "yok"


def lines(report: SignatureReport) -> Iterator[str]:
    """Everything that is not a plain pass, signer by signer."""
    for check in report.checks:
        if check.outcome is not Outcome.PASSED:
            yield "  " + finding(check)
    for one in report.signers:
        yield from _signer(one)


def _signer(one: SignerReport) -> Iterator[str]:
    name = one.certificate.name if one.certificate else "bilinmeyen imzacı"
    yield f"  İmzacı {one.place}: {name} – {indication(one.indication, one.sub_indication)}"
    yield f"    profil {one.profile}, düzey {one.level}, güvenilir zaman {instant(one.time)}"
    for check in one.checks:
        if check.outcome is not Outcome.PASSED:
            yield "    " + finding(check)
    for stamp in one.timestamps:
        shown = [check for check in stamp.checks if check.outcome is not Outcome.PASSED]
        if shown:
            yield f"    Zaman damgası {stamp.kind} {stamp.number} ({instant(stamp.time)}):"
            yield from ("      " + finding(check) for check in shown)


def finding(check: Check) -> str:
    """One check as a line."""
    thing = f" [{check.about.name}]" if check.about.name else ""
    return f"{MARKS[check.outcome]}: {CODES[check.code]}{thing}: {check.found} ({check.code})"
