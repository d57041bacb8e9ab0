"""Run by ``.ci/run`` in a fresh virtual environment, away from the checkout: the installed hub loads its contract and
answers a call; every file of it is there, and every module can be imported.
"""

from __future__ import annotations

import importlib
import io
import pkgutil
import sys
from pathlib import Path

import hub
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

source = Path(__file__).parent.parent / "hub"
installed = Path(hub.__file__).parent
if source == installed:
    sys.exit("this is the checkout, not what was installed")
missing = [
    str(file.relative_to(source))
    for file in sorted(source.rglob("*"))
    if file.is_file() and "__pycache__" not in file.parts and not (installed / file.relative_to(source)).is_file()
]
if missing:
    sys.exit(f"not installed: {', '.join(missing)}")
for module in pkgutil.walk_packages(hub.__path__, "hub."):
    if not module.name.startswith("hub.store.migrations."):  # only alembic runs these
        importlib.import_module(module.name)
print(f"answered on Python {sys.version.split()[0]}")
