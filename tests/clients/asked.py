"""What the clients are told to ask: every operation, with inputs that have rows and inputs that have none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from clients.harness import Invocation

WSDL = Path(__file__).parents[2] / "hub" / "wsdl" / "DETSISServis.wsdl"
OF_ONE_UNIT = {
    "KurumBirimIletisimBilgileriGetirWs": "detsisId",
    "KurumSertifikaBilgileriniGetir": "DetsisIDs",
    "KurumEypVersiyonuGetir": "DetsisIDs",
    "TebligatNumarasiGetir": "DetsisId",
    "GetHizmetListesi": "DetsisId",
    "GetBelgeListesi": "DetsisId",
    "GetMevzuatListesi": "DetsisId",
}
"""Operations that ask about one unit only, with the name of its number."""
OLD = "2015-03-01T00:00:00"


def calls(facts: dict[str, Any]) -> list[Invocation]:
    """One or more calls of each operation, with inputs that have rows and inputs that have none."""
    own, unit = int(facts["kurum_id"]), facts["sender"]
    mine = [own, unit, *facts["addressees"]]
    found = [
        Invocation(name, {})
        for name in (
            "TumTip1KodlariGetirWs",
            "TumTip2KodlariGetirWs",
            "TumYerKodlariGetirWs",
            "AnakurumIletisimBilgileriWs",
            "AnaKurumlarButceTurleriGetirWs",
            "AnaKurumlariGetirKurumBirimWs",
            "BirimleriminIletisimBilgileriniGetir",
            "EypGuncellenenleriGetir",
            "AktifKEPAdresleriniGetir",
            "DetsisIslemYetkilisiBilgileriWs",
        )
    ]
    found += [Invocation("DETSISNoKurumBirimWs", {"DETSISNo": number}) for number in (*mine, 1)]
    found += [Invocation("HiyerarsiGetirKurumBirimWs", {"DETSISNo": number}) for number in (unit, 1)]
    found += [Invocation("AltKurulusBirimleriListele", {"arananKurum": number}) for number in (own, 1)]
    found += [
        Invocation("KendiTumBirimleriGetirWs", {"degisiklikTarihiBaslangic": None}),
        Invocation("KendiTumBirimleriGetirWs", {"degisiklikTarihiBaslangic": OLD}),
        Invocation("YeniDisYazismaYapanlariGetirWs", {"pGun": 1, "pAy": 3, "pYil": 2015}),
        Invocation("YeniDisYazismaYapanlariGetirWs", {"pGun": 31, "pAy": 2, "pYil": 2015}),
        Invocation("AdaGoreKurumBirimSorgulaWs", {"ad": "bilgi islem", "anaKurumIdareKimlikKodu": 0}),
        Invocation("AdaGoreKurumBirimSorgulaWs", {"ad": "MİLLÎ EĞİTİM", "anaKurumIdareKimlikKodu": own}),
        Invocation("AdaGoreKurumBirimSorgulaWs", {"ad": "abc", "anaKurumIdareKimlikKodu": 0}),
        Invocation(
            "DetayBilgilereGoreSorgulaKurumBirimWs", {"yerKodu": 0, "kategoriID": 19, "statuID": 0, "IlKodu": 0}
        ),
        Invocation("DetayBilgilereGoreSorgulaKurumBirimWs", {"yerKodu": 0, "kategoriID": 0, "statuID": 0, "IlKodu": 0}),
        Invocation("KEPAdresleriniGetir", {"DetsisIDs": mine}),
        Invocation("KEPAdresleriniGetir", {"DetsisIDs": []}),
        Invocation("KEPAdresiKontrolEt", {"KepAdresi": "yok@hs01.kep.tr"}),
        Invocation("eYazismaPaketi", {"gonderenDetsisID": unit, "muhatapDetsisIDs": facts["addressees"]}),
        Invocation("eYazismaPaketi", {"gonderenDetsisID": unit, "muhatapDetsisIDs": None}),
        Invocation("eYazismaPaketi", {"gonderenDetsisID": 1, "muhatapDetsisIDs": [2]}),
        Invocation("KutukNodanDetsisNoGetir", {"kutukNoList": [*facts["register_numbers"], "yok"]}),
        Invocation("MevzuatSorgula", {"MevzuatAdi": "Kanun", "MevzuatSayisi": ""}),
        Invocation("MevzuatSorgula", {"MevzuatAdi": "", "MevzuatSayisi": ""}),
        Invocation("KurumSDPKodlariGetirWs", {"IdariKimlikKodu": own}),
        Invocation("KurumSDPKodlariGetirWs", {"IdariKimlikKodu": 0}),
        Invocation("SertifikalariGetir", {"baslangicTarihi": OLD}),
        Invocation("SertifikaSahiplikleriniGetir", {"baslangicTarihi": OLD}),
        Invocation("IYEMTCdenGorevListesiGetirWs", {"TCKimlikNo": facts["tckn"]}),
        Invocation("IYEMTCdenGorevListesiGetirWs", {"TCKimlikNo": "12345678901"}),
        Invocation("IYEMYoneticiIDdenGorevListesiGetirWs", {"YoneticiID": facts["yonetici_kodu"]}),
        Invocation("IYEMKurumYoneticisiGetirWs", {"KurumID": unit, "Tarih": None}),
        Invocation("IYEMKurumYoneticisiGetirWs", {"KurumID": own, "Tarih": "2020-06-01T12:00:00"}),
        Invocation("IYEMTumYoneticileriGetirWs", {"KurumID": own}),
    ]
    return found + [
        Invocation(name, {field: number}) for name, field in OF_ONE_UNIT.items() for number in (own, unit, 1)
    ]
