<?php
// PHP's own SoapServer over the hub's WSDL, rows from SQLite. Run: php -S 127.0.0.1:PORT soap.php
class Detsis
{
    private PDO $rows;
    private bool $allowed = false;

    public function __construct()
    {
        $this->rows = new PDO('sqlite:' . getenv('PEER_ROWS'), null, null, [PDO::ATTR_PERSISTENT => true]);
        $this->rows->setAttribute(PDO::ATTR_STRINGIFY_FETCHES, false);
    }

    public function BbServiceAuthentication($given): void
    {
        $this->allowed = hash_equals(getenv('PEER_KURUM_ID'), $given->KurumID ?? '')
            && hash_equals(getenv('PEER_PASSWORD'), $given->Password ?? '');
    }

    public function DETSISNoKurumBirimWs($input)
    {
        if (!$this->allowed) {
            return $this->refused('DETSISNoKurumBirimWs');
        }
        $units = $this->rows->prepare('SELECT * FROM unit WHERE DETSISNo = ?');
        $units->execute([$input->DETSISNo]);
        $found = $units->fetchAll(PDO::FETCH_OBJ);
        $entries = $this->rows->prepare('SELECT * FROM type3 WHERE DETSISNo = ?');
        foreach ($found as $unit) {
            $entries->execute([$unit->DETSISNo]);
            $unit->KurumBirimTip3ler = ['KurumBirimTip3WS' => $entries->fetchAll(PDO::FETCH_OBJ)];
        }
        return ['DETSISNoKurumBirimWsResult' => ['SonucHatali' => false, 'Sonuclar' => ['KurumBirimWS' => $found]]];
    }

    public function AktifKEPAdresleriniGetir()
    {
        if (!$this->allowed) {
            return $this->refused('AktifKEPAdresleriniGetir');
        }
        $found = $this->rows->query('SELECT KurumDetsisNo, KepAdresi, Aktifmi, Durum FROM kep ORDER BY ID')->fetchAll(PDO::FETCH_OBJ);
        foreach ($found as $kep) {
            if ($kep->Durum === null) {
                unset($kep->Durum);
            }
        }
        return ['AktifKEPAdresleriniGetirResult' => ['SonucHatali' => false, 'Sonuclar' => ['KepBilgileriWs' => $found]]];
    }

    private function refused(string $operation): array
    {
        return [$operation . 'Result' => ['SonucHatali' => true, 'HataMsj' => 'Kimlik doğrulanamadı.']];
    }
}

$server = new SoapServer(getenv('PEER_WSDL'), ['cache_wsdl' => WSDL_CACHE_MEMORY]);
$server->setClass(Detsis::class);
$server->handle();
