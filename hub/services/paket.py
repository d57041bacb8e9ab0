"""The hub's own service on packages, ``PaketServis.wsdl``: judge one, or say what is in it.

A package that is broken is no error of the call: the answer says so. Errors of the caller are typed faults,
``PaketHatasi`` with a code of the contract.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from hub import limits
from hub.access.door import Caller
from hub.access.errors import AccessDeniedError
from hub.config import Settings
from hub.contract import Call, Contract, Endpoint, Limits, Profile
from hub.contract.call import Observe
from hub.errors import HubError
from hub.package.describe import describe
from hub.package.errors import PackageError
from hub.package.judge import Options, judge
from hub.package.policy import DEFAULT, load_policy
from hub.package.reader import read_package
from hub.package.register import Register, RegisterAt
from hub.package.report import Language, Report
from hub.package.signatories import SignatoriesIn
from hub.package.views.data import to_json
from hub.package.views.html_view import to_html
from hub.package.views.text_view import to_lines
from hub.package.views.words import say
from hub.package.views.xml_view import to_xml
from hub.services import paket_answers
from hub.services.callers import Check, caller_of
from hub.services.detsis.refusals import AuthenticationError
from hub.services.faults import typed
from hub.services.iyem.common import RightError
from hub.services.iyem.discreet import Discreet, check_people, institutions
from hub.signing.trust import NotConfiguredError, TrustStore
from hub.store.database import Database

WSDL: Final = "PaketServis.wsdl"
PROFILE: Final = Profile(
    strict=True, malformed_is_bare=False, xop=True, limits=Limits(body=limits.PAKET_BODY, text=limits.PAKET_TEXT)
)


class EmptyPackageError(HubError):
    """The package has no bytes at all."""

    code = "PAKET_BOS"


class UnreadablePackageError(HubError):
    """What is in the package cannot be said; the message has the code of what is wrong."""

    code = "PAKET_OKUNAMADI"


def paket(
    database: Database | None,
    check: Check[Any] | None,
    *,
    trust: Callable[[], TrustStore] | None = None,
    settings: Settings | None = None,
    observe: Observe | None = None,
) -> Endpoint:
    """The service as a WSGI application.

    Without ``database`` the layers of registry and signatories are ``not configured``, without ``trust`` those of
    signatures and signatories. ``trust`` is asked at every call, so that an operator's change counts at once; it may
    raise :class:`~hub.signing.trust.NotConfiguredError`. Without ``check`` everybody may call.
    """
    service = _Paket(database, check, trust)
    return Endpoint(
        Contract.load(WSDL, times="utc"),
        {"PaketDogrula": service.PaketDogrula, "PaketBilgisi": service.PaketBilgisi},
        authenticate=service.authenticate,
        observe=observe,
        fault=typed("PaketHatasi"),
        profile=PROFILE,
        settings=settings,
    )


class _Paket:
    """The operations; arguments have the wire names of the contract."""

    def __init__(
        self, database: Database | None, check: Check[Any] | None, trust: Callable[[], TrustStore] | None
    ) -> None:
        self._database = database
        self._check = check
        self._trust = trust

    def authenticate(self, header: Any, call: Call) -> Any:
        """The caller whom the header proves."""
        if self._check is None:
            return None
        try:
            return caller_of(self._check, header, call)
        except AccessDeniedError:
            raise AuthenticationError from None

    def PaketDogrula(
        self,
        call: Call,
        *,
        Paket: bytes,
        DosyaAdi: str | None,
        Politika: str | None,
        Dil: str | None,
        Bicim: str | None,
        Alici: str | None,
        Cevrimdisi: bool | None,
        Imzalayacaklar: Any,
    ) -> Any:
        """Judge a package and give its report; say who signed it rightly, and who may sign it now."""
        _not_empty(Paket)
        language = Language(Dil or "tr")
        options = Options(
            policy=load_policy(Politika or DEFAULT),
            offline=bool(Cevrimdisi),
            receiver=(Alici or "").strip(),
            trust=self._roots(),
            intended=paket_answers.intended(Imzalayacaklar or ()),
        )
        report = self._judge(call, Paket, _file_name(DosyaAdi), options)
        self._allow(call, options, report)
        form = Bicim or "xml"
        T = call.types
        return T.PaketRaporu(
            Gecerli=report.valid.value,
            Kabul=report.accepted.value,
            Tur=report.kind.value if report.kind else None,
            Kusak=report.generation.value if report.generation else None,
            Surum=report.version or None,
            BelgeId=report.belge_id or None,
            Politika=report.policy,
            KayitSerisi=report.registry_serial,
            HataSayisi=len(report.errors),
            UyariSayisi=len(report.warnings),
            Katmanlar=[
                T.Katman(
                    Ad=layer.layer.value,
                    Sonuc=layer.outcome.value,
                    Neden=say(layer.why, language) if layer.why else None,
                )
                for layer in report.layers
            ],
            Bicim=form,
            Rapor=_view(report, form, language),
            Imzacilar=[paket_answers.signatory(T, item, language) for item in report.signatories] or None,
            ImzaOncesi=paket_answers.before_signing(T, report.before_signing, language),
        )

    def PaketBilgisi(self, call: Call, *, Paket: bytes, DosyaAdi: str | None) -> Any:
        """Say what is in a package."""
        _not_empty(Paket)
        try:
            with read_package(Paket, _file_name(DosyaAdi)) as package:
                data = describe(package)
        except PackageError as error:
            raise UnreadablePackageError(f"{error.message} ({error.code})") from None
        T = call.types
        return T.PaketOzeti(
            Tur=data["kind"],
            Kusak=data["generation"],
            Surum=data["version"] or None,
            BelgeId=data.get("belge_id") or data.get("identifier") or None,
            BelgeNo=data.get("belge_no") or None,
            Tarih=data.get("tarih") or None,
            Konu=data.get("konu") or None,
            GuvenlikKodu=data.get("guvenlik_kodu") or None,
            Olusturan=data.get("olusturan") or None,
            Dagitimlar=[
                T.DagitimBilgisi(Muhatap=item["muhatap"], Ivedilik=item["ivedilik"], Tur=item["tur"])
                for item in data.get("dagitim", ())
            ],
            Hedefler=list(data.get("hedefler", ())),
            Ekler=[
                T.EkBilgisi(Id=item["id"] or None, Tur=item["tur"], Ad=item["ad"] or None, Imzali=item["imzali"])
                for item in data.get("ekler", ())
            ],
            Imzacilar=[
                T.ImzaciBilgisi(
                    Imzalayan=item["imzalayan"],
                    Makam=item["makam"] or None,
                    Amac=item["amac"] or None,
                    YoneticiKodu=item["tcyk"] or None,
                )
                for item in data["imzalar"]
            ],
            Bilesenler=[
                T.BilesenBilgisi(Ad=item["name"], IcerikTuru=item["content_type"] or None, Boyut=item["size"])
                for item in data["parts"]
            ],
        )

    def _allow(self, call: Call, options: Options, report: Report) -> None:
        """Keep the answer on people asked about by T.C. kimlik no from callers who may not have it."""
        before = report.before_signing
        if before is None or self._database is None or options.offline:
            return
        # a signer whose unit is not known is as good as one of another institution's
        pairs = zip(options.intended, before.intended, strict=True)
        numbers = [info.unit_no or 0 for one, info in pairs if one.who.tckn is not None]
        if not numbers:
            return
        if not isinstance(call.caller, Caller):
            raise RightError("T.C. kimlik no ile sormak için KimlikDogrulama başlığı gönderilmeli.")
        with self._database.read() as connection:
            mains = institutions(connection, [*numbers, call.caller.detsis_no])
        check_people(self._database, call.caller, numbers, mains)

    def _roots(self) -> TrustStore | None:
        """The trust store in force; None where no root is configured, which the report then says."""
        if self._trust is None:
            return None
        try:
            return self._trust()
        except NotConfiguredError:
            return None

    def _judge(self, call: Call, content: bytes, name: str, options: Options) -> Report:
        if self._database is None or options.offline:
            return judge(content, name, options)
        with self._database.read() as connection:

            def register_on(day: datetime) -> Register:
                return RegisterAt(connection, day)

            keys = self._database.keys
            iyem = SignatoriesIn(connection, keys) if keys else None
            given = replace(options, register_on=register_on, signatories=iyem)
            caller = call.caller
            if keys and isinstance(caller, Caller) and not caller.may_see_personal_data:
                home = institutions(connection, [caller.detsis_no]).get(caller.detsis_no, caller.detsis_no)
                given = replace(given, intended_from=Discreet(connection, keys, home))
            return judge(content, name, given)


def _view(report: Report, form: str, language: Language) -> str:
    if form == "json":
        return to_json(report, language)
    if form == "html":
        return to_html(report, language)
    if form == "metin":
        return "\n".join(str(line) for line in to_lines(report, language))
    return to_xml(report, language).decode("utf-8")


def _not_empty(content: bytes) -> None:
    if not content:
        raise EmptyPackageError("Paket boş gönderilmiş.")


def _file_name(given: str | None) -> str:
    """The last segment of what the caller calls the file: only rules on its name use it, nothing is opened by it."""
    return (given or "").strip().replace("\\", "/").rpartition("/")[2][:255]
