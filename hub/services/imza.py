"""The signature service: judge a signature or a receipt against the hub's trust store, offline.

It stores nothing and tells nothing that is not in what the caller sends, so it asks for no credentials; how much one
client may ask at a time is the HTTP edge's business.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from hub import clock, limits
from hub.config import Settings
from hub.contract import Call, Contract, Endpoint
from hub.contract.call import Observe
from hub.contract.profile import Limits, Profile
from hub.services.faults import typed
from hub.signing import certificates, receipts
from hub.signing.certificates import Certificate
from hub.signing.report import Check, Indication, SignatureReport, SignerReport, TimestampReport
from hub.signing.trust import TrustKeeper
from hub.signing.validate import UnreadableError, validate

WSDL: Final = "ImzaServis.wsdl"

OUTCOMES: Final = {
    "passed": "GECTI",
    "failed": "KALDI",
    "warning": "UYARI",
    "indeterminate": "BELIRSIZ",
    "not checked": "DENETLENMEDI",
    "not configured": "YAPILANDIRILMADI",
}

PROFILE: Final = Profile(
    strict=True,
    malformed_is_bare=False,
    xop=True,
    limits=Limits(body=limits.IMZA_BODY, text=limits.IMZA_TEXT, elements=limits.IMZA_ELEMENTS),
)

_REFUSALS: Final = (receipts.ReceiptSignatureError, receipts.AlgorithmNotAllowedError, receipts.ReceiptTrustError)


class ImzaServis:
    """The operations of ``ImzaServis.wsdl``."""

    def __init__(self, keeper: TrustKeeper) -> None:
        self._keeper = keeper

    def ImzaDogrula(
        self, call: Call, *, Imza: bytes, Icerik: bytes | None, Profil: str | None, Zaman: datetime | None
    ) -> Any:
        """Judge a CAdES file. Without roots there is no result but a fault."""
        _bounded(Imza, Icerik)
        report = validate(Imza, Icerik, trust=self._keeper.store(), profile=Profil or "auto", at=Zaman)
        return _signature(call.types, report)

    def TutanakDogrula(self, call: Call, *, Tutanak: bytes, Zaman: datetime | None) -> Any:
        """Check a receipt and give what was signed, and only that."""
        T = call.types
        trust = self._keeper.store()
        try:
            found = receipts.verify(Tutanak, trust, Zaman)
        except _REFUSALS as error:
            return T.TutanakRaporu(
                Gecerli=False,
                Kod=error.code,
                Mesaj=error.message,
                DogrulamaZamani=Zaman or clock.now(),
                IptalDurumu=OUTCOMES["not checked"],
            )
        return T.TutanakRaporu(
            Gecerli=True,
            DogrulamaZamani=found.at,
            DamgaZamani=found.time,
            IptalDurumu=OUTCOMES[found.revocation.value],
            Imzalayan=_certificate(T, found.signer),
            Bilgiler=_receipt(T, found.receipt),
        )


def _bounded(*files: bytes | None) -> None:
    """What the schema's lengths say of a file in the envelope, for one that came beside it (MTOM), too. Raises
    :class:`~hub.signing.validate.UnreadableError`."""
    for file in files:
        if file is not None and not 1 <= len(file) <= limits.IMZA_FILE:
            raise UnreadableError(f"Dosya {len(file)} bayt; en az 1, en çok {limits.IMZA_FILE} bayt olmalı.")


def endpoint(settings: Settings, keeper: TrustKeeper, observe: Observe | None = None) -> Endpoint:
    """The service as a WSGI application; ``keeper`` holds the roots."""
    contract = Contract.load(WSDL, times="utc")
    service = ImzaServis(keeper)
    functions = {name: getattr(service, name) for name in contract.operations}
    return Endpoint(contract, functions, observe=observe, fault=typed("ImzaHatasi"), profile=PROFILE, settings=settings)


def _signature(T: Any, report: SignatureReport) -> Any:
    assert report.indication is not Indication.NOT_CONFIGURED
    return T.ImzaRaporu(
        Sonuc=report.indication.value,
        AltSonuc=_value(report.sub_indication),
        DogrulamaZamani=report.at,
        Denetim=[_check(T, check) for check in report.checks],
        Imzaci=[_signer(T, signer) for signer in report.signers],
    )


def _signer(T: Any, signer: SignerReport) -> Any:
    return T.ImzaciRaporu(
        Yer=signer.place,
        Sonuc=signer.indication.value,
        AltSonuc=_value(signer.sub_indication),
        Profil=signer.profile,
        Duzey=signer.level,
        Ilke=signer.policy or None,
        Sertifika=_certificate(T, signer.certificate),
        BeyanZamani=signer.claimed_time,
        ImzaZamani=signer.time,
        Denetim=[_check(T, check) for check in signer.checks],
        ZamanDamgasi=[_timestamp(T, stamp) for stamp in signer.timestamps],
    )


def _timestamp(T: Any, stamp: TimestampReport) -> Any:
    return T.ZamanDamgasi(
        Tur=stamp.kind,
        SiraNo=stamp.number,
        Sonuc=stamp.indication.value,
        AltSonuc=_value(stamp.sub_indication),
        Zaman=stamp.time,
        Makam=_certificate(T, stamp.authority),
        Denetim=[_check(T, check) for check in stamp.checks],
    )


def _check(T: Any, check: Check) -> Any:
    return T.Denetim(
        Kod=check.code.value,
        Sonuc=OUTCOMES[check.outcome.value],
        AltSonuc=_value(check.sub),
        Neyin=check.about.kind,
        Ad=check.about.name or None,
        Bulunan=check.found or None,
    )


def _certificate(T: Any, certificate: Certificate | None) -> Any:
    """A certificate without its holder's identity number."""
    if certificate is None:
        return None
    return T.Sertifika(
        Ad=certificate.name,
        Veren=certificates.short_name(certificate.issuer),
        SeriNo=f"{certificate.serial:x}",
        OzetSHA256=certificate.sha256,
    )


def _receipt(T: Any, receipt: receipts.Receipt) -> Any:
    return T.TutanakBilgileri(
        Kimlik=receipt.id,
        Tur=receipt.kind.value,
        Duzenleyen=receipt.issuer.name,
        DuzenleyenDETSISNo=receipt.issuer.detsis_no,
        DuzenlemeZamani=receipt.issued_at,
        Konu=[T.Tanim(Ad=kind, Deger=value) for kind, value in receipt.subject],
        GecerliOlduguZaman=receipt.valid_at,
        KayitSeriNo=receipt.serial,
        Sonuc=receipt.outcome.value,
        Gerekce=[reason.code for reason in receipt.reasons],
        GecerlilikSonu=receipt.valid_until,
        Metin=receipt.texts.get("tr") or next(iter(receipt.texts.values())),
    )


def _value(sub: Any) -> str | None:
    return None if sub is None else str(sub.value)
