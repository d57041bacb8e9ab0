"""What the writers write, the schema accepts and a strict zeep reads back equal: for every result type, any values."""

from __future__ import annotations

import datetime
from functools import cache
from typing import Any
from unittest.mock import Mock

import pytest
import zeep
import zeep.helpers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from zeep.transports import Transport

from hub.contract import answer
from hub.contract.contract import WSDL_FOLDER
from hub.contract.schema import Complex, Field
from hub.contract.wsdl import Version
from tests.contract.sample_service import CONTRACT

VALIDATOR = CONTRACT.validator()
TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"], include_characters="\t\n\r<>&\"']"), max_size=20
)
SIMPLE: dict[str, st.SearchStrategy[Any]] = {
    "int": st.integers(-(2**31), 2**31 - 1),
    "boolean": st.booleans(),
    "string": TEXT,
    "dateTime": st.datetimes(min_value=datetime.datetime(1, 1, 1)),
    "base64Binary": st.binary(max_size=30),
}


@cache
def instances(kind: Complex) -> st.SearchStrategy[Any]:
    """Instances of a type's model class, each field set or not."""
    fields = {field.name: values(field) for field in kind.fields}
    return st.builds(CONTRACT.classes[id(kind)], **fields)


def values(field: Field) -> st.SearchStrategy[Any]:
    if not isinstance(field.type, Complex):
        return st.none() | SIMPLE[field.type.builtin]
    if (item := field.type.item) is not None:
        inner = SIMPLE[item.type.builtin] if not isinstance(item.type, Complex) else instances(item.type)
        return st.none() | st.lists(inner, max_size=3)
    return st.none() | instances(field.type)


@pytest.fixture(scope="module")
def client() -> zeep.Client:
    return zeep.Client(
        str(WSDL_FOLDER / "DETSISServis.wsdl"), transport=Transport(), settings=zeep.Settings(strict=True)
    )


def expected(value: Any, kind: Complex) -> Any:
    """What a reader must make of ``value``: unset numbers, booleans and dates are their defaults."""
    if kind.item is not None:
        return None if not value else {kind.item.name: [one(item, kind.item) for item in value]}
    return {field.name: one(getattr(value, field.name), field) for field in kind.fields}


def one(value: Any, field: Field) -> Any:
    if isinstance(field.type, Complex):
        if value is None:
            if field.min == 0 or field.nillable:
                return None
            value = CONTRACT.classes[id(field.type)]()
        inner = expected(value, field.type)
        return (
            None
            if isinstance(inner, dict) and field.type.fields and field.min == 0 and empty(value, field.type)
            else inner
        )
    if value is None and field.min == 1 and not field.nillable:
        return {"int": 0, "boolean": False, "dateTime": datetime.datetime(1, 1, 1)}[field.type.builtin]
    return None if value in {"", b""} else value


def empty(value: Any, kind: Complex) -> bool:
    """Whether nothing at all is written of ``value`` (zeep reads an empty element as None)."""
    if kind.item is not None:
        return not value
    return all(getattr(value, field.name) is None and field.min == 0 for field in kind.fields)


def loose(value: Any) -> Any:
    """Empty texts and empty elements are None for zeep."""
    if isinstance(value, dict):
        return {key: loose(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [loose(item) for item in value]
    return None if value in ("", b"") else value


@pytest.mark.parametrize("name", CONTRACT.operations)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), version=st.sampled_from(["1.1", "1.2"]))
def test_round_trip(name: str, client: zeep.Client, data: st.DataObject, version: Version) -> None:
    operation = CONTRACT.operations[name]
    assert operation.result is not None
    kind = operation.result.type
    assert isinstance(kind, Complex)
    result = data.draw(instances(kind))
    pieces = CONTRACT.answer(operation)
    body = answer.gather(pieces(result), CONTRACT.wrapping(operation, version), gzip=False)
    xml = b"".join(body)
    envelope = etree.fromstring(xml)
    assert VALIDATOR.validate(etree.ElementTree(envelope[0][0])), VALIDATOR.error_log
    binding = client.wsdl.bindings["{http://kaysis.gov.tr/}BBDETSISWS" + ("" if version == "1.1" else "1")]
    reply = Mock(status_code=200, content=xml, headers={"Content-Type": "text/xml"}, encoding="utf-8")
    read = binding.process_reply(client, binding.get(name), reply)
    assert loose(zeep.helpers.serialize_object(read, dict)) == loose(expected(result, kind))
    # The engine reads its own answers back, too.
    again = CONTRACT.reader(kind.qname)(envelope[0][0][0])
    assert again == result or b"".join(pieces(again)) == b"".join(pieces(result))
