// The package "soap" over the hub's WSDL. Node of this age has no SQLite of its own, so the rows are held in memory.
const fs = require('fs');
const http = require('http');
const readline = require('readline');
const soap = require(process.env.PEER_MODULES + '/soap');

const units = new Map();
const keps = [];

function allowed(headers) {
  const given = headers && headers.BbServiceAuthentication;
  return Boolean(given) && given.KurumID === process.env.PEER_KURUM_ID && given.Password === process.env.PEER_PASSWORD;
}

function answer(operation, headers, rows) {
  const result = allowed(headers)
    ? { SonucHatali: false, Sonuclar: rows() }
    : { SonucHatali: true, HataMsj: 'Kimlik doğrulanamadı.' };
  return { [operation + 'Result']: result };
}

const operations = {
  DETSISNoKurumBirimWs: (input, callback, headers) => answer('DETSISNoKurumBirimWs', headers, () => {
    const found = units.get(Number(input.DETSISNo));
    return { KurumBirimWS: found ? [found] : [] };
  }),
  AktifKEPAdresleriniGetir: (input, callback, headers) =>
    answer('AktifKEPAdresleriniGetir', headers, () => ({ KepBilgileriWs: keps })),
};

function unit(row, types3) {
  const made = {};
  for (const [name, value] of Object.entries(row)) {
    made[name] = value;
    if (name === 'Aktifmi') made.KurumBirimTip3ler = types3.length ? { KurumBirimTip3WS: types3 } : {};
  }
  if (made.Adres === null) delete made.Adres;
  return made;
}

async function main() {
  for await (const line of readline.createInterface({ input: fs.createReadStream(process.env.PEER_LINES) })) {
    const row = JSON.parse(line);
    if (row.unit) {
      units.set(row.unit.DETSISNo, unit(row.unit, row.types3));
    } else {
      const [KurumDetsisNo, KepAdresi, Aktifmi, Durum] = row.kep;
      keps.push(Durum === null ? { KurumDetsisNo, KepAdresi, Aktifmi } : { KurumDetsisNo, KepAdresi, Aktifmi, Durum });
    }
  }
  const service = { DETSISServis: { BBDETSISWS: operations, BBDETSISWS1: operations } };
  const server = http.createServer((request, response) => response.writeHead(404).end());
  server.keepAliveTimeout = 60000;
  server.listen(Number(process.env.PEER_PORT), '127.0.0.1', () => {
    soap.listen(server, '/DETSISServis.asmx', service, fs.readFileSync(process.env.PEER_WSDL, 'utf8'));
  });
}

main();
