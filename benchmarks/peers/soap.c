/* gSOAP over the hub's WSDL: rows held in memory, found by bisection; one thread a connection, keep-alive.
 *
 * Arguments: port, file of rows (made by gsoap.py). PEER_KURUM_ID and PEER_PASSWORD come from the environment. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "BBDETSISWS.nsmap"
#include "soapH.h"

static struct ns1__KurumBirimWS *units;
static int unit_count;
static struct ns1__ArrayOfKepBilgileriWs keps;
static const char *kurum_id, *password;

static char *next(char **line) {
  char *found = strsep(line, "\t\n");
  return found != NULL && strcmp(found, "\\N") == 0 ? NULL : found;
}

static int number(char **line) {
  char *text = next(line);
  return text == NULL ? 0 : atoi(text);
}

static char *text(char **line) {
  char *found = next(line);
  return found == NULL ? NULL : strdup(found);
}

static void read_unit(char *line) {
  struct ns1__KurumBirimWS *unit = &units[unit_count++];
  int place, count;
  unit->DETSISNo = number(&line);
  unit->Ad = text(&line);
  unit->ParentIdareKimlikKodu = number(&line);
  unit->AnaKurumIdareKimlikKodu = number(&line);
  place = number(&line);
  unit->Fk_USCOREBulunduguYerID = malloc(sizeof(int));
  *unit->Fk_USCOREBulunduguYerID = place;
  unit->Fk_USCOREKurumBirimTipID1 = number(&line);
  unit->Fk_USCOREKurumBirimTipID2 = number(&line);
  unit->KurumHiyerarsik = text(&line);
  unit->Aktifmi = text(&line);
  unit->ParentIdareKimlikKodu2 = number(&line);
  unit->FaalOlupOlmadigi = number(&line);
  unit->Seviye = number(&line);
  unit->DisYazismaMuhatabiOlupOlmadigi = number(&line);
  unit->Adres = text(&line);
  unit->YerAdi = text(&line);
  count = number(&line);
  unit->KurumBirimTip3ler = calloc(1, sizeof *unit->KurumBirimTip3ler);
  unit->KurumBirimTip3ler->__sizeKurumBirimTip3WS = count;
  unit->KurumBirimTip3ler->KurumBirimTip3WS = calloc(count + 1, sizeof *unit->KurumBirimTip3ler->KurumBirimTip3WS);
  for (int at = 0; at < count; at++) {
    struct ns1__KurumBirimTip3WS *entry = &unit->KurumBirimTip3ler->KurumBirimTip3WS[at];
    entry->ID = number(&line);
    entry->DETSISNo = number(&line);
    entry->Fk_USCOREKurumBirimTip3ID = number(&line);
    entry->TipAdi = text(&line);
  }
}

static void read_kep(char *line) {
  struct ns1__KepBilgileriWs *kep = &keps.KepBilgileriWs[keps.__sizeKepBilgileriWs++];
  kep->KurumDetsisNo = number(&line);
  kep->KepAdresi = text(&line);
  kep->Aktifmi = number(&line);
  kep->Durum = text(&line);
}

static void read_rows(const char *path) {
  FILE *file = fopen(path, "r");
  char *line = NULL;
  size_t size = 0;
  int all_units, all_keps;
  if (file == NULL || fscanf(file, "%d %d\n", &all_units, &all_keps) != 2) exit(2);
  units = calloc(all_units + 1, sizeof *units);
  keps.KepBilgileriWs = calloc(all_keps + 1, sizeof *keps.KepBilgileriWs);
  while (getline(&line, &size, file) > 0) {
    if (line[0] == 'U') read_unit(line + 2);
    if (line[0] == 'K') read_kep(line + 2);
  }
  free(line);
  fclose(file);
}

static int compare(const void *one, const void *other) {
  return ((const struct ns1__KurumBirimWS *)one)->DETSISNo - ((const struct ns1__KurumBirimWS *)other)->DETSISNo;
}

/* Whether the header proves the caller; answers carry none. */
static int allowed(struct soap *soap) {
  struct ns1__BbServiceAuthentication *given = soap->header ? soap->header->ns1__BbServiceAuthentication : NULL;
  soap->header = NULL;
  return given && given->KurumID && given->Password && strcmp(given->KurumID, kurum_id) == 0 &&
         strcmp(given->Password, password) == 0;
}

#define REFUSED "Kimlik do\xc4\x9frulanamad\xc4\xb1."

int __ns1__DETSISNoKurumBirimWs(struct soap *soap, struct _ns1__DETSISNoKurumBirimWs *input,
                                struct _ns1__DETSISNoKurumBirimWsResponse *output) {
  struct ns1__SonucO *result = soap_new_ns1__SonucO(soap, 1);
  int may = allowed(soap);
  output->DETSISNoKurumBirimWsResult = result;
  result->SonucHatali = may ? xsd__boolean__false_ : xsd__boolean__true_;
  if (!may) {
    result->HataMsj = REFUSED;
    return SOAP_OK;
  }
  struct ns1__KurumBirimWS wanted = {.DETSISNo = input->DETSISNo};
  struct ns1__KurumBirimWS *found = bsearch(&wanted, units, unit_count, sizeof *units, compare);
  result->Sonuclar = soap_new_ns1__ArrayOfKurumBirimWS(soap, 1);
  result->Sonuclar->__sizeKurumBirimWS = found != NULL;
  result->Sonuclar->KurumBirimWS = found;
  return SOAP_OK;
}

int __ns1__AktifKEPAdresleriniGetir(struct soap *soap, struct _ns1__AktifKEPAdresleriniGetir *input,
                                    struct _ns1__AktifKEPAdresleriniGetirResponse *output) {
  struct ns1__SonuclarOOfKepBilgileriWs *result = soap_new_ns1__SonuclarOOfKepBilgileriWs(soap, 1);
  int may = allowed(soap);
  output->AktifKEPAdresleriniGetirResult = result;
  result->SonucHatali = may ? xsd__boolean__false_ : xsd__boolean__true_;
  if (may)
    result->Sonuclar = &keps;
  else
    result->HataMsj = REFUSED;
  return SOAP_OK;
}

static void *serve(void *given) {
  struct soap *soap = given;
  pthread_detach(pthread_self());
  soap_serve(soap);
  soap_destroy(soap);
  soap_end(soap);
  soap_free(soap);
  return NULL;
}

int main(int count, char **given) {
  struct soap soap;
  pthread_t thread;
  if (count != 3) return 2;
  kurum_id = getenv("PEER_KURUM_ID");
  password = getenv("PEER_PASSWORD");
  read_rows(given[2]);
  soap_init2(&soap, SOAP_IO_KEEPALIVE | SOAP_C_UTFSTRING | SOAP_XML_TREE, SOAP_IO_KEEPALIVE | SOAP_C_UTFSTRING | SOAP_XML_TREE);
  soap.max_keep_alive = 1 << 30;
  soap.bind_flags = SO_REUSEADDR;
  if (!soap_valid_socket(soap_bind(&soap, "127.0.0.1", atoi(given[1]), 100))) return 1;
  for (;;) {
    if (!soap_valid_socket(soap_accept(&soap))) continue;
    if (pthread_create(&thread, NULL, serve, soap_copy(&soap)) != 0) return 1;
  }
}
