"""Every operation called by the clients that institutions use, in both SOAP versions: all read the same rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from clients.asked import WSDL, calls
from clients.harness import Access, Axis, Client, Dotnet, JaxWs, Zeep, node, php, ruby, shapes
from clients.wcf import Wcf

Make = Callable[[Path], Client]
CLIENTS: dict[str, Make] = {
    **{f"zeep-{version}": lambda folder, v=version: Zeep(WSDL, v) for version in (1, 2)},
    **{f"php-{version}": lambda folder, v=version: php(WSDL, v) for version in (1, 2)},
    **{f"ruby-{version}": lambda folder, v=version: ruby(WSDL, v) for version in (1, 2)},
    **{f"node-{version}": lambda folder, v=version: node(WSDL, v, folder) for version in (1, 2)},
    **{f"dotnet-{version}": lambda folder, v=version: Dotnet(WSDL, v, folder) for version in (1, 2)},
    **{f"wcf-{version}": lambda folder, v=version: Wcf(WSDL, v, folder) for version in (1, 2)},
    **{f"jaxws-{version}": lambda folder, v=version: JaxWs(WSDL, v, folder) for version in (1, 2)},
    "axis-1": lambda folder: Axis(WSDL, 1, folder),
}
PARTS = {"php": "php", "ruby": "ruby", "node": "node", "dotnet": "mono", "wcf": "mono", "jaxws": "java", "axis": "java"}


def test_the_calls_are_of_every_operation_and_most_have_rows(first: list[Any], facts: dict[str, Any]) -> None:
    asked = calls(facts)
    assert {call.operation for call in asked} == set(shapes(WSDL).operations)
    with_rows = {call.operation for call, answer in zip(asked, first, strict=True) if answer.get("Sonuclar")}
    assert with_rows == set(shapes(WSDL).operations)
    assert not [answer for answer in first if "fault" in answer]
    refused = [call.operation for call, answer in zip(asked, first, strict=True) if answer["SonucHatali"] == "true"]
    assert len(refused) >= 6
    for answer in first:
        assert ("HataMsj" in answer) == (answer["SonucHatali"] == "true")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.part(PARTS[kind])) if (kind := name.partition("-")[0]) in PARTS else name
        for name in CLIENTS
        if name != "zeep-1"
    ],
)
def test_a_client_reads_the_same_rows(
    name: str,
    demo: Access,
    first: list[Any],
    facts: dict[str, Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.getbasetemp() / f"client-{name.partition('-')[0]}"
    folder.mkdir(exist_ok=True)
    client = CLIENTS[name](folder)
    asked = calls(facts)
    for call, expected, found in zip(asked, first, client.call(demo, asked), strict=True):
        assert found == expected, (call, json.dumps(found, ensure_ascii=False)[:1500])
