"""Descriptions, files and signatures for tests of the builder. All people and numbers are invented."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

from hub import clock
from hub.package.build.archive import Base
from hub.package.build.description import Description, prepare
from hub.package.build.steps import _DONE_BY, Step

PDF = b"%PDF-1.7\n% pdfaid:part\n" + b"1 0 obj << >> endobj\n" * 40 + b"%%EOF\n"
BELGE_ID = "3D5B2C1E-8F70-4B5A-9C3D-2E1F0A9B8C7D"
VERSIONS = ["2.0", "2.0 paraf", "1.3"]
TCKN, OTHER_TCKN = "10000000146", "10000000078"

KURUM: dict[str, Any] = {
    "KurumKurulus": {
        "KKK": "24301050",
        "Adi": "Örnek Bakanlığı",
        "IletisimBilgisi": {"KepAdresi": "ornek@hs01.kep.tr", "Il": "Ankara", "Ilce": "Çankaya", "Ulke": "Türkiye"},
        "BirimKKK": "24301051",
    }
}
KISI: dict[str, Any] = {
    "GercekSahis": {
        "Kisi": {"IlkAdi": "Ayşe", "Soyadi": "Örnek", "IkinciAdi": "Işıl", "Unvan": "Dr."},
        "TCKN": TCKN,
        "Gorev": "Daire Başkanı",
    }
}
SIRKET: dict[str, Any] = {
    "TuzelSahis": {"Id": {"deger": "0123456789012345", "schemeID": "MERSIS"}, "Adi": "Örnek A.Ş."}
}
IMZA: dict[str, Any] = {
    "Imzalayan": KISI["GercekSahis"],
    "VekaletVeren": {"Kisi": {"IlkAdi": "Can", "Soyadi": "Deneme"}},
    "Makam": "Genel Müdür",
    "Amac": "İmza",
}


def full(version: str = "2.0") -> dict[str, Any]:
    """A description that uses everything the vocabulary of its generation has for an ``eyp``."""
    two = version.startswith("2")
    ustveri: dict[str, Any] = {
        "BelgeId": BELGE_ID,
        "Konu": {"deger": "Şifre & <deneme> konusu", "languageID": "tr"},
        "GuvenlikKodu": "HZO",
        "GuvenlikKoduGecerlilikTarihi": {"nil": True},
        "OzId": {"deger": "8CEA7FF7-75F2-4CCF-B3C1-1B9B2054E8E9", "schemeID": "GUID"},
        "DagitimListesi": [
            {**KURUM, "Ivedilik": "NRM", "DagitimTuru": "GRG", "KonulmamisEkListesi": ["gizli"]},
            {**KISI, "Ivedilik": "GNL", "DagitimTuru": "BLG", "Miat": "P3D"},
            {**SIRKET, "Ivedilik": "ACL" if two else "IVD", "DagitimTuru": "BLG"},
        ],
        "Ekler": [
            {"Tur": "DED", "dosya": "ek bir.pdf", "Ad": "Birinci ek", "Aciklama": "açıklama", "anahtar": "ilk"},
            {"Tur": "HRF", "Ad": "Harici", "Referans": "https://example.gov.tr/a?b=1&c=2", "dosya": "ek bir.pdf"},
            {"Tur": "FZK", "Ad": "İki adet CD"},
            {"Tur": "DED", "dosya": "çizim.docx", "ImzaliMi": False, "Ad": "İmzasız ek"},
            {"Tur": "DED", "dosya": "gizli.bin", "Ad": "Konulmamış ek", "anahtar": "gizli"},
        ],
        "Ilgiler": [
            {"BelgeNo": "E-24301050-010-1", "Tarih": "2026-01-05", "EkId": "ilk", "Ad": "İlgi yazı"},
            {"Ad": "Toplantı", "OzId": {"deger": "1", "schemeID": "NO"}},
        ],
        "Dil": "tur",
        "Olusturan": {"KurumKurulus": {"KKK": "82223362", "Adi": "Deneme Kurumu"}},
        "IlgiliListesi": [KISI],
    }
    data: dict[str, Any] = {
        "surum": version,
        "olusturma": "2026-03-02T09:30:00+03:00",
        "ustyazi": "üst yazı.pdf",
        "Ustveri": ustveri,
    }
    if two:
        ustveri["SdpBilgisi"] = {
            "AnaSdp": {"Kod": "010.06.01", "Ad": "İç Genelgeler"},
            "DigerSdpler": [{"Kod": "010.08", "Ad": "Rehber"}],
        }
        ustveri["HeyskListesi"] = [{"Kod": 999999, "Ad": "Hizmet", "Tanim": "Tanım"}]
        ustveri["DogrulamaBilgisi"] = "https://dogrulama.example.gov.tr"
        data["NihaiUstveri"] = {"BelgeNo": "E-82223362-010.06.01-17", "BelgeImzalar": [copy.deepcopy(IMZA)]}
        data["NihaiUstveri"]["Tarih"] = "2026-03-02T10:00:00+03:00"
    else:
        for item in ustveri["DagitimListesi"]:
            for kurum in (item.get("KurumKurulus"),):
                if kurum:
                    item["KurumKurulus"] = {"KKK": kurum["KKK"], "Adi": kurum["Adi"]}
        ustveri["Tarih"] = "2026-03-02T10:00:00+03:00"
        ustveri["BelgeNo"] = "E-82223362-010.06.01-17"
        data["BelgeImza"] = [{**copy.deepcopy(IMZA), "TCYK": "12345678"}]
    return copy.deepcopy(data)


def minimal() -> dict[str, Any]:
    """The least that an ``eyp`` of 2.0 needs."""
    return {
        "ustyazi": "üst yazı.pdf",
        "Ustveri": {
            "BelgeId": BELGE_ID,
            "Konu": "Deneme",
            "GuvenlikKodu": "YOK",
            "DagitimListesi": [{"KurumKurulus": {"KKK": "24301050"}, "Ivedilik": "NRM", "DagitimTuru": "GRG"}],
            "Olusturan": {"KurumKurulus": {"KKK": "82223362", "Adi": "Deneme Kurumu"}},
            "DogrulamaBilgisi": "https://dogrulama.example.gov.tr",
        },
        "NihaiUstveri": {
            "BelgeNo": "1",
            "Tarih": "2026-03-02T10:00:00+03:00",
            "BelgeImzalar": [{"Imzalayan": {"Kisi": {"IlkAdi": "Ayşe", "Soyadi": "Örnek"}}}],
        },
        "olusturma": "2026-03-02T09:30:00+03:00",
    }


def described(version: str, folder: Path, **more: Any) -> Description:
    """:func:`full` made complete for one of VERSIONS; ``more`` replaces keys of it."""
    data = full(version.partition(" ")[0]) | more
    if "paraf" in version:
        data["paraf"] = True
    return prepare(data, folder)


def write_files(folder: Path) -> Path:
    """The files that :func:`full` names."""
    (folder / "üst yazı.pdf").write_bytes(PDF)
    (folder / "ek bir.pdf").write_bytes(PDF * 3)
    (folder / "çizim.docx").write_bytes(b"PK\x03\x04 not really a document")
    (folder / "gizli.bin").write_bytes(hashlib.sha256(b"seed").digest() * 100)
    return folder


def certificate(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, **usage: bool) -> x509.Certificate:
    """A self-signed certificate with the key usages given."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Deneme")])
    flags = dict.fromkeys(
        (
            "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
            "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
        ),
        False,
    )  # fmt: skip
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2026, 1, 1, tzinfo=clock.TURKIYE))
        .not_valid_after(datetime(2036, 1, 1, tzinfo=clock.TURKIYE))
        .add_extension(x509.KeyUsage(**{**flags, **usage}), critical=True)
        .sign(key, hashes.SHA256())
    )


def new_secrecy(code: str) -> dict[str, Any]:
    """What an update package says of a letter whose degree of secrecy became ``code``."""
    return {
        "GuncellemeTuru": "GuvenlikKodu",
        "GuvenlikKoduDegisiklikBilgisi": {
            "YeniGizlilikDerecesi": code,
            "DegistirmeTarihi": "2026-03-05",
            "Aciklama": "Gizlilik süresi doldu",
            "KomisyonKarariBelgeNo": "E-82223362-170.01-5",
            "KomisyonKarariBelgeId": "85e65a34-f460-4590-8bfa-a2ddb07e1b1d",
        },
    }


class PlainSigner:
    """Signs attached and without timestamps, with the library's own PKCS#7 maker; the same bytes each time."""

    def __init__(self, steps: Mapping[Step, bool] | None = None) -> None:
        self.key = rsa.generate_private_key(65537, 2048)
        self.certificate = certificate(self.key, digital_signature=True)
        self.steps = steps
        self._made: dict[bytes, bytes] = {}

    def sign(self, step: Step, content: bytes) -> bytes | None:
        if self.steps is not None and not self.steps.get(step):
            return None
        if content not in self._made:
            self._made[content] = (
                pkcs7.PKCS7SignatureBuilder()
                .set_data(content)
                .add_signer(self.certificate, self.key, hashes.SHA256())
                .sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])
            )
        return self._made[content]


def last_step(package: Path) -> Step:
    """The last of the steps that a package has behind it."""
    with Base(package) as base:
        return [step for step in Step if base.part(_DONE_BY[step])][-1]
