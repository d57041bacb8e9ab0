"""Spyne behind its border: it loads on every supported Python, and nothing else in the hub imports it."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hub.contract import _spyne
from tests.contract.sample_service import CONTRACT, T, endpoint

ROOT = Path(__file__).parents[2]

CALL = """
import io
from hub.contract import Contract, Endpoint
contract = Contract.load("DETSISServis.wsdl")
served = Endpoint(contract, {name: lambda call, **_: call.result(HataMsj="ok") for name in contract.operations})
body = (b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        b'<TumTip1KodlariGetirWs xmlns="http://kaysis.gov.tr/"/></s:Body></s:Envelope>')
environ = {"REQUEST_METHOD": "POST", "PATH_INFO": "/DETSISServis.asmx", "CONTENT_TYPE": "text/xml",
           "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}
assert b"<HataMsj>ok</HataMsj>" in b"".join(served(environ, lambda *_: None))
print("answered")
"""


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_loads_and_answers(version: str) -> None:
    """With warnings as errors. Other Pythons are tried here where they have the hub's dependencies; ``.ci/run``
    installs the hub afresh for each that it finds."""
    own = version == f"{sys.version_info[0]}.{sys.version_info[1]}"
    python = sys.executable if own else shutil.which(f"python{version}")
    ready = python and subprocess.run([python, "-c", "import lxml, spyne"], capture_output=True).returncode == 0
    if not python or not (own or ready):
        pytest.skip(f"no Python {version} with the hub's dependencies; .ci/run installs and tries each")
    done = subprocess.run([python, "-W", "error", "-c", CALL], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "answered\n", done.stderr


def test_only_one_module_imports_spyne() -> None:
    found = []
    for path in [*ROOT.joinpath("hub").rglob("*.py"), *ROOT.joinpath("conformance").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom) and not node.level
                else []
            )
            if any(name.split(".")[0] == "spyne" for name in names):
                found.append(path.name)
    assert set(found) == {"_spyne.py"}


def test_spyne_keeps_the_registry() -> None:
    """Every operation and model of the contract is registered with spyne under its wire name."""
    interface = endpoint().application.interface
    assert {key.rpartition("}")[2] for key in interface.service_method_map} == set(CONTRACT.operations)
    assert issubclass(T.KurumBirimWS, _spyne.ComplexModel)
    assert list(T.EyazismaImzaYetkilisi.get_flat_type_info(T.EyazismaImzaYetkilisi)) == [
        "TCYoneticiKodu",
        "YoneticiAd",
        "YoneticiSoyad",
        "VekaletTuru",
        "Unvan",
        "DetsisNo",
    ]
    assert float("inf") == _spyne.spyne.const.MIN_GC_INTERVAL
