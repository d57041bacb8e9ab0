"""Run by ``.ci/run`` in a fresh virtual environment, away from the checkout: the installed hub loads its contract and
answers a call."""

from __future__ import annotations

import io
import sys

from hub.contract import Contract, Endpoint

NS = "http://kaysis.gov.tr/"
BODY = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    f'<TumTip1KodlariGetirWs xmlns="{NS}"/></s:Body></s:Envelope>'
).encode()

contract = Contract.load("DETSISServis.wsdl")
served = Endpoint(contract, {name: lambda call, **_: call.result(HataMsj="ok") for name in contract.operations})
environ = {
    "REQUEST_METHOD": "POST",
    "PATH_INFO": "/DETSISServis.asmx",
    "CONTENT_TYPE": "text/xml",
    "CONTENT_LENGTH": str(len(BODY)),
    "wsgi.input": io.BytesIO(BODY),
}
if b"<HataMsj>ok</HataMsj>" not in b"".join(served(environ, lambda *_: None)):
    sys.exit("the installed hub did not answer")
print(f"answered on Python {sys.version.split()[0]}")
