"""Bounded fuzzing: whatever bytes come, the answer is a report, soon, and never a pass."""

from __future__ import annotations

import contextlib
import os
from functools import cache

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.package.container import Container
from hub.package.envelope import EnvelopeError, decrypt
from hub.package.errors import ContainerError, DecryptError, XmlRefusedError
from hub.package.judge import Options, judge
from hub.package.rules.base import Outcome
from hub.package.source import BytesSource
from hub.package.xml import parse
from tests.package import factory
from tests.package.forge import Forged, forge

EXAMPLES = int(os.environ.get("HUB_FUZZ_EXAMPLES", "60"))
"""Cases of each test; CI may ask for more."""
bounded = settings(
    max_examples=EXAMPLES, deadline=None, derandomize="HUB_FUZZ_EXAMPLES" not in os.environ,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@cache
def good(name: str) -> bytes:
    data: bytes = getattr(factory, name)().build()
    return data


@st.composite
def spoiled(draw: st.DrawFn) -> bytes:
    """A good package with bytes changed, cut out, doubled or swapped, most of them in the archive's records."""
    data = bytearray(good(draw(st.sampled_from(["eyp2", "eyp1", "eyps2", "eypg"]))))
    directory = data.rfind(b"PK\1\2")
    for _ in range(draw(st.integers(1, 6))):
        near = draw(st.sampled_from([0, max(0, directory - 200), len(data) - 200]))
        at = min(max(near + draw(st.integers(0, 400)), 0), len(data) - 1)
        kind = draw(st.integers(0, 3))
        if kind == 0:
            data[at] = draw(st.integers(0, 255))
        elif kind == 1:
            del data[at : at + draw(st.integers(1, 64))]
        elif kind == 2:
            data[at:at] = draw(st.binary(min_size=1, max_size=64))
        else:
            data[at : at + 4] = draw(st.sampled_from([b"PK\1\2", b"PK\3\4", b"PK\5\6", b"\xff" * 4, bytes(4)]))
        if len(data) < 100:
            break
    return bytes(data)


@bounded
@given(spoiled())
def test_spoiled_packages(data: bytes) -> None:
    report = judge(data, options=Options(keys=(factory.receiver_key(),)))
    assert report.valid is not Outcome.PASSED
    if data not in (good("eyp2"), good("eyp1"), good("eyps2"), good("eypg")):
        assert report.layers


@bounded
@given(st.binary(max_size=4000))
def test_any_bytes(data: bytes) -> None:
    with contextlib.suppress(ContainerError):
        Container.open(data).close()
    with contextlib.suppress(XmlRefusedError):
        parse(data)
    with contextlib.suppress(EnvelopeError, DecryptError):
        decrypt(BytesSource(data), [factory.receiver_key()]).close()


@bounded
@given(
    st.lists(st.tuples(st.text(min_size=1, max_size=40), st.binary(max_size=200), st.sampled_from([0, 8])), min_size=1,
             max_size=8)
)  # fmt: skip
def test_any_names(entries: list[tuple[str, bytes, int]]) -> None:
    named = [(name, data, method) for name, data, method in entries if name.isprintable() or "\0" in name]
    if named:
        data = forge([Forged(name.encode("utf-8", "replace"), data, method) for name, data, method in named])
        assert judge(data).valid is not Outcome.PASSED


@bounded
@given(st.data())
def test_any_text_in_metadata(data: st.DataObject) -> None:
    """Text from anywhere in any leaf: judged, escaped, shown."""
    from hub.package.report import Language
    from hub.package.views.data import to_json
    from hub.package.views.html_view import to_html
    from hub.package.views.text_view import to_lines
    from hub.package.views.xml_view import to_xml

    alphabet = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="<&￾￿")
    draft = factory.eyp2()
    old = data.draw(
        st.sampled_from(["Deneme yazısı", "24301050", "GNL", "P1D", "kurum@hs01.kep.tr", "010.06.01", "999999"])
    )
    draft.sub("ustveri", old, data.draw(st.text(alphabet, max_size=60)))
    report = judge(draft.build())
    assert report.valid is not Outcome.PASSED
    for language in Language:
        assert to_json(report, language).count("\n") == 0
        assert "<script" not in to_html(report, language)
        assert to_xml(report, language)
        assert list(to_lines(report, language))
