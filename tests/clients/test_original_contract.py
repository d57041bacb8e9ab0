"""The hub against the original contract: its WSDL written anew from the recorded facts, and the clients made from that.

Nothing here is read from the hub's own WSDL, except to compare it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from clients import original
from clients.asked import WSDL, calls
from clients.harness import Access, Axis, Dotnet, Invocation, JaxWs, Zeep, node, php, ruby, shapes
from clients.wcf import Wcf
from lxml import etree

pytestmark = pytest.mark.skipif(not original.FACTS.is_file(), reason="../shared is not here")

_NAMES = {"type", "base", "element", "message", "binding"}
_W = "{http://schemas.xmlsoap.org/wsdl/}"


def shape(node: etree._Element) -> Any:
    """Name, attributes (names in them expanded) and children of ``node``, without documentation."""
    attributes = {}
    for name, value in node.attrib.items():
        prefix, colon, local = str(value).partition(":")
        known = name in _NAMES and colon and prefix in node.nsmap
        attributes[name] = f"{{{node.nsmap[prefix]}}}{local}" if known else value
    children = [shape(child) for child in node.iterchildren(etree.Element) if child.tag != f"{_W}documentation"]
    return str(node.tag), tuple(sorted(attributes.items())), tuple(children)


def test_the_wsdl_is_the_original_one() -> None:
    made = etree.fromstring(original.Original(original.facts(), "http://localhost/DETSISServis.asmx").wsdl())
    ours = etree.parse(WSDL).getroot()
    assert made.get("targetNamespace") == ours.get("targetNamespace")
    expected, found = shape(made), shape(ours)
    for left, right in zip(expected[2][0][2][0][2], found[2][0][2][0][2], strict=True):
        assert left == right  # one element or type of the schema: a difference is told in few lines
    assert expected == found


def test_the_older_wsdl_is_part_of_the_current_one() -> None:
    """What clients of the older version were made from is in the current one as it was, but for one input."""
    facts = original.facts()
    older = etree.fromstring(original.Original(facts, "http://localhost/x", older=True).wsdl())
    current = etree.parse(WSDL).getroot()
    now = {(one.tag, one.get("name")): shape(one) for one in current.iterfind(".//{*}schema/*")}
    then = {(one.tag, one.get("name")): shape(one) for one in older.iterfind(".//{*}schema/*")}
    of_http = {one["name"] for one in facts["older_version"]["http_get_post"]["extra_global_elements"]}
    different = {key[1] for key, one in then.items() if now.get(key) != one}
    assert different == {"KendiTumBirimleriGetirWs", *of_http}
    assert len(then) > 90


@pytest.fixture(scope="module")
def described(demo: Access) -> Iterator[dict[str, str]]:
    """Addresses of both versions' WSDLs, which name the running server as theirs."""
    facts = original.facts()
    files = {
        f"/{name}": original.Original(facts, demo.url, older=name == "older").wsdl() for name in ("current", "older")
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = files[self.path.partition("?")[0]]
            self.send_response(200)
            self.send_header("Content-Type", "text/xml; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield {path[1:]: f"http://127.0.0.1:{server.server_port}{path}?WSDL" for path in files}
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("kind", "version", "which"),
    [
        ("zeep", 1, "current"),
        ("zeep", 2, "current"),
        ("zeep", 1, "older"),
        pytest.param("php", 1, "current", marks=pytest.mark.part("php")),
        pytest.param("php", 2, "older", marks=pytest.mark.part("php")),
        pytest.param("ruby", 1, "older", marks=pytest.mark.part("ruby")),
        pytest.param("node", 1, "current", marks=pytest.mark.part("node")),
        pytest.param("dotnet", 1, "current", marks=pytest.mark.part("mono")),
        pytest.param("dotnet", 2, "current", marks=pytest.mark.part("mono")),
        pytest.param("dotnet", 1, "older", marks=pytest.mark.part("mono")),
        pytest.param("wcf", 1, "current", marks=pytest.mark.part("mono")),
        pytest.param("wcf", 2, "older", marks=pytest.mark.part("mono")),
        pytest.param("jaxws", 1, "older", marks=pytest.mark.part("java")),
        pytest.param("axis", 1, "current", marks=pytest.mark.part("java")),
    ],
)
def test_clients_of_the_original_read_the_same_rows(
    kind: str,
    version: int,
    which: str,
    demo: Access,
    facts: dict[str, Any],
    first: list[Any],
    described: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    base = tmp_path_factory.getbasetemp()
    file = base / f"original-{which}.wsdl"
    made = original.Original(original.facts(), demo.url, older=which == "older")
    file.write_bytes(made.wsdl())
    folder = base / (f"client-{kind}" if kind == "node" else f"original-{which}-{kind}")
    folder.mkdir(exist_ok=True)
    client: Any
    match kind:
        case "zeep":
            client = Zeep(file, version)
        case "php":
            client = php(file, version)
        case "ruby":
            client = ruby(file, version)
        case "node":
            client = node(file, version, folder)
        case _:
            client = {"dotnet": Dotnet, "wcf": Wcf, "jaxws": JaxWs, "axis": Axis}[kind](file, version, folder)
    known = {one["name"] for one in made.operations}
    asked, expected = [], []
    for call, answer in zip(calls(facts), first, strict=True):
        if call.operation not in known or (which == "older" and call.input.get("degisiklikTarihiBaslangic")):
            continue
        if which == "older" and call.operation == "KendiTumBirimleriGetirWs":
            call = Invocation(call.operation, {})
        asked.append(call)
        expected.append(answer)
    assert {call.operation for call in asked} == known
    assert known <= set(shapes(file).operations)
    found = client.call(replace(demo, described=described[which]), asked)
    for call, wanted, answer in zip(asked, expected, found, strict=True):
        assert answer == wanted, call
